//! The items of a datastore in memory: rows in the order of the file, found by their ids.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use syncloom_plugin_api::{Code, Error, Field, ItemId, Result};

use crate::{cell, rows};

/// Columns that a file may have. A field list has a few hundred fields at most; a number beyond that is a mistake, and
/// would make every row as long.
const MAX_COLUMNS: usize = 10_000;
/// Elements that an array may have, as everywhere in Syncloom.
const MAX_ELEMENTS: usize = 100_000;

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: ItemId,
    /// When it was changed, as it stands in the file.
    pub(crate) stamp: Vec<u8>,
    /// The cells of its columns as in the file, each ended by a tab.
    cells: Vec<u8>,
}

/// All items. Deleted ones leave a gap until the table is loaded again, so that a place in it stays what it is.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Option<Row>>,
    /// Where the first row with an id is.
    places: HashMap<ItemId, usize>,
    has_doubles: bool,
    /// How many children an item has.
    children: HashMap<String, usize>,
    /// The largest number at the front of an id.
    largest: u64,
    /// The names of the columns: their numbers, if nobody has named one in this session.
    columns: Vec<Vec<u8>>,
    /// How many columns every item has at least, since one was made in this session.
    width: usize,
}

/// Cells by column, each as the elements that are joined in the file.
type Cells = BTreeMap<usize, Vec<Vec<u8>>>;

impl Row {
    fn parse(row: &[u8], path: &Path, line: usize) -> Result<Row> {
        let mut parts = row.splitn(3, |byte| *byte == b'\t');
        let id = cell::decode(parts.next().unwrap_or_default(), b"\n");
        let id = String::from_utf8(id).map_err(|_| {
            Error::new(Code::DATABASE, format!("{}:{line}: the id is no UTF-8", path.display()))
        })?;
        let (item, parent) = id.split_once(',').unwrap_or((&id, ""));
        let stamp = cell::decode(parts.next().unwrap_or_default(), b"\n");
        let mut cells = parts.next().unwrap_or_default().to_vec();
        if !cells.is_empty() && !cells.ends_with(b"\t") {
            cells.push(b'\t');
        }
        Ok(Row { id: ItemId { item: item.to_owned(), parent: parent.to_owned() }, stamp, cells })
    }

    /// As it stands in the file.
    fn write(&self) -> Vec<u8> {
        let mut row = Vec::with_capacity(self.cells.len() + 40);
        cell::encode(self.id.item.as_bytes(), true, &mut row);
        if !self.id.parent.is_empty() {
            row.push(b',');
            cell::encode(self.id.parent.as_bytes(), true, &mut row);
        }
        row.push(b'\t');
        cell::encode(&self.stamp, true, &mut row);
        row.push(b'\t');
        row.extend_from_slice(&self.cells);
        row
    }

    fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let ended = self.cells.strip_suffix(b"\t");
        ended.into_iter().flat_map(|cells| cells.split(|byte| *byte == b'\t'))
    }

    /// Writes some cells, and makes the row at least `width` columns wide.
    fn set(&mut self, mut changed: BTreeMap<usize, &[u8]>, width: usize) {
        let width = changed.last_key_value().map_or(0, |(last, _)| last + 1).max(width);
        let mut cells = Vec::with_capacity(self.cells.len() + 64);
        let mut old = self.cells();
        let mut column = 0;
        loop {
            let before = old.next();
            if before.is_none() && column >= width {
                break;
            }
            cells.extend_from_slice(changed.remove(&column).or(before).unwrap_or_default());
            cells.push(b'\t');
            column += 1;
        }
        drop(old);
        self.cells = cells;
    }

    /// Takes some columns of another row.
    pub(crate) fn take_columns(&mut self, columns: &BTreeSet<usize>, of: &Row) {
        let cells: Vec<&[u8]> = of.cells().collect();
        let changed = columns.iter().map(|&column| (column, cells.get(column).copied().unwrap_or_default()));
        self.set(changed.collect(), 0);
    }
}

impl Table {
    /// The table of a file.
    pub(crate) fn load(path: &Path, bytes: &[u8]) -> Result<Table> {
        let mut table = Table::default();
        let mut width = 0;
        for (line, row) in rows::of_file(path, bytes)? {
            let row = Row::parse(row, path, line)?;
            width = width.max(row.cells().count());
            table.push(row);
        }
        table.columns = (0..width).map(|number| number.to_string().into_bytes()).collect();
        Ok(table)
    }

    /// The contents of the file.
    pub(crate) fn to_file(&self) -> Vec<u8> {
        rows::to_file(self.rows().map(Row::write))
    }

