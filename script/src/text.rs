//! What of a text counts when it is compared.

use std::borrow::Cow;

use crate::fields::FieldType;

/// The part of a text that counts in comparison, by the type of its field (manual 10.2).
pub fn significant(text: &str, kind: FieldType) -> Cow<'_, str> {
    match kind {
        FieldType::Telephone => {
            let counts = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | '+');
            if text.chars().all(counts) {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(text.chars().filter(|c| counts(*c)).collect())
            }
        }
        FieldType::Multiline => Cow::Borrowed(text.trim_matches(['\r', '\n'])),
        _ => Cow::Borrowed(text),
    }
}
