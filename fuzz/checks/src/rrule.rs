//! Recurrence rules: any text is a rule or refused, and a rule has its occurrences in order and in bounded time.

use syncloom_script::Timestamp;
use syncloom_script::recurrence::{Series, ical, vcal1};

/// Inputs to begin with.
pub const SEEDS: &[&str] = &[
    "W2 MO WE FR #10",
    "MP1 1+ SU 2- FR 20041224T000000Z",
    "MD1 1 15 31 LD #0",
    "YM1 2 6 12 #5",
    "FREQ=DAILY;INTERVAL=3;COUNT=10",
    "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=TU,TH;UNTIL=20041224T000000Z",
    "FREQ=MONTHLY;BYDAY=-1FR,2MO;COUNT=40000",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31,-1",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
];

/// See [`crate::TARGETS`].
pub fn check(data: &[u8]) {
    let text = crate::text(data);
    for start in ["20080229T120000", "99991231", "00010101T000000Z"] {
        let Some(start) = Timestamp::parse(start) else { continue };
        let blocks = [vcal1::parse(&text, start), ical::parse(&text, start)];
        let moved = ical::parse_moving(&text, start);
        for refused in blocks.iter().filter_map(|block| block.as_ref().err()) {
            assert!(!refused.to_string().is_empty());
        }
        let blocks = blocks.into_iter().flatten().map(|block| (block, start));
        for (block, start) in blocks.chain(moved) {
            let written = [ical::generate(&block), vcal1::generate(&block)];
            assert!(written.iter().flatten().all(|text| text.len() < 1000), "{written:?}");
            let Some(series) = Series::new(&block, start) else { continue };
            let occurrences: Vec<Timestamp> = series.occurrences().take(20).collect();
            assert!(occurrences.is_sorted_by(|one, other| one.linear() < other.linear()), "{text:?}");
            assert!(occurrences.first().is_none_or(|first| first.linear() >= start.linear()), "{text:?}");
            for (number, occurrence) in (1..).zip(&occurrences).take(3) {
                assert_eq!(series.nth(number), Some(*occurrence), "{text:?}");
                assert_eq!(series.count_through(*occurrence), Some(number), "{text:?}");
            }
            assert!(series.total().is_none_or(|total| total >= occurrences.len() as i64), "{text:?}");
            assert_eq!(series.nth(i64::MAX), None);
        }
    }
}
