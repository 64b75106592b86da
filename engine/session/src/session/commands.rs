//! The peer's commands, one by one, each with its status.

use syncloom_wire::{
    Alert, Anchor, Change as ChangeCommand, Command, Data, GetPut, Item, Map, Meta, Results, Status, Sync,
    Version,
};

use super::peer::devinf_of;
use super::{CANCELLED, Phase, Place, Session};
use crate::devinf;
use crate::report::Outcome;
use crate::sync::{AlertError, Around, DatastoreSync, Op, names_at};

/// Depth of Sequence in Sequence that is followed: a peer has no use for more, and it must end somewhere.
const MAX_NESTING: usize = 4;

/// What a status is about.
#[derive(Default)]
struct About {
    cmd: &'static str,
    cmd_id: String,
    no_resp: bool,
    target: Option<String>,
    source: Option<String>,
}

impl Session {
    /// Carries out a command of the message's body.
    pub(super) fn execute(&mut self, command: Command, now: i64) {
        let aborted = self.is_aborted();
        match command {
            Command::Status(status) => self.status(&status),
            command if aborted => self.answer_unknown(&command, self.cancelled()),
            Command::Alert(alert) => self.alert(&alert, now),
            Command::Put(put) => self.put(put),
            Command::Get(get) => self.get(&get),
            Command::Results(results) => self.results(results),
            Command::Sync(sync) => self.sync(&sync),
            Command::Map(map) => self.map(&map),
            Command::Sequence(group) => {
                self.answer_plain("Sequence", group.cmd_id, group.no_resp, 406);
                for nested in &group.commands {
                    self.answer_unknown(nested, 406);
                }
            }
            other => self.answer_unknown(&other, 0),
        }
    }

    /// The status of what an ended session does not carry out. SyncML 1.0 has none for it.
    fn cancelled(&self) -> u16 {
        match self.aborted {
            Some(status @ 1..) if self.version == Version::V1_0 => status,
            _ => CANCELLED,
        }
    }

    fn status(&mut self, status: &Status) {
        let (Ok(message), Ok(command)) = (status.msg_ref.parse(), status.cmd_ref.parse()) else { return };
        let code = status.code.unwrap_or(500);
        if command == 0 {
            if code >= 400 {
                self.notes.push(format!("the peer answers message {message} with status {code}"));
            }
            return;
        }
        self.judge_custom((message, command), &status.cmd, code);
        if status.cmd == "Alert" {
            let about = |sync: &&mut DatastoreSync| {
                status.source_refs.iter().any(|uri| sync.is_at(uri))
                    || status.target_refs.contains(&sync.remote_uri)
            };
            self.datastores.iter_mut().filter(about).for_each(|sync| sync.alert_answered(code));
        }
        for sync in &mut self.datastores {
            sync.receive_status(self.backend.as_mut(), (message, command), code, &mut self.notes);
        }
    }

    fn alert(&mut self, alert: &Alert, now: i64) {
        let about = About {
            cmd: "Alert",
            cmd_id: alert.cmd_id.clone(),
            no_resp: alert.no_resp,
            target: alert.items.first().and_then(|item| Some(item.target.as_ref()?.uri.clone())),
            source: alert.items.first().and_then(|item| Some(item.source.as_ref()?.uri.clone())),
        };
        match alert.code {
            None => self.answer(about, 400),
            Some(100 | 222 | 223) => self.answer(about, 200),
            Some(224) if self.version < Version::V1_2 => self.answer(about, 406),
            Some(224) => {
                self.outcome = Some(Outcome::Suspended);
                self.answer(about, 200);
            }
            Some(200..=210 | 225) if self.phase > Phase::Init => self.answer(about, 403),
            Some(200..=210 | 225) => self.sync_alert(alert, about, now),
            Some(code) => {
                self.notes.push(format!("alert {code} is not known"));
                self.answer(about, 406);
            }
        }
    }

    fn sync_alert(&mut self, alert: &Alert, about: About, now: i64) {
        self.expect_no_devinf();
        if self.is_aborted() {
            return self.answer(about, self.cancelled());
        }
        self.claim(about.target.as_deref().unwrap_or_default());
        let (device, user) = (&self.scope.device_id, &self.scope.user_key);
        let stamp = self.stamp.get_or_insert_with(|| self.server.begin_sync(now, device, user));
        let around = Around {
            server: &self.server,
            scope: &self.scope,
            stamp,
            version: self.version,
            max_obj_size: self.max_obj_size,
            desk: &self.desk,
        };
        let opened = DatastoreSync::open(&around, self.backend.as_mut(), alert, &mut self.notes);
        let opened = opened.and_then(|alerted| {
            let same = |known: &&DatastoreSync| known.overlaps(&alerted.sync);
            if let Some(known) = self.datastores.iter().find(same) {
                let (uri, known) = (&alerted.sync.local_uri, &known.local_uri);
                return Err(AlertError::Refused(403, format!("{uri} is synced already, as {known}")));
            }
            Ok(alerted)
        });
        match opened {
            Ok(alerted) => {
                let next = alert.items.first().and_then(|item| item.meta.anchor.as_ref());
                let echo = next.map(|anchor| Item {
                    data: Some(Data::Anchor(Anchor { last: None, next: anchor.next.clone() })),
                    ..Item::default()
                });
                self.datastores.push(alerted.sync);
                self.alerts.push(Command::Alert(alerted.alert));
                self.answer_with(about, alerted.status, echo);
            }
            Err(AlertError::Refused(status, why)) => {
                self.notes.push(why);
                self.answer(about, status);
            }
            Err(AlertError::Store(error)) => {
                self.notes.push(error.to_string());
                self.answer(about, error.status());
            }
        }
    }

