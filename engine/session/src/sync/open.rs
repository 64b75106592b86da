//! The beginning of a datastore's sync: the peer's Alert, and the anchors (OMA-DS 5.5, 10.1).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use syncloom_config::{Config, Datastore, DbType};
use syncloom_script::Timestamp;
use syncloom_script::time::DAY_MS;
use syncloom_stores::{Backend, Scope, StoreError};
use syncloom_wire::{Alert, Anchor, Item, Location, Meta};

use super::{DatastoreSync, Target};
use crate::report::DatastoreReport;
use crate::server::{Server, Stamp};

/// Why an Alert is refused.
pub(crate) enum AlertError {
    /// The status to answer, and why.
    Refused(u16, String),
    /// The datastore could not be reached.
    Store(StoreError),
}

impl From<StoreError> for AlertError {
    fn from(error: StoreError) -> Self {
        AlertError::Store(error)
    }
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
pub(crate) fn find_datastore<'c>(config: &'c Config, uri: &str) -> Option<(&'c Arc<Datastore>, String)> {
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
    /// Begins a two-way sync (alert 200) or a slow one (201), as the peer asks and the anchors allow.
    pub(crate) fn open(
        server: &Arc<Server>,
        backend: &mut dyn Backend,
        scope: &Scope,
        stamp: &Stamp,
        alert: &Alert,
    ) -> Result<Alerted, AlertError> {
        let code = alert.code.unwrap_or_default();
        let item = alert.items.first().ok_or_else(|| refused(400, "Alert without an item"))?;
        let uri = item.target.as_ref().map_or("", |target| target.uri.as_str());
        let remote_uri = item.source.as_ref().map_or("", |source| source.uri.as_str());
        let config = server.config();
        let (datastore, folder) =
            find_datastore(config, uri).ok_or_else(|| refused(404, &format!("no datastore {uri}")))?;
        if !matches!(code, 200 | 201 | 206 | 225) {
            return Err(refused(406, &format!("sync mode {code} of {uri} is not offered")));
        }
        let asked = item.meta.anchor.clone().unwrap_or_default();
        let user_key = &scope.user_key;
        let folder_key = backend
            .folder(datastore, user_key, &folder)?
            .ok_or_else(|| refused(404, &format!("user {user_key} has no folder {folder} in {uri}")))?;
        let scope =
            Scope { folder_key, remote_path: remote_uri.to_owned(), stamp: stamp.own, ..scope.clone() };
        let target = backend.store(datastore, &scope)?.target()?;

        let last = asked.last.as_deref().unwrap_or_default();
        let in_step = !target.anchor.is_empty() && target.last_sync.is_some() && target.anchor == last;
        let slow = code == 201 || !in_step;
        let status = match code {
            // Nothing of a session that broke off is kept yet that could be taken up again.
            225 => 509,
            201 => 200,
            _ if slow => 508,
            _ => 200,
        };
        let reference = stamp.reference - stamp.reference.rem_euclid(resolution(datastore.last_mod_type()));
        let ours = Anchor { last: target.last_sync.map(anchor_text), next: anchor_text(reference) };
        let max_obj_size = u64::from(config.max_obj_size);
        let own_alert = Alert {
            code: Some(if slow { 201 } else { 200 }),
            items: vec![Item {
                target: Some(Location::new(remote_uri)),
                source: Some(Location::new(uri)),
                meta: Meta { anchor: Some(ours), max_obj_size: Some(max_obj_size), ..Meta::default() },
                ..Item::default()
            }],
            ..Alert::default()
        };
        let sync = DatastoreSync {
            server: Arc::clone(server),
            datastore: Arc::clone(datastore),
            local_uri: uri.to_owned(),
            remote_uri: remote_uri.to_owned(),
            first_time: target.last_sync.is_none(),
            scope,
            target,
            slow,
            next_anchor: asked.next,
            reference,
            max_obj_size: item.meta.max_obj_size,
            heard: false,
            loaded: None,
            outgoing: None,
            sent: HashMap::new(),
            incoming: None,
            broken_off: Vec::new(),
            resend: false,
            complete: false,
            shared_stamp: false,
            said: HashSet::new(),
            report: DatastoreReport { name: datastore.name.clone(), slow, ..DatastoreReport::default() },
        };
        Ok(Alerted { sync, status, alert: own_alert })
    }

    /// Makes the next sync a slow one whatever becomes of this one: what a slow sync has begun to change is
    /// not what the saved anchors vouch for.
    pub(super) fn invalidate_anchor(&mut self, backend: &mut dyn Backend) -> Result<(), StoreError> {
        if !self.target.anchor.is_empty() {
            let target = Target { anchor: String::new(), ..self.target.clone() };
            backend.store(&self.datastore, &self.scope)?.save_target(&target)?;
        }
        Ok(())
    }
}

fn refused(status: u16, why: &str) -> AlertError {
    AlertError::Refused(status, why.to_owned())
}

/// In what steps, in milliseconds, the database can keep a time. The anchor that is sent has to be the one that
/// is read back next time.
pub(super) fn resolution(kind: DbType) -> i64 {
    match kind {
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
