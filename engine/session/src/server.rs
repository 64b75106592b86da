//! What all sessions of a server share: the config, the compiled datatypes, the stamps of running sessions, and
//! who may try to log in (`guard`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syncloom_config::{Config, DataType};
use syncloom_formats::{Codec, Profiles};

use crate::guard::Guard;

/// What the sessions of one server share.
pub struct Server {
    config: Arc<Config>,
    codecs: HashMap<String, Arc<Codec>>,
    profiles: Arc<Profiles>,
    stamps: Mutex<Stamps>,
    guard: Mutex<Guard>,
}

/// A config that describes no server.
#[derive(Debug)]
pub struct SetupError;

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the config has no <server>")
    }
}

impl std::error::Error for SetupError {}

impl Server {
    /// A server as the config describes it.
    pub fn new(config: Arc<Config>) -> Result<Arc<Self>, SetupError> {
        if config.server.is_none() {
            return Err(SetupError);
        }
        let compile =
            |datatype: &Arc<DataType>| (datatype.name.clone(), Arc::new(Codec::new(Arc::clone(datatype))));
        let codecs = config.datatypes.iter().map(compile).collect();
        let profiles = Arc::new(Profiles::new(&config.mime_profiles, &config.text_profiles));
        let (stamps, guard) = (Mutex::default(), Mutex::default());
        Ok(Arc::new(Server { config, codecs, profiles, stamps, guard }))
    }

    /// The config.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// The server part of the config; there is one, or [`Server::new`] would have refused.
    pub(crate) fn settings(&self) -> Option<&syncloom_config::Server> {
        self.config.server.as_ref()
    }

    /// The compiled form of a datatype of the config.
    pub(crate) fn codec(&self, datatype: &DataType) -> Option<Arc<Codec>> {
        self.codecs.get(&datatype.name).cloned()
    }

    /// The profiles that scripts can name.
    pub(crate) fn profiles(&self) -> &Arc<Profiles> {
        &self.profiles
    }

    /// The stamp of a session of this device and user that begins to sync now.
    pub(crate) fn begin_sync(self: &Arc<Self>, now: i64, device: &str, user_key: &str) -> Stamp {
        let (own, reference) = lock(&self.stamps).begin(now, (device.to_owned(), user_key.to_owned()));
        Stamp { server: Arc::clone(self), own, reference }
    }

    /// Remembers that the device of a target knows the items with the stamp `own`, although it is newer than
    /// the last sync that is saved; or, if that is not certain, that it may not.
    pub(crate) fn remember_known(
        &self,
        datastore: &str,
        target_key: &str,
        own: i64,
        last_sync: i64,
        certain: bool,
    ) {
        let target = (datastore.to_owned(), target_key.to_owned());
        lock(&self.stamps).remember_known(target, own, last_sync, certain);
    }

    /// The stamps whose items the device of a target knows.
    pub(crate) fn known(&self, datastore: &str, target_key: &str) -> BTreeSet<i64> {
        let target = (datastore.to_owned(), target_key.to_owned());
        lock(&self.stamps).known.get(&target).cloned().unwrap_or_default()
    }

    /// Challenges and wrong logins.
    pub(crate) fn guard(&self) -> MutexGuard<'_, Guard> {
        lock(&self.guard)
    }
}

/// The shared state is whole between any two calls, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stamp of one syncing session: what it writes carries [`Stamp::own`], and next time its device is sent
/// what is newer than [`Stamp::reference`].
///
/// The two are the same unless another device is syncing meanwhile. That one may still write items with its
/// own, older stamp, after this one has looked; so the reference stays before it, and the device will see them.
/// A session of the same device does not count: what it writes comes from this device, which has broken it off.
pub(crate) struct Stamp {
    server: Arc<Server>,
    /// In milliseconds since 1970, different for every session of the server.
    pub(crate) own: i64,
    /// In milliseconds since 1970.
    pub(crate) reference: i64,
}

impl Drop for Stamp {
    fn drop(&mut self) {
        lock(&self.server.stamps).running.remove(&self.own);
    }
}

#[derive(Default)]
struct Stamps {
    last: i64,
    /// The sessions that are syncing, by their stamps: device and user.
    running: BTreeMap<i64, (String, String)>,
    /// By datastore and target: stamps after the last sync that is saved, whose items came from the device. To
    /// send those back would be harmless, but to take them for changes of ours would make conflicts out of the
    /// device's own next changes. A restart of the server forgets them.
    known: HashMap<(String, String), BTreeSet<i64>>,
}

impl Stamps {
    fn begin(&mut self, now: i64, whose: (String, String)) -> (i64, i64) {
        self.last = now.max(self.last + 1);
        let oldest = self.running.iter().find(|(_, other)| **other != whose).map(|(stamp, _)| stamp - 1);
        self.running.insert(self.last, whose);
        (self.last, oldest.unwrap_or(self.last))
    }

    fn remember_known(&mut self, target: (String, String), own: i64, last_sync: i64, certain: bool) {
        let mut known = self.known.remove(&target).unwrap_or_default();
        known.retain(|stamp| *stamp > last_sync && *stamp != own);
        if certain && own > last_sync {
            known.insert(own);
        }
        if !known.is_empty() {
            self.known.insert(target, known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_different_and_stay_before_whoever_is_still_writing() {
        let mut stamps = Stamps::default();
        let of = |device: &str| (device.to_owned(), "1".to_owned());
        assert_eq!(stamps.begin(1000, of("a")), (1000, 1000));
        assert_eq!(stamps.begin(1000, of("b")), (1001, 999));
        stamps.running.remove(&1000);
        assert_eq!(stamps.begin(900, of("c")), (1002, 1000), "a clock that goes backwards is not followed");
        stamps.running.clear();
        assert_eq!(stamps.begin(2000, of("a")), (2000, 2000));
        assert_eq!(stamps.begin(3000, of("a")), (3000, 3000), "a device does not wait for itself");
        assert_eq!(stamps.begin(4000, of("b")), (4000, 1999));
    }

    #[test]
    fn what_a_device_knows_is_kept_until_a_sync_vouches_for_it() {
        let mut stamps = Stamps::default();
        let target = || ("contacts".to_owned(), "1".to_owned());
        // Own stamp, saved sync, whether the device knows; and what is remembered then.
        for (own, last_sync, certain, remembered) in [
            (10, 5, true, vec![10]),
            (20, 5, true, vec![10, 20]),
            // Versions were merged in that session after all.
            (20, 5, false, vec![10]),
            // What is not newer than the saved sync needs no memory.
            (30, 12, true, vec![30]),
            (40, 40, true, vec![]),
        ] {
            stamps.remember_known(target(), own, last_sync, certain);
            let known: Vec<i64> = stamps.known.get(&target()).into_iter().flatten().copied().collect();
            assert_eq!(known, remembered);
        }
        assert!(stamps.known.is_empty(), "a target without anything takes no room");
    }
}
