//! A recording: what a client and a server said to each other, in one session or several, and, where somebody has
//! written it down, the items of both sides before and after each.
//!
//! Two layouts are read: the one of this project's own recordings (`traffic`), with everything, and the files
//! that `<msgdump>` leaves (`dump`), with messages alone.
//!
//! Not its job: knowing what a message says.

mod dump;
mod traffic;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use syncloom_wire::{Encoding, Limits};

/// The largest `meta.json` that is read. It holds the items of both sides, twice a session; those of 10,000
/// contacts with pictures and five sessions fit.
const MAX_META: usize = 512 * 1024 * 1024;

/// The most files of a folder that are looked at: a hundred sessions of 500 messages.
const MAX_FILES: usize = 200_000;

/// Texts of items by their ids, by datastore.
pub(super) type Data = BTreeMap<String, BTreeMap<String, String>>;

/// What was recorded.
#[derive(Debug, Default)]
pub(super) struct Recording {
    /// What it is called: the name of its folder.
    pub(super) name: String,
    /// What it shows, if somebody has said so.
    pub(super) description: String,
    /// Which MIME type the recorded server kept the items of a datastore in.
    pub(super) types: BTreeMap<String, String>,
    /// The sessions, in their order.
    pub(super) sessions: Vec<Session>,
}

/// A time of contact: one client that wants one thing. It may have needed several SyncML sessions for it, when
/// its first credentials were refused.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// What it is called.
    pub(super) label: String,
    /// The password that the client had, if it is known.
    pub(super) password: Option<String>,
    /// The items before.
    pub(super) before: Option<Sides>,
    /// The items after.
    pub(super) after: Option<Sides>,
    /// The messages.
    pub(super) exchanges: Vec<Exchange>,
}

/// The items of both sides at one moment.
#[derive(Debug, Default)]
pub(super) struct Sides {
    /// The client's.
    pub(super) client: Data,
    /// The server's.
    pub(super) server: Data,
}

/// One message of the client's and what came back.
#[derive(Debug)]
pub(super) struct Exchange {
    /// What the message is called: the number that its file begins with.
    pub(super) number: String,
    /// How it is encoded.
    pub(super) encoding: Encoding,
    /// The message.
    pub(super) request: Vec<u8>,
    /// The answer, if there was one in SyncML.
    pub(super) response: Option<Vec<u8>>,
    /// Whether the server got the message.
    pub(super) arrived: bool,
    /// Whether the client got the answer.
    pub(super) answered: bool,
    /// When it was, in milliseconds since 1970.
    pub(super) time: Option<i64>,
    /// The HTTP status, if it is known.
    pub(super) http: Option<u16>,
}

impl Recording {
    /// Reads a folder. The error says which file is at fault, and why.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        if !folder.is_dir() {
            return Err(format!("{}: no folder", folder.display()));
        }
        let full = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
        let name =
            full.file_name().map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned());
        let meta = folder.join("meta.json");
        let mut recording = if meta.exists() { traffic::read(folder)? } else { dump::read(folder)? };
        recording.name = name;
        Ok(recording)
    }
}

impl Recording {
    /// When it begins, in milliseconds since 1970, if that is known: long enough before its first message for any store
    /// to tell what was there from what it brings.
    pub(super) fn begins(&self) -> Option<i64> {
        let mut exchanges = self.sessions.iter().flat_map(|session| &session.exchanges);
        exchanges.find_map(|exchange| exchange.time).map(|time| time - 10_000)
    }
}

/// The names of the files of a folder, sorted.
fn files(folder: &Path) -> Result<Vec<String>, String> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{shown}: {error}"))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| format!("{shown}: {error}"))?;
        if names.len() == MAX_FILES {
            return Err(format!("{shown}: more than {MAX_FILES} files"));
        }
        names.extend(entry.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

/// A message's file; what is larger than any message that is read is an error.
fn message(path: &Path) -> Result<Vec<u8>, String> {
    bounded(path, Limits::default().max_bytes)
}

fn bounded(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| fault(&error))?;
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
    if bytes.len() > limit {
        return Err(fault(&format!("more than {limit} bytes")));
    }
    Ok(bytes)
}

fn encoding_of(extension: &str) -> Option<Encoding> {
    match extension {
        "xml" => Some(Encoding::Xml),
        "wbxml" => Some(Encoding::Wbxml),
        _ => None,
    }
}