    /// Sees to it that no other session of this device is at work in a datastore: one that its client has given up may be.
    fn claim(&mut self, uri: &str) {
        // What is noted of the device must not keep others from logging in, nor that other session from coming to its end,
        // while this one waits.
        if let Err(error) = self.backend.commit() {
            self.notes.push(error.to_string());
        }
        let mut held = false;
        for datastore in names_at(self.server.config(), uri) {
            let (device, user_key) = (self.scope.device_id.clone(), self.scope.user_key.clone());
            held |= self.watch.claim(Place { device, user_key, datastore });
        }
        if held {
            self.watch.wait();
        }
    }

    fn put(&mut self, put: GetPut) {
        let about = About {
            cmd: "Put",
            cmd_id: put.cmd_id,
            no_resp: put.no_resp,
            source: put.items.first().and_then(|item| Some(item.source.as_ref()?.uri.clone())),
            ..About::default()
        };
        let status = self.taken(&put.meta, &put.items, true);
        self.answer(about, status);
    }

    fn results(&mut self, results: Results) {
        let about = About {
            cmd: "Results",
            cmd_id: results.cmd_id,
            source: results.items.first().and_then(|item| Some(item.source.as_ref()?.uri.clone())),
            ..About::default()
        };
        let status = self.taken(&results.meta, &results.items, false);
        self.answer(about, status);
    }

    /// The status of a Put or Results. Its device information has been taken before.
    fn taken(&mut self, meta: &Meta, items: &[Item], is_put: bool) -> u16 {
        let mut status = None;
        for item in items {
            let own = self.custom_put(meta, item, is_put);
            let given =
                own.unwrap_or(if devinf_of(std::slice::from_ref(item)).is_some() { 200 } else { 405 });
            // Of several the worst is told.
            status = status.max(Some(given));
        }
        status.unwrap_or(405)
    }

    fn get(&mut self, get: &GetPut) {
        for item in &get.items {
            let uri = item.target.as_ref().map_or("", |target| target.uri.as_str());
            let about = About {
                cmd: "Get",
                cmd_id: get.cmd_id.clone(),
                no_resp: get.no_resp,
                target: Some(uri.to_owned()),
                ..About::default()
            };
            if let Some((status, results)) = self.custom_get(get, item) {
                self.answer(about, status);
                self.outbox.extend(results);
                continue;
            }
            if !devinf::is_devinf(uri) {
                self.answer(about, 404);
                continue;
            }
            self.answer(about, 200);
            self.devinf_told = true;
            let msg_ref = self.header.msg_id.clone();
            let fits = |command: &Command| {
                let limit = self.message_limit() / 4 * 3;
                syncloom_wire::command_len(command, self.version, self.encoding) <= limit
            };
            let make = |properties: bool| {
                let devinf = self.own_devinf(properties);
                devinf::results(devinf, self.version, self.encoding, &msg_ref, &get.cmd_id)
            };
            let full = make(true);
            let results = if fits(&full) { full } else { make(false) };
            self.outbox.push_back(results);
        }
    }

    fn sync(&mut self, sync: &Sync) {
        let uri = |location: &Option<syncloom_wire::Location>| {
            location.as_ref().map(|location| location.uri.clone())
        };
        let about = About {
            cmd: "Sync",
            cmd_id: sync.cmd_id.clone(),
            no_resp: sync.no_resp,
            target: uri(&sync.target),
            source: uri(&sync.source),
        };
        let position = match &about.target {
            Some(target) => self.datastores.iter().position(|known| known.is_at(target)),
            None => None,
        };
        let status = match position {
            None if about.target.is_none() => 400,
            None => 404,
            Some(_) if self.phase > Phase::Receiving => 403,
            Some(position) => {
                self.datastores[position].hear(about.target.as_deref().unwrap_or_default());
                self.begin_datastore(position).err().unwrap_or(200)
            }
        };
        self.answer(about, status);
        let refused = (status != 200).then_some(status);
        for command in &sync.commands {
            self.change(position, command, refused, 0);
        }
    }

