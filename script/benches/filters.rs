//! How fast test mode is: items a second through a filter of five terms.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use syncloom_script::filter::{FieldNames, Filter, Ids, Role};
use syncloom_script::{CompareMode, Field, FieldId, FieldList, FieldType, Item, MergeMode, Value};

const FIELDS: [(&str, FieldType, &str); 5] = [
    ("SUMMARY", FieldType::String, "Meeting"),
    ("CLASS", FieldType::String, "PUBLIC"),
    ("SYNCLVL", FieldType::Integer, "10"),
    ("DTSTART", FieldType::Timestamp, "20080715T120000Z"),
    ("DTEND", FieldType::Timestamp, "20080715T130000Z"),
];
/// One item in so many does not pass, and that only by its last term.
const FAILING: usize = 10;

fn filters(criterion: &mut Criterion) {
    let mut list = FieldList::new("events");
    for (name, kind, _) in FIELDS {
        let (compare, merge) = (CompareMode::Always, MergeMode::No);
        assert!(
            list.push(Field { name: name.into(), kind, array: false, compare, age: false, merge }).is_ok()
        );
    }
    let list = Arc::new(list);
    let text = "SYNCLVL>=5&CLASS<>PRIVATE&DTSTART>=20080101T000000Z&DTEND<20090101T000000Z&(SUMMARY=x|SUMMARY=Meeting)";
    let compiled = Filter::compile(text, &FieldNames::new(&list, Role::Server));
    assert!(compiled.is_ok(), "{compiled:?}");
    let filter = compiled.unwrap_or_else(|_| Filter::everything());
    let items: Vec<Item> = (0..1000)
        .map(|number| {
            let mut item = Item::new(Arc::clone(&list));
            for (id, (_, kind, text)) in (0..).map(FieldId).zip(FIELDS) {
                item.set(id, Value::from_text(text, kind));
            }
            if number % FAILING == 0 {
                item.set(FieldId(0), Value::Text("Lunch".into()));
            }
            item
        })
        .collect();
    let mut group = criterion.benchmark_group("filters");
    group.throughput(Throughput::Elements(items.len() as u64));
    group.bench_function("five_terms", |bencher| {
        bencher.iter(|| {
            let passed = black_box(&items).iter().filter(|item| filter.test(item, Ids::default())).count();
            assert_eq!(passed, items.len() - items.len() / FAILING);
        });
    });
}

criterion_group!(benches, filters);
criterion_main!(benches);
