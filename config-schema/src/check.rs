//! Holds a document to the declarations: known tags in their places, attributes, values, conditions, variables.
//! What comes out is a tree in which every tag is a declared one.
//!
//! Not its job: what refers to what, and the typed config (`build`).

use std::ops::Range;

use crate::diagnostic::{Code, Severity, closest, did_you_mean};
use crate::include::Files;
use crate::node::{Attr, Free, Node};
use crate::source::Report;
use crate::stores;
use crate::tags::{self, Acts, Kind, Tag};
use crate::values;
use crate::variables::{Expand, Variables, condition};
use crate::xml::{Element, Text, XmlAttribute};

/// The attributes that say whether a tag counts (manual 4.5, 4.6).
const CONDITIONS: &[&str] = &["if", "ifdef", "ifndef", "platform"];

/// The attribute of `<include>` that names a file.
const FILE: &str = "file";

/// How many names that conditions leave out are remembered, to bound the search in a hostile file.
const MAX_LEFT_OUT: usize = 1000;

/// The version of the document format.
const DOCUMENT_VERSION: &str = "1.0";

/// The outdated tag that says whether times are UTC, and the tag that says it now.
const UTC: (&str, &str) = ("timeutc", "datatimezone");

/// How a document is checked.
pub(crate) struct Rules<'a> {
    pub variables: Variables,
    /// What `platform="…"` has to say for a tag to count.
    pub platform: &'a str,
    /// Unknown tags are errors.
    pub strict: bool,
    /// The files that `<include>` can name.
    pub files: Files,
}

/// Checks the document. `None`: it is no config at all.
pub(crate) fn check(root: &mut Element<'_>, rules: &mut Rules<'_>, report: &mut Report<'_>) -> Option<Node> {
    let Some(tag) = tags::find("", &root.name) else {
        let message = format!("a config is a <sysync_config>, not a <{}>", root.name);
        report.add(Code::WrongRoot, root.name_span.clone(), message);
        return None;
    };
    let Some(node) = (Checker { rules, report, nodes: 0 }).node(root, tag) else {
        let message = "a condition leaves out the whole config";
        report.add(Code::WrongRoot, root.name_span.clone(), message);
        return None;
    };
    match node.attr("version") {
        Some(version) if version.value.trim() != DOCUMENT_VERSION => {
            report
                .add(
                    Code::WrongVersion,
                    version.span.clone(),
                    format!("the version of the document is '{}'", version.value),
                )
                .hint(format!(
                    "write version=\"{DOCUMENT_VERSION}\"; it is the version of the format, not yours"
                ))
                .fix(version.span.clone(), DOCUMENT_VERSION);
        }
        _ => {}
    }
    stores::check(&node, "", report);
    Some(node)
}

struct Checker<'c, 'p, 'r> {
    rules: &'c mut Rules<'p>,
    report: &'c mut Report<'r>,
    /// How many tags there are so far.
    nodes: usize,
}

