//! Datastores in their sync (manual 11.34). Not its job: doing what they ask.

use super::{AnyCall, DATASTORE, row};
use crate::functions::{Contexts, Function, Gives, INTEGER, STRING, TIMESTAMP, integer, text, time};

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

pub(super) const FUNCTIONS: &[Function] = &[
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
];
