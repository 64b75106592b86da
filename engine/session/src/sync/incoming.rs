//! An item of the peer's as it is read: decoded, held to the filters, and changed and judged by the scripts of its
//! datatype.
//!
//! Not its job: what becomes of it (`apply`).

use std::sync::Arc;

use syncloom_config::Strategy;
use syncloom_formats::{Codec, Note, NoteKind};
use syncloom_script::Item;
use syncloom_script::filter::Ids;

use super::pieces::Received;
use super::receive::Op;
use super::{DatastoreSync, Echo, home};
use crate::scripting::ItemState;

/// An item of the peer's on its way to our database.
pub(super) struct Came {
    pub(super) op: Op,
    pub(super) remote_id: String,
    pub(super) item: Item,
    /// Where it belongs.
    pub(super) home: usize,
    /// Its type, and the place of it, whose scripts compare and merge it.
    pub(super) codec: Arc<Codec>,
    pub(super) used: usize,
    pub(super) fate: Fate,
}

/// What the config's scripts have said of an item that came (manual 10.5.11).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fate {
    pub(super) prevent_add: bool,
    pub(super) ignore_update: bool,
    pub(super) force_conflict: bool,
    pub(super) delete_wins: bool,
    pub(super) strategy: Option<Strategy>,
}

impl Op {
    /// As scripts call it.
    fn name(self) -> &'static str {
        match self {
            Op::Add => "add",
            Op::Replace => "replace",
            Op::Delete => "delete",
        }
    }

    /// The status of an item with which all is well, though nothing becomes of it.
    pub(super) fn good(self) -> u16 {
        if self == Op::Add { 201 } else { 200 }
    }
}

impl DatastoreSync {
    /// Reads an item. `Err` is the status of one that is not taken.
    pub(super) fn read_incoming(
        &mut self,
        op: Op,
        received: Received,
        notes: &mut Vec<String>,
    ) -> Result<Came, u16> {
        let Received { remote_id, mime_type, data } = received;
        let about = format!("datastore {}: item {remote_id}", self.name());
        let Some(loaded) = &mut self.loaded else { return Err(500) };
        let Some(used) = loaded.types.receiving(mime_type.as_deref()) else {
            let name = mime_type.as_deref().unwrap_or("no type");
            notes.push(format!("{about}: {name} is not a type of this datastore"));
            return Err(415);
        };
        let in_use = loaded.types.at(used);
        let parsed = match in_use.codec.decode(&data, &in_use.peer) {
            Ok(parsed) => parsed,
            Err(error) => {
                notes.push(format!("{about}: {error}"));
                return Err(415);
            }
        };
        self.desk.learn_zones(&parsed.zones);
        loaded.types.learn_zones(&parsed.zones);
        loaded.limits.learn_zones(&parsed.zones);
        self.log_notes(&about, &parsed.notes, notes);
        let mut item = parsed.item;
        let mut state = self.state_of(op, &remote_id);
        let Some(loaded) = &mut self.loaded else { return Err(500) };
        let in_use = loaded.types.at(used);
        let codec = Arc::clone(&in_use.codec);
        let scripts = &mut in_use.scripts;
        scripts.leave_out(&mut item);
        self.desk.run_type(scripts, &mut self.script_state.look(), &mut state, |scripts, hosts| {
            scripts.incoming(&mut item, hosts);
        });
        let Some(home) = home::for_item(&self.datastore, &item) else {
            notes.push(format!("{about} is for no part of the superdatastore"));
            return Err(415);
        };
        if let Some(status) = self.filter_incoming(op, home, &remote_id, &mut item) {
            return Err(status);
        }
        let (fate, remote_id) = self.ask_about(op, used, home, &mut item, state)?;
        Ok(Came { op, remote_id, item, home, codec, used, fate })
    }

    /// What the profile does not know comes with every item, and is worth saying once.
    fn log_notes(&mut self, about: &str, found: &[Note], notes: &mut Vec<String>) {
        for note in found {
            let key = (note.property.clone(), std::mem::discriminant(&note.kind));
            let of_profile = matches!(
                note.kind,
                NoteKind::UnknownProperty | NoteKind::UnknownComponent | NoteKind::UnknownParameter(_)
            );
            if !of_profile {
                notes.push(format!("{about}: {note}"));
            } else if self.said.insert(key) {
                notes.push(format!("{about}: {note} (said once)"));
            }
        }
    }

    /// Holds an item of the peer's to the filters of the config. `Some` is the status of one that is not taken.
    fn filter_incoming(&self, op: Op, home: usize, remote_id: &str, item: &mut Item) -> Option<u16> {
        let ids = Ids { local: "", remote: remote_id };
        for level in home::levels(&self.datastore, home) {
            let filters = &level.filters;
            if filters.accept.as_ref().is_some_and(|filter| !filter.test(item, ids)) {
                return Some(if filters.silent_discard { op.good() } else { 415 });
            }
        }
        self.view.adopt(&self.datastore, home, item, ids);
        None
    }

    /// What scripts can ask of an item of the peer's.
    fn state_of(&self, op: Op, remote_id: &str) -> ItemState {
        let loaded = self.loaded.as_ref();
        ItemState {
            operation: op.name(),
            remote_id: remote_id.to_owned(),
            local_id: loaded.and_then(|loaded| loaded.maps.local(remote_id)).cloned().unwrap_or_default(),
            sync_modes: loaded.map(|loaded| Arc::clone(&loaded.types.sync_modes)).unwrap_or_default(),
            ..ItemState::default()
        }
    }

    /// Lets the config's script say what becomes of an item (manual 10.5.11): that, and the id that the item has from now
    /// on. `Err` is the status of one that is refused.
    fn ask_about(
        &mut self,
        op: Op,
        used: usize,
        home: usize,
        item: &mut Item,
        mut state: ItemState,
    ) -> Result<(Fate, String), u16> {
        let Some(loaded) = &mut self.loaded else { return Err(500) };
        let scripts = &mut loaded.types.at(used).scripts;
        let mut datastore = self.script_state.look();
        let limit = datastore.item_size_limit();
        let remote_id = state.remote_id.clone();
        self.desk.run_type(scripts, &mut datastore, &mut state, |scripts, hosts| {
            scripts.process_item(item, limit, hosts);
        });
        let strategy = state.strategy.or(datastore.strategy);
        drop(datastore);
        if let Some(how) = state.echo.filter(|_| op != Op::Delete) {
            self.echoes.push_back(Echo { how, remote_id, item: item.clone() });
        }
        match state.reject {
            // It is dropped, and the peer hears that all is well.
            Some(0) => return Err(op.good()),
            Some(status) => return Err(status),
            None => {}
        }
        let fate = Fate {
            prevent_add: state.prevent_add,
            ignore_update: state.ignore_update,
            force_conflict: state.force_conflict,
            delete_wins: state.delete_wins || home::at(&self.datastore, home).delete_wins,
            strategy,
        };
        Ok((fate, state.remote_id))
    }

    /// Lets the config's script say what becomes of a deletion; its item has nothing in it.
    pub(super) fn ask_about_delete(&mut self, remote_id: &str) -> Result<Fate, u16> {
        let Some(loaded) = &self.loaded else { return Err(500) };
        let used = loaded.types.context();
        let mut item = Item::new(Arc::clone(self.datastore.fields()));
        let state = self.state_of(Op::Delete, remote_id);
        let home = home::of_id(&self.datastore, &state.local_id);
        Ok(self.ask_about(Op::Delete, used, home, &mut item, state)?.0)
    }
}
