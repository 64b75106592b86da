//! A client that behaves: it has contacts, remembers what it has changed, and syncs message by message, so that a
//! test can let something happen in between.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syncloom_wire::{Command, Data, Status};

use crate::contact::Contact;
use crate::peer::{
    Answer, Peer, Tongue, add, alert, bare_alert, delete, devinf, get, map, put, replace, status, sync,
};
use crate::server::Server;

/// More messages than any session of a test takes.
const MANY: u32 = 1_000;

/// A client with its contacts.
#[derive(Clone)]
pub struct Phone {
    /// How it speaks.
    pub peer: Peer,
    /// Its contacts by id, as vCards 3.0.
    pub items: BTreeMap<String, String>,
    /// How many changes it puts into a message.
    pub per_message: usize,
    /// Whether it sends a Map again, in its next session, that the server has not confirmed. Some do not, and take
    /// what they have got from the server for contacts of their own that the server has not seen yet.
    pub keeps_maps: bool,
    /// Into pieces of how many bytes it cuts its contacts.
    pub piece: usize,
    /// Whether its pieces say where they belong.
    pub says_position: bool,
    /// Commands of the server's that it refuses, by their name, and with which status.
    pub refuses: Vec<(&'static str, u16)>,
    /// The statuses that it got for its changes in this session, in the form `Add 201 <id`.
    pub told: Vec<String>,
    /// The status of its Alert in this session.
    pub alert_status: u16,
    /// Whether this session is a slow sync.
    pub slow: bool,
    /// The changes that the server sent in this session, such as `Add` with its vCard.
    pub heard: Vec<(String, String)>,
    changed: BTreeSet<String>,
    new: BTreeSet<String>,
    gone: BTreeSet<String>,
    anchor: Option<String>,
    last_id: u32,
    stage: Stage,
    asked: u16,
    alerted: bool,
    sending: VecDeque<Command>,
    saying: Vec<Command>,
    mapping: Vec<(String, String)>,
    partial: Option<(String, String)>,
    /// What the server has taken in the session that is on, or in the one that broke off: ids, and how much of the
    /// contact that goes in pieces.
    taken: BTreeSet<String>,
    taken_bytes: Option<(String, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Alerting(u16),
    /// The server's first package takes several messages.
    Hearing,
    Sending,
    Receiving,
    Over,
}

impl Phone {
    /// A phone that has never synced.
    pub fn new(server: &Server, device: &str, tongue: Tongue) -> Self {
        Phone::with(Peer::new(&server.url, device, tongue))
    }

    /// A phone that has never synced, with its way to the server.
    pub fn with(peer: Peer) -> Self {
        Phone {
            peer,
            items: BTreeMap::new(),
            per_message: 100,
            keeps_maps: true,
            piece: usize::MAX,
            says_position: true,
            refuses: Vec::new(),
            told: Vec::new(),
            alert_status: 0,
            slow: false,
            heard: Vec::new(),
            changed: BTreeSet::new(),
            new: BTreeSet::new(),
            gone: BTreeSet::new(),
            anchor: None,
            last_id: 0,
            stage: Stage::Over,
            asked: 0,
            alerted: false,
            sending: VecDeque::new(),
            saying: Vec::new(),
            mapping: Vec::new(),
            partial: None,
            taken: BTreeSet::new(),
            taken_bytes: None,
        }
    }

    /// Its contacts, in no particular order.
    pub fn contacts(&self) -> Vec<Contact> {
        self.items.values().map(|text| Contact::from_vcard(text)).collect()
    }

    /// The names of its contacts, in alphabetical order, each as often as it is there.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.contacts().iter().map(|c| c.last_name().to_owned()).collect();
        names.sort();
        names
    }

    /// The id of the contact with this last name.
    pub fn id_of(&self, last_name: &str) -> String {
        let is_it = |text: &str| Contact::from_vcard(text).last_name() == last_name;
        let found = self.items.iter().find(|(_, text)| is_it(text));
        found.unwrap_or_else(|| panic!("no contact {last_name} in {:?}", self.names())).0.clone()
    }

    /// Makes a contact.
    pub fn add(&mut self, vcard: &str) {
        let id = self.store_new(vcard);
        self.new.insert(id);
    }

    /// Changes a contact.
    pub fn edit(&mut self, last_name: &str, vcard: &str) {
        let id = self.id_of(last_name);
        self.items.insert(id.clone(), vcard.to_owned());
        self.changed.insert(id);
    }

    /// Deletes a contact.
    pub fn remove(&mut self, last_name: &str) {
        let id = self.id_of(last_name);
        self.items.remove(&id);
        self.gone.insert(id);
    }

    /// Syncs from beginning to end. 200 asks for a two-way sync, 201 for a slow one, 225 to go on with the session
    /// that broke off.
    pub fn sync(&mut self, code: u16) {
        self.begin(code);
        while self.step() {
            assert!(self.peer.message < MANY, "the server never comes to an end");
        }
    }

    /// Begins a session, with what it knows from the last one that was complete.
    pub fn begin(&mut self, code: u16) {
        self.peer.begin();
        self.stage = Stage::Alerting(code);
        self.asked = code;
        self.sending.clear();
        self.saying.clear();
        if !self.keeps_maps {
            self.new.extend(std::mem::take(&mut self.mapping).into_iter().map(|(_, id)| id));
        }
        self.told.clear();
        self.heard.clear();
        self.partial = None;
        self.slow = false;
        self.alerted = false;
        self.alert_status = 0;
    }

    /// Sends the next message and takes the answer; `false` when there is nothing left to say.
    pub fn step(&mut self) -> bool {
        let Some((body, is_final)) = self.next() else { return false };
        let message = self.peer.message(body, is_final);
        let answer = self.peer.exchange(&message);
        self.take(&answer, is_final);
        self.stage != Stage::Over
    }

    /// Sends the next message and does not hear the answer.
    pub fn step_deaf(&mut self) {
        let before = self.peer.clone();
        self.raw_step();
        self.peer.nonce = before.nonce;
    }

    /// The same, where the server may not answer at all; `false` when there is nothing left to say.
    pub fn try_step_deaf(&mut self) -> bool {
        let nonce = self.peer.nonce.clone();
        let Some((body, is_final)) = self.next() else { return false };
        let message = self.peer.message(body, is_final);
        self.peer.post(&syncloom_wire::encode(&message, self.peer.tongue.encoding));
        self.peer.nonce = nonce;
        true
    }

    /// Sends the next message and gives the answer, which the phone itself does not look at.
    pub fn raw_step(&mut self) -> Answer {
        let (body, is_final) = self.next().expect("something to say");
        let message = self.peer.message(body, is_final);
        self.peer.exchange(&message)
    }

    /// Takes the session for complete, whatever the server has to say.
    pub fn believe(&mut self) {
        self.complete();
        self.stage = Stage::Over;
    }

    /// Whether there is nothing left to say in this session.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn store_new(&mut self, vcard: &str) -> String {
        self.last_id += 1;
        let id = format!("{}-{}", self.peer.device, self.last_id);
        self.items.insert(id.clone(), vcard.to_owned());
        id
    }

