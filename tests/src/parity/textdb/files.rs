//! The files of a case.

use std::fs;
use std::io;
use std::path::Path;

use super::Files;

/// All files in a folder and below it; none if there is no such folder.
pub(super) fn list(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    if folder.is_dir() {
        walk(folder, folder, &mut files)?;
    }
    Ok(files)
}

fn walk(root: &Path, folder: &Path, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, files)?;
        } else {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(())
}

/// Copies the files of a folder.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for (name, contents) in list(from)? {
        let path = to.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, contents)?;
    }
    Ok(())
}
