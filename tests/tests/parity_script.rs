//! The script language beside what the original engine measurably gave.

use std::collections::BTreeMap;

use syncloom_tests::parity::{Verdict, script};

#[test]
fn scripts_give_what_the_original_gave() {
    let Ok(shared) = std::env::var("SYNCLOOM_SHARED") else {
        return eprintln!("skipped: SYNCLOOM_SHARED names no folder with golden cases");
    };
    let Ok(cases) = std::fs::read_to_string(format!("{shared}/golden/script.jsonl")) else {
        return eprintln!("skipped: no golden/script.jsonl in {shared}");
    };
    let (mut equal, mut differ) = (0, 0);
    let (mut purposes, mut waits) = (BTreeMap::new(), BTreeMap::new());
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let (input, output) = (&case["input"], &case["output"]);
        if case.get("undefined_behaviour").is_some() {
            continue;
        }
        match (script::run(input, output), script::waiting(input, output)) {
            (Verdict::Equal, _) => equal += 1,
            (_, Some(name)) => *waits.entry(name).or_insert(0) += 1,
            (Verdict::OnPurpose(row), None) => *purposes.entry(row).or_insert(0) += 1,
            (Verdict::Differs { wanted, got }, None) => {
                differ += 1;
                println!("{} {}\n  wanted {wanted}\n  got    {got}", case["id"], input["script"]);
            }
        }
    }
    let (on_purpose, waiting): (i32, i32) = (purposes.values().sum(), waits.values().sum());
    println!("parity script: {equal} equal, {on_purpose} on purpose, {waiting} waiting, {differ} differ");
    println!("on purpose: {purposes:#?}\nwaiting: {waits:#?}");
    assert_eq!(differ, 0);
}
