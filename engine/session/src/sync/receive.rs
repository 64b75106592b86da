//! The changes that come from the peer, item by item.
//!
//! Not its job: what it says of ours (`confirm`), and items in pieces (`pieces`).

use std::sync::Arc;

use syncloom_config::{DataType, DatatypeScript, Strategy};
use syncloom_formats::{Judging, NoteKind};
use syncloom_script::filter::Ids;
use syncloom_script::lang::{ItemPair, ItemSlot};
use syncloom_script::{CompareMode, Item};
use syncloom_stores::{Backend, ErrorKind, MapEntry, Store, StoreError, Target};
use syncloom_wire::{Change as ChangeCommand, Item as WireItem};

use super::conflict::{Resolution, resolve};
use super::judge::Judge;
use super::matcher::Matcher;
use super::mode::Direction;
use super::pieces::Received;
use super::view;
use super::{Change, DatastoreSync, Fate, Loaded, home};
use crate::scripting::ItemState;

/// What a command does to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Delete,
}

impl DatastoreSync {
    /// Carries out one item of an Add, Replace or Delete and gives its status.
    pub(crate) fn receive(
        &mut self,
        backend: &mut dyn Backend,
        op: Op,
        command: &ChangeCommand,
        item: &WireItem,
        notes: &mut Vec<String>,
    ) -> u16 {
        if let Some(status) = self.failed() {
            return status;
        }
        let status = match self.try_receive(backend, op, command, item, notes) {
            Ok(status) => status,
            Err(mut error) => {
                let address = item.source.as_ref().or(item.target.as_ref());
                let id = address.map_or("without an id", |address| address.uri.as_str());
                error.message = format!("item {id}: {error}");
                self.store_failed(&error, notes)
            }
        };
        if let Some(address) = item.source.as_ref().or(item.target.as_ref()).filter(|_| op != Op::Delete) {
            self.note_end(item, command, address.uri.trim(), status);
        }
        let counts = &mut self.report.received;
        match (status, op) {
            // A piece that is not the last one: what becomes of the item is counted at its end.
            _ if item.more_data => {}
            (400.., _) if status != 418 && status != 419 => counts.failed += 1,
            (_, Op::Delete) => counts.deleted += 1,
            (201, _) => counts.added += 1,
            (_, _) => counts.changed += 1,
        }
        status
    }

    fn try_receive(
        &mut self,
        backend: &mut dyn Backend,
        op: Op,
        command: &ChangeCommand,
        item: &WireItem,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let address = item.source.as_ref().or(item.target.as_ref());
        let remote_id = address.map(|address| address.uri.trim()).filter(|id| !id.is_empty());
        let Some(remote_id) = remote_id.map(str::to_owned) else {
            notes.push(format!("datastore {}: an item without an id", self.name()));
            return Ok(400);
        };
        if self.mode.direction == Direction::FromServer {
            return Ok(403);
        }
        self.break_off_other(if op == Op::Delete { None } else { Some(&remote_id) }, notes);
        if op == Op::Delete {
            self.see_others_changes(backend)?;
            return self.receive_delete(backend, command, &remote_id, notes);
        }
        let received = match self.whole(remote_id, command, item, notes) {
            Ok(received) => received,
            Err(status) => return Ok(status),
        };
        let Some((mut parsed, datatype)) = self.parse(&received, notes) else { return Ok(415) };
        let Some(home) = home::for_item(&self.datastore, &parsed) else {
            notes.push(format!("datastore {}: item {} is for no part", self.name(), received.remote_id));
            return Ok(415);
        };
        self.home = home;
        if let Some(status) = self.filter_incoming(op, &received.remote_id, &mut parsed) {
            return Ok(status);
        }
        if let Some(status) = self.process_item(op, &received.remote_id, &mut parsed, &datatype) {
            return Ok(status);
        }
        self.judging = Some(datatype);
        self.see_others_changes(backend)?;
        if self.mode.slow {
            self.match_item(backend, op, &received.remote_id, parsed, notes)
        } else {
            self.change_item(backend, op, &received.remote_id, parsed, notes)
        }
    }

