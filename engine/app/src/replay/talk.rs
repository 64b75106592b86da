//! Playing one SyncML session: the recorded client's messages, one after the other, said again to our server.
//!
//! What the recorded server chose stands in those messages, and is replaced by what ours chose:
//!
//! * A status answers a command of *our* last message. The recorded command that corresponds to it is found by what
//!   it is about (a Replace or Delete by the client's id, an Add by its item as the datatype reads it, others by
//!   kind), and the recorded client's status for that is given. A command without counterpart gets a plain status.
//! * A Map names our ids. An Add of ours without counterpart is mapped to an id that is made up.
//! * The session's address, nonces, anchors in statuses, and the numbers of messages and commands are ours.
//! * A change of an item that the played client was never sent is left out.
//! * Where our server needs more messages, the client asks for them (Alert 222); where it needs fewer, what is left
//!   of the recorded ones is said all the same until the session is over.
//!
//! A message that did not arrive is not said; an answer that did not arrive is not heard; a message that was sent
//! again is sent again, byte by byte.

use std::collections::HashMap;

use syncloom_wire::{
    Alert, Anchor, Change, Command, Data, Item, Limits, Location, Map, MapItem, Message, Status, decode,
    encode,
};

use super::client::Client;
use super::commands::{Reader, Seen, What};
use super::items::{Catalog, Content, store_name};
use super::recording::Data as Items;
use super::script::{Counterpart, Script, Turn, statuses};
use super::server::{Answer, Played};
use super::verdict::Exchanged;

/// How many messages the client sends beyond the recorded ones until it gives up: a server that still has something
/// to say then will never come to an end.
const MAX_MORE: usize = 5_000;

/// A session as it goes on.
pub(super) struct Talk<'a, 'r> {
    pub(super) catalog: &'a Catalog,
    pub(super) server: &'a mut Played,
    pub(super) client: &'a mut Client,
    pub(super) script: Script<'r>,
    pub(super) password: Option<&'a str>,
    /// What the recorded client held after this session, and before it.
    pub(super) after: Option<&'a Items>,
    pub(super) before: Option<&'a Items>,
    /// What was said, then and now.
    pub(super) said: Exchanged,
    reader: Reader,
    /// Our server's address of this session, once it has told it.
    resp_uri: Option<String>,
    /// How the client and the server call a datastore: target and source of the client's commands.
    places: HashMap<String, (String, String)>,
    /// Commands of our last message that want a status.
    pending: Vec<Seen>,
    /// Recorded Map entries for items that our server has not sent yet.
    waiting: Vec<(String, MapItem)>,
    /// The number of our last message.
    message: u32,
    /// Whether our server's last message was final.
    heard_final: bool,
    last_sent: Vec<u8>,
    last_header: syncloom_wire::Header,
}

