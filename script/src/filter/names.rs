//! What the identifiers of a filter stand for (manual 7.3).
//!
//! Not its job: knowing properties and headers. Whoever has the profile of a datatype tells their names.

use std::collections::HashMap;

use crate::fields::{FieldId, FieldList, FieldType};

/// Resolves identifiers. Names come as they are written, and are found in any case.
pub trait Names {
    /// The field of this name: what follows an `F.` prefix.
    fn field(&self, name: &str) -> Option<Place>;

    /// What a name without prefix means: a predefined identifier, a property or header, or a field.
    fn identifier(&self, name: &str) -> Option<Place>;

    /// The names that [`Names::identifier`] finds, to make a guess at what a misspelt one should have been.
    fn known(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Where the value of an identifier is, and of what type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub slot: Slot,
    /// The type of the value, or of the elements of an array.
    pub kind: FieldType,
    /// Whether it is an array.
    pub array: bool,
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// In a field of the item.
    Field(FieldId),
    /// The id that the item has in this database.
    LocalId,
    /// The id that the remote party uses for the item.
    RemoteId,
}

/// On which side of a session a filter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `LUID` is the id that the client uses.
    Server,
    /// `LUID` is our own id.
    Client,
}

/// The names of a datatype: its field list, the properties, headers and keywords that lead to fields, and the
/// predefined identifiers.
#[derive(Clone, Debug)]
pub struct FieldNames<'a> {
    list: &'a FieldList,
    role: Role,
    /// By lower-case name: the fields of the values of a property, in order.
    properties: HashMap<String, Vec<FieldId>>,
}

impl<'a> FieldNames<'a> {
    /// The fields of a list and the predefined identifiers.
    pub fn new(list: &'a FieldList, role: Role) -> Self {
        FieldNames { list, role, properties: HashMap::new() }
    }

    /// Adds a property, header or filter keyword with the fields of its values in order; by its name alone the
    /// first is meant. The first of several that share a name keeps it.
    pub fn add_property(&mut self, name: &str, fields: &[FieldId]) {
        if !fields.is_empty() {
            self.properties.entry(name.to_ascii_lowercase()).or_insert_with(|| fields.to_vec());
        }
    }

    fn place(&self, id: FieldId) -> Option<Place> {
        let field = self.list.get(id)?;
        Some(Place { slot: Slot::Field(id), kind: field.kind, array: field.array })
    }

    fn predefined(&self, name: &str) -> Option<Slot> {
        let server = self.role == Role::Server;
        match name {
            "localid" => Some(Slot::LocalId),
            "guid" if server => Some(Slot::LocalId),
            "remoteid" if server => Some(Slot::RemoteId),
            "luid" => Some(if server { Slot::RemoteId } else { Slot::LocalId }),
            _ => None,
        }
    }
}

/// Names that the manual defines as others: the property, and which of its values.
const ALIASES: &[(&str, &str, usize)] = &[
    ("start", "dtstart", 0),
    ("end", "dtend", 0),
    ("family", "n", 0),
    ("given", "n", 1),
    ("group", "categories", 0),
];

impl Names for FieldNames<'_> {
    fn field(&self, name: &str) -> Option<Place> {
        self.place(self.list.find(name)?)
    }

    fn identifier(&self, name: &str) -> Option<Place> {
        let lower = name.to_ascii_lowercase();
        if let Some(slot) = self.predefined(&lower) {
            return Some(Place { slot, kind: FieldType::String, array: false });
        }
        let property = |name: &str, value: usize| self.properties.get(name)?.get(value).copied();
        // An alias gives way to a property or field that really has its name.
        let alias = || {
            let (_, of, value) = ALIASES.iter().find(|row| row.0 == lower)?;
            property(of, *value)
        };
        self.place(property(&lower, 0).or_else(|| self.list.find(&lower)).or_else(alias)?)
    }

    fn known(&self) -> Vec<String> {
        let fields = self.list.fields().iter().map(|field| field.name.clone());
        self.properties.keys().map(|name| name.to_ascii_uppercase()).chain(fields).collect()
    }
}
