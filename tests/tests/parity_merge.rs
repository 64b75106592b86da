//! Comparing and merging items as the original engine does.

#![allow(clippy::unwrap_used, clippy::panic)]

use syncloom_tests::parity::{Verdict, merge};

#[test]
fn every_recorded_merge() {
    let shared = std::env::var("SYNCLOOM_SHARED")
        .unwrap_or_else(|_| format!("{}/../shared", syncloom_tests::server::workspace().display()));
    let Ok(text) = std::fs::read_to_string(format!("{shared}/golden/merge.jsonl")) else {
        return syncloom_tests::skipped("no recorded merges");
    };
    let (mut equal, mut on_purpose, mut differ) = (0, std::collections::BTreeMap::new(), Vec::new());
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        match merge::run(&case["input"], &case["output"]) {
            Verdict::Equal => equal += 1,
            Verdict::OnPurpose(why) => *on_purpose.entry(why).or_insert(0) += 1,
            Verdict::Differs { wanted, got } => {
                differ.push(format!("{} {}\n  wanted {wanted}\n  got    {got}", case["id"], case["input"]));
            }
        }
    }
    println!("equal {equal}, on purpose {on_purpose:?}, differ {}", differ.len());
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(equal > 0);
}
