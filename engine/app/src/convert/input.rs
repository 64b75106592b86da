//! The files that are converted.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

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
    pub fn read(&self) -> io::Result<Vec<u8>> {
        match &self.path {
            Some(path) => fs::read(path),
            None => {
                let mut bytes = Vec::new();
                io::stdin().read_to_end(&mut bytes).map(|_| bytes)
            }
        }
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
