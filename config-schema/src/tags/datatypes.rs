//! Declarations: `<datatypes>`: field lists and datatypes.
//!
//! Not its job: profiles (`profile`, `text`).

use super::waiting::{OPTION, SCRIPTS};
use super::{Attribute, COMPARE, FIELD_TYPE, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("use", &["datatype"], Kind::Empty)
        .attributes(&[
            Attribute::new("mimeprofile", Kind::Text),
            Attribute::new("textprofile", Kind::Text),
            Attribute::new("profile", Kind::Text),
            Attribute::new("fieldlist", Kind::Text),
        ])
        .section("10.5.1")
        .repeats()
        .about("the profile that the datatype is written by"),
    Tag::new("profilemode", &["datatype"], Kind::INT32).default("0").later(OPTION).already(&["0"]),
    Tag::new("initscript", &["datatype"], Kind::Script).section("10.5.8").later(SCRIPTS).vital(),
    Tag::new("incomingscript", &["datatype"], Kind::Script).section("10.5.9").later(SCRIPTS).vital(),
    Tag::new("outgoingscript", &["datatype"], Kind::Script).section("10.5.9").later(SCRIPTS).vital(),
    Tag::new("filterinitscript", &["datatype"], Kind::Script).section("10.5.10").later(SCRIPTS).vital(),
    Tag::new("filterscript", &["datatype"], Kind::Script).section("10.5.10").later(SCRIPTS).vital(),
    Tag::new("comparescript", &["datatype"], Kind::Script).section("10.5.12").later(SCRIPTS).vital(),
    Tag::new("mergescript", &["datatype"], Kind::Script).section("10.5.13").later(SCRIPTS).vital(),
    Tag::new("processitemscript", &["datatype"], Kind::Script).section("10.5.11").later(SCRIPTS).vital(),
    Tag::new("mimedirmode", &["datatype"], Kind::Enum(&["old", "standard"]))
        .default("standard")
        .section("10.5.14")
        .about("which dialect of MIME-DIR is spoken"),
    Tag::new("version", &["datatype"], Kind::Enum(&["2.1", "3.0", "1.0", "2.0", "none"]))
        .default("none")
        .section("10.5.2")
        .about("the version of vCard or vCalendar"),
    Tag::new("field", &["fieldlist"], Kind::Empty)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("array", Kind::Boolean),
            Attribute::new("type", FIELD_TYPE).required(),
            Attribute::new("compare", COMPARE).required(),
            Attribute::new("age", Kind::Boolean),
            Attribute::new(
                "merge",
                Kind::Character(&["no", "fillempty", "addunassigned", "lines", "append"]),
            ),
        ])
        .section("10.2")
        .repeats()
        .about("a field: its type, and how it compares and merges"),
    Tag::new("fieldlist", &["datatypes"], Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text).required()])
        .section("10.1")
        .repeats()
        .about("a list of fields that items are made of"),
    Tag::new("typestring", &["datatype"], Kind::Text).section("10.5.3").about("the MIME type in SyncML"),
    Tag::new("versionstring", &["datatype"], Kind::Text).section("10.5.3").about("the version in SyncML"),
    Tag::new("binaryparts", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.6")
        .about("attachments stand as they are where messages carry bytes"),
    Tag::new("zippedbindata", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.4")
        .about("items are compressed where messages carry bytes"),
    Tag::new("zipcompressionlevel", &["datatype"], Kind::INT16)
        .section("10.5.5")
        .about("how well items are compressed, from 0 to 9; -1 is as the compressor sees fit"),
    Tag::new("unicodedata", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.7")
        .about("items are 16-bit text where messages carry bytes"),
    Tag::new("bigendian", &["datatype"], Kind::Boolean)
        .default("no")
        .section("10.5.7")
        .about("of 16-bit text the higher byte comes first"),
    Tag::new("datatype", &["datatypes"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("basetype", Kind::Enum(&["vcard", "vcalendar", "mimedir", "text", "dataobj"]))
                .required(),
        ])
        .section("10.5")
        .repeats()
        .about("a content type that can be exchanged"),
];