impl Checker<'_, '_, '_> {
    /// The tag with all that it has; `None` if a condition leaves it out.
    fn node(&mut self, element: &mut Element<'_>, tag: &'static Tag) -> Option<Node> {
        if !self.counts(element) {
            self.leave_out(element);
            return None;
        }
        let first = self.report.diagnostics.len();
        self.nodes += 1;
        let expand = expansion(element);
        let attributes = self.attributes(element, tag, expand);
        let default = if tag.kind.expands() { Expand::Yes } else { Expand::No };
        let text = std::mem::take(&mut element.text);
        let text = self.rules.variables.expand(text, expand.unwrap_or(default), self.report);
        let before = self.report.diagnostics.len();
        let mut node = Node {
            tag,
            order: self.nodes,
            span: element.name_span.clone(),
            attributes,
            text,
            valid: true,
            children: Vec::with_capacity(element.children.len()),
            free: None,
        };
        self.value(&node);
        node.valid = self.report.diagnostics.len() == before;
        if does_no_harm(tag) {
            for told in self.report.diagnostics.iter_mut().skip(first).filter(|told| is_of_value(told.code)) {
                told.severity = told.severity.min(Severity::Warning);
            }
        }
        if tag.kind == Kind::Free {
            node.free = Some(self.free(element));
        } else {
            self.children(element, &mut node);
            self.outdated(element, &node);
        }
        self.effects(&node);
        Some(node)
    }

    /// Whether the conditions of a tag hold (manual 4.5, 4.6).
    fn counts(&mut self, element: &Element<'_>) -> bool {
        element.attributes.iter().all(|attribute| {
            let defined = |rules: &Rules<'_>| rules.variables.find(&attribute.value).is_some();
            let Some(name) = CONDITIONS.iter().find(|name| name.eq_ignore_ascii_case(&attribute.name)) else {
                return true;
            };
            match *name {
                "ifdef" => defined(self.rules),
                "ifndef" => !defined(self.rules),
                "platform" => attribute.value.trim().eq_ignore_ascii_case(self.rules.platform),
                "if" => {
                    let span = attribute.value_span.clone();
                    condition(&attribute.value, span, &self.rules.variables, self.report).unwrap_or(false)
                }
                _ => true,
            }
        })
    }

    /// Remembers what a condition leaves out, for whoever looks for it in vain.
    fn leave_out(&mut self, element: &Element<'_>) {
        for child in std::iter::once(element).chain(&element.children) {
            let name = child.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case("name"));
            if let Some(name) = name.filter(|_| self.report.left_out.len() < MAX_LEFT_OUT) {
                self.report.left_out.push((name.value.trim().to_owned(), name.value_span.clone()));
            }
        }
    }

    fn attributes(&mut self, element: &Element<'_>, tag: &'static Tag, expand: Option<Expand>) -> Vec<Attr> {
        let mut found: Vec<Attr> = Vec::new();
        for attribute in &element.attributes {
            let Some(decl) = tag.attribute(&attribute.name) else {
                self.unknown_attribute(attribute, tag);
                continue;
            };
            let span = attribute.value_span.clone();
            let mut value = attribute.value.clone().into_owned();
            if tag.name == "configvar" && decl.name == "value" {
                let mut text = Text::at(span.start);
                text.push_made(&value, span.clone());
                let mode = expand.unwrap_or(Expand::No);
                value = self.rules.variables.expand(text, mode, self.report).as_str().to_owned();
            }
            let valid =
                self.fits(decl.kind, &value, span.clone(), || format!("{} of <{}>", decl.name, tag.name));
            if tags::GLOBAL_ATTRIBUTES.iter().all(|global| !std::ptr::eq(global, decl)) {
                found.push(Attr { decl, value, span, valid });
            }
        }
        for decl in tag.attributes.iter().filter(|decl| decl.required) {
            let value = found.iter().find(|attr| attr.decl.name == decl.name);
            if value.is_none_or(|attr| attr.value.trim().is_empty()) {
                let message = match value {
                    None => format!("<{}> needs the attribute {}", tag.name, decl.name),
                    Some(_) => format!("the attribute {} of <{}> is empty", decl.name, tag.name),
                };
                // An empty value of configvar is a value.
                if value.is_none() || tag.name != "configvar" || decl.name != "value" {
                    let span = value.map_or(element.name_span.clone(), |attr| attr.span.clone());
                    let found = self.report.add(Code::MissingAttribute, span.clone(), message);
                    found.hint(format!("write {}=\"…\": {}", decl.name, decl.summary));
                    if tag.parents == [""] && value.is_none() {
                        found.hint(format!("write <{} version=\"{DOCUMENT_VERSION}\">", element.name));
                        found.fix(span.end..span.end, format!(" version=\"{DOCUMENT_VERSION}\""));
                    }
                }
            }
        }
        found
    }

    fn unknown_attribute(&mut self, attribute: &XmlAttribute<'_>, tag: &'static Tag) {
        if self.report.is_full(Severity::Warning) {
            return;
        }
        let known = tag.attributes.iter().chain(tags::GLOBAL_ATTRIBUTES).map(|decl| decl.name);
        let message = format!("<{}> has no attribute {}", tag.name, attribute.name);
        let hint = did_you_mean(&attribute.name, known);
        self.report.add(Code::UnknownAttribute, attribute.name_span.clone(), message).maybe_hint(hint);
    }

    /// Checks the value of a tag against its kind.
    fn value(&mut self, node: &Node) {
        let (tag, value) = (node.tag, node.value());
        let span = node.value_span();
        match tag.kind {
            Kind::Free => {}
            Kind::Container | Kind::Empty if !value.is_empty() => {
                let line_end = value.find('\n').unwrap_or(value.len());
                let begin = node.text.trimmed().1;
                let what =
                    if tag.kind == Kind::Empty { "it has attributes alone" } else { "only tags stand there" };
                self.report.add(
                    Code::UnexpectedText,
                    node.text.span(begin..begin + line_end),
                    format!("text in <{}> is not read: {what}", tag.name),
                );
            }
            Kind::Container | Kind::Empty => {}
            Kind::CText => {
                if let Err(fault) = values::c_string(value) {
                    let begin = node.text.trimmed().1;
                    let span = node.text.span(begin + fault.start..begin + fault.end);
                    self.report
                        .add(Code::BadEscape, span, format!("<{}> has an unknown escape sequence", tag.name))
                        .hint("\\t, \\r, \\n, \\xXX and \\\\ are known");
                }
            }
            kind => {
                let fits = self.fits(kind, value, span.clone(), || format!("<{}>", tag.name));
                if fits && matches!(kind, Kind::Enum(_)) && node.text.as_str() != value {
                    let message = format!("there is space around '{value}'");
                    let hint =
                        format!("write <{0}>{value}</{0}>: other engines take no space there", tag.name);
                    self.report.add(Code::StraySpace, span, message).hint(hint);
                }
            }
        }
    }

    /// Whether a value is one of its kind; if not, the report says so.
    fn fits(&mut self, kind: Kind, value: &str, span: Range<usize>, what: impl Fn() -> String) -> bool {
        if values::fits(kind, value) {
            return true;
        }
        let what = what();
        let word = value.trim();
        if word.is_empty() && !matches!(kind, Kind::Character(_)) {
            self.report
                .add(Code::EmptyValue, span, format!("{what} has no value"))
                .hint(format!("{}, or leave it out", expected(kind)));
            return false;
        }
        let out_of_range = values::integer(word).is_some();
        let (code, hint) = match kind {
            Kind::Boolean | Kind::Tristate => (Code::BadBoolean, did_you_mean(word, values::boolean_words())),
            Kind::Integer { .. } | Kind::IntegerOr { .. } if out_of_range => (Code::OutOfRange, None),
            Kind::Integer { .. } => (Code::BadInteger, None),
            Kind::IntegerOr { words, .. } => (Code::BadInteger, did_you_mean(word, words.iter().copied())),
            Kind::Enum(words) => (Code::BadEnum, did_you_mean(word, words.iter().copied())),
            Kind::Character(words) => (Code::BadEnum, did_you_mean(word, words.iter().copied())),
            _ => (Code::BadValue, None),
        };
        let hint = match hint {
            Some(hint) => format!("{hint} {}", expected(kind)),
            None => expected(kind),
        };
        self.report.add(code, span, format!("'{word}' is no value of {what}")).hint(hint);
        false
    }

    fn children(&mut self, element: &mut Element<'_>, node: &mut Node) {
        let parent = node.tag;
        for child in &mut element.children {
            if is_include(child) {
                self.include(child, node);
                continue;
            }
            // Many tags of one name stand behind each other.
            let same = node.children.last().map(|before| before.tag).filter(|tag| tag.name == child.name);
            let Some(tag) = same.or_else(|| tags::find(parent.name, &child.name)) else {
                self.unknown_tag(child, parent);
                continue;
            };
            if !tag.name.eq_ignore_ascii_case(&child.name) && tag.deprecated.is_empty() {
                let message = format!("<{}> is an old spelling of <{}>", child.name, tag.name);
                let names = self.names(child);
                let found = self.report.add(Code::OldSpelling, child.name_span.clone(), message);
                found.hint(format!("write <{}>", tag.name));
                for span in names {
                    found.fix(span, tag.name);
                }
            }
            let Some(found) = self.node(child, tag) else { continue };
            if let Some(first) = node.child(tag.name).filter(|_| !tag.repeats) {
                let first = self.report.locate(first.span.clone());
                let message =
                    format!("<{}> stands twice in <{}>; the last one counts", tag.name, parent.name);
                self.report
                    .add(Code::Repeated, found.span.clone(), message)
                    .note(first, "the first one")
                    .hint("remove one of the two");
            }
            node.children.push(found);
        }
    }

    /// Tells of tags that something else has taken the place of.
    fn outdated(&mut self, element: &Element<'_>, node: &Node) {
        for child in node.children.iter().filter(|child| !child.tag.deprecated.is_empty()) {
            let tag = child.tag;
            let written = element.children.iter().find(|known| known.name_span == child.span);
            let message = format!("<{}> is outdated", written.map_or(tag.name, |written| &*written.name));
            let zone = node.child(UTC.1).is_none().then(|| values::boolean(child.value())).flatten();
            let names = written.map(|written| self.names(written)).unwrap_or_default();
            let found = self.report.add(Code::OutdatedTag, child.span.clone(), message);
            if let Some(utc) = zone.filter(|_| tag.name == UTC.0) {
                let zone = if utc { "UTC" } else { "SYSTEM" };
                found.hint(format!("write <{0}>{zone}</{0}>", tag.deprecated));
                found.fix(child.value_span(), zone);
                for span in names {
                    found.fix(span, tag.deprecated);
                }
            } else if tags::named(tag.deprecated).is_empty() {
                found.hint(format!("use {} instead", tag.deprecated));
            } else {
                found.hint(format!("use <{}> instead", tag.deprecated));
            }
        }
    }

    /// Where the name of a tag stands: in its start tag and, if it has one, in its end tag.
    fn names(&self, element: &Element<'_>) -> Vec<Range<usize>> {
        let mut names = vec![element.name_span.clone()];
        let text = self.report.text(element.span.clone());
        let end = text.rfind("</").map(|at| element.span.start + at + 2);
        if let Some(end) = end.filter(|_| !text.ends_with("/>")) {
            names.push(end..end + element.name_span.len());
        }
        names
    }

    fn free(&mut self, element: &mut Element<'_>) -> Free {
        let mut tags = Vec::new();
        for child in &mut element.children {
            if self.counts(child) {
                let text = self.rules.variables.expand(
                    std::mem::take(&mut child.text),
                    expansion(child).unwrap_or(Expand::No),
                    self.report,
                );
                tags.push((child.name.clone().into_owned(), text.trimmed().0.to_owned()));
            }
        }
        let xml = self.report.text(element.inner.clone()).to_owned();
        Free { xml, tags }
    }

    /// Puts the tags of another file in the place of an `<include>`.
    fn include(&mut self, element: &mut Element<'_>, node: &mut Node) {
        if !self.counts(element) {
            return self.leave_out(element);
        }
        let mut name = Text::default();
        let mut span = element.name_span.clone();
        for attribute in &element.attributes {
            if attribute.name.eq_ignore_ascii_case(FILE) {
                span = attribute.value_span.clone();
                name = Text::at(span.start);
                name.push_made(attribute.value.trim(), span.clone());
            } else if tags::GLOBAL_ATTRIBUTES
                .iter()
                .all(|all| !all.name.eq_ignore_ascii_case(&attribute.name))
            {
                let message = format!("<include> of a file has no attribute {}", attribute.name);
                self.report.add(Code::UnknownAttribute, attribute.name_span.clone(), message);
            }
        }
        let name = self.rules.variables.expand(name, expansion(element).unwrap_or(Expand::Yes), self.report);
        if name.as_str().is_empty() {
            self.report.add(Code::MissingAttribute, span, "<include> does not say which file");
            return;
        }
        if let Some(mut root) = self.rules.files.open(name.as_str(), span, self.report) {
            match self.counts(&root) {
                true => self.children(&mut root, node),
                false => self.leave_out(&root),
            }
            self.rules.files.close();
        }
    }

    fn unknown_tag(&mut self, child: &Element<'_>, parent: &'static Tag) {
        if self.report.is_full(Severity::Warning) {
            return;
        }
        let span = child.name_span.clone();
        let name = &child.name;
        let strict = self.rules.strict;
        let elsewhere = tags::named(name);
        let found = if let Some(tag) = elsewhere.first() {
            let places: Vec<String> =
                elsewhere.iter().flat_map(|tag| tag.parents).map(|p| format!("<{p}>")).collect();
            let message = format!("<{name}> does not stand in <{}>", parent.name);
            let found = self.report.add(Code::MisplacedTag, span, message);
            if tag.parents != [""] {
                found.hint(format!("it stands in {}", places.join(", ")));
            }
            found
        } else if !parent.kind.has_tags() {
            let message = format!("<{name}> stands in <{}>, which has no tags inside", parent.name);
            let found = self.report.add(Code::UnknownTag, span, message);
            found.hint("put text that has < in it between <![CDATA[ and ]]>")
        } else {
            let message = format!("<{name}> is not a tag of <{}>", parent.name);
            let near = closest(name, tags::inside(parent.name).map(|tag| tag.name))
                .or_else(|| closest(name, tags::tags().map(|tag| tag.name)));
            let hint = near.map(|near| format!("did you mean <{near}>?"));
            self.report.add(Code::UnknownTag, span, message).maybe_hint(hint)
        };
        if strict {
            found.severity = Severity::Error;
        }
    }

    /// What a tag does for those that follow it.
    fn effects(&mut self, node: &Node) {
        let text = |name: &str| node.attr(name).map(|attr| attr.value.as_str());
        match node.tag.name {
            "configvar" => {
                if let (Some(name), Some(value)) = (text("name"), text("value")) {
                    self.rules.variables.set(name, value);
                }
            }
            "configmsg" => {
                if let Some(message) = text("error") {
                    self.report.add(Code::AuthorError, node.span.clone(), message);
                }
                if let Some(message) = text("warning") {
                    self.report.add(Code::AuthorWarning, node.span.clone(), message);
                }
            }
            name @ ("manufacturer" | "model") if node.tag.parents == ["sysync_config"] => {
                self.rules.variables.set(name, node.value());
            }
            _ => {}
        }
    }
}

