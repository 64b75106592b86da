//! Times and their zones between text and field (manual chapter 5; 10.3.4: timestamp, date, autodate,
//! autoenddate, tz, daylight, tzid).
//!
//! A time that is read belongs to the zone of its property (`TZID`), or else to that of the item (`TZ`), or else to
//! the user's, or to none. A time that is written stands in the zone of its property, or else in UTC, or else, for
//! peers that do not know UTC, on the user's clock.
//!
//! Not its job: which zone a name or a definition means, which the zones of the session know.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use syncloom_config::{Conversion, MimeMode, ValueMap};
use syncloom_script::time::zones::daylight;
use syncloom_script::time::{DAY_MS, UNIX_EPOCH_DAY};
use syncloom_script::{FieldType, Item, Timestamp, TimestampKind, Value, Zone};

use super::{Context, Place};
use crate::peer::TimesMean;
use crate::plan::target;

const MINUTE_MS: i64 = 60_000;
/// The unit by which the end of a period of whole days lies before the next day.
const SECOND_MS: i64 = 1000;
/// The years that ISO 8601 has four digits for.
const YEARS: RangeInclusive<i64> = 0..=9999;
/// Some 200 years around 1970, which nearly all times are in: they need no calendar to be told from others.
const NEAR: RangeInclusive<i64> = (UNIX_EPOCH_DAY - 36_500) * DAY_MS..=(UNIX_EPOCH_DAY + 36_500) * DAY_MS;

/// A time that was read, in the zone that it belongs to.
pub(crate) fn placed(time: Timestamp, context: &Context<'_>) -> Timestamp {
    if time.kind() != TimestampKind::DateTime {
        return time;
    }
    let time = match context.peer.times {
        TimesMean::Local if !time.is_floating() => time.with_zone(Zone::Floating),
        TimesMean::Utc if time.is_floating() && context.own_zone.is_none() => time.with_zone(Zone::Utc),
        _ => time,
    };
    let said = context.own_zone.or(context.item_zone);
    let unsaid = || {
        let local = context.options.unfloat || !context.peer.utc || context.peer.times == TimesMean::Local;
        if local { context.zones.user() } else { Zone::Floating }
    };
    match time.zone() {
        Zone::Floating => match said.unwrap_or_else(unsaid) {
            Zone::Floating => time,
            zone => time.with_zone(zone),
        },
        // Who says a zone means to be read on its clock.
        Zone::Utc => said.map_or(time, |zone| time.in_zone(zone)),
        _ => time,
    }
}

/// The end of a period, which in the old dialect is the last minute of a day where the next day is meant.
pub(super) fn end_of_day(time: Timestamp, context: &Context<'_>) -> Timestamp {
    let since_midnight = time.linear().rem_euclid(DAY_MS);
    let is_last = since_midnight >= DAY_MS - MINUTE_MS;
    match (context.mode, time.kind()) {
        (MimeMode::Old, TimestampKind::DateTime) if is_last => time.plus(DAY_MS - since_midnight),
        _ => time,
    }
}

/// Adds the text of a time; nothing where it has none.
pub(super) fn push_text(text: &mut String, time: Timestamp, map: &ValueMap, context: &Context<'_>) {
    if !is_writable(time) {
        return;
    }
    let midnight = |shift: i64| Timestamp::from_linear(time.linear().saturating_sub(shift), Zone::Floating);
    let old_date = time.kind() == TimestampKind::Date && context.mode == MimeMode::Old;
    let written = match map.conversion {
        Conversion::Date if time.kind() == TimestampKind::DateTime => time.date_only(),
        Conversion::Timestamp if time.kind() == TimestampKind::Date => midnight(0),
        Conversion::AutoDate if old_date => midnight(0),
        Conversion::AutoEndDate if old_date && context.peer.end_date_inclusive => midnight(SECOND_MS),
        Conversion::AutoEndDate if old_date => midnight(0),
        _ => on_the_peers_clock(time, context),
    };
    written.push_to(text, map.style);
}

/// Whether there is a text for a time: a year that no calendar has came of calculating with a time that is none.
pub(crate) fn is_writable(time: Timestamp) -> bool {
    matches!(time.kind(), TimestampKind::Duration | TimestampKind::Time)
        || NEAR.contains(&time.linear())
        || YEARS.contains(&time.parts().year)
}

