//! Items that come from the peer in pieces (OMA-DS 7, large objects). Not here: pieces that go to it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use syncloom_stores::{Backend, Partial, StoreError};
use syncloom_wire::{Alert, Change as ChangeCommand, Command, Item as WireItem, Location};

use super::{DatastoreSync, home};

/// The peer has not sent an item to its end.
const NO_END_OF_DATA: u16 = 223;
/// The pieces do not make up the item.
const SIZE_MISMATCH: u16 = 424;

/// An item of which pieces have come.
pub(super) struct Pieces {
    remote_id: String,
    local_id: String,
    content: Content,
    size: Option<u64>,
    data: Vec<u8>,
    /// Bytes of the last piece, which the peer may not know to have arrived.
    last_piece: usize,
    /// Where data of a session that broke off ends, and how much of it the peer may send again.
    seam: Option<(usize, usize)>,
    /// The status that the item gets to its last piece, whatever comes: a rest that happened to be readable must
    /// not be taken for the item.
    verdict: Option<u16>,
}

impl Pieces {
    fn new(remote_id: &str, command: &ChangeCommand, item: &WireItem) -> Self {
        Pieces {
            remote_id: remote_id.to_owned(),
            local_id: item.target.as_ref().map(|target| target.uri.clone()).unwrap_or_default(),
            content: Content::of(command, item),
            size: item.meta.size.or(command.meta.size),
            data: Vec::new(),
            last_piece: 0,
            seam: None,
            verdict: None,
        }
    }

    /// Goes on with an item of a session that broke off, where the peer does.
    fn taken_up(
        partial: Partial,
        position: Option<usize>,
        remote_id: &str,
        command: &ChangeCommand,
        item: &WireItem,
    ) -> Self {
        let mut pieces = Pieces { size: partial.total, ..Pieces::new(remote_id, command, item) };
        if partial.status != 0 {
            // It was complete, and the peer has not heard so: this is its end once more.
            pieces.verdict = Some(partial.status);
            return pieces;
        }
        pieces.data = partial.data;
        match position {
            Some(position) if position > pieces.data.len() => pieces.verdict = Some(SIZE_MISMATCH),
            Some(position) => pieces.data.truncate(position),
            None => {
                let unconfirmed = usize::try_from(partial.unconfirmed).unwrap_or(usize::MAX);
                pieces.seam = Some((pieces.data.len(), unconfirmed));
            }
        }
        pieces
    }

    /// How many bytes have come.
    pub(super) fn len(&self) -> usize {
        self.data.len()
    }

    /// What is kept of it if the session breaks off.
    pub(super) fn as_partial(&self) -> Partial {
        Partial {
            source: self.remote_id.clone(),
            target: self.local_id.clone(),
            status: self.verdict.unwrap_or(0),
            total: self.size,
            unconfirmed: self.last_piece as u64,
            data: if self.verdict.is_some() { Vec::new() } else { self.data.clone() },
        }
    }

    fn add(&mut self, bytes: &[u8], position: Option<usize>, limit: u64) {
        match position {
            Some(position) if position > self.data.len() => self.verdict = Some(SIZE_MISMATCH),
            // A piece once more.
            Some(position) => self.data.truncate(position),
            None => {}
        }
        self.data.extend_from_slice(bytes);
        self.last_piece = bytes.len();
        if self.data.len() as u64 > limit {
            self.verdict = Some(413);
        }
        if self.verdict.is_some() {
            self.data = Vec::new();
        }
    }

    /// Whether the size is the announced one. A piece that the peer sent again at a seam is taken out.
    fn has_right_size(&mut self) -> bool {
        let Some(size) = self.size.and_then(|size| usize::try_from(size).ok()) else { return true };
        if let Some((end, unconfirmed)) = self.seam
            && self.data.len() == size.saturating_add(unconfirmed)
            && unconfirmed <= end
        {
            self.data.drain(end - unconfirmed..end);
        }
        self.data.len() == size
    }
}

