//! What the server of a play holds: its datastores are filled with the recorded items, changed between sessions as
//! the recorded server's were, and read at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use syncloom_config::{Auth, Config, Datastore};
use syncloom_script::Item;
use syncloom_stores::{Backend, Claim, MapEntry, Resume, Scope, Store, StoreError, Stores, Target};

use super::items::{Catalog, Content, Kind};
use super::recording::Data;

/// The databases of a play, and whose data it is.
pub(super) struct Holdings<'a> {
    config: &'a Arc<Config>,
    catalog: &'a Catalog,
    /// Which MIME type the recorded server kept its items in.
    types: &'a BTreeMap<String, String>,
    user_key: String,
}

impl<'a> Holdings<'a> {
    /// The data of a user. The password is only needed where the database itself checks it.
    pub(super) fn of(
        config: &'a Arc<Config>,
        catalog: &'a Catalog,
        types: &'a BTreeMap<String, String>,
        user: &str,
        password: &str,
    ) -> Result<Self, String> {
        let user_key = user_key(config, user, password)?;
        Ok(Holdings { config, catalog, types, user_key })
    }

    /// Replaces what the datastores hold by recorded items. Gives lines about items that cannot be read.
    pub(super) fn fill(&self, data: &Data, stamp: i64) -> Result<Vec<String>, String> {
        let mut notes = Vec::new();
        for (name, texts) in data {
            let Some(kind) = self.kind(name, !texts.is_empty())? else { continue };
            let held: Vec<String> = self.items(kind)?.into_iter().map(|(id, _)| id).collect();
            self.write(kind, stamp, |store| {
                for local_id in &held {
                    store.delete(local_id)?;
                }
                for (id, text) in texts {
                    match self.read(kind, name, text) {
                        Content::Item(item) => drop(store.insert(&item)?),
                        Content::Text(_) => {
                            notes.push(format!("{name}: item {id} cannot be read as any type"))
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(notes)
    }

    /// Does to the datastores what was done to the recorded server's between two moments. Which item of ours one of
    /// the recorded ones is, its content tells. Gives lines about what could not be found.
    pub(super) fn follow(&self, from: &Data, to: &Data, stamp: i64) -> Result<Vec<String>, String> {
        let mut notes = Vec::new();
        let none = BTreeMap::new();
        for (name, after) in to {
            let before = from.get(name).unwrap_or(&none);
            if before == after {
                continue;
            }
            let Some(kind) = self.kind(name, !after.is_empty())? else { continue };
            let mut ours = self.items(kind)?;
            let mut take = |text: &str| {
                let wanted = self.read(kind, name, text);
                let place = kind.place_of(&wanted, ours.iter().map(|(_, content)| content))?;
                Some(ours.remove(place).0)
            };
            let (mut deleted, mut changed) = (Vec::new(), Vec::new());
            for (id, text) in before {
                let now = after.get(id);
                if now == Some(text) {
                    continue;
                }
                let Some(local_id) = take(text) else {
                    notes.push(format!(
                        "{name}: item {id}, which was changed between the sessions, is not there"
                    ));
                    continue;
                };
                match now {
                    Some(now) => changed.push((local_id, now)),
                    None => deleted.push(local_id),
                }
            }
            self.write(kind, stamp, |store| {
                for local_id in &deleted {
                    store.delete(local_id)?;
                }
                for (local_id, text) in &changed {
                    if let Content::Item(item) = self.read(kind, name, text) {
                        store.update(local_id, &item)?;
                    }
                }
                for (_, text) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
                    if let Content::Item(item) = self.read(kind, name, text) {
                        store.insert(&item)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(notes)
    }

    /// Makes it look as if a device had synced a datastore before: with this anchor, with nothing changed since, and
    /// with the items on both sides that say the same, or are about the same thing, known to be one.
    pub(super) fn remember(
        &self,
        kind: &Kind,
        device: &str,
        remote_path: &str,
        anchor: &str,
        theirs: &[(String, Content)],
        stamp: i64,
    ) -> Result<(), String> {
        let ours = self.items(kind)?;
        let pairing = kind.pair(&contents(theirs), &contents(&ours));
        let mut backend = Stores::without_plugins(Arc::clone(self.config)).backend();
        let scope = self.device_scope(backend.as_mut(), kind, device, remote_path)?;
        let mut store = backend.store(&kind.datastore, &scope).map_err(said)?;
        let target = store.target().map_err(said)?;
        for (their_place, our_place) in pairing.same.iter().chain(&pairing.changed) {
            let (remote_id, local_id) = (theirs[*their_place].0.clone(), ours[*our_place].0.clone());
            store.insert_map(&target, &MapEntry::new(local_id, remote_id)).map_err(said)?;
        }
        let (anchor, last_sync, last_sent) = (anchor.to_owned(), Some(stamp), Some(stamp));
        let target = Target { anchor, last_sync, last_sent, resume: Resume::default(), ..target };
        store.save_target(&target).map_err(said)?;
        drop(store);
        backend.commit().map_err(said)
    }

    /// Forgets the anchors of a device's datastore, as a server does that has lost its state.
    pub(super) fn forget(&self, kind: &Kind, device: &str, remote_path: &str) -> Result<(), String> {
        let mut backend = Stores::without_plugins(Arc::clone(self.config)).backend();
        let scope = self.device_scope(backend.as_mut(), kind, device, remote_path)?;
        let mut store = backend.store(&kind.datastore, &scope).map_err(said)?;
        let target = store.target().map_err(said)?;
        store.save_target(&Target { key: target.key, ..Target::default() }).map_err(said)?;
        drop(store);
        backend.commit().map_err(said)
    }

    /// The items of a datastore with their ids, in its order.
    pub(super) fn items(&self, kind: &Kind) -> Result<Vec<(String, Content)>, String> {
        let mut backend = Stores::without_plugins(Arc::clone(self.config)).backend();
        let scope = self.scope(backend.as_mut(), &kind.datastore, 0)?;
        let mut store = backend.store(&kind.datastore, &scope).map_err(said)?;
        let mut items: Vec<(String, Content)> = Vec::new();
        for listed in store.list().map_err(said)? {
            let item: Option<Item> = store.read(&listed.local_id).map_err(said)?;
            items.extend(item.map(|item| (listed.local_id, Content::Item(item))));
        }
        Ok(items)
    }

    /// A recorded item of the server's.
    pub(super) fn read(&self, kind: &Kind, name: &str, text: &str) -> Content {
        kind.read(self.types.get(name).map(String::as_str), text.as_bytes())
    }

    /// The datastore for a name of the recording; it is an error if items need one and there is none.
    pub(super) fn kind(&self, name: &str, needed: bool) -> Result<Option<&'a Kind>, String> {
        match self.catalog.find(name) {
            Some(kind) => Ok(Some(kind)),
            None if needed => {
                Err(format!("the recording has items in {name}, and the config serves no such datastore"))
            }
            None => Ok(None),
        }
    }

    fn write(
        &self,
        kind: &Kind,
        stamp: i64,
        write: impl FnOnce(&mut dyn Store) -> Result<(), StoreError>,
    ) -> Result<(), String> {
        let mut backend = Stores::without_plugins(Arc::clone(self.config)).backend();
        let scope = self.scope(backend.as_mut(), &kind.datastore, stamp)?;
        let mut store = backend.store(&kind.datastore, &scope).map_err(said)?;
        write(store.as_mut()).map_err(|error| format!("datastore {}: {error}", kind.datastore.name))?;
        drop(store);
        backend.commit().map_err(said)
    }

    /// The scope of a device's datastore; the device gets a record if it has none.
    fn device_scope(
        &self,
        backend: &mut dyn Backend,
        kind: &Kind,
        device: &str,
        remote_path: &str,
    ) -> Result<Scope, String> {
        let scope = self.scope(backend, &kind.datastore, 0)?;
        let mut admin = backend.admin().map_err(said)?;
        let known = match admin.device(device).map_err(said)? {
            Some(known) => known,
            None => admin.new_device(device).map_err(said)?,
        };
        let (device_id, remote_path) = (device.to_owned(), remote_path.to_owned());
        Ok(Scope { device_key: known.key, device_id, remote_path, ..scope })
    }

    fn scope(&self, backend: &mut dyn Backend, datastore: &Datastore, stamp: i64) -> Result<Scope, String> {
        let folder = backend.folder(datastore, &self.user_key, "").map_err(said)?;
        Ok(Scope {
            user_key: self.user_key.clone(),
            device_key: "0".to_owned(),
            folder_key: folder.ok_or_else(|| format!("the user has no folder in {}", datastore.name))?,
            stamp,
            ..Scope::default()
        })
    }
}

/// What a user's data is selected by.
fn user_key(config: &Arc<Config>, user: &str, password: &str) -> Result<String, String> {
    let server = config.server.as_ref().ok_or("the config has no <server>")?;
    if let Some(simple) = &server.simple_auth {
        return Ok(simple.user.clone());
    }
    if server.sql.user_key.is_none() {
        return Ok(user.to_owned());
    }
    let mut backend = Stores::without_plugins(Arc::clone(config)).backend();
    let users = backend
        .admin()
        .and_then(|mut admin| {
            let credential = password;
            admin.users(&Claim { credential, ..Claim::of(user) })
        })
        .map_err(said)?;
    let first = users.into_iter().next().map(|user| user.key);
    // Where nobody has to say who he is, a session goes by the name alone.
    let anybody = (server.required_auth == Auth::None).then(|| user.to_owned());
    first.or(anybody).ok_or_else(|| format!("the config knows no user {user:?}, whose recording it is"))
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn contents(items: &[(String, Content)]) -> Vec<&Content> {
    items.iter().map(|(_, content)| content).collect()
}
