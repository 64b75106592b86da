//! Field values as column values and back, by the type of the column (manual 11.34.41.1).

use crate::lines::{unix_line_ends, with_line_ends};
use rusqlite::types::{Value as SqlValue, ValueRef};
use syncloom_config::{DbType, LineEnds};
use syncloom_script::{FieldType, Timestamp, TimestampKind, Value, Zone, Zones, time::DAY_MS};

/// Seconds from 1970-01-01 to 2001-01-01, where Cocoa's dates begin.
const NSDATE_EPOCH: i64 = 978_307_200;
/// The day number of 1970-01-01 in milliseconds: where Unix time begins on the linear scale.
const UNIX_EPOCH_LINEAR: i64 = syncloom_script::time::UNIX_EPOCH_DAY * DAY_MS;

/// A field's value for a column. Empty text is stored as empty text, everything else that is empty as NULL.
pub(super) fn to_sql(
    value: &Value,
    kind: DbType,
    floating: bool,
    line_ends: LineEnds,
    zones: &Zones,
) -> SqlValue {
    match kind {
        DbType::String => SqlValue::Text(with_line_ends(&value.to_text(), line_ends)),
        _ if value.is_empty() => SqlValue::Null,
        DbType::Blob => match value {
            Value::Blob(bytes) => SqlValue::Blob(bytes.clone()),
            other => SqlValue::Blob(other.to_text().into_bytes()),
        },
        DbType::Numeric => number(&value.to_text()),
        _ => {
            let time = match value {
                Value::Timestamp(time) => Some(*time),
                other => Timestamp::parse(&other.to_text()),
            };
            match time {
                Some(time) if kind == DbType::ZoneName => SqlValue::Text(zones.name(time.zone())),
                // What floats keeps its reading: another column may name its zone.
                Some(time) if floating && !is_zone(kind) => time_to_sql(time.with_zone(Zone::Floating), kind),
                Some(time) => time_to_sql(time, kind),
                None => SqlValue::Null,
            }
        }
    }
}

/// A text as a number where it is one, exactly.
pub(super) fn number(text: &str) -> SqlValue {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(number) => SqlValue::Integer(number),
        Err(_) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => SqlValue::Real(number),
            _ => SqlValue::Text(text.to_owned()),
        },
    }
}

/// A stamp, in milliseconds since 1970, for a column.
pub(super) fn stamp_to_sql(stamp: i64, kind: DbType) -> SqlValue {
    time_to_sql(Timestamp::from_unix_ms(stamp), kind)
}

/// A stamp, in milliseconds since 1970, of a column; `None` for NULL and what is no time.
pub(super) fn stamp_from_sql(column: ValueRef<'_>, kind: DbType) -> Option<i64> {
    time_from_sql(column, kind, Zone::Utc).map(Timestamp::unix_ms)
}

/// A column's value for a field. NULL and empty text are the empty value.
pub(super) fn from_sql(column: ValueRef<'_>, kind: DbType, floating: bool, field: FieldType) -> Value {
    let zone = if floating { Zone::Floating } else { Zone::Utc };
    let value = match (kind, column) {
        (_, ValueRef::Null) => return Value::Empty,
        (DbType::Blob, _) if field == FieldType::Blob => match column {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Value::Blob(bytes.to_vec()),
            other => Value::Blob(text(other).into_bytes()),
        },
        (DbType::String | DbType::Numeric | DbType::Blob, column) => {
            return Value::from_text(&unix_line_ends(text(column)), field);
        }
        (kind, column) => match time_from_sql(column, kind, zone) {
            Some(time) if field == FieldType::Date => Value::Timestamp(time.date_only()),
            Some(time) if field == FieldType::Timestamp => Value::Timestamp(time),
            Some(time) => Value::from_text(&time.to_iso8601(), field),
            None => Value::Empty,
        },
    };
    if value.is_empty() { Value::Empty } else { value }
}

/// Whether a column says the zone of a time that stands in another one.
pub(super) fn is_zone(kind: DbType) -> bool {
    matches!(
        kind,
        DbType::ZoneName | DbType::ZoneOffsetHours | DbType::ZoneOffsetMins | DbType::ZoneOffsetSecs
    )
}

