//! What a session asks of the places where data is kept.

use std::collections::HashSet;
use std::sync::Arc;

use syncloom_config::{DatabaseScript, Datastore, PasswordForm};
use syncloom_script::{FieldId, Item, Value};

use crate::error::{ErrorKind, StoreError};
use crate::scripts::RowScripts;
use crate::sqlite::Rows;

/// Whose data it is about: the keys that the config's statements select by (manual 12.1.1, 12.1.2), and who runs the
/// scripts around it.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// `%u`.
    pub user_key: String,
    /// `%d`.
    pub device_key: String,
    /// `%D`: the device's own id.
    pub device_id: String,
    /// `%C`: the domain that scripts of the login have set.
    pub domain: String,
    /// `%f`.
    pub folder_key: String,
    /// `%P`: the peer's name for its datastore.
    pub remote_path: String,
    /// The same for the parts of a superdatastore, in their order; each has a folder of its own ([`Backend::place`]).
    pub parts: Vec<Scope>,
    /// The stamp that everything written in this session gets (`%M`), in milliseconds since 1970.
    pub stamp: i64,
    /// What runs the scripts around the rows; without it none runs.
    pub scripts: Option<Arc<dyn RowScripts>>,
}

impl Scope {
    /// Who runs a script of a datastore; `None` where the config has no such script.
    pub(crate) fn runner(&self, datastore: &Datastore, script: DatabaseScript) -> Option<&dyn RowScripts> {
        self.scripts.as_deref().filter(|_| datastore.database_scripts.has(script))
    }
}

/// Who wants to log in (manual 12.16).
#[derive(Clone, Copy, Default)]
pub struct Claim<'a> {
    /// `%U`: the name as the peer gave it.
    pub name: &'a str,
    /// `%dU`: the name that is looked up.
    pub lookup: &'a str,
    /// `%D` and `%C`: the domain.
    pub domain: &'a str,
    /// `%M`: the password or digest as the peer gave it.
    pub credential: &'a str,
    /// `%N`: the nonce.
    pub nonce: &'a str,
}

impl<'a> Claim<'a> {
    /// Somebody of this name.
    pub fn of(name: &'a str) -> Self {
        Claim { name, lookup: name, ..Claim::default() }
    }
}

/// A row of the table of users (manual 12.16).
#[derive(Clone, PartialEq)]
pub struct User {
    /// What the user's data is selected by.
    pub key: String,
    /// The password, or its digest, in the form that the config says.
    pub secret: String,
    /// All columns of the row, key and password among them; NULL is unassigned.
    pub columns: Vec<Value>,
}

/// A device that is known (manual 12.15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What it calls itself.
    pub id: String,
    /// What the device's data is selected by.
    pub key: String,
    /// The nonce that it was given last; empty if none.
    pub nonce: String,
}

impl Device {
    /// A device that nothing is kept of: its id selects its data.
    pub fn unkept(id: &str) -> Self {
        Device { id: id.to_owned(), key: id.to_owned(), nonce: String::new() }
    }
}

/// What a device says of itself (manual 11.31, 12.15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceInfo {
    /// `%nR`: manufacturer and model.
    pub name: String,
    /// `%vR`: its kind, its versions and who sells it.
    pub info: String,
    /// `%DI`: all of it, as XML.
    pub devinf: String,
}

/// What is remembered about a datastore of a device (manual 12.20.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// What its maps are selected by.
    pub key: String,
    /// The peer's anchor of the last complete sync; empty before the first.
    pub anchor: String,
    /// When the last sync was, in milliseconds since 1970; `None` before the first one. It is our own anchor.
    pub last_sync: Option<i64>,
    /// Up to when our changes have been sent. Syncs in one direction leave it behind; where the datastore keeps no
    /// stamp of its own for it (manual 11.34.36), it is always [`Target::last_sync`].
    pub last_sent: Option<i64>,
    /// What the place of the items calls the state up to which our changes have been sent; empty where stamps tell
    /// (manual 11.34.38). It is the stores' own matter: see [`Items::begin`].
    pub token: String,
    /// Where a session broke off; empty where the datastore keeps nothing of it (manual 11.34.39).
    pub resume: Resume,
    /// What the parts of a superdatastore remember each for itself, in their order.
    pub parts: Vec<Target>,
}

