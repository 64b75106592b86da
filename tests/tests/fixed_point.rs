//! What each datatype of the recordings' config writes of a recorded item, it reads and writes again as the same bytes.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use syncloom_config::BaseType;
use syncloom_formats::{Codec, Peer};
use syncloom_tests::parity::config::{loaded, shared};

#[test]
fn every_recorded_item() {
    let cases = std::fs::read_to_string(shared().join("golden/convert.jsonl"));
    let (Some(config), Ok(cases)) = (loaded(), cases) else {
        return syncloom_tests::skipped("there are no recorded items here");
    };
    let codecs: BTreeMap<String, Codec> = config
        .datatypes
        .iter()
        .map(|datatype| (datatype.name.to_ascii_lowercase(), Codec::new(Arc::clone(datatype))))
        .collect();
    let find = |name: &Json| codecs.get(&name.as_str().unwrap_or_default().to_ascii_lowercase());
    let (mut seen, mut wrong) = (BTreeMap::new(), Vec::new());
    for case in cases.lines() {
        let case: Json = serde_json::from_str(case).unwrap();
        let input = &case["input"];
        let (Some(from), Some(to)) = (find(&input["input_datatype"]), find(&input["output_datatype"])) else {
            continue;
        };
        let Some(data) = input["data"].as_str() else { continue };
        let Ok(parsed) = from.parse(data.as_bytes(), &Peer::default()) else { continue };
        let peer = Peer { zones: parsed.zones, ..Peer::default() };
        let mut first = written(to, &parsed.item, &peer);
        // A calendar says a rule in the way that its reader understands it, the day of the start being an occurrence;
        // what it says then is what stays.
        let rounds = if to.datatype().base == BaseType::VCalendar { 2 } else { 1 };
        *seen.entry(to.datatype().name.clone()).or_insert(0) += 1;
        for round in 1..=rounds {
            let Ok(again) = to.parse(&first, &Peer::default()) else {
                wrong.push(format!("{}: not read: {}", case["id"], String::from_utf8_lossy(&first)));
                break;
            };
            let second = written(to, &again.item, &Peer { zones: again.zones, ..Peer::default() });
            if round == rounds && first != second {
                let text = String::from_utf8_lossy;
                wrong.push(format!("{}:\n{}\nthen\n{}", case["id"], text(&first), text(&second)));
            }
            first = second;
        }
    }
    println!("{seen:?}");
    assert!(wrong.is_empty(), "{} of {seen:?}\n{}", wrong.len(), wrong.join("\n"));
}

fn written(codec: &Codec, item: &syncloom_script::Item, peer: &Peer) -> Vec<u8> {
    let mut out = Vec::new();
    codec.generate(item, peer, &mut out);
    out
}
