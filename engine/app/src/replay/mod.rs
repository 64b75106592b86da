//! `syncloom replay`: plays the client's side of a recording against the config, and shows what is answered now
//! instead of what was answered then.
//!
//! The play happens in this process, on copies of the data, at the times of the recording and with random
//! numbers that are always the same: the same recording and config give the same result.

mod answers;
mod client;
mod commands;
mod copy;
mod holdings;
mod items;
mod names;
mod number;
mod play;
mod recording;
mod script;
mod server;
mod show;
mod talk;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::ConfigArgs;
use crate::config;
use copy::Copies;
use names::Names;
use recording::Recording;

/// The exit code of a play that could not be begun, or not be ended.
const COULD_NOT_RUN: u8 = 2;

/// What is played.
#[derive(Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Folders with recorded messages: with a meta.json, or those of <msgdump>
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// Play what is recorded of a datastore with one that the config calls otherwise
    #[arg(long = "datastore", value_name = "THEIRS=OURS", value_parser = crate::name_and_value)]
    datastores: Vec<(String, String)>,
    /// Let the recorded user be this one of the config's
    #[arg(long, value_name = "NAME[:PASSWORD]")]
    user: Option<String>,
    /// Show what agrees as well
    #[arg(short, long)]
    verbose: bool,
}

pub(crate) fn run(args: &ReplayArgs) -> ExitCode {
    let Some(config) = config::load(&args.config) else { return ExitCode::from(COULD_NOT_RUN) };
    let copies = Arc::try_unwrap(config).map_err(|_| "the config is in use".to_owned()).and_then(Copies::of);
    let ready = copies.and_then(|copies| Ok((Names::of(&args.datastores, &copies.config)?, copies)));
    let (names, copies) = match ready {
        Ok(ready) => ready,
        Err(why) => {
            eprintln!("syncloom: {why}");
            return ExitCode::from(COULD_NOT_RUN);
        }
    };
    let mut code = 0;
    for folder in &args.recordings {
        let played = Recording::read(folder).and_then(|mut recording| {
            copies.refresh()?;
            names.rename(&mut recording);
            let outcome = play::play(&copies.config, &recording, &names, args.user.as_deref())?;
            show::show(&recording, &outcome, args.verbose);
            Ok(outcome.agrees())
        });
        match played {
            Ok(true) => {}
            Ok(false) => code = code.max(1),
            Err(why) => {
                eprintln!("syncloom: {}: {why}", folder.display());
                code = COULD_NOT_RUN;
            }
        }
    }
    ExitCode::from(code)
}
