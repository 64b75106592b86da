//! What becomes of an item that came: it is added, replaces ours, is found to be one of ours, or is in conflict with it.
//!
//! Not its job: what the item says (`incoming`), and who wins a conflict (`conflict`).

use syncloom_config::Strategy;
use syncloom_formats::Had;
use syncloom_script::filter::Ids;
use syncloom_script::{CompareMode, Item};
use syncloom_stores::{Backend, ErrorKind, MapEntry, Store, StoreError, Target};
use syncloom_wire::Change as ChangeCommand;

use super::conflict::{Resolution, resolve};
use super::incoming::{Came, Fate};
use super::judge::Judge;
use super::load::readable;
use super::matcher::{Found, Matcher};
use super::mode::Direction;
use super::receive::Op;
use super::{Change, DatastoreSync, Loaded, home};

impl DatastoreSync {
    /// Slow sync: the item is one of ours, or a new one.
    pub(super) fn match_item(
        &mut self,
        backend: &mut dyn Backend,
        mut came: Came,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let fate = came.fate;
        let home = came.home;
        let strategy = self.matching_strategy(fate, home);
        let read_only = self.is_read_only(home);
        let (update_server, update_client) = self.updates_in_slow_sync(read_only);
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        if let Some(known) = loaded.maps.local(&came.remote_id).cloned() {
            if self.resuming {
                // It belongs to an item of ours since the session that broke off, and has changed in between.
                return self.change_item(backend, came, notes);
            }
            // The peer sends the same item twice.
            if !read_only && !fate.ignore_update {
                let mut store = backend.store(&self.datastore, &self.scope)?;
                loaded.replace(store.as_mut(), &self.target, &known, &mut came, notes)?;
            }
            return Ok(200);
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let wipe = self.wipe;
        let scripts = &mut loaded.types.at(came.used).scripts;
        let comparer = &loaded.comparers[home];
        let mut judge = Judge::new(comparer, scripts, &self.desk, &self.script_state);
        let theirs = &came.item;
        let limits = &loaded.limits;
        // The peer's item is looked for among ours as the peer holds them.
        let mut find = |matcher: &mut Matcher, loosely: bool| {
            let read = &mut |local_id: &str, form| limits.read(store.as_mut(), local_id, form);
            match loosely {
                _ if judge.compares_by_script() => {
                    matcher.take_where(home, loosely, read, |ours, mode| judge.equal(theirs, ours, mode))
                }
                true => matcher.take(home, theirs, read),
                false => matcher.take_same(home, theirs, read),
            }
        };
        let seen = match loaded.matcher.as_mut() {
            Some(matcher) => find(matcher, !wipe)?,
            None => None,
        };
        // The peer may well have what it does not ask for this time: it must not come to be there twice.
        let outside = seen.is_none();
        let found = match loaded.outside.as_mut().filter(|_| outside) {
            Some(matcher) => find(matcher, true)?,
            None => seen,
        };
        let Some(Found { local_id, item, form }) = found else {
            if read_only || fate.prevent_add {
                return Ok(came.op.good());
            }
            return loaded.add(store.as_mut(), &self.target, &came, notes);
        };
        loaded.maps.set(store.as_mut(), &self.target, &local_id, &came.remote_id)?;
        self.report.matched += 1;
        let ours = if limits.shows_whole(form) { item } else { store.read(&local_id)?.unwrap_or(item) };
        if judge.equal(&ours, &came.item, CompareMode::Conflict) {
            return Ok(came.op.good());
        }
        limits.make_whole(&mut came, &ours, comparer, Had::Another);
        let distinct = !fate.prevent_add && !judge.equal(&ours, &came.item, CompareMode::SlowSync);
        match resolve(strategy, &mut judge, ours, came.item.clone(), distinct) {
            Resolution::Same => {}
            Resolution::Both => {
                // Ours goes to the peer as another item, and theirs comes to us.
                loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
                loaded.note(&local_id, Change::Added);
                self.report.matched -= 1;
                return loaded.add(store.as_mut(), &self.target, &came, notes);
            }
            Resolution::Ours { write, send } | Resolution::Theirs { write, send } => {
                let mut local_id = local_id;
                if let Some(item) = write.filter(|_| update_server) {
                    let (store, target) = (store.as_mut(), &self.target);
                    local_id = loaded.update(store, target, &local_id, &came.remote_id, &item, notes)?;
                }
                if send && update_client && !outside {
                    loaded.note(&local_id, Change::Modified);
                    if self.datastore.resume {
                        // Should the session break off, this is still to be sent when it is taken up.
                        let (store, target) = (store.as_mut(), &self.target);
                        loaded.maps.flag(store, target, &local_id, MapEntry::RESEND)?;
                    }
                }
            }
        }
        Ok(came.op.good())
    }

    /// Who wins where a slow sync finds two versions of one item.
    fn matching_strategy(&self, fate: Fate, home: usize) -> Strategy {
        if self.is_read_only(home) || fate.prevent_add {
            return Strategy::ServerWins;
        }
        if self.script_state.look().cache_data {
            return Strategy::ClientWins;
        }
        if let Some(strategy) = fate.strategy {
            return strategy;
        }
        match self.mode.direction {
            Direction::FromClient => Strategy::ClientWins,
            _ if self.first_time => home::at(&self.datastore, home).first_time_strategy,
            _ => home::at(&self.datastore, home).slow_sync_strategy,
        }
    }

    /// Whether a slow sync writes what it has merged here, and whether it sends it to the peer.
    fn updates_in_slow_sync(&self, read_only: bool) -> (bool, bool) {
        let settings = self.server.settings();
        let said = self.desk.state(|session| session.rules.settings());
        let server = self.first_time
            || self.mode.direction == Direction::FromClient
            || said
                .update_server_in_slow_sync
                .unwrap_or_else(|| settings.is_some_and(|settings| settings.update_server_in_slow_sync));
        // A device that cannot take a Replace in a slow sync gets none even the first time (manual 11.36.8).
        let client = said.no_replace_in_slow_sync != Some(true)
            && (self.first_time
                || said
                    .update_client_in_slow_sync
                    .unwrap_or_else(|| settings.is_some_and(|settings| settings.update_client_in_slow_sync)));
        (server && !read_only, client && self.mode.direction == Direction::Both)
    }

    /// Two-way sync: the item is new, or a change of one that is known.
    pub(super) fn change_item(
        &mut self,
        backend: &mut dyn Backend,
        mut came: Came,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        if self.is_read_only(came.home) {
            return Ok(came.op.good());
        }
        let fate = came.fate;
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let Some(local_id) = loaded.maps.local(&came.remote_id).cloned() else {
            return self.add_or_confirm(backend, &came, notes);
        };
        let keeper = home::of_item(&self.datastore, &local_id);
        if self.is_read_only(home::of_id(&self.datastore, &local_id)) {
            return Ok(came.op.good());
        }
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let change = loaded.changes.get(&local_id).copied();
        // What is only outside of what the peer asked for is there, and is changed as any other.
        if change == Some(Change::Deleted) && loaded.unseen.contains(&local_id) {
            let mut store = backend.store(&self.datastore, &self.scope)?;
            loaded.forget(&local_id);
            if !fate.ignore_update {
                loaded.replace(store.as_mut(), &self.target, &local_id, &mut came, notes)?;
            }
            return Ok(200);
        }
        if change == Some(Change::Deleted)
            && keeper.try_update_deleted
            && let Some(status) = self.update_deleted(backend, &local_id, &mut came, notes)?
        {
            return Ok(status);
        }
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        match change {
            Some(Change::Modified) => {
                if let Some(ours) = store.read(&local_id)? {
                    drop(store);
                    return self.settle(backend, &local_id, ours, came, notes);
                }
            }
            Some(Change::Deleted) => {}
            Some(Change::Added) | None if fate.ignore_update => return Ok(200),
            Some(Change::Added) | None if fate.force_conflict => {
                if let Some(ours) = store.read(&local_id)? {
                    drop(store);
                    return self.settle(backend, &local_id, ours, came, notes);
                }
            }
            Some(Change::Added) | None => {
                match loaded.replace(store.as_mut(), &self.target, &local_id, &mut came, notes) {
                    // An Add of what is known has been sent before, by a session that broke off.
                    Ok(()) => return Ok(if came.op == Op::Add { 208 } else { 200 }),
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
        loaded.add(store.as_mut(), &self.target, &came, notes)
    }

    /// An item that we know under no id of the peer's. It is new, unless the peer has it from us: it may have
    /// stored it, and have been cut off before it could say so. An item that is the same in all that counts, and
    /// that the peer has never confirmed, is therefore taken for it.
    fn add_or_confirm(
        &mut self,
        backend: &mut dyn Backend,
        came: &Came,
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
                    if let Some(item) = readable(store.as_mut(), local_id, &self.desk)? {
                        let home = home::of_id(&self.datastore, local_id);
                        loaded.limits.await_counterpart(&mut waiting, home, local_id.clone(), &item);
                    }
                }
                loaded.unconfirmed.insert(waiting)
            }
        };
        let limits = &loaded.limits;
        let read = &mut |local_id: &str, form| limits.read(store.as_mut(), local_id, form);
        let same = unconfirmed.take_same(came.home, &came.item, read)?;
        let Some(Found { local_id, .. }) = same else {
            if came.fate.prevent_add {
                return Ok(came.op.good());
            }
            return loaded.add(store.as_mut(), &self.target, came, notes);
        };
        if loaded.maps.remote(&local_id).is_some() {
            // It has been confirmed since.
            return loaded.add(store.as_mut(), &self.target, came, notes);
        }
        loaded.maps.set(store.as_mut(), &self.target, &local_id, &came.remote_id)?;
        loaded.forget(&local_id);
        self.report.matched += 1;
        Ok(came.op.good())
    }

    /// The peer has changed what is gone on our side, or only out of our sight (manual 11.34.6). `None` if it is
    /// really gone.
    fn update_deleted(
        &mut self,
        backend: &mut dyn Backend,
        local_id: &str,
        came: &mut Came,
        notes: &mut Vec<String>,
    ) -> Result<Option<u16>, StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(Some(500)) };
        if home::at(&self.datastore, came.home).conflict_strategy == Strategy::ServerWins {
            return Ok(Some(419));
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        match loaded.replace(store.as_mut(), &self.target, local_id, came, notes) {
            Ok(()) => {
                if !came.fate.delete_wins {
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
        ours: Item,
        mut came: Came,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let strategy = match self.mode.direction {
            Direction::FromClient => Strategy::ClientWins,
            _ if self.mode.slow => self.matching_strategy(came.fate, came.home),
            _ => {
                let home = home::at(&self.datastore, came.home);
                came.fate.strategy.unwrap_or(home.conflict_strategy)
            }
        };
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        self.report.conflicts += 1;
        let comparer = &loaded.comparers[came.home];
        let is_changed = loaded.changes.get(local_id) == Some(&Change::Modified);
        let had = if is_changed { Had::Another } else { Had::Ours };
        loaded.limits.make_whole(&mut came, &ours, comparer, had);
        let scripts = &mut loaded.types.at(came.used).scripts;
        let mut judge = Judge::new(comparer, scripts, &self.desk, &self.script_state);
        // To keep both is to add one.
        let distinct = !came.fate.prevent_add
            && (!self.mode.slow || !judge.equal(&ours, &came.item, CompareMode::SlowSync));
        let resolution = resolve(strategy, &mut judge, ours, came.item.clone(), distinct);
        let (write, send, statuses) = match resolution {
            Resolution::Same => (None, false, [200, 200]),
            Resolution::Both => {
                loaded.maps.remove(store.as_mut(), &self.target, local_id)?;
                loaded.note(local_id, Change::Added);
                loaded.add(store.as_mut(), &self.target, &came, notes)?;
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
            loaded.update(store.as_mut(), &self.target, local_id, &came.remote_id, &item, notes)?;
        }
        // What was to be sent again has found its way now.
        if !send {
            loaded.maps.flag(store.as_mut(), &self.target, local_id, 0)?;
        }
        Ok(status)
    }

    /// Carries out a deletion.
    pub(super) fn receive_delete(
        &mut self,
        backend: &mut dyn Backend,
        command: &ChangeCommand,
        remote_id: &str,
        fate: Fate,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        if self.mode.slow {
            return Ok(403);
        }
        let known = self.loaded.as_ref().and_then(|loaded| loaded.maps.local(remote_id)).cloned();
        let home = known.as_ref().map_or(home::NONE, |local_id| home::of_id(&self.datastore, local_id));
        // To archive an item is to keep it where the peer does not see it.
        let hide = home::at(&self.datastore, home).filters.invisible.clone().filter(|_| command.archive);
        if command.archive && hide.is_none() {
            return Ok(501);
        }
        if self.is_read_only(home) {
            return Ok(200);
        }
        let gone_ok = self.server.settings().is_some_and(|settings| settings.deleting_gone_ok);
        let Some(loaded) = &mut self.loaded else { return Ok(500) };
        let Some(local_id) = known else {
            return Ok(if gone_ok { 200 } else { 211 });
        };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let change = loaded.changes.get(&local_id).copied();
        let keep = change == Some(Change::Modified) && !fate.delete_wins;
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
        came: &Came,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let written = store.insert(&self.view.admit(&self.datastore, came.home, &came.item))?;
        log_cuts(&came.remote_id, &written.cut, notes);
        self.maps.set(store, target, &written.local_id, &came.remote_id)?;
        Ok(201)
    }

    /// Replaces an item of ours by the peer's version of it. What the peer has cut, or could not be told, does not
    /// replace the whole.
    fn replace(
        &mut self,
        store: &mut dyn Store,
        target: &Target,
        local_id: &str,
        came: &mut Came,
        notes: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        let comparer = &self.comparers[came.home];
        if let Some(ours) = store.read(local_id)? {
            self.limits.make_whole(came, &ours, comparer, Had::Ours);
        }
        self.update(store, target, local_id, &came.remote_id, &came.item, notes).map(drop)
    }

    /// Writes an item of ours, and gives the id that it has then: in another part of a superdatastore it has another.
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
