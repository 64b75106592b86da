//! SQL statements of the config, cut at their placeholders (manual 12.1).
//!
//! The text is the owner's; values reach the database only through the placeholders. Where a placeholder is
//! the whole of a value (`%k`, `'%U'`) it can be bound as a parameter; inside a longer literal it is quoted.

use std::sync::Arc;

use syncloom_script::FieldId;

/// Where in the config something stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The content of an SQL tag: statements separated by `%GO`, run in order; the last one gives the result.
#[derive(Debug)]
pub struct Sql {
    /// The tag, for messages.
    pub tag: &'static str,
    /// Where its text begins.
    pub place: Place,
    /// The statements, at least one.
    pub statements: Vec<SqlStatement>,
}

/// One statement.
#[derive(Debug, PartialEq)]
pub struct SqlStatement {
    /// `%GO(n)`: which set of maps `%N`, `%V` and `%v` stand for; 0 without it.
    pub set_no: u16,
    /// Text and placeholders in order.
    pub parts: Vec<SqlPart>,
}

/// A piece of a statement.
#[derive(Debug, PartialEq)]
pub enum SqlPart {
    /// SQL as written. Quotes around a bound value are not part of it.
    Text(String),
    /// A value on its own. `text` says that quotes stood around it, so that it is text whatever it looks like.
    Bind {
        /// What value.
        what: Placeholder,
        /// Whether quotes stood around it.
        text: bool,
    },
    /// A value inside a longer literal: put in as text, with quotes doubled.
    Splice(Placeholder),
}

/// What a placeholder stands for. The same letters mean different things in different statements; here each
/// meaning has its own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placeholder {
    /// `%u`: the key of the user.
    UserKey,
    /// `%d`: the key of the device.
    DeviceKey,
    /// `%C`, and `%D` in `<userkeysql>`: the domain.
    Domain,
    /// `%f`: the key of the folder.
    FolderKey,
    /// `%t`: the key of the sync target.
    TargetKey,
    /// `%F`: the name of the folder in the peer's path.
    FolderName,
    /// `%U`: the name of the user as sent.
    UserName,
    /// `%dU`: the name of the user that is looked up.
    LoginName,
    /// `%M` in `<userkeysql>`: the credential as sent.
    Credential,
    /// `%N` in `<userkeysql>` and `<savenoncesql>`: the nonce.
    Nonce,
    /// `%D`: the id of the device.
    DeviceId,
    /// `%nR`: the name of the device.
    DeviceName,
    /// `%vR`: what the device says of itself.
    DeviceInfo,
    /// `%DI`: the whole of what the device says of itself, as XML.
    DevInf,
    /// `%P`: the peer's name for its datastore.
    RemotePath,
    /// `%A`: the peer's anchor.
    Anchor,
    /// `%L`: the stamp of the last sync.
    LastSync,
    /// `%S` in target statements: the stamp of our own anchor.
    LocalAnchor,
    /// `%RL` and `%RS`: the stamp of the last sync that sent our changes.
    LastSent,
    /// `%iRL`: what the plugin of the items calls the state up to which changes have been sent (manual 11.34.38).
    Token,
    /// `%SUA`: the alert code of a sync that broke off.
    ResumeAlert,
    /// `%SU`: the stamp of a sync that broke off.
    SuspendStamp,
    /// `%iSU`: the same of the session that broke off. Nothing: it is gone on from the last complete one.
    SuspendToken,
    /// `%pSU`: the peer's id of the half-received item.
    PartialSource,
    /// `%pTU`: our id of the half-received item.
    PartialTarget,
    /// `%pSt`: the status of the last item in pieces.
    PartialStatus,
    /// `%pM`: which way the half-received item goes.
    PartialMode,
    /// `%pTS`: the size of the whole of it.
    PartialTotal,
    /// `%pUS`: how many bytes of it the peer may not know to have arrived.
    PartialUnconfirmed,
    /// `%pSS`: how many bytes of it are kept.
    PartialStored,
    /// `%pDAT`: these bytes.
    PartialData,
    /// `%k`: the local id of an item.
    LocalId,
    /// `%r`: the remote id of an item.
    RemoteId,
    /// `%e`: the kind of a map entry.
    MapKind,
    /// `%x` in map statements: the flags of a map entry.
    MapFlags,
    /// `%X`: a new local id.
    NewId,
    /// `%x`: the local id made last.
    LastId,
    /// `%N` (`all`: `%aN`): the names of the mapped columns.
    Columns {
        /// Whether columns that need not be written are included.
        all: bool,
    },
    /// `%V` (`%aV`): `column = value` pairs.
    Assignments {
        /// Whether columns that need not be written are included.
        all: bool,
    },
    /// `%v` (`%av`): the values of the mapped columns.
    Values {
        /// Whether columns that need not be written are included.
        all: bool,
    },
    /// `%d(…)`: a field of the item.
    Field(FieldPlaceholder),
    /// `%S`: bytes of all strings of the statement.
    TextSize,
    /// `%M`: the stamp that items written in this session get.
    Modified,
    /// `%AF` and `%WF`: the active filter as SQL; `with_where` for the second.
    Filter {
        /// Whether it begins with WHERE instead of AND.
        with_where: bool,
    },
}

