//! The scripts of a config, compiled in their contexts (manual 6.8), and which of them there are.
//!
//! Not its job: when a script runs and with what items and hosts; the kinds say it in a line, the session does it.

use std::sync::Arc;

use syncloom_script::FieldId;
use syncloom_script::functions::Contexts;
use syncloom_script::lang::{
    Context, ContextBuilder, Env, Library, RunError, ScriptId, TypedValue, Variables,
};

use super::sql::Place;

/// The scripts of one context. `K` says which ones there can be. All of them share the variables that
/// [`variables`](Scripts::variables) makes, for as long as the context lives.
#[derive(Debug, Clone)]
pub struct Scripts<K> {
    context: Arc<Context>,
    scripts: Vec<Script<K>>,
}

#[derive(Debug, Clone)]
struct Script<K> {
    kind: K,
    id: ScriptId,
    tag: &'static str,
    place: Place,
}

impl<K> Default for Scripts<K> {
    /// None at all.
    fn default() -> Self {
        let (context, _) = ContextBuilder::new(&Arc::new(Library::empty()), Contexts::GLOBAL).build();
        Scripts { context: Arc::new(context), scripts: Vec::new() }
    }
}

impl<K: Copy + PartialEq> Scripts<K> {
    /// A context whose scripts are still to be added.
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Scripts { context, scripts: Vec::new() }
    }

    /// Adds a script of the context: its tag, and where its text begins.
    pub(crate) fn add(&mut self, kind: K, id: ScriptId, tag: &'static str, place: Place) {
        self.scripts.push(Script { kind, id, tag, place });
    }

    /// Whether the config has no script of this context.
    pub fn is_empty(&self) -> bool {
        self.scripts.is_empty()
    }

    /// Whether the config has this script.
    pub fn has(&self, kind: K) -> bool {
        self.find(kind).is_some()
    }

    /// Whether a script calls a built-in function of its context, given by its name in capitals.
    pub fn calls(&self, kind: K, function: &str) -> bool {
        self.find(kind).is_some_and(|script| self.context.calls(script.id, function))
    }

    /// Fresh variables for a new life of the context.
    pub fn variables(&self) -> Variables {
        self.context.variables()
    }

    /// The context, to look at variables by their names.
    pub fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// The names of the variables that a script itself declares, in their order.
    pub fn declared_by(&self, kind: K) -> &[String] {
        self.find(kind).map_or(&[], |script| self.context.declared_by(script.id))
    }

    /// Runs a script. `None`: the config has no such script, or it ended without a value.
    pub fn run(
        &self,
        kind: K,
        variables: &mut Variables,
        env: &mut Env<'_>,
    ) -> Result<Option<TypedValue>, RunError> {
        match self.find(kind) {
            Some(script) => self.context.run(script.id, variables, env),
            None => Ok(None),
        }
    }

    /// What a script is called in messages: its tag, and the line of the config that it begins in. The line of a
    /// [`RunError`] counts from there, unless it is one of a function.
    pub fn origin(&self, kind: K) -> Option<(&'static str, &Place)> {
        self.find(kind).map(|script| (script.tag, &script.place))
    }

    fn find(&self, kind: K) -> Option<&Script<K>> {
        self.scripts.iter().find(|script| script.kind == kind)
    }
}

impl Scripts<DatabaseScript> {
    /// Whether a script sets a field of an item that is read.
    pub fn fills(&self, field: FieldId) -> bool {
        self.reading().any(|script| self.context.sets(script.id, field))
    }

    /// Whether a script has a part in the reading of an item.
    pub fn read(&self) -> bool {
        self.reading().next().is_some()
    }

    fn reading(&self) -> impl Iterator<Item = &Script<DatabaseScript>> {
        use ArrayScript::{AfterRead, Finish, Init};
        self.scripts.iter().filter(|script| match script.kind {
            DatabaseScript::AfterRead => true,
            DatabaseScript::Array(_, script) => matches!(script, Init | AfterRead | Finish),
            _ => false,
        })
    }

    /// Whether a script or a detail record's script has a part in the writing of an item.
    pub fn write(&self) -> bool {
        let writes = |kind| matches!(kind, DatabaseScript::BeforeWrite | DatabaseScript::Array(..));
        self.scripts.iter().any(|script| writes(script.kind))
    }
}

