//! Items as the fields of a plugin's texts (manual 11.34.41, SDK manual): a line for every mapped field, one for every
//! element of an array field.

use syncloom_config::{DbType, LineEnds, Map};
use syncloom_plugin_api::{Field, Parameter, write_fields};
use syncloom_script::time::IsoStyle;
use syncloom_script::{FieldId, FieldType, Item, Timestamp, TimestampKind, Value, Zone, Zones};

use crate::error::{ErrorKind, StoreError};
use crate::lines::{unix_line_ends, with_line_ends};

/// Times as readings: of zones only UTC shows, others stand beside.
const STYLE: IsoStyle = IsoStyle { extended: false, fraction: true, offset: false };

/// How values are written.
pub(super) struct Format<'a> {
    pub(super) line_ends: LineEnds,
    /// `<datatimezone>`: where times without a zone are.
    pub(super) zone: Zone,
    pub(super) zones: &'a Zones,
}

/// An item on its way to the store.
pub(super) struct Outgoing {
    fields: Vec<Field>,
    /// Large values, by the ids that the fields name.
    pub(super) blobs: Vec<(String, Vec<u8>)>,
    /// Columns that could not take all of their value.
    pub(super) cut: Vec<String>,
}

impl Outgoing {
    pub(super) fn text(&self) -> Vec<u8> {
        write_fields(&self.fields)
    }
}

/// The fields of an item that are assigned, for these columns.
pub(super) fn write(format: &Format<'_>, maps: &[&Map], item: &Item) -> Result<Outgoing, StoreError> {
    let mut outgoing = Outgoing { fields: Vec::new(), blobs: Vec::new(), cut: Vec::new() };
    for map in maps {
        match item.get(map.field) {
            Value::Unassigned => {}
            // One empty element is what is left of an array without any.
            Value::Array(elements) if elements.is_empty() => {
                outgoing.add(format, map, None, &Value::Empty)?
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    outgoing.add(format, map, Some(index), element)?;
                }
            }
            value => outgoing.add(format, map, None, value)?,
        }
    }
    Ok(outgoing)
}

impl Outgoing {
    fn add(
        &mut self,
        format: &Format<'_>,
        map: &Map,
        index: Option<usize>,
        value: &Value,
    ) -> Result<(), StoreError> {
        let mut field = Field { name: map.column.clone().into_bytes(), index, ..Field::default() };
        if map.kind == DbType::Blob {
            let blob = index.map_or_else(|| map.column.clone(), |index| format!("{}[{index}]", map.column));
            let bytes = match value {
                Value::Blob(bytes) => bytes.clone(),
                other => other.to_text().into_bytes(),
            };
            if bytes.is_empty() {
                field.value = Some(Vec::new());
            } else {
                field.parameters.push(parameter("BLOBID", &blob));
            }
            self.blobs.push((blob, bytes));
        } else if let Value::Timestamp(time) = value {
            format.write_time(map, *time, &mut field);
        } else {
            let text = self.fit(map, value.to_text())?;
            field.value = Some(with_line_ends(&text, format.line_ends).into_bytes());
        }
        self.fields.push(field);
        Ok(())
    }

    /// A text cut to the size of its column, where the column may cut.
    fn fit(&mut self, map: &Map, text: String) -> Result<String, StoreError> {
        let Some(size) = map.size.map(|size| size as usize) else { return Ok(text) };
        if text.len() <= size || text.chars().count() <= size {
            return Ok(text);
        }
        if !map.truncate {
            let message = format!("column {} takes no more than {size} characters", map.column);
            return Err(StoreError::new(ErrorKind::Refused, message));
        }
        if !self.cut.contains(&map.column) {
            self.cut.push(map.column.clone());
        }
        Ok(text.chars().take(size).collect())
    }
}

fn parameter(name: &str, value: &str) -> Parameter {
    Parameter { name: name.into(), value: Some(value.into()) }
}

