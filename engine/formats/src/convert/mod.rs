//! One value between text and field: the conversions of a `<value>` (manual 10.3.4).
//!
//! The rooms below: `times` (times and the zones that they are in), `recurrence` (rules over a block of fields),
//! `multimix` (flags and literals spread over several fields), `bits`.

use std::borrow::Cow;

use syncloom_config::{Combine, Conversion, EnumRule, MimeMode, ValueMap, ZoneOptions};
use syncloom_script::text::trimmed;
use syncloom_script::{FieldId, FieldType, Item, TimestampKind, Value, Zone, Zones};

use crate::codec::PRODUCT_ID;
use crate::enums::{self, Translated};
use crate::note::NoteKind;
use crate::peer::Peer;
use crate::plan::{ValuePlan, target};

mod bits;
pub(crate) mod multimix;
pub(crate) mod recurrence;
pub(crate) mod times;

/// Where a position moves the fields of its property: a distance in the list, and an index into arrays.
pub(crate) type Place = (i32, usize);

/// What the conversions of a datatype depend on.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub mode: MimeMode,
    pub version: &'a str,
    pub options: ZoneOptions,
    pub peer: &'a Peer,
    /// What zones are called.
    pub zones: &'a Zones,
    /// The zone that the item says it is in.
    pub item_zone: Option<Zone>,
    /// The zone of the property that is being read or written.
    pub own_zone: Option<Zone>,
}

/// Stores one text. `Err` says what became of it instead.
pub(crate) fn store(
    map: &ValuePlan,
    text: &str,
    place: Place,
    context: &Context<'_>,
    item: &mut Item,
) -> Result<(), NoteKind> {
    if !map.is_plain {
        return store_by(map, map.rule(text), text, place, context, item);
    }
    match field(map, place, item).filter(|_| !text.is_empty()) {
        // Most values are text in fields of text.
        Some((field, FieldType::String | FieldType::Multiline | FieldType::Telephone)) => {
            let stored = item.set_at(field, place.1, Value::Text(text.into()));
            if stored { Ok(()) } else { Err(NoteKind::NoPlaceLeft) }
        }
        Some((field, kind)) => {
            put(from_text(text, kind, map.conversion, context), text, (field, place.1), item)
        }
        None => Ok(()),
    }
}

/// The field of a value, and its type.
fn field(map: &ValueMap, place: Place, item: &Item) -> Option<(FieldId, FieldType)> {
    let field = target(map, place.0)?;
    Some((field, item.list().get(field)?.kind))
}

/// Stores the value that a text was read as.
#[inline]
fn put(value: Value, text: &str, (field, index): (FieldId, usize), item: &mut Item) -> Result<(), NoteKind> {
    if value.is_empty() {
        return Err(NoteKind::NotUnderstood(text.to_owned()));
    }
    if item.set_at(field, index, value) { Ok(()) } else { Err(NoteKind::NoPlaceLeft) }
}

