//! The beginning of the exchange: types are agreed on, and what has changed on our side is read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use syncloom_config::Datastore;
use syncloom_formats::Pipeline;
use syncloom_script::filter::Ids;
use syncloom_script::{FieldId, Item};
use syncloom_stores::{Backend, ErrorKind, Listed, MapEntry, Store, StoreError};

use super::maps::Maps;
use super::matcher::Matcher;
use super::mode::Direction;
use super::open::resolution;
use super::types::Types;
use super::view::{Part, View};
use super::{Change, DatastoreSync, Loaded, Remote, home};
use crate::scripting::{Desk, ItemState, StateDesk};

impl DatastoreSync {
    /// Begins the exchange. Does nothing if that has happened already.
    pub(crate) fn begin(
        &mut self,
        backend: &mut dyn Backend,
        remote: &Remote<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(), u16> {
        if let Some(status) = self.failed() {
            return Err(status);
        }
        if self.loaded.is_some() || self.over {
            return Ok(());
        }
        let now = self.desk.time_and_zones();
        let store = remote.store(&self.remote_uri);
        let Some(types) = Types::agree(&self.server, &self.datastore, remote, store.as_ref(), &now) else {
            notes.push(format!("datastore {}: no content type in common with the peer", self.name()));
            self.fail(415);
            return Err(415);
        };
        self.load(backend, types, notes).map_err(|error| self.store_failed(&error, notes))?;
        self.failed().map_or(Ok(()), Err)
    }

    fn load(
        &mut self,
        backend: &mut dyn Backend,
        mut types: Types,
        notes: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        let slow = self.mode.slow;
        let scripted = self.begin_types(&mut types);
        if self.failed().is_none() {
            self.begin_database(backend, notes);
        }
        if self.failed().is_some() {
            return Ok(());
        }
        self.script_state.look().filters.changed = false;
        self.view = View::of(&self.datastore, &self.script_state.look().filters, notes);
        let limits = types.limits(self.script_state.look().item_size_limit().is_some());
        let comparers: Vec<_> =
            home::all(&self.datastore).map(|home| types.comparer(home, &limits)).collect();
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let mut maps = Maps::new(store.maps(&self.target)?, slow && !self.resuming);
        if slow && self.datastore.resume {
            // What is in the map from now on is what this sync has confirmed, so that it can be taken up again.
            maps.forget_the_rest(store.as_mut(), &self.target)?;
        }
        // Read before the list: what changes in between is seen as a change.
        let version = store.version()?;
        let mut listed = store.list()?;
        let matches = slow && self.mode.direction != Direction::FromServer;
        let mut outside = None;
        let mut unseen = HashSet::new();
        let hidden = store.hidden()?;
        let mut look = Looking {
            view: &self.view,
            datastore: &self.datastore,
            fields: self.view.looks_at(&self.datastore, scripted.is_some()),
            hidden,
            scripted,
            since: self.since(),
            desk: &self.desk,
            state: &self.script_state,
        };
        if look.matters() {
            let mut shown = Vec::new();
            for listed in listed {
                match look.at(store.as_mut(), &maps, &mut types, &listed)? {
                    Some((Part::Shown, _)) => shown.push(listed),
                    Some((Part::Outside, item)) => {
                        if matches
                            && maps.remote(&listed.local_id).is_none()
                            && let Some(item) = match item {
                                None => readable(store.as_mut(), &listed.local_id, &self.desk)?,
                                read => read,
                            }
                        {
                            let waiting: &mut Matcher = outside
                                .get_or_insert_with(|| Matcher::new(comparers.clone(), self.first_time));
                            let home = home::of_id(&self.datastore, &listed.local_id);
                            limits.await_counterpart(waiting, home, listed.local_id.clone(), &item);
                        }
                        unseen.insert(listed.local_id);
                    }
                    Some((Part::Foreign, _)) | None => {}
                }
            }
            listed = shown;
        }
        let present: HashMap<String, i64> =
            listed.iter().map(|item| (item.local_id.clone(), item.modified)).collect();
        self.shared_stamp = present.values().any(|modified| *modified == self.scope.stamp);
        let withheld = self.withheld(&maps, &present);
        let since = self.since();
        let known = self.server.known(&self.datastore.name, &self.target.key);
        let is_news =
            |modified: i64| since.is_none_or(|since| modified > since) && !known.contains(&modified);
        let (mut changes, mut order) = changes_since(is_news, &listed, &present, &maps);
        changes.retain(|local_id, _| !withheld.contains(local_id));
        let mut matcher = None;
        if matches {
            let mut waiting = Matcher::new(comparers.clone(), self.first_time);
            for Listed { local_id, .. } in listed {
                if maps.remote(&local_id).is_none()
                    && let Some(item) = readable(store.as_mut(), &local_id, &self.desk)?
                {
                    let home = home::of_id(&self.datastore, &local_id);
                    limits.await_counterpart(&mut waiting, home, local_id, &item);
                }
            }
            // Who finds no counterpart is told of at the end.
            changes.retain(|_, change| *change != Change::Added);
            order.retain(|local_id| changes.contains_key(local_id));
            matcher = Some(waiting);
        }
        drop(store);
        let unconfirmed = None;
        self.loaded = Some(Loaded {
            datastore: Arc::clone(&self.datastore),
            types,
            comparers,
            limits,
            maps,
            changes,
            order,
            present,
            version,
            view: self.view.clone(),
            scripted,
            matcher,
            outside,
            unseen,
            unconfirmed,
            withheld,
        });
        self.note_beginning(backend)
    }

    /// Runs the scripts that datatypes and the datastore begin with (manual 10.5.8, 10.5.10, 11.34.21). `Some` if items
    /// have to pass a filter script: all of them, or those that have changed.
    fn begin_types(&mut self, types: &mut Types) -> Option<bool> {
        let read_only = self.is_read_only(home::NONE);
        let mut state = self.script_state.look();
        (state.slow, state.first_time, state.read_only) = (self.mode.slow, self.first_time, read_only);
        drop(state);
        let mut item = ItemState { sync_modes: Arc::clone(&types.sync_modes), ..ItemState::default() };
        for used in types.all() {
            let mut state = self.script_state.look();
            self.desk.run_type(&mut used.scripts, &mut state, &mut item, Pipeline::init);
            used.scripts.adapt(&used.codec, &mut used.peer);
        }
        self.obey();
        self.begin_own_scripts();
        if self.failed().is_some() {
            return None;
        }
        let mut state = self.script_state.look();
        let limit = state.item_size_limit();
        let scripts = &mut types.at(types.context()).scripts;
        let needed = self
            .desk
            .run_type(scripts, &mut state, &mut item, |scripts, hosts| scripts.filter_init(limit, hosts));
        drop(state);
        let all = scripts.filters_all();
        self.obey();
        needed.then_some(all)
    }

    /// From when on a change of ours is news to the peer.
    fn since(&self) -> Option<i64> {
        match self.target.resume.stamp {
            // A slow sync is taken up: what it has confirmed was the same on both sides when it broke off.
            Some(stamp) if self.mode.slow && self.resuming => Some(stamp),
            _ => self.target.last_sent,
        }
    }

    /// The items that the peer may have got already, in a session that broke off before it could say so. They are
    /// sent again only in the sync after this one, where the config says so.
    fn withheld(&self, maps: &Maps, present: &HashMap<String, i64>) -> HashSet<String> {
        if self.server.settings().is_none_or(|settings| settings.rely_on_early_maps) {
            return HashSet::new();
        }
        let pending = |local_id: &&String| maps.flags(local_id) & MapEntry::PENDING_ADD != 0;
        present.keys().filter(pending).cloned().collect()
    }

    /// Once a message, before its first change is made: sees what others have written since the last one, and
    /// that nobody else writes before this message is through. An item that both sides have changed is a conflict,
    /// even if ours has changed during the session.
    pub(super) fn see_others_changes(&mut self, backend: &mut dyn Backend) -> Result<(), StoreError> {
        let Some(loaded) = self.loaded.as_mut().filter(|_| !self.seen_others) else { return Ok(()) };
        self.seen_others = true;
        let mut store = backend.store(&self.datastore, &self.scope)?;
        store.hold()?;
        let version = store.version()?;
        if version == loaded.version {
            return Ok(());
        }
        loaded.version = version;
        let listed = store.list()?;
        let scripted = loaded.scripted;
        let hidden = store.hidden()?;
        let own = self.scope.stamp - self.scope.stamp.rem_euclid(resolution(&self.datastore));
        let mut gone: HashSet<String> = loaded.present.keys().cloned().collect();
        let mut look = Looking {
            view: &self.view,
            datastore: &self.datastore,
            fields: self.view.looks_at(&self.datastore, scripted.is_some()),
            hidden,
            scripted,
            since: None,
            desk: &self.desk,
            state: &self.script_state,
        };
        for listed in listed {
            if look.matters() && loaded.present.get(&listed.local_id) != Some(&listed.modified) {
                let seen = look.at(store.as_mut(), &loaded.maps, &mut loaded.types, &listed)?;
                let part = seen.map(|(part, _)| part);
                if part == Some(Part::Outside) {
                    loaded.unseen.insert(listed.local_id.clone());
                }
                if part != Some(Part::Shown) {
                    continue;
                }
            }
            let Listed { local_id, modified } = listed;
            gone.remove(&local_id);
            let before = loaded.present.insert(local_id.clone(), modified);
            if before == Some(modified) || modified == own {
                continue;
            }
            let mapped = loaded.maps.remote(&local_id).is_some();
            if let Some(matcher) = loaded.matcher.as_mut().filter(|_| !mapped) {
                matcher.remove(&local_id);
                if let Some(item) = readable(store.as_mut(), &local_id, &self.desk)? {
                    let home = home::of_id(&self.datastore, &local_id);
                    loaded.limits.await_counterpart(matcher, home, local_id, &item);
                }
            } else {
                loaded.note(&local_id, if mapped { Change::Modified } else { Change::Added });
            }
        }
        for local_id in gone {
            loaded.present.remove(&local_id);
            if let Some(matcher) = &mut loaded.matcher {
                matcher.remove(&local_id);
            }
            if loaded.maps.remote(&local_id).is_some() {
                loaded.note(&local_id, Change::Deleted);
            } else {
                loaded.forget(&local_id);
            }
        }
        Ok(())
    }
}

/// Looking at items of ours, whether they take part.
struct Looking<'a> {
    view: &'a View,
    datastore: &'a Datastore,
    /// The fields that it takes to tell; `None` if it takes no item.
    fields: Option<Vec<FieldId>>,
    /// What the database itself leaves out, as a script has said.
    hidden: HashSet<String>,
    /// Items have to pass a filter script: all of them, or those that have changed.
    scripted: Option<bool>,
    /// From when on a change counts as one.
    since: Option<i64>,
    desk: &'a Desk,
    state: &'a StateDesk,
}

