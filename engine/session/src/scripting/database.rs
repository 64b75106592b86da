//! What the scripts around a datastore's database ask of it (manual 12.6).
//!
//! Not its job: SQL statements of scripts.

use syncloom_script::Value;
use syncloom_script::functions::calls::DatabaseCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_stores::Scope;

/// The keys that a datastore's data is selected by.
#[derive(Clone, Debug, Default)]
pub(crate) struct DatabaseState {
    device_key: String,
    user_key: String,
    folder_key: String,
    target_key: String,
}

impl DatabaseState {
    pub(crate) fn new(scope: &Scope, target_key: &str) -> Self {
        DatabaseState {
            device_key: scope.device_key.clone(),
            user_key: scope.user_key.clone(),
            folder_key: scope.folder_key.clone(),
            target_key: target_key.to_owned(),
        }
    }
}

impl Host<DatabaseCall> for DatabaseState {
    fn call(&mut self, function: DatabaseCall, _: &[Value], _: &mut ItemPair<'_>) -> Result<Value, String> {
        let key = match function {
            DatabaseCall::DeviceKey => &self.device_key,
            DatabaseCall::UserKey => &self.user_key,
            DatabaseCall::FolderKey => &self.folder_key,
            DatabaseCall::TargetKey => &self.target_key,
            // No item is read or written.
            DatabaseCall::Writing | DatabaseCall::Inserting | DatabaseCall::Deleting => {
                return Ok(Value::Integer(0));
            }
            other => return Err(format!("{other:?} does not act in a session yet")),
        };
        Ok(Value::Text(key.into()))
    }
}
