//! Declarations: SQL databases, in `<server>` and `<datastore>`.
//!
//! Not its job: what the statements mean (`crate::sql`).

use crate::placeholders::Statement;

use super::waiting::{FILTERS, LOGS, ODBC, SCRIPTS, STAMPS, TABLES};
use super::words::{AGENT, DB_TYPE, PRO, QUOTING, SQL};
use super::{Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("datasource", AGENT, Kind::Text)
        .section("12.2")
        .only_for(SQL)
        .later(ODBC)
        .about("the ODBC data source")
        .sample("contacts"),
    Tag::new("dbuser", AGENT, Kind::Text)
        .section("12.3")
        .only_for(SQL)
        .later(ODBC)
        .about("who logs in to the database; %u is the user of the session")
        .sample("syncloom"),
    Tag::new("dbpass", AGENT, Kind::Text)
        .section("12.5")
        .secret()
        .only_for(SQL)
        .later(ODBC)
        .about("that user's password")
        .sample("example"),
    Tag::new("dbconnectionstring", AGENT, Kind::Text)
        .section("12.4")
        .secret()
        .only_for(SQL)
        .later(ODBC)
        .about("the ODBC connection string, instead of a data source")
        .sample("DSN=contacts;UID=syncloom"),
    Tag::new("dbtimeout", AGENT, Kind::INT32)
        .default("30")
        .section("12.7")
        .only_for(SQL)
        .later(ODBC)
        .about("seconds to wait for the database")
        .sample("30"),
    Tag::new(
        "transactionmode",
        AGENT,
        Kind::Enum(&["read-uncommitted", "read-committed", "repeatable", "serializable", "none", "default"]),
    )
    .default("default")
    .section("12.9")
    .only_for(SQL)
    .later(ODBC)
    .about("how much transactions see of each other")
    .sample("read-committed"),
    Tag::new("preventconnectattrs", AGENT, Kind::Boolean)
        .default("no")
        .section("12.6")
        .only_for(SQL)
        .later(ODBC)
        .about("whether the timeout is not set, for drivers that fail when it is"),
    Tag::new("usecursorlib", AGENT, Kind::Boolean)
        .default("no")
        .section("12.10")
        .only_for(SQL)
        .later(ODBC)
        .about("whether ODBC's own cursors are used"),
    Tag::new("afterconnectscript", AGENT, Kind::Script)
        .section("12.8")
        .only_for(SQL)
        .later(SCRIPTS)
        .vital()
        .products(PRO)
        .about("runs after a connection to the database was made")
        .sample(r#"SQLEXECUTE("SET NAMES utf8");"#),
    Tag::new("getdevicesql", AGENT, Kind::Sql(Statement::Device))
        .section("12.15")
        .only_for(SQL)
        .about("finds a device by its id")
        .sample("SELECT id, nonce FROM devices WHERE name = '%D'"),
    Tag::new("newdevicesql", AGENT, Kind::Sql(Statement::Device))
        .section("12.15")
        .only_for(SQL)
        .about("stores a new device")
        .sample("INSERT INTO devices (name) VALUES ('%D')"),
    Tag::new("savenoncesql", AGENT, Kind::Sql(Statement::Nonce))
        .section("12.15")
        .only_for(SQL)
        .about("stores a device's next nonce")
        .sample("UPDATE devices SET nonce = '%N' WHERE id = %d"),
    Tag::new("saveinfosql", AGENT, Kind::Sql(Statement::Info))
        .section("12.15")
        .only_for(SQL)
        .about("stores what a device says of itself")
        .sample("UPDATE devices SET title = '%nR' WHERE id = %d"),
    Tag::new("savedevinfsql", AGENT, Kind::Sql(Statement::DevInf))
        .only_for(SQL)
        .about("stores a device's whole device information, so that it need not be asked again")
        .sample("UPDATE devices SET devinf = '%DI' WHERE id = %d"),
    Tag::new("loaddevinfsql", AGENT, Kind::Sql(Statement::DevInf))
        .only_for(SQL)
        .about("reads it again")
        .sample("SELECT devinf FROM devices WHERE id = %d"),
    Tag::new("userkeysql", AGENT, Kind::Sql(Statement::UserKey))
        .section("12.16")
        .only_for(SQL)
        .about("finds a user's key and password")
        .sample("SELECT id, password FROM users WHERE name = '%U'"),
    Tag::new("cleartextpw", AGENT, Kind::Boolean)
        .default("yes")
        .section("12.12")
        .only_for(SQL)
        .about("whether the database gives passwords in clear text"),
    Tag::new("md5userpass", AGENT, Kind::Boolean)
        .default("no")
        .section("12.13")
        .only_for(SQL)
        .default_note("the manual says yes, which <cleartextpw> contradicts")
        .about("whether the database gives the MD5 digest of user and password"),
    Tag::new("md5hex", AGENT, Kind::Boolean)
        .default("no")
        .section("12.14")
        .only_for(SQL)
        .since("3.0.0.17")
        .about("whether that digest is in hexadecimal"),
    Tag::new("timestampsql", AGENT, Kind::Sql(Statement::Plain))
        .section("12.18")
        .only_for(SQL)
        .later("the server's own clock is used")
        .about("asks the database for the time")
        .sample("SELECT CURRENT_TIMESTAMP"),
    Tag::new("writelogsql", AGENT, Kind::Sql(Statement::Log))
        .section("12.19")
        .only_for(SQL)
        .later(LOGS)
        .about("stores a line for each sync")
        .sample("INSERT INTO syncs (who) VALUES (%u)"),
    Tag::new("quotingmode", AGENT, QUOTING)
        .default("singlequote")
        .section("12.20.8")
        .only_for(SQL)
        .no_effect("values are bound, not quoted")
        .about("how a quote within a value is written in SQL")
        .sample("backslash"),
    Tag::new("commititems", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.12")
        .only_for(SQL)
        .no_effect("changes are committed so that none is lost")
        .about("whether each item is committed by itself"),
    Tag::new("insertretries", &["datastore"], Kind::INT16)
        .default("0")
        .only_for(SQL)
        .about("how often a failed insert is tried again")
        .sample("3"),
    Tag::new("updateretries", &["datastore"], Kind::INT16)
        .default("0")
        .only_for(SQL)
        .about("how often a failed update is tried again")
        .sample("3"),
    Tag::new("folderkeysql", &["datastore"], Kind::Sql(Statement::FolderKey))
        .section("12.20.1")
        .only_for(SQL)
        .about("finds the key of a folder")
        .sample("SELECT id FROM folders WHERE owner = %u"),
    Tag::new("synctargetgetsql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for(SQL)
        .about("finds a sync target")
        .sample("SELECT id, anchor, synced FROM targets WHERE device = %d AND path = '%P'"),
    Tag::new("synctargetnewsql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for(SQL)
        .about("stores a new sync target")
        .sample("INSERT INTO targets (device, path, anchor, synced) VALUES (%d, '%P', '%A', %L)"),
    Tag::new("synctargetupdatesql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for(SQL)
        .about("stores the state of a sync target")
        .sample("UPDATE targets SET anchor = '%A', synced = %L WHERE id = %t"),
    Tag::new("synctargetdeletesql", &["datastore"], Kind::Sql(Statement::Target))
        .section("12.20.2")
        .only_for(SQL)
        .later("targets are kept for good")
        .about("deletes a sync target")
        .sample("DELETE FROM targets WHERE id = %t"),
    Tag::new("synctimestamp", &["datastore"], Kind::Boolean)
        .default("yes")
        .section("12.20.3")
        .only_for(SQL)
        .later(STAMPS)
        .already(&["yes"])
        .vital()
        .about("whether the last sync is kept as date and time in one column"),
    Tag::new("maptablename", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the table of maps")
        .sample("maps"),
    Tag::new("remoteidmapfield", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the column of the peer's id in it")
        .sample("remote_id"),
    Tag::new("localidmapfield", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the column of the local id in it")
        .sample("local_id"),
    Tag::new("stringlocalid", &["datastore"], Kind::Boolean)
        .default("yes")
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("whether local ids are text in SQL"),
    Tag::new("targetkeymapfield", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the column of the target's key in it")
        .sample("target"),
    Tag::new("stringtargetkey", &["datastore"], Kind::Boolean)
        .default("yes")
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("whether keys of targets are text in SQL"),
    Tag::new("datatablename", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the table of items")
        .sample("contacts"),
    Tag::new("folderkeyfield", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the column of the folder's key in it")
        .sample("folder"),
    Tag::new("stringfolderkey", &["datastore"], Kind::Boolean)
        .default("yes")
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("whether keys of folders are text in SQL"),
    Tag::new("localidfield", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the column of the local id in it")
        .sample("id"),
    Tag::new("moddatefield", &["datastore"], Kind::Text)
        .section("12.20.13")
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the column of the modification date in it")
        .sample("modified"),
    Tag::new("modtimefield", &["datastore"], Kind::Text)
        .section("12.20.13")
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("the column of the modification time in it")
        .sample("modified_time"),
    Tag::new("genselectcond", &["datastore"], Kind::Text)
        .only_for(SQL)
        .later(TABLES)
        .deprecated("SQL statements with placeholders")
        .about("a condition that all of its items meet")
        .sample("deleted = 0"),
    Tag::new("selectmapallsql", &["datastore"], Kind::Sql(Statement::MapSelect))
        .section("12.20.5")
        .only_for(SQL)
        .about("reads the map of a target")
        .sample("SELECT local_id, remote_id, kind, flags FROM maps WHERE target = %t"),
    Tag::new("insertmapsql", &["datastore"], Kind::Sql(Statement::Map))
        .section("12.20.5")
        .only_for(SQL)
        .about("stores a map entry")
        .sample("INSERT INTO maps (target, local_id, remote_id, kind, flags) VALUES (%t, %k, '%r', %e, %x)"),
    Tag::new("updatemapsql", &["datastore"], Kind::Sql(Statement::Map))
        .section("12.20.5")
        .only_for(SQL)
        .about("changes a map entry")
        .sample(
            "UPDATE maps SET remote_id = '%r', flags = %x WHERE target = %t AND local_id = %k AND kind = %e",
        ),
    Tag::new("deletemapsql", &["datastore"], Kind::Sql(Statement::Map))
        .section("12.20.5")
        .only_for(SQL)
        .about("deletes a map entry")
        .sample("DELETE FROM maps WHERE target = %t AND local_id = %k AND kind = %e"),
    Tag::new("quotingmode", &["datastore"], QUOTING)
        .default("singlequote")
        .section("12.20.8")
        .only_for(SQL)
        .no_effect("values are bound, not quoted")
        .about("how a quote within a value is written in SQL")
        .sample("backslash"),
    Tag::new("dbcanfilter", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.9")
        .only_for(SQL)
        .later(FILTERS)
        .already(&["no"])
        .about("whether filters become conditions of the SQL"),
    Tag::new("selectidandmodifiedsql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.14")
        .only_for(SQL)
        .about("lists ids and modification stamps")
        .sample("SELECT id, modified FROM contacts WHERE folder = %f"),
    Tag::new("modtimestamp", &["datastore"], Kind::Boolean)
        .default("yes")
        .section("12.20.13")
        .only_for(SQL)
        .later(STAMPS)
        .already(&["yes"])
        .vital()
        .about("whether modification stamps are date and time in one column"),
    Tag::new("selectdatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.15")
        .only_for(SQL)
        .about("reads an item")
        .sample("SELECT %N FROM contacts WHERE id = %k"),
    Tag::new("insertdatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for(SQL)
        .about("stores a new item")
        .sample("INSERT INTO contacts (folder, modified, %N) VALUES (%f, %M, %v)"),
    Tag::new("updatedatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for(SQL)
        .about("changes an item")
        .sample("UPDATE contacts SET modified = %M, %V WHERE id = %k"),
    Tag::new("deletedatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for(SQL)
        .about("deletes an item")
        .sample("DELETE FROM contacts WHERE id = %k"),
    Tag::new("zapdatasql", &["datastore"], Kind::Sql(Statement::Data))
        .section("12.20.16")
        .only_for(SQL)
        .later("items are deleted one by one")
        .about("deletes all items")
        .sample("DELETE FROM contacts WHERE folder = %f"),
    Tag::new("determineidonce", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.18")
        .only_for(SQL)
        .about("whether the highest id is asked for once and counted up from then on"),
    Tag::new("obtainidafterinsert", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.18")
        .only_for(SQL)
        .about("whether an id is known only after the insert"),
    Tag::new("obtainlocalidsql", &["datastore"], Kind::Sql(Statement::NewId))
        .section("12.20.18")
        .only_for(SQL)
        .about("gives the id of a new item")
        .sample("SELECT last_insert_rowid()"),
    Tag::new("minnextid", &["datastore"], Kind::INT32)
        .default("1000000")
        .section("12.20.18")
        .only_for(SQL)
        .about("the least id that is counted up from")
        .sample("1000000"),
    Tag::new("localidscript", &["datastore"], Kind::Script)
        .section("12.20.18")
        .only_for(SQL)
        .products(PRO)
        .about("makes the id of a new item")
        .sample("RETURN RANDOM(1000000);"),
    Tag::new("specialidmode", &["datastore"], Kind::Enum(&["none", "unixmsrnd6"]))
        .default("none")
        .section("12.20.18")
        .only_for(SQL)
        .about("whether ids are made of the time")
        .sample("unixmsrnd6"),
    Tag::new("insertreturnsid", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.18")
        .only_for(SQL)
        .about("whether the insert itself answers with the id"),
    Tag::new("idasoutparam", &["datastore"], Kind::Boolean)
        .default("no")
        .only_for(SQL)
        .later(ODBC)
        .already(&["no"])
        .vital()
        .about("whether a procedure gives the id of a new item"),
    Tag::new("ignoreaffectedcount", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.17")
        .only_for(SQL)
        .since("3.0.2.2")
        .about("whether it does not matter how many rows a statement changed"),
    Tag::new("lastmodfieldtype", &["datastore"], DB_TYPE)
        .default("timestamp")
        .section("12.20.4")
        .only_for(SQL)
        .about("the type of the modification stamp")
        .sample("unixtime_s"),
    Tag::new("sqlitefile", &["datastore"], Kind::Path)
        .section("12.20.6")
        .only_for(SQL)
        .about("the SQLite file of the datastore; the server's if it names none")
        .sample("/var/lib/syncloom/contacts.sqlite"),
    Tag::new("sqlitebusytimeout", &["datastore"], Kind::UINT32)
        .default("15")
        .section("12.20.7")
        .only_for(SQL)
        .about("seconds to wait for a locked SQLite file")
        .sample("30"),
    Tag::new("textmap", &["datastore"], Kind::Text)
        .section("12.11")
        .no_effect("text databases are plugins now")
        .deprecated("a plugin for text databases")
        .about("the file of maps beside a text database")
        .sample("contacts.map"),
    Tag::new("textauth", &["datastore"], Kind::Text)
        .section("12.11")
        .no_effect("text databases are plugins now")
        .deprecated("a plugin for text databases")
        .about("the file of users of a text database")
        .sample("users.txt"),
    Tag::new("textpath", &["datastore"], Kind::Path)
        .section("12.11")
        .no_effect("text databases are plugins now")
        .deprecated("a plugin for text databases")
        .about("the folder of a text database")
        .sample("/var/lib/text"),
    Tag::new("earlycommit", &["datastore"], Kind::Boolean)
        .default("yes")
        .section("12.20.10")
        .no_effect("changes are committed so that none is lost")
        .about("whether the state of a sync is stored before its end"),
    Tag::new("multicursor", &["datastore"], Kind::Boolean)
        .default("no")
        .section("12.20.11")
        .no_effect("versions from 3.0 on have no use for it")
        .about("whether several statements are open at a time"),
    Tag::new("sqlitefile", &["server"], Kind::Path)
        .about("the SQLite file of users and devices, targets and maps")
        .sample("/var/lib/syncloom/state.sqlite"),
    Tag::new("sqlitebusytimeout", &["server"], Kind::UINT32)
        .default("15")
        .about("seconds to wait for a locked SQLite file")
        .sample("30"),
    Tag::new("sqliteschema", &["server", "datastore"], Kind::Path)
        .extension()
        .about("a file of SQL that is run once when the SQLite file is made")
        .sample("contacts.sql"),
];
