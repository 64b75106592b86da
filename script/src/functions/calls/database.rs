//! The database behind a datastore or a login (manual 12). Not its job: doing what they ask.

use super::{AnyCall, LOGIN_OR_DATABASE, row};
use crate::functions::{Contexts, Function, INTEGER, STRING, TIMESTAMP, integer, optional, text, time};

/// What a host is asked: The database behind a datastore, or a login (manual 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatabaseCall {
    /// DEVICEKEY.
    DeviceKey,
    /// USERKEY.
    UserKey,
    /// DBINTTOTIMESTAMP.
    IntToTimestamp,
    /// TIMESTAMPTODBINT.
    TimestampToInt,
    /// CONVERTTODATAZONE.
    ConvertToDataZone,
    /// FOLDERKEY.
    FolderKey,
    /// TARGETKEY.
    TargetKey,
    /// ARRAYINDEX.
    ArrayIndex,
    /// PARENTKEY.
    ParentKey,
    /// WRITING.
    Writing,
    /// INSERTING.
    Inserting,
    /// DELETING.
    Deleting,
    /// LOGSUBST.
    LogSubst,
}

pub(super) const FUNCTIONS: &[Function] = &[
    row(
        "DEVICEKEY",
        LOGIN_OR_DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the device in the database.",
        AnyCall::Database(DatabaseCall::DeviceKey),
    ),
    row(
        "USERKEY",
        LOGIN_OR_DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the user in the database.",
        AnyCall::Database(DatabaseCall::UserKey),
    ),
    row(
        "DBINTTOTIMESTAMP",
        LOGIN_OR_DATABASE,
        &[integer("number"), text("dbtype")],
        TIMESTAMP,
        "12.6",
        "A number of the database as the time that it means there.",
        AnyCall::Database(DatabaseCall::IntToTimestamp),
    ),
    row(
        "TIMESTAMPTODBINT",
        LOGIN_OR_DATABASE,
        &[time("ts"), text("dbtype")],
        INTEGER,
        "12.6",
        "A time as the number that the database has for it.",
        AnyCall::Database(DatabaseCall::TimestampToInt),
    ),
    row(
        "CONVERTTODATAZONE",
        LOGIN_OR_DATABASE,
        &[time("ts"), optional(integer("doUnfloat"))],
        TIMESTAMP,
        "12.6",
        "A time in the zone of the database.",
        AnyCall::Database(DatabaseCall::ConvertToDataZone),
    ),
    row(
        "FOLDERKEY",
        Contexts::DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the folder.",
        AnyCall::Database(DatabaseCall::FolderKey),
    ),
    row(
        "TARGETKEY",
        Contexts::DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the sync target.",
        AnyCall::Database(DatabaseCall::TargetKey),
    ),
    row(
        "ARRAYINDEX",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "The index of the array element being read or written.",
        AnyCall::Database(DatabaseCall::ArrayIndex),
    ),
    row(
        "PARENTKEY",
        Contexts::DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the item whose array is read or written.",
        AnyCall::Database(DatabaseCall::ParentKey),
    ),
    row(
        "WRITING",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "Whether the script runs for a write.",
        AnyCall::Database(DatabaseCall::Writing),
    ),
    row(
        "INSERTING",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "Whether the script runs for a new item.",
        AnyCall::Database(DatabaseCall::Inserting),
    ),
    row(
        "DELETING",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "Whether the script runs for a deletion.",
        AnyCall::Database(DatabaseCall::Deleting),
    ),
    row(
        "LOGSUBST",
        Contexts::DATABASE,
        &[text("text")],
        STRING,
        "12.6",
        "A text with the placeholders of the log filled in.",
        AnyCall::Database(DatabaseCall::LogSubst),
    ),
];
