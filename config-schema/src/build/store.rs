//! What keeps a datastore: its items, and its targets and maps, each in SQL or in a plugin (manual 12.20, 14.2).
//!
//! Not its job: columns and fields (`fieldmap`).

use super::plugin::Modules;
use super::statements::Statements;
use super::values::{boolean, choice, integer, some_text};
use crate::diagnostic::Code;
use crate::model::{
    DbType, FieldMap, Items, LineEnds, PluginItems, PluginModule, SqlItems, SqlTargets, SqliteFile, Store,
    Targets,
};
use crate::node::Node;
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

/// What keeps a datastore of its own. `None`: a part of it is missing, and the report or the list of what waits says
/// which. `server` is the SQLite file of the server, where targets and maps are rather than beside the items.
pub(super) fn own(
    node: &Node,
    modules: Modules,
    server: Option<&SqliteFile>,
    field_map: Option<FieldMap>,
    statements: &mut Statements<'_>,
    report: &mut Report<'_>,
) -> Option<Store> {
    let file = sqlite_file(node, server);
    let targets = match modules.targets {
        Some(module) => Some(Targets::Plugin(Box::new(module))),
        None => sql_targets(node, server.or(file.as_ref()), statements, report),
    };
    let items = match modules.items {
        Some(module) => field_map.map(|field_map| plugin_items(node, module, field_map)),
        None => sql_items(node, file, field_map, statements, report),
    };
    Some(Store::Own { items: items?, targets: targets? })
}

fn sql_targets(
    node: &Node,
    sqlite: Option<&SqliteFile>,
    statements: &mut Statements<'_>,
    report: &mut Report<'_>,
) -> Option<Targets> {
    let mut optional = |name| statements.optional(node, name, report);
    let targets = SqlTargets {
        get: optional("synctargetgetsql"),
        new: optional("synctargetnewsql"),
        update: optional("synctargetupdatesql"),
        delete: optional("synctargetdeletesql"),
        map_select: optional("selectmapallsql"),
        map_insert: optional("insertmapsql"),
        map_update: optional("updatemapsql"),
        map_delete: optional("deletemapsql"),
        last_mod_type: last_mod_type(node),
        sqlite: sqlite?.clone(),
    };
    Some(Targets::Sql(Box::new(targets)))
}

fn sql_items(
    node: &Node,
    sqlite: Option<SqliteFile>,
    field_map: Option<FieldMap>,
    statements: &mut Statements<'_>,
    report: &mut Report<'_>,
) -> Option<Items> {
    let special = [("unixmsrnd6", true), ("none", false)];
    let select_ids = statements.required(node, "selectidandmodifiedsql", report);
    let select_data = statements.required(node, "selectdatasql", report);
    let mut optional = |name| statements.optional(node, name, report);
    let items = SqlItems {
        folder_key: optional("folderkeysql"),
        insert_data: optional("insertdatasql"),
        update_data: optional("updatedatasql"),
        delete_data: optional("deletedatasql"),
        zap_data: optional("zapdatasql"),
        obtain_local_id: optional("obtainlocalidsql"),
        last_mod_type: last_mod_type(node),
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
    };
    Some(Items::Sql(Box::new(items)))
}

fn plugin_items(node: &Node, module: PluginModule, field_map: FieldMap) -> Items {
    Items::Plugin(Box::new(PluginItems {
        module,
        early_start_data_read: boolean(node, "plugin_earlystartdataread"),
        line_ends: line_ends(node),
        field_map,
    }))
}

fn last_mod_type(node: &Node) -> DbType {
    choice(node, "lastmodfieldtype", DbType::NAMES).unwrap_or(DbType::Timestamp)
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
