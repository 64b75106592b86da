//! The target and the map of a datastore in a plugin (manual 14.2.1, 14.2.5).

use syncloom_config::Datastore;
use syncloom_plugin_api::{self as api, Code, ItemId, MapKind};

use super::failed;
use super::items::read_blob;
use super::remembered::{self, PARTIAL_BLOB};
use crate::error::StoreError;
use crate::traits::{MapEntry, Scope, Target, Targets};

/// The context of the admin part of a datastore in one session.
pub(super) struct Context {
    admin: Box<dyn api::Datastore>,
    /// The target as it is to be saved; `None` before it has been asked for.
    target: Option<Target>,
    /// Something is to be saved at the next commit.
    changed: bool,
}

impl Context {
    pub(super) fn new(admin: Box<dyn api::Datastore>) -> Self {
        Context { admin, target: None, changed: false }
    }

    pub(super) fn commit(&mut self) -> Result<(), api::Error> {
        if !std::mem::take(&mut self.changed) {
            return Ok(());
        }
        // Fields that are not named stay as they are.
        self.admin.save_admin(&self.target.as_ref().map(remembered::write).unwrap_or_default())
    }

    fn load(&mut self, local: &str, remote: &str) -> Result<Target, api::Error> {
        let data = match self.admin.load_admin(local, remote) {
            Err(error) if error.code == Code::NOT_FOUND => return Ok(Target::default()),
            loaded => loaded?,
        };
        let mut partial = Ok(Vec::new());
        let target = remembered::parse(&data, || {
            partial = read_blob(self.admin.as_mut(), &ItemId::default(), PARTIAL_BLOB);
            partial.clone().unwrap_or_default()
        });
        partial.map(|_| target)
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

    fn changed(&mut self, changed: Result<(), api::Error>) -> Result<(), StoreError> {
        self.context.changed = true;
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
        self.context.target = Some(target.clone());
        Ok(target)
    }

    fn save_target(&mut self, target: &Target) -> Result<(), StoreError> {
        let before = self.context.target.replace(target.clone());
        let stored = |target: &Target| target.resume.partial.as_ref().map(|partial| partial.data.clone());
        let former = before.as_ref().and_then(stored).unwrap_or_default();
        let partial = stored(target).unwrap_or_default();
        if partial != former {
            let id = ItemId::default();
            let written = self.context.admin.write_blob(&id, PARTIAL_BLOB, &partial, None, true, true);
            written.map_err(|error| self.failed(&error))?;
        }
        self.context.changed = true;
        Ok(())
    }

    fn maps(&mut self, _target: &Target) -> Result<Vec<MapEntry>, StoreError> {
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
        let changed = self.context.admin.insert_map(&map_entry(entry));
        self.changed(changed)
    }

    fn update_map(&mut self, _target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let changed = self.context.admin.update_map(&map_entry(entry));
        self.changed(changed)
    }

    fn delete_map(&mut self, _target: &Target, local_id: &str) -> Result<(), StoreError> {
        let changed = self.context.admin.delete_map(&map_entry(&MapEntry::new(local_id, "")));
        self.changed(changed)
    }
}
