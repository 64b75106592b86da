//! The values that a running script works with: values of fields together with their type.
//!
//! [`Val`] owns, [`View`] borrows: a field of an item is read as a view, so that no text is copied that is only
//! looked at. Not its job: what operators make of values (`ops`).

use std::borrow::Cow;

use super::MAX_TEXT;
use super::clock;
use super::error::Fault;
use super::kind::Kind;
use crate::digits::push_integer;
use crate::fields::{FieldId, FieldList, FieldType};
use crate::time::Timestamp;
use crate::value::Value;

/// A value of a known type, or an array, or (inside the machine alone) the place of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// Never given a value, not even an empty one.
    Unassigned(Kind),
    /// Given no value.
    Empty(Kind),
    /// A number.
    Integer(i64),
    /// Text, of one of the text types.
    Text(Kind, String),
    /// A time, as a timestamp or a date.
    Time(Kind, Timestamp),
    /// Bytes.
    Blob(Vec<u8>),
    /// An array of elements of one type.
    Array(Kind, Vec<Val>),
    /// Where the variable stands that a by-reference parameter means.
    Place(Place),
}

/// Which of the two items of a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// TARGET, NEW, WINNING.
    Target,
    /// REFERENCE, OLD, LOOSING.
    Reference,
}

/// A field of an item, with what the item's list says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldPlace {
    /// Of which item.
    pub side: Side,
    /// Which field.
    pub id: FieldId,
    /// Its type, or that of its elements.
    pub kind: Kind,
    /// Whether it is an array.
    pub array: bool,
}

impl FieldPlace {
    /// The field of a list that is the list of the item of this side.
    pub fn of(side: Side, list: &FieldList, id: FieldId) -> Option<FieldPlace> {
        list.get(id).map(|field| FieldPlace { side, id, kind: field.kind.into(), array: field.array })
    }
}

/// Where a variable, a field, or an element of one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A place on the stack, counted from its bottom.
    Slot(u32),
    /// An element of the array there.
    Element(u32, u32),
    /// A field of an item.
    Field(FieldPlace),
    /// An element of an array field.
    FieldElement(FieldPlace, u32),
}

/// A value to look at.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// See [`Val::Unassigned`].
    Unassigned(Kind),
    /// See [`Val::Empty`].
    Empty(Kind),
    /// A number.
    Integer(i64),
    /// Text.
    Text(Kind, &'a str),
    /// A time.
    Time(Kind, &'a Timestamp),
    /// Bytes.
    Blob(&'a [u8]),
    /// A whole array: as a value it has no type and no content, but it is empty or not.
    Array {
        /// Whether it has none.
        empty: bool,
    },
}

impl Val {
    /// To look at.
    #[inline]
    pub fn view(&self) -> View<'_> {
        match self {
            Val::Unassigned(kind) => View::Unassigned(*kind),
            Val::Empty(kind) => View::Empty(*kind),
            Val::Integer(number) => View::Integer(*number),
            Val::Text(kind, text) => View::Text(*kind, text),
            Val::Time(kind, time) => View::Time(*kind, time),
            Val::Blob(bytes) => View::Blob(bytes),
            Val::Array(_, elements) => View::Array { empty: elements.is_empty() },
            // Places are followed before they are looked at.
            Val::Place(_) => View::Unassigned(Kind::None),
        }
    }

    /// In this type, by what assigning it makes of it.
    pub fn converted_to(self, kind: Kind) -> Val {
        match self {
            Val::Text(_, text) if kind.is_text() => Val::Text(kind, text),
            value if value.view().kind() == kind => value,
            value => value.view().assigned_to(kind),
        }
    }

    /// A variable of a type that nothing was assigned to.
    pub fn fresh(kind: Kind, array: bool) -> Val {
        if array { Val::Array(kind, Vec::new()) } else { Val::Unassigned(kind) }
    }

    /// As an item or a host takes it.
    pub fn into_value(self) -> Value {
        match self {
            Val::Unassigned(_) | Val::Place(_) => Value::Unassigned,
            Val::Empty(_) => Value::Empty,
            Val::Integer(number) => Value::Integer(number),
            Val::Text(_, text) if text.is_empty() => Value::Empty,
            Val::Text(_, text) => Value::Text(text.into()),
            Val::Time(_, time) if clock::is_empty(time) => Value::Empty,
            Val::Time(_, time) => Value::Timestamp(time),
            Val::Blob(bytes) => Value::Blob(bytes),
            Val::Array(_, elements) => Value::Array(elements.into_iter().map(Val::into_value).collect()),
        }
    }

    /// A value of a field of this type.
    pub fn from_value(value: &Value, kind: Kind) -> Val {
        match value {
            Value::Array(elements) => {
                Val::Array(kind, elements.iter().map(|element| Val::from_value(element, kind)).collect())
            }
            value => View::of(value, kind).to_val(),
        }
    }

    /// A value that came without a type.
    pub fn untyped(value: Value) -> Val {
        match value {
            Value::Unassigned => Val::Unassigned(Kind::None),
            Value::Empty => Val::Empty(Kind::None),
            Value::Text(text) => Val::Text(Kind::String, text.into()),
            Value::Integer(number) => Val::Integer(number),
            Value::Timestamp(time) => Val::Time(Kind::Timestamp, time),
            Value::Blob(bytes) => Val::Blob(bytes),
            Value::Array(elements) => {
                Val::Array(Kind::String, elements.into_iter().map(Val::untyped).collect())
            }
        }
    }

    /// The bytes that it holds outside of itself, roughly.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Val::Text(_, text) => text.capacity(),
            Val::Blob(bytes) => bytes.capacity(),
            Val::Array(_, elements) => {
                elements.capacity() * size_of::<Val>() + elements.iter().map(Val::weight).sum::<usize>()
            }
            _ => 0,
        }
    }
}

