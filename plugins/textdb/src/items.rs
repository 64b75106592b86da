//! The items of a datastore: read from the file, changed in memory, and saved as a whole.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use syncloom_plugin_api::{
    BlobBlock, Change, Code, Datastore, Error, Field, ItemId, ListedItem, MapEntry, NewItem, NewItemKind,
    Result, parse_fields,
};

use crate::blobs::Blobs;
use crate::clock::{self, Clock};
use crate::counter::{Counter, Time};
use crate::file::{self, Identity, Lock};
use crate::merge::Changes;
use crate::not_here;
use crate::paths::Names;
use crate::table::{Table, absent};

/// The line by which a host asks for the fields in the listing.
const ALL_FIELDS: &[u8] = b"ReadNextItem:allfields";

/// The items of one datastore, in one session.
pub(crate) struct TextItems {
    path: PathBuf,
    names: Names,
    clock: Clock,
    blobs: Blobs,
    all_fields: bool,
    phase: Phase,
    table: Table,
    /// The file as it was when it was read or written; `None` if there was none.
    read: Option<Identity>,
    changes: Changes,
    session: Option<Started>,
    next: usize,
}

/// What is known once a session has begun to read.
struct Started {
    last_token: String,
    resume_token: String,
    counter: Counter,
    time: Time,
}

#[derive(PartialEq, Eq)]
enum Phase {
    Reading,
    Writing,
    Ended,
}

impl TextItems {
    pub(crate) fn new(names: Names, clock: Clock) -> Self {
        TextItems {
            path: names.items(),
            blobs: Blobs::new(names.clone()),
            names,
            clock,
            all_fields: false,
            phase: Phase::Ended,
            table: Table::default(),
            read: None,
            changes: Changes::default(),
            session: None,
            next: 0,
        }
    }

    /// Reads the file, if it is not the one that is known.
    fn load(&mut self) -> Result<()> {
        let known = self.session.is_some() && self.changes.is_empty();
        if known && self.read.is_some() && file::identity(&self.path) == self.read {
            return Ok(());
        }
        (self.table, self.read) = read(&self.path)?;
        self.changes = Changes::default();
        Ok(())
    }

    fn started(&mut self) -> Result<&mut Started> {
        self.session.as_mut().ok_or_else(|| Error::new(Code::FORBIDDEN, "nothing has been read yet"))
    }

    /// The stamp of what is written now.
    fn stamp(&mut self) -> Result<Vec<u8>> {
        Ok(clock::text(self.started()?.time.stamp()).into_bytes())
    }

    /// Makes durable what has been written: large values first, then the items that name them, then the counter.
    fn save(&mut self, items: bool) -> Result<()> {
        let now = self.clock.now();
        let _lock = Lock::acquire(&self.path)?;
        let last_end = self.started()?.counter.last_end(now);
        let saved = if items { self.save_items(last_end) } else { Ok(()) };
        let started = self.started()?;
        // The ids have been given, whatever becomes of the items.
        let end = started.time.end(now, last_end);
        let counted = started.counter.save(end);
        saved.and(counted)?;
        file::sync_folder(&self.path)
    }

    fn save_items(&mut self, last_end: Option<SystemTime>) -> Result<()> {
        let Some(started) = &mut self.session else { return Ok(()) };
        if file::identity(&self.path) != self.read {
            // Somebody else has written the file since it was read.
            let (theirs, read) = read(&self.path)?;
            let (merged, unseen) = self.changes.merge(&self.table, theirs, &started.last_token)?;
            (self.table, self.read) = (merged, read);
            started.time.found(unseen);
        }
        self.blobs.commit()?;
        if self.changes.is_empty() {
            return Ok(());
        }
        let stamp = clock::text(started.time.see(last_end)).into_bytes();
        for id in self.changes.touched() {
            if let Some(row) = self.table.row_mut(id) {
                row.stamp.clone_from(&stamp);
            }
        }
        self.read = Some(file::replace(&self.path, &self.table.to_file(), None, true)?);
        started.time.saved();
        self.changes = Changes::default();
        Ok(())
    }

