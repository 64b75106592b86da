//! Files of a config: opened, bounded, and what can be shown of one that is no text.
//!
//! Not its job: their encodings (`encoding`), and what they say.

use std::path::Path;

use crate::diagnostic::Code;

/// The largest file that is read. The largest config known has 120 kB.
pub(crate) const MAX_FILE_SIZE: u64 = 16 << 20;

/// The bytes of a file, at most one more than it may have. The error is a code and a sentence.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, (Code, String)> {
    use std::io::Read;
    let unreadable =
        |error: std::io::Error| (Code::Unreadable, format!("{} cannot be read: {error}", path.display()));
    if path.is_dir() {
        return Err((Code::Unreadable, format!("{} is a folder; name the config in it", path.display())));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Reads a file that a config includes.
pub(crate) fn read_included(path: &Path) -> Result<Vec<u8>, (Code, String)> {
    let bytes = read(path)?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        let message = format!("{} is larger than {} MB", path.display(), MAX_FILE_SIZE >> 20);
        return Err((Code::TooLarge, message));
    }
    Ok(bytes)
}

/// When a file was changed last, in milliseconds since 1970.
pub(crate) fn changed(path: &Path) -> Option<i64> {
    let changed = std::fs::metadata(path).ok()?.modified().ok()?;
    i64::try_from(changed.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// What can be shown of a file that cannot be read: up to the fault, and the rest of its line as far as it is text.
pub(crate) fn readable(bytes: &[u8], fault: usize) -> String {
    let (before, behind) = bytes.split_at_checked(fault).unwrap_or((bytes, &[]));
    let rest = behind.iter().take_while(|b| b.is_ascii_graphic() || **b == b' ').count();
    format!("{}{}", String::from_utf8_lossy(before), String::from_utf8_lossy(&behind[..rest]))
}