impl Format<'_> {
    /// A time says its zone, unless it is UTC or floats where times without a zone do.
    fn write_time(&self, map: &Map, time: Timestamp, field: &mut Field) {
        let has_zone = time.kind() == TimestampKind::DateTime;
        match time.zone() {
            Zone::Named(_) if has_zone => {
                field.parameters.push(parameter("TZNAME", &self.zones.name(time.zone())))
            }
            Zone::Offset(minutes) if has_zone => {
                field.parameters.push(parameter("TZOFFS", &minutes.to_string()));
            }
            Zone::Floating if has_zone && !map.floating && self.zone != Zone::Floating => {
                field.parameters.push(parameter("TZNAME", ""));
            }
            _ => {}
        }
        field.value = Some(time.format(STYLE).into_bytes());
    }

    fn read_time(&self, map: &Map, field: &Field, text: &str) -> Option<Timestamp> {
        let time = Timestamp::parse(text)?;
        if time.kind() != TimestampKind::DateTime || time.zone() != Zone::Floating {
            return Some(time);
        }
        let zone = match (field.tz_name(), field.tz_offset()) {
            (Some(name), _) => self.zones.find(&String::from_utf8_lossy(name)).unwrap_or(Zone::Floating),
            (None, Some(minutes)) => Zone::Offset(i16::try_from(minutes).ok()?),
            (None, None) if map.floating => Zone::Floating,
            (None, None) => self.zone,
        };
        Some(time.with_zone(zone))
    }
}

/// Reads fields into an item. What the store does not tell is empty: it keeps all that is mapped. Returns the large
/// values that have to be fetched, by field, element and id.
pub(super) fn read(
    format: &Format<'_>,
    maps: &[&Map],
    fields: &[Field],
    item: &mut Item,
) -> Vec<(FieldId, Option<usize>, String)> {
    let mut wanted = Vec::new();
    for map in maps {
        let is_array = item.is_array(map.field);
        item.set(map.field, if is_array { Value::Array(Vec::new()) } else { Value::Empty });
    }
    for field in fields {
        let Some(map) = maps.iter().find(|map| map.column.as_bytes() == field.name) else { continue };
        let Some(kind) = item.list().get(map.field).map(|field| field.kind) else { continue };
        let blob = field.blob_id().filter(|_| field.value.is_none());
        if let Some(blob) = blob {
            wanted.push((map.field, field.index, String::from_utf8_lossy(blob).into_owned()));
            continue;
        }
        let value = value(format, map, kind, field);
        set(item, map.field, field.index, value);
    }
    wanted
}

fn value(format: &Format<'_>, map: &Map, kind: FieldType, field: &Field) -> Value {
    let bytes = field.value.as_deref().unwrap_or_default();
    if kind == FieldType::Blob {
        return if bytes.is_empty() { Value::Empty } else { Value::Blob(bytes.to_vec()) };
    }
    // Text that another program stored in another character set is read byte by byte, so that nothing is lost.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    match kind {
        FieldType::Timestamp => format.read_time(map, field, &text).map_or(Value::Empty, Value::Timestamp),
        _ => Value::from_text(&unix_line_ends(text), kind),
    }
}

/// Puts the bytes of a large value into their field.
pub(super) fn set_blob(item: &mut Item, field: FieldId, index: Option<usize>, bytes: Vec<u8>) {
    let kind = item.list().get(field).map(|field| field.kind);
    let value = match kind {
        _ if bytes.is_empty() => Value::Empty,
        Some(FieldType::Blob) | None => Value::Blob(bytes),
        Some(kind) => Value::from_text(&unix_line_ends(String::from_utf8_lossy(&bytes).into_owned()), kind),
    };
    set(item, field, index, value);
}

