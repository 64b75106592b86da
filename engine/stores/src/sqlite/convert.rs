//! Field values as column values and back, by the type of the column (manual 11.34.41.1).

use crate::lines::{unix_line_ends, with_line_ends};
use rusqlite::types::{Value as SqlValue, ValueRef};
use syncloom_config::{DbType, LineEnds};
use syncloom_script::{FieldType, Timestamp, TimestampKind, Value, Zone, time::DAY_MS};

/// Seconds from 1970-01-01 to 2001-01-01, where Cocoa's dates begin.
const NSDATE_EPOCH: i64 = 978_307_200;
/// The day number of 1970-01-01 in milliseconds: where Unix time begins on the linear scale.
const UNIX_EPOCH_LINEAR: i64 = syncloom_script::time::UNIX_EPOCH_DAY * DAY_MS;

/// A field's value for a column. Empty text is stored as empty text, everything else that is empty as NULL.
pub(super) fn to_sql(value: &Value, kind: DbType, line_ends: LineEnds) -> SqlValue {
    match kind {
        DbType::String => SqlValue::Text(with_line_ends(&value.to_text(), line_ends)),
        _ if value.is_empty() => SqlValue::Null,
        DbType::Blob => match value {
            Value::Blob(bytes) => SqlValue::Blob(bytes.clone()),
            other => SqlValue::Blob(other.to_text().into_bytes()),
        },
        DbType::Numeric => number(&value.to_text()),
        _ => match value {
            Value::Timestamp(time) => time_to_sql(*time, kind),
            other => {
                Timestamp::parse(&other.to_text()).map_or(SqlValue::Null, |time| time_to_sql(time, kind))
            }
        },
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
        DbType::ZoneName => SqlValue::Text(match time.zone() {
            Zone::Utc => "UTC".into(),
            Zone::Floating => String::new(),
            Zone::Offset(_) | Zone::Named(_) => offset_minutes(time).to_string(),
        }),
        DbType::ZoneOffsetHours => SqlValue::Integer(offset_minutes(time) / 60),
        DbType::ZoneOffsetMins => SqlValue::Integer(offset_minutes(time)),
        DbType::ZoneOffsetSecs => SqlValue::Integer(offset_minutes(time) * 60),
        DbType::String | DbType::Blob | DbType::Numeric => SqlValue::Text(time.to_iso8601()),
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
        let sql = to_sql(value, kind, LineEnds::Dos);
        from_sql((&sql).into(), kind, false, field)
    }

    #[test]
    fn text_keeps_its_lines_and_numbers_their_digits() {
        let text = Value::Text("a\nb\n\nc".into());
        assert_eq!(to_sql(&text, DbType::String, LineEnds::Dos), SqlValue::Text("a\r\nb\r\n\r\nc".into()));
        assert_eq!(round_trip(&text, DbType::String, FieldType::Multiline), text);
        let number = Value::Integer(i64::MAX);
        assert_eq!(round_trip(&number, DbType::Numeric, FieldType::Integer), number);
        assert_eq!(to_sql(&Value::Empty, DbType::Numeric, LineEnds::Unix), SqlValue::Null);
        assert_eq!(to_sql(&Value::Empty, DbType::String, LineEnds::Unix), SqlValue::Text(String::new()));
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
}
