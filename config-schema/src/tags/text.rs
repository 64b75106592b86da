//! Declarations: `<textprofile>`, the profiles of text and mail.
//!
//! Not its job: how they are read into items.

use super::words::{LINE_KIND, PRO};
use super::{Attribute, Kind, Tag};

const TEXTS: &[&str] = &["textprofile", "datatype"];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("xmltag", &["tagmap"], Kind::Text).about("the element that holds the field").sample("name"),
    Tag::new("xmlattr", &["tagmap"], Kind::Text)
        .about("the attribute of that element that holds the field, where that is not its content")
        .sample("enc"),
    Tag::new("booltype", &["tagmap"], Kind::Boolean)
        .default("no")
        .about("whether the element says true or false, and the field 1 or -1"),
    Tag::new("embeddeditem", &["tagmap"], Kind::Boolean)
        .default("no")
        .about("whether the element holds an item of the profile that the datatype uses"),
    Tag::new("parent", &["tagmap"], Kind::Text)
        .about("the element that it stands in, where that is not the outermost one")
        .sample("attributes"),
    Tag::new("filterkeyword", &["tagmap"], Kind::Text)
        .section("10.4.1")
        .about("the name of the field in the filters of peers")
        .sample("name"),
    Tag::new("tagmap", TEXTS, Kind::Container)
        .attributes(&[Attribute::new("field", Kind::FieldName).about("the field").required()])
        .repeats()
        .about("a field, and the element that it is written to")
        .sample(r#"<tagmap field="FILENAME"><xmltag>name</xmltag></tagmap>"#),
    Tag::new("numlines", &["linemap"], Kind::INT16)
        .default("0")
        .section("10.4.2")
        .about("how many lines the field takes; 0 is all the rest")
        .sample("1"),
    Tag::new("inheader", &["linemap"], Kind::Boolean)
        .default("no")
        .section("10.4.3")
        .about("whether the line belongs to the headers of a mail"),
    Tag::new("allowempty", &["linemap"], Kind::Boolean)
        .default("no")
        .section("10.4.4")
        .about("whether an empty field is written as an empty line"),
    Tag::new("headertag", &["linemap"], Kind::Text)
        .section("10.4.5")
        .about("what the line begins with")
        .sample("Subject:"),
    Tag::new("filterkeyword", &["linemap"], Kind::Text)
        .section("10.4.1")
        .about("the name by which filters know the field")
        .sample("subject"),
    Tag::new("valuetype", &["linemap"], LINE_KIND)
        .default("text")
        .section("10.4.6")
        .products(PRO)
        .about("how the text of the line is encoded")
        .sample("rfc2047"),
    Tag::new("list", &["linemap"], Kind::Empty)
        .attributes(&[
            Attribute::new("increment", Kind::INT16)
                .default("1")
                .about("how far the fields move with each element"),
            Attribute::new("repeat", Kind::Text).default("1").about("how many fields there are, or array"),
            Attribute::new("separator", Kind::Text).default(",").about("what stands between elements"),
        ])
        .section("10.4.1")
        .repeats()
        .about("that the line holds a list, and in which fields it goes")
        .sample(r#"<list separator="," repeat="array"/>"#),
    Tag::new("linemap", TEXTS, Kind::Container)
        .attributes(&[Attribute::new("field", Kind::FieldName).about("the field").required()])
        .section("10.4.1")
        .repeats()
        .about("a field, and the lines that it is written to")
        .sample(r#"<linemap field="SUBJECT"><headertag>Subject:</headertag></linemap>"#),
    Tag::new("mimemail", TEXTS, Kind::Boolean)
        .default("no")
        .section("10.4.7")
        .about("whether the text is a mail with MIME parts"),
    Tag::new("sizelimitfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the largest size that the peer wants")
        .sample("SIZELIMIT"),
    Tag::new("bodymimetypesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the MIME types of the bodies")
        .sample("BODYTYPES"),
    Tag::new("bodycountfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the number of bodies")
        .sample("BODIES"),
    Tag::new("maxattachments", TEXTS, Kind::INT16)
        .default("29999")
        .section("10.4.7")
        .about("how many attachments a mail has at most")
        .sample("10"),
    Tag::new("attachmentcountfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the number of attachments")
        .sample("ATTACHMENTS"),
    Tag::new("attachmentmimetypesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the MIME types of the attachments")
        .sample("ATTTYPES"),
    Tag::new("attachmentsfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the attachments themselves")
        .sample("ATTDATA"),
    Tag::new("attachmentsizesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the sizes of the attachments")
        .sample("ATTSIZES"),
    Tag::new("attachmentnamesfield", TEXTS, Kind::FieldName)
        .section("10.4.7")
        .about("the field with the names of the attachments")
        .sample("ATTNAMES"),
    Tag::new("textprofile", &["datatypes"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name that datatypes use").required(),
            Attribute::new("fieldlist", Kind::Text).about("the field list that its fields are of").required(),
        ])
        .section("10.4")
        .repeats()
        .since("3.0")
        .about("how fields stand in lines of text")
        .sample(r#"<textprofile name="note" fieldlist="notes"><linemap field="TEXT"/></textprofile>"#),
];
