//! What a recording calls the datastores of the config: `--datastore THEIRS=OURS`.
//!
//! Messages and items are renamed as they are read, so that nobody else has to know of two names.

use std::collections::BTreeMap;

use syncloom_config::Config;
use syncloom_wire::{Command, Location, Message};

use super::items::store_name;
use super::recording::Recording;

/// Names of recorded datastores, and ours for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// What the command line says. The config has to serve what is named.
    pub(super) fn of(said: &[(String, String)], config: &Config) -> Result<Self, String> {
        for (theirs, ours) in said {
            let datastores = config.server.iter().flat_map(|server| &server.datastores);
            let mut names = datastores.flat_map(|known| std::iter::once(&known.name).chain(&known.aliases));
            if !names.any(|known| known.eq_ignore_ascii_case(ours)) {
                return Err(format!(
                    "--datastore {theirs}={ours}: the config serves no such datastore, but {}",
                    served(config)
                ));
            }
        }
        Ok(Names(said.iter().map(|(theirs, ours)| (store_name(theirs), ours.clone())).collect()))
    }

    /// Renames the items of a recording.
    pub(super) fn rename(&self, recording: &mut Recording) {
        self.rename_keys(&mut recording.types);
        for session in &mut recording.sessions {
            for sides in session.before.iter_mut().chain(&mut session.after) {
                self.rename_keys(&mut sides.client);
                self.rename_keys(&mut sides.server);
            }
        }
    }

    /// Renames the datastores of the server in a message of the client's.
    pub(super) fn rename_targets(&self, message: &mut Message) {
        for command in &mut message.body {
            match command {
                Command::Alert(alert) => {
                    alert.items.iter_mut().filter_map(|item| item.target.as_mut()).for_each(|at| self.at(at));
                }
                Command::Sync(sync) => sync.target.iter_mut().for_each(|at| self.at(at)),
                Command::Map(map) => self.at(&mut map.target),
                _ => {}
            }
        }
    }

    /// Renames the datastores of the server in a message of its own.
    pub(super) fn rename_sources(&self, message: &mut Message) {
        for command in &mut message.body {
            match command {
                Command::Alert(alert) => {
                    alert.items.iter_mut().filter_map(|item| item.source.as_mut()).for_each(|at| self.at(at));
                }
                Command::Sync(sync) => sync.source.iter_mut().for_each(|at| self.at(at)),
                _ => {}
            }
        }
    }

    fn rename_keys<T>(&self, named: &mut BTreeMap<String, T>) {
        let old = std::mem::take(named);
        named.extend(old.into_iter().map(|(name, value)| (self.ours(&name).unwrap_or(name), value)));
    }

    fn at(&self, location: &mut Location) {
        if let Some(ours) = self.ours(&location.uri) {
            location.uri = ours;
        }
    }

    /// Our address for one of theirs: folders and filters stay as they are. `None`: it has no other name.
    fn ours(&self, uri: &str) -> Option<String> {
        let end = uri.find('?').unwrap_or(uri.len());
        let (path, query) = uri.split_at(end);
        let path = store_name(path);
        self.0.iter().find_map(|(theirs, ours)| {
            let rest = path.strip_prefix(theirs.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{ours}{rest}{query}"))
        })
    }
}

/// The names of the datastores that a config serves.
pub(super) fn served(config: &Config) -> String {
    let datastores = config.server.iter().flat_map(|server| &server.datastores);
    let names: Vec<&str> = datastores.map(|datastore| datastore.name.as_str()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_folder_and_its_filter() {
        let names = Names(vec![("todo".to_owned(), "tasks".to_owned())]);
        let ours = |uri: &str| names.ours(uri);
        assert_eq!(ours("todo").unwrap(), "tasks");
        assert_eq!(ours("./Todo/work?/dr(-1,1)").unwrap(), "tasks/work?/dr(-1,1)");
        assert_eq!(ours("todos"), None);
        assert_eq!(ours("http://todo/"), None);
    }
}
