//! What a session has changed, and how it is brought together with what others have written since it read the file.

use std::collections::{BTreeSet, HashMap, HashSet};

use syncloom_plugin_api::{Code, Error, ItemId, Result};

use crate::clock;
use crate::table::{Row, Table};

/// What has happened to an item since the file was read or written.
#[derive(Default)]
struct Touched {
    inserted: bool,
    columns: BTreeSet<usize>,
    /// The parent that it had in the file.
    moved_from: Option<String>,
    /// The stamp that it had in the file.
    stamp: Vec<u8>,
}

/// What a session has changed and not saved.
#[derive(Default)]
pub(crate) struct Changes {
    /// Something was changed, even if nothing is left of it.
    any: bool,
    touched: HashMap<ItemId, Touched>,
    /// Deleted rows as they were in the file.
    deleted: HashMap<String, Row>,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        !self.any
    }

    pub(crate) fn inserted(&mut self, id: &ItemId) {
        self.any = true;
        self.touched.insert(id.clone(), Touched { inserted: true, ..Touched::default() });
    }

    /// Fields of an item are written; `stamp` is the one it had before.
    pub(crate) fn updated(&mut self, id: &ItemId, stamp: Vec<u8>, columns: BTreeSet<usize>) {
        self.any = true;
        let touched =
            self.touched.entry(id.clone()).or_insert_with(|| Touched { stamp, ..Touched::default() });
        touched.columns.extend(columns);
    }

    /// An item has another parent now.
    pub(crate) fn moved(&mut self, from: &ItemId, to: &ItemId, stamp: Vec<u8>) {
        self.any = true;
        let before = self.touched.remove(from);
        let mut touched = before.unwrap_or_else(|| Touched { stamp, ..Touched::default() });
        touched.moved_from.get_or_insert_with(|| from.parent.clone());
        self.touched.insert(to.clone(), touched);
    }

    /// An item is deleted; `row` is the last that was known of it.
    pub(crate) fn deleted(&mut self, mut row: Row) {
        self.any = true;
        match self.touched.remove(&row.id) {
            Some(touched) if touched.inserted => {}
            before => {
                if let Some(before) = before {
                    row.stamp = before.stamp;
                }
                self.deleted.insert(row.id.item.clone(), row);
            }
        }
    }

    /// The items that are new or changed.
    pub(crate) fn touched(&self) -> impl Iterator<Item = &ItemId> {
        self.touched.keys()
    }

    /// Brings the changes into a table that others have written since. Returns the whole, and the oldest stamp of what
    /// this session has not seen of it, in seconds.
    ///
    /// Where both have changed an item, this session's fields win and the others' stay; where one has deleted what
    /// the other has changed, the change wins.
    pub(crate) fn merge(
        &self,
        ours: &Table,
        mut theirs: Table,
        last_token: &str,
    ) -> Result<(Table, Option<i64>)> {
        let mut unseen: Vec<Vec<u8>> = Vec::new();
        let mut gone = Vec::new();
        let changed: HashSet<ItemId> = self.touched.iter().map(|(id, touched)| touched.before(id)).collect();
        for row in theirs.rows() {
            match self.deleted.get(&row.id.item) {
                Some(known) if known.stamp == row.stamp => gone.push(row.id.clone()),
                None if changed.contains(&row.id) => {}
                None if ours.row(&row.id).is_some_and(|known| known.stamp == row.stamp) => {}
                _ => unseen.push(row.stamp.clone()),
            }
        }
        for id in &gone {
            theirs.remove(id);
        }
        // In the order of our table, so that new rows stand behind each other as they were inserted.
        let mut done = HashSet::new();
        for row in ours.rows() {
            let Some(touched) = self.touched.get(&row.id).filter(|_| done.insert(&row.id)) else { continue };
            let before = touched.before(&row.id);
            match theirs.row_mut(&before) {
                Some(_) if touched.inserted => {
                    let message = format!("the id {} was given to another item meanwhile", row.id.item);
                    return Err(Error::new(Code::DATABASE, message));
                }
                Some(found) => {
                    if found.stamp != touched.stamp {
                        unseen.push(row.stamp.clone());
                    }
                    found.take_columns(&touched.columns, row);
                    found.stamp.clone_from(&row.stamp);
                    if touched.moved_from.is_some() {
                        theirs.move_to(&before, &row.id.parent);
                    }
                }
                None => theirs.push(row.clone()),
            }
        }
        theirs.take_names(ours);
        // What stays behind the token that was given is not marked as changed, and an empty stamp never is.
        let newer = unseen.iter().filter(|stamp| stamp.as_slice() > last_token.as_bytes());
        let oldest = newer.filter_map(|stamp| clock::seconds(stamp)).min();
        Ok((theirs, oldest))
    }
}

impl Touched {
    /// The id in the file of an item that has this one now.
    fn before(&self, id: &ItemId) -> ItemId {
        let parent = self.moved_from.as_ref().unwrap_or(&id.parent);
        ItemId { item: id.item.clone(), parent: parent.clone() }
    }
}