/// What is remembered of a session that is not complete (manual 12.20.2, OMA-DS 1.2 section 8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// The alert code of its sync; 0 if there is nothing to go on with.
    pub alert: u16,
    /// The stamp of the session, in milliseconds since 1970: items that carry it came from the peer.
    pub stamp: Option<i64>,
    /// The item that was coming in pieces when it broke off, or that was the last to come so.
    pub partial: Option<Partial>,
}

/// An item that comes in pieces (manual 11.34.40).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partial {
    /// The peer's id of it.
    pub source: String,
    /// Our id of it, where the peer gives one.
    pub target: String,
    /// The status that it got at its end; 0 while it is not complete.
    pub status: u16,
    /// Bytes of the whole, as announced.
    pub total: Option<u64>,
    /// Bytes of the last piece: the peer may send them again, as it may not know that they have arrived.
    pub unconfirmed: u64,
    /// What has come.
    pub data: Vec<u8>,
}

/// An item of ours and what a peer calls it (manual 12.20.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapEntry {
    /// Our id.
    pub local_id: String,
    /// The peer's id; empty where it is not known yet.
    pub remote_id: String,
    /// What is still to be done about the item: [`MapEntry::PENDING_ADD`], [`MapEntry::RESEND`]. Always 0 where the
    /// datastore keeps no flags (manual 11.34.39).
    pub flags: u32,
}

impl MapEntry {
    /// The item has been sent as new, and the peer has not said yet what it calls it.
    pub const PENDING_ADD: u32 = 0x10;
    /// The peer could not take the item, which is to be sent again.
    pub const RESEND: u32 = 0x20;

    /// An entry without flags.
    pub fn new(local_id: impl Into<String>, remote_id: impl Into<String>) -> Self {
        MapEntry { local_id: local_id.into(), remote_id: remote_id.into(), flags: 0 }
    }
}

/// An item as the list of all items shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Our id.
    pub local_id: String,
    /// When it was changed last, in milliseconds since 1970.
    pub modified: i64,
}

/// What became of an item that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Our id.
    pub local_id: String,
    /// Names of columns that could not take all of their value.
    pub cut: Vec<String>,
}

/// A datastore for one user, folder and device: two halves, which need not be kept in the same place.
///
/// Nothing that is written is durable before [`Backend::commit`]. A call that fails leaves the item as it was.
pub trait Store: Items + Targets {}

impl<T: Items + Targets> Store for T {}

