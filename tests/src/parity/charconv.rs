//! Text from one character set to another: `charconv.jsonl`.

use serde_json::Value as Json;

use super::Verdict;

/// Runs one case.
pub fn run(_input: &Json, _output: &Json) -> Verdict {
    Verdict::Waits("character sets of configs".into())
}
