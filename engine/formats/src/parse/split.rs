//! Values taken apart at their separators, and their escapes resolved (RFC 2426 section 5, vCard 2.1
//! section 2.1.4.1), and parameter values taken apart at commas.

use std::borrow::Cow;

use syncloom_config::MimeMode;
use syncloom_script::text::trimmed;

/// The next value of `text` and what follows its separator; `None` behind the last one.
#[inline]
pub(crate) fn next_value<'t>(
    text: &'t str,
    separators: &[char],
    mode: MimeMode,
) -> (Cow<'t, str>, Option<&'t str>) {
    // Where no escape stands before it, the next separator ends the value.
    let special = match separators {
        [] => memchr::memchr(b'\\', text.as_bytes()),
        [one] if one.is_ascii() => memchr::memchr2(b'\\', *one as u8, text.as_bytes()),
        [one, other] if one.is_ascii() && other.is_ascii() => {
            memchr::memchr3(b'\\', *one as u8, *other as u8, text.as_bytes())
        }
        _ => Some(0),
    };
    match special {
        None => return (Cow::Borrowed(text), None),
        Some(at) => {
            if let Some((value, rest)) = text.split_at_checked(at)
                && let Some(rest) = rest.strip_prefix(separators)
            {
                return (Cow::Borrowed(value), Some(rest));
            }
        }
    }
    unescaped_value(text, separators, mode)
}

/// The same where an escape may stand in the value.
fn unescaped_value<'t>(
    text: &'t str,
    separators: &[char],
    mode: MimeMode,
) -> (Cow<'t, str>, Option<&'t str>) {
    let mut value = Cow::Borrowed("");
    let mut start = 0;
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        if separators.contains(&c) {
            append(&mut value, &text[start..index]);
            return (value, Some(&text[index + c.len_utf8()..]));
        }
        if c != '\\' {
            continue;
        }
        let Some((next_index, next)) = chars.next() else { break };
        let replaced = match (mode, next) {
            (MimeMode::Standard, 'n' | 'N') => "\n",
            (MimeMode::Standard, _) => &text[next_index..next_index + next.len_utf8()],
            (MimeMode::Old, ';' | ',' | '\\') => &text[next_index..next_index + 1],
            (MimeMode::Old, _) if separators.contains(&next) => {
                &text[next_index..next_index + next.len_utf8()]
            }
            // The old dialect has no further escapes: a backslash is a backslash.
            (MimeMode::Old, _) => continue,
        };
        append(&mut value, &text[start..index]);
        append(&mut value, replaced);
        start = next_index + next.len_utf8();
    }
    append(&mut value, &text[start..]);
    (value, None)
}

fn append<'t>(value: &mut Cow<'t, str>, text: &'t str) {
    if value.is_empty() {
        *value = Cow::Borrowed(text);
    } else if !text.is_empty() {
        value.to_mut().push_str(text);
    }
}

/// The parts of a parameter value at its commas, with the flag whether a part was quoted. Quotes are off.
pub(crate) fn parameter_parts(text: &str) -> impl Iterator<Item = (&str, bool)> {
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
        let mut values = Vec::new();
        let mut rest = Some(text);
        while let Some(text) = rest {
            let (value, next) = next_value(text, separators, mode);
            values.push(value.into_owned());
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
    }

    #[test]
    fn without_separators_there_is_one_value() {
        assert_eq!(split("a;b,c", &[], MimeMode::Standard), ["a;b,c"]);
        assert!(matches!(next_value("plain", &[], MimeMode::Standard).0, Cow::Borrowed("plain")));
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
