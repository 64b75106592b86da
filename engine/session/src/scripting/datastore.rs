//! What scripts ask of the datastore that is synced, and say of it (manual 11.34.21).

use syncloom_config::Strategy;
use syncloom_script::functions::calls::DatastoreCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_script::{Timestamp, Value};

use super::filters::{Filters, Slot, written};
use super::item::{flag, number, strategy, text};

/// The operation was cancelled: what a peer is told of a datastore that was aborted "silently".
const CANCELLED: u16 = 514;

/// What scripts can see and set of a datastore.
#[derive(Clone, Debug, Default)]
pub(crate) struct DatastoreState {
    /// Our name of it, the peer's name of ours, and the peer's of its own.
    pub(crate) name: String,
    pub(crate) local_uri: String,
    pub(crate) remote_uri: String,
    /// The alert code: the peer's, and once the kind of sync is settled, ours.
    pub(crate) alert: u16,
    pub(crate) slow: bool,
    pub(crate) first_time: bool,
    /// Nothing of the peer's is stored.
    pub(crate) read_only: bool,
    /// SETREADONLY.
    pub(crate) said_read_only: Option<bool>,
    /// Nothing is sent.
    pub(crate) refresh_only: bool,
    /// SETCACHEDATA: the peer's version wins where a slow sync finds two.
    pub(crate) cache_data: bool,
    /// SETCONFLICTSTRATEGY.
    pub(crate) strategy: Option<Strategy>,
    /// FORCESLOWSYNC, or `/slow` of the peer.
    pub(crate) force_slow: bool,
    /// ABORTDATASTORE.
    pub(crate) abort: Option<u16>,
    pub(crate) filters: Filters,
    pub(crate) limits: Limits,
}

/// How much of the datastore is synced, as peer and scripts say. Which items lie within the dates only scripts know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) start: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    /// The number of items; 0 for all.
    pub(crate) max_items: u64,
    pub(crate) no_attachments: bool,
    /// Bytes of an item.
    pub(crate) size: Option<u64>,
    pub(crate) db_options: String,
}

impl Host<DatastoreCall> for DatastoreState {
    fn call(
        &mut self,
        function: DatastoreCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let DatastoreState { filters, limits, .. } = self;
        let date = |date: Option<Timestamp>| date.map_or(Value::Empty, Value::Timestamp);
        let target: Slot = |filters| &mut filters.target;
        let dynamic: Slot = |filters| &mut filters.dynamic;
        match function {
            DatastoreCall::DbName => return Ok(Value::Text(self.name.as_str().into())),
            DatastoreCall::LocalDbName => return Ok(Value::Text(self.local_uri.as_str().into())),
            DatastoreCall::RemoteDbName => return Ok(Value::Text(self.remote_uri.as_str().into())),
            DatastoreCall::CgiTargetFilter => return Ok(Value::Text(written(&filters.asked).into())),
            DatastoreCall::TargetFilter => return Ok(Value::Text(written(&filters.target).into())),
            DatastoreCall::Filter => return Ok(Value::Text(written(&filters.dynamic).into())),
            DatastoreCall::DbOptions => return Ok(Value::Text(limits.db_options.as_str().into())),
            DatastoreCall::StartDate => return Ok(date(limits.start)),
            DatastoreCall::EndDate => return Ok(date(limits.end)),
            DatastoreCall::MaxItemCount => return Ok(integer(limits.max_items)),
            DatastoreCall::NoAttachments => return Ok(flag(limits.no_attachments)),
            DatastoreCall::DefaultSizeLimit => return Ok(limits.size.map_or(Value::Empty, integer)),
            // Which items lie within a range of dates is for the scripts to say.
            DatastoreCall::DbHandlesOptions => return Ok(flag(false)),
            DatastoreCall::AlertCode => return Ok(Value::Integer(i64::from(self.alert))),
            DatastoreCall::SlowSync => return Ok(flag(self.slow)),
            DatastoreCall::FirstTimeSync => return Ok(flag(self.first_time)),
            DatastoreCall::ReadOnly => return Ok(flag(self.read_only)),
            DatastoreCall::RefreshOnly => return Ok(flag(self.refresh_only)),
            DatastoreCall::CacheData => return Ok(flag(self.cache_data)),
            DatastoreCall::SetTargetFilter => filters.set(target, &text(arguments, 0))?,
            DatastoreCall::AddTargetFilter => filters.add(target, &text(arguments, 0))?,
            DatastoreCall::SetFilter => filters.set(dynamic, &text(arguments, 0))?,
            DatastoreCall::AddFilter => filters.add(dynamic, &text(arguments, 0))?,
            DatastoreCall::AddStaticFilter => {
                filters.add(|filters| &mut filters.fixed, &text(arguments, 0))?;
            }
            DatastoreCall::SetStartDate => limits.start = time(arguments),
            DatastoreCall::SetEndDate => limits.end = time(arguments),
            DatastoreCall::SetMaxItemCount => limits.max_items = count(arguments).unwrap_or(0),
            DatastoreCall::SetNoAttachments => limits.no_attachments = number(arguments, 0) != 0,
            DatastoreCall::SetDefaultSizeLimit => limits.size = count(arguments),
            DatastoreCall::SetAlertCode => self.alert = code(arguments, 0)?,
            DatastoreCall::ForceSlowSync => self.force_slow = true,
            DatastoreCall::SetReadOnly => {
                self.read_only = number(arguments, 0) != 0;
                self.said_read_only = Some(self.read_only);
            }
            DatastoreCall::SetRefreshOnly => self.refresh_only = number(arguments, 0) != 0,
            DatastoreCall::SetCacheData => self.cache_data = number(arguments, 0) != 0,
            DatastoreCall::SetConflictStrategy => self.strategy = Some(strategy(&text(arguments, 0))?),
            DatastoreCall::Abort => self.abort = Some(code(arguments, 0)?),
            DatastoreCall::AddTargetCgi
            | DatastoreCall::SetRecordFilter
            | DatastoreCall::SetDaysRange
            | DatastoreCall::TargetSetting
            | DatastoreCall::ProfileSetting => return Err(format!("{function:?} is for clients")),
        }
        Ok(Value::Unassigned)
    }
}

impl DatastoreState {
    /// The size limit that items begin with; `None` is none.
    pub(crate) fn item_size_limit(&self) -> Option<u64> {
        self.limits.size
    }

    /// The status of a datastore that a script has aborted since the last look.
    pub(crate) fn take_abort(&mut self) -> Option<u16> {
        self.abort.take().map(|status| if status == 0 { CANCELLED } else { status })
    }
}

fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A number that is not negative; none, as for EMPTY, if it is.
fn count(arguments: &[Value]) -> Option<u64> {
    arguments.first()?.to_integer().and_then(|number| u64::try_from(number).ok())
}

fn time(arguments: &[Value]) -> Option<Timestamp> {
    match arguments.first() {
        Some(Value::Timestamp(time)) => Some(*time),
        _ => None,
    }
}

/// A status or an alert code.
pub(super) fn code(arguments: &[Value], position: usize) -> Result<u16, String> {
    let given = number(arguments, position);
    u16::try_from(given).map_err(|_| format!("{given} is no status and no alert code"))
}
