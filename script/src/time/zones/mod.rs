//! Zone contexts (manual 5.2 and 5.3): what a timestamp's clock shows, and the names that zones have.
//!
//! A [`Zone`] carries its own clock, so converting and comparing need nothing else. [`Zones`] knows names: a
//! session has one, with its system zone, its user's zone, and the zones that its config and its peer define.
//! The rooms below: [`rule`] (a year's clock), [`builtin`], [`olson`], [`windows`] (names that need no
//! definition), [`vtimezone`] and [`daylight`] (the texts that define zones), [`mod@write`] (those texts again).
//!
//! Not its job: reading the machine's zone; the caller says what SYSTEM is.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;

use super::calendar::civil;
use super::{DAY_MS, Timestamp, TimestampKind, iso8601};
use crate::text::trimmed;
use rule::{Rule, year_of};

pub mod builtin;
pub mod daylight;
mod display;
pub mod olson;
pub mod rule;
pub mod vtimezone;
pub mod windows;
pub mod write;

pub use daylight::DaylightError;
pub use vtimezone::VtimezoneError;
pub use write::{TzidMode, VtimezoneMode, YearSpan};

/// A name beyond this many bytes is nobody's.
const MAX_NAME: usize = 256;

/// The zone context of a timestamp (manual 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// In no zone: the same reading everywhere.
    Floating,
    /// Coordinated universal time.
    Utc,
    /// Minutes east of UTC.
    Offset(i16),
    /// A zone with a name, which may have summer time.
    Named(ZoneId),
}

/// Which zone, and its clock. The name is known to the [`Zones`] that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ZoneId {
    label: Label,
    clock: Clock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Label {
    /// The name that the clock has where it is kept.
    Own,
    /// The machine's zone, whichever that is.
    System,
    /// A zone that was defined, by its place among these.
    Defined(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Clock {
    Builtin(u16),
    Olson(Tz),
    Rule(Rule),
}

/// What a script may say instead of a zone's name (manual 6.14.4, `timezonespec`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneSpec {
    /// A zone, or none.
    Zone(Zone),
    /// A day, which floats.
    Date,
    /// A length of time.
    Duration,
}

/// No zone has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    /// The name.
    pub name: String,
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name: String = self.name.chars().take(100).collect();
        write!(f, "no zone is called {name:?}; write a name such as Europe/Zurich or CET/CEST, or an offset")
    }
}

impl std::error::Error for UnknownZone {}

/// The zones that a session can name. A clone costs no more than a pointer until one of the two defines a zone.
#[derive(Clone, Debug)]
pub struct Zones {
    system: Zone,
    user: Option<Zone>,
    /// Nothing where no zone is defined, as in most sessions.
    defined: Option<Arc<Vec<Defined>>>,
}

/// A zone that was defined while the program ran.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Defined {
    name: String,
    rule: Rule,
    /// Names of standard and summer time, where the definition has them.
    names: (String, String),
    /// By the config, and not by a peer: the name then wins over the built-in ones.
    by_config: bool,
}

impl Zones {
    /// How many zones may be defined at run time. A peer that sends more has its further ones refused.
    pub const MAX_DEFINED: usize = 512;

    /// Zones of a machine that stands in `system`, which is also the user's zone until that is set.
    pub fn new(system: Zone) -> Zones {
        Zones { system, user: None, defined: None }
    }

    /// The system's zone (manual 8.14, `systemtimezone`), by the name SYSTEM.
    pub fn system(&self) -> Zone {
        Zone::Named(ZoneId { label: Label::System, clock: self.clock(self.system) })
    }

    /// The zone that USERTIMEZONE means (manual 6.14.4, `SETUSERTIMEZONE`).
    pub fn set_user(&mut self, zone: Zone) {
        self.user = Some(zone);
    }

    /// The user's zone; the system's where it was not set.
    pub fn user(&self) -> Zone {
        self.user.unwrap_or_else(|| self.system())
    }

