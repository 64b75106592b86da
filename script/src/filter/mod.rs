//! Filters: the small language that says which items of a database take part in a sync (manual 7).
//!
//! A filter of a config is [compiled](Filter::compile) once, and then [tested](Filter::test) on items or used to
//! [make them pass](Filter::make_pass). What a peer sends is CGI: [`parse_cgi`] reads a `<Filter>` element, and
//! [`parse_path`] the end of a database path with its options. [`to_sql`] writes a filter as a condition of a
//! statement, where that says exactly the same.
//!
//! Not its job: when which filter applies, and what a profile's properties are called; [`Names`] tells that.

mod cgi;
mod compile;
mod expression;
mod matching;
mod names;
mod parse;
mod problem;
mod sql;
#[cfg(test)]
mod tests;
mod tree;

pub use cgi::{CgiFilter, DayRange, Limits, PathOptions, parse_cgi, parse_path};
pub use expression::{Expression, Operator, WrittenTerm};
pub use names::{FieldNames, Names, Place, Role, Slot};
pub use parse::parse;
pub use problem::{Problem, ProblemKind};
pub use sql::{Bound, Column, ColumnKind, Columns, Condition, Dialect, NotExact, NullReads, SqlPart, to_sql};
pub use tree::{Filter, Ids};

/// The longest filter in bytes. Real ones have a few hundred.
pub const MAX_LENGTH: usize = 64 * 1024;

/// How deep parentheses may nest. Real filters have two or three levels.
pub const MAX_DEPTH: usize = 64;
