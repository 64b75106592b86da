//! The beginning of the exchange: types are agreed on, and what has changed on our side is read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use syncloom_config::Datastore;
use syncloom_formats::Pipeline;
use syncloom_script::Item;
use syncloom_script::filter::Ids;
use syncloom_stores::{Backend, Listed, MapEntry, Store, StoreError};

use super::maps::Maps;
use super::matcher::Matcher;
use super::mode::Direction;
use super::open::resolution;
use super::types::Types;
use super::view::View;
use super::{Change, DatastoreSync, Loaded, Remote};
use crate::scripting::{DatastoreState, Desk, ItemState};

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
        if self.loaded.is_some() {
            return Ok(());
        }
        let now = self.desk.time_and_zones();
        let store = remote.store(&self.remote_uri);
        let Some(types) = Types::agree(&self.server, &self.datastore, remote, store.as_ref(), &now) else {
            notes.push(format!("datastore {}: no content type in common with the peer", self.name()));
            self.fail(415);
            return Err(415);
        };
        self.load(backend, types).map_err(|error| self.store_failed(&error, notes))
    }

    fn load(&mut self, backend: &mut dyn Backend, mut types: Types) -> Result<(), StoreError> {
        let slow = self.mode.slow;
        let needs_filter = self.begin_types(&mut types);
        let limited = self.script_state.item_size_limit().is_some();
        let comparer = types.comparer(&self.datastore, limited);
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let mut maps = Maps::new(store.maps(&self.target)?, slow && !self.resuming);
        if slow && self.datastore.resume {
            // What is in the map from now on is what this sync has confirmed, so that it can be taken up again.
            maps.forget_the_rest(store.as_mut(), &self.target)?;
        }
        // Read before the list: what changes in between is seen as a change.
        let version = store.version()?;
        let mut listed = store.list()?;
        if self.view.is_partial(&self.datastore.filters) || needs_filter.is_some() {
            let since = self.since();
            let mut shown = Vec::new();
            for listed in listed {
                let Some(item) =
                    shown_item(&self.view, &self.datastore, store.as_mut(), &maps, &listed.local_id)?
                else {
                    continue;
                };
                let is_old = maps.remote(&listed.local_id).is_some()
                    && since.is_some_and(|since| listed.modified <= since);
                let asked = needs_filter.is_some_and(|all| all || !is_old);
                if !asked || passes_script(&self.desk, &mut self.script_state, &mut types, &item) {
                    shown.push(listed);
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
        if slow && self.mode.direction != Direction::FromServer {
            let mut waiting = Matcher::new(comparer.clone(), self.first_time);
            for Listed { local_id, .. } in listed {
                if maps.remote(&local_id).is_none()
                    && let Some(item) = store.read(&local_id)?
                {
                    waiting.add(local_id, item);
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
            comparer,
            maps,
            changes,
            order,
            present,
            version,
            matcher,
            unconfirmed,
            withheld,
        });
        self.note_beginning(backend)
    }

    /// Runs the scripts that a datatype begins with (manual 10.5.8, 10.5.10). `Some` if items have to pass a filter
    /// script: all of them, or those that have changed.
    fn begin_types(&mut self, types: &mut Types) -> Option<bool> {
        self.script_state.slow = self.mode.slow;
        self.script_state.first_time = self.first_time;
        self.script_state.read_only = self.is_read_only();
        let limit = self.script_state.item_size_limit();
        let mut item = ItemState { sync_modes: Arc::clone(&types.sync_modes), ..ItemState::default() };
        let (desk, datastore) = (&self.desk, &mut self.script_state);
        for used in types.all() {
            desk.run_type(&mut used.scripts, datastore, &mut item, Pipeline::init);
            used.scripts.adapt(&used.codec, &mut used.peer);
        }
        let scripts = &mut types.at(types.context()).scripts;
        let needed =
            desk.run_type(scripts, datastore, &mut item, |scripts, hosts| scripts.filter_init(limit, hosts));
        needed.then(|| scripts.filters_all())
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
        let partial = self.view.is_partial(&self.datastore.filters);
        let own = self.scope.stamp - self.scope.stamp.rem_euclid(resolution(self.datastore.last_mod_type()));
        let mut gone: HashSet<String> = loaded.present.keys().cloned().collect();
        for Listed { local_id, modified } in listed {
            if partial
                && loaded.present.get(&local_id) != Some(&modified)
                && shown_item(&self.view, &self.datastore, store.as_mut(), &loaded.maps, &local_id)?.is_none()
            {
                continue;
            }
            gone.remove(&local_id);
            let before = loaded.present.insert(local_id.clone(), modified);
            if before == Some(modified) || modified == own {
                continue;
            }
            let mapped = loaded.maps.remote(&local_id).is_some();
            if let Some(matcher) = loaded.matcher.as_mut().filter(|_| !mapped) {
                matcher.remove(&local_id);
                if let Some(item) = store.read(&local_id)? {
                    matcher.add(local_id, item);
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

/// Whether an item passes the filter script of its datatype (manual 10.5.10).
fn passes_script(desk: &Desk, datastore: &mut DatastoreState, types: &mut Types, item: &Item) -> bool {
    let limit = datastore.item_size_limit();
    let mut state = ItemState { sync_modes: Arc::clone(&types.sync_modes), ..ItemState::default() };
    let scripts = &mut types.at(types.context()).scripts;
    desk.run_type(scripts, datastore, &mut state, |scripts, hosts| scripts.filter(item, limit, hosts))
}

/// An item of ours, if it takes part in the sync.
fn shown_item(
    view: &View,
    datastore: &Datastore,
    store: &mut dyn Store,
    maps: &Maps,
    local_id: &str,
) -> Result<Option<Item>, StoreError> {
    let remote = maps.remote(local_id).map_or("", String::as_str);
    let ids = Ids { local: local_id, remote };
    Ok(store.read(local_id)?.filter(|item| view.shows(&datastore.filters, item, ids)))
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
