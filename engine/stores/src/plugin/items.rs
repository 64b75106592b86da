//! The items of a datastore in a plugin (manual 14.2).
//!
//! Not its job: what is remembered of them (`targets`).

use std::collections::HashMap;

use syncloom_config::{DatabaseScript, Datastore, Map, PluginItems as Kept};
use syncloom_plugin_api::{self as api, Change, Code, ItemId};
use syncloom_script::{FieldId, Item, Value, Zones};

use super::failed;
use super::fields::{self, Outgoing};
use crate::error::{ErrorKind, StoreError};
use crate::scripts::Moment;
use crate::traits::{Items, Listed, Scope, Target, Written};
use crate::wanted::Wanted;

/// The largest block in which large values are written, as in the original engine.
const BLOCK: usize = 16_000;
/// The largest value that is read in blocks, in bytes: what a store says has no end must have one.
const MAX_BLOB: usize = 1 << 28;

/// The context of the items of a datastore in one session, and how far it is.
pub(super) struct Context {
    items: Box<dyn api::Datastore>,
    phase: Phase,
    /// The store's token of the state up to which changes have been sent, and the stamp of that; `None` in a context
    /// that has been opened anew in the middle of a session, which vouches for nothing.
    token: Option<String>,
    last_sent: Option<i64>,
    /// Something is to be saved at the next commit.
    changed: bool,
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
    pub(super) fn new(items: Box<dyn api::Datastore>) -> Self {
        Context {
            items,
            phase: Phase::Closed,
            token: None,
            last_sent: None,
            changed: false,
            parents: HashMap::new(),
        }
    }

    /// Begins to read, if that has not happened; `false` if the store cannot tell what has changed.
    fn start(&mut self) -> Result<bool, api::Error> {
        if self.phase != Phase::Closed {
            return Ok(true);
        }
        let mut known = true;
        let token = self.token.as_deref().unwrap_or_default();
        if let Err(error) = self.items.start_data_read(token, "") {
            if error.code != Code::REFRESH || token.is_empty() {
                return Err(error);
            }
            known = false;
            self.token = Some(String::new());
            self.items.start_data_read("", "")?;
        }
        self.phase = Phase::Reading;
        Ok(known)
    }

    /// Ends reading and begins to write.
    fn writing(&mut self) -> Result<(), api::Error> {
        self.start()?;
        if self.phase == Phase::Reading {
            self.items.end_data_read()?;
            self.items.start_data_write()?;
            self.phase = Phase::Writing;
        }
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Result<(), api::Error> {
        if std::mem::take(&mut self.changed) { self.items.thread_may_change() } else { Ok(()) }
    }

    /// Whether nothing is being read or written.
    pub(super) fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    /// Takes a context of the same items in the place of the one that it has, which is closed.
    pub(super) fn renew(&mut self, items: Box<dyn api::Datastore>) {
        self.items = items;
    }

    /// Ends the writing phase: what is committed stays, the rest is taken back.
    pub(super) fn close(&mut self) {
        if self.phase == Phase::Writing {
            let _ = self.items.end_data_write(!self.changed);
        }
        self.phase = Phase::Closed;
    }

    /// The item of an id.
    fn id(&self, local_id: &str) -> ItemId {
        let parent = self.parents.get(local_id).cloned().unwrap_or_default();
        ItemId { item: local_id.to_owned(), parent }
    }
}

/// The items of a datastore in one session.
pub(super) struct PluginItems<'a> {
    pub(super) context: &'a mut Context,
    pub(super) datastore: &'a Datastore,
    pub(super) kept: &'a Kept,
    pub(super) scope: &'a Scope,
    pub(super) zones: &'a Zones,
}