    /// Knows the columns that another table of the same file has named.
    pub(crate) fn take_names(&mut self, of: &Table) {
        let known = self.columns.len();
        self.columns.splice(..known.min(of.columns.len()), of.columns.iter().cloned());
        self.width = of.width;
    }

    /// All rows in their order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().flatten()
    }

    /// The next row at or behind a place, and its place.
    pub(crate) fn next(&self, from: usize) -> Option<(usize, &Row)> {
        let behind = self.rows.get(from..)?.iter().enumerate();
        behind.filter_map(|(offset, row)| Some((from + offset, row.as_ref()?))).next()
    }

    /// The largest number that an id of the table has had.
    pub(crate) fn largest(&self) -> u64 {
        self.largest
    }

    pub(crate) fn row(&self, id: &ItemId) -> Option<&Row> {
        self.rows.get(*self.places.get(id)?)?.as_ref()
    }

    pub(crate) fn row_mut(&mut self, id: &ItemId) -> Option<&mut Row> {
        self.rows.get_mut(*self.places.get(id)?)?.as_mut()
    }

    /// Whether an item can be a parent.
    pub(crate) fn has_item(&self, item: &str) -> bool {
        self.places.contains_key(&ItemId::new(item)) || self.rows().any(|row| row.id.item == item)
    }

    pub(crate) fn has_children(&self, item: &str) -> bool {
        self.children.get(item).is_some_and(|count| *count > 0)
    }

    /// Adds a row at the end.
    pub(crate) fn push(&mut self, row: Row) {
        self.largest = self.largest.max(rows::number(row.id.item.as_bytes()));
        if !row.id.parent.is_empty() {
            *self.children.entry(row.id.parent.clone()).or_default() += 1;
        }
        let place = self.rows.len();
        self.has_doubles |= self.places.contains_key(&row.id);
        self.places.entry(row.id.clone()).or_insert(place);
        self.rows.push(Some(row));
    }

    /// Removes the first row with an id.
    pub(crate) fn remove(&mut self, id: &ItemId) -> Option<Row> {
        let place = self.places.remove(id)?;
        let row = self.rows.get_mut(place)?.take()?;
        if let Some(count) = self.children.get_mut(&id.parent) {
            *count = count.saturating_sub(1);
        }
        if self.has_doubles {
            let mut behind = self.rows.iter().enumerate().skip(place);
            let next = behind.find(|(_, row)| row.as_ref().is_some_and(|row| row.id == *id));
            if let Some((place, _)) = next {
                self.places.insert(id.clone(), place);
            }
        }
        Some(row)
    }

    /// Puts an item under another parent, in its place.
    pub(crate) fn move_to(&mut self, id: &ItemId, parent: &str) -> Option<&mut Row> {
        let place = self.places.remove(id)?;
        if let Some(count) = self.children.get_mut(&id.parent) {
            *count = count.saturating_sub(1);
        }
        let moved = ItemId { item: id.item.clone(), parent: parent.to_owned() };
        if !parent.is_empty() {
            *self.children.entry(parent.to_owned()).or_default() += 1;
        }
        self.places.insert(moved.clone(), place);
        let row = self.rows.get_mut(place)?.as_mut()?;
        row.id = moved;
        Some(row)
    }

    /// A new row with these fields.
    pub(crate) fn new_row(&mut self, id: ItemId, stamp: Vec<u8>, fields: &[Field]) -> Result<Row> {
        let cells = self.cells(fields, None)?;
        let mut row = Row { id, stamp, cells: Vec::new() };
        self.write_cells(&mut row, &cells, self.columns.len());
        Ok(row)
    }

    /// Writes fields into a row; returns their columns.
    pub(crate) fn update(
        &mut self,
        id: &ItemId,
        stamp: Vec<u8>,
        fields: &[Field],
    ) -> Result<BTreeSet<usize>> {
        let Some(mut row) = self.row(id).cloned() else { return Err(absent(id)) };
        let cells = self.cells(fields, Some(&row))?;
        self.write_cells(&mut row, &cells, 0);
        row.stamp = stamp;
        if let Some(place) = self.row_mut(id) {
            *place = row;
        }
        Ok(cells.into_keys().collect())
    }

    fn write_cells(&self, row: &mut Row, cells: &Cells, width: usize) {
        let joined: Vec<(usize, Vec<u8>)> =
            cells.iter().map(|(column, elements)| (*column, elements.join(&cell::GS))).collect();
        row.set(joined.iter().map(|(column, cell)| (*column, cell.as_slice())).collect(), width);
    }

    /// The fields as cells. A single element of an array changes the array that the row has; with its first element
    /// among the fields, or without brackets, it is a new one.
    fn cells(&mut self, fields: &[Field], row: Option<&Row>) -> Result<Cells> {
        let mut cells = Cells::new();
        let mut numbers = true;
        let columns: Vec<usize> = {
            let columns = fields.iter().map(|field| self.column(&field.name, &mut numbers));
            columns.collect::<Result<_>>()?
        };
        let anew: BTreeSet<usize> = {
            let first =
                fields.iter().zip(&columns).filter(|(field, _)| field.index.is_none_or(|index| index == 0));
            first.map(|(_, column)| *column).collect()
        };
        for (field, &column) in fields.iter().zip(&columns) {
            let elements = cells.entry(column).or_insert_with(|| {
                let old = row.filter(|_| !anew.contains(&column)).and_then(|row| row.cells().nth(column));
                let old = old.unwrap_or_default().split(|byte| *byte == cell::GS);
                old.map(<[u8]>::to_vec).collect()
            });
            let index = field.index.unwrap_or(0);
            if index >= MAX_ELEMENTS {
                return Err(unusable(&field.name, "has too large an index"));
            }
            if field.index.is_none() {
                elements.clear();
            }
            elements.resize(elements.len().max(index + 1), Vec::new());
            elements[index] = cell::of_field(field);
        }
        for elements in cells.values_mut() {
            let filled = elements.iter().rposition(|element| !element.is_empty()).map_or(0, |last| last + 1);
            elements.truncate(filled);
        }
        Ok(cells)
    }

    /// The column of a name. Numbers are columns by their place, and make all columns before them; behind a key that
    /// is no number, they are names like any other.
    fn column(&mut self, name: &[u8], numbers: &mut bool) -> Result<usize> {
        let digits = name.iter().all(u8::is_ascii_digit) && !name.is_empty();
        let plain = digits && (name.len() == 1 || name[0] != b'0');
        if *numbers && !plain && is_like_a_number(name) {
            return Err(unusable(name, "is no column number"));
        }
        *numbers &= plain;
        let number = || std::str::from_utf8(name).ok()?.parse::<usize>().ok();
        let number = if plain { number().unwrap_or(usize::MAX) } else { usize::MAX };
        if self.columns.get(number).is_some_and(|known| known == name) {
            return Ok(number);
        }
        if let Some(column) = self.columns.iter().position(|known| known == name) {
            return Ok(column);
        }
        if *numbers {
            if number >= MAX_COLUMNS {
                return Err(unusable(name, "is too large a column number"));
            }
            for before in 0..number {
                let before = before.to_string().into_bytes();
                if !self.columns.contains(&before) {
                    self.columns.push(before);
                }
            }
        }
        if self.columns.len() >= MAX_COLUMNS {
            return Err(unusable(name, "is one column too many"));
        }
        self.columns.push(name.to_vec());
        self.width = self.columns.len();
        Ok(self.columns.len() - 1)
    }

    /// The fields of a row as the interface's text, without a line end behind the last one.
    pub(crate) fn text(&self, row: &Row) -> Vec<u8> {
        let mut text = Vec::with_capacity(row.cells.len() + 8 * self.columns.len());
        let mut cells = row.cells();
        for (column, name) in self.columns.iter().enumerate() {
            let cell = cells.next();
            if cell.is_none() && column >= self.width {
                break;
            }
            let blanks = name.iter().take_while(|byte| **byte == b' ').count();
            cell::write_lines(&name[blanks..], cell.unwrap_or_default(), &mut text);
        }
        text.pop();
        text
    }
}

/// `07`, `1x`, ` 1`, `-1`: what the original takes for a number, and does not survive.
fn is_like_a_number(name: &[u8]) -> bool {
    let name = name.trim_ascii_start();
    let unsigned = name.strip_prefix(b"-").or_else(|| name.strip_prefix(b"+")).unwrap_or(name);
    unsigned.first().is_some_and(u8::is_ascii_digit)
}

fn unusable(name: &[u8], why: &str) -> Error {
    Error::new(Code::FAILED, format!("field {:?} of the item data {why}", String::from_utf8_lossy(name)))
}

/// The item is not there, or not under this parent.
pub(crate) fn absent(id: &ItemId) -> Error {
    let under = if id.parent.is_empty() { String::new() } else { format!(" under {}", id.parent) };
    Error::new(Code::NOT_FOUND, format!("there is no item {}{under}", id.item))
}
