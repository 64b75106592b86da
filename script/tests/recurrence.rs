//! Recurrence rules against a calendar that is walked day by day, and against text and blocks that nobody would
//! write: an answer, or an error, in bounded time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use syncloom_script::recurrence::{Block, Frequency, Modifier, Series, ical, vcal1};
use syncloom_script::time::calendar::days_in_month;
use syncloom_script::time::{DAY_MS, Timestamp, Zone, Zones};

/// Whether the rule selects a day, said as plainly as manual 10.6 says it.
fn is_selected(block: &Block, start: Timestamp, day: Timestamp) -> bool {
    let (from, here) = (start.parts(), day.parts());
    let days = day.linear().div_euclid(DAY_MS) - start.linear().div_euclid(DAY_MS);
    let weekday = |time: Timestamp| (time.linear().div_euclid(DAY_MS) + 1) % 7;
    let months = (here.year - from.year) * 12 + here.month - from.month;
    let bit = |mask: u64, place: i64| mask >> place & 1 == 1;
    if days < 0 {
        return false;
    }
    match block.frequency {
        Frequency::Never => false,
        Frequency::Daily => days % block.interval == 0,
        Frequency::Weekly => {
            let weeks = (days + weekday(start) - weekday(day)) / 7;
            let mask = if block.first_mask == 0 { 1 << weekday(start) } else { block.first_mask };
            weeks % block.interval == 0 && bit(mask, weekday(day))
        }
        Frequency::Monthly => {
            let length = days_in_month(here.year, here.month);
            let (front, back) = (here.day - 1, length - here.day);
            let selected = match block.modifier {
                _ if block.first_mask | block.last_mask == 0 => here.day == from.day,
                Modifier::Weekday => {
                    bit(block.first_mask, front / 7 * 7 + weekday(day))
                        || bit(block.last_mask, back / 7 * 7 + weekday(day))
                }
                Modifier::Monthday => bit(block.first_mask, front) || bit(block.last_mask, back),
                _ => here.day == from.day,
            };
            months % block.interval == 0 && selected
        }
        Frequency::Yearly => {
            let by_month = block.modifier == Modifier::Month && block.first_mask != 0;
            let mask = if by_month { block.first_mask } else { 1 << (from.month - 1) };
            (here.year - from.year) % block.interval == 0 && bit(mask, here.month - 1) && here.day == from.day
        }
    }
}

/// Numbers that look random and are the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A mask with few bits or many, and sometimes none.
    fn mask(&mut self, bits: u32) -> u64 {
        let all = (1 << bits) - 1;
        match self.below(4) {
            0 => 0,
            1 => self.next() & self.next() & all,
            2 => 1 << self.below(u64::from(bits)),
            _ => self.next() & all,
        }
    }

    fn block(&mut self) -> Block {
        let interval = 1 + i64::try_from(self.below(14)).unwrap();
        let (code, first, last) = match self.below(7) {
            0 => ("D ", 0, 0),
            1 => ("WW", self.mask(7), 0),
            2 => ("MW", self.mask(35), self.mask(35)),
            3 => ("MD", self.mask(31), self.mask(31)),
            4 => ("M ", 0, 0),
            5 => ("YM", self.mask(12), 0),
            _ => ("Y ", 0, 0),
        };
        Block::from_fields(code, interval, first.cast_signed(), last.cast_signed(), None).unwrap()
    }
}

#[test]
fn occurrences_are_the_days_that_a_walk_through_the_calendar_finds() {
    let mut numbers = Numbers(20_080_715);
    let first = Timestamp::parse("19990101T000000").unwrap().linear() / DAY_MS;
    for _ in 0..400 {
        let block = numbers.block();
        let day = first + i64::try_from(numbers.below(1500)).unwrap();
        let at = |day: i64| Timestamp::from_linear(day * DAY_MS + 9 * 3_600_000, Zone::Utc);
        let start = at(day);
        let end = day + 2500;
        let naive: Vec<Timestamp> =
            (day..=end).map(at).filter(|day| is_selected(&block, start, *day)).collect();
        let about = format!("{block:?} from {start}");

        let series = Series::new(&block, start).unwrap();
        let walked: Vec<Timestamp> =
            series.occurrences().take_while(|time| time.linear() <= at(end).linear()).collect();
        assert_eq!(walked, naive, "{about}");
        for (n, occurrence) in (1..).zip(&naive) {
            assert_eq!(series.nth(n), Some(*occurrence), "{n} of {about}");
        }
        for back in [0, 1, 30, 365, 1000] {
            let count = naive.iter().filter(|time| time.linear() <= at(end - back).linear()).count();
            let count = (count > 0).then(|| i64::try_from(count).unwrap());
            assert_eq!(series.count_through(at(end - back)), count, "{about}");
            let next = naive.iter().find(|time| time.linear() > at(end - 2 * back - 400).linear());
            if next.is_some() {
                assert_eq!(series.next_after(at(end - 2 * back - 400)), next.copied(), "{about}");
            }
        }
        let bounded = Series::new(&Block { until: naive.last().copied(), ..block }, start).unwrap();
        if !naive.is_empty() {
            assert_eq!(bounded.occurrences().count(), naive.len(), "{about}");
            assert_eq!(bounded.total(), i64::try_from(naive.len()).ok(), "{about}");
        }
    }
}

