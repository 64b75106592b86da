//! Filters against the recorded answers of the original: `golden/filter.jsonl` below `SYNCLOOM_SHARED`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use syncloom_tests::parity::{Verdict, filter};
use syncloom_tests::skipped;

#[test]
fn no_recorded_case_differs() {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("SYNCLOOM_SHARED").map_or_else(beside, PathBuf::from);
    let Ok(text) = fs::read_to_string(shared.join("golden/filter.jsonl")) else {
        return skipped("no golden/filter.jsonl below SYNCLOOM_SHARED");
    };
    let (mut equal, mut on_purpose, mut different) = (0, BTreeMap::<_, usize>::new(), Vec::new());
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        match filter::run(&case["input"], &case["output"]) {
            Verdict::Equal => equal += 1,
            Verdict::OnPurpose(why) => *on_purpose.entry(why).or_default() += 1,
            Verdict::Differs { wanted, got } => {
                different
                    .push(format!("{} {}\n  wanted {wanted}\n  got    {got}", case["id"], case["input"]));
            }
        }
    }
    println!("equal {equal}, on purpose {on_purpose:#?}, different {}", different.len());
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
    assert!(equal > 0, "no case was compared");
}
