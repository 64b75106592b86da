//! Comparing Syncloom with recorded answers of the original engine, case by case.
//!
//! Not its job: deciding what is right. A difference that is on purpose is a row of `docs/compatibility.md`.

pub mod merge;

/// What came of one case.
#[derive(Debug)]
pub enum Verdict {
    /// The same answer.
    Equal,
    /// Another answer on purpose; the words say why.
    OnPurpose(&'static str),
    /// Another answer.
    Differs {
        /// What the original says.
        wanted: String,
        /// What Syncloom says.
        got: String,
    },
}
