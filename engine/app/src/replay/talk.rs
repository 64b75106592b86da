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
    Alert, Command, Encoding, Header, Item, Limits, Location, MapItem, Message, decode, encode,
};

use super::client::{Client, Login};
use super::commands::{Reader, Seen, What};
use super::items::{Catalog, Content, store_name};
use super::number;
use super::recording::Data as Items;
use super::script::{Script, Turn};
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
    pub(super) login: Login<'a>,
    /// What the recorded client held after this session, and before it.
    pub(super) after: Option<&'a Items>,
    pub(super) before: Option<&'a Items>,
    /// What was said, then and now.
    pub(super) said: Exchanged,
    reader: Reader,
    /// Our server's address of this session, once it has told it.
    resp_uri: Option<String>,
    /// How the client and the server call a datastore: target and source of the client's commands.
    pub(super) places: HashMap<String, (String, String)>,
    /// Commands of our last message that want a status.
    pub(super) pending: Vec<Seen>,
    /// Recorded Map entries for items that our server has not sent yet.
    pub(super) waiting: Vec<(String, MapItem)>,
    /// The number of our last message.
    message: u32,
    /// Whether our server's last message was final.
    heard_final: bool,
    last_sent: Vec<u8>,
    last_header: Header,
}

impl<'a, 'r> Talk<'a, 'r> {
    pub(super) fn new(
        catalog: &'a Catalog,
        server: &'a mut Played,
        client: &'a mut Client,
        script: Script<'r>,
        login: Login<'a>,
        before: Option<&'a Items>,
        after: Option<&'a Items>,
    ) -> Self {
        Talk {
            catalog,
            server,
            client,
            script,
            login,
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
            last_header: Header::default(),
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
        header.cred = self.client.credentials(turn, &self.login, self.script.version());
        if let (Some(name), Some(account)) = (&mut header.source.name, self.login.instead) {
            name.clone_from(&account.user);
        }
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
        number::number(&mut message.body, &mut last, &mut numbers);
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

    pub(super) fn script_encoding(&self) -> Encoding {
        self.said.encoding
    }
}
