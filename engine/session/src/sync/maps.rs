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
    saved: HashMap<String, MapEntry>,
    remote_of: HashMap<String, String>,
    local_of: HashMap<String, String>,
}

impl Maps {
    /// What is saved, all of it holding, or with `forget` none of it.
    pub(super) fn new(saved: Vec<MapEntry>, forget: bool) -> Self {
        let mut maps = Maps::default();
        for entry in saved {
            // An item without a remote id has been sent, and no more is known of it.
            if !forget && !entry.remote_id.is_empty() {
                maps.remote_of.insert(entry.local_id.clone(), entry.remote_id.clone());
                maps.local_of.insert(entry.remote_id.clone(), entry.local_id.clone());
            }
            maps.saved.insert(entry.local_id.clone(), entry);
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

    /// What is still to be done about an item of ours: the flags of its entry.
    pub(super) fn flags(&self, local_id: &str) -> u32 {
        self.saved.get(local_id).map_or(0, |entry| entry.flags)
    }

    /// Our ids of all that is saved.
    pub(super) fn saved_ids(&self) -> impl Iterator<Item = &String> {
        self.saved.keys()
    }

    /// All pairs of our id and the peer's.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.remote_of.iter()
    }

    /// Says that two items are the same, and saves that if it is news. What the peer's id or ours stood for
    /// before, it no longer does. Nothing is left to be done about the item then.
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
        self.save(store, target, MapEntry::new(local_id, remote_id))?;
        let former = self.remote_of.insert(local_id.to_owned(), remote_id.to_owned());
        if let Some(former) = former.filter(|former| former != remote_id) {
            self.local_of.remove(&former);
        }
        self.local_of.insert(remote_id.to_owned(), local_id.to_owned());
        Ok(())
    }

    /// Saves what is still to be done about an item of ours, whose remote id need not be known.
    pub(super) fn flag(
        &mut self,
        store: &mut dyn Store,
        target: &Target,
        local_id: &str,
        flags: u32,
    ) -> Result<(), StoreError> {
        let remote_id = self.remote_of.get(local_id).cloned().unwrap_or_default();
        if remote_id.is_empty() && flags == 0 {
            return Ok(());
        }
        self.save(store, target, MapEntry { flags, ..MapEntry::new(local_id, remote_id) })
    }

    fn save(&mut self, store: &mut dyn Store, target: &Target, entry: MapEntry) -> Result<(), StoreError> {
        match self.saved.get(&entry.local_id) {
            Some(saved) if *saved == entry => return Ok(()),
            Some(_) => store.update_map(target, &entry)?,
            None => store.insert_map(target, &entry)?,
        }
        self.saved.insert(entry.local_id.clone(), entry);
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
