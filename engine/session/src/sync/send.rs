//! What goes to the peer: our changes, as many as fit into a message.

use std::collections::VecDeque;
use std::sync::Arc;

use syncloom_config::DatatypeScript;
use syncloom_formats::Judging;
use syncloom_script::filter::Ids;
use syncloom_script::lang::{ItemPair, ItemSlot};
use syncloom_stores::{Backend, MapEntry, StoreError};
use syncloom_wire::{Change as ChangeCommand, Command, Data, Item, Location, Meta, Sync, Version};

use super::mode::Direction;
use super::{Change, DatastoreSync, Outgoing, Sent, home};
use crate::draft::Draft;
use crate::scripting::ItemState;

/// The part of a message that a piece of a large object should at least fill; what is left behind other
/// commands may be too little to be worth a piece.
const SMALLEST_PIECE: usize = 4;

/// A piece ends with a whole character, which in UTF-8 takes up to three bytes more than its first one.
const LONGEST_CHARACTER: usize = 3;

/// What came of filling a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// Everything has been sent.
    Through,
    /// There is more for the next message.
    More,
}

/// An item that goes in pieces.
pub(super) struct Piece {
    local_id: String,
    change: Change,
    bytes: Vec<u8>,
    sent: usize,
}

impl Piece {
    /// How many bytes are left.
    fn rest(&self) -> usize {
        self.bytes.len() - self.sent
    }
}

/// What the peer takes.
pub(crate) struct Abilities {
    /// `SupportNumberOfChanges`.
    pub(crate) number_of_changes: bool,
    /// Items in pieces.
    pub(crate) large_objects: bool,
    /// Bytes of the largest piece (manual 11.20).
    pub(crate) max_piece: Option<usize>,
    /// Maps that got lost come at the beginning of the next session (manual 11.19).
    pub(crate) early_maps: bool,
}

impl Outgoing {
    pub(super) fn is_through(&self) -> bool {
        self.announced && self.queue.is_empty() && self.pieces.is_none()
    }
}

impl DatastoreSync {
    /// Adds our changes to a message until it is full.
    pub(crate) fn send(
        &mut self,
        backend: &mut dyn Backend,
        draft: &mut Draft,
        message: u32,
        abilities: &Abilities,
        notes: &mut Vec<String>,
    ) -> Filled {
        if self.failed().is_some() || self.loaded.is_none() {
            return Filled::Through;
        }
        if self.outgoing.is_none() {
            self.outgoing = Some(self.collect());
        }
        if self.outgoing.as_ref().is_none_or(Outgoing::is_through) {
            return Filled::Through;
        }
        match self.fill(backend, draft, message, abilities, notes) {
            Ok(filled) => filled,
            Err(error) => {
                self.store_failed(&error, notes);
                Filled::Through
            }
        }
    }

    /// Our changes in the order in which they are sent: deletes make room, and adds come last.
    fn collect(&mut self) -> Outgoing {
        let mut queue = VecDeque::new();
        let sends = self.mode.direction != Direction::FromClient && !self.script_state.refresh_only;
        if let Some(loaded) = self.loaded.as_mut().filter(|_| sends) {
            if let Some(matcher) = loaded.matcher.take() {
                for local_id in matcher.into_rest() {
                    loaded.changes.insert(local_id.clone(), Change::Added);
                    loaded.order.push(local_id);
                }
            }
            let mut seen = std::collections::HashSet::new();
            for wanted in [Change::Deleted, Change::Modified, Change::Added] {
                for local_id in &loaded.order {
                    let silent = wanted == Change::Modified
                        && !home::of_item(&self.datastore, local_id).report_updates;
                    let is_wanted = loaded.changes.get(local_id) == Some(&wanted) && !silent;
                    if is_wanted && seen.insert(local_id.clone()) {
                        queue.push_back((local_id.clone(), wanted));
                    }
                }
            }
        }
        Outgoing { total: queue.len() as u64, queue, pieces: None, announced: false }
    }

