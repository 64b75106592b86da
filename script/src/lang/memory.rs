//! Where values stand: the stack and the items, read and written by place.

use super::code::Operand;
use super::error::Fault;
use super::host::Env;
use super::kind::Kind;
use super::val::{Place, Side, Val, View};
use crate::fields::FieldId;
use crate::item::{Item, MAX_ARRAY_INDEX};
use crate::value::Value;

/// Texts up to this many bytes are not counted: there can't be enough of them to matter.
pub const MAX_UNCOUNTED: usize = 1 << 14;

/// The items of a run, to read.
pub struct Items<'a> {
    target: Option<&'a Item>,
    reference: Option<&'a Item>,
}

impl<'a> Items<'a> {
    /// Those of the environment.
    pub fn of(env: &'a Env<'_>) -> Items<'a> {
        Items { target: env.items.target.get(), reference: env.items.reference.get() }
    }

    /// One of them, which must be there.
    pub fn get(&self, side: Side) -> Result<&'a Item, Fault> {
        match side {
            Side::Target => self.target,
            Side::Reference => self.reference,
        }
        .ok_or(Fault::NoItem)
    }

    fn field(&self, side: Side, field: u16) -> Option<(&'a Value, Kind)> {
        let item = self.get(side).ok()?;
        let kind = item.list().get(FieldId(field))?.kind.into();
        Some((item.get(FieldId(field)), kind))
    }
}

/// The value at an operand.
pub fn view<'a>(
    stack: &'a [Val],
    base: usize,
    constants: &'a [Val],
    items: &Items<'a>,
    operand: Operand,
) -> View<'a> {
    match operand {
        Operand::Slot(slot) => stack[base + slot as usize].view(),
        Operand::Const(number) => constants[number as usize].view(),
        Operand::Ref(slot) => match stack[base + slot as usize] {
            Val::Place(place) => view_place(stack, items, place),
            ref value => value.view(),
        },
        Operand::Field(side, field) => view_place(stack, items, Place::Field(side, field)),
    }
}

/// The value at a place. What isn't there, because there is no item, is not assigned.
pub fn view_place<'a>(stack: &'a [Val], items: &Items<'a>, place: Place) -> View<'a> {
    let nothing = View::Unassigned(Kind::None);
    match place {
        Place::Slot(slot) => stack.get(slot as usize).map_or(nothing, Val::view),
        Place::Element(slot, index) => match stack.get(slot as usize) {
            Some(Val::Array(kind, elements)) => {
                elements.get(index as usize).map_or(View::Unassigned(*kind), Val::view)
            }
            _ => nothing,
        },
        Place::Field(side, field) => match items.field(side, field) {
            Some((Value::Array(elements), _)) => View::Array { empty: elements.is_empty() },
            Some(_) if is_array(items, side, field) => View::Array { empty: true },
            Some((value, kind)) => View::of(value, kind),
            None => nothing,
        },
        Place::FieldElement(side, field, index) => match items.field(side, field) {
            Some((value, kind)) => value
                .elements()
                .get(index as usize)
                .map_or(View::Unassigned(kind), |element| View::of(element, kind)),
            None => nothing,
        },
    }
}

/// The value at a place, arrays with all their elements.
pub fn load(stack: &[Val], items: &Items<'_>, place: Place) -> Val {
    match place {
        Place::Slot(slot) => match stack.get(slot as usize) {
            Some(Val::Place(place)) => load(stack, items, *place),
            Some(value) => value.clone(),
            None => Val::Unassigned(Kind::None),
        },
        Place::Field(side, field) if is_array(items, side, field) => match items.field(side, field) {
            Some((value @ Value::Array(_), kind)) => Val::from_value(value, kind),
            Some((_, kind)) => Val::Array(kind, Vec::new()),
            None => Val::Unassigned(Kind::None),
        },
        place => view_place(stack, items, place).to_val(),
    }
}

fn is_array(items: &Items<'_>, side: Side, field: u16) -> bool {
    items.get(side).is_ok_and(|item| item.is_array(FieldId(field)))
}

/// Whether the variable or field at a place is an array, and how many elements it has.
pub fn array_length(stack: &[Val], items: &Items<'_>, place: Place) -> Option<usize> {
    match place {
        Place::Slot(slot) => match stack.get(slot as usize) {
            Some(Val::Array(_, elements)) => Some(elements.len()),
            _ => None,
        },
        Place::Field(side, field) if is_array(items, side, field) => {
            items.field(side, field).map(|(value, _)| value.elements().len())
        }
        _ => None,
    }
}