    fn next(&mut self) -> Option<(Vec<Command>, bool)> {
        let mut body = std::mem::take(&mut self.saying);
        match self.stage {
            Stage::Over => None,
            Stage::Alerting(code) => {
                let tongue = self.peer.tongue;
                let next = format!("anchor-{}", self.peer.session);
                body.push(put(devinf(tongue.version, &self.peer.device), tongue));
                body.push(get(tongue));
                body.push(alert(code, "contacts", self.anchor.as_deref(), &next));
                body.extend(self.map());
                Some((body, true))
            }
            Stage::Hearing => {
                body.push(bare_alert(222));
                Some((body, true))
            }
            Stage::Sending => {
                // A piece that is not the last one ends its message.
                let piece = self.sending.iter().position(is_piece).map_or(usize::MAX, |place| place + 1);
                let count = self.per_message.min(piece).min(self.sending.len());
                body.push(sync(self.sending.drain(..count).collect()));
                Some((body, self.sending.is_empty()))
            }
            Stage::Receiving => {
                body.extend(self.map());
                Some((body, self.sending.is_empty()))
            }
        }
    }

    /// The Map of what the server has not confirmed yet.
    fn map(&self) -> Option<Command> {
        let pairs: Vec<(&str, &str)> =
            self.mapping.iter().map(|(ours, theirs)| (ours.as_str(), theirs.as_str())).collect();
        (!pairs.is_empty()).then(|| map(&pairs))
    }

