//! Files of one record: a header with the names of the fields, and one row with their values (devices, admin data).

use std::path::Path;

use syncloom_plugin_api::{Code, Error, Result, parse_fields};

use crate::file::{self, Lock};
use crate::{cell, rows};

/// What a value is called that the header has no name for, as in the original.
const NAMELESS: &[u8] = b"???";
/// What the row is called.
const ROW: &[u8] = b"10000";

/// A device, or what is remembered of a datastore.
pub(crate) struct Record {
    /// What the file calls itself.
    kind: Vec<u8>,
    /// The names of the fields, in their order.
    names: Vec<Vec<u8>>,
    /// The first cell, the second one, and the values; `None` if there is no row.
    row: Option<Vec<Vec<u8>>>,
    /// Rows that mean nothing, and stay.
    rest: Vec<Vec<u8>>,
}

impl Record {
    fn empty(kind: &str) -> Self {
        Record { kind: kind.as_bytes().to_vec(), names: Vec::new(), row: None, rest: Vec::new() }
    }

    /// The record of a file; an empty one if there is none.
    pub(crate) fn load(path: &Path, kind: &str) -> Result<Record> {
        let mut record = Record::empty(kind);
        let Some((bytes, _)) = file::read(path)? else { return Ok(record) };
        let mut rows = rows::of_file(path, &bytes)?.into_iter().map(|(_, row)| row);
        let cells =
            |row: &[u8]| -> Vec<Vec<u8>> { row.split(|byte| *byte == b'\t').map(<[u8]>::to_vec).collect() };
        if let Some(header) = rows.next() {
            let mut header = cells(header).into_iter();
            record.kind = header.next().unwrap_or_default();
            record.names = header.skip(1).collect();
        }
        record.row = rows.next().map(cells);
        record.rest = rows.map(<[u8]>::to_vec).collect();
        let values = record.row.as_ref().map_or(0, |row| row.len().saturating_sub(2));
        record.names.resize(record.names.len().max(values), NAMELESS.to_vec());
        Ok(record)
    }

    /// Changes a record while nobody else does.
    pub(crate) fn change(
        path: &Path,
        kind: &str,
        change: impl FnOnce(&mut Record) -> Result<()>,
    ) -> Result<()> {
        let _lock = Lock::acquire(path)?;
        let mut record = Record::load(path, kind)?;
        change(&mut record)?;
        file::replace(path, &record.to_file(), None, true)?;
        file::sync_folder(path)
    }

    fn to_file(&self) -> Vec<u8> {
        let header = [self.kind.clone(), Vec::new()].into_iter().chain(self.names.iter().cloned());
        let header: Vec<Vec<u8>> = header.collect();
        let row = self.row.iter().map(|row| row.join(&b'\t'));
        rows::to_file([header.join(&b'\t')].into_iter().chain(row).chain(self.rest.iter().cloned()))
    }

    fn row_mut(&mut self) -> &mut Vec<Vec<u8>> {
        let width = self.names.len() + 2;
        let row = self.row.get_or_insert_with(|| vec![ROW.to_vec()]);
        row.resize(row.len().max(width), Vec::new());
        row
    }

    /// Whether there is anything.
    pub(crate) fn is_there(&self) -> bool {
        self.row.is_some()
    }

    /// The second cell: the nonce of a device.
    pub(crate) fn nonce(&self) -> String {
        let nonce = self.row.as_ref().and_then(|row| row.get(1)).cloned().unwrap_or_default();
        String::from_utf8_lossy(&nonce).into_owned()
    }

    /// Writes the nonce of a device, which must be printable to stand in a row.
    pub(crate) fn set_nonce(&mut self, nonce: &str) -> Result<()> {
        if nonce.bytes().any(|byte| byte < 0x20) {
            return Err(Error::new(Code::FAILED, "a nonce with control characters cannot be stored"));
        }
        self.row_mut()[1] = nonce.as_bytes().to_vec();
        Ok(())
    }

    /// Writes the fields of a text; the others stay as they are.
    pub(crate) fn set(&mut self, text: &[u8]) -> Result<()> {
        let fields = parse_fields(text).map_err(|error| Error::new(Code::FAILED, error.to_string()))?;
        for field in &fields {
            let known = self.names.iter().position(|name| *name == field.name);
            let column = known.unwrap_or_else(|| {
                self.names.push(field.name.clone());
                self.names.len() - 1
            });
            self.row_mut()[column + 2] = cell::of_field(field);
        }
        self.row_mut();
        Ok(())
    }

    /// All fields as a text, each line ended.
    pub(crate) fn text(&self) -> Vec<u8> {
        let values = self.row.as_ref().map(|row| row.get(2..).unwrap_or_default()).unwrap_or_default();
        let mut text = Vec::new();
        for (column, name) in self.names.iter().enumerate() {
            cell::write_lines(name, values.get(column).map_or(&[], Vec::as_slice), &mut text);
        }
        text
    }
}