impl Looking<'_> {
    /// Whether there may be items that take no part.
    fn matters(&self) -> bool {
        self.fields.is_some() || !self.hidden.is_empty()
    }

    /// How an item takes part, and the item if it took all of it to tell; `None` if it is gone. What cannot be read is
    /// there.
    fn at(
        &mut self,
        store: &mut dyn Store,
        maps: &Maps,
        types: &mut Types,
        listed: &Listed,
    ) -> Result<Option<(Part, Option<Item>)>, StoreError> {
        if self.hidden.contains(&listed.local_id) {
            return Ok(Some((Part::Outside, None)));
        }
        let Some(fields) = &self.fields else { return Ok(Some((Part::Shown, None))) };
        let remote = maps.remote(&listed.local_id);
        let ids = Ids { local: &listed.local_id, remote: remote.map_or("", String::as_str) };
        let is_old = remote.is_some() && self.since.is_some_and(|since| listed.modified <= since);
        let asked = self.scripted.is_some_and(|all| all || !is_old);
        let local_id = &listed.local_id;
        let read = if asked { store.read(local_id) } else { store.glance(local_id, fields) };
        let item = match read {
            Err(error) if error.kind == ErrorKind::Refused => {
                self.desk.note(vec![format!("item {local_id}: {error}")]);
                return Ok(Some((Part::Shown, None)));
            }
            Ok(None) => return Ok(None),
            Ok(Some(item)) => item,
            Err(error) => return Err(error),
        };
        let part = self.view.part(self.datastore, &item, ids);
        let part = match part {
            Part::Shown if asked && !self.passes_script(types, &item) => Part::Outside,
            part => part,
        };
        Ok(Some((part, asked.then_some(item))))
    }

    /// Whether an item passes the filter script of its datatype (manual 10.5.10).
    fn passes_script(&mut self, types: &mut Types, item: &Item) -> bool {
        let mut datastore = self.state.look();
        let limit = datastore.item_size_limit();
        let mut state = ItemState { sync_modes: Arc::clone(&types.sync_modes), ..ItemState::default() };
        let scripts = &mut types.at(types.context()).scripts;
        self.desk.run_type(scripts, &mut datastore, &mut state, |scripts, hosts| {
            scripts.filter(item, limit, hosts)
        })
    }
}

