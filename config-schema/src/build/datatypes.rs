//! `<datatypes>`: field lists, and datatypes with the profile that they use (manual 10.1, 10.2, 10.5).
//!
//! Not its job: the inside of profiles (`profile`).

use std::ops::Range;
use std::sync::Arc;

use syncloom_script::{CompareMode, Field, FieldList, FieldType, MergeMode};

use super::contexts;
use super::names::{Names, attr_field, definitions, field};
use super::profile;
use super::scripting::Scripting;
use super::values::{attr_boolean, attr_character, attr_text, choice, look_up, some_text, text};
use crate::advice::waits;
use crate::check::Node;
use crate::diagnostic::Code;
use crate::model::{BaseType, DataType, Member, MimeMode, MimeProfile, Profile, Scripts};
use crate::source::Report;
use crate::tags::Kind;

/// A datatype that a datastore can name.
#[derive(Clone)]
pub(super) enum Type {
    /// One that can be exchanged. The tags it cannot do without yet, if there are any.
    Mime(Arc<DataType>, Vec<&'static str>),
    /// One that is known and not acted on yet.
    Later,
}

/// What `<datatypes>` defines.
pub(super) struct Types {
    pub lists: Names<Arc<FieldList>>,
    profiles: Names<Arc<MimeProfile>>,
    text_profiles: Names<Arc<FieldList>>,
    pub types: Names<Type>,
}

impl Types {
    /// Nothing yet; the document tells which names will come.
    pub fn new(root: &Node) -> Self {
        Types {
            lists: Names::new("field list", definitions(root, "fieldlist")),
            profiles: Names::new("MIME-DIR profile", definitions(root, "mimeprofile")),
            text_profiles: Names::new("text profile", definitions(root, "textprofile")),
            types: Names::new("datatype", definitions(root, "datatype")),
        }
    }

    pub fn field_lists(&self) -> Vec<Arc<FieldList>> {
        self.lists.parts().cloned().collect()
    }

    pub fn mime_profiles(&self) -> Vec<Arc<MimeProfile>> {
        self.profiles.parts().cloned().collect()
    }

    pub fn datatypes(&self) -> Vec<Arc<DataType>> {
        let mime = |known: &Type| match known {
            Type::Mime(datatype, _) => Some(Arc::clone(datatype)),
            Type::Later => None,
        };
        self.types.parts().filter_map(mime).collect()
    }

    /// Reads a `<datatypes>`, in the order of the document.
    pub fn read(&mut self, node: &Node, scripting: &Scripting<'_>, report: &mut Report<'_>) {
        for child in &node.children {
            let Some(name) = child.attr("name") else { continue };
            match child.tag.name {
                "fieldlist" => {
                    let list = field_list(child, name.value.trim(), report);
                    self.lists.add(name, Some(Arc::new(list)), report);
                }
                "mimeprofile" => {
                    let list = self.list_of(child, report);
                    let built = list.and_then(|list| profile::build(child, name.value.trim(), list, report));
                    self.profiles.add(name, built.map(Arc::new), report);
                }
                "textprofile" => {
                    let list = self.list_of(child, report);
                    if let Some(list) = &list {
                        check_fields(child, list, report);
                    }
                    self.text_profiles.add(name, list, report);
                }
                "datatype" => {
                    let built = self.datatype(child, name.value.trim(), scripting, report);
                    self.types.add(name, built, report);
                }
                _ => {}
            }
        }
    }

    /// The field list that a tag names.
    pub fn list_of(&self, node: &Node, report: &mut Report<'_>) -> Option<Arc<FieldList>> {
        let name = node.attr("fieldlist")?;
        self.lists.find(&name.value, name.span.clone(), report)
    }

