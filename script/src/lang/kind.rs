//! The types of script values: those of fields (manual 10.2), and none.

use crate::fields::FieldType;

/// The type of a script value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    /// `EMPTY`, `UNASSIGNED` and whole arrays have no type.
    None,
    String,
    Multiline,
    Telephone,
    Url,
    Integer,
    Timestamp,
    Date,
    Blob,
}

impl Kind {
    /// The type of this name in a script, in any case.
    pub fn named(name: &str) -> Option<Kind> {
        FieldType::NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, kind)| (*kind).into())
    }

    /// Its name, as TYPENAME gives it.
    pub fn name(self) -> &'static str {
        self.field_type().map_or("none", FieldType::name)
    }

    /// Whether its values are text.
    #[inline]
    pub fn is_text(self) -> bool {
        self.field_type().is_some_and(FieldType::is_text)
    }

    /// Whether its values are times.
    pub fn is_time(self) -> bool {
        matches!(self, Kind::Timestamp | Kind::Date)
    }

    /// The field type, for all but `None`.
    #[inline]
    pub fn field_type(self) -> Option<FieldType> {
        Some(match self {
            Kind::None => return None,
            Kind::String => FieldType::String,
            Kind::Multiline => FieldType::Multiline,
            Kind::Telephone => FieldType::Telephone,
            Kind::Url => FieldType::Url,
            Kind::Integer => FieldType::Integer,
            Kind::Timestamp => FieldType::Timestamp,
            Kind::Date => FieldType::Date,
            Kind::Blob => FieldType::Blob,
        })
    }
}

impl From<FieldType> for Kind {
    fn from(kind: FieldType) -> Kind {
        match kind {
            FieldType::String => Kind::String,
            FieldType::Multiline => Kind::Multiline,
            FieldType::Telephone => Kind::Telephone,
            FieldType::Url => Kind::Url,
            FieldType::Integer => Kind::Integer,
            FieldType::Timestamp => Kind::Timestamp,
            FieldType::Date => Kind::Date,
            FieldType::Blob => Kind::Blob,
        }
    }
}
