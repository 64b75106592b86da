//! Gets and Puts outside of the sync (manual 11.17). Not its job: doing what they ask.

use super::{AnyCall, row};
use crate::functions::{Contexts, Function, Gives, INTEGER, STRING, integer, text};

/// What a host is asked: A Get or Put outside of the sync (manual 11.17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CustomCall {
    /// SETSTATUS.
    SetStatus,
    /// ISPUT.
    IsPut,
    /// ITEMURI.
    ItemUri,
    /// SETITEMURI.
    SetItemUri,
    /// ITEMDATA.
    ItemData,
    /// SETITEMDATA.
    SetItemData,
    /// METATYPE.
    MetaType,
    /// SETMETATYPE.
    SetMetaType,
    /// ISSUEPUT.
    IssuePut,
    /// ISSUEGET.
    IssueGet,
    /// ISSUEALERT.
    IssueAlert,
}

pub(super) const FUNCTIONS: &[Function] = &[
    row(
        "SETSTATUS",
        Contexts::CUSTOM,
        &[integer("statuscode")],
        Gives::Nothing,
        "11.17",
        "The status to answer with.",
        AnyCall::Custom(CustomCall::SetStatus),
    ),
    row(
        "ISPUT",
        Contexts::CUSTOM,
        &[],
        INTEGER,
        "11.17",
        "Whether this is a Put and no Result.",
        AnyCall::Custom(CustomCall::IsPut),
    ),
    row(
        "ITEMURI",
        Contexts::CUSTOM,
        &[],
        STRING,
        "11.17",
        "The URI asked for or given.",
        AnyCall::Custom(CustomCall::ItemUri),
    ),
    row(
        "SETITEMURI",
        Contexts::CUSTOM,
        &[text("uri")],
        Gives::Nothing,
        "11.17",
        "The URI of what is sent.",
        AnyCall::Custom(CustomCall::SetItemUri),
    ),
    row(
        "ITEMDATA",
        Contexts::CUSTOM,
        &[],
        STRING,
        "11.17",
        "The data given.",
        AnyCall::Custom(CustomCall::ItemData),
    ),
    row(
        "SETITEMDATA",
        Contexts::CUSTOM,
        &[text("data")],
        Gives::Nothing,
        "11.17",
        "The data to send.",
        AnyCall::Custom(CustomCall::SetItemData),
    ),
    row(
        "METATYPE",
        Contexts::CUSTOM,
        &[],
        STRING,
        "11.17",
        "The MIME type given.",
        AnyCall::Custom(CustomCall::MetaType),
    ),
    row(
        "SETMETATYPE",
        Contexts::CUSTOM,
        &[text("type")],
        Gives::Nothing,
        "11.17",
        "The MIME type of what is sent.",
        AnyCall::Custom(CustomCall::SetMetaType),
    ),
    row(
        "ISSUEPUT",
        Contexts::CUSTOM,
        &[integer("allowFailure"), integer("noResponse")],
        Gives::Nothing,
        "11.17",
        "Sends a Put.",
        AnyCall::Custom(CustomCall::IssuePut),
    ),
    row(
        "ISSUEGET",
        Contexts::CUSTOM,
        &[integer("allowFailure")],
        Gives::Nothing,
        "11.17",
        "Sends a Get.",
        AnyCall::Custom(CustomCall::IssueGet),
    ),
    row(
        "ISSUEALERT",
        Contexts::CUSTOM,
        &[integer("allowFailure"), integer("code")],
        Gives::Nothing,
        "11.17",
        "Sends an Alert.",
        AnyCall::Custom(CustomCall::IssueAlert),
    ),
];
