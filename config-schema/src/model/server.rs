//! The server (manual 11, 12).

use std::sync::Arc;

use syncloom_script::Zone;

use super::charset::Charset;
use super::datastore::Datastore;
use super::plugin::SessionPlugin;
use super::rules::RemoteRule;
use super::scripts::{AfterConnect, LoginScript, Scripts, SessionScript};
use super::sql::Sql;
use super::store::SqliteFile;

/// `<server>` (manual 11).
#[derive(Debug)]
pub struct Server {
    /// `<sessiontimeout>`: seconds after which a silent session ends (manual 11.2).
    pub session_timeout: u32,
    /// `<maxsyncmlversion>` (manual 11.1).
    pub max_version: SyncMlVersion,
    /// `<minsyncmlversion>` (manual 11.1).
    pub min_version: SyncMlVersion,
    /// `<externalurl>`: the address that peers are told (manual 11.5).
    pub external_url: Option<String>,
    /// `<requestedauth>`: what a peer is asked for (manual 11.6).
    pub requested_auth: Auth,
    /// `<requiredauth>`: the least that is accepted (manual 11.6).
    pub required_auth: Auth,
    /// `<autononce>` (manual 11.7).
    pub auto_nonce: bool,
    /// `<constantnonce>` (manual 11.8).
    pub constant_nonce: String,
    /// `<sendrespuri>` (manual 11.9).
    pub send_resp_uri: bool,
    /// `<respurionlywhendifferent>` (manual 11.9).
    pub resp_uri_only_when_different: bool,
    /// `<simpleauthuser>` and `<simpleauthpw>` (manual 11.10).
    pub simple_auth: Option<SimpleAuth>,
    /// `<updateclientinslowsync>` (manual 11.36.6).
    pub update_client_in_slow_sync: bool,
    /// `<updateserverinslowsync>` (manual 11.36.7).
    pub update_server_in_slow_sync: bool,
    /// `<deletinggoneok>`: deleting what is not there succeeds (manual 11.21).
    pub deleting_gone_ok: bool,
    /// `<showctcapproperties>` (manual 11.25).
    pub show_ctcap_properties: bool,
    /// `<requestmaxtime>`: seconds after which a request is answered, done or not; `None` is no limit (manual 11.3).
    pub request_max_time: Option<u32>,
    /// `<relyonearlymaps>`: an Add that was never confirmed is sent again at once, since the peer would have sent
    /// its Map first (manual 11.19).
    pub rely_on_early_maps: bool,
    /// `<debugchunkmaxsize>`: the largest piece of an item in bytes; `None` is no limit (manual 11.20).
    pub debug_chunk_max_size: Option<u32>,
    /// `<abortonallitemsfailed>`: a slow sync whose items are all refused has failed (manual 11.24).
    pub abort_on_all_items_failed: bool,
    /// `<acceptserveralerted>` (manual 11.28).
    pub accept_server_alerted: bool,
    /// `<allowmessageretries>`: a message that comes again gets the same answer again (manual 11.36.11).
    pub allow_message_retries: bool,
    /// `<showtypesizeinctcap10>` (manual 11.26).
    pub show_type_size_in_ctcap10: bool,
    /// The scripts of the session and of the remote rules.
    pub session_scripts: Scripts<SessionScript>,
    /// The scripts of a login.
    pub login_scripts: Scripts<LoginScript>,
    /// `<requestmintime>`: seconds that a request takes at least, for tests (manual 11.4).
    pub request_min_time: Option<u32>,
    /// `<completefromclientonly>` (manual 11.36.12).
    pub complete_from_client_only: bool,
    /// `<waitforstatusofinterrupted>` (manual 11.18).
    pub wait_for_status_of_interrupted: bool,
    /// `<syncmodeextensions>`: device information lists sync modes beyond the standard's.
    pub sync_mode_extensions: bool,
    /// `<autoenddateinclusive>` (manual 11.23).
    pub auto_end_date_inclusive: bool,
    /// `<donotfoldcontent>`: long lines of items are not folded.
    pub no_folding: bool,
    /// `<enumdefaultpropparams>`; `None` is automatic (manual 11.27).
    pub enum_default_prop_params: Option<bool>,
    /// `<maxguidsizesent>`: the longest id in bytes that peers are sent.
    pub max_guid_size_sent: u16,
    /// `<usertimezone>`: where users are unless something else is known (manual 11.22).
    pub user_zone: Zone,
    /// `<datatimezone>` of what the server keeps for itself (manual 11.34.31).
    pub data_zone: Zone,
    /// `<datacharset>` of what the server keeps for itself (manual 11.34.33).
    pub charset: Option<Charset>,
    /// `<remoterule>`s, in their order (manual 11.36).
    pub rules: Vec<Arc<RemoteRule>>,
    /// `<plugin_module>` of a server of type `plugin` (manual 14.1).
    pub plugin: Option<SessionPlugin>,
    /// What is kept in SQL for the server as a whole.
    pub sql: SqlServer,
    /// The datastores, in their order.
    pub datastores: Vec<Arc<Datastore>>,
}

