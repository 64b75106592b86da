//! What goes to the peer: our changes, as many as fit into a message.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use syncloom_formats::Encoded;
use syncloom_script::Item;
use syncloom_script::filter::Ids;
use syncloom_stores::{Backend, MapEntry, StoreError};
use syncloom_wire::{
    Change as ChangeCommand, Command, Data, Item as WireItem, Location, Meta, Sync, Version,
};

use super::mode::Direction;
use super::view::View;
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

/// An item as it is sent, whole or in pieces.
pub(super) struct Piece {
    /// What the peer's status is about.
    pub(super) about: Sent,
    /// The peer's id of it, and ours, as far as the peer is told.
    pub(super) target: Option<String>,
    pub(super) source: Option<String>,
    pub(super) content: Content,
    /// How many bytes of it have been sent.
    pub(super) sent: usize,
}

/// The bytes of an item.
#[derive(Default)]
pub(super) struct Content {
    bytes: Vec<u8>,
    /// They are anything but text in UTF-8.
    binary: bool,
    /// They are text all the same.
    is_text: bool,
    /// How many there are when they are unpacked.
    original_size: Option<usize>,
}

impl Piece {
    fn len(&self) -> usize {
        self.content.bytes.len()
    }

    /// How many bytes are left.
    fn rest(&self) -> usize {
        self.len() - self.sent
    }

    /// What of it ends near here: text ends with a whole character, bytes end anywhere.
    fn end_near(&self, place: usize) -> usize {
        let bytes = &self.content.bytes;
        let mut end = place.min(bytes.len());
        while !self.content.binary && end < bytes.len() && bytes[end] & 0xC0 == 0x80 {
            end += 1;
        }
        end
    }
}

/// What the peer takes.
pub(crate) struct Abilities<'a> {
    /// `SupportNumberOfChanges`.
    pub(crate) number_of_changes: bool,
    /// Items in pieces.
    pub(crate) large_objects: bool,
    /// Bytes of the largest piece (manual 11.20).
    pub(crate) max_piece: Option<usize>,
    /// Maps that got lost come at the beginning of the next session (manual 11.19).
    pub(crate) early_maps: bool,
    /// Whether it has waited long enough for this message.
    pub(crate) late: &'a dyn Fn() -> bool,
}

impl Outgoing {
    pub(super) fn is_through(&self) -> bool {
        self.announced && self.queue.is_empty() && self.echoes.is_empty() && self.pieces.is_none()
    }
}

impl DatastoreSync {
    /// Adds our changes to a message until it is full.
    pub(crate) fn send(
        &mut self,
        backend: &mut dyn Backend,
        draft: &mut Draft,
        message: u32,
        abilities: &Abilities<'_>,
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
        if std::mem::take(&mut self.script_state.filters.changed) {
            // A script, or the address of the peer's Sync, has changed what is sent.
            self.view = View::of(&self.datastore, &self.script_state.filters, notes);
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
            let window = window(&loaded.present, self.script_state.limits.max_items);
            let adds = |local_id: &String| {
                !self.adding_stopped && window.as_ref().is_none_or(|window| window.contains(local_id))
            };
            let mut seen = HashSet::new();
            for wanted in [Change::Deleted, Change::Modified, Change::Added] {
                for local_id in &loaded.order {
                    let silent = match wanted {
                        Change::Added => !adds(local_id),
                        Change::Modified => !home::of_item(&self.datastore, local_id).report_updates,
                        Change::Deleted => false,
                    };
                    let is_wanted = loaded.changes.get(local_id) == Some(&wanted) && !silent;
                    if is_wanted && seen.insert(local_id.clone()) {
                        queue.push_back((local_id.clone(), wanted));
                    }
                }
            }
        }
        let echoes = std::mem::take(&mut self.echoes);
        let total = (queue.len() + echoes.len()) as u64;
        Outgoing { total, queue, echoes, pieces: None, announced: false }
    }

