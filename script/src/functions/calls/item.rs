//! Items in their sync (manual 10.5). Not its job: doing what they ask.

use super::{AnyCall, ITEM, row};
use crate::functions::{Contexts, Function, Gives, INTEGER, STRING, integer, optional, text};

/// What a host is asked: An item in its sync (manual 10.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemCall {
    /// ITEMDATATYPE.
    DataType,
    /// ITEMTYPENAME.
    TypeName,
    /// ITEMTYPEVERS.
    TypeVersion,
    /// PARSETEXTWITHPROFILE.
    ParseText,
    /// MAKETEXTWITHPROFILE.
    MakeText,
    /// SYNCMODESUPPORTED.
    SyncModeSupported,
    /// SETFILTERALL.
    SetFilterAll,
    /// SIZELIMIT.
    SizeLimit,
    /// SETSIZELIMIT.
    SetSizeLimit,
    /// ECHOITEM.
    EchoItem,
    /// CONFLICTSTRATEGY.
    ConflictStrategy,
    /// FORCECONFLICT.
    ForceConflict,
    /// DELETEWINS.
    DeleteWins,
    /// PREVENTADD.
    PreventAdd,
    /// IGNOREUPDATE.
    IgnoreUpdate,
    /// MERGEFIELDS.
    MergeFields,
    /// RELAXEDCOMPARE.
    RelaxedCompare,
    /// WINNINGCHANGED.
    WinningChanged,
    /// LOOSINGCHANGED.
    LoosingChanged,
    /// SETWINNINGCHANGED.
    SetWinningChanged,
    /// SETLOOSINGCHANGED.
    SetLoosingChanged,
    /// COMPAREFIELDS.
    CompareFields,
    /// COMPARISONMODE.
    ComparisonMode,
    /// MERGEMODE.
    MergeMode,
    /// SYNCOP.
    SyncOp,
    /// REJECTITEM.
    RejectItem,
    /// LOCALID.
    LocalId,
    /// SETLOCALID.
    SetLocalId,
    /// REMOTEID.
    RemoteId,
    /// SETREMOTEID.
    SetRemoteId,
    /// ISAVAILABLE(number of a target field).
    Available,
    /// SETFIELDOPTIONS(number of a target field, available, maxsize, maxoccur, notruncate).
    SetFieldOptions,
}

