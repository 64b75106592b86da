//! Copies of the files of a folder, for those who want to try something out.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What the names of the plugin's own files begin with (manual 14.3.2).
const KINDS: [&str; 6] = ["ADM_", "BLB_", "DEV_", "MAP_", "NID_", "TDB_"];

/// Copies the plugin's own files from one folder into another one, with their times of change, which say when a session
/// ended last. Whatever else lies there stays.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    // A path that says nothing is the folder in which the program was started.
    let from = if from.as_os_str().is_empty() { Path::new(".") } else { from };
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let own = name.to_str().is_some_and(|name| {
            KINDS.iter().any(|kind| name.starts_with(kind))
                && !name.ends_with(".lock")
                && !name.ends_with(".new")
        });
        // Behind a link there may be a file as well.
        let Some(data) = fs::metadata(entry.path()).ok().filter(|data| own && data.is_file()) else {
            continue;
        };
        let copy = to.join(&name);
        fs::write(&copy, fs::read(entry.path())?)?;
        File::options().write(true).open(&copy)?.set_modified(data.modified()?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn own_files_are_copied_with_their_times_and_nothing_else_is() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for name in [
            "TDB_sue_notes.txt",
            "NID_sue_notes.txt",
            "BLB_1_sue_notes_photo",
            "notes.txt",
            "TDB_sue_notes.txt.lock",
        ] {
            fs::write(from.path().join(name), name).unwrap();
            File::options().write(true).open(from.path().join(name)).unwrap().set_modified(time).unwrap();
        }
        fs::create_dir(from.path().join("DEV_folder")).unwrap();
        copy(from.path(), to.path()).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(to.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["BLB_1_sue_notes_photo", "NID_sue_notes.txt", "TDB_sue_notes.txt"]);
        let counter = to.path().join("NID_sue_notes.txt");
        assert_eq!(fs::read_to_string(&counter).unwrap(), "NID_sue_notes.txt");
        assert_eq!(fs::metadata(&counter).unwrap().modified().unwrap(), time);
    }
}
