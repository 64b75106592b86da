//! Bounds on what a message may cost its reader. Not here: protocol limits such as `MaxMsgSize`,
//! which the session negotiates.

/// The largest message that is read. Peers announce 10 KB to some MB as `MaxMsgSize`, but the first
/// message of a session is written before they know ours, and device information or an unsplit large
/// object can make it long.
pub(crate) const MAX_BYTES: usize = 32 * 1024 * 1024;

/// The deepest nesting. A message of the standard is at most about 20 deep (device information
/// inside a group inside a `Sync`); the builder recurses with it, so it also bounds the stack.
pub(crate) const MAX_DEPTH: usize = 48;

/// The most elements of one message. A hostile element is one byte of WBXML and costs its reader
/// several hundred bytes as a typed value; an honest one takes about 20 bytes, so this is a message
/// of some 5 MB. The worst that a message can cost with this limit is about 220 MB of memory.
pub(crate) const MAX_ELEMENTS: usize = 250_000;

/// How many times the length of its document a WBXML string table may be expanded by references.
/// Real tables hold each name once and are shorter than what refers to them; without a bound a
/// reference of two bytes could stand for a megabyte, again and again.
pub(crate) const MAX_TABLE_EXPANSION: usize = 16;

/// The expansion that even the shortest document may use, in bytes.
pub(crate) const MIN_TABLE_EXPANSION: usize = 64 * 1024;

/// What [`decode`](crate::decode) accepts; beyond it is a [`DecodeError`](crate::DecodeError).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of the message in bytes.
    pub max_bytes: usize,
    /// Nesting of elements; `SyncML` itself is depth 1. Values above a few hundred risk the stack.
    pub max_depth: usize,
    /// Number of elements, those of nested DevInf documents and of skipped content included.
    pub max_elements: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: MAX_BYTES, max_depth: MAX_DEPTH, max_elements: MAX_ELEMENTS }
    }
}