impl<'a, 'r> Talk<'a, 'r> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn new(
        catalog: &'a Catalog,
        server: &'a mut Played,
        client: &'a mut Client,
        script: Script<'r>,
        password: Option<&'a str>,
        before: Option<&'a Items>,
        after: Option<&'a Items>,
    ) -> Self {
        Talk {
            catalog,
            server,
            client,
            script,
            password,
            before,
            after,
            said: Exchanged::default(),
            reader: Reader::default(),
            resp_uri: None,
            places: HashMap::new(),
            pending: Vec::new(),
            waiting: Vec::new(),
            message: 0,
            heard_final: true,
            last_sent: Vec::new(),
            last_header: syncloom_wire::Header::default(),
        }
    }

    /// Plays the session to its end, and gives what was said.
    pub(super) fn play(mut self) -> Exchanged {
        if let Some(devinf) = self.script.devinf() {
            self.client.devinf = Some(devinf);
        }
        let turns = std::mem::take(&mut self.script.turns);
        let mut then_final = true;
        for turn in &turns {
            self.said.begin(turn);
            if !turn.again {
                if then_final && !self.heard_final {
                    self.ask_for_more();
                }
                let request = match &turn.request {
                    Ok(request) => request,
                    Err(why) => {
                        self.said.unreadable(turn, why);
                        continue;
                    }
                };
                if self.is_needless(request) {
                    self.said.skip(turn);
                    continue;
                }
                let message = self.rewrite(turn, request);
                self.last_sent = encode(&message, turn.exchange.encoding);
                self.last_header = message.header;
            }
            if !turn.exchange.arrived {
                self.said.lost();
                continue;
            }
            self.server.at(turn.exchange.time);
            let answer = self.server.answer(&self.last_sent, turn.exchange.encoding);
            self.take(turn, answer, turn.is_answered());
            if turn.is_answered() {
                then_final = turn.response.as_ref().is_some_and(|response| response.is_final);
            }
        }
        self.script.turns = turns;
        if !self.script.is_broken_off() {
            self.ask_for_more();
        }
        self.forget_what_was_missed();
        self.said
    }

    /// Takes an answer; what the client did not get it does not act on.
    fn take(&mut self, turn: &Turn<'_>, answer: Answer, heard: bool) {
        let bytes = match answer {
            Answer::Message(bytes) => bytes,
            Answer::Malformed(why) => return self.said.refused(&format!("malformed: {why}")),
            Answer::NoSuchSession => return self.said.refused("no such session"),
        };
        let Ok(decoded) = decode(&bytes, turn.exchange.encoding, &Limits::default()) else {
            return self.said.refused("our own answer cannot be read");
        };
        let message = decoded.message;
        // What was answered before is known, and is the same.
        let fresh = self.said.answered(&message, bytes.len(), &self.last_header);
        if !heard {
            return;
        }
        if fresh || turn.again {
            self.client.learn_nonce(turn.response.as_ref(), &message);
        }
        self.hear(&message);
    }

    fn hear(&mut self, message: &Message) {
        if let Some(uri) = &message.header.resp_uri {
            self.resp_uri = Some(uri.clone());
        }
        self.heard_final = message.is_final;
        let header = Seen {
            message: message.header.msg_id.clone(),
            number: "0".to_owned(),
            name: "SyncHdr".to_owned(),
            store: String::new(),
            what: What::Other,
            target: Some(message.header.target.uri.clone()),
            source: Some(message.header.source.uri.clone()),
        };
        self.pending = std::iter::once(header).chain(self.reader.read(self.catalog, message)).collect();
        self.said.told(&self.pending[1..]);
    }

    /// Goes on with messages of the client's own until the server has said everything and has its statuses.
    fn ask_for_more(&mut self) {
        for _ in 0..MAX_MORE {
            let answered = self.pending.len() <= 1;
            if self.server.is_over() || (answered && self.heard_final) {
                return;
            }
            let encoding = self.script_encoding();
            let is_final = self.heard_final;
            let mut header = self.last_header.clone();
            header.cred = None;
            if let Some(uri) = &self.resp_uri {
                header.target.uri.clone_from(uri);
            }
            let mut body = self.answers(None);
            if !is_final {
                let target = Location::new(header.target.uri.clone());
                let source = Location::new(header.source.uri.clone());
                let item = Item { target: Some(target), source: Some(source), ..Item::default() };
                body.push(Command::Alert(Alert { code: Some(222), items: vec![item], ..Alert::default() }));
            }
            let mut message = Message { header, body, is_final };
            self.number(&mut message, None);
            self.last_sent = encode(&message, encoding);
            self.last_header = message.header;
            self.said.more();
            self.server.at(None);
            let Answer::Message(bytes) = self.server.answer(&self.last_sent, encoding) else { return };
            let Ok(decoded) = decode(&bytes, encoding, &Limits::default()) else { return };
            self.said.answered(&decoded.message, bytes.len(), &self.last_header);
            self.hear(&decoded.message);
        }
        self.said.note(format!("the server has not come to an end after {MAX_MORE} messages more"));
    }

    /// Whether a recorded message has nothing left to say: the session is over, and it holds statuses alone.
    fn is_needless(&self, request: &Message) -> bool {
        let begins = request.header.msg_id.trim() == "1";
        let only_statuses =
            request.body.iter().all(|command| matches!(command, Command::Status(_) | Command::Map(_)));
        !begins && self.message > 0 && self.server.is_over() && only_statuses
    }

    /// A recorded message as this session needs it.
    fn rewrite(&mut self, turn: &Turn<'_>, request: &Message) -> Message {
        let mut header = request.header.clone();
        let told = self.script_resp_uri();
        if let (Some(ours), true) = (&self.resp_uri, told.as_deref() == Some(header.target.uri.as_str())) {
            header.target.uri.clone_from(ours);
        }
        header.cred = self.client.credentials(turn, self.password, self.script.version());
        for command in &request.body {
            self.note_places(command);
        }
        let mut body = self.answers(Some(request));
        for command in &request.body {
            match command {
                // Both are among the answers.
                Command::Status(_) | Command::Map(_) | Command::Results(_) => {}
                Command::Sync(sync) => {
                    let store =
                        sync.target.as_ref().map(|target| store_name(&target.uri)).unwrap_or_default();
                    let mut sync = sync.clone();
                    sync.commands = self.own_changes(&store, &sync.commands);
                    body.push(Command::Sync(sync));
                }
                other => body.push(other.clone()),
            }
        }
        let mut message = Message { header, body, is_final: request.is_final };
        self.number(&mut message, Some(request));
        message
    }

    /// The client's changes without those of items that it was never sent.
    fn own_changes(&mut self, store: &str, commands: &[Command]) -> Vec<Command> {
        let foreign = &self.client.store(store).foreign;
        let is_own = |item: &Item| {
            let address = item.source.as_ref().or(item.target.as_ref());
            address.is_none_or(|address| !foreign.contains(&address.uri))
        };
        let mut kept = Vec::new();
        for command in commands {
            let mut command = command.clone();
            if let Command::Add(change) | Command::Replace(change) | Command::Delete(change) = &mut command {
                let had = change.items.len();
                change.items.retain(is_own);
                if had > 0 && change.items.is_empty() {
                    continue;
                }
            }
            kept.push(command);
        }
        kept
    }

    /// What answers our server's last message, and what of the recorded message does the same: statuses, device
    /// information, Maps.
    fn answers(&mut self, request: Option<&Message>) -> Vec<Command> {
        let mut body = Vec::new();
        let mut mapped: Vec<(String, MapItem)> = Vec::new();
        for seen in std::mem::take(&mut self.pending) {
            let counterpart = self.script.take(self.catalog, &seen);
            let status = self.status_of(&seen, counterpart.as_ref(), request);
            if status < 300 {
                mapped.extend(self.carry_out(&seen, counterpart));
            }
            let echo = match &seen.what {
                What::Alert(_, Some(anchor)) => {
                    let next = Anchor { last: None, next: anchor.next.clone() };
                    vec![Item { data: Some(Data::Anchor(next)), ..Item::default() }]
                }
                _ => Vec::new(),
            };
            body.push(Command::Status(Status {
                msg_ref: seen.message.clone(),
                cmd_ref: seen.number.clone(),
                cmd: seen.name.clone(),
                target_refs: seen.target.clone().into_iter().collect(),
                source_refs: seen.source.clone().into_iter().collect(),
                code: Some(status),
                items: echo,
                ..Status::default()
            }));
            if seen.name == "Get" {
                body.extend(self.own_devinf(&seen, request));
            }
        }
        for map in request.iter().flat_map(|request| &request.body) {
            let Command::Map(map) = map else { continue };
            let store = store_name(&map.target.uri);
            self.waiting.extend(map.items.iter().map(|item| (store.clone(), item.clone())));
        }
        let client = &mut *self.client;
        self.waiting.retain(|(store, item)| {
            let Some(ours) = client.store(store).guids.get(&item.target) else { return true };
            mapped.push((store.clone(), MapItem { target: ours.clone(), source: item.source.clone() }));
            false
        });
        body.extend(self.maps(mapped, request));
        body
    }

    /// The status of a command of our server's.
    fn status_of(
        &mut self,
        seen: &Seen,
        counterpart: Option<&Counterpart>,
        request: Option<&Message>,
    ) -> u16 {
        if seen.name == "SyncHdr" {
            let given = request.and_then(|request| statuses(request).find(|status| status.cmd_ref == "0"));
            return given.and_then(|status| status.code).unwrap_or(200);
        }
        if let Some(status) = counterpart.and_then(|counterpart| counterpart.status) {
            return status;
        }
        let holds = |luid: &str, client: &mut Client| client.store(&seen.store).holds(luid);
        match &seen.what {
            What::Piece => 213,
            What::Add(..) => 201,
            What::Replace(luid, _) if !holds(luid, self.client) => 404,
            What::Delete(luid) if !holds(luid, self.client) => 211,
            _ if seen.name == "Get" && self.client.devinf.is_none() => 404,
            _ => 200,
        }
    }

    /// Does to the client's items what our server said, and gives what is to be mapped.
    fn carry_out(&mut self, seen: &Seen, counterpart: Option<Counterpart>) -> Option<(String, MapItem)> {
        let store = &seen.store;
        match &seen.what {
            What::Replace(luid, content) => {
                let items = self.client.store(store).items.as_mut()?;
                items.insert(luid.clone(), content.clone());
                None
            }
            What::Delete(luid) => {
                self.client.store(store).items.as_mut()?.remove(luid);
                None
            }
            What::Add(guid, content) => self.add(store, guid, content, counterpart.and_then(|c| c.guid)),
            // A refresh from the server begins with nothing.
            What::Alert(205 | 210, _) => {
                self.client.store(store).items.as_mut()?.clear();
                None
            }
            What::Alert(..) | What::Piece | What::Other => None,
        }
    }

    /// The client stores an item that our server has sent. It is mapped at once if the recorded client has no Map
    /// for it, because it was never sent it; else when the recorded client maps it.
    fn add(
        &mut self,
        store: &str,
        guid: &str,
        content: &Content,
        then: Option<String>,
    ) -> Option<(String, MapItem)> {
        let kind = self.catalog.find(store)?;
        let mut at_once = then.is_none();
        let mut luid = None;
        if let Some(then) = &then {
            self.client.store(store).guids.insert(then.clone(), guid.to_owned());
            luid = self.script.luid(store, then).cloned().or_else(|| self.stored_as(store, content));
        } else {
            // It may be one that the recorded client was sent in an earlier session.
            let missed = &mut self.client.store(store).missed;
            let place = kind.place_of(content, missed.iter().map(|(_, _, content)| content));
            if let Some((then, known, _)) = place.map(|place| missed.remove(place)) {
                self.client.store(store).guids.insert(then, guid.to_owned());
                luid = Some(known);
            }
        }
        // An id that is in use is not given twice.
        let taken = |luid: &String, client: &mut Client| {
            client.store(store).items.as_ref().is_some_and(|items| items.contains_key(luid))
        };
        let luid = match luid.filter(|luid| !taken(luid, self.client)) {
            Some(luid) => luid,
            None => {
                at_once |= then.as_ref().is_some_and(|then| self.script.luid(store, then).is_none())
                    && !self.script.is_broken_off();
                self.client.make_up()
            }
        };
        let held = self.client.store(store);
        held.foreign.remove(&luid);
        if let Some(items) = &mut held.items {
            items.insert(luid.clone(), content.clone());
        }
        at_once.then(|| (store.to_owned(), MapItem { target: guid.to_owned(), source: luid }))
    }

    /// The id under which the recorded client had an item after this session that it had not before.
    fn stored_as(&mut self, store: &str, content: &Content) -> Option<String> {
        let kind = self.catalog.find(store)?;
        let of = |items: Option<&'a Items>| {
            items
                .and_then(|items| items.iter().find(|(name, _)| store_name(name) == store))
                .map(|(_, items)| items)
        };
        let (before, after) = (of(self.before), of(self.after)?);
        let held = self.client.store(store);
        let new = after.iter().filter(|(id, _)| before.is_none_or(|before| !before.contains_key(*id)));
        let new = new.filter(|(id, _)| held.items.as_ref().is_none_or(|items| !items.contains_key(*id)));
        let new: Vec<(&String, Content)> =
            new.map(|(id, text)| (id, kind.read(None, text.as_bytes()))).collect();
        let place = kind.place_of(content, new.iter().map(|(_, content)| content))?;
        Some(new[place].0.clone())
    }

    /// The client's device information, where our server asks for it: as recorded, or as it sent it elsewhere.
    fn own_devinf(&self, seen: &Seen, request: Option<&Message>) -> Option<Command> {
        let recorded = request.iter().flat_map(|request| &request.body).find_map(|command| match command {
            Command::Results(results) => Some(results.clone()),
            _ => None,
        });
        let mut results = match recorded {
            Some(results) => results,
            None => {
                let version = self.script.version();
                let item = Item {
                    source: Some(Location::new(version.devinf_uri())),
                    data: Some(self.client.devinf.clone()?),
                    ..Item::default()
                };
                let type_ = Some(self.script_encoding().devinf_type().to_owned());
                let meta = syncloom_wire::Meta { type_, ..syncloom_wire::Meta::default() };
                syncloom_wire::Results { meta, items: vec![item], ..syncloom_wire::Results::default() }
            }
        };
        results.msg_ref = Some(seen.message.clone());
        results.cmd_ref.clone_from(&seen.number);
        Some(Command::Results(results))
    }

    /// Maps of the entries, one for each datastore, numbered as the recorded ones.
    fn maps(&self, entries: Vec<(String, MapItem)>, request: Option<&Message>) -> Vec<Command> {
        let mut maps: Vec<(String, Map)> = Vec::new();
        for (store, item) in entries {
            if let Some((_, map)) = maps.iter_mut().find(|(known, _)| *known == store) {
                map.items.push(item);
                continue;
            }
            let recorded =
                request.iter().flat_map(|request| &request.body).find_map(|command| match command {
                    Command::Map(map) if store_name(&map.target.uri) == store => Some(map.clone()),
                    _ => None,
                });
            let (target, source) = self.places.get(&store).cloned().unwrap_or((store.clone(), store.clone()));
            let made = Map { target: Location::new(target), source: Location::new(source), ..Map::default() };
            maps.push((store, Map { items: vec![item], ..recorded.unwrap_or(made) }));
        }
        maps.into_iter().map(|(_, map)| Command::Map(map)).collect()
    }

    fn note_places(&mut self, command: &Command) {
        let uri = |location: &Option<Location>| location.as_ref().map(|location| location.uri.clone());
        let (target, source) = match command {
            Command::Alert(alert) => {
                let item = alert.items.first();
                (item.and_then(|item| uri(&item.target)), item.and_then(|item| uri(&item.source)))
            }
            Command::Sync(sync) => (uri(&sync.target), uri(&sync.source)),
            _ => return,
        };
        if let (Some(target), Some(source)) = (target, source) {
            self.places.insert(store_name(&target), (target, source));
        }
    }

    /// Gives a message and its commands their numbers, and remembers which recorded command is which.
    fn number(&mut self, message: &mut Message, recorded: Option<&Message>) {
        self.message += 1;
        message.header.msg_id = self.message.to_string();
        let mut numbers = HashMap::new();
        let mut last = 0;
        number(&mut message.body, &mut last, &mut numbers);
        self.said.sent(&message.header.msg_id, recorded, numbers);
    }

    /// What the recorded client was sent in this session and ours was not, ours does not have.
    fn forget_what_was_missed(&mut self) {
        let mut missed: Vec<(String, String, String, Content)> = Vec::new();
        let adds: Vec<(String, String, Content)> = self
            .script
            .missed()
            .map(|(store, guid, content)| (store.to_owned(), guid.to_owned(), content.clone()))
            .collect();
        for (store, guid, content) in adds {
            let luid = self.script.luid(&store, &guid).cloned().or_else(|| self.stored_as(&store, &content));
            missed.extend(luid.map(|luid| (store, guid, luid, content)));
        }
        for (store, guid, luid, content) in missed {
            let store = self.client.store(&store);
            if store.items.as_ref().is_none_or(|items| !items.contains_key(&luid)) {
                store.foreign.insert(luid.clone());
                store.missed.push((guid, luid, content));
            }
        }
    }

    fn script_resp_uri(&self) -> Option<String> {
        self.said.resp_uri.clone()
    }

    fn script_encoding(&self) -> syncloom_wire::Encoding {
        self.said.encoding
    }
}