/// Stores one text, which this rule translates.
pub(crate) fn store_by(
    map: &ValuePlan,
    rule: Option<usize>,
    text: &str,
    place: Place,
    context: &Context<'_>,
    item: &mut Item,
) -> Result<(), NoteKind> {
    match map.conversion {
        Conversion::Version if text.trim() == context.version => return Ok(()),
        Conversion::Version => return Err(NoteKind::OtherVersion(text.to_owned())),
        Conversion::ProdId => return Ok(()),
        Conversion::Tz | Conversion::Daylight | Conversion::TzId => {
            times::store_zone(map, text, place, context, item);
            return Ok(());
        }
        Conversion::RRule => return recurrence::store(map, text, place, context, item),
        Conversion::ValueType | Conversion::FullValueType => {
            store_value_type(map, text, place, item);
            return Ok(());
        }
        Conversion::Bitmap | Conversion::MultiMix => return store_parts(map, rule, text, place, item),
        _ => {}
    }
    let Some((field, kind)) = field(map, place, item) else { return Ok(()) };
    let translated = match map.to_value(rule, text) {
        Translated::Ignored => return Ok(()),
        Translated::To(value) => value,
        Translated::Unknown => Cow::Borrowed(text),
    };
    let text: &str = match map.conversion {
        Conversion::MailTo => enums::strip_prefix(&translated, MAILTO).unwrap_or(&translated),
        _ => &translated,
    };
    if text.is_empty() {
        return Ok(());
    }
    let value = match (map.conversion, map.combine) {
        (Conversion::EmptyOnly, _) | (_, Combine::With(_)) => {
            let stored = item.get_at(field, place.1);
            if map.conversion == Conversion::EmptyOnly && !stored.is_empty() {
                // A time may have been put into the zone of its item.
                let same =
                    stored.to_text() == text || *stored == from_text(text, kind, map.conversion, context);
                return if same { Ok(()) } else { Err(NoteKind::KeptFirst) };
            }
            match (map.combine, stored) {
                (Combine::With(separator), Value::Text(before)) if !before.is_empty() => {
                    Value::Text(format!("{before}{separator}{text}").into())
                }
                _ => from_text(text, kind, map.conversion, context),
            }
        }
        _ => from_text(text, kind, map.conversion, context),
    };
    put(value, text, (field, place.1), item)
}

/// Stores bytes as they came.
pub(crate) fn store_bytes(
    map: &ValueMap,
    bytes: Vec<u8>,
    place: Place,
    item: &mut Item,
) -> Result<(), NoteKind> {
    let Some((field, kind)) = field(map, place, item) else { return Ok(()) };
    if bytes.is_empty() {
        return Ok(());
    }
    let value = match (kind, String::from_utf8(bytes)) {
        (FieldType::Blob, text) => {
            Value::Blob(text.map_or_else(|error| error.into_bytes(), String::into_bytes))
        }
        (kind, Ok(text)) => Value::from_text(&text, kind),
        (_, Err(_)) => return Err(NoteKind::NotUnderstood("binary data".into())),
    };
    if item.set_at(field, place.1, value) { Ok(()) } else { Err(NoteKind::NoPlaceLeft) }
}

/// The text of one field; empty where the field is, and where the conversion is not available. What is made anew for it
/// is made in `room`.
#[inline]
pub(crate) fn text<'t>(
    map: &'t ValuePlan,
    place: Place,
    context: &Context<'t>,
    item: &'t Item,
    room: &'t mut String,
) -> Cow<'t, str> {
    if map.is_plain
        && let Some(field) = target(map, place.0)
    {
        return match item.get_at(field, place.1) {
            Value::Text(text) => Cow::Borrowed(text.as_str()),
            value => plain(value, map, context, room),
        };
    }
    converted(map, place, context, item, room)
}

fn converted<'t>(
    map: &'t ValuePlan,
    place: Place,
    context: &Context<'t>,
    item: &'t Item,
    room: &'t mut String,
) -> Cow<'t, str> {
    match map.conversion {
        Conversion::Version => return Cow::Borrowed(context.version),
        Conversion::ProdId => return Cow::Borrowed(PRODUCT_ID),
        Conversion::Tz | Conversion::Daylight | Conversion::TzId => {
            return times::zone_text(map, place, context, item);
        }
        Conversion::RRule => return Cow::Owned(recurrence::text(map, place, context, item)),
        Conversion::Bitmap | Conversion::MultiMix => {
            let separator = separator(map).to_string();
            let mut names = Vec::new();
            texts(map, place, context, item, room, |name| names.push(name.to_owned()));
            return Cow::Owned(names.join(&separator));
        }
        _ => {}
    }
    let value = match target(map, place.0) {
        Some(field) => item.get_at(field, place.1),
        None => return Cow::Borrowed(""),
    };
    if let Conversion::ValueType | Conversion::FullValueType = map.conversion {
        return Cow::Borrowed(value_type(value, map.conversion));
    }
    let text = named(&map.enums, plain(value, map, context, room));
    match map.conversion {
        Conversion::MailTo if !text.is_empty() => Cow::Owned(format!("{MAILTO}{text}")),
        _ => text,
    }
}

