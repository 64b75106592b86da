//! A loaded config, typed and resolved: what the rooms above work with. No name is looked up behind this
//! border, and no value is unchecked.
//!
//! Not its job: how the XML is read (`load`), and what is wrong with it (`diagnostic`).

mod charset;
mod datastore;
mod datatypes;
mod objects;
mod plugin;
mod rules;
mod scripts;
mod server;
mod sql;
mod store;
mod text;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use syncloom_script::lang::Library;
use syncloom_script::{FieldList, Zone, Zones};

pub use charset::Charset;
pub use datastore::{Contained, Datastore, Filters, Store, Strategy, TypeUse};
pub use datatypes::{
    BaseType, Coding, Combine, Conversion, DataType, EnumMode, EnumRule, Member, MimeMode, MimeProfile,
    Parameter, Position, Profile, ProfileUse, Property, Repeat, Selector, TextCoding, ValueCount, ValueMap,
    ZipLevel, ZoneOptions,
};
pub use objects::{ObjectProfile, TagMap};
pub use plugin::{PluginModule, SessionPlugin};
pub use rules::{PeerPattern, RemoteRule, RuleSettings};
pub use scripts::{
    AfterConnect, ArrayScript, DatabaseScript, DatastoreScript, DatatypeScript, LoginScript, RuleScript,
    Scripts, SessionScript,
};
pub use server::{Auth, PasswordForm, Server, SimpleAuth, SqlServer, SyncMlVersion};
pub use sql::{DbType, FieldPlaceholder, Place, Placeholder, Sql, SqlPart, SqlStatement};
pub use store::{
    ArrayMap, FieldMap, Items, LineEnds, Map, PluginItems, SqlItems, SqlTargets, SqliteFile, Targets,
};
pub use text::{LineKind, LineList, LineMap, MailParts, TextProfile};

/// A whole `sysync_config` document.
#[derive(Debug)]
pub struct Config {
    /// The file it was read from.
    pub path: PathBuf,
    /// `<configidstring>`: what the owner calls this config (manual 8.5).
    pub id: Option<String>,
    /// The config variables as they were at its end, by names in small letters, for CONFIGVAR (manual 4).
    pub variables: BTreeMap<String, String>,
    /// `<manufacturer>`, told to peers (manual 8.6).
    pub manufacturer: String,
    /// `<model>`, told to peers (manual 8.7).
    pub model: String,
    /// `<configdate>`, or else when the file was changed last; milliseconds since 1970 (manual 8.12).
    pub date: Option<i64>,
    /// `<neverputdevinf>`: peers are told about the server only if they ask (manual 8.13).
    pub never_put_devinf: bool,
    /// `<maxmsgsize>`: the largest message in bytes that is taken and sent (manual 8.3).
    pub max_msg_size: u32,
    /// `<maxobjsize>`: the largest item in bytes that is taken (manual 8.4).
    pub max_obj_size: u32,
    /// `<maxconcurrentsessions>`: how many sessions there are at a time; `None` is no limit (manual 8.2).
    pub max_concurrent_sessions: Option<u32>,
    /// `<transport>`: how peers reach the server (manual 9).
    pub transport: Transport,
    /// `<scripting>`: the functions and macros that all scripts share (manual 8.10).
    pub library: Arc<Library>,
    /// The time zones that it defines (manual 8.15), with that of `<systemtimezone>` as the system's.
    pub zones: Zones,
    /// `<systemtimezone>`; `None` is the machine's (manual 8.14).
    pub system_zone: Option<Zone>,
    /// The field lists, in their order (manual 10.1).
    pub field_lists: Vec<Arc<FieldList>>,
    /// The MIME-DIR profiles, in their order (manual 10.3).
    pub mime_profiles: Vec<Arc<MimeProfile>>,
    /// The text profiles, in their order (manual 10.4).
    pub text_profiles: Vec<Arc<TextProfile>>,
    /// The datatypes, in their order (manual 10.5).
    pub datatypes: Vec<Arc<DataType>>,
    /// The server, if the config describes one (manual 11).
    pub server: Option<Server>,
}

/// `<transport type="xpt">` (manual 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// `<httpport>` (manual 9.4).
    pub port: u16,
    /// `<ipaddress>` (manual 9.5).
    pub address: IpAddr,
    /// `<keepconnection>`: whether a connection serves more than one request (manual 9.1).
    pub keep_connection: bool,
    /// `<bufferretryanswer>`: whether the last answer is kept for a message that comes again (manual 9.2).
    pub keep_answer: bool,
    /// `<sessionidcgiprefix>`: what a session's id follows in the address; `None` where `<sessionidcgi>` says that it
    /// does not stand there.
    pub session_parameter: Option<String>,
}
