//! Broken configs and what the original says of them: each case is an edit of the reference config. Where the
//! original refuses a config, or says something of it, Syncloom has to tell of a problem at the place that was
//! broken; what the original accepts loads, unless `REFUSED` says why not.
//!
//! The cases are data beside the workspace; where they are not at hand, the test says so and passes.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use syncloom_config::diagnostic::render;
use syncloom_config::{Code, Diagnostic, LoadOptions, Loaded, Platform, Severity, load_text};

/// A file beside the workspace; `Err` says that it is not at hand.
fn shared(path: &str) -> Result<PathBuf, String> {
    let root = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let path = root.join(path);
    if path.exists() { Ok(path) } else { Err(format!("skipped: no {}", path.display())) }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn check(text: &str) -> Loaded {
    let options = LoadOptions { platform: Platform::Linux, ..LoadOptions::default() };
    load_text(Path::new("case.xml"), text.as_bytes(), &options)
}

/// A case: the edited config, and the part of it that was put in.
struct Case {
    id: String,
    text: String,
    /// The bytes that the edit put in; where it took something out, the place of that.
    broken: std::ops::Range<usize>,
    /// Whether it is a whole config of its own, of a line or two.
    whole: bool,
    /// Whether the original runs with it, and whether it does so without a word.
    accepted: bool,
    silent: bool,
}

fn cases(reference: &str, list: &str) -> Vec<Case> {
    let read = |line: &str| -> Option<Case> {
        let case: Value = serde_json::from_str(line).ok()?;
        let edit = &case["input"]["edit"];
        let output = &case["output"];
        let accepted = output["status"] == 0;
        let silent = output["messages"].as_array().is_none_or(Vec::is_empty) && accepted;
        let id = case["id"].as_str()?.to_owned();
        let (text, broken, whole) = match edit["op"].as_str()? {
            "whole_config" => {
                let text = edit["text"].as_str()?.to_owned();
                let all = 0..text.len();
                (text, all, true)
            }
            "replace" => {
                let (old, new) = (edit["old"].as_str()?, edit["new"].as_str()?);
                let at = reference.char_indices().nth(edit["offset_chars"].as_u64()? as usize)?.0;
                assert!(reference[at..].starts_with(old), "{id}: the reference config differs");
                let text = format!("{}{new}{}", &reference[..at], &reference[at + old.len()..]);
                (text, at..at + new.len(), false)
            }
            _ => (reference.to_owned(), 0..0, false),
        };
        Some(Case { id, text, broken, whole, accepted, silent })
    };
    list.lines().filter_map(read).collect()
}

/// Where a problem was found, beside where it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Exact,
    Nearby,
    No,
}

/// How many lines around the edit still count as the element that it broke, where the elements themselves cannot be
/// told any more.
const NEAR: u32 = 12;

fn found(case: &Case, told: &Diagnostic) -> Found {
    let line_of = |at: usize| case.text[..at].matches('\n').count() as u32 + 1;
    let (first, last) = (line_of(case.broken.start), line_of(case.broken.end));
    let places =
        std::iter::once(&told.place).chain(told.notes.iter().filter_map(|(place, _)| place.as_ref()));
    let best = places.map(|place| match place.line {
        line if case.whole || (first..=last).contains(&line) => Found::Exact,
        line if (first.saturating_sub(NEAR)..=last + NEAR).contains(&line) => Found::Nearby,
        // The element that was broken may begin far above: what is told at its tag is told of it.
        _ if case.text.get(told.place.span.start..).is_some_and(|_| encloses(case, told)) => Found::Nearby,
        _ => Found::No,
    });
    best.min().unwrap_or(Found::No)
}

/// Whether the tag that a problem is told at is one that is open where the edit is.
fn encloses(case: &Case, told: &Diagnostic) -> bool {
    let at = told.place.span.start;
    let name: String =
        case.text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if name.is_empty() || at >= case.broken.start {
        return false;
    }
    let end = case.text[at..].find(&format!("</{name}>")).map_or(case.text.len(), |end| at + end);
    end >= case.broken.start
}

/// The kinds of mistakes that Syncloom refuses and the original takes, some with a word and some without, because a
/// default, or nothing, would silently count instead of what was meant.
const REFUSED: &[(Code, &str)] = &[
    (Code::Unreadable, "a part of the config is missing; the original knows no includes"),
    (Code::WrongRoot, "it is no config, and the original runs as an empty one"),
    (Code::BadEnum, "the default would count"),
    (Code::BadBoolean, "the default would count"),
    (Code::BadInteger, "the default would count"),
    (Code::OutOfRange, "a negative size becomes a huge one"),
    (Code::EmptyValue, "the default would count"),
    (Code::BadCondition, "the condition would never hold"),
    (Code::BadScript, "the script would do something else than it says, or nothing"),
    (Code::BadFilter, "the filter would let nothing through, or everything"),
    (Code::BadZone, "times would be wrong by hours"),
];

#[test]
fn what_is_broken_is_told_of_where_it_was_broken() {
    let (reference, list) =
        match (shared("configs/reference_server.xml"), shared("golden/config_check.jsonl")) {
            (Ok(reference), Ok(list)) => (reference, list),
            (Err(skipped), _) | (_, Err(skipped)) => return say(&skipped),
        };
    let reference = std::fs::read_to_string(reference).unwrap();
    let list = std::fs::read_to_string(list).unwrap();
    let usual: HashSet<String> =
        check(&reference).diagnostics.iter().map(|told| told.message.clone()).collect();
    let cases = cases(&reference, &list);
    assert!(cases.len() > 100, "{}", cases.len());
    let mut table = [Vec::new(), Vec::new(), Vec::new()];
    let mut refused = Vec::new();
    let mut quiet = 0;
    for case in &cases {
        let loaded = check(&case.text);
        let own: Vec<&Diagnostic> =
            loaded.diagnostics.iter().filter(|told| !usual.contains(&told.message)).collect();
        let at = own.iter().map(|told| found(case, told)).min().unwrap_or(Found::No);
        if case.accepted && loaded.has_errors() {
            refused.extend(
                own.iter()
                    .find(|told| told.severity == Severity::Error)
                    .map(|told| (case, told.code, render::concise(told))),
            );
        }
        if case.silent && own.is_empty() {
            quiet += 1;
            continue;
        }
        let shown = own.first().map_or("nothing".to_owned(), |told| render::concise(told));
        table[at as usize].push(format!("{}: {shown}", case.id));
    }
    let [exact, nearby, not] = &table;
    say(&format!(
        "found at the exact line: {}\nfound nearby: {}\n  {}\nnot found: {}\n  {}\nfine, and nothing said: {quiet}",
        exact.len(),
        nearby.len(),
        nearby.join("\n  "),
        not.len(),
        not.join("\n  "),
    ));
    for (case, _, told) in &refused {
        say(&format!("refused, unlike the original: {}: {}", case.id, told));
    }
    assert!(not.is_empty(), "{}", not.join("\n"));
    let unknown: Vec<&str> = refused
        .iter()
        .filter(|(_, code, _)| REFUSED.iter().all(|(known, why)| known != code || why.is_empty()))
        .map(|(case, _, _)| case.id.as_str())
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
}
