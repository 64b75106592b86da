//! A datastore of its own as a whole: its items in one place, its targets and maps in the same or in another one.
//!
//! Each half is opened when it is needed, which costs nothing: what is open stays so in the places of the session.

use std::collections::HashSet;

use syncloom_config::{self as config, DatabaseScript, Datastore};
use syncloom_script::{FieldId, Item, Value};

use crate::all::All;
use crate::error::StoreError;
use crate::traits::{Items, Listed, MapEntry, Scope, Target, Targets, Written};

/// Both halves of a datastore.
pub(crate) struct Whole<'a> {
    pub(crate) places: &'a mut All,
    pub(crate) datastore: &'a Datastore,
    pub(crate) items: &'a config::Items,
    pub(crate) targets: &'a config::Targets,
    pub(crate) scope: &'a Scope,
}

impl Whole<'_> {
    fn items(&mut self) -> Result<Box<dyn Items + '_>, StoreError> {
        match self.items {
            config::Items::Sql(sql) => self.places.sqlite.items(self.datastore, sql, self.scope),
            config::Items::Plugin(kept) => self.places.plugins.items(self.datastore, kept, self.scope),
        }
    }

    fn targets(&mut self) -> Result<Box<dyn Targets + '_>, StoreError> {
        match self.targets {
            config::Targets::Sql(sql) => self.places.sqlite.targets(self.datastore, sql, self.scope),
            config::Targets::Plugin(_) => self.places.plugins.targets(self.datastore, self.scope),
        }
    }
}

impl Items for Whole<'_> {
    fn list(&mut self) -> Result<Vec<Listed>, StoreError> {
        self.items()?.list()
    }

    fn hidden(&mut self) -> Result<HashSet<String>, StoreError> {
        self.items()?.hidden()
    }

    fn version(&mut self) -> Result<Option<i64>, StoreError> {
        self.items()?.version()
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        self.items()?.hold()
    }

    fn read(&mut self, local_id: &str) -> Result<Option<Item>, StoreError> {
        self.items()?.read(local_id)
    }

    fn glance(&mut self, local_id: &str, fields: &[FieldId]) -> Result<Option<Item>, StoreError> {
        self.items()?.glance(local_id, fields)
    }

    fn insert(&mut self, item: &Item) -> Result<Written, StoreError> {
        self.items()?.insert(item)
    }

    fn update(&mut self, local_id: &str, item: &Item) -> Result<Written, StoreError> {
        self.items()?.update(local_id, item)
    }

    fn delete(&mut self, local_id: &str) -> Result<bool, StoreError> {
        self.items()?.delete(local_id)
    }

    fn run_script(&mut self, script: DatabaseScript) -> Result<Option<Value>, StoreError> {
        self.items()?.run_script(script)
    }

    fn finalise(&mut self) -> Result<Vec<String>, StoreError> {
        self.items()?.finalise()
    }
}

impl Targets for Whole<'_> {
    fn target(&mut self) -> Result<Target, StoreError> {
        let mut target = self.targets()?.target()?;
        if !self.items()?.begin(&target)? {
            // A slow sync finds out what is the same on both sides.
            target.anchor.clear();
        }
        if let Some(scripts) = &self.scope.scripts {
            scripts.know_target(&target.key);
        }
        Ok(target)
    }

    fn save_target(&mut self, target: &Target) -> Result<(), StoreError> {
        let mut target = target.clone();
        self.items()?.vouch(&mut target)?;
        self.targets()?.save_target(&target)
    }

    fn maps(&mut self, target: &Target) -> Result<Vec<MapEntry>, StoreError> {
        self.targets()?.maps(target)
    }

    fn insert_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        self.targets()?.insert_map(target, entry)
    }

    fn update_map(&mut self, target: &Target, entry: &MapEntry) -> Result<(), StoreError> {
        self.targets()?.update_map(target, entry)
    }

    fn delete_map(&mut self, target: &Target, local_id: &str) -> Result<(), StoreError> {
        self.targets()?.delete_map(target, local_id)
    }
}
