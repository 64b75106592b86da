//! A superdatastore (manual 11.35): the stores of its parts as one, with ids that begin with the prefixes of the parts.
//!
//! Targets and maps stay with the parts, so that each can be synchronised by itself as well, and vouches for its own
//! items only.
//!
//! Not its job: what the config says of the items of a part. The session asks for that.

use std::collections::HashSet;

use syncloom_config::{Contained, DatabaseScript, Datastore};
use syncloom_script::filter::{Filter, Ids};
use syncloom_script::{FieldId, Item, Value};

use crate::error::{ErrorKind, StoreError};
use crate::scripts::Moment;
use crate::traits::{Backend, Items, Listed, MapEntry, Resume, Scope, Store, Target, Targets, Written};

/// The stores of all parts. Each is opened when it is needed, which costs nothing: what is open stays so in the backend.
pub(crate) struct SuperStore<'a> {
    backend: &'a mut dyn Backend,
    datastore: &'a Datastore,
    scope: &'a Scope,
}

impl<'a> SuperStore<'a> {
    /// The parts of a superdatastore in a scope of [`Backend::place`].
    pub(crate) fn new(
        backend: &'a mut dyn Backend,
        datastore: &'a Datastore,
        scope: &'a Scope,
    ) -> Result<Self, StoreError> {
        if scope.parts.len() != datastore.parts().len() {
            let message = format!("the parts of {} have no folders", datastore.name);
            return Err(StoreError::new(ErrorKind::Unavailable, message));
        }
        Ok(SuperStore { backend, datastore, scope })
    }

    fn part(&self, number: usize) -> &'a Contained {
        &self.datastore.parts()[number]
    }

    fn open(&mut self, number: usize) -> Result<Box<dyn Store + '_>, StoreError> {
        self.backend.store(&self.datastore.parts()[number].datastore, &self.scope.parts[number])
    }

    /// Does something to each part, in their order.
    fn each<T>(
        &mut self,
        mut work: impl FnMut(usize, &mut dyn Store) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let numbers = 0..self.datastore.parts().len();
        numbers.map(|number| work(number, self.open(number)?.as_mut())).collect()
    }

    /// The part that an id belongs to, and what it is there.
    fn find<'i>(&self, id: &'i str) -> Result<(usize, &'i str), StoreError> {
        let missing = || StoreError::new(ErrorKind::NotFound, format!("item {id} is in no part"));
        self.datastore.part_of(id).ok_or_else(missing)
    }

    /// What an id of a part is outside.
    fn outward(&self, number: usize, id: &str) -> String {
        format!("{}{id}", self.part(number).guid_prefix)
    }

    /// An item as one that its part takes (manual 11.35.2): its own columns need not say what kind of item it is.
    fn dispatched(&self, number: usize, local_id: &str, mut item: Item) -> Item {
        if let Some(dispatch) = &self.part(number).dispatch {
            dispatch.make_pass(&mut item, Ids { local: local_id, remote: "" });
        }
        item
    }

    fn insert_into(&mut self, number: usize, item: &Item) -> Result<Written, StoreError> {
        let written = self.open(number)?.insert(item)?;
        Ok(Written { local_id: self.outward(number, &written.local_id), ..written })
    }

    /// Writes to the map of the part that an entry's item belongs to.
    fn with_map(
        &mut self,
        target: &Target,
        local_id: &str,
        write: impl FnOnce(&mut dyn Store, &Target, &str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (number, own) = self.find(local_id)?;
        let part = of_part(target, number)?;
        write(self.open(number)?.as_mut(), part, own)
    }
}

