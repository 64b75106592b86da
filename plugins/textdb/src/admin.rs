//! What is remembered of a datastore between sessions: anchors and tokens, and the map.

use syncloom_plugin_api::{BlobBlock, Code, Datastore, Error, ItemId, ListedItem, MapEntry, NewItem, Result};

use crate::blobs::Blobs;
use crate::maps::Maps;
use crate::not_here;
use crate::paths::Names;
use crate::record::Record;

const KIND: &str = "ADM";

/// The admin part of a datastore.
pub(crate) struct TextAdmin {
    names: Names,
    maps: Option<Maps>,
    blobs: Blobs,
}

impl TextAdmin {
    pub(crate) fn new(names: Names) -> Self {
        TextAdmin { blobs: Blobs::new(names.clone()), names, maps: None }
    }

    fn maps(&mut self) -> Result<&mut Maps> {
        match &mut self.maps {
            Some(maps) => Ok(maps),
            none => Ok(none.insert(Maps::load(self.names.maps())?)),
        }
    }
}

impl Datastore for TextAdmin {
    fn load_admin(&mut self, _local: &str, _remote: &str) -> Result<Vec<u8>> {
        self.maps = None;
        self.maps()?;
        let path = self.names.admin();
        let record = Record::load(&path, KIND)?;
        let absent = || Error::new(Code::NOT_FOUND, format!("{}: nothing is remembered yet", path.display()));
        record.is_there().then(|| record.text()).ok_or_else(absent)
    }

    fn save_admin(&mut self, data: &[u8]) -> Result<()> {
        // The anchors vouch for the map, and come after it.
        self.maps()?.save()?;
        Record::change(&self.names.admin(), KIND, |record| record.set(data))
    }

    fn next_map(&mut self, first: bool) -> Result<Option<MapEntry>> {
        Ok(self.maps()?.next(first))
    }

    fn insert_map(&mut self, entry: &MapEntry) -> Result<()> {
        self.maps()?.insert(entry)
    }

    fn update_map(&mut self, entry: &MapEntry) -> Result<()> {
        self.maps()?.update(entry)
    }

    fn delete_map(&mut self, entry: &MapEntry) -> Result<()> {
        self.maps()?.delete(entry)
    }

    fn read_blob(&mut self, id: &ItemId, blob: &str, limit: usize, first: bool) -> Result<BlobBlock> {
        self.blobs.read(&id.item, blob, limit, first)
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
        // There is no end of a writing phase here: a blob is saved when it is whole.
        self.blobs.write(&id.item, blob, block, first, last)?;
        if last { self.blobs.commit() } else { Ok(()) }
    }

    fn delete_blob(&mut self, id: &ItemId, blob: &str) -> Result<()> {
        self.blobs.delete(&id.item, blob)?;
        self.blobs.commit()
    }

    fn start_data_read(&mut self, _last_token: &str, _resume_token: &str) -> Result<()> {
        not_here("reading items")
    }

    fn next_item(&mut self, _first: bool) -> Result<Option<ListedItem>> {
        not_here("reading items")
    }

    fn read_item(&mut self, _id: &ItemId) -> Result<Vec<u8>> {
        not_here("reading items")
    }

    fn end_data_read(&mut self) -> Result<()> {
        not_here("reading items")
    }

    fn start_data_write(&mut self) -> Result<()> {
        not_here("writing items")
    }

    fn insert_item(&mut self, _data: &[u8], _parent: &str) -> Result<NewItem> {
        not_here("writing items")
    }

    fn update_item(&mut self, _data: &[u8], _id: &ItemId) -> Result<Option<String>> {
        not_here("writing items")
    }

    fn move_item(&mut self, _id: &ItemId, _parent: &str) -> Result<()> {
        not_here("writing items")
    }

    fn delete_item(&mut self, _id: &ItemId) -> Result<()> {
        not_here("writing items")
    }

    fn end_data_write(&mut self, _success: bool) -> Result<String> {
        not_here("writing items")
    }
}
