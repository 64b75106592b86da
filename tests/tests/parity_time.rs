//! Every measured case of time: the same as the original, or different for a reason that is argued.
//!
//! `golden/time.jsonl` below SYNCLOOM_SHARED holds the cases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use syncloom_tests::parity::{Verdict, time};
use syncloom_tests::skipped;

#[test]
fn every_case_is_equal_or_different_on_purpose() {
    let shared = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let file = shared.join("golden/time.jsonl");
    let Ok(cases) = fs::read_to_string(&file) else {
        skipped(&format!("no {}", file.display()));
        return;
    };
    let (mut equal, mut on_purpose, mut differing) = (0, BTreeMap::<&str, u32>::new(), Vec::new());
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("a case is a JSON object");
        if case.get("undefined_behaviour").is_some() {
            continue;
        }
        match time::run(&case["input"], &case["output"]) {
            Verdict::Equal => equal += 1,
            Verdict::OnPurpose(reason) => *on_purpose.entry(reason).or_default() += 1,
            Verdict::Differs { wanted, got } => {
                differing.push(format!(
                    "{}\n  input  {}\n  wanted {wanted}\n  got    {got}",
                    case["id"], case["input"]
                ));
            }
        }
    }
    println!("time: {equal} equal, on purpose {on_purpose:#?}, {} differ", differing.len());
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(equal > 0, "no case was found");
}
