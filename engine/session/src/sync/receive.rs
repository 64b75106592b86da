//! The changes that come from the peer, item by item, each with its status.
//!
//! Not its job: items in pieces (`pieces`), what an item says (`incoming`), what becomes of it (`apply`), and what the
//! peer says of our changes (`confirm`).

use syncloom_stores::{Backend, StoreError};
use syncloom_wire::{Change as ChangeCommand, Item as WireItem};

use super::DatastoreSync;
use super::mode::Direction;

/// What a command does to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Delete,
}

impl DatastoreSync {
    /// Carries out one item of an Add, Replace or Delete and gives its status.
    pub(crate) fn receive(
        &mut self,
        backend: &mut dyn Backend,
        op: Op,
        command: &ChangeCommand,
        item: &WireItem,
        notes: &mut Vec<String>,
    ) -> u16 {
        if let Some(status) = self.failed() {
            return status;
        }
        let status = match self.try_receive(backend, op, command, item, notes) {
            Ok(status) => status,
            Err(mut error) => {
                let address = item.source.as_ref().or(item.target.as_ref());
                let id = address.map_or("without an id", |address| address.uri.as_str());
                error.message = format!("item {id}: {error}");
                self.store_failed(&error, notes)
            }
        };
        let is_well = status < 400 || status == 418 || status == 419;
        // Of a piece that is not the last one there is nothing to tell: that comes at the item's end.
        let (status, is_well) = match item.more_data {
            true => (status, is_well),
            false => self.judge_received(op, command, status, is_well),
        };
        if let Some(address) = item.source.as_ref().or(item.target.as_ref()).filter(|_| op != Op::Delete) {
            self.note_end(item, command, address.uri.trim(), status);
        }
        let counts = &mut self.report.received;
        match (status, op) {
            // A piece that is not the last one: what becomes of the item is counted at its end.
            _ if item.more_data => {}
            _ if !is_well => counts.failed += 1,
            (_, Op::Delete) => counts.deleted += 1,
            (201, _) => counts.added += 1,
            (_, _) => counts.changed += 1,
        }
        status
    }

    fn try_receive(
        &mut self,
        backend: &mut dyn Backend,
        op: Op,
        command: &ChangeCommand,
        item: &WireItem,
        notes: &mut Vec<String>,
    ) -> Result<u16, StoreError> {
        let address = item.source.as_ref().or(item.target.as_ref());
        let remote_id = address.map(|address| address.uri.trim()).filter(|id| !id.is_empty());
        let Some(remote_id) = remote_id.map(str::to_owned) else {
            notes.push(format!("datastore {}: an item without an id", self.name()));
            return Ok(400);
        };
        if self.mode.direction == Direction::FromServer {
            return Ok(403);
        }
        self.break_off_other(if op == Op::Delete { None } else { Some(&remote_id) }, notes);
        if op == Op::Delete {
            let fate = match self.ask_about_delete(&remote_id) {
                Ok(fate) => fate,
                Err(status) => return Ok(status),
            };
            self.see_others_changes(backend)?;
            return self.receive_delete(backend, command, &remote_id, fate, notes);
        }
        let received = match self.whole(remote_id, command, item, notes) {
            Ok(received) => received,
            Err(status) => return Ok(status),
        };
        let came = match self.read_incoming(op, received, notes) {
            Ok(came) => came,
            Err(status) => return Ok(status),
        };
        self.see_others_changes(backend)?;
        if self.mode.slow {
            self.match_item(backend, came, notes)
        } else {
            self.change_item(backend, came, notes)
        }
    }
}