    fn take(&mut self, answer: &Answer, sent_final: bool) {
        if answer.status() == 401 && self.peer.message == 1 {
            // The nonce was not the one that the server knows, and now it is.
            return;
        }
        assert!(matches!(answer.status(), 200 | 212), "{answer:#?}");
        if answer.statuses().iter().any(|status| status.starts_with("Map 200")) {
            self.mapping.clear();
        }
        self.saying.push(header_status(answer));
        self.told.extend(answer.item_statuses());
        self.note_taken(answer);
        match self.stage {
            Stage::Alerting(_) | Stage::Hearing => self.take_alert(answer),
            Stage::Sending if !sent_final => {}
            Stage::Sending | Stage::Receiving => {
                let was_last = self.stage == Stage::Receiving && answer.syncs().is_empty() && answer.is_final;
                self.take_changes(answer);
                self.stage = if was_last { Stage::Over } else { Stage::Receiving };
                if was_last {
                    self.complete();
                }
            }
            Stage::Over => {}
        }
    }

    fn take_alert(&mut self, answer: &Answer) {
        if let Some(status) =
            answer.all_statuses().find(|s| s.cmd == "Alert" && s.target_refs == ["contacts"])
        {
            self.alert_status = status.code.unwrap();
        }
        if let Some((code, _)) = answer.alerts().first() {
            self.slow = *code == 201;
            self.alerted = true;
        }
        for command in &answer.body {
            if matches!(command, Command::Alert(_) | Command::Results(_) | Command::Put(_)) {
                self.saying.push(status(answer, command, 200));
            }
        }
        if !answer.is_final {
            self.stage = Stage::Hearing;
            return;
        }
        self.stage = if self.alerted { Stage::Sending } else { Stage::Over };
        let resumed = self.asked == 225 && self.alert_status == 200;
        if !resumed {
            self.taken.clear();
            self.taken_bytes = None;
        }
        let from_server: BTreeSet<&String> = self.mapping.iter().map(|(_, id)| id).collect();
        let mut sending = VecDeque::new();
        for (id, text) in &self.items {
            if self.taken.contains(id) || resumed && from_server.contains(id) {
                continue;
            }
            if self.slow || self.new.contains(id) {
                self.cut(add(id, text), id, &mut sending);
            } else if self.changed.contains(id) {
                self.cut(replace(id, text), id, &mut sending);
            }
        }
        if !self.slow {
            let gone = self.gone.iter().filter(|id| !self.new.contains(*id) && !self.taken.contains(*id));
            sending.extend(gone.map(|id| delete(id)));
        }
        self.sending = sending;
    }

