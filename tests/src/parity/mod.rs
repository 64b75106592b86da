//! Comparing Syncloom with recorded answers of the original engine, case by case.
//!
//! Not its job: deciding what is right. A difference that is on purpose is a row of `docs/compatibility.md`.

pub mod charconv;
pub mod config;
pub mod convert;
mod convert_rules;
pub mod filter;
mod filter_items;
pub mod merge;
pub mod rrule;
pub mod script;
mod script_case;
mod script_rules;
mod test_types;
pub mod textdb;
pub mod time;
pub mod wbxml;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value as Json;

/// What came of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same answer.
    Equal,
    /// Another answer on purpose; the words say why.
    OnPurpose(&'static str),
    /// No answer yet: what is missing.
    Waits(String),
    /// Another answer.
    Differs {
        /// What the original says.
        wanted: String,
        /// What Syncloom says.
        got: String,
    },
}

/// Runs a case: its input, and the recorded output.
pub type Runner = fn(&Json, &Json) -> Verdict;

/// How the cases of an entry are run.
#[derive(Clone, Copy)]
pub enum Cases {
    /// A file with a case on each line.
    Lines(Runner),
    /// A folder.
    Folder(fn(&Path) -> io::Result<Summary>),
}

/// The files and folders that are known, with what runs their cases.
pub const FILES: &[(&str, Cases)] = &[
    ("charconv.jsonl", Cases::Lines(charconv::run)),
    ("convert.jsonl", Cases::Lines(convert::run)),
    ("filter.jsonl", Cases::Lines(filter::run)),
    ("merge.jsonl", Cases::Lines(merge::run)),
    ("rrule.jsonl", Cases::Lines(rrule::run)),
    ("script.jsonl", Cases::Lines(script::run)),
    ("textdb", Cases::Folder(textdb::run)),
    ("time.jsonl", Cases::Lines(time::run)),
    ("wbxml.jsonl", Cases::Lines(wbxml::run)),
];

/// What came of a file.
#[derive(Debug, Default)]
pub struct Summary {
    /// Cases with the same answer.
    pub equal: usize,
    /// Cases with another answer on purpose, by reason.
    pub on_purpose: BTreeMap<&'static str, usize>,
    /// Cases without an answer yet, by what is missing.
    pub waits: BTreeMap<String, usize>,
    /// Cases with another answer, each in words.
    pub differ: Vec<String>,
}

impl Summary {
    /// All cases with another answer on purpose.
    pub fn on_purpose(&self) -> usize {
        self.on_purpose.values().sum()
    }

    /// All cases without an answer yet.
    pub fn waits(&self) -> usize {
        self.waits.values().sum()
    }
}

/// What a case holds in bytes: text, or `{"b64": …}` for bytes that are none. `None` is neither.
fn bytes(json: &Json) -> Option<Vec<u8>> {
    match json {
        Json::String(text) => Some(text.clone().into_bytes()),
        json => BASE64_STANDARD.decode(json["b64"].as_str()?).ok(),
    }
}

/// Whether bytes hold these bytes somewhere.
fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// A case that is not one of those that its file is known for.
fn unknown(what: &str) -> Verdict {
    Verdict::Differs { wanted: "a case that can be run".into(), got: format!("no {what} that is known") }
}

/// Runs all cases of an entry.
pub fn run(path: &Path, cases: Cases) -> io::Result<Summary> {
    match cases {
        Cases::Lines(runner) => run_file(path, runner),
        Cases::Folder(run) => run(path),
    }
}

/// Runs all cases of a file: one JSON object a line.
fn run_file(path: &Path, run: Runner) -> io::Result<Summary> {
    let mut summary = Summary::default();
    for (number, line) in fs::read_to_string(path)?.lines().enumerate() {
        let case: Json = serde_json::from_str(line).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("line {}: {error}", number + 1))
        })?;
        let undefined = case.get("undefined_behaviour").is_some_and(|mark| *mark != Json::Bool(false));
        let verdict = if undefined {
            Verdict::OnPurpose("what the original answers here depends on chance")
        } else {
            run(&case["input"], &case["output"])
        };
        match verdict {
            Verdict::Equal => summary.equal += 1,
            Verdict::OnPurpose(why) => *summary.on_purpose.entry(why).or_default() += 1,
            Verdict::Waits(missing) => *summary.waits.entry(missing).or_default() += 1,
            Verdict::Differs { wanted, got } => {
                let id = case["id"].as_str().unwrap_or_default();
                summary.differ.push(format!("{id}: {}\n  wanted {wanted}\n  got    {got}", case["input"]));
            }
        }
    }
    Ok(summary)
}
