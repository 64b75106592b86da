//! Which placeholders each kind of statement takes, and what they mean there (manual 12.1, 12.15 to 12.20).
//! The same letters mean different things in different statements, so each row says where it holds.
//!
//! Not its job: finding them in a text.

use crate::model::Placeholder;

/// The kinds of statements, told apart by the placeholders that they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// A statement without placeholders of its own.
    Plain,
    /// Finding or storing a device (manual 12.15).
    Device,
    /// Storing a nonce (manual 12.15).
    Nonce,
    /// Storing what a device says of itself (manual 12.15).
    Info,
    /// Storing and reading the whole of what a device says of itself.
    DevInf,
    /// Finding a user (manual 12.16).
    UserKey,
    /// Writing to the log (manual 12.19).
    Log,
    /// Finding a folder (manual 12.20.1).
    FolderKey,
    /// Keeping sync targets (manual 12.20.2).
    Target,
    /// Reading the map of a target (manual 12.20.5).
    MapSelect,
    /// Changing the map of a target (manual 12.20.5).
    Map,
    /// Getting the id of a new item (manual 12.20.18).
    NewId,
    /// Reading and writing items (manual 12.20.14 to 12.20.16, 12.20.23).
    Data,
}

use Statement::{
    Data, DevInf, Device, FolderKey, Info, Log, Map, MapSelect, NewId, Nonce, Plain, Target, UserKey,
};

impl Statement {
    /// What such statements are for, in words.
    fn about(self) -> &'static str {
        match self {
            Plain => "statements of no kind",
            Device => "finding a device",
            Nonce => "storing a nonce",
            Info => "storing what a device says",
            DevInf => "device information",
            UserKey => "finding a user",
            Log => "writing the log",
            FolderKey => "finding a folder",
            Target => "sync targets",
            MapSelect => "reading maps",
            Map => "changing maps",
            NewId => "new ids",
            Data => "items",
        }
    }

    /// Whether the statement is about an item, so that `%d(…)` is one of its fields.
    pub(crate) fn has_items(self) -> bool {
        self == Data
    }
}

/// What a placeholder means.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// A value.
    Value(Placeholder),
    /// `%GO`.
    Go,
    /// Known, and not acted on yet.
    Later(&'static str),
}

pub(super) struct Row {
    /// As it is written.
    pub name: &'static str,
    pub meaning: Meaning,
    pub kinds: &'static [Statement],
    /// In words.
    about: &'static str,
}

const fn row(name: &'static str, what: Placeholder, kinds: &'static [Statement], about: &'static str) -> Row {
    Row { name, meaning: Meaning::Value(what), kinds, about }
}

const fn later(name: &'static str, kinds: &'static [Statement], about: &'static str) -> Row {
    Row { name, meaning: Meaning::Later(about), kinds, about }
}

const ALL: &[Statement] =
    &[Plain, Device, Nonce, Info, DevInf, UserKey, Log, FolderKey, Target, MapSelect, Map, NewId, Data];
/// Statements of a session; those that look for a device run before there is one.
const SESSION: &[Statement] =
    &[Plain, Nonce, Info, DevInf, UserKey, Log, FolderKey, Target, MapSelect, Map, NewId, Data];
const STORE: &[Statement] = &[Target, MapSelect, Map, NewId, Data];
const ITEM: &[Statement] = &[Data];

