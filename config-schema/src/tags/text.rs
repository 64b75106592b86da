//! Declarations: `<textprofile>`, the profiles of text and mail.
//!
//! Not its job: how they are read into items.

use super::{Attribute, Kind, Tag, words};
use crate::model::LineKind;

const OBJECTS: &str = "data objects are not converted yet";

const LINE_KIND: Kind = Kind::Enum(&words::<_, { LineKind::NAMES.len() }>(LineKind::NAMES));

const TEXTS: &[&str] = &["textprofile", "datatype"];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("xmltag", &["tagmap"], Kind::Text).later(OBJECTS),
    Tag::new("xmlattr", &["tagmap"], Kind::Text).later(OBJECTS),
    Tag::new("booltype", &["tagmap"], Kind::Text).later(OBJECTS),
    Tag::new("embeddeditem", &["tagmap"], Kind::Text).later(OBJECTS),
    Tag::new("parent", &["tagmap"], Kind::Text).later(OBJECTS),
    Tag::new("filterkeyword", &["tagmap"], Kind::Text).section("10.4.1").later(OBJECTS),
    Tag::new("tagmap", TEXTS, Kind::Container)
        .attributes(&[Attribute::new("field", Kind::FieldName).required()])
        .repeats()
        .later(OBJECTS),
    Tag::new("numlines", &["linemap"], Kind::INT16)
        .default("0")
        .section("10.4.2")
        .about("how many lines of text it takes; 0 is all that are left"),
    Tag::new("inheader", &["linemap"], Kind::Boolean)
        .default("no")
        .section("10.4.3")
        .about("it stands among the headers, before the first empty line"),
    Tag::new("allowempty", &["linemap"], Kind::Boolean)
        .default("no")
        .section("10.4.4")
        .about("an empty field is written as an empty line"),
    Tag::new("headertag", &["linemap"], Kind::Text)
        .section("10.4.5")
        .about("what its line begins with, the colon included"),
    Tag::new("filterkeyword", &["linemap"], Kind::Text)
        .section("10.4.1")
        .about("the name by which filters know the field"),
    Tag::new("valuetype", &["linemap"], LINE_KIND)
        .default("text")
        .section("10.4.6")
        .about("what its text is: plain, a mail date, encoded words, or a mail body"),
    Tag::new("list", &["linemap"], Kind::Empty)
        .attributes(&[
            Attribute::new("increment", Kind::INT16),
            Attribute::new("repeat", Kind::Text),
            Attribute::new("separator", Kind::Text),
        ])
        .section("10.4.1")
        .repeats()
        .about("several values in one line"),
    Tag::new("linemap", TEXTS, Kind::Container)
        .attributes(&[Attribute::new("field", Kind::FieldName).required()])
        .section("10.4.1")
        .repeats()
        .about("a field and the lines or headers that it stands in"),
    Tag::new("mimemail", TEXTS, Kind::Boolean)
        .default("no")
        .section("10.4.7")
        .about("bodies are those of mails, with parts"),
    Tag::new("sizelimitfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the size that a mail is limited to"),
    Tag::new("bodymimetypesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the MIME types of a body's variants"),
    Tag::new("bodycountfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the number of a body's variants"),
    Tag::new("maxattachments", TEXTS, Kind::INT16)
        .default("29999")
        .section("10.4.7")
        .about("how many attachments are taken over"),
    Tag::new("attachmentcountfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the number of attachments"),
    Tag::new("attachmentmimetypesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the MIME types of attachments"),
    Tag::new("attachmentsfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the contents of attachments"),
    Tag::new("attachmentsizesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the sizes of attachments"),
    Tag::new("attachmentnamesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field for the file names of attachments"),
    Tag::new("textprofile", &["datatypes"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("fieldlist", Kind::Text).required(),
        ])
        .section("10.4")
        .repeats()
        .about("how fields stand in lines of text"),
];
