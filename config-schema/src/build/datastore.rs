//! `<datastore>` and `<superdatastore>`: what is synchronised, in which datatypes, and how it is kept (manual 11.34,
//! 11.35).
//!
//! Not its job: datatypes (`typesupport`), databases (`store`, `fieldmap`).

use std::sync::Arc;

use syncloom_script::filter::Role;
use syncloom_script::{FieldList, Zones};

use super::fieldmap::{self, Known};
use super::filters::{self, FilterNames};
use super::plugin::Modules;
use super::server::is_sql;
use super::statements::Statements;
use super::store::{self, sqlite_file};
use super::typesupport::{self, Used};
use super::values::{attr_text, boolean, choice, some_number, some_text};
use super::{Common, contexts, superdatastore, zones};
use crate::advice::waits;
use crate::diagnostic::Code;
use crate::model::{
    Charset, DatabaseScript, Datastore, DatastoreScript, FieldMap, Filters, Scripts, SqliteFile, Store,
    Strategy, TypeUse,
};
use crate::node::Node;
use crate::source::Report;

/// What a datastore takes from around it.
pub(super) struct Around<'a> {
    pub common: &'a Common<'a>,
    /// On which side of a session its filters run.
    pub role: Role,
    /// The type of the server, for datastores that have none.
    pub server_type: &'a str,
    pub server_sqlite: Option<&'a SqliteFile>,
    /// Why nothing in the server is served, if nothing is.
    pub closed: Option<&'a str>,
}

/// What became of a datastore.
#[derive(Clone)]
pub(super) struct Built {
    /// The datastore, if it is served.
    pub served: Option<Arc<Datastore>>,
    /// The fields of its items, as far as they are known.
    pub fields: Option<Arc<FieldList>>,
    /// Whether it is made of others.
    pub is_super: bool,
    /// Why it is not served; nothing if it is, or if something is wrong with it.
    pub reasons: Vec<String>,
}

/// Builds a datastore. Mistakes in it are told of in any case.
pub(super) fn build(
    node: &Node,
    around: &Around<'_>,
    known: &superdatastore::Datastores,
    report: &mut Report<'_>,
) -> Built {
    let Common { types, scripting, zones } = *around.common;
    let mut reasons: Vec<String> = around.closed.map(str::to_owned).into_iter().collect();
    let kind = Kind::of(node, around.server_type);
    let modules = if kind == Kind::Plugin { Modules::of(node, report) } else { Modules::default() };
    let sql = kind != Kind::Super && (modules.items.is_none() || modules.targets.is_none());
    let missing = (kind == Kind::Plugin).then(|| modules.missing(node)).flatten();
    if sql && missing.is_none() && sqlite_file(node, around.server_sqlite).is_none() {
        reasons.push("it has no <sqlitefile>, and ODBC databases are not opened yet".to_owned());
    }
    reasons.extend(missing);
    let late = |map: &Node| map.child("finalisationscript").is_some_and(|script| !script.value().is_empty());
    if kind == Kind::Plugin && node.child("fieldmap").is_some_and(late) {
        reasons.push("<finalisationscript> is run for SQL alone yet".to_owned());
    }
    let vital = vital_tags(node);
    if !vital.is_empty() {
        reasons.push(format!("it depends on what is not acted on yet: {}", vital.join(", ")));
    }
    let used = typesupport::build(node, types, report);
    reasons.extend(used.reasons.iter().cloned());
    let list = node.child("fieldmap").and_then(|map| types.list_of(map, report));
    let scripts = contexts::datastore(node, scripting, report);
    let before = report.diagnostics.len();
    let database_scripts = contexts::database(node, sql, list.as_ref(), scripting, report);
    let all_known = report.diagnostics.len() == before;
    let fields = list.as_ref().or(used.types.first().map(|used| used.datatype.fields())).cloned();
    let names = fields.as_ref().map(|list| filter_names(list, &used, around.role));
    let filters = names.as_ref().map(|names| filters::of_datastore(node, names, report)).unwrap_or_default();
    let rows = list.as_ref().map(|list| fieldmap::rows(list, &database_scripts));
    let mut statements =
        Statements { fields: rows.as_ref(), left_out: !reasons.is_empty(), later: Vec::new() };
    let field_map = match (node.child("fieldmap"), list.as_ref().zip(rows.as_ref()), &names) {
        (Some(map), Some((list, rows)), Some(filters)) => {
            let known = Known { list, rows, all: all_known, filters };
            Some(fieldmap::build(map, &known, &mut statements, report))
        }
        (None, _, _) if kind != Kind::Super && reasons.is_empty() => {
            report.add(Code::MissingTag, node.span.clone(), "<datastore> needs <fieldmap>");
            None
        }
        _ => None,
    };
    if let Some(map) = &field_map {
        check_lists(node, map, &used.types, report);
    }
    let items_in_sql = kind != Kind::Super && modules.items.is_none();
    let store = match kind {
        Kind::Sql | Kind::Plugin => {
            store::own(node, modules, around.server_sqlite, field_map, &mut statements, report)
        }
        Kind::Super => {
            superdatastore::build(node, known, &used, around.role, &mut reasons, report).map(Store::Contains)
        }
    };
    if !statements.later.is_empty() {
        let tags: Vec<String> = statements.later.iter().map(|tag| format!("<{tag}>")).collect();
        reasons.push(format!("{} cannot be used yet", tags.join(", ")));
    }
    let store = store.filter(|_| reasons.is_empty());
    if store.is_some() && items_in_sql {
        store::check_writing(node, report);
    }
    let served = store.zip(fields.clone()).map(|(store, fields)| {
        let parts = Parts { types: used.types, fields, filters, scripts, database_scripts, store };
        Arc::new(datastore(node, zones, parts))
    });
    Built { served, fields, is_super: kind == Kind::Super, reasons }
}

