//! `syncloom schema`: the reference pages, the pages of error codes and the XSD, made of the declarations of tags,
//! functions and codes.
//!
//! Not its job: what there is to say of a tag (`facts`).

mod pages;
mod xsd;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

/// What is made, and where.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SchemaArgs {
    /// Write the reference pages into this folder
    #[arg(long, value_name = "FOLDER")]
    markdown: Option<PathBuf>,
    /// Write a page for each error code into this folder
    #[arg(long, value_name = "FOLDER")]
    errors: Option<PathBuf>,
    /// Write an XML schema for editors into this file; - is standard output
    #[arg(long, value_name = "FILE")]
    xsd: Option<PathBuf>,
    /// Write nothing, and fail if a page is not as it would be written
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &SchemaArgs) -> ExitCode {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    if let Some(folder) = &args.markdown {
        files.extend(pages::reference().into_iter().map(|(name, page)| (folder.join(name), page)));
    }
    if let Some(folder) = &args.errors {
        files.extend(pages::errors().into_iter().map(|(name, page)| (folder.join(name), page)));
    }
    match args.xsd.as_deref() {
        Some(path) if path == Path::new("-") => print!("{}", xsd::schema()),
        Some(path) => files.push((path.to_owned(), xsd::schema())),
        None => {}
    }
    let mut stale = 0;
    for (path, text) in &files {
        if args.check {
            if fs::read_to_string(path).ok().as_deref() != Some(text.as_str()) {
                eprintln!("{} is out of date: write it again with `syncloom schema`", path.display());
                stale += 1;
            }
        } else if let Err(error) = write(path, text) {
            eprintln!("syncloom: {}: {error}", path.display());
            return ExitCode::from(2);
        }
    }
    if stale == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
