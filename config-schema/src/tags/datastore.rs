//! Declarations: `<datastore>` and `<superdatastore>`, whatever keeps their items.
//!
//! Not its job: databases (`sql`, `plugin`, `fieldmap`).

use super::waiting::{FILTERS, OPTION, RULES, SCRIPTS, ZONES};
use super::{Attribute, Kind, Tag};

const STORE: &[&str] = &["datastore", "superdatastore"];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("multifolder", STORE, Kind::Boolean).default("no").later(OPTION).already(&["no"]),
    Tag::new(
        "datacharset",
        STORE,
        Kind::Enum(&["unknown", "ASCII", "ANSI", "ISO-8859-1", "UTF-8", "UTF-16", "GB2312", "CP936"]),
    )
    .default("ANSI")
    .section("11.34.33")
    .later("text is exchanged with databases as UTF-8")
    .already(&["UTF-8"]),
    Tag::new("datalineends", STORE, Kind::Enum(&["none", "unix", "mac", "dos", "cstr", "filemaker"]))
        .default("dos")
        .section("11.34.34")
        .about("how a line ends in database text"),
    Tag::new("updateallfields", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.35")
        .about("whether an update writes every column"),
    Tag::new("timeutc", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.30")
        .no_effect("times in databases are UTC"),
    Tag::new("datatimezone", STORE, Kind::TimeZone)
        .default("SYSTEM")
        .section("11.34.31")
        .later(ZONES)
        .already(&["UTC", "SYSTEM"])
        .vital(),
    Tag::new("userzoneoutput", STORE, Kind::Boolean).default("yes").section("11.34.32").later(ZONES),
    Tag::new("synctimestampatend", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.37")
        .later("the stamp of a sync is always its beginning")
        .already(&["no"])
        .vital(),
    Tag::new("fromremoteonlysupport", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.36")
        .about("whether targets keep a stamp of their own for what has been sent, as one-way syncs need"),
    Tag::new("resumesupport", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.39")
        .about("whether targets and maps keep what it takes to go on with a session that broke off"),
    Tag::new("resumeitemsupport", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.40")
        .about("whether targets keep an item of which only a part has come"),
    Tag::new("storesyncidentifiers", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.38")
        .aliases(&["storelastsyncidentifier"])
        .later("plugins are not loaded yet")
        .already(&["no"])
        .vital(),
    Tag::new("adminreadyscript", STORE, Kind::Script).section("11.34.23").later(SCRIPTS).vital(),
    Tag::new("syncendscript", STORE, Kind::Script).section("11.34.24").later(SCRIPTS).vital(),
    Tag::new("use", &["typesupport"], Kind::Empty)
        .attributes(&[
            Attribute::new("datatype", Kind::Text).required(),
            Attribute::new("mode", Kind::Text),
            Attribute::new(
                "preferred",
                Kind::Enum(&["yes", "true", "on", "1", "no", "false", "off", "0", "legacy"]),
            ),
            Attribute::new("rulematch", Kind::Text).later(RULES),
            Attribute::new("variant", Kind::Text)
                .later("all subprofiles of the datatype are exchanged; choosing one comes later"),
        ])
        .section("11.34.12")
        .repeats()
        .about("a datatype, and in which direction"),
    Tag::new("dbtypeid", &["datastore"], Kind::UINT32)
        .default("0")
        .section("11.34.2")
        .no_effect("nothing asks for it here"),
    Tag::new("typesupport", STORE, Kind::Container)
        .section("11.34.11")
        .about("the datatypes that are exchanged"),
    Tag::new(
        "conflictstrategy",
        STORE,
        Kind::Enum(&["duplicate", "newer-wins", "server-wins", "client-wins"]),
    )
    .default("newer-wins")
    .section("11.34.10")
    .about("who wins where both sides changed an item"),
    Tag::new(
        "slowsyncstrategy",
        STORE,
        Kind::Enum(&["duplicate", "newer-wins", "server-wins", "client-wins"]),
    )
    .default("newer-wins")
    .section("11.34.10")
    .about("who wins in a slow sync"),
    Tag::new(
        "firsttimestrategy",
        STORE,
        Kind::Enum(&["duplicate", "newer-wins", "server-wins", "client-wins"]),
    )
    .default("newer-wins")
    .section("11.34.10")
    .about("who wins in the first sync"),
    Tag::new("readonly", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.4")
        .about("whether peers can change nothing"),
    Tag::new("canrestart", STORE, Kind::Boolean).default("no").later(OPTION).already(&["no"]),
    Tag::new("syncmode", STORE, Kind::Text).section("16.17.2").repeats().later(OPTION),
    Tag::new("reportupdates", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.7")
        .about("whether changed items are sent"),
    Tag::new("deletewins", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.5")
        .about("whether deleting wins over changing"),
    Tag::new("resendfailing", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.29")
        .about("whether what a peer refuses is sent again next time, or ends the sync"),
    Tag::new("tryupdatedeleted", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.6")
        .about("whether a change of an item that is gone on our side is tried before the item is added"),
    Tag::new("alwayssendlocalid", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.9")
        .about("whether our id is sent with changes and deletes too"),
    Tag::new("alias", &["datastore"], Kind::Empty)
        .attributes(&[Attribute::new("name", Kind::Text).required()])
        .section("11.34.1")
        .repeats()
        .about("a further name for peers"),
    Tag::new("maxitemspermessage", STORE, Kind::UINT32)
        .default("0")
        .section("11.34.8")
        .about("how many items a message takes at most; 0 is no limit"),
    Tag::new("acceptfilter", STORE, Kind::Filter).section("11.34.15").later(FILTERS).vital(),
    Tag::new("silentdiscard", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.16")
        .later(FILTERS)
        .already(&["no"]),
    Tag::new("localdbfilter", STORE, Kind::Filter).section("11.34.17").later(FILTERS).vital(),
    Tag::new("makepassfilter", STORE, Kind::Filter).section("11.34.20").later(FILTERS).vital(),
    Tag::new("invisiblefilter", STORE, Kind::Filter).section("11.34.18").later(FILTERS).vital(),
    Tag::new("makevisiblefilter", STORE, Kind::Filter).section("11.34.19").later(FILTERS).vital(),
    Tag::new("ds12filters", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.13")
        .later(FILTERS)
        .already(&["no"]),
    Tag::new("daterangesupport", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.14")
        .later(FILTERS)
        .already(&["no"]),
    Tag::new("datastoreinitscript", STORE, Kind::Script).section("11.34.21").later(SCRIPTS).vital(),
    Tag::new("sentitemstatusscript", STORE, Kind::Script).section("11.34.27").later(SCRIPTS).vital(),
    Tag::new("receiveditemstatusscript", STORE, Kind::Script).section("11.34.28").later(SCRIPTS).vital(),
    Tag::new("alertscript", STORE, Kind::Script).section("11.34.25").later(SCRIPTS).vital(),
    Tag::new("alertprepscript", STORE, Kind::Script).section("11.34.26").later(SCRIPTS).vital(),
    Tag::new("datastorefinishscript", STORE, Kind::Script).section("11.34.22").later(SCRIPTS).vital(),
    Tag::new("displayname", STORE, Kind::Text).section("11.34.3").about("what users are shown"),
    Tag::new("dispatchfilter", &["contains"], Kind::Filter).section("11.35.2").later(FILTERS).vital(),
    Tag::new("guidprefix", &["contains"], Kind::Text).section("11.35.3").later(OPTION),
    Tag::new("contains", &["superdatastore"], Kind::Container)
        .attributes(&[Attribute::new("datastore", Kind::Text).required()])
        .section("11.35.1")
        .repeats()
        .later(OPTION),
];
