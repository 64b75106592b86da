//! Plugins: datastores, devices and users that modules keep (manual 14).
//!
//! [`Modules`] are the modules of a config, made once; [`Plugins`] are their contexts in one session. `store` is a
//! datastore over two contexts, one for the items and one for what is remembered of them; `fields` are items as the
//! interface's texts; `remembered` is the admin data; `copies` is for who wants to work on copies of it all.
//!
//! Not its job: loading modules from files. What is built in is found by its name.

mod copies;
mod fields;
mod remembered;
mod session;
mod store;

use std::path::PathBuf;
use std::sync::Arc;

use syncloom_config::{Config, Datastore, PluginModule, PluginStore, SessionPlugin, Store as Kept};
use syncloom_plugin_api::{self as api, ADMIN, Code, Module, Plugin, Version};
use syncloom_plugin_textdb::TextDb;
pub use syncloom_plugin_textdb::{Clock, copy as copy_folder};

use crate::error::{ErrorKind, StoreError};
use crate::traits::{Scope, Store};
pub use copies::folders;
pub(crate) use session::PluginAdmin;
use store::{Context, PluginDatastore};

/// The modules of a config.
pub struct Modules {
    session: Option<Box<dyn Module>>,
    datastores: Vec<OfDatastore>,
}

/// The modules of a datastore.
struct OfDatastore {
    name: String,
    data: Box<dyn Module>,
    admin: Box<dyn Module>,
}

impl Modules {
    /// Makes the modules that a config names, and tells them their parameters: the session's first, which gives the
    /// others their defaults. What they stamp has the time of the clock.
    pub fn new(config: &Config, clock: Clock) -> Result<Self, StoreError> {
        let textdb = TextDb::with(clock, PathBuf::new());
        let Some(server) = &config.server else {
            return Ok(Modules { session: None, datastores: Vec::new() });
        };
        let needed = |plugin: &&SessionPlugin| {
            plugin.session_auth || plugin.device_admin || plugin.module.is_at_hand()
        };
        let session = server.plugin.as_ref().filter(needed);
        let session = session.map(|plugin| open(&textdb, &plugin.module, "")).transpose()?;
        let mut datastores = Vec::new();
        for datastore in &server.datastores {
            let Kept::Plugin(plugin) = &datastore.store else { continue };
            let name = &datastore.name;
            let missing = || unavailable(format!("datastore {name} has no module for items or for targets"));
            let data = open(&textdb, plugin.data.as_ref().ok_or_else(missing)?, name)?;
            let admin = plugin.admin.as_ref().ok_or_else(missing)?;
            let admin = open(&textdb, admin, &format!("{name}{ADMIN}"))?;
            datastores.push(OfDatastore { name: name.clone(), data, admin });
        }
        Ok(Modules { session, datastores })
    }
}

fn open(textdb: &TextDb, module: &PluginModule, context: &str) -> Result<Box<dyn Module>, StoreError> {
    if !module.is_at_hand() {
        return Err(unavailable(format!("the plugin {} cannot be loaded yet", module.name)));
    }
    let named = |error: api::Error| unavailable(format!("plugin {}: {error}", module.name));
    let mut opened = textdb.module(&module.name, "", context).map_err(named)?;
    opened.plugin_params(&params(module), Version::CURRENT).map_err(named)?;
    Ok(opened)
}

/// The parameters of a module as it gets them.
fn params(module: &PluginModule) -> Vec<u8> {
    let param = |(name, value): &(String, String)| api::Field::new(name.as_bytes(), value.as_bytes());
    api::write_fields(&module.params.iter().map(param).collect::<Vec<_>>())
}

/// The contexts of one session.
pub(crate) struct Plugins {
    config: Arc<Config>,
    modules: Arc<Modules>,
    session: Option<Box<dyn api::Session>>,
    open: Vec<Context>,
}

impl Plugins {
    pub(crate) fn new(config: Arc<Config>, modules: Arc<Modules>) -> Self {
        Plugins { config, modules, session: None, open: Vec::new() }
    }

    /// What the config says of users and devices in a plugin.
    pub(crate) fn settings(&self) -> Option<&SessionPlugin> {
        self.config.server.as_ref()?.plugin.as_ref()
    }

    /// Users and devices.
    pub(crate) fn admin(&mut self) -> Result<PluginAdmin<'_>, StoreError> {
        let modules = &self.modules;
        let opened = match self.session.take() {
            Some(session) => session,
            None => {
                let module = modules.session.as_ref();
                let module =
                    module.ok_or_else(|| unavailable("the server has no <plugin_module>".to_owned()))?;
                module.session("session").map_err(|error| failed("plugin of the server", &error))?
            }
        };
        Ok(PluginAdmin::new(self.session.insert(opened).as_mut()))
    }

    /// A datastore; its contexts stay open until the session ends.
    pub(crate) fn store<'a>(
        &'a mut self,
        datastore: &'a Arc<Datastore>,
        plugin: &'a PluginStore,
        scope: &'a Scope,
    ) -> Result<Box<dyn Store + 'a>, StoreError> {
        let known = self.open.iter().position(|context| context.is_of(datastore, scope));
        let position = match known {
            Some(position) => position,
            None => {
                self.open.push(self.context(datastore, scope)?);
                self.open.len() - 1
            }
        };
        let context = &mut self.open[position];
        Ok(Box::new(PluginDatastore { context, datastore, plugin, scope, zones: &self.config.zones }))
    }

    fn context(&self, datastore: &Datastore, scope: &Scope) -> Result<Context, StoreError> {
        let name = &datastore.name;
        let modules = self.modules.datastores.iter().find(|known| known.name == *name);
        let OfDatastore { data, admin, .. } =
            modules.ok_or_else(|| unavailable(format!("datastore {name} has no module")))?;
        let (device, user) = (&scope.device_key, &scope.folder_key);
        let create = |module: &dyn Module, name: &str| {
            module.datastore(name, device, user).map_err(|error| failed(&datastore.name, &error))
        };
        let mut items = create(data.as_ref(), name)?;
        let _ = items.context_support(b"ReadNextItem:allfields\n");
        let admin = create(admin.as_ref(), &format!("{name}{ADMIN}"))?;
        Ok(Context::new(name, scope, items, admin))
    }

    /// Makes durable what has been written to items.
    pub(crate) fn commit_items(&mut self) -> Result<(), StoreError> {
        self.open.iter_mut().try_for_each(Context::commit_items)
    }

    /// Makes durable what vouches for the items.
    pub(crate) fn commit_admin(&mut self) -> Result<(), StoreError> {
        self.open.iter_mut().try_for_each(Context::commit_admin)
    }

    /// Takes back what is not committed. What is, stays: the peer has been told.
    pub(crate) fn rollback(&mut self) {
        for mut context in self.open.drain(..) {
            context.close();
        }
    }
}

/// A session may end without a word.
impl Drop for Plugins {
    fn drop(&mut self) {
        self.rollback();
    }
}

fn unavailable(message: String) -> StoreError {
    StoreError::new(ErrorKind::Unavailable, message)
}

/// A failed call as a failure of the store.
fn failed(what: &str, error: &api::Error) -> StoreError {
    let kind = match error.code {
        Code::NOT_FOUND => ErrorKind::NotFound,
        Code::FULL => ErrorKind::Full,
        Code::FAILED | Code::FORBIDDEN | Code::BAD_REQUEST | Code::EXISTS => ErrorKind::Refused,
        _ => ErrorKind::Unavailable,
    };
    StoreError::new(kind, format!("{what}: {error}"))
}
