//! Where values stand: the stack and the items, read and written by place.

use super::code::Operand;
use super::error::Fault;
use super::host::ItemPair;
use super::kind::Kind;
use super::val::{FieldPlace, Place, Val, View};
use crate::item::MAX_ARRAY_INDEX;
use crate::value::Value;

/// Texts up to this many bytes are not counted: there can't be enough of them to matter.
pub const MAX_UNCOUNTED: usize = 1 << 14;

/// The value at an operand. Every instruction looks at some, and what it needs of them is less than a whole view: so
/// this becomes part of each.
#[inline(always)]
pub fn view<'a>(
    stack: &'a [Val],
    base: usize,
    constants: &'a [Val],
    items: &'a ItemPair<'_>,
    operand: Operand,
) -> View<'a> {
    match operand {
        Operand::Slot(slot) => stack[base + slot as usize].view(),
        Operand::Const(number) => constants[number as usize].view(),
        Operand::Field(field) => view_field(items, field),
        Operand::Ref(slot) => view_referred(stack, items, base + slot as usize),
    }
}

/// The value that a reference in a slot leads to. Few operands are references: kept apart, they cost the others
/// nothing.
#[inline(never)]
fn view_referred<'a>(stack: &'a [Val], items: &'a ItemPair<'_>, slot: usize) -> View<'a> {
    match stack[slot] {
        Val::Place(place) => view_place(stack, items, place),
        ref value => value.view(),
    }
}

#[inline(always)]
fn view_field<'a>(items: &'a ItemPair<'_>, field: FieldPlace) -> View<'a> {
    let value = items.get(field.side).map_or(&Value::Unassigned, |item| item.get(field.id));
    match value {
        Value::Array(elements) => View::Array { empty: elements.is_empty() },
        _ if field.array => View::Array { empty: true },
        value => View::of(value, field.kind),
    }
}

/// The elements of an array field.
fn elements<'a>(items: &'a ItemPair<'_>, field: FieldPlace) -> &'a [Value] {
    items.get(field.side).map_or(&[], |item| item.get(field.id).elements())
}

/// The value at a place. What isn't there, because there is no item, is not assigned.
pub fn view_place<'a>(stack: &'a [Val], items: &'a ItemPair<'_>, place: Place) -> View<'a> {
    let nothing = View::Unassigned(Kind::None);
    match place {
        Place::Slot(slot) => stack.get(slot as usize).map_or(nothing, Val::view),
        Place::Element(slot, index) => match stack.get(slot as usize) {
            Some(Val::Array(kind, elements)) => {
                elements.get(index as usize).map_or(View::Unassigned(*kind), Val::view)
            }
            _ => nothing,
        },
        Place::Field(field) => view_field(items, field),
        Place::FieldElement(field, index) => elements(items, field)
            .get(index as usize)
            .map_or(View::Unassigned(field.kind), |element| View::of(element, field.kind)),
    }
}

/// The value at a place, arrays with all their elements.
pub fn load(stack: &[Val], items: &ItemPair<'_>, place: Place) -> Val {
    match place {
        Place::Slot(slot) => match stack.get(slot as usize) {
            Some(Val::Place(place)) => load(stack, items, *place),
            Some(value) => value.clone(),
            None => Val::Unassigned(Kind::None),
        },
        Place::Field(field) if field.array => {
            let loaded = |element: &Value| Val::from_value(element, field.kind);
            Val::Array(field.kind, elements(items, field).iter().map(loaded).collect())
        }
        place => view_place(stack, items, place).to_val(),
    }
}

/// Whether the variable or field at a place is an array, and how many elements it has.
pub fn array_length(stack: &[Val], items: &ItemPair<'_>, place: Place) -> Option<usize> {
    match place {
        Place::Slot(slot) => match stack.get(slot as usize) {
            Some(Val::Array(_, elements)) => Some(elements.len()),
            _ => None,
        },
        Place::Field(field) if field.array => Some(elements(items, field).len()),
        _ => None,
    }
}

/// The type of the variable, field or elements at a place.
pub fn kind(stack: &[Val], place: Place) -> Kind {
    match place {
        Place::Slot(slot) | Place::Element(slot, _) => match stack.get(slot as usize) {
            Some(Val::Array(kind, _)) => *kind,
            Some(value) => value.view().kind(),
            None => Kind::None,
        },
        Place::Field(field) | Place::FieldElement(field, _) => field.kind,
    }
}

/// A value as an array takes it: an array's elements, a value as the only one, nothing as none.
pub fn as_array(value: Val, kind: Kind) -> Val {
    let elements = match value {
        Val::Array(from, elements) if from == kind => elements,
        Val::Array(_, elements) => elements.into_iter().map(|element| element.converted_to(kind)).collect(),
        Val::Unassigned(_) | Val::Empty(_) | Val::Place(_) => Vec::new(),
        value => vec![value.converted_to(kind)],
    };
    Val::Array(kind, elements)
}

