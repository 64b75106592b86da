//! Which item of ours is which of the peer's: the map, and what of it is saved.

use std::collections::HashMap;

use syncloom_stores::{MapEntry, Store, StoreError, Target};

/// The map of one datastore of one device.
///
/// What is saved may be more than what holds: a slow sync begins with nothing known, but the saved entries
/// stay until they are confirmed, changed or, at its end, removed. So a second slow sync writes nothing, and a
/// slow sync that breaks off has thrown nothing away.
#[derive(Default)]
pub(super) struct Maps {
    saved: HashMap<String, String>,
    remote_of: HashMap<String, String>,
    local_of: HashMap<String, String>,
}

impl Maps {
    /// What is saved, all of it holding, or with `forget` none of it.
    pub(super) fn new(saved: Vec<MapEntry>, forget: bool) -> Self {
        let mut maps = Maps::default();
        for entry in saved {
            if !forget {
                maps.remote_of.insert(entry.local_id.clone(), entry.remote_id.clone());
                maps.local_of.insert(entry.remote_id.clone(), entry.local_id.clone());
            }
            maps.saved.insert(entry.local_id, entry.remote_id);
        }
        maps
    }

    /// Our id of an item of the peer's.
    pub(super) fn local(&self, remote_id: &str) -> Option<&String> {
        self.local_of.get(remote_id)
    }

    /// The peer's id of an item of ours.
    pub(super) fn remote(&self, local_id: &str) -> Option<&String> {
        self.remote_of.get(local_id)
    }

    /// All pairs of our id and the peer's.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.remote_of.iter()
    }

    /// Says that two items are the same, and saves that if it is news. What the peer's id or ours stood for
    /// before, it no longer does.
    pub(super) fn set(
        &mut self,
        store: &mut dyn Store,
        target: &Target,
        local_id: &str,
        remote_id: &str,
    ) -> Result<(), StoreError> {
        if let Some(former) = self.local_of.get(remote_id).filter(|former| *former != local_id).cloned() {
            self.remove(store, target, &former)?;
        }
        let entry = MapEntry { local_id: local_id.to_owned(), remote_id: remote_id.to_owned() };
        match self.saved.get(local_id) {
            Some(saved) if saved == remote_id => {}
            Some(_) => store.update_map(target, &entry)?,
            None => store.insert_map(target, &entry)?,
        }
        self.saved.insert(entry.local_id.clone(), entry.remote_id.clone());
        let former = self.remote_of.insert(entry.local_id.clone(), entry.remote_id.clone());
        if let Some(former) = former.filter(|former| *former != entry.remote_id) {
            self.local_of.remove(&former);
        }
        self.local_of.insert(entry.remote_id, entry.local_id);
        Ok(())
    }

    /// Says that an item of ours is none of the peer's any more.
    pub(super) fn remove(
        &mut self,
        store: &mut dyn Store,
        target: &Target,
        local_id: &str,
    ) -> Result<(), StoreError> {
        if self.saved.contains_key(local_id) {
            store.delete_map(target, local_id)?;
            self.saved.remove(local_id);
        }
        if let Some(remote) = self.remote_of.remove(local_id) {
            self.local_of.remove(&remote);
        }
        Ok(())
    }

    /// Removes what is saved but does not hold: the end of a slow sync.
    pub(super) fn forget_the_rest(
        &mut self,
        store: &mut dyn Store,
        target: &Target,
    ) -> Result<(), StoreError> {
        let mut stale: Vec<String> =
            self.saved.keys().filter(|local_id| !self.remote_of.contains_key(*local_id)).cloned().collect();
        stale.sort_unstable();
        stale.iter().try_for_each(|local_id| self.remove(store, target, local_id))
    }
}
