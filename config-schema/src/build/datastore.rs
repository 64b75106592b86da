//! `<datastore>`: what is synchronised, in which datatypes, and how it is kept (manual 11.34, 12.20).
//!
//! Not its job: columns and fields (`fieldmap`).

use std::sync::Arc;

use syncloom_script::FieldList;
use syncloom_script::filter::Role;

use super::contexts;
use super::datatypes::{Type, Types, has_profile};
use super::fieldmap::{self, Known};
use super::filters::{self, FilterNames};
use super::scripting::Scripting;
use super::server::is_sql;
use super::statements::Statements;
use super::values::{attr_text, boolean, choice, integer, some_number, some_text};
use crate::advice::waits;
use crate::check::Node;
use crate::diagnostic::Code;
use crate::model::{
    DataType, DatabaseScript, Datastore, DatastoreScript, DbType, FieldMap, Filters, LineEnds, ProfileUse,
    Scripts, SqlStore, SqliteFile, Strategy, TypeUse,
};
use crate::source::Report;

/// What a datastore takes from around it.
pub(super) struct Around<'a> {
    pub types: &'a Types,
    pub scripting: &'a Scripting<'a>,
    /// On which side of a session its filters run.
    pub role: Role,
    /// The type of the server, for datastores that have none.
    pub server_type: &'a str,
    pub server_sqlite: Option<&'a SqliteFile>,
    /// Why nothing in the server is served, if nothing is.
    pub closed: Option<&'a str>,
}

/// A datastore, or why it is not served. Mistakes in it are told of in any case.
pub(super) fn build(
    node: &Node,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Result<Datastore, Vec<String>> {
    let mut reasons: Vec<String> = around.closed.map(str::to_owned).into_iter().collect();
    let kind = attr_text(node, "type").unwrap_or(around.server_type);
    let sql = is_sql(Some(kind));
    let sqlite = sqlite_file(node, around.server_sqlite);
    if !sql {
        reasons.push("plugins are not loaded yet".to_owned());
    } else if sqlite.is_none() {
        reasons.push("it has no <sqlitefile>, and ODBC databases are not opened yet".to_owned());
    }
    let vital = vital_tags(node);
    if !vital.is_empty() {
        reasons.push(format!("it depends on what is not acted on yet: {}", vital.join(", ")));
    }
    let types = type_uses(node, around.types, &mut reasons, report);
    let list = node.child("fieldmap").and_then(|map| around.types.list_of(map, report));
    let scripts = contexts::datastore(node, around.scripting, report);
    let before = report.diagnostics.len();
    let database_scripts = contexts::database(node, sql, list.as_ref(), around.scripting, report);
    let all_known = report.diagnostics.len() == before;
    let fields = list.as_ref().or(types.first().map(|used| used.datatype.fields())).cloned();
    let names = fields.as_ref().map(|list| filter_names(node, list, &types, around.role));
    let filters = names.as_ref().map(|names| filters::of_datastore(node, names, report)).unwrap_or_default();
    let mut statements =
        Statements { fields: list.as_ref(), left_out: !reasons.is_empty(), later: Vec::new() };
    let field_map = match node.child("fieldmap") {
        Some(map) => list.as_ref().zip(names.as_ref()).map(|(list, filters)| {
            let known = Known { list, scripts: &database_scripts, all: all_known, filters };
            fieldmap::build(map, &known, &mut statements, report)
        }),
        None => {
            if reasons.is_empty() {
                report.add(Code::MissingTag, node.span.clone(), "<datastore> needs <fieldmap>");
            }
            None
        }
    };
    if let Some(map) = &field_map {
        check_lists(node, map, &types, report);
    }
    let store = store(node, sqlite, field_map, &mut statements, report);
    if !statements.later.is_empty() {
        let tags: Vec<String> = statements.later.iter().map(|tag| format!("<{tag}>")).collect();
        reasons.push(format!("{} cannot be used yet", tags.join(", ")));
    }
    match store {
        Some(store) if reasons.is_empty() => {
            check_writing(node, report);
            let parts = Parts { types, filters, scripts, database_scripts, sql: store };
            Ok(datastore(node, parts))
        }
        // What else it depends on matters only once there is a database.
        _ if !sql => {
            reasons.truncate(1);
            Err(reasons)
        }
        // Without a reason something is wrong, and has been told of.
        _ => Err(reasons),
    }
}

/// A datastore that is not read-only needs the statements that write.
fn check_writing(node: &Node, report: &mut Report<'_>) {
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

/// The names that filters can use: of fields, and of the properties of the datatypes.
fn filter_names<'l>(node: &Node, list: &'l Arc<FieldList>, types: &[TypeUse], role: Role) -> FilterNames<'l> {
    let mut names = FilterNames::new(list, role);
    for used in types.iter().filter(|used| Arc::ptr_eq(used.datatype.fields(), list)) {
        if let ProfileUse::Mime(profile) = &used.datatype.profile {
            names.add_profile(profile);
        }
    }
    let uses = node.all("typesupport").map(|support| support.all("use").count()).sum::<usize>();
    if uses > types.len() {
        names.leave_open();
    }
    names
}

