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
    /// How many pieces of advice were shown.
    pub(crate) advice: usize,
}

/// Loads the config and prints its problems to the console.
pub(crate) fn load(args: &ConfigArgs) -> Summary {
    load_and_show(args, |_| true)
}

/// The same for a command that is about something else: what does not keep the config from being used is not told.
pub(crate) fn load_in_passing(args: &ConfigArgs) -> Option<Arc<Config>> {
    load_and_show(args, |severity| severity == Severity::Error).config
}

fn load_and_show(args: &ConfigArgs, matters: fn(Severity) -> bool) -> Summary {
    let options = LoadOptions { variables: args.define.clone(), ..LoadOptions::default() };
    let loaded = syncloom_config::load(&args.path, &options);
    show(&loaded, matters);
    let count = |severity: Severity| loaded.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings, advice) =
        (count(Severity::Error), count(Severity::Warning), count(Severity::Advice));
    Summary { config: loaded.config.map(Arc::new), errors, warnings, advice }
}

fn show(loaded: &Loaded, matters: fn(Severity) -> bool) {
    let colour = std::io::stderr().is_terminal();
    for diagnostic in loaded.diagnostics.iter().filter(|diagnostic| matters(diagnostic.severity)) {
        eprint!("{}", syncloom_config::diagnostic::render::human(diagnostic, &loaded.sources, colour));
    }
}
