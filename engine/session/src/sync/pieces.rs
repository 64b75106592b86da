//! Items that come from the peer in pieces (OMA-DS 7, large objects). Not here: pieces that go to it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use syncloom_wire::{Alert, Change as ChangeCommand, Command, Item as WireItem, Location};

use super::DatastoreSync;

/// The peer has not sent an item to its end.
const NO_END_OF_DATA: u16 = 223;

/// An item of which pieces have come.
pub(super) struct Pieces {
    remote_id: String,
    content: Content,
    size: Option<u64>,
    data: Vec<u8>,
    /// The status that the item gets to its last piece, whatever comes: a rest that happened to be readable must
    /// not be taken for the item.
    refused: Option<u16>,
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
        if !item.more_data && self.incoming.is_none() {
            let data = bytes.ok_or(400u16)?.to_vec();
            return Received::of(remote_id, &Content::of(command, item), data);
        }
        let limit = u64::from(self.server.config().max_obj_size);
        let pieces = self.incoming.get_or_insert_with(|| {
            let size = item.meta.size.or(command.meta.size);
            let refused = size.is_some_and(|size| size > limit).then_some(416);
            Pieces { remote_id, content: Content::of(command, item), size, data: Vec::new(), refused }
        });
        if pieces.refused.is_none() {
            pieces.data.extend_from_slice(bytes.ok_or(412u16)?);
            if pieces.data.len() as u64 > limit {
                pieces.refused = Some(413);
                pieces.data = Vec::new();
            }
        }
        if item.more_data {
            return Err(pieces.refused.unwrap_or(213));
        }
        let Some(pieces) = self.incoming.take() else { return Err(400) };
        if let Some(status) = pieces.refused {
            notes.push(format!(
                "datastore {}: item {} is larger than {limit} bytes",
                self.name(),
                pieces.remote_id
            ));
            return Err(status);
        }
        if pieces.size.is_some_and(|size| size != pieces.data.len() as u64) {
            notes.push(format!(
                "datastore {}: item {}: {} bytes came instead of those announced",
                self.name(),
                pieces.remote_id,
                pieces.data.len()
            ));
            return Err(424);
        }
        Received::of(pieces.remote_id, &pieces.content, pieces.data)
    }

    /// Gives up an item that is not complete, unless the next piece is of that item.
    pub(super) fn break_off_other(&mut self, next: Option<&str>, notes: &mut Vec<String>) {
        let Some(open) = self.incoming.take_if(|open| Some(open.remote_id.as_str()) != next) else { return };
        notes.push(format!("datastore {}: item {} was not sent to its end", self.name(), open.remote_id));
        self.report.received.failed += 1;
        self.broken_off.push(open.remote_id);
    }

    /// The peer has said all that it has to say.
    pub(crate) fn end_of_changes(&mut self, notes: &mut Vec<String>) {
        self.break_off_other(None, notes);
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

fn from_base64(data: &[u8]) -> Option<Vec<u8>> {
    let compact: Vec<u8> = data.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(compact).ok()
}