    fn parse(&mut self, received: &Received, notes: &mut Vec<String>) -> Option<(Item, Arc<DataType>)> {
        let about = format!("datastore {}: item {}", self.name(), received.remote_id);
        let types = &self.loaded.as_ref()?.types;
        let Some((codec, peer)) = types.receiving(received.mime_type.as_deref()) else {
            let name = received.mime_type.as_deref().unwrap_or("no type");
            notes.push(format!("{about}: {name} is not a type of this datastore"));
            return None;
        };
        match codec.parse(&received.data, peer) {
            Ok(parsed) => {
                for note in &parsed.notes {
                    // What the profile does not know comes with every item, and is worth saying once.
                    let key = (note.property.clone(), std::mem::discriminant(&note.kind));
                    let of_profile = matches!(
                        note.kind,
                        NoteKind::UnknownProperty
                            | NoteKind::UnknownComponent
                            | NoteKind::UnknownParameter(_)
                    );
                    if !of_profile {
                        notes.push(format!("{about}: {note}"));
                    } else if self.said.insert(key) {
                        notes.push(format!("{about}: {note} (said once)"));
                    }
                }
                let datatype = Arc::clone(codec.datatype());
                self.desk.learn_zones(&parsed.zones);
                if let Some(loaded) = &mut self.loaded {
                    loaded.types.learn_zones(&parsed.zones);
                }
                let mut item = parsed.item;
                let comparer = self.loaded.as_ref().map(|loaded| &loaded.comparer);
                let mut state = ItemState {
                    datatype: Some(&datatype),
                    judging: Judging::by(comparer, None),
                    remote_id: received.remote_id.clone(),
                    ..ItemState::default()
                };
                let items = ItemPair { target: ItemSlot::Write(&mut item), ..ItemPair::default() };
                let kind = DatatypeScript::Incoming;
                self.scripts.run(&self.desk, &mut self.script_state, &mut state, &datatype, kind, items);
                Some((item, datatype))
            }
            Err(error) => {
                notes.push(format!("{about}: {error}"));
                None
            }
        }
    }

    /// Holds an item of the peer's to the filters of the config. `Some` is the status of one that is not taken.
    fn filter_incoming(&self, op: Op, remote_id: &str, item: &mut Item) -> Option<u16> {
        let ids = Ids { local: "", remote: remote_id };
        for level in home::levels(&self.datastore, self.home) {
            let filters = &level.filters;
            if filters.accept.as_ref().is_some_and(|filter| !filter.test(item, ids)) {
                let good = if op == Op::Add { 201 } else { 200 };
                return Some(if filters.silent_discard { good } else { 415 });
            }
            if let Some(local) = &filters.local_db {
                local.make_pass(item, ids);
            }
        }
        None
    }

    /// Lets the config's script say what becomes of an item (manual 10.5.11). `Some` is the status of one that is
    /// refused.
    fn process_item(
        &mut self,
        op: Op,
        remote_id: &str,
        item: &mut Item,
        datatype: &Arc<DataType>,
    ) -> Option<u16> {
        let comparer = self.loaded.as_ref().map(|loaded| &loaded.comparer);
        let mut state = ItemState {
            datatype: Some(datatype),
            judging: Judging::by(comparer, None),
            operation: if op == Op::Add { "add" } else { "replace" },
            remote_id: remote_id.to_owned(),
            ..ItemState::default()
        };
        let items = ItemPair { target: ItemSlot::Write(item), ..ItemPair::default() };
        let kind = DatatypeScript::ProcessItem;
        self.scripts.run(&self.desk, &mut self.script_state, &mut state, datatype, kind, items);
        self.fate = Fate {
            prevent_add: state.prevent_add,
            ignore_update: state.ignore_update,
            force_conflict: state.force_conflict,
            delete_wins: state.delete_wins.unwrap_or(home::at(&self.datastore, self.home).delete_wins),
            strategy: state.strategy.or(self.script_state.strategy),
        };
        // 0 is to drop the item and say that all is well.
        let good = if op == Op::Add { 201 } else { 200 };
        state.reject.map(|status| if status == 0 { good } else { status })
    }

