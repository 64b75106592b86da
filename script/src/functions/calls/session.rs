//! The session and the config around it (manual 6.14). Not its job: doing what they ask.

use super::{AnyCall, row};
use crate::functions::{Call, Contexts, Function, Gives, INTEGER, STRING, TIMESTAMP, any, integer, text};
use crate::lang::Fault;
use crate::value::Value;

/// What a host is asked: The session, and everything that no other host serves (manual 6.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionCall {
    /// SESSIONVAR.
    Variable,
    /// SETSESSIONVAR.
    SetVariable,
    /// ABORTSESSION.
    Abort,
    /// SYNCMLVERS.
    SyncmlVersion,
    /// REMOTERULENAME.
    RemoteRuleName,
    /// ISACTIVERULE.
    IsActiveRule,
    /// LOCALURI.
    LocalUri,
    /// CONFIGVAR.
    ConfigVariable,
    /// SETDEBUGLOG.
    SetDebugLog,
    /// SETLOG.
    SetLog,
    /// SETREADONLY.
    SetReadOnly,
    /// REQUESTMAXTIME.
    RequestMaxTime,
    /// REQUESTMINTIME.
    RequestMinTime,
    /// TREATASLOCALTIME.
    TreatAsLocalTime,
    /// TREATASUTC.
    TreatAsUtc,
    /// FORCELOCALTIME.
    ForceLocalTime,
    /// FORCEUTC.
    ForceUtc,
    /// UPDATECLIENTINSLOWSYNC.
    UpdateClientInSlowSync,
    /// UPDATESERVERINSLOWSYNC, UPDATESERVEINSLOWSYNC.
    UpdateServerInSlowSync,
    /// SHOWCTCAPPROPERTIES.
    ShowCtCapProperties,
    /// SHOWTYPESIZEINCTCAP10.
    ShowTypeSizeInCtCap10,
    /// ENUMDEFAULTPROPPARAMS.
    EnumDefaultPropParams,
    /// SETDEBUGOPTIONS.
    SetDebugOptions,
    /// SETDEBUGMASK.
    SetDebugMask,
    /// GETDEBUGMASK.
    DebugMask,
    /// SETXMLTRANSLATE.
    SetXmlTranslate,
    /// SETMSGDUMP.
    SetMessageDump,
    /// DBNOW.
    DatabaseNow,
}

/// Answers SESSIONVAR and SETSESSIONVAR where the running script's variables are the session's: the session does not have
/// them then. `None` elsewhere, and for other functions.
pub(super) fn ask_own(
    what: SessionCall,
    call: &mut Call<'_, '_, '_>,
    arguments: &[Value],
) -> Option<Result<Value, Fault>> {
    let (variables, env) = call.outermost_variables();
    let context = env.session_context?;
    let name = arguments.first().map(Value::to_text).unwrap_or_default();
    match what {
        SessionCall::Variable => {
            let found = context.value_in(variables, &name);
            Some(Ok(found.map_or(Value::Unassigned, |typed| typed.value)))
        }
        SessionCall::SetVariable => {
            let value = arguments.get(1).cloned().unwrap_or_default();
            let is_set = context.set_in(variables, &name, &value);
            Some(if is_set { Ok(Value::Unassigned) } else { Err(Fault::Function(no_variable(&name))) })
        }
        _ => None,
    }
}

/// What SETSESSIONVAR says of a name that no script declares.
pub fn no_variable(name: &str) -> String {
    format!("the session has no variable {name}")
}

