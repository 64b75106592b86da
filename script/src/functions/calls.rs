//! Functions that the hosts of a context serve: which there are, and what each host is asked.
//!
//! A row here is a declaration as any other; its implementation is the [`Host`](crate::lang::Host) of its context,
//! which gets the arguments in the types that the row declares. Not its job: what hosts do.

use super::{
    Call, Contexts, Function, Gives, INTEGER, Implementation, Parameter, STRING, TIMESTAMP, any, integer,
    optional, text, time, variable,
};
use crate::lang::val::Val;
use crate::lang::{Fault, Host};
use crate::value::Value;

/// A datastore's functions are offered to the scripts of its database and its datatypes too.
const DATASTORE: Contexts = Contexts::DATASTORE.or(Contexts::DATABASE).or(Contexts::DATATYPE);
/// Offered to logins and databases.
const LOGIN_OR_DATABASE: Contexts = Contexts::LOGIN.or(Contexts::DATABASE);
/// Offered wherever there is an item with ids.
const ITEM: Contexts = Contexts::DATATYPE.or(Contexts::DATABASE);

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
    /// TREATASLOCALTIME, FORCELOCALTIME.
    TreatAsLocalTime,
    /// TREATASUTC, FORCEUTC.
    TreatAsUtc,
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

/// What a host is asked: A login (manual 11.33).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoginCall {
    /// AUTHOK.
    AuthOk,
    /// CHECKAUTH.
    CheckAuth,
    /// AUTHUSER.
    AuthUser,
    /// SETUSERNAME.
    SetUserName,
    /// SETDOMAIN.
    SetDomain,
    /// AUTHSTRING.
    AuthString,
    /// AUTHDEVICEID.
    AuthDeviceId,
    /// AUTHTYPE.
    AuthType,
    /// UNKNOWNDEVICE.
    UnknownDevice,
    /// SETUSERKEY.
    SetUserKey,
    /// SETDEVICEKEY.
    SetDeviceKey,
}

/// What a host is asked: A datastore in its sync (manual 11.34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatastoreCall {
    /// GETCGITARGETFILTER.
    CgiTargetFilter,
    /// GETTARGETFILTER.
    TargetFilter,
    /// GETFILTER.
    Filter,
    /// SETTARGETFILTER.
    SetTargetFilter,
    /// ADDTARGETFILTER.
    AddTargetFilter,
    /// SETFILTER.
    SetFilter,
    /// ADDFILTER.
    AddFilter,
    /// ADDSTATICFILTER.
    AddStaticFilter,
    /// DBOPTIONS.
    DbOptions,
    /// STARTDATE.
    StartDate,
    /// ENDDATE.
    EndDate,
    /// SETSTARTDATE.
    SetStartDate,
    /// SETENDDATE.
    SetEndDate,
    /// MAXITEMCOUNT.
    MaxItemCount,
    /// SETMAXITEMCOUNT.
    SetMaxItemCount,
    /// NOATTACHMENTS.
    NoAttachments,
    /// SETNOATTACHMENTS.
    SetNoAttachments,
    /// DEFAULTSIZELIMIT.
    DefaultSizeLimit,
    /// SETDEFAULTSIZELIMIT.
    SetDefaultSizeLimit,
    /// DBHANDLESOPTS.
    DbHandlesOptions,
    /// ALERTCODE.
    AlertCode,
    /// SETALERTCODE.
    SetAlertCode,
    /// SLOWSYNC.
    SlowSync,
    /// FORCESLOWSYNC.
    ForceSlowSync,
    /// REFRESHONLY.
    RefreshOnly,
    /// SETREFRESHONLY.
    SetRefreshOnly,
    /// CACHEDATA.
    CacheData,
    /// SETCACHEDATA.
    SetCacheData,
    /// READONLY.
    ReadOnly,
    /// SETREADONLY.
    SetReadOnly,
    /// FIRSTTIMESYNC.
    FirstTimeSync,
    /// SETCONFLICTSTRATEGY.
    SetConflictStrategy,
    /// DBNAME.
    DbName,
    /// LOCALDBNAME.
    LocalDbName,
    /// REMOTEDBNAME.
    RemoteDbName,
    /// ABORTDATASTORE.
    Abort,
    /// ADDTARGETCGI.
    AddTargetCgi,
    /// SETRECORDFILTER.
    SetRecordFilter,
    /// SETDAYSRANGE.
    SetDaysRange,
    /// TARGETSETTING.
    TargetSetting,
    /// PROFILESETTING.
    ProfileSetting,
}

/// What a host is asked: The database behind a datastore, or a login (manual 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatabaseCall {
    /// DEVICEKEY.
    DeviceKey,
    /// USERKEY.
    UserKey,
    /// DBINTTOTIMESTAMP.
    IntToTimestamp,
    /// TIMESTAMPTODBINT.
    TimestampToInt,
    /// CONVERTTODATAZONE.
    ConvertToDataZone,
    /// FOLDERKEY.
    FolderKey,
    /// TARGETKEY.
    TargetKey,
    /// ARRAYINDEX.
    ArrayIndex,
    /// PARENTKEY.
    ParentKey,
    /// WRITING.
    Writing,
    /// INSERTING.
    Inserting,
    /// DELETING.
    Deleting,
    /// LOGSUBST.
    LogSubst,
}

