//! Lines of the text: folding, quoted-printable, base 64 (RFC 2425 section 5.8.1, vCard 2.1 section 2.1.3).
//!
//! No sequence of UTF-8 is ever split. Not its job: what stands in a line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest line: octets in the standard dialect, characters in the old one.
const WIDTH: usize = 75;
/// The longest content of a quoted-printable line. There is room for one more escape and the soft break.
const QUOTED_WIDTH: usize = 66;
/// Base 64 digits to a line.
const BASE64_WIDTH: usize = 72;

/// Writes a property in one line.
#[inline]
pub(crate) fn whole(out: &mut Vec<u8>, header: &str, body: &str) {
    out.extend_from_slice(header.as_bytes());
    out.push(b':');
    out.extend_from_slice(body.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Writes a property of the standard dialect. Folded lines begin with a blank, which does not count.
pub(crate) fn standard(out: &mut Vec<u8>, header: &str, body: &str) {
    let mut used = header.len() + 1;
    out.extend_from_slice(header.as_bytes());
    out.push(b':');
    let mut start = 0;
    for (index, c) in body.char_indices() {
        if used + c.len_utf8() > WIDTH {
            out.extend_from_slice(&body.as_bytes()[start..index]);
            out.extend_from_slice(b"\r\n ");
            (start, used) = (index, 0);
        }
        used += c.len_utf8();
    }
    out.extend_from_slice(&body.as_bytes()[start..]);
    out.extend_from_slice(b"\r\n");
}

/// Whether a property is no longer than a line, by its bytes.
pub(crate) fn fits(header: &str, body: &str) -> bool {
    header.len() + 1 + body.len() <= WIDTH
}

/// Writes a property of the old dialect, whose lines are folded before white space. `breaks` come from
/// [`breaks`].
pub(crate) fn old(out: &mut Vec<u8>, header: &str, body: &str, breaks: &[usize]) {
    out.reserve(header.len() + body.len() + 2 * breaks.len() + 3);
    out.extend_from_slice(header.as_bytes());
    out.push(b':');
    let mut start = 0;
    for &end in breaks {
        out.extend_from_slice(&body.as_bytes()[start..end]);
        out.extend_from_slice(b"\r\n");
        start = end;
    }
    out.extend_from_slice(&body.as_bytes()[start..]);
    out.extend_from_slice(b"\r\n");
}

/// Where a body is folded in the old dialect, behind a header of so many characters; `None` where a word is
/// too long for a line.
pub(crate) fn breaks(header: usize, body: &str) -> Option<Vec<usize>> {
    let mut breaks = Vec::new();
    let mut used = header + 1;
    if used + body.len() <= WIDTH {
        return Some(breaks);
    }
    // The last white space of the line, and how much of the line stands before it.
    let mut space: Option<(usize, usize)> = None;
    for (index, c) in body.char_indices() {
        if used >= WIDTH {
            let (at, before) = space.take()?;
            breaks.push(at);
            used -= before;
        }
        if matches!(c, ' ' | '\t') {
            space = Some((index, used));
        }
        used += 1;
    }
    Some(breaks)
}

/// Writes a property as quoted-printable. Every line end of the body is followed by a soft break, so that the
/// lines of the text are those of the value.
pub(crate) fn quoted_printable(out: &mut Vec<u8>, header: &str, body: &str, fold: bool) {
    quoted_printable_by(out, header, body, fold, |c, bytes| {
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    });
}

/// The same in a character set: `encode` adds the bytes of a character.
pub(crate) fn quoted_printable_by(
    out: &mut Vec<u8>,
    header: &str,
    body: &str,
    fold: bool,
    mut encode: impl FnMut(char, &mut Vec<u8>),
) {
    let mut buffer = Vec::with_capacity(4);
    out.extend_from_slice(header.as_bytes());
    out.push(b':');
    let mut used = header.chars().count() + 1;
    let mut at_start = false;
    let mut chars = body.chars();
    loop {
        // What needs no look at its neighbours goes as far as the line does: it is itself in every character set.
        let rest = chars.as_str();
        let room = if fold { QUOTED_WIDTH.saturating_sub(used) } else { rest.len() };
        let plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'=';
        let run = rest.bytes().take(room).take_while(plain).count();
        if let Some((run, rest)) = rest.split_at_checked(run).filter(|(run, _)| !run.is_empty()) {
            out.extend_from_slice(run.as_bytes());
            used += run.len();
            at_start = false;
            chars = rest.chars();
        }
        let Some(c) = chars.next() else { break };
        let next = chars.clone().next();
        buffer.clear();
        match c {
            '\n' => buffer.extend_from_slice(b"\r\n"),
            c => encode(c, &mut buffer),
        }
        let bytes: &[u8] = &buffer;
        // Some readers take a blank at the beginning of a line for a fold, and drop one at its end.
        let is_last = matches!(next, None | Some('\n'));
        let literal = match c {
            ' ' | '\t' => !at_start && !is_last,
            c => {
                c.is_ascii_graphic() && c != '='
                    || !c.is_ascii() && bytes.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'=')
            }
        };
        let length = if literal { bytes.len() } else { 3 * bytes.len() };
        if fold && used + length > QUOTED_WIDTH {
            soft_break(out);
            used = 0;
            at_start = true;
        }
        if literal && !(at_start && matches!(c, ' ' | '\t')) {
            out.extend_from_slice(bytes);
        } else {
            bytes.iter().for_each(|byte| escape(out, *byte));
        }
        used += length;
        at_start = false;
        if c == '\n' && next.is_some() {
            soft_break(out);
            used = 0;
            at_start = true;
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// Writes a property as base 64. In the old dialect a line that looks empty ends it.
pub(crate) fn base64(out: &mut Vec<u8>, header: &str, bytes: &[u8], is_old: bool, fold: bool) {
    out.extend_from_slice(header.as_bytes());
    out.push(b':');
    let mut digits = [0u8; BASE64_WIDTH];
    let mut lines = bytes.chunks(BASE64_WIDTH / 4 * 3);
    let mut encode = |chunk: &[u8], write: &mut dyn FnMut(&[u8])| {
        // The digits of a chunk always have room.
        if let Ok(length) = STANDARD.encode_slice(chunk, &mut digits) {
            write(digits.get(..length).unwrap_or_default());
        }
    };
    if fold {
        // The lines are those of the digits, but the header takes its part of the first.
        out.reserve(bytes.len() / 3 * 4 + bytes.len() / 16 + WIDTH);
        let room = WIDTH.saturating_sub(header.len() + 1);
        encode(lines.next().unwrap_or_default(), &mut |first| {
            let (head, tail) = first.split_at(first.len().min(room));
            out.extend_from_slice(head);
            if !tail.is_empty() {
                out.extend_from_slice(b"\r\n ");
                out.extend_from_slice(tail);
            }
        });
        for line in lines {
            encode(line, &mut |digits| {
                out.extend_from_slice(b"\r\n ");
                out.extend_from_slice(digits);
            });
        }
    } else {
        out.reserve(bytes.len() / 3 * 4 + WIDTH);
        lines.for_each(|line| encode(line, &mut |digits| out.extend_from_slice(digits)));
    }
    out.extend_from_slice(if is_old { b"\r\n \r\n" } else { b"\r\n" });
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'=', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

/// Ends a line whose value goes on. A blank at the end of a line may get lost on its way.
fn soft_break(out: &mut Vec<u8>) {
    if let Some(blank @ (b' ' | b'\t')) = out.last().copied() {
        out.pop();
        escape(out, blank);
    }
    out.extend_from_slice(b"=\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn lengths(text: &str) -> Vec<usize> {
        text.split_terminator("\r\n").map(|line| line.chars().count()).collect()
    }

    #[test]
    fn standard_lines_break_anywhere_but_in_a_character() {
        let text = written(|out| standard(out, "NOTE", &"x".repeat(200)));
        assert_eq!(lengths(&text), [75, 76, 56]);
        let text = written(|out| standard(out, "NOTE", &"€".repeat(60)));
        assert!(text.split("\r\n").all(|line| line.len() <= 76), "{text}");
        assert_eq!(text.replace("\r\n ", ""), format!("NOTE:{}\r\n", "€".repeat(60)));
        let text = written(|out| whole(out, "NOTE", &"x".repeat(200)));
        assert_eq!(lengths(&text), [205]);
    }

    #[test]
    fn old_lines_break_before_white_space() {
        let body = "ü wörd ".repeat(30);
        let breaks = breaks("DESCRIPTION;CHARSET=UTF-8".len(), &body).unwrap();
        let text = written(|out| old(out, "DESCRIPTION;CHARSET=UTF-8", &body, &breaks));
        assert_eq!(lengths(&text)[..3], [74, 72, 70]);
        assert_eq!(text.replace("\r\n", ""), format!("DESCRIPTION;CHARSET=UTF-8:{body}"));
    }

    #[test]
    fn a_word_longer_than_a_line_has_no_breaks() {
        assert_eq!(breaks(4, &"x".repeat(71)), None);
        assert_eq!(breaks(4, &"x".repeat(70)), Some(vec![]));
        assert_eq!(breaks(4, &format!("a {} b", "x".repeat(80))), None);
    }

    #[test]
    fn quoted_printable_lines() {
        let body = format!("Long {}", "x".repeat(150));
        let text = written(|out| quoted_printable(out, "SUMMARY;ENCODING=QUOTED-PRINTABLE", &body, true));
        assert_eq!(lengths(&text), [67, 67, 57]);
        let text = written(|out| quoted_printable(out, "N", "a=b\n c \nü\n", true));
        assert_eq!(text, "N:a=3Db=0D=0A=\r\n=20c=20=0D=0A=\r\n=C3=BC=0D=0A\r\n");
        let text = written(|out| quoted_printable(out, "N", &" ".repeat(200), true));
        assert!(!text.contains(" =\r\n") && !text.contains("\r\n "), "{text}");
    }

    #[test]
    fn base_64_lines() {
        let text = written(|out| base64(out, "PHOTO;ENCODING=B", &[7; 120], false, true));
        assert_eq!(lengths(&text), [75, 15, 73, 17]);
        let text = written(|out| base64(out, "PHOTO;ENCODING=BASE64", &[7; 3], true, true));
        assert_eq!(text, "PHOTO;ENCODING=BASE64:BwcH\r\n \r\n");
        let text = written(|out| base64(out, &"H".repeat(90), &[7; 60], false, true));
        assert_eq!(lengths(&text), [91, 73, 9]);
    }
}
