//! Plugins: datastores, devices and users that modules keep (manual 14).
//!
//! [`Modules`] are the modules of a config, made once; [`Plugins`] are their contexts in one session. `items` are the
//! items of a datastore, and `fields` are they as the interface's texts; `targets` is what is remembered of them, and
//! `remembered` is that as admin data. Each has a context of its own, and either half may be kept elsewhere. `copies` is
//! for who wants to work on copies of it all.
//!
//! Not its job: loading modules from files. What is built in is found by its name.

mod copies;
mod fields;
mod items;
mod remembered;
mod session;
mod targets;

use std::path::PathBuf;
use std::sync::Arc;

use syncloom_config::{self as config, Config, Datastore, PluginModule, SessionPlugin, Store as Kept};
use syncloom_plugin_api::{self as api, ADMIN, Code, Module, Plugin, Version};
use syncloom_plugin_textdb::TextDb;
pub use syncloom_plugin_textdb::{Clock, copy as copy_folder};

use crate::error::{ErrorKind, StoreError};
use crate::traits::{Items, Scope, Targets};
pub use copies::folders;
use items::PluginItems;
pub(crate) use session::PluginAdmin;
use targets::PluginTargets;

/// The modules of a config.
#[derive(Default)]
pub struct Modules {
    session: Option<Box<dyn Module>>,
    items: Vec<OfDatastore>,
    targets: Vec<OfDatastore>,
}

/// The module that keeps a half of a datastore.
struct OfDatastore {
    /// The name of the context: that of the datastore, with [`ADMIN`] where it keeps targets and maps.
    name: String,
    module: Box<dyn Module>,
}

impl OfDatastore {
    fn open(textdb: &TextDb, module: &PluginModule, name: String) -> Result<Self, StoreError> {
        Ok(OfDatastore { module: open(textdb, module, &name)?, name })
    }
}

impl Modules {
    /// Makes the modules that a config names, and tells them their parameters: the session's first, which gives the
    /// others their defaults. What they stamp has the time of the clock.
    pub fn new(config: &Config, clock: Clock) -> Result<Self, StoreError> {
        let textdb = TextDb::with(clock, PathBuf::new());
        let mut modules = Modules::default();
        let Some(server) = &config.server else { return Ok(modules) };
        let needed = |plugin: &&SessionPlugin| {
            plugin.session_auth || plugin.device_admin || plugin.module.is_at_hand()
        };
        let session = server.plugin.as_ref().filter(needed);
        modules.session = session.map(|plugin| open(&textdb, &plugin.module, "")).transpose()?;
        for datastore in &server.datastores {
            let Kept::Own { items, targets } = &datastore.store else { continue };
            let name = &datastore.name;
            if let config::Items::Plugin(kept) = items {
                modules.items.push(OfDatastore::open(&textdb, &kept.module, name.clone())?);
            }
            if let config::Targets::Plugin(module) = targets {
                modules.targets.push(OfDatastore::open(&textdb, module, format!("{name}{ADMIN}"))?);
            }
        }
        Ok(modules)
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
    items: Vec<Open<items::Context>>,
    targets: Vec<Open<targets::Context>>,
}

/// A context that stays open until the session ends.
struct Open<C> {
    name: String,
    user_key: String,
    device_key: String,
    context: C,
}

impl<C> Open<C> {
    /// The context of a datastore, or of its admin part, in a session; it is made if there is none.
    fn find<'o>(
        open: &'o mut Vec<Open<C>>,
        modules: &[OfDatastore],
        name: &str,
        scope: &Scope,
        make: impl FnOnce(Box<dyn api::Datastore>) -> C,
    ) -> Result<&'o mut C, StoreError> {
        let (user, device) = (&scope.folder_key, &scope.device_key);
        let is_it =
            |open: &Open<C>| open.name == name && open.user_key == *user && open.device_key == *device;
        let position = match open.iter().position(is_it) {
            Some(position) => position,
            None => {
                let module = modules.iter().find(|known| known.name == name);
                let module = module.ok_or_else(|| unavailable(format!("datastore {name} has no module")))?;
                let context = module.module.datastore(name, device, user);
                let context = make(context.map_err(|error| failed(&format!("datastore {name}"), &error))?);
                let (user_key, device_key) = (user.clone(), device.clone());
                open.push(Open { name: name.to_owned(), user_key, device_key, context });
                open.len() - 1
            }
        };
        Ok(&mut open[position].context)
    }

    /// Makes durable what has been written to each.
    fn commit(
        open: &mut [Open<C>],
        commit: impl Fn(&mut C) -> Result<(), api::Error>,
    ) -> Result<(), StoreError> {
        open.iter_mut().try_for_each(|open| {
            commit(&mut open.context).map_err(|error| failed(&format!("datastore {}", open.name), &error))
        })
    }
}

impl Plugins {
    pub(crate) fn new(config: Arc<Config>, modules: Arc<Modules>) -> Self {
        Plugins { config, modules, session: None, items: Vec::new(), targets: Vec::new() }
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

    /// The items of a datastore.
    pub(crate) fn items<'a>(
        &'a mut self,
        datastore: &'a Datastore,
        kept: &'a config::PluginItems,
        scope: &Scope,
    ) -> Result<Box<dyn Items + 'a>, StoreError> {
        // The fields are not asked for in the listing (`ReadNextItem:allfields`): most items are not read at all.
        let (open, modules) = (&mut self.items, &self.modules.items);
        let context = Open::find(open, modules, &datastore.name, scope, items::Context::new)?;
        Ok(Box::new(PluginItems { context, datastore, kept, zones: &self.config.zones }))
    }

    /// The target and the map of a datastore.
    pub(crate) fn targets<'a>(
        &'a mut self,
        datastore: &'a Datastore,
        scope: &'a Scope,
    ) -> Result<Box<dyn Targets + 'a>, StoreError> {
        let name = format!("{}{ADMIN}", datastore.name);
        let context =
            Open::find(&mut self.targets, &self.modules.targets, &name, scope, targets::Context::new)?;
        Ok(Box::new(PluginTargets { context, datastore, scope }))
    }

    /// Makes durable what has been written to items.
    pub(crate) fn commit_items(&mut self) -> Result<(), StoreError> {
        Open::commit(&mut self.items, items::Context::commit)
    }

    /// Makes durable what vouches for the items.
    pub(crate) fn commit_admin(&mut self) -> Result<(), StoreError> {
        Open::commit(&mut self.targets, targets::Context::commit)
    }

    /// Gives back what can be read again: maps, and the items of datastores whose sync is complete.
    pub(crate) fn rest(&mut self) {
        self.targets.retain(|open| open.context.has_changes());
        for open in self.items.iter_mut().filter(|open| open.context.is_closed()) {
            let module = self.modules.items.iter().find(|known| known.name == open.name);
            let fresh =
                module.map(|known| known.module.datastore(&open.name, &open.device_key, &open.user_key));
            if let Some(Ok(fresh)) = fresh {
                open.context.renew(fresh);
            }
        }
    }

    /// Takes back what is not committed. What is, stays: the peer has been told.
    pub(crate) fn rollback(&mut self) {
        self.items.drain(..).for_each(|mut open| open.context.close());
        self.targets.clear();
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