/// What a host is asked: SQL statements (manual 12.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SqlCall {
    /// DBLITERAL.
    Literal,
    /// SETDBCONNECTSTRING.
    SetConnectString,
    /// SETDBPASSWORD.
    SetPassword,
    /// SQLEXECUTE.
    Execute,
    /// SQLFETCHROW.
    FetchRow,
    /// SQLCOMMIT.
    Commit,
    /// SQLROLLBACK.
    Rollback,
    /// SETSQLFILTER.
    SetFilter,
    /// ADDBYUPDATING.
    AddByUpdating,
    /// SQLITELASTID.
    SqliteLastId,
    /// SQLGETCOLUMN(index, type): the value of a column; `Value::Unassigned` if there is none.
    GetColumn,
}

/// What a host is asked: An item in its sync (manual 10.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemCall {
    /// ITEMDATATYPE.
    DataType,
    /// ITEMTYPENAME.
    TypeName,
    /// ITEMTYPEVERS.
    TypeVersion,
    /// PARSETEXTWITHPROFILE.
    ParseText,
    /// MAKETEXTWITHPROFILE.
    MakeText,
    /// SYNCMODESUPPORTED.
    SyncModeSupported,
    /// SETFILTERALL.
    SetFilterAll,
    /// SIZELIMIT.
    SizeLimit,
    /// SETSIZELIMIT.
    SetSizeLimit,
    /// ECHOITEM.
    EchoItem,
    /// CONFLICTSTRATEGY.
    ConflictStrategy,
    /// FORCECONFLICT.
    ForceConflict,
    /// DELETEWINS.
    DeleteWins,
    /// PREVENTADD.
    PreventAdd,
    /// IGNOREUPDATE.
    IgnoreUpdate,
    /// MERGEFIELDS.
    MergeFields,
    /// RELAXEDCOMPARE.
    RelaxedCompare,
    /// WINNINGCHANGED.
    WinningChanged,
    /// LOOSINGCHANGED.
    LoosingChanged,
    /// SETWINNINGCHANGED.
    SetWinningChanged,
    /// SETLOOSINGCHANGED.
    SetLoosingChanged,
    /// COMPAREFIELDS.
    CompareFields,
    /// COMPARISONMODE.
    ComparisonMode,
    /// MERGEMODE.
    MergeMode,
    /// SYNCOP.
    SyncOp,
    /// REJECTITEM.
    RejectItem,
    /// LOCALID.
    LocalId,
    /// SETLOCALID.
    SetLocalId,
    /// REMOTEID.
    RemoteId,
    /// SETREMOTEID.
    SetRemoteId,
    /// ISAVAILABLE(number of a target field).
    Available,
    /// SETFIELDOPTIONS(number of a target field, available, maxsize, maxoccur, notruncate).
    SetFieldOptions,
}

/// What a host is asked: The status of an item (manual 11.34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusCall {
    /// STATUS.
    Status,
    /// SETSTATUS.
    SetStatus,
    /// SETRESEND.
    SetResend,
    /// ABORTDATASTORE.
    AbortDatastore,
    /// STOPADDING.
    StopAdding,
    /// SYNCOP.
    SyncOp,
}

/// What a host is asked: A Get or Put outside of the sync (manual 11.17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CustomCall {
    /// SETSTATUS.
    SetStatus,
    /// ISPUT.
    IsPut,
    /// ITEMURI.
    ItemUri,
    /// SETITEMURI.
    SetItemUri,
    /// ITEMDATA.
    ItemData,
    /// SETITEMDATA.
    SetItemData,
    /// METATYPE.
    MetaType,
    /// SETMETATYPE.
    SetMetaType,
    /// ISSUEPUT.
    IssuePut,
    /// ISSUEGET.
    IssueGet,
    /// ISSUEALERT.
    IssueAlert,
}

/// What any of the hosts is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnyCall {
    Session(SessionCall),
    Login(LoginCall),
    Datastore(DatastoreCall),
    Database(DatabaseCall),
    Sql(SqlCall),
    Item(ItemCall),
    Status(StatusCall),
    Custom(CustomCall),
}

impl AnyCall {
    /// Runs a call whose arguments are those of the declaration.
    pub fn run(self, call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
        let arguments = call.declared_arguments();
        let value = self.ask(call, &arguments)?;
        call.give_as_declared(value)
    }

    /// Asks the host.
    pub fn ask(self, call: &mut Call<'_, '_, '_>, arguments: &[Value]) -> Result<Val, Fault> {
        let env = call.env();
        let items = &mut env.items;
        let answer = match self {
            AnyCall::Session(what) => host(&mut env.session, "session")?.call(what, arguments, items),
            AnyCall::Login(what) => host(&mut env.login, "login")?.call(what, arguments, items),
            AnyCall::Datastore(what) => host(&mut env.datastore, "datastore")?.call(what, arguments, items),
            AnyCall::Database(what) => host(&mut env.database, "database")?.call(what, arguments, items),
            AnyCall::Sql(what) => host(&mut env.sql, "SQL database")?.call(what, arguments, items),
            AnyCall::Item(what) => host(&mut env.item, "item")?.call(what, arguments, items),
            AnyCall::Status(what) => host(&mut env.status, "status")?.call(what, arguments, items),
            AnyCall::Custom(what) => host(&mut env.custom, "Get or Put")?.call(what, arguments, items),
        };
        answer.map(Val::untyped).map_err(Fault::Function)
    }
}