    /// The zone of a name, whatever its case (manual 5.3): SYSTEM, USERTIMEZONE, FLOATING or nothing, a zone of
    /// the config, a built-in one, one of the zone database, a Windows name, a zone that a peer defined, an
    /// offset by ISO 8601, or a name that describes its rule. DATE floats.
    pub fn find(&self, name: &str) -> Result<Zone, UnknownZone> {
        let name = trimmed(name);
        let unknown = || UnknownZone { name: name.to_owned() };
        if name.len() > MAX_NAME {
            return Err(unknown());
        }
        let special = ["SYSTEM", "USERTIMEZONE", "FLOATING", "", "DATE", "UTC"];
        Ok(match special.iter().position(|special| special.eq_ignore_ascii_case(name)) {
            Some(0) => self.system(),
            Some(1) => self.user(),
            Some(2..=4) => Zone::Floating,
            Some(_) => Zone::Utc,
            None => self
                .find_defined(name, true)
                .or_else(|| builtin::find(name).map(Zone::builtin))
                .or_else(|| olson::find(name).map(Zone::olson))
                .or_else(|| windows::find(name).map(Zone::olson))
                .or_else(|| self.find_defined(name, false))
                .or_else(|| offset(name).map(Zone::Offset))
                .or_else(|| Zone::described(name))
                .ok_or_else(unknown)?,
        })
    }

    /// The zone of the id of a zone in a received item that came without a definition: names of the zone
    /// database come first, since that is what ids are made of, and may stand at the end of a longer id. What is made
    /// for people to read comes last.
    pub fn find_tzid(&self, id: &str) -> Result<Zone, UnknownZone> {
        let id = id.trim().trim_matches('"');
        match id.len() {
            0 | MAX_NAME.. => return Err(UnknownZone { name: id.to_owned() }),
            _ if id.eq_ignore_ascii_case("UTC") => return Ok(Zone::Utc),
            _ => {}
        }
        let tz = olson::find(id).or_else(|| windows::find(id)).or_else(|| olson::at_end(id));
        match tz {
            Some(tz) => Ok(Zone::olson(tz)),
            None => self.find(id).or_else(|unknown| display::find(id).ok_or(unknown)),
        }
    }

    /// What a script's `timezonespec` text means: as [`Zones::find`], and also DATE, DURATION, and the text
    /// of a VTIMEZONE, which is added to the zones.
    pub fn spec(&mut self, text: &str) -> Result<ZoneSpec, UnknownZone> {
        self.named_spec(text).unwrap_or_else(|| {
            let unknown = |error: VtimezoneError| UnknownZone { name: error.to_string() };
            self.receive(text.trim()).map(ZoneSpec::Zone).map_err(unknown)
        })
    }

    /// The same for what defines nothing; `None` for a VTIMEZONE.
    pub fn named_spec(&self, text: &str) -> Option<Result<ZoneSpec, UnknownZone>> {
        const DEFINITION: &str = "BEGIN:VTIMEZONE";
        let text = trimmed(text);
        if text.get(..DEFINITION.len()).is_some_and(|head| head.eq_ignore_ascii_case(DEFINITION)) {
            return None;
        }
        Some(match text {
            _ if text.eq_ignore_ascii_case("DATE") => Ok(ZoneSpec::Date),
            _ if text.eq_ignore_ascii_case("DURATION") => Ok(ZoneSpec::Duration),
            _ => self.find(text).map(ZoneSpec::Zone),
        })
    }

    /// The name of a zone (manual 6.14.4, `TIMEZONE`): nothing for floating times, and the offset by ISO 8601
    /// where the zone is no more than that.
    pub fn name(&self, zone: Zone) -> String {
        self.name_of(zone).into_owned()
    }

