//! The file that holds the next id, and what it says of time: ids and stamps that no two sessions share.
//!
//! The original reads and writes the number at the ends of a session alone, so two sessions at the same time give the
//! same ids. Here the ids of a session are reserved in the file before they are given.
//!
//! The file is written at the end of every session. Its time of change is therefore when one ended last, and what is
//! written after that must be stamped so that the device of that session sees it: see [`Time`].

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use syncloom_plugin_api::{Code, Result};

use crate::file::{self, Lock};
use crate::rows;

/// The first id.
const FIRST: u64 = 10_000;
/// How many ids a session reserves at a time: few enough that nobody misses the ones that it does not use.
const BLOCK: u64 = 256;
/// How far the file's time may lie ahead of the clock, in seconds: sessions within one second push it ahead. More comes
/// from a clock that was wrong, and is not followed.
const AHEAD: u64 = 3600;

/// The counter of a datastore, as a session sees it.
pub(crate) struct Counter {
    path: PathBuf,
    /// The next id to give.
    next: u64,
    /// All ids that this session has given or deleted are below this one.
    used: u64,
    /// Ids were given before this session, and not only reserved.
    has_counted: bool,
    /// The end of the ids that are reserved, and what the file held before.
    reserved: Option<(u64, Option<(u64, u64)>)>,
}

impl Counter {
    pub(crate) fn load(path: PathBuf) -> Result<Self> {
        let mut counter = Counter { path, next: FIRST, used: FIRST, has_counted: false, reserved: None };
        let (next, counted) = counter.on_disk()?.unwrap_or((0, 0));
        counter.next = next.max(FIRST);
        counter.has_counted = counted > FIRST;
        Ok(counter)
    }

    /// The next id that is not reserved, and the next one when the last session was saved, which stands in the second
    /// cell as long as ids are reserved.
    fn on_disk(&self) -> Result<Option<(u64, u64)>> {
        let Some((bytes, _)) = file::read(&self.path)? else { return Ok(None) };
        let rows = rows::of_file(&self.path, &bytes)?;
        let row = rows.first().map(|(_, row)| *row).unwrap_or_default();
        let mut cells = row.split(|byte| *byte == b'\t').map(rows::number);
        let next = cells.next().unwrap_or(0);
        Ok(Some((next, cells.next().unwrap_or(next))))
    }

    /// Whether ids were given before this session.
    pub(crate) fn has_counted(&self) -> bool {
        self.has_counted
    }

    /// A new id, larger than all that there are. `data` is the file whose lock is held while ids are reserved.
    pub(crate) fn give(&mut self, largest: u64, data: &Path) -> u64 {
        let id = self.next.max(largest.saturating_add(1));
        let end = self.reserved.map_or(0, |(end, _)| end);
        let id = if id < end { id } else { self.reserve(id, data) };
        self.used(id);
        id
    }

    /// Reserves ids from this one on. If that fails, saving will fail for the same reason, and says so.
    fn reserve(&mut self, from: u64, data: &Path) -> u64 {
        let reserve = || -> Result<(u64, Option<(u64, u64)>)> {
            let _lock = Lock::acquire(data)?;
            let disk = self.on_disk()?;
            let (next, counted) = disk.unwrap_or((0, 0));
            let mine = self.reserved.is_some_and(|(end, _)| next == end);
            let from = if mine { from } else { from.max(next) };
            let time = modified(&self.path).unwrap_or(SystemTime::UNIX_EPOCH);
            file::replace(&self.path, &reserved(from + BLOCK, counted), Some(time), false)?;
            Ok((from, disk))
        };
        let (from, before) = reserve().unwrap_or((from, None));
        let before = self.reserved.map_or(before, |(_, before)| before);
        self.reserved = Some((from + BLOCK, before));
        from
    }

    /// Ids below this one are never given again.
    pub(crate) fn used(&mut self, id: u64) {
        self.used = self.used.max(id.saturating_add(1));
        self.next = self.next.max(self.used);
    }

    /// Writes the next id and the time, under the lock of the data file.
    pub(crate) fn save(&mut self, time: SystemTime) -> Result<()> {
        let (disk, counted) = self.on_disk().unwrap_or(None).unwrap_or((0, 0));
        let mine = self.reserved.is_some_and(|(end, _)| disk == end);
        // Others may have reserved ids behind these; the ones between are lost.
        let contents = if mine {
            reserved(self.next, self.next)
        } else {
            reserved(disk.max(self.used), counted.max(self.used))
        };
        file::replace(&self.path, &contents, Some(time), true)?;
        self.reserved = None;
        Ok(())
    }

