//! The values of the config language: booleans, numbers, C-strings (manual 3.4).
//!
//! Not its job: which tag takes which value (`tags`), and variables (`variables`).

use std::net::IpAddr;
use std::ops::Range;

use crate::tags::Kind;

/// A boolean in any of its spellings.
pub fn boolean(text: &str) -> Option<bool> {
    let is = |word: &str| word.eq_ignore_ascii_case(text.trim());
    if TRUE.iter().any(|word| is(word)) {
        Some(true)
    } else if FALSE.iter().any(|word| is(word)) {
        Some(false)
    } else {
        None
    }
}

const TRUE: &[&str] = &["yes", "true", "on", "1"];
const FALSE: &[&str] = &["no", "false", "off", "0"];

/// All spellings of booleans.
pub(crate) fn boolean_words() -> impl Iterator<Item = &'static str> {
    TRUE.iter().chain(FALSE).copied()
}

/// A number, decimal or in hexadecimal after `0x`, perhaps with a sign.
pub fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => i64::from_str_radix(hex, 16).ok()?,
        None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    Some(if negative { -number } else { number })
}

/// Text with escapes as in C. The error is where the text has a backslash that begins none.
pub fn c_string(text: &str) -> Result<String, Range<usize>> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '\n', '\r']) {
        out.push_str(&rest[..at]);
        let begin = text.len() - rest.len() + at;
        rest = &rest[at..];
        let Some(escape) = rest.strip_prefix('\\') else {
            // Line ends of the file are no part of the string.
            rest = &rest[1..];
            continue;
        };
        let (c, length) = match escape.chars().next() {
            Some('t') => ('\t', 1),
            Some('r') => ('\r', 1),
            Some('n') => ('\n', 1),
            Some('\\') => ('\\', 1),
            Some('x') => {
                let digits = escape.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match digits {
                    Some(byte) => (char::from(byte), 3),
                    None => return Err(begin..begin + 2),
                }
            }
            Some(other) => return Err(begin..begin + 1 + other.len_utf8()),
            None => return Err(begin..begin + 1),
        };
        out.push(c);
        rest = &escape[length..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Whether a text is a value of this kind. Names, scripts and SQL are not looked into.
pub fn fits(kind: Kind, text: &str) -> bool {
    let word = text.trim();
    let in_range = |min: i64, max: i64| integer(word).is_some_and(|n| (min..=max).contains(&n));
    let one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    match kind {
        Kind::Boolean => boolean(word).is_some(),
        Kind::Tristate => boolean(word).is_some() || word.eq_ignore_ascii_case("unspecified"),
        Kind::Integer { min, max } => in_range(min, max),
        Kind::IntegerOr { min, max, words } => in_range(min, max) || one_of(words),
        Kind::Enum(words) => one_of(words),
        Kind::Character(words) => text.chars().count() == 1 || one_of(words),
        Kind::CText => c_string(word).is_ok(),
        Kind::Address => word.parse::<IpAddr>().is_ok(),
        Kind::Timestamp => timestamp(word),
        _ => true,
    }
}

/// Whether a text is a date, or a date with a time, as ISO 8601 writes them.
fn timestamp(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.bytes().all(|b| b.is_ascii_digit() || b"-:TtZz+.".contains(&b)) && (8..=22).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_have_eight_spellings_in_any_case() {
        for word in ["yes", "True", "ON", "1", " yes "] {
            assert_eq!(boolean(word), Some(true), "{word}");
        }
        for word in ["no", "False", "OFF", "0"] {
            assert_eq!(boolean(word), Some(false), "{word}");
        }
        for word in ["", "y", "nope", "2", "00"] {
            assert_eq!(boolean(word), None, "{word}");
        }
    }

    #[test]
    fn numbers_are_decimal_or_hexadecimal() {
        assert_eq!(integer(" 42 "), Some(42));
        assert_eq!(integer("0xFFFF"), Some(65535));
        assert_eq!(integer("-0x10"), Some(-16));
        assert_eq!(integer("+7"), Some(7));
        for text in ["", "-", "0x", "1.5", "12a", "--1", "0x-1", "99999999999999999999", "x1"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn c_strings() {
        assert_eq!(c_string(r"a\tb\r\n\\\x41\xe4").unwrap(), "a\tb\r\n\\Aä");
        assert_eq!(c_string("one\r\n  two\nthree").unwrap(), "one  twothree");
        assert_eq!(c_string(r"ab\q"), Err(2..4));
        assert_eq!(c_string(r"ab\"), Err(2..3));
        assert_eq!(c_string(r"\xG1"), Err(0..2));
        assert_eq!(c_string(r"\xä"), Err(0..2));
    }

    #[test]
    fn kinds_tell_what_fits() {
        assert!(fits(Kind::Tristate, "Unspecified") && !fits(Kind::Tristate, "maybe"));
        assert!(
            fits(Kind::Integer { min: 1, max: 9 }, "0x9") && !fits(Kind::Integer { min: 1, max: 9 }, "10")
        );
        assert!(fits(Kind::IntegerOr { min: 1, max: 9, words: &["list"] }, "LIST"));
        assert!(fits(Kind::Character(&["lines"]), " ") && !fits(Kind::Character(&["lines"]), "ab"));
        assert!(fits(Kind::Address, "::1") && !fits(Kind::Address, "localhost"));
        assert!(fits(Kind::Timestamp, "2003-11-02T10:00:00Z") && !fits(Kind::Timestamp, "yesterday"));
        assert!(fits(Kind::CText, "\\t") && !fits(Kind::CText, "\\"));
    }
}
