//! Functions that the hosts of a context serve: which there are, and what each host is asked.
//!
//! A row here is a declaration as any other; its implementation is the [`Host`](crate::lang::Host) of its context,
//! which gets the arguments in the types that the row declares. Not its job: what hosts do.

mod custom;
mod database;
mod datastore;
mod item;
mod login;
mod session;
mod sql;
mod status;

pub use custom::CustomCall;
pub use database::DatabaseCall;
pub use datastore::DatastoreCall;
pub use item::ItemCall;
pub use login::LoginCall;
pub use session::{SessionCall, no_variable};
pub use sql::SqlCall;
pub use status::StatusCall;

use super::{Call, Contexts, Function, Gives, Implementation, Parameter};
use crate::lang::{Fault, Host};
use crate::value::Value;

/// A datastore's functions are offered to the scripts of its database and its datatypes too.
const DATASTORE: Contexts = Contexts::DATASTORE.or(Contexts::DATABASE).or(Contexts::DATATYPE);
/// Offered to logins and databases.
const LOGIN_OR_DATABASE: Contexts = Contexts::LOGIN.or(Contexts::DATABASE);
/// Offered wherever there is an item with ids.
const ITEM: Contexts = Contexts::DATATYPE.or(Contexts::DATABASE);

/// What any of the hosts is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnyCall {
    Session(SessionCall),
    Login(LoginCall),
    Datastore(DatastoreCall),
    Database(DatabaseCall),
    Sql(SqlCall),
    Item(ItemCall),
    Status(StatusCall),
    Custom(CustomCall),
}

impl AnyCall {
    /// Runs a call whose arguments are those of the declaration.
    pub fn run(self, call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
        let arguments = call.declared_arguments();
        let value = self.ask(call, &arguments)?;
        call.give_as_declared(value)
    }

    /// Asks the host.
    pub fn ask(self, call: &mut Call<'_, '_, '_>, arguments: &[Value]) -> Result<Value, Fault> {
        if let AnyCall::Session(what) = self
            && let Some(answer) = session::ask_own(what, call, arguments)
        {
            return answer;
        }
        let env = call.env();
        let items = &mut env.items;
        let answer = match self {
            AnyCall::Session(what) => host(&mut env.session, "session")?.call(what, arguments, items),
            AnyCall::Login(what) => host(&mut env.login, "login")?.call(what, arguments, items),
            AnyCall::Datastore(what) => host(&mut env.datastore, "datastore")?.call(what, arguments, items),
            AnyCall::Database(what) => host(&mut env.database, "database")?.call(what, arguments, items),
            AnyCall::Sql(what) => host(&mut env.sql, "SQL database")?.call(what, arguments, items),
            AnyCall::Item(what) => host(&mut env.item, "item")?.call(what, arguments, items),
            AnyCall::Status(what) => host(&mut env.status, "status")?.call(what, arguments, items),
            AnyCall::Custom(what) => host(&mut env.custom, "Get or Put")?.call(what, arguments, items),
        };
        answer.map_err(Fault::Function)
    }
}

fn host<'h, 'e, C>(
    host: &'h mut Option<&'e mut dyn Host<C>>,
    name: &'static str,
) -> Result<&'h mut (dyn Host<C> + 'e), Fault> {
    match host {
        Some(host) => Ok(&mut **host),
        None => Err(Fault::NoHost(name)),
    }
}

const fn row(
    name: &'static str,
    contexts: Contexts,
    parameters: &'static [Parameter],
    result: Gives,
    section: &'static str,
    summary: &'static str,
    asks: AnyCall,
) -> Function {
    Function {
        name,
        parameters,
        result,
        contexts,
        summary,
        example: None,
        section,
        run: Implementation::There(asks),
    }
}

/// The functions of all hosts.
pub(super) const FUNCTIONS: [&[Function]; 8] = [
    session::FUNCTIONS,
    login::FUNCTIONS,
    datastore::FUNCTIONS,
    database::FUNCTIONS,
    sql::FUNCTIONS,
    item::FUNCTIONS,
    status::FUNCTIONS,
    custom::FUNCTIONS,
];
