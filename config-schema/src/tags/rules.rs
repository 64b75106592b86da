//! Declarations: `<remoterule>`, what is known of certain peers.
//!
//! Not its job: who a peer is.

use super::waiting::{RULES, SCRIPTS};
use super::{AGENT, Attribute, Kind, Tag};

const RULE: &[&str] = &["remoterule", "subrule"];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("manufacturer", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("model", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("oem", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("firmware", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("software", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("hardware", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("deviceid", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("devicetype", RULE, Kind::Text).section("11.36.2").later(RULES),
    Tag::new("legacymode", RULE, Kind::Tristate).default("unspecified").section("11.36.21").later(RULES),
    Tag::new("lenientmode", RULE, Kind::Tristate).default("unspecified").section("11.36.21").later(RULES),
    Tag::new("limitedfieldlengths", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.4")
        .later(RULES),
    Tag::new("noemptyproperties", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.5")
        .later(RULES),
    Tag::new("quote8bitcontent", RULE, Kind::Tristate).default("unspecified").later(RULES),
    Tag::new("nocontentfolding", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.17")
        .later(RULES),
    Tag::new("noreplaceinslowsync", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.8")
        .later(RULES),
    Tag::new("treataslocaltime", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.15")
        .later(RULES),
    Tag::new("treatasutc", RULE, Kind::Tristate).default("unspecified").section("11.36.16").later(RULES),
    Tag::new("autoenddateinclusive", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.18")
        .later(RULES),
    Tag::new("ignoredevinfmaxsize", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.9")
        .later(RULES),
    Tag::new("ignorectcap", RULE, Kind::Tristate).default("unspecified").later(RULES),
    Tag::new("dspathindevinf", RULE, Kind::Tristate).default("unspecified").section("11.36.10").later(RULES),
    Tag::new("dscgiindevinf", RULE, Kind::Tristate).default("unspecified").section("11.36.10").later(RULES),
    Tag::new("updateclientinslowsync", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.6")
        .later(RULES),
    Tag::new("updateserverinslowsync", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.7")
        .later(RULES),
    Tag::new("allowmessageretries", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.11")
        .later(RULES),
    Tag::new("strictexecordering", RULE, Kind::Tristate).default("unspecified").later(RULES),
    Tag::new("treatcopyasadd", RULE, Kind::Tristate).default("unspecified").later(RULES),
    Tag::new("completefromclientonly", RULE, Kind::Tristate)
        .default("unspecified")
        .section("11.36.12")
        .later(RULES),
    Tag::new("requestmaxtime", RULE, Kind::INT32).section("11.36.23").later(RULES),
    Tag::new(
        "outputcharset",
        RULE,
        Kind::Enum(&["unknown", "US-ASCII", "ANSI", "ISO-8859-1", "UTF-8", "UTF-16", "GB2312", "CP936"]),
    )
    .section("11.36.19")
    .later(RULES),
    Tag::new(
        "inputcharset",
        RULE,
        Kind::Enum(&["unknown", "US-ASCII", "ANSI", "ISO-8859-1", "UTF-8", "UTF-16", "GB2312", "CP936"]),
    )
    .section("11.36.20")
    .later(RULES),
    Tag::new("rejectstatus", RULE, Kind::UINT16).section("11.36.22").later(RULES),
    Tag::new("forceutc", RULE, Kind::Tristate).default("unspecified").section("11.36.14").later(RULES),
    Tag::new("forcelocaltime", RULE, Kind::Tristate).default("unspecified").section("11.36.13").later(RULES),
    Tag::new("overridedevinf", RULE, Kind::Free).later(RULES),
    Tag::new("include", RULE, Kind::Empty)
        .attributes(&[Attribute::new("rule", Kind::Text).required()])
        .repeats()
        .later(RULES),
    Tag::new("rulescript", RULE, Kind::Script).section("11.36.24").later(SCRIPTS),
    Tag::new("descriptivename", RULE, Kind::Text).section("11.36.3").later(RULES),
    Tag::new("finalrule", RULE, Kind::Boolean).default("yes").section("11.36.1").later(RULES),
    Tag::new("subrule", AGENT, Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text).required()])
        .repeats()
        .later(RULES)
        .about("settings that remote rules share"),
    Tag::new("remoterule", AGENT, Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text)])
        .section("11.36")
        .repeats()
        .later(RULES)
        .about("settings for certain peers"),
];
