//! What of an item is read: all of it, or what a glance at some fields takes.

use syncloom_config::{Datastore, FieldMap, Map};
use syncloom_script::FieldId;

/// How much of an item is read.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'f> {
    /// All of it.
    Whole,
    /// What of its master record goes into these fields.
    Fields(&'f [FieldId]),
}

impl<'f> Wanted<'f> {
    /// These fields. Where scripts or detail records have a part in them, it takes the whole item to tell what they are.
    pub(crate) fn glance(datastore: &Datastore, map: &FieldMap, fields: &'f [FieldId]) -> Self {
        let whole = datastore.database_scripts.read() || map.details_reach(fields);
        if whole { Wanted::Whole } else { Wanted::Fields(fields) }
    }

    /// Whether a column is read. Scripts remember the variables of every item that has been looked at.
    pub(crate) fn reads(self, map: &Map) -> bool {
        let wanted = match self {
            Wanted::Whole => true,
            Wanted::Fields(fields) => map.variable || fields.contains(&map.field),
        };
        map.read && wanted
    }
}
