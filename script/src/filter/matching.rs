//! Comparing one value with one constant, without allocating and in time linear in both.
//!
//! Not its job: which value and which constant; see [`super::tree`].

use std::cmp::Ordering;

use crate::fields::FieldType;
use crate::text::{LINE_ENDS, dials, significant};
use crate::time::Timestamp;
use crate::value::Value;

/// A constant, prepared once for the type of its field.
#[derive(Clone, Debug)]
pub(super) enum Constant {
    /// Text, in the form in which values of the type are compared; folded where case does not count.
    Text(Box<str>),
    /// Text to be found as it is.
    Part(Box<str>),
    /// Text to be found in what of the value counts.
    Needle(Needle),
    /// A number.
    Integer(i64),
    /// A time.
    Time(Timestamp),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// No value, for fields that are no text.
    Nothing,
}

/// Of which type a value is compared, and whether case counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) kind: FieldType,
    pub(super) fold: bool,
}

/// A value's order relative to the constant; `None` where they cannot be compared: a floating time and one of a
/// zone, or values of different types. What has no value comes before what has one.
pub(super) fn order(value: &Value, constant: &Constant, manner: Manner) -> Option<Ordering> {
    match (value, constant) {
        (Value::Empty, Constant::Text(wanted)) => Some("".cmp(wanted)),
        (Value::Text(text), Constant::Text(wanted)) => Some(order_text(text, wanted, manner)),
        (value, Constant::Nothing) if value.is_empty() => Some(Ordering::Equal),
        (_, Constant::Nothing) => Some(Ordering::Greater),
        (Value::Integer(number), Constant::Integer(wanted)) => Some(number.cmp(wanted)),
        (Value::Timestamp(time), Constant::Time(wanted)) => time.partial_compare(*wanted),
        (Value::Blob(bytes), Constant::Bytes(wanted)) => Some(bytes.as_slice().cmp(wanted)),
        (value, Constant::Integer(_) | Constant::Time(_) | Constant::Bytes(_)) if value.is_empty() => {
            Some(Ordering::Less)
        }
        (value, Constant::Integer(wanted)) => value.to_integer().map(|number| number.cmp(wanted)),
        _ => None,
    }
}

/// Whether a value contains the constant.
pub(super) fn contains(value: &Value, constant: &Constant, manner: Manner) -> bool {
    match (value, constant) {
        (Value::Blob(bytes), Constant::Needle(needle)) => needle.is_in(bytes.iter().map(|b| char::from(*b))),
        (Value::Text(text), constant) => contains_text(text, constant, manner),
        (value, constant) if value.is_empty() => contains_text("", constant, manner),
        _ => false,
    }
}

pub(super) fn contains_text(text: &str, constant: &Constant, manner: Manner) -> bool {
    match constant {
        Constant::Part(part) => text.contains(&**part),
        Constant::Needle(needle) => match (manner.kind, manner.fold) {
            (FieldType::Telephone, _) => needle.is_in(text.chars().filter(|c| dials(*c))),
            (_, true) => needle.is_in(text.chars().map(fold)),
            (_, false) => needle.is_in(text.chars()),
        },
        _ => false,
    }
}

/// The order of what counts of two texts; the second is prepared already.
pub(super) fn order_text(text: &str, wanted: &str, manner: Manner) -> Ordering {
    match (manner.kind, manner.fold) {
        (FieldType::Telephone, _) => text.chars().filter(|c| dials(*c)).cmp(wanted.chars()),
        (FieldType::Multiline, false) => text.trim_matches(LINE_ENDS).cmp(wanted),
        (FieldType::Multiline, true) => text.trim_matches(LINE_ENDS).chars().map(fold).cmp(wanted.chars()),
        (_, false) => text.cmp(wanted),
        (_, true) => text.chars().map(fold).cmp(wanted.chars()),
    }
}

/// A constant's text in the form that [`order_text`] wants.
pub(super) fn prepared(text: &str, manner: Manner) -> String {
    let significant = significant(text, manner.kind);
    match manner.kind {
        FieldType::Telephone => significant.into_owned(),
        _ => folded(&significant, manner.fold),
    }
}

pub(super) fn folded(text: &str, yes: bool) -> String {
    if yes { text.chars().map(fold).collect() } else { text.to_owned() }
}

/// A character without its case. Characters are folded one by one, and the ASCII letters only among themselves
/// (the Kelvin sign is no `k`), so that a database that folds ASCII alone agrees on every ASCII constant.
pub(super) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) if !lower.is_ascii() => lower,
        _ => c,
    }
}

/// A text to be found in a stream of characters, in one pass over it.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    characters: Box<[char]>,
    /// For every length of what has matched: how much of it still matches once the next character does not.
    back: Box<[usize]>,
}

impl Needle {
    pub(super) fn new(characters: impl Iterator<Item = char>) -> Self {
        let characters: Box<[char]> = characters.collect();
        let mut back = vec![0; characters.len()];
        let mut matched = 0;
        for at in 1..characters.len() {
            while matched > 0 && characters[at] != characters[matched] {
                matched = back[matched - 1];
            }
            matched += usize::from(characters[at] == characters[matched]);
            back[at] = matched;
        }
        Needle { characters, back: back.into() }
    }

    pub(super) fn characters(&self) -> impl Iterator<Item = char> {
        self.characters.iter().copied()
    }

    fn is_in(&self, text: impl Iterator<Item = char>) -> bool {
        let mut matched = 0;
        if self.characters.is_empty() {
            return true;
        }
        for c in text {
            while matched > 0 && self.characters[matched] != c {
                matched = self.back[matched - 1];
            }
            matched += usize::from(self.characters[matched] == c);
            if matched == self.characters.len() {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_finds_what_contains_finds() {
        for needle in ["", "a", "aab", "abab", "ß", "aaa"] {
            for text in ["", "aabaab", "ababab", "aaaab", "aaba", "straße", "abaabaaba"] {
                let found = Needle::new(needle.chars()).is_in(text.chars());
                assert_eq!(found, text.contains(needle), "{needle} in {text}");
            }
        }
    }

    #[test]
    fn ascii_letters_fold_among_themselves_alone() {
        for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
            assert_eq!(fold(c).is_ascii(), c.is_ascii(), "{c:?}");
            assert_eq!(fold(fold(c)), fold(c), "{c:?}");
        }
        assert_eq!(folded("ÄÖÜ Groß", true), "äöü groß");
    }

    #[test]
    fn a_floating_time_is_not_compared_with_a_fixed_one() {
        let manner = Manner { kind: FieldType::Timestamp, fold: false };
        let compare = |value: &str, constant: &str| {
            let time = |text| Timestamp::parse(text).unwrap();
            order(&Value::Timestamp(time(value)), &Constant::Time(time(constant)), manner)
        };
        assert_eq!(compare("20080715T120000Z", "20080715T140000+0200"), Some(Ordering::Equal));
        assert_eq!(compare("20080715T120000", "20080715"), Some(Ordering::Greater));
        assert_eq!(compare("20080715T120000", "20080101T000000Z"), None);
    }
}
