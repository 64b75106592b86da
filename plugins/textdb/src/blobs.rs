//! Large values: one file each, raw bytes and nothing else.
//!
//! What is written goes into a file beside the one that it is for, and takes its place when the session is saved. The
//! original writes into the file at once, so that what breaks off half-way, or is taken back, destroys what was there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use syncloom_plugin_api::{BlobBlock, Code, Error, Result};

use crate::file;
use crate::paths::Names;

/// The largest block that is read at a time, as in the original.
const BLOCK: usize = 2048;

/// The large values of one context.
pub(crate) struct Blobs {
    names: Names,
    reading: Option<(PathBuf, File, u64)>,
    writing: Option<(PathBuf, PathBuf, File)>,
    /// What is going to take the place of files, by their names; `None` where they are going to be deleted.
    waiting: BTreeMap<PathBuf, Option<PathBuf>>,
}

impl Blobs {
    pub(crate) fn new(names: Names) -> Self {
        Blobs { names, reading: None, writing: None, waiting: BTreeMap::new() }
    }

    /// A block of at most `limit` bytes, or as many as there are in one. What is not there is empty.
    pub(crate) fn read(&mut self, item: &str, blob: &str, limit: usize, first: bool) -> Result<BlobBlock> {
        let path = self.names.blob(item, blob)?;
        let mut known = None;
        if first {
            self.reading = None;
            let place = match self.waiting.get(&path) {
                Some(place) => place.as_ref(),
                None => Some(&path),
            };
            let Some((file, size)) = place.map(|place| open(place)).transpose()?.flatten() else {
                return Ok(BlobBlock { total: Some(0), last: true, ..BlobBlock::default() });
            };
            known = Some(size).filter(|size| *size < BLOCK as u64);
            self.reading = Some((path.clone(), file, size));
        }
        let Some((_, file, left)) = self.reading.as_mut().filter(|(open, _, _)| *open == path) else {
            return Err(not_open(blob));
        };
        let size = if limit == 0 { BLOCK } else { limit.min(BLOCK) };
        let mut data = Vec::with_capacity(size);
        let read = file.take(size as u64).read_to_end(&mut data);
        read.map_err(|error| file::failed(&path, &error, Code::DATABASE))?;
        *left = left.saturating_sub(data.len() as u64);
        let last = *left == 0 || data.is_empty();
        if last {
            self.reading = None;
        }
        Ok(BlobBlock { data, total: known, last })
    }

    /// Writes a block. A value that is begun anew, or another one, ends what is not complete.
    pub(crate) fn write(
        &mut self,
        item: &str,
        blob: &str,
        block: &[u8],
        first: bool,
        last: bool,
    ) -> Result<()> {
        let path = self.names.blob(item, blob)?;
        if first {
            self.give_up();
            if last && block.is_empty() {
                return self.delete(item, blob);
            }
            let new = temporary(&path);
            let file =
                File::create_new(&new).map_err(|error| file::failed(&path, &error, Code::NOT_FOUND))?;
            self.writing = Some((path.clone(), new, file));
        }
        let Some((_, _, file)) = self.writing.as_mut().filter(|(open, _, _)| *open == path) else {
            return Err(not_open(blob));
        };
        let written = file.write_all(block).and_then(|()| if last { file.sync_all() } else { Ok(()) });
        if let Err(error) = written {
            self.give_up();
            return Err(file::failed(&path, &error, Code::NOT_FOUND));
        }
        if let Some((path, new, _)) = self.writing.take_if(|_| last) {
            self.wait(path, Some(new));
        }
        Ok(())
    }

    pub(crate) fn delete(&mut self, item: &str, blob: &str) -> Result<()> {
        let path = self.names.blob(item, blob)?;
        self.wait(path, None);
        Ok(())
    }

    /// Whether there is something that [`Blobs::commit`] would do.
    pub(crate) fn are_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn wait(&mut self, path: PathBuf, new: Option<PathBuf>) {
        if let Some(Some(former)) = self.waiting.insert(path, new) {
            let _ = fs::remove_file(former);
        }
    }

    fn give_up(&mut self) {
        if let Some((_, new, _)) = self.writing.take() {
            let _ = fs::remove_file(new);
        }
    }

    /// Puts everything that is complete in its place.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let mut folder = None;
        while let Some((path, new)) = self.waiting.pop_first() {
            let done = match &new {
                Some(new) => fs::rename(new, &path),
                None => match fs::remove_file(&path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                    done => done,
                },
            };
            if let Err(error) = done {
                let error = file::failed(&path, &error, Code::NOT_FOUND);
                self.waiting.insert(path, new);
                return Err(error);
            }
            folder = Some(path);
        }
        folder.map_or(Ok(()), |path| file::sync_folder(&path))
    }

    /// Takes back what is not in its place yet.
    pub(crate) fn rollback(&mut self) {
        self.give_up();
        for new in std::mem::take(&mut self.waiting).into_values().flatten() {
            let _ = fs::remove_file(new);
        }
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        self.rollback();
    }
}

/// A file and its size; `None` if there is none.
fn open(path: &Path) -> Result<Option<(File, u64)>> {
    let opened = File::open(path).and_then(|file| {
        let data = file.metadata()?;
        if data.is_file() { Ok((file, data.len())) } else { Err(io::Error::other("this is no file")) }
    });
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file::failed(path, &error, Code::DATABASE)),
    }
}

/// A name beside a file that nobody else has: other sessions may be writing the same value.
fn temporary(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    file::beside(path, &format!("{}-{count}-{}.new", std::process::id(), now.as_nanos()))
}

fn not_open(blob: &str) -> Error {
    Error::new(Code::FORBIDDEN, format!("the large value {blob} is not open"))
}
