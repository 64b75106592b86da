//! SQLite: items by the statements of a datastore, and, beyond the original engine, users, devices, targets
//! and maps by the same tags, so that one file can be a whole installation.

mod admin;
mod connection;
mod convert;
mod items;
mod probe;
mod rows;
mod script;
mod statement;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syncloom_config::{Config, Datastore, SqlStore, SqliteFile};

use crate::error::{ErrorKind, StoreError};
use crate::traits::{Admin, Backend, Scope, Store};
use admin::SqliteAdmin;
use connection::Database;
pub use connection::{copy, create_if_missing};
use items::SqliteStore;
pub use probe::{Fault, Probe, probe};
pub use script::{Rows, integer_of_time, literal, time_of_integer};

/// The SQLite files of one session. Each is opened when it is first needed, once.
pub struct SqliteBackend {
    config: Arc<Config>,
    open: Vec<(PathBuf, Database)>,
    /// How many times a file has been opened.
    opened: u32,
    /// By datastore, the id that `<determineidonce>` has made last.
    last_ids: Vec<(String, Cell<Option<i64>>)>,
}

impl SqliteBackend {
    /// A backend over the files that the config names.
    pub fn new(config: Arc<Config>) -> Self {
        SqliteBackend { config, open: Vec::new(), opened: 0, last_ids: Vec::new() }
    }

    fn position(&mut self, file: &SqliteFile) -> Result<usize, StoreError> {
        if let Some(position) = self.open.iter().position(|(path, _)| *path == file.path) {
            return Ok(position);
        }
        self.opened += 1;
        self.open.push((file.path.clone(), Database::open(file, self.opened)?));
        Ok(self.open.len() - 1)
    }
}

/// The file of users and devices.
fn admin_file(config: &Config) -> Option<&SqliteFile> {
    config.server.as_ref().and_then(|server| server.sql.sqlite.as_ref())
}

fn no_admin_file() -> StoreError {
    StoreError::new(ErrorKind::Unavailable, "<server> has no <sqlitefile>")
}

/// The file of targets and maps: the server's, or else the datastore's own.
fn target_file<'a>(config: &'a Config, sql: &'a SqlStore) -> &'a SqliteFile {
    admin_file(config).unwrap_or(&sql.sqlite)
}

/// The SQL of a datastore; of one that is not kept in SQL there is none.
fn sql_of(datastore: &Datastore) -> Result<&SqlStore, StoreError> {
    let message = || format!("the datastore '{}' is not kept in SQL", datastore.name);
    datastore.sql().ok_or_else(|| StoreError::new(ErrorKind::Unavailable, message()))
}

impl Backend for SqliteBackend {
    fn admin(&mut self) -> Result<Box<dyn Admin + '_>, StoreError> {
        let config = Arc::clone(&self.config);
        let file = admin_file(&config).ok_or_else(no_admin_file)?;
        let position = self.position(file)?;
        let server = self.config.server.as_ref();
        let sql = server.map(|server| &server.sql);
        let sql = sql.ok_or_else(|| StoreError::new(ErrorKind::Unavailable, "the config has no <server>"))?;
        Ok(Box::new(SqliteAdmin::new(&mut self.open[position].1, sql)))
    }

    fn folder(
        &mut self,
        datastore: &Datastore,
        user_key: &str,
        folder: &str,
    ) -> Result<Option<String>, StoreError> {
        let store = sql_of(datastore)?;
        let Some(sql) = &store.folder_key else { return Ok(Some(user_key.to_owned())) };
        let config = Arc::clone(&self.config);
        let position = self.position(target_file(&config, store))?;
        admin::folder_key(self.open[position].1.connection(), sql, user_key, folder)
    }

    fn store<'a>(
        &'a mut self,
        datastore: &'a Arc<Datastore>,
        scope: &'a Scope,
    ) -> Result<Box<dyn Store + 'a>, StoreError> {
        let sql = sql_of(datastore)?;
        let data = self.position(&sql.sqlite)?;
        let config = Arc::clone(&self.config);
        let targets = self.position(target_file(&config, sql))?;
        let (data, targets) = two_of(&mut self.open, data, targets);
        let known = self.last_ids.iter().position(|(name, _)| *name == datastore.name);
        let known = known.unwrap_or_else(|| {
            self.last_ids.push((datastore.name.clone(), Cell::new(None)));
            self.last_ids.len() - 1
        });
        let (zones, last_id) = (&self.config.zones, &self.last_ids[known].1);
        Ok(Box::new(SqliteStore::new(data, targets, datastore, sql, scope, zones, last_id)))
    }

    fn run_script_sql(&mut self, text: &str) -> Result<Rows, StoreError> {
        let config = Arc::clone(&self.config);
        let file = admin_file(&config).ok_or_else(no_admin_file)?;
        let position = self.position(file)?;
        script::run(&mut self.open[position].1, text)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        // Items are durable before the maps and anchors that vouch for them.
        let admin = admin_file(&self.config).map(|file| file.path.as_path());
        let is_admin = |path: &Path| admin == Some(path);
        for vouching in [false, true] {
            for (path, database) in &mut self.open {
                if is_admin(path) == vouching {
                    database.commit()?;
                }
            }
        }
        Ok(())
    }

    fn rollback(&mut self) {
        for (_, database) in &mut self.open {
            database.rollback();
        }
    }

    fn rest(&mut self) {
        self.rollback();
        self.open.clear();
    }
}

/// Both databases of a datastore; the second only where it is another file.
fn two_of(
    open: &mut [(PathBuf, Database)],
    first: usize,
    second: usize,
) -> (&mut Database, Option<&mut Database>) {
    if first == second {
        return (&mut open[first].1, None);
    }
    let (low, high) = open.split_at_mut(first.max(second));
    let (low, high) = (&mut low[first.min(second)].1, &mut high[0].1);
    if first < second { (low, Some(high)) } else { (high, Some(low)) }
}
