//! The names that a config gives to its parts, and finding the part that a name means.
//!
//! Not its job: what the parts are.

use std::cell::Cell;
use std::ops::Range;

use syncloom_script::{FieldId, FieldList};

use crate::diagnostic::{Code, did_you_mean};
use crate::node::{Attr, Node};
use crate::source::Report;

/// The parts of one kind.
pub(super) struct Names<T> {
    /// What a part is called in messages.
    what: &'static str,
    /// Those that have been read; `None` for one that could not be built.
    known: Vec<Known<T>>,
    /// All that there are in the document.
    all: Vec<(String, Range<usize>)>,
}

/// A part that has been read.
struct Known<T> {
    name: String,
    span: Range<usize>,
    part: Option<T>,
    used: Cell<bool>,
}

impl<T: Clone> Names<T> {
    pub fn new(what: &'static str, nodes: impl Iterator<Item = (String, Range<usize>)>) -> Self {
        Names { what, known: Vec::new(), all: nodes.collect() }
    }

    /// Adds a part; the first one keeps a name.
    pub fn add(&mut self, name: &Attr, part: Option<T>, report: &mut Report<'_>) {
        let text = name.value.trim();
        if let Some(first) = self.known(text) {
            let place = report.locate(first.span.clone());
            report
                .add(Code::Duplicate, name.span.clone(), format!("there is a {} '{text}' already", self.what))
                .note(place, "the first one");
            return;
        }
        self.known.push(Known {
            name: text.to_owned(),
            span: name.span.clone(),
            part,
            used: Cell::new(false),
        });
    }

    /// The part that a name means. `None` has been told of.
    pub fn find(&self, name: &str, span: Range<usize>, report: &mut Report<'_>) -> Option<T> {
        let name = name.trim();
        if let Some(known) = self.known(name) {
            known.used.set(true);
            return known.part.clone();
        }
        let what = self.what;
        if let Some((_, later)) = self.all.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            let place = report.locate(later.clone());
            let message = format!("the {what} '{name}' is defined only in line {}", place.line);
            report
                .add(Code::DefinedLater, span, message)
                .note(place, "it is defined here")
                .hint("move the definition before the place where it is used");
        } else {
            let hint = did_you_mean(name, self.known.iter().map(|known| known.name.as_str()));
            let left_out = report.left_out(name);
            report
                .add(Code::UnknownName, span, format!("there is no {what} '{name}'"))
                .maybe_hint(hint)
                .left_out(left_out);
        }
        None
    }

    /// Whether a part of this name has been read.
    pub fn has(&self, name: &str) -> bool {
        self.known(name.trim()).is_some()
    }

    pub fn parts(&self) -> impl Iterator<Item = &T> {
        self.known.iter().filter_map(|known| known.part.as_ref())
    }

    /// Tells of parts that nothing has looked for.
    pub fn tell_unused(&self, report: &mut Report<'_>) {
        for known in self.known.iter().filter(|known| !known.used.get()) {
            let message = format!("the {} '{}' is not used", self.what, known.name);
            report.add(Code::Unused, known.span.clone(), message);
        }
    }

    fn known(&self, name: &str) -> Option<&Known<T>> {
        self.known.iter().find(|known| known.name.eq_ignore_ascii_case(name))
    }
}

/// The names of all tags of this kind within `<datatypes>`.
pub(super) fn definitions(root: &Node, tag: &'static str) -> impl Iterator<Item = (String, Range<usize>)> {
    root.all("datatypes")
        .flat_map(move |node| node.all(tag))
        .filter_map(|node| node.attr("name"))
        .map(|name| (name.value.trim().to_owned(), name.span.clone()))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The field of this name. `None` has been told of.
pub(super) fn field(
    list: &FieldList,
    name: &str,
    span: Range<usize>,
    report: &mut Report<'_>,
) -> Option<FieldId> {
    let found = list.find(name.trim());
    if found.is_none() {
        let hint = did_you_mean(name, list.fields().iter().map(|field| field.name.as_str()));
        let message = format!("the field list '{}' has no field '{}'", list.name(), name.trim());
        report.add(Code::UnknownField, span, message).maybe_hint(hint);
    }
    found
}

/// The field that an attribute names, if there is the attribute.
pub(super) fn attr_field(
    list: &FieldList,
    node: &Node,
    name: &str,
    report: &mut Report<'_>,
) -> Option<FieldId> {
    let attr = node.attr(name)?;
    field(list, &attr.value, attr.span.clone(), report)
}
