//! `<server>`: who may log in, what is kept in SQL for the server as a whole, and its datastores (manual 11, 12).
//!
//! Not its job: the inside of datastores (`datastore`).

use std::ops::Range;
use std::sync::Arc;

use syncloom_script::filter::Role;

use super::datastore::{self, Around, Built};
use super::names::Names;
use super::scripting::Scripting;
use super::statements::Statements;
use super::store::sqlite_file;
use super::values::{attr_text, boolean, choice, integer, some_number, some_text, text};
use super::{Common, contexts, plugin, rules, zones};
use crate::advice::waits;
use crate::diagnostic::Code;
use crate::model::{
    Auth, Charset, Datastore, LoginScript, PasswordForm, Scripts, Server, SessionScript, SimpleAuth,
    SqlServer, SyncMlVersion,
};
use crate::node::Node;
use crate::source::Report;

/// What can be synchronised.
const STORES: &[&str] = &["datastore", "superdatastore"];

const VERSIONS: &[(&str, SyncMlVersion)] =
    &[("1.0", SyncMlVersion::V1_0), ("1.1", SyncMlVersion::V1_1), ("1.2", SyncMlVersion::V1_2)];

/// Builds the server. Datastores that are not served are put to `left_out`.
pub(super) fn build(
    node: &Node,
    common: &Common<'_>,
    left_out: &mut Vec<Range<usize>>,
    report: &mut Report<'_>,
) -> Server {
    let Common { scripting, zones, .. } = *common;
    let max_version = choice(node, "maxsyncmlversion", VERSIONS).unwrap_or(SyncMlVersion::V1_2);
    let min_version = choice(node, "minsyncmlversion", VERSIONS).unwrap_or(SyncMlVersion::V1_0);
    if max_version < min_version {
        let span = node.child("maxsyncmlversion").or(node.child("minsyncmlversion")).map(Node::value_span);
        let message = "the newest version that is spoken is older than the oldest";
        report.add(Code::VersionRange, span.unwrap_or(node.span.clone()), message);
    }
    let (session_scripts, login_scripts) = scripts(node, scripting, report);
    let rules = rules::build(node, &session_scripts, scripting, report);
    let plugin = plugin::of_server(node, report);
    let sql = sql_server(node, scripting, report);
    let (requested_auth, required_auth) = auth(node, report);
    let datastores = datastores(node, common, &sql, left_out, report);
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
        request_min_time: u32::try_from(integer::<i64>(node, "requestmintime")).ok().filter(|time| *time > 0),
        complete_from_client_only: boolean(node, "completefromclientonly"),
        wait_for_status_of_interrupted: boolean(node, "waitforstatusofinterrupted"),
        sync_mode_extensions: boolean(node, "syncmodeextensions"),
        auto_end_date_inclusive: boolean(node, "autoenddateinclusive"),
        no_folding: boolean(node, "donotfoldcontent"),
        enum_default_prop_params: some_text(node, "enumdefaultpropparams")
            .and_then(|word| crate::values::boolean(&word)),
        max_guid_size_sent: integer(node, "maxguidsizesent"),
        user_zone: zones::named(node, "usertimezone", zones),
        data_zone: zones::named(node, "datatimezone", zones),
        charset: choice(node, "datacharset", Charset::NAMES),
        rules,
        plugin,
        sql,
        datastores,
    };
    let by_script =
        [LoginScript::Init, LoginScript::Finish].iter().any(|kind| server.login_scripts.has(*kind));
    let nobody = server.simple_auth.is_none() && !server.has_users() && !by_script;
    if nobody && server.required_auth != Auth::None && !server.datastores.is_empty() {
        report
            .add(Code::Useless, node.span.clone(), "nobody can log in to this server")
            .hint("add <userkeysql>, or <simpleauthuser> and <simpleauthpw>");
    }
    server
}

/// Holds the datastores of a client to their names. Nothing of it is run yet.
pub(super) fn check_client(node: &Node, common: &Common<'_>, report: &mut Report<'_>) {
    let scripting = common.scripting;
    let (session, _) = scripts(node, scripting, report);
    rules::build(node, &session, scripting, report);
    plugin::of_server(node, report);
    contexts::after_connect(node, scripting, report);
    let server_type = attr_text(node, "type").unwrap_or("");
    let closed = Some("clients are not run yet");
    let around = Around { common, role: Role::Client, server_type, server_sqlite: None, closed };
    // That the client as a whole does not act is told of elsewhere.
    each_datastore(node, &around, report);
}

/// The scripts of sessions and logins.
fn scripts(
    node: &Node,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> (Scripts<SessionScript>, Scripts<LoginScript>) {
    let session = contexts::session(node, scripting, report);
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
    let (save_devinf, load_devinf) = (optional("savedevinfsql"), optional("loaddevinfsql"));
    let user_key = optional("userkeysql");
    // Without a database there is nothing to run them on.
    let usable = |sql| if sqlite.is_some() { sql } else { None };
    SqlServer {
        password_form: password_form(node, report),
        get_device: usable(get_device),
        new_device: usable(new_device),
        save_nonce: usable(save_nonce),
        save_info: usable(save_info),
        save_devinf: usable(save_devinf),
        load_devinf: usable(load_devinf),
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
    common: &Common<'_>,
    sql: &SqlServer,
    left_out: &mut Vec<Range<usize>>,
    report: &mut Report<'_>,
) -> Vec<Arc<Datastore>> {
    let vital: Vec<String> = node
        .children
        .iter()
        .filter(|child| !STORES.contains(&child.tag.name) && child.tag.vital && waits(child))
        .map(|child| format!("<{}>", child.tag.name))
        .collect();
    let closed = (!vital.is_empty())
        .then(|| format!("the server depends on what is not acted on yet: {}", vital.join(", ")));
    let around = Around {
        common,
        role: Role::Server,
        server_type: attr_text(node, "type").unwrap_or("sql"),
        server_sqlite: sql.sqlite.as_ref(),
        closed: closed.as_deref(),
    };
    let mut served = Vec::new();
    for (child, built) in each_datastore(node, &around, report) {
        served.extend(built.served.clone());
        if built.served.is_none() {
            left_out.push(child.span.clone());
        }
        // Of a tag that does not act yet it is told elsewhere that it doesn't.
        if !built.reasons.is_empty() && !waits(child) {
            let name = attr_text(child, "name").unwrap_or("");
            let message = format!("the datastore '{name}' is not served: {}", built.reasons.join("; "));
            report.add(Code::NotServed, child.span.clone(), message);
        }
    }
    served
}

/// Builds the datastores and superdatastores in their order.
fn each_datastore<'n>(
    node: &'n Node,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Vec<(&'n Node, Built)> {
    let is_store = |child: &&Node| STORES.contains(&child.tag.name);
    let all = node.children.iter().filter(is_store).filter_map(|child| child.attr("name"));
    let all: Vec<_> = all.map(|name| (name.value.trim().to_owned(), name.span.clone())).collect();
    let mut names: Names<Built> = Names::new("datastore", all.into_iter());
    let mut found = Vec::new();
    for child in node.children.iter().filter(is_store) {
        let mut built = datastore::build(child, around, &names, report);
        if waits(child) {
            built.served = None;
        }
        let aliases = child.all("alias").filter_map(|alias| alias.attr("name"));
        for name in child.attr("name").into_iter().chain(aliases) {
            names.add(name, Some(built.clone()), report);
        }
        found.push((child, built));
    }
    found
}