    /// Slow sync: the item is one of ours, or a new one.
    fn match_item(
        &mut self,
        backend: &mut dyn Backend,
        op: Op,
        remote_id: &str,
        theirs: Item,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let strategy = self.matching_strategy();
        let (update_server, update_client) = self.updates_in_slow_sync();
        let read_only = self.is_read_only();
        let fate = self.fate;
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        if let Some(known) = loaded.maps.local(remote_id).cloned() {
            if self.resuming {
                // It belongs to an item of ours since the session that broke off, and has changed in between.
                return self.change_item(backend, op, remote_id, theirs, notes);
            }
            // The peer sends the same item twice.
            if !read_only && !fate.ignore_update {
                let mut store = backend.store(&self.datastore, &self.scope)?;
                loaded.update(store.as_mut(), &self.target, &known, remote_id, &theirs, notes)?;
            }
            return Ok(200);
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let (wipe, home) = (self.wipe, self.home);
        let mut judge = Judge::new(
            &loaded.comparers[home],
            self.judging.clone().unwrap_or_else(|| Arc::clone(loaded.types.context())),
            &mut self.scripts,
            &self.desk,
            &mut self.script_state,
        );
        let matcher = loaded.matcher.as_mut();
        let found = matcher.and_then(|matcher| match wipe {
            _ if judge.compares_by_script() => {
                matcher.take_where(home, !wipe, |ours, mode| judge.equal(&theirs, ours, mode))
            }
            true => matcher.take_same(home, &theirs),
            false => matcher.take(home, &theirs),
        });
        let found = found.map(|candidate| (candidate.local_id.clone(), candidate.item.clone()));
        let status = if op == Op::Add { 201 } else { 200 };
        let Some((local_id, ours)) = found else {
            if read_only || fate.prevent_add {
                return Ok(status);
            }
            return loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes);
        };
        loaded.maps.set(store.as_mut(), &self.target, &local_id, remote_id)?;
        self.report.matched += 1;
        let distinct = !fate.prevent_add && !judge.equal(&ours, &theirs, CompareMode::SlowSync);
        match resolve(strategy, &mut judge, ours, theirs.clone(), distinct) {
            Resolution::Same => {}
            Resolution::Both => {
                // Ours goes to the peer as another item, and theirs comes to us.
                loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
                loaded.note(&local_id, Change::Added);
                self.report.matched -= 1;
                return loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes);
            }
            Resolution::Ours { write, send } | Resolution::Theirs { write, send } => {
                let mut local_id = local_id;
                if let Some(item) = write.filter(|_| update_server) {
                    let (store, target) = (store.as_mut(), &self.target);
                    local_id = loaded.update(store, target, &local_id, remote_id, &item, notes)?;
                }
                if send && update_client {
                    loaded.note(&local_id, Change::Modified);
                    if self.datastore.resume {
                        // Should the session break off, this is still to be sent when it is taken up.
                        let (store, target) = (store.as_mut(), &self.target);
                        loaded.maps.flag(store, target, &local_id, MapEntry::RESEND)?;
                    }
                }
            }
        }
        Ok(status)
    }

    /// Who wins where a slow sync finds two versions of one item.
    fn matching_strategy(&self) -> Strategy {
        if self.is_read_only() || self.fate.prevent_add {
            return Strategy::ServerWins;
        }
        if let Some(strategy) = self.fate.strategy {
            return strategy;
        }
        match self.mode.direction {
            Direction::FromClient => Strategy::ClientWins,
            _ if self.first_time => home::at(&self.datastore, self.home).first_time_strategy,
            _ => home::at(&self.datastore, self.home).slow_sync_strategy,
        }
    }

    /// Whether a slow sync writes what it has merged here, and whether it sends it to the peer.
    fn updates_in_slow_sync(&self) -> (bool, bool) {
        let settings = self.server.settings();
        let said = self.desk.state(|session| (session.update_server, session.update_client));
        let server = self.first_time
            || self.mode.direction == Direction::FromClient
            || said.0.unwrap_or(settings.is_some_and(|settings| settings.update_server_in_slow_sync));
        let client = self.first_time || settings.is_some_and(|settings| settings.update_client_in_slow_sync);
        (server && !self.is_read_only(), client && self.mode.direction == Direction::Both)
    }

    /// Two-way sync: the item is new, or a change of one that is known.
    fn change_item(
        &mut self,
        backend: &mut dyn Backend,
        op: Op,
        remote_id: &str,
        theirs: Item,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        if self.is_read_only() {
            return Ok(if op == Op::Add { 201 } else { 200 });
        }
        let fate = self.fate;
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let Some(local_id) = loaded.maps.local(remote_id).cloned() else {
            return self.add_or_confirm(backend, op, remote_id, &theirs, notes);
        };
        let keeper = home::of_item(&self.datastore, &local_id);
        if keeper.read_only {
            return Ok(if op == Op::Add { 201 } else { 200 });
        }
        let change = loaded.changes.get(&local_id).copied();
        if change == Some(Change::Deleted)
            && keeper.try_update_deleted
            && let Some(status) = self.update_deleted(backend, &local_id, remote_id, &theirs, notes)?
        {
            return Ok(status);
        }
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        match change {
            Some(Change::Modified) => {
                if let Some(ours) = store.read(&local_id)? {
                    drop(store);
                    return self.settle(backend, &local_id, remote_id, ours, theirs, notes);
                }
            }
            Some(Change::Deleted) => {}
            Some(Change::Added) | None if fate.ignore_update => return Ok(200),
            Some(Change::Added) | None if fate.force_conflict => {
                if let Some(ours) = store.read(&local_id)? {
                    drop(store);
                    return self.settle(backend, &local_id, remote_id, ours, theirs, notes);
                }
            }
            Some(Change::Added) | None => {
                match loaded.update(store.as_mut(), &self.target, &local_id, remote_id, &theirs, notes) {
                    // An Add of what is known has been sent before, by a session that broke off.
                    Ok(_) => return Ok(if op == Op::Add { 208 } else { 200 }),
                    Err(error) if error.kind == ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        // It is gone on our side. What the peer has changed is kept, unless deletes win.
        if fate.delete_wins {
            loaded.note(&local_id, Change::Deleted);
            return Ok(419);
        }
        loaded.forget(&local_id);
        loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
        if fate.prevent_add {
            return Ok(200);
        }
        loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes)
    }

    /// An item that we know under no id of the peer's. It is new, unless the peer has it from us: it may have
    /// stored it, and have been cut off before it could say so. An item that is the same in all that counts, and
    /// that the peer has never confirmed, is therefore taken for it.
    fn add_or_confirm(
        &mut self,
        backend: &mut dyn Backend,
        op: Op,
        remote_id: &str,
        theirs: &Item,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let unconfirmed = match &mut loaded.unconfirmed {
            Some(unconfirmed) => unconfirmed,
            None => {
                let mut waiting = Matcher::new(loaded.comparers.clone(), false);
                let added = |local_id: &&String| loaded.changes.get(*local_id) == Some(&Change::Added);
                for local_id in loaded.order.iter().filter(added).chain(&loaded.withheld) {
                    if let Some(item) = store.read(local_id)? {
                        waiting.add(home::of_id(&self.datastore, local_id), local_id.clone(), item);
                    }
                }
                loaded.unconfirmed.insert(waiting)
            }
        };
        let Some(local_id) = unconfirmed.take_same(self.home, theirs).map(|same| same.local_id.clone())
        else {
            if self.fate.prevent_add {
                return Ok(if op == Op::Add { 201 } else { 200 });
            }
            return loaded.add(store.as_mut(), &self.target, remote_id, theirs, notes);
        };
        if loaded.maps.remote(&local_id).is_some() {
            // It has been confirmed since.
            return loaded.add(store.as_mut(), &self.target, remote_id, theirs, notes);
        }
        loaded.maps.set(store.as_mut(), &self.target, &local_id, remote_id)?;
        loaded.forget(&local_id);
        self.report.matched += 1;
        Ok(if op == Op::Add { 201 } else { 200 })
    }

    /// The peer has changed what is gone on our side, or only out of our sight (manual 11.34.6). `None` if it is
    /// really gone.
    fn update_deleted(
        &mut self,
        backend: &mut dyn Backend,
        local_id: &str,
        remote_id: &str,
        theirs: &Item,
        notes: &mut Vec<String>,
    ) -> Result<Option<u16>, StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(Some(500)) };
        let home = home::at(&self.datastore, self.home);
        if home.conflict_strategy == Strategy::ServerWins {
            return Ok(Some(419));
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        match loaded.update(store.as_mut(), &self.target, local_id, remote_id, theirs, notes) {
            Ok(_) => {
                if !home.delete_wins {
                    loaded.forget(local_id);
                }
                Ok(Some(200))
            }
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Both sides have changed the item.
    fn settle(
        &mut self,
        backend: &mut dyn Backend,
        local_id: &str,
        remote_id: &str,
        ours: Item,
        theirs: Item,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let strategy = match self.mode.direction {
            Direction::FromClient => Strategy::ClientWins,
            _ if self.mode.slow => self.matching_strategy(),
            _ => self.fate.strategy.unwrap_or(home::at(&self.datastore, self.home).conflict_strategy),
        };
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        self.report.conflicts += 1;
        let mut judge = Judge::new(
            &loaded.comparers[self.home],
            self.judging.clone().unwrap_or_else(|| Arc::clone(loaded.types.context())),
            &mut self.scripts,
            &self.desk,
            &mut self.script_state,
        );
        // To keep both is to add one.
        let distinct = !self.fate.prevent_add
            && (!self.mode.slow || !judge.equal(&ours, &theirs, CompareMode::SlowSync));
        let resolution = resolve(strategy, &mut judge, ours, theirs.clone(), distinct);
        let (write, send, statuses) = match resolution {
            Resolution::Same => (None, false, [200, 200]),
            Resolution::Both => {
                loaded.maps.remove(store.as_mut(), &self.target, local_id)?;
                loaded.note(local_id, Change::Added);
                loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes)?;
                return Ok(209);
            }
            Resolution::Ours { write, send } => (write, send, [419, 207]),
            Resolution::Theirs { write, send } => {
                let status = if send { 207 } else { 200 };
                (write, send, [status, status])
            }
        };
        if !send {
            loaded.forget(local_id);
        }
        let status = statuses[usize::from(write.is_some())];
        if let Some(item) = write {
            loaded.update(store.as_mut(), &self.target, local_id, remote_id, &item, notes)?;
        }
        // What was to be sent again has found its way now.
        if !send {
            loaded.maps.flag(store.as_mut(), &self.target, local_id, 0)?;
        }
        Ok(status)
    }

    fn receive_delete(
        &mut self,
        backend: &mut dyn Backend,
        command: &ChangeCommand,
        remote_id: &str,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        if self.mode.slow {
            return Ok(403);
        }
        let known = self.loaded.as_ref().and_then(|loaded| loaded.maps.local(remote_id)).cloned();
        self.home = known.as_ref().map_or(home::NONE, |local_id| home::of_id(&self.datastore, local_id));
        let home = home::at(&self.datastore, self.home);
        // To archive an item is to keep it where the peer does not see it.
        let hide = home.filters.invisible.clone().filter(|_| command.archive);
        if command.archive && hide.is_none() {
            return Ok(501);
        }
        if self.is_read_only() {
            return Ok(200);
        }
        let gone_ok = self.server.settings().is_some_and(|settings| settings.deleting_gone_ok);
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let Some(local_id) = known else {
            return Ok(if gone_ok { 200 } else { 211 });
        };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let change = loaded.changes.get(&local_id).copied();
        let keep = change == Some(Change::Modified) && !home.delete_wins;
        if keep {
            // Ours has been changed meanwhile: the peer gets it back.
            self.report.conflicts += 1;
            loaded.note(&local_id, Change::Added);
        } else {
            loaded.forget(&local_id);
            let keep = command.soft_delete || change == Some(Change::Deleted);
            match hide {
                _ if keep => {}
                Some(hide) => {
                    if let Some(mut item) = store.read(&local_id)? {
                        hide.make_pass(&mut item, Ids { local: &local_id, remote: remote_id });
                        let (store, target) = (store.as_mut(), &self.target);
                        loaded.update(store, target, &local_id, remote_id, &item, notes)?;
                    }
                }
                None => {
                    store.delete(&local_id)?;
                }
            }
        }
        loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
        Ok(200)
    }
}

impl Loaded {
    /// Adds an item that is new to us.
    fn add(
        &mut self,
        store: &mut dyn Store,
        target: &Target,
        remote_id: &str,
        item: &Item,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let written = store.insert(&view::admit(&self.datastore, item))?;
        log_cuts(remote_id, &written.cut, notes);
        self.maps.set(store, target, &written.local_id, remote_id)?;
        Ok(201)
    }

    /// Writes an item of ours, and gives the id that it has then.
    fn update(
        &mut self,
        store: &mut dyn Store,
        target: &Target,
        local_id: &str,
        remote_id: &str,
        item: &Item,
        notes: &mut Vec<String>,
    ) -> Result<String, StoreError> {
        let written = store.update(local_id, item)?;
        log_cuts(remote_id, &written.cut, notes);
        if written.local_id != local_id {
            self.maps.set(store, target, &written.local_id, remote_id)?;
            self.present.remove(local_id);
            if let Some(change) = self.changes.remove(local_id) {
                self.note(&written.local_id, change);
            }
        }
        Ok(written.local_id)
    }

    /// Sees to it that an item of ours is sent in this way.
    pub(super) fn note(&mut self, local_id: &str, change: Change) {
        if self.changes.insert(local_id.to_owned(), change).is_none() {
            self.order.push(local_id.to_owned());
        }
    }

    /// Sees to it that an item of ours is not sent.
    pub(super) fn forget(&mut self, local_id: &str) {
        self.changes.remove(local_id);
    }
}

fn log_cuts(remote_id: &str, columns: &[String], notes: &mut Vec<String>) {
    if !columns.is_empty() {
        notes.push(format!("item {remote_id}: too long for {}, and cut", columns.join(", ")));
    }
}
