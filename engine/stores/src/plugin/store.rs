//! A datastore in a plugin (manual 14.2): its items, and what is remembered of them.

use std::collections::HashMap;

use syncloom_config::{DatabaseScript, Datastore, Map, PluginStore};
use syncloom_plugin_api::{self as api, Change, Code, ItemId, MapKind};
use syncloom_script::{Item, Value, Zones};

use super::failed;
use super::fields::{self, Outgoing};
use super::remembered::{PARTIAL_BLOB, Remembered};
use crate::error::{ErrorKind, StoreError};
use crate::scripts::Moment;
use crate::traits::{Listed, MapEntry, Scope, Store, Target, Written};

/// The largest block in which large values are written, as in the original engine.
const BLOCK: usize = 16_000;
/// The largest value that is read in blocks, in bytes: what a store says has no end must have one.
const MAX_BLOB: usize = 1 << 28;

/// The two contexts of a datastore in one session, and how far they are.
pub(super) struct Context {
    datastore: String,
    user_key: String,
    device_key: String,
    items: Box<dyn api::Datastore>,
    admin: Box<dyn api::Datastore>,
    phase: Phase,
    remembered: Remembered,
    /// What is to be saved at the next commit.
    items_changed: bool,
    admin_changed: bool,
    /// The parents of items that have one.
    parents: HashMap<String, String>,
}

/// Where the order of the calls stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Closed,
    Reading,
    Writing,
}

impl Context {
    pub(super) fn new(
        datastore: &str,
        scope: &Scope,
        items: Box<dyn api::Datastore>,
        admin: Box<dyn api::Datastore>,
    ) -> Self {
        Context {
            datastore: datastore.to_owned(),
            user_key: scope.folder_key.clone(),
            device_key: scope.device_key.clone(),
            items,
            admin,
            phase: Phase::Closed,
            remembered: Remembered::default(),
            items_changed: false,
            admin_changed: false,
            parents: HashMap::new(),
        }
    }

    pub(super) fn is_of(&self, datastore: &Datastore, scope: &Scope) -> bool {
        self.datastore == datastore.name
            && self.user_key == scope.folder_key
            && self.device_key == scope.device_key
    }

    fn failed(&self, error: &api::Error) -> StoreError {
        failed(&format!("datastore {}", self.datastore), error)
    }

    /// Begins to read, if that has not happened; `false` if the store cannot tell what has changed.
    fn start(&mut self) -> Result<bool, StoreError> {
        if self.phase != Phase::Closed {
            return Ok(true);
        }
        let token = &self.remembered.token;
        let mut known = true;
        if let Err(error) = self.items.start_data_read(token, "") {
            if error.code != Code::REFRESH || token.is_empty() {
                return Err(self.failed(&error));
            }
            known = false;
            self.remembered.token.clear();
            self.items.start_data_read("", "").map_err(|error| self.failed(&error))?;
        }
        self.phase = Phase::Reading;
        Ok(known)
    }

    /// Ends reading and begins to write.
    fn writing(&mut self) -> Result<(), StoreError> {
        self.start()?;
        if self.phase == Phase::Reading {
            let begun = self.items.end_data_read().and_then(|()| self.items.start_data_write());
            begun.map_err(|error| self.failed(&error))?;
            self.phase = Phase::Writing;
        }
        Ok(())
    }

