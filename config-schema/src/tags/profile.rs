//! Declarations: `<mimeprofile>`, the MIME-DIR profiles.
//!
//! Not its job: how they are read into items.

use super::words::MIME_MODE;
use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("enum", &["value"], Kind::Empty)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("how it stands in the text"),
            Attribute::new("value", Kind::Text)
                .about("how it stands in the field; the name itself where it is missing"),
            Attribute::new("positional", Kind::Boolean)
                .default("yes")
                .about("whether it takes part in finding a position"),
            Attribute::new(
                "mode",
                Kind::Enum(&["translate", "defaultname", "defaultvalue", "ignore", "prefix"]),
            )
            .default("translate")
            .about("how the two are matched"),
        ])
        .section("10.3.5")
        .repeats()
        .about("a name of a value in the text, and what is stored for it")
        .sample(r#"<enum name="HOME" value="1"/>"#),
    Tag::new("value", &["property", "parameter"], Kind::Container)
        .attributes(&[
            Attribute::new("index", Kind::UINT16)
                .default("0")
                .about("which of the property's values it is, from 0"),
            Attribute::new("field", Kind::FieldName).about("where it is stored"),
            Attribute::new("conversion", Kind::Text).default("none").about("how it is converted"),
            Attribute::new("combine", Kind::Character(&["no", "lines"]))
                .default("no")
                .about("how several values share the field: no, lines, or the character between them"),
        ])
        .section("10.3.4")
        .repeats()
        .about("where a value is stored, and how it is converted")
        .sample(r#"<value index="0" field="LAST"/>"#),
    Tag::new("position", &["property", "parameter"], Kind::Empty)
        .attributes(&[
            Attribute::new("has", Kind::Text).about("values that the parameters must have"),
            Attribute::new("hasnot", Kind::Text).about("values that the parameters must not have"),
            Attribute::new("shows", Kind::Text).about("values to write besides"),
            Attribute::new("field", Kind::FieldName).about("where it is stored"),
            Attribute::new("repeat", Kind::IntegerOr { min: 1, max: 32767, words: &["rewrite", "array"] })
                .default("1")
                .about("how often it can be used"),
            Attribute::new("increment", Kind::INT16)
                .default("1")
                .about("how far the fields move with each repetition"),
            Attribute::new("minshow", Kind::Integer { min: -1, max: i16::MAX as i64 })
                .default("-1")
                .about("how many repetitions are written even if they are empty; -1 is all"),
            Attribute::new("readonly", Kind::Boolean)
                .default("no")
                .about("whether it counts only when reading"),
            Attribute::new("overwriteempty", Kind::Boolean)
                .default("yes")
                .about("whether later values take the place of empty ones"),
            Attribute::new("sharepreviouscount", Kind::Boolean)
                .default("no")
                .about("whether it goes on counting where the position before it stopped"),
        ])
        .section("10.3.7")
        .repeats()
        .about("where a property is stored, by its parameters and repetitions")
        .sample(r#"<position has="HOME" field="TEL_HOME" repeat="2" increment="1"/>"#),
    Tag::new("parameter", &["property"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name in the text").required(),
            Attribute::new("onlyformode", MIME_MODE).about("the dialect that it is limited to"),
            Attribute::new("rule", Kind::Text).about("the remote rule that it is limited to"),
            Attribute::new("default", Kind::Boolean)
                .default("no")
                .about("whether it is written without its name in the old dialect"),
            Attribute::new("positional", Kind::Boolean)
                .default("no")
                .about("whether its values tell where the property is stored"),
            Attribute::new("showindevinf", Kind::Boolean).default("no").about("whether peers are told of it"),
            Attribute::new("show", Kind::Boolean).about("the same, as it was called before"),
            Attribute::new("shownonempty", Kind::Boolean)
                .default("no")
                .about("whether it shows the property even without a value"),
            Attribute::new("sharedfield", Kind::Boolean)
                .default("no")
                .about("whether another parameter uses the same field"),
        ])
        .section("10.3.6")
        .repeats()
        .about("a parameter of a property")
        .sample(
            r#"<parameter name="TYPE" positional="yes">
    <value><enum name="HOME"/></value>
</parameter>"#,
        ),
    Tag::new("subprofile", &["profile", "subprofile"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name in BEGIN and END").required(),
            Attribute::new("nummandatory", Kind::UINT16)
                .default("0")
                .about("how many of the mandatory properties an item must have"),
            Attribute::new("mode", Kind::Enum(&["custom", "vtimezones"]))
                .default("custom")
                .about("what it is made of: its properties, or the time zones of the item"),
            Attribute::new("onlyformode", MIME_MODE).about("the dialect that it is limited to"),
            Attribute::new("field", Kind::FieldName).about("the field that tells whether it is the one"),
            Attribute::new("value", Kind::Text).about("the value of that field then"),
            Attribute::new("showifselectedonly", Kind::Boolean)
                .default("no")
                .about("whether peers are told of it only if a datastore selects it"),
            Attribute::new("useproperties", Kind::Text)
                .about("another subprofile, whose properties it has too"),
            Attribute::new("showlevel", Kind::Text)
                .about("whether peers were told of it")
                .no_effect("whether to show it is found by itself"),
            Attribute::new("showprops", Kind::Boolean)
                .about("whether peers were told of its properties")
                .no_effect("whether to show them is found by itself"),
        ])
        .section("10.3.2")
        .repeats()
        .about("a component inside another")
        .sample(
            r#"<subprofile name="VALARM">
    <property name="TRIGGER"><value field="ALARM"/></property>
</subprofile>"#,
        ),
    Tag::new("property", &["profile", "subprofile"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name in the text").required(),
            Attribute::new("onlyformode", MIME_MODE).about("the dialect that it is limited to"),
            Attribute::new("rule", Kind::Text)
                .about("the remote rule that it is limited to; other is for all other peers"),
            Attribute::new("suppressempty", Kind::Boolean)
                .default("no")
                .about("whether it is left out if it has no value"),
            Attribute::new("delayedparsing", Kind::UINT16)
                .default("0")
                .about("it is read after those with a smaller number"),
            Attribute::new("values", Kind::IntegerOr { min: 1, max: 999, words: &["list", "expandedlist"] })
                .default("1")
                .about("how many values it has, or list or expandedlist for any number"),
            Attribute::new("valueseparator", Kind::Character(&[]))
                .default(";")
                .about("what stands between values"),
            Attribute::new("altvalueseparator", Kind::Character(&[]))
                .about("what is taken for that as well when reading"),
            Attribute::new("mandatory", Kind::Boolean)
                .default("no")
                .about("whether it counts towards nummandatory"),
            Attribute::new("showindevinf", Kind::Boolean)
                .default("yes")
                .about("whether peers are told of it"),
            Attribute::new("show", Kind::Boolean)
                .about("whether peers were told of it")
                .no_effect("showindevinf says it"),
            Attribute::new("filter", Kind::Boolean).default("yes").about("whether peers can filter by it"),
            Attribute::new("groupfield", Kind::FieldName)
                .about("the field of the group that stands before the name"),
            Attribute::new("foldbetween", Kind::Boolean)
                .default("no")
                .about("whether lines are folded only between values")
                .no_effect("long lines are folded anywhere"),
            Attribute::new("mode", Kind::Text)
                .about("how its time was handled")
                .no_effect("the conversion of the value says it"),
        ])
        .section("10.3.3")
        .repeats()
        .about("a property: its values, parameters and positions")
        .sample(r#"<property name="NOTE"><value field="NOTE"/></property>"#),
    Tag::new("profile", &["mimeprofile"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name in BEGIN and END").required(),
            Attribute::new("nummandatory", Kind::UINT16)
                .default("0")
                .about("how many of the mandatory properties an item must have"),
        ])
        .section("10.3.1")
        .about("the outermost component")
        .sample(
            r#"<profile name="VCARD">
    <property name="NOTE"><value field="NOTE"/></property>
</profile>"#,
        ),
    Tag::new("unfloattimestamps", &["mimeprofile"], Kind::Boolean)
        .default("no")
        .section("10.3.9")
        .about("whether times without a zone get that of the session when they are read"),
    Tag::new(
        "vtimezonegenmode",
        &["mimeprofile"],
        Kind::Enum(&["current", "start", "end", "range", "openend"]),
    )
    .default("current")
    .section("10.3.8")
    .default_note("the manual gives none")
    .about("for which time a VTIMEZONE says the rules of its zone")
    .sample("range"),
    Tag::new("tzidgenmode", &["mimeprofile"], Kind::Enum(&["default", "olson"]))
        .default("default")
        .about("which names zones are given")
        .sample("olson"),
    Tag::new("unknowns", &["mimeprofile"], Kind::Empty)
        .attributes(&[Attribute::new("field", Kind::FieldName)
            .about("the field, of type string or multiline")
            .required()])
        .extension()
        .about("the text field that keeps what of a text the profile has no field for")
        .sample(r#"<unknowns field="UNKNOWN"/>"#),
    Tag::new("mimeprofile", &["datatypes"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name that datatypes use").required(),
            Attribute::new("fieldlist", Kind::Text).about("the field list that its fields are of").required(),
        ])
        .section("10.3")
        .repeats()
        .about("how fields stand in a MIME-DIR text")
        .sample(
            r#"<mimeprofile name="vcard" fieldlist="people">
    <profile name="VCARD"/>
</mimeprofile>"#,
        ),
];