    fn fill(
        &mut self,
        backend: &mut dyn Backend,
        draft: &mut Draft,
        message: u32,
        abilities: &Abilities,
        notes: &mut Vec<String>,
    ) -> Result<Filled, StoreError> {
        let total = self.outgoing.as_ref().map(|out| out.total);
        let mut sync = Sync {
            cmd_id: draft.next_cmd_id(),
            target: Some(Location::new(self.remote_uri.clone())),
            source: Some(Location::new(self.local_uri.clone())),
            number_of_changes: total
                .filter(|_| abilities.number_of_changes && draft.version() > Version::V1_0),
            ..Sync::default()
        };
        let alone = draft.is_empty();
        let frame = draft.len_of(&Command::Sync(sync.clone()));
        if frame > draft.room() && !alone {
            return Ok(Filled::More);
        }
        let mut room = draft.room().saturating_sub(frame);
        let whole_message = if alone { room } else { draft.limit().saturating_sub(frame) };
        let limit = home::most_per_message(&self.datastore);
        let mut full = false;
        while !full && sync.commands.len() < limit {
            let Some((local_id, change, mut piece)) = self.next_outgoing(backend, notes)? else { break };
            let cmd_id = draft.next_cmd_id();
            let command = self.command(&local_id, change, &piece, cmd_id.clone(), None);
            let size = draft.len_of(&command);
            let nothing_yet = alone && sync.commands.is_empty();
            let in_pieces =
                abilities.large_objects && change != Change::Deleted && draft.version() > Version::V1_0;
            let is_cut = in_pieces && abilities.max_piece.is_some_and(|most| piece.rest() > most);
            let (command, more) = if size <= room && !is_cut {
                (command, false)
            } else if size > whole_message && !in_pieces {
                draft.take_back_cmd_id();
                self.leave_out(&local_id, piece.bytes.len(), notes);
                continue;
            } else if is_cut && size <= room
                || in_pieces && size > whole_message && room > draft.limit() / SMALLEST_PIECE
                || nothing_yet
            {
                full = true;
                let most = abilities.max_piece.unwrap_or(usize::MAX);
                let command = self.piece(draft, &local_id, change, &mut piece, &cmd_id, (room, most));
                let more = piece.sent < piece.bytes.len();
                (command, more)
            } else {
                draft.take_back_cmd_id();
                self.put_back(local_id, change, piece);
                break;
            };
            room = room.saturating_sub(draft.len_of(&command));
            sync.commands.push(command);
            let number = cmd_id.parse().unwrap_or_default();
            self.sent.insert((message, number), Sent { local_id: local_id.clone(), change, more });
            if change == Change::Added && !more && self.datastore.resume && !abilities.early_maps {
                self.note_sent(backend, &local_id)?;
            }
            if more {
                self.put_back(local_id, change, piece);
            }
        }
        draft.push(Command::Sync(sync));
        let Some(outgoing) = &mut self.outgoing else { return Ok(Filled::Through) };
        outgoing.announced = true;
        Ok(if outgoing.is_through() { Filled::Through } else { Filled::More })
    }

    /// The next item with its text. What has been deleted since, and what the peer could not take, is left out.
    fn next_outgoing(
        &mut self,
        backend: &mut dyn Backend,
        notes: &mut Vec<String>,
    ) -> Result<Option<(String, Change, Piece)>, StoreError> {
        loop {
            let Some(outgoing) = &mut self.outgoing else { return Ok(None) };
            if let Some(piece) = outgoing.pieces.take() {
                return Ok(Some((piece.local_id.clone(), piece.change, piece)));
            }
            let Some((local_id, change)) = outgoing.queue.pop_front() else { return Ok(None) };
            let bytes = match change {
                Change::Deleted => Some(Vec::new()),
                Change::Added | Change::Modified => self.text_of(backend, &local_id, notes)?,
            };
            let too_large =
                |bytes: &Vec<u8>| self.max_obj_size.is_some_and(|limit| bytes.len() as u64 > limit);
            match bytes {
                Some(bytes) if too_large(&bytes) => self.leave_out(&local_id, bytes.len(), notes),
                Some(bytes) => {
                    let piece = Piece { local_id: local_id.clone(), change, bytes, sent: 0 };
                    return Ok(Some((local_id, change, piece)));
                }
                None => {}
            }
        }
    }