/// What a datastore is made of.
struct Parts {
    types: Vec<TypeUse>,
    filters: Filters,
    scripts: Scripts<DatastoreScript>,
    database_scripts: Scripts<DatabaseScript>,
    sql: SqlStore,
}

fn datastore(node: &Node, parts: Parts) -> Datastore {
    let strategy = |name| choice(node, name, Strategy::NAMES).unwrap_or(Strategy::NewerWins);
    Datastore {
        name: attr_text(node, "name").unwrap_or("").to_owned(),
        aliases: node.all("alias").filter_map(|alias| attr_text(alias, "name")).map(str::to_owned).collect(),
        display_name: some_text(node, "displayname"),
        read_only: boolean(node, "readonly"),
        delete_wins: boolean(node, "deletewins"),
        try_update_deleted: boolean(node, "tryupdatedeleted"),
        report_updates: boolean(node, "reportupdates"),
        max_items_per_message: some_number(node, "maxitemspermessage"),
        always_send_local_id: boolean(node, "alwayssendlocalid"),
        conflict_strategy: strategy("conflictstrategy"),
        slow_sync_strategy: strategy("slowsyncstrategy"),
        first_time_strategy: strategy("firsttimestrategy"),
        resend_failing: boolean(node, "resendfailing"),
        from_remote_only: boolean(node, "fromremoteonlysupport"),
        resume: boolean(node, "resumesupport"),
        resume_items: boolean(node, "resumesupport") && boolean(node, "resumeitemsupport"),
        types: parts.types,
        filters: parts.filters,
        scripts: parts.scripts,
        database_scripts: parts.database_scripts,
        sql: parts.sql,
    }
}

/// The SQLite file that a tag names; what it does not say is as the one around it says.
pub(super) fn sqlite_file(node: &Node, outer: Option<&SqliteFile>) -> Option<SqliteFile> {
    let Some(path) = some_text(node, "sqlitefile") else { return outer.cloned() };
    Some(SqliteFile {
        path: path.into(),
        busy_timeout: integer(node, "sqlitebusytimeout"),
        schema: some_text(node, "sqliteschema").map(Into::into),
    })
}

/// The tags inside that do not act yet and without which the whole would do harm.
fn vital_tags(node: &Node) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for child in &node.children {
        let inner = match child.tag.vital && waits(child) {
            true => vec![format!("<{}>", child.tag.name)],
            false => vital_tags(child),
        };
        inner.into_iter().for_each(|tag| {
            if !found.contains(&tag) {
                found.push(tag);
            }
        });
    }
    found
}

