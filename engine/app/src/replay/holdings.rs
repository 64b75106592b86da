//! What the server of a play holds: its datastores are filled with the recorded items, changed between sessions as
//! the recorded server's were, and read at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use syncloom_config::{Auth, Config, Datastore};
use syncloom_stores::{Backend, Claim, MapEntry, Resume, Scope, Store, StoreError, Stores, Target};

use super::items::{Catalog, Content, Kind};
use super::names::served;
use super::recording::Data;

/// The data of a play, and whose it is.
pub(super) struct Holdings<'a> {
    config: &'a Config,
    stores: Arc<Stores>,
    catalog: &'a Catalog,
    /// Which MIME type the recorded server kept its items in.
    types: &'a BTreeMap<String, String>,
    user_key: String,
}

impl<'a> Holdings<'a> {
    /// The data of a user. The password is only needed where the database itself checks it.
    pub(super) fn of(
        config: &'a Config,
        stores: &Arc<Stores>,
        catalog: &'a Catalog,
        types: &'a BTreeMap<String, String>,
        user: &str,
        password: &str,
    ) -> Result<Self, String> {
        let user_key = user_key(config, stores, user, password)?;
        Ok(Holdings { config, stores: Arc::clone(stores), catalog, types, user_key })
    }

    /// Replaces what the datastores hold by recorded items. Gives lines about items that cannot be read.
    pub(super) fn fill(&self, data: &Data, stamp: i64) -> Result<Vec<String>, String> {
        let mut notes = Vec::new();
        for (name, texts) in data {
            let Some(kind) = self.kind(name, !texts.is_empty())? else { continue };
            self.write(kind, stamp, |store| {
                for held in store.list()? {
                    store.delete(&held.local_id)?;
                }
                for (id, text) in texts {
                    match self.read(kind, name, text) {
                        Content::Item(item) => match kind.admit(&item) {
                            Some(item) => drop(store.insert(&item)?),
                            None => notes.push(format!("{name}: item {id} is for no part of it")),
                        },
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
            self.write(kind, stamp, |store| {
                let mut ours = items_of(store)?;
                let mut take = |text: &str| {
                    let wanted = self.read(kind, name, text);
                    let place = kind.place_of(&wanted, ours.iter().map(|(_, content)| content))?;
                    Some(ours.remove(place).0)
                };
                for (id, text) in before.iter().filter(|(id, text)| after.get(*id) != Some(*text)) {
                    let Some(local_id) = take(text) else {
                        notes.push(format!(
                            "{name}: item {id}, which was changed between the sessions, is not there"
                        ));
                        continue;
                    };
                    match after.get(id).map(|now| self.read(kind, name, now)) {
                        None => drop(store.delete(&local_id)?),
                        Some(Content::Item(item)) => drop(store.update(&local_id, &item)?),
                        Some(Content::Text(_)) => {}
                    }
                }
                for (_, text) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
                    if let Content::Item(item) = self.read(kind, name, text)
                        && let Some(item) = kind.admit(&item)
                    {
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
        let mut backend = self.stores.backend();
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
        let mut backend = self.stores.backend();
        let scope = self.device_scope(backend.as_mut(), kind, device, remote_path)?;
        let mut store = backend.store(&kind.datastore, &scope).map_err(said)?;
        let target = store.target().map_err(said)?;
        let forgotten = Target { key: target.key, parts: target.parts, ..Target::default() };
        store.save_target(&forgotten).map_err(said)?;
        drop(store);
        backend.commit().map_err(said)
    }

    /// The items of a datastore with their ids, in its order.
    pub(super) fn items(&self, kind: &Kind) -> Result<Vec<(String, Content)>, String> {
        let mut backend = self.stores.backend();
        let scope = self.place(backend.as_mut(), &kind.datastore, &self.scope(0))?;
        let mut store = backend.store(&kind.datastore, &scope).map_err(said)?;
        items_of(store.as_mut()).map_err(said)
    }

    /// A recorded item of the server's.
    pub(super) fn read(&self, kind: &Kind, name: &str, text: &str) -> Content {
        kind.read(self.types.get(name).map(String::as_str), text.as_bytes())
    }

    /// The datastore for a name of the recording; it is an error if items need one and there is none.
    pub(super) fn kind(&self, name: &str, needed: bool) -> Result<Option<&'a Kind>, String> {
        match self.catalog.find(name) {
            Some(kind) => Ok(Some(kind)),
            None if needed => Err(format!(
                "the recording has items in {name}, and the config serves no such datastore, but {}; \
                     --datastore {name}=OURS says which of them is meant",
                served(self.config)
            )),
            None => Ok(None),
        }
    }

    fn write(
        &self,
        kind: &Kind,
        stamp: i64,
        write: impl FnOnce(&mut dyn Store) -> Result<(), StoreError>,
    ) -> Result<(), String> {
        let mut backend = self.stores.backend();
        let scope = self.place(backend.as_mut(), &kind.datastore, &self.scope(stamp))?;
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
        let mut admin = backend.admin().map_err(said)?;
        let known = match admin.device(device).map_err(said)? {
            Some(known) => known,
            None => admin.new_device(device).map_err(said)?,
        };
        drop(admin);
        let (device_key, device_id) = (known.key, device.to_owned());
        let scope = Scope { device_key, device_id, remote_path: remote_path.to_owned(), ..self.scope(0) };
        self.place(backend, &kind.datastore, &scope)
    }

    fn scope(&self, stamp: i64) -> Scope {
        let (user_key, device_key) = (self.user_key.clone(), "0".to_owned());
        Scope { user_key, device_key, stamp, ..Scope::default() }
    }

    fn place(
        &self,
        backend: &mut dyn Backend,
        datastore: &Datastore,
        scope: &Scope,
    ) -> Result<Scope, String> {
        let place = backend.place(datastore, scope, "").map_err(said)?;
        place.ok_or_else(|| format!("the user has no folder in {}", datastore.name))
    }
}

fn items_of(store: &mut dyn Store) -> Result<Vec<(String, Content)>, StoreError> {
    let mut items = Vec::new();
    for listed in store.list()? {
        let item = store.read(&listed.local_id)?;
        items.extend(item.map(|item| (listed.local_id, Content::Item(item))));
    }
    Ok(items)
}

/// What a user's data is selected by.
fn user_key(config: &Config, stores: &Stores, user: &str, password: &str) -> Result<String, String> {
    let server = config.server.as_ref().ok_or("the config has no <server>")?;
    if let Some(simple) = &server.simple_auth {
        return Ok(simple.user.clone());
    }
    if !server.has_users() {
        return Ok(user.to_owned());
    }
    let mut backend = stores.backend();
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
    first.or(anybody).ok_or_else(|| {
        format!(
            "the config knows no user {user:?}, whose recording it is; --user NAME:PASSWORD plays it as one that it knows"
        )
    })
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn contents(items: &[(String, Content)]) -> Vec<&Content> {
    items.iter().map(|(_, content)| content).collect()
}
