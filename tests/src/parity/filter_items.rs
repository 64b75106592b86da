//! Items of filter cases as lines to compare.

use serde_json::{Map, Value as Json};
use syncloom_script::{FieldId, Item, Value};

/// What of an item was recorded: the fields that are assigned, each as one line.
pub(super) fn recorded(item: &Map<String, Json>) -> Vec<String> {
    let assigned = |value: &Json| value.get("array").is_some() || value["assigned"] == true;
    let mut lines: Vec<String> = item
        .iter()
        .filter(|(_, v)| assigned(v))
        .map(|(name, v)| format!("{name}={}", recorded_value(v)))
        .collect();
    lines.sort();
    lines
}

fn recorded_value(value: &Json) -> String {
    match value.get("elements").and_then(Json::as_array) {
        Some(elements) => format!("[{}]", elements.iter().map(recorded_value).collect::<Vec<_>>().join(",")),
        None => value["str"].as_str().unwrap_or_default().to_owned(),
    }
}

/// Our item in the same form.
pub(super) fn shown(item: &Item) -> Vec<String> {
    let value = |id: FieldId, value: &Value| match value {
        Value::Array(elements) => {
            format!("[{}]", elements.iter().map(Value::to_text).collect::<Vec<_>>().join(","))
        }
        value if item.is_array(id) => format!("[{}]", value.to_text()),
        value => value.to_text(),
    };
    let assigned = item.list().iter().filter(|(id, _)| item.get(*id).is_assigned());
    let mut lines: Vec<String> =
        assigned.map(|(id, field)| format!("{}={}", field.name, value(id, item.get(id)))).collect();
    lines.sort();
    lines
}
