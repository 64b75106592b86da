//! The values of lines and headers to and from fields (manual 10.4.6).

use syncloom_config::{LineKind, LineList, LineMap};
use syncloom_script::item::MAX_ARRAY_INDEX;
use syncloom_script::{FieldId, FieldList, FieldType, Item, Timestamp, Value};

use super::words;
use crate::note::NoteKind;

/// The fields that a line can store into.
pub(super) fn places(line: &LineMap, list: &FieldList) -> impl Iterator<Item = FieldId> {
    let (count, increment) = match line.list {
        Some(LineList { repeat: Some(repeat), increment, .. }) => (i32::from(repeat), i32::from(increment)),
        _ => (1, 0),
    };
    let (base, len) = (i32::from(line.field.0), list.len());
    (0..count)
        .filter_map(move |number| u16::try_from(base + number * increment).ok().map(FieldId))
        .filter(move |field| field.index() < len)
}

/// Stores the text of a line. What is not understood is told of.
pub(super) fn store(line: &LineMap, text: &str, item: &mut Item, notes: &mut Vec<NoteKind>) {
    let Some(list) = line.list else {
        let value = read(line, text, item.list(), notes);
        item.set(line.field, value);
        return;
    };
    let parts = split(text, list.separator);
    match list.repeat {
        None => {
            let most = parts.len().min(MAX_ARRAY_INDEX + 1);
            let values = parts[..most].iter().map(|part| read(line, part, item.list(), notes)).collect();
            if item.is_array(line.field) {
                item.set(line.field, Value::Array(values));
            } else {
                let value = read(line, text, item.list(), notes);
                item.set(line.field, value);
            }
        }
        Some(_) => {
            let fields: Vec<FieldId> = places(line, item.list()).collect();
            if parts.len() > fields.len() {
                notes.push(NoteKind::TooManyValues);
            }
            for (number, field) in fields.into_iter().enumerate() {
                let value = match parts.get(number) {
                    Some(part) => read(line, part, item.list(), notes),
                    None => Value::Empty,
                };
                item.set(field, value);
            }
        }
    }
}

fn read(line: &LineMap, text: &str, list: &FieldList, notes: &mut Vec<NoteKind>) -> Value {
    let kind = list.get(line.field).map_or(FieldType::String, |field| field.kind);
    let text = text.trim_matches('\0');
    let value = match line.kind {
        LineKind::Rfc2047 => Value::from_text(&words::decode(text, notes), kind),
        LineKind::Date if matches!(kind, FieldType::Timestamp | FieldType::Date) => {
            match Timestamp::parse_rfc822(text) {
                Some(time) if kind == FieldType::Date => Value::Timestamp(time.date_only()),
                Some(time) => Value::Timestamp(time),
                None => Value::from_text(text, kind),
            }
        }
        LineKind::Text | LineKind::Date | LineKind::Body => Value::from_text(text, kind),
    };
    if value == Value::Empty && !text.trim().is_empty() {
        notes.push(NoteKind::NotUnderstood(text.chars().take(40).collect()));
    }
    value
}

/// The parts between separators that do not stand in quotes, without the space around them.
fn split(text: &str, separator: char) -> Vec<&str> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => {
                parts.push(text[start..at].trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// The text of a line; `None` where there is nothing to write. A header that is not assigned is not written at all, and
/// what is empty only where the line allows it.
pub(super) fn text(line: &LineMap, item: &Item) -> Option<String> {
    let values: Vec<&Value> = match line.list {
        Some(LineList { repeat: None, .. }) if item.is_array(line.field) => {
            item.get(line.field).elements().iter().collect()
        }
        _ => places(line, item.list()).map(|field| item.get_at(field, 0)).collect(),
    };
    let mut texts: Vec<String> =
        values.iter().filter(|value| !value.is_empty()).map(|value| one(line, value)).collect();
    if line.list.is_some() {
        // What is read from between two separators has no space around it, so what is nothing else is nothing.
        texts
            .iter_mut()
            .for_each(|text| *text = text.replace(|c: char| c.is_control(), " ").trim().to_owned());
        texts.retain(|text| !text.is_empty());
    }
    if texts.is_empty() {
        // Lines that are known by their order alone have to be there, or those behind them would take their places.
        let is_by_order = !line.in_header && line.tag.is_none();
        let is_known = is_by_order || item.get(line.field).is_assigned();
        return (line.allow_empty && is_known).then(String::new);
    }
    let separator = line.list.map_or(String::new(), |list| format!("{} ", list.separator));
    Some(texts.join(&separator))
}

fn one(line: &LineMap, value: &Value) -> String {
    match (line.kind, value) {
        (LineKind::Date, Value::Timestamp(time)) => time.to_rfc822(),
        (LineKind::Rfc2047, value) => words::encode(&value.to_text()),
        (_, value) => value.to_text(),
    }
}
