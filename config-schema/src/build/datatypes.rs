//! `<datatypes>`: field lists, and datatypes with the profile that they use (manual 10.1, 10.2, 10.5).
//!
//! Not its job: the inside of profiles (`profile`, `text_profile`).

use std::ops::Range;
use std::sync::Arc;

use syncloom_script::{CompareMode, Field, FieldList, FieldType, MergeMode};

use super::names::{Names, definitions};
use super::scripting::Scripting;
use super::values::{
    attr_boolean, attr_character, attr_text, boolean, choice, integer, look_up, some_text, text,
};
use super::{contexts, objects, profile, text_profile};
use crate::advice::waits;
use crate::diagnostic::Code;
use crate::model::{
    BaseType, Coding, DataType, Member, MimeMode, MimeProfile, ObjectProfile, Profile, ProfileUse, Scripts,
    TextCoding, TextProfile, ZipLevel,
};
use crate::node::Node;
use crate::source::Report;

/// A datatype that a datastore can name.
#[derive(Clone)]
pub(super) enum Type {
    /// One that can be exchanged. The tags it cannot do without yet, if there are any.
    Known(Arc<DataType>, Vec<&'static str>),
    /// One of a kind that is not acted on.
    Later,
}

/// What `<datatypes>` defines.
pub(super) struct Types {
    pub lists: Names<Arc<FieldList>>,
    profiles: Names<Arc<MimeProfile>>,
    text_profiles: Names<Arc<TextProfile>>,
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

    /// Tells of what is defined and never used; of datatypes only where there is something that could use them.
    pub fn tell_unused(&self, has_datastores: bool, report: &mut Report<'_>) {
        self.lists.tell_unused(report);
        self.profiles.tell_unused(report);
        self.text_profiles.tell_unused(report);
        if has_datastores {
            self.types.tell_unused(report);
        }
    }

    pub fn field_lists(&self) -> Vec<Arc<FieldList>> {
        self.lists.parts().cloned().collect()
    }

    pub fn mime_profiles(&self) -> Vec<Arc<MimeProfile>> {
        self.profiles.parts().cloned().collect()
    }

    pub fn text_profiles(&self) -> Vec<Arc<TextProfile>> {
        self.text_profiles.parts().cloned().collect()
    }

    pub fn datatypes(&self) -> Vec<Arc<DataType>> {
        let known = |known: &Type| match known {
            Type::Known(datatype, _) => Some(Arc::clone(datatype)),
            Type::Later => None,
        };
        self.types.parts().filter_map(known).collect()
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
                    let built = list.map(|list| text_profile::build(child, name.value.trim(), list, report));
                    self.text_profiles.add(name, built.map(Arc::new), report);
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
            "text" => BaseType::Text,
            "dataobj" => BaseType::DataObject,
            _ => return Some(Type::Later),
        };
        let profile = match base {
            BaseType::Text => self.used_lines(node, report).map(ProfileUse::Text),
            BaseType::DataObject => self.used_elements(node, name, report).map(ProfileUse::Object),
            _ => self.used_profile(node, base, report).map(ProfileUse::Mime),
        };
        let scripts = match &profile {
            Some(profile) => contexts::datatype(node, profile.fields(), scripting, report),
            None => Scripts::default(),
        };
        let (mime_type, version, mode) = identity(node, base, report)?;
        let needed: Vec<&'static str> = node
            .children
            .iter()
            .filter(|child| child.tag.vital && waits(child))
            .map(|child| child.tag.name)
            .collect();
        let name = name.to_owned();
        let coding = coding(node);
        let datatype = DataType { name, base, mime_type, version, mode, profile: profile?, coding, scripts };
        Some(Type::Known(Arc::new(datatype), needed))
    }

    /// The elements of a data object: over the fields of the profile that it uses for the item within it, or of a list
    /// alone.
    fn used_elements(&self, node: &Node, name: &str, report: &mut Report<'_>) -> Option<Arc<ObjectProfile>> {
        let Some(used) = node.child("use") else {
            report
                .add(Code::BadType, node.span.clone(), "the datatype has no <use>, so it has no fields")
                .hint("add <use fieldlist=\"…\"/>, or the profile of the item within it");
            return None;
        };
        if let Some(list) = used.attr("fieldlist") {
            let list = self.lists.find(&list.value, list.span.clone(), report)?;
            return Some(Arc::new(objects::build(node, name, &list, None, report)));
        }
        let named = used.attr("textprofile").or_else(|| used.attr("profile"));
        let is_text = named.is_some_and(|named| self.text_profiles.has(&named.value));
        let embedded = match is_text || used.attr("textprofile").is_some() {
            true => ProfileUse::Text(self.used_lines(node, report)?),
            false => ProfileUse::Mime(self.used_profile(node, BaseType::DataObject, report)?),
        };
        let fields = Arc::clone(embedded.fields());
        Some(Arc::new(objects::build(node, name, &fields, Some(embedded), report)))
    }

