//! Recurrence rules (manual 6.14.3): the dates and counts of a rule, and its text in both formats.
//!
//! A rule is given as the fields of its block (manual 10.6), without end for dates and counts. Not its job: what a
//! rule means, which is that of [`crate::recurrence`].

use super::{Call, Function, INTEGER, Parameter, STRING, TIMESTAMP, global, integer, text, time, variable};
use crate::lang::val::Val;
use crate::lang::{Fault, Kind};
use crate::recurrence::{Block, Series, ical, vcal1};
use crate::time::Timestamp;

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "RECURRENCE_DATE",
        &of_series(integer("count")),
        TIMESTAMP,
        "6.14.3",
        "The date of the so-manieth occurrence of a rule, or the end of its so-manieth interval; UNASSIGNED if there is none.",
        ("RECURRENCE_DATE(20030604T100000Z, \"WW\", 1, 20, 0, TRUE, 2)", "20030610T100000Z"),
        date,
    ),
    global(
        "RECURRENCE_COUNT",
        &of_series(time("occurrence")),
        INTEGER,
        "6.14.3",
        "How many occurrences of a rule, or ends of its intervals, there are through a date; UNASSIGNED if there are none.",
        ("RECURRENCE_COUNT(20030604T100000Z, \"WW\", 1, 20, 0, TRUE, 20030610T100000Z)", "2"),
        count,
    ),
    global(
        "MAKE_RRULE",
        &[
            integer("rrule2"),
            text("rr_freq"),
            integer("interval"),
            integer("fmask"),
            integer("lmask"),
            time("until"),
        ],
        STRING,
        "6.14.3",
        "A rule as text of iCalendar, or of vCalendar 1.0; UNASSIGNED if it has none.",
        ("MAKE_RRULE(TRUE, \"WW\", 1, 20, 0, EMPTY)", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,TH"),
        make,
    ),
    global(
        "PARSE_RRULE",
        &[
            integer("rrule2"),
            text("rrule"),
            time("start"),
            variable("rr_freq", Some(Kind::String)),
            variable("interval", Some(Kind::Integer)),
            variable("fmask", Some(Kind::Integer)),
            variable("lmask", Some(Kind::Integer)),
            variable("until", Some(Kind::Timestamp)),
        ],
        INTEGER,
        "6.14.3",
        "Reads the text of a rule into the fields of its block; gives whether that could be done.",
        (
            "STRING f; INTEGER i,a,b; TIMESTAMP u;
             PARSE_RRULE(FALSE, \"W2 TU #3\", 20030603T100000Z, f, i, a, b, u); RETURN f+i+\" \"+a+\" \"+u;",
            "WW2 4 20030705T100000Z",
        ),
        parse,
    ),
];

/// The parameters of what is asked of the occurrences of a rule.
const fn of_series(last: Parameter) -> [Parameter; 7] {
    [
        time("start"),
        text("rr_freq"),
        integer("interval"),
        integer("fmask"),
        integer("lmask"),
        integer("occurrencecount"),
        last,
    ]
}

/// The rule of the arguments from `at` on: code, interval and masks. `None` for a code that the manual doesn't know.
fn block(call: &Call<'_, '_, '_>, at: usize, until: Option<Timestamp>) -> Option<Block> {
    let (first, last) = (call.integer(at + 2), call.integer(at + 3));
    Block::from_fields(&call.text(at), call.integer(at + 1), first, last, until).ok()
}

fn date(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let rule = call.stated(0).zip(block(call, 1, None));
    let series = rule.and_then(|(start, block)| Series::new(&block, start));
    let number = call.integer(6);
    let date = series.and_then(|series| match call.flag(5) {
        true => series.nth(number),
        false => series.nth_interval_end(number),
    });
    match date {
        Some(date) => call.give_time(date),
        None => call.give_nothing(),
    }
}

fn count(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    // Configs test for 0 where nothing recurs, and for UNASSIGNED where something might, as measured.
    if call.integer(2) < 1 {
        return call.give_nothing();
    }
    let (Some(block), Some(occurrence)) = (block(call, 1, None).filter(Block::recurs), call.stated(6)) else {
        return call.give_integer(0);
    };
    let count = call.stated(0).and_then(|start| {
        let series = Series::new(&block, start)?;
        // Occurrences are counted on the clock of the start, whichever zone the date is in.
        let occurrence = occurrence.in_zone(start.zone());
        match call.flag(5) {
            true => series.count_through(occurrence),
            false => series.intervals_through(occurrence),
        }
    });
    match count {
        Some(count) => call.give_integer(count),
        None => call.give_nothing(),
    }
}

fn make(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let text = block(call, 1, call.stated(5)).and_then(|block| match call.flag(0) {
        true => ical::generate(&block),
        false => vcal1::generate(&block),
    });
    match text.filter(|text| !text.is_empty()) {
        Some(text) => call.give_text(text),
        None => call.give_nothing(),
    }
}

fn parse(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let rule = {
        let (text, start) = (call.text(1), call.time(2));
        match call.flag(0) {
            true => ical::parse(&text, start),
            false => vcal1::parse(&text, start),
        }
    };
    let Ok(block) = rule else { return call.give_integer(0) };
    call.set(3, Val::Text(Kind::String, block.code()))?;
    call.set(4, Val::Integer(block.interval))?;
    call.set(5, Val::Integer(block.first_mask.cast_signed()))?;
    call.set(6, Val::Integer(block.last_mask.cast_signed()))?;
    let until = block.until.map_or(Val::Empty(Kind::Timestamp), |until| Val::Time(Kind::Timestamp, until));
    call.set(7, until)?;
    call.give_integer(1)
}