    fn text_of(
        &mut self,
        backend: &mut dyn Backend,
        local_id: &str,
        notes: &mut Vec<String>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut item) = backend.store(&self.datastore, &self.scope)?.read(local_id)? else {
            return Ok(None);
        };
        let Some(loaded) = &self.loaded else { return Ok(None) };
        let remote = loaded.maps.remote(local_id).map_or("", String::as_str);
        let ids = Ids { local: local_id, remote };
        if !self.view.sends(&item, ids) {
            return Ok(None);
        }
        for level in home::levels(&self.datastore, home::of_id(&self.datastore, local_id)) {
            if let Some(accept) = &level.filters.accept {
                accept.make_pass(&mut item, ids);
            }
        }
        let (codec, peer) = &loaded.types.send;
        let datatype = Arc::clone(codec.datatype());
        let mut state = ItemState {
            datatype: Some(&datatype),
            judging: Judging::by(Some(&loaded.comparer), None),
            local_id: local_id.to_owned(),
            remote_id: remote.to_owned(),
            ..ItemState::default()
        };
        let items = ItemPair { target: ItemSlot::Write(&mut item), ..ItemPair::default() };
        let kind = DatatypeScript::Outgoing;
        self.scripts.run(&self.desk, &mut self.script_state, &mut state, &datatype, kind, items);
        let mut bytes = Vec::new();
        for note in codec.generate(&item, peer, &mut bytes) {
            notes.push(format!("datastore {}: item {local_id}: {note}", self.name()));
        }
        Ok(Some(bytes))
    }

    /// An item does not go to the peer, as it is too large for it.
    fn leave_out(&mut self, local_id: &str, size: usize, notes: &mut Vec<String>) {
        self.report.sent.failed += 1;
        notes.push(format!(
            "datastore {}: item {local_id} of {size} bytes is more than the peer takes",
            self.name()
        ));
    }

    /// Notes that a new item has been sent, so that it is known if its Map never comes.
    fn note_sent(&mut self, backend: &mut dyn Backend, local_id: &str) -> Result<(), StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(()) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        loaded.maps.flag(store.as_mut(), &self.target, local_id, MapEntry::PENDING_ADD)
    }

    /// Sends no more of an item that the peer has refused a piece of; `false` if there is nothing left of it.
    pub(super) fn drop_piece(&mut self, local_id: &str) -> bool {
        let Some(outgoing) = &mut self.outgoing else { return false };
        outgoing.pieces.take_if(|piece| piece.local_id == local_id).is_some()
    }

    /// Sends no more new items: the device is full. They show again next time by themselves.
    pub(super) fn stop_adding(&mut self) {
        if let Some(outgoing) = &mut self.outgoing {
            outgoing.queue.retain(|(_, change)| *change != Change::Added);
        }
    }

    fn put_back(&mut self, local_id: String, change: Change, piece: Piece) {
        let Some(outgoing) = &mut self.outgoing else { return };
        if piece.sent > 0 {
            outgoing.pieces = Some(piece);
        } else {
            outgoing.queue.push_front((local_id, change));
        }
    }

    /// The command for an item: with the rest of its text, or with a part of it.
    fn command(
        &self,
        local_id: &str,
        change: Change,
        piece: &Piece,
        cmd_id: String,
        part: Option<std::ops::Range<usize>>,
    ) -> Command {
        let range = part.unwrap_or(piece.sent..piece.bytes.len());
        let (first, last) = (range.start == 0, range.end == piece.bytes.len());
        let in_pieces = !(first && last);
        let remote_id = self.loaded.as_ref().and_then(|loaded| loaded.maps.remote(local_id)).cloned();
        let send_source =
            change == Change::Added || home::of_item(&self.datastore, local_id).always_send_local_id;
        let mime_type = self.loaded.as_ref().map(|loaded| loaded.types.send.0.datatype().mime_type.clone());
        let data = String::from_utf8_lossy(&piece.bytes[range]).into_owned();
        let item = Item {
            target: remote_id.filter(|_| change != Change::Added).map(Location::new),
            source: send_source.then(|| Location::new(local_id)),
            meta: Meta {
                size: (in_pieces && first).then_some(piece.bytes.len() as u64),
                // A peer that kept the beginning of an item is told that it comes again from there.
                emi: (first && change != Change::Deleted && self.resuming)
                    .then(|| "datapos=0".to_owned())
                    .into_iter()
                    .collect(),
                ..Meta::default()
            },
            data: (change != Change::Deleted).then_some(Data::Text(data)),
            more_data: !last,
            ..Item::default()
        };
        let command = ChangeCommand {
            cmd_id,
            meta: Meta { type_: mime_type, ..Meta::default() },
            items: vec![item],
            ..ChangeCommand::default()
        };
        match change {
            Change::Added => Command::Add(command),
            Change::Modified => Command::Replace(command),
            Change::Deleted => Command::Delete(command),
        }
    }

    /// As much of an item as fits, and at least one character.
    fn piece(
        &self,
        draft: &Draft,
        local_id: &str,
        change: Change,
        piece: &mut Piece,
        cmd_id: &str,
        (room, most): (usize, usize),
    ) -> Command {
        let cut = |end: usize| {
            let mut end = end.min(piece.bytes.len());
            while end < piece.bytes.len() && piece.bytes[end] & 0xC0 == 0x80 {
                end += 1;
            }
            end
        };
        let make =
            |end: usize| self.command(local_id, change, piece, cmd_id.to_owned(), Some(piece.sent..end));
        let overhead = draft.len_of(&make(cut(piece.sent + 1)));
        let bytes = room.saturating_sub(overhead).min(most.saturating_sub(LONGEST_CHARACTER)).max(1);
        let mut end = cut(piece.sent + bytes);
        // What has to be escaped takes more room than its own length.
        while draft.len_of(&make(end)) > room && end - piece.sent > 4 {
            end = cut(piece.sent + (end - piece.sent) / 2);
        }
        let command = make(end);
        piece.sent = end;
        command
    }
}