/// The text of a value by itself.
fn plain<'t>(value: &'t Value, map: &ValueMap, context: &Context<'_>, room: &'t mut String) -> Cow<'t, str> {
    match value {
        Value::Unassigned | Value::Empty => Cow::Borrowed(""),
        Value::Text(text) => Cow::Borrowed(text.as_str()),
        Value::Timestamp(time) => {
            room.clear();
            times::push_text(room, *time, map, context);
            Cow::Borrowed(room)
        }
        value => Cow::Owned(value.to_text()),
    }
}

/// Hands on the texts of a field that holds several values: flags, and values joined by `combine`.
pub(crate) fn texts(
    map: &ValuePlan,
    place: Place,
    context: &Context<'_>,
    item: &Item,
    room: &mut String,
    mut take: impl FnMut(&str),
) {
    match (map.conversion, map.combine) {
        (Conversion::MultiMix, _) => multimix::names(map, place, item, take),
        (Conversion::Bitmap, _) => {
            let value = target(map, place.0).map(|field| item.get_at(field, place.1));
            for bit in bits::of(value.unwrap_or(&Value::Empty)) {
                let name = named(&map.enums, Cow::Owned(bit.to_string()));
                if !name.is_empty() {
                    take(&name);
                }
            }
        }
        (Conversion::None | Conversion::EmptyOnly, Combine::With(separator)) => {
            let Some(field) = target(map, place.0) else { return };
            let joined = match item.get_at(field, place.1) {
                Value::Text(joined) => Cow::Borrowed(joined.as_str()),
                other => Cow::Owned(other.to_text()),
            };
            for part in joined.split(separator).filter(|part| !part.is_empty()) {
                take(&named(&map.enums, Cow::Borrowed(part)));
            }
        }
        _ => {
            let text = text(map, place, context, item, room);
            if !text.is_empty() {
                take(&text);
            }
        }
    }
}

/// What stands before an address (`conversion="mailto"`).
const MAILTO: &str = "mailto:";

fn named<'t>(rules: &[EnumRule], text: Cow<'t, str>) -> Cow<'t, str> {
    if rules.is_empty() {
        return text;
    }
    match enums::to_name(rules, &text) {
        Translated::To(name) => Cow::Owned(name.into_owned()),
        Translated::Ignored => Cow::Borrowed(""),
        Translated::Unknown => text,
    }
}

/// The character between values of one field; a comma where the config gives none.
fn separator(map: &ValueMap) -> char {
    match map.combine {
        Combine::With(separator) => separator,
        Combine::No => ',',
    }
}

fn store_parts(
    map: &ValuePlan,
    rule: Option<usize>,
    text: &str,
    place: Place,
    item: &mut Item,
) -> Result<(), NoteKind> {
    let mut store = |rule: Option<usize>, part: &str| match map.conversion {
        Conversion::MultiMix => multimix::store(map, rule, part, place, item),
        _ => store_bit(map, rule, part, place, item),
    };
    if text.is_empty() {
        return Ok(());
    }
    // A label may hold the separator: what a rule knows as a whole is not taken apart.
    if rule.is_some() || (trimmed(text).len() == text.len() && !text.contains(separator(map))) {
        return if store(rule, text) { Ok(()) } else { Err(NoteKind::NotUnderstood(text.to_owned())) };
    }
    let parts = text.split(separator(map)).map(str::trim).filter(|part| !part.is_empty());
    let unknown: Vec<&str> = parts.filter(|part| !store(map.rule(part), part)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(NoteKind::NotUnderstood(unknown.join(","))) }
}