pub(super) const FUNCTIONS: &[Function] = &[
    row(
        "SESSIONVAR",
        Contexts::GLOBAL,
        &[text("varname")],
        Gives::Any,
        "6.14.6",
        "The value of a variable of the session context; UNASSIGNED if there is none.",
        AnyCall::Session(SessionCall::Variable),
    ),
    row(
        "SETSESSIONVAR",
        Contexts::GLOBAL,
        &[text("varname"), any("value")],
        Gives::Nothing,
        "6.14.6",
        "Sets a variable of the session context.",
        AnyCall::Session(SessionCall::SetVariable),
    ),
    row(
        "ABORTSESSION",
        Contexts::GLOBAL,
        &[integer("statuscode")],
        Gives::Nothing,
        "6.14.6",
        "Ends the session with a status code; 0 ends it silently.",
        AnyCall::Session(SessionCall::Abort),
    ),
    row(
        "SYNCMLVERS",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The SyncML version of the session.",
        AnyCall::Session(SessionCall::SyncmlVersion),
    ),
    row(
        "REMOTERULENAME",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The name of the remote rule that is active.",
        AnyCall::Session(SessionCall::RemoteRuleName),
    ),
    row(
        "ISACTIVERULE",
        Contexts::GLOBAL,
        &[text("rule")],
        INTEGER,
        "",
        "Whether the remote rule of this name is active.",
        AnyCall::Session(SessionCall::IsActiveRule),
    ),
    row(
        "LOCALURI",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The URI by which the client began the session.",
        AnyCall::Session(SessionCall::LocalUri),
    ),
    row(
        "CONFIGVAR",
        Contexts::GLOBAL,
        &[text("name")],
        STRING,
        "",
        "The text of a config variable.",
        AnyCall::Session(SessionCall::ConfigVariable),
    ),
    row(
        "SETDEBUGLOG",
        Contexts::GLOBAL,
        &[integer("enabled")],
        Gives::Nothing,
        "6.14.6",
        "Switches the session's log on or off.",
        AnyCall::Session(SessionCall::SetDebugLog),
    ),
    row(
        "SETLOG",
        Contexts::GLOBAL,
        &[integer("enabled")],
        Gives::Nothing,
        "6.14.6",
        "Switches on or off that the session's result is logged.",
        AnyCall::Session(SessionCall::SetLog),
    ),
    row(
        "SETREADONLY",
        Contexts::GLOBAL,
        &[integer("readonly")],
        Gives::Nothing,
        "6.14.6",
        "Lets clients change nothing in this session.",
        AnyCall::Session(SessionCall::SetReadOnly),
    ),
    row(
        "REQUESTMAXTIME",
        Contexts::GLOBAL,
        &[integer("maxtime")],
        Gives::Nothing,
        "6.14.6",
        "The longest time a request may take, in seconds.",
        AnyCall::Session(SessionCall::RequestMaxTime),
    ),
    row(
        "REQUESTMINTIME",
        Contexts::GLOBAL,
        &[integer("mintime")],
        Gives::Nothing,
        "6.14.6",
        "The shortest time before an answer, in seconds.",
        AnyCall::Session(SessionCall::RequestMinTime),
    ),
    row(
        "TREATASLOCALTIME",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <treataslocaltime>.",
        AnyCall::Session(SessionCall::TreatAsLocalTime),
    ),
    row(
        "FORCELOCALTIME",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <forcelocaltime>.",
        AnyCall::Session(SessionCall::ForceLocalTime),
    ),
    row(
        "TREATASUTC",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <treatasutc>.",
        AnyCall::Session(SessionCall::TreatAsUtc),
    ),
    row(
        "FORCEUTC",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <forceutc>.",
        AnyCall::Session(SessionCall::ForceUtc),
    ),
    row(
        "UPDATECLIENTINSLOWSYNC",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <updateclientinslowsync>.",
        AnyCall::Session(SessionCall::UpdateClientInSlowSync),
    ),
    row(
        "UPDATESERVERINSLOWSYNC",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <updateserverinslowsync>.",
        AnyCall::Session(SessionCall::UpdateServerInSlowSync),
    ),
    row(
        "UPDATESERVEINSLOWSYNC",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "UPDATESERVERINSLOWSYNC as the manual spells it.",
        AnyCall::Session(SessionCall::UpdateServerInSlowSync),
    ),
    row(
        "SHOWCTCAPPROPERTIES",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <showctcapproperties>.",
        AnyCall::Session(SessionCall::ShowCtCapProperties),
    ),
    row(
        "SHOWTYPESIZEINCTCAP10",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "",
        "Sets the flag of <showtypesizeinctcap10>.",
        AnyCall::Session(SessionCall::ShowTypeSizeInCtCap10),
    ),
    row(
        "ENUMDEFAULTPROPPARAMS",
        Contexts::GLOBAL,
        &[integer("flagvalue")],
        Gives::Nothing,
        "6.14.6",
        "Sets the flag of <enumdefaultpropparams>.",
        AnyCall::Session(SessionCall::EnumDefaultPropParams),
    ),
    row(
        "SETDEBUGOPTIONS",
        Contexts::GLOBAL,
        &[text("optionname"), integer("enable")],
        Gives::Nothing,
        "6.14.5",
        "Switches a debug option on or off.",
        AnyCall::Session(SessionCall::SetDebugOptions),
    ),
    row(
        "SETDEBUGMASK",
        Contexts::GLOBAL,
        &[integer("mask")],
        Gives::Nothing,
        "6.14.5",
        "Sets all debug options to what GETDEBUGMASK gave.",
        AnyCall::Session(SessionCall::SetDebugMask),
    ),
    row(
        "GETDEBUGMASK",
        Contexts::GLOBAL,
        &[],
        INTEGER,
        "6.14.5",
        "All debug options as a number.",
        AnyCall::Session(SessionCall::DebugMask),
    ),
    row(
        "SETXMLTRANSLATE",
        Contexts::GLOBAL,
        &[integer("enable")],
        Gives::Nothing,
        "6.14.5",
        "Switches the XML transcript of messages on or off.",
        AnyCall::Session(SessionCall::SetXmlTranslate),
    ),
    row(
        "SETMSGDUMP",
        Contexts::GLOBAL,
        &[integer("enable")],
        Gives::Nothing,
        "6.14.5",
        "Switches the dump of messages on or off.",
        AnyCall::Session(SessionCall::SetMessageDump),
    ),
    row(
        "DBNOW",
        Contexts::GLOBAL,
        &[],
        TIMESTAMP,
        "6.14.3",
        "The time of the database, in UTC.",
        AnyCall::Session(SessionCall::DatabaseNow),
    ),
];
