//! `syncloom check`: what is wrong with a config, or what it would serve.
//!
//! Not its job: finding what is wrong (`syncloom-config`).

mod connect;
mod fix;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use syncloom_config::diagnostic::render;
use syncloom_config::{Code, Config, Diagnostic, Items, Loaded, Severity, Store};

use crate::ConfigArgs;
use crate::config;

/// What is checked, and how it is told.
#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// How problems are shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Warnings fail like errors do
    #[arg(long)]
    deny_warnings: bool,
    /// Also open every database, and have it prepare every statement; nothing is changed there
    #[arg(long)]
    connect: bool,
    /// Mend in the file what has one certain mend, and then check
    #[arg(long)]
    fix: bool,
    /// Print the config as it was understood, with defaults and without secrets
    #[arg(long)]
    show: bool,
}

/// How problems are shown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the lines of the file, on standard error
    Human,
    /// One line each
    Concise,
    /// An array of objects
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub workflows
    Github,
}

/// Errors, or warnings where they are denied.
const FAILED: u8 = 1;
/// The config cannot be read at all, or not be mended.
const NOT_RUN: u8 = 2;

pub(crate) fn run(args: &CheckArgs) -> ExitCode {
    if args.fix {
        match fix::run(&args.config) {
            Ok(0) => {}
            Ok(count) => eprintln!("{}: {} mended", args.config.path.display(), counted(count, "problem")),
            Err(message) => {
                eprintln!("syncloom: {message}");
                return ExitCode::from(NOT_RUN);
            }
        }
    }
    let mut loaded = syncloom_config::load(&args.config.path, &config::options(&args.config, args.show));
    let mut remarks = Vec::new();
    if args.connect {
        remarks = connect::run(&mut loaded);
    }
    if args.show {
        print!("{}", loaded.shown.as_deref().unwrap_or_default());
    }
    tell(&loaded, args.format);
    if matches!(args.format, Format::Human | Format::Concise) && !args.show {
        summarize(args, &loaded, &remarks);
    }
    let worst = loaded.diagnostics.iter().map(|told| told.severity).max();
    match worst {
        _ if loaded.diagnostics.iter().any(|told| told.code == Code::Unreadable) => ExitCode::from(NOT_RUN),
        Some(Severity::Error) => ExitCode::from(FAILED),
        Some(Severity::Warning) if args.deny_warnings => ExitCode::from(FAILED),
        _ => ExitCode::SUCCESS,
    }
}

fn tell(loaded: &Loaded, format: Format) {
    let Loaded { diagnostics, sources, .. } = loaded;
    match format {
        Format::Human => config::show(loaded),
        Format::Concise => diagnostics.iter().for_each(|told| println!("{}", render::concise(told))),
        Format::Github => diagnostics.iter().for_each(|told| println!("{}", render::github(told, sources))),
        Format::Json => println!("{:#}", render::json(diagnostics, sources)),
        Format::Sarif => println!("{:#}", render::sarif(diagnostics, sources)),
    }
}

/// How many problems there are, and what would be served.
fn summarize(args: &CheckArgs, loaded: &Loaded, remarks: &[String]) {
    let counts = config::counts(&loaded.diagnostics);
    let mut parts = Vec::new();
    if counts.errors > 0 {
        parts.push(counted(counts.errors, "error"));
    }
    if counts.warnings > 0 {
        parts.push(counted(counts.warnings, "warning"));
    }
    if counts.advice > 0 {
        let later = if counts.errors > 0 && args.format == Format::Human { ", for later" } else { "" };
        parts.push(format!("{} of advice{later}", counted(counts.advice, "piece")));
    }
    if parts.is_empty() {
        parts.push("all is well".to_owned());
    }
    println!("{}: {}", args.config.path.display(), parts.join(", "));
    let mends = loaded.diagnostics.iter().filter(|told| !told.fix.is_empty()).count();
    if mends > 0 {
        println!("  --fix mends {mends} of them");
    }
    match &loaded.config {
        Some(config) => describe(config),
        None => explain_how(&loaded.diagnostics),
    }
    remarks.iter().for_each(|remark| println!("  {remark}"));
}

/// Where there is more to read about the first error.
fn explain_how(diagnostics: &[Diagnostic]) {
    if let Some(first) = diagnostics.iter().find(|told| told.severity == Severity::Error) {
        println!("  `syncloom explain {}` says more", first.code);
    }
}

fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// What the config would serve, and where.
fn describe(config: &Config) {
    let transport = &config.transport;
    let Some(server) = &config.server else {
        println!("  no <server>: nothing to serve");
        return;
    };
    println!("  serves http://{}:{}/ for", transport.address, transport.port);
    for datastore in &server.datastores {
        let types: Vec<String> = datastore
            .types
            .iter()
            .map(|used| format!("{} {}", used.datatype.mime_type, used.datatype.version))
            .collect();
        let place = match &datastore.store {
            Store::Own { items: Items::Sql(sql), .. } => sql.sqlite.path.display().to_string(),
            Store::Own { items: Items::Plugin(plugin), .. } => format!("the plugin {}", plugin.module.name),
            Store::Contains(parts) => {
                let names: Vec<&str> = parts.iter().map(|part| part.datastore.name.as_str()).collect();
                names.join(" and ")
            }
        };
        println!("  ./{} as {} in {place}", datastore.name, types.join(", "));
    }
    if server.datastores.is_empty() {
        println!("  no datastore that can be served");
    }
}