impl<'a> PluginItems<'a> {
    fn format(&self) -> fields::Format<'_> {
        let zone = self.datastore.data_zone;
        fields::Format { line_ends: self.kept.line_ends, zone, zones: self.zones }
    }

    fn columns(&self, which: impl Fn(&Map) -> bool) -> Vec<&'a Map> {
        self.kept.field_map.maps.iter().filter(|map| which(map)).collect()
    }

    /// An item with what is wanted of it. The store tells all of it, large values alone are asked for one by one.
    fn read_wanted(&mut self, local_id: &str, wanted: Wanted<'_>) -> Result<Option<Item>, StoreError> {
        let id = self.context.id(local_id);
        let data = match self.context.items.read_item(&id) {
            Ok(data) => data,
            Err(error) if error.code == Code::NOT_FOUND => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        let maps = self.columns(|map| wanted.reads(map));
        let is_read = |name: &[u8]| maps.iter().any(|map| map.column.as_bytes() == name);
        let incoming = api::parse_some_fields(&data, is_read).map_err(|error| {
            StoreError::new(ErrorKind::Refused, format!("item {local_id} cannot be read: {error}"))
        })?;
        let mut item = Item::new(self.kept.field_map.rows.clone());
        let large = fields::read(&self.format(), &maps, &incoming, &mut item);
        for (field, index, blob) in large {
            let bytes = read_blob(self.context.items.as_mut(), &id, &blob);
            let bytes = bytes.map_err(|error| self.failed(&error))?;
            fields::set_blob(&mut item, field, index, bytes);
        }
        self.after_read(local_id, &maps, item).map(Some)
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

    fn failed(&self, error: &api::Error) -> StoreError {
        failed(&format!("datastore {}", self.datastore.name), error)
    }

    fn start(&mut self) -> Result<bool, StoreError> {
        self.context.start().map_err(|error| self.failed(&error))
    }

    fn writing(&mut self) -> Result<(), StoreError> {
        self.context.writing().map_err(|error| self.failed(&error))
    }
}

/// Reads a large value as a whole.
pub(super) fn read_blob(
    from: &mut dyn api::Datastore,
    id: &ItemId,
    blob: &str,
) -> Result<Vec<u8>, api::Error> {
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

impl Items for PluginItems<'_> {
    fn begin(&mut self, target: &Target) -> Result<bool, StoreError> {
        if self.context.phase == Phase::Closed {
            self.context.token = Some(target.token.clone());
            self.context.last_sent = target.last_sent;
        }
        self.start()
    }

    /// The token changes when a sync has sent everything, which is the end of the writing phase.
    fn vouch(&mut self, target: &mut Target) -> Result<(), StoreError> {
        let begun = self.context.token.is_some() && self.context.phase != Phase::Closed;
        if begun && target.last_sent != self.context.last_sent {
            self.writing()?;
            let token = self.context.items.end_data_write(true).map_err(|error| self.failed(&error))?;
            (self.context.token, self.context.last_sent) = (Some(token), target.last_sent);
            (self.context.phase, self.context.changed) = (Phase::Closed, false);
        }
        target.token = self.context.token.clone().unwrap_or(std::mem::take(&mut target.token));
        Ok(())
    }

    fn list(&mut self) -> Result<Vec<Listed>, StoreError> {
        self.start()?;
        let mut listed = Vec::new();
        loop {
            let next = self.context.items.next_item(listed.is_empty());
            let Some(item) = next.map_err(|error| self.failed(&error))? else { break };
            // The store has compared its own stamps with its own token: what is left to tell is the result.
            let modified = if item.change == Change::Unchanged { i64::MIN } else { i64::MAX };
            if !item.id.parent.is_empty() {
                self.context.parents.insert(item.id.item.clone(), item.id.parent);
            }
            listed.push(Listed { local_id: item.id.item, modified });
        }
        self.writing()?;
        Ok(listed)
    }

    fn read(&mut self, local_id: &str) -> Result<Option<Item>, StoreError> {
        self.read_wanted(local_id, Wanted::Whole)
    }

    fn glance(&mut self, local_id: &str, fields: &[FieldId]) -> Result<Option<Item>, StoreError> {
        self.read_wanted(local_id, Wanted::glance(self.datastore, &self.kept.field_map, fields))
    }

    fn insert(&mut self, item: &Item) -> Result<Written, StoreError> {
        self.writing()?;
        let row = self.before_write(None, item)?;
        let outgoing = fields::write(&self.format(), &self.columns(|map| map.insert), &row)?;
        let new = self.context.items.insert_item(&outgoing.text(), "");
        let new = new.map_err(|error| self.failed(&error))?;
        self.context.changed = true;
        let id = ItemId::new(new.id);
        if let Err(error) = self.write_blobs(&id, &outgoing) {
            let _ = self.context.items.delete_item(&id);
            return Err(self.failed(&error));
        }
        if let Err(error) = self.after_write(&id.item, Some(row), true) {
            let _ = self.context.items.delete_item(&id);
            return Err(error);
        }
        Ok(Written { local_id: id.item, cut: outgoing.cut })
    }

    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        self.writing()?;
        let id = self.context.id(local_id);
        let row = self.before_write(Some(local_id), item)?;
        let outgoing = fields::write(&self.format(), &self.columns(|map| map.update), &row)?;
        let changed = self.context.items.update_item(&outgoing.text(), &id);
        let changed = changed.map_err(|error| self.failed(&error))?;
        self.context.changed = true;
        let id = ItemId { item: changed.unwrap_or(id.item), parent: id.parent };
        self.write_blobs(&id, &outgoing).map_err(|error| self.failed(&error))?;
        self.after_write(&id.item, Some(row), false)?;
        Ok(Written { local_id: id.item, cut: outgoing.cut })
    }

    fn run_script(&mut self, script: DatabaseScript) -> Result<Option<Value>, StoreError> {
        self.script(script, &Moment::default(), None)
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        self.writing()?;
        let id = self.context.id(local_id);
        match self.context.items.delete_item(&id) {
            Ok(()) => {
                self.context.changed = true;
                self.after_write(local_id, None, false)?;
                Ok(true)
            }
            Err(error) if matches!(error.code, Code::NOT_FOUND | Code::NOT_DELETED) => Ok(false),
            Err(error) => Err(self.failed(&error)),
        }
    }
}