/// An item; `None` if it is not there, or cannot be read, which is told.
pub(super) fn readable(
    store: &mut dyn Store,
    local_id: &str,
    desk: &Desk,
) -> Result<Option<Item>, StoreError> {
    match store.read(local_id) {
        Err(error) if error.kind == ErrorKind::Refused => {
            desk.note(vec![format!("item {local_id}: {error}")]);
            Ok(None)
        }
        read => read,
    }
}

/// What has changed on our side since a sync: new is what has no counterpart, changed what has a stamp that is
/// news, deleted what has a counterpart but is not there.
fn changes_since(
    is_news: impl Fn(i64) -> bool,
    listed: &[Listed],
    present: &HashMap<String, i64>,
    maps: &Maps,
) -> (HashMap<String, Change>, Vec<String>) {
    let mut changes = HashMap::new();
    let mut order: Vec<String> =
        maps.iter().map(|(local, _)| local).filter(|local| !present.contains_key(*local)).cloned().collect();
    order.sort_unstable();
    changes.extend(order.iter().map(|local_id| (local_id.clone(), Change::Deleted)));
    for item in listed {
        let resend = maps.flags(&item.local_id) & MapEntry::RESEND != 0;
        let change = match maps.remote(&item.local_id) {
            None => Change::Added,
            Some(_) if resend || is_news(item.modified) => Change::Modified,
            Some(_) => continue,
        };
        changes.insert(item.local_id.clone(), change);
        order.push(item.local_id.clone());
    }
    (changes, order)
}
