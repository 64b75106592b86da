//! Declarations: `<debug>`, the settings of logs.
//!
//! Not its job: what a log contains.

use super::waiting::LOGS;
use super::{Attribute, Kind, Tag};

/// What `<enable>` and `<disable>` are about.
const TOPIC: &[Attribute] = &[Attribute::new(
    "option",
    Kind::Enum(&[
        "error",
        "hot",
        "proto",
        "session",
        "admin",
        "data",
        "remoteinfo",
        "parse",
        "generate",
        "transp",
        "syncml_rtk",
        "rest",
        "userdata",
        "dbapi",
        "plugin",
        "scripts",
        "expressions",
        "filter",
        "match",
        "conflict",
        "details",
        "exotic",
        "minimal",
        "normal",
        "extended",
        "maximal",
        "db",
        "all",
        "items",
        "cmd",
        "devinf",
        "dataconv",
    ]),
)
.required()];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("mask", &["debug"], Kind::UINT32).later(LOGS),
    Tag::new("enable", &["debug"], Kind::Empty).attributes(TOPIC).section("8.11.2").repeats().later(LOGS),
    Tag::new("disable", &["debug"], Kind::Empty).attributes(TOPIC).section("8.11.2").repeats().later(LOGS),
    Tag::new("logpath", &["debug"], Kind::Path).section("8.11.1").later(LOGS),
    Tag::new("msgdump", &["debug"], Kind::Boolean).default("no").section("8.11.15").later(LOGS),
    Tag::new("xmltranslate", &["debug"], Kind::Boolean).default("no").section("8.11.14").later(LOGS),
    Tag::new("simmsgread", &["debug"], Kind::Boolean).later(LOGS),
    Tag::new("sessionlogs", &["debug"], Kind::Boolean).default("yes").section("8.11.16").later(LOGS),
    Tag::new("globallogs", &["debug"], Kind::Boolean).default("no").section("8.11.18").later(LOGS),
    Tag::new("logformat", &["debug"], Kind::Enum(&["text", "xml", "html", "dlt"]))
        .default("html")
        .section("8.11.3")
        .later(LOGS),
    Tag::new("folding", &["debug"], Kind::Enum(&["none", "collapsed", "expanded", "auto"]))
        .default("auto")
        .section("8.11.4")
        .later(LOGS),
    Tag::new("sourcelink", &["debug"], Kind::Enum(&["none", "hint", "doxygen", "txmt"])).later(LOGS),
    Tag::new("sourcebase", &["debug"], Kind::Path).later(LOGS),
    Tag::new("indentstring", &["debug"], Kind::CText).section("8.11.13").later(LOGS),
    Tag::new("fileprefix", &["debug"], Kind::Raw).section("8.11.12").later(LOGS),
    Tag::new("filesuffix", &["debug"], Kind::Raw).section("8.11.12").later(LOGS),
    Tag::new("filename", &["debug"], Kind::Raw).later(LOGS),
    Tag::new("logflushmode", &["debug"], Kind::Enum(&["buffered", "flush", "openclose"]))
        .default("buffered")
        .section("8.11.10")
        .later(LOGS),
    Tag::new("appendtoexisting", &["debug"], Kind::Boolean).default("no").section("8.11.9").later(LOGS),
    Tag::new("timestamp", &["debug"], Kind::Boolean).default("yes").section("8.11.5").later(LOGS),
    Tag::new("timestampall", &["debug"], Kind::Boolean).default("no").section("8.11.5").later(LOGS),
    Tag::new("showthreadid", &["debug"], Kind::Boolean).section("8.11.6").later(LOGS),
    Tag::new("subthreadmode", &["debug"], Kind::Enum(&["none", "suppress", "separate", "mix", "mixblocks"]))
        .default("suppress")
        .section("8.11.11")
        .later(LOGS),
    Tag::new("subthreadbuffersize", &["debug"], Kind::UINT32).later(LOGS),
    Tag::new("singlegloballog", &["debug"], Kind::Boolean).default("no").section("8.11.8").later(LOGS),
    Tag::new("singlesessionlog", &["debug"], Kind::Boolean).default("no").section("8.11.8").later(LOGS),
    Tag::new("timedsessionlognames", &["debug"], Kind::Boolean).default("yes").section("8.11.7").later(LOGS),
    Tag::new("logsessionstoglobal", &["debug"], Kind::Boolean).default("no").section("8.11.19").later(LOGS),
];
