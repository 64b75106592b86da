//! What scripts ask of the session (manual 6.14.6).

use std::sync::Arc;

use syncloom_config::{Scripts, SessionScript};
use syncloom_script::functions::calls::{SessionCall, no_variable};
use syncloom_script::lang::{Host, ItemPair, Variables};
use syncloom_script::{Timestamp, Value};

use super::item::{flag, number, text};
use crate::rules::Rules;
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
    /// ABORTSESSION: the status that ends the session; 0 ends it without a word.
    pub(crate) abort: Option<u16>,
    /// SETREADONLY: nothing of the peer's is stored.
    pub(crate) read_only: bool,
    /// The remote rules that are for the peer, and what scripts have set in their place.
    pub(crate) rules: Rules,
    /// SHOWCTCAPPROPERTIES, SHOWTYPESIZEINCTCAP10 and ENUMDEFAULTPROPPARAMS: what our device information shows.
    pub(crate) show_properties: Option<bool>,
    pub(crate) show_sizes_in_ctcap10: Option<bool>,
    pub(crate) enum_parameters: Option<bool>,
    /// REQUESTMINTIME, in seconds.
    pub(crate) request_min_time: Option<u32>,
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
            rules: Rules::default(),
            show_properties: None,
            show_sizes_in_ctcap10: None,
            enum_parameters: None,
            request_min_time: None,
        }
    }

    /// The variables of the session's scripts, out of its hands while one of them runs.
    pub(super) fn take_variables(&mut self, scripts: &Scripts<SessionScript>) -> Variables {
        self.variables.take().unwrap_or_else(|| scripts.variables())
    }

    /// What a rule's script has declared for itself is gone with it.
    pub(super) fn put_variables(&mut self, scripts: &Scripts<SessionScript>, variables: Variables) {
        self.variables = Some(scripts.context().hand_back(variables));
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
        let on = || number(arguments, 0) != 0;
        let seconds = || u32::try_from(number(arguments, 0)).unwrap_or(0);
        match function {
            SessionCall::Variable => {
                let name = text(arguments, 0);
                let found = scripts
                    .zip(self.variables.as_ref())
                    .and_then(|(scripts, variables)| scripts.context().value(variables, &name));
                return Ok(found.map_or(Value::Unassigned, |typed| typed.value));
            }
            SessionCall::SetVariable => {
                let Some(scripts) = scripts else { return Ok(Value::Unassigned) };
                let variables = self.variables.get_or_insert_with(|| scripts.variables());
                let value = arguments.get(1).cloned().unwrap_or_default();
                if !scripts.context().set(variables, &text(arguments, 0), &value) {
                    return Err(no_variable(&text(arguments, 0)));
                }
            }
            SessionCall::SyncmlVersion => return Ok(Value::Text(self.version.into())),
            SessionCall::LocalUri => return Ok(Value::Text(self.local_uri.as_str().into())),
            SessionCall::DatabaseNow => return Ok(Value::Timestamp(Timestamp::from_unix_ms(self.now))),
            // Of several rules the last one counts most.
            SessionCall::RemoteRuleName => {
                let last = self.rules.names().next_back();
                return Ok(last.map_or(Value::Empty, |name| Value::Text(name.into())));
            }
            SessionCall::IsActiveRule => {
                let name = text(arguments, 0);
                return Ok(flag(self.rules.names().any(|active| active.eq_ignore_ascii_case(name.trim()))));
            }
            SessionCall::ConfigVariable => {
                let name = text(arguments, 0).trim().to_ascii_lowercase();
                let found = server.config().variables.get(&name);
                return Ok(found.map_or(Value::Unassigned, |value| Value::Text(value.as_str().into())));
            }
            SessionCall::DebugMask => return Ok(Value::Integer(0)),
            SessionCall::Abort => {
                self.abort.get_or_insert(u16::try_from(number(arguments, 0)).unwrap_or(500));
            }
            SessionCall::SetReadOnly => self.read_only = on(),
            SessionCall::UpdateClientInSlowSync => {
                self.rules.say(|said| said.update_client_in_slow_sync = Some(on()));
            }
            SessionCall::UpdateServerInSlowSync => {
                self.rules.say(|said| said.update_server_in_slow_sync = Some(on()));
            }
            SessionCall::TreatAsLocalTime => self.rules.say(|said| said.treat_as_local_time = Some(on())),
            SessionCall::TreatAsUtc => self.rules.say(|said| said.treat_as_utc = Some(on())),
            SessionCall::ForceLocalTime => self.rules.say(|said| said.force_local_time = Some(on())),
            SessionCall::ForceUtc => self.rules.say(|said| said.force_utc = Some(on())),
            SessionCall::RequestMaxTime => self.rules.say(|said| said.request_max_time = Some(seconds())),
            SessionCall::RequestMinTime => self.request_min_time = Some(seconds()),
            SessionCall::ShowCtCapProperties => self.show_properties = Some(on()),
            SessionCall::ShowTypeSizeInCtCap10 => self.show_sizes_in_ctcap10 = Some(on()),
            SessionCall::EnumDefaultPropParams => self.enum_parameters = Some(on()),
            // What they are about is not there.
            SessionCall::SetDebugLog
            | SessionCall::SetLog
            | SessionCall::SetDebugOptions
            | SessionCall::SetDebugMask
            | SessionCall::SetXmlTranslate
            | SessionCall::SetMessageDump => {}
        }
        Ok(Value::Unassigned)
    }
}
