//! Dates and times, as far as they need neither a table of zones nor recurrence rules (manual 6.14.3).

use super::{Function, INTEGER, TIMESTAMP, global, integer, time};
use crate::lang::clock;
use crate::time::{DAY_MS, TimestampKind, Zone};

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
            let day = call.view(0).is_assigned()
                && !clock::is_empty(call.time(0))
                && call.time(0).kind() == TimestampKind::Date;
            call.give_integer(i64::from(day))
        },
    ),
    global(
        "ISFLOATING",
        &[time("ts")],
        INTEGER,
        "6.14.4",
        "Whether a time is in no zone.",
        ("ISFLOATING(20030604T164922)", "1"),
        |call| {
            let floating = call.time(0).zone() == Zone::Floating;
            call.give_integer(i64::from(floating))
        },
    ),
    global(
        "WEEKDAY",
        &[time("ts")],
        INTEGER,
        "6.14.3",
        "The day of the week, 0 for Sunday.",
        ("WEEKDAY(\"20030604\")", "3"),
        |call| {
            let day = call.time(0).linear().div_euclid(DAY_MS);
            call.give_integer((day + 1).rem_euclid(7))
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
            let parts = call.time(0).parts();
            let days = match parts.month {
                // No time is the first of January of the first year.
                _ if clock::is_empty(call.time(0)) => 31,
                2 if parts.year % 4 == 0 && (parts.year % 100 != 0 || parts.year % 400 == 0) => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
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
