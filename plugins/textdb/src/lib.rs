//! Stores in text files, in the format of the Synthesis text database (manual 14.3): files that it wrote go on being
//! used, and it can still read what is written here. Where its format or its code loses data, this one does not; each
//! such difference is a row of `docs/compatibility.md`.
//!
//! From the ground up: `file` reads files and replaces them whole, under a lock; `cell` is how a value stands in a file;
//! `table`, `maps` and `record` are the three kinds of files; `counter` gives ids and stamps that no two sessions share;
//! `items`, `admin` and `session` are the functions of the plugin interface over them.
//!
//! Not its job: loading plugins, and what the host does with the items.

mod admin;
mod blobs;
mod cell;
mod clock;
mod copy;
mod counter;
mod file;
mod items;
mod maps;
mod merge;
mod paths;
mod record;
mod rows;
mod session;
mod table;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use syncloom_plugin_api::{ADMIN, Datastore, Error, Module, Plugin, Result, Session, Version};

use admin::TextAdmin;
pub use clock::Clock;
pub use copy::copy;
use items::TextItems;
use paths::{Folders, Names, Params};
use session::TextSession;

/// The name of the plugin in a config: `[SDK_textdb]`.
pub const NAME: &str = "SDK_textdb";

/// What the plugin says of itself.
const CAPABILITIES: &str = "PLATFORM:rust\nDLL:false\nMINVERSION:1.0.0.0\nMANUFACTURER:Syncloom\n\
    DESCRIPTION:text database\nADMIN_Info:yes\nITEM_AS_KEY:no\nADMIN_AS_KEY:no\nDeleteSyncSet:yes\n\
    ResumeSupported:yes\n";

/// The plugin. One is shared by all modules of a config, because the session's module gives the others their folders.
pub struct TextDb {
    shared: Arc<Shared>,
}

/// What the modules of one config share.
struct Shared {
    clock: Clock,
    /// Where relative paths begin.
    root: PathBuf,
    known: Mutex<Known>,
}

/// What the modules have said of themselves so far.
#[derive(Default)]
struct Known {
    /// The parameters of the session's module.
    session: Params,
    /// The names of the datastores: users and datastores whose names run together must not share a file.
    datastores: Vec<String>,
}

impl TextDb {
    /// The plugin with the system's clock, and with relative paths that begin where the program was started.
    pub fn new() -> Self {
        TextDb::with(Clock::system(), PathBuf::new())
    }

    /// The plugin with a clock of its own, and a folder in which relative paths begin.
    pub fn with(clock: Clock, root: PathBuf) -> Self {
        TextDb { shared: Arc::new(Shared { clock, root, known: Mutex::default() }) }
    }
}

impl Default for TextDb {
    fn default() -> Self {
        TextDb::new()
    }
}

impl Plugin for TextDb {
    fn version(&self) -> Version {
        Version::CURRENT
    }

    fn module(&self, _name: &str, _part: &str, context: &str) -> Result<Box<dyn Module>> {
        let datastore = context.strip_suffix(ADMIN).unwrap_or(context);
        if !datastore.is_empty() {
            self.shared.known().datastores.push(datastore.to_owned());
        }
        let shared = Arc::clone(&self.shared);
        Ok(Box::new(TextModule { shared, is_session: context.is_empty(), params: Params::default() }))
    }
}

/// The folders of a module with these parameters, beside a module of the session with those, each with the name of the
/// parameter that says it.
pub fn folders(own: &[u8], session: &[u8]) -> Result<[(&'static str, PathBuf); 3]> {
    Ok(Folders::new(Path::new(""), &Params::parse(own)?, &Params::parse(session)?).named())
}

impl Shared {
    /// What is known is whole between any two calls, so a panic elsewhere does not spoil it.
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The plugin in one use.
struct TextModule {
    shared: Arc<Shared>,
    is_session: bool,
    params: Params,
}

impl TextModule {
    fn folders(&self) -> Folders {
        let known = self.shared.known();
        let session = if self.is_session { &self.params } else { &known.session };
        Folders::new(&self.shared.root, &self.params, session)
    }
}

impl Module for TextModule {
    fn capabilities(&self) -> String {
        CAPABILITIES.to_owned()
    }

    fn plugin_params(&mut self, params: &[u8], _host: Version) -> Result<()> {
        self.params = Params::parse(params)?;
        if self.is_session {
            self.shared.known().session = self.params.clone();
        }
        Ok(())
    }

    fn session(&self, _name: &str) -> Result<Box<dyn Session>> {
        Ok(Box::new(TextSession::new(self.folders(), self.shared.clock.clone())))
    }

    fn datastore(&self, name: &str, device_key: &str, user_key: &str) -> Result<Box<dyn Datastore>> {
        let datastore = name.strip_suffix(ADMIN).unwrap_or(name);
        let names =
            Names::new(self.folders(), device_key, user_key, datastore, &self.shared.known().datastores)?;
        if name.ends_with(ADMIN) {
            Ok(Box::new(TextAdmin::new(names)))
        } else {
            Ok(Box::new(TextItems::new(names, self.shared.clock.clone())))
        }
    }
}

/// A call that this part of the plugin does not have.
fn not_here<T>(what: &str) -> Result<T> {
    Err(Error::new(syncloom_plugin_api::Code::FORBIDDEN, format!("{what} belongs to the other context")))
}
