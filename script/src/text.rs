//! What of a text counts, and what of it when it is compared.

use std::borrow::Cow;

use crate::fields::FieldType;

/// The characters that say nothing at the ends of text of several lines.
pub const LINE_ENDS: [char; 2] = ['\r', '\n'];

/// A text without white space at its ends, which few have.
#[inline]
pub fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Whether a character of a telephone number counts (manual 10.2).
pub fn dials(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '*' | '#' | '+')
}

/// The part of a text that counts in comparison, by the type of its field (manual 10.2).
pub fn significant(text: &str, kind: FieldType) -> Cow<'_, str> {
    match kind {
        FieldType::Telephone => {
            if text.chars().all(dials) {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(text.chars().filter(|c| dials(*c)).collect())
            }
        }
        FieldType::Multiline => Cow::Borrowed(text.trim_matches(LINE_ENDS)),
        _ => Cow::Borrowed(text),
    }
}