/// A whole item as it came.
pub(super) struct Received {
    pub(super) remote_id: String,
    pub(super) mime_type: Option<String>,
    pub(super) data: Vec<u8>,
}

impl Received {
    /// `Err` is the status of data that is not in the format that it claims.
    fn of(remote_id: String, content: &Content, data: Vec<u8>) -> Result<Self, u16> {
        let is_base64 = content.format.as_deref().is_some_and(|format| format.eq_ignore_ascii_case("b64"));
        let data = if is_base64 { from_base64(&data).ok_or(400u16)? } else { data };
        Ok(Received { remote_id, mime_type: content.mime_type.clone(), data })
    }
}

/// What an item's data is: the item says it, or else its command.
struct Content {
    mime_type: Option<String>,
    format: Option<String>,
}

impl Content {
    fn of(command: &ChangeCommand, item: &WireItem) -> Self {
        let either =
            |item: &Option<String>, command: &Option<String>| item.clone().or_else(|| command.clone());
        Content {
            mime_type: either(&item.meta.type_, &command.meta.type_),
            format: either(&item.meta.format, &command.meta.format),
        }
    }
}

impl DatastoreSync {
    /// Puts the pieces of a large object together. `Err` is the status of an item that is not whole.
    pub(super) fn whole(
        &mut self,
        remote_id: String,
        command: &ChangeCommand,
        item: &WireItem,
        notes: &mut Vec<String>,
    ) -> Result<Received, u16> {
        let bytes = item.data.as_ref().and_then(|data| data.as_bytes());
        let limit = u64::from(self.server.config().max_obj_size);
        let position = position_of(item, command);
        if self.incoming.is_none() {
            self.incoming = self.take_up(&remote_id, command, item, bytes, position);
        }
        if self.incoming.is_none() && !item.more_data {
            if position.is_some_and(|position| position > 0) {
                // The end of an item whose beginning is not here.
                return Err(SIZE_MISMATCH);
            }
            let data = bytes.ok_or(400u16)?.to_vec();
            return Received::of(remote_id, &Content::of(command, item), data);
        }
        let pieces = self.incoming.get_or_insert_with(|| {
            let mut pieces = Pieces::new(&remote_id, command, item);
            pieces.verdict = pieces.size.is_some_and(|size| size > limit).then_some(416);
            pieces
        });
        if pieces.verdict.is_none() {
            pieces.add(bytes.ok_or(412u16)?, position, limit);
        }
        if item.more_data {
            return Err(pieces.verdict.filter(|status| *status >= 400).unwrap_or(213));
        }
        let Some(mut pieces) = self.incoming.take() else { return Err(400) };
        let about = format!("datastore {}: item {}", self.name(), pieces.remote_id);
        match pieces.verdict {
            Some(status @ (413 | 416)) => {
                notes.push(format!("{about} is larger than {limit} bytes"));
                return Err(status);
            }
            Some(status) => {
                notes.push(format!("{about}: its end has come without its beginning"));
                return Err(status);
            }
            None => {}
        }
        if !pieces.has_right_size() {
            let came = pieces.data.len();
            notes.push(format!("{about}: {came} bytes came instead of those announced"));
            return Err(SIZE_MISMATCH);
        }
        Received::of(pieces.remote_id, &pieces.content, pieces.data)
    }

    /// The half-received item of the session that is taken up, if this is more of it. A peer that says a size, or
    /// that it is at the beginning, sends the whole item anew.
    fn take_up(
        &mut self,
        remote_id: &str,
        command: &ChangeCommand,
        item: &WireItem,
        bytes: Option<&[u8]>,
        position: Option<usize>,
    ) -> Option<Pieces> {
        let partial = self.suspended.take_if(|partial| partial.source == remote_id)?;
        let here = bytes.map_or(0, <[u8]>::len) as u64;
        let announced = item.meta.size.or(command.meta.size);
        let with = |extra: u64| partial.data.len() as u64 + here == partial.total.unwrap_or(0) + extra;
        let goes_on = match position {
            Some(position) => position > 0,
            None if announced.is_some() => false,
            None => item.more_data || partial.status == 0 && (with(0) || with(partial.unconfirmed)),
        };
        goes_on.then(|| Pieces::taken_up(partial, position, remote_id, command, item))
    }