    fn datatype(
        &self,
        node: &Node,
        name: &str,
        scripting: &Scripting<'_>,
        report: &mut Report<'_>,
    ) -> Option<Type> {
        let base = match attr_text(node, "basetype")?.to_ascii_lowercase().as_str() {
            "vcard" => BaseType::VCard,
            "vcalendar" => BaseType::VCalendar,
            "mimedir" => BaseType::MimeDir,
            _ => {
                if let Some(list) = self.later_type(node, report) {
                    contexts::datatype(node, &list, scripting, report);
                }
                return Some(Type::Later);
            }
        };
        let profile = self.used_profile(node, report);
        let scripts = match &profile {
            Some((profile, _)) => contexts::datatype(node, &profile.fields, scripting, report),
            None => Scripts::default(),
        };
        let (mime_type, version, mode) = identity(node, base, report)?;
        let (profile, span) = profile?;
        let expected = match base {
            BaseType::VCard => Some("VCARD"),
            BaseType::VCalendar => Some("VCALENDAR"),
            BaseType::MimeDir => None,
        };
        if let Some(expected) = expected.filter(|expected| !profile.root.name.eq_ignore_ascii_case(expected))
        {
            let message =
                format!("the profile '{}' describes {}, not {expected}", profile.name, profile.root.name);
            report.add(Code::WrongProfile, span, message);
            return None;
        }
        let needed: Vec<&'static str> = node
            .children
            .iter()
            .filter(|child| child.tag.vital && waits(child))
            .map(|child| child.tag.name)
            .collect();
        Some(Type::Mime(
            Arc::new(DataType { name: name.to_owned(), base, mime_type, version, mode, profile, scripts }),
            needed,
        ))
    }

    /// A datatype that is not acted on yet is held to its names all the same. What comes back is its field list.
    fn later_type(&self, node: &Node, report: &mut Report<'_>) -> Option<Arc<FieldList>> {
        let unnamed =
            ["typestring", "versionstring"].into_iter().find(|name| some_text(node, name).is_none());
        let text = attr_text(node, "basetype").is_some_and(|base| base.eq_ignore_ascii_case("text"));
        if let Some(name) = unnamed.filter(|_| text) {
            report.add(Code::BadType, node.span.clone(), format!("the datatype has no <{name}>"));
        }
        let mut found = None;
        for attr in node.child("use").iter().flat_map(|used| &used.attributes) {
            let span = attr.span.clone();
            if attr.decl.name == "fieldlist" {
                if let Some(list) = self.lists.find(&attr.value, span, report) {
                    check_fields(node, &list, report);
                    found = Some(list);
                }
            } else if self.profiles.has(&attr.value) {
                let profile = self.profiles.find(&attr.value, span, report);
                found = profile.map(|profile| Arc::clone(&profile.fields));
            } else {
                found = self.text_profiles.find(&attr.value, span, report);
            }
        }
        found
    }