/// The items of a datastore.
pub trait Items {
    /// Begins to read in the place of the items, with what is remembered of the last session; `false` if it cannot tell
    /// what has changed since. Called before anything else, and not by sessions: [`Targets::target`] does it.
    fn begin(&mut self, _target: &Target) -> Result<bool, StoreError> {
        Ok(true)
    }
    /// Puts into a target that is going to be saved what it is to remember of the place of the items: the token. What the
    /// token vouches for is durable then. Not called by sessions: [`Targets::save_target`] does it.
    fn vouch(&mut self, _target: &mut Target) -> Result<(), StoreError> {
        Ok(())
    }
    /// Every item with its time of change, in the order of the database.
    fn list(&mut self) -> Result<Vec<Listed>, StoreError>;
    /// What of the list a condition leaves out that a script has set (SETSQLFILTER): it is there, and not to be sent.
    fn hidden(&mut self) -> Result<HashSet<String>, StoreError> {
        Ok(HashSet::new())
    }
    /// A number that changes when others write to where the items are; `None` where nobody can tell.
    fn version(&mut self) -> Result<Option<i64>, StoreError> {
        Ok(None)
    }
    /// Sees to it, where the database can, that nobody else writes before the next commit.
    fn hold(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    /// An item; `None` if it is not there.
    fn read(&mut self, local_id: &str) -> Result<Option<Item>, StoreError>;
    /// An item of which only these fields matter; the others may be missing. Who looks at all items for a filter is
    /// spared the rest of them.
    fn glance(&mut self, local_id: &str, fields: &[FieldId]) -> Result<Option<Item>, StoreError>;
    /// Adds an item.
    fn insert(&mut self, item: &Item) -> Result<Written, StoreError>;
    /// Writes the fields of an item that are assigned; [`crate::ErrorKind::NotFound`] if it is not there. It may have
    /// another id afterwards: one that belongs to another part of a superdatastore now has moved there.
    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError>;
    /// Deletes an item; `false` if it was not there.
    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError>;
    /// Runs a script of the database that sees no item; `None` if there is none, or it says nothing.
    fn run_script(&mut self, _script: DatabaseScript) -> Result<Option<Value>, StoreError> {
        Ok(None)
    }
    /// Does for the items that were written what waits for the end; a line for each that this fails for.
    fn finalise(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

/// What is remembered of a datastore of a device: its target and its map.
pub trait Targets {
    /// The target record of this scope, made if there is none.
    fn target(&mut self) -> Result<Target, StoreError>;
    /// Saves all of the target but its key.
    fn save_target(&mut self, target: &Target) -> Result<(), StoreError>;
    /// All map entries of a target.
    fn maps(&mut self, target: &Target) -> Result<Vec<MapEntry>, StoreError>;
    /// Adds a map entry.
    fn insert_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError>;
    /// Gives an item of ours another remote id, or other flags.
    fn update_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError>;
    /// Removes the map entry of an item of ours.
    fn delete_map(&mut self, target: &Target, local_id: &str) -> Result<(), StoreError>;
}

/// Users and devices.
pub trait Admin {
    /// The users of this name: with clear text or digests in the table usually one or none.
    fn users(&mut self, claim: &Claim<'_>) -> Result<Vec<User>, StoreError>;
    /// A device; `None` if it has never been here. Without a table of devices every device is known by its id.
    fn device(&mut self, device_id: &str) -> Result<Option<Device>, StoreError>;
    /// Adds a device.
    fn new_device(&mut self, device_id: &str) -> Result<Device, StoreError>;
    /// Remembers the nonce that a device has been given.
    fn save_nonce(&mut self, device: &Device) -> Result<(), StoreError>;
    /// Remembers what a device says of itself.
    fn save_device_info(&mut self, device: &Device, info: &DeviceInfo) -> Result<(), StoreError>;
    /// The device information that was remembered, as XML; empty or `None` where none is.
    fn devinf(&mut self, _device: &Device) -> Result<Option<String>, StoreError> {
        Ok(None)
    }
}

/// All places of one session, and its transaction over them.
pub trait Backend: Send {
    /// Users and devices.
    fn admin(&mut self) -> Result<Box<dyn Admin + '_>, StoreError>;
    /// In which form [`Admin::users`] tells passwords, where that is not for the config to say.
    fn password_form(&self) -> Option<PasswordForm> {
        None
    }
    /// The key of a folder of a datastore; `None` if the user has no such folder (manual 12.20.1).
    fn folder(
        &mut self,
        datastore: &Datastore,
        user_key: &str,
        folder: &str,
    ) -> Result<Option<String>, StoreError>;
    /// The scope of a folder of a datastore, and of that folder in all of its parts; `None` if it is missing in one.
    fn place(
        &mut self,
        datastore: &Datastore,
        scope: &Scope,
        folder: &str,
    ) -> Result<Option<Scope>, StoreError> {
        let mut place = Scope { parts: Vec::new(), ..scope.clone() };
        for part in datastore.parts() {
            let Some(of_part) = self.place(&part.datastore, scope, folder)? else { return Ok(None) };
            place.parts.push(of_part);
        }
        if place.parts.is_empty() {
            let Some(key) = self.folder(datastore, &scope.user_key, folder)? else { return Ok(None) };
            place.folder_key = key;
        }
        Ok(Some(place))
    }
    /// The items of a datastore, and what is remembered about them.
    fn store<'a>(
        &'a mut self,
        datastore: &'a Arc<Datastore>,
        scope: &'a Scope,
    ) -> Result<Box<dyn Store + 'a>, StoreError>;
    /// Runs a statement that a script has made, in the database of the server as a whole (manual 12.1.4).
    fn run_script_sql(&mut self, _text: &str) -> Result<Rows, StoreError> {
        Err(StoreError::new(ErrorKind::Unavailable, "there is no SQL database here"))
    }
    /// Makes durable what was written to items since the last commit.
    fn commit_items(&mut self) -> Result<(), StoreError>;
    /// Makes durable what vouches for items: maps and targets, and what is kept of users and devices.
    fn commit_admin(&mut self) -> Result<(), StoreError>;
    /// Makes durable what was written since the last commit. Where one place keeps both, it is one transaction; where
    /// two do, items come first: what has no map is found by what it says, and a map of nothing is a deletion.
    fn commit(&mut self) -> Result<(), StoreError> {
        self.commit_items()?;
        self.commit_admin()
    }
    /// Takes back what was written since the last commit.
    fn rollback(&mut self);
    /// Gives back what can be got again, such as files that are open. Nothing must be waiting for a commit.
    fn rest(&mut self) {}
}
