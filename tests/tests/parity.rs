//! Every recorded answer of the original engine is ours too, or ours differs on purpose.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;

use syncloom_tests::parity::{self, FILES};

#[test]
fn every_recorded_answer() {
    let shared = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| syncloom_tests::server::workspace().join("../shared"), PathBuf::from);
    let folder = shared.join("golden");
    if !folder.exists() {
        return syncloom_tests::skipped("there are no recorded answers here");
    }
    for (name, cases) in FILES {
        let summary = parity::run(&folder.join(name), *cases).unwrap();
        println!("{name}: {} equal, on purpose {:#?}", summary.equal, summary.on_purpose);
        if summary.waits() > 0 {
            println!("{name}: waiting for functions that are not there yet: {:#?}", summary.waits);
        }
        assert!(summary.differ.is_empty(), "{name}:\n{}", summary.differ.join("\n"));
    }
}
