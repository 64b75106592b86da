//! What scripts ask of the status of an item, and say of it (manual 11.34.27, 11.34.28).

use syncloom_script::Value;
use syncloom_script::functions::calls::StatusCall;
use syncloom_script::lang::{Host, ItemPair};

use super::datastore::code;
use super::item::number;

/// The status of an item that was sent or has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ItemStatus {
    /// The status; what SETSTATUS made of it.
    pub(crate) status: u16,
    /// `add`, `replace`, `delete` and the like.
    pub(crate) operation: &'static str,
    /// SETRESEND: a failing item is sent again next time, or else ends the datastore's sync.
    pub(crate) resend: bool,
    /// STOPADDING.
    pub(crate) stop_adding: bool,
    /// ABORTDATASTORE.
    pub(crate) abort: Option<u16>,
}

impl Host<StatusCall> for ItemStatus {
    fn call(
        &mut self,
        function: StatusCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        match function {
            StatusCall::Status => return Ok(Value::Integer(i64::from(self.status))),
            StatusCall::SyncOp => return Ok(Value::Text(self.operation.into())),
            StatusCall::SetStatus => self.status = code(arguments, 0)?,
            StatusCall::SetResend => self.resend = number(arguments, 0) != 0,
            StatusCall::AbortDatastore => self.abort = Some(code(arguments, 0)?),
            StatusCall::StopAdding => self.stop_adding = true,
        }
        Ok(Value::Unassigned)
    }
}
