//! Ids that are made for people: `(GMT+01:00) Amsterdam, Berlin, Bern`, `Pacific Time (US & Canada)`, `GMT+0100`. Outlook,
//! Exchange and Zimbra write them, and not always with the definition of the zone.
//!
//! Not its job: names that are in a table ([`super::olson`], [`super::windows`]).

use chrono_tz::Tz;

use super::{Zone, olson, windows};
use crate::time::iso8601;

/// What stands at the beginning of ids, and says nothing.
const PREFIXES: [&str; 2] = ["tzone://Microsoft/", "Microsoft/"];

/// The zone of such an id.
pub fn find(id: &str) -> Option<Zone> {
    let id = PREFIXES.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id).trim();
    let (offset, places) = parted(id);
    if ["UTC", "Coordinated Universal Time"].iter().any(|name| name.eq_ignore_ascii_case(places)) {
        return Some(Zone::Utc);
    }
    if places.is_empty() {
        return offset.map(|minutes| if minutes == 0 { Zone::Utc } else { Zone::Offset(minutes) });
    }
    // The offset is as old as the id, and says nothing of summer time: a place says more.
    parts(places).find_map(place).map(Zone::olson)
}

/// The offset at the beginning of an id, and what follows it.
fn parted(id: &str) -> (Option<i16>, &str) {
    let (head, rest) = match id.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
        Some((head, rest)) => (head, rest.trim()),
        None => (id, ""),
    };
    let name = ["GMT", "UTC"].iter().find_map(|name| head.trim().strip_prefix(name));
    match name.map(str::trim) {
        Some("") if head != id => (Some(0), rest),
        Some(offset) if offset.starts_with(['+', '-']) => match minutes(&offset.replace('.', ":")) {
            Some(minutes) => (Some(minutes), rest),
            None => (None, id),
        },
        _ => (None, id),
    }
}

/// `+01:00`, `+0100`, and `+1`.
fn minutes(offset: &str) -> Option<i16> {
    let (sign, digits) = offset.split_at(1);
    let is_hour = digits.len() == 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    iso8601::offset_from_text(&if is_hour { format!("{sign}0{digits}") } else { offset.to_owned() })
}

/// The places of an id, and the whole of it.
fn parts(places: &str) -> impl Iterator<Item = &str> {
    std::iter::once(places)
        .chain(places.split([',', ';', '/', ':']))
        .map(|part| part.trim_matches([' ', '-']))
}

/// The zone of a place, or of what Windows calls its time.
fn place(name: &str) -> Option<Tz> {
    let name = name.split(" (").next().unwrap_or(name).trim();
    // Outlook numbers the zones of its own that it has changed.
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let short = [" Standard Time", " Daylight Time", " Time"].iter().find_map(|end| name.strip_suffix(end));
    let windows = windows::find(&format!("{} Standard Time", short.unwrap_or(name)));
    windows.or_else(|| olson::of_city(name)).or_else(|| olson::find(&name.replace('-', "/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zones;

    #[test]
    fn ids_for_people_name_zones() {
        let zones = Zones::default();
        for (id, expected) in [
            ("(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "Europe/Amsterdam"),
            ("(GMT+01.00) Sarajevo / Skopje / Warsaw / Zagreb", "Europe/Sarajevo"),
            ("(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", "Europe/Dublin"),
            ("(GMT-08:00) Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"),
            ("Eastern Time (US & Canada)", "America/New_York"),
            ("(GMT+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
            ("(GMT+04:00) Moscow, St. Petersburg, Volgograd", "Europe/Moscow"),
            ("(GMT-10:00) Hawaii", "US/Hawaii"),
            ("W. Europe Standard Time 1", "Europe/Berlin"),
            ("Romance Daylight Time", "Europe/Paris"),
            ("W. Europe", "Europe/Berlin"),
            ("US-Eastern", "US/Eastern"),
            ("New York", "America/New_York"),
            ("GMT+0100", "+01:00"),
            ("UTC+1", "+01:00"),
            ("GMT-03:30", "-03:30"),
            ("(UTC) Coordinated Universal Time", "UTC"),
            ("tzone://Microsoft/Utc", "UTC"),
        ] {
            let found = find(id).map(|zone| zones.name(zone));
            assert_eq!(found.as_deref(), Some(expected), "{id}");
        }
        for id in [
            "Customized Time Zone",
            "tzone://Microsoft/Custom",
            "GMT+x",
            "(UTC+01:00",
            "",
            "()",
            "Nowhere, Atlantis",
        ] {
            assert_eq!(find(id), None, "{id}");
        }
    }
}
