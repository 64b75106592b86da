//! SQLite: items by the statements of a datastore, and, beyond the original engine, users, devices, targets
//! and maps by the same tags, so that one file can be a whole installation.

mod admin;
mod connection;
mod convert;
mod items;
mod probe;
mod script;
mod statement;
mod targets;

use std::path::PathBuf;
use std::sync::Arc;

use syncloom_config::{Config, Datastore, SqlItems, SqlTargets, SqliteFile};

use crate::error::{ErrorKind, StoreError};
use crate::traits::{Admin, Items, Scope, Targets};
use admin::SqliteAdmin;
use connection::Database;
pub use connection::{copy, create_if_missing};
use items::SqliteItems;
pub use probe::{Fault, Probe, probe};
pub use script::{Rows, integer_of_time, literal, time_of_integer};
use targets::SqliteTargets;

/// The SQLite files of one session. Each is opened when it is first needed, once.
pub(crate) struct SqliteBackend {
    config: Arc<Config>,
    open: Vec<(PathBuf, Database)>,
    /// How many times a file has been opened.
    opened: u32,
}

impl SqliteBackend {
    /// A backend over the files that the config names.
    pub(crate) fn new(config: Arc<Config>) -> Self {
        SqliteBackend { config, open: Vec::new(), opened: 0 }
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

impl SqliteBackend {
    /// Users and devices.
    pub(crate) fn admin(&mut self) -> Result<Box<dyn Admin + '_>, StoreError> {
        let config = Arc::clone(&self.config);
        let file = admin_file(&config).ok_or_else(no_admin_file)?;
        let position = self.position(file)?;
        let server = self.config.server.as_ref();
        let sql = server.map(|server| &server.sql);
        let sql = sql.ok_or_else(|| StoreError::new(ErrorKind::Unavailable, "the config has no <server>"))?;
        Ok(Box::new(SqliteAdmin::new(&mut self.open[position].1, sql)))
    }

    /// The key of a folder: where users are, or else beside the items.
    pub(crate) fn folder(
        &mut self,
        items: &SqlItems,
        user_key: &str,
        folder: &str,
    ) -> Result<Option<String>, StoreError> {
        let Some(sql) = &items.folder_key else { return Ok(Some(user_key.to_owned())) };
        let config = Arc::clone(&self.config);
        let position = self.position(admin_file(&config).unwrap_or(&items.sqlite))?;
        admin::folder_key(self.open[position].1.connection(), sql, user_key, folder)
    }

    /// The items of a datastore.
    pub(crate) fn items<'a>(
        &'a mut self,
        datastore: &'a Datastore,
        sql: &'a SqlItems,
        scope: &'a Scope,
    ) -> Result<Box<dyn Items + 'a>, StoreError> {
        let data = self.position(&sql.sqlite)?;
        let data = &mut self.open[data].1;
        Ok(Box::new(SqliteItems::new(data, datastore, sql, scope, &self.config.zones)))
    }

    /// The targets and maps of a datastore.
    pub(crate) fn targets<'a>(
        &'a mut self,
        datastore: &'a Datastore,
        sql: &'a SqlTargets,
        scope: &'a Scope,
    ) -> Result<Box<dyn Targets + 'a>, StoreError> {
        let own = self.position(&sql.sqlite)?;
        let items = datastore.sql_items().map(|items| self.position(&items.sqlite)).transpose()?;
        let (database, items) = two_of(&mut self.open, own, items.unwrap_or(own));
        Ok(Box::new(SqliteTargets::new(database, items, datastore, sql, scope)))
    }

    /// Runs a statement that a script has made.
    pub(crate) fn run_script_sql(&mut self, text: &str) -> Result<Rows, StoreError> {
        let config = Arc::clone(&self.config);
        let file = admin_file(&config).ok_or_else(no_admin_file)?;
        let position = self.position(file)?;
        script::run(&mut self.open[position].1, text)
    }

    /// Commits the databases of items alone, and then the others, in which targets and maps are.
    pub(crate) fn commit(&mut self, admin: bool) -> Result<(), StoreError> {
        let file = admin_file(&self.config).map(|file| file.path.as_path());
        let mut those = self.open.iter_mut().filter(|(path, _)| (file == Some(path)) == admin);
        those.try_for_each(|(_, database)| database.commit())
    }

    pub(crate) fn rollback(&mut self) {
        for (_, database) in &mut self.open {
            database.rollback();
        }
    }

    /// Closes all files.
    pub(crate) fn rest(&mut self) {
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
