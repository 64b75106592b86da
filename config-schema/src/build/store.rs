//! How a datastore keeps its items: in SQL, in a plugin (manual 12.20, 14.2).
//!
//! Not its job: columns and fields (`fieldmap`).

use super::plugin;
use super::statements::Statements;
use super::values::{boolean, choice, integer, some_text};
use crate::check::Node;
use crate::diagnostic::Code;
use crate::model::{DbType, FieldMap, LineEnds, PluginStore, SqlStore, SqliteFile};
use crate::source::Report;

/// The SQLite file that a tag names; what it does not say is as the one around it says.
pub(super) fn sqlite_file(node: &Node, outer: Option<&SqliteFile>) -> Option<SqliteFile> {
    let Some(path) = some_text(node, "sqlitefile") else { return outer.cloned() };
    Some(SqliteFile {
        path: path.into(),
        busy_timeout: integer(node, "sqlitebusytimeout"),
        schema: some_text(node, "sqliteschema").map(Into::into),
    })
}

/// A store in SQL. `None`: a part of it is missing, and the report or the list of what waits says which.
pub(super) fn sql(
    node: &Node,
    sqlite: Option<SqliteFile>,
    field_map: Option<FieldMap>,
    statements: &mut Statements<'_>,
    report: &mut Report<'_>,
) -> Option<SqlStore> {
    let special = [("unixmsrnd6", true), ("none", false)];
    let select_ids = statements.required(node, "selectidandmodifiedsql", report);
    let select_data = statements.required(node, "selectdatasql", report);
    let mut optional = |name| statements.optional(node, name, report);
    Some(SqlStore {
        folder_key: optional("folderkeysql"),
        target_get: optional("synctargetgetsql"),
        target_new: optional("synctargetnewsql"),
        target_update: optional("synctargetupdatesql"),
        target_delete: optional("synctargetdeletesql"),
        map_select: optional("selectmapallsql"),
        map_insert: optional("insertmapsql"),
        map_update: optional("updatemapsql"),
        map_delete: optional("deletemapsql"),
        insert_data: optional("insertdatasql"),
        update_data: optional("updatedatasql"),
        delete_data: optional("deletedatasql"),
        zap_data: optional("zapdatasql"),
        obtain_local_id: optional("obtainlocalidsql"),
        last_mod_type: choice(node, "lastmodfieldtype", DbType::NAMES).unwrap_or(DbType::Timestamp),
        obtain_id_after_insert: boolean(node, "obtainidafterinsert"),
        determine_id_once: boolean(node, "determineidonce"),
        min_next_id: integer(node, "minnextid"),
        insert_retries: integer(node, "insertretries"),
        update_retries: integer(node, "updateretries"),
        insert_returns_id: boolean(node, "insertreturnsid"),
        unix_ms_rnd6_ids: choice(node, "specialidmode", &special).unwrap_or(false),
        ignore_affected_count: boolean(node, "ignoreaffectedcount"),
        line_ends: line_ends(node),
        update_all_fields: boolean(node, "updateallfields"),
        sqlite: sqlite?,
        select_ids: select_ids?,
        select_data: select_data?,
        field_map: field_map?,
    })
}

/// A store in a plugin. `None`: it has no field map, and the report says so.
pub(super) fn plugin(
    node: &Node,
    sqlite: Option<SqliteFile>,
    field_map: Option<FieldMap>,
    report: &mut Report<'_>,
) -> Option<PluginStore> {
    let (data, admin) = plugin::of_datastore(node, report);
    Some(PluginStore {
        data,
        admin,
        early_start_data_read: boolean(node, "plugin_earlystartdataread"),
        line_ends: line_ends(node),
        sqlite,
        field_map: field_map?,
    })
}

/// A datastore that is not read-only needs the statements that write.
pub(super) fn check_writing(node: &Node, report: &mut Report<'_>) {
    let writable = !boolean(node, "readonly") && node.child("readonly").is_none_or(|readonly| readonly.valid);
    let statements = ["insertdatasql", "updatedatasql", "deletedatasql"];
    let missing: Vec<String> =
        statements.iter().filter(|name| node.child(name).is_none()).map(|name| format!("<{name}>")).collect();
    if writable && !missing.is_empty() {
        let message = format!("peers may write here, but there is no {}", missing.join(", "));
        report
            .add(Code::NoWriting, node.span.clone(), message)
            .hint("add what is missing, or <readonly>yes</readonly>");
    }
}

fn line_ends(node: &Node) -> LineEnds {
    choice(node, "datalineends", LineEnds::NAMES).unwrap_or(LineEnds::Dos)
}
