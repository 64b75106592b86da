//! Plugins: which modules keep what, and what they are told (manual 14.1, 14.2).
//!
//! Not its job: loading modules.

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