fn store_bit(map: &ValuePlan, rule: Option<usize>, name: &str, place: Place, item: &mut Item) -> bool {
    let number = match &map.to_value(rule, name) {
        Translated::To(value) => value.parse::<u32>(),
        Translated::Ignored => return true,
        Translated::Unknown => name.parse(),
    };
    match (number, target(map, place.0)) {
        (Ok(bit), Some(field)) => bits::set(item, field, place.1, bit),
        _ => false,
    }
}

fn from_text(text: &str, kind: FieldType, conversion: Conversion, context: &Context<'_>) -> Value {
    match Value::from_text(text, kind) {
        Value::Timestamp(time) if conversion == Conversion::Date => Value::Timestamp(time.date_only()),
        Value::Timestamp(time) if conversion == Conversion::AutoEndDate => {
            Value::Timestamp(times::end_of_day(times::placed(time, context), context))
        }
        Value::Timestamp(time) => Value::Timestamp(times::placed(time, context)),
        value => value,
    }
}

/// A value type says what the value beside it is: a date is one even where it came with a time.
fn store_value_type(map: &ValueMap, text: &str, place: Place, item: &mut Item) {
    let Some(field) = target(map, place.0) else { return };
    if let (true, Value::Timestamp(time)) = (text.eq_ignore_ascii_case("DATE"), item.get_at(field, place.1)) {
        let date = Value::Timestamp(time.date_only());
        item.set_at(field, place.1, date);
    }
}

fn value_type(value: &Value, conversion: Conversion) -> &'static str {
    let Value::Timestamp(time) = value else { return "" };
    match time.kind() {
        TimestampKind::Date => "DATE",
        TimestampKind::Time => "TIME",
        TimestampKind::DateTime if conversion == Conversion::FullValueType => "DATE-TIME",
        TimestampKind::Duration if conversion == Conversion::FullValueType => "DURATION",
        TimestampKind::DateTime | TimestampKind::Duration => "",
    }
}

