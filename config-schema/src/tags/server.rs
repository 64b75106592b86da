//! Declarations: `<server>`, what is said of the server as a whole.
//!
//! Not its job: its databases (`sql`, `plugin`).

use super::waiting::{LOGS, OPTION, SCRIPTS, ZONES};
use super::{AGENT, Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("sessiontimeout", &["server"], Kind::Integer { min: 0, max: i32::MAX as i64 })
        .default("300")
        .section("11.2")
        .about("seconds after which a silent session ends"),
    Tag::new("sessiontimeout", &["client"], Kind::Integer { min: 0, max: i32::MAX as i64 })
        .default("20")
        .section("11.2")
        .later(OPTION),
    Tag::new("requestmaxtime", AGENT, Kind::UINT32)
        .default("0")
        .section("11.3")
        .about("seconds after which a request is answered, while the work goes on; 0 is no limit"),
    Tag::new("requestmintime", AGENT, Kind::INT32).default("0").section("11.4").later(OPTION).already(&["0"]),
    Tag::new("simpleauthuser", AGENT, Kind::Text)
        .section("11.10")
        .about("the one user of a server without a table of users"),
    Tag::new("simpleauthpw", AGENT, Kind::Text).section("11.10").secret().about("that user's password"),
    Tag::new("maxsyncmlversion", AGENT, Kind::Enum(&["unknown", "1.0", "1.1", "1.2"]))
        .default("1.2")
        .section("11.1")
        .about("the newest version of SyncML that is spoken"),
    Tag::new("minsyncmlversion", AGENT, Kind::Enum(&["unknown", "1.0", "1.1", "1.2"]))
        .default("1.0")
        .section("11.1")
        .about("the oldest version of SyncML that is spoken"),
    Tag::new("acceptserveralerted", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.28")
        .about("whether a sync that the server has asked for is accepted"),
    Tag::new("updateclientinslowsync", AGENT, Kind::Boolean)
        .default("no")
        .section("11.36.6")
        .about("whether a slow sync sends merged items back to the client"),
    Tag::new("updateserverinslowsync", AGENT, Kind::Boolean)
        .default("no")
        .section("11.36.7")
        .about("whether a slow sync stores merged items"),
    Tag::new("completefromclientonly", AGENT, Kind::Boolean)
        .default("no")
        .section("11.36.12")
        .later(OPTION)
        .already(&["no"]),
    Tag::new("allowmessageretries", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.36.11")
        .about("whether a message that comes again gets the same answer again"),
    Tag::new("multithread", AGENT, Kind::Boolean)
        .default("no")
        .section("11.11")
        .no_effect("sessions always run side by side"),
    Tag::new("waitforstatusofinterrupted", AGENT, Kind::Boolean)
        .default("no")
        .section("11.18")
        .later("sessions are not resumed yet")
        .already(&["no"]),
    Tag::new("deletinggoneok", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.21")
        .about("whether deleting what is not there succeeds"),
    Tag::new("abortonallitemsfailed", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.24")
        .about("whether a slow sync has failed if the peer refuses every item"),
    Tag::new("showctcapproperties", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.25")
        .about("whether peers are told the properties of a datatype"),
    Tag::new("showtypesizeinctcap10", AGENT, Kind::Boolean)
        .default("no")
        .section("11.26")
        .about("whether SyncML 1.0 peers are told types and sizes"),
    Tag::new("syncmodeextensions", AGENT, Kind::Boolean).default("no").later(OPTION).already(&["no"]),
    Tag::new("autoenddateinclusive", &["server"], Kind::Boolean)
        .default("no")
        .section("11.23")
        .later(OPTION)
        .already(&["no"]),
    Tag::new("autoenddateinclusive", &["client"], Kind::Boolean)
        .default("yes")
        .section("11.23")
        .later(OPTION),
    Tag::new("donotfoldcontent", AGENT, Kind::Boolean).default("no").later(OPTION).already(&["no"]),
    Tag::new("enumdefaultpropparams", AGENT, Kind::Tristate)
        .default("unspecified")
        .section("11.27")
        .later(OPTION)
        .already(&["unspecified"]),
    Tag::new("usertimezone", AGENT, Kind::TimeZone)
        .default("SYSTEM")
        .section("11.22")
        .later(ZONES)
        .already(&["SYSTEM", "UTC"]),
    Tag::new("sessioninitscript", AGENT, Kind::Script).section("11.12").later(SCRIPTS),
    Tag::new("sentitemstatusscript", AGENT, Kind::Script).section("11.14").later(SCRIPTS),
    Tag::new("receiveditemstatusscript", AGENT, Kind::Script).section("11.14").later(SCRIPTS),
    Tag::new("sessionfinishscript", AGENT, Kind::Script).section("11.13").later(SCRIPTS),
    Tag::new("customgethandlerscript", AGENT, Kind::Script).section("11.16").later(SCRIPTS),
    Tag::new("customgetputscript", AGENT, Kind::Script).section("11.15").later(SCRIPTS),
    Tag::new("customendputscript", AGENT, Kind::Script).section("11.15").later(SCRIPTS),
    Tag::new("customputresulthandlerscript", AGENT, Kind::Script).section("11.17").later(SCRIPTS),
    Tag::new("logfile", AGENT, Kind::Path).section("11.29").later(LOGS),
    Tag::new("logformat", AGENT, Kind::CText).section("11.31").later(LOGS),
    Tag::new("loglabels", AGENT, Kind::CText).section("11.32").later(LOGS),
    Tag::new("logenabled", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.30")
        .later(LOGS)
        .already(&["yes"]),
    Tag::new("debugchunkmaxsize", AGENT, Kind::UINT32)
        .default("0")
        .section("11.20")
        .about("for tests: items are sent in pieces of at most so many bytes; 0 is no limit"),
    Tag::new("relyonearlymaps", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.19")
        .about("whether an item that was never confirmed is sent again in the next sync; otherwise in the one after it"),
    Tag::new("datastore", AGENT, Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).required(),
            Attribute::new("type", Kind::Enum(&["sql", "odbc", "plugin", "textdb"])),
        ])
        .section("11.34")
        .repeats()
        .about("something that can be synchronised"),
    Tag::new("superdatastore", AGENT, Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text).required()])
        .section("11.35")
        .repeats()
        .later("superdatastores are not served yet")
        .about("several datastores under one name"),
    Tag::new("requestedauth", &["server"], Kind::Enum(&["none", "basic", "md5"]))
        .default("md5")
        .section("11.6")
        .about("what a peer is asked to log in with"),
    Tag::new("requiredauth", &["server"], Kind::Enum(&["none", "basic", "md5"]))
        .default("md5")
        .section("11.6")
        .aliases(&["reqiredauth"])
        .about("the least that a peer must log in with"),
    Tag::new("autononce", &["server"], Kind::Boolean)
        .default("yes")
        .section("11.7")
        .about("whether a new nonce is made for each login"),
    Tag::new("constantnonce", &["server"], Kind::Text)
        .section("11.8")
        .secret()
        .about("the nonce where none is made"),
    Tag::new("externalurl", &["server"], Kind::Text).section("11.5").about("the address that peers are told"),
    Tag::new("maxguidsizesent", &["server"], Kind::UINT16).default("32").later(OPTION).already(&["32"]),
    Tag::new("sendrespuri", &["server"], Kind::Boolean)
        .default("yes")
        .section("11.9")
        .about("whether peers are told where to send the next message"),
    Tag::new("respurionlywhendifferent", &["server"], Kind::Boolean)
        .default("yes")
        .section("11.9")
        .about("whether they are told only if that differs from where they sent the last"),
    Tag::new("logininitscript", AGENT, Kind::Script).section("11.33").later(SCRIPTS).vital(),
    Tag::new("logincheckscript", AGENT, Kind::Script).section("12.17").later(SCRIPTS).vital(),
    Tag::new("loginfinishscript", AGENT, Kind::Script).section("11.33").later(SCRIPTS),
    Tag::new("timeutc", AGENT, Kind::Boolean)
        .aliases(&["timestamputc"])
        .default("no")
        .section("11.34.30")
        .no_effect("times in databases are UTC"),
    Tag::new("datatimezone", AGENT, Kind::TimeZone)
        .default("SYSTEM")
        .section("11.34.31")
        .later(ZONES)
        .already(&["UTC", "SYSTEM"]),
    Tag::new(
        "datacharset",
        AGENT,
        Kind::Enum(&["unknown", "ASCII", "ANSI", "ISO-8859-1", "UTF-8", "UTF-16", "GB2312", "CP936"]),
    )
    .default("ANSI")
    .section("11.34.33")
    .later("text is exchanged with databases as UTF-8")
    .already(&["UTF-8"]),
    Tag::new("datalineends", AGENT, Kind::Enum(&["none", "unix", "mac", "dos", "cstr", "filemaker"]))
        .default("dos")
        .section("11.34.34")
        .no_effect("it concerns no text that the server keeps for itself"),
];
