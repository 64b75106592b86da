//! Which session may work where, and what each asks while it works.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use syncloom_session::{Place, Watch};

use super::lock::lock;
use super::slot::Slot;

/// How long a session that works on gives others the way. SQLite looks every tenth of a second whether a lock is free: who
/// has been waiting for it would never get it otherwise.
const WAY: Duration = Duration::from_millis(120);

/// Who works where.
#[derive(Default)]
pub(super) struct Claims(Mutex<HashMap<Place, Weak<Slot>>>);

impl Claims {
    /// Forgets sessions that are not there any more.
    pub(super) fn sweep(&self) {
        lock(&self.0).retain(|_, slot| slot.strong_count() > 0);
    }
}

/// The watch of one session.
pub(super) struct Watching {
    slot: Weak<Slot>,
    claims: Arc<Claims>,
    /// Sessions of the same device that have to come to their end.
    others: Vec<Arc<Slot>>,
}

impl Watching {
    pub(super) fn new(slot: &Arc<Slot>, claims: Arc<Claims>) -> Self {
        Watching { slot: Arc::downgrade(slot), claims, others: Vec::new() }
    }
}

impl Watch for Watching {
    fn is_due(&mut self) -> bool {
        self.slot.upgrade().is_some_and(|slot| slot.pace.is_due())
    }

    fn give_way(&mut self) {
        std::thread::sleep(WAY);
    }

    fn is_late(&self) -> bool {
        self.slot.upgrade().is_some_and(|slot| slot.pace.is_late())
    }

    fn is_stopped(&mut self) -> bool {
        self.slot.upgrade().is_none_or(|slot| slot.is_stopped())
    }

    fn claim(&mut self, place: Place) -> bool {
        let before = lock(&self.claims.0).insert(place, Weak::clone(&self.slot));
        let other = before.filter(|before| !before.ptr_eq(&self.slot)).and_then(|before| before.upgrade());
        self.others.extend(other.filter(|other| !other.is_over()));
        !self.others.is_empty()
    }

    fn wait(&mut self) {
        for other in std::mem::take(&mut self.others) {
            // That one may be waiting for this one at the same time.
            let given_up = || self.slot.upgrade().is_none_or(|slot| slot.is_stopped());
            other.end_unless(given_up, "the device has begun another session");
        }
    }
}
