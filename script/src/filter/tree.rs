//! A filter ready to run: a tree of terms whose names are places and whose constants are values.
//!
//! Not its job: reading text ([`super::parse`]) and finding out what the names mean ([`super::compile`]).

use std::cmp::Ordering;
use std::ops::Range;

use super::matching::{Constant, Manner, contains, contains_text, order, order_text};
use super::names::Slot;
use crate::fields::FieldId;
use crate::item::Item;
use crate::value::Value;

/// A compiled filter. It belongs to the field list that it was compiled for; a field that an item of another list
/// lacks counts as not assigned.
#[derive(Clone, Debug)]
pub struct Filter {
    pub(super) root: Node,
}

/// The ids of an item, as far as they are known. An id that is not known is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids<'a> {
    /// The id in our database.
    pub local: &'a str,
    /// The id that the remote party uses.
    pub remote: &'a str,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    All(Box<[Node]>),
    Any(Box<[Node]>),
    Term(Term),
    /// A term that says nothing about any item, such as one of an unknown field.
    Never,
}

#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) slot: Slot,
    pub(super) manner: Manner,
    pub(super) test: Test,
    /// The opposite of the test, for values that are assigned at all.
    pub(super) negated: bool,
    pub(super) constant: Constant,
    /// What make-pass mode assigns.
    pub(super) assign: Option<Value>,
    pub(super) array: bool,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    /// The special constant `E`.
    Empty,
    /// The special constant `N`.
    NotAssigned,
}

impl Filter {
    /// The filter that every item passes.
    pub fn everything() -> Self {
        Filter { root: Node::All(Box::default()) }
    }

    /// The filter that an item passes if it passes both.
    pub fn and(self, other: Filter) -> Self {
        Filter { root: Node::All(Box::new([self.root, other.root])) }
    }

    /// Whether every item passes, whatever it holds.
    pub fn is_everything(&self) -> bool {
        self.root.is_everything()
    }

    /// Test mode (manual 7.1): whether an item passes.
    ///
    /// A field that is not assigned passes no comparison but `*=`. Where a value and the constant cannot be
    /// compared, `>=`, `<=` and `<>` are true. An array passes if one of its elements does; for `<>` and `$`, if
    /// none of them is or contains the constant.
    pub fn test(&self, item: &Item, ids: Ids<'_>) -> bool {
        self.root.passes(item, ids)
    }

    /// Make-pass mode (manual 7.1): assigns what the `:` prefixes say, from left to right, as far as it is needed.
    /// An item that passes stays as it is. Returns whether the item passes afterwards.
    pub fn make_pass(&self, item: &mut Item, ids: Ids<'_>) -> bool {
        if self.test(item, ids) {
            return true;
        }
        self.root.assign(item, ids);
        // One term's assignment may have undone another's.
        self.test(item, ids)
    }

    /// The fields that it looks at or assigns, each as often as it is mentioned.
    pub fn fields(&self) -> Vec<FieldId> {
        let mut fields = Vec::new();
        self.root.each_term(&mut |term| {
            if let Slot::Field(id) = term.slot {
                fields.push(id);
            }
        });
        fields
    }
}

impl Node {
    fn is_everything(&self) -> bool {
        matches!(self, Node::All(parts) if parts.iter().all(Node::is_everything))
    }

    fn passes(&self, item: &Item, ids: Ids<'_>) -> bool {
        match self {
            Node::All(parts) => parts.iter().all(|part| part.passes(item, ids)),
            Node::Any(parts) => parts.iter().any(|part| part.passes(item, ids)),
            Node::Term(term) => term.passes(item, ids),
            Node::Never => false,
        }
    }

    /// Assigns until this part passes; whether it does. All parts of an "and" get their turn even if one of them
    /// cannot be helped; of an "or" the first that passes is enough.
    fn assign(&self, item: &mut Item, ids: Ids<'_>) -> bool {
        match self {
            Node::All(parts) => {
                let mut all = true;
                for part in parts {
                    all &= part.assign(item, ids);
                }
                all
            }
            Node::Any(parts) => parts.iter().any(|part| part.assign(item, ids)),
            Node::Term(term) => {
                if term.passes(item, ids) {
                    return true;
                }
                let (Slot::Field(id), Some(value)) = (term.slot, &term.assign) else { return false };
                item.set(id, value.clone());
                term.passes(item, ids)
            }
            Node::Never => false,
        }
    }

    pub(super) fn each_term(&self, visit: &mut impl FnMut(&Term)) {
        match self {
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| part.each_term(visit)),
            Node::Term(term) => visit(term),
            Node::Never => {}
        }
    }
}

impl Term {
    fn passes(&self, item: &Item, ids: Ids<'_>) -> bool {
        match self.slot {
            Slot::Field(id) => self.value_passes(item.get(id)),
            Slot::LocalId => self.id_passes(ids.local),
            Slot::RemoteId => self.id_passes(ids.remote),
        }
    }

    pub(super) fn value_passes(&self, value: &Value) -> bool {
        let meets = match (self.test, value) {
            (Test::Empty, value) => value.is_empty(),
            (Test::NotAssigned, value) => !value.is_assigned(),
            (_, Value::Unassigned) => return false,
            (_, Value::Array(elements)) if elements.is_empty() => self.meets(&Value::Empty),
            (_, Value::Array(elements)) => elements.iter().any(|element| self.meets(element)),
            (_, value) => self.meets(value),
        };
        meets != self.negated
    }

    fn meets(&self, value: &Value) -> bool {
        match (self.test, value) {
            (_, Value::Unassigned) => false,
            (Test::Contains, value) => contains(value, &self.constant, self.manner),
            (test, value) => test.accepts(order(value, &self.constant, self.manner)),
        }
    }

    fn id_passes(&self, id: &str) -> bool {
        let meets = match (self.test, &self.constant) {
            (Test::Empty, _) => id.is_empty(),
            (Test::NotAssigned, _) => false,
            (Test::Contains, constant) => contains_text(id, constant, self.manner),
            (test, Constant::Text(wanted)) => test.accepts(Some(order_text(id, wanted, self.manner))),
            _ => false,
        };
        meets != self.negated
    }
}

impl Test {
    /// Whether a value in this order to the constant passes. What cannot be compared is neither equal nor on one
    /// side, but not on the other side either.
    fn accepts(self, order: Option<Ordering>) -> bool {
        match self {
            Test::Equal => order == Some(Ordering::Equal),
            Test::Less => order == Some(Ordering::Less),
            Test::LessOrEqual => order != Some(Ordering::Greater),
            Test::Greater => order == Some(Ordering::Greater),
            Test::GreaterOrEqual => order != Some(Ordering::Less),
            Test::Contains | Test::Empty | Test::NotAssigned => false,
        }
    }
}