    /// Remembers how an item in pieces ended: its last piece may come again, if its status gets lost.
    pub(super) fn note_end(
        &mut self,
        item: &WireItem,
        command: &ChangeCommand,
        remote_id: &str,
        status: u16,
    ) {
        let is_end = !item.more_data && position_of(item, command).is_some_and(|position| position > 0);
        if is_end || (!item.more_data && self.in_pieces) {
            let source = remote_id.to_owned();
            self.tail = Some(Partial { source, status, ..Partial::default() });
        }
        self.in_pieces = item.more_data;
    }

    /// Gives up an item that is not complete, unless the next piece is of that item.
    pub(super) fn break_off_other(&mut self, next: Option<&str>, notes: &mut Vec<String>) {
        let Some(open) = self.incoming.take_if(|open| Some(open.remote_id.as_str()) != next) else { return };
        notes.push(format!("datastore {}: item {} was not sent to its end", self.name(), open.remote_id));
        self.report.received.failed += 1;
        self.broken_off.push(open.remote_id);
    }

    /// The peer has said all that it has to say.
    pub(crate) fn end_of_changes(&mut self, backend: &mut dyn Backend, notes: &mut Vec<String>) {
        self.break_off_other(None, notes);
        if self.wipe
            && self.heard
            && self.failed().is_none()
            && let Err(error) = self.wipe_the_rest(backend)
        {
            self.store_failed(&error, notes);
        }
    }

    /// A refresh from the client: what it has not sent is deleted here, now that it is certain that it is not sent.
    fn wipe_the_rest(&mut self, backend: &mut dyn Backend) -> Result<(), StoreError> {
        let Some(matcher) = self.loaded.as_mut().and_then(|loaded| loaded.matcher.take()) else {
            return Ok(());
        };
        let is_ours_to_delete =
            |local_id: &String| !self.is_read_only(home::of_id(&self.datastore, local_id));
        let rest: Vec<String> = matcher.into_rest().filter(is_ours_to_delete).collect();
        let Some(loaded) = &mut self.loaded else { return Ok(()) };
        let mut store = backend.store(&self.datastore, &self.scope)?;
        for local_id in rest {
            store.delete(&local_id)?;
            loaded.maps.remove(store.as_mut(), &self.target, &local_id)?;
        }
        Ok(())
    }

    /// What the peer has to be told of items that it did not send to their end: Alerts without their numbers.
    pub(crate) fn take_broken_off(&mut self) -> Vec<Command> {
        let alert = |remote_id: String| {
            let item = WireItem {
                target: Some(Location::new(self.local_uri.clone())),
                source: Some(Location::new(remote_id)),
                ..WireItem::default()
            };
            Command::Alert(Alert { code: Some(NO_END_OF_DATA), items: vec![item], ..Alert::default() })
        };
        std::mem::take(&mut self.broken_off).into_iter().map(alert).collect()
    }
}

/// Where a piece belongs, where the peer says so: the original engine does, as `EMI` of the item or its command.
fn position_of(item: &WireItem, command: &ChangeCommand) -> Option<usize> {
    let mut emi = item.meta.emi.iter().chain(&command.meta.emi);
    emi.find_map(|text| text.trim().strip_prefix("datapos=")?.trim().parse().ok())
}

fn from_base64(data: &[u8]) -> Option<Vec<u8>> {
    let compact: Vec<u8> = data.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(compact).ok()
}
