//! Declarations: `<datatypes>`: field lists and datatypes.
//!
//! Not its job: profiles (`profile`, `text`).

use super::waiting::OPTION;
use super::words::{COMPARE, FIELD_TYPE, MIME_MODE, PRO, SOME};
use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("use", &["datatype"], Kind::Empty)
        .attributes(&[
            Attribute::new("mimeprofile", Kind::Text).about("a <mimeprofile>"),
            Attribute::new("textprofile", Kind::Text).about("a <textprofile>"),
            Attribute::new("profile", Kind::Text).about("a profile of any kind"),
            Attribute::new("fieldlist", Kind::Text).about("the field list, where there is no profile"),
        ])
        .section("10.5.1")
        .repeats()
        .about("the profile that the datatype is written by")
        .sample(r#"<use mimeprofile="vcard"/>"#),
    Tag::new("profilemode", &["datatype"], Kind::INT32)
        .default("0")
        .later(OPTION)
        .already(&["0"])
        .about("a number that the profile gets: 1 writes the old dialect, 2 the standard one")
        .sample("1"),
    Tag::new("initscript", &["datatype"], Kind::Script)
        .section("10.5.8")
        .products(PRO)
        .about("declares the variables of the datatype's scripts, and sets them")
        .sample("INTEGER seen; seen=0;"),
    Tag::new("incomingscript", &["datatype"], Kind::Script)
        .section("10.5.9")
        .products(PRO)
        .about("changes an item after it was read from a peer's text")
        .sample(r#"DEBUGMESSAGE("item came in");"#),
    Tag::new("outgoingscript", &["datatype"], Kind::Script)
        .section("10.5.9")
        .products(PRO)
        .about("changes an item before it is written for a peer")
        .sample(r#"DEBUGMESSAGE("item goes out");"#),
    Tag::new("filterinitscript", &["datatype"], Kind::Script)
        .section("10.5.10")
        .products(PRO)
        .about("says whether filters apply to this datatype at all, and prepares them")
        .sample("RETURN TRUE;"),
    Tag::new("filterscript", &["datatype"], Kind::Script)
        .section("10.5.10")
        .products(PRO)
        .about("says of an item whether it passes")
        .sample("RETURN TRUE;"),
    Tag::new("comparescript", &["datatype"], Kind::Script)
        .section("10.5.12")
        .products(PRO)
        .about("compares two items in its own way")
        .sample("RETURN COMPAREFIELDS();"),
    Tag::new("mergescript", &["datatype"], Kind::Script)
        .section("10.5.13")
        .products(PRO)
        .about("merges two items in its own way")
        .sample("MERGEFIELDS();"),
    Tag::new("processitemscript", &["datatype"], Kind::Script)
        .section("10.5.11")
        .products(PRO)
        .about("says what becomes of an item that a peer sent: stored, refused, ignored")
        .sample("RETURN FALSE;"),
    Tag::new("mimedirmode", &["datatype"], MIME_MODE)
        .default("standard")
        .section("10.5.14")
        .about("which dialect of MIME-DIR is spoken"),
    Tag::new("version", &["datatype"], Kind::Enum(&["2.1", "3.0", "1.0", "2.0", "none"]))
        .default("none")
        .section("10.5.2")
        .about("the version of vCard or vCalendar")
        .sample("3.0"),
    Tag::new("field", &["fieldlist"], Kind::Empty)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name of the field").required(),
            Attribute::new("array", Kind::Boolean)
                .default("no")
                .about("whether it holds any number of values"),
            Attribute::new("type", FIELD_TYPE).about("what a value is").required(),
            Attribute::new("compare", COMPARE)
                .about("when it counts as a difference between two items")
                .required(),
            Attribute::new("age", Kind::Boolean)
                .default("no")
                .about("whether it tells which of two items is newer"),
            Attribute::new(
                "merge",
                Kind::Character(&["no", "fillempty", "addunassigned", "lines", "append"]),
            )
            .default("no")
            .about("how two values become one"),
        ])
        .section("10.2")
        .repeats()
        .about("a field: its type, and how it compares and merges")
        .sample(r#"<field name="NOTE" type="string" compare="conflict" merge="lines"/>"#),
    Tag::new("fieldlist", &["datatypes"], Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text)
            .about("the name that profiles and field maps use")
            .required()])
        .section("10.1")
        .repeats()
        .about("a list of fields that items are made of")
        .sample(
            r#"<fieldlist name="people">
    <field name="LAST" type="string" compare="always"/>
</fieldlist>"#,
        ),
    Tag::new("typestring", &["datatype"], Kind::Text)
        .section("10.5.3")
        .about("the MIME type in SyncML")
        .sample("text/vcard"),
    Tag::new("versionstring", &["datatype"], Kind::Text)
        .section("10.5.3")
        .about("the version in SyncML")
        .sample("3.0"),
    Tag::new("binaryparts", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.6")
        .products(SOME)
        .about("whether binary values stand in the text as they are"),
    Tag::new("zippedbindata", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.4")
        .products(SOME)
        .about("whether items are compressed, for peers that know this"),
    Tag::new("zipcompressionlevel", &["datatype"], Kind::INT16)
        .section("10.5.5")
        .products(SOME)
        .about("how well items are compressed, from 0 to 9; -1 is as the compressor sees fit")
        .sample("6"),
    Tag::new("unicodedata", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.7")
        .products(SOME)
        .since("3.0.2.0")
        .about("whether items are sent as UTF-16"),
    Tag::new("bigendian", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.7")
        .products(SOME)
        .since("3.0.2.0")
        .about("whether the more significant byte of UTF-16 comes first"),
    Tag::new("datatype", &["datatypes"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name that datastores use").required(),
            Attribute::new("basetype", Kind::Enum(&["vcard", "vcalendar", "mimedir", "text", "dataobj"]))
                .about("what it is a kind of")
                .required(),
        ])
        .section("10.5")
        .repeats()
        .about("a content type that can be exchanged")
        .sample(
            r#"<datatype name="vcard30" basetype="vcard">
    <version>3.0</version><use mimeprofile="vcard"/>
</datatype>"#,
        ),
];
