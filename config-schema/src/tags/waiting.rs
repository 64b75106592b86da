//! What tags and attributes wait for that do not act yet; as an operator would say it.
//!
//! Not its job: which ones wait (the tables beside it).

pub(super) const BLOBS: &str = "large columns are read with their record; reading them alone comes later";
pub(super) const CHARSET: &str = "text is exchanged with databases as UTF-8";
pub(super) const CLIENT: &str = "Syncloom does not run as a client yet";
pub(super) const FILTERS: &str = "filters are applied to items here, and are no part of statements yet";
pub(super) const LOGS: &str = "logs are not written as the config says yet";
pub(super) const ODBC: &str = "ODBC databases are not opened yet";
pub(super) const OPTION: &str = "it comes later";
pub(super) const PLUGINS: &str =
    "plugins log nothing of their own yet, and are read when the alert is answered";
pub(super) const SCRIPTS: &str = "this script is not run yet";
pub(super) const STAMPS: &str = "stamps are always in one column";
pub(super) const TABLES: &str = "statements are not made from the names of tables; write the SQL itself";
pub(super) const STATUS: &str = "a Sync goes on with the peer's next message, whatever statuses that has";
pub(super) const ZONES: &str = "times in databases are UTC, other zones are not converted yet";
