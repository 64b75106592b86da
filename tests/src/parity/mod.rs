//! Comparing what we answer with recorded answers of the original engine, one room at a time.
//!
//! Every room has a `run` that takes the input and the recorded output of a case, as JSON, and says how ours
//! compares. Not its job: finding the recordings; a test does that, and is skipped where there are none.

pub mod filter;
mod filter_items;

/// How our answer to a case compares with the recorded one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same.
    Equal,
    /// Different, and meant to be: why, as a row of `docs/compatibility.md` has it.
    OnPurpose(&'static str),
    /// Different.
    Differs {
        /// What was recorded.
        wanted: String,
        /// What we say.
        got: String,
    },
}
