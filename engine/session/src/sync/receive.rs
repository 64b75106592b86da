//! What comes from the peer: its changes, its maps, and its statuses for what we sent.

use std::collections::{HashMap, HashSet};

use syncloom_formats::NoteKind;
use syncloom_script::Item;
use syncloom_stores::{Backend, ErrorKind, Listed, Store, StoreError, Target};
use syncloom_wire::{Change as ChangeCommand, Item as WireItem, MapItem};

use super::conflict::{Resolution, resolve};
use super::maps::Maps;
use super::matcher::Matcher;
use super::peer::Types;
use super::pieces::Received;
use super::{Change, DatastoreSync, Loaded, RemoteStore, Sent};

/// What a command does to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Delete,
}

impl DatastoreSync {
    /// Begins the exchange: agrees on types, and reads what has changed on our side. Does nothing if that has
    /// happened already.
    pub(crate) fn begin(
        &mut self,
        backend: &mut dyn Backend,
        remote: Option<&RemoteStore>,
        notes: &mut Vec<String>,
    ) -> Result<(), u16> {
        if let Some(status) = self.failed() {
            return Err(status);
        }
        if self.loaded.is_some() {
            return Ok(());
        }
        let Some(types) = Types::agree(&self.server, &self.datastore, remote) else {
            notes.push(format!("datastore {}: no content type in common with the peer", self.name()));
            self.fail(415);
            return Err(415);
        };
        self.load(backend, types).map_err(|error| self.store_failed(&error, notes))
    }

    fn load(&mut self, backend: &mut dyn Backend, types: Types) -> Result<(), StoreError> {
        let comparer = types.comparer(&self.datastore);
        if self.slow {
            self.invalidate_anchor(backend)?;
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let maps = Maps::new(store.maps(&self.target)?, self.slow);
        let listed = store.list()?;
        let present = listed.iter().map(|item| item.local_id.clone()).collect();
        self.shared_stamp = listed.iter().any(|item| item.modified == self.scope.stamp);
        let mut matcher = None;
        let (mut changes, mut order) = (HashMap::new(), Vec::new());
        if self.slow {
            let mut waiting = Matcher::new(comparer.clone(), self.first_time);
            for Listed { local_id, .. } in listed {
                if let Some(item) = store.read(&local_id)? {
                    waiting.add(local_id, item);
                }
            }
            matcher = Some(waiting);
        } else {
            let known = self.server.known(&self.datastore.name, &self.target.key);
            let is_news = |modified: i64| {
                self.target.last_sync.is_none_or(|last| modified > last) && !known.contains(&modified)
            };
            (changes, order) = changes_since(is_news, &listed, &present, &maps);
        }
        self.loaded = Some(Loaded { types, comparer, maps, changes, order, present, matcher });
        Ok(())
    }

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
        self.break_off_other(if op == Op::Delete { None } else { Some(&remote_id) }, notes);
        if op == Op::Delete {
            return self.receive_delete(backend, command, &remote_id);
        }
        let received = match self.whole(remote_id, command, item, notes) {
            Ok(received) => received,
            Err(status) => return Ok(status),
        };
        let Some(parsed) = self.parse(&received, notes) else { return Ok(415) };
        if self.datastore.read_only {
            return Ok(if op == Op::Add { 201 } else { 200 });
        }
        if self.slow {
            self.match_item(backend, op, &received.remote_id, parsed, notes)
        } else {
            self.change_item(backend, op, &received.remote_id, parsed, notes)
        }
    }

