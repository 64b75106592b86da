//! Where modules keep their data, for who wants to work on a copy of it.

use std::path::PathBuf;

use syncloom_config::PluginModule;
use syncloom_plugin_textdb as textdb;

use super::{params, unavailable};
use crate::error::StoreError;

/// The folders of a module, each with the name of the parameter that says it. What the module does not say is as that of
/// the server says it. The error is for a module that alone knows where its data is.
pub fn folders(
    module: &PluginModule,
    of_server: Option<&PluginModule>,
) -> Result<[(&'static str, PathBuf); 3], StoreError> {
    let name = &module.name;
    if !module.is_at_hand() {
        return Err(unavailable(format!("only the plugin {name} knows where its data is")));
    }
    let of_server = of_server.filter(|module| module.is_at_hand()).map(params).unwrap_or_default();
    let named = |error| unavailable(format!("plugin {name}: {error}"));
    textdb::folders(&params(module), &of_server).map_err(named)
}