    /// The same, as it is known.
    fn name_of(&self, zone: Zone) -> Cow<'_, str> {
        let id = match zone {
            Zone::Floating => return Cow::Borrowed(""),
            Zone::Utc => return Cow::Borrowed("UTC"),
            Zone::Offset(minutes) => return Cow::Owned(iso8601::offset_text(minutes, true)),
            Zone::Named(id) => id,
        };
        match (id.label, id.clock) {
            (Label::System, _) => Cow::Borrowed("system"),
            (_, Clock::Builtin(place)) => Cow::Borrowed(entry(place).map_or("", |zone| zone.name)),
            (_, Clock::Olson(tz)) => Cow::Borrowed(tz.name()),
            (_, Clock::Rule(rule)) => match self.definition(id) {
                Some(defined) => Cow::Borrowed(&defined.name),
                None => Cow::Owned(described(rule)),
            },
        }
    }

    /// The same point in time on another zone's clock. What floats stays as it is.
    pub fn convert(&self, time: Timestamp, zone: Zone) -> Timestamp {
        time.in_zone(zone)
    }

    /// `CONVERTTOZONE` (manual 6.14.4): as [`Zones::convert`], but with `unfloat` a floating time becomes one
    /// of that zone, with the same reading. To DATE it becomes midnight of its day, in the zone it has.
    pub fn convert_to(&self, time: Timestamp, spec: ZoneSpec, unfloat: bool) -> Timestamp {
        match spec {
            ZoneSpec::Zone(zone) if time.is_floating() && unfloat => time.with_zone(zone),
            ZoneSpec::Zone(zone) => time.in_zone(zone),
            ZoneSpec::Date if !time.is_floating() => {
                Timestamp::from_linear(time.date_only().linear(), time.zone())
            }
            ZoneSpec::Date | ZoneSpec::Duration => time,
        }
    }

    /// `SETTIMEZONE` (manual 6.14.4): the same reading, in another context.
    pub fn set_zone(&self, time: Timestamp, spec: ZoneSpec) -> Timestamp {
        match spec {
            ZoneSpec::Zone(zone) => time.with_zone(zone),
            ZoneSpec::Date => Timestamp { zone: Zone::Floating, kind: TimestampKind::Date, ..time },
            ZoneSpec::Duration => time.as_duration(),
        }
    }

    /// Minutes east of UTC that hold at a timestamp's reading; `None` where it floats.
    pub fn offset_minutes(&self, time: Timestamp) -> Option<i64> {
        time.offset_seconds().map(|seconds| seconds.div_euclid(60))
    }

    /// The rule of a zone's clock in a year; `None` for floating times.
    pub fn rule(&self, zone: Zone, year: i64) -> Option<Rule> {
        (zone != Zone::Floating).then(|| self.clock(zone).rule(year))
    }

    /// The same zone by its own name, where it goes by the name SYSTEM.
    fn resolved(&self, zone: Zone) -> Zone {
        match zone {
            Zone::Named(ZoneId { label: Label::System, .. }) => self.system,
            other => other,
        }
    }

    fn clock(&self, zone: Zone) -> Clock {
        match zone {
            Zone::Floating | Zone::Utc => Clock::Rule(Rule::fixed(0)),
            Zone::Offset(minutes) => Clock::Rule(Rule::fixed(minutes)),
            Zone::Named(id) => id.clock,
        }
    }

    fn defined(&self) -> &[Defined] {
        self.defined.as_deref().map(Vec::as_slice).unwrap_or_default()
    }

    fn find_defined(&self, name: &str, by_config: bool) -> Option<Zone> {
        let wanted =
            |defined: &Defined| defined.by_config == by_config && defined.name.eq_ignore_ascii_case(name);
        // Of two definitions the later one counts.
        let place = self.defined().iter().rposition(wanted)?;
        self.defined().get(place).map(|defined| Zone::defined(place, defined.rule))
    }

    /// Adds a zone, or finds the one that is the same in everything. `None` where there is no more room.
    fn add(&mut self, defined: Defined) -> Option<Zone> {
        let rule = defined.rule;
        if let Some(place) = self.defined().iter().position(|known| *known == defined) {
            return Some(Zone::defined(place, rule));
        }
        let place = self.defined().len();
        if place >= Zones::MAX_DEFINED {
            return None;
        }
        Arc::make_mut(self.defined.get_or_insert_default()).push(defined);
        Some(Zone::defined(place, rule))
    }

    /// Whether a zone is known here: it needs no definition, or has one.
    pub fn has(&self, zone: Zone) -> bool {
        match zone {
            Zone::Named(id @ ZoneId { label: Label::Defined(_), .. }) => self.definition(id).is_some(),
            _ => true,
        }
    }

    /// The definition of a zone. One that came from other zones than these may stand at a place that is
    /// another's here: the rule tells.
    fn definition(&self, id: ZoneId) -> Option<&Defined> {
        match (id.label, id.clock) {
            (Label::Defined(place), Clock::Rule(rule)) => {
                self.defined().get(usize::from(place)).filter(|defined| defined.rule == rule)
            }
            _ => None,
        }
    }
}

impl Default for Zones {
    fn default() -> Zones {
        Zones::new(Zone::Utc)
    }
}

impl Zone {
    /// The zone of a number of seconds east of UTC, west being negative, to the minute (manual 6.14.4,
    /// `timezonespec`). `None` for a day and more.
    pub fn from_seconds(seconds: i64) -> Option<Zone> {
        let minutes = i16::try_from(seconds.div_euclid(60)).ok()?;
        (minutes.unsigned_abs() < 24 * 60).then_some(Zone::Offset(minutes))
    }

