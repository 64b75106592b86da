//! SyncML messages as Rust types, to and from XML and WBXML bytes.
//!
//! The room of the wire formats: SyncML 1.0, 1.1 and 1.2 (OMA-SyncML-RepPro), MetInf
//! (OMA-SyncML-MetInf) and DevInf (OMA-SyncML-DevInf), written as XML 1.0 or as WBXML 1.1 to 1.3.
//! It knows nothing of what items mean, of sessions, of authentication or of transports: what a
//! command asks for is the business of the session, what an item says that of the formats.
//!
//! - [`decode`] reads bytes that a stranger sent: it never panics and keeps to its [`Limits`].
//! - [`encode`] writes a message, [`command_len`] and [`frame_len`] say beforehand how long it gets.
//! - [`transcode`] turns one encoding into the other and refuses what it could not carry over.
//!
//! Inside, one table of elements (`tag`) serves both readers and both writers; the readers feed one
//! builder (`read`), and one walk over the types feeds both writers (`write`).

mod codec;
mod devinf;
mod error;
mod limits;
mod message;
mod parts;
mod read;
mod tag;
mod token;
mod version;
mod write;

pub use codec::{Decoded, command_len, decode, encode, frame_len, read_devinf, transcode, write_devinf};
pub use devinf::{ContentType, CtCap, CtParam, CtProperty, DevInf, DevInfStore, DsMem, Ext, FilterCap};
pub use error::{DecodeError, Fault, FaultKind};
pub use limits::Limits;
pub use message::{
    Alert, Change, Command, Exec, GetPut, Group, Header, Map, MapItem, Message, Results, Search, Status,
    Sync, Unknown,
};
pub use parts::{Anchor, Chal, Cred, Data, Filter, Item, Location, Mem, Meta};
pub use version::{Encoding, Version};
