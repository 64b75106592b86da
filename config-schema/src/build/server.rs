//! `<server>`: who may log in, what is kept in SQL for the server as a whole, and its datastores (manual 11, 12).
//!
//! Not its job: the inside of datastores (`datastore`).

use std::ops::Range;
use std::sync::Arc;

use syncloom_script::filter::Role;

use super::contexts;
use super::datastore::{self, Around, sqlite_file};
use super::datatypes::Types;
use super::names::Names;
use super::scripting::Scripting;
use super::statements::Statements;
use super::values::{attr_text, boolean, choice, integer, some_number, some_text, text};
use crate::check::Node;
use crate::diagnostic::Code;
use crate::model::{
    Auth, Datastore, LoginScript, PasswordForm, Scripts, Server, SessionScript, SimpleAuth, SqlServer,
    SyncMlVersion,
};
use crate::source::Report;

const VERSIONS: &[(&str, SyncMlVersion)] =
    &[("1.0", SyncMlVersion::V1_0), ("1.1", SyncMlVersion::V1_1), ("1.2", SyncMlVersion::V1_2)];

/// Builds the server. Datastores that are not served are put to `left_out`.
pub(super) fn build(
    node: &Node,
    types: &Types,
    scripting: &Scripting<'_>,
    left_out: &mut Vec<Range<usize>>,
    report: &mut Report<'_>,
) -> Server {
    let max_version = choice(node, "maxsyncmlversion", VERSIONS).unwrap_or(SyncMlVersion::V1_2);
    let min_version = choice(node, "minsyncmlversion", VERSIONS).unwrap_or(SyncMlVersion::V1_0);
    if max_version < min_version {
        let span = node.child("maxsyncmlversion").or(node.child("minsyncmlversion")).map(Node::value_span);
        let message = "the newest version that is spoken is older than the oldest";
        report.add(Code::VersionRange, span.unwrap_or(node.span.clone()), message);
    }
    let (session_scripts, login_scripts) = scripts(node, scripting, report);
    let sql = sql_server(node, scripting, report);
    let (requested_auth, required_auth) = auth(node, report);
    let datastores = datastores(node, types, scripting, &sql, left_out, report);
    let user = some_text(node, "simpleauthuser");
    let server = Server {
        session_timeout: integer(node, "sessiontimeout"),
        max_version,
        min_version,
        external_url: some_text(node, "externalurl"),
        requested_auth,
        required_auth,
        auto_nonce: boolean(node, "autononce"),
        constant_nonce: text(node, "constantnonce"),
        send_resp_uri: boolean(node, "sendrespuri"),
        resp_uri_only_when_different: boolean(node, "respurionlywhendifferent"),
        simple_auth: user.map(|user| SimpleAuth { user, password: text(node, "simpleauthpw") }),
        update_client_in_slow_sync: boolean(node, "updateclientinslowsync"),
        update_server_in_slow_sync: boolean(node, "updateserverinslowsync"),
        deleting_gone_ok: boolean(node, "deletinggoneok"),
        request_max_time: some_number(node, "requestmaxtime"),
        rely_on_early_maps: boolean(node, "relyonearlymaps"),
        debug_chunk_max_size: some_number(node, "debugchunkmaxsize"),
        abort_on_all_items_failed: boolean(node, "abortonallitemsfailed"),
        accept_server_alerted: boolean(node, "acceptserveralerted"),
        allow_message_retries: boolean(node, "allowmessageretries"),
        show_ctcap_properties: boolean(node, "showctcapproperties"),
        show_type_size_in_ctcap10: boolean(node, "showtypesizeinctcap10"),
        session_scripts,
        login_scripts,
        sql,
        datastores,
    };
    let nobody = server.simple_auth.is_none() && server.sql.user_key.is_none();
    if nobody && server.required_auth != Auth::None && !server.datastores.is_empty() {
        report
            .add(Code::Useless, node.span.clone(), "nobody can log in to this server")
            .hint("add <userkeysql>, or <simpleauthuser> and <simpleauthpw>");
    }
    server
}

/// Holds the datastores of a client to their names. Nothing of it is run yet.
pub(super) fn check_client(node: &Node, types: &Types, scripting: &Scripting<'_>, report: &mut Report<'_>) {
    scripts(node, scripting, report);
    contexts::after_connect(node, scripting, report);
    let server_type = attr_text(node, "type").unwrap_or("");
    let closed = Some("clients are not run yet");
    let around = Around { types, scripting, role: Role::Client, server_type, server_sqlite: None, closed };
    for child in node.all("datastore") {
        // That the client as a whole does not act is told of elsewhere.
        let _ = datastore::build(child, &around, report);
    }
}