impl<'a> View<'a> {
    /// The value of a field, or of an element of an array field, of this type.
    #[inline]
    pub fn of(value: &'a Value, kind: Kind) -> View<'a> {
        match value {
            Value::Unassigned => View::Unassigned(kind),
            Value::Empty => View::Empty(kind),
            Value::Text(text) if kind.is_text() => View::Text(kind, text),
            Value::Text(text) => View::Text(Kind::String, text),
            Value::Integer(number) => View::Integer(*number),
            Value::Timestamp(time) if kind == Kind::Date => View::Time(Kind::Date, time),
            Value::Timestamp(time) => View::Time(Kind::Timestamp, time),
            Value::Blob(bytes) => View::Blob(bytes),
            Value::Array(elements) => View::Array { empty: elements.is_empty() },
        }
    }

    /// Its type.
    pub fn kind(self) -> Kind {
        match self {
            View::Unassigned(kind) | View::Empty(kind) | View::Text(kind, _) | View::Time(kind, _) => kind,
            View::Integer(_) => Kind::Integer,
            View::Blob(_) => Kind::Blob,
            View::Array { .. } => Kind::None,
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        match self {
            View::Unassigned(_) | View::Empty(_) => true,
            View::Integer(_) => false,
            View::Text(_, text) => text.is_empty(),
            View::Time(_, time) => clock::is_empty(*time),
            View::Blob(bytes) => bytes.is_empty(),
            View::Array { empty } => empty,
        }
    }

    /// Whether it was given a value, be it an empty one.
    pub fn is_assigned(self) -> bool {
        !matches!(self, View::Unassigned(_) | View::Array { empty: true })
    }

    /// As a condition of IF or WHILE: text counts as true unless it is empty (`"0"` too).
    pub fn truth(self) -> bool {
        match self {
            View::Integer(number) => number != 0,
            other => !other.is_empty(),
        }
    }

    /// As a number: text by the number it starts with, a time by its time units, nothing as 0.
    pub fn integer(self) -> i64 {
        match self {
            View::Integer(number) => number,
            View::Text(_, text) => leading_integer(text).unwrap_or(0),
            View::Time(_, time) => time.linear(),
            View::Blob(bytes) => leading_integer(&String::from_utf8_lossy(bytes)).unwrap_or(0),
            View::Unassigned(_) | View::Empty(_) | View::Array { .. } => 0,
        }
    }

    /// As text.
    pub fn text(self) -> Cow<'a, str> {
        match self {
            View::Text(_, text) => Cow::Borrowed(text),
            View::Integer(number) => Cow::Owned(number.to_string()),
            View::Time(kind, time) => Cow::Owned(clock::text(*time, kind)),
            View::Blob(bytes) => String::from_utf8_lossy(bytes),
            View::Unassigned(_) | View::Empty(_) | View::Array { .. } => Cow::Borrowed(""),
        }
    }

    /// As bytes: those of a blob, or of its text.
    pub fn bytes(self) -> Cow<'a, [u8]> {
        match self {
            View::Blob(bytes) => Cow::Borrowed(bytes),
            View::Text(_, text) => Cow::Borrowed(text.as_bytes()),
            other => Cow::Owned(other.text().into_owned().into_bytes()),
        }
    }

    /// A blob of its bytes and those of another value behind them.
    pub fn joined(self, behind: View<'_>) -> Result<Val, Fault> {
        let (mut bytes, behind) = (self.bytes().into_owned(), behind.bytes());
        if bytes.len() + behind.len() > MAX_TEXT {
            return Err(Fault::TextLength);
        }
        bytes.extend_from_slice(&behind);
        Ok(Val::Blob(bytes))
    }

    /// How many bytes its text has.
    pub fn text_length(self) -> usize {
        match self {
            View::Text(_, text) => text.len(),
            View::Blob(bytes) => bytes.len(),
            View::Unassigned(_) | View::Empty(_) => 0,
            other => other.text().len(),
        }
    }

