//! `syncloom fmt`: indents configs in place.
//!
//! Not its job: what is indented how (`syncloom-config`).

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use syncloom_config::{Edit, Formatted, Source};

use crate::config;
use crate::rewrite::rewrite;

/// What is indented, and whether it is written.
#[derive(Args)]
pub(crate) struct FmtArgs {
    /// The configs
    #[arg(value_name = "CONFIG", required = true)]
    files: Vec<PathBuf>,
    /// Write nothing, and fail if a file would change
    #[arg(long)]
    check: bool,
    /// Write nothing, and show what would change
    #[arg(long)]
    diff: bool,
}

pub(crate) fn run(args: &FmtArgs) -> ExitCode {
    let mut changed = false;
    let mut failed = false;
    for path in &args.files {
        match one(path, args) {
            Ok(change) => changed |= change,
            Err(message) => {
                if !message.is_empty() {
                    eprintln!("syncloom: {message}");
                }
                failed = true;
            }
        }
    }
    match () {
        () if failed => ExitCode::from(2),
        () if changed && args.check => ExitCode::FAILURE,
        () => ExitCode::SUCCESS,
    }
}

/// Formats a file; returns whether it changes. An empty message: the problems have been shown.
fn one(path: &Path, args: &FmtArgs) -> Result<bool, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let Formatted { source, edits } = syncloom_config::format(path, &bytes).map_err(|loaded| {
        config::show(&loaded);
        String::new()
    })?;
    if edits.is_empty() {
        return Ok(false);
    }
    if args.diff {
        print!("{}", diff(&source, &edits));
    } else if args.check {
        println!("{} would change", path.display());
    } else {
        rewrite(path, [edits.as_slice()])?;
    }
    Ok(true)
}

/// The lines that change, as a unified diff without lines around them.
fn diff(source: &Source, edits: &[Edit]) -> String {
    let text = source.text();
    let mut out = format!("--- {0}\n+++ {0}\n", source.name());
    // How many lines the file has become longer before the one at hand.
    let mut longer: i64 = 0;
    let mut rest = edits;
    while let Some(first) = rest.first() {
        let begin = source.line_and_column(first.span.start).0;
        let mut end = source.line_and_column(first.span.end).0;
        let mut count = 1;
        while let Some(next) = rest.get(count).filter(|next| source.line_and_column(next.span.start).0 <= end)
        {
            end = end.max(source.line_and_column(next.span.end).0);
            count += 1;
        }
        let (group, others) = rest.split_at(count);
        let span = source.line_start(begin)..source.line_start(end + 1);
        let old = &text[span.clone()];
        let mut new = String::new();
        let mut at = span.start;
        for edit in group {
            new.push_str(&text[at..edit.span.start]);
            new.push_str(&edit.text);
            at = edit.span.end;
        }
        new.push_str(text.get(at..span.end).unwrap_or(""));
        let (before, after) = (old.lines().count(), new.lines().count());
        out.push_str(&format!("@@ -{begin},{before} +{},{after} @@\n", i64::from(begin) + longer));
        old.lines().for_each(|line| out.push_str(&format!("-{line}\n")));
        new.lines().for_each(|line| out.push_str(&format!("+{line}\n")));
        longer += after as i64 - before as i64;
        rest = others;
    }
    out
}
