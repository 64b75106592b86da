//! `syncloom replay` from outside: what it prints, as figures that can be asserted on.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::server::{binary, workspace};

/// What came of a call.
#[derive(Debug)]
pub struct Call {
    /// The exit code.
    pub code: i32,
    /// One for each recording that could be played.
    pub plays: Vec<Play>,
    /// What was printed of errors.
    pub errors: String,
    /// All that was printed.
    pub text: String,
}

/// What came of a recording.
#[derive(Debug, Default)]
pub struct Play {
    /// The recording's name.
    pub name: String,
    /// How many messages were recorded.
    pub messages: usize,
    /// How many statuses differ.
    pub statuses: usize,
    /// How many items differ.
    pub items: usize,
    /// The statuses that differ: what they are about without ids, then, now.
    pub differ: Vec<(String, String, String)>,
    /// The datastores whose items differ, of the server and of the client.
    pub stores: Vec<Items>,
}

/// The items of a datastore then and now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// `server` or `client`, and the datastore.
    pub whose: String,
    /// How many there are now, and how many of them say the same as another one.
    pub now: (usize, usize),
    /// Items that are there and differ.
    pub changed: usize,
    /// Items that were there, and nothing that says the same is now.
    pub lost: usize,
    /// Items that are there now, and nothing that said the same was.
    pub new: usize,
    /// Doubles that were there, and are not now.
    pub fewer: usize,
    /// Doubles that were not there, and are now.
    pub more: usize,
    /// Of a client's: whether it has what the server has.
    pub both_sides: bool,
}

/// The config that the recorded traffic is played against.
pub fn config() -> PathBuf {
    workspace().join("tests/replay.xml")
}

/// Plays recordings against the config, with some of its variables set.
pub fn replay(variables: &[&str], recordings: &[PathBuf]) -> Call {
    let arguments: Vec<&str> = variables.iter().flat_map(|variable| ["-D", variable]).collect();
    replay_in(Path::new("."), &config(), &arguments, recordings)
}

/// Plays recordings against a config, in a folder and with further arguments.
pub fn replay_in(folder: &Path, config: &Path, arguments: &[&str], recordings: &[PathBuf]) -> Call {
    let mut command = Command::new(binary());
    command.current_dir(folder).arg("replay").arg(config).args(arguments);
    let output = command.args(recordings).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut plays = Vec::new();
    let mut play = Play::default();
    for line in text.lines() {
        if play.take(line) {
            plays.push(std::mem::take(&mut play));
        }
    }
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Call { code: output.status.code().unwrap(), plays, errors, text }
}

/// The folders with recordings in a folder; `None`, with a word on the console, where there are none.
pub fn recordings() -> Option<Vec<PathBuf>> {
    let shared =
        std::env::var_os("SYNCLOOM_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
    let mut found: Vec<PathBuf> = match std::fs::read_dir(shared.join("traffic")) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect(),
        Err(_) => Vec::new(),
    };
    found.sort();
    if found.is_empty() {
        crate::skipped("there is no recorded traffic here");
        return None;
    }
    Some(found)
}

/// The name of a recording's folder.
pub fn name_of(recording: &Path) -> &str {
    recording.file_name().unwrap().to_str().unwrap()
}

impl Play {
    /// Takes a line; `true` if it is the last of a play.
    fn take(&mut self, line: &str) -> bool {
        if let Some(rest) = line.strip_prefix("replay ") {
            let (name, figures) = rest.rsplit_once(": ").unwrap();
            let figures: Vec<usize> = figures.split(", ").map(leading_number).collect();
            self.name = name.to_owned();
            [self.messages, self.statuses, self.items] = figures.try_into().unwrap();
            return true;
        }
        if let Some(items) = Items::of(line) {
            self.stores.push(items);
        } else if line.starts_with("  ") && !line.contains("the server sends:") {
            self.differ.extend(status(line));
        }
        false
    }
}

impl Items {
    /// Reads `server addressbook: 103 items then (50 doubles), 53 now: 50 doubles fewer`.
    fn of(line: &str) -> Option<Self> {
        let side = line.split(' ').next().filter(|side| matches!(*side, "server" | "client"))?;
        let (whose, rest) = line.split_once(": ")?;
        let (counts, differences) = rest.split_once(": ")?;
        let (differences, both_sides) = match differences.split_once(';') {
            Some((differences, _)) => (differences, true),
            None => (differences, false),
        };
        let (_, now) = counts.rsplit_once(", ")?;
        let doubles = now.split_once('(').map_or(0, |(_, doubles)| leading_number(doubles));
        let mut items = Items {
            whose: whose.to_owned(),
            now: (leading_number(now), doubles),
            both_sides,
            ..Items::default()
        };
        assert!(!side.is_empty());
        for difference in differences.split(", ").filter(|difference| *difference != "equal") {
            let (count, what) = difference.split_once(' ').unwrap();
            let place = match what {
                "changed" => &mut items.changed,
                "lost" => &mut items.lost,
                "new" => &mut items.new,
                "doubles fewer" => &mut items.fewer,
                "doubles more" => &mut items.more,
                other => panic!("{other} in {line:?}"),
            };
            *place = count.parse().unwrap();
        }
        Some(items)
    }
}

/// Reads `  010  Add c0010: 201 then, 208 now`, or `  010  Add c0010 … c0028 (19): 201 then, 208 now`, which is 19.
fn status(line: &str) -> Vec<(String, String, String)> {
    let Some((about, status)) = one_status(line) else { return Vec::new() };
    let count = about.rsplit_once(" (").filter(|_| about.contains(" … "));
    let count = count.map_or(1, |(_, count)| count.trim_end_matches(')').parse().unwrap());
    vec![status; count]
}

fn one_status(line: &str) -> Option<(&str, (String, String, String))> {
    let (about, codes) = line.rsplit_once(": ")?;
    let (then, now) = codes.split_once(" then, ")?;
    let now = now.strip_suffix(" now")?;
    let command = about.split_whitespace().nth(1)?;
    Some((about, (command.to_owned(), then.to_owned(), now.to_owned())))
}

fn leading_number(text: &str) -> usize {
    text.split(' ').next().unwrap().parse().unwrap()
}
