//! Declarations: the root element and what stands in it.
//!
//! Not its job: the sections inside it.

use super::waiting::{CLIENT, LOGS, OPTION, SCRIPTS, ZONES};
use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("debug", &["sysync_config"], Kind::Container)
        .section("8.11")
        .repeats()
        .later(LOGS)
        .about("what is logged, and how"),
    Tag::new("configdate", &["sysync_config"], Kind::Timestamp)
        .section("8.12")
        .later("what a peer reports about itself is not kept yet"),
    Tag::new("configidstring", &["sysync_config"], Kind::Expanded)
        .section("8.5")
        .about("what the owner calls this config"),
    Tag::new("manufacturer", &["sysync_config"], Kind::Expanded)
        .default("Syncloom")
        .section("8.6")
        .about("the manufacturer that peers are told"),
    Tag::new("model", &["sysync_config"], Kind::Expanded)
        .default("Syncloom")
        .section("8.7")
        .about("the product name that peers are told"),
    Tag::new("hardwareversion", &["sysync_config"], Kind::Expanded).later(OPTION),
    Tag::new("firmwareversion", &["sysync_config"], Kind::Expanded).later(OPTION),
    Tag::new("devicetype", &["sysync_config"], Kind::Expanded).section("11.36.2").later(OPTION),
    Tag::new("configvar", &["sysync_config"], Kind::Empty)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("value", Kind::Text).required(),
        ])
        .section("8.8")
        .repeats()
        .about("defines a variable for the rest of the file"),
    Tag::new("neverputdevinf", &["sysync_config"], Kind::Boolean)
        .default("no")
        .section("8.13")
        .later(CLIENT)
        .already(&["no"]),
    Tag::new("maxmsgsize", &["sysync_config"], Kind::Integer { min: 512, max: u32::MAX as i64 })
        .default("50000")
        .section("8.3")
        .about("the largest message in bytes that is taken and sent"),
    Tag::new("maxobjsize", &["sysync_config"], Kind::UINT32)
        .default("4000000")
        .section("8.4")
        .about("the largest item in bytes that is taken"),
    Tag::new("maxconcurrentsessions", &["sysync_config"], Kind::INT32)
        .section("8.2")
        .about("how many sessions there are at a time; more are told that the server is busy"),
    Tag::new("definetimezone", &["sysync_config"], Kind::ZoneRule)
        .section("8.15")
        .repeats()
        .later("time zones of a config are not defined yet"),
    Tag::new("systemtimezone", &["sysync_config"], Kind::TimeZone)
        .default("SYSTEM")
        .section("8.14")
        .later(ZONES)
        .already(&["SYSTEM", "UTC"]),
    Tag::new("licensename", &["sysync_config"], Kind::Text)
        .section("8.1")
        .no_effect("Syncloom needs no licence"),
    Tag::new("licensecode", &["sysync_config"], Kind::Text)
        .section("8.1")
        .secret()
        .no_effect("Syncloom needs no licence"),
    Tag::new("scripting", &["sysync_config"], Kind::Container)
        .section("8.10")
        .repeats()
        .later(SCRIPTS)
        .about("functions and macros for all scripts"),
    Tag::new("client", &["sysync_config"], Kind::Container)
        .attributes(&[
            Attribute::new("type", Kind::Enum(&["sql", "odbc", "plugin", "textdb", "binfile"])).required()
        ])
        .section("11")
        .later(CLIENT)
        .about("a client: what it synchronises, and with whom"),
    Tag::new("server", &["sysync_config"], Kind::Container)
        .attributes(&[Attribute::new("type", Kind::Enum(&["sql", "odbc", "plugin", "textdb"])).required()])
        .section("11")
        .about("the server: who may log in, and what is synchronised"),
    Tag::new("transport", &["sysync_config"], Kind::Container)
        .attributes(&[Attribute::new("type", Kind::Enum(&["xpt", "isapi", "pipe"])).required()])
        .section("9")
        .repeats()
        .about("how peers reach the server"),
    Tag::new("datatypes", &["sysync_config"], Kind::Container)
        .section("10")
        .repeats()
        .about("field lists, profiles and datatypes"),
    Tag::new("configmsg", &["sysync_config"], Kind::Empty)
        .attributes(&[Attribute::new("error", Kind::Text), Attribute::new("warning", Kind::Text)])
        .section("8.9")
        .repeats()
        .about("an error or a warning of the author of the config, usually under a condition"),
    Tag::new("sysync_config", &[""], Kind::Container)
        .attributes(&[Attribute::new("version", Kind::Text).required()])
        .section("3.2")
        .about("the root of a config"),
];
