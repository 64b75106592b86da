//! Changing a file of the owner's in place.
//!
//! Not its job: which changes.

use std::fs;
use std::path::Path;

use syncloom_config::{Edit, mend};

/// Makes these mends, and returns how many were made. The file changes as a whole, or stays as it was.
pub(crate) fn rewrite<'e>(path: &Path, mends: impl IntoIterator<Item = &'e [Edit]>) -> Result<usize, String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(said)?;
    let (mended, count) =
        mend(&bytes, mends).ok_or_else(|| format!("{}: its encoding cannot be written", path.display()))?;
    let permissions = fs::metadata(path).map_err(said)?.permissions();
    // What a link points at is changed, not the link.
    let path = fs::canonicalize(path).map_err(said)?;
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(format!(".{}.new", std::process::id()));
    fs::write(&unfinished, mended)
        .and_then(|()| fs::set_permissions(&unfinished, permissions))
        .and_then(|()| fs::rename(&unfinished, &path))
        .map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            said(error)
        })?;
    Ok(count)
}