    /// About how many bytes its text has, without making one: numbers and times have few.
    #[inline]
    pub fn size(self) -> usize {
        match self {
            View::Text(_, text) => text.len(),
            View::Blob(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// Appends its text.
    pub fn push_to(self, out: &mut String) {
        match self {
            View::Text(_, text) => out.push_str(text),
            View::Integer(number) => push_integer(out, number),
            other => out.push_str(&other.text()),
        }
    }

    /// As a time: text by what ISO 8601 says of it, a number as none.
    pub fn time(self) -> Option<Timestamp> {
        match self {
            View::Time(_, time) => Some(*time),
            View::Text(_, text) => Timestamp::parse(text),
            _ => None,
        }
    }

    /// As a time, unless it says nothing: the beginning of time is none.
    pub fn stated(self) -> Option<Timestamp> {
        self.time().filter(|time| !clock::is_empty(*time))
    }

    /// To keep.
    pub fn to_val(self) -> Val {
        match self {
            View::Unassigned(kind) => Val::Unassigned(kind),
            View::Empty(kind) => Val::Empty(kind),
            View::Integer(number) => Val::Integer(number),
            View::Text(kind, text) => Val::Text(kind, text.to_owned()),
            View::Time(kind, time) => Val::Time(kind, *time),
            View::Blob(bytes) => Val::Blob(bytes.to_vec()),
            View::Array { empty: true } => Val::Unassigned(Kind::None),
            View::Array { .. } => Val::Empty(Kind::None),
        }
    }

    /// As assigning it to a variable of the type makes it. A number for a time says nothing: time units have
    /// no zone to count in, so that the variable is left unassigned.
    pub fn assigned_to(self, kind: Kind) -> Val {
        match self {
            View::Integer(_) if kind.is_time() => Val::Unassigned(kind),
            other => other.cast_to(kind),
        }
    }

    /// The same for a field.
    pub fn field_value(self, kind: Kind) -> Value {
        match self {
            View::Text(_, text) if kind.is_text() && !text.is_empty() => Value::Text(text.into()),
            View::Integer(number) if kind == Kind::Integer => Value::Integer(number),
            View::Unassigned(_) => Value::Unassigned,
            View::Empty(_) => Value::Empty,
            View::Time(_, time) if kind.is_time() && !clock::is_empty(*time) => Value::Timestamp(*time),
            other => other.assigned_to(kind).into_value(),
        }
    }

    /// As a typecast makes it. The digits of a number are read as the date that they spell.
    pub fn cast_to(self, kind: Kind) -> Val {
        match (self, kind) {
            (view, Kind::None) => view.to_val(),
            (View::Unassigned(_) | View::Array { empty: true }, kind) => Val::Unassigned(kind),
            (View::Empty(_) | View::Array { .. }, kind) => Val::Empty(kind),
            (View::Integer(number), Kind::Integer) => Val::Integer(number),
            (View::Text(_, text), Kind::Integer) => {
                leading_integer(text).map_or(Val::Empty(kind), Val::Integer)
            }
            (view, Kind::Integer) => Val::Integer(view.integer()),
            (View::Time(_, time), Kind::Timestamp | Kind::Date) => Val::Time(kind, *time),
            (view, Kind::Timestamp) => {
                Val::from_value(&Value::from_text(&view.text(), FieldType::Timestamp), kind)
            }
            (view, Kind::Date) => Val::from_value(&Value::from_text(&view.text(), FieldType::Date), kind),
            (view, Kind::Blob) => Val::Blob(view.bytes().into_owned()),
            (view, kind) => Val::Text(kind, view.text().into_owned()),
        }
    }
}

/// The number that a text starts with: decimal with a sign, or `0x` and hexadecimal digits; a lone sign is 0.
pub fn leading_integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let signed = digits.len() < text.len();
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        all => (10, all),
    };
    let mut number = 0i64;
    let mut count = 0;
    for digit in digits.iter().map_while(|byte| char::from(*byte).to_digit(radix)) {
        number = number.wrapping_mul(i64::from(radix)).wrapping_add(i64::from(digit));
        count += 1;
    }
    (count > 0 || (signed && radix == 10)).then_some(if negative { number.wrapping_neg() } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_the_number_it_starts_with() {
        for (text, number) in [
            ("12abc", Some(12)),
            ("-5", Some(-5)),
            ("0x1F", Some(31)),
            ("0x", None),
            ("abc", None),
            (" 12", None),
            ("-", Some(0)),
            ("- 5", Some(0)),
            ("", None),
            ("0xFFFFFFFFFFFFFFFF", Some(-1)),
        ] {
            assert_eq!(leading_integer(text), number, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 7, -1, 1234567890, i64::MIN, i64::MAX] {
            let mut text = String::new();
            push_integer(&mut text, number);
            assert_eq!(text, number.to_string());
        }
    }
}
