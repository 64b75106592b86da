//! The value of a field or script variable.

use compact_str::CompactString;

use crate::fields::FieldType;
use crate::time::{Timestamp, TimestampKind};

/// A value. Line ends inside text are a single `\n`; formats and stores convert at their own border.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing is known of this field: the peer did not mention it.
    #[default]
    Unassigned,
    /// Known to have no value.
    Empty,
    /// Text: most texts of items are short, and those stand in the value itself.
    Text(CompactString),
    /// A number.
    Integer(i64),
    /// A point in time, a date or a time.
    Timestamp(Timestamp),
    /// Bytes.
    Blob(Vec<u8>),
    /// The elements of an array field.
    Array(Vec<Value>),
}

impl Value {
    /// Text as a value of the given type: parsed where the type is a number or a time, and `Empty` where it
    /// holds nothing of the type. Text that is no number reads as the digits it starts with, as in the
    /// script language (manual 6.6).
    pub fn from_text(text: &str, kind: FieldType) -> Value {
        if text.is_empty() {
            return Value::Empty;
        }
        match kind {
            FieldType::String | FieldType::Multiline | FieldType::Telephone => Value::Text(text.into()),
            FieldType::Url => Value::Text(with_scheme(text)),
            FieldType::Integer => leading_integer(text).map_or(Value::Empty, Value::Integer),
            FieldType::Timestamp => Timestamp::parse(text).map_or(Value::Empty, Value::Timestamp),
            // A length of time has no day.
            FieldType::Date => Timestamp::parse(text)
                .filter(|time| time.kind() != TimestampKind::Duration)
                .map_or(Value::Empty, |time| Value::Timestamp(time.date_only())),
            FieldType::Blob => Value::Blob(text.as_bytes().to_vec()),
        }
    }

    /// Whether there is nothing in it; what is not assigned is empty too.
    #[inline]
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Unassigned | Value::Empty => true,
            Value::Text(text) => text.is_empty(),
            Value::Blob(bytes) => bytes.is_empty(),
            Value::Array(elements) => elements.iter().all(Value::is_empty),
            Value::Integer(_) | Value::Timestamp(_) => false,
        }
    }

    /// Whether anything is known of it.
    pub fn is_assigned(&self) -> bool {
        !matches!(self, Value::Unassigned)
    }

    /// Its text, where it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its elements, where it is an array.
    pub fn elements(&self) -> &[Value] {
        match self {
            Value::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The value in text form: numbers in decimal, times as ISO 8601, bytes as the text they spell.
    pub fn to_text(&self) -> String {
        match self {
            Value::Unassigned | Value::Empty => String::new(),
            Value::Text(text) => text.as_str().to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Timestamp(time) => time.to_iso8601(),
            Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Value::Array(elements) => elements.first().map(Value::to_text).unwrap_or_default(),
        }
    }

    /// The value as a number: the digits that its text starts with, or nothing.
    pub fn to_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            Value::Text(text) => leading_integer(text),
            _ => None,
        }
    }
}

/// A web address as people type it gets the scheme that they leave out (manual 10.2, type `url`).
fn with_scheme(text: &str) -> CompactString {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let has_scheme = !scheme.is_empty()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !text[scheme.len() + 1..].starts_with(|c: char| c.is_ascii_digit());
    if has_scheme { text.into() } else { format!("http://{text}").into() }
}

fn leading_integer(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1i64, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let mut number = 0i64;
    for digit in digits[..end].bytes() {
        number = number.saturating_mul(10).saturating_add(i64::from(digit - b'0') * sign);
    }
    (end > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_the_type_of_its_field() {
        assert_eq!(Value::from_text("12abc", FieldType::Integer), Value::Integer(12));
        assert_eq!(Value::from_text("-9223372036854775808", FieldType::Integer), Value::Integer(i64::MIN));
        assert_eq!(Value::from_text("none", FieldType::Integer), Value::Empty);
        assert_eq!(Value::from_text("", FieldType::String), Value::Empty);
        assert_eq!(Value::from_text("19700401T235900", FieldType::Date).to_text(), "19700401");
        assert_eq!(Value::from_text("PT1H", FieldType::Date), Value::Empty);
    }

    #[test]
    fn a_url_gets_its_scheme_once() {
        for (typed, stored) in [
            ("www.example.org", "http://www.example.org"),
            ("example.org:8080/x", "http://example.org:8080/x"),
            ("ftp://example.org", "ftp://example.org"),
            ("mailto:a@example.org", "mailto:a@example.org"),
        ] {
            assert_eq!(Value::from_text(typed, FieldType::Url), Value::Text(stored.into()));
        }
    }

    #[test]
    fn an_array_of_empty_elements_is_empty() {
        assert!(Value::Array(vec![Value::Empty, Value::Unassigned]).is_empty());
        assert!(!Value::Array(vec![Value::Empty, Value::Integer(0)]).is_empty());
    }
}
