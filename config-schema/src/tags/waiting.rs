//! What tags and attributes wait for that do not act yet, where more than one room has such; as an operator
//! would say it.

pub(super) const CLIENT: &str = "Syncloom does not run as a client yet";
pub(super) const FILTERS: &str = "filters are not applied yet";
pub(super) const LOGS: &str = "logs are not written as the config says yet";
pub(super) const OPTION: &str = "this option is not acted on yet";
pub(super) const RULES: &str = "remote rules are not applied yet";
pub(super) const SCRIPTS: &str = "scripts are not run yet";
pub(super) const ZONES: &str = "times in databases are UTC, other zones are not converted yet";
