//! The `syncloom` program: command line, HTTP, console. It alone opens sockets, reads the clock and prints.

// Printing is this room's job.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod check;
mod config;
mod console;
mod convert;
mod explain;
mod facts;
mod fmt;
mod replay;
mod rewrite;
mod schema;
mod script;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// A SyncML server that keeps contacts, calendars and notes of many devices in step with your database.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the datastores that a config describes
    Serve {
        #[command(flatten)]
        config: ConfigArgs,
        /// Listen here instead of where the config's <transport> says
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Say what is wrong with a config, or what it would serve
    Check {
        #[command(flatten)]
        check: check::CheckArgs,
    },
    /// Convert items from one datatype of a config to another one, or to JSON
    Convert {
        #[command(flatten)]
        convert: convert::ConvertArgs,
    },
    /// Indent configs; scripts, SQL and comments stay as they are
    Fmt {
        #[command(flatten)]
        fmt: fmt::FmtArgs,
    },
    /// Say what a word means: a tag, attribute, script function, placeholder, error code, status code
    Explain {
        /// The word; `datastore/readonly` is the tag <readonly> in <datastore>
        word: String,
    },
    /// Write the reference pages, the pages of error codes, or an XML schema for editors
    Schema {
        #[command(flatten)]
        schema: schema::SchemaArgs,
    },
    /// Play recorded SyncML traffic against a config, and show what is answered otherwise
    Replay {
        #[command(flatten)]
        replay: replay::ReplayArgs,
    },
    /// Run a script, and show its result and variables
    Script {
        #[command(flatten)]
        script: script::ScriptArgs,
    },
}

/// What every command that reads a config takes.
#[derive(Args)]
pub(crate) struct ConfigArgs {
    /// The config: a sysync_config XML file
    #[arg(value_name = "CONFIG")]
    path: PathBuf,
    /// Set a config variable
    #[arg(short = 'D', value_name = "NAME=VALUE", value_parser = name_and_value)]
    define: Vec<(String, String)>,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve { config, listen } => serve::run(&config, listen),
        Command::Check { check } => check::run(&check),
        Command::Convert { convert } => convert::run(&convert),
        Command::Fmt { fmt } => fmt::run(&fmt),
        Command::Explain { word } => explain::run(&word),
        Command::Schema { schema } => schema::run(&schema),
        Command::Replay { replay } => replay::run(&replay),
        Command::Script { script } => script::run(&script),
    }
}
