//! The config with its data put into a folder of its own, so that what is played leaves the owner's alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syncloom_config::{
    Config, Contained, Datastore, Items, PluginModule, Server, SqliteFile, Store, Targets,
};
use syncloom_stores::{plugin, sqlite};

use crate::serve::files_of;

/// A config that knows copies of its data alone.
pub(super) struct Copies {
    /// The config.
    pub(super) config: Arc<Config>,
    data: Data,
    _folder: Scratch,
}

/// What is copied: the owner's, and where its copy is.
#[derive(Default)]
struct Data {
    files: Vec<(SqliteFile, SqliteFile)>,
    /// Folders of text files.
    folders: Vec<(PathBuf, PathBuf)>,
}

impl Copies {
    /// Points the config to where the copies will be.
    pub(super) fn of(mut config: Config) -> Result<Self, String> {
        let folder = Scratch::new()?;
        let copy_of = |(number, file): (usize, &SqliteFile)| {
            let path = folder.path().join(format!("{number}.sqlite"));
            (file.clone(), SqliteFile { path, ..file.clone() })
        };
        let files = files_of(&config).into_iter().enumerate().map(copy_of).collect();
        let mut data = Data { files, folders: Vec::new() };
        let server = config.server.as_mut().ok_or("the config has no <server>")?;
        server.sql.sqlite.iter_mut().for_each(|file| data.redirect(file));
        let of_server = server.plugin.as_ref().map(|plugin| plugin.module.clone());
        if let Some(plugin) = &mut server.plugin
            && (plugin.session_auth || plugin.device_admin)
        {
            data.redirect_module("the server", &mut plugin.module, of_server.as_ref(), folder.path())?;
        }
        change_datastores(server, |datastore| {
            let what = format!("datastore {}", datastore.name);
            let Store::Own { items, targets } = &mut datastore.store else { return Ok(()) };
            match items {
                Items::Sql(sql) => data.redirect(&mut sql.sqlite),
                Items::Plugin(plugin) => {
                    data.redirect_module(&what, &mut plugin.module, of_server.as_ref(), folder.path())?
                }
            }
            match targets {
                Targets::Sql(sql) => data.redirect(&mut sql.sqlite),
                Targets::Plugin(module) => {
                    data.redirect_module(&what, module, of_server.as_ref(), folder.path())?
                }
            }
            Ok(())
        })?;
        Ok(Copies { config: Arc::new(config), data, _folder: folder })
    }

    /// Makes the copies anew: of the owner's files as they are now, or, where there is no such database yet, of what
    /// the schema makes.
    pub(super) fn refresh(&self) -> Result<(), String> {
        for (original, copy) in &self.data.files {
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
        for (original, copy) in &self.data.folders {
            let _ = fs::remove_dir_all(copy);
            let copied = fs::create_dir(copy).and_then(|()| plugin::copy_folder(original, copy));
            copied.map_err(|error| {
                let shown = original.display();
                format!(
                    "{shown}: {error}; text files are kept in this folder: make it, or mend <plugin_params>"
                )
            })?;
        }
        Ok(())
    }
}

impl Data {
    /// Points to the copy of a database.
    fn redirect(&self, file: &mut SqliteFile) {
        if let Some((_, copy)) = self.files.iter().find(|(original, _)| original.path == file.path) {
            file.path.clone_from(&copy.path);
        }
    }

    /// Points a module to copies of its folders.
    fn redirect_module(
        &mut self,
        what: &str,
        module: &mut PluginModule,
        of_server: Option<&PluginModule>,
        scratch: &Path,
    ) -> Result<(), String> {
        let folders = plugin::folders(module, of_server).map_err(|error| {
            format!("{what} cannot be copied: {error}; only SQLite and [SDK_textdb] can be played with")
        })?;
        for (name, folder) in folders {
            let copy = self.folder(folder, scratch);
            module.params.retain(|(known, _)| known != name);
            module.params.push((name.to_owned(), copy.to_string_lossy().into_owned()));
        }
        Ok(())
    }

    /// Where the copy of a folder will be.
    fn folder(&mut self, original: PathBuf, scratch: &Path) -> PathBuf {
        if let Some((_, copy)) = self.folders.iter().find(|(known, _)| *known == original) {
            return copy.clone();
        }
        let copy = scratch.join(format!("files{}", self.folders.len()));
        self.folders.push((original, copy.clone()));
        copy
    }
}

/// Changes each datastore. A superdatastore shares its parts with the server, and is without them meanwhile.
fn change_datastores(
    server: &mut Server,
    mut change: impl FnMut(&mut Datastore) -> Result<(), String>,
) -> Result<(), String> {
    let mut apart = Vec::new();
    let supers = |(_, datastore): &(usize, &mut Arc<Datastore>)| !datastore.parts().is_empty();
    for (place, datastore) in server.datastores.iter_mut().enumerate().filter(supers) {
        let Store::Contains(parts) = &mut own(datastore)?.store else { continue };
        let parts = std::mem::take(parts).into_iter();
        apart.push((
            place,
            parts
                .map(|part| (part.datastore.name.clone(), part.dispatch, part.guid_prefix))
                .collect::<Vec<_>>(),
        ));
    }
    server.datastores.iter_mut().try_for_each(|datastore| change(own(datastore)?))?;
    for (place, parts) in apart {
        let mut together = Vec::new();
        for (name, dispatch, guid_prefix) in parts {
            let part = server.datastores.iter().find(|known| known.name == name);
            let datastore = Arc::clone(part.ok_or_else(|| format!("datastore {name} is not served"))?);
            together.push(Contained { datastore, dispatch, guid_prefix });
        }
        own(&mut server.datastores[place])?.store = Store::Contains(together);
    }
    Ok(())
}

fn own(datastore: &mut Arc<Datastore>) -> Result<&mut Datastore, String> {
    let name = datastore.name.clone();
    Arc::get_mut(datastore).ok_or_else(|| format!("datastore {name} is in use"))
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