    /// Seconds east of UTC at a reading of the zone's clock, in milliseconds since -4712-01-01.
    pub fn seconds_at_reading(self, reading: i64) -> i64 {
        match self {
            Zone::Floating | Zone::Utc => 0,
            Zone::Offset(minutes) => i64::from(minutes) * 60,
            Zone::Named(id) => match id.clock {
                Clock::Olson(tz) => olson::seconds_at_reading(tz, reading),
                Clock::Rule(Rule { offset, summer: None }) => i64::from(offset) * 60,
                clock => {
                    let (year, month, day) = civil(reading.div_euclid(DAY_MS));
                    let rule = clock.rule(year);
                    let far = rule.minutes_on(month, day);
                    i64::from(far.unwrap_or_else(|| rule.minutes_at_reading(year, reading))) * 60
                }
            },
        }
    }

    /// Seconds east of UTC at an instant, in milliseconds since -4712-01-01 UTC.
    pub fn seconds_at_utc(self, utc: i64) -> i64 {
        match self {
            Zone::Floating | Zone::Utc => 0,
            Zone::Offset(minutes) => i64::from(minutes) * 60,
            Zone::Named(id) => match id.clock {
                Clock::Olson(tz) => olson::seconds_at_utc(tz, utc),
                Clock::Rule(Rule { offset, summer: None }) => i64::from(offset) * 60,
                clock => {
                    let (year, month, day) = civil(utc.div_euclid(DAY_MS));
                    let rule = clock.rule(year);
                    let near = || {
                        // The year is that of the zone's own clock, for which the standard offset is near enough.
                        let year = year_of(utc.saturating_add(i64::from(rule.offset) * 60_000));
                        clock.rule(year).minutes_at_utc(year, utc)
                    };
                    i64::from(rule.minutes_on(month, day).unwrap_or_else(near)) * 60
                }
            },
        }
    }

    fn builtin(place: u16) -> Zone {
        match entry(place) {
            Some(zone) if zone.name == "UTC" => Zone::Utc,
            _ => Zone::Named(ZoneId { label: Label::Own, clock: Clock::Builtin(place) }),
        }
    }

    fn olson(tz: Tz) -> Zone {
        Zone::Named(ZoneId { label: Label::Own, clock: Clock::Olson(tz) })
    }

    /// The zone of a name that [`described`] has made, which may have been in another session.
    fn described(name: &str) -> Option<Zone> {
        let rule = Rule::parse(name)?;
        Some(Zone::Named(ZoneId { label: Label::Own, clock: Clock::Rule(rule) }))
    }

    fn defined(place: usize, rule: Rule) -> Zone {
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        Zone::Named(ZoneId { label: Label::Defined(place), clock: Clock::Rule(rule) })
    }
}

impl Clock {
    fn rule(self, year: i64) -> Rule {
        match self {
            Clock::Builtin(place) => entry(place).map_or(Rule::fixed(0), |zone| zone.rule(year)),
            Clock::Olson(tz) => olson::rule(tz, year),
            Clock::Rule(rule) => rule,
        }
    }
}

fn entry(place: u16) -> Option<&'static builtin::Builtin> {
    builtin::all().get(usize::from(place))
}

/// `+02:00`, `-0330`, and `OFFS+0200`, which is how the original writes an offset in its logs.
fn offset(name: &str) -> Option<i16> {
    let name = name.strip_prefix("OFFS").unwrap_or(name);
    name.starts_with(['+', '-']).then(|| iso8601::offset_from_text(name)).flatten()
}