/// Numbers commands one after the other. What they had in the recording is what they are found by.
fn number(commands: &mut [Command], last: &mut u32, numbers: &mut HashMap<String, (String, String)>) {
    for command in commands {
        let (then, name) = (command.cmd_id().to_owned(), command.name().to_owned());
        *last += 1;
        let now = last.to_string();
        set_number(command, &now);
        numbers.insert(now, (then, name));
        match command {
            Command::Sync(sync) => number(&mut sync.commands, last, numbers),
            Command::Atomic(group) | Command::Sequence(group) => number(&mut group.commands, last, numbers),
            _ => {}
        }
    }
}

fn set_number(command: &mut Command, number: &str) {
    let place = match command {
        Command::Alert(c) => &mut c.cmd_id,
        Command::Status(c) => &mut c.cmd_id,
        Command::Results(c) => &mut c.cmd_id,
        Command::Sync(c) => &mut c.cmd_id,
        Command::Map(c) => &mut c.cmd_id,
        Command::Get(c) | Command::Put(c) => &mut c.cmd_id,
        Command::Add(c) | Command::Replace(c) | Command::Delete(c) | Command::Copy(c) | Command::Move(c) => {
            let _: &Change = c;
            &mut c.cmd_id
        }
        Command::Exec(c) => &mut c.cmd_id,
        Command::Search(c) => &mut c.cmd_id,
        Command::Atomic(c) | Command::Sequence(c) => &mut c.cmd_id,
        Command::Unknown(c) => &mut c.cmd_id,
    };
    place.clear();
    place.push_str(number);
}
