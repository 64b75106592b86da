//! Declarations: `<server>`, what is said of the server as a whole.
//!
//! Not its job: its databases (`sql`, `plugin`).

use super::waiting::{CHARSET, LOGS, OPTION, STATUS, ZONES};
use super::words::{AGENT, AUTH, DB_CHARSET, LINE_ENDS, PRO, SERVERS, STORE_TYPE, SYNCML_VERSION};
use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("sessiontimeout", &["server"], Kind::Integer { min: 0, max: i32::MAX as i64 })
        .default("300")
        .section("11.2")
        .about("seconds after which a silent session ends")
        .sample("300"),
    Tag::new("sessiontimeout", &["client"], Kind::Integer { min: 0, max: i32::MAX as i64 })
        .default("20")
        .section("11.2")
        .later(OPTION)
        .default_note("the manual says 300")
        .about("seconds after which a silent session ends")
        .sample("60"),
    Tag::new("requestmaxtime", AGENT, Kind::UINT32)
        .default("0")
        .section("11.3")
        .about("seconds after which a request is answered while the work goes on; 0 is no limit")
        .sample("60"),
    Tag::new("requestmintime", AGENT, Kind::INT32)
        .default("0")
        .section("11.4")
        .about("seconds that answering a request takes at least")
        .sample("1"),
    Tag::new("simpleauthuser", AGENT, Kind::Text)
        .section("11.10")
        .about("the one user of a server without a table of users")
        .sample("demo"),
    Tag::new("simpleauthpw", AGENT, Kind::Text)
        .section("11.10")
        .secret()
        .about("that user's password")
        .sample("example"),
    Tag::new("maxsyncmlversion", AGENT, SYNCML_VERSION)
        .default("1.2")
        .section("11.1")
        .about("the newest version of SyncML that is spoken")
        .sample("1.1"),
    Tag::new("minsyncmlversion", AGENT, SYNCML_VERSION)
        .default("1.0")
        .section("11.1")
        .about("the oldest version of SyncML that is spoken")
        .sample("1.1"),
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
        .about("whether a sync from the client alone goes through all steps of one in both directions"),
    Tag::new("allowmessageretries", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.36.11")
        .default_note("the manual says off, the engine did on")
        .about("whether a message that comes again gets the same answer again"),
    Tag::new("multithread", AGENT, Kind::Boolean)
        .default("no")
        .section("11.11")
        .no_effect("sessions always run side by side")
        .about("whether sessions run side by side"),
    Tag::new("waitforstatusofinterrupted", AGENT, Kind::Boolean)
        .default("no")
        .section("11.18")
        .later(STATUS)
        .already(&["no"])
        .about("whether a resumed item waits for the status of the session before"),
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
    Tag::new("syncmodeextensions", AGENT, Kind::Boolean)
        .default("no")
        .later(OPTION)
        .already(&["no"])
        .about("whether peers are told sync modes beyond the standard"),
    Tag::new("autoenddateinclusive", &["server"], Kind::Boolean)
        .default("no")
        .section("11.23")
        .about("whether the last day counts where a period has dates alone"),
    Tag::new("autoenddateinclusive", &["client"], Kind::Boolean)
        .default("yes")
        .section("11.23")
        .later(OPTION)
        .about("whether the last day counts where a period has dates alone"),
    Tag::new("donotfoldcontent", AGENT, Kind::Boolean)
        .default("no")
        .about("whether long lines are sent as they are"),
    Tag::new("enumdefaultpropparams", AGENT, Kind::Tristate)
        .default("unspecified")
        .section("11.27")
        .about("whether peers are told the values of default parameters as parameters of their own; unspecified: before SyncML 1.2"),
    Tag::new("usertimezone", AGENT, Kind::TimeZone)
        .default("SYSTEM")
        .section("11.22")
        .about("the time zone of users who have set none")
        .sample("CET"),
    Tag::new("sessioninitscript", AGENT, Kind::Script)
        .section("11.12")
        .products(PRO)
        .about("runs when a session begins, and declares the session's variables")
        .sample(r#"STRING greeting; greeting="hello";"#),
    Tag::new("sentitemstatusscript", AGENT, Kind::Script)
        .section("11.14")
        .products(PRO)
        .about("runs when a peer has answered an item that was sent")
        .sample(r#"DEBUGMESSAGE("answered");"#),
    Tag::new("receiveditemstatusscript", AGENT, Kind::Script)
        .section("11.14")
        .products(PRO)
        .about("runs before a peer gets the status of an item it sent")
        .sample(r#"DEBUGMESSAGE("stored");"#),
    Tag::new("sessionfinishscript", AGENT, Kind::Script)
        .section("11.13")
        .products(PRO)
        .about("runs when a session ends")
        .sample(r#"DEBUGMESSAGE("session is over");"#),
    Tag::new("customgethandlerscript", AGENT, Kind::Script)
        .section("11.16")
        .products(PRO)
        .about("answers a Get of a peer for something of its own")
        .sample(r#"RETURN "";"#),
    Tag::new("customgetputscript", AGENT, Kind::Script)
        .section("11.15")
        .products(PRO)
        .about("sends Get and Put commands of its own at the beginning")
        .sample(r#"DEBUGMESSAGE("get or put");"#),
    Tag::new("customendputscript", AGENT, Kind::Script)
        .section("11.15")
        .products(PRO)
        .about("sends Put commands of its own at the end")
        .sample(r#"DEBUGMESSAGE("put");"#),
    Tag::new("customputresulthandlerscript", AGENT, Kind::Script)
        .section("11.17")
        .products(PRO)
        .about("takes the Put and Results of a peer that are its own")
        .sample(r#"DEBUGMESSAGE("results");"#),
    Tag::new("logfile", AGENT, Kind::Path)
        .section("11.29")
        .later(LOGS)
        .about("the file in which each sync gets a line")
        .sample("/var/log/syncloom/syncs.log"),
    Tag::new("logformat", AGENT, Kind::CText)
        .section("11.31")
        .later(LOGS)
        .about("the line that each sync gets there")
        .sample("%u\\t%d\\n"),
    Tag::new("loglabels", AGENT, Kind::CText)
        .section("11.32")
        .later(LOGS)
        .about("the first line of that file")
        .sample("User\\tDevice\\n"),
    Tag::new("logenabled", AGENT, Kind::Boolean)
        .default("yes")
        .section("11.30")
        .later(LOGS)
        .already(&["yes"])
        .about("whether that file is written"),
    Tag::new("debugchunkmaxsize", AGENT, Kind::UINT32)
        .default("0")
        .section("11.20")
        .about("for tests: the largest part of an item in bytes; 0 is no limit")
        .sample("1000"),
    Tag::new("relyonearlymaps", AGENT, Kind::Boolean).default("yes").section("11.19").about(
        "whether an item that was never confirmed is sent again in the next sync, else in the one after it",
    ),
    Tag::new("datastore", AGENT, Kind::Container)
        .attributes(&[
            Attribute::new("name", Kind::Text).about("the name that peers use").required(),
            Attribute::new("type", STORE_TYPE).about("what keeps the items"),
        ])
        .section("11.34")
        .repeats()
        .about("something that can be synchronised")
        .sample(r#"<datastore name="contacts" type="sql"><readonly>no</readonly></datastore>"#),
    Tag::new("superdatastore", AGENT, Kind::Container)
        .attributes(&[Attribute::new("name", Kind::Text).about("the name that peers use").required()])
        .section("11.35")
        .repeats()
        .about("several datastores under one name")
        .sample(r#"<superdatastore name="calendar"><contains datastore="events"/></superdatastore>"#),
    Tag::new("requestedauth", &["server"], AUTH)
        .default("md5")
        .section("11.6")
        .about("what a peer is asked to log in with")
        .sample("basic"),
    Tag::new("requiredauth", &["server"], AUTH)
        .default("md5")
        .section("11.6")
        .aliases(&["reqiredauth"])
        .about("the least that a peer must log in with")
        .sample("basic"),
    Tag::new("autononce", &["server"], Kind::Boolean)
        .default("yes")
        .section("11.7")
        .about("whether a new nonce is made for each login"),
    Tag::new("constantnonce", &["server"], Kind::Text)
        .section("11.8")
        .secret()
        .about("the nonce where none is made")
        .sample("example"),
    Tag::new("externalurl", &["server"], Kind::Text)
        .section("11.5")
        .products(SERVERS)
        .about("the address that peers are told")
        .sample("http://sync.example.org/sync"),
    Tag::new("maxguidsizesent", &["server"], Kind::UINT16)
        .default("32")
        .about("the longest id in bytes that peers are sent as it is")
        .sample("64"),
    Tag::new("sendrespuri", &["server"], Kind::Boolean)
        .default("yes")
        .section("11.9")
        .about("whether peers are told where to send the next message"),
    Tag::new("respurionlywhendifferent", &["server"], Kind::Boolean)
        .default("yes")
        .section("11.9")
        .about("whether they are told only if that differs from where they sent the last"),
    Tag::new("logininitscript", AGENT, Kind::Script)
        .section("11.33")
        .products(PRO)
        .about("runs before a login is checked: it can settle it, or change the name and the domain")
        .sample("RETURN TRUE;"),
    Tag::new("logincheckscript", AGENT, Kind::Script)
        .section("12.17")
        .products(PRO)
        .about("says of each row of <userkeysql> whether the login is right")
        .sample("RETURN TRUE;"),
    Tag::new("loginfinishscript", AGENT, Kind::Script)
        .section("11.33")
        .products(PRO)
        .about("runs after a login was checked, and has the last word")
        .sample("RETURN TRUE;"),
    Tag::new("timeutc", AGENT, Kind::Boolean)
        .aliases(&["timestamputc"])
        .default("no")
        .section("11.34.30")
        .no_effect("times in databases are UTC")
        .deprecated("datatimezone")
        .about("whether times in the database are UTC")
        .sample("yes"),
    Tag::new("datatimezone", AGENT, Kind::TimeZone)
        .default("SYSTEM")
        .section("11.34.31")
        .later(ZONES)
        .already(&["UTC", "SYSTEM"])
        .since("3.1")
        .about("the zone of times in the database that belong to no datastore")
        .sample("UTC"),
    Tag::new("datacharset", AGENT, DB_CHARSET)
        .default("ANSI")
        .section("11.34.33")
        .later(CHARSET)
        .already(&["UTF-8"])
        .about("the character set of text in the database that belongs to no datastore")
        .sample("UTF-8"),
    Tag::new("datalineends", AGENT, LINE_ENDS)
        .default("dos")
        .section("11.34.34")
        .no_effect("it concerns no text that the server keeps for itself")
        .about("how a line ends in database text that belongs to no datastore")
        .sample("unix"),
];
