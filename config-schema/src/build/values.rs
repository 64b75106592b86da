//! The values of checked tags as Rust values, with the declared defaults.
//!
//! Not its job: telling of bad values; they have been told of, and count as their defaults.

use crate::node::Node;
use crate::tags;
use crate::values;

/// The default of a tag, as it would be written.
pub(super) fn default_of(parent: &str, name: &str) -> Option<&'static str> {
    tags::find(parent, name).and_then(|tag| tag.default)
}

/// The value of a tag as it stands, or its default.
fn word<'n>(node: &'n Node, name: &'static str) -> Option<&'n str> {
    let own = node.child(name).filter(|child| child.valid).map(Node::value);
    own.or_else(|| default_of(node.tag.name, name))
}

pub(super) fn text(node: &Node, name: &'static str) -> String {
    word(node, name).unwrap_or("").to_owned()
}

/// The text of a tag; `None` if it is absent or empty.
pub(super) fn some_text(node: &Node, name: &'static str) -> Option<String> {
    word(node, name).filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn boolean(node: &Node, name: &'static str) -> bool {
    word(node, name).and_then(values::boolean).unwrap_or(false)
}

/// A number. The declared range is one that fits the type.
pub(super) fn integer<T: TryFrom<i64> + Default>(node: &Node, name: &'static str) -> T {
    word(node, name).and_then(values::integer).and_then(|number| T::try_from(number).ok()).unwrap_or_default()
}

/// A number of which 0 and less mean that there is none.
pub(super) fn some_number(node: &Node, name: &'static str) -> Option<u32> {
    let number: i64 = integer(node, name);
    u32::try_from(number).ok().filter(|number| *number > 0)
}

/// The value of a tag by a table of words.
pub(super) fn choice<T: Copy>(node: &Node, name: &'static str, table: &[(&str, T)]) -> Option<T> {
    look_up(word(node, name)?, table)
}

pub(super) fn look_up<T: Copy>(word: &str, table: &[(&str, T)]) -> Option<T> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim())).map(|(_, value)| *value)
}

/// An attribute as it stands.
pub(super) fn attr_text<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    node.attr(name).map(|attr| attr.value.trim())
}

pub(super) fn attr_boolean(node: &Node, name: &str, default: bool) -> bool {
    attr_text(node, name).and_then(values::boolean).unwrap_or(default)
}

pub(super) fn attr_integer<T: TryFrom<i64>>(node: &Node, name: &str, default: T) -> T {
    let number = attr_text(node, name).and_then(values::integer);
    number.and_then(|number| T::try_from(number).ok()).unwrap_or(default)
}

/// The one character of an attribute. Space around it is not taken off: a space is a character too.
pub(super) fn attr_character(node: &Node, name: &str) -> Option<char> {
    let value = &node.attr(name)?.value;
    let mut characters = value.chars();
    characters.next().filter(|_| characters.next().is_none())
}
