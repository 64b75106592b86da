//! What is kept of a sync while it goes on, so that it can be taken up again, and what is saved at its end.

use syncloom_stores::{Backend, ErrorKind, MapEntry, Resume, StoreError};

use super::DatastoreSync;
use super::mode::Direction;
use super::open::resolution;

/// Bytes of a half-received item that are kept between sessions. They are written after every message, so that
/// there has to be an end; a sync that breaks off within a larger item begins that item again.
const MAX_KEPT_PARTIAL: usize = 1 << 20;

impl DatastoreSync {
    /// Notes that the exchange has begun: a slow sync makes the next one slow whatever becomes of this one, as what
    /// it has begun to change is not what the saved anchors vouch for.
    pub(super) fn note_beginning(&mut self, backend: &mut dyn Backend) -> Result<(), StoreError> {
        let before = self.target.clone();
        if self.mode.slow {
            self.target.anchor.clear();
        }
        if self.datastore.resume {
            self.target.resume = self.progress();
        }
        if self.target != before {
            backend.store(&self.datastore, &self.scope)?.save_target(&self.target)?;
        }
        Ok(())
    }

    /// Saves how far the sync has come, if that is not what is saved already.
    pub(crate) fn save_progress(&mut self, backend: &mut dyn Backend) -> Result<(), StoreError> {
        if !self.datastore.resume || self.loaded.is_none() || self.failed().is_some() || self.complete {
            return Ok(());
        }
        let progress = self.progress();
        if progress != self.target.resume {
            self.target.resume = progress;
            backend.store(&self.datastore, &self.scope)?.save_target(&self.target)?;
        }
        Ok(())
    }

    fn progress(&self) -> Resume {
        let keeps = self.datastore.resume_items;
        let open = self.incoming.as_ref();
        // A peer that takes the session up goes on in the middle of its item: without the beginning of it, the
        // session is better not taken up.
        let lost = open.is_some_and(|pieces| !keeps || pieces.len() > MAX_KEPT_PARTIAL);
        let partial = match open {
            _ if !keeps || lost => None,
            Some(pieces) => Some(pieces.as_partial()),
            None => self.suspended.clone().or_else(|| self.tail.clone()),
        };
        Resume {
            alert: if lost { 0 } else { self.mode.code() },
            stamp: (self.mode.slow || self.is_own_work_known()).then_some(self.scope.stamp),
            partial,
        }
    }

    /// Saves what vouches for this sync: the map as it is now, and then the anchors.
    pub(crate) fn finish(
        &mut self,
        backend: &mut dyn Backend,
        notes: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        if self.failed().is_some() {
            return Ok(());
        }
        let all_failed = self.mode.slow
            && self.report.sent.failed > 0
            && self.report.sent.added + self.report.sent.changed + self.report.sent.deleted == 0;
        if all_failed && self.server.settings().is_some_and(|settings| settings.abort_on_all_items_failed) {
            self.fail(512);
            return Ok(());
        }
        self.finalise(backend, notes)?;
        let open = !self.sent.is_empty() || self.outgoing.as_ref().is_some_and(|out| !out.is_through());
        self.complete = !(self.resend || open);
        let mut target = self.target.clone();
        target.anchor.clone_from(&self.next_anchor);
        let sends = self.mode.direction != Direction::FromClient && !self.script_state.look().refresh_only;
        let heard_all = !sends && !self.mode.slow;
        if self.complete {
            if self.datastore.from_remote_only || !heard_all {
                target.last_sync = Some(self.reference);
            }
            // What has changed on our side has not been sent where the peer alone was to send.
            if !heard_all {
                target.last_sent = Some(self.reference);
            }
        }
        let behind = target.last_sent.is_none_or(|last| last < self.scope.stamp);
        let known = behind && self.is_own_work_known();
        target.resume = Resume { stamp: known.then_some(self.scope.stamp), ..Resume::default() };
        let slow = self.mode.slow;
        let complete = self.complete;
        let mut store = backend.store(&self.datastore, &self.scope)?;
        if let Some(loaded) = &mut self.loaded {
            if slow {
                loaded.maps.forget_the_rest(store.as_mut(), &target)?;
            } else if complete {
                // What was held back this time, as the peer might have it, is sent next time if it has not.
                for local_id in &loaded.withheld {
                    if loaded.maps.flags(local_id) & MapEntry::PENDING_ADD != 0 {
                        loaded.maps.remove(store.as_mut(), &target, local_id)?;
                    }
                }
            }
        }
        store.save_target(&target)?;
        drop(store);
        self.target = target;
        Ok(())
    }

    /// Called when what a message has changed is durable: what the device has sent itself is no change to tell
    /// it of, even if the session goes no further.
    pub(crate) fn remember_known(&self) {
        if self.failed().is_some() || self.loaded.is_none() {
            return;
        }
        // Where the database keeps whole seconds, a stamp may be another session's as well.
        let coarse = resolution(&self.datastore) > 1;
        let (name, own) = (&self.datastore.name, self.scope.stamp);
        let certain = self.is_own_work_known() && !coarse;
        let last_sent = self.target.last_sent.unwrap_or(i64::MIN);
        self.server.remember_known(name, &self.target.key, own, last_sent, certain);
    }

    /// Whether the device knows the items that carry this session's stamp. Where versions were merged, that is so
    /// only when the device has said that it got the result.
    fn is_own_work_known(&self) -> bool {
        !self.shared_stamp && (self.complete || (!self.mode.slow && self.report.conflicts == 0))
    }

    /// Ends the sync of this datastore after a failure of its store, and says with which status.
    pub(super) fn store_failed(&mut self, error: &StoreError, notes: &mut Vec<String>) -> u16 {
        notes.push(format!("datastore {}: {error}", self.name()));
        if error.kind == ErrorKind::Unavailable {
            self.fail(error.status());
        }
        error.status()
    }
}