    fn parse(&mut self, received: &Received, notes: &mut Vec<String>) -> Option<Item> {
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
                Some(parsed.item)
            }
            Err(error) => {
                notes.push(format!("{about}: {error}"));
                None
            }
        }
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
        let first_time = self.first_time;
        let settings = self.server.settings();
        let update_server = first_time || settings.is_some_and(|s| s.update_server_in_slow_sync);
        let update_client = first_time || settings.is_some_and(|s| s.update_client_in_slow_sync);
        let strategy =
            if first_time { self.datastore.first_time_strategy } else { self.datastore.slow_sync_strategy };
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        if let Some(known) = loaded.maps.local(remote_id).cloned() {
            // The peer sends the same item twice.
            log_cuts(remote_id, &store.update(&known, &theirs)?.cut, notes);
            return Ok(200);
        }
        let found = loaded.matcher.as_mut().and_then(|matcher| matcher.take(&theirs));
        let found = found.map(|candidate| (candidate.local_id.clone(), candidate.item.clone()));
        let Some((local_id, ours)) = found else {
            return loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes);
        };
        loaded.maps.set(store.as_mut(), &self.target, &local_id, remote_id)?;
        self.report.matched += 1;
        let status = if op == Op::Add { 201 } else { 200 };
        let distinct = !loaded.comparer.equal(&ours, &theirs, syncloom_script::CompareMode::SlowSync);
        match resolve(strategy, &loaded.comparer, ours, theirs.clone(), distinct) {
            Resolution::Same => {}
            Resolution::Both => {
                // Ours goes to the peer as another item, and theirs comes to us.
                loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
                loaded.changes.insert(local_id.clone(), Change::Added);
                loaded.order.push(local_id);
                self.report.matched -= 1;
                return loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes);
            }
            Resolution::Ours { write, send } | Resolution::Theirs { write, send } => {
                if let Some(item) = write.filter(|_| update_server) {
                    log_cuts(remote_id, &store.update(&local_id, &item)?.cut, notes);
                }
                if send && update_client {
                    loaded.changes.insert(local_id.clone(), Change::Modified);
                    loaded.order.push(local_id);
                }
            }
        }
        Ok(status)
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
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let Some(local_id) = loaded.maps.local(remote_id).cloned() else {
            return loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes);
        };
        // An Add of what is known has been sent before, by a session that broke off.
        let updated = if op == Op::Add { 208 } else { 200 };
        match loaded.changes.get(&local_id) {
            Some(Change::Modified) => {
                if let Some(ours) = store.read(&local_id)? {
                    drop(store);
                    return self.settle(backend, &local_id, remote_id, ours, theirs, notes);
                }
            }
            Some(Change::Deleted) => {}
            Some(Change::Added) | None => match store.update(&local_id, &theirs) {
                Ok(written) => {
                    log_cuts(remote_id, &written.cut, notes);
                    return Ok(updated);
                }
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            },
        }
        // It is gone on our side. What the peer has changed is kept, unless deletes win.
        if self.datastore.delete_wins {
            loaded.note(&local_id, Change::Deleted);
            return Ok(419);
        }
        loaded.forget(&local_id);
        loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
        loaded.add(store.as_mut(), &self.target, remote_id, &theirs, notes)
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
        let strategy = self.datastore.conflict_strategy;
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        self.report.conflicts += 1;
        let resolution = resolve(strategy, &loaded.comparer, ours, theirs.clone(), true);
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
            log_cuts(remote_id, &store.update(local_id, &item)?.cut, notes);
        }
        Ok(status)
    }

    fn receive_delete(
        &mut self,
        backend: &mut dyn Backend,
        command: &ChangeCommand,
        remote_id: &str,
    ) -> Result<u16, StoreError> {
        if self.slow {
            return Ok(403);
        }
        if command.archive {
            return Ok(501);
        }
        if self.datastore.read_only {
            return Ok(200);
        }
        let gone_ok = self.server.settings().is_some_and(|settings| settings.deleting_gone_ok);
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let Some(local_id) = loaded.maps.local(remote_id).cloned() else {
            return Ok(if gone_ok { 200 } else { 211 });
        };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let change = loaded.changes.get(&local_id).copied();
        let keep = change == Some(Change::Modified) && !self.datastore.delete_wins;
        if keep {
            // Ours has been changed meanwhile: the peer gets it back.
            self.report.conflicts += 1;
            loaded.note(&local_id, Change::Added);
        } else {
            loaded.forget(&local_id);
            if !command.soft_delete && change != Some(Change::Deleted) {
                store.delete(&local_id)?;
            }
        }
        loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
        Ok(200)
    }

    /// Takes over what the peer calls items of ours, and gives the status of the Map.
    pub(crate) fn receive_map(
        &mut self,
        backend: &mut dyn Backend,
        items: &[MapItem],
        notes: &mut Vec<String>,
    ) -> u16 {
        match self.try_map(backend, items) {
            Ok(status) => status,
            Err(error) => self.store_failed(&error, notes),
        }
    }

    fn try_map(&mut self, backend: &mut dyn Backend, items: &[MapItem]) -> Result<u16, StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(403) };
        if loaded.matcher.is_some() {
            // A slow sync finds out by itself what belongs together, from what both sides hold now. This comes
            // from a session that broke off.
            return Ok(200);
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        for item in items {
            if item.source.is_empty() {
                loaded.maps.remove(store.as_mut(), &self.target, &item.target)?;
            } else if loaded.present.contains(&item.target) {
                loaded.maps.set(store.as_mut(), &self.target, &item.target, &item.source)?;
                // It came from us in a session whose maps had not arrived: no need to send it again.
                if loaded.changes.get(&item.target) == Some(&Change::Added) {
                    loaded.forget(&item.target);
                }
            } else {
                return Ok(404);
            }
        }
        Ok(200)
    }

    /// Takes note of the peer's status for a command of ours.
    pub(crate) fn receive_status(
        &mut self,
        backend: &mut dyn Backend,
        command: (u32, u32),
        status: u16,
        notes: &mut Vec<String>,
    ) {
        let Some(sent) = self.sent.remove(&command) else { return };
        if sent.more && status < 400 {
            return;
        }
        if sent.more && !self.drop_piece(&sent.local_id) {
            // The rest is on its way already, and its status says it again.
            return;
        }
        let counts = &mut self.report.sent;
        match (sent.change, status) {
            (Change::Added, 200..=299 | 418 | 419) => counts.added += 1,
            (Change::Modified, 200..=299 | 419) => counts.changed += 1,
            (Change::Deleted, 200..=299 | 404 | 410) => {
                counts.deleted += 1;
                self.unmap(backend, &sent, notes);
            }
            (Change::Modified, 404 | 410) => {
                // The peer has it no more, although it never said so: next time it is new to it.
                counts.failed += 1;
                self.unmap(backend, &sent, notes);
            }
            (change, status) => {
                counts.failed += 1;
                // What was to be added or deleted shows again next time by itself.
                self.resend |= change == Change::Modified;
                let local_id = &sent.local_id;
                notes.push(format!("datastore {}: item {local_id} was answered with {status}", self.name()));
            }
        }
    }

    fn unmap(&mut self, backend: &mut dyn Backend, sent: &Sent, notes: &mut Vec<String>) {
        let Some(loaded) = &mut self.loaded else { return };
        let removed = backend
            .store(&self.datastore, &self.scope)
            .and_then(|mut store| loaded.maps.remove(store.as_mut(), &self.target, &sent.local_id));
        if let Err(error) = removed {
            self.store_failed(&error, notes);
        }
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
        let written = store.insert(item)?;
        log_cuts(remote_id, &written.cut, notes);
        self.present.insert(written.local_id.clone());
        self.maps.set(store, target, &written.local_id, remote_id)?;
        Ok(201)
    }

    /// Sees to it that an item of ours is sent in this way.
    fn note(&mut self, local_id: &str, change: Change) {
        if self.changes.insert(local_id.to_owned(), change).is_none() {
            self.order.push(local_id.to_owned());
        }
    }

    /// Sees to it that an item of ours is not sent.
    fn forget(&mut self, local_id: &str) {
        self.changes.remove(local_id);
    }
}

/// What has changed on our side since a sync: new is what has no counterpart, changed what has a stamp that is
/// news, deleted what has a counterpart but is not there.
fn changes_since(
    is_news: impl Fn(i64) -> bool,
    listed: &[Listed],
    present: &HashSet<String>,
    maps: &Maps,
) -> (HashMap<String, Change>, Vec<String>) {
    let mut changes = HashMap::new();
    let mut order: Vec<String> =
        maps.iter().map(|(local, _)| local).filter(|local| !present.contains(*local)).cloned().collect();
    order.sort_unstable();
    changes.extend(order.iter().map(|local_id| (local_id.clone(), Change::Deleted)));
    for item in listed {
        let change = match maps.remote(&item.local_id) {
            None => Change::Added,
            Some(_) if is_news(item.modified) => Change::Modified,
            Some(_) => continue,
        };
        changes.insert(item.local_id.clone(), change);
        order.push(item.local_id.clone());
    }
    (changes, order)
}

fn log_cuts(remote_id: &str, columns: &[String], notes: &mut Vec<String>) {
    if !columns.is_empty() {
        notes.push(format!("item {remote_id}: too long for {}, and cut", columns.join(", ")));
    }
}
