//! What scripts of a datatype ask of the item in its sync, and say of it (manual 10.5.10 to 10.5.14).
//!
//! Not its job: what follows from the datatype and the items themselves, which the formats' `Pipeline` answers.

use syncloom_config::Strategy;
use syncloom_script::Value;
use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::{Host, ItemPair};

/// What the scripts of a datatype can see and set of an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct ItemState {
    /// `add`, `replace`, `delete`.
    pub(crate) operation: &'static str,
    pub(crate) local_id: String,
    pub(crate) remote_id: String,
    /// The sync modes that the peer's datastore lists.
    pub(crate) sync_modes: std::sync::Arc<[String]>,
    /// REJECTITEM: the status that the item gets.
    pub(crate) reject: Option<u16>,
    pub(crate) prevent_add: bool,
    pub(crate) ignore_update: bool,
    pub(crate) force_conflict: bool,
    pub(crate) delete_wins: bool,
    pub(crate) strategy: Option<Strategy>,
    /// ECHOITEM: how the item goes back to where it came from.
    pub(crate) echo: Option<EchoAs>,
}

/// What an item does that goes back to the peer that sent it (manual 10.5.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EchoAs {
    Add,
    Replace,
    Delete,
}

impl Host<ItemCall> for ItemState {
    fn call(
        &mut self,
        function: ItemCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        match function {
            ItemCall::SyncOp => return Ok(Value::Text(self.operation.into())),
            ItemCall::LocalId => return Ok(Value::Text(self.local_id.as_str().into())),
            ItemCall::RemoteId => return Ok(Value::Text(self.remote_id.as_str().into())),
            ItemCall::MergeMode => return Ok(Value::Integer(0)),
            ItemCall::SyncModeSupported => return Ok(flag(self.sync_modes.contains(&text(arguments, 0)))),
            ItemCall::SetRemoteId => self.remote_id = text(arguments, 0),
            ItemCall::SetLocalId => self.local_id = text(arguments, 0),
            ItemCall::RejectItem => self.reject = Some(u16::try_from(number(arguments, 0)).unwrap_or(500)),
            ItemCall::PreventAdd => self.prevent_add = true,
            ItemCall::IgnoreUpdate => self.ignore_update = true,
            ItemCall::ForceConflict => self.force_conflict = true,
            ItemCall::DeleteWins => self.delete_wins = true,
            ItemCall::ConflictStrategy => self.strategy = Some(strategy(&text(arguments, 0))?),
            ItemCall::EchoItem => self.echo = Some(echo(&text(arguments, 0))?),
            other => return Err(format!("{other:?} is not asked of an item in its sync")),
        }
        Ok(Value::Unassigned)
    }
}

fn echo(operation: &str) -> Result<EchoAs, String> {
    let known = [("add", EchoAs::Add), ("replace", EchoAs::Replace), ("delete", EchoAs::Delete)];
    let found = known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(operation.trim()));
    found.map(|(_, echo)| echo).ok_or_else(|| format!("{operation:?} is no sync operation"))
}

/// An argument as text; empty if it was left out.
pub(super) fn text(arguments: &[Value], position: usize) -> String {
    arguments.get(position).map_or_else(String::new, |value| value.to_text().to_string())
}

/// An argument as a number; 0 if it was left out.
pub(super) fn number(arguments: &[Value], position: usize) -> i64 {
    match arguments.get(position) {
        Some(Value::Integer(number)) => *number,
        Some(other) => other.to_text().trim().parse().unwrap_or(0),
        None => 0,
    }
}

pub(super) fn flag(value: bool) -> Value {
    Value::Integer(i64::from(value))
}

/// A strategy by the name that configs use.
pub(super) fn strategy(name: &str) -> Result<Strategy, String> {
    let found = Strategy::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    found.map(|(_, strategy)| *strategy).ok_or_else(|| format!("{name:?} is no conflict strategy"))
}