    /// The profile of a `<use>`, and where it is named.
    fn used_profile(&self, node: &Node, report: &mut Report<'_>) -> Option<(Arc<MimeProfile>, Range<usize>)> {
        let Some(used) = node.child("use") else {
            report
                .add(Code::BadType, node.span.clone(), "the datatype has no <use>, so it has no profile")
                .hint("add <use mimeprofile=\"…\"/>");
            return None;
        };
        let Some(name) = used.attr("mimeprofile").or_else(|| used.attr("profile")) else {
            report.add(Code::MissingAttribute, used.span.clone(), "<use> needs the attribute mimeprofile");
            return None;
        };
        if !self.profiles.has(&name.value) && self.text_profiles.has(&name.value) {
            let message =
                format!("'{}' is a text profile; this datatype needs a MIME-DIR profile", name.value);
            report.add(Code::WrongProfile, name.span.clone(), message);
            return None;
        }
        let profile = self.profiles.find(&name.value, name.span.clone(), report)?;
        Some((profile, name.span.clone()))
    }
}

/// The MIME type, version and dialect of a datatype.
fn identity(node: &Node, base: BaseType, report: &mut Report<'_>) -> Option<(String, String, MimeMode)> {
    let version = text(node, "version");
    let known: &[(&str, &str, MimeMode)] = match base {
        BaseType::VCard => {
            &[("2.1", "text/x-vcard", MimeMode::Old), ("3.0", "text/vcard", MimeMode::Standard)]
        }
        BaseType::VCalendar => {
            &[("1.0", "text/x-vcalendar", MimeMode::Old), ("2.0", "text/calendar", MimeMode::Standard)]
        }
        BaseType::MimeDir => {
            let parts = some_text(node, "typestring").zip(some_text(node, "versionstring"));
            if parts.is_none() {
                let message = "a datatype of its own kind needs <typestring> and <versionstring>";
                report.add(Code::BadType, node.span.clone(), message);
            }
            let mode = choice(node, "mimedirmode", MimeMode::NAMES).unwrap_or(MimeMode::Standard);
            return parts.map(|(mime_type, version)| (mime_type, version, mode));
        }
    };
    let found = known.iter().find(|(known, _, _)| *known == version);
    if found.is_none() {
        let written = node.child("version");
        let span = written.map_or(node.span.clone(), Node::value_span);
        let list: Vec<&str> = known.iter().map(|(known, _, _)| *known).collect();
        // A word that is no version at all has been told of.
        if written.is_none_or(|written| written.valid) {
            let message = match written {
                None => "the datatype has no <version>".to_owned(),
                Some(_) => format!("the datatype has no version '{version}'"),
            };
            report
                .add(Code::BadType, span, message)
                .hint(format!("write <version>{}</version>", list.join("</version> or <version>")));
        }
    }
    found.map(|(version, mime_type, mode)| ((*mime_type).to_owned(), (*version).to_owned(), *mode))
}

fn field_list(node: &Node, name: &str, report: &mut Report<'_>) -> FieldList {
    let mut list = FieldList::new(name);
    let mut places: Vec<Range<usize>> = Vec::new();
    for child in node.all("field") {
        let Some(name) = child.attr("name") else { continue };
        let (Some(kind), Some(compare)) = (
            attr_text(child, "type").and_then(|word| look_up(word, FieldType::NAMES)),
            attr_text(child, "compare").and_then(|word| look_up(word, CompareMode::NAMES)),
        ) else {
            // Told of; the name stays known so that its uses are not told of too.
            let field = Field {
                name: name.value.trim().to_owned(),
                kind: FieldType::String,
                array: false,
                compare: CompareMode::Never,
                age: false,
                merge: MergeMode::No,
            };
            if list.push(field).is_ok() {
                places.push(name.span.clone());
            }
            continue;
        };
        let field = Field {
            name: name.value.trim().to_owned(),
            kind,
            array: attr_boolean(child, "array", false),
            compare,
            age: attr_boolean(child, "age", false),
            merge: merge_mode(child),
        };
        match list.push(field) {
            Ok(_) => places.push(name.span.clone()),
            Err(Some(first)) => {
                let message = format!("the field list has a field '{}' already", name.value.trim());
                let first = places.get(first.index()).map(|span| report.locate(span.clone()));
                let found = report.add(Code::Duplicate, name.span.clone(), message);
                if let Some(first) = first {
                    found.note(first, "the first one");
                }
            }
            Err(None) => {
                let message = format!("a field list has at most {} fields", FieldList::MAX_FIELDS);
                report.add(Code::TooMany, child.span.clone(), message);
                break;
            }
        }
    }
    list
}

fn merge_mode(node: &Node) -> MergeMode {
    let words = [
        ("no", MergeMode::No),
        ("fillempty", MergeMode::FillEmpty),
        ("addunassigned", MergeMode::AddUnassigned),
        ("append", MergeMode::Append),
        ("lines", MergeMode::Parts('\n')),
    ];
    let word = attr_text(node, "merge").and_then(|word| look_up(word, &words));
    word.or_else(|| attr_character(node, "merge").map(MergeMode::Parts)).unwrap_or(MergeMode::No)
}

/// Looks up every field that the tags below name.
fn check_fields(node: &Node, list: &FieldList, report: &mut Report<'_>) {
    for child in &node.children {
        for attr in child.attributes.iter().filter(|attr| attr.decl.kind == Kind::FieldName) {
            attr_field(list, child, attr.decl.name, report);
        }
        if child.tag.kind == Kind::FieldName && !child.value().is_empty() {
            field(list, child.value(), child.value_span(), report);
        }
        check_fields(child, list, report);
    }
}

/// Whether a profile or one of its subprofiles has this name.
pub(super) fn has_profile(profile: &Profile, name: &str) -> bool {
    profile.name.eq_ignore_ascii_case(name)
        || profile
            .members
            .iter()
            .any(|member| matches!(member, Member::Profile(inner) if has_profile(inner, name)))
}