/// A time in the zone that a column says (manual 11.34.41.1): one that floats is read on that zone's clock, another one
/// is shown on it. Without a zone, or with one that nobody knows, it stays as it is.
pub(super) fn in_zone_from_sql(time: &Value, column: ValueRef<'_>, kind: DbType, zones: &Zones) -> Value {
    let Value::Timestamp(known) = time else { return time.clone() };
    let name = text(column);
    let zone = match name.trim() {
        "" => None,
        name if kind == DbType::ZoneName => zones.find(name).ok(),
        offset => offset.parse::<i64>().ok().and_then(|offset| {
            let seconds = match kind {
                DbType::ZoneOffsetHours => 3600,
                DbType::ZoneOffsetMins => 60,
                _ => 1,
            };
            Zone::from_seconds(offset.checked_mul(seconds)?)
        }),
    };
    match zone {
        Some(zone) if known.kind() != TimestampKind::DateTime || zone == Zone::Floating => time.clone(),
        Some(zone) if known.is_floating() => Value::Timestamp(known.with_zone(zone)),
        Some(zone) => Value::Timestamp(known.in_zone(zone)),
        None => time.clone(),
    }
}

/// The text of a column. Bytes that are no UTF-8 are read as Windows Latin-1 without its specials, so that
/// nothing is lost of what another program stored.
pub(super) fn text(column: ValueRef<'_>) -> String {
    match column {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

fn time_to_sql(time: Timestamp, kind: DbType) -> SqlValue {
    let utc = time.to_utc();
    let parts = utc.parts();
    let unix = utc.unix_ms();
    match kind {
        DbType::Date | DbType::DateOnly => {
            SqlValue::Text(format!("{:04}-{:02}-{:02}", parts.year, parts.month, parts.day))
        }
        DbType::Time | DbType::TimeForDate => {
            SqlValue::Text(format!("{:02}:{:02}:{:02}", parts.hour, parts.minute, parts.second))
        }
        DbType::Timestamp => SqlValue::Text(format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}",
            parts.year,
            parts.month,
            parts.day,
            parts.hour,
            parts.minute,
            parts.second,
            if parts.milli == 0 { String::new() } else { format!(".{:03}", parts.milli) }
        )),
        DbType::LinearTime => SqlValue::Integer(utc.linear()),
        DbType::LinearDate => SqlValue::Integer(utc.linear().div_euclid(DAY_MS)),
        DbType::UnixTimeSeconds => SqlValue::Integer(unix.div_euclid(1000)),
        DbType::UnixTimeMillis => SqlValue::Integer(unix),
        DbType::UnixTimeMicros => SqlValue::Integer(unix.saturating_mul(1000)),
        DbType::UnixDateSeconds => SqlValue::Integer(midnight(unix) / 1000),
        DbType::UnixDateMillis => SqlValue::Integer(midnight(unix)),
        DbType::UnixDateMicros => SqlValue::Integer(midnight(unix).saturating_mul(1000)),
        DbType::NsDate => SqlValue::Integer(unix.div_euclid(1000) - NSDATE_EPOCH),
        DbType::ZoneOffsetHours => SqlValue::Integer(offset_minutes(time) / 60),
        DbType::ZoneOffsetMins => SqlValue::Integer(offset_minutes(time)),
        DbType::ZoneOffsetSecs => SqlValue::Integer(offset_minutes(time) * 60),
        DbType::String | DbType::Blob | DbType::Numeric | DbType::ZoneName => {
            SqlValue::Text(time.to_iso8601())
        }
    }
}

fn offset_minutes(time: Timestamp) -> i64 {
    time.offset_seconds().unwrap_or(0).div_euclid(60)
}

fn midnight(unix_ms: i64) -> i64 {
    unix_ms.div_euclid(DAY_MS) * DAY_MS
}