    /// Gives back the ids of a session that was not ended.
    pub(crate) fn give_back(&mut self, data: &Path) {
        let Some((end, before)) = self.reserved.take() else { return };
        let Ok(_lock) = Lock::acquire(data) else { return };
        if self.on_disk().is_ok_and(|disk| disk.is_some_and(|(next, _)| next == end)) {
            let time = modified(&self.path).unwrap_or(SystemTime::UNIX_EPOCH);
            let _ = match before {
                Some((next, counted)) => {
                    file::replace(&self.path, &reserved(next, counted), Some(time), false).map(drop)
                }
                None => std::fs::remove_file(&self.path)
                    .map_err(|error| file::failed(&self.path, &error, Code::DATABASE)),
            };
        }
    }

    /// When a session ended last.
    pub(crate) fn last_end(&self, now: i64) -> Option<SystemTime> {
        modified(&self.path).filter(|time| *time <= time_of(now) + Duration::from_secs(AHEAD))
    }
}

/// The contents of the file: the next id, and behind it how many of those before it are more than reserved.
fn reserved(next: u64, counted: u64) -> Vec<u8> {
    rows::to_file([if next == counted { next.to_string() } else { format!("{next}\t{counted}") }])
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

fn time_of(seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

fn seconds_of(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The stamps and the token of a session, in seconds since 1970.
///
/// In the original all stamps of a session, and its token, are the second before it began to read. Then what it writes
/// may carry an older stamp than the token of a session that has ended meanwhile, and the device of that one never
/// sees it. So, if another session has ended since this one began, or in the very second, this one's stamps are the
/// time of that end: later than every token that has been told. What others have written since this session read is
/// not behind its token, for it has not seen that.
pub(crate) struct Time {
    start: i64,
    last_token: Option<i64>,
    /// What is written now carries this stamp.
    stamp: i64,
    /// The largest stamp that has been saved.
    saved: Option<i64>,
    /// The time that this session has given the counter's file.
    own_end: Option<SystemTime>,
    /// The oldest stamp of what others have written and this session has not seen.
    unseen: Option<i64>,
}

impl Time {
    /// A session that begins to read now.
    pub(crate) fn start(now: i64, last_end: Option<SystemTime>, last_token: Option<i64>) -> Self {
        let stamp = last_end.map_or(now - 1, |end| seconds_of(end).max(now - 1));
        Time { start: now, last_token, stamp, saved: None, own_end: None, unseen: None }
    }

    pub(crate) fn stamp(&self) -> i64 {
        self.stamp
    }

    /// Takes note of when a session ended last; returns the stamp of what is saved now.
    pub(crate) fn see(&mut self, last_end: Option<SystemTime>) -> i64 {
        if last_end != self.own_end {
            self.stamp = last_end.map_or(self.stamp, |end| seconds_of(end).max(self.stamp));
        }
        self.stamp
    }

    /// Items have been saved with the present stamp.
    pub(crate) fn saved(&mut self) {
        self.saved = Some(self.stamp);
    }

    /// What others have written since this session read has been found; `unseen` is its oldest stamp.
    pub(crate) fn found(&mut self, unseen: Option<i64>) {
        self.unseen = self.unseen.into_iter().chain(unseen).min();
    }

    /// The token: nothing that this session has not seen, or that is still to be written, has a stamp up to it.
    pub(crate) fn token(&self) -> i64 {
        let known = self.last_token.filter(|token| *token <= self.stamp);
        let own = self.saved.unwrap_or(self.start - 1).max(known.unwrap_or(i64::MIN));
        let unseen = self.unseen.map_or(own, |stamp| own.min(stamp - 1));
        unseen.max(known.unwrap_or(i64::MIN))
    }

    /// The time of the counter's file at the end of a session, or when a part of it is saved: after what has been
    /// stamped and told, and different from all before.
    pub(crate) fn end(&mut self, now: i64, last_end: Option<SystemTime>) -> SystemTime {
        let told = self.token().max(self.saved.unwrap_or(i64::MIN)) + 1;
        let mut end = time_of(now.max(told));
        if let Some(last) = last_end {
            end = end.max(last + Duration::from_nanos(1000));
        }
        self.own_end = Some(end);
        end
    }
}
