//! Files that are read whole and replaced whole: whatever happens meanwhile, there is the old file or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use syncloom_plugin_api::{Code, Error, Result};

/// A file as it was when it was read or written: tells whether somebody has changed it since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    inode: (u64, u64),
    length: u64,
    changed: (i64, i64),
}

/// Reads a file; `None` if there is none. A folder in its place, and a file that may not be read, are errors: what
/// cannot be read must not be taken for what is not there.
pub(crate) fn read(path: &Path) -> Result<Option<(Vec<u8>, Identity)>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error, Code::DATABASE)),
    };
    let read = file.metadata().and_then(|data| {
        if !data.is_file() {
            return Err(io::Error::other("this is no file"));
        }
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut file, &mut bytes)?;
        Ok((bytes, Identity::new(&data)))
    });
    read.map(Some).map_err(|error| failed(path, &error, Code::DATABASE))
}

/// What a file is now; `None` if there is none.
pub(crate) fn identity(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().map(|data| Identity::new(&data))
}

/// Puts new contents in the place of a file, with the same permissions; `time` is its time of change if it means
/// something. Call [`sync_folder`] when all files of a folder are written.
pub(crate) fn replace(
    path: &Path,
    contents: &[u8],
    time: Option<SystemTime>,
    durable: bool,
) -> Result<Identity> {
    // Behind a link, it is the file that is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let new = beside(&path, "new");
    let old = fs::metadata(&path).ok();
    if old.as_ref().is_some_and(|data| data.permissions().readonly()) {
        return Err(Error::new(Code::NOT_FOUND, format!("{}: may not be written", path.display())));
    }
    let written = File::create(&new).and_then(|mut file| {
        if let Some(old) = &old {
            file.set_permissions(old.permissions())?;
        }
        file.write_all(contents)?;
        if let Some(time) = time {
            file.set_modified(time)?;
        }
        if durable {
            file.sync_all()?;
        }
        fs::rename(&new, &path)?;
        file.metadata()
    });
    written.map(|data| Identity::new(&data)).map_err(|error| {
        let _ = fs::remove_file(&new);
        failed(&path, &error, Code::NOT_FOUND)
    })
}

/// Makes durable that files of this folder have been renamed.
pub(crate) fn sync_folder(of: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| failed(folder, &error, Code::DATABASE))?;
    }
    Ok(())
}

/// A failure in words, with the code of its kind. `missing` is the code of what is not there or may not be touched.
pub(crate) fn failed(path: &Path, error: &io::Error, missing: Code) -> Error {
    use io::ErrorKind as Kind;
    let code = match error.kind() {
        Kind::NotFound | Kind::PermissionDenied | Kind::ReadOnlyFilesystem | Kind::NotADirectory => missing,
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Code::FULL,
        _ => Code::DATABASE,
    };
    Error::new(code, format!("{}: {error}", path.display()))
}

/// `TDB_test_contacts.txt.new`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Keeps others from writing a file, in this process and in others, until it is dropped. Reading needs no lock.
///
/// The lock is the operating system's, on a file beside the one that it is for. Whoever holds it takes that file away
/// at the end; who waited for it meanwhile sees that, and begins again.
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    pub(crate) fn acquire(of: &Path) -> Result<Self> {
        let path = beside(of, "lock");
        let acquire = || loop {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            file.lock()?;
            let held = Identity::new(&file.metadata()?).inode;
            if fs::metadata(&path).is_ok_and(|data| Identity::new(&data).inode == held) {
                return Ok(file);
            }
        };
        let file = acquire().map_err(|error| failed(&path, &error, Code::NOT_FOUND))?;
        Ok(Lock { path, _file: file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Where files are not told apart by number, the file stays.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Identity {
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    #[cfg(unix)]
    fn new(data: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Identity {
            inode: (data.dev(), data.ino()),
            length: data.size(),
            changed: (data.mtime(), data.mtime_nsec()),
        }
    }

    #[cfg(not(unix))]
    fn new(data: &fs::Metadata) -> Self {
        let since = data.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        let changed = since.map_or((0, 0), |since| (since.as_secs() as i64, i64::from(since.subsec_nanos())));
        Identity { inode: (0, 0), length: data.len(), changed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_replaced_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        replace(&path, b"old", None, true).unwrap();
        fs::create_dir(beside(&path, "new")).unwrap();
        assert!(replace(&path, b"new", None, true).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(read(folder.path()).unwrap_err().code, Code::DATABASE);
        assert_eq!(read(&folder.path().join("none")).unwrap(), None);
    }

    #[test]
    fn one_holds_a_lock_at_a_time_and_nothing_of_it_remains() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("count");
        fs::write(&path, "0").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _lock = Lock::acquire(&path).unwrap();
                        let count: u32 = fs::read_to_string(&path).unwrap().parse().unwrap();
                        fs::write(&path, (count + 1).to_string()).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap(), "200");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
