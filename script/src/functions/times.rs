//! Dates, times and lengths of time (manual 6.14.3). Not its job: zones (`zones`).

use super::{Call, Function, INTEGER, TIMESTAMP, global, integer, optional, time, variable};
use crate::lang::val::{Val, View};
use crate::lang::{Fault, Kind, clock};
use crate::time::{DAY_MS, Timestamp, TimestampKind, UserContext, allday};

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "DATEONLY",
        &[time("ts")],
        TIMESTAMP,
        "6.14.3",
        "The day of a time, as a date without zone.",
        ("(string)DATEONLY(20030604T164922Z)", "20030604"),
        |call| {
            let date = call.time(0).date_only();
            call.give_time(date)
        },
    ),
    global(
        "ISDATEONLY",
        &[time("ts")],
        INTEGER,
        "6.14.3",
        "Whether a time is a day alone.",
        ("ISDATEONLY(20030604T164922Z)", "0"),
        |call| {
            let day = call.stated(0).is_some_and(|time| time.kind() == TimestampKind::Date);
            call.give_integer(i64::from(day))
        },
    ),
    global(
        "TIMEONLY",
        &[time("ts")],
        TIMESTAMP,
        "6.14.3",
        "The time of day of a time: the time units since midnight.",
        ("(string)TIMEONLY(20030604T164922Z)", "164922"),
        |call| match call.stated(0) {
            Some(time) => call.give_time(time.time_only()),
            None => call.give(Val::Empty(Kind::Timestamp)),
        },
    ),
    global(
        "DURATION",
        &[time("ts")],
        TIMESTAMP,
        "6.14.3",
        "Time units as a length of time.",
        ("DURATION(TIMEUNITS(5400))", "PT1H30M"),
        |call| {
            let units = units(call);
            call.give_time(Timestamp::duration(units))
        },
    ),
    global(
        "POINTINTIME",
        &[time("ts")],
        TIMESTAMP,
        "6.14.3",
        "A length of time, a date or a time of day as a point in time.",
        ("(string)POINTINTIME(DATEONLY(20030604T164922Z) + TIMEUNITS(60))", "20030604T000100"),
        |call| {
            let time = call.stated(0).unwrap_or_else(|| clock::from_units(0));
            call.give_time(time.point_in_time())
        },
    ),
    global(
        "ISDURATION",
        &[time("ts")],
        INTEGER,
        "6.14.3",
        "Whether a time is a length of time.",
        ("ISDURATION(20030604T164922Z - 20030604T160000Z)", "1"),
        |call| {
            let duration = call.time(0).kind() == TimestampKind::Duration;
            call.give_integer(i64::from(duration))
        },
    ),
    global(
        "ALLDAYCOUNT",
        &[
            time("start"),
            time("end"),
            optional(integer("checkinusercontext")),
            optional(integer("onlyutcinusercontext")),
        ],
        INTEGER,
        "6.14.3",
        "How many whole days an event is; 0 for one that is none.",
        ("ALLDAYCOUNT(20030604T000000, 20030606T000000)", "2"),
        all_day_count,
    ),
    global(
        "MAKEALLDAY",
        &[
            variable("start", Some(Kind::Timestamp)),
            variable("end", Some(Kind::Timestamp)),
            optional(integer("days")),
        ],
        INTEGER,
        "6.14.3",
        "Makes days of an event's start and end.",
        (
            "TIMESTAMP s, e; s=20030604T103000; MAKEALLDAY(s, e, 2); RETURN (string)s + \"-\" + e;",
            "20030604-20030606",
        ),
        make_all_day,
    ),
    global(
        "WEEKDAY",
        &[time("ts")],
        INTEGER,
        "6.14.3",
        "The day of the week, 0 for Sunday.",
        ("WEEKDAY(\"20030604\")", "3"),
        |call| {
            let day = call.time(0).weekday();
            call.give_integer(day)
        },
    ),
    global(
        "MONTHDAYS",
        &[time("date")],
        INTEGER,
        "6.14.3",
        "The number of days of a date's month.",
        ("MONTHDAYS(\"20040201\")", "29"),
        |call| {
            let days = call.time(0).month_days();
            call.give_integer(days)
        },
    ),
    global(
        "SECONDS",
        &[integer("units")],
        INTEGER,
        "6.14.3",
        "Time units, or the difference of two times, in seconds.",
        ("SECONDS(1500)", "1"),
        |call| {
            let seconds = call.integer(0) / 1000;
            call.give_integer(seconds)
        },
    ),
    global(
        "MILLISECONDS",
        &[integer("units")],
        INTEGER,
        "6.14.3",
        "Time units, or the difference of two times, in milliseconds.",
        ("MILLISECONDS(1500)", "1500"),
        |call| {
            let units = call.integer(0);
            call.give_integer(units)
        },
    ),
    global(
        "TIMEUNITS",
        &[integer("seconds")],
        INTEGER,
        "6.14.3",
        "Seconds as time units, to add to times.",
        ("TIMEUNITS(2)", "2000"),
        |call| {
            let units = call.integer(0).wrapping_mul(1000);
            call.give_integer(units)
        },
    ),
    global(
        "DAYUNITS",
        &[integer("days")],
        INTEGER,
        "6.14.3",
        "Days as time units, to add to times.",
        ("20030604T000000Z + DAYUNITS(1)", "20030605T000000Z"),
        |call| {
            let units = call.integer(0).wrapping_mul(DAY_MS);
            call.give_integer(units)
        },
    ),
    global("NOW", &[], TIMESTAMP, "6.14.3", "The time, in UTC.", ("NOW()", "20120615T120000Z"), |call| {
        let now = call.env().system.now();
        call.give_time(now)
    }),
];

/// The time units of the first argument, which may be a number.
fn units(call: &Call<'_, '_, '_>) -> i64 {
    match call.view(0) {
        View::Integer(units) => units,
        _ => call.time(0).linear(),
    }
}

fn all_day_count(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let start = call.time(0);
    // Where neither is known, they are the same midnight. What begins nobody knows when is not of whole days.
    let end = match (clock::is_empty(start), call.stated(1)) {
        (true, Some(_)) => return call.give_integer(0),
        (true, None) => Some(start),
        (false, end) => end,
    };
    let user = call.env_ref().zones.user();
    let context = match (call.flag(2), call.flag(3)) {
        (false, _) => UserContext::No,
        (true, false) => UserContext::NonFloating(user),
        (true, true) => UserContext::UtcOnly(user),
    };
    call.give_integer(allday::all_day_count(start, end, context))
}

fn make_all_day(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let days = call.optional_integer(2).unwrap_or(0);
    let end = call.stated(1);
    let (first, last) = allday::make_all_day(call.time(0), end, days);
    call.set(0, Val::Time(Kind::Timestamp, first))?;
    call.set(1, Val::Time(Kind::Timestamp, last))?;
    call.give_nothing()
}