    /// Takes back what is not saved.
    fn discard(&mut self) {
        self.blobs.rollback();
        self.table = Table::default();
        self.changes = Changes::default();
        self.read = None;
    }

    fn change_of(&self, stamp: &[u8]) -> Change {
        let Some(Started { last_token, resume_token, .. }) = &self.session else { return Change::Unchanged };
        let (last, resume) = (last_token.as_bytes(), resume_token.as_bytes());
        if !resume.is_empty() && resume > last && stamp > resume {
            Change::Resumed
        } else if last.is_empty() || stamp > last {
            Change::Changed
        } else {
            Change::Unchanged
        }
    }
}

/// The items of a file; none if there is no file.
fn read(path: &Path) -> Result<(Table, Option<Identity>)> {
    Ok(match file::read(path)? {
        Some((bytes, identity)) => (Table::load(path, &bytes)?, Some(identity)),
        None => (Table::default(), None),
    })
}

fn fields(data: &[u8]) -> Result<Vec<Field>> {
    parse_fields(data).map_err(|error| Error::new(Code::FAILED, error.to_string()))
}

impl Datastore for TextItems {
    fn context_support(&mut self, rules: &[u8]) -> u32 {
        let wanted = rules.split(|byte| *byte == b'\n').any(|line| line.trim_ascii() == ALL_FIELDS);
        self.all_fields |= wanted;
        u32::from(wanted)
    }

    fn thread_may_change(&mut self) -> Result<()> {
        let written = !self.changes.is_empty() || self.blobs.are_waiting();
        if written && self.phase == Phase::Writing { self.save(true) } else { Ok(()) }
    }

    fn start_data_read(&mut self, last_token: &str, resume_token: &str) -> Result<()> {
        let counter = Counter::load(self.names.counter())?;
        self.load()?;
        let empty = self.read.is_none_or(|identity| identity.is_empty());
        if empty && counter.has_counted() && !last_token.is_empty() {
            let message =
                "the file of the items is gone or empty, and there were some: a slow sync is needed";
            return Err(Error::new(Code::REFRESH, format!("{}: {message}", self.path.display())));
        }
        let now = self.clock.now();
        let time = Time::start(now, counter.last_end(now), clock::seconds(last_token.as_bytes()));
        self.session = Some(Started {
            last_token: last_token.to_owned(),
            resume_token: resume_token.to_owned(),
            counter,
            time,
        });
        self.phase = Phase::Reading;
        self.next = 0;
        Ok(())
    }

    fn next_item(&mut self, first: bool) -> Result<Option<ListedItem>> {
        if first {
            self.next = 0;
        }
        let Some((place, row)) = self.table.next(self.next) else { return Ok(None) };
        self.next = place + 1;
        Ok(Some(ListedItem {
            id: row.id.clone(),
            data: self.all_fields.then(|| self.table.text(row)),
            change: self.change_of(&row.stamp),
        }))
    }

    fn read_item(&mut self, id: &ItemId) -> Result<Vec<u8>> {
        let row = self.table.row(id).ok_or_else(|| absent(id))?;
        Ok(self.table.text(row))
    }

    fn read_blob(&mut self, id: &ItemId, blob: &str, limit: usize, first: bool) -> Result<BlobBlock> {
        self.blobs.read(&id.item, blob, limit, first)
    }

    fn end_data_read(&mut self) -> Result<()> {
        Ok(())
    }

    fn start_data_write(&mut self) -> Result<()> {
        self.started()?;
        self.phase = Phase::Writing;
        Ok(())
    }

    fn insert_item(&mut self, data: &[u8], parent: &str) -> Result<NewItem> {
        let fields = fields(data)?;
        if !parent.is_empty() && !self.table.has_item(parent) {
            return Err(absent(&ItemId::new(parent)));
        }
        let stamp = self.stamp()?;
        let unnamed = ItemId { item: String::new(), parent: parent.to_owned() };
        let mut row = self.table.new_row(unnamed, stamp, &fields)?;
        let (largest, path) = (self.table.largest(), self.path.clone());
        row.id.item = self.started()?.counter.give(largest, &path).to_string();
        let id = row.id.clone();
        self.changes.inserted(&id);
        self.table.push(row);
        Ok(NewItem { id: id.item, kind: NewItemKind::Added })
    }

