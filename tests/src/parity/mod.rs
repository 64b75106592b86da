//! Whether this program does what the original measurably does, case by case.
//!
//! A case is an input and what the original answered. A difference is either argued, as a rule over inputs, or a
//! fault; never is one excused by the id of its case.

pub mod time;

/// What a case shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both answer the same.
    Equal,
    /// We answer otherwise, for this reason.
    OnPurpose(&'static str),
    /// We answer otherwise, and should not.
    Differs {
        /// What the original answered.
        wanted: String,
        /// What we answered.
        got: String,
    },
}