/// Why a value that is there has no text.
pub(crate) fn lost(map: &ValueMap, place: Place, item: &Item) -> Option<NoteKind> {
    let value = item.get_at(target(map, place.0)?, place.1);
    match (map.conversion, value) {
        (Conversion::RRule, Value::Text(code)) if !code.starts_with('0') && !value.is_empty() => {
            Some(NoteKind::NotWritable(code.as_str().to_owned()))
        }
        (_, Value::Timestamp(time)) if !times::is_writable(*time) => {
            Some(NoteKind::NotWritable(time.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use syncloom_script::FieldList;

    use super::*;
    use crate::testing;

    fn map(conversion: Conversion, combine: Combine) -> ValuePlan {
        ValuePlan::new(&ValueMap { conversion, combine, ..testing::profile::value(Some(FieldId(0))) })
    }

    fn item(kind: FieldType) -> Item {
        let mut list = FieldList::new("test");
        list.push(testing::field("ONE", kind, false)).unwrap();
        Item::new(Arc::new(list))
    }

    fn with<T>(mode: MimeMode, work: impl FnOnce(&Context<'_>) -> T) -> T {
        let peer = Peer { end_date_inclusive: true, ..Peer::default() };
        let (zones, options) = (&peer.zones, ZoneOptions::default());
        work(&Context { mode, version: "1.0", options, peer: &peer, zones, item_zone: None, own_zone: None })
    }

    fn there_and_back(conversion: Conversion, kind: FieldType, text_in: &str, mode: MimeMode) -> String {
        let map = map(conversion, Combine::No);
        let mut item = item(kind);
        with(mode, |context| {
            store(&map, text_in, (0, 0), context, &mut item).unwrap();
            shown(&map, context, &item)
        })
    }

    fn shown(map: &ValuePlan, context: &Context<'_>, item: &Item) -> String {
        text(map, (0, 0), context, item, &mut String::new()).into_owned()
    }

    #[test]
    fn times() {
        use MimeMode::{Old, Standard};
        for (conversion, mode, text, written) in [
            (Conversion::None, Standard, "2008-07-15T12:00:00Z", "20080715T120000Z"),
            (Conversion::None, Standard, "20080715T120000+0200", "20080715T100000Z"),
            (Conversion::None, Standard, "20080715", "20080715"),
            (Conversion::Timestamp, Standard, "20080715", "20080715T000000"),
            (Conversion::Date, Old, "20080715T120000Z", "20080715"),
            (Conversion::AutoDate, Standard, "20080715", "20080715"),
            (Conversion::AutoDate, Old, "20080715", "20080715T000000"),
            (Conversion::AutoEndDate, Standard, "20080715", "20080715"),
            (Conversion::AutoEndDate, Old, "20080715", "20080714T235959"),
            (Conversion::AutoEndDate, Old, "20080715T120000", "20080715T120000"),
        ] {
            assert_eq!(
                there_and_back(conversion, FieldType::Timestamp, text, mode),
                written,
                "{conversion:?}"
            );
        }
    }

    #[test]
    fn addresses_and_flags() {
        let back = |conversion, kind, text| there_and_back(conversion, kind, text, MimeMode::Standard);
        assert_eq!(back(Conversion::MailTo, FieldType::String, "MAILTO:a@b"), "mailto:a@b");
        assert_eq!(back(Conversion::MailTo, FieldType::String, "a@b"), "mailto:a@b");
        assert_eq!(back(Conversion::Bitmap, FieldType::Integer, "4,0"), "0,4");
        assert_eq!(back(Conversion::ValueType, FieldType::Timestamp, "DATE"), "");
    }

    #[test]
    fn value_types_follow_the_value() {
        let mut item = item(FieldType::Timestamp);
        with(MimeMode::Standard, |standard| {
            let (plain, short) =
                (map(Conversion::None, Combine::No), map(Conversion::ValueType, Combine::No));
            let full = map(Conversion::FullValueType, Combine::No);
            store(&plain, "20080715T120000", (0, 0), standard, &mut item).unwrap();
            assert_eq!(shown(&short, standard, &item), "");
            assert_eq!(shown(&full, standard, &item), "DATE-TIME");
            store(&short, "date", (0, 0), standard, &mut item).unwrap();
            assert_eq!(shown(&short, standard, &item), "DATE");
            assert_eq!(shown(&plain, standard, &item), "20080715");
        });
    }

    #[test]
    fn values_share_a_field() {
        let mut item = item(FieldType::String);
        with(MimeMode::Standard, |standard| {
            let lines = map(Conversion::None, Combine::With('\n'));
            for line in ["one", "", "two"] {
                store(&lines, line, (0, 0), standard, &mut item).unwrap();
            }
            assert_eq!(item.get(FieldId(0)).to_text(), "one\ntwo");
            let mut parts = Vec::new();
            texts(&lines, (0, 0), standard, &item, &mut String::new(), |part| parts.push(part.to_owned()));
            assert_eq!(parts, ["one", "two"]);
            let empty_only = map(Conversion::EmptyOnly, Combine::No);
            let kept = store(&empty_only, "three", (0, 0), standard, &mut item);
            assert_eq!(kept, Err(NoteKind::KeptFirst));
        });
    }

    #[test]
    fn what_is_no_value_is_told() {
        let mut item = item(FieldType::Timestamp);
        with(MimeMode::Standard, |standard| {
            let told = store(&map(Conversion::None, Combine::No), "--0401", (0, 0), standard, &mut item);
            assert_eq!(told, Err(NoteKind::NotUnderstood("--0401".into())));
            let told = store(&map(Conversion::Version, Combine::No), "9.9", (0, 0), standard, &mut item);
            assert_eq!(told, Err(NoteKind::OtherVersion("9.9".into())));
            assert!(!item.get(FieldId(0)).is_assigned());
        });
    }
}
