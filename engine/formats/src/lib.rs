//! Items to and from MIME-DIR text: vCard, vCalendar, and whatever else a profile of the config describes
//! (manual 10.3, 10.5; RFC 2425, RFC 2426, the vCard 2.1 and vCalendar 1.0 documents).
//!
//! The profile alone says what a property is called and where it is stored; no property name stands in this
//! crate. What does stand here is the syntax that all MIME-DIR texts share: `BEGIN` and `END`, folding,
//! the `ENCODING`, `CHARSET` and `VALUE` parameters, escapes.
//!
//! A [`Codec`] is made once per datatype and then used for every item:
//!
//! * [`Codec::parse`] turns text into an item and a list of [`Note`]s about what could not be taken over;
//! * [`Codec::generate`] turns an item into text;
//! * [`Codec::available_fields`] says which fields a peer can hold, so that the others stay protected;
//! * [`Codec::capabilities`] describes the profile for device information.
//!
//! What a text has and the profile has no field for is kept in the field of `<unknowns>` and written again, or
//! noted where there is no such field.
//!
//! Not its job: scripts, filters, stores, SyncML; and which zone or recurrence rule a text means, which
//! `syncloom_script` knows.

mod capabilities;
mod charset;
mod codec;
mod convert;
mod echo;
mod enums;
mod generate;
mod held;
mod kept;
mod mime;
mod note;
mod object;
mod packing;
mod parse;
mod peer;
mod peer_charset;
mod pipeline;
mod plan;
mod profiles;
pub mod recode;
mod setting;
mod split;
#[cfg(test)]
mod testing;
mod text;

pub use capabilities::{Capabilities, ParameterCap, PropertyCap, Style};
pub use codec::{Codec, Encoded, PRODUCT_ID, Parsed, Prepared};
pub use held::Had;
pub use note::{Note, NoteKind, ParseError};
pub use peer::{Limit, Peer, TimesMean};
pub use pipeline::{Hosts, Pipeline, ScriptFault};
pub use profiles::{ProfileError, Profiles, Request};
pub use split::{Piece, split};