    /// Puts a command into the queue, in pieces if it is large, and without what the server has got already.
    fn cut(&self, command: Command, id: &str, queue: &mut VecDeque<Command>) {
        let (Command::Add(change) | Command::Replace(change)) = &command else { unreachable!() };
        let text = change.items[0].data.as_ref().and_then(Data::as_text).unwrap().to_owned();
        let mut from =
            self.taken_bytes.as_ref().filter(|(open, _)| open == id).map_or(0, |(_, bytes)| *bytes);
        if from == 0 && text.len() <= self.piece {
            return queue.push_back(command);
        }
        while from < text.len() {
            let mut to = text.len().min(from.saturating_add(self.piece));
            while !text.is_char_boundary(to) {
                to -= 1;
            }
            let mut piece = change.clone();
            let item = &mut piece.items[0];
            item.data = Some(Data::Text(text[from..to].to_owned()));
            item.more_data = to < text.len();
            item.meta.size = (from == 0).then_some(text.len() as u64);
            if self.says_position {
                item.meta.emi = vec![format!("datapos={from}")];
            }
            let is_add = matches!(command, Command::Add(_));
            queue.push_back(if is_add { Command::Add(piece) } else { Command::Replace(piece) });
            from = to;
        }
    }

    /// Remembers what the server has taken.
    fn note_taken(&mut self, answer: &Answer) {
        for status in answer.all_statuses() {
            let ids = status.source_refs.iter().chain(&status.target_refs);
            let is_item = matches!(status.cmd.as_str(), "Add" | "Replace" | "Delete");
            let Some(id) = ids.into_iter().next().filter(|_| is_item) else { continue };
            match status.code.unwrap() {
                213 => {
                    let before = self.taken_bytes.take().filter(|(open, _)| open == id).map_or(0, |(_, b)| b);
                    self.taken_bytes = Some((id.clone(), before + self.piece));
                }
                200..=299 | 419 => {
                    self.taken.insert(id.clone());
                    self.taken_bytes.take_if(|(open, _)| open == id);
                }
                _ => {}
            }
        }
    }

    fn take_changes(&mut self, answer: &Answer) {
        for sync in answer.syncs() {
            self.saying.push(status(answer, &Command::Sync(sync.clone()), 200));
            for command in &sync.commands {
                let code = self.take_change(command);
                self.saying.push(status(answer, command, code));
            }
        }
    }

    fn take_change(&mut self, command: &Command) -> u16 {
        let (Command::Add(change) | Command::Replace(change) | Command::Delete(change)) = command else {
            panic!("{} in a Sync of the server's", command.name())
        };
        let item = &change.items[0];
        let mut text = item.data.as_ref().and_then(Data::as_text).unwrap_or_default().to_owned();
        let address = item.target.as_ref().or(item.source.as_ref()).unwrap().uri.clone();
        if let Some((open, begun)) = self.partial.take() {
            assert_eq!(open, address, "a large object is sent to its end");
            text = begun + &text;
        }
        if item.more_data {
            self.partial = Some((address, text));
            return 213;
        }
        self.heard.push((command.name().to_owned(), text.clone()));
        if let Some((_, code)) = self.refuses.iter().find(|(name, _)| *name == command.name()) {
            return *code;
        }
        match command {
            Command::Add(_) => {
                let id = self.store_new(&text);
                self.mapping.push((address, id));
                201
            }
            Command::Replace(_) => {
                let known = self.items.contains_key(&address);
                if known {
                    self.items.insert(address, text);
                }
                if known { 200 } else { 404 }
            }
            _ => {
                if self.items.remove(&address).is_some() {
                    200
                } else {
                    211
                }
            }
        }
    }

    fn complete(&mut self) {
        self.taken.clear();
        self.taken_bytes = None;
        self.anchor = Some(format!("anchor-{}", self.peer.session));
        self.new.clear();
        self.changed.clear();
        self.gone.clear();
    }
}

/// Whether a command holds a piece of a contact, and not the last one.
fn is_piece(command: &Command) -> bool {
    matches!(command, Command::Add(change) | Command::Replace(change) if change.items[0].more_data)
}

fn header_status(answer: &Answer) -> Command {
    Command::Status(Status {
        msg_ref: answer.header.msg_id.clone(),
        cmd_ref: "0".to_owned(),
        cmd: "SyncHdr".to_owned(),
        code: Some(200),
        ..Status::default()
    })
}
