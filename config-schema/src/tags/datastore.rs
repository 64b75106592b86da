//! Declarations: `<datastore>` and `<superdatastore>`, whatever keeps their items.
//!
//! Not its job: databases (`sql`, `plugin`, `fieldmap`).

use super::waiting::{CHARSET, OPTION, ZONES};
use super::words::{DB_CHARSET, LINE_ENDS, PRO, SERVERS, STRATEGY};
use super::{Attribute, Kind, Tag};

const STORE: &[&str] = &["datastore", "superdatastore"];

pub(super) const TAGS: &[Tag] = &[
    Tag::new("multifolder", STORE, Kind::Boolean)
        .default("no")
        .later(OPTION)
        .already(&["no"])
        .about("whether the datastore serves several folders"),
    Tag::new("datacharset", STORE, DB_CHARSET)
        .default("ANSI")
        .section("11.34.33")
        .later(CHARSET)
        .already(&["UTF-8"])
        .about("the character set of text in the database")
        .sample("UTF-8"),
    Tag::new("datalineends", STORE, LINE_ENDS)
        .default("dos")
        .section("11.34.34")
        .about("how a line ends in database text")
        .sample("unix"),
    Tag::new("updateallfields", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.35")
        .about("whether an update writes every column"),
    Tag::new("timeutc", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.30")
        .no_effect("times in databases are UTC")
        .deprecated("datatimezone")
        .about("whether times in the database are UTC")
        .sample("yes"),
    Tag::new("datatimezone", STORE, Kind::TimeZone)
        .default("SYSTEM")
        .section("11.34.31")
        .later(ZONES)
        .already(&["UTC", "SYSTEM"])
        .vital()
        .since("3.1")
        .about("the zone of times in the database")
        .sample("UTC"),
    Tag::new("userzoneoutput", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.32")
        .later(ZONES)
        .since("3.1")
        .about("whether times are converted to the user's zone before they are sent"),
    Tag::new("synctimestampatend", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.37")
        .later("the stamp of a sync is always its beginning")
        .already(&["no"])
        .vital()
        .about("whether a sync's stamp is that of its end, for databases that stamp changes themselves"),
    Tag::new("fromremoteonlysupport", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.36")
        .about("whether a sync in one direction keeps a stamp of its own"),
    Tag::new("resumesupport", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.39")
        .about("whether the state of an interrupted sync is kept, so that it can be resumed"),
    Tag::new("resumeitemsupport", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.40")
        .about("whether an item that arrived in part is kept, so that the rest is enough"),
    Tag::new("storesyncidentifiers", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.38")
        .aliases(&["storelastsyncidentifier"])
        .about("whether a name that a plugin gives to each sync is kept besides its stamp"),
    Tag::new("adminreadyscript", STORE, Kind::Script)
        .section("11.34.23")
        .products(PRO)
        .about("runs when the state of the last sync has been read")
        .sample(r#"DEBUGMESSAGE("state is read");"#),
    Tag::new("syncendscript", STORE, Kind::Script)
        .section("11.34.24")
        .products(PRO)
        .about("runs when the datastore's sync has ended and its state is stored")
        .sample(r#"DEBUGMESSAGE("sync is over");"#),
    Tag::new("use", &["typesupport"], Kind::Empty)
        .attributes(&[
            Attribute::new("datatype", Kind::Text).about("the name of the datatype").required(),
            Attribute::new("mode", Kind::Text)
                .default("rw")
                .about("rw exchanges in both directions, r only takes from peers, w only sends"),
            Attribute::new(
                "preferred",
                Kind::Enum(&["yes", "true", "on", "1", "no", "false", "off", "0", "legacy"]),
            )
            .default("no")
            .about("yes for the datatype that peers are offered first, legacy for the one for old peers"),
            Attribute::new("rulematch", Kind::Text)
                .about("peers for which this datatype is preferred, by the names of their rules"),
            Attribute::new("variant", Kind::Text)
                .about("which subprofile of the datatype is exchanged")
                .later("all subprofiles of the datatype are exchanged; choosing one comes later"),
        ])
        .section("11.34.12")
        .repeats()
        .about("a datatype, and in which direction")
        .sample(r#"<use datatype="vcard30" mode="rw" preferred="yes"/>"#),
    Tag::new("dbtypeid", &["datastore"], Kind::UINT32)
        .default("0")
        .section("11.34.2")
        .no_effect("nothing asks for it here")
        .about("a number that says to log statements what kind of data it is")
        .sample("1001"),
    Tag::new("typesupport", STORE, Kind::Container)
        .section("11.34.11")
        .about("the datatypes that are exchanged")
        .sample(r#"<typesupport><use datatype="vcard30" mode="rw" preferred="yes"/></typesupport>"#),
    Tag::new("conflictstrategy", STORE, STRATEGY)
        .default("newer-wins")
        .section("11.34.10")
        .about("who wins where both sides changed an item")
        .sample("server-wins"),
    Tag::new("slowsyncstrategy", STORE, STRATEGY)
        .default("newer-wins")
        .section("11.34.10")
        .about("who wins in a slow sync")
        .sample("server-wins"),
    Tag::new("firsttimestrategy", STORE, STRATEGY)
        .default("newer-wins")
        .section("11.34.10")
        .about("who wins in the first sync")
        .sample("duplicate"),
    Tag::new("readonly", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.4")
        .about("whether peers can change nothing"),
    Tag::new("canrestart", STORE, Kind::Boolean)
        .default("no")
        .later(OPTION)
        .already(&["no"])
        .about("whether the datastore can be synchronised again in the same session"),
    Tag::new("syncmode", STORE, Kind::Text)
        .section("16.17.2")
        .repeats()
        .later(OPTION)
        .about("a further sync mode that peers are told")
        .sample("390001"),
    Tag::new("reportupdates", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.7")
        .about("whether changed items are sent"),
    Tag::new("deletewins", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.5")
        .since("3.0.2.2")
        .about("whether deleting wins over changing"),
    Tag::new("resendfailing", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.29")
        .about("whether what a peer refuses is sent again next time; otherwise it ends the sync"),
    Tag::new("tryupdatedeleted", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.6")
        .since("3.0.2.2")
        .about("whether a change of an item that is gone from our sight is tried before it is added"),
    Tag::new("alwayssendlocalid", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.9")
        .since("3.0.2.0")
        .products(SERVERS)
        .about("whether our id is sent with changes and deletes too"),
    Tag::new("alias", &["datastore"], Kind::Empty)
        .attributes(&[Attribute::new("name", Kind::Text).about("the name").required()])
        .section("11.34.1")
        .repeats()
        .about("a further name for peers")
        .sample(r#"<alias name="card"/>"#),
    Tag::new("maxitemspermessage", STORE, Kind::UINT32)
        .default("0")
        .section("11.34.8")
        .about("how many items a message takes at most; 0 is no limit")
        .sample("50"),
    Tag::new("acceptfilter", STORE, Kind::Filter)
        .section("11.34.15")
        .about("which items of a peer are taken")
        .sample("KIND=1"),
    Tag::new("silentdiscard", STORE, Kind::Boolean)
        .default("no")
        .section("11.34.16")
        .about("whether an item that is not taken is answered as if it were"),
    Tag::new("localdbfilter", STORE, Kind::Filter)
        .section("11.34.17")
        .about("which items of the database are seen at all")
        .sample("DELETED=0"),
    Tag::new("makepassfilter", STORE, Kind::Filter)
        .section("11.34.20")
        .about("what is changed in an item of a peer so that it passes the filter")
        .sample("KIND:=1"),
    Tag::new("invisiblefilter", STORE, Kind::Filter)
        .section("11.34.18")
        .about("which items are there and hidden from peers")
        .sample("HIDDEN=1"),
    Tag::new("makevisiblefilter", STORE, Kind::Filter)
        .section("11.34.19")
        .about("what is changed in an item to make it visible")
        .sample("HIDDEN:=0"),
    Tag::new("ds12filters", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.13")
        .default_note("the manual says on, the engine did off")
        .about("whether peers can filter as SyncML 1.2 has it"),
    Tag::new("daterangesupport", STORE, Kind::Boolean)
        .default("yes")
        .section("11.34.14")
        .default_note("the manual says on, the engine did off")
        .about("whether peers can ask for a range of dates"),
    Tag::new("datastoreinitscript", STORE, Kind::Script)
        .section("11.34.21")
        .products(PRO)
        .about("runs before the sync of the datastore begins")
        .sample(r#"DEBUGMESSAGE("begins");"#),
    Tag::new("sentitemstatusscript", STORE, Kind::Script)
        .section("11.34.27")
        .products(PRO)
        .about("runs when a peer has answered an item that was sent")
        .sample(r#"DEBUGMESSAGE("answered");"#),
    Tag::new("receiveditemstatusscript", STORE, Kind::Script)
        .section("11.34.28")
        .products(PRO)
        .about("runs before a peer gets the status of an item it sent")
        .sample(r#"DEBUGMESSAGE("stored");"#),
    Tag::new("alertscript", STORE, Kind::Script)
        .section("11.34.25")
        .products(PRO)
        .about("runs when a peer asks for a sync, and can change its mode")
        .sample(r#"DEBUGMESSAGE("alerted");"#),
    Tag::new("alertprepscript", STORE, Kind::Script)
        .section("11.34.26")
        .no_effect("it is for clients")
        .products("PRO clients")
        .about("runs before a client asks for a sync")
        .sample(r#"DEBUGMESSAGE("asking");"#),
    Tag::new("datastorefinishscript", STORE, Kind::Script)
        .section("11.34.22")
        .products(PRO)
        .about("runs after the sync of the datastore")
        .sample(r#"DEBUGMESSAGE("done");"#),
    Tag::new("displayname", STORE, Kind::Text)
        .section("11.34.3")
        .about("what users are shown")
        .sample("Contacts"),
    Tag::new("dispatchfilter", &["contains"], Kind::Filter)
        .section("11.35.2")
        .about("which items of a peer belong to this part")
        .sample("KIND=1"),
    Tag::new("guidprefix", &["contains"], Kind::Text)
        .section("11.35.3")
        .about("what the ids of this part begin with")
        .sample("e"),
    Tag::new("contains", &["superdatastore"], Kind::Container)
        .attributes(&[Attribute::new("datastore", Kind::Text).about("the name of the datastore").required()])
        .section("11.35.1")
        .repeats()
        .about("a datastore that is a part of it")
        .sample(r#"<contains datastore="events"><guidprefix>e</guidprefix></contains>"#),
];
