//! What scripts ask of a database (manual 11.34.41.3, 12.6): the keys that it is selected by, its form of times, and what
//! happens to an item in it.
//!
//! Not its job: SQL statements of scripts (`sql`).

use syncloom_script::functions::calls::DatabaseCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_script::{Value, Zone, Zones};
use syncloom_stores::sqlite::{integer_of_time, time_of_integer};
use syncloom_stores::{Moment, Scope};

use super::item::{flag, number, text};
use super::sql::db_type;

/// A datastore's database.
pub(crate) struct DatabaseState {
    device_key: String,
    user_key: String,
    folder_key: String,
    pub(super) target_key: String,
    pub(super) times: Times,
    local_id: String,
    index: usize,
    writing: bool,
    inserting: bool,
    deleting: bool,
}

impl DatabaseState {
    pub(super) fn new(scope: &Scope, zone: Zone) -> Self {
        DatabaseState {
            device_key: scope.device_key.clone(),
            user_key: scope.user_key.clone(),
            folder_key: scope.folder_key.clone(),
            times: Times { zone, zones: Zones::default() },
            target_key: String::new(),
            local_id: String::new(),
            index: 0,
            writing: false,
            inserting: false,
            deleting: false,
        }
    }

    /// Takes note of what happens to an item.
    pub(super) fn at(&mut self, moment: &Moment<'_>) {
        let Moment { local_id, index, writing, inserting, deleting } = *moment;
        local_id.clone_into(&mut self.local_id);
        (self.index, self.writing, self.inserting, self.deleting) = (index, writing, inserting, deleting);
    }
}

impl Host<DatabaseCall> for DatabaseState {
    fn call(
        &mut self,
        function: DatabaseCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        if let Some(answer) = self.times.answer(function, arguments) {
            return answer;
        }
        let key = match function {
            DatabaseCall::DeviceKey => &self.device_key,
            DatabaseCall::UserKey => &self.user_key,
            DatabaseCall::FolderKey => &self.folder_key,
            DatabaseCall::TargetKey => &self.target_key,
            DatabaseCall::ParentKey => &self.local_id,
            DatabaseCall::ArrayIndex => return Ok(Value::Integer(self.index as i64)),
            DatabaseCall::Writing => return Ok(flag(self.writing)),
            DatabaseCall::Inserting => return Ok(flag(self.inserting)),
            DatabaseCall::Deleting => return Ok(flag(self.deleting)),
            other => return Err(format!("{other:?} does not act in a session yet")),
        };
        Ok(Value::Text(key.into()))
    }
}

/// How a database has times.
pub(crate) struct Times {
    /// The zone of times in the database.
    pub(super) zone: Zone,
    pub(super) zones: Zones,
}

impl Times {
    /// What the functions for times give; `None` for all others.
    pub(super) fn answer(
        &self,
        function: DatabaseCall,
        arguments: &[Value],
    ) -> Option<Result<Value, String>> {
        Some(match function {
            DatabaseCall::IntToTimestamp => db_type(&text(arguments, 1))
                .and_then(|kind| time_of_integer(number(arguments, 0), kind).ok_or_else(|| no_number(kind))),
            DatabaseCall::TimestampToInt => db_type(&text(arguments, 1)).and_then(|kind| {
                let Some(Value::Timestamp(time)) = arguments.first() else { return Ok(Value::Unassigned) };
                let found = integer_of_time(*time, kind, &self.zones).map(Value::Integer);
                found.ok_or_else(|| no_number(kind))
            }),
            DatabaseCall::ConvertToDataZone => Ok(match arguments.first() {
                Some(Value::Timestamp(time)) if !time.is_floating() => {
                    Value::Timestamp(time.in_zone(self.zone))
                }
                Some(Value::Timestamp(time)) if number(arguments, 1) != 0 => {
                    Value::Timestamp(time.with_zone(self.zone))
                }
                other => other.cloned().unwrap_or_default(),
            }),
            _ => return None,
        })
    }
}

fn no_number(kind: syncloom_config::DbType) -> String {
    let name = syncloom_config::DbType::NAMES.iter().find(|(_, known)| *known == kind);
    format!("times are no numbers in the type {}", name.map_or("", |(name, _)| name))
}
