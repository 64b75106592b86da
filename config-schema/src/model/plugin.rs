//! Plugins: which modules keep what, and what they are told (manual 14.1, 14.2).
//!
//! Not its job: loading modules.

use super::server::{FieldMap, LineEnds, SqliteFile};

/// A plugin module with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginModule {
    /// The name, without the brackets of a module that is built in.
    pub name: String,
    /// Whether it stood in brackets: a module of the program itself.
    pub built_in: bool,
    /// The tags of `<plugin_params>` with their text, in order; a module gets them as lines `name:value`.
    pub params: Vec<(String, String)>,
    /// `<plugin_debugflags>`
    pub debug_flags: u16,
}

impl PluginModule {
    /// The modules that can be opened.
    const AT_HAND: &'static [&'static str] = &["SDK_textdb"];

    /// Whether the module can be opened.
    pub fn is_at_hand(&self) -> bool {
        self.built_in && Self::AT_HAND.iter().any(|known| known.eq_ignore_ascii_case(&self.name))
    }
}

/// The plugin of a server as a whole (manual 14.1).
#[derive(Debug)]
pub struct SessionPlugin {
    /// `<plugin_module>`, `<plugin_params>`, `<plugin_debugflags>`
    pub module: PluginModule,
    /// `<plugin_sessionauth>`: it checks logins.
    pub session_auth: bool,
    /// `<plugin_deviceadmin>`: it keeps devices and nonces.
    pub device_admin: bool,
}

/// How a datastore of type `plugin` keeps its items (manual 14.2).
#[derive(Debug)]
pub struct PluginStore {
    /// `<plugin_module>`: what keeps the items; without one SQL does.
    pub data: Option<PluginModule>,
    /// What keeps targets and maps: the same module with `<plugin_datastoreadmin>`, else that of
    /// `<plugin_module_admin>`; without one SQL does.
    pub admin: Option<PluginModule>,
    /// `<plugin_earlystartdataread>`: it begins to read before the alert is answered.
    pub early_start_data_read: bool,
    /// `<datalineends>` (manual 11.34.34).
    pub line_ends: LineEnds,
    /// The SQLite file of the datastore or the server, for what no module keeps.
    pub sqlite: Option<SqliteFile>,
    /// `<fieldmap>` (manual 11.34.41).
    pub field_map: FieldMap,
}
