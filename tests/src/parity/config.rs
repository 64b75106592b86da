//! What the recordings' config says of field lists and datatypes.
//!
//! Not its job: the config language. It reads just what cases name of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use roxmltree::{Document, Node};
use syncloom_config::{Config, LoadOptions, load};
use syncloom_script::filter::{FieldNames, Role};
use syncloom_script::{CompareMode, Field, FieldId, FieldList, FieldType, MergeMode};

use super::test_types::{mtest, otest};

/// The config, in the folder beside the recordings.
const CONFIG: &str = "configs/oracle.xml";

/// The field lists and datatypes of a config, by lower-case name.
#[derive(Default)]
pub struct Lists {
    fields: HashMap<String, Arc<FieldList>>,
    datatypes: HashMap<String, Datatype>,
}

/// A datatype: its fields, and the properties and keywords that lead to them.
pub struct Datatype {
    /// Its name as it is written.
    pub name: String,
    /// Its MIME type.
    pub mime_type: String,
    /// Its version.
    pub version: String,
    /// Its fields.
    pub list: Arc<FieldList>,
    properties: Vec<(String, Vec<FieldId>)>,
}

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Says in which folder the recordings are: their config is looked for beside it first.
pub fn recordings_in(folder: &Path) {
    let _ = FOLDER.set(folder.to_owned());
}

/// Where recordings are looked for.
pub fn shared() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    std::env::var_os("SYNCLOOM_SHARED").map_or_else(beside, PathBuf::from)
}

/// The recordings' config as Syncloom loads it; `None` where there is none.
pub fn loaded() -> Option<&'static Config> {
    static LOADED: OnceLock<Option<Config>> = OnceLock::new();
    LOADED.get_or_init(|| load(&file()?, &LoadOptions::default()).config).as_ref()
}

/// What the recordings' config says; where there is none, the lists that were made for recording.
pub fn lists() -> &'static Lists {
    static LISTS: OnceLock<Lists> = OnceLock::new();
    LISTS.get_or_init(|| {
        let text = file().and_then(|path| std::fs::read_to_string(path).ok());
        text.and_then(|text| Lists::read(&text)).unwrap_or_else(Lists::without_config)
    })
}

/// Where the recordings' config is, if it is anywhere.
pub fn file() -> Option<PathBuf> {
    let beside = FOLDER.get().map(|folder| folder.join("..").join(CONFIG));
    beside.into_iter().chain([shared().join(CONFIG)]).find(|path| path.exists())
}

impl Lists {
    /// The field list of a name.
    pub fn fields(&self, name: &str) -> Option<&Arc<FieldList>> {
        self.fields.get(&name.to_ascii_lowercase())
    }

    /// The datatype of a name.
    pub fn datatype(&self, name: &str) -> Option<&Datatype> {
        self.datatypes.get(&name.to_ascii_lowercase())
    }

    /// The datatype that stands for a field list where a case names none: the first that uses it.
    pub fn datatype_of(&self, fields: &str) -> Option<&Datatype> {
        let uses = |datatype: &&Datatype| datatype.list.name().eq_ignore_ascii_case(fields);
        self.datatypes.values().filter(uses).min_by_key(|datatype| &datatype.name)
    }

    fn without_config() -> Lists {
        let mut lists = Lists::default();
        for list in [otest(), mtest()].map(Arc::new) {
            let name = list.name().to_owned();
            // A text profile names its first line.
            let first = list.find("S1").map(|field| ("SUBJECT".to_owned(), vec![field]));
            let datatype = Datatype {
                name: format!("{name}10"),
                mime_type: format!("text/x-{name}"),
                version: "1.0".to_owned(),
                list: Arc::clone(&list),
                properties: first.into_iter().collect(),
            };
            lists.datatypes.insert(datatype.name.clone(), datatype);
            lists.fields.insert(name, list);
        }
        lists
    }

