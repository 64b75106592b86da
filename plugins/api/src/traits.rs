//! The groups of functions of a plugin. Texts are those of the interface ([`crate::parse_fields`]); a failing call
//! changes nothing.

use crate::error::{Code, Error, Result};
use crate::types::{
    BlobBlock, DeviceRecord, ItemId, ListedItem, Login, MapEntry, NewItem, PasswordMode, Version,
};

/// How the name of a context ends that keeps what is remembered of a datastore, not its items.
pub const ADMIN: &str = " ADMIN";

/// A plugin as it is found by its name: what makes its modules.
pub trait Plugin: Send + Sync {
    /// The version of the interface that it was made for (`Module_Version` without a context).
    fn version(&self) -> Version;

    /// A module for one use in the config (`Module_CreateContext`): `context` is empty for the session, or else the
    /// datastore's name, with [`ADMIN`] for its admin part. `part` is what follows a `!` in the plugin's name.
    fn module(&self, name: &str, part: &str, context: &str) -> Result<Box<dyn Module>>;
}

/// A plugin in one use.
pub trait Module: Send + Sync {
    /// What the plugin can do: lines of `NAME:value` (`Module_Capabilities`).
    fn capabilities(&self) -> String;

    /// The children of `<plugin_params>` as lines of `name:value`, before anything else is asked
    /// (`Module_PluginParams`).
    fn plugin_params(&mut self, params: &[u8], host: Version) -> Result<()>;

    /// The functions of one session (`Session_CreateContext`).
    fn session(&self, name: &str) -> Result<Box<dyn Session>>;

    /// The items of a datastore, or, if its name ends in [`ADMIN`], what is remembered of it (`CreateContext`). The
    /// keys are those of [`Session::check_device`] and [`Session::login`].
    fn datastore(&self, name: &str, device_key: &str, user_key: &str) -> Result<Box<dyn Datastore>>;
}

/// Devices and users in one session (`Session_…`).
pub trait Session: Send {
    /// The device's key, and the nonce that it was given last; a device that is not known is new.
    fn check_device(&mut self, device_id: &str) -> Result<DeviceRecord>;
    /// The nonce of the device; [`Code::NOT_FOUND`] if the plugin tells it in [`Session::check_device`] alone.
    fn nonce(&mut self) -> Result<String>;
    /// Keeps the nonce for the next session.
    fn save_nonce(&mut self, nonce: &str) -> Result<()>;
    /// Keeps what a device says of itself: lines of `name:value`.
    fn save_device_info(&mut self, info: &[u8]) -> Result<()>;
    /// The time of the database in ISO 8601, UTC.
    fn database_time(&mut self) -> Result<String>;
    /// How [`Session::login`] works.
    fn password_mode(&mut self) -> PasswordMode;
    /// Checks a user, or tells what to check. [`Code::FORBIDDEN`] or [`Code::UNAUTHORIZED`]: there is no such user.
    fn login(&mut self, user: &str, password: Option<&str>) -> Result<Login>;
    /// Ends the login.
    fn logout(&mut self) -> Result<()>;
    /// The only moment at which the calls of a session may move to another thread (`ThreadMayChangeNow`).
    fn thread_may_change(&mut self) {}
}

/// A datastore, or its admin part, in one session.
pub trait Datastore: Send {
    /// Tells the store how it is going to be used: lines such as `ReadNextItem:allfields`. Returns how many of them
    /// it follows.
    fn context_support(&mut self, rules: &[u8]) -> u32 {
        let _ = rules;
        0
    }
    /// Gives the store the filters of the session. Returns how many lines it follows.
    fn filter_support(&mut self, rules: &[u8]) -> u32 {
        let _ = rules;
        0
    }
    /// The only moment at which the calls of a context may move to another thread. A store may make durable here what
    /// has been written so far; over the C interface it cannot tell that it could not (`ThreadMayChangeNow`).
    fn thread_may_change(&mut self) -> Result<()> {
        Ok(())
    }
    /// A summary of the session for the store's own log.
    fn write_log(&mut self, summary: &[u8]) {
        let _ = summary;
    }

