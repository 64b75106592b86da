//! An item for people, and for programs.

use std::io::{self, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value as Json, json};
use syncloom_script::{FieldType, Item, Timestamp, TimestampKind, Value, Zone, Zones};

/// Writes the fields of an item that are assigned, one a line with their types.
pub(super) fn fields(
    out: &mut impl Write,
    file: &str,
    line: usize,
    item: &Item,
    zones: &Zones,
) -> io::Result<()> {
    writeln!(out, "{file}:{line}")?;
    let assigned = item.iter().filter(|(_, value)| value.is_assigned());
    for (field, value) in assigned.filter_map(|(id, value)| Some((item.list().get(id)?, value))) {
        let kind = FieldType::NAMES.iter().find(|(_, kind)| *kind == field.kind).map_or("", |(name, _)| name);
        let shown = match value {
            Value::Array(elements) => {
                let elements: Vec<String> = elements.iter().map(|value| shown(value, zones)).collect();
                format!("[{}]", elements.join(", "))
            }
            value => shown(value, zones),
        };
        writeln!(out, "  {:<24} {kind:<10} {shown}", field.name)?;
    }
    writeln!(out)
}

fn shown(value: &Value, zones: &Zones) -> String {
    match value {
        Value::Unassigned => "UNASSIGNED".to_owned(),
        Value::Empty => "EMPTY".to_owned(),
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Timestamp(time) => match zone(*time, zones) {
            Some(zone) => format!("{} {zone}", time.to_iso8601()),
            None => time.to_iso8601(),
        },
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
        Value::Array(_) => String::new(),
    }
}

/// The zone of a time, where its text does not say it.
fn zone(time: Timestamp, zones: &Zones) -> Option<String> {
    let named = matches!(time.kind(), TimestampKind::DateTime) && matches!(time.zone(), Zone::Named(_));
    named.then(|| zones.name(time.zone()))
}

/// Writes an item as one line of JSON: text and times as strings, bytes in base 64, fields without a value as null.
/// Fields that are not assigned are left out.
pub(super) fn json(out: &mut impl Write, file: &str, line: usize, item: &Item) -> io::Result<()> {
    let mut fields = Map::new();
    for (id, value) in item.iter().filter(|(_, value)| value.is_assigned()) {
        if let Some(field) = item.list().get(id) {
            fields.insert(field.name.clone(), to_json(value));
        }
    }
    writeln!(out, "{}", json!({"file": file, "line": line, "fields": fields}))
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Unassigned | Value::Empty => Json::Null,
        Value::Text(text) => json!(text.as_str()),
        Value::Integer(number) => json!(number),
        Value::Timestamp(time) => json!(time.to_iso8601()),
        Value::Blob(bytes) => json!({"base64": BASE64_STANDARD.encode(bytes)}),
        Value::Array(elements) => elements.iter().map(to_json).collect(),
    }
}
