//! Recurrence rules: every recorded answer of the original engine is ours too, or ours differs on purpose.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;

use syncloom_tests::parity::{rrule, run_file};

#[test]
fn every_recorded_rule() {
    let shared = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| syncloom_tests::server::workspace().join("../shared"), PathBuf::from);
    let file = shared.join("golden/rrule.jsonl");
    if !file.exists() {
        return syncloom_tests::skipped("there are no recorded recurrence rules here");
    }
    let summary = run_file(&file, rrule::run).unwrap();
    println!("{} equal, on purpose {:#?}", summary.equal, summary.on_purpose);
    assert!(summary.differ.is_empty(), "{}", summary.differ.join("\n"));
    // Whoever argues more away than is right today has to say so here.
    assert!(summary.on_purpose() * 5 < summary.equal, "{:#?}", summary.on_purpose);
}