#[test]
fn counts_reach_the_end_of_time_and_agree_with_the_walk_there() {
    let mut numbers = Numbers(3);
    let start = Timestamp::parse("20080229T120000").unwrap();
    for _ in 0..25 {
        let series = Series::new(&numbers.block(), start).unwrap();
        let total = series.total().unwrap_or(0);
        assert_eq!(i64::try_from(series.occurrences().count()).unwrap(), total, "{series:?}");
        assert_eq!(series.nth(total), series.occurrences().last(), "{series:?}");
        assert_eq!(series.nth(total + 1), None);
        assert_eq!(series.nth(i64::MAX), None);
    }
}

#[test]
fn an_end_in_utc_is_read_on_the_clock_of_a_named_zone() {
    let zone = Zones::default().find("Europe/Zurich").unwrap();
    let start = Timestamp::parse("20040320T010000").unwrap().with_zone(zone);
    for (until, last) in [
        ("20040401T000000Z", "20040401T010000"),
        ("20040326T000000Z", "20040326T010000"),
        ("20040331T225959Z", "20040331T010000"),
    ] {
        let block = Block { until: Timestamp::parse(until), ..Block::every(1, Frequency::Daily) };
        let series = Series::new(&block, start).unwrap();
        assert_eq!(series.occurrences().last().map(Timestamp::to_iso8601).as_deref(), Some(last), "{until}");
        assert_eq!(series.count_through(block.until.unwrap()), series.total(), "{until}");
    }
}

#[test]
fn what_is_written_reads_as_the_same_days() {
    let mut numbers = Numbers(10);
    let start = Timestamp::parse("20080229T120000").unwrap();
    for _ in 0..2000 {
        let block = numbers.block();
        let days = |block: &Block| -> Vec<Timestamp> {
            Series::new(block, start).unwrap().occurrences().take(40).collect()
        };
        let text = ical::generate(&block).unwrap();
        let back = ical::parse(&text, start).unwrap_or_else(|refused| panic!("{text}: {refused}"));
        assert_eq!(days(&back), days(&block), "{text}");
        // The weekday of the start belongs to a weekly rule of vCalendar 1.0, and no list there has a meaning of
        // its own for weekdays of months; both are checked where the rule is parsed.
        if block.frequency == Frequency::Weekly
            || block.code() == "MW" && block.first_mask | block.last_mask == 0
        {
            continue;
        }
        let text = vcal1::generate(&block).unwrap();
        let back = vcal1::parse(&text, start).unwrap_or_else(|refused| panic!("{text}: {refused}"));
        assert_eq!(days(&back), days(&block), "{text}");
    }
}

