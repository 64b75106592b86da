//! Declarations: `<fieldmap>`, columns and fields.
//!
//! Not its job: the SQL of the columns.

use crate::sql::Statement;

use super::waiting::{FILTERS, SCRIPTS};
use super::{Attribute, DB_TYPE, Kind, Tag};

/// Detail records are mapped as their item is.
const BOTH: &[&str] = &["fieldmap", "array"];

/// What a `<map>` says of its column, wherever it stands.
const MAP: &[Attribute] = &[
    Attribute::new("name", Kind::Text).required(),
    Attribute::new("references", Kind::Text).required(),
    Attribute::new("type", DB_TYPE),
    Attribute::new("mode", Kind::Text),
    Attribute::new("size", Kind::UINT32),
    Attribute::new("truncate", Kind::Boolean),
    Attribute::new("set_no", Kind::UINT16),
    Attribute::new("readblobsql", Kind::Text).later(BLOBS),
    Attribute::new("keyfield", Kind::Text).later(BLOBS),
];

const BLOBS: &str = "large columns are read with their record; reading them alone comes later";

pub(super) const TAGS: &[Tag] = &[
    Tag::new("fieldmap", &["datastore"], Kind::Container)
        .attributes(&[Attribute::new("fieldlist", Kind::Text).required()])
        .section("11.34.41")
        .about("columns and the fields that they hold"),
    Tag::new("map", BOTH, Kind::Empty)
        .attributes(MAP)
        .section("11.34.41.1")
        .repeats()
        .about("a column, and the field that it holds"),
    Tag::new("array", BOTH, Kind::Container)
        .attributes(&[Attribute::new("sizefrom", Kind::FieldName)])
        .section("12.20.20")
        .repeats()
        .about("detail records of an item"),
    Tag::new("maxrepeat", &["array"], Kind::Integer { min: 0, max: i16::MAX as i64 })
        .default("1")
        .section("12.20.21")
        .about("how many detail records an item has at most; 0 is no limit"),
    Tag::new("repeatinc", &["array"], Kind::Integer { min: 0, max: i16::MAX as i64 })
        .default("1")
        .section("12.20.21")
        .about("how far the fields are moved with each detail record"),
    Tag::new("storeempty", &["array"], Kind::Boolean)
        .default("no")
        .section("12.20.21")
        .about("whether detail records without a value are stored"),
    Tag::new("noitemsfilter", &["array"], Kind::Filter).section("12.20.22").later(FILTERS).vital(),
    Tag::new("initscript", BOTH, Kind::Script).section("11.34.41.3").later(SCRIPTS).vital(),
    Tag::new("afterreadscript", BOTH, Kind::Script).section("11.34.41.4").later(SCRIPTS).vital(),
    Tag::new("beforewritescript", BOTH, Kind::Script).section("11.34.41.5").later(SCRIPTS).vital(),
    Tag::new("afterwritescript", BOTH, Kind::Script).section("11.34.41.5").later(SCRIPTS).vital(),
    Tag::new("finishscript", BOTH, Kind::Script).section("11.34.41.7").later(SCRIPTS).vital(),
    Tag::new("mapredefine", &["fieldmap"], Kind::Empty)
        .attributes(MAP)
        .section("11.34.41.1")
        .repeats()
        .about("another map for a field that is mapped already"),
    Tag::new("automap", &["fieldmap"], Kind::Empty)
        .attributes(&[Attribute::new("fieldlist", Kind::Text), Attribute::new("indexasname", Kind::Boolean)])
        .section("11.34.41.2")
        .repeats()
        .about("a map for every field, under its own name"),
    Tag::new("optionfilterscript", &["fieldmap"], Kind::Script).section("12.20.25").later(SCRIPTS).vital(),
    Tag::new("finalisationscript", &["fieldmap"], Kind::Script).section("11.34.41.6").later(SCRIPTS).vital(),
    Tag::new("selectarraysql", &["array"], Kind::Sql(Statement::Data))
        .section("12.20.23")
        .only_for("type=\"sql\"")
        .about("reads the detail records"),
    Tag::new("deletearraysql", &["array"], Kind::Sql(Statement::Data))
        .section("12.20.23")
        .only_for("type=\"sql\"")
        .about("deletes the detail records"),
    Tag::new("insertelementsql", &["array"], Kind::Sql(Statement::Data))
        .section("12.20.23")
        .only_for("type=\"sql\"")
        .about("stores a detail record"),
    Tag::new("alwaysclean", &["array"], Kind::Boolean)
        .default("no")
        .section("12.20.24")
        .only_for("type=\"sql\"")
        .about("whether the detail records of a new item are deleted first"),
];
