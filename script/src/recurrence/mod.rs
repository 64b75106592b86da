//! Recurrence rules: the field block of manual 10.6, its two text forms, and the dates that it stands for.
//!
//! A rule comes in as text of vCalendar 1.0 ([`vcal1`]) or of iCalendar ([`ical`]), is kept as a [`Block`] of five
//! fields beside the start of the event, and goes out as text of either. A [`Series`] is a block with its start:
//! it is asked for occurrences, for the n-th of them, and how many there are until a date.
//!
//! Not its job: RDATE, EXDATE and changed instances (they are fields of their own), properties and parameters.

mod block;
mod calendar;
pub mod ical;
mod months;
mod occurrences;
mod refused;
mod series;
pub mod vcal1;

pub use block::{Block, Frequency, Modifier, UnknownFrequency};
pub use occurrences::Occurrences;
pub use refused::Refused;
pub use series::Series;