    /// Carries out a command inside a Sync.
    fn change(&mut self, position: Option<usize>, command: &Command, refused: Option<u16>, depth: usize) {
        let refused = if self.is_aborted() { Some(self.cancelled()) } else { refused };
        let (op, cmd, change) = match command {
            Command::Add(change) => (Op::Add, "Add", change),
            Command::Copy(change) if self.rule(|rule| rule.treat_copy_as_add) == Some(true) => {
                (Op::Add, "Copy", change)
            }
            Command::Replace(change) => (Op::Replace, "Replace", change),
            Command::Delete(change) => (Op::Delete, "Delete", change),
            Command::Sequence(group) if depth < MAX_NESTING => {
                self.answer_plain("Sequence", group.cmd_id.clone(), group.no_resp, refused.unwrap_or(200));
                for nested in &group.commands {
                    self.change(position, nested, refused, depth + 1);
                }
                return;
            }
            other => return self.answer_unknown(other, refused.unwrap_or(0)),
        };
        if change.items.is_empty() {
            self.answer_plain(cmd, change.cmd_id.clone(), change.no_resp, refused.unwrap_or(400));
        }
        for item in &change.items {
            if !self.goes_on() {
                return;
            }
            let status = match (refused, position) {
                (Some(status), _) => status,
                (None, Some(position)) => {
                    let sync = &mut self.datastores[position];
                    sync.receive(self.backend.as_mut(), op, change, item, &mut self.notes)
                }
                (None, None) => 404,
            };
            self.answer_item(cmd, change, item, status);
            if let Some(position) = position {
                self.outbox.extend(self.datastores[position].take_broken_off());
            }
        }
    }

    fn answer_item(&mut self, cmd: &'static str, change: &ChangeCommand, item: &Item, status: u16) {
        let source = item.source.as_ref().map(|source| source.uri.clone());
        let target = item.target.as_ref().filter(|_| source.is_none()).map(|target| target.uri.clone());
        let about = About { cmd, cmd_id: change.cmd_id.clone(), no_resp: change.no_resp, target, source };
        self.answer(about, status);
    }

    fn map(&mut self, map: &Map) {
        let about = About {
            cmd: "Map",
            cmd_id: map.cmd_id.clone(),
            target: Some(map.target.uri.clone()),
            source: Some(map.source.uri.clone()),
            ..About::default()
        };
        let status = match self.datastores.iter().position(|known| known.is_at(&map.target.uri)) {
            None => 404,
            Some(position) => match self.begin_datastore(position) {
                Err(status) => status,
                Ok(()) => {
                    let sync = &mut self.datastores[position];
                    sync.receive_map(self.backend.as_mut(), &map.items, &mut self.notes)
                }
            },
        };
        self.answer(about, status);
    }

    /// Answers a command that is not carried out: `status`, or for 0 what says why.
    fn answer_unknown(&mut self, command: &Command, status: u16) {
        let (cmd, why) = match command {
            Command::Status(_) => return,
            Command::Atomic(_) => ("Atomic", 406),
            Command::Sequence(_) => ("Sequence", 406),
            Command::Copy(_) => ("Copy", 406),
            Command::Move(_) => ("Move", 406),
            Command::Exec(_) => ("Exec", 406),
            Command::Search(_) => ("Search", 406),
            Command::Alert(_) => ("Alert", 405),
            Command::Results(_) => ("Results", 405),
            Command::Sync(_) => ("Sync", 405),
            Command::Map(_) => ("Map", 405),
            Command::Get(_) => ("Get", 405),
            Command::Put(_) => ("Put", 405),
            // Changes belong into a Sync.
            Command::Add(_) => ("Add", 403),
            Command::Replace(_) => ("Replace", 403),
            Command::Delete(_) => ("Delete", 403),
            Command::Unknown(_) => ("", 501),
        };
        let status = if status == 0 { why } else { status };
        self.notes.push(format!("{} is not carried out: status {status}", command.name()));
        let about = About {
            cmd,
            cmd_id: command.cmd_id().to_owned(),
            no_resp: command.no_resp(),
            ..About::default()
        };
        let name = command.name().to_owned();
        self.answer_named(about, name, status, None);
    }

    fn answer_plain(&mut self, cmd: &'static str, cmd_id: String, no_resp: bool, status: u16) {
        self.answer(About { cmd, cmd_id, no_resp, ..About::default() }, status);
    }

    fn answer(&mut self, about: About, status: u16) {
        self.answer_with(about, status, None);
    }

    fn answer_with(&mut self, about: About, status: u16, item: Option<Item>) {
        let name = about.cmd.to_owned();
        self.answer_named(about, name, status, item);
    }

    fn answer_named(&mut self, about: About, cmd: String, status: u16, item: Option<Item>) {
        if about.no_resp || self.header.no_resp {
            return;
        }
        self.outbox.push_back(Command::Status(Status {
            msg_ref: self.header.msg_id.clone(),
            cmd_ref: about.cmd_id,
            cmd,
            target_refs: about.target.into_iter().collect(),
            source_refs: about.source.into_iter().collect(),
            code: Some(status),
            items: item.into_iter().collect(),
            ..Status::default()
        }));
    }
}
