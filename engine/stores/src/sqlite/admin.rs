//! Users, devices and folders by the statements of the config (manual 12.15, 12.16, 12.20.1).

use rusqlite::Connection;
use syncloom_config::{Sql, SqlServer};

use super::connection::Database;
use super::convert::text;
use super::script;
use super::statement::{self, Values};
use crate::error::{ErrorKind, StoreError};
use crate::traits::{Admin, Claim, Device, DeviceInfo, User};

/// Users and devices in an SQLite file.
pub(super) struct SqliteAdmin<'a> {
    database: &'a mut Database,
    sql: &'a SqlServer,
}

impl<'a> SqliteAdmin<'a> {
    pub(super) fn new(database: &'a mut Database, sql: &'a SqlServer) -> Self {
        SqliteAdmin { database, sql }
    }
}

impl Admin for SqliteAdmin<'_> {
    fn users(&mut self, claim: &Claim<'_>) -> Result<Vec<User>, StoreError> {
        let missing = || StoreError::new(ErrorKind::Unavailable, "<server> has no <userkeysql>");
        let sql = self.sql.user_key.as_ref().ok_or_else(missing)?;
        let values = Values {
            user_name: claim.name,
            login_name: claim.lookup,
            domain: claim.domain,
            credential: claim.credential,
            nonce: claim.nonce,
            ..Values::default()
        };
        let mut users = Vec::new();
        statement::run(self.database.connection(), sql, &values, |row| {
            let secret = if row.as_ref().column_count() > 1 { text(row.get_ref(1)?) } else { String::new() };
            let columns =
                (0..row.as_ref().column_count()).map(|column| row.get_ref(column).map(script::value));
            let columns = columns.collect::<rusqlite::Result<_>>()?;
            users.push(User { key: text(row.get_ref(0)?), secret, columns });
            Ok(true)
        })?;
        Ok(users)
    }

    fn device(&mut self, device_id: &str) -> Result<Option<Device>, StoreError> {
        let Some(sql) = &self.sql.get_device else {
            return Ok(Some(Device::unkept(device_id)));
        };
        let values = Values { device_id, ..Values::default() };
        let mut device = None;
        statement::run(self.database.connection(), sql, &values, |row| {
            let nonce = if row.as_ref().column_count() > 1 { text(row.get_ref(1)?) } else { String::new() };
            device = Some(Device { id: device_id.to_owned(), key: text(row.get_ref(0)?), nonce });
            Ok(false)
        })?;
        Ok(device)
    }

    fn new_device(&mut self, device_id: &str) -> Result<Device, StoreError> {
        if let Some(sql) = &self.sql.new_device {
            let values = Values { device_id, ..Values::default() };
            statement::run(self.database.writable()?, sql, &values, |_| Ok(true))?;
        }
        let lost = || StoreError::new(ErrorKind::Unavailable, "<getdevicesql> does not find a new device");
        self.device(device_id)?.ok_or_else(lost)
    }

    fn save_nonce(&mut self, device: &Device) -> Result<(), StoreError> {
        if let Some(sql) = &self.sql.save_nonce {
            let values = Values { device_key: &device.key, nonce: &device.nonce, ..Values::default() };
            statement::run(self.database.writable()?, sql, &values, |_| Ok(true))?;
        }
        Ok(())
    }

    fn save_device_info(&mut self, device: &Device, info: &DeviceInfo) -> Result<(), StoreError> {
        let values = Values {
            device_key: &device.key,
            device_id: &device.id,
            device_name: &info.name,
            device_info: &info.info,
            devinf: &info.devinf,
            ..Values::default()
        };
        for sql in [&self.sql.save_info, &self.sql.save_devinf].into_iter().flatten() {
            statement::run(self.database.writable()?, sql, &values, |_| Ok(true))?;
        }
        Ok(())
    }

    fn devinf(&mut self, device: &Device) -> Result<Option<String>, StoreError> {
        let Some(sql) = &self.sql.load_devinf else { return Ok(None) };
        let values = Values { device_key: &device.key, device_id: &device.id, ..Values::default() };
        let mut found = None;
        statement::run(self.database.connection(), sql, &values, |row| {
            found = Some(text(row.get_ref(0)?));
            Ok(false)
        })?;
        Ok(found)
    }
}

/// The key of a folder; `None` if the user has no such folder.
pub(super) fn folder_key(
    connection: &Connection,
    sql: &Sql,
    user_key: &str,
    folder: &str,
) -> Result<Option<String>, StoreError> {
    let values = Values { user_key, folder_name: folder, ..Values::default() };
    let mut key = None;
    statement::run(connection, sql, &values, |row| {
        key = Some(text(row.get_ref(0)?));
        Ok(false)
    })?;
    Ok(key)
}
