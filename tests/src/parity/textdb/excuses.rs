//! By which rule an answer or a file differs on purpose. The rules look at what was asked and at what lay in the files,
//! never at the name of a case; each is a row of `docs/compatibility.md`.
//!
//! A difference in what is stored is seen again whenever it is read. So a rule that applies to a call is remembered for
//! the item that it is about, or, where the original gives other ids or columns from there on, for the whole file.

use std::collections::{HashMap, HashSet};
use std::fs;

use serde_json::Value as Json;

use super::Reason;
use super::calls::{self, Caller, bytes, text};
use super::{excused_text, files};

pub(super) const DIED: Reason = "a call that the original did not come back from";
const MALFORMED: Reason = "item data that is none of fields, whose values the original puts elsewhere";
const CONTROLS: Reason = "control characters in values";
const SEMICOLON: Reason = "a semicolon in a value, of which the original reads the end";
const TAIL: Reason = "an array that is written from its first element on";
const LEAK: Reason = "an element of an array in a column that is new";
const MOVED: Reason = "a move, which is a change";
const SYNC_SET: Reason = "DeleteSyncSet with items in folders";
const STAMPS: Reason = "a session in whose time, or in the second before, another one has ended";
const OVERLAP: Reason = "two sessions that add items at the same time";
const RESERVED: Reason = "the counter while ids are given";
const REUSED: Reason = "a deleted id that is not below the counter";
const CORRUPT: Reason = "a file that is no text";
const GONE: Reason = "items whose file is gone";
const NAMES: Reason = "a user and a datastore whose names run together like those of others";
const FULL: Reason = "a disk without room";
const BLOB: Reason = "a large value that is not complete, or not saved";
const STORED: Reason = "`stored;BLOBID=` in the admin data";
const DEVICE: Reason = "a second device in a session, or none";
const MAP: Reason = "ids in a map that are no plain texts";

/// What has been asked so far.
#[derive(Default)]
pub(super) struct Excuses {
    /// By file (user and datastore) and item.
    items: HashMap<(String, String), Reason>,
    files: HashMap<String, Reason>,
    /// Files in which stamps may differ.
    stamps: HashSet<String>,
    /// By file and our id.
    maps: HashSet<(String, String)>,
    /// By name of the file.
    blobs: HashMap<String, Reason>,
    stored: bool,
    devices: bool,
    /// For the present call, and the item that it will name.
    call: Option<Reason>,
    new_item: Option<Reason>,
    sessions: HashMap<String, Session>,
    /// When sessions ended, by file.
    ends: Vec<(String, String, i64)>,
    columns: HashMap<String, usize>,
    datastores: Vec<String>,
    checked: HashSet<String>,
}

/// A context of a datastore that has begun to read.
#[derive(Default)]
struct Session {
    file: String,
    start: i64,
    open: bool,
    inserted: bool,
    blob: Option<String>,
    blobs: Vec<String>,
}

