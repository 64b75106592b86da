//! What scripts ask of the datastore that is synced (manual 11.34.21).

use syncloom_config::Strategy;
use syncloom_script::Value;
use syncloom_script::functions::calls::DatastoreCall;
use syncloom_script::lang::{Host, ItemPair};

use super::item::{flag, number, strategy, text};

/// What scripts can see and set of a datastore.
#[derive(Clone, Debug, Default)]
pub(crate) struct DatastoreState {
    /// Our name of it, the peer's name of ours, and the peer's of its own.
    pub(crate) name: String,
    pub(crate) local_uri: String,
    pub(crate) remote_uri: String,
    pub(crate) alert: u16,
    pub(crate) slow: bool,
    pub(crate) first_time: bool,
    pub(crate) read_only: bool,
    /// Nothing is sent.
    pub(crate) refresh_only: bool,
    /// SETCONFLICTSTRATEGY.
    pub(crate) strategy: Option<Strategy>,
    /// ABORTDATASTORE.
    pub(crate) abort: Option<u16>,
    pub(crate) db_options: String,
    pub(crate) start: Value,
    pub(crate) end: Value,
    pub(crate) max_items: i64,
    pub(crate) no_attachments: bool,
    pub(crate) size_limit: Value,
}

impl DatastoreState {
    /// The size limit that items begin with; `None` is none.
    pub(crate) fn item_size_limit(&self) -> Option<u64> {
        self.size_limit.to_integer().and_then(|limit| u64::try_from(limit).ok())
    }
}

impl Host<DatastoreCall> for DatastoreState {
    fn call(
        &mut self,
        function: DatastoreCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let first = arguments.first().cloned().unwrap_or_default();
        match function {
            DatastoreCall::DbName => return Ok(Value::Text(self.name.clone())),
            DatastoreCall::LocalDbName => return Ok(Value::Text(self.local_uri.clone())),
            DatastoreCall::RemoteDbName => return Ok(Value::Text(self.remote_uri.clone())),
            DatastoreCall::DbOptions => return Ok(Value::Text(self.db_options.clone())),
            DatastoreCall::StartDate => return Ok(self.start.clone()),
            DatastoreCall::EndDate => return Ok(self.end.clone()),
            DatastoreCall::MaxItemCount => return Ok(Value::Integer(self.max_items)),
            DatastoreCall::NoAttachments => return Ok(flag(self.no_attachments)),
            DatastoreCall::DefaultSizeLimit => return Ok(self.size_limit.clone()),
            // Dates and limits are for the scripts to act on.
            DatastoreCall::DbHandlesOptions => return Ok(flag(false)),
            DatastoreCall::AlertCode => return Ok(Value::Integer(i64::from(self.alert))),
            DatastoreCall::SlowSync => return Ok(flag(self.slow)),
            DatastoreCall::FirstTimeSync => return Ok(flag(self.first_time)),
            DatastoreCall::ReadOnly => return Ok(flag(self.read_only)),
            DatastoreCall::RefreshOnly => return Ok(flag(self.refresh_only)),
            DatastoreCall::CacheData => return Ok(flag(false)),
            DatastoreCall::SetStartDate => self.start = first,
            DatastoreCall::SetEndDate => self.end = first,
            DatastoreCall::SetMaxItemCount => self.max_items = number(arguments, 0),
            DatastoreCall::SetNoAttachments => self.no_attachments = number(arguments, 0) != 0,
            DatastoreCall::SetDefaultSizeLimit => self.size_limit = first,
            DatastoreCall::SetReadOnly => self.read_only = number(arguments, 0) != 0,
            DatastoreCall::SetRefreshOnly => self.refresh_only = number(arguments, 0) != 0,
            DatastoreCall::SetConflictStrategy => self.strategy = Some(strategy(&text(arguments, 0))?),
            DatastoreCall::Abort => self.abort = Some(u16::try_from(number(arguments, 0)).unwrap_or(514)),
            other => return Err(format!("{other:?} does not act in a session yet")),
        }
        Ok(Value::Unassigned)
    }
}