    fn fill(
        &mut self,
        backend: &mut dyn Backend,
        draft: &mut Draft,
        message: u32,
        abilities: &Abilities<'_>,
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
        while !full && sync.commands.len() < limit && (sync.commands.is_empty() || !(abilities.late)()) {
            let Some(mut piece) = self.next_outgoing(backend, notes)? else { break };
            let change = piece.about.change;
            let cmd_id = draft.next_cmd_id();
            let command = self.command(&piece, cmd_id.clone(), None);
            let size = draft.len_of(&command);
            let nothing_yet = alone && sync.commands.is_empty();
            let in_pieces =
                abilities.large_objects && change != Change::Deleted && draft.version() > Version::V1_0;
            let is_cut = in_pieces && abilities.max_piece.is_some_and(|most| piece.rest() > most);
            let (command, more) = if size <= room && !is_cut {
                (command, false)
            } else if size > whole_message && !in_pieces {
                draft.take_back_cmd_id();
                self.leave_out(backend, &piece.about, piece.len(), notes)?;
                continue;
            } else if is_cut && size <= room
                || in_pieces && size > whole_message && room > draft.limit() / SMALLEST_PIECE
                || nothing_yet
            {
                full = true;
                let most = abilities.max_piece.unwrap_or(usize::MAX);
                let command = self.piece(draft, &mut piece, &cmd_id, (room, most));
                let more = piece.rest() > 0;
                (command, more)
            } else {
                draft.take_back_cmd_id();
                self.put_back(piece);
                break;
            };
            room = room.saturating_sub(draft.len_of(&command));
            sync.commands.push(command);
            let number = cmd_id.parse().unwrap_or_default();
            let about = Sent { more, ..piece.about.clone() };
            let is_new = change == Change::Added && !about.echo;
            if is_new && !more && self.datastore.resume && !abilities.early_maps {
                self.note_sent(backend, &about.local_id)?;
            }
            self.sent.insert((message, number), about);
            if more {
                self.put_back(piece);
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
    ) -> Result<Option<Piece>, StoreError> {
        loop {
            let Some(outgoing) = &mut self.outgoing else { return Ok(None) };
            if let Some(piece) = outgoing.pieces.take() {
                return Ok(Some(piece));
            }
            let piece = match (outgoing.queue.pop_front(), outgoing.echoes.pop_front()) {
                (Some((local_id, change)), echo) => {
                    outgoing.echoes.extend(echo);
                    self.own_item(backend, local_id, change, notes)?
                }
                (None, Some(echo)) => self.echoed_item(echo, notes),
                (None, None) => return Ok(None),
            };
            let Some(piece) = piece else { continue };
            // What is unpacked has to find room too.
            let size = piece.content.original_size.unwrap_or(0).max(piece.len());
            if self.max_obj_size.is_some_and(|limit| size as u64 > limit) {
                self.leave_out(backend, &piece.about, size, notes)?;
            } else {
                return Ok(Some(piece));
            }
        }
    }

    /// A change of ours as it is sent; `None` where there is nothing to tell of it any more.
    fn own_item(
        &mut self,
        backend: &mut dyn Backend,
        local_id: String,
        change: Change,
        notes: &mut Vec<String>,
    ) -> Result<Option<Piece>, StoreError> {
        let maps = self.loaded.as_ref().map(|loaded| &loaded.maps);
        let remote_id = maps.and_then(|maps| maps.remote(&local_id)).cloned().unwrap_or_default();
        let mut state = ItemState { local_id: local_id.clone(), remote_id, ..ItemState::default() };
        let content = match change {
            Change::Deleted => Content::default(),
            Change::Added | Change::Modified => {
                let Some(item) = self.outgoing_item(backend, &local_id, &state.remote_id)? else {
                    return Ok(None);
                };
                self.write_item(item, &mut state, notes)
            }
        };
        let keeper = home::of_item(&self.datastore, &local_id);
        let tells_own = change == Change::Added || keeper.always_send_local_id;
        Ok(Some(Piece {
            about: Sent { local_id, change, more: false, echo: false },
            target: Some(state.remote_id).filter(|id| change != Change::Added && !id.is_empty()),
            source: tells_own.then(|| self.shown_id(&state.local_id)),
            content,
            sent: 0,
        }))
    }

    /// An id of ours as the peer is told it.
    fn shown_id(&self, local_id: &str) -> String {
        let types = self.loaded.as_ref().map(|loaded| &loaded.types);
        types.map_or_else(|| local_id.to_owned(), |types| types.short_ids.of(local_id).into_owned())
    }

    /// An item of ours, if it is still there and the peer wants it.
    fn outgoing_item(
        &mut self,
        backend: &mut dyn Backend,
        local_id: &str,
        remote_id: &str,
    ) -> Result<Option<Item>, StoreError> {
        let Some(mut item) = backend.store(&self.datastore, &self.scope)?.read(local_id)? else {
            return Ok(None);
        };
        let ids = Ids { local: local_id, remote: remote_id };
        if !self.view.sends(&item, ids) {
            return self.note_unsent(backend, local_id).map(|()| None);
        }
        for level in home::levels(&self.datastore, home::of_id(&self.datastore, local_id)) {
            if let Some(accept) = &level.filters.accept {
                accept.make_pass(&mut item, ids);
            }
        }
        Ok(Some(item))
    }

    /// The text of an item, after its scripts have seen it.
    pub(super) fn write_item(
        &mut self,
        mut item: Item,
        state: &mut ItemState,
        notes: &mut Vec<String>,
    ) -> Content {
        let Some(loaded) = &mut self.loaded else { return Content::default() };
        let about = format!("datastore {}: item {}", self.datastore.name, state.local_id);
        state.sync_modes = Arc::clone(&loaded.types.sync_modes);
        let limit = self.script_state.item_size_limit();
        let in_use = loaded.types.sending();
        let datastore = &mut self.script_state;
        let limit = self.desk.run_type(&mut in_use.scripts, datastore, state, |scripts, hosts| {
            scripts.outgoing(&mut item, limit, hosts)
        });
        in_use.scripts.leave_out(&mut item);
        let Encoded { data, binary, is_text, original_size, notes: found } =
            in_use.codec.encode(&item, &in_use.peer, limit);
        notes.extend(found.iter().map(|note| format!("{about}: {note}")));
        Content { bytes: data, binary, is_text, original_size }
    }

    /// An item does not go to the peer, as it is too large for it. Until it does, the peer's version of it is an older
    /// one: should it come, both sides have changed the item.
    fn leave_out(
        &mut self,
        backend: &mut dyn Backend,
        about: &Sent,
        size: usize,
        notes: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        self.report.sent.failed += 1;
        notes.push(format!(
            "datastore {}: item {} of {size} bytes is more than the peer takes",
            self.name(),
            about.local_id
        ));
        match about.change {
            Change::Modified if !about.echo => self.note_unsent(backend, &about.local_id),
            _ => Ok(()),
        }
    }

    /// Notes that a new item has been sent, so that it is known if its Map never comes.
    fn note_sent(&mut self, backend: &mut dyn Backend, local_id: &str) -> Result<(), StoreError> {
        let Some(loaded) = &mut self.loaded else { return Ok(()) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        loaded.maps.flag(store.as_mut(), &self.target, local_id, MapEntry::PENDING_ADD)
    }

    /// Sees to it that a change which the peer does not hear of this time is told when it does.
    fn note_unsent(&mut self, backend: &mut dyn Backend, local_id: &str) -> Result<(), StoreError> {
        let Some(loaded) = self.loaded.as_mut().filter(|_| self.datastore.resume) else { return Ok(()) };
        if loaded.maps.remote(local_id).is_none() {
            return Ok(());
        }
        let mut store = backend.store(&self.datastore, &self.scope)?;
        loaded.maps.flag(store.as_mut(), &self.target, local_id, MapEntry::RESEND)
    }

    /// Sends no more of an item that the peer has refused a piece of; `false` if there is nothing left of it.
    pub(super) fn drop_piece(&mut self, local_id: &str) -> bool {
        let Some(outgoing) = &mut self.outgoing else { return false };
        outgoing.pieces.take_if(|piece| piece.about.local_id == local_id).is_some()
    }

    /// Sends no more new items: the device is full. They show again next time by themselves.
    pub(super) fn stop_adding(&mut self) {
        self.adding_stopped = true;
        if let Some(outgoing) = &mut self.outgoing {
            outgoing.queue.retain(|(_, change)| *change != Change::Added);
            outgoing.pieces.take_if(|piece| piece.sent == 0 && piece.about.change == Change::Added);
        }
    }

    /// Keeps what did not fit for the next message.
    fn put_back(&mut self, piece: Piece) {
        if let Some(outgoing) = &mut self.outgoing {
            outgoing.pieces = Some(piece);
        }
    }

    /// The command for an item: with the rest of it, or with a part of it.
    fn command(&self, piece: &Piece, cmd_id: String, part: Option<Range<usize>>) -> Command {
        let range = part.unwrap_or(piece.sent..piece.len());
        let (first, last) = (range.start == 0, range.end == piece.len());
        let in_pieces = !(first && last);
        let change = piece.about.change;
        let Content { bytes, binary, is_text, original_size } = &piece.content;
        let mime_type = self.loaded.as_ref().map(|loaded| loaded.types.sent_type().to_owned());
        let bytes = &bytes[range];
        let data = match binary {
            true => Data::Bytes(bytes.to_vec()),
            false => Data::Text(String::from_utf8_lossy(bytes).into_owned()),
        };
        let item = WireItem {
            target: piece.target.clone().map(Location::new),
            source: piece.source.clone().map(Location::new),
            meta: Meta {
                format: (*binary && !is_text).then(|| "bin".to_owned()),
                size: (in_pieces && first).then_some(piece.len() as u64),
                max_obj_size: original_size.filter(|_| first).map(|size| size as u64),
                // A peer that kept the beginning of an item is told that it comes again from there.
                emi: (first && change != Change::Deleted && self.resuming)
                    .then(|| "datapos=0".to_owned())
                    .into_iter()
                    .collect(),
                ..Meta::default()
            },
            data: (change != Change::Deleted).then_some(data),
            more_data: !last,
            ..WireItem::default()
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
    fn piece(&self, draft: &Draft, piece: &mut Piece, cmd_id: &str, (room, most): (usize, usize)) -> Command {
        let make = |end: usize| self.command(piece, cmd_id.to_owned(), Some(piece.sent..end));
        let overhead = draft.len_of(&make(piece.end_near(piece.sent + 1)));
        let bytes = room.saturating_sub(overhead).min(most.saturating_sub(LONGEST_CHARACTER)).max(1);
        let mut end = piece.end_near(piece.sent + bytes);
        // What has to be escaped takes more room than its own length.
        while draft.len_of(&make(end)) > room && end - piece.sent > 4 {
            end = piece.end_near(piece.sent + (end - piece.sent) / 2);
        }
        let command = make(end);
        piece.sent = end;
        command
    }
}

/// The items that the peer is to have where it asked for so many (`/max`): those that have changed last. `None` is all.
fn window(present: &HashMap<String, i64>, max_items: u64) -> Option<HashSet<&String>> {
    let most = usize::try_from(max_items).ok().filter(|most| (1..present.len()).contains(most))?;
    let mut newest: Vec<(&String, &i64)> = present.iter().collect();
    // Of items of one time always the same ones.
    newest.sort_unstable_by_key(|(local_id, modified)| (std::cmp::Reverse(**modified), *local_id));
    Some(newest.into_iter().take(most).map(|(local_id, _)| local_id).collect())
}
