//! What could not be taken over as it stood: notes, one log line each, and the errors that refuse an item.
//!
//! Not its job: deciding what is logged, and where.

use std::fmt;

/// Something that was left out, replaced or doubted while an item was parsed or generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line of the text, from 1; 0 while generating.
    pub line: usize,
    /// The property or component; empty where there is none.
    pub property: String,
    /// What happened.
    pub kind: NoteKind,
}

/// What a [`Note`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// Lines before the first `BEGIN` of the profile.
    BeforeBegin,
    /// Text behind the last `END`.
    AfterEnd,
    /// The text stops inside a component.
    MissingEnd,
    /// An `END` that closes nothing.
    UnexpectedEnd,
    /// A line that is no property: there is no colon, or no name before it.
    NoProperty,
    /// The profile has no such property.
    UnknownProperty,
    /// The profile has no such component here.
    UnknownComponent,
    /// A component that the profile has once came again, and one item holds one.
    RepeatedComponent,
    /// The property has one place, in which the first occurrence is.
    Repeated,
    /// No position of the property is for its parameters.
    NoPlace,
    /// The property has no such parameter, or no use for this value of it.
    UnknownParameter(String),
    /// The group prefix is not stored: the property has no group field.
    UnstoredGroup(String),
    /// An encoding that is not known; the value was taken as it stands.
    UnknownEncoding(String),
    /// A character set that is not known; the name of the one that fits the bytes.
    UnknownCharset(String, &'static str),
    /// Bytes that are not of the character set that they should be of; the name of the one used instead.
    WrongCharset(&'static str),
    /// Characters that no text may hold were dropped.
    DroppedNul,
    /// Characters that are no base 64 were dropped.
    BadBase64,
    /// The version is another one than that of the datatype.
    OtherVersion(String),
    /// The profile has a version property and the text does not.
    NoVersion,
    /// The value cannot be stored in a field of its type.
    NotUnderstood(String),
    /// More values than the property has places for.
    TooManyValues,
    /// The so-many-th value of the property has no field; it was dropped.
    UnstoredValue(usize),
    /// There is no place left for another occurrence; it was dropped.
    NoPlaceLeft,
    /// The property occurred before, and its position says that the last occurrence stays.
    Replaced,
    /// The field had a value already, and the conversion fills empty fields alone.
    KeptFirst,
    /// The item could not be packed as its datatype says.
    NotConverted,
    /// The recurrence rule is none that its fields can hold, and why.
    RuleRefused(String),
    /// No zone has this id, and the text does not define it; its times have no zone.
    UnknownZone(String),
    /// What defines a zone, or says which one it is, cannot be read, and why.
    UnreadableZone(String),
    /// The value cannot be said in this dialect, and was left out.
    NotWritable(String),
    /// The value was cut to so many bytes, which is all that the peer holds.
    Truncated(usize),
    /// The value is longer than what the peer holds, and was left out.
    LeftOut(usize),
    /// There are more than the peer holds; the rest was left out.
    TooMany(usize),
    /// The mail has another variant of its text, of this MIME type, and there is no field for it.
    DroppedVariant(String),
    /// So many attachments are too many or too large, and were left out.
    TooManyAttachments(usize),
    /// A mail has more parts than are taken apart.
    TooManyParts(usize),
    /// Parts lie within each other more deeply than they are taken apart.
    PartsTooDeep(usize),
    /// Characters of a parameter that cannot stand there were replaced.
    ReplacedInParameter(String),
    /// Characters that the peer's character set lacks were written as the nearest that it has.
    NotInCharset(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.property.is_empty() {
            write!(f, "{}: ", self.property)?;
        }
        write!(f, "{}", self.kind)
    }
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoteKind::BeforeBegin => f.write_str("text before BEGIN is skipped"),
            NoteKind::AfterEnd => f.write_str("text after END is skipped"),
            NoteKind::MissingEnd => f.write_str("END is missing"),
            NoteKind::UnexpectedEnd => f.write_str("this END closes nothing"),
            NoteKind::NoProperty => f.write_str("not a property, skipped"),
            NoteKind::UnknownProperty => f.write_str("the profile has no such property, skipped"),
            NoteKind::UnknownComponent => f.write_str("the profile has no such component here, skipped"),
            NoteKind::RepeatedComponent => f.write_str("comes more than once; this one is left out"),
            NoteKind::Repeated => f.write_str("comes more than once; the first is taken"),
            NoteKind::NoPlace => f.write_str("its parameters fit no position, skipped"),
            NoteKind::UnknownParameter(name) => write!(f, "parameter {name} is not stored"),
            NoteKind::UnstoredGroup(group) => write!(f, "group {group} is not stored"),
            NoteKind::UnknownEncoding(name) => write!(f, "encoding {name} is not known, taken as it stands"),
            NoteKind::UnknownCharset(name, used) => {
                write!(f, "character set {name} is not known, taken as {used}")
            }
            NoteKind::WrongCharset(used) => write!(f, "not of its character set, taken as {used}"),
            NoteKind::DroppedNul => f.write_str("NUL characters are dropped"),
            NoteKind::BadBase64 => f.write_str("characters that are no base 64 are dropped"),
            NoteKind::OtherVersion(version) => write!(f, "version {version} is not that of the datatype"),
            NoteKind::NoVersion => f.write_str("the version is missing"),
            NoteKind::NotUnderstood(text) => write!(f, "{text:?} is no value for its field, skipped"),
            NoteKind::TooManyValues => f.write_str("more values than the profile has, the rest is skipped"),
            NoteKind::UnstoredValue(number) => write!(f, "its value {number} has no field, skipped"),
            NoteKind::NoPlaceLeft => f.write_str("no place left for another one, skipped"),
            NoteKind::Replaced => f.write_str("comes more than once; the last is taken"),
            NoteKind::KeptFirst => f.write_str("its field has a value already, which is kept"),
            NoteKind::NotConverted => f.write_str("this conversion is not available, skipped"),
            NoteKind::RuleRefused(why) => write!(f, "{why}; the event is taken as one that does not recur"),
            NoteKind::UnknownZone(id) => {
                write!(f, "no zone is called {id}; its times are taken without a zone")
            }
            NoteKind::UnreadableZone(why) => write!(f, "no zone is made of it: {why}"),
            NoteKind::NotWritable(value) => write!(f, "{value:?} cannot be written here, left out"),
            NoteKind::Truncated(size) => write!(f, "cut to the {size} bytes that the peer holds"),
            NoteKind::LeftOut(size) => {
                write!(f, "left out: longer than the {size} bytes that the peer holds")
            }
            NoteKind::TooMany(most) => write!(f, "left out beyond the {most} that the peer holds"),
            NoteKind::DroppedVariant(kind) => write!(f, "there is no field for the text as {kind}, skipped"),
            NoteKind::TooManyAttachments(count) => {
                write!(f, "{count} attachments are too many or too large, skipped")
            }
            NoteKind::TooManyParts(most) => write!(f, "parts behind the first {most} are skipped"),
            NoteKind::PartsTooDeep(most) => write!(f, "parts below {most} levels are kept as they are"),
            NoteKind::ReplacedInParameter(name) => {
                write!(f, "quotes or line ends in parameter {name} are replaced")
            }
            NoteKind::NotInCharset(missing) => {
                write!(f, "the character set of the peer lacks {missing}, others are written")
            }
        }
    }
}