impl Server {
    /// Whether devices and their nonces are kept: in SQL, or in a plugin.
    pub fn keeps_devices(&self) -> bool {
        self.sql.get_device.is_some() || self.plugin_keeps_devices()
    }

    /// Whether there are users to look up: in SQL, or in a plugin.
    pub fn has_users(&self) -> bool {
        self.sql.user_key.is_some() || self.plugin.as_ref().is_some_and(|plugin| plugin.session_auth)
    }

    /// Whether the nonce that a device is given is kept until its next session.
    pub fn keeps_nonces(&self) -> bool {
        self.plugin_keeps_devices() || (self.sql.get_device.is_some() && self.sql.save_nonce.is_some())
    }

    /// Whether anything that devices say of themselves is kept.
    pub fn keeps_device_info(&self) -> bool {
        self.sql.save_info.is_some() || self.sql.save_devinf.is_some() || self.plugin_keeps_devices()
    }

    /// Whether a plugin keeps devices and their nonces.
    pub fn plugin_keeps_devices(&self) -> bool {
        self.plugin.as_ref().is_some_and(|plugin| plugin.device_admin)
    }
}

/// The one user of a server without a table of users.
#[derive(Clone, PartialEq, Eq)]
pub struct SimpleAuth {
    /// The name.
    pub user: String,
    /// The password in clear text.
    pub password: String,
}

impl std::fmt::Debug for SimpleAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimpleAuth").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The versions of SyncML, as the config names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncMlVersion {
    /// 1.0
    V1_0,
    /// 1.1
    V1_1,
    /// 1.2
    V1_2,
}

/// Ways of authentication, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Auth {
    /// Nobody is asked.
    None,
    /// Name and password.
    Basic,
    /// A digest of name, password and nonce.
    Md5,
}

impl Auth {
    /// All ways with the words that the config uses for them.
    pub const NAMES: &'static [(&'static str, Auth)] =
        &[("none", Auth::None), ("basic", Auth::Basic), ("md5", Auth::Md5)];
}

/// What the server keeps in SQL besides the datastores (manual 12.12 to 12.19).
#[derive(Debug)]
pub struct SqlServer {
    /// `<sqlitefile>` in `<server>` (a Syncloom extension): where users and devices, targets and maps are.
    pub sqlite: Option<SqliteFile>,
    /// In which form `<userkeysql>` gives a password.
    pub password_form: PasswordForm,
    /// `<getdevicesql>` (manual 12.15).
    pub get_device: Option<Sql>,
    /// `<newdevicesql>` (manual 12.15).
    pub new_device: Option<Sql>,
    /// `<savenoncesql>` (manual 12.15).
    pub save_nonce: Option<Sql>,
    /// `<saveinfosql>` (manual 12.15).
    pub save_info: Option<Sql>,
    /// `<savedevinfsql>`: keeps the whole of what a device says of itself (a Syncloom extension).
    pub save_devinf: Option<Sql>,
    /// `<loaddevinfsql>`: one column, which `<savedevinfsql>` has filled (a Syncloom extension).
    pub load_devinf: Option<Sql>,
    /// `<userkeysql>` (manual 12.16).
    pub user_key: Option<Sql>,
    /// `<afterconnectscript>` (manual 12.8).
    pub after_connect: Scripts<AfterConnect>,
}

/// `<cleartextpw>`, `<md5userpass>` and `<md5hex>` (manual 12.12 to 12.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordForm {
    /// The password.
    ClearText,
    /// The MD5 digest of `user:password` in base 64.
    Md5Base64,
    /// The MD5 digest of `user:password` in hexadecimal.
    Md5Hex,
    /// The database checks the credential itself.
    CheckedByDatabase,
}