pub(super) static PLACEHOLDERS: &[Row] = &[
    Row { name: "%GO", meaning: Meaning::Go, kinds: ALL, about: "the next statement" },
    row("%u", Placeholder::UserKey, SESSION, "the key of the user"),
    row("%d", Placeholder::DeviceKey, SESSION, "the key of the device"),
    row("%C", Placeholder::Domain, SESSION, "the domain"),
    later("%sv(", SESSION, "a session variable"),
    later("%p(", SESSION, "a parameter of a procedure"),
    row("%f", Placeholder::FolderKey, STORE, "the key of the folder"),
    row("%t", Placeholder::TargetKey, STORE, "the key of the sync target"),
    row("%X", Placeholder::NewId, &[Data, NewId], "a new local id"),
    row("%x", Placeholder::LastId, &[Data, NewId], "the local id that was made last"),
    row("%D", Placeholder::DeviceId, &[Device, DevInf, Target], "the id of the device"),
    row("%DI", Placeholder::DevInf, &[DevInf], "the device information, as XML"),
    row("%N", Placeholder::Nonce, &[Nonce, UserKey], "the nonce"),
    row("%nR", Placeholder::DeviceName, &[Info, DevInf], "the name of the device"),
    row("%vR", Placeholder::DeviceInfo, &[Info, DevInf], "what the device says of itself"),
    row("%U", Placeholder::UserName, &[UserKey], "the name of the user as sent"),
    row("%dU", Placeholder::LoginName, &[UserKey], "the name of the user that is looked up"),
    row("%D", Placeholder::Domain, &[UserKey], "the domain"),
    row("%M", Placeholder::Credential, &[UserKey], "the credential as sent"),
    row("%F", Placeholder::FolderName, &[FolderKey], "the name of the folder"),
    row("%P", Placeholder::RemotePath, &[Target], "the peer's name for its datastore"),
    row("%A", Placeholder::Anchor, &[Target], "the peer's anchor"),
    row("%L", Placeholder::LastSync, &[Target], "the stamp of the last sync"),
    row("%S", Placeholder::LocalAnchor, &[Target], "the stamp of our own anchor"),
    later("%dL", &[Target], "the date of the last sync alone"),
    later("%tL", &[Target], "the time of the last sync alone"),
    later("%dS", &[Target], "the date of our own anchor alone"),
    later("%tS", &[Target], "the time of our own anchor alone"),
    row("%RL", Placeholder::LastSent, &[Target], "the last sync that sent to the peer"),
    later("%dRL", &[Target], "the date of the last sync that sent to the peer"),
    later("%tRL", &[Target], "the time of the last sync that sent to the peer"),
    row("%iRL", Placeholder::Token, &[Target], "the plugin's name for the last sync that sent to the peer"),
    row("%RS", Placeholder::LastSent, &[Target], "our own anchor of the last sync that sent to the peer"),
    later("%dRS", &[Target], "the date of our own anchor of that sync"),
    later("%tRS", &[Target], "the time of our own anchor of that sync"),
    row("%SUA", Placeholder::ResumeAlert, &[Target], "resuming: the alert code"),
    row("%SU", Placeholder::SuspendStamp, &[Target], "resuming: the stamp of the suspend"),
    later("%dSU", &[Target], "resuming: the date of the suspend"),
    later("%tSU", &[Target], "resuming: the time of the suspend"),
    row("%iSU", Placeholder::SuspendToken, &[Target], "resuming: the plugin's name for the suspend"),
    row("%pSU", Placeholder::PartialSource, &[Target], "resuming: the source of the last item"),
    row("%pTU", Placeholder::PartialTarget, &[Target], "resuming: the target of the last item"),
    row("%pSt", Placeholder::PartialStatus, &[Target], "resuming: the status of the last item"),
    row("%pM", Placeholder::PartialMode, &[Target], "resuming: the state of the partial item"),
    row("%pTS", Placeholder::PartialTotal, &[Target], "resuming: the size of the partial item"),
    row("%pUS", Placeholder::PartialUnconfirmed, &[Target], "resuming: the size that is not confirmed"),
    row("%pSS", Placeholder::PartialStored, &[Target], "resuming: the size that is stored"),
    row("%pDAT", Placeholder::PartialData, &[Target], "resuming: the partial item"),
    row("%k", Placeholder::LocalId, &[Map, Data], "the local id of the item"),
    row("%r", Placeholder::RemoteId, &[Map], "the peer's id of the item"),
    row("%e", Placeholder::MapKind, &[Map], "the kind of the map entry"),
    row("%x", Placeholder::MapFlags, &[Map], "the flags of the map entry"),
    later("%pkos", ITEM, "an id that a procedure gives as text"),
    later("%pkoi", ITEM, "an id that a procedure gives as a number"),
    row("%N", Placeholder::Columns { all: false }, ITEM, "the names of the columns"),
    row("%aN", Placeholder::Columns { all: true }, ITEM, "the names of all columns"),
    row("%V", Placeholder::Assignments { all: false }, ITEM, "the columns with their values"),
    row("%aV", Placeholder::Assignments { all: true }, ITEM, "all columns with their values"),
    row("%v", Placeholder::Values { all: false }, ITEM, "the values of the columns"),
    row("%av", Placeholder::Values { all: true }, ITEM, "the values of all columns"),
    row("%S", Placeholder::TextSize, ITEM, "the size of all texts in bytes"),
    row("%M", Placeholder::Modified, ITEM, "the stamp of this sync"),
    later("%dM", ITEM, "the date of this sync alone"),
    later("%tM", ITEM, "the time of this sync alone"),
    row("%AF", Placeholder::Filter { with_where: false }, ITEM, "the active filter after AND"),
    row("%WF", Placeholder::Filter { with_where: true }, ITEM, "the active filter after WHERE"),
    later("%dT", &[Log], "the date of the sync"),
    later("%tT", &[Log], "the time of the sync"),
];

/// Every placeholder with what it stands for, and in which statements it is replaced; the same letters can come more
/// than once. `None`: it is not replaced yet.
pub fn placeholders() -> impl Iterator<Item = (&'static str, &'static str, Option<String>)> {
    PLACEHOLDERS.iter().map(|row| {
        let later = matches!(row.meaning, Meaning::Later(_));
        let kinds = if row.kinds.len() == ALL.len() {
            "all statements".to_owned()
        } else {
            let names: Vec<&str> = row.kinds.iter().map(|kind| kind.about()).collect();
            names.join(", ")
        };
        (row.name, row.about, (!later).then_some(kinds))
    })
}

/// The longest placeholder of this kind of statement that a text begins with.
pub(super) fn longest(kind: Statement, text: &str) -> Option<(&'static str, Meaning)> {
    PLACEHOLDERS
        .iter()
        .filter(|row| row.kinds.contains(&kind) && text.starts_with(row.name))
        .max_by_key(|row| row.name.len())
        .map(|row| (row.name, row.meaning.clone()))
}

/// What a placeholder stands for, in words.
pub(super) fn explain(kind: Statement, name: &str) -> &'static str {
    let exact = PLACEHOLDERS.iter().find(|row| row.kinds.contains(&kind) && row.name == name);
    exact.map_or("a field", |row| row.about)
}
