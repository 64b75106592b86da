//! The recorded calls of the original's text database: a folder for every case, with the calls in their order
//! (`trace.jsonl`), and the files before, between and after them. Every answer of a call and every file counts as one.
//!
//! `calls` makes a call and says what came of it; `excuses` are the rules by which a difference is on purpose.

mod calls;
mod excused_text;
mod excuses;
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::Summary;
use calls::Caller;
use excuses::Excuses;

/// Why a difference is one on purpose.
pub(super) type Reason = &'static str;

/// Runs all cases of a folder.
pub fn run(folder: &Path) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    cases.retain(|case| case.join("trace.jsonl").exists());
    cases.sort();
    for case in cases {
        Case::new(&case, &mut summary)?.run()?;
    }
    Ok(summary)
}

struct Case<'s> {
    folder: PathBuf,
    name: String,
    /// Where the files of this run are.
    work: tempfile::TempDir,
    caller: Caller,
    excuses: Excuses,
    summary: &'s mut Summary,
}

impl<'s> Case<'s> {
    fn new(folder: &Path, summary: &'s mut Summary) -> io::Result<Self> {
        let work = tempfile::tempdir()?;
        files::copy(&folder.join("before"), work.path())?;
        // Empty folders are not in the recording: those in which a file is found later were there.
        for entry in fs::read_dir(folder)? {
            let entry = entry?.path();
            for file in files::list(&entry)?.keys().filter(|_| entry.is_dir()) {
                if let Some(parent) = Path::new(file).parent() {
                    fs::create_dir_all(work.path().join(parent))?;
                }
            }
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let caller = Caller::new(work.path().to_owned());
        let excuses = Excuses::default();
        Ok(Case { folder: folder.to_owned(), name, work, caller, excuses, summary })
    }

    fn run(mut self) -> io::Result<()> {
        let trace = fs::read_to_string(self.folder.join("trace.jsonl"))?;
        let lines: Vec<Json> = trace
            .lines()
            .map(|line| {
                serde_json::from_str(line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
            })
            .collect::<io::Result<_>>()?;
        self.environment(&lines)?;
        for line in &lines {
            self.step(line)?;
        }
        self.files("after")
    }

    /// What the recording does not say of the files, but shows: a file that could not be written although it was
    /// there, and a folder in the place of one.
    fn environment(&mut self, lines: &[Json]) -> io::Result<()> {
        let before = files::list(&self.folder.join("before"))?;
        let refused = lines.iter().any(|line| line["fn"] == "EndDataWrite" && line["ret"]["code"] == 404);
        if refused {
            for file in before.keys().filter(|file| file.contains("TDB_")) {
                let path = self.work.path().join(file);
                let mut permissions = fs::metadata(&path)?.permissions();
                permissions.set_readonly(true);
                fs::set_permissions(path, permissions)?;
            }
        }
        let stopped =
            lines.iter().any(|line| line["fn"] == "StartDataRead" && line["ret"] == "(did not return)");
        if stopped && before.is_empty() {
            fs::create_dir_all(self.work.path().join("db/TDB_test_contacts.txt"))?;
        }
        Ok(())
    }

    fn step(&mut self, line: &Json) -> io::Result<()> {
        if let Some(snapshot) = line["snapshot"].as_str() {
            return self.files(snapshot);
        }
        if let Some(note) = line["note"].as_str() {
            return self.meddle(note, line);
        }
        if line["fn"].is_null() {
            return Ok(());
        }
        self.excuses.before(line, &self.caller);
        let got = self.caller.call(line);
        let wanted = &line["ret"];
        let died = wanted.is_string();
        let reason = if died { Some(excuses::DIED) } else { self.excuses.of_call(line, &got, &self.caller) };
        let what = format!("{}: call {} {} {}", self.name, line["n"], line["fn"], line["args"]);
        self.count(!died && calls::same(wanted, &got), reason, &what, wanted, &got);
        self.excuses.after(line, &got, &mut self.caller);
        Ok(())
    }

    /// Somebody has changed a file.
    fn meddle(&mut self, note: &str, line: &Json) -> io::Result<()> {
        self.excuses.note(note, &self.caller);
        match (line["file"].as_str(), line["bytes"].as_str()) {
            (Some(file), Some(bytes)) => fs::write(self.work.path().join(file), calls::hex(bytes)),
            (Some(file), None) if note.contains("removed") => fs::remove_file(self.work.path().join(file)),
            _ if note.contains("removed from outside") => {
                for file in files::list(self.work.path())?.keys() {
                    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned();
                    if name.starts_with(note.split(' ').next().unwrap_or_default()) {
                        fs::remove_file(self.work.path().join(file))?;
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Compares all files with those of the recording at this point.
    fn files(&mut self, recorded: &str) -> io::Result<()> {
        let folder = self.folder.join(recorded);
        let ended = !self.caller.has_died();
        if !folder.exists() && recorded != "after" {
            return Ok(());
        }
        let wanted = files::list(&folder)?;
        let got = files::list(self.work.path())?;
        let names: BTreeSet<&String> = wanted.keys().chain(got.keys()).collect();
        for name in names {
            let none = Vec::new();
            let (theirs, ours) = (wanted.get(name), got.get(name));
            let reason = if ended {
                self.excuses.of_file(name, theirs.map(Vec::as_slice), ours.map(Vec::as_slice))
            } else {
                Some(excuses::DIED)
            };
            let what = format!("{}: file {name} in {recorded}", self.name);
            let text =
                |bytes: Option<&Vec<u8>>| Json::from(bytes.unwrap_or(&none).escape_ascii().to_string());
            self.count(theirs == ours, reason, &what, &text(theirs), &text(ours));
        }
        Ok(())
    }

    fn count(&mut self, equal: bool, reason: Option<Reason>, what: &str, wanted: &Json, got: &Json) {
        match (equal, reason) {
            (true, _) => self.summary.equal += 1,
            (false, Some(reason)) => *self.summary.on_purpose.entry(reason).or_default() += 1,
            (false, None) => {
                self.summary.differ.push(format!("{what}\n  wanted {wanted}\n  got    {got}"));
            }
        }
    }
}

/// Files by their paths in a folder.
type Files = BTreeMap<String, Vec<u8>>;
