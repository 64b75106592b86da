//! `parity FOLDER [FILE…] [--limit N] [--reasons]`: runs the recorded cases of a folder and says how many answers are equal,
//! different on purpose, and different; with `--reasons`, also why. Exit code 0 if none differ, 1 if some do, 2 if it could not run.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use syncloom_tests::parity::{self, FILES, config};

/// How many differing cases are shown of each file if nothing else is said.
const LIMIT: usize = 20;

struct Options {
    folder: PathBuf,
    files: Vec<String>,
    limit: usize,
    reasons: bool,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        eprintln!("usage: parity FOLDER [FILE…] [--limit N] [--reasons]");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("parity: {message}");
            ExitCode::from(2)
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { folder: PathBuf::new(), files: Vec::new(), limit: LIMIT, reasons: false };
    let mut folder = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--limit" => options.limit = arguments.next()?.parse().ok()?,
            "--reasons" => options.reasons = true,
            option if option.starts_with("--") => return None,
            _ if folder.is_none() => folder = Some(PathBuf::from(argument)),
            _ => options.files.push(argument),
        }
    }
    options.folder = folder?;
    Some(options)
}

/// Runs the files that are named, or all that are known and there. `false` if a case differs.
fn run(options: &Options) -> Result<bool, String> {
    if let Some(unknown) = options.files.iter().find(|name| !FILES.iter().any(|(known, _)| known == name)) {
        let known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        return Err(format!("{unknown} is not a file that can be run; there are {}", known.join(", ")));
    }
    config::recordings_in(&options.folder);
    let mut all_well = true;
    let mut ran = 0;
    for (name, cases) in FILES {
        let path = options.folder.join(name);
        let named = options.files.iter().any(|wanted| wanted == name);
        if !named && (!options.files.is_empty() || !Path::new(&path).exists()) {
            continue;
        }
        let summary = parity::run(&path, *cases).map_err(|error| format!("{}: {error}", path.display()))?;
        // What has no answer yet is not the same answer.
        let differ = summary.differ.len() + summary.waits();
        let (equal, on_purpose) = (summary.equal, summary.on_purpose());
        println!("parity {name}: {equal} equal, {on_purpose} on purpose, {differ} differ");
        for (reason, cases) in summary.on_purpose.iter().filter(|_| options.reasons) {
            println!("  {cases} on purpose: {reason}");
        }
        for case in summary.differ.iter().take(options.limit) {
            println!("{case}");
        }
        for (missing, cases) in &summary.waits {
            println!("  {cases} of them wait for {missing}");
        }
        all_well &= differ == 0;
        ran += 1;
    }
    if ran == 0 {
        return Err(format!("{} holds no file that can be run", options.folder.display()));
    }
    Ok(all_well)
}
