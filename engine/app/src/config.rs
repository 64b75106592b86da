//! Reading a config for a command, and showing what is wrong with it.

use std::io::IsTerminal;
use std::sync::Arc;

use syncloom_config::{Config, LoadOptions, Loaded, Severity};

use crate::ConfigArgs;

/// What came of loading a config.
pub(crate) struct Summary {
    /// The config, if it can be used.
    pub(crate) config: Option<Arc<Config>>,
    /// How many errors were shown.
    pub(crate) errors: usize,
    /// How many warnings were shown.
    pub(crate) warnings: usize,
}

/// Loads the config and prints its problems to the console.
pub(crate) fn load(args: &ConfigArgs) -> Summary {
    let options = LoadOptions { variables: args.define.clone(), ..LoadOptions::default() };
    let loaded = syncloom_config::load(&args.path, &options);
    show(&loaded);
    let count = |severity: Severity| loaded.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    Summary { config: loaded.config.filter(|_| errors == 0).map(Arc::new), errors, warnings }
}

fn show(loaded: &Loaded) {
    let colour = std::io::stderr().is_terminal();
    for diagnostic in &loaded.diagnostics {
        eprint!("{}", syncloom_config::diagnostic::render::human(diagnostic, &loaded.sources, colour));
    }
}
