//! What comes from a peer, what it gets, and what tells its session from others.

use std::net::IpAddr;

use syncloom_wire::{Encoding, Header};

/// One request.
pub(super) struct Request<'a> {
    /// The query of its address.
    pub(super) query: Option<&'a str>,
    /// Where it comes from.
    pub(super) peer: IpAddr,
    /// How it is encoded.
    pub(super) encoding: Encoding,
    /// The message.
    pub(super) body: &'a [u8],
}

/// What a request gets.
pub(super) enum Answer {
    /// A SyncML message.
    Message(Vec<u8>),
    /// It is not SyncML.
    Malformed(String),
    /// It goes on with a session that is not there.
    NoSuchSession,
    /// There are too many sessions.
    Busy,
    /// The server has failed.
    Failed,
}

/// What a session is found by for peers that ignore the address they were told.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct DeviceKey {
    peer: IpAddr,
    device: String,
    session_id: String,
}

impl DeviceKey {
    /// Of a request with this header.
    pub(super) fn new(request: &Request<'_>, header: &Header) -> DeviceKey {
        DeviceKey {
            peer: request.peer,
            device: header.source.uri.clone(),
            session_id: header.session_id.clone(),
        }
    }

    /// Whether both are sessions of one device, whatever address it comes from.
    pub(super) fn is_same_device(&self, other: &DeviceKey) -> bool {
        self.device == other.device
    }
}
