//! The datastore's own scripts and those around its database that see no item: at the Alert, before the first item, and
//! at the end (manual 11.34.21 to 11.34.25, 11.34.41, 12.20.25).
//!
//! Not its job: the scripts of statuses (`statuses`), those around items in the database (`syncloom_stores`), and those of
//! the datatypes.

use std::sync::Arc;

use syncloom_config::{DatabaseScript, Datastore, DatastoreScript};
use syncloom_script::Value;
use syncloom_script::lang::Variables;
use syncloom_stores::{Backend, Store, StoreError};

use super::{DatastoreSync, home};
use crate::scripting::{Beyond, Desk, ItemStatus, StateDesk, is_true};

/// The variables that the scripts of one datastore in one session share.
pub(super) struct OwnScripts {
    variables: Variables,
    /// `<initscript>` has run, so that `<finishscript>` has something to clean up.
    begun: bool,
    /// The scripts of the end have run.
    ended: bool,
}

/// What `<adminreadyscript>` makes of a sync if it says no.
const STORE_FAILED: u16 = 510;

impl OwnScripts {
    pub(super) fn new(datastore: &Arc<Datastore>) -> Self {
        OwnScripts { variables: datastore.scripts.variables(), begun: false, ended: false }
    }

    /// Runs a script of the datastore.
    pub(super) fn run(
        &mut self,
        desk: &Desk,
        datastore: &Datastore,
        state: &StateDesk,
        status: Option<&mut ItemStatus>,
        kind: DatastoreScript,
    ) -> Option<Value> {
        let mut state = state.look();
        let hosts = Beyond { datastore: Some(&mut state), status, ..Beyond::default() };
        desk.run(&datastore.scripts, kind, &mut self.variables, hosts)
    }

    /// An Alert has come. `Err` is the status that a script refuses it with, and why.
    pub(super) fn alerted(
        &mut self,
        desk: &Desk,
        datastore: &Datastore,
        state: &StateDesk,
    ) -> Result<(), (u16, String)> {
        let value = self.run(desk, datastore, state, None, DatastoreScript::Alert);
        let said = value.and_then(|value| value.to_integer()).and_then(|said| u16::try_from(said).ok());
        // Scripts written for engines that look at no value may give any.
        let abort = state.look().take_abort();
        let refusal = abort.or(said.filter(|status| (300..600).contains(status)));
        refusal.map_or(Ok(()), |status| Err((status, format!("<alertscript> of {} refuses", datastore.name))))
    }
}

/// What is remembered of the last sync has been read: runs the script that may refuse to go on from there.
pub(super) fn admin_ready(
    datastore: &Datastore,
    store: &mut dyn Store,
    state: &StateDesk,
    notes: &mut Vec<String>,
) -> Result<(), (u16, String)> {
    let said = run_in(store, DatabaseScript::AdminReady, notes);
    let refused = (is_true(said) == Some(false)).then_some(STORE_FAILED);
    let abort = state.look().take_abort();
    let refusal = abort.or(refused);
    refusal
        .map_or(Ok(()), |status| Err((status, format!("<adminreadyscript> of {} refuses", datastore.name))))
}

/// Runs a script of the database that sees no item. One that fails gives nothing, and a line that says where.
fn run_in(store: &mut dyn Store, script: DatabaseScript, notes: &mut Vec<String>) -> Option<Value> {
    store.run_script(script).unwrap_or_else(|error| {
        notes.push(error.to_string());
        None
    })
}

impl DatastoreSync {
    /// Runs the script that comes before the items are read.
    pub(super) fn begin_own_scripts(&mut self) {
        let (desk, state) = (&self.desk, &self.script_state);
        self.own_scripts.run(desk, &self.datastore, state, None, DatastoreScript::Init);
        self.obey();
    }

    /// Runs the scripts of the database that come before the first item, and after those that set filters and limits.
    pub(super) fn begin_database(&mut self, backend: &mut dyn Backend, notes: &mut Vec<String>) {
        self.own_scripts.begun = true;
        let filters = self.run_database(backend, DatabaseScript::OptionFilter, notes);
        self.script_state.look().database_handles_options = is_true(filters) == Some(true);
        self.run_database(backend, DatabaseScript::Init, notes);
        self.obey();
    }

    /// Does with the items that were written what waits for the end.
    pub(super) fn finalise(
        &mut self,
        backend: &mut dyn Backend,
        notes: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        if self.has_script(DatabaseScript::Finalisation) {
            let lines = backend.store(&self.datastore, &self.scope)?.finalise()?;
            notes.extend(lines.iter().map(|line| format!("datastore {}: {line}", self.name())));
        }
        Ok(())
    }

    /// Runs the scripts of the end, however it came to that. Does nothing if they have been run.
    pub(crate) fn end_own_scripts(&mut self, backend: &mut dyn Backend, notes: &mut Vec<String>) {
        if std::mem::replace(&mut self.own_scripts.ended, true) {
            return;
        }
        if self.own_scripts.begun {
            self.run_database(backend, DatabaseScript::Finish, notes);
        }
        self.run_database(backend, DatabaseScript::SyncEnd, notes);
        let (desk, state) = (&self.desk, &self.script_state);
        self.own_scripts.run(desk, &self.datastore, state, None, DatastoreScript::Finish);
    }

    /// Runs a script of the database that sees no item.
    fn run_database(
        &mut self,
        backend: &mut dyn Backend,
        script: DatabaseScript,
        notes: &mut Vec<String>,
    ) -> Option<Value> {
        if !self.has_script(script) {
            return None;
        }
        match backend.store(&self.datastore, &self.scope) {
            Ok(mut store) => run_in(store.as_mut(), script, notes),
            Err(error) => {
                notes.push(format!("datastore {}: {error}", self.name()));
                None
            }
        }
    }

    /// Whether the datastore, or a part of it, has a script of the database.
    fn has_script(&self, script: DatabaseScript) -> bool {
        let mut all = home::all(&self.datastore).chain([&self.datastore]);
        all.any(|datastore| datastore.database_scripts.has(script))
    }
}
