//! The scripts around the database of a datastore (manual 11.34.41, 12.20): those around each row, which the store runs in
//! their places, and those that see no item.
//!
//! Not its job: their order. Around an item it is the store's, for the others the sync's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syncloom_config::{DatabaseScript, Datastore};
use syncloom_script::lang::Variables;
use syncloom_script::{FieldId, Item, Value};
use syncloom_stores::{ErrorKind, Moment, RowScripts, Scope, ScriptSql, StoreError};

use super::database::DatabaseState;
use super::sql::SqlHost;
use super::{Beyond, Desk, ItemState, StateDesk};

/// Runs the scripts around the database of one datastore, or of one part of a superdatastore, in one session.
struct RowDesk {
    desk: Desk,
    datastore: Arc<Datastore>,
    state: StateDesk,
    own: Mutex<Own>,
}

/// What its scripts share.
struct Own {
    variables: Variables,
    database: DatabaseState,
    condition: String,
    kept: Vec<(String, Item)>,
}

/// Sees to it that the stores of a scope, and those of its parts, run their scripts.
pub(crate) fn run_scripts_of(datastore: &Arc<Datastore>, scope: &mut Scope, desk: &Desk, state: &StateDesk) {
    for (part, scope) in datastore.parts().iter().zip(&mut scope.parts) {
        run_scripts_of(&part.datastore, scope, desk, state);
    }
    if datastore.database_scripts.is_empty() {
        return;
    }
    let own = Own {
        variables: datastore.database_scripts.variables(),
        database: DatabaseState::new(scope, datastore.data_zone),
        condition: String::new(),
        kept: Vec::new(),
    };
    scope.scripts = Some(Arc::new(RowDesk {
        desk: desk.clone(),
        datastore: Arc::clone(datastore),
        state: state.clone(),
        own: Mutex::new(own),
    }));
}

impl RowDesk {
    /// It is whole between any two calls.
    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RowScripts for RowDesk {
    fn run(
        &self,
        script: DatabaseScript,
        moment: &Moment<'_>,
        row: Option<&mut Item>,
        sql: Option<&mut dyn ScriptSql>,
    ) -> Result<Option<Value>, StoreError> {
        let mut own = self.own();
        let Own { variables, database, condition, .. } = &mut *own;
        let (_, zones) = self.desk.time_and_zones();
        database.at(moment);
        database.times.zones = zones.clone();
        let mut item = ItemState { local_id: moment.local_id.to_owned(), ..ItemState::default() };
        let mut sql = sql.map(|sql| SqlHost::new(sql, zones, Some(condition)));
        let mut state = self.state.look();
        let hosts = Beyond {
            datastore: Some(&mut *state),
            database: Some(database),
            item: Some(&mut item),
            row,
            ..Beyond::default()
        };
        let scripts = &self.datastore.database_scripts;
        let result = self.desk.try_run(scripts, script, variables, hosts, sql.as_mut());
        self.desk.note(sql.map(|sql| sql.notes).unwrap_or_default());
        let failed = |fault: String| StoreError::new(ErrorKind::Refused, fault);
        result.map_err(failed)
    }

    fn load(&self, row: &Item, variables: &mut dyn Iterator<Item = FieldId>) {
        let mut own = self.own();
        for field in variables {
            if let Some(named) = row.list().get(field) {
                let context = self.datastore.database_scripts.context();
                context.set(&mut own.variables, &named.name, row.get(field));
            }
        }
    }

    fn save(&self, row: &mut Item) {
        let own = self.own();
        let list = row.list().clone();
        let context = self.datastore.database_scripts.context();
        let fields = self.datastore.field_map().map_or(usize::MAX, |map| map.list.len());
        for (id, field) in list.iter().skip(fields) {
            if let Some(typed) = context.value(&own.variables, &field.name) {
                row.set(id, typed.value);
            }
        }
    }

    fn keep(&self, local_id: &str, item: Item) {
        self.own().kept.push((local_id.to_owned(), item));
    }

    fn take_kept(&self) -> Vec<(String, Item)> {
        std::mem::take(&mut self.own().kept)
    }

    fn know_target(&self, key: &str) {
        key.clone_into(&mut self.own().database.target_key);
    }

    fn sql_filter(&self) -> String {
        self.own().condition.clone()
    }
}