/// What keeps the items of a datastore.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sql,
    Plugin,
    Super,
}

impl Kind {
    fn of(node: &Node, server_type: &str) -> Kind {
        match node.tag.name {
            "superdatastore" => Kind::Super,
            _ if is_sql(Some(attr_text(node, "type").unwrap_or(server_type))) => Kind::Sql,
            _ => Kind::Plugin,
        }
    }
}

/// The names that filters can use: of fields, and of the properties of the datatypes.
pub(super) fn filter_names<'l>(list: &'l Arc<FieldList>, used: &Used, role: Role) -> FilterNames<'l> {
    let mut names = FilterNames::new(list, role);
    for used in used.types.iter().filter(|used| Arc::ptr_eq(used.datatype.fields(), list)) {
        names.add_profile(&used.datatype.profile);
    }
    if used.others {
        names.leave_open();
    }
    names
}

/// What a datastore is made of.
struct Parts {
    types: Vec<TypeUse>,
    fields: Arc<FieldList>,
    filters: Filters,
    scripts: Scripts<DatastoreScript>,
    database_scripts: Scripts<DatabaseScript>,
    store: Store,
}

fn datastore(node: &Node, zones: &Zones, parts: Parts) -> Datastore {
    // A superdatastore keeps what all of its parts keep.
    let keeps = |tag, of_part: fn(&Datastore) -> bool| match &parts.store {
        Store::Contains(inside) => inside.iter().all(|part| of_part(&part.datastore)),
        Store::Own { .. } => boolean(node, tag),
    };
    let resume = keeps("resumesupport", |part| part.resume);
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
        multi_folder: boolean(node, "multifolder"),
        can_restart: boolean(node, "canrestart"),
        sync_modes: node.all("syncmode").map(|mode| mode.value().to_owned()).collect(),
        sync_timestamp_at_end: boolean(node, "synctimestampatend"),
        store_sync_identifiers: boolean(node, "storesyncidentifiers"),
        data_zone: zones::named(node, "datatimezone", zones),
        user_zone_output: boolean(node, "userzoneoutput"),
        charset: choice(node, "datacharset", Charset::NAMES),
        resend_failing: boolean(node, "resendfailing"),
        from_remote_only: keeps("fromremoteonlysupport", |part| part.from_remote_only),
        resume,
        resume_items: resume && keeps("resumeitemsupport", |part| part.resume_items),
        types: parts.types,
        fields: parts.fields,
        filters: parts.filters,
        scripts: parts.scripts,
        database_scripts: parts.database_scripts,
        store: parts.store,
    }
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

/// Columns and datatypes have to be about the same fields.
fn check_lists(node: &Node, map: &FieldMap, types: &[TypeUse], report: &mut Report<'_>) {
    for used in types.iter().filter(|used| !Arc::ptr_eq(used.datatype.fields(), &map.list)) {
        let span = node.child("fieldmap").map(|map| map.attr_span("fieldlist"));
        let message = format!(
            "the field map has the fields of '{}', the datatype '{}' those of '{}'",
            map.list.name(),
            used.datatype.name,
            used.datatype.fields().name()
        );
        report.add(Code::WrongFieldList, span.unwrap_or(node.span.clone()), message);
    }
}