/// A time as the peer reads it: without a zone where the text says it beside the time.
pub(super) fn on_the_peers_clock(time: Timestamp, context: &Context<'_>) -> Timestamp {
    if time.kind() != TimestampKind::DateTime || time.is_floating() {
        return time;
    }
    match context.own_zone {
        Some(zone) => time.in_zone(zone).with_zone(Zone::Floating),
        None if context.peer.utc => time.to_utc(),
        None => time.in_zone(context.zones.user()).with_zone(Zone::Floating),
    }
}

/// Stores what a property or parameter says of the zone, where it has a field that is no time: the name of the
/// zone as text, the minutes east of UTC as number. In a time the zone is part of the time.
pub(super) fn store_zone(map: &ValueMap, text: &str, place: Place, context: &Context<'_>, item: &mut Item) {
    let Some(field) = target(map, place.0) else { return };
    let Some(kind) = item.list().get(field).map(|field| field.kind) else { return };
    let zone = if map.conversion == Conversion::TzId { context.own_zone } else { context.item_zone };
    let value = match (kind, zone) {
        (FieldType::Timestamp | FieldType::Date | FieldType::Blob, _) => return,
        (FieldType::Integer, zone) => {
            let said = match map.conversion {
                Conversion::Tz => daylight::read_tz(text).map(i64::from),
                _ => zone.and_then(|zone| present(context).with_zone(zone).offset_seconds()).map(|s| s / 60),
            };
            said.map_or(Value::Empty, Value::Integer)
        }
        (kind, Some(zone)) => Value::from_text(&context.zones.name(zone), kind),
        (kind, None) => Value::from_text(text, kind),
    };
    item.set_at(field, place.1, value);
}

/// The zone in which the times of a property are written: what its TZID is made of. `None` where that is UTC or no
/// zone of a name.
pub(crate) fn zone_of_property(
    map: &ValueMap,
    place: Place,
    context: &Context<'_>,
    item: &Item,
) -> Option<Zone> {
    let zone = match item.get_at(target(map, place.0)?, place.1) {
        Value::Timestamp(time) if time.kind() == TimestampKind::DateTime => time.zone(),
        Value::Text(name) => context.zones.find(name).ok()?,
        _ => return None,
    };
    let has_name = matches!(zone, Zone::Named(_)) && context.zones.tzid(zone, context.options.tzid) != UTC;
    has_name.then_some(zone)
}

/// What UTC is called: a time in it needs no name of a zone.
const UTC: &str = "UTC";

/// The text of TZ, DAYLIGHT or TZID. The first two are for peers that know UTC: to others times are local.
pub(super) fn zone_text<'t>(
    map: &ValueMap,
    place: Place,
    context: &Context<'t>,
    item: &Item,
) -> Cow<'t, str> {
    let zones = context.zones;
    if map.conversion == Conversion::TzId {
        let zone = context.own_zone.or_else(|| zone_of_property(map, place, context, item));
        return zone.map_or(Cow::Borrowed(""), |zone| zones.tzid(zone, context.options.tzid));
    }
    let Some(field) = target(map, place.0).filter(|_| context.peer.utc) else { return Cow::Borrowed("") };
    let (zone, at) = match item.get_at(field, place.1) {
        Value::Timestamp(time) if time.kind() == TimestampKind::DateTime => (time.zone(), *time),
        Value::Integer(minutes) => match i16::try_from(*minutes) {
            Ok(minutes) => (Zone::Offset(minutes), present(context)),
            Err(_) => return Cow::Borrowed(""),
        },
        Value::Text(name) => match (zones.find(name), daylight::read_tz(name)) {
            (Ok(zone), _) => (zone, present(context)),
            (Err(_), Some(minutes)) => (Zone::Offset(minutes), present(context)),
            (Err(_), None) => return Cow::Borrowed(""),
        },
        _ => return Cow::Borrowed(""),
    };
    let Some((tz, daylight)) = zones.tz_and_daylight(zone, at) else { return Cow::Borrowed("") };
    if map.conversion == Conversion::Tz { Cow::Owned(tz) } else { Cow::Owned(daylight) }
}

/// The present, or some time where it is not known.
fn present(context: &Context<'_>) -> Timestamp {
    context.peer.now.unwrap_or_else(|| Timestamp::from_unix_ms(0))
}