    /// The text profile of a datatype: that of its `<use>`, or its own lines over a field list, as configs for
    /// version 2.1 have it (manual 10.4.1).
    fn used_lines(&self, node: &Node, report: &mut Report<'_>) -> Option<Arc<TextProfile>> {
        let Some(used) = node.child("use") else {
            report
                .add(Code::BadType, node.span.clone(), "the datatype has no <use>, so it has no profile")
                .hint("add <use textprofile=\"…\"/>");
            return None;
        };
        if let Some(list) = used.attr("fieldlist") {
            let list = self.lists.find(&list.value, list.span.clone(), report)?;
            let name = attr_text(node, "name").unwrap_or_default();
            return Some(Arc::new(text_profile::build(node, name, list, report)));
        }
        let Some(name) = used.attr("textprofile").or_else(|| used.attr("profile")) else {
            report.add(Code::MissingAttribute, used.span.clone(), "<use> needs the attribute textprofile");
            return None;
        };
        if !self.text_profiles.has(&name.value) && self.profiles.has(&name.value) {
            let message =
                format!("'{}' is a MIME-DIR profile; this datatype needs a text profile", name.value);
            report.add(Code::WrongProfile, name.span.clone(), message);
            return None;
        }
        self.text_profiles.find(&name.value, name.span.clone(), report)
    }

    /// The MIME-DIR profile of a `<use>`.
    fn used_profile(&self, node: &Node, base: BaseType, report: &mut Report<'_>) -> Option<Arc<MimeProfile>> {
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
        let expected = match base {
            BaseType::VCard => Some("VCARD"),
            BaseType::VCalendar => Some("VCALENDAR"),
            BaseType::MimeDir | BaseType::Text | BaseType::DataObject => None,
        };
        if let Some(expected) = expected.filter(|expected| !profile.root.name.eq_ignore_ascii_case(expected))
        {
            let message =
                format!("the profile '{}' describes {}, not {expected}", profile.name, profile.root.name);
            report.add(Code::WrongProfile, name.span.clone(), message);
            return None;
        }
        Some(profile)
    }
}

/// The highest compression level that there is (manual 10.5.5).
const MAX_ZIP_LEVEL: i16 = 9;

/// How the bytes of a datatype travel (manual 10.5.4 to 10.5.7).
fn coding(node: &Node) -> Coding {
    let level = match some_text(node, "zipcompressionlevel") {
        Some(_) => integer::<i16>(node, "zipcompressionlevel"),
        None => -1,
    };
    // Below 0 is as the compressor sees fit.
    let level = u8::try_from(level.min(MAX_ZIP_LEVEL)).map_or(ZipLevel::Usual, ZipLevel::Level);
    Coding {
        zipped: boolean(node, "zippedbindata").then_some(level),
        binary_parts: boolean(node, "binaryparts"),
        text: match (boolean(node, "unicodedata"), boolean(node, "bigendian")) {
            (false, _) => TextCoding::Utf8,
            (true, false) => TextCoding::Utf16Le,
            (true, true) => TextCoding::Utf16Be,
        },
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
        BaseType::MimeDir | BaseType::Text | BaseType::DataObject => {
            let parts = some_text(node, "typestring").zip(some_text(node, "versionstring"));
            if parts.is_none() {
                let missing = match some_text(node, "typestring") {
                    None => "typestring",
                    Some(_) => "versionstring",
                };
                let message = format!("the datatype has no <{missing}>");
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

/// Whether a profile or one of its subprofiles has this name.
pub(super) fn has_profile(profile: &Profile, name: &str) -> bool {
    profile.name.eq_ignore_ascii_case(name)
        || profile
            .members
            .iter()
            .any(|member| matches!(member, Member::Profile(inner) if has_profile(inner, name)))
}