impl Items for SuperStore<'_> {
    fn list(&mut self) -> Result<Vec<Listed>, StoreError> {
        let of_parts = self.each(|_, store| store.list())?;
        let mut all = Vec::new();
        for (number, listed) in of_parts.into_iter().enumerate() {
            let outward = |item: Listed| Listed { local_id: self.outward(number, &item.local_id), ..item };
            all.extend(listed.into_iter().map(outward));
        }
        Ok(all)
    }

    fn hidden(&mut self) -> Result<HashSet<String>, StoreError> {
        let of_parts = self.each(|_, store| store.hidden())?;
        let outward = |(number, ids): (usize, HashSet<String>)| {
            ids.into_iter().map(|id| self.outward(number, &id)).collect::<Vec<_>>()
        };
        Ok(of_parts.into_iter().enumerate().flat_map(outward).collect())
    }

    fn version(&mut self) -> Result<Option<i64>, StoreError> {
        // Each only ever grows, so that their sum tells of a change in any.
        let versions = self.each(|_, store| store.version())?;
        Ok(versions.into_iter().try_fold(0i64, |sum, version| Some(sum.wrapping_add(version?))))
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        self.each(|_, store| store.hold()).map(drop)
    }

    fn read(&mut self, local_id: &str) -> Result<Option<Item>, StoreError> {
        let Some((number, own)) = self.datastore.part_of(local_id) else { return Ok(None) };
        let item = self.open(number)?.read(own)?;
        Ok(item.map(|item| self.dispatched(number, local_id, item)))
    }

    fn glance(&mut self, local_id: &str, fields: &[FieldId]) -> Result<Option<Item>, StoreError> {
        let Some((number, own)) = self.datastore.part_of(local_id) else { return Ok(None) };
        let dispatching = self.part(number).dispatch.as_ref().map(Filter::fields).unwrap_or_default();
        let item = self.open(number)?.glance(own, &[fields, &dispatching].concat())?;
        Ok(item.map(|item| self.dispatched(number, local_id, item)))
    }

    fn insert(&mut self, item: &Item) -> Result<Written, StoreError> {
        let none =
            || StoreError::new(ErrorKind::Refused, format!("no part of {} takes it", self.datastore.name));
        let number = self.datastore.part_for(item).ok_or_else(none)?;
        self.insert_into(number, item)
    }

    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        let (number, own) = self.find(local_id)?;
        let elsewhere = self.datastore.part_for(item).filter(|_| !self.part(number).takes(item));
        let Some(elsewhere) = elsewhere else {
            let written = self.open(number)?.update(own, item)?;
            return Ok(Written { local_id: self.outward(number, &written.local_id), ..written });
        };
        // It is another part's now. What this change does not mention moves with it.
        let mut whole = self.open(number)?.read(own)?.ok_or_else(|| StoreError::gone(local_id))?;
        whole.take_over(item);
        let written = self.insert_into(elsewhere, &whole)?;
        let deleted = self.open(number)?.delete(own);
        if let Err(error) = deleted {
            self.delete(&written.local_id)?;
            return Err(error);
        }
        Ok(written)
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        let Some((number, own)) = self.datastore.part_of(local_id) else { return Ok(false) };
        self.open(number)?.delete(own)
    }

    /// Runs the script of each part, and the superdatastore's own. They say no if one of them does.
    fn run_script(&mut self, script: DatabaseScript) -> Result<Option<Value>, StoreError> {
        let mut said = self.each(|_, store| store.run_script(script))?;
        if let Some(own) = &self.scope.scripts {
            said.push(own.run(script, &Moment::default(), None, None)?);
        }
        let no = |said: &Value| said.to_integer().is_none_or(|number| number == 0);
        let all = || said.iter().flatten();
        Ok(all().find(|said| no(said)).or_else(|| all().next()).cloned())
    }

    fn finalise(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(self.each(|_, store| store.finalise())?.concat())
    }
}

impl Targets for SuperStore<'_> {
    fn target(&mut self) -> Result<Target, StoreError> {
        let target = together(self.each(|_, store| store.target())?);
        if let Some(own) = &self.scope.scripts {
            own.know_target(&target.key);
        }
        Ok(target)
    }

    fn save_target(&mut self, target: &Target) -> Result<(), StoreError> {
        let mut parts = Vec::new();
        for number in 0..self.datastore.parts().len() {
            // A half-received item is of no part yet: the first one keeps it.
            let partial = target.resume.partial.clone().filter(|_| number == 0);
            parts.push(Target {
                key: of_part(target, number)?.key.clone(),
                token: of_part(target, number)?.token.clone(),
                resume: Resume { partial, ..target.resume },
                parts: Vec::new(),
                ..target.clone()
            });
        }
        self.each(|number, store| store.save_target(&parts[number])).map(drop)
    }

    fn maps(&mut self, target: &Target) -> Result<Vec<MapEntry>, StoreError> {
        let of_parts = self.each(|number, store| store.maps(of_part(target, number)?))?;
        let mut all = Vec::new();
        for (number, entries) in of_parts.into_iter().enumerate() {
            let outward =
                |entry: MapEntry| MapEntry { local_id: self.outward(number, &entry.local_id), ..entry };
            all.extend(entries.into_iter().map(outward));
        }
        Ok(all)
    }

    fn insert_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        self.with_map(target, &entry.local_id, |store, target, own| {
            store.insert_map(target, &inward(entry, own))
        })
    }

    fn update_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        self.with_map(target, &entry.local_id, |store, target, own| {
            store.update_map(target, &inward(entry, own))
        })
    }

    fn delete_map(&mut self, target: &Target, local_id: &str) -> Result<(), StoreError> {
        self.with_map(target, local_id, |store, target, own| store.delete_map(target, own))
    }
}

fn inward(entry: &MapEntry, own: &str) -> MapEntry {
    MapEntry { local_id: own.to_owned(), ..entry.clone() }
}

fn of_part(target: &Target, number: usize) -> Result<&Target, StoreError> {
    let missing = || StoreError::new(ErrorKind::Unavailable, format!("target {} has no parts", target.key));
    target.parts.get(number).ok_or_else(missing)
}

/// What holds for all parts. Where their anchors disagree there is none, so that everything is compared; where one has
/// never been synced, or is behind, all are taken for it; and a session is taken up only where it broke off in all.
fn together(parts: Vec<Target>) -> Target {
    let first = parts.first().cloned().unwrap_or_default();
    let agree = |same: fn(&Target, &Target) -> bool| parts.iter().all(|part| same(part, &first));
    let resumes = agree(|a, b| (a.resume.alert, a.resume.stamp) == (b.resume.alert, b.resume.stamp));
    // `None` is the least: it has never been.
    let least = |of: fn(&Target) -> Option<i64>| parts.iter().map(of).min().flatten();
    Target {
        key: parts.iter().map(|part| part.key.as_str()).collect::<Vec<_>>().join(" "),
        anchor: if agree(|a, b| a.anchor == b.anchor) { first.anchor.clone() } else { String::new() },
        last_sync: least(|part| part.last_sync),
        last_sent: least(|part| part.last_sent),
        token: String::new(),
        resume: if resumes { first.resume.clone() } else { Resume::default() },
        parts,
    }
}