/// Writes a value to a place, in the type of what stands there.
pub fn write(stack: &mut [Val], items: &mut ItemPair<'_>, place: Place, value: Val) -> Result<(), Fault> {
    let kind = kind(stack, place);
    match place {
        Place::Slot(slot) => {
            if let Some(to) = stack.get_mut(slot as usize) {
                *to = if matches!(to, Val::Array(..)) {
                    as_array(value, kind)
                } else {
                    value.converted_to(kind)
                };
            }
            Ok(())
        }
        Place::Element(slot, index) => {
            if let Some(Val::Array(_, elements)) = stack.get_mut(slot as usize) {
                grow(elements, index as usize, Val::Unassigned(kind));
                elements[index as usize] = value.converted_to(kind);
            }
            Ok(())
        }
        Place::Field(field) => {
            let value = if field.array { as_array(value, kind) } else { value.converted_to(kind) };
            write_field(items, field, value.into_value())
        }
        Place::FieldElement(field, index) => {
            let value = value.converted_to(kind).into_value();
            items.get_mut(field.side)?.set_at(field.id, index as usize, value);
            Ok(())
        }
    }
}

/// Writes a value of a field's type to the field.
#[inline]
pub fn write_field(items: &mut ItemPair<'_>, field: FieldPlace, value: Value) -> Result<(), Fault> {
    if let Some(there) = items.get_mut(field.side)?.get_mut(field.id) {
        *there = value;
    }
    Ok(())
}

/// Writes a text to a place; where text stood, that comes back, so that its room can be used again.
pub fn write_text(
    stack: &mut [Val],
    items: &mut ItemPair<'_>,
    place: Place,
    text: &mut String,
) -> Result<(), Fault> {
    let there = match place {
        Place::Slot(slot) => stack.get_mut(slot as usize),
        Place::Element(slot, index) => match stack.get_mut(slot as usize) {
            Some(Val::Array(_, elements)) => elements.get_mut(index as usize),
            _ => None,
        },
        Place::Field(..) | Place::FieldElement(..) => None,
    };
    match there {
        Some(Val::Text(_, room)) => {
            std::mem::swap(room, text);
            Ok(())
        }
        _ => write(stack, items, place, Val::Text(Kind::String, text.clone())),
    }
}

fn grow(elements: &mut Vec<Val>, index: usize, fresh: Val) {
    if elements.len() <= index {
        elements.resize(index + 1, fresh);
    }
}

/// The place of an element of the array at a place. Reading beyond its end makes the array grow, as writing does;
/// an array field of an item that may not be changed stays as it is.
pub fn element(
    stack: &mut [Val],
    items: &mut ItemPair<'_>,
    place: Place,
    index: i64,
) -> Result<Place, Fault> {
    let number = u32::try_from(index)
        .ok()
        .filter(|number| *number as usize <= MAX_ARRAY_INDEX)
        .ok_or(Fault::ArrayIndex(index))?;
    match place {
        Place::Slot(slot) => {
            if let Some(Val::Array(kind, elements)) = stack.get_mut(slot as usize) {
                let fresh = Val::Unassigned(*kind);
                grow(elements, number as usize, fresh);
            }
            Ok(Place::Element(slot, number))
        }
        Place::Field(field) => {
            let length = items.get(field.side).ok_or(Fault::NoItem)?.get(field.id).elements().len();
            if length <= number as usize
                && let Ok(item) = items.get_mut(field.side)
            {
                item.set_at(field.id, number as usize, Value::Unassigned);
            }
            Ok(Place::FieldElement(field, number))
        }
        Place::Element(..) | Place::FieldElement(..) => Err(Fault::ArrayIndex(index)),
    }
}

/// Takes the text at a place out, to be given back longer. What is no text is turned into it.
pub fn take_text(stack: &mut [Val], items: &mut ItemPair<'_>, place: Place) -> Result<String, Fault> {
    match place {
        Place::Slot(slot) => Ok(match stack.get_mut(slot as usize) {
            Some(Val::Text(_, text)) => std::mem::take(text),
            Some(value) => value.view().text().into_owned(),
            None => String::new(),
        }),
        Place::Field(field) => Ok(match items.get_mut(field.side)?.get_mut(field.id) {
            Some(Value::Text(text)) => std::mem::take(text).into(),
            Some(value) => value.to_text(),
            None => String::new(),
        }),
        place => Ok(view_place(stack, items, place).text().into_owned()),
    }
}

/// Gives back what [`take_text`] took.
pub fn give_text(
    stack: &mut [Val],
    items: &mut ItemPair<'_>,
    place: Place,
    text: String,
) -> Result<(), Fault> {
    match place {
        Place::Slot(slot) => match stack.get_mut(slot as usize) {
            Some(Val::Text(_, room)) => {
                *room = text;
                Ok(())
            }
            Some(value) => {
                *value = Val::Text(value.view().kind(), text);
                Ok(())
            }
            None => Ok(()),
        },
        Place::Field(field) => {
            let value = if text.is_empty() { Value::Empty } else { Value::Text(text.into()) };
            write_field(items, field, value)
        }
        place => write(stack, items, place, Val::Text(Kind::String, text)),
    }
}
