//! A connection to an SQLite file, its transaction, and making the file when it is not there yet.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use syncloom_config::SqliteFile;

use crate::error::{ErrorKind, StoreError};

/// Prepared statements kept for a connection. A datastore has about 15 statements; those with lists of columns
/// come in as many forms as there are sets of fields that peers send.
const STATEMENT_CACHE: usize = 200;

/// A connection with at most one open transaction.
pub(super) struct Database {
    connection: Connection,
    path: PathBuf,
    identity: Option<FileIdentity>,
    transaction: Transaction,
    /// Which opening of the files of a session this is.
    serial: u32,
}

/// What is open between two commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transaction {
    None,
    /// All reads see the same, and none of them has to ask for a lock of its own. Nobody is kept from writing where the
    /// database has a write-ahead log.
    Reading,
    Writing,
}

impl Database {
    /// Opens a file that is there.
    pub(super) fn open(file: &SqliteFile, serial: u32) -> Result<Self, StoreError> {
        let identity = FileIdentity::of(&file.path);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&file.path, flags)
            .map_err(|error| unavailable(&file.path, &error.to_string()))?;
        connection.busy_timeout(Duration::from_secs(u64::from(file.busy_timeout)))?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        // Else a statement may be planned anew for every value that is bound, which takes longer than to run it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(Database { connection, path: file.path.clone(), identity, transaction: Transaction::None, serial })
    }

    /// The connection as it is.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection with a transaction open, for reading.
    pub(super) fn readable(&mut self) -> Result<&Connection, StoreError> {
        if self.transaction == Transaction::None {
            self.run("BEGIN")?;
            self.transaction = Transaction::Reading;
        }
        Ok(&self.connection)
    }

    /// The connection with a transaction open, for writing.
    pub(super) fn writable(&mut self) -> Result<&Connection, StoreError> {
        if self.transaction == Transaction::Writing && self.connection.is_autocommit() {
            return Err(self.taken_back());
        }
        if self.transaction != Transaction::Writing {
            // What has been read may be old already, and SQLite lets nobody write on top of that.
            self.commit()?;
            // SQLite would go on writing into a file that has been deleted or replaced meanwhile.
            if self.identity.is_none() || FileIdentity::of(&self.path) != self.identity {
                return Err(unavailable(&self.path, "the file has been removed or replaced"));
            }
            self.run("BEGIN IMMEDIATE")?;
            self.transaction = Transaction::Writing;
        }
        Ok(&self.connection)
    }

    /// A number that changes when others commit, or when the file has been closed in between.
    pub(super) fn version(&mut self) -> Result<i64, StoreError> {
        let connection = self.readable()?;
        let commits: u32 =
            connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(i64::from(self.serial) << u32::BITS | i64::from(commits))
    }

    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        if self.transaction == Transaction::None {
            return Ok(());
        }
        if self.transaction == Transaction::Writing && self.connection.is_autocommit() {
            self.transaction = Transaction::None;
            return Err(self.taken_back());
        }
        let result = self.run("COMMIT");
        match result {
            Ok(()) => self.transaction = Transaction::None,
            Err(_) => self.rollback(),
        }
        result
    }

    /// Runs a statement without parameters, which is prepared once.
    fn run(&self, statement: &str) -> Result<(), StoreError> {
        Ok(self.connection.prepare_cached(statement)?.execute([]).map(drop)?)
    }

    /// After a full disk or a failing one, SQLite takes back the whole transaction by itself.
    fn taken_back(&self) -> StoreError {
        unavailable(&self.path, "the database has taken back the transaction")
    }

    pub(super) fn rollback(&mut self) {
        if std::mem::replace(&mut self.transaction, Transaction::None) != Transaction::None {
            // After some failures SQLite has rolled back by itself, and there is nothing left to do.
            let _ = self.run("ROLLBACK");
        }
    }
}

/// Makes a database file by running its schema, if the file is not there and the config names a schema.
/// Returns whether it was made. The file appears under its name only when it is complete.
pub fn create_if_missing(file: &SqliteFile) -> Result<bool, StoreError> {
    if file.path.exists() {
        return Ok(false);
    }
    let Some(schema) = &file.schema else {
        return Err(unavailable(&file.path, "there is no such file, and no <sqliteschema> to make it with"));
    };
    let sql = fs::read_to_string(schema).map_err(|error| {
        let why = format!(
            "there is no such file, and the schema to make it with is not to be read: {}",
            schema.display()
        );
        unavailable(&file.path, &format!("{why}: {error}"))
    })?;
    if let Some(folder) = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| unavailable(folder, &error.to_string()))?;
    }
    let mut unfinished = file.path.clone().into_os_string();
    unfinished.push(format!(".{}.new", std::process::id()));
    let unfinished = PathBuf::from(unfinished);
    let made = run_schema(&unfinished, &sql, schema).and_then(|()| {
        // A link, unlike a rename, fails if another process has made the file meanwhile.
        fs::hard_link(&unfinished, &file.path).or_else(|error| {
            if file.path.exists() { Ok(()) } else { Err(unavailable(&file.path, &error.to_string())) }
        })
    });
    let _ = fs::remove_file(&unfinished);
    made.map(|()| true)
}

/// Copies a database as it is now into a file that is not there yet; others may go on writing meanwhile.
pub fn copy(file: &SqliteFile, to: &Path) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&file.path, flags)
        .map_err(|error| unavailable(&file.path, &error.to_string()))?;
    connection.busy_timeout(Duration::from_secs(u64::from(file.busy_timeout)))?;
    let copied = connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]);
    copied.map(drop).map_err(|error| unavailable(&file.path, &error.to_string()))
}

fn run_schema(path: &Path, sql: &str, schema: &Path) -> Result<(), StoreError> {
    let connection = Connection::open(path).map_err(|error| unavailable(path, &error.to_string()))?;
    connection.execute_batch(sql).map_err(|error| unavailable(schema, &error.to_string()))?;
    connection.close().map_err(|(_, error)| unavailable(path, &error.to_string()))
}

fn unavailable(path: &Path, message: &str) -> StoreError {
    StoreError::new(ErrorKind::Unavailable, format!("{}: {message}", path.display()))
}

/// What tells a file from another one of the same name.
#[derive(PartialEq, Eq)]
struct FileIdentity(u64, u64);

impl FileIdentity {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).ok().map(|data| FileIdentity(data.dev(), data.ino()))
    }

    #[cfg(not(unix))]
    fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|_| FileIdentity(0, 0))
    }
}
