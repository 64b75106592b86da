//! Why the text of a rule is not taken.
//!
//! A rule is taken whole or not at all: one that is half understood puts events on days on which there are none.
//! Not its job: where the text came from; the caller knows the item and its property.

use std::fmt;

/// Why the text of a rule is not taken, with the part of it that is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It does not begin with a frequency: a letter with an interval, or `FREQ=`.
    NoFrequency,
    /// The frequency is none that the field block of manual 10.6 can hold.
    Frequency(String),
    /// The interval is no number from 1 up.
    Interval(String),
    /// An element of a list is no weekday, day of the month or month.
    Element(String),
    /// The count is no number.
    Count(String),
    /// The end is no date and no time.
    Until(String),
    /// A part that the field block has no place for, or not together with the rest of the rule.
    Unsupported(String),
    /// A part that stands there twice.
    Twice(String),
    /// The rule counts its occurrences, but it has none.
    NoOccurrence,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NoFrequency => f.write_str("the recurrence rule does not begin with a frequency"),
            Refused::Frequency(part) => write!(f, "the frequency {part:?} is not supported"),
            Refused::Interval(part) => write!(f, "the interval {part:?} is no number from 1 up"),
            Refused::Element(part) => write!(f, "{part:?} is no weekday, day or month of this rule"),
            Refused::Count(part) => write!(f, "the count {part:?} is no number"),
            Refused::Until(part) => write!(f, "the end {part:?} is no date and no time"),
            Refused::Unsupported(part) => write!(f, "{part:?} is not supported in this rule"),
            Refused::Twice(part) => write!(f, "{part:?} stands twice in the rule"),
            Refused::NoOccurrence => f.write_str("the rule has a count but no occurrence"),
        }
    }
}

impl std::error::Error for Refused {}
