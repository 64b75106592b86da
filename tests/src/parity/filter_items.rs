//! Items and names for filter cases: the datatypes of the recordings' config, and the assignments of a case.
//!
//! Not its job: the config language and scripts. It reads just what these cases need of them.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use roxmltree::{Document, Node};
use serde_json::{Map, Value as Json};
use syncloom_script::filter::{FieldNames, Role};
use syncloom_script::{CompareMode, Field, FieldId, FieldList, FieldType, Item, MergeMode, Value};

/// A datatype: its fields, and the properties and keywords that lead to them.
pub(super) struct Datatype {
    pub(super) list: Arc<FieldList>,
    properties: Vec<(String, Vec<FieldId>)>,
}

/// The datatype of this name in the config that the recordings were made with.
pub(super) fn datatype(name: &str) -> Option<&'static Datatype> {
    static TYPES: OnceLock<HashMap<String, Datatype>> = OnceLock::new();
    let read = || {
        let path = shared().join("configs/oracle.xml");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document =
            Document::parse_with_options(&text, options).expect("the config of the recordings is XML");
        datatypes(&document)
    };
    TYPES.get_or_init(read).get(name)
}

/// Where recordings are looked for.
pub(super) fn shared() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    std::env::var_os("SYNCLOOM_SHARED").map_or_else(beside, PathBuf::from)
}

impl Datatype {
    pub(super) fn names(&self) -> FieldNames<'_> {
        let mut names = FieldNames::new(&self.list, Role::Server);
        for (name, fields) in &self.properties {
            names.add_property(name, fields);
        }
        names
    }
}

fn datatypes(document: &Document<'_>) -> HashMap<String, Datatype> {
    let all = |tag: &'static str| document.descendants().filter(move |node| node.has_tag_name(tag));
    let named = |tag: &'static str, name: Option<&str>| {
        all(tag).find(|node| node.attribute("name").is_some() && node.attribute("name") == name)
    };
    let mut types = HashMap::new();
    for datatype in all("datatype").filter(|node| node.attribute("basetype").is_some()) {
        let Some(used) = datatype.children().find(|node| node.has_tag_name("use")) else { continue };
        let profile = used.attribute("mimeprofile").or(used.attribute("profile"));
        let profile = named("mimeprofile", profile).or_else(|| named("textprofile", profile));
        let Some((profile, fields)) =
            profile.and_then(|profile| Some((profile, named("fieldlist", profile.attribute("fieldlist"))?)))
        else {
            continue;
        };
        let list = Arc::new(field_list(fields));
        let properties = properties(profile, &list);
        let name = datatype.attribute("name").unwrap_or_default().to_owned();
        types.insert(name, Datatype { list, properties });
    }
    types
}

fn field_list(node: Node<'_, '_>) -> FieldList {
    let mut list = FieldList::new(node.attribute("name").unwrap_or_default());
    for field in node.children().filter(|child| child.has_tag_name("field")) {
        let kind = FieldType::NAMES.iter().find(|row| Some(row.0) == field.attribute("type"));
        let field = Field {
            name: field.attribute("name").unwrap_or_default().to_owned(),
            kind: kind.map_or(FieldType::String, |row| row.1),
            array: field.attribute("array") == Some("yes"),
            compare: CompareMode::Always,
            age: false,
            merge: MergeMode::No,
        };
        list.push(field).expect("the fields of the recordings' config have their own names");
    }
    list
}

fn properties(profile: Node<'_, '_>, list: &FieldList) -> Vec<(String, Vec<FieldId>)> {
    let mut properties = Vec::new();
    for node in profile.descendants() {
        if node.has_tag_name("property") && !matches!(node.attribute("filter"), Some("no" | "false")) {
            let values = node.children().filter(|child| child.has_tag_name("value"));
            let mut fields: Vec<(usize, FieldId)> = values
                .filter_map(|value| {
                    let index = value.attribute("index").and_then(|index| index.parse().ok()).unwrap_or(0);
                    Some((index, list.find(value.attribute("field")?)?))
                })
                .collect();
            fields.sort_by_key(|row| row.0);
            let name = node.attribute("name").unwrap_or_default();
            properties.push((name.to_owned(), fields.into_iter().map(|row| row.1).collect()));
        }
        let text = |tag| node.children().find(|child| child.has_tag_name(tag)).and_then(|child| child.text());
        if let (true, Some(field)) =
            (node.has_tag_name("linemap"), node.attribute("field").and_then(|f| list.find(f)))
        {
            let header = text("headertag").map(|header| header.trim_end_matches(':'));
            for name in text("filterkeyword").into_iter().chain(header) {
                properties.push((name.trim().to_owned(), vec![field]));
            }
        }
    }
    properties
}

/// An item with the assignments of a case: `FIELD=value;` and `FIELD[index]=value;`, where a value is a number or a
/// string in quotes. Declarations of variables are passed over.
pub(super) fn item(list: &Arc<FieldList>, script: &str) -> Item {
    let mut item = Item::new(Arc::clone(list));
    let mut rest = script.trim_start();
    while let Some(end) = rest.find(['=', ';']) {
        let target = rest[..end].trim();
        if rest[end..].starts_with(';') {
            assert!(target.is_empty() || target.contains(' '), "`{target}` is neither assigned nor declared");
            rest = rest[end + 1..].trim_start();
            continue;
        }
        let (value, behind) = constant(rest[end + 1..].trim_start());
        rest =
            behind.trim_start().strip_prefix(';').expect("an assignment ends with a semicolon").trim_start();
        let (name, index) = target.split_once('[').unwrap_or((target, ""));
        let id = list.find(name).unwrap_or_else(|| panic!("no field {name}"));
        let value = Value::from_text(&value, list.get(id).map_or(FieldType::String, |field| field.kind));
        match index.trim_end_matches(']').parse() {
            Ok(index) => assert!(item.set_at(id, index, value), "{target}"),
            Err(_) => item.set(id, value),
        }
    }
    item
}

fn constant(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => match characters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) => value.push(other),
                None => {}
            },
            c => value.push(c),
        }
    }
    panic!("a string without an end: {text}");
}

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