pub(super) const FUNCTIONS: &[Function] = &[
    row(
        "ITEMDATATYPE",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The name of the item's datatype.",
        AnyCall::Item(ItemCall::DataType),
    ),
    row(
        "ITEMTYPENAME",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The MIME type of the item's datatype.",
        AnyCall::Item(ItemCall::TypeName),
    ),
    row(
        "ITEMTYPEVERS",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The version of the item's datatype.",
        AnyCall::Item(ItemCall::TypeVersion),
    ),
    row(
        "PARSETEXTWITHPROFILE",
        Contexts::GLOBAL,
        &[text("text"), text("profile"), optional(integer("mode")), optional(text("rule"))],
        INTEGER,
        "",
        "Reads text into the item by a profile; whether that worked.",
        AnyCall::Item(ItemCall::ParseText),
    ),
    row(
        "MAKETEXTWITHPROFILE",
        Contexts::GLOBAL,
        &[text("profile"), optional(integer("mode")), optional(text("rule"))],
        STRING,
        "",
        "The item as text by a profile.",
        AnyCall::Item(ItemCall::MakeText),
    ),
    row(
        "SYNCMODESUPPORTED",
        Contexts::DATATYPE,
        &[text("mode")],
        INTEGER,
        "",
        "Whether the peer's database lists a sync mode.",
        AnyCall::Item(ItemCall::SyncModeSupported),
    ),
    row(
        "SETFILTERALL",
        Contexts::DATATYPE,
        &[integer("flag")],
        Gives::Nothing,
        "10.5.14",
        "Whether items that did not change are filtered too.",
        AnyCall::Item(ItemCall::SetFilterAll),
    ),
    row(
        "SIZELIMIT",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "The size limit of the item.",
        AnyCall::Item(ItemCall::SizeLimit),
    ),
    row(
        "SETSIZELIMIT",
        Contexts::DATATYPE,
        &[integer("size")],
        Gives::Nothing,
        "10.5.14",
        "Sets the size limit of the item.",
        AnyCall::Item(ItemCall::SetSizeLimit),
    ),
    row(
        "ECHOITEM",
        Contexts::DATATYPE,
        &[text("syncop")],
        Gives::Nothing,
        "10.5.14",
        "Sends the item back with an operation.",
        AnyCall::Item(ItemCall::EchoItem),
    ),
    row(
        "CONFLICTSTRATEGY",
        Contexts::DATATYPE,
        &[text("strategy")],
        Gives::Nothing,
        "10.5.14",
        "Sets who wins if this item is in conflict.",
        AnyCall::Item(ItemCall::ConflictStrategy),
    ),
    row(
        "FORCECONFLICT",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Makes this a conflict.",
        AnyCall::Item(ItemCall::ForceConflict),
    ),
    row(
        "DELETEWINS",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Lets a deletion win over a change.",
        AnyCall::Item(ItemCall::DeleteWins),
    ),
    row(
        "PREVENTADD",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Keeps the item from being added.",
        AnyCall::Item(ItemCall::PreventAdd),
    ),
    row(
        "IGNOREUPDATE",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Keeps the item from being changed.",
        AnyCall::Item(ItemCall::IgnoreUpdate),
    ),
    row(
        "MERGEFIELDS",
        Contexts::DATATYPE,
        &[optional(integer("mode")), optional(text("ignored"))],
        Gives::Nothing,
        "10.5.14",
        "Merges the items by the attributes of their fields.",
        AnyCall::Item(ItemCall::MergeFields),
    ),
    row(
        "RELAXEDCOMPARE",
        Contexts::DATATYPE,
        &[
            optional(text("array1")),
            optional(text("array2")),
            optional(text("array3")),
            optional(text("array4")),
            optional(text("array5")),
            optional(text("array6")),
            optional(text("array7")),
            optional(text("array8")),
            optional(text("array9")),
            optional(text("array10")),
            optional(text("array11")),
            optional(text("array12")),
            optional(text("array13")),
            optional(text("array14")),
            optional(text("array15")),
        ],
        STRING,
        "",
        "Compares array fields by their filled elements; the names to leave out of MERGEFIELDS if they are the same.",
        AnyCall::Item(ItemCall::RelaxedCompare),
    ),
    row(
        "WINNINGCHANGED",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "Whether merging changed the winning item.",
        AnyCall::Item(ItemCall::WinningChanged),
    ),
    row(
        "LOOSINGCHANGED",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "Whether merging changed the loosing item.",
        AnyCall::Item(ItemCall::LoosingChanged),
    ),
    row(
        "SETWINNINGCHANGED",
        Contexts::DATATYPE,
        &[integer("flag")],
        Gives::Nothing,
        "10.5.14",
        "Says whether the winning item counts as changed.",
        AnyCall::Item(ItemCall::SetWinningChanged),
    ),
    row(
        "SETLOOSINGCHANGED",
        Contexts::DATATYPE,
        &[integer("flag")],
        Gives::Nothing,
        "10.5.14",
        "Says whether the loosing item counts as changed.",
        AnyCall::Item(ItemCall::SetLoosingChanged),
    ),
    row(
        "COMPAREFIELDS",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "Compares the items by the attributes of their fields.",
        AnyCall::Item(ItemCall::CompareFields),
    ),
    row(
        "COMPARISONMODE",
        Contexts::DATATYPE,
        &[],
        STRING,
        "",
        "The name of the mode in which items are compared.",
        AnyCall::Item(ItemCall::ComparisonMode),
    ),
    row(
        "MERGEMODE",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "",
        "The number of the mode in which items are merged.",
        AnyCall::Item(ItemCall::MergeMode),
    ),
    row(
        "SYNCOP",
        Contexts::DATATYPE,
        &[],
        STRING,
        "10.5.14",
        "The operation that brought the item.",
        AnyCall::Item(ItemCall::SyncOp),
    ),
    row(
        "REJECTITEM",
        Contexts::DATATYPE,
        &[integer("statuscode")],
        Gives::Nothing,
        "10.5.14",
        "Refuses the item with a status.",
        AnyCall::Item(ItemCall::RejectItem),
    ),
    row("LOCALID", ITEM, &[], STRING, "10.5.14", "The item's id here.", AnyCall::Item(ItemCall::LocalId)),
    row(
        "SETLOCALID",
        ITEM,
        &[text("id")],
        Gives::Nothing,
        "10.5.14",
        "Sets the item's id here.",
        AnyCall::Item(ItemCall::SetLocalId),
    ),
    row(
        "REMOTEID",
        ITEM,
        &[],
        STRING,
        "10.5.14",
        "The item's id at the peer.",
        AnyCall::Item(ItemCall::RemoteId),
    ),
    row(
        "SETREMOTEID",
        ITEM,
        &[text("id")],
        Gives::Nothing,
        "10.5.14",
        "Sets the item's id at the peer.",
        AnyCall::Item(ItemCall::SetRemoteId),
    ),
];