    fn read(text: &str) -> Option<Lists> {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = Document::parse_with_options(text, options).ok()?;
        let all = |tag: &'static str| document.descendants().filter(move |node| node.has_tag_name(tag));
        let named = |tag: &'static str, name: Option<&str>| {
            let is_it = |node: &Node<'_, '_>| {
                node.attribute("name").zip(name).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
            };
            all(tag).find(is_it)
        };
        let mut lists = Lists::default();
        for list in all("fieldlist").filter(|node| node.attribute("name").is_some()) {
            let list = Arc::new(field_list(list));
            lists.fields.insert(list.name().to_ascii_lowercase(), list);
        }
        for node in all("datatype").filter(|node| node.attribute("basetype").is_some()) {
            let Some(used) = node.children().find(|node| node.has_tag_name("use")) else { continue };
            let profile = used.attribute("mimeprofile").or(used.attribute("profile"));
            let profile = named("mimeprofile", profile).or_else(|| named("textprofile", profile));
            let Some(profile) = profile else { continue };
            let Some(list) = profile.attribute("fieldlist").and_then(|name| lists.fields(name)) else {
                continue;
            };
            let name = node.attribute("name").unwrap_or_default().to_owned();
            let text = |tag| child_text(node, tag).unwrap_or_default().trim().to_owned();
            let version = Some(text("version")).filter(|version| !version.is_empty());
            let version = version.unwrap_or_else(|| text("versionstring"));
            // The MIME types that the manual gives vCard and vCalendar (10.3).
            let mime_type = match (node.attribute("basetype"), version.as_str()) {
                (Some("vcard"), "2.1") => "text/x-vcard".to_owned(),
                (Some("vcard"), _) => "text/vcard".to_owned(),
                (Some("vcalendar"), "1.0") => "text/x-vcalendar".to_owned(),
                (Some("vcalendar"), _) => "text/calendar".to_owned(),
                _ => text("typestring"),
            };
            let (list, properties) = (Arc::clone(list), properties(profile, list));
            let key = name.to_ascii_lowercase();
            lists.datatypes.insert(key, Datatype { name, mime_type, version, list, properties });
        }
        Some(lists)
    }
}

impl Datatype {
    /// What filters can name.
    pub fn names(&self) -> FieldNames<'_> {
        let mut names = FieldNames::new(&self.list, Role::Server);
        for (name, fields) in &self.properties {
            names.add_property(name, fields);
        }
        names
    }
}

fn child_text<'a>(node: Node<'a, '_>, tag: &str) -> Option<&'a str> {
    node.children().find(|child| child.has_tag_name(tag)).and_then(|child| child.text())
}

fn field_list(node: Node<'_, '_>) -> FieldList {
    let mut list = FieldList::new(node.attribute("name").unwrap_or_default());
    for field in node.children().filter(|child| child.has_tag_name("field")) {
        let kind = FieldType::NAMES.iter().find(|row| Some(row.0) == field.attribute("type"));
        let compare = CompareMode::NAMES.iter().find(|row| Some(row.0) == field.attribute("compare"));
        let merge = match field.attribute("merge") {
            Some("fillempty") => MergeMode::FillEmpty,
            Some("addunassigned") => MergeMode::AddUnassigned,
            Some("append") => MergeMode::Append,
            Some("lines") => MergeMode::Parts('\n'),
            None | Some("no" | "") => MergeMode::No,
            Some(separator) => separator.chars().next().map_or(MergeMode::No, MergeMode::Parts),
        };
        // A field that is there already keeps its name.
        let _ = list.push(Field {
            name: field.attribute("name").unwrap_or_default().to_owned(),
            kind: kind.map_or(FieldType::String, |row| row.1),
            array: matches!(field.attribute("array"), Some("yes" | "true")),
            compare: compare.map_or(CompareMode::Never, |row| row.1),
            age: matches!(field.attribute("age"), Some("yes" | "true")),
            merge,
        });
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
        if let (true, Some(field)) =
            (node.has_tag_name("linemap"), node.attribute("field").and_then(|f| list.find(f)))
        {
            let header = child_text(node, "headertag").map(|header| header.trim_end_matches(':'));
            for name in child_text(node, "filterkeyword").into_iter().chain(header) {
                properties.push((name.trim().to_owned(), vec![field]));
            }
        }
    }
    properties
}