    pub(super) fn commit_items(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.items_changed) {
            self.items.thread_may_change().map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    pub(super) fn commit_admin(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.admin_changed) {
            let data = self.remembered.write();
            self.admin.save_admin(&data).map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    /// Ends the writing phase: what is committed stays, the rest is taken back.
    pub(super) fn close(&mut self) {
        if self.phase == Phase::Writing {
            let _ = self.items.end_data_write(!self.items_changed);
        }
        self.phase = Phase::Closed;
    }

    /// The item of an id.
    fn id(&self, local_id: &str) -> ItemId {
        let parent = self.parents.get(local_id).cloned().unwrap_or_default();
        ItemId { item: local_id.to_owned(), parent }
    }
}

/// A datastore in one session.
pub(super) struct PluginDatastore<'a> {
    pub(super) context: &'a mut Context,
    pub(super) datastore: &'a Datastore,
    pub(super) plugin: &'a PluginStore,
    pub(super) scope: &'a Scope,
    pub(super) zones: &'a Zones,
}

impl PluginDatastore<'_> {
    fn format(&self) -> fields::Format<'_> {
        let zone = self.datastore.data_zone;
        fields::Format { line_ends: self.plugin.line_ends, zone, zones: self.zones }
    }

    fn columns(&self, which: impl Fn(&Map) -> bool) -> Vec<&Map> {
        self.plugin.field_map.maps.iter().filter(|map| which(map)).collect()
    }

    /// Writes the large values of an item.
    fn write_blobs(&mut self, id: &ItemId, item: &Outgoing) -> Result<(), api::Error> {
        for (name, bytes) in &item.blobs {
            if bytes.is_empty() {
                self.context.items.delete_blob(id, name)?;
                continue;
            }
            let total = Some(bytes.len() as u64);
            let mut left = bytes.chunks(BLOCK).peekable();
            let mut first = true;
            while let Some(block) = left.next() {
                let last = left.peek().is_none();
                self.context.items.write_blob(id, name, block, total, first, last)?;
                first = false;
            }
        }
        Ok(())
    }

    fn map_entry(entry: &MapEntry) -> api::MapEntry {
        api::MapEntry {
            local_id: entry.local_id.clone(),
            remote_id: entry.remote_id.clone(),
            flags: u16::try_from(entry.flags).unwrap_or(u16::MAX),
            kind: MapKind::NORMAL,
        }
    }

    fn changed_map(&mut self, changed: Result<(), api::Error>) -> Result<(), StoreError> {
        self.context.admin_changed = true;
        changed.map_err(|error| self.context.failed(&error))
    }
}

/// Reads a large value as a whole.
fn read_blob(from: &mut dyn api::Datastore, id: &ItemId, blob: &str) -> Result<Vec<u8>, api::Error> {
    let mut bytes = Vec::new();
    loop {
        let block = from.read_blob(id, blob, 0, bytes.is_empty())?;
        let empty = block.data.is_empty();
        bytes.extend_from_slice(&block.data);
        if block.last || empty {
            return Ok(bytes);
        }
        if bytes.len() > MAX_BLOB {
            return Err(api::Error::new(Code::DATABASE, format!("the large value {blob} has no end")));
        }
    }
}

