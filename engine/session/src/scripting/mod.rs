//! Running the scripts of the config in a session: what they are given, and what they say (manual 6, 10.5.8 to
//! 10.5.14).
//!
//! Not its job: the languages (`syncloom_script`), the order of the scripts around an item (`Pipeline` of
//! `syncloom_formats`), and what becomes of an answer (`session`, `sync`).

mod custom;
mod database;
mod datastore;
mod filters;
mod item;
mod login;
mod run;
mod session;
mod status;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syncloom_config::{RemoteRule, RuleScript};
use syncloom_formats::{Hosts, Pipeline, ScriptFault};
use syncloom_script::Timestamp;
use syncloom_script::lang::{System, TypedValue};
use syncloom_script::time::Zones;

use crate::server::Server;
pub(crate) use custom::{CustomItem, Issued};
pub(crate) use database::DatabaseState;
pub(crate) use datastore::{DatastoreState, Limits};
pub(crate) use filters::Filters;
pub(crate) use item::{EchoAs, ItemState};
pub(crate) use login::{Keys, LoginState};
pub(crate) use run::{Beyond, is_true};
pub(crate) use session::SessionState;
pub(crate) use status::ItemStatus;

/// What all scripts of one session share. The session and its datastores each have a hand on it.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Mutex<Shared>>);

struct Shared {
    machine: Machine,
    zones: Zones,
    state: SessionState,
}

/// How often scripts ask for the time that has gone by in what counts as a millisecond of theirs. They ask every
/// thousand rounds of a loop, so that the default `<looptimeout>` of five seconds is some 50 million rounds: a few
/// seconds. A session reads no clock, and a recording of it must end its scripts where the session did.
const ASKED_PER_MS: u64 = 10;

/// The clock and the dice of the session, which were given to it.
#[derive(Default)]
struct Machine {
    now: i64,
    /// How often a script has asked for the time that has gone by.
    asked: u64,
    dice: u64,
    notes: Vec<String>,
}

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(self.now)
    }

    fn elapsed_ms(&mut self) -> u64 {
        self.asked += 1;
        self.asked / ASKED_PER_MS
    }

    /// Knuth's linear congruential generator: scripts want any number, not one that nobody can guess.
    fn random(&mut self, seed: Option<i64>) -> u64 {
        if let Some(seed) = seed {
            self.dice = seed as u64;
        }
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.dice >> 11
    }

    fn log(&mut self, text: &str) {
        self.notes.push(format!("script: {text}"));
    }
}

impl Desk {
    /// The desk of a session that has not seen a message yet.
    pub(crate) fn new(server: &Arc<Server>) -> Self {
        let mut zones = server.config().zones.clone();
        if let Some(settings) = server.settings() {
            zones.set_user(settings.user_zone);
        }
        Desk(Arc::new(Mutex::new(Shared {
            machine: Machine::default(),
            zones,
            state: SessionState::new(server),
        })))
    }

    /// The shared state is whole between any two calls.
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the time of the message that is worked off.
    pub(crate) fn set_now(&self, now: i64) {
        let mut shared = self.shared();
        shared.machine.now = now;
        shared.state.now = now;
        shared.machine.dice ^= now as u64;
    }

    /// The present and the zones that the session knows, as formats need them.
    pub(crate) fn time_and_zones(&self) -> (Timestamp, Zones) {
        let mut shared = self.shared();
        (shared.machine.now(), shared.zones.clone())
    }

    /// Takes over the zones that a peer's item has defined: those that the session knew are among them.
    pub(crate) fn learn_zones(&self, zones: &Zones) {
        self.shared().zones = zones.clone();
    }

    /// Looks at what scripts have said of the session, or says what they may ask.
    pub(crate) fn state<T>(&self, look: impl FnOnce(&mut SessionState) -> T) -> T {
        look(&mut self.shared().state)
    }

    /// The lines that scripts have written.
    pub(crate) fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut self.shared().machine.notes)
    }

    /// Runs scripts of a datatype with all that they may ask: what comes of them, and a line for each that fails.
    pub(crate) fn run_type<T>(
        &self,
        scripts: &mut Pipeline,
        datastore: &mut DatastoreState,
        item: &mut ItemState,
        run: impl FnOnce(&mut Pipeline, &mut Hosts<'_>) -> T,
    ) -> T {
        let mut shared = self.shared();
        let Shared { machine, zones, state } = &mut *shared;
        let mut hosts = Hosts {
            system: machine,
            zones,
            session: Some(state),
            datastore: Some(datastore),
            item: Some(item),
        };
        let result = run(scripts, &mut hosts);
        machine.notes.extend(scripts.take_faults().iter().map(ToString::to_string));
        result
    }

    /// Runs the script of a remote rule, which sees the variables of the session (manual 11.36.24).
    pub(crate) fn run_rule(&self, server: &Server, rule: &RemoteRule) {
        let Some(settings) = server.settings().filter(|_| rule.script.has(RuleScript)) else { return };
        let scripts = &settings.session_scripts;
        let known = self.state(|session| session.take_variables(scripts));
        let mut variables = rule.script.context().take_over(known);
        let hosts = Beyond { session_context: Some(scripts.context()), ..Beyond::default() };
        self.run(&rule.script, RuleScript, &mut variables, hosts);
        self.state(|session| session.put_variables(scripts, variables));
    }
}

/// What a run gives; one that fails gives nothing, and a line that says where.
fn value_of(
    result: Result<Option<TypedValue>, syncloom_script::lang::RunError>,
    origin: Option<(&'static str, &syncloom_config::Place)>,
    notes: &mut Vec<String>,
) -> Option<TypedValue> {
    match result {
        Ok(value) => value,
        Err(error) => {
            notes.push(match origin {
                Some((tag, place)) => ScriptFault { tag, place: place.clone(), error }.to_string(),
                None => error.to_string(),
            });
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use syncloom_script::functions::Contexts;
    use syncloom_script::lang::{ContextBuilder, Env, Library};

    use super::*;

    #[test]
    fn a_loop_without_end_ends() {
        let mut builder = ContextBuilder::new(&Arc::new(Library::empty()), Contexts::GLOBAL);
        let endless = builder.script("WHILE (1==1) { }");
        let (context, errors) = builder.build();
        assert!(errors.is_empty());
        let mut machine = Machine::default();
        let result = context.run(endless, &mut context.variables(), &mut Env::new(&mut machine));
        assert!(result.is_err());
    }
}
