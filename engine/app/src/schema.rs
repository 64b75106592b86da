//! `syncloom schema`: the reference pages, made of the declarations of tags, functions and error codes.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use syncloom_config::{Acts, Code, tags};
use syncloom_script::functions;

use crate::explain;

/// What is made, and where.
#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// Write the reference pages into this folder
    #[arg(long, value_name = "FOLDER")]
    markdown: PathBuf,
    /// Write nothing, and fail if a page is not as it would be written
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &SchemaArgs) -> ExitCode {
    let mut stale = 0;
    for (name, page) in
        [("tags.md", tag_page()), ("functions.md", function_page()), ("errors.md", error_page())]
    {
        let path = args.markdown.join(name);
        if args.check {
            if fs::read_to_string(&path).ok().as_deref() != Some(page.as_str()) {
                eprintln!("{} is out of date: run `syncloom schema --markdown`", path.display());
                stale += 1;
            }
        } else if let Err(error) = write(&path, &page) {
            eprintln!("syncloom: {}: {error}", path.display());
            return ExitCode::from(2);
        }
    }
    if stale == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn write(path: &Path, page: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, page)
}

fn tag_page() -> String {
    let mut page = head("Tags", "Every tag of the config language, in alphabetical order.");
    page.push_str("| tag | in | what it says | default | acts | manual |\n|---|---|---|---|---|---|\n");
    let mut rows: Vec<String> = tags()
        .map(|tag| {
            let acts = match tag.acts {
                Acts::Now => "yes".to_owned(),
                Acts::Later(why) => format!("not yet: {why}"),
                Acts::NoEffect(why) => format!("no: {why}"),
            };
            let summary = if tag.extension {
                format!("{} (Syncloom extension)", tag.summary)
            } else {
                tag.summary.into()
            };
            let cells = [
                tag.parents.join(", "),
                summary,
                tag.default.unwrap_or_default().into(),
                acts,
                tag.section.into(),
            ];
            format!("| `<{}>` | {} |\n", tag.name, cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
        })
        .collect();
    rows.sort_by_key(|row| row.to_ascii_lowercase());
    page.extend(rows);
    page
}

fn function_page() -> String {
    let mut page =
        head("Script functions", "Every built-in function of the script language, in alphabetical order.");
    let mut all: Vec<_> = functions::all().collect();
    all.sort_by_key(|function| function.name);
    for function in all {
        let _ = write!(
            page,
            "## {}\n\n`{}`\n\n{}\n\n",
            function.name,
            explain::signature(function),
            function.summary
        );
        let _ = writeln!(page, "* contexts: {}", function.contexts.names().join(", "));
        if let Some((example, result)) = function.example {
            let _ = writeln!(page, "* example: `{example}` gives `{result}`");
        }
        if !function.section.is_empty() {
            let _ = writeln!(page, "* manual: {}", function.section);
        }
        page.push('\n');
    }
    page
}

fn error_page() -> String {
    let mut page = head("Error codes", "Every code of a problem that `syncloom check` finds.");
    page.push_str("| code | severity | what it is |\n|---|---|---|\n");
    for (_, id, severity, title) in Code::ALL {
        let _ = writeln!(page, "| {id} | {} | {title} |", format!("{severity:?}").to_ascii_lowercase());
    }
    page
}

fn head(title: &str, about: &str) -> String {
    format!("# {title}\n\n{about} Made by `syncloom schema --markdown`; do not edit.\n\n")
}
