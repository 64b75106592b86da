//! Declarations: `<mimeprofile>`, the MIME-DIR profiles.
//!
//! Not its job: how they are read into items.

use super::{Attribute, Kind, Tag};

const MODE: Kind = Kind::Enum(&["old", "standard"]);

pub(super) const TAGS: &[Tag] = &[
    Tag::new("enum", &["value"], Kind::Empty)
        .attributes(&[
            Attribute::new("name", Kind::Text),
            Attribute::new("value", Kind::Text),
            Attribute::new("positional", Kind::Boolean),
            Attribute::new(
                "mode",
                Kind::Enum(&["translate", "defaultname", "defaultvalue", "ignore", "prefix"]),
            ),
        ])
        .section("10.3.5")
        .repeats()
        .about("a name of a value in the text, and what is stored for it"),
    Tag::new("value", &["property", "parameter"], Kind::Container)
        .attributes(&[
            Attribute::new("index", Kind::UINT16),
            Attribute::new("field", Kind::FieldName),
            Attribute::new("conversion", Kind::Text),
            Attribute::new("combine", Kind::Character(&["no", "lines"])),
        ])
        .section("10.3.4")
        .repeats()
        .about("where a value is stored, and how it is converted"),
    Tag::new("position", &["property", "parameter"], Kind::Empty)
        .attributes(&[
            Attribute::new("has", Kind::Text),
            Attribute::new("hasnot", Kind::Text),
            Attribute::new("shows", Kind::Text),
            Attribute::new("field", Kind::FieldName),
            Attribute::new("repeat", Kind::IntegerOr { min: 1, max: 32767, words: &["rewrite", "array"] }),
            Attribute::new("increment", Kind::INT16),
            Attribute::new("minshow", Kind::Integer { min: -1, max: i16::MAX as i64 }),
            Attribute::new("readonly", Kind::Boolean),
            Attribute::new("overwriteempty", Kind::Boolean),
            Attribute::new("sharepreviouscount", Kind::Boolean),
        ])
        .section("10.3.7")
        .repeats()
        .about("where a property is stored, by its parameters and repetitions"),
    Tag::new("parameter", &["property"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("onlyformode", MODE),
            Attribute::new("rule", Kind::Text),
            Attribute::new("default", Kind::Boolean),
            Attribute::new("positional", Kind::Boolean),
            Attribute::new("showindevinf", Kind::Boolean),
            Attribute::new("show", Kind::Boolean),
            Attribute::new("shownonempty", Kind::Boolean),
            Attribute::new("sharedfield", Kind::Boolean),
        ])
        .section("10.3.6")
        .repeats()
        .about("a parameter of a property"),
    Tag::new("subprofile", &["profile", "subprofile"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("nummandatory", Kind::UINT16),
            Attribute::new("mode", Kind::Enum(&["custom", "vtimezones"])),
            Attribute::new("onlyformode", MODE),
            Attribute::new("field", Kind::FieldName),
            Attribute::new("value", Kind::Text),
            Attribute::new("showifselectedonly", Kind::Boolean),
            Attribute::new("useproperties", Kind::Text),
            Attribute::new("showlevel", Kind::Text).no_effect("whether to show it is found by itself"),
            Attribute::new("showprops", Kind::Boolean).no_effect("whether to show them is found by itself"),
        ])
        .section("10.3.2")
        .repeats()
        .about("a component inside another"),
    Tag::new("property", &["profile", "subprofile"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("onlyformode", MODE),
            Attribute::new("rule", Kind::Text),
            Attribute::new("suppressempty", Kind::Boolean),
            Attribute::new("delayedparsing", Kind::UINT16),
            Attribute::new("values", Kind::IntegerOr { min: 1, max: 999, words: &["list", "expandedlist"] }),
            Attribute::new("valueseparator", Kind::Character(&[])),
            Attribute::new("altvalueseparator", Kind::Character(&[])),
            Attribute::new("mandatory", Kind::Boolean),
            Attribute::new("showindevinf", Kind::Boolean),
            Attribute::new("show", Kind::Boolean).no_effect("showindevinf says it"),
            Attribute::new("filter", Kind::Boolean),
            Attribute::new("groupfield", Kind::FieldName),
            Attribute::new("foldbetween", Kind::Boolean).no_effect("long lines are folded anywhere"),
            Attribute::new("mode", Kind::Text).no_effect("the conversion of the value says it"),
        ])
        .section("10.3.3")
        .repeats()
        .about("a property: its values, parameters and positions"),
    Tag::new("profile", &["mimeprofile"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("nummandatory", Kind::UINT16),
        ])
        .section("10.3.1")
        .about("the outermost component"),
    Tag::new("unfloattimestamps", &["mimeprofile"], Kind::Boolean)
        .default("no")
        .section("10.3.9")
        .about("times without a zone are taken as the item's"),
    Tag::new(
        "vtimezonegenmode",
        &["mimeprofile"],
        Kind::Enum(&["current", "start", "end", "range", "openend"]),
    )
    .default("current")
    .section("10.3.8")
    .about("which rules of a zone are written"),
    Tag::new("tzidgenmode", &["mimeprofile"], Kind::Enum(&["default", "olson"]))
        .default("default")
        .about("what zones are called: by their own names, or by those of the zone database"),
    Tag::new("unknowns", &["mimeprofile"], Kind::Empty)
        .attributes(&[Attribute::new("field", Kind::FieldName).required()])
        .extension()
        .about("the text field that keeps what of a text the profile has no field for"),
    Tag::new("mimeprofile", &["datatypes"], Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("fieldlist", Kind::Text).required(),
        ])
        .section("10.3")
        .repeats()
        .about("how fields stand in a MIME-DIR text"),
];