    /// What is remembered of the last session, as lines of `name:value`; [`Code::NOT_FOUND`] before the first.
    fn load_admin(&mut self, local: &str, remote: &str) -> Result<Vec<u8>>;
    /// Remembers these fields, and the map with them.
    fn save_admin(&mut self, data: &[u8]) -> Result<()>;
    /// The next entry of the map, or with `first` the first one.
    fn next_map(&mut self, first: bool) -> Result<Option<MapEntry>>;
    /// Adds an entry; [`Code::DATABASE`] if there is one with its key.
    fn insert_map(&mut self, entry: &MapEntry) -> Result<()>;
    /// Changes an entry; [`Code::NOT_FOUND`] if there is none with its key.
    fn update_map(&mut self, entry: &MapEntry) -> Result<()>;
    /// Removes an entry; [`Code::NOT_FOUND`] if there is none with its key.
    fn delete_map(&mut self, entry: &MapEntry) -> Result<()>;

    /// Begins the reading phase. Items are [`crate::Change::Changed`] if they are newer than `last_token`, the token
    /// of the last session that was completed; with an empty one all are. `resume_token` is that of an interrupted
    /// session after it, or empty. [`Code::REFRESH`]: the store cannot tell what has changed; a slow sync is needed.
    fn start_data_read(&mut self, last_token: &str, resume_token: &str) -> Result<()>;
    /// The next item, or with `first` the first one.
    fn next_item(&mut self, first: bool) -> Result<Option<ListedItem>>;
    /// The fields of an item.
    fn read_item(&mut self, id: &ItemId) -> Result<Vec<u8>>;
    /// A block of a large value of at most `limit` bytes (0: as the store likes); `first` begins anew.
    fn read_blob(&mut self, id: &ItemId, blob: &str, limit: usize, first: bool) -> Result<BlobBlock>;
    /// Ends the reading phase.
    fn end_data_read(&mut self) -> Result<()>;

    /// Begins the writing phase.
    fn start_data_write(&mut self) -> Result<()>;
    /// Adds an item.
    fn insert_item(&mut self, data: &[u8], parent: &str) -> Result<NewItem>;
    /// Changes the fields that are given; returns the item's id if it is another one now.
    fn update_item(&mut self, data: &[u8], id: &ItemId) -> Result<Option<String>>;
    /// Puts an item into another folder.
    fn move_item(&mut self, id: &ItemId, parent: &str) -> Result<()>;
    /// Deletes an item; [`Code::NOT_FOUND`] if it is not there.
    fn delete_item(&mut self, id: &ItemId) -> Result<()>;
    /// The final id of an item of which [`Datastore::insert_item`] told a temporary one.
    fn finalize_local_id(&mut self, id: &ItemId) -> Result<String> {
        Ok(id.item.clone())
    }
    /// Deletes all items. [`Code::NOT_IMPLEMENTED`]: the host deletes them one by one.
    fn delete_sync_set(&mut self) -> Result<()> {
        Err(Error::new(Code::NOT_IMPLEMENTED, "the store deletes its items one by one"))
    }
    /// Writes a block of a large value. `total` is the size of the whole value in bytes, if it is known. An empty
    /// value is one empty block that is the first and the last.
    fn write_blob(
        &mut self,
        id: &ItemId,
        blob: &str,
        block: &[u8],
        total: Option<u64>,
        first: bool,
        last: bool,
    ) -> Result<()>;
    /// Deletes a large value.
    fn delete_blob(&mut self, id: &ItemId, blob: &str) -> Result<()>;
    /// Ends the writing phase: makes durable what was written, or with `success` false takes it back. Returns the
    /// token for the next session; if the call fails, the old one goes on being used.
    fn end_data_write(&mut self, success: bool) -> Result<String>;
}
