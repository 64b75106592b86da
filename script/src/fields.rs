//! Field lists: the one-dimensional lists of typed fields that items are made of (manual 10.1, 10.2).
//!
//! Names are looked up while a config is loaded; everything after that works with [`FieldId`]s.

use std::collections::HashMap;

/// The position of a field in its list. Offsets between positions carry meaning: a `<position>` of a MIME-DIR
/// profile moves a whole block of fields by the distance between two of them (manual 10.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u16);

impl FieldId {
    /// The field `offset` places further on; `None` where that leaves what a list can hold.
    pub fn offset(self, offset: i32) -> Option<FieldId> {
        i32::from(self.0).checked_add(offset).and_then(|place| u16::try_from(place).ok()).map(FieldId)
    }

    /// As an index into the values of an item.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The type of a field or script variable (manual 10.2, 6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    String,
    /// Text of several lines; comparison ignores leading and trailing line ends.
    Multiline,
    /// Text of which only `0-9 * # +` count in comparison.
    Telephone,
    /// Text; a value without a scheme gets `http://`.
    Url,
    /// 64-bit signed integer.
    Integer,
    /// Date and time with its zone context.
    Timestamp,
    /// Like a timestamp, but written as a date alone.
    Date,
    /// Bytes.
    Blob,
}

impl FieldType {
    /// All types with the names that the config uses for them.
    pub const NAMES: &'static [(&'static str, FieldType)] = &[
        ("string", FieldType::String),
        ("multiline", FieldType::Multiline),
        ("telephone", FieldType::Telephone),
        ("url", FieldType::Url),
        ("integer", FieldType::Integer),
        ("timestamp", FieldType::Timestamp),
        ("date", FieldType::Date),
        ("blob", FieldType::Blob),
    ];

    /// Its name in configs and scripts.
    pub fn name(self) -> &'static str {
        FieldType::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether values of this type are text.
    #[inline]
    pub fn is_text(self) -> bool {
        matches!(self, FieldType::String | FieldType::Multiline | FieldType::Telephone | FieldType::Url)
    }
}

/// In which comparisons a field counts, from none to all (manual 10.2, attribute `compare`).
///
/// A comparison in mode M looks at the fields whose own mode is M or a later one of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompareMode {
    /// Never compared: not what a user entered.
    Never,
    /// Compared by a comparescript alone.
    Scripted,
    /// Compared when both sides changed the same item.
    Conflict,
    /// Compared also to find an item's counterpart in a slow sync.
    SlowSync,
    /// Compared also in the first sync of two peers.
    Always,
}

impl CompareMode {
    /// All modes with the names that the config uses for them.
    pub const NAMES: &'static [(&'static str, CompareMode)] = &[
        ("never", CompareMode::Never),
        ("scripted", CompareMode::Scripted),
        ("conflict", CompareMode::Conflict),
        ("slowsync", CompareMode::SlowSync),
        ("always", CompareMode::Always),
    ];
}

/// How two versions of a field become one (manual 10.2, attribute `merge`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeMode {
    /// The winner's value stays.
    No,
    /// A value fills an empty one.
    FillEmpty,
    /// A value fills one that is not assigned at all.
    AddUnassigned,
    /// Different values are joined end to end.
    Append,
    /// Parts of the loser, split at this character, that the winner lacks are appended (`lines` is `\n`).
    Parts(char),
}

/// One field of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name, as the config spells it; looked up without regard to case.
    pub name: String,
    /// The type of its value, or of its elements.
    pub kind: FieldType,
    /// Whether it holds a list of values.
    pub array: bool,
    /// In which comparisons it counts.
    pub compare: CompareMode,
    /// Whether it tells which of two items is newer.
    pub age: bool,
    /// How it merges.
    pub merge: MergeMode,
}

/// A named list of fields.
#[derive(Clone, Debug, Default)]
pub struct FieldList {
    name: String,
    fields: Vec<Field>,
    by_name: HashMap<String, FieldId>,
}

impl FieldList {
    /// The largest number of fields in a list: positions are 16 bits wide.
    pub const MAX_FIELDS: usize = u16::MAX as usize;

    /// A list with no fields yet.
    pub fn new(name: impl Into<String>) -> Self {
        FieldList { name: name.into(), ..FieldList::default() }
    }

    /// Adds a field behind the others. The first field of a name keeps it: the second is `Err` with the id of
    /// the first. `Err(None)` says that the list is full.
    pub fn push(&mut self, field: Field) -> Result<FieldId, Option<FieldId>> {
        let key = field.name.to_ascii_lowercase();
        if let Some(first) = self.by_name.get(&key) {
            return Err(Some(*first));
        }
        let id = u16::try_from(self.fields.len()).map(FieldId).map_err(|_| None)?;
        self.by_name.insert(key, id);
        self.fields.push(field);
        Ok(id)
    }

    /// The list's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The field of this name, in any case.
    pub fn find(&self, name: &str) -> Option<FieldId> {
        self.by_name.get(&name.to_ascii_lowercase()).copied()
    }

    /// The field at this position.
    #[inline]
    pub fn get(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(id.index())
    }

    /// All fields in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// All fields in order, with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        (0u16..).map(FieldId).zip(&self.fields)
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> Field {
        Field {
            name: name.into(),
            kind: FieldType::String,
            array: false,
            compare: CompareMode::Never,
            age: false,
            merge: MergeMode::No,
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_the_first_one_keeps_its_name() {
        let mut list = FieldList::new("contacts");
        let first = list.push(field("N_LAST")).unwrap();
        assert_eq!(list.push(field("n_last")), Err(Some(first)));
        assert_eq!(list.find("n_Last"), Some(first));
        assert_eq!(list.len(), 1);
    }

    #[test]
    fn offsets_stay_within_positions() {
        assert_eq!(FieldId(3).offset(-3), Some(FieldId(0)));
        assert_eq!(FieldId(3).offset(-4), None);
        assert_eq!(FieldId(u16::MAX).offset(1), None);
        assert_eq!(FieldId(1).offset(i32::MAX), None);
    }
}