/// The type of the variable, field or elements at a place.
pub fn kind(stack: &[Val], items: &Items<'_>, place: Place) -> Kind {
    match place {
        Place::Slot(slot) | Place::Element(slot, _) => match stack.get(slot as usize) {
            Some(Val::Array(kind, _)) => *kind,
            Some(value) => value.view().kind(),
            None => Kind::None,
        },
        Place::Field(side, field) | Place::FieldElement(side, field, _) => {
            items.field(side, field).map_or(Kind::None, |(_, kind)| kind)
        }
    }
}

/// A value as an array takes it: an array's elements, a value as the only one, nothing as none.
pub fn as_array(value: Val, kind: Kind) -> Val {
    let elements = match value {
        Val::Array(from, elements) if from == kind => elements,
        Val::Array(_, elements) => elements.iter().map(|element| element.view().assigned_to(kind)).collect(),
        Val::Unassigned(_) | Val::Empty(_) | Val::Place(_) => Vec::new(),
        value => vec![convert(value, kind)],
    };
    Val::Array(kind, elements)
}

fn convert(value: Val, kind: Kind) -> Val {
    match value {
        Val::Text(from, text) if kind.is_text() && from != kind => Val::Text(kind, text),
        value if value.view().kind() == kind => value,
        value => value.view().assigned_to(kind),
    }
}

/// Writes a value to a place, in the type of what stands there.
pub fn write(stack: &mut [Val], env: &mut Env<'_>, place: Place, value: Val) -> Result<(), Fault> {
    let kind = kind(stack, &Items::of(env), place);
    match place {
        Place::Slot(slot) => {
            if let Some(to) = stack.get_mut(slot as usize) {
                *to = if matches!(to, Val::Array(..)) { as_array(value, kind) } else { convert(value, kind) };
            }
            Ok(())
        }
        Place::Element(slot, index) => {
            if let Some(Val::Array(_, elements)) = stack.get_mut(slot as usize) {
                grow(elements, index as usize, Val::Unassigned(kind));
                elements[index as usize] = convert(value, kind);
            }
            Ok(())
        }
        Place::Field(side, field) => {
            let item = env.item_mut(side)?;
            let value = match item.is_array(FieldId(field)) {
                true => as_array(value, kind),
                false => convert(value, kind),
            };
            item.set(FieldId(field), value.into_value());
            Ok(())
        }
        Place::FieldElement(side, field, index) => {
            let value = convert(value, kind).into_value();
            env.item_mut(side)?.set_at(FieldId(field), index as usize, value);
            Ok(())
        }
    }
}

/// Writes a text to a place; where text stood, that comes back, so that its room can be used again.
pub fn write_text(
    stack: &mut [Val],
    env: &mut Env<'_>,
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
        _ => write(stack, env, place, Val::Text(Kind::String, text.clone())),
    }
}

fn grow(elements: &mut Vec<Val>, index: usize, fresh: Val) {
    if elements.len() <= index {
        elements.resize(index + 1, fresh);
    }
}

/// The place of an element of the array at a place. Reading beyond its end makes the array grow, as writing does;
/// an array field of an item that may not be changed stays as it is.
pub fn element(stack: &mut [Val], env: &mut Env<'_>, place: Place, index: i64) -> Result<Place, Fault> {
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
        Place::Field(side, field) => {
            let length = Items::of(env).get(side)?.get(FieldId(field)).elements().len();
            if length <= number as usize
                && let Ok(item) = env.item_mut(side)
            {
                item.set_at(FieldId(field), number as usize, Value::Unassigned);
            }
            Ok(Place::FieldElement(side, field, number))
        }
        Place::Element(..) | Place::FieldElement(..) => Err(Fault::ArrayIndex(index)),
    }
}

/// Takes the text at a place out, to be given back longer. What is no text is turned into it.
pub fn take_text(stack: &mut [Val], env: &mut Env<'_>, place: Place) -> Result<String, Fault> {
    match place {
        Place::Slot(slot) => Ok(match stack.get_mut(slot as usize) {
            Some(Val::Text(_, text)) => std::mem::take(text),
            Some(value) => value.view().text().into_owned(),
            None => String::new(),
        }),
        Place::Field(side, field) => {
            let item = env.item_mut(side)?;
            Ok(match item.get_mut(FieldId(field)) {
                Some(Value::Text(text)) => std::mem::take(text).into(),
                Some(value) => value.to_text(),
                None => String::new(),
            })
        }
        place => Ok(view_place(stack, &Items::of(env), place).text().into_owned()),
    }
}

/// Gives back what [`take_text`] took.
pub fn give_text(stack: &mut [Val], env: &mut Env<'_>, place: Place, text: String) -> Result<(), Fault> {
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
        Place::Field(side, field) => {
            let item = env.item_mut(side)?;
            item.set(FieldId(field), if text.is_empty() { Value::Empty } else { Value::Text(text.into()) });
            Ok(())
        }
        place => write(stack, env, place, Val::Text(Kind::String, text)),
    }
}
