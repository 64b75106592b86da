//! Reading a config for a command, and showing what is wrong with it.

use std::io::IsTerminal;
use std::sync::Arc;

use syncloom_config::diagnostic::render;
use syncloom_config::{Config, Diagnostic, LoadOptions, Loaded, Severity};

use crate::ConfigArgs;

/// How many problems there are of each severity.
pub(crate) struct Counts {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) advice: usize,
}

/// Loads the config and prints its problems to the console; of advice, which is the same each time, how much there is.
/// `None`: it cannot be used.
pub(crate) fn load(args: &ConfigArgs) -> Option<Arc<Config>> {
    let mut loaded = syncloom_config::load(&args.path, &options(args, false));
    let advice = counts(&loaded.diagnostics).advice;
    loaded.diagnostics.retain(|told| told.severity != Severity::Advice);
    show(&loaded);
    if loaded.config.is_some() && advice > 0 {
        eprintln!("{advice} pieces of advice about this config: syncloom check {}", args.path.display());
    }
    loaded.config.map(Arc::new)
}

/// The same for a command that is about something else: what does not keep the config from being used is not told.
pub(crate) fn load_in_passing(args: &ConfigArgs) -> Option<Arc<Config>> {
    let mut loaded = syncloom_config::load(&args.path, &options(args, false));
    loaded.diagnostics.retain(|told| told.severity == Severity::Error);
    show(&loaded);
    loaded.config.map(Arc::new)
}

/// What the command line says of loading.
pub(crate) fn options(args: &ConfigArgs, show: bool) -> LoadOptions {
    LoadOptions { variables: args.define.clone(), show, ..LoadOptions::default() }
}

/// Prints the problems to the console. As long as there are errors, advice can wait.
pub(crate) fn show(loaded: &Loaded) {
    let colour = coloured();
    let failed = loaded.has_errors();
    for diagnostic in loaded.diagnostics.iter().filter(|told| !failed || told.severity != Severity::Advice) {
        eprintln!("{}", render::human(diagnostic, &loaded.sources, colour));
    }
}

/// Counts the problems.
pub(crate) fn counts(diagnostics: &[Diagnostic]) -> Counts {
    let count = |severity| diagnostics.iter().filter(|told| told.severity == severity).count();
    Counts {
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        advice: count(Severity::Advice),
    }
}

/// Whether the console shows colours: it is a terminal that has them, and nobody has asked for none
/// (<https://no-color.org>).
fn coloured() -> bool {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    unset("NO_COLOR")
        && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
        && std::io::stderr().is_terminal()
}
