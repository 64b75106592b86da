//! The map of a device: which item of ours is which of the peer's.
//!
//! Ids are no texts with escapes, and stand in the file as they are, control characters as codes. The original decodes
//! them as if they were, so that `C:\new` becomes another id, and finds a comma in ours.

use std::collections::HashMap;
use std::path::PathBuf;

use syncloom_plugin_api::{Code, Error, MapEntry, MapKind, Result};

use crate::file::{self, Identity, Lock};
use crate::{cell, rows};

/// What a line end in a stored id was before the original decoded it.
const LINE_END: &[u8] = b"\\n";

/// A row: its cells as in the file. Columns behind the fifth stay.
type Row = Vec<Vec<u8>>;
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
            entries.push(row.split(|byte| *byte == b'\t').map(<[u8]>::to_vec).collect());
        }
        Ok(entries)
    }

    fn push(&mut self, row: Row) {
        let key = key(&entry_of(&row));
        self.has_doubles |= self.places.contains_key(&key);
        self.places.entry(key).or_insert(self.rows.len());
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
            (Some(entry), Some(place)) => self.rows[place] = Some(row(entry, old.unwrap_or_default())),
            (Some(entry), None) => self.push(row(entry, Vec::new())),
            (None, _) => {
                self.places.remove(key);
                if self.has_doubles {
                    let is_next =
                        |row: &Option<Row>| row.as_ref().is_some_and(|row| self::key(&entry_of(row)) == *key);
                    self.places.extend(self.rows.iter().position(is_next).map(|place| (key.clone(), place)));
                }
            }
        }
    }
}

/// What a row says. Where its end is missing, it is a normal entry without flags.
fn entry_of(row: &Row) -> MapEntry {
    let cell = |column: usize| row.get(column).map(Vec::as_slice).unwrap_or_default();
    let text = |column: usize| String::from_utf8_lossy(&cell::decode(cell(column), LINE_END)).into_owned();
    let number = |column: usize| rows::number(cell(column));
    MapEntry {
        local_id: text(0),
        remote_id: text(2),
        flags: u16::try_from(number(3)).unwrap_or(0),
        kind: if row.len() > 4 { MapKind(u8::try_from(number(4)).unwrap_or(0)) } else { MapKind::NORMAL },
    }
}

/// An entry as a row; what else stood in its place stays.
fn row(entry: &MapEntry, mut row: Row) -> Row {
    let id = |id: &str| {
        let mut cell = Vec::new();
        cell::encode(id.as_bytes(), false, &mut cell);
        cell
    };
    row.resize(row.len().max(5), Vec::new());
    row[0] = id(&entry.local_id);
    row[2] = id(&entry.remote_id);
    row[3] = entry.flags.to_string().into_bytes();
    row[4] = entry.kind.0.to_string().into_bytes();
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
        let contents = rows::to_file(self.entries.rows.iter().flatten().map(|row| row.join(&b'\t')));
        self.read = Some(file::replace(&self.path, &contents, None, true)?);
        self.changes.clear();
        file::sync_folder(&self.path)
    }
}

fn key(entry: &MapEntry) -> Key {
    (entry.local_id.clone(), entry.kind)
}
