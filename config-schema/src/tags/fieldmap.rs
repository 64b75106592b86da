//! Declarations: `<fieldmap>`, columns and fields.
//!
//! Not its job: the SQL of the columns.

use crate::placeholders::Statement;

use super::waiting::BLOBS;
use super::words::{DB_TYPE, PRO, SQL};
use super::{Attribute, Kind, Tag};

/// Detail records are mapped as their item is.
const BOTH: &[&str] = &["fieldmap", "array"];

/// What a `<map>` says of its column, wherever it stands.
const MAP: &[Attribute] = &[
    Attribute::new("name", Kind::Text).about("the column").required(),
    Attribute::new("references", Kind::Text).about("the field, or a variable of the scripts").required(),
    Attribute::new("type", DB_TYPE).default("string").about("what the column holds"),
    Attribute::new("mode", Kind::Text).default("rw").about(
        "letters: r is read, i inserted, u updated, w both, p stays unquoted, f is a time in \
 no zone, x is kept for the finalisationscript",
    ),
    Attribute::new("size", Kind::UINT32)
        .default("0")
        .about("how many characters the column holds; 0 is no limit"),
    Attribute::new("truncate", Kind::Boolean).default("yes").about("whether longer text is cut"),
    Attribute::new("set_no", Kind::UINT16)
        .default("0")
        .about("the statement of several that the column belongs to"),
    Attribute::new("readblobsql", Kind::Text).about("reads a large column by itself").later(BLOBS),
    Attribute::new("keyfield", Kind::Text).about("the key for that").later(BLOBS),
];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("fieldmap", &["datastore"], Kind::Container)
        .attributes(&[Attribute::new("fieldlist", Kind::Text).about("the name of the field list").required()])
        .section("11.34.41")
        .about("columns and the fields that they hold")
        .sample(
            r#"<fieldmap fieldlist="people">
    <map name="last_name" references="LAST" type="string" mode="rw"/>
</fieldmap>"#,
        ),
    Tag::new("map", BOTH, Kind::Empty)
        .attributes(MAP)
        .section("11.34.41.1")
        .repeats()
        .about("a column, and the field that it holds")
        .sample(r#"<map name="last_name" references="LAST" type="string" mode="rw"/>"#),
    Tag::new("array", BOTH, Kind::Container)
        .attributes(&[Attribute::new("sizefrom", Kind::FieldName)
            .about("the array field that tells how many detail records there are")])
        .section("12.20.20")
        .repeats()
        .products(PRO)
        .about("detail records of an item")
        .sample(
            r#"<array>
    <maxrepeat>0</maxrepeat><map name="mail" references="MAIL" type="string" mode="rw"/>
</array>"#,
        ),
    Tag::new("maxrepeat", &["array"], Kind::Integer { min: 0, max: i16::MAX as i64 })
        .default("1")
        .section("12.20.21")
        .products(PRO)
        .about("how many detail records an item has at most; 0 is no limit")
        .sample("0"),
    Tag::new("repeatinc", &["array"], Kind::Integer { min: 0, max: i16::MAX as i64 })
        .default("1")
        .section("12.20.21")
        .products(PRO)
        .about("how far the fields are moved with each detail record")
        .sample("1"),
    Tag::new("storeempty", &["array"], Kind::Boolean)
        .default("no")
        .section("12.20.21")
        .products(PRO)
        .about("whether detail records without a value are stored"),
    Tag::new("noitemsfilter", &["array"], Kind::Filter)
        .section("12.20.22")
        .products(PRO)
        .about("of which items the detail records are not stored")
        .sample("KIND=2"),
    Tag::new("initscript", BOTH, Kind::Script)
        .section("11.34.41.3")
        .products(PRO)
        .about("runs before an item is read or written, and says whether it is")
        .sample("RETURN TRUE;"),
    Tag::new("afterreadscript", BOTH, Kind::Script)
        .section("11.34.41.4")
        .products(PRO)
        .about("changes an item after it was read from the database")
        .sample(r#"DEBUGMESSAGE("read");"#),
    Tag::new("beforewritescript", BOTH, Kind::Script)
        .section("11.34.41.5")
        .products(PRO)
        .about("changes an item before it is written to the database")
        .sample(r#"DEBUGMESSAGE("to be written");"#),
    Tag::new("afterwritescript", BOTH, Kind::Script)
        .section("11.34.41.5")
        .products(PRO)
        .about("runs after an item was written to the database")
        .sample(r#"DEBUGMESSAGE("written");"#),
    Tag::new("finishscript", BOTH, Kind::Script)
        .section("11.34.41.7")
        .products(PRO)
        .about("runs when all is read or written")
        .sample(r#"DEBUGMESSAGE("done");"#),
    Tag::new("mapredefine", &["fieldmap"], Kind::Empty)
        .attributes(MAP)
        .section("11.34.41.1")
        .repeats()
        .about("another map for a field that is mapped already")
        .sample(r#"<mapredefine name="family" references="LAST" type="string" mode="rw"/>"#),
    Tag::new("automap", &["fieldmap"], Kind::Empty)
        .attributes(&[
            Attribute::new("fieldlist", Kind::Text).about("the name of the field list"),
            Attribute::new("indexasname", Kind::Boolean)
                .default("no")
                .about("whether columns are called by the number of the field"),
        ])
        .section("11.34.41.2")
        .repeats()
        .about("a map for every field, under its own name")
        .sample("<automap/>"),
    Tag::new("optionfilterscript", &["fieldmap"], Kind::Script)
        .section("12.20.25")
        .products(PRO)
        .about("makes an SQL condition of the filters that a peer has asked for")
        .sample("RETURN FALSE;"),
    Tag::new("finalisationscript", &["fieldmap"], Kind::Script)
        .section("11.34.41.6")
        .products(PRO)
        .since("3.1")
        .about("runs for every written item when the sync has ended")
        .sample(r#"DEBUGMESSAGE("final");"#),
    Tag::new("selectarraysql", &["array"], Kind::Sql(Statement::Data))
        .section("12.20.23")
        .only_for(SQL)
        .products(PRO)
        .about("reads the detail records")
        .sample("SELECT %N FROM mails WHERE contact = %k"),
    Tag::new("deletearraysql", &["array"], Kind::Sql(Statement::Data))
        .section("12.20.23")
        .only_for(SQL)
        .products(PRO)
        .about("deletes the detail records")
        .sample("DELETE FROM mails WHERE contact = %k"),
    Tag::new("insertelementsql", &["array"], Kind::Sql(Statement::Data))
        .section("12.20.23")
        .only_for(SQL)
        .products(PRO)
        .about("stores a detail record")
        .sample("INSERT INTO mails (contact, %N) VALUES (%k, %v)"),
    Tag::new("alwaysclean", &["array"], Kind::Boolean)
        .default("no")
        .section("12.20.24")
        .only_for(SQL)
        .products(PRO)
        .about("whether the detail records of a new item are deleted first"),
];
