//! The values that cross the interface.

use std::fmt;

/// The version of an interface: major, minor, revision, build, one byte each (`CVersion`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32);

impl Version {
    /// The version that these traits follow.
    pub const CURRENT: Version = Version(0x0109_0100);
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, revision, build] = self.0.to_be_bytes();
        write!(f, "{major}.{minor}.{revision}.{build}")
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How a name and password are checked (`Session_PasswordMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordMode {
    /// -1: there is no login.
    None,
    /// 0: the plugin is given the password, and decides.
    ClearIn,
    /// 1: the plugin tells the password, and the host decides.
    ClearOut,
    /// 2: the plugin tells `base64(MD5(user:password))`, and the host decides.
    Md5Out,
    /// 3: the plugin is given the digest with its nonce, and decides.
    Md5NonceIn,
}

/// What a login answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Login {
    /// What the user's data is selected by.
    pub user_key: String,
    /// The password or its digest, in the modes in which the plugin tells it.
    pub password: Option<String>,
}

/// What is known of a device (`Session_CheckDevice`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceRecord {
    /// What the device's data is selected by.
    pub key: String,
    /// The nonce that was saved last; empty if none.
    pub nonce: String,
}

/// Which item: its id, and its parent's where items stand in folders (`ItemID`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ItemId {
    /// The id.
    pub item: String,
    /// The parent's id; empty without one.
    pub parent: String,
}

impl ItemId {
    /// An item without a parent.
    pub fn new(item: impl Into<String>) -> Self {
        ItemId { item: item.into(), parent: String::new() }
    }
}

/// What has happened to an item since the token that was given (`ReadNextItem`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// 1: new or modified.
    Changed,
    /// 2: as it was.
    Unchanged,
    /// 3: changed since the interrupted session.
    Resumed,
}

/// An item in the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedItem {
    /// Which.
    pub id: ItemId,
    /// Its fields, if the store tells them in the listing; otherwise [`crate::Datastore::read_item`] does.
    pub data: Option<Vec<u8>>,
    /// What has happened to it.
    pub change: Change,
}

/// A new item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    /// Its id.
    pub id: String,
    /// What became of it.
    pub kind: NewItemKind,
}

/// What became of an item that was inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewItemKind {
    /// It is a new item.
    Added,
    /// It was merged into an item that was there, which the peer has to be told (207).
    Merged,
    /// It replaced an item that was there (208).
    Replaced,
    /// The item with this id is the same, and has to be merged by the host (409).
    Exists,
}

/// A piece of a large value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlobBlock {
    /// The bytes.
    pub data: Vec<u8>,
    /// The size of the whole value in bytes, if it is known.
    pub total: Option<u64>,
    /// Nothing follows.
    pub last: bool,
}

/// What a map entry is for (`MapID.ident`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MapKind(pub u8);

impl MapKind {
    /// Which item of ours is which of the peer's.
    pub const NORMAL: MapKind = MapKind(1);
    /// A temporary id that a peer has been told.
    pub const TEMPORARY: MapKind = MapKind(2);
    /// A map that the other side has not confirmed yet.
    pub const PENDING: MapKind = MapKind(3);
}

/// A line of the map (`MapID`). Local id and kind are its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapEntry {
    /// Our id.
    pub local_id: String,
    /// The peer's.
    pub remote_id: String,
    /// Bits of the host's, kept as they are.
    pub flags: u16,
    /// What it is for.
    pub kind: MapKind,
}
