//! What the peer says of our changes: its statuses, and its maps.

use syncloom_stores::{Backend, MapEntry, StoreError};
use syncloom_wire::MapItem;

use super::statuses::Verdict;
use super::{Change, DatastoreSync, Sent};

/// The device is full: nothing more is added to it in this session.
const DEVICE_FULL: u16 = 420;

impl DatastoreSync {
    /// Takes over what the peer calls items of ours, and gives the status of the Map.
    pub(crate) fn receive_map(
        &mut self,
        backend: &mut dyn Backend,
        items: &[MapItem],
        notes: &mut Vec<String>,
    ) -> u16 {
        match self.try_map(backend, items) {
            Ok(status) => status,
            Err(error) => self.store_failed(&error, notes),
        }
    }

    fn try_map(&mut self, backend: &mut dyn Backend, items: &[MapItem]) -> Result<u16, StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(403) };
        if loaded.matcher.is_some() && !self.resuming {
            // A slow sync finds out by itself what belongs together, from what both sides hold now. This comes
            // from a session that broke off.
            return Ok(200);
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        let ids = &loaded.types.short_ids;
        let resolved: Vec<Option<String>> = if items.iter().any(|item| ids.is_short(&item.target)) {
            let index = ids.index(loaded.present.keys().chain(loaded.maps.saved_ids()));
            items.iter().map(|item| index.get(&item.target).copied().flatten().cloned()).collect()
        } else {
            vec![None; items.len()]
        };
        for (item, resolved) in items.iter().zip(&resolved) {
            let local_id = resolved.as_ref().unwrap_or(&item.target);
            if item.source.is_empty() {
                loaded.maps.remove(store.as_mut(), &self.target, local_id)?;
                continue;
            }
            if local_id.is_empty() {
                return Ok(404);
            }
            loaded.maps.set(store.as_mut(), &self.target, local_id, &item.source)?;
            if let Some(matcher) = &mut loaded.matcher {
                matcher.remove(local_id);
            }
            if !loaded.present.contains_key(local_id) {
                // We have had it when we sent it, and have it no more: the peer has to hear of that.
                loaded.note(local_id, Change::Deleted);
            } else if loaded.changes.get(local_id) == Some(&Change::Added) {
                // It came from us in a session whose maps had not arrived: no need to send it again.
                loaded.forget(local_id);
            }
        }
        Ok(200)
    }

    /// Takes note of the peer's status for a command of ours.
    pub(crate) fn receive_status(
        &mut self,
        backend: &mut dyn Backend,
        command: (u32, u32),
        status: u16,
        notes: &mut Vec<String>,
    ) {
        let Some(sent) = self.sent.remove(&command) else { return };
        if sent.more && status < 400 {
            return;
        }
        if sent.more && !self.drop_piece(&sent.local_id) {
            // The rest is on its way already, and its status says it again.
            return;
        }
        if sent.echo {
            if status >= 400 {
                let about = format!("datastore {}: an item that went back", self.name());
                notes.push(format!("{about} was answered with {status}"));
            }
            return;
        }
        let Verdict { status, resend, is_settled } = self.judge_sent(&sent, status);
        let counts = &mut self.report.sent;
        let settled = match (sent.change, status) {
            (Change::Added, 200..=299 | 418 | 419) => {
                counts.added += 1;
                Ok(())
            }
            (Change::Modified, 200..=299 | 419) => {
                counts.changed += 1;
                self.flag(backend, &sent, 0)
            }
            (Change::Deleted, 200..=299 | 404 | 410) => {
                counts.deleted += 1;
                self.unmap(backend, &sent)
            }
            (Change::Modified, 404 | 410) => {
                // The peer has it no more, although it never said so: next time it is new to it.
                counts.failed += 1;
                self.unmap(backend, &sent)
            }
            (change, _) if is_settled => {
                counts.failed += 1;
                match change {
                    Change::Added => self.unmap(backend, &sent),
                    Change::Modified | Change::Deleted => Ok(()),
                }
            }
            (_, status) => {
                counts.failed += 1;
                notes.push(format!(
                    "datastore {}: item {} was answered with {status}",
                    self.name(),
                    sent.local_id
                ));
                self.refused(backend, &sent, status, resend)
            }
        };
        if let Err(error) = settled {
            self.store_failed(&error, notes);
        }
    }

    /// The peer could not take a change.
    fn refused(
        &mut self,
        backend: &mut dyn Backend,
        sent: &Sent,
        status: u16,
        resend: bool,
    ) -> Result<(), StoreError> {
        if status == DEVICE_FULL {
            self.stop_adding();
        } else if !resend {
            self.fail(status);
            return Ok(());
        }
        match sent.change {
            Change::Modified if self.datastore.resume => self.flag(backend, sent, MapEntry::RESEND),
            Change::Modified => {
                self.resend = true;
                Ok(())
            }
            // What was to be added or deleted shows again next time by itself.
            Change::Added => self.unmap(backend, sent),
            Change::Deleted => Ok(()),
        }
    }

    fn flag(&mut self, backend: &mut dyn Backend, sent: &Sent, flags: u32) -> Result<(), StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(()) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        loaded.maps.flag(store.as_mut(), &self.target, &sent.local_id, flags)
    }

    fn unmap(&mut self, backend: &mut dyn Backend, sent: &Sent) -> Result<(), StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(()) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        loaded.maps.remove(store.as_mut(), &self.target, &sent.local_id)
    }
}
