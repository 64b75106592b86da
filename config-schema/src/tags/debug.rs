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
.about("the topic")
.required()];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("mask", &["debug"], Kind::UINT32)
        .later(LOGS)
        .about("what is logged, as bits of a number")
        .sample("0xFFFF"),
    Tag::new("enable", &["debug"], Kind::Empty)
        .attributes(TOPIC)
        .section("8.11.2")
        .repeats()
        .later(LOGS)
        .about("switches a topic on in the logs")
        .sample(r#"<enable option="normal"/>"#),
    Tag::new("disable", &["debug"], Kind::Empty)
        .attributes(TOPIC)
        .section("8.11.2")
        .repeats()
        .later(LOGS)
        .about("switches a topic off in the logs")
        .sample(r#"<disable option="scripts"/>"#),
    Tag::new("logpath", &["debug"], Kind::Path)
        .section("8.11.1")
        .later(LOGS)
        .about("the folder of the logs")
        .sample("/var/log/syncloom"),
    Tag::new("msgdump", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.15")
        .later(LOGS)
        .about("whether each message is kept in a file"),
    Tag::new("xmltranslate", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.14")
        .later(LOGS)
        .about("whether each message is kept as XML"),
    Tag::new("simmsgread", &["debug"], Kind::Boolean)
        .later(LOGS)
        .about("whether messages are read from such files, for tests")
        .sample("yes"),
    Tag::new("sessionlogs", &["debug"], Kind::Boolean)
        .default("yes")
        .section("8.11.16")
        .later(LOGS)
        .about("whether each session has a log"),
    Tag::new("globallogs", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.18")
        .later(LOGS)
        .about("whether there is a log of the server as a whole"),
    Tag::new("logformat", &["debug"], Kind::Enum(&["text", "xml", "html", "dlt"]))
        .default("html")
        .section("8.11.3")
        .later(LOGS)
        .about("the format of logs")
        .sample("text"),
    Tag::new("folding", &["debug"], Kind::Enum(&["none", "collapsed", "expanded", "auto"]))
        .default("auto")
        .section("8.11.4")
        .later(LOGS)
        .about("how the blocks of an HTML log are shown at first")
        .sample("collapsed"),
    Tag::new("sourcelink", &["debug"], Kind::Enum(&["none", "hint", "doxygen", "txmt"]))
        .later(LOGS)
        .about("whether lines of a log lead to the source of the engine")
        .sample("none"),
    Tag::new("sourcebase", &["debug"], Kind::Path)
        .later(LOGS)
        .about("where that source is")
        .sample("/usr/src/engine"),
    Tag::new("indentstring", &["debug"], Kind::CText)
        .section("8.11.13")
        .later(LOGS)
        .about("what each level of a text log is indented by")
        .sample("\\t"),
    Tag::new("fileprefix", &["debug"], Kind::Raw)
        .section("8.11.12")
        .later(LOGS)
        .about("what each log file begins with")
        .sample("begin of log"),
    Tag::new("filesuffix", &["debug"], Kind::Raw)
        .section("8.11.12")
        .later(LOGS)
        .about("what each log file ends with")
        .sample("end of log"),
    Tag::new("filename", &["debug"], Kind::Raw)
        .later(LOGS)
        .about("the name of the log files")
        .sample("syncloom"),
    Tag::new("logflushmode", &["debug"], Kind::Enum(&["buffered", "flush", "openclose"]))
        .default("buffered")
        .section("8.11.10")
        .later(LOGS)
        .about("when lines of a log reach the disk")
        .sample("flush"),
    Tag::new("appendtoexisting", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.9")
        .later(LOGS)
        .about("whether an existing log is added to"),
    Tag::new("timestamp", &["debug"], Kind::Boolean)
        .default("yes")
        .section("8.11.5")
        .later(LOGS)
        .about("whether blocks of a log have the time"),
    Tag::new("timestampall", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.5")
        .later(LOGS)
        .about("whether every line of a log has the time"),
    Tag::new("showthreadid", &["debug"], Kind::Boolean)
        .section("8.11.6")
        .later(LOGS)
        .about("whether lines of a log have the thread")
        .sample("yes"),
    Tag::new("subthreadmode", &["debug"], Kind::Enum(&["none", "suppress", "separate", "mix", "mixblocks"]))
        .default("suppress")
        .section("8.11.11")
        .later(LOGS)
        .about("how the lines of further threads are logged")
        .sample("separate"),
    Tag::new("subthreadbuffersize", &["debug"], Kind::UINT32)
        .later(LOGS)
        .about("how many bytes of a further thread's lines are held back")
        .sample("65536"),
    Tag::new("singlegloballog", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.8")
        .later(LOGS)
        .about("whether all starts of the server share a log"),
    Tag::new("singlesessionlog", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.8")
        .later(LOGS)
        .about("whether all sessions of a device share a log"),
    Tag::new("timedsessionlognames", &["debug"], Kind::Boolean)
        .default("yes")
        .section("8.11.7")
        .later(LOGS)
        .about("whether the names of session logs have the time"),
    Tag::new("logsessionstoglobal", &["debug"], Kind::Boolean)
        .default("no")
        .section("8.11.19")
        .later(LOGS)
        .about("whether the logs of sessions go into the global one"),
];
