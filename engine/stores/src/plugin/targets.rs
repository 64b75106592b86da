//! The target and the map of a datastore in a plugin (manual 14.2.1, 14.2.5).

use syncloom_config::Datastore;
use syncloom_plugin_api::{self as api, Code, ItemId, MapKind};

use super::failed;
use super::items::read_blob;
use super::remembered::{self, BLOBS};
use crate::error::StoreError;
use crate::traits::{MapEntry, Scope, Target, Targets};

/// The context of the admin part of a datastore in one session.
pub(super) struct Context {
    admin: Box<dyn api::Datastore>,
    /// The target as it is to be saved; `None` before it has been loaded.
    target: Option<Target>,
    /// Which of [`BLOBS`] counts, and which will when the target is saved.
    blob: usize,
    next_blob: usize,
    /// Something is to be saved at the next commit.
    changed: bool,
}

impl Context {
    pub(super) fn new(admin: Box<dyn api::Datastore>) -> Self {
        Context { admin, target: None, blob: 0, next_blob: 0, changed: false }
    }

    /// Whether there is something to be saved.
    pub(super) fn has_changes(&self) -> bool {
        self.changed
    }

    fn load(&mut self, local: &str, remote: &str) -> Result<Target, api::Error> {
        let data = match self.admin.load_admin(local, remote) {
            Err(error) if error.code == Code::NOT_FOUND => Vec::new(),
            loaded => loaded?,
        };
        let mut read = Ok(Vec::new());
        let (target, blob) = remembered::parse(&data, |blob| {
            read = read_blob(self.admin.as_mut(), &ItemId::default(), BLOBS[blob]);
            read.clone().unwrap_or_default()
        });
        read?;
        (self.blob, self.next_blob) = (blob, blob);
        self.target = Some(target.clone());
        Ok(target)
    }

    fn save(&mut self, target: &Target) -> Result<(), api::Error> {
        let stored = |target: &Target| target.resume.partial.as_ref().map(|partial| partial.data.clone());
        let before = self.target.replace(target.clone());
        let partial = stored(target).unwrap_or_default();
        if partial != before.as_ref().and_then(stored).unwrap_or_default() {
            self.next_blob = 1 - self.blob;
            self.admin.write_blob(&ItemId::default(), BLOBS[self.next_blob], &partial, None, true, true)?;
        }
        self.changed = true;
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Result<(), api::Error> {
        let Some(target) = self.target.as_ref().filter(|_| self.changed) else { return Ok(()) };
        self.changed = false;
        self.admin.save_admin(&remembered::write(target, self.next_blob))?;
        if self.next_blob != self.blob {
            // If it stays, it is written over.
            let _ = self.admin.delete_blob(&ItemId::default(), BLOBS[self.blob]);
            self.blob = self.next_blob;
        }
        Ok(())
    }
}

/// The target and the map of a datastore in one session.
pub(super) struct PluginTargets<'a> {
    pub(super) context: &'a mut Context,
    pub(super) datastore: &'a Datastore,
    pub(super) scope: &'a Scope,
}

impl PluginTargets<'_> {
    fn failed(&self, error: &api::Error) -> StoreError {
        failed(&format!("datastore {}", self.datastore.name), error)
    }

    /// The context, with what it remembers: one that is opened anew in the middle of a session has not been asked for it.
    fn loaded(&mut self) -> Result<&mut Context, StoreError> {
        if self.context.target.is_none() {
            let loaded = self.context.load(&self.datastore.name, &self.scope.remote_path);
            loaded.map_err(|error| self.failed(&error))?;
        }
        Ok(self.context)
    }

    fn change_map(
        &mut self,
        change: impl FnOnce(&mut dyn api::Datastore) -> Result<(), api::Error>,
    ) -> Result<(), StoreError> {
        let context = self.loaded()?;
        context.changed = true;
        let changed = change(context.admin.as_mut());
        changed.map_err(|error| self.failed(&error))
    }
}

fn map_entry(entry: &MapEntry) -> api::MapEntry {
    api::MapEntry {
        local_id: entry.local_id.clone(),
        remote_id: entry.remote_id.clone(),
        flags: u16::try_from(entry.flags).unwrap_or(u16::MAX),
        kind: MapKind::NORMAL,
    }
}

impl Targets for PluginTargets<'_> {
    fn target(&mut self) -> Result<Target, StoreError> {
        let loaded = self.context.load(&self.datastore.name, &self.scope.remote_path);
        let mut target = loaded.map_err(|error| self.failed(&error))?;
        // A plugin has one target for a device and a user, and tells no key of it. No key of a plugin has a slash in it.
        target.key = format!("{}/{}", self.scope.device_key, self.scope.folder_key);
        Ok(target)
    }

    fn save_target(&mut self, target: &Target) -> Result<(), StoreError> {
        let saved = self.loaded()?.save(target);
        saved.map_err(|error| self.failed(&error))
    }

    fn maps(&mut self, _target: &Target) -> Result<Vec<MapEntry>, StoreError> {
        // A plugin is asked for the map when it has told what it remembers.
        self.loaded()?;
        let mut entries = Vec::new();
        let mut first = true;
        loop {
            let next = self.context.admin.next_map(std::mem::take(&mut first));
            let Some(entry) = next.map_err(|error| self.failed(&error))? else { return Ok(entries) };
            if entry.kind == MapKind::NORMAL {
                let flags = u32::from(entry.flags);
                entries.push(MapEntry { flags, ..MapEntry::new(entry.local_id, entry.remote_id) });
            }
        }
    }

    fn insert_map(&mut self, _target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        self.change_map(|admin| admin.insert_map(&map_entry(entry)))
    }

    fn update_map(&mut self, _target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        self.change_map(|admin| admin.update_map(&map_entry(entry)))
    }

    fn delete_map(&mut self, _target: &Target, local_id: &str) -> Result<(), StoreError> {
        self.change_map(|admin| admin.delete_map(&map_entry(&MapEntry::new(local_id, ""))))
    }
}
