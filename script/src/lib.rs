//! The ground floor: field lists, the values that fields and script variables hold, time, what can be said of two
//! items (equal, newer, merged), and the script language with its built-in functions.
//!
//! Not its job: XML, SyncML, SQL and vCard. Whoever turns text or rows into items lives further up.

pub mod compare;
mod digits;
pub mod fields;
pub mod filter;
pub mod functions;
pub mod item;
pub mod lang;
pub mod merge;
pub mod recurrence;
pub mod text;
pub mod time;
pub mod value;

pub use compare::{Comparer, Comparison, Lookup, MatchKey, equal_values};
pub use fields::{CompareMode, Field, FieldId, FieldList, FieldType, MergeMode};
pub use item::Item;
pub use merge::{Merged, Replacement, merge, replace};
pub use time::{Timestamp, TimestampKind, Zone, Zones};
pub use value::Value;
