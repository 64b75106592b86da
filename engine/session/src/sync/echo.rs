//! Items of the peer's that go back to it, as ECHOITEM says (manual 10.5.11): after our changes, as another kind of
//! change than they came.
//!
//! Not its job: when a script asks for it (`incoming`).

use syncloom_script::Item;

use super::send::{Content, Piece};
use super::{Change, DatastoreSync, Sent};
use crate::scripting::{EchoAs, ItemState};

/// An item that goes back.
pub(super) struct Echo {
    pub(super) how: EchoAs,
    pub(super) remote_id: String,
    /// As it was when it had come.
    pub(super) item: Item,
}

impl DatastoreSync {
    /// The item as it is sent. What the peer is to add has to be an item of ours: it asks for its id.
    pub(super) fn echoed_item(&mut self, echo: Echo, notes: &mut Vec<String>) -> Option<Piece> {
        let Echo { how, remote_id, item } = echo;
        let maps = self.loaded.as_ref().map(|loaded| &loaded.maps);
        let local_id = maps.and_then(|maps| maps.local(&remote_id)).cloned().unwrap_or_default();
        let change = match how {
            EchoAs::Add if local_id.is_empty() => {
                notes.push(format!(
                    "datastore {}: item {remote_id} is not stored, and cannot go back as an addition",
                    self.name()
                ));
                return None;
            }
            EchoAs::Add => Change::Added,
            EchoAs::Replace => Change::Modified,
            EchoAs::Delete => Change::Deleted,
        };
        let mut state = ItemState { local_id, remote_id, ..ItemState::default() };
        let content = match change {
            Change::Deleted => Content::default(),
            Change::Added | Change::Modified => self.write_item(item, &mut state, notes),
        };
        let is_new = change == Change::Added;
        Some(Piece {
            about: Sent { local_id: state.local_id.clone(), change, more: false, echo: true },
            target: (!is_new).then_some(state.remote_id),
            source: is_new.then_some(state.local_id),
            content,
            sent: 0,
        })
    }
}