/// How far an element says that its variables are replaced (manual 4.3).
fn expansion(element: &Element<'_>) -> Option<Expand> {
    let expand = element.attributes.iter().find(|a| a.name.eq_ignore_ascii_case("expand"));
    expand.and_then(|attribute| Expand::parse(&attribute.value))
}

/// Whether a wrong value of a tag changes nothing but logs: such a config works on.
fn does_no_harm(tag: &Tag) -> bool {
    matches!(tag.acts, Acts::NoEffect(_)) || tag.name == "debug" || tag.parents == ["debug"]
}

fn is_of_value(code: Code) -> bool {
    use Code::{
        BadBoolean, BadEnum, BadEscape, BadInteger, BadValue, EmptyValue, MissingAttribute, OutOfRange,
    };
    matches!(
        code,
        BadBoolean | BadInteger | OutOfRange | BadEnum | BadEscape | BadValue | EmptyValue | MissingAttribute
    )
}

/// Whether an element stands for the tags of another file; one that names a rule is a tag of rules.
fn is_include(element: &Element<'_>) -> bool {
    let has_file = || element.attributes.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(FILE));
    element.name.eq_ignore_ascii_case("include") && has_file()
}

/// What a value of this kind looks like.
fn expected(kind: Kind) -> String {
    match kind {
        Kind::Boolean => "write yes or no".to_owned(),
        Kind::Tristate => "write yes, no or unspecified".to_owned(),
        Kind::Integer { min, max } => format!("write a number from {min} to {max}"),
        Kind::IntegerOr { min, max, words } => {
            format!("write a number from {min} to {max}, or {}", words.join(", "))
        }
        Kind::Enum(words) => format!("write one of {}", words.join(", ")),
        Kind::Character([]) => "write one character".to_owned(),
        Kind::Character(words) => format!("write one character, or {}", words.join(", ")),
        Kind::Address => "write an IP address such as 0.0.0.0".to_owned(),
        Kind::Timestamp => "write a date such as 2024-11-02".to_owned(),
        _ => "write a value".to_owned(),
    }
}
