//! The map of a device: which item of ours is which of the peer's.
//!
//! Ids are no texts with escapes, and stand in the file as they are, control characters as codes. The original decodes
//! them as if they were, so that `C:\new` becomes another id, and finds a comma in ours.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::path::PathBuf;

use syncloom_plugin_api::{Code, Error, MapEntry, MapKind, Result};

use crate::file::{self, Identity, Lock};
use crate::{cell, rows};

/// What a line end in a stored id was before the original decoded it.
const LINE_END: &[u8] = b"\\n";

/// A row as in the file. Columns behind the fifth stay.
type Row = Vec<u8>;
type Key = (String, MapKind);

/// The rows, found by their keys. Deleted ones leave a gap.
#[derive(Default)]
struct Entries {
    rows: Vec<Option<Row>>,
    places: HashMap<Key, usize>,
    has_doubles: bool,
}

/// The map of one device and datastore.
pub(crate) struct Maps {
    path: PathBuf,
    entries: Entries,
    read: Option<Identity>,
    /// What is changed and not saved: the entry as it is to be, or `None` if it is to go.
    changes: Vec<(Key, Option<MapEntry>)>,
    next: usize,
}

impl Entries {
    fn load(path: &std::path::Path, bytes: &[u8]) -> Result<Self> {
        let mut entries = Entries::default();
        for (_, row) in rows::of_file(path, bytes)? {
            entries.push(row.to_vec());
        }
        Ok(entries)
    }

    fn push(&mut self, row: Row) {
        match self.places.entry(key_of(&row)) {
            Occupied(_) => self.has_doubles = true,
            Vacant(place) => drop(place.insert(self.rows.len())),
        }
        self.rows.push(Some(row));
    }

    fn has(&self, key: &Key) -> bool {
        self.places.contains_key(key)
    }

    /// Makes an entry be as it should, whatever it was.
    fn set(&mut self, key: &Key, entry: Option<&MapEntry>) {
        let place = self.places.get(key).copied();
        let old = place.and_then(|place| self.rows.get_mut(place)?.take());
        match (entry, place) {
            (Some(entry), Some(place)) => self.rows[place] = Some(row(entry, &old.unwrap_or_default())),
            (Some(entry), None) => self.push(row(entry, &[])),
            (None, _) => {
                self.places.remove(key);
                if self.has_doubles {
                    let is_next = |row: &Option<Row>| row.as_ref().is_some_and(|row| key_of(row) == *key);
                    self.places.extend(self.rows.iter().position(is_next).map(|place| (key.clone(), place)));
                }
            }
        }
    }
}

/// What a row says. Where its end is missing, it is a normal entry without flags.
fn entry_of(row: &[u8]) -> MapEntry {
    let mut cells = cells(row);
    let mut next = || cells.next();
    let (local_id, _, remote_id, flags) = (text(next()), next(), text(next()), next());
    let flags = flags.map_or(0, rows::number);
    MapEntry { local_id, remote_id, flags: u16::try_from(flags).unwrap_or(0), kind: kind(next()) }
}

fn key_of(row: &[u8]) -> Key {
    let mut cells = cells(row);
    (text(cells.next()), kind(cells.nth(3)))
}

fn cells(row: &[u8]) -> impl Iterator<Item = &[u8]> {
    row.split(|byte| *byte == b'\t')
}

fn text(cell: Option<&[u8]>) -> String {
    let text = String::from_utf8(cell::decode(cell.unwrap_or_default(), LINE_END));
    text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn kind(cell: Option<&[u8]>) -> MapKind {
    cell.map_or(MapKind::NORMAL, |cell| MapKind(u8::try_from(rows::number(cell)).unwrap_or(0)))
}

/// An entry as a row; what else stood in its place stays.
fn row(entry: &MapEntry, old: &[u8]) -> Row {
    let mut stamp_and_rest = cells(old).skip(1);
    let mut row = Row::new();
    cell::encode(entry.local_id.as_bytes(), false, &mut row);
    row.push(b'\t');
    row.extend_from_slice(stamp_and_rest.next().unwrap_or_default());
    row.push(b'\t');
    cell::encode(entry.remote_id.as_bytes(), false, &mut row);
    row.extend_from_slice(format!("\t{}\t{}", entry.flags, entry.kind.0).as_bytes());
    for cell in stamp_and_rest.skip(3) {
        row.push(b'\t');
        row.extend_from_slice(cell);
    }
    row
}

impl Maps {
    pub(crate) fn load(path: PathBuf) -> Result<Self> {
        let (entries, read) = match file::read(&path)? {
            Some((bytes, identity)) => (Entries::load(&path, &bytes)?, Some(identity)),
            None => (Entries::default(), None),
        };
        Ok(Maps { path, entries, read, changes: Vec::new(), next: 0 })
    }

    pub(crate) fn next(&mut self, first: bool) -> Option<MapEntry> {
        if first {
            self.next = 0;
        }
        while let Some(row) = self.entries.rows.get(self.next) {
            self.next += 1;
            if let Some(row) = row {
                return Some(entry_of(row));
            }
        }
        None
    }

    pub(crate) fn insert(&mut self, entry: &MapEntry) -> Result<()> {
        if self.entries.has(&key(entry)) {
            return Err(Error::new(Code::DATABASE, format!("item {} is in the map already", entry.local_id)));
        }
        self.change(key(entry), Some(entry));
        Ok(())
    }

    pub(crate) fn update(&mut self, entry: &MapEntry) -> Result<()> {
        self.find(entry)?;
        self.change(key(entry), Some(entry));
        Ok(())
    }

    pub(crate) fn delete(&mut self, entry: &MapEntry) -> Result<()> {
        self.find(entry)?;
        self.change(key(entry), None);
        Ok(())
    }

    fn find(&self, entry: &MapEntry) -> Result<()> {
        let absent = || Error::new(Code::NOT_FOUND, format!("item {} is not in the map", entry.local_id));
        self.entries.has(&key(entry)).then_some(()).ok_or_else(absent)
    }

    fn change(&mut self, key: Key, entry: Option<&MapEntry>) {
        self.entries.set(&key, entry);
        self.changes.push((key, entry.cloned()));
    }

    /// Writes the changes into the file, and into what others have made of it meanwhile.
    pub(crate) fn save(&mut self) -> Result<()> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let _lock = Lock::acquire(&self.path)?;
        if file::identity(&self.path) != self.read {
            let mut theirs = match file::read(&self.path)? {
                Some((bytes, _)) => Entries::load(&self.path, &bytes)?,
                None => Entries::default(),
            };
            for (key, entry) in &self.changes {
                theirs.set(key, entry.as_ref());
            }
            self.entries = theirs;
        }
        let contents = rows::to_file(self.entries.rows.iter().flatten());
        self.read = Some(file::replace(&self.path, &contents, None, true)?);
        self.changes.clear();
        file::sync_folder(&self.path)
    }
}

fn key(entry: &MapEntry) -> Key {
    (entry.local_id.clone(), entry.kind)
}