impl Store for PluginDatastore<'_> {
    fn list(&mut self) -> Result<Vec<Listed>, StoreError> {
        self.context.start()?;
        let mut listed = Vec::new();
        loop {
            let next = self.context.items.next_item(listed.is_empty());
            let Some(item) = next.map_err(|error| self.context.failed(&error))? else { break };
            // The store has compared its own stamps with its own token: what is left to tell is the result.
            let modified = if item.change == Change::Unchanged { i64::MIN } else { i64::MAX };
            if !item.id.parent.is_empty() {
                self.context.parents.insert(item.id.item.clone(), item.id.parent);
            }
            listed.push(Listed { local_id: item.id.item, modified });
        }
        self.context.writing()?;
        Ok(listed)
    }

    fn read(&mut self, local_id: &str) -> Result<Option<Item>, StoreError> {
        let id = self.context.id(local_id);
        let data = match self.context.items.read_item(&id) {
            Ok(data) => data,
            Err(error) if error.code == Code::NOT_FOUND => return Ok(None),
            Err(error) => return Err(self.context.failed(&error)),
        };
        let incoming = api::parse_fields(&data).map_err(|error| {
            StoreError::new(ErrorKind::Refused, format!("item {local_id} cannot be read: {error}"))
        })?;
        let maps = self.columns(|map| map.read);
        let mut item = Item::new(self.plugin.field_map.rows.clone());
        let wanted = fields::read(&self.format(), &maps, &incoming, &mut item);
        for (field, index, blob) in wanted {
            let bytes = read_blob(self.context.items.as_mut(), &id, &blob);
            let bytes = bytes.map_err(|error| self.context.failed(&error))?;
            fields::set_blob(&mut item, field, index, bytes);
        }
        let maps = self.columns(|map| map.read);
        self.after_read(local_id, &maps, item).map(Some)
    }

    fn insert(&mut self, item: &Item) -> Result<Written, StoreError> {
        self.context.writing()?;
        let row = self.before_write(None, item)?;
        let outgoing = fields::write(&self.format(), &self.columns(|map| map.insert), &row)?;
        let new = self.context.items.insert_item(&outgoing.text(), "");
        let new = new.map_err(|error| self.context.failed(&error))?;
        self.context.items_changed = true;
        let id = ItemId::new(new.id);
        if let Err(error) = self.write_blobs(&id, &outgoing) {
            let _ = self.context.items.delete_item(&id);
            return Err(self.context.failed(&error));
        }
        if let Err(error) = self.after_write(&id.item, Some(row), true) {
            let _ = self.context.items.delete_item(&id);
            return Err(error);
        }
        Ok(Written { local_id: id.item, cut: outgoing.cut })
    }

    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        self.context.writing()?;
        let id = self.context.id(local_id);
        let row = self.before_write(Some(local_id), item)?;
        let outgoing = fields::write(&self.format(), &self.columns(|map| map.update), &row)?;
        let changed = self.context.items.update_item(&outgoing.text(), &id);
        let changed = changed.map_err(|error| self.context.failed(&error))?;
        self.context.items_changed = true;
        let id = ItemId { item: changed.unwrap_or(id.item), parent: id.parent };
        self.write_blobs(&id, &outgoing).map_err(|error| self.context.failed(&error))?;
        self.after_write(&id.item, Some(row), false)?;
        Ok(Written { local_id: id.item, cut: outgoing.cut })
    }

    fn run_script(&mut self, script: DatabaseScript) -> Result<Option<Value>, StoreError> {
        self.script(script, &Moment::default(), None)
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        self.context.writing()?;
        let id = self.context.id(local_id);
        match self.context.items.delete_item(&id) {
            Ok(()) => {
                self.context.items_changed = true;
                self.after_write(local_id, None, false)?;
                Ok(true)
            }
            Err(error) if matches!(error.code, Code::NOT_FOUND | Code::NOT_DELETED) => Ok(false),
            Err(error) => Err(self.context.failed(&error)),
        }
    }

    fn target(&mut self) -> Result<Target, StoreError> {
        let context = &mut *self.context;
        let none = Remembered::default();
        let remembered = match context.admin.load_admin(&self.datastore.name, &self.scope.remote_path) {
            Ok(data) => {
                let mut partial = Ok(Vec::new());
                let admin = context.admin.as_mut();
                let remembered = Remembered::parse(&data, || {
                    partial = read_blob(admin, &ItemId::default(), PARTIAL_BLOB);
                    partial.clone().unwrap_or_default()
                });
                partial.map(|_| remembered).map_err(|error| context.failed(&error))?
            }
            Err(error) if error.code == Code::NOT_FOUND => none,
            Err(error) => return Err(context.failed(&error)),
        };
        context.remembered = remembered;
        if !context.start()? {
            // A slow sync finds out what is the same on both sides.
            context.remembered.target.anchor.clear();
        }
        Ok(context.remembered.target.clone())
    }

    fn save_target(&mut self, target: &Target) -> Result<(), StoreError> {
        let context = &mut *self.context;
        let before = std::mem::replace(&mut context.remembered.target, target.clone());
        let sent = target.last_sent != before.last_sent;
        if sent {
            context.writing()?;
            // Items first: the token is what vouches for them.
            context.remembered.token =
                context.items.end_data_write(true).map_err(|error| context.failed(&error))?;
            context.phase = Phase::Closed;
            context.items_changed = false;
        }
        let stored = |target: &Target| target.resume.partial.as_ref().map(|partial| partial.data.clone());
        let (partial, former) = (stored(target).unwrap_or_default(), stored(&before).unwrap_or_default());
        if partial != former {
            let id = ItemId::default();
            let written = context.admin.write_blob(&id, PARTIAL_BLOB, &partial, None, true, true);
            written.map_err(|error| context.failed(&error))?;
        }
        context.admin_changed = true;
        Ok(())
    }

    fn maps(&mut self, _target: &Target) -> Result<Vec<MapEntry>, StoreError> {
        let mut entries = Vec::new();
        let mut first = true;
        loop {
            let next = self.context.admin.next_map(std::mem::take(&mut first));
            let Some(entry) = next.map_err(|error| self.context.failed(&error))? else { return Ok(entries) };
            if entry.kind == MapKind::NORMAL {
                let flags = u32::from(entry.flags);
                entries.push(MapEntry { flags, ..MapEntry::new(entry.local_id, entry.remote_id) });
            }
        }
    }

    fn insert_map(&mut self, _target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let changed = self.context.admin.insert_map(&Self::map_entry(entry));
        self.changed_map(changed)
    }

    fn update_map(&mut self, _target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        let changed = self.context.admin.update_map(&Self::map_entry(entry));
        self.changed_map(changed)
    }

    fn delete_map(&mut self, _target: &Target, local_id: &str) -> Result<(), StoreError> {
        let changed = self.context.admin.delete_map(&Self::map_entry(&MapEntry::new(local_id, "")));
        self.changed_map(changed)
    }
}