/// The datatypes of `<typesupport>` that can be exchanged (manual 11.34.11, 11.34.12).
fn type_uses(node: &Node, types: &Types, reasons: &mut Vec<String>, report: &mut Report<'_>) -> Vec<TypeUse> {
    let Some(support) = node.child("typesupport") else {
        report.add(Code::MissingTag, node.span.clone(), format!("<{}> needs <typesupport>", node.tag.name));
        return Vec::new();
    };
    let mut uses = Vec::new();
    let mut preferred = (false, false);
    let mut missing = false;
    let mut later = false;
    let mut waiting: Vec<String> = Vec::new();
    for node in support.all("use") {
        let (receive, send) = directions(node, report);
        let preference = attr_text(node, "preferred").unwrap_or("no");
        missing |= node.attributes.iter().any(|attr| !attr.valid);
        let is_preferred = crate::values::boolean(preference).unwrap_or(false);
        preferred = (preferred.0 || is_preferred && receive, preferred.1 || is_preferred && send);
        let Some(name) = node.attr("datatype") else {
            missing = true;
            continue;
        };
        match types.types.find(&name.value, name.span.clone(), report) {
            Some(Type::Known(datatype, needed)) => {
                check_variant(node, &datatype, report);
                if !needed.is_empty() {
                    let tags: Vec<String> = needed.iter().map(|tag| format!("<{tag}>")).collect();
                    waiting.push(format!("the datatype '{}' depends on {}", datatype.name, tags.join(", ")));
                }
                let legacy = preference.eq_ignore_ascii_case("legacy");
                uses.push(TypeUse { datatype, receive, send, preferred: is_preferred, legacy });
            }
            Some(Type::Later) => later = true,
            None => missing = true,
        }
    }
    reasons.extend(waiting);
    if later && uses.is_empty() {
        reasons.push("data objects are not converted yet".to_owned());
    }
    if !missing && preferred != (true, true) {
        let what = match preferred {
            (false, false) => "receiving and sending",
            (false, true) => "receiving",
            _ => "sending",
        };
        report
            .add(Code::Preferred, support.span.clone(), format!("no datatype is preferred for {what}"))
            .hint("write preferred=\"yes\" at one <use>");
    }
    uses
}

/// Whether a `<use>` takes and sends items.
fn directions(node: &Node, report: &mut Report<'_>) -> (bool, bool) {
    let mode = attr_text(node, "mode").unwrap_or("rw").to_ascii_lowercase();
    let (receive, send) = (mode.contains('r'), mode.contains('w'));
    if mode.is_empty() || !mode.chars().all(|c| matches!(c, 'r' | 'w')) {
        let span = node.attr_span("mode");
        report.add(Code::BadEnum, span, format!("'{mode}' is no mode of <use>")).hint("write r, w or rw");
        // Whichever was meant: what is preferred is a question of its own.
        return (true, true);
    }
    (receive, send)
}

fn check_variant(node: &Node, datatype: &DataType, report: &mut Report<'_>) {
    let has = |name: &str| match &datatype.profile {
        ProfileUse::Mime(profile) => has_profile(&profile.root, name),
        ProfileUse::Text(_) => false,
    };
    if let Some(variant) = node.attr("variant").filter(|attr| !has(attr.value.trim())) {
        let message = format!("the profile has no subprofile '{}'", variant.value.trim());
        report.add(Code::UnknownName, variant.span.clone(), message);
    }
}

/// Columns and datatypes have to be about the same fields.
fn check_lists(node: &Node, map: &FieldMap, types: &[TypeUse], report: &mut Report<'_>) {
    for used in types.iter().filter(|used| !Arc::ptr_eq(used.datatype.fields(), &map.list)) {
        let span = node.child("fieldmap").and_then(|map| map.attr("fieldlist")).map(|attr| attr.span.clone());
        let message = format!(
            "the field map has the fields of '{}', the datatype '{}' those of '{}'",
            map.list.name(),
            used.datatype.name,
            used.datatype.fields().name()
        );
        report.add(Code::WrongFieldList, span.unwrap_or(node.span.clone()), message);
    }
}

fn store(
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
        insert_returns_id: boolean(node, "insertreturnsid"),
        unix_ms_rnd6_ids: choice(node, "specialidmode", &special).unwrap_or(false),
        ignore_affected_count: boolean(node, "ignoreaffectedcount"),
        line_ends: choice(node, "datalineends", LineEnds::NAMES).unwrap_or(LineEnds::Dos),
        update_all_fields: boolean(node, "updateallfields"),
        sqlite: sqlite?,
        select_ids: select_ids?,
        select_data: select_data?,
        field_map: field_map?,
    })
}