impl Excuses {
    /// What the rules say of a call before it is made.
    pub(super) fn before(&mut self, line: &Json, caller: &Caller) {
        self.call = None;
        self.new_item = None;
        let (function, context, args) = (text(&line["fn"]), text(&line["ctx"]), &line["args"]);
        let now = line["clock"].as_str().map_or(0, calls::seconds);
        let file = caller.file_of(&context).unwrap_or_default().to_owned();
        let item = text(&args["item"]);
        match function.as_str() {
            "Module_CreateContext" => self.datastores.push(text(&args["contextName"])),
            "CreateContext" => {
                let (user, datastore) = (text(&args["usrKey"]), text(&args["contextName"]));
                let shares =
                    |at: usize| self.datastores.contains(&format!("{}_{datastore}", &user[at + 1..]));
                if user.match_indices('_').any(|(at, _)| shares(at)) {
                    self.files.insert(format!("{user}_{datastore}"), NAMES);
                }
            }
            "Session_CheckDevice" => self.devices |= !self.checked.insert(context),
            "Session_SaveDeviceInfo" => self.devices |= !self.checked.contains(&context),
            "StartDataRead" => self.start(&context, &file, now, args, caller),
            "InsertItem" | "UpdateItem" => self.written(&function, &context, &file, &item, args),
            "MoveItem" => drop(self.items.insert((file, item), MOVED)),
            "DeleteItem" => self.deleted(&file, calls::number(&item), caller),
            "DeleteSyncSet" => {
                let rows = rows_of(caller, "TDB", &file);
                if rows.iter().any(|row| row[0].contains(&b',')) {
                    self.files.insert(file.clone(), SYNC_SET);
                }
                let largest = rows.iter().map(|row| calls::number(&String::from_utf8_lossy(&row[0]))).max();
                self.deleted(&file, largest.unwrap_or(0), caller);
            }
            "WriteBlob" => self.blob(&context, &file, &item, args),
            "EndDataWrite" | "ThreadMayChangeNow" => self.end(&function, &context, &file, now, args),
            "DeleteContext" => {
                if let Some(session) = self.sessions.remove(&context) {
                    self.blobs.extend(session.blob.into_iter().map(|name| (name, BLOB)));
                }
            }
            "SaveAdminData" => {
                let data = text(&args["adminData"]);
                self.stored |= data.lines().any(|line| line.contains(";BLOBID="));
            }
            "LoadAdminData" => {
                let short = rows_of(caller, "MAP", &file).into_iter().filter(|row| row.len() < 5);
                let ids = short.map(|row| String::from_utf8_lossy(&row[0]).into_owned());
                self.maps.extend(ids.map(|id| (file.clone(), id)));
            }
            "InsertMapItem" | "UpdateMapItem" => {
                let (local, remote) = (text(&args["localID"]), text(&args["remoteID"]));
                let plain = |id: &str| !id.contains(['"', '\\']) && !id.bytes().any(|byte| byte < 0x20);
                if !plain(&local) || !plain(&remote) || local.is_empty() || local.contains(',') {
                    self.maps.insert((file, local));
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, context: &str, file: &str, now: i64, args: &Json, caller: &Caller) {
        let data = file_of(caller, "TDB", file);
        let width = rows_of(caller, "TDB", file).iter().map(|row| row.len().saturating_sub(2)).max();
        self.columns.insert(file.to_owned(), width.unwrap_or(0));
        if data.as_ref().is_some_and(|data| data.contains(&0) || data.starts_with(&[0xFF, 0xFE])) {
            self.files.insert(file.to_owned(), CORRUPT);
        }
        let gone = data.is_none_or(|data| data.is_empty()) && !text(&args["lastToken"]).is_empty();
        if gone && counter(caller, file) > 10_000 {
            self.files.insert(file.to_owned(), GONE);
        }
        let session = Session { file: file.to_owned(), start: now, open: true, ..Session::default() };
        self.sessions.insert(context.to_owned(), session);
    }

    /// Fields are written.
    fn written(&mut self, function: &str, context: &str, file: &str, item: &str, args: &Json) {
        let data = excused_text::Data::of(&bytes(&args["data"]));
        if data.malformed {
            self.files.insert(file.to_owned(), MALFORMED);
        }
        let columns = self.columns.entry(file.to_owned()).or_default();
        let mut reason = data.controls.then_some(CONTROLS);
        for (column, index) in &data.columns {
            if index.is_some() && *column >= *columns {
                reason = Some(LEAK);
            }
            if *index == Some(0) && function == "UpdateItem" {
                reason = Some(TAIL);
            }
            *columns = (*columns).max(column + 1);
        }
        if function == "UpdateItem" {
            self.items.extend(reason.map(|reason| ((file.to_owned(), item.to_owned()), reason)));
        } else {
            self.new_item = reason;
            let others = self.sessions.iter().filter(|(name, other)| *name != context && other.file == file);
            if others.into_iter().any(|(_, other)| other.open && other.inserted) {
                self.files.insert(file.to_owned(), OVERLAP);
            }
            if let Some(session) = self.sessions.get_mut(context) {
                session.inserted = true;
            }
        }
    }

    fn deleted(&mut self, file: &str, id: u64, caller: &Caller) {
        // The counter's file is ahead while ids are given, so nothing is deleted then that it does not know.
        if id >= counter(caller, file).max(10_000) {
            self.files.insert(file.to_owned(), REUSED);
        }
    }

    fn blob(&mut self, context: &str, file: &str, item: &str, args: &Json) {
        let name = format!("BLB_{item}_{file}_{}", text(&args["blobID"]));
        let Some(session) = self.sessions.get_mut(context) else { return };
        let goes_on = session.blob.as_ref() == Some(&name);
        let broken_off = if args["first"] == true || !goes_on { session.blob.take() } else { None };
        if args["first"] != true && !goes_on {
            // The original appends it to the one that is open.
            self.call = broken_off.is_some().then_some(BLOB);
        }
        if let Some(lost) = broken_off {
            session.blobs.retain(|waiting| *waiting != lost);
            self.blobs.insert(lost, BLOB);
        }
        if args["first"] == true {
            session.blob = Some(name.clone());
            session.blobs.push(name.clone());
            self.blobs.insert(name, BLOB);
        }
        if args["last"] == true {
            session.blob = None;
        }
    }

    fn end(&mut self, function: &str, context: &str, file: &str, now: i64, args: &Json) {
        let Some(session) = self.sessions.get_mut(context) else { return };
        let saved = function == "ThreadMayChangeNow" || args["success"] == true;
        if saved {
            for name in session.blobs.drain(..) {
                self.blobs.remove(&name);
            }
            self.blobs.extend(session.blob.iter().map(|name| (name.clone(), BLOB)));
        }
        let start = session.start;
        let disturbed = self.ends.iter().any(|(of, by, at)| of == file && by != context && *at >= start);
        if disturbed {
            self.stamps.insert(file.to_owned());
            self.call = Some(STAMPS);
        }
        if function == "EndDataWrite" {
            session.open = false;
            session.inserted = false;
            self.ends.push((file.to_owned(), format!("{context} from {start}"), now));
        }
    }

    /// Somebody has said something of the surroundings.
    pub(super) fn note(&mut self, note: &str, caller: &Caller) {
        if note.contains("limit") || note.contains("full") {
            self.files.extend(caller.files().map(|file| (file.to_owned(), FULL)));
        }
    }

    /// Why an answer differs.
    pub(super) fn of_call(&self, line: &Json, got: &Json, caller: &Caller) -> Option<Reason> {
        let (wanted, args) = (&line["ret"], &line["args"]);
        let (function, context) = (text(&line["fn"]), text(&line["ctx"]));
        let file = caller.file_of(&context).unwrap_or_default().to_owned();
        if self.call.is_some() {
            return self.call;
        }
        if function.starts_with("Session_") {
            return self.devices.then_some(DEVICE);
        }
        for field in ["data", "adminData"].iter().filter(|field| !wanted[**field].is_null()) {
            let ours = bytes(&got[*field]);
            let with = |ours: Vec<u8>| {
                let mut answer = got.clone();
                answer[*field] = Json::from(String::from_utf8_lossy(&ours).into_owned());
                calls::same(wanted, &answer)
            };
            if with(excused_text::read_by_original(&ours)) {
                return Some(SEMICOLON);
            }
            if self.stored && with(excused_text::without_blob_lines(&ours)) {
                return Some(STORED);
            }
        }
        if function == "ReadNextItem" && self.stamps.contains(&file) {
            let mut answer = got.clone();
            answer["status"] = wanted["status"].clone();
            if calls::same(wanted, &answer) {
                return Some(STAMPS);
            }
        }
        let item = if args["item"].is_string() { text(&args["item"]) } else { text(&wanted["item"]) };
        if let Some(reason) = self.items.get(&(file.clone(), item)).or(self.new_item.as_ref()) {
            return Some(*reason);
        }
        if function.ends_with("MapItem") {
            let ours = [text(&args["localID"]), text(&got["localID"])];
            return ours.into_iter().any(|id| self.maps.contains(&(file.clone(), id))).then_some(MAP);
        }
        self.files.get(&file).copied()
    }

    /// Remembers what a call has returned.
    pub(super) fn after(&mut self, line: &Json, got: &Json, caller: &mut Caller) {
        let (function, context, wanted) = (text(&line["fn"]), text(&line["ctx"]), &line["ret"]);
        let returned = match function.as_str() {
            "InsertItem" => "item",
            "EndDataWrite" => "newToken",
            _ => return,
        };
        caller.remember(&context, &wanted[returned], &got[returned]);
        let file = caller.file_of(&context).unwrap_or_default().to_owned();
        if let (Some(reason), "item") = (self.new_item, returned) {
            self.items.insert((file, text(&wanted["item"])), reason);
        }
    }

    /// Why a file differs.
    pub(super) fn of_file(&self, path: &str, wanted: Option<&[u8]>, got: Option<&[u8]>) -> Option<Reason> {
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(reason) = self.blobs.get(name) {
            return Some(*reason);
        }
        if name.starts_with("DEV_") {
            return self.devices.then_some(DEVICE);
        }
        let (kind, rest) = name.split_once('_')?;
        let key = rest.strip_suffix(".txt").unwrap_or(rest).replace("%5F", "_");
        if let Some(reason) = self.files.get(&key) {
            return Some(*reason);
        }
        let (wanted, got) = (wanted.unwrap_or_default(), got.unwrap_or_default());
        match kind {
            "NID" => {
                let giving = |session: &Session| session.file == key && session.inserted;
                self.sessions.values().any(giving).then_some(RESERVED)
            }
            "TDB" if !wanted.ends_with(b"\r\n") && got.starts_with(wanted) && wanted.len() > 3 => Some(FULL),
            "TDB" => self.of_rows(&key, wanted, got),
            "ADM" if self.stored => (excused_text::without_blob_columns(got) == wanted).then_some(STORED),
            "MAP" => self.maps.iter().any(|(file, _)| key.ends_with(file)).then_some(MAP),
            _ => None,
        }
    }

    /// Row by row: each one that differs needs a reason of its own.
    fn of_rows(&self, file: &str, wanted: &[u8], got: &[u8]) -> Option<Reason> {
        let (theirs, ours) = (excused_text::lines(wanted), excused_text::lines(got));
        if theirs.len() != ours.len() {
            return None;
        }
        let mut reason = None;
        for (theirs, ours) in theirs.iter().zip(&ours).filter(|(theirs, ours)| theirs != ours) {
            let stamped = excused_text::without_stamp(ours);
            let id = theirs.split(|byte| matches!(byte, b'\t' | b',')).next().unwrap_or_default();
            let id = (file.to_owned(), String::from_utf8_lossy(id).into_owned());
            reason = Some(if excused_text::without_codes(ours) == *theirs {
                CONTROLS
            } else if self.stamps.contains(file) && excused_text::without_stamp(theirs) == stamped {
                STAMPS
            } else {
                *self.items.get(&id)?
            });
        }
        reason
    }
}

fn file_of(caller: &Caller, kind: &str, file: &str) -> Option<Vec<u8>> {
    let all = files::list(&caller.root).ok()?;
    all.into_iter().find_map(|(path, contents)| {
        let name = path.rsplit('/').next()?.to_owned();
        let fits = name.starts_with(kind) && name.ends_with(&format!("_{file}.txt"));
        (fits && fs::metadata(caller.root.join(path)).is_ok()).then_some(contents)
    })
}

/// The rows of a file, each as its cells.
fn rows_of(caller: &Caller, kind: &str, file: &str) -> Vec<Vec<Vec<u8>>> {
    let contents = file_of(caller, kind, file).unwrap_or_default();
    let rows = excused_text::lines(&contents).into_iter();
    rows.map(|row| row.split(|byte| *byte == b'\t').map(<[u8]>::to_vec).collect()).collect()
}

fn counter(caller: &Caller, file: &str) -> u64 {
    rows_of(caller, "NID", file).first().map_or(0, |row| calls::number(&String::from_utf8_lossy(&row[0])))
}
