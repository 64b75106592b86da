//! Declarations: `<textprofile>`, the profiles of text and mail.
//!
//! Not its job: how they are read into items.

use super::{Attribute, Kind, Tag};

const TEXT: &str = "text and mail formats are not converted yet";

const TEXTS: &[&str] = &["textprofile", "datatype"];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("xmltag", &["tagmap"], Kind::Text).later(TEXT),
    Tag::new("xmlattr", &["tagmap"], Kind::Text).later(TEXT),
    Tag::new("booltype", &["tagmap"], Kind::Text).later(TEXT),
    Tag::new("embeddeditem", &["tagmap"], Kind::Text).later(TEXT),
    Tag::new("parent", &["tagmap"], Kind::Text).later(TEXT),
    Tag::new("filterkeyword", &["tagmap"], Kind::Text).section("10.4.1").later(TEXT),
    Tag::new("tagmap", TEXTS, Kind::Container)
        .attributes(&[Attribute::new("field", Kind::FieldName).required()])
        .repeats()
        .later(TEXT),
    Tag::new("numlines", &["linemap"], Kind::INT16).default("0").section("10.4.2").later(TEXT),
    Tag::new("inheader", &["linemap"], Kind::Boolean).default("no").section("10.4.3").later(TEXT),
    Tag::new("allowempty", &["linemap"], Kind::Boolean).default("no").section("10.4.4").later(TEXT),
    Tag::new("headertag", &["linemap"], Kind::Text).section("10.4.5").later(TEXT),
    Tag::new("filterkeyword", &["linemap"], Kind::Text).section("10.4.1").later(TEXT),
    Tag::new("valuetype", &["linemap"], Kind::Enum(&["text", "date", "body", "rfc2047"]))
        .default("text")
        .section("10.4.6")
        .later(TEXT),
    Tag::new("list", &["linemap"], Kind::Empty)
        .attributes(&[
            Attribute::new("increment", Kind::INT16),
            Attribute::new("repeat", Kind::Text),
            Attribute::new("separator", Kind::Text),
        ])
        .section("10.4.1")
        .repeats()
        .later(TEXT),
    Tag::new("linemap", TEXTS, Kind::Container)
        .attributes(&[Attribute::new("field", Kind::FieldName).required()])
        .section("10.4.1")
        .repeats()
        .later(TEXT),
    Tag::new("mimemail", TEXTS, Kind::Boolean).default("no").section("10.4.7").later(TEXT),
    Tag::new("sizelimitfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("bodymimetypesfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("bodycountfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("maxattachments", TEXTS, Kind::INT16).default("29999").section("10.4.7").later(TEXT),
    Tag::new("attachmentcountfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("attachmentmimetypesfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("attachmentsfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("attachmentsizesfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("attachmentnamesfield", TEXTS, Kind::FieldName).section("10.4.7").later(TEXT),
    Tag::new("textprofile", &["datatypes"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("fieldlist", Kind::Text).required(),
        ])
        .section("10.4")
        .repeats()
        .later(TEXT)
        .about("how fields stand in lines of text"),
];