fn host<'h, 'e, C>(
    host: &'h mut Option<&'e mut dyn Host<C>>,
    name: &'static str,
) -> Result<&'h mut (dyn Host<C> + 'e), Fault> {
    match host {
        Some(host) => Ok(&mut **host),
        None => Err(Fault::NoHost(name)),
    }
}

const fn row(
    name: &'static str,
    contexts: Contexts,
    parameters: &'static [Parameter],
    result: Gives,
    section: &'static str,
    summary: &'static str,
    asks: AnyCall,
) -> Function {
    Function {
        name,
        parameters,
        result,
        contexts,
        summary,
        example: None,
        section,
        run: Implementation::There(asks),
    }
}

/// SQLGETCOLUMN puts what the host gives into the caller's variable.
fn get_column(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let arguments = [Value::Integer(call.integer(0)), Value::Text(call.text(2).into_owned())];
    let value = AnyCall::Sql(SqlCall::GetColumn).ask(call, &arguments)?;
    let there = value.view().is_assigned();
    if there {
        call.set(1, value)?;
    }
    call.give_integer(i64::from(there))
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
        "An older name of TREATASLOCALTIME.",
        AnyCall::Session(SessionCall::TreatAsLocalTime),
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
        "An older name of TREATASUTC.",
        AnyCall::Session(SessionCall::TreatAsUtc),
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
    row(
        "AUTHOK",
        Contexts::LOGIN,
        &[],
        INTEGER,
        "11.33",
        "Whether the login passed its checks so far.",
        AnyCall::Login(LoginCall::AuthOk),
    ),
    row(
        "CHECKAUTH",
        Contexts::LOGIN,
        &[text("user"), text("secret"), integer("secretIsMD5")],
        INTEGER,
        "11.33",
        "Checks the login against a user's password or its MD5 digest.",
        AnyCall::Login(LoginCall::CheckAuth),
    ),
    row(
        "AUTHUSER",
        Contexts::LOGIN,
        &[],
        STRING,
        "11.33",
        "The user name as the peer gave it.",
        AnyCall::Login(LoginCall::AuthUser),
    ),
    row(
        "SETUSERNAME",
        Contexts::LOGIN,
        &[text("name")],
        Gives::Nothing,
        "11.33",
        "The user name to go on with.",
        AnyCall::Login(LoginCall::SetUserName),
    ),
    row(
        "SETDOMAIN",
        Contexts::LOGIN,
        &[text("domain")],
        Gives::Nothing,
        "11.33",
        "The domain to go on with.",
        AnyCall::Login(LoginCall::SetDomain),
    ),
    row(
        "AUTHSTRING",
        Contexts::LOGIN,
        &[],
        STRING,
        "11.33",
        "What the peer gave as proof.",
        AnyCall::Login(LoginCall::AuthString),
    ),
    row(
        "AUTHDEVICEID",
        Contexts::LOGIN,
        &[],
        STRING,
        "11.33",
        "The peer's device id.",
        AnyCall::Login(LoginCall::AuthDeviceId),
    ),
    row(
        "AUTHTYPE",
        Contexts::LOGIN,
        &[],
        INTEGER,
        "11.33",
        "The kind of proof: 0 none, 1 basic, 2 MD5.",
        AnyCall::Login(LoginCall::AuthType),
    ),
    row(
        "UNKNOWNDEVICE",
        Contexts::LOGIN,
        &[],
        INTEGER,
        "11.33",
        "Whether the device was never seen before.",
        AnyCall::Login(LoginCall::UnknownDevice),
    ),
    row(
        "SETUSERKEY",
        Contexts::LOGIN,
        &[any("key")],
        Gives::Nothing,
        "11.33",
        "The key of the user in the database.",
        AnyCall::Login(LoginCall::SetUserKey),
    ),
    row(
        "SETDEVICEKEY",
        Contexts::LOGIN,
        &[any("key")],
        Gives::Nothing,
        "11.33",
        "The key of the device in the database.",
        AnyCall::Login(LoginCall::SetDeviceKey),
    ),
    row(
        "GETCGITARGETFILTER",
        DATASTORE,
        &[],
        STRING,
        "11.34.21",
        "The filter that the peer sent along with the database's name.",
        AnyCall::Datastore(DatastoreCall::CgiTargetFilter),
    ),
    row(
        "GETTARGETFILTER",
        DATASTORE,
        &[],
        STRING,
        "11.34.21",
        "The filter of this sync that items of the database are tested with.",
        AnyCall::Datastore(DatastoreCall::TargetFilter),
    ),
    row(
        "GETFILTER",
        DATASTORE,
        &[],
        STRING,
        "11.34.21",
        "The filter that the peer asked for.",
        AnyCall::Datastore(DatastoreCall::Filter),
    ),
    row(
        "SETTARGETFILTER",
        DATASTORE,
        &[text("filter")],
        Gives::Nothing,
        "11.34.21",
        "Replaces the target address filter.",
        AnyCall::Datastore(DatastoreCall::SetTargetFilter),
    ),
    row(
        "ADDTARGETFILTER",
        DATASTORE,
        &[text("filter")],
        Gives::Nothing,
        "11.34.21",
        "Adds to the target address filter.",
        AnyCall::Datastore(DatastoreCall::AddTargetFilter),
    ),
    row(
        "SETFILTER",
        DATASTORE,
        &[text("filter")],
        Gives::Nothing,
        "11.34.21",
        "Replaces the sync set filter.",
        AnyCall::Datastore(DatastoreCall::SetFilter),
    ),
    row(
        "ADDFILTER",
        DATASTORE,
        &[text("filter")],
        Gives::Nothing,
        "11.34.21",
        "Adds to the sync set filter.",
        AnyCall::Datastore(DatastoreCall::AddFilter),
    ),
    row(
        "ADDSTATICFILTER",
        DATASTORE,
        &[text("filter")],
        Gives::Nothing,
        "11.34.21",
        "Adds to the filter that always holds.",
        AnyCall::Datastore(DatastoreCall::AddStaticFilter),
    ),
    row(
        "DBOPTIONS",
        DATASTORE,
        &[],
        STRING,
        "11.34.21",
        "The options that the peer gave for the database.",
        AnyCall::Datastore(DatastoreCall::DbOptions),
    ),
    row(
        "STARTDATE",
        DATASTORE,
        &[],
        TIMESTAMP,
        "11.34.21",
        "The start of the date range, if there is one.",
        AnyCall::Datastore(DatastoreCall::StartDate),
    ),
    row(
        "ENDDATE",
        DATASTORE,
        &[],
        TIMESTAMP,
        "11.34.21",
        "The end of the date range, if there is one.",
        AnyCall::Datastore(DatastoreCall::EndDate),
    ),
    row(
        "SETSTARTDATE",
        DATASTORE,
        &[time("date")],
        Gives::Nothing,
        "11.34.21",
        "Sets the start of the date range.",
        AnyCall::Datastore(DatastoreCall::SetStartDate),
    ),
    row(
        "SETENDDATE",
        DATASTORE,
        &[time("date")],
        Gives::Nothing,
        "11.34.21",
        "Sets the end of the date range.",
        AnyCall::Datastore(DatastoreCall::SetEndDate),
    ),
    row(
        "MAXITEMCOUNT",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "The largest number of items to send; 0 for any.",
        AnyCall::Datastore(DatastoreCall::MaxItemCount),
    ),
    row(
        "SETMAXITEMCOUNT",
        DATASTORE,
        &[integer("count")],
        Gives::Nothing,
        "11.34.21",
        "Sets the largest number of items to send.",
        AnyCall::Datastore(DatastoreCall::SetMaxItemCount),
    ),
    row(
        "NOATTACHMENTS",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "Whether attachments are left out.",
        AnyCall::Datastore(DatastoreCall::NoAttachments),
    ),
    row(
        "SETNOATTACHMENTS",
        DATASTORE,
        &[integer("flag")],
        Gives::Nothing,
        "11.34.21",
        "Says whether attachments are left out.",
        AnyCall::Datastore(DatastoreCall::SetNoAttachments),
    ),
    row(
        "DEFAULTSIZELIMIT",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "The size limit of items that have none of their own.",
        AnyCall::Datastore(DatastoreCall::DefaultSizeLimit),
    ),
    row(
        "SETDEFAULTSIZELIMIT",
        DATASTORE,
        &[integer("size")],
        Gives::Nothing,
        "11.34.21",
        "Sets the size limit of items that have none of their own.",
        AnyCall::Datastore(DatastoreCall::SetDefaultSizeLimit),
    ),
    row(
        "DBHANDLESOPTS",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "Whether the database applies range and count itself.",
        AnyCall::Datastore(DatastoreCall::DbHandlesOptions),
    ),
    row(
        "ALERTCODE",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "The alert code of this sync.",
        AnyCall::Datastore(DatastoreCall::AlertCode),
    ),
    row(
        "SETALERTCODE",
        DATASTORE,
        &[integer("code")],
        Gives::Nothing,
        "11.34.21",
        "Sets the alert code of this sync.",
        AnyCall::Datastore(DatastoreCall::SetAlertCode),
    ),
    row(
        "SLOWSYNC",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "Whether this is a slow sync.",
        AnyCall::Datastore(DatastoreCall::SlowSync),
    ),
    row(
        "FORCESLOWSYNC",
        DATASTORE,
        &[],
        Gives::Nothing,
        "11.34.21",
        "Makes this a slow sync.",
        AnyCall::Datastore(DatastoreCall::ForceSlowSync),
    ),
    row(
        "REFRESHONLY",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "Whether data goes one way only.",
        AnyCall::Datastore(DatastoreCall::RefreshOnly),
    ),
    row(
        "SETREFRESHONLY",
        DATASTORE,
        &[integer("flag")],
        Gives::Nothing,
        "11.34.21",
        "Says whether data goes one way only.",
        AnyCall::Datastore(DatastoreCall::SetRefreshOnly),
    ),
    row(
        "CACHEDATA",
        DATASTORE,
        &[],
        INTEGER,
        "",
        "Whether the peer is a mere cache whose data wins.",
        AnyCall::Datastore(DatastoreCall::CacheData),
    ),
    row(
        "SETCACHEDATA",
        DATASTORE,
        &[integer("flag")],
        Gives::Nothing,
        "",
        "Says whether the peer is a mere cache whose data wins.",
        AnyCall::Datastore(DatastoreCall::SetCacheData),
    ),
    row(
        "READONLY",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "Whether the peer may change nothing here.",
        AnyCall::Datastore(DatastoreCall::ReadOnly),
    ),
    row(
        "SETREADONLY",
        DATASTORE,
        &[integer("flag")],
        Gives::Nothing,
        "11.34.21",
        "Says whether the peer may change nothing here.",
        AnyCall::Datastore(DatastoreCall::SetReadOnly),
    ),
    row(
        "FIRSTTIMESYNC",
        DATASTORE,
        &[],
        INTEGER,
        "11.34.21",
        "Whether these two never synced before.",
        AnyCall::Datastore(DatastoreCall::FirstTimeSync),
    ),
    row(
        "SETCONFLICTSTRATEGY",
        DATASTORE,
        &[text("strategy")],
        Gives::Nothing,
        "11.34.21",
        "Sets who wins conflicts in this sync.",
        AnyCall::Datastore(DatastoreCall::SetConflictStrategy),
    ),
    row(
        "DBNAME",
        DATASTORE,
        &[],
        STRING,
        "11.34.21",
        "The database's name as the peer calls it, without options.",
        AnyCall::Datastore(DatastoreCall::DbName),
    ),
    row(
        "LOCALDBNAME",
        DATASTORE,
        &[],
        STRING,
        "11.34.21",
        "The datastore's name in the config.",
        AnyCall::Datastore(DatastoreCall::LocalDbName),
    ),
    row(
        "REMOTEDBNAME",
        DATASTORE,
        &[],
        STRING,
        "11.34.21",
        "The peer's name of its own database.",
        AnyCall::Datastore(DatastoreCall::RemoteDbName),
    ),
    row(
        "ABORTDATASTORE",
        DATASTORE,
        &[integer("statuscode")],
        Gives::Nothing,
        "11.34.21",
        "Ends the sync of this datastore with a status.",
        AnyCall::Datastore(DatastoreCall::Abort),
    ),
    row(
        "ADDTARGETCGI",
        Contexts::CLIENT,
        &[text("cgi")],
        Gives::Nothing,
        "11.34.21",
        "Adds options to the database name sent to the server.",
        AnyCall::Datastore(DatastoreCall::AddTargetCgi),
    ),
    row(
        "SETRECORDFILTER",
        Contexts::CLIENT,
        &[text("filter"), integer("inclusive")],
        Gives::Nothing,
        "11.34.21",
        "The filter that the server is asked to apply.",
        AnyCall::Datastore(DatastoreCall::SetRecordFilter),
    ),
    row(
        "SETDAYSRANGE",
        Contexts::CLIENT,
        &[integer("before"), integer("after")],
        Gives::Nothing,
        "11.34.21",
        "The range of days that the server is asked for.",
        AnyCall::Datastore(DatastoreCall::SetDaysRange),
    ),
    row(
        "TARGETSETTING",
        Contexts::CLIENT,
        &[text("name")],
        Gives::Any,
        "11.34.21",
        "A setting of the client's target record.",
        AnyCall::Datastore(DatastoreCall::TargetSetting),
    ),
    row(
        "PROFILESETTING",
        Contexts::CLIENT,
        &[text("name")],
        Gives::Any,
        "",
        "A setting of the client's profile record.",
        AnyCall::Datastore(DatastoreCall::ProfileSetting),
    ),
    row(
        "DEVICEKEY",
        LOGIN_OR_DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the device in the database.",
        AnyCall::Database(DatabaseCall::DeviceKey),
    ),
    row(
        "USERKEY",
        LOGIN_OR_DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the user in the database.",
        AnyCall::Database(DatabaseCall::UserKey),
    ),
    row(
        "DBINTTOTIMESTAMP",
        LOGIN_OR_DATABASE,
        &[integer("number"), text("dbtype")],
        TIMESTAMP,
        "12.6",
        "A number of the database as the time that it means there.",
        AnyCall::Database(DatabaseCall::IntToTimestamp),
    ),
    row(
        "TIMESTAMPTODBINT",
        LOGIN_OR_DATABASE,
        &[time("ts"), text("dbtype")],
        INTEGER,
        "12.6",
        "A time as the number that the database has for it.",
        AnyCall::Database(DatabaseCall::TimestampToInt),
    ),
    row(
        "CONVERTTODATAZONE",
        LOGIN_OR_DATABASE,
        &[time("ts"), optional(integer("doUnfloat"))],
        TIMESTAMP,
        "12.6",
        "A time in the zone of the database.",
        AnyCall::Database(DatabaseCall::ConvertToDataZone),
    ),
    row(
        "FOLDERKEY",
        Contexts::DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the folder.",
        AnyCall::Database(DatabaseCall::FolderKey),
    ),
    row(
        "TARGETKEY",
        Contexts::DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the sync target.",
        AnyCall::Database(DatabaseCall::TargetKey),
    ),
    row(
        "ARRAYINDEX",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "The index of the array element being read or written.",
        AnyCall::Database(DatabaseCall::ArrayIndex),
    ),
    row(
        "PARENTKEY",
        Contexts::DATABASE,
        &[],
        STRING,
        "12.6",
        "The key of the item whose array is read or written.",
        AnyCall::Database(DatabaseCall::ParentKey),
    ),
    row(
        "WRITING",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "Whether the script runs for a write.",
        AnyCall::Database(DatabaseCall::Writing),
    ),
    row(
        "INSERTING",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "Whether the script runs for a new item.",
        AnyCall::Database(DatabaseCall::Inserting),
    ),
    row(
        "DELETING",
        Contexts::DATABASE,
        &[],
        INTEGER,
        "12.6",
        "Whether the script runs for a deletion.",
        AnyCall::Database(DatabaseCall::Deleting),
    ),
    row(
        "LOGSUBST",
        Contexts::DATABASE,
        &[text("text")],
        STRING,
        "12.6",
        "A text with the placeholders of the log filled in.",
        AnyCall::Database(DatabaseCall::LogSubst),
    ),
    row(
        "DBLITERAL",
        Contexts::SQL,
        &[any("value"), text("dbfieldtype")],
        STRING,
        "12.7",
        "A value as a literal of the database's SQL.",
        AnyCall::Sql(SqlCall::Literal),
    ),
    row(
        "SETDBCONNECTSTRING",
        Contexts::SQL,
        &[text("connectstring")],
        Gives::Nothing,
        "12.7",
        "How to connect to the database.",
        AnyCall::Sql(SqlCall::SetConnectString),
    ),
    row(
        "SETDBPASSWORD",
        Contexts::SQL,
        &[text("password")],
        Gives::Nothing,
        "12.7",
        "The password to connect with.",
        AnyCall::Sql(SqlCall::SetPassword),
    ),
    row(
        "SQLEXECUTE",
        Contexts::SQL,
        &[text("statement")],
        INTEGER,
        "12.7",
        "Runs an SQL statement; whether it succeeded.",
        AnyCall::Sql(SqlCall::Execute),
    ),
    row(
        "SQLFETCHROW",
        Contexts::SQL,
        &[],
        INTEGER,
        "12.7",
        "Goes to the next row of the result; whether there is one.",
        AnyCall::Sql(SqlCall::FetchRow),
    ),
    row("SQLCOMMIT", Contexts::SQL, &[], Gives::Nothing, "12.7", "Commits.", AnyCall::Sql(SqlCall::Commit)),
    row(
        "SQLROLLBACK",
        Contexts::SQL,
        &[],
        Gives::Nothing,
        "12.7",
        "Rolls back.",
        AnyCall::Sql(SqlCall::Rollback),
    ),
    row(
        "SETSQLFILTER",
        Contexts::SQL,
        &[text("where")],
        Gives::Nothing,
        "12.7",
        "Sets the WHERE text of %AF.",
        AnyCall::Sql(SqlCall::SetFilter),
    ),
    row(
        "ADDBYUPDATING",
        Contexts::SQL,
        &[text("localid")],
        Gives::Nothing,
        "",
        "Makes the pending insert an update of a row.",
        AnyCall::Sql(SqlCall::AddByUpdating),
    ),
    row(
        "SQLITELASTID",
        Contexts::SQL,
        &[],
        INTEGER,
        "12.7",
        "The row id of the last insert.",
        AnyCall::Sql(SqlCall::SqliteLastId),
    ),
    row(
        "ITEMDATATYPE",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The name of the item's datatype.",
        AnyCall::Item(ItemCall::DataType),
    ),
    row(
        "ITEMTYPENAME",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The MIME type of the item's datatype.",
        AnyCall::Item(ItemCall::TypeName),
    ),
    row(
        "ITEMTYPEVERS",
        Contexts::GLOBAL,
        &[],
        STRING,
        "6.14.6",
        "The version of the item's datatype.",
        AnyCall::Item(ItemCall::TypeVersion),
    ),
    row(
        "PARSETEXTWITHPROFILE",
        Contexts::GLOBAL,
        &[text("text"), text("profile"), optional(integer("mode")), optional(text("rule"))],
        INTEGER,
        "",
        "Reads text into the item by a profile; whether that worked.",
        AnyCall::Item(ItemCall::ParseText),
    ),
    row(
        "MAKETEXTWITHPROFILE",
        Contexts::GLOBAL,
        &[text("profile"), optional(integer("mode")), optional(text("rule"))],
        STRING,
        "",
        "The item as text by a profile.",
        AnyCall::Item(ItemCall::MakeText),
    ),
    row(
        "SYNCMODESUPPORTED",
        Contexts::DATATYPE,
        &[text("mode")],
        INTEGER,
        "",
        "Whether the peer's database lists a sync mode.",
        AnyCall::Item(ItemCall::SyncModeSupported),
    ),
    row(
        "SETFILTERALL",
        Contexts::DATATYPE,
        &[integer("flag")],
        Gives::Nothing,
        "10.5.14",
        "Whether items that did not change are filtered too.",
        AnyCall::Item(ItemCall::SetFilterAll),
    ),
    row(
        "SIZELIMIT",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "The size limit of the item.",
        AnyCall::Item(ItemCall::SizeLimit),
    ),
    row(
        "SETSIZELIMIT",
        Contexts::DATATYPE,
        &[integer("size")],
        Gives::Nothing,
        "10.5.14",
        "Sets the size limit of the item.",
        AnyCall::Item(ItemCall::SetSizeLimit),
    ),
    row(
        "ECHOITEM",
        Contexts::DATATYPE,
        &[text("syncop")],
        Gives::Nothing,
        "10.5.14",
        "Sends the item back with an operation.",
        AnyCall::Item(ItemCall::EchoItem),
    ),
    row(
        "CONFLICTSTRATEGY",
        Contexts::DATATYPE,
        &[text("strategy")],
        Gives::Nothing,
        "10.5.14",
        "Sets who wins if this item is in conflict.",
        AnyCall::Item(ItemCall::ConflictStrategy),
    ),
    row(
        "FORCECONFLICT",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Makes this a conflict.",
        AnyCall::Item(ItemCall::ForceConflict),
    ),
    row(
        "DELETEWINS",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Lets a deletion win over a change.",
        AnyCall::Item(ItemCall::DeleteWins),
    ),
    row(
        "PREVENTADD",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Keeps the item from being added.",
        AnyCall::Item(ItemCall::PreventAdd),
    ),
    row(
        "IGNOREUPDATE",
        Contexts::DATATYPE,
        &[],
        Gives::Nothing,
        "10.5.14",
        "Keeps the item from being changed.",
        AnyCall::Item(ItemCall::IgnoreUpdate),
    ),
    row(
        "MERGEFIELDS",
        Contexts::DATATYPE,
        &[optional(integer("mode")), optional(text("ignored"))],
        Gives::Nothing,
        "10.5.14",
        "Merges the items by the attributes of their fields.",
        AnyCall::Item(ItemCall::MergeFields),
    ),
    row(
        "RELAXEDCOMPARE",
        Contexts::DATATYPE,
        &[
            optional(text("array1")),
            optional(text("array2")),
            optional(text("array3")),
            optional(text("array4")),
            optional(text("array5")),
            optional(text("array6")),
            optional(text("array7")),
            optional(text("array8")),
            optional(text("array9")),
            optional(text("array10")),
            optional(text("array11")),
            optional(text("array12")),
            optional(text("array13")),
            optional(text("array14")),
            optional(text("array15")),
        ],
        STRING,
        "",
        "Compares array fields by their filled elements; the names to leave out of MERGEFIELDS if they are the same.",
        AnyCall::Item(ItemCall::RelaxedCompare),
    ),
    row(
        "WINNINGCHANGED",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "Whether merging changed the winning item.",
        AnyCall::Item(ItemCall::WinningChanged),
    ),
    row(
        "LOOSINGCHANGED",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "Whether merging changed the loosing item.",
        AnyCall::Item(ItemCall::LoosingChanged),
    ),
    row(
        "SETWINNINGCHANGED",
        Contexts::DATATYPE,
        &[integer("flag")],
        Gives::Nothing,
        "10.5.14",
        "Says whether the winning item counts as changed.",
        AnyCall::Item(ItemCall::SetWinningChanged),
    ),
    row(
        "SETLOOSINGCHANGED",
        Contexts::DATATYPE,
        &[integer("flag")],
        Gives::Nothing,
        "10.5.14",
        "Says whether the loosing item counts as changed.",
        AnyCall::Item(ItemCall::SetLoosingChanged),
    ),
    row(
        "COMPAREFIELDS",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "10.5.14",
        "Compares the items by the attributes of their fields.",
        AnyCall::Item(ItemCall::CompareFields),
    ),
    row(
        "COMPARISONMODE",
        Contexts::DATATYPE,
        &[],
        STRING,
        "",
        "The name of the mode in which items are compared.",
        AnyCall::Item(ItemCall::ComparisonMode),
    ),
    row(
        "MERGEMODE",
        Contexts::DATATYPE,
        &[],
        INTEGER,
        "",
        "The number of the mode in which items are merged.",
        AnyCall::Item(ItemCall::MergeMode),
    ),
    row(
        "SYNCOP",
        Contexts::DATATYPE,
        &[],
        STRING,
        "10.5.14",
        "The operation that brought the item.",
        AnyCall::Item(ItemCall::SyncOp),
    ),
    row(
        "REJECTITEM",
        Contexts::DATATYPE,
        &[integer("statuscode")],
        Gives::Nothing,
        "10.5.14",
        "Refuses the item with a status.",
        AnyCall::Item(ItemCall::RejectItem),
    ),
    row("LOCALID", ITEM, &[], STRING, "10.5.14", "The item's id here.", AnyCall::Item(ItemCall::LocalId)),
    row(
        "SETLOCALID",
        ITEM,
        &[text("id")],
        Gives::Nothing,
        "10.5.14",
        "Sets the item's id here.",
        AnyCall::Item(ItemCall::SetLocalId),
    ),
    row(
        "REMOTEID",
        ITEM,
        &[],
        STRING,
        "10.5.14",
        "The item's id at the peer.",
        AnyCall::Item(ItemCall::RemoteId),
    ),
    row(
        "SETREMOTEID",
        ITEM,
        &[text("id")],
        Gives::Nothing,
        "10.5.14",
        "Sets the item's id at the peer.",
        AnyCall::Item(ItemCall::SetRemoteId),
    ),
    row(
        "STATUS",
        Contexts::ITEMSTATUS,
        &[],
        INTEGER,
        "11.34.26",
        "The status of the item.",
        AnyCall::Status(StatusCall::Status),
    ),
    row(
        "SETSTATUS",
        Contexts::ITEMSTATUS,
        &[integer("statuscode")],
        Gives::Nothing,
        "11.34.26",
        "Sets the status of the item.",
        AnyCall::Status(StatusCall::SetStatus),
    ),
    row(
        "SETRESEND",
        Contexts::ITEMSTATUS,
        &[integer("flag")],
        Gives::Nothing,
        "11.34.26",
        "Whether the item is sent again in the next sync.",
        AnyCall::Status(StatusCall::SetResend),
    ),
    row(
        "ABORTDATASTORE",
        Contexts::ITEMSTATUS,
        &[integer("statuscode")],
        Gives::Nothing,
        "11.34.26",
        "Ends the sync of this datastore with a status.",
        AnyCall::Status(StatusCall::AbortDatastore),
    ),
    row(
        "STOPADDING",
        Contexts::ITEMSTATUS,
        &[],
        Gives::Nothing,
        "11.34.26",
        "Sends no further new items.",
        AnyCall::Status(StatusCall::StopAdding),
    ),
    row(
        "SYNCOP",
        Contexts::ITEMSTATUS,
        &[],
        STRING,
        "11.34.26",
        "The operation that the status is of.",
        AnyCall::Status(StatusCall::SyncOp),
    ),
    row(
        "SETSTATUS",
        Contexts::CUSTOM,
        &[integer("statuscode")],
        Gives::Nothing,
        "11.17",
        "The status to answer with.",
        AnyCall::Custom(CustomCall::SetStatus),
    ),
    row(
        "ISPUT",
        Contexts::CUSTOM,
        &[],
        INTEGER,
        "11.17",
        "Whether this is a Put and no Result.",
        AnyCall::Custom(CustomCall::IsPut),
    ),
    row(
        "ITEMURI",
        Contexts::CUSTOM,
        &[],
        STRING,
        "11.17",
        "The URI asked for or given.",
        AnyCall::Custom(CustomCall::ItemUri),
    ),
    row(
        "SETITEMURI",
        Contexts::CUSTOM,
        &[text("uri")],
        Gives::Nothing,
        "11.17",
        "The URI of what is sent.",
        AnyCall::Custom(CustomCall::SetItemUri),
    ),
    row(
        "ITEMDATA",
        Contexts::CUSTOM,
        &[],
        STRING,
        "11.17",
        "The data given.",
        AnyCall::Custom(CustomCall::ItemData),
    ),
    row(
        "SETITEMDATA",
        Contexts::CUSTOM,
        &[text("data")],
        Gives::Nothing,
        "11.17",
        "The data to send.",
        AnyCall::Custom(CustomCall::SetItemData),
    ),
    row(
        "METATYPE",
        Contexts::CUSTOM,
        &[],
        STRING,
        "11.17",
        "The MIME type given.",
        AnyCall::Custom(CustomCall::MetaType),
    ),
    row(
        "SETMETATYPE",
        Contexts::CUSTOM,
        &[text("type")],
        Gives::Nothing,
        "11.17",
        "The MIME type of what is sent.",
        AnyCall::Custom(CustomCall::SetMetaType),
    ),
    row(
        "ISSUEPUT",
        Contexts::CUSTOM,
        &[integer("allowFailure"), integer("noResponse")],
        Gives::Nothing,
        "11.17",
        "Sends a Put.",
        AnyCall::Custom(CustomCall::IssuePut),
    ),
    row(
        "ISSUEGET",
        Contexts::CUSTOM,
        &[integer("allowFailure")],
        Gives::Nothing,
        "11.17",
        "Sends a Get.",
        AnyCall::Custom(CustomCall::IssueGet),
    ),
    row(
        "ISSUEALERT",
        Contexts::CUSTOM,
        &[integer("allowFailure"), integer("code")],
        Gives::Nothing,
        "11.17",
        "Sends an Alert.",
        AnyCall::Custom(CustomCall::IssueAlert),
    ),
    Function {
        name: "SQLGETCOLUMN",
        parameters: &[integer("index"), variable("value", None), text("dbfieldtype")],
        result: INTEGER,
        contexts: Contexts::SQL,
        summary: "Puts a column of the current row into a variable; whether that worked.",
        example: None,
        section: "12.7",
        run: Implementation::Here(get_column),
    },
];
