//! How fast test mode is. Figures mean something in release builds alone, on a machine that has time:
//! `cargo test --release -p syncloom-script --test filter_speed -- --ignored --nocapture`

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use syncloom_script::filter::{FieldNames, Filter, Ids, Role};
use syncloom_script::{CompareMode, Field, FieldList, FieldType, Item, MergeMode, Value};

#[test]
#[ignore = "measures; needs a release build"]
fn ten_million_items_a_second_pass_five_terms() {
    let mut list = FieldList::new("events");
    for (name, kind) in [
        ("SUMMARY", FieldType::String),
        ("CLASS", FieldType::String),
        ("SYNCLVL", FieldType::Integer),
        ("DTSTART", FieldType::Timestamp),
        ("DTEND", FieldType::Timestamp),
    ] {
        let (compare, merge) = (CompareMode::Always, MergeMode::No);
        list.push(Field { name: name.into(), kind, array: false, compare, age: false, merge }).unwrap();
    }
    let list = Arc::new(list);
    let text = "SYNCLVL>=5&CLASS<>PRIVATE&DTSTART>=20080101T000000Z&DTEND<20090101T000000Z&(SUMMARY=x|SUMMARY=Meeting)";
    let filter = Filter::compile(text, &FieldNames::new(&list, Role::Server)).unwrap();
    let items: Vec<Item> = (0..1000)
        .map(|number| {
            let mut item = Item::new(Arc::clone(&list));
            for (name, text) in [
                ("SUMMARY", "Meeting"),
                ("CLASS", "PUBLIC"),
                ("SYNCLVL", "10"),
                ("DTSTART", "20080715T120000Z"),
                ("DTEND", "20080715T130000Z"),
            ] {
                let id = list.find(name).unwrap();
                item.set(id, Value::from_text(text, list.get(id).unwrap().kind));
            }
            if number % 10 == 0 {
                item.set(list.find("SUMMARY").unwrap(), Value::Text("Lunch".into()));
            }
            item
        })
        .collect();
    let rounds = 20_000;
    let start = Instant::now();
    let mut passed = 0u64;
    for _ in 0..rounds {
        passed += black_box(&items).iter().filter(|item| filter.test(item, Ids::default())).count() as u64;
    }
    let rate = f64::from(rounds) * 1000.0 / start.elapsed().as_secs_f64();
    println!("{:.1} million items a second", rate / 1e6);
    assert_eq!(passed, u64::from(rounds as u32) * 900);
    assert!(rate > 10e6, "{rate} items a second");
}
