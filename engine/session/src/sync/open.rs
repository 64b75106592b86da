//! The beginning of a datastore's sync: the peer's Alert, and the anchors (OMA-DS 5.5, 10.1).

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use syncloom_config::{Config, Datastore, DbType};
use syncloom_script::Timestamp;
use syncloom_script::time::DAY_MS;
use syncloom_stores::{Backend, Scope, StoreError};
use syncloom_wire::{Alert, Anchor, Item, Location, Meta, Version};

use super::home;
use super::mode::{Asked, Direction, Mode, RESUME};
use super::own_scripts::{OwnScripts, admin_ready};
use super::view::View;
use super::{DatastoreSync, asked};
use crate::report::DatastoreReport;
use crate::scripting::{DatastoreState, Desk, StateDesk, run_scripts_of};
use crate::server::{Server, Stamp};

/// Why an Alert is refused.
pub(crate) enum AlertError {
    /// The status to answer, and why.
    Refused(u16, String),
    /// The datastore could not be reached.
    Store(StoreError),
}

impl AlertError {
    fn because((status, why): (u16, String)) -> Self {
        AlertError::Refused(status, why)
    }
}

impl From<StoreError> for AlertError {
    fn from(error: StoreError) -> Self {
        AlertError::Store(error)
    }
}

/// What a datastore takes from its session.
pub(crate) struct Around<'a> {
    pub(crate) server: &'a Arc<Server>,
    pub(crate) scope: &'a Scope,
    pub(crate) stamp: &'a Stamp,
    pub(crate) version: Version,
    /// The largest item that the peer takes in any datastore.
    pub(crate) max_obj_size: Option<u64>,
    pub(crate) desk: &'a Desk,
}

/// A datastore that is going to be synced.
pub(crate) struct Alerted {
    /// The sync.
    pub(crate) sync: DatastoreSync,
    /// The status of the peer's Alert.
    pub(crate) status: u16,
    /// Our own Alert, without its number.
    pub(crate) alert: Alert,
}

/// The datastore that an address means, and the folder in it.
pub(super) fn find_datastore<'c>(config: &'c Config, uri: &str) -> Option<(&'c Arc<Datastore>, String)> {
    let path = path_of(uri);
    let datastores = config.server.as_ref().map(|server| server.datastores.as_slice()).unwrap_or_default();
    datastores.iter().find_map(|datastore| {
        let names = std::iter::once(&datastore.name).chain(&datastore.aliases);
        names.into_iter().find_map(|name| {
            let head = path.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name))?;
            let rest = &path[head.len()..];
            match rest.strip_prefix('/') {
                Some(folder) => Some((datastore, folder.to_owned())),
                None if rest.is_empty() => Some((datastore, String::new())),
                None => None,
            }
        })
    })
}

/// The names of what an address means: a datastore, or the parts of one that has some.
pub(crate) fn names_at(config: &Config, uri: &str) -> Vec<String> {
    let found = find_datastore(config, uri).map(|(datastore, _)| datastore);
    found.into_iter().flat_map(home::all).map(|datastore| datastore.name.clone()).collect()
}

/// Whether two addresses mean the same datastore.
pub(super) fn same_address(a: &str, b: &str) -> bool {
    path_of(a).eq_ignore_ascii_case(path_of(b))
}

/// `./contacts/private?options` without what does not name a datastore.
fn path_of(uri: &str) -> &str {
    let path = uri.split('?').next().unwrap_or_default();
    path.trim_start_matches("./").trim_matches('/')
}

