//! Values taken apart at their separators, and their escapes resolved (RFC 2426 section 5, vCard 2.1
//! section 2.1.4.1), and parameter values taken apart at commas.

use std::borrow::Cow;

use syncloom_config::MimeMode;
use syncloom_script::text::trimmed;

/// What separates the values of a property.
#[derive(Debug)]
pub(crate) struct Separators {
    all: Vec<char>,
    /// What a value may end at: the bytes that they begin with, and that of an escape.
    marks: [u8; 3],
}

impl Separators {
    /// Of one or two; of none where the property has one value.
    pub fn new(all: Vec<char>) -> Separators {
        let mut marks = [ESCAPE; 3];
        for (mark, separator) in marks.iter_mut().zip(&all) {
            *mark = separator.encode_utf8(&mut [0; 4]).as_bytes()[0];
        }
        Separators { all, marks }
    }

    pub fn as_slice(&self) -> &[char] {
        &self.all
    }
}

/// What takes its meaning from the character behind it.
const ESCAPE: u8 = b'\\';

/// The next value of a text, its escapes still in it, and what follows its separator; `None` behind the last one.
pub(super) fn cut<'t>(text: &'t str, separators: &Separators) -> (&'t str, Option<&'t str>) {
    let bytes = text.as_bytes();
    let [first, second, third] = separators.marks;
    let is_mark = |byte: &u8| *byte == first || *byte == second || *byte == third;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(is_mark)) {
        at += found;
        match bytes[at] {
            // What stands behind it is no separator.
            ESCAPE => at += 2,
            byte if byte.is_ascii() => return (&text[..at], Some(&text[at + 1..])),
            _ => match text[at..].strip_prefix(separators.as_slice()) {
                Some(rest) => return (&text[..at], Some(rest)),
                None => at += 1,
            },
        }
    }
    (text, None)
}

/// The next value of a text without its escapes, and what follows its separator.
pub(crate) fn next_value<'t>(
    text: &'t str,
    separators: &Separators,
    mode: MimeMode,
) -> (String, Option<&'t str>) {
    let (value, rest) = cut(text, separators);
    (unescaped(value, separators, mode), rest)
}

/// Cuts a text into as many values as there is room for. Says how many they are, and how long they are together: what is
/// left over begins with its separator.
pub(super) fn cut_all<'t>(text: &'t str, separators: &Separators, values: &mut [&'t str]) -> (usize, usize) {
    let (mut found, mut used) = (0, 0);
    let mut rest = Some(text);
    while let Some(left) = rest
        && let Some(value) = values.get_mut(found)
    {
        used = text.len() - left.len();
        (*value, rest) = cut(left, separators);
        used += value.len();
        found += 1;
    }
    (found, used)
}

/// A value without its escapes.
pub(super) fn unescaped(text: &str, separators: &Separators, mode: MimeMode) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(char::from(ESCAPE)) {
        let mut behind = behind.chars();
        value.push_str(before);
        let next = behind.next();
        // The old dialect has no further escapes: a backslash is a backslash.
        let is_escape = |next: char| {
            mode == MimeMode::Standard || matches!(next, ';' | ',' | '\\') || separators.all.contains(&next)
        };
        if !next.is_some_and(is_escape) {
            value.push(char::from(ESCAPE));
        }
        value.extend(next.map(|next| match next {
            'n' | 'N' if mode == MimeMode::Standard => '\n',
            next => next,
        }));
        rest = behind.as_str();
    }
    value.push_str(rest);
    value
}

/// Whether there are escapes in a text.
pub(super) fn has_escapes(text: &str) -> bool {
    memchr::memchr(ESCAPE, text.as_bytes()).is_some()
}

/// The parts of a parameter value at its commas, with the flag whether a part was quoted. Quotes are off.
pub(super) fn parameter_parts(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let quoted = text.strip_prefix('"').and_then(|inner| {
            let (part, after) = inner.split_once('"')?;
            (after.is_empty() || after.starts_with(',')).then_some((part, after))
        });
        let (part, after) = quoted.unwrap_or_else(|| {
            text.split_at(text.bytes().position(|byte| byte == b',').unwrap_or(text.len()))
        });
        rest = after.strip_prefix(',');
        Some(if quoted.is_some() { (part, true) } else { (trimmed(part), false) })
    })
}

/// Bytes as text without white space at its ends.
pub(super) fn trimmed_lossy(bytes: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => Cow::Borrowed(trimmed(text)),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, separators: &[char], mode: MimeMode) -> Vec<String> {
        let separators = Separators::new(separators.to_vec());
        let mut values = Vec::new();
        let mut rest = Some(text);
        while let Some(text) = rest {
            let (value, next) = cut(text, &separators);
            values.push(unescaped(value, &separators, mode));
            rest = next;
        }
        values
    }

    #[test]
    fn standard_escapes() {
        let split = |text| split(text, &[';'], MimeMode::Standard);
        assert_eq!(split(r"a\;b;c\,d\\\nq\Nr\xy;;"), ["a;b", "c,d\\\nq\nrxy", "", ""]);
        assert_eq!(split(r"end\"), [r"end\"]);
    }

    #[test]
    fn the_old_dialect_escapes_separators_and_backslashes_alone() {
        let separated = |text| split(text, &[';'], MimeMode::Old);
        assert_eq!(separated(r"a\;b;c\,d\\e;C:\new"), ["a;b", r"c,d\e", r"C:\new"]);
        assert_eq!(split(r"a\|b|c", &['|'], MimeMode::Old), ["a|b", "c"]);
        assert_eq!(split(r"a\üb;üc;\ü", &['ü'], MimeMode::Old), ["aüb;", "c;ü"]);
        assert_eq!(split("aéüb;c", &['ü', ';'], MimeMode::Old), ["aé", "b", "c"]);
    }

    #[test]
    fn without_separators_there_is_one_value() {
        assert_eq!(split("a;b,c", &[], MimeMode::Standard), ["a;b,c"]);
    }

    #[test]
    fn parameter_values() {
        let parameter_parts = |text| parameter_parts(text).collect::<Vec<_>>();
        assert_eq!(parameter_parts("a, b,\"c,d\""), [("a", false), ("b", false), ("c,d", true)]);
        assert_eq!(parameter_parts("\"WORK\",\"FAX\""), [("WORK", true), ("FAX", true)]);
        assert_eq!(parameter_parts("\"open,b"), [("\"open", false), ("b", false)]);
        assert_eq!(parameter_parts(""), [("", false)]);
    }
}
