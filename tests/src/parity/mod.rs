//! How what we give compares with what the original engine measurably gave, case by case.

pub mod script;
mod script_rules;

/// What a comparison of one case says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same.
    Equal,
    /// Different by a decision: the row of `docs/compatibility.md`, in short.
    OnPurpose(&'static str),
    /// Different.
    Differs {
        /// What the original gave.
        wanted: String,
        /// What we give.
        got: String,
    },
}