impl DatastoreSync {
    /// Begins a sync as the peer asks and the anchors allow.
    pub(crate) fn open(
        around: &Around<'_>,
        backend: &mut dyn Backend,
        alert: &Alert,
        notes: &mut Vec<String>,
    ) -> Result<Alerted, AlertError> {
        let Around { server, scope, stamp, version, max_obj_size, desk } = *around;
        let code = alert.code.unwrap_or_default();
        let item = alert.items.first().ok_or_else(|| refused(400, "Alert without an item"))?;
        let uri = item.target.as_ref().map_or("", |target| target.uri.as_str());
        let remote_uri = item.source.as_ref().map_or("", |source| source.uri.as_str());
        let config = server.config();
        let (datastore, folder) =
            find_datastore(config, uri).ok_or_else(|| refused(404, &format!("no datastore {uri}")))?;
        let asked_for = Asked::by(code);
        let accepts = server.settings().is_some_and(|settings| settings.accept_server_alerted);
        let offered = match asked_for {
            Some(asked) => accepts || !asked.server_alerted,
            None => code == RESUME && version >= Version::V1_2,
        };
        if !offered {
            return Err(refused(406, &format!("sync mode {code} of {uri} is not offered")));
        }
        let mut state = DatastoreState {
            name: datastore.name.clone(),
            local_uri: uri.to_owned(),
            remote_uri: remote_uri.to_owned(),
            alert: code,
            read_only: datastore.read_only || desk.state(|session| session.read_only),
            ..DatastoreState::default()
        };
        let filter = item.target.as_ref().and_then(|target| target.filter.as_deref());
        let (now, _) = desk.time_and_zones();
        asked::take_over(&mut state, datastore, uri, filter, now, notes)
            .map_err(|(status, why)| AlertError::Refused(status, format!("{uri}: {why}")))?;
        let mut own_scripts = OwnScripts::new(datastore);
        let state = StateDesk::new(state);
        own_scripts.alerted(desk, datastore, &state).map_err(AlertError::because)?;
        // A script may have something else in mind.
        let code = state.look().alert;
        let asked_for = Asked::by(code);
        if asked_for.is_none() && code != RESUME {
            return Err(refused(406, &format!("sync mode {code} of {uri} is not offered")));
        }
        let asked = item.meta.anchor.clone().unwrap_or_default();
        let user_key = &scope.user_key;
        let scope = Scope { remote_path: remote_uri.to_owned(), stamp: stamp.own, ..scope.clone() };
        let mut scope = backend
            .place(datastore, &scope, &folder)?
            .ok_or_else(|| refused(404, &format!("user {user_key} has no folder {folder} in {uri}")))?;
        run_scripts_of(datastore, &mut scope, desk, &state);
        let mut store = backend.store(datastore, &scope)?;
        let target = store.target()?;
        state.look().first_time = target.last_sync.is_none();
        admin_ready(datastore, store.as_mut(), &state, notes).map_err(AlertError::because)?;
        drop(store);

        let last = asked.last.as_deref().unwrap_or_default();
        let in_step = !state.look().force_slow
            && !target.anchor.is_empty()
            && target.last_sync.is_some()
            && target.anchor == last;
        let broken_off = Asked::by(target.resume.alert).filter(|_| datastore.resume && asked_for.is_none());
        // What a slow sync has confirmed is in the map, whatever the anchors say.
        let resumed = broken_off.filter(|asked| asked.mode.slow || in_step);
        let two_way = Asked { mode: Mode { direction: Direction::Both, slow: false }, server_alerted: false };
        let wanted = resumed.or(asked_for).unwrap_or(two_way);
        let (mode, status) = match wanted.mode {
            mode if mode.slow => (mode, 200),
            mode if !in_step => (mode.slowly(), 508),
            // There is nothing to go on with, so it is a normal sync.
            mode if code == RESUME && resumed.is_none() => (mode, 509),
            mode => (mode, 200),
        };
        let own_code = if wanted.server_alerted && mode == wanted.mode { code } else { mode.code() };
        // What the peer has sent in a session that broke off, it knows; the server may have been stopped since.
        if let Some(stamp) = target.resume.stamp {
            let last_sent = target.last_sent.unwrap_or(i64::MIN);
            server.remember_known(&datastore.name, &target.key, stamp, last_sent, true);
        }
        let reference = stamp.reference - stamp.reference.rem_euclid(resolution(datastore));
        let ours = Anchor { last: target.last_sync.map(anchor_text), next: anchor_text(reference) };
        let own_max_obj_size = u64::from(config.max_obj_size);
        let own_alert = Alert {
            code: Some(own_code),
            items: vec![Item {
                target: Some(Location::new(remote_uri)),
                source: Some(Location::new(uri)),
                meta: Meta { anchor: Some(ours), max_obj_size: Some(own_max_obj_size), ..Meta::default() },
                ..Item::default()
            }],
            ..Alert::default()
        };
        let mut script_state = state.look();
        (script_state.alert, script_state.slow) = (own_code, mode.slow);
        drop(script_state);
        let sync = DatastoreSync {
            server: Arc::clone(server),
            datastore: Arc::clone(datastore),
            local_uri: uri.to_owned(),
            remote_uri: remote_uri.to_owned(),
            first_time: target.last_sync.is_none(),
            suspended: resumed.and_then(|_| target.resume.partial.clone()),
            scope,
            target,
            mode,
            desk: desk.clone(),
            own_scripts,
            script_state: state,
            echoes: VecDeque::new(),
            view: View::default(),
            // A peer that has asked for one direction, and not for a refresh, has not asked us to forget anything.
            wipe: mode.direction == Direction::FromClient && wanted.mode.slow,
            resuming: resumed.is_some(),
            next_anchor: asked.next,
            reference,
            max_obj_size: item.meta.max_obj_size.or(max_obj_size).filter(|size| *size > 0),
            heard: false,
            loaded: None,
            outgoing: None,
            over: false,
            sent: HashMap::new(),
            incoming: None,
            in_pieces: false,
            tail: None,
            seen_others: false,
            broken_off: Vec::new(),
            adding_stopped: false,
            resend: false,
            complete: false,
            shared_stamp: false,
            said: HashSet::new(),
            report: DatastoreReport {
                name: match folder.is_empty() {
                    true => datastore.name.clone(),
                    false => format!("{}/{folder}", datastore.name),
                },
                mode: mode.name(),
                resumed: resumed.is_some(),
                ..DatastoreReport::default()
            },
        };
        Ok(Alerted { sync, status, alert: own_alert })
    }
}

fn refused(status: u16, why: &str) -> AlertError {
    AlertError::Refused(status, why.to_owned())
}

/// In what steps, in milliseconds, the databases of a datastore can keep a time. The anchor that is sent has to be the
/// one that is read back next time.
pub(super) fn resolution(datastore: &Datastore) -> i64 {
    if let Some(coarsest) = datastore.parts().iter().map(|part| resolution(&part.datastore)).max() {
        return coarsest;
    }
    match datastore.last_mod_type() {
        DbType::UnixTimeSeconds | DbType::NsDate => 1000,
        DbType::Date
        | DbType::DateOnly
        | DbType::LinearDate
        | DbType::UnixDateSeconds
        | DbType::UnixDateMillis
        | DbType::UnixDateMicros => DAY_MS,
        _ => 1,
    }
}

/// A stamp as an anchor: ISO 8601 with milliseconds. Peers keep and return it as a text.
fn anchor_text(stamp: i64) -> String {
    let parts = Timestamp::from_unix_ms(stamp).parts();
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}.{:03}Z",
        parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second, parts.milli
    )
}