/// Scripts of the session (manual 11.12 to 11.17). They see no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionScript {
    /// `<sessioninitscript>`: before anything else.
    Init,
    /// `<sessionfinishscript>`: after everything else.
    Finish,
    /// `<customgetputscript>`: while the first answer is made; it may issue Get, Put and Alert.
    CustomGetPut,
    /// `<customendputscript>`: before the last message leaves.
    CustomEndPut,
    /// `<customgethandlerscript>`: a Get of an unknown address; true says that it is dealt with.
    CustomGetHandler,
    /// `<customputresulthandlerscript>`: a Put or Results of an unknown address; true says that it is dealt with.
    CustomPutResultHandler,
    /// `<sentitemstatusscript>`: the peer's status of an item; true says that it is dealt with.
    SentItemStatus,
    /// `<receiveditemstatusscript>`: our status of an item; its value says whether it was processed regularly.
    ReceivedItemStatus,
}

/// The `<rulescript>` of a remote rule (manual 11.36.24). Its context is one of its own behind that of the session:
/// it sees and sets the variables of the session, and what it declares itself no other script knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuleScript;

/// Scripts of a login (manual 11.33, 12.17). They see no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoginScript {
    /// `<logininitscript>`: its value settles the login; without one it goes on.
    Init,
    /// `<logincheckscript>`: for each row of `<userkeysql>`, whose columns are its own variables, in their order; its
    /// value takes the place of the usual check.
    Check,
    /// `<loginfinishscript>`: its value has the last word.
    Finish,
}

/// The script of a new connection to a database (manual 12.8), which has a context of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AfterConnect;

/// Scripts of a datastore (manual 11.34.21 to 11.34.28). They see no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatastoreScript {
    /// `<alertprepscript>`: a client is about to send its Alert.
    AlertPrep,
    /// `<alertscript>`: an Alert came; a value other than 0 is the status that refuses it.
    Alert,
    /// `<datastoreinitscript>`: before the items are read.
    Init,
    /// `<sentitemstatusscript>`: as that of the session, and before it.
    SentItemStatus,
    /// `<receiveditemstatusscript>`: as that of the session, and before it.
    ReceivedItemStatus,
    /// `<datastorefinishscript>`: at the very end.
    Finish,
}

/// Scripts around the database of a datastore (manual 11.34.23, 11.34.24, 11.34.41, 12.20). The target item is that
/// of the field map; where a line names none, fields are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatabaseScript {
    /// `<adminreadyscript>`: targets and maps are read; false ends the sync with 510. No item.
    AdminReady,
    /// `<syncendscript>`: when all is done, well or not. No item.
    SyncEnd,
    /// `<optionfilterscript>`: true says that the database filters by the peer's options. No item.
    OptionFilter,
    /// `<initscript>`: before the first access. No item.
    Init,
    /// `<afterreadscript>`: the item that was read, which it may change.
    AfterRead,
    /// `<beforewritescript>`: the item that will be written, which it may change.
    BeforeWrite,
    /// `<afterwritescript>`: the item that was written.
    AfterWrite,
    /// `<localidscript>`: the item that gets the id which it returns.
    LocalId,
    /// `<finalisationscript>`: the kept fields of an item that was written.
    Finalisation,
    /// `<finishscript>`: after the last access. No item.
    Finish,
    /// A script of the `<array>` of this number, in the order of the field map. The item is its master.
    Array(u32, ArrayScript),
}

/// Scripts of an `<array>` (manual 11.34.41, 12.20.20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArrayScript {
    /// `<initscript>`: before the detail records; false leaves them alone.
    Init,
    /// `<afterreadscript>`: a detail record was read.
    AfterRead,
    /// `<beforewritescript>`: a detail record will be written; false ends the writing of them.
    BeforeWrite,
    /// `<afterwritescript>`: a detail record was written.
    AfterWrite,
    /// `<finishscript>`: after the detail records.
    Finish,
}

/// Scripts of a datatype (manual 10.5.8 to 10.5.13). Both items have its field list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatatypeScript {
    /// `<initscript>`: before the datatype is used. No item.
    Init,
    /// `<incomingscript>`: the item as it was read, which it may change.
    Incoming,
    /// `<outgoingscript>`: the item before it is written, which it may change.
    Outgoing,
    /// `<filterinitscript>`: true says that `<filterscript>` is needed. No item.
    FilterInit,
    /// `<filterscript>`: an item of the database; true says that it takes part.
    Filter,
    /// `<processitemscript>`: the item that came, which it may change.
    ProcessItem,
    /// `<comparescript>`: two items; 0, 1, -1 or -999.
    Compare,
    /// `<mergescript>`: the winning item as target and the loosing one as reference, both of which it may change.
    Merge,
}
