//! What scripts know of time zones (manual 6.14.4). A zone is given by its name, by an offset in seconds or by ISO
//! 8601, by a VTIMEZONE, or by a time that is in it. One that nobody knows is said in the log and changes nothing.

use super::{
    Call, Function, Gives, INTEGER, STRING, TIMESTAMP, any, global, integer, optional, time, variable,
};
use crate::lang::val::{Val, View};
use crate::lang::{Fault, Kind};
use crate::time::zones::{TzidMode, VtimezoneMode};
use crate::time::{UnknownZone, Zone, ZoneSpec};

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "SYSTEMNOW",
        &[],
        TIMESTAMP,
        "6.14.3",
        "The time, in the system's zone.",
        ("SYSTEMNOW()", "20120615T120000"),
        |call| {
            let now = call.env().system.now();
            let zones = &call.env_ref().zones;
            let here = zones.convert(now, zones.system());
            call.give_time(here)
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
            let floating = call.time(0).is_floating();
            call.give_integer(i64::from(floating))
        },
    ),
    global(
        "ZONEOFFSET",
        &[time("ts")],
        INTEGER,
        "6.14.4",
        "How many seconds east of UTC a time is; UNASSIGNED for a floating one.",
        ("ZONEOFFSET(CONVERTTOZONE(20030604T164922Z, \"CET/CEST\"))", "7200"),
        |call| match call.time(0).offset_seconds() {
            Some(seconds) => call.give_integer(seconds),
            None => call.give_nothing(),
        },
    ),
    global(
        "TIMEZONE",
        &[time("atime")],
        STRING,
        "6.14.4",
        "The name of a time's zone, or its offset by ISO 8601; UNASSIGNED for a floating one.",
        ("TIMEZONE(\"20030604T164922+0200\")", "+02:00"),
        |call| {
            let zone = call.time(0).zone();
            give_name(call, zone)
        },
    ),
    global(
        "VTIMEZONE",
        &[time("atime")],
        STRING,
        "6.14.4",
        "The present rule of a time's zone as the lines of a VTIMEZONE; UNASSIGNED for a floating one.",
        ("SUBSTR(VTIMEZONE(20030604T164922Z), 0, 8)", "TZID:UTC"),
        |call| {
            let now = call.env().system.now().parts().year;
            let zone = call.time(0).zone();
            let years = VtimezoneMode::Current.years(now, now, now);
            match call.env_ref().zones.vtimezone(zone, years, TzidMode::Name) {
                Some(text) => call.give_text(text),
                None => call.give_nothing(),
            }
        },
    ),
    global(
        "SETTIMEZONE",
        &[variable("atime", Some(Kind::Timestamp)), any("zone")],
        Gives::Nothing,
        "6.14.4",
        "Puts a time into a zone; its date and time of day stay.",
        ("TIMESTAMP t; t=20030604T164922Z; SETTIMEZONE(t, 7200); RETURN TIMEZONE(t);", "+02:00"),
        |call| match specified(call, 1) {
            Some(spec) => set_zone(call, spec),
            None => Ok(()),
        },
    ),
    global(
        "SETFLOATING",
        &[variable("atime", Some(Kind::Timestamp))],
        Gives::Nothing,
        "6.14.4",
        "Takes a time out of its zone; its date and time of day stay.",
        ("TIMESTAMP t; t=20030604T164922Z; SETFLOATING(t); RETURN t;", "20030604T164922"),
        |call| set_zone(call, ZoneSpec::Zone(Zone::Floating)),
    ),
    global(
        "CONVERTTOZONE",
        &[time("atime"), any("zone"), optional(integer("doUnfloat"))],
        TIMESTAMP,
        "6.14.4",
        "The same point in time in another zone; UNASSIGNED where nobody knows the zone.",
        ("CONVERTTOZONE(20030604T120000Z, \"CET/CEST\")", "20030604T140000"),
        |call| match specified(call, 1) {
            Some(spec) => {
                let time = call.env_ref().zones.convert_to(call.time(0), spec, call.flag(2));
                call.give_time(time)
            }
            None => call.give_nothing(),
        },
    ),
    global(
        "CONVERTTOUSERZONE",
        &[time("atime"), optional(integer("doUnfloat"))],
        TIMESTAMP,
        "6.14.4",
        "The same point in time in the user's zone.",
        (
            "SETUSERTIMEZONE(\"CET/CEST\"); RETURN (string)CONVERTTOUSERZONE(20030604T120000Z);",
            "20030604T140000",
        ),
        |call| {
            let zones = &call.env_ref().zones;
            let time = zones.convert_to(call.time(0), ZoneSpec::Zone(zones.user()), call.flag(1));
            call.give_time(time)
        },
    ),
    global(
        "USERTIMEZONE",
        &[],
        STRING,
        "6.14.4",
        "The name of the user's zone.",
        ("USERTIMEZONE()", "system"),
        |call| {
            let zone = call.env_ref().zones.user();
            give_name(call, zone)
        },
    ),
    global(
        "SETUSERTIMEZONE",
        &[any("tz")],
        Gives::Nothing,
        "6.14.4",
        "Sets the user's zone, for the rest of the session.",
        ("SETUSERTIMEZONE(\"CET\"); RETURN USERTIMEZONE();", "CET"),
        |call| {
            match specified(call, 0) {
                Some(ZoneSpec::Zone(zone)) => call.env().zones.set_user(zone),
                Some(ZoneSpec::Date) => call.env().zones.set_user(Zone::Floating),
                Some(ZoneSpec::Duration) | None => {}
            }
            Ok(())
        },
    ),
];

/// The zone that an argument means.
fn specified(call: &mut Call<'_, '_, '_>, number: usize) -> Option<ZoneSpec> {
    let known = match call.view(number) {
        View::Time(_, time) => Some(Ok(ZoneSpec::Zone(time.zone()))),
        View::Integer(seconds) => {
            let zone = Zone::from_seconds(seconds).map(ZoneSpec::Zone);
            Some(zone.ok_or_else(|| UnknownZone { name: format!("{seconds} s") }))
        }
        other => call.env_ref().zones.named_spec(&other.text()),
    };
    let found = known.unwrap_or_else(|| {
        let definition = call.text(number).into_owned();
        call.env().zones.spec(&definition)
    });
    if let Err(error) = &found {
        call.env().system.log(&error.to_string());
    }
    found.ok()
}

/// Puts the time that the first argument is into a zone. What is no time yet stays as it is.
fn set_zone(call: &mut Call<'_, '_, '_>, spec: ZoneSpec) -> Result<(), Fault> {
    match call.stated(0) {
        Some(time) => {
            let time = call.env_ref().zones.set_zone(time, spec);
            call.set(0, Val::Time(Kind::Timestamp, time))
        }
        None => Ok(()),
    }
}

fn give_name(call: &mut Call<'_, '_, '_>, zone: Zone) -> Result<(), Fault> {
    match call.env_ref().zones.name(zone) {
        name if name.is_empty() => call.give_nothing(),
        name => call.give_text(name),
    }
}
