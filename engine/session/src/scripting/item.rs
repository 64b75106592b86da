//! What scripts of a datatype ask of the item in its sync (manual 10.5.10 to 10.5.14).

use syncloom_config::{DataType, Strategy};
use syncloom_formats::Judging;
use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_script::{FieldId, Value};

/// What the scripts of a datatype can see and set of an item.
#[derive(Default)]
pub(crate) struct ItemState<'a> {
    pub(crate) datatype: Option<&'a DataType>,
    /// What is said of two items.
    pub(crate) judging: Judging<'a>,
    /// `add`, `replace`, `delete`.
    pub(crate) operation: &'static str,
    pub(crate) local_id: String,
    pub(crate) remote_id: String,
    /// SETFILTERALL: items that have not changed are filtered too.
    pub(crate) filter_all: bool,
    /// REJECTITEM: the status that the item gets.
    pub(crate) reject: Option<u16>,
    pub(crate) prevent_add: bool,
    pub(crate) ignore_update: bool,
    pub(crate) force_conflict: bool,
    pub(crate) delete_wins: Option<bool>,
    pub(crate) strategy: Option<Strategy>,
    pub(crate) size_limit: Value,
}

impl Host<ItemCall> for ItemState<'_> {
    fn call(
        &mut self,
        function: ItemCall,
        arguments: &[Value],
        items: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        if let Some(answer) = self.judging.call(function, arguments, items) {
            return answer;
        }
        let of_type = |of: fn(&DataType) -> &String| {
            self.datatype.map_or(Value::Empty, |datatype| Value::Text(of(datatype).clone()))
        };
        match function {
            ItemCall::DataType => return Ok(of_type(|datatype| &datatype.name)),
            ItemCall::TypeName => return Ok(of_type(|datatype| &datatype.mime_type)),
            ItemCall::TypeVersion => return Ok(of_type(|datatype| &datatype.version)),
            ItemCall::SizeLimit => return Ok(self.size_limit.clone()),
            ItemCall::SyncOp => return Ok(Value::Text(self.operation.to_owned())),
            ItemCall::LocalId => return Ok(Value::Text(self.local_id.clone())),
            ItemCall::RemoteId => return Ok(Value::Text(self.remote_id.clone())),
            ItemCall::MergeMode => return Ok(Value::Integer(0)),
            ItemCall::SyncModeSupported => return Ok(flag(false)),
            ItemCall::Available => {
                let field = u16::try_from(number(arguments, 0)).ok().map(FieldId);
                let available =
                    field.zip(self.judging.comparer).map(|(id, comparer)| comparer.is_available(id));
                return Ok(available.map_or(Value::Unassigned, flag));
            }
            ItemCall::SetFilterAll => self.filter_all = number(arguments, 0) != 0,
            ItemCall::SetSizeLimit => self.size_limit = arguments.first().cloned().unwrap_or_default(),
            ItemCall::SetRemoteId => self.remote_id = text(arguments, 0),
            ItemCall::SetLocalId => self.local_id = text(arguments, 0),
            ItemCall::RejectItem => self.reject = Some(u16::try_from(number(arguments, 0)).unwrap_or(500)),
            ItemCall::PreventAdd => self.prevent_add = true,
            ItemCall::IgnoreUpdate => self.ignore_update = true,
            ItemCall::ForceConflict => self.force_conflict = true,
            ItemCall::DeleteWins => self.delete_wins = Some(true),
            ItemCall::ConflictStrategy => self.strategy = Some(strategy(&text(arguments, 0))?),
            other => return Err(format!("{other:?} does not act in a session yet")),
        }
        Ok(Value::Unassigned)
    }
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