#[test]
fn rules_without_occurrences_end_quickly() {
    let began = Instant::now();
    let february = Timestamp::parse("20080215T120000Z").unwrap();
    for (code, interval, first, last) in [
        ("MD", 12, 1 << 30, 0),
        ("MD", 12, 1 << 29 | 1 << 30, 0),
        ("MW", 12, 1 << 34, 0),
        ("MD", 1, 1 << 31, 0),
        ("MW", 1, 1 << 35, 1 << 63),
        ("WW", 1, 1 << 7, 0),
        ("YM", 1, 1 << 12, 0),
    ] {
        for start in [february, Timestamp::parse("20090215").unwrap()] {
            let block = Block::from_fields(code, interval, first, last, None).unwrap();
            let series = Series::new(&block, start).unwrap();
            // The fifth Saturday of a leap year's February is there once in 28 years.
            let any = code == "MW" && interval == 12;
            assert_eq!(series.occurrences().next().is_some(), any, "{block:?}");
            assert_eq!((series.nth(1).is_some(), series.total().is_some()), (any, any), "{block:?}");
            assert_eq!(series.next_after(february).is_some(), any);
        }
    }
    let yearly = Block::from_fields("YM", 1, 1 << 5, 0, None).unwrap();
    let series = Series::new(&yearly, Timestamp::parse("20040131").unwrap()).unwrap();
    assert_eq!((series.occurrences().next(), series.nth(3), series.total()), (None, None, None));
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn any_block_has_an_answer_in_bounded_time() {
    let mut numbers = Numbers(77);
    let edges = [0, 1, -1, 2, 7, 12, 4800, i64::MAX, i64::MIN, i64::MAX / 7, i64::MAX - 1];
    let began = Instant::now();
    for _ in 0..4000 {
        let code: String = [b"0DWMYX "[numbers.below(7) as usize], b" WDMX"[numbers.below(5) as usize]]
            .map(char::from)
            .iter()
            .collect();
        let mut number = || match numbers.below(3) {
            0 => edges[numbers.below(edges.len() as u64) as usize],
            1 => numbers.next().cast_signed(),
            _ => i64::try_from(numbers.below(400)).unwrap(),
        };
        let (start, until) = (number(), number());
        let near = |millis: i64| millis.rem_euclid(400) * 1000 * DAY_MS;
        let (start, until) = if number() & 1 == 0 { (near(start), near(until)) } else { (start, until) };
        let start = Timestamp::from_linear(start, Zone::Offset(-570));
        let until = (number() & 1 == 0).then(|| Timestamp::from_linear(until, Zone::Utc));
        let (interval, first, last, n) = (number(), number(), number(), number());
        let Ok(block) = Block::from_fields(&code, interval, first, last, until) else { continue };
        let texts = [vcal1::generate(&block), ical::generate(&block)];
        assert!(texts.iter().flatten().all(|text| text.len() < 600), "{texts:?}");
        let Some(series) = Series::new(&block, start) else {
            assert!(interval < 1 || !block.recurs(), "{block:?}");
            continue;
        };
        let occurrences: Vec<Timestamp> = series.occurrences().take(50).collect();
        assert!(occurrences.is_sorted_by(|one, other| one.linear() < other.linear()));
        assert!(
            occurrences.first().is_none_or(|time| time.linear() >= start.linear()),
            "{block:?} {start:?}"
        );
        for (n, occurrence) in (1..).zip(&occurrences).take(5) {
            assert_eq!(series.nth(n), Some(*occurrence), "{block:?} from {start:?}");
        }
        let other = Timestamp::from_linear(n, Zone::Utc);
        let counts = [series.count_through(other), series.intervals_through(other), series.total()];
        assert!(counts.iter().flatten().all(|count| *count > 0), "{counts:?} of {block:?} from {start:?}");
        let dates = [series.nth(n), series.nth_interval_end(n), series.next_after(other)];
        assert!(dates.iter().flatten().all(|time| time.parts().year <= 9999), "{dates:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn any_text_is_a_rule_or_an_error() {
    let mut numbers = Numbers(5);
    let pieces = [
        "D1",
        "W2",
        "MP1",
        "MD1",
        "YM1",
        "YD",
        " ",
        " ",
        "#0",
        "#5",
        "#",
        "1+",
        "2-",
        "MO",
        "SU",
        "31",
        "1-",
        "LD",
        "+",
        "20041224T000000Z",
        "20041224",
        "FREQ=",
        "DAILY",
        "WEEKLY",
        "MONTHLY",
        "YEARLY",
        ";",
        ";",
        "INTERVAL=",
        "COUNT=",
        "UNTIL=",
        "BYDAY=",
        "BYMONTHDAY=",
        "BYMONTH=",
        "WKST=SU",
        ",",
        "-1",
        "5",
        "9223372036854775807",
        "99999999999999999999",
        "é",
        "\0",
        "=",
        "𝄞",
    ];
    let starts =
        ["20080229T120000", "99991231", "00000101T000000Z"].map(|text| Timestamp::parse(text).unwrap());
    let mut rules = 0;
    for turn in 0..30_000_usize {
        let mut text = if turn % 2 == 0 { String::new() } else { "FREQ=".to_owned() };
        for _ in 0..numbers.below(9) {
            text.push_str(pieces[numbers.below(pieces.len() as u64) as usize]);
        }
        let start = starts[turn % starts.len()];
        let blocks = [
            vcal1::parse(&text, start).ok(),
            ical::parse(&text, start).ok(),
            ical::parse_moving(&text, start).ok().map(|(block, _)| block),
        ];
        for block in blocks.into_iter().flatten() {
            rules += 1;
            assert!(ical::generate(&block).is_some(), "{text} is {block:?}, which has no text");
            if let Some(series) = Series::new(&block, start) {
                assert!(series.occurrences().take(3).all(|time| time.linear() >= start.linear()), "{text}");
            }
        }
    }
    assert!(rules > 500, "{rules}");
}