/// `%d([opts]field[#index][,dbfieldtype])`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPlaceholder {
    /// The field.
    pub field: FieldId,
    /// The element of an array field, from 0.
    pub index: Option<u32>,
    /// `l`: lower case.
    pub lower: bool,
    /// `u`: upper case.
    pub upper: bool,
    /// `a`: characters outside ASCII are left out.
    pub ascii: bool,
    /// How the value is written.
    pub kind: DbType,
}

/// The type of a database column (manual 11.34.41.1, attribute `type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbType {
    /// Text.
    String,
    /// Bytes.
    Blob,
    /// A number; empty is NULL.
    Numeric,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// The time of a timestamp whose date is in the column before.
    TimeForDate,
    /// Date and time.
    Timestamp,
    /// A date of its own, in no zone.
    DateOnly,
    /// The name of a timestamp's zone.
    ZoneName,
    /// A timestamp's offset from UTC in hours.
    ZoneOffsetHours,
    /// A timestamp's offset from UTC in minutes.
    ZoneOffsetMins,
    /// A timestamp's offset from UTC in seconds.
    ZoneOffsetSecs,
    /// Milliseconds since -4712-01-01.
    LinearTime,
    /// Days since -4712-01-01.
    LinearDate,
    /// Seconds since 1970-01-01.
    UnixTimeSeconds,
    /// Milliseconds since 1970-01-01.
    UnixTimeMillis,
    /// Microseconds since 1970-01-01.
    UnixTimeMicros,
    /// A date, in seconds since 1970-01-01.
    UnixDateSeconds,
    /// A date, in milliseconds since 1970-01-01.
    UnixDateMillis,
    /// A date, in microseconds since 1970-01-01.
    UnixDateMicros,
    /// Seconds since 2001-01-01.
    NsDate,
}

impl DbType {
    /// All types with the names that the config uses for them.
    pub const NAMES: &'static [(&'static str, DbType)] = &[
        ("string", DbType::String),
        ("blob", DbType::Blob),
        ("numeric", DbType::Numeric),
        ("date", DbType::Date),
        ("time", DbType::Time),
        ("timefordate", DbType::TimeForDate),
        ("timestamp", DbType::Timestamp),
        ("dateonly", DbType::DateOnly),
        ("zonename", DbType::ZoneName),
        ("zoneoffset_hours", DbType::ZoneOffsetHours),
        ("zoneoffset_mins", DbType::ZoneOffsetMins),
        ("zoneoffset_secs", DbType::ZoneOffsetSecs),
        ("lineartime", DbType::LinearTime),
        ("lineardate", DbType::LinearDate),
        ("unixtime_s", DbType::UnixTimeSeconds),
        ("unixtime_ms", DbType::UnixTimeMillis),
        ("unixtime_us", DbType::UnixTimeMicros),
        ("unixdate_s", DbType::UnixDateSeconds),
        ("unixdate_ms", DbType::UnixDateMillis),
        ("unixdate_us", DbType::UnixDateMicros),
        ("nsdate", DbType::NsDate),
    ];
}