/// An array that is stored like a plain value has one element, or, if that is empty, none.
fn set(item: &mut Item, field: FieldId, index: Option<usize>, value: Value) {
    match index {
        None if item.is_array(field) && value.is_empty() => {}
        None => item.set(field, value),
        Some(index) => drop(item.set_at(field, index, value)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use syncloom_plugin_api::parse_fields;
    use syncloom_script::{CompareMode, FieldList, MergeMode};

    use super::*;

    fn columns() -> (Arc<FieldList>, Vec<Map>) {
        let mut list = FieldList::new("test");
        let mut maps = Vec::new();
        for (number, (kind, array)) in [
            (FieldType::Multiline, false),
            (FieldType::String, true),
            (FieldType::Timestamp, false),
            (FieldType::Blob, false),
        ]
        .into_iter()
        .enumerate()
        {
            let (name, compare, merge) = (format!("F{number}"), CompareMode::Always, MergeMode::No);
            let field =
                list.push(syncloom_script::Field { name, kind, array, compare, age: false, merge }).unwrap();
            maps.push(Map {
                column: number.to_string(),
                field,
                kind: if kind == FieldType::Blob { DbType::Blob } else { DbType::String },
                read: true,
                insert: true,
                update: true,
                floating: false,
                keep: false,
                variable: false,
                size: (number == 1).then_some(3),
                truncate: true,
                set_no: 0,
            });
        }
        (Arc::new(list), maps)
    }

    #[test]
    fn an_item_comes_back_as_it_was_and_says_its_zones() {
        let (list, maps) = columns();
        let maps: Vec<&Map> = maps.iter().collect();
        let zones = Zones::default();
        let zurich = zones.find("Europe/Zurich").unwrap();
        // Another session's peer has defined it, by a name that would not do here.
        let island = zones.find("-06/-05 9.-1SA.2214 4.1SA.2200").unwrap();
        let format = Format { line_ends: LineEnds::Dos, zone: zurich, zones: &zones };
        let time = |text: &str, zone: Zone| Timestamp::parse(text).unwrap().with_zone(zone);
        for (when, line) in [
            (time("20240115T090000", Zone::Utc), "2:20240115T090000Z\n"),
            (time("20240715T090000", zurich), "2;TZNAME=Europe/Zurich:20240715T090000\n"),
            (time("20240115T090000", Zone::Offset(-90)), "2;TZOFFS=-90:20240115T090000\n"),
            (time("20240115T090000", Zone::Floating), "2;TZNAME=:20240115T090000\n"),
            (time("20240712T090000", island), "2;TZNAME=-06/-05 9.-1SA.2214 4.1SA.2200:20240712T090000\n"),
            (time("20240115", Zone::Floating).date_only(), "2:20240115\n"),
        ] {
            let mut item = Item::new(Arc::clone(&list));
            item.set(FieldId(0), Value::Text("a\n\"b\"; c".into()));
            item.set(
                FieldId(1),
                Value::Array(vec![Value::Text("x".into()), Value::Empty, Value::Text("z".into())]),
            );
            item.set(FieldId(2), Value::Timestamp(when));
            item.set(FieldId(3), Value::Blob(vec![0, 255]));
            let outgoing = write(&format, &maps, &item).unwrap();
            let text = String::from_utf8(outgoing.text()).unwrap();
            assert_eq!(text, format!("0:a\\r\\n\\\"b\\\"; c\n1[0]:x\n1[1]:\n1[2]:z\n{line}3;BLOBID=3\n"));
            assert_eq!(outgoing.blobs, [("3".to_owned(), vec![0, 255])]);
            let mut back = Item::new(Arc::clone(&list));
            let wanted = read(&format, &maps, &parse_fields(text.as_bytes()).unwrap(), &mut back);
            assert_eq!(wanted, [(FieldId(3), None, "3".to_owned())]);
            set_blob(&mut back, FieldId(3), None, vec![0, 255]);
            for id in (0..4).map(FieldId) {
                assert_eq!(back.get(id).to_text(), item.get(id).to_text());
            }
            assert_eq!(back.get(FieldId(2)), item.get(FieldId(2)), "{line}");
        }
        // Without a zone, a time is in that of the database.
        let mut item = Item::new(Arc::clone(&list));
        read(&format, &maps, &parse_fields(b"2:20240115T090000\n").unwrap(), &mut item);
        assert_eq!(item.get(FieldId(2)), &Value::Timestamp(time("20240115T090000", zurich)));
        assert!(item.get(FieldId(0)).is_assigned(), "what a store does not tell is empty");
    }

    #[test]
    fn what_is_too_long_is_cut_where_it_may_be() {
        let (list, mut maps) = columns();
        let zones = Zones::default();
        let format = Format { line_ends: LineEnds::Unix, zone: Zone::Utc, zones: &zones };
        let mut item = Item::new(list);
        item.set(FieldId(1), Value::Text("äbcd".into()));
        let outgoing = write(&format, &maps.iter().collect::<Vec<_>>(), &item).unwrap();
        assert_eq!((outgoing.text(), outgoing.cut), ("1[0]:äbc\n".into(), vec!["1".to_owned()]));
        maps[1].truncate = false;
        assert!(write(&format, &maps.iter().collect::<Vec<_>>(), &item).is_err());
    }
}