/// A name for a zone that has none. It says the whole rule, so that what was stored under it is the same in another
/// session, which has not seen the definition.
fn described(rule: Rule) -> String {
    rule.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn names_are_found_whatever_their_case() {
        let zones = Zones::default();
        for (name, found) in [
            ("cet/cest", "CET/CEST"),
            ("SYSTEM", "system"),
            ("usertimezone", "system"),
            ("europe/zurich", "Europe/Zurich"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("utc", "UTC"),
            ("Z", "Z"),
            ("+0530", "+05:30"),
            ("OFFS-0330", "-03:30"),
            ("floating", ""),
            ("DATE", ""),
        ] {
            assert_eq!(zones.find(name).map(|zone| zones.name(zone)), Ok(found.to_owned()), "{name}");
        }
        let error = zones.find("Nowhere").unwrap_err();
        assert!(error.to_string().contains("\"Nowhere\""), "{error}");
    }

    #[test]
    fn ids_of_items_are_names_of_the_database_first() {
        let zones = Zones::default();
        let winter = |id: &str| {
            let zone = zones.find_tzid(id).unwrap();
            zones.offset_minutes(time("20080715T120000").with_zone(zone))
        };
        // As a name of the config CET is the fixed offset that chapter 17 lists; as an id it has summer time.
        assert_eq!((winter("CET"), winter("\"Europe/Zurich\"")), (Some(120), Some(120)));
        assert_eq!(winter("/citadel.org/20070227_1/America/New_York"), Some(-240));
        assert!(zones.find_tzid("Customized Time Zone").is_err() && zones.find_tzid("").is_err());
    }

    #[test]
    fn converting_keeps_the_point_in_time() {
        let zones = Zones::new(Zones::default().find("EST/EDT").unwrap());
        let zurich = zones.find("Europe/Zurich").unwrap();
        let noon = time("20080715T120000Z");
        let there = zones.convert(noon, zurich);
        assert_eq!((there.to_string().as_str(), there.unix_ms()), ("20080715T140000", noon.unix_ms()));
        assert_eq!(zones.convert(there, zones.system()).to_string(), "20080715T080000");
        let floating = time("20080715T120000");
        assert_eq!(zones.convert_to(floating, ZoneSpec::Zone(zurich), false), floating);
        assert_eq!(zones.convert_to(floating, ZoneSpec::Zone(zurich), true), floating.with_zone(zurich));
        assert_eq!(zones.convert_to(noon, ZoneSpec::Date, false).to_string(), "20080715T000000Z");
        assert_eq!(zones.set_zone(noon, ZoneSpec::Date).to_string(), "20080715");
        assert_eq!(
            (Zone::from_seconds(-18_000), Zone::from_seconds(90_000)),
            (Some(Zone::Offset(-300)), None)
        );
    }

    #[test]
    fn the_hours_of_a_switch() {
        let zones = Zones::default();
        for name in ["CET/CEST", "Europe/Zurich"] {
            let zone = zones.find(name).unwrap();
            for (reading, minutes) in [
                ("20080330T015959", 60),
                ("20080330T023000", 120),
                ("20081026T023000", 120),
                ("20081026T030000", 60),
            ] {
                assert_eq!(
                    zones.offset_minutes(time(reading).with_zone(zone)),
                    Some(minutes),
                    "{name} {reading}"
                );
            }
            for (utc, reading) in [
                ("20080330T005959Z", "20080330T015959"),
                ("20080330T010000Z", "20080330T030000"),
                ("20081026T005959Z", "20081026T025959"),
                ("20081026T010000Z", "20081026T020000"),
            ] {
                assert_eq!(zones.convert(time(utc), zone).to_string(), reading, "{name} {utc}");
            }
        }
    }

    #[test]
    fn a_zone_without_a_name_is_known_to_another_session() {
        let text = "BEGIN:STANDARD\nDTSTART:19670401T220000\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SA\n\
                    TZOFFSETFROM:-0500\nTZOFFSETTO:-0600\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19870905T221400\n\
                    RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=-1SA\nTZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nEND:DAYLIGHT\n";
        let zone = Zones::default().receive(&format!("TZID:Island\n{text}")).unwrap();
        let name = Zones::default().name(zone);
        assert_eq!(name, "-06/-05 9.-1SA.2214 4.1SA.2200");
        let again = Zones::default().find(&name).unwrap();
        assert_eq!(Zones::default().name(again), name);
        for time in ["20240312T093000", "20240612T093000", "20241230T093000"].map(time) {
            assert_eq!(time.with_zone(again).unix_ms(), time.with_zone(zone).unix_ms());
        }
        for name in ["-06/-05", "-06/-05 9.-1SA.2214", "-06/-05 9.-1SA.2500 4.1SA.2200", "-06 a b"] {
            assert!(Zones::default().find(name).is_err(), "{name}");
        }
    }

    #[test]
    fn no_more_zones_are_defined_than_there_is_room_for() {
        let mut zones = Zones::default();
        let before = zones.clone();
        let zone = |minutes: i16| Defined {
            name: format!("Z{minutes}"),
            rule: Rule::fixed(minutes),
            names: Default::default(),
            by_config: false,
        };
        let added = (0..600).filter(|minutes| zones.add(zone(*minutes)).is_some()).count();
        assert_eq!(added, Zones::MAX_DEFINED);
        assert!(zones.add(zone(3)).is_some(), "one that is known needs no room");
        assert!(zones.find("Z3").is_ok() && before.find("Z3").is_err());
    }
}
