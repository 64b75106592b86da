//! The script language (manual chapter 6): read, compiled when a config is loaded, and run many times.
//!
//! `lexer` and `parser` read, `compile` resolves every name to a slot and every function to its implementation,
//! `machine` runs what comes out. [`ContextBuilder`] is where upper rooms begin. Not its job: the built-in
//! functions themselves ([`crate::functions`]), places in the XML file, and everything outside of the process
//! ([`host`]).

mod ast;
pub(crate) mod clock;
mod code;
mod compile;
mod context;
mod error;
mod frames;
pub mod host;
mod kind;
mod lexer;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod ops;
mod parser;
pub(crate) mod regex;
mod trace;
pub(crate) mod val;

pub(crate) use code::Operand;
pub use context::{
    Context, ContextBuilder, DEFAULT_LOOP_TIMEOUT_MS, Library, Scope, ScriptId, TypedValue, Variables,
};
pub use error::{Fault, MacroPlace, RunError, ScriptError};
pub use host::{Env, Host, ItemPair, ItemSlot, System};
pub use kind::Kind;
pub use lexer::Macros;
pub use trace::{Event, Tracer};

/// How deep user functions may call each other. No sensible script goes deeper, and an endless recursion is
/// noticed at once.
pub const MAX_CALL_DEPTH: usize = 500;
/// The longest text of a variable, in bytes: a photo or an attachment with room to spare.
pub const MAX_TEXT: usize = 64 << 20;
/// How many bytes all variables of a run may hold together.
pub const MAX_MEMORY: usize = 256 << 20;
/// After how many rounds of loops the clock is looked at: often enough for seconds, rarely enough to cost nothing.
const LOOP_CHECK: u32 = 1024;

/// The known name that a mistyped one may have meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = name.to_ascii_uppercase();
    let distance = |other: &str| strsim::damerau_levenshtein(&name, &other.to_ascii_uppercase());
    known
        .map(|other| (distance(other), other))
        .filter(|(distance, other)| *distance <= 1 + other.len() / 4)
        .min()
        .map(|(_, other)| other.to_owned())
}

#[cfg(test)]
mod tests;
