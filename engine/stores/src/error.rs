//! What can go wrong with a store, by what the peer has to be told.

use std::fmt;

use syncloom_config::Sql;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The database is locked, gone or broken: nothing more can be done with this datastore now.
    Unavailable,
    /// The item is not there.
    NotFound,
    /// The item does not fit into the database as it is: a value too long, a constraint.
    Refused,
    /// There is no room left.
    Full,
}

/// A failure of a store, with a message for the log that names file, line and tag of the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// What happened. No values of items or credentials stand in it.
    pub message: String,
}

impl StoreError {
    /// A failure with its message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        StoreError { kind, message: message.into() }
    }

    /// A failure of a statement of the config.
    pub(crate) fn of_statement(sql: &Sql, error: &rusqlite::Error) -> Self {
        let place = &sql.place;
        let message = format!("{}:{}: <{}>: {}", place.file, place.line, sql.tag, describe(error));
        StoreError::new(kind_of(error), message)
    }

    /// A statement that the config should have and has not.
    pub(crate) fn missing(tag: &str, datastore: &str) -> Self {
        StoreError::new(ErrorKind::Unavailable, format!("datastore {datastore} has no <{tag}>"))
    }

    /// An item that is not there.
    pub(crate) fn gone(local_id: &str) -> Self {
        StoreError::new(ErrorKind::NotFound, format!("item {local_id} is not there"))
    }

    /// The SyncML status that says this (OMA-SyncML-RepPro, response status codes).
    pub fn status(&self) -> u16 {
        match self.kind {
            ErrorKind::Unavailable => 510,
            ErrorKind::NotFound => 404,
            ErrorKind::Refused => 500,
            ErrorKind::Full => 420,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::new(kind_of(&error), describe(&error))
    }
}

/// SQLite's own words; the statement's text is left out, as it may hold a credential.
fn describe(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        rusqlite::Error::SqliteFailure(code, Some(message)) => format!("{message} ({code})"),
        other => other.to_string(),
    }
}

fn kind_of(error: &rusqlite::Error) -> ErrorKind {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation | rusqlite::ErrorCode::TypeMismatch) => {
            ErrorKind::Refused
        }
        Some(rusqlite::ErrorCode::TooBig) => ErrorKind::Refused,
        Some(rusqlite::ErrorCode::DiskFull) => ErrorKind::Full,
        _ => ErrorKind::Unavailable,
    }
}
