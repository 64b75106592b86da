//! The config with its databases put into a folder of its own, so that what is played leaves the owner's alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syncloom_config::{Config, Items, SqliteFile, Store, Targets};
use syncloom_stores::sqlite;

use crate::serve::files_of;

/// A config that knows copies of its databases alone.
pub(super) struct Copies {
    /// The config.
    pub(super) config: Arc<Config>,
    /// The databases: the owner's, and their copies.
    files: Vec<(SqliteFile, SqliteFile)>,
    _folder: Scratch,
}

impl Copies {
    /// Points the config to where the copies will be.
    pub(super) fn of(mut config: Config) -> Result<Self, String> {
        let folder = Scratch::new()?;
        let copy_of = |(number, file): (usize, &SqliteFile)| {
            let path = folder.path().join(format!("{number}.sqlite"));
            (file.clone(), SqliteFile { path, ..file.clone() })
        };
        let files: Vec<_> = files_of(&config).into_iter().enumerate().map(copy_of).collect();
        let redirect = |file: &mut SqliteFile| {
            if let Some((_, copy)) = files.iter().find(|(original, _)| original.path == file.path) {
                file.path.clone_from(&copy.path);
            }
        };
        let server = config.server.as_mut().ok_or("the config has no <server>")?;
        if server.plugin.is_some() {
            return Err("logins or devices are kept by a plugin, whose data cannot be copied".to_owned());
        }
        server.sql.sqlite.iter_mut().for_each(redirect);
        for datastore in &mut server.datastores {
            let name = datastore.name.clone();
            let datastore =
                Arc::get_mut(datastore).ok_or(format!("datastore {name} cannot be redirected"))?;
            // Where a module keeps its data it knows alone, and the owner's must not be touched.
            if datastore.has_plugin() {
                return Err(format!("datastore {name} is kept by a plugin, whose data cannot be copied"));
            }
            if let Store::Own { items: Items::Sql(items), targets: Targets::Sql(targets) } =
                &mut datastore.store
            {
                redirect(&mut items.sqlite);
                redirect(&mut targets.sqlite);
            }
        }
        Ok(Copies { config: Arc::new(config), files, _folder: folder })
    }

    /// Makes the copies anew: of the owner's files as they are now, or, where there is no such file yet, of what
    /// the schema makes.
    pub(super) fn refresh(&self) -> Result<(), String> {
        for (original, copy) in &self.files {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                let mut name = copy.path.clone().into_os_string();
                name.push(suffix);
                // It may not be there, and what could not be removed is found out at once.
                let _ = fs::remove_file(name);
            }
            let made = if original.path.exists() {
                sqlite::copy(original, &copy.path)
            } else {
                sqlite::create_if_missing(copy).map(drop)
            };
            made.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// A folder that is removed with everything in it when the play is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, String> {
        let mut random = [0u8; 8];
        getrandom::fill(&mut random).map_err(|error| error.to_string())?;
        let path = std::env::temp_dir().join(format!("syncloom-replay-{:016x}", u64::from_le_bytes(random)));
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Scratch(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