/// The scripts of sessions and logins.
fn scripts(
    node: &Node,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> (Scripts<SessionScript>, Scripts<LoginScript>) {
    let rules: Vec<&Node> =
        node.children.iter().filter(|child| ["remoterule", "subrule"].contains(&child.tag.name)).collect();
    let session = contexts::session(node, &rules, scripting, report);
    (session, contexts::login(node, is_sql(attr_text(node, "type")), scripting, report))
}

/// Whether a server, client or datastore of this type keeps its data in SQL.
pub(super) fn is_sql(kind: Option<&str>) -> bool {
    ["sql", "odbc"].iter().any(|known| kind.is_some_and(|kind| known.eq_ignore_ascii_case(kind)))
}

fn auth(node: &Node, report: &mut Report<'_>) -> (Auth, Auth) {
    let requested = choice(node, "requestedauth", Auth::NAMES).unwrap_or(Auth::Md5);
    let required = choice(node, "requiredauth", Auth::NAMES).unwrap_or(Auth::Md5);
    if requested < required {
        let place = node.child("requestedauth").or(node.child("requiredauth")).map(Node::value_span);
        report
            .add(
                Code::WeakRequest,
                place.unwrap_or(node.span.clone()),
                "peers are asked for less than what they need to log in",
            )
            .hint("give <requestedauth> and <requiredauth> the same value");
    }
    (requested, required)
}

fn sql_server(node: &Node, scripting: &Scripting<'_>, report: &mut Report<'_>) -> SqlServer {
    let sqlite = sqlite_file(node, None);
    let mut statements = Statements { fields: None, left_out: sqlite.is_none(), later: Vec::new() };
    let mut optional = |name| statements.optional(node, name, report);
    let (get_device, new_device) = (optional("getdevicesql"), optional("newdevicesql"));
    let (save_nonce, save_info) = (optional("savenoncesql"), optional("saveinfosql"));
    let user_key = optional("userkeysql");
    // Without a database there is nothing to run them on.
    let usable = |sql| if sqlite.is_some() { sql } else { None };
    SqlServer {
        password_form: password_form(node, report),
        get_device: usable(get_device),
        new_device: usable(new_device),
        save_nonce: usable(save_nonce),
        save_info: usable(save_info),
        user_key: usable(user_key),
        after_connect: contexts::after_connect(node, scripting, report),
        sqlite,
    }
}

/// In which form the database has passwords; two forms at once contradict each other (manual 12.12, 12.13).
fn password_form(node: &Node, report: &mut Report<'_>) -> PasswordForm {
    let clear = boolean(node, "cleartextpw");
    let digest = boolean(node, "md5userpass");
    if clear && digest {
        let span = node.child("md5userpass").map_or(node.span.clone(), Node::value_span);
        report
            .add(Code::PasswordForms, span, "<md5userpass> and <cleartextpw> cannot both be on")
            .hint("write <cleartextpw>no</cleartextpw>; it is on where it is not written");
    }
    match (clear, digest, boolean(node, "md5hex")) {
        (true, _, _) => PasswordForm::ClearText,
        (false, true, true) => PasswordForm::Md5Hex,
        (false, true, false) => PasswordForm::Md5Base64,
        (false, false, _) => PasswordForm::CheckedByDatabase,
    }
}

fn datastores(
    node: &Node,
    types: &Types,
    scripting: &Scripting<'_>,
    sql: &SqlServer,
    left_out: &mut Vec<Range<usize>>,
    report: &mut Report<'_>,
) -> Vec<Arc<Datastore>> {
    let stores = ["datastore", "superdatastore"];
    let vital: Vec<String> = node
        .children
        .iter()
        .filter(|child| !stores.contains(&child.tag.name) && child.tag.vital && crate::advice::waits(child))
        .map(|child| format!("<{}>", child.tag.name))
        .collect();
    let closed = (!vital.is_empty())
        .then(|| format!("the server depends on what is not acted on yet: {}", vital.join(", ")));
    let around = Around {
        types,
        scripting,
        role: Role::Server,
        server_type: attr_text(node, "type").unwrap_or("sql"),
        server_sqlite: sql.sqlite.as_ref(),
        closed: closed.as_deref(),
    };
    let mut names: Names<()> = Names::new("datastore", std::iter::empty());
    let mut served = Vec::new();
    for child in node.all("datastore") {
        if let Some(name) = child.attr("name") {
            names.add(name, Some(()), report);
        }
        for alias in child.all("alias").filter_map(|alias| alias.attr("name")) {
            names.add(alias, Some(()), report);
        }
        match datastore::build(child, &around, report) {
            Ok(datastore) => served.push(Arc::new(datastore)),
            Err(reasons) => {
                left_out.push(child.span.clone());
                if !reasons.is_empty() {
                    let name = attr_text(child, "name").unwrap_or("");
                    let message = format!("the datastore '{name}' is not served: {}", reasons.join("; "));
                    report.add(Code::NotServed, child.span.clone(), message);
                }
            }
        }
    }
    for child in node.all("superdatastore") {
        check_super(child, types, &mut names, report);
    }
    served
}

/// Holds a superdatastore to its names (manual 11.35).
fn check_super(node: &Node, types: &Types, names: &mut Names<()>, report: &mut Report<'_>) {
    for contained in node.all("contains").filter_map(|contained| contained.attr("datastore")) {
        names.find(&contained.value, contained.span.clone(), report);
    }
    for used in node.all("typesupport").flat_map(|support| support.all("use")) {
        if let Some(name) = used.attr("datatype") {
            types.types.find(&name.value, name.span.clone(), report);
        }
    }
    if let Some(name) = node.attr("name") {
        names.add(name, Some(()), report);
    }
}
