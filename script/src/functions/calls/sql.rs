//! SQL statements (manual 12.7). Not its job: doing what they ask.

use super::{AnyCall, row};
use crate::functions::{
    Call, Contexts, Function, Gives, INTEGER, Implementation, STRING, any, integer, text, variable,
};
use crate::lang::Fault;
use crate::lang::val::Val;
use crate::value::Value;

/// What a host is asked: SQL statements (manual 12.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SqlCall {
    /// DBLITERAL.
    Literal,
    /// SETDBCONNECTSTRING.
    SetConnectString,
    /// SETDBPASSWORD.
    SetPassword,
    /// SQLEXECUTE.
    Execute,
    /// SQLFETCHROW.
    FetchRow,
    /// SQLCOMMIT.
    Commit,
    /// SQLROLLBACK.
    Rollback,
    /// SETSQLFILTER.
    SetFilter,
    /// ADDBYUPDATING.
    AddByUpdating,
    /// SQLITELASTID.
    SqliteLastId,
    /// SQLGETCOLUMN(index, type): the value of a column; `Value::Unassigned` if there is none.
    GetColumn,
}

/// SQLGETCOLUMN puts what the host gives into the caller's variable.
fn get_column(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let arguments = [Value::Integer(call.integer(0)), Value::Text(call.text(2).into())];
    let value = Val::untyped(AnyCall::Sql(SqlCall::GetColumn).ask(call, &arguments)?);
    let there = value.view().is_assigned();
    if there {
        call.set(1, value)?;
    }
    call.give_integer(i64::from(there))
}

pub(super) const FUNCTIONS: &[Function] = &[
    row(
        "DBLITERAL",
        Contexts::SQL,
        &[any("value"), text("dbfieldtype")],
        STRING,
        "12.7",
        "A value as a literal of the database's SQL.",
        AnyCall::Sql(SqlCall::Literal),
    ),
    row(
        "SETDBCONNECTSTRING",
        Contexts::SQL,
        &[text("connectstring")],
        Gives::Nothing,
        "12.7",
        "How to connect to the database.",
        AnyCall::Sql(SqlCall::SetConnectString),
    ),
    row(
        "SETDBPASSWORD",
        Contexts::SQL,
        &[text("password")],
        Gives::Nothing,
        "12.7",
        "The password to connect with.",
        AnyCall::Sql(SqlCall::SetPassword),
    ),
    row(
        "SQLEXECUTE",
        Contexts::SQL,
        &[text("statement")],
        INTEGER,
        "12.7",
        "Runs an SQL statement; 0 if it succeeded, else an error code.",
        AnyCall::Sql(SqlCall::Execute),
    ),
    row(
        "SQLFETCHROW",
        Contexts::SQL,
        &[],
        INTEGER,
        "12.7",
        "Goes to the next row of the result; whether there is one.",
        AnyCall::Sql(SqlCall::FetchRow),
    ),
    row("SQLCOMMIT", Contexts::SQL, &[], Gives::Nothing, "12.7", "Commits.", AnyCall::Sql(SqlCall::Commit)),
    row(
        "SQLROLLBACK",
        Contexts::SQL,
        &[],
        Gives::Nothing,
        "12.7",
        "Rolls back.",
        AnyCall::Sql(SqlCall::Rollback),
    ),
    row(
        "SETSQLFILTER",
        Contexts::SQL,
        &[text("where")],
        Gives::Nothing,
        "12.7",
        "Sets the WHERE text of %AF.",
        AnyCall::Sql(SqlCall::SetFilter),
    ),
    row(
        "ADDBYUPDATING",
        Contexts::SQL,
        &[text("localid")],
        Gives::Nothing,
        "",
        "Makes the pending insert an update of a row.",
        AnyCall::Sql(SqlCall::AddByUpdating),
    ),
    row(
        "SQLITELASTID",
        Contexts::SQL,
        &[],
        INTEGER,
        "12.7",
        "The row id of the last insert.",
        AnyCall::Sql(SqlCall::SqliteLastId),
    ),
    Function {
        name: "SQLGETCOLUMN",
        parameters: &[integer("index"), variable("value", None), text("dbfieldtype")],
        result: INTEGER,
        contexts: Contexts::SQL,
        summary: "Puts a column of the current row into a variable; whether that worked.",
        example: None,
        section: "12.7",
        run: Implementation::Here(get_column),
    },
];
