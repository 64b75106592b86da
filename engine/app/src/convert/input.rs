//! The files that are converted.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use syncloom_config::Charset;
use syncloom_formats::recode;

/// How deeply folders are looked into: exports lie in a folder or two, and a link may lead round in circles.
const MAX_DEPTH: usize = 16;

/// A file, or standard input.
pub(super) struct Source {
    /// What it is called in messages.
    pub name: String,
    path: Option<PathBuf>,
    /// Its size in bytes; 0 where that is not known.
    pub size: u64,
}

impl Source {
    /// Its bytes. What a mark at the beginning says to be in UTF-16, as some programs export it, is put into UTF-8.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match &self.path {
            Some(path) => bytes = fs::read(path)?,
            None => drop(io::stdin().read_to_end(&mut bytes)?),
        }
        Ok(match bytes.as_slice() {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
                recode::decode(&bytes, Some(Charset::Utf16)).0.into_bytes()
            }
            _ => bytes,
        })
    }

    /// Whether it is the file at a path, by whatever name.
    pub fn is(&self, path: &Path) -> bool {
        let own = self.path.as_ref().and_then(|own| fs::canonicalize(own).ok());
        own.is_some_and(|own| fs::canonicalize(path).is_ok_and(|path| path == own))
    }

    fn file(path: PathBuf) -> Source {
        let size = fs::metadata(&path).map(|data| data.len()).unwrap_or(0);
        Source { name: path.display().to_string(), path: Some(path), size }
    }
}

/// The files of these arguments, those of a folder by their names. Hidden files are left out.
pub(super) fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, String> {
    let stdin = || Source { name: "standard input".to_owned(), path: None, size: 0 };
    if paths.is_empty() {
        return Ok(vec![stdin()]);
    }
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(stdin());
        } else if path.is_dir() {
            folder(path, 0, &mut found)?;
        } else {
            found.push(Source::file(path.clone()));
        }
    }
    Ok(found)
}

fn folder(path: &Path, depth: usize, found: &mut Vec<Source>) -> Result<(), String> {
    let problem = |error: io::Error| format!("{}: {error}", path.display());
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(path).map_err(problem)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut entries = entries.map_err(problem)?;
    entries.sort();
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    for entry in entries.into_iter().filter(|entry| !hidden(entry)) {
        if !entry.is_dir() {
            found.push(Source::file(entry));
        } else if depth < MAX_DEPTH {
            folder(&entry, depth + 1, found)?;
        }
    }
    Ok(())
}
