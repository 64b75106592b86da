//! What scripts ask of the session (manual 6.14.6).

use std::sync::Arc;

use syncloom_config::{Scripts, SessionScript};
use syncloom_script::functions::calls::SessionCall;
use syncloom_script::lang::{Host, ItemPair, Variables};
use syncloom_script::{Timestamp, Value};

use super::item::{number, text};
use crate::server::Server;

/// What scripts can see and set of the session.
pub(crate) struct SessionState {
    server: Arc<Server>,
    variables: Option<Variables>,
    /// When the message came that is worked off, in milliseconds since 1970.
    pub(super) now: i64,
    /// The version of SyncML, such as `1.2`.
    pub(crate) version: &'static str,
    /// The address by which the peer began.
    pub(crate) local_uri: String,
    /// ABORTSESSION: the status that ends the session.
    pub(crate) abort: Option<u16>,
    /// SETREADONLY: nothing of the peer's is stored.
    pub(crate) read_only: bool,
    /// UPDATECLIENTINSLOWSYNC and UPDATESERVERINSLOWSYNC.
    pub(crate) update_client: Option<bool>,
    pub(crate) update_server: Option<bool>,
    /// SHOWCTCAPPROPERTIES.
    pub(crate) show_properties: Option<bool>,
}

impl SessionState {
    pub(super) fn new(server: &Arc<Server>) -> Self {
        SessionState {
            server: Arc::clone(server),
            variables: None,
            now: 0,
            version: "unknown",
            local_uri: String::new(),
            abort: None,
            read_only: false,
            update_client: None,
            update_server: None,
            show_properties: None,
        }
    }

    /// The variables of the session's scripts, out of its hands while one of them runs.
    pub(super) fn take_variables(&mut self, scripts: &Scripts<SessionScript>) -> Variables {
        self.variables.take().unwrap_or_else(|| scripts.variables())
    }

    pub(super) fn put_variables(&mut self, variables: Variables) {
        self.variables = Some(variables);
    }
}

impl Host<SessionCall> for SessionState {
    fn call(
        &mut self,
        function: SessionCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        let server = Arc::clone(&self.server);
        let scripts = server.settings().map(|settings| &settings.session_scripts);
        Ok(match function {
            SessionCall::Variable => {
                let name = text(arguments, 0);
                let found = scripts
                    .zip(self.variables.as_ref())
                    .and_then(|(scripts, variables)| scripts.context().value(variables, &name));
                found.map_or(Value::Unassigned, |typed| typed.value)
            }
            SessionCall::SetVariable => {
                let Some(scripts) = scripts else { return Ok(Value::Unassigned) };
                let variables = self.variables.get_or_insert_with(|| scripts.variables());
                let value = arguments.get(1).cloned().unwrap_or_default();
                if !scripts.context().set(variables, &text(arguments, 0), &value) {
                    return Err(format!("the session has no variable {}", text(arguments, 0)));
                }
                Value::Unassigned
            }
            SessionCall::Abort => {
                self.abort = Some(u16::try_from(number(arguments, 0)).unwrap_or(500));
                Value::Unassigned
            }
            SessionCall::SyncmlVersion => Value::Text(self.version.to_owned()),
            SessionCall::LocalUri => Value::Text(self.local_uri.clone()),
            SessionCall::RemoteRuleName => Value::Empty,
            SessionCall::IsActiveRule | SessionCall::DebugMask => Value::Integer(0),
            SessionCall::SetReadOnly => {
                self.read_only = number(arguments, 0) != 0;
                Value::Unassigned
            }
            SessionCall::UpdateClientInSlowSync => {
                self.update_client = Some(number(arguments, 0) != 0);
                Value::Unassigned
            }
            SessionCall::UpdateServerInSlowSync => {
                self.update_server = Some(number(arguments, 0) != 0);
                Value::Unassigned
            }
            SessionCall::ShowCtCapProperties => {
                self.show_properties = Some(number(arguments, 0) != 0);
                Value::Unassigned
            }
            SessionCall::DatabaseNow => Value::Timestamp(Timestamp::from_unix_ms(self.now)),
            _ => Value::Unassigned,
        })
    }
}
