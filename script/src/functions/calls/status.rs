//! The status of items (manual 11.34). Not its job: doing what they ask.

use super::{AnyCall, row};
use crate::functions::{Contexts, Function, Gives, INTEGER, STRING, integer};

/// What a host is asked: The status of an item (manual 11.34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusCall {
    /// STATUS.
    Status,
    /// SETSTATUS.
    SetStatus,
    /// SETRESEND.
    SetResend,
    /// ABORTDATASTORE.
    AbortDatastore,
    /// STOPADDING.
    StopAdding,
    /// SYNCOP.
    SyncOp,
}

pub(super) const FUNCTIONS: &[Function] = &[
    row(
        "STATUS",
        Contexts::ITEMSTATUS,
        &[],
        INTEGER,
        "11.34.26",
        "The status of the item.",
        AnyCall::Status(StatusCall::Status),
    ),
    row(
        "SETSTATUS",
        Contexts::ITEMSTATUS,
        &[integer("statuscode")],
        Gives::Nothing,
        "11.34.26",
        "Sets the status of the item.",
        AnyCall::Status(StatusCall::SetStatus),
    ),
    row(
        "SETRESEND",
        Contexts::ITEMSTATUS,
        &[integer("flag")],
        Gives::Nothing,
        "11.34.26",
        "Whether the item is sent again in the next sync.",
        AnyCall::Status(StatusCall::SetResend),
    ),
    row(
        "ABORTDATASTORE",
        Contexts::ITEMSTATUS,
        &[integer("statuscode")],
        Gives::Nothing,
        "11.34.26",
        "Ends the sync of this datastore with a status.",
        AnyCall::Status(StatusCall::AbortDatastore),
    ),
    row(
        "STOPADDING",
        Contexts::ITEMSTATUS,
        &[],
        Gives::Nothing,
        "11.34.26",
        "Sends no further new items.",
        AnyCall::Status(StatusCall::StopAdding),
    ),
    row(
        "SYNCOP",
        Contexts::ITEMSTATUS,
        &[],
        STRING,
        "11.34.26",
        "The operation that the status is of.",
        AnyCall::Status(StatusCall::SyncOp),
    ),
];
