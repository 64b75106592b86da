//! Declarations: SQL databases, in `<server>` and `<datastore>`.
//!
//! Not its job: what the statements mean (`crate::sql`).

use crate::sql::Statement;

use super::waiting::{FILTERS, LOGS, OPTION, SCRIPTS};
use super::{AGENT, DB_TYPE, Kind, Tag};

const ODBC: &str = "ODBC databases are not opened yet";
const PEERDATA: &str = "what a peer reports about itself is not kept yet";

pub(super) const TAGS: &[Tag] = &[
    Tag::new("datasource", AGENT, Kind::Text).section("12.2").only_for("type=\"sql\"").later(ODBC),
    Tag::new("dbuser", AGENT, Kind::Text).section("12.3").only_for("type=\"sql\"").later(ODBC),
    Tag::new("dbpass", AGENT, Kind::Text).section("12.5").secret().only_for("type=\"sql\"").later(ODBC),
    Tag::new("dbconnectionstring", AGENT, Kind::Text)
        .section("12.4")
        .secret()
        .only_for("type=\"sql\"")
        .later(ODBC),
    Tag::new("dbtimeout", AGENT, Kind::INT32)
        .default("30")
        .section("12.7")
        .only_for("type=\"sql\"")
        .later(ODBC),
    Tag::new(
        "transactionmode",
        AGENT,
        Kind::Enum(&["read-uncommitted", "read-committed", "repeatable", "serializable", "none", "default"]),
    )
    .default("default")
    .section("12.9")
    .only_for("type=\"sql\"")
    .later(ODBC),
    Tag::new("preventconnectattrs", AGENT, Kind::Boolean)
        .default("no")
        .section("12.6")
        .only_for("type=\"sql\"")
        .later(ODBC),
    Tag::new("usecursorlib", AGENT, Kind::Boolean)
        .default("no")
        .section("12.10")
        .only_for("type=\"sql\"")
        .later(ODBC),
    Tag::new("afterconnectscript", AGENT, Kind::Script)
        .section("12.8")
        .only_for("type=\"sql\"")
        .later(SCRIPTS)
        .vital(),
    Tag::new("getdevicesql", AGENT, Kind::Sql(Statement::Device))
        .section("12.15")
        .only_for("type=\"sql\"")
        .about("finds a device by its id"),
    Tag::new("newdevicesql", AGENT, Kind::Sql(Statement::Device))
        .section("12.15")
        .only_for("type=\"sql\"")
        .about("stores a new device"),
    Tag::new("savenoncesql", AGENT, Kind::Sql(Statement::Nonce))
        .section("12.15")
        .only_for("type=\"sql\"")
        .about("stores a device's next nonce"),
    Tag::new("saveinfosql", AGENT, Kind::Sql(Statement::Info))
        .section("12.15")
        .only_for("type=\"sql\"")
        .about("stores what a device says of itself"),
    Tag::new("savedevinfsql", AGENT, Kind::Sql(Statement::DevInf)).only_for("type=\"sql\"").later(PEERDATA),
    Tag::new("loaddevinfsql", AGENT, Kind::Sql(Statement::DevInf)).only_for("type=\"sql\"").later(PEERDATA),
    Tag::new("userkeysql", AGENT, Kind::Sql(Statement::UserKey))
        .section("12.16")
        .only_for("type=\"sql\"")
        .about("finds a user's key and password"),
    Tag::new("cleartextpw", AGENT, Kind::Boolean)
        .default("yes")
        .section("12.12")
        .only_for("type=\"sql\"")
        .about("whether the database gives passwords in clear text"),
    Tag::new("md5userpass", AGENT, Kind::Boolean)
        .default("no")
        .section("12.13")
        .only_for("type=\"sql\"")
        .about("whether the database gives the MD5 digest of user and password"),
    Tag::new("md5hex", AGENT, Kind::Boolean)
        .default("no")
        .section("12.14")
        .only_for("type=\"sql\"")
        .about("whether that digest is in hexadecimal"),
    Tag::new("timestampsql", AGENT, Kind::Sql(Statement::Plain))
        .section("12.18")
        .only_for("type=\"sql\"")
        .later("the server's own clock is used"),
    Tag::new("writelogsql", AGENT, Kind::Sql(Statement::Log))
        .section("12.19")
        .only_for("type=\"sql\"")
        .later(LOGS),
    Tag::new("quotingmode", AGENT, Kind::Enum(&["none", "singlequote", "doublequote", "backslash"]))
        .default("singlequote")
        .section("12.20.8")
        .only_for("type=\"sql\"")
        .no_effect("values are bound, not quoted"),
    Tag::new("commititems", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.12")
        .only_for("type=\"sql\"")
        .no_effect("changes are committed so that none is lost"),
    Tag::new("insertretries", &["datastore"], Kind::INT16)
        .default("0")
        .only_for("type=\"sql\"")
        .later(OPTION)
        .already(&["0"]),
    Tag::new("updateretries", &["datastore"], Kind::INT16)
        .default("0")
        .only_for("type=\"sql\"")
        .later(OPTION)
        .already(&["0"]),
    Tag::new("folderkeysql", &["datastore"], Kind::Sql(Statement::FolderKey))
        .section("12.20.1")
        .only_for("type=\"sql\"")
        .about("finds the key of a folder"),
    Tag::new("synctargetgetsql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for("type=\"sql\"")
        .about("finds a sync target"),
    Tag::new("synctargetnewsql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for("type=\"sql\"")
        .about("stores a new sync target"),
    Tag::new("synctargetupdatesql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for("type=\"sql\"")
        .about("stores the state of a sync target"),
    Tag::new("synctargetdeletesql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for("type=\"sql\"")
        .about("deletes a sync target"),
    Tag::new("synctimestamp", &["datastore"], Kind::Boolean)
        .default("yes")
        .section("12.20.3")
        .only_for("type=\"sql\"")
        .later("stamps are always in one column")
        .already(&["yes"])
        .vital(),
    Tag::new("maptablename", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("remoteidmapfield", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("localidmapfield", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("stringlocalid", &["datastore"], Kind::Boolean)
        .default("yes")
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("targetkeymapfield", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("stringtargetkey", &["datastore"], Kind::Boolean)
        .default("yes")
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("datatablename", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("folderkeyfield", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("stringfolderkey", &["datastore"], Kind::Boolean)
        .default("yes")
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("localidfield", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("moddatefield", &["datastore"], Kind::Text)
        .section("12.20.13")
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("modtimefield", &["datastore"], Kind::Text)
        .section("12.20.13")
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("genselectcond", &["datastore"], Kind::Text)
        .only_for("type=\"sql\"")
        .later("statements are not made from the names of tables; write the SQL itself"),
    Tag::new("selectmapallsql", &["datastore"], Kind::Sql(Statement::MapSelect))
        .section("12.20.5")
        .only_for("type=\"sql\"")
        .about("reads the map of a target"),
    Tag::new("insertmapsql", &["datastore"], Kind::Sql(Statement::Map))
        .section("12.20.5")
        .only_for("type=\"sql\"")
        .about("stores a map entry"),
    Tag::new("updatemapsql", &["datastore"], Kind::Sql(Statement::Map))
        .section("12.20.5")
        .only_for("type=\"sql\"")
        .about("changes a map entry"),
    Tag::new("deletemapsql", &["datastore"], Kind::Sql(Statement::Map))
        .section("12.20.5")
        .only_for("type=\"sql\"")
        .about("deletes a map entry"),
    Tag::new("quotingmode", &["datastore"], Kind::Enum(&["none", "singlequote", "doublequote", "backslash"]))
        .default("singlequote")
        .section("12.20.8")
        .only_for("type=\"sql\"")
        .no_effect("values are bound, not quoted"),
    Tag::new("dbcanfilter", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.9")
        .only_for("type=\"sql\"")
        .later(FILTERS)
        .already(&["no"]),
    Tag::new("selectidandmodifiedsql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.14")
        .only_for("type=\"sql\"")
        .about("lists ids and modification stamps"),
    Tag::new("modtimestamp", &["datastore"], Kind::Boolean)
        .default("yes")
        .section("12.20.13")
        .only_for("type=\"sql\"")
        .later("stamps are always in one column")
        .already(&["yes"])
        .vital(),
    Tag::new("selectdatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.15")
        .only_for("type=\"sql\"")
        .about("reads an item"),
    Tag::new("insertdatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for("type=\"sql\"")
        .about("stores a new item"),
    Tag::new("updatedatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for("type=\"sql\"")
        .about("changes an item"),
    Tag::new("deletedatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for("type=\"sql\"")
        .about("deletes an item"),
    Tag::new("zapdatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for("type=\"sql\"")
        .about("deletes all items"),
    Tag::new("determineidonce", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.18")
        .only_for("type=\"sql\"")
        .later("ids are not counted up by the server yet")
        .already(&["no"])
        .vital(),
    Tag::new("obtainidafterinsert", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.18")
        .only_for("type=\"sql\"")
        .about("whether an id is known only after the insert"),
    Tag::new("obtainlocalidsql", &["datastore"], Kind::Sql(Statement::NewId))
        .section("12.20.18")
        .only_for("type=\"sql\"")
        .about("gives the id of a new item"),
    Tag::new("minnextid", &["datastore"], Kind::INT32)
        .default("1000000")
        .section("12.20.18")
        .only_for("type=\"sql\"")
        .no_effect("it goes with <determineidonce>"),
    Tag::new("localidscript", &["datastore"], Kind::Script)
        .section("12.20.18")
        .only_for("type=\"sql\"")
        .later(SCRIPTS)
        .vital(),
    Tag::new("specialidmode", &["datastore"], Kind::Enum(&["none", "unixmsrnd6"]))
        .default("none")
        .section("12.20.18")
        .only_for("type=\"sql\"")
        .about("whether ids are made of the time"),
    Tag::new("insertreturnsid", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.18")
        .only_for("type=\"sql\"")
        .about("whether the insert itself answers with the id"),
    Tag::new("idasoutparam", &["datastore"], Kind::Boolean)
        .default("no")
        .only_for("type=\"sql\"")
        .later(ODBC)
        .already(&["no"])
        .vital(),
    Tag::new("ignoreaffectedcount", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.17")
        .only_for("type=\"sql\"")
        .about("whether it does not matter how many rows a statement changed"),
    Tag::new("lastmodfieldtype", &["datastore"], DB_TYPE)
        .default("timestamp")
        .section("12.20.4")
        .only_for("type=\"sql\"")
        .about("the type of the modification stamp"),
    Tag::new("sqlitefile", &["datastore"], Kind::Path)
        .section("12.20.6")
        .only_for("type=\"sql\"")
        .about("the SQLite file of the datastore; the server's if it names none"),
    Tag::new("sqlitebusytimeout", &["datastore"], Kind::UINT32)
        .default("15")
        .section("12.20.7")
        .only_for("type=\"sql\"")
        .about("seconds to wait for a locked SQLite file"),
    Tag::new("textmap", &["datastore"], Kind::Text)
        .section("12.11")
        .no_effect("text databases are plugins now"),
    Tag::new("textauth", &["datastore"], Kind::Text)
        .section("12.11")
        .no_effect("text databases are plugins now"),
    Tag::new("textpath", &["datastore"], Kind::Path)
        .section("12.11")
        .no_effect("text databases are plugins now"),
    Tag::new("earlycommit", &["datastore"], Kind::Boolean)
        .default("yes")
        .section("12.20.10")
        .no_effect("changes are committed so that none is lost"),
    Tag::new("multicursor", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.11")
        .no_effect("versions from 3.0 on have no use for it"),
    Tag::new("sqlitefile", &["server"], Kind::Path)
        .about("the SQLite file of users and devices, targets and maps"),
    Tag::new("sqlitebusytimeout", &["server"], Kind::UINT32)
        .default("15")
        .about("seconds to wait for a locked SQLite file"),
    Tag::new("sqliteschema", &["server", "datastore"], Kind::Path)
        .extension()
        .about("a file of SQL that is run once when the SQLite file is made"),
];