/// Why a text is no item. SyncML status 415 at the border of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// There is no `BEGIN` of the profile.
    NoBegin {
        /// The name of the profile.
        profile: String,
    },
    /// A component lacks properties that it must have (`nummandatory`, manual 10.3.1).
    MissingMandatory {
        /// The line on which the component ends.
        line: usize,
        /// The name of the component.
        component: String,
        /// How many mandatory properties it must have.
        wanted: u32,
        /// How many it has.
        found: u32,
        /// The names of those that it has not.
        missing: Vec<String>,
    },
    /// More components within each other than any real item has.
    TooDeep {
        /// The line of the `BEGIN` that is one too many.
        line: usize,
        /// The name of the component.
        component: String,
    },
    /// The text is longer than any item.
    TooLong {
        /// How many bytes it may have.
        most: usize,
    },
    /// Compressed data becomes more than any item has.
    TooLarge {
        /// How many bytes it may become.
        most: usize,
    },
    /// Compressed data is damaged.
    BadCompression,
    /// A data object is no XML document.
    NotXml {
        /// The line where it stops being one.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// More properties than any real item has.
    TooManyProperties {
        /// The line of the property that is one too many.
        line: usize,
        /// The name of the property.
        property: String,
    },
}

impl ParseError {
    /// The line of the text that it is about, from 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            ParseError::MissingMandatory { line, .. }
            | ParseError::TooDeep { line, .. }
            | ParseError::NotXml { line, .. }
            | ParseError::TooManyProperties { line, .. } => Some(*line),
            ParseError::NoBegin { .. }
            | ParseError::TooLong { .. }
            | ParseError::TooLarge { .. }
            | ParseError::BadCompression => None,
        }
    }

    /// What is wrong, without the line.
    pub fn reason(&self) -> String {
        match self {
            ParseError::NoBegin { profile } => format!("there is no BEGIN:{profile}"),
            ParseError::MissingMandatory { component, wanted, found, missing, .. } => {
                let has =
                    format!("{component} has {found} of the {wanted} mandatory properties that it must have");
                if missing.is_empty() { has } else { format!("{has}; there is no {}", missing.join(", no ")) }
            }
            ParseError::TooDeep { component, .. } => format!("BEGIN:{component} is nested too deeply"),
            ParseError::TooLarge { most } => format!("compressed data becomes more than {most} bytes"),
            ParseError::TooLong { most } => format!("the text is longer than {most} bytes"),
            ParseError::NotXml { why, .. } => format!("not an XML document: {why}"),
            ParseError::BadCompression => "compressed data is damaged".to_owned(),
            ParseError::TooManyProperties { property, .. } => {
                format!("{property} is one property too many")
            }
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line() {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.reason())
    }
}

impl std::error::Error for ParseError {}
