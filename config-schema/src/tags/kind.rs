//! What can stand in a tag or an attribute.
//!
//! Not its job: whether a text is a value of a kind (`values`).

use crate::placeholders::Statement;

/// What a tag or an attribute contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Other tags.
    Container,
    /// Tags of any name, for others to understand.
    Free,
    /// Nothing; attributes say it all.
    Empty,
    /// Text as it stands, without the space around it.
    Text,
    /// Text in which variables are replaced without being asked to (manual 4.2).
    Expanded,
    /// A path; variables are replaced. A relative one begins where the program was started.
    Path,
    /// Text with escapes as in C (manual 3.4).
    CText,
    /// Text with the space around it.
    Raw,
    /// One character, or one of these words.
    Character(&'static [&'static str]),
    /// yes, true, on, 1 or no, false, off, 0 (manual 3.4).
    Boolean,
    /// A boolean, or `unspecified`.
    Tristate,
    /// A decimal number, or one in hexadecimal after `0x`.
    Integer {
        /// The least that is allowed.
        min: i64,
        /// The most that is allowed.
        max: i64,
    },
    /// A number as in `Integer`, or one of these words.
    IntegerOr {
        /// The least that is allowed.
        min: i64,
        /// The most that is allowed.
        max: i64,
        /// The words.
        words: &'static [&'static str],
    },
    /// One of these words, in any case.
    Enum(&'static [&'static str]),
    /// The name of a field.
    FieldName,
    /// The name of a time zone.
    TimeZone,
    /// The definition of a time zone (VTIMEZONE).
    ZoneRule,
    /// A point in time.
    Timestamp,
    /// An IP address.
    Address,
    /// A script.
    Script,
    /// A function in the script language.
    Function,
    /// A filter expression.
    Filter,
    /// SQL with placeholders.
    Sql(Statement),
}

impl Kind {
    /// Any 16-bit number.
    pub const INT16: Kind = Kind::Integer { min: i16::MIN as i64, max: i16::MAX as i64 };
    /// Any 16-bit number from 0.
    pub const UINT16: Kind = Kind::Integer { min: 0, max: u16::MAX as i64 };
    /// Any 32-bit number.
    pub const INT32: Kind = Kind::Integer { min: i32::MIN as i64, max: i32::MAX as i64 };
    /// Any 32-bit number from 0.
    pub const UINT32: Kind = Kind::Integer { min: 0, max: u32::MAX as i64 };

    /// Whether other tags stand inside.
    pub fn has_tags(self) -> bool {
        matches!(self, Kind::Container | Kind::Free)
    }

    /// Its words, if it is a choice of words, or has words besides.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Kind::Enum(words) | Kind::Character(words) | Kind::IntegerOr { words, .. } => words,
            Kind::Boolean => &["yes", "no"],
            Kind::Tristate => &["yes", "no", "unspecified"],
            _ => &[],
        }
    }

    /// What it is, in words: `yes or no`, `a number from 0 to 9`.
    pub fn described(self) -> String {
        match self {
            Kind::Container => "other tags".to_owned(),
            Kind::Free => "tags of any name".to_owned(),
            Kind::Empty => "nothing; its attributes say it all".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Expanded => "text; variables are replaced".to_owned(),
            Kind::Path => "a path; variables are replaced".to_owned(),
            Kind::CText => "text with escapes as in C".to_owned(),
            Kind::Raw => "text as it stands".to_owned(),
            Kind::Character([]) => "one character".to_owned(),
            Kind::Character(words) => format!("one character, or {}", words.join(", ")),
            Kind::Boolean => "yes or no".to_owned(),
            Kind::Tristate => "yes, no or unspecified".to_owned(),
            Kind::Integer { min, max } => format!("a number from {min} to {max}"),
            Kind::IntegerOr { min, max, words } => {
                format!("a number from {min} to {max}, or {}", words.join(", "))
            }
            Kind::Enum(words) => format!("one of {}", words.join(", ")),
            Kind::FieldName => "the name of a field".to_owned(),
            Kind::TimeZone => "the name of a time zone".to_owned(),
            Kind::ZoneRule => "a VTIMEZONE".to_owned(),
            Kind::Timestamp => "a date, or a date with a time".to_owned(),
            Kind::Address => "an IP address".to_owned(),
            Kind::Script => "a script".to_owned(),
            Kind::Function => "a script function".to_owned(),
            Kind::Filter => "a filter".to_owned(),
            Kind::Sql(_) => "SQL with placeholders".to_owned(),
        }
    }

    /// Whether variables are replaced where the tag has no `expand` attribute.
    pub fn expands(self) -> bool {
        matches!(self, Kind::Expanded | Kind::Path)
    }
}
