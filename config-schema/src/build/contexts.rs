//! Which scripts share a context, what they may call, and which items they see (manual 6.8).
//!
//! Not its job: what is wrong with a script (`scripting`).

use std::sync::Arc;

use syncloom_script::FieldList;
use syncloom_script::functions::Contexts;
use syncloom_script::lang::{ContextBuilder, Scope, ScriptId};

use super::scripting::Scripting;
use crate::model::{
    AfterConnect, ArrayScript, DatabaseScript, DatastoreScript, DatatypeScript, LoginScript, Place,
    RuleScript, Scripts, SessionScript,
};
use crate::node::Node;
use crate::source::Report;

/// A script: its tag, and in what it differs from the others of its context.
type Row<K> = (&'static str, K, Scope);

const fn row<K>(tag: &'static str, kind: K, scope: Scope) -> Row<K> {
    (tag, kind, scope)
}

/// It changes no item.
const LOOKS: Scope = Scope { also: Contexts::GLOBAL, changes_target: false, changes_reference: false };
/// It may change the target item.
const CHANGES: Scope = Scope { changes_target: true, ..LOOKS };
/// It may change both items.
const CHANGES_BOTH: Scope = Scope { changes_reference: true, ..CHANGES };
/// It deals with the status of an item.
const STATUS: Scope = Scope { also: Contexts::ITEMSTATUS, ..LOOKS };
/// It makes or handles Get and Put.
const CUSTOM: Scope = Scope { also: Contexts::CUSTOM, ..LOOKS };
/// It prepares the Alert of a client.
const CLIENT: Scope = Scope { also: Contexts::CLIENT, ..LOOKS };

const SESSION: &[Row<SessionScript>] = &[
    row("sessioninitscript", SessionScript::Init, LOOKS),
    row("customgetputscript", SessionScript::CustomGetPut, CUSTOM),
    row("customgethandlerscript", SessionScript::CustomGetHandler, CUSTOM),
    row("customputresulthandlerscript", SessionScript::CustomPutResultHandler, CUSTOM),
    row("customendputscript", SessionScript::CustomEndPut, CUSTOM),
    row("sentitemstatusscript", SessionScript::SentItemStatus, STATUS),
    row("receiveditemstatusscript", SessionScript::ReceivedItemStatus, STATUS),
    row("sessionfinishscript", SessionScript::Finish, LOOKS),
];

const LOGIN: &[Row<LoginScript>] = &[
    row("logininitscript", LoginScript::Init, LOOKS),
    row("logincheckscript", LoginScript::Check, LOOKS),
    row("loginfinishscript", LoginScript::Finish, LOOKS),
];

const RULE: &[Row<RuleScript>] = &[row("rulescript", RuleScript, LOOKS)];

const AFTER_CONNECT: &[Row<AfterConnect>] = &[row("afterconnectscript", AfterConnect, LOOKS)];

const DATASTORE: &[Row<DatastoreScript>] = &[
    row("alertprepscript", DatastoreScript::AlertPrep, CLIENT),
    row("alertscript", DatastoreScript::Alert, LOOKS),
    row("datastoreinitscript", DatastoreScript::Init, LOOKS),
    row("sentitemstatusscript", DatastoreScript::SentItemStatus, STATUS),
    row("receiveditemstatusscript", DatastoreScript::ReceivedItemStatus, STATUS),
    row("datastorefinishscript", DatastoreScript::Finish, LOOKS),
];

/// Of the database scripts those that stand in `<datastore>` itself.
const DATABASE: &[Row<DatabaseScript>] = &[
    row("adminreadyscript", DatabaseScript::AdminReady, LOOKS),
    row("localidscript", DatabaseScript::LocalId, CHANGES),
    row("syncendscript", DatabaseScript::SyncEnd, LOOKS),
];

const FIELDMAP: &[Row<DatabaseScript>] = &[
    row("optionfilterscript", DatabaseScript::OptionFilter, LOOKS),
    row("initscript", DatabaseScript::Init, LOOKS),
    row("afterreadscript", DatabaseScript::AfterRead, CHANGES),
    row("beforewritescript", DatabaseScript::BeforeWrite, CHANGES),
    row("afterwritescript", DatabaseScript::AfterWrite, CHANGES),
    row("finalisationscript", DatabaseScript::Finalisation, CHANGES),
    row("finishscript", DatabaseScript::Finish, LOOKS),
];

const ARRAY: &[Row<ArrayScript>] = &[
    row("initscript", ArrayScript::Init, CHANGES),
    row("afterreadscript", ArrayScript::AfterRead, CHANGES),
    row("beforewritescript", ArrayScript::BeforeWrite, CHANGES),
    row("afterwritescript", ArrayScript::AfterWrite, CHANGES),
    row("finishscript", ArrayScript::Finish, CHANGES),
];

const DATATYPE: &[Row<DatatypeScript>] = &[
    row("initscript", DatatypeScript::Init, LOOKS),
    row("incomingscript", DatatypeScript::Incoming, CHANGES),
    row("outgoingscript", DatatypeScript::Outgoing, CHANGES),
    row("filterinitscript", DatatypeScript::FilterInit, LOOKS),
    row("filterscript", DatatypeScript::Filter, LOOKS),
    row("processitemscript", DatatypeScript::ProcessItem, CHANGES),
    row("comparescript", DatatypeScript::Compare, LOOKS),
    row("mergescript", DatatypeScript::Merge, CHANGES_BOTH),
];

pub(super) fn session(
    node: &Node,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Scripts<SessionScript> {
    let mut context = Context::new(Contexts::GLOBAL, scripting, report);
    context.add_all(node, SESSION, |kind| kind);
    context.build()
}

/// The script of a remote rule, which knows what those of the session have declared.
pub(super) fn rule(
    node: &Node,
    session: &Scripts<SessionScript>,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Scripts<RuleScript> {
    let mut context = Context::new(Contexts::GLOBAL, scripting, report);
    context.builder = context.builder.after(session.context());
    context.add_all(node, RULE, |kind| kind);
    context.build()
}

pub(super) fn login(
    node: &Node,
    sql: bool,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Scripts<LoginScript> {
    let mut context = Context::new(with_sql(Contexts::LOGIN, sql), scripting, report);
    context.add_all(node, LOGIN, |kind| kind);
    context.build()
}

pub(super) fn after_connect(
    node: &Node,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Scripts<AfterConnect> {
    let mut context = Context::new(Contexts::SQL, scripting, report);
    context.add_all(node, AFTER_CONNECT, |kind| kind);
    context.build()
}

pub(super) fn datastore(
    node: &Node,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Scripts<DatastoreScript> {
    let mut context = Context::new(Contexts::DATASTORE, scripting, report);
    context.add_all(node, DATASTORE, |kind| kind);
    context.build()
}

/// The scripts around the database of a datastore. Without a field list no script sees an item.
pub(super) fn database(
    node: &Node,
    sql: bool,
    list: Option<&Arc<FieldList>>,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Scripts<DatabaseScript> {
    let mut context = Context::new(with_sql(Contexts::DATABASE, sql), scripting, report);
    if let Some(list) = list {
        context.builder = context.builder.target(list, true);
    }
    context.add_all(node, DATABASE, |kind| kind);
    if let Some(map) = node.child("fieldmap") {
        context.add_all(map, FIELDMAP, |kind| kind);
        for (number, array) in (0..).zip(map.all("array")) {
            context.add_all(array, ARRAY, |kind| DatabaseScript::Array(number, kind));
        }
    }
    context.build()
}

pub(super) fn datatype(
    node: &Node,
    list: &Arc<FieldList>,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Scripts<DatatypeScript> {
    let mut context = Context::new(Contexts::DATATYPE, scripting, report);
    context.builder = context.builder.target(list, true).reference(list, true);
    context.add_all(node, DATATYPE, |kind| kind);
    context.build()
}

fn with_sql(contexts: Contexts, sql: bool) -> Contexts {
    if sql { contexts | Contexts::SQL } else { contexts }
}

/// A context being put together.
struct Context<'c, 'n, 's, 'r, K> {
    builder: ContextBuilder,
    found: Vec<(ScriptId, K, &'n Node)>,
    scripting: &'c Scripting<'s>,
    report: &'c mut Report<'r>,
}

impl<'c, 'n, 's, 'r, K: Copy + PartialEq> Context<'c, 'n, 's, 'r, K> {
    fn new(contexts: Contexts, scripting: &'c Scripting<'s>, report: &'c mut Report<'r>) -> Self {
        let builder = ContextBuilder::new(&scripting.library, contexts);
        Context { builder, found: Vec::new(), scripting, report }
    }

    /// Adds the scripts of a table that a tag has.
    fn add_all<R: Copy>(&mut self, node: &'n Node, rows: &[Row<R>], kind: impl Fn(R) -> K) {
        for (tag, row, scope) in rows {
            if let Some(script) = node.child(tag) {
                self.add(script, kind(*row), *scope);
            }
        }
    }

    /// Adds a script; one without text is none.
    fn add(&mut self, script: &'n Node, kind: K, scope: Scope) {
        if script.value().is_empty() {
            return;
        }
        self.scripting.check_order(script, self.report);
        let id = self.builder.script_in(script.text.as_str(), scope);
        self.found.push((id, kind, script));
    }

    /// Compiles the scripts, and tells of their mistakes in the order of the scripts.
    fn build(self) -> Scripts<K> {
        let (context, errors) = self.builder.build();
        let mut scripts = Scripts::new(Arc::new(context));
        for (id, kind, script) in self.found {
            for (_, error) in errors.iter().filter(|(of, _)| *of == id) {
                self.scripting.tell(error, &script.text, self.report);
            }
            let begin = self.report.locate(script.text.span(0..1));
            let place = Place { file: begin.file, line: begin.line, column: begin.column };
            scripts.add(kind, id, script.tag.name, place);
        }
        scripts
    }
}
