//! The checked tree of a document: every tag in it is a declared one.
//!
//! Not its job: how it comes about (`check`), and what it means (`build`).

use std::ops::Range;

use crate::tags::{Attribute, Tag};
use crate::xml::Text;

/// A tag of the document.
#[derive(Debug)]
pub(crate) struct Node {
    pub tag: &'static Tag,
    /// Which tag of the config it is, in the order in which they are read.
    pub order: usize,
    /// The name in the start tag.
    pub span: Range<usize>,
    pub attributes: Vec<Attr>,
    /// The text, its variables replaced.
    pub text: Text,
    /// Whether the value is one of the tag's kind.
    pub valid: bool,
    pub children: Vec<Node>,
    /// What stands inside if that is for others to understand.
    pub free: Option<Free>,
}

/// The content of a tag that others understand.
#[derive(Debug)]
pub(crate) struct Free {
    /// The text of the file between start and end tag.
    pub xml: String,
    /// The tags directly inside whose conditions hold, each with its text.
    pub tags: Vec<(String, String)>,
}

/// An attribute of the document that is not one of every tag.
#[derive(Debug)]
pub(crate) struct Attr {
    pub decl: &'static Attribute,
    pub value: String,
    /// The value.
    pub span: Range<usize>,
    pub valid: bool,
}

impl Node {
    /// The attribute of this name, if it is there and valid.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        self.attributes.iter().find(|attr| attr.decl.name == name && attr.valid)
    }

    /// Where the value of an attribute stands, or the tag if it is not there.
    pub fn attr_span(&self, name: &str) -> Range<usize> {
        self.attr(name).map_or(&self.span, |attr| &attr.span).clone()
    }

    /// The last tag of this name directly inside.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().rev().find(|child| child.tag.name == name)
    }

    /// All tags of this name directly inside.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.tag.name == name)
    }

    /// The value without the space around it; empty if there is none.
    pub fn value(&self) -> &str {
        self.text.trimmed().0
    }

    /// Where the value stands, or the tag if there is no value.
    pub fn value_span(&self) -> Range<usize> {
        if self.value().is_empty() { self.span.clone() } else { self.text.trimmed_span() }
    }
}