    fn update_item(&mut self, data: &[u8], id: &ItemId) -> Result<Option<String>> {
        let fields = fields(data)?;
        let before = self.table.row(id).ok_or_else(|| absent(id))?.stamp.clone();
        let stamp = self.stamp()?;
        let columns = self.table.update(id, stamp, &fields)?;
        self.changes.updated(id, before, columns);
        Ok(None)
    }

    fn move_item(&mut self, id: &ItemId, parent: &str) -> Result<()> {
        let before = self.table.row(id).ok_or_else(|| absent(id))?.stamp.clone();
        if parent == id.item {
            return Err(Error::new(Code::FORBIDDEN, "an item cannot be in itself"));
        }
        if !parent.is_empty() && !self.table.has_item(parent) {
            return Err(absent(&ItemId::new(parent)));
        }
        let stamp = self.stamp()?;
        if let Some(row) = self.table.move_to(id, parent) {
            row.stamp = stamp;
            let to = row.id.clone();
            self.changes.moved(id, &to, before);
        }
        Ok(())
    }

    fn delete_item(&mut self, id: &ItemId) -> Result<()> {
        if self.table.row(id).is_some() && self.table.has_children(&id.item) {
            return Err(Error::new(Code::FORBIDDEN, format!("there are items in {}", id.item)));
        }
        let row = self.table.remove(id).ok_or_else(|| absent(id))?;
        if let Some(started) = &mut self.session {
            started.counter.used(crate::rows::number(id.item.as_bytes()));
        }
        self.changes.deleted(row);
        Ok(())
    }

    fn delete_sync_set(&mut self) -> Result<()> {
        let ids: Vec<ItemId> = self.table.rows().map(|row| row.id.clone()).collect();
        for id in ids {
            if let Some(row) = self.table.remove(&id) {
                self.changes.deleted(row);
            }
        }
        let largest = self.table.largest();
        if let Some(started) = self.session.as_mut().filter(|_| largest > 0) {
            started.counter.used(largest);
        }
        Ok(())
    }

    fn write_blob(
        &mut self,
        id: &ItemId,
        blob: &str,
        block: &[u8],
        _total: Option<u64>,
        first: bool,
        last: bool,
    ) -> Result<()> {
        self.blobs.write(&id.item, blob, block, first, last)
    }

    fn delete_blob(&mut self, id: &ItemId, blob: &str) -> Result<()> {
        self.blobs.delete(&id.item, blob)
    }

    fn end_data_write(&mut self, success: bool) -> Result<String> {
        self.started()?;
        self.phase = Phase::Ended;
        if !success {
            self.discard();
        }
        if let Err(error) = self.save(success) {
            self.discard();
            return Err(error);
        }
        if !success {
            return Err(Error::new(Code::DATABASE, "what was written has been taken back"));
        }
        Ok(clock::text(self.started()?.time.token()))
    }

    fn load_admin(&mut self, _local: &str, _remote: &str) -> Result<Vec<u8>> {
        not_here("what is remembered")
    }

    fn save_admin(&mut self, _data: &[u8]) -> Result<()> {
        not_here("what is remembered")
    }

    fn next_map(&mut self, _first: bool) -> Result<Option<MapEntry>> {
        not_here("the map")
    }

    fn insert_map(&mut self, _entry: &MapEntry) -> Result<()> {
        not_here("the map")
    }

    fn update_map(&mut self, _entry: &MapEntry) -> Result<()> {
        not_here("the map")
    }

    fn delete_map(&mut self, _entry: &MapEntry) -> Result<()> {
        not_here("the map")
    }
}

impl Drop for TextItems {
    fn drop(&mut self) {
        if let Some(started) = self.session.as_mut().filter(|_| self.phase != Phase::Ended) {
            started.counter.give_back(&self.path);
        }
    }
}
