//! How fast recurrence rules are walked through: occurrences a second.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use syncloom_script::Timestamp;
use syncloom_script::recurrence::{Series, ical};

/// How many occurrences are asked for.
const COUNT: usize = 10_000;

fn rules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rules");
    group.throughput(Throughput::Elements(COUNT as u64));
    for (name, rule) in [
        ("daily", "FREQ=DAILY"),
        ("weekly", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("monthly_last_friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("yearly", "FREQ=YEARLY;BYMONTH=3,7"),
    ] {
        let start = Timestamp::parse("20040105T090000Z").unwrap_or_else(|| Timestamp::from_unix_ms(0));
        let series = ical::parse(rule, start).ok().and_then(|block| Series::new(&block, start));
        assert!(series.is_some(), "{rule}");
        let Some(series) = series else { continue };
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let times = black_box(&series).occurrences().take(COUNT);
                times.fold(0, |sum: i64, time| sum.wrapping_add(time.linear()))
            });
        });
    }
}

criterion_group!(benches, rules);
criterion_main!(benches);
