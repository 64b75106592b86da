//! Declarations: the root element and what stands in it.
//!
//! Not its job: the sections inside it.

use super::waiting::{CLIENT, LOGS, OPTION, ZONES};
use super::words::{LIBRARY, SERVERS, STORE_TYPE};
use super::{Attribute, Kind, Tag};

/// An example of a zone: an hour ahead of UTC all year round.
const ZONE: &str = "
    BEGIN:VTIMEZONE
    TZID:Example
    BEGIN:STANDARD
    DTSTART:19700101T000000
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0100
    END:STANDARD
    END:VTIMEZONE";

/// Where an `<include>` can stand; remote rules take one too, beside the `<include>` of a subrule.
const PARTS: &[&str] = &[
    "sysync_config",
    "debug",
    "scripting",
    "transport",
    "datatypes",
    "fieldlist",
    "mimeprofile",
    "profile",
    "subprofile",
    "property",
    "textprofile",
    "datatype",
    "server",
    "client",
    "datastore",
    "superdatastore",
    "typesupport",
    "fieldmap",
];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("debug", &["sysync_config"], Kind::Container)
        .section("8.11")
        .repeats()
        .later(LOGS)
        .about("what is logged, and how")
        .sample("<debug><logpath>/var/log/syncloom</logpath></debug>"),
    Tag::new("configdate", &["sysync_config"], Kind::Timestamp)
        .section("8.12")
        .products(SERVERS)
        .about("when the config was changed last: peers are told about the server again after that")
        .sample("20240131T120000"),
    Tag::new("configidstring", &["sysync_config"], Kind::Expanded)
        .section("8.5")
        .about("what the owner calls this config")
        .sample("contacts of example.org, version 3"),
    Tag::new("manufacturer", &["sysync_config"], Kind::Expanded)
        .default("Syncloom")
        .section("8.6")
        .products(LIBRARY)
        .about("the manufacturer that peers are told")
        .sample("Example Works"),
    Tag::new("model", &["sysync_config"], Kind::Expanded)
        .default("Syncloom")
        .section("8.7")
        .products(LIBRARY)
        .about("the product name that peers are told")
        .sample("Example Sync"),
    Tag::new("hardwareversion", &["sysync_config"], Kind::Expanded)
        .later(OPTION)
        .about("the version of the hardware that peers are told")
        .sample("1.0"),
    Tag::new("firmwareversion", &["sysync_config"], Kind::Expanded)
        .later(OPTION)
        .about("the version of the firmware that peers are told")
        .sample("1.0"),
    Tag::new("devicetype", &["sysync_config"], Kind::Expanded)
        .section("11.36.2")
        .later(OPTION)
        .about("the type of device that peers are told")
        .sample("server"),
    Tag::new("configvar", &["sysync_config"], Kind::Empty)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name of the variable").required(),
            Attribute::new("value", Kind::Text).about("its value").required(),
        ])
        .section("8.8")
        .repeats()
        .about("defines a variable for the rest of the file")
        .sample(r#"<configvar name="data" value="/var/lib/syncloom"/>"#),
    Tag::new("neverputdevinf", &["sysync_config"], Kind::Boolean)
        .default("no")
        .section("8.13")
        .products(SERVERS)
        .about("whether peers are never told about the device without being asked"),
    Tag::new("maxmsgsize", &["sysync_config"], Kind::Integer { min: 512, max: u32::MAX as i64 })
        .default("50000")
        .section("8.3")
        .default_note("20000 in a client")
        .about("the largest message in bytes that is taken and sent")
        .sample("50000"),
    Tag::new("maxobjsize", &["sysync_config"], Kind::UINT32)
        .default("4000000")
        .section("8.4")
        .about("the largest item in bytes that is taken")
        .sample("4000000"),
    Tag::new("maxconcurrentsessions", &["sysync_config"], Kind::INT32)
        .section("8.2")
        .products("evaluation versions")
        .about("how many sessions there are at a time; more are told that the server is busy")
        .sample("50"),
    Tag::new("definetimezone", &["sysync_config"], Kind::ZoneRule)
        .section("8.15")
        .repeats()
        .about("defines a time zone by a VTIMEZONE")
        .sample(ZONE),
    Tag::new("systemtimezone", &["sysync_config"], Kind::TimeZone)
        .default("SYSTEM")
        .section("8.14")
        .later(ZONES)
        .already(&["SYSTEM", "UTC"])
        .about("the time zone of the system")
        .sample("CET"),
    Tag::new("licensename", &["sysync_config"], Kind::Text)
        .section("8.1")
        .no_effect("Syncloom needs no licence")
        .products("versions for sale")
        .about("to whom the engine is licensed")
        .sample("Example Works"),
    Tag::new("licensecode", &["sysync_config"], Kind::Text)
        .section("8.1")
        .secret()
        .no_effect("Syncloom needs no licence")
        .products("versions for sale")
        .about("the licence itself")
        .sample("none"),
    Tag::new("scripting", &["sysync_config"], Kind::Container)
        .section("8.10")
        .repeats()
        .about("functions and macros for all scripts")
        .sample("<scripting><looptimeout>5</looptimeout></scripting>"),
    Tag::new("client", &["sysync_config"], Kind::Container)
        .attributes(&[Attribute::new("type", Kind::Enum(&["sql", "odbc", "plugin", "textdb", "binfile"]))
            .about("what keeps the items")
            .required()])
        .section("11")
        .later(CLIENT)
        .about("a client: what it synchronises, and with whom")
        .sample(r#"<client type="sql"><serverurl>http://sync.example.org/</serverurl></client>"#),
    Tag::new("server", &["sysync_config"], Kind::Container)
        .attributes(&[Attribute::new("type", STORE_TYPE).about("what keeps the items").required()])
        .section("11")
        .about("the server: who may log in, and what is synchronised")
        .sample(r#"<server type="sql"><simpleauthuser>demo</simpleauthuser></server>"#),
    Tag::new("transport", &["sysync_config"], Kind::Container)
        .attributes(&[Attribute::new("type", Kind::Enum(&["xpt", "isapi", "pipe"]))
            .about("whose transport it is: xpt is the server's own")
            .required()])
        .section("9")
        .repeats()
        .about("how peers reach the server")
        .sample(r#"<transport type="xpt"><httpport>8080</httpport></transport>"#),
    Tag::new("datatypes", &["sysync_config"], Kind::Container)
        .section("10")
        .repeats()
        .about("field lists, profiles and datatypes")
        .sample(
            r#"<datatypes>
    <fieldlist name="people"><field name="LAST" type="string" compare="always"/></fieldlist>
</datatypes>"#,
        ),
    Tag::new("configmsg", &["sysync_config"], Kind::Empty)
        .attributes(&[
            Attribute::new("error", Kind::Text).about("what the error says"),
            Attribute::new("warning", Kind::Text).about("what the warning says"),
        ])
        .section("8.9")
        .repeats()
        .about("an error or a warning of the author of the config, usually under a condition")
        .sample(r#"<configmsg ifndef="platformname" error="the platform is not known"/>"#),
    Tag::new("include", PARTS, Kind::Empty)
        .attributes(&[Attribute::new("file", Kind::Path)
            .required()
            .about("the file; a relative path begins at the folder of the file that includes it")])
        .repeats()
        .extension()
        .about("the tags of another file, which stand there within <fragment>")
        .sample("<include file=\"rules.xml\"/>"),
    Tag::new("sysync_config", &[""], Kind::Container)
        .attributes(&[Attribute::new("version", Kind::Text)
            .about("the version of the document format: 1.0")
            .required()])
        .section("3.2")
        .about("the root of a config")
        .sample(r#"<sysync_config version="1.0"><server type="sql"/></sysync_config>"#),
];
