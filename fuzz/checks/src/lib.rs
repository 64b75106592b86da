//! What must hold for any bytes, one check for each language that outsiders write.
//!
//! A check takes bytes and asserts: they give a value or a diagnostic, in bounded time, and what is given keeps its
//! bounds. Fuzz targets and a test of this crate run the same checks. Not its job: making the bytes.

mod chance;
pub mod filter;
pub mod mail;
pub mod mime;
pub mod object;
pub mod rrule;
pub mod script;
pub mod timestamp;
pub mod vtimezone;

pub use chance::Chance;

/// A check with its name, which is that of its fuzz target, and inputs to begin with.
pub struct Target {
    /// The name.
    pub name: &'static str,
    /// The check.
    pub check: fn(&[u8]),
    /// Inputs that reach far into what is checked.
    pub seeds: &'static [&'static str],
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "filter", check: filter::check, seeds: filter::SEEDS },
    Target { name: "mail", check: mail::check, seeds: mail::SEEDS },
    Target { name: "mime", check: mime::check, seeds: mime::SEEDS },
    Target { name: "object", check: object::check, seeds: object::SEEDS },
    Target { name: "rrule", check: rrule::check, seeds: rrule::SEEDS },
    Target { name: "script", check: script::check, seeds: script::SEEDS },
    Target { name: "timestamp", check: timestamp::check, seeds: timestamp::SEEDS },
    Target { name: "vtimezone", check: vtimezone::check, seeds: vtimezone::SEEDS },
];

/// Bytes as the text that configs and messages are read as.
fn text(data: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(data)
}