fn time_from_sql(column: ValueRef<'_>, kind: DbType, zone: Zone) -> Option<Timestamp> {
    let linear = |millis: i64| Timestamp::from_linear(millis, zone);
    let unix = |millis: i64| linear(millis.saturating_add(UNIX_EPOCH_LINEAR));
    let number = match column {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Real(number) => Some(number as i64),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse().ok()),
        _ => None,
    };
    Some(match kind {
        DbType::LinearTime => linear(number?),
        DbType::LinearDate => linear(number?.saturating_mul(DAY_MS)).date_only(),
        DbType::UnixTimeSeconds => unix(number?.saturating_mul(1000)),
        DbType::UnixTimeMillis => unix(number?),
        DbType::UnixTimeMicros => unix(number?.div_euclid(1000)),
        DbType::UnixDateSeconds => unix(number?.saturating_mul(1000)).date_only(),
        DbType::UnixDateMillis => unix(number?).date_only(),
        DbType::UnixDateMicros => unix(number?.div_euclid(1000)).date_only(),
        DbType::NsDate => unix(number?.saturating_add(NSDATE_EPOCH).saturating_mul(1000)),
        DbType::Date | DbType::DateOnly => Timestamp::parse(&text(column))?.date_only(),
        _ => {
            let time = Timestamp::parse(&text(column))?;
            match (time.zone(), time.kind()) {
                (Zone::Floating, TimestampKind::DateTime) => linear(time.linear()),
                _ => time,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(value: &Value, kind: DbType, field: FieldType) -> Value {
        let sql = to_sql(value, kind, false, LineEnds::Dos, &Zones::new(Zone::Utc));
        from_sql((&sql).into(), kind, false, field)
    }

    #[test]
    fn text_keeps_its_lines_and_numbers_their_digits() {
        let text = Value::Text("a\nb\n\nc".into());
        let zones = Zones::new(Zone::Utc);
        let stored = |value: &Value, kind, ends| to_sql(value, kind, false, ends, &zones);
        assert_eq!(stored(&text, DbType::String, LineEnds::Dos), SqlValue::Text("a\r\nb\r\n\r\nc".into()));
        assert_eq!(round_trip(&text, DbType::String, FieldType::Multiline), text);
        let number = Value::Integer(i64::MAX);
        assert_eq!(round_trip(&number, DbType::Numeric, FieldType::Integer), number);
        assert_eq!(stored(&Value::Empty, DbType::Numeric, LineEnds::Unix), SqlValue::Null);
        assert_eq!(stored(&Value::Empty, DbType::String, LineEnds::Unix), SqlValue::Text(String::new()));
    }

    #[test]
    fn every_form_of_a_time_reads_back() {
        let time = Value::Timestamp(Timestamp::parse("20080715T120000Z").unwrap());
        for kind in [
            DbType::Timestamp,
            DbType::LinearTime,
            DbType::UnixTimeSeconds,
            DbType::UnixTimeMillis,
            DbType::UnixTimeMicros,
            DbType::NsDate,
        ] {
            assert_eq!(round_trip(&time, kind, FieldType::Timestamp), time, "{kind:?}");
        }
        let day = Value::Timestamp(Timestamp::parse("19700401").unwrap());
        for kind in [
            DbType::Date,
            DbType::DateOnly,
            DbType::LinearDate,
            DbType::UnixDateSeconds,
            DbType::UnixDateMillis,
            DbType::UnixDateMicros,
        ] {
            assert_eq!(round_trip(&day, kind, FieldType::Date), day, "{kind:?}");
        }
    }

    #[test]
    fn a_stamp_is_exact_to_the_millisecond_where_the_column_is() {
        for kind in [DbType::UnixTimeMillis, DbType::Timestamp, DbType::LinearTime] {
            let sql = stamp_to_sql(1_795_303_093_592, kind);
            assert_eq!(stamp_from_sql((&sql).into(), kind), Some(1_795_303_093_592), "{kind:?}");
        }
    }
    #[test]
    fn a_time_keeps_its_zone_where_a_column_is_there_for_it() {
        let zones = Zones::new(Zone::Utc);
        let berlin = zones.find("Europe/Berlin").unwrap();
        let time = Timestamp::parse("20240701T100000").unwrap().with_zone(berlin);
        let value = Value::Timestamp(time);
        // As a fixed point in time, and as the reading of a clock.
        for (floating, stored) in [(false, "2024-07-01 08:00:00"), (true, "2024-07-01 10:00:00")] {
            let column = |kind| to_sql(&value, kind, floating, LineEnds::Unix, &zones);
            assert_eq!(column(DbType::Timestamp), SqlValue::Text(stored.into()));
            let read = from_sql(
                (&column(DbType::Timestamp)).into(),
                DbType::Timestamp,
                floating,
                FieldType::Timestamp,
            );
            let zone = column(DbType::ZoneName);
            assert_eq!(
                in_zone_from_sql(&read, (&zone).into(), DbType::ZoneName, &zones),
                value,
                "{floating}"
            );
        }
        // A zone that nobody knows, and none, leave it alone.
        for name in ["Atlantis", ""] {
            let column = SqlValue::Text(name.into());
            assert_eq!(in_zone_from_sql(&value, (&column).into(), DbType::ZoneName, &zones), value);
        }
        let floats = Value::Timestamp(time.with_zone(Zone::Floating));
        let offset =
            in_zone_from_sql(&floats, (&SqlValue::Integer(7200)).into(), DbType::ZoneOffsetSecs, &zones);
        assert_eq!(offset, Value::Timestamp(time.with_zone(Zone::Offset(120))));
    }
}
