//! All places of a config together: SQLite and plugins, each for what the config gives to it.

use std::sync::Arc;

use syncloom_config::{self as config, Config, Datastore, PasswordForm, Store as Kept};

use crate::error::StoreError;
use crate::plugin::{Clock, Modules, PluginAdmin, Plugins};
use crate::sqlite::{Rows, SqliteBackend};
use crate::superdatastore::SuperStore;
use crate::traits::{Admin, Backend, Claim, Device, DeviceInfo, Scope, Store, User};
use crate::whole::Whole;

/// The places of a config, made once for all sessions.
pub struct Stores {
    config: Arc<Config>,
    modules: Arc<Modules>,
}

impl Stores {
    /// Opens what a config names; an error is a module that is not there or refuses its parameters.
    pub fn new(config: Arc<Config>) -> Result<Self, StoreError> {
        Stores::by(config, Clock::system())
    }

    /// The same by another clock, for what is stamped here and not by who writes.
    pub fn by(config: Arc<Config>, clock: Clock) -> Result<Self, StoreError> {
        let modules = Arc::new(Modules::new(&config, clock)?);
        Ok(Stores { config, modules })
    }

    /// The places of one session.
    pub fn backend(&self) -> Box<dyn Backend> {
        let plugins = Plugins::new(Arc::clone(&self.config), Arc::clone(&self.modules));
        Box::new(All { sqlite: SqliteBackend::new(Arc::clone(&self.config)), plugins })
    }
}

/// The places of one session.
pub(crate) struct All {
    pub(crate) sqlite: SqliteBackend,
    pub(crate) plugins: Plugins,
}

impl Backend for All {
    fn admin(&mut self) -> Result<Box<dyn Admin + '_>, StoreError> {
        let settings = self.plugins.settings().map(|plugin| (plugin.session_auth, plugin.device_admin));
        match settings {
            None | Some((false, false)) => self.sqlite.admin(),
            Some((true, true)) => Ok(Box::new(self.plugins.admin()?)),
            Some((users, _)) => {
                let (sqlite, plugin) = (self.sqlite.admin(), self.plugins.admin()?);
                Ok(Box::new(Divided { sqlite, plugin, users_in_plugin: users }))
            }
        }
    }

    fn password_form(&self) -> Option<PasswordForm> {
        // The plugin that there is tells digests; see `plugin::session` for how others are asked.
        self.plugins.settings().filter(|plugin| plugin.session_auth).map(|_| PasswordForm::Md5Base64)
    }

    fn folder(
        &mut self,
        datastore: &Datastore,
        user_key: &str,
        folder: &str,
    ) -> Result<Option<String>, StoreError> {
        match &datastore.store {
            Kept::Own { items: config::Items::Sql(sql), .. } => self.sqlite.folder(sql, user_key, folder),
            Kept::Own { .. } | Kept::Contains(_) => Ok(Some(user_key.to_owned())),
        }
    }

    fn store<'a>(
        &'a mut self,
        datastore: &'a Arc<Datastore>,
        scope: &'a Scope,
    ) -> Result<Box<dyn Store + 'a>, StoreError> {
        Ok(match &datastore.store {
            Kept::Contains(_) => Box::new(SuperStore::new(self, datastore, scope)?),
            Kept::Own { items, targets } => {
                Box::new(Whole { places: self, datastore, items, targets, scope })
            }
        })
    }

    fn run_script_sql(&mut self, text: &str) -> Result<Rows, StoreError> {
        self.sqlite.run_script_sql(text)
    }

    fn commit_items(&mut self) -> Result<(), StoreError> {
        self.plugins.commit_items()?;
        self.sqlite.commit(false)
    }

    fn commit_admin(&mut self) -> Result<(), StoreError> {
        // Items may be in the database of the server as well.
        self.sqlite.commit(true)?;
        self.plugins.commit_admin()
    }

    fn rollback(&mut self) {
        self.plugins.rollback();
        self.sqlite.rollback();
    }

    fn rest(&mut self) {
        self.plugins.rest();
        self.sqlite.rest();
    }
}

/// Users in one place, devices in another (manual 14.1.2, 14.1.3).
struct Divided<'a> {
    sqlite: Result<Box<dyn Admin + 'a>, StoreError>,
    plugin: PluginAdmin<'a>,
    users_in_plugin: bool,
}

impl Divided<'_> {
    /// Where devices are kept; `None` if nowhere: then every device is known by its id.
    fn devices(&mut self) -> Option<&mut dyn Admin> {
        match &mut self.sqlite {
            _ if !self.users_in_plugin => Some(&mut self.plugin),
            Ok(sqlite) => Some(sqlite.as_mut()),
            Err(_) => None,
        }
    }
}

impl Admin for Divided<'_> {
    fn users(&mut self, claim: &Claim<'_>) -> Result<Vec<User>, StoreError> {
        match &mut self.sqlite {
            _ if self.users_in_plugin => self.plugin.users(claim),
            Ok(sqlite) => sqlite.users(claim),
            Err(error) => Err(error.clone()),
        }
    }

    fn device(&mut self, device_id: &str) -> Result<Option<Device>, StoreError> {
        let unkept = || Ok(Some(Device::unkept(device_id)));
        self.devices().map_or_else(unkept, |devices| devices.device(device_id))
    }

    fn new_device(&mut self, device_id: &str) -> Result<Device, StoreError> {
        let unkept = || Ok(Device::unkept(device_id));
        self.devices().map_or_else(unkept, |devices| devices.new_device(device_id))
    }

    fn save_nonce(&mut self, device: &Device) -> Result<(), StoreError> {
        self.devices().map_or(Ok(()), |devices| devices.save_nonce(device))
    }

    fn save_device_info(&mut self, device: &Device, info: &DeviceInfo) -> Result<(), StoreError> {
        self.devices().map_or(Ok(()), |devices| devices.save_device_info(device, info))
    }

    fn devinf(&mut self, device: &Device) -> Result<Option<String>, StoreError> {
        self.devices().map_or(Ok(None), |devices| devices.devinf(device))
    }
}
