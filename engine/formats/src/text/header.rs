//! Header fields: taken apart, unfolded, and folded (RFC 5322 section 2.2).
//!
//! Not its job: what their values mean.

use std::borrow::Cow;

use super::lines::Lines;
use crate::charset;
use crate::note::{Note, NoteKind};

/// The length that lines of a header are folded to, where there is a space to fold at. RFC 5322 allows 78.
const FOLD_AT: usize = 65;

/// A header field, unfolded.
#[derive(Debug)]
pub(super) struct Header<'a> {
    /// The line that it begins in.
    pub line: usize,
    /// Name, colon and value.
    pub text: Cow<'a, str>,
}

impl Header<'_> {
    /// The name without the colon.
    pub fn name(&self) -> &str {
        self.text.split(':').next().unwrap_or_default().trim_end()
    }

    /// The value, if this is the header of that name.
    pub fn value_of(&self, name: &str) -> Option<&str> {
        let (own, value) = self.text.split_once(':')?;
        own.trim_end().eq_ignore_ascii_case(name).then(|| value.trim())
    }

    /// What stands behind a `<headertag>`, if the header begins with it.
    pub fn after_tag(&self, tag: &str) -> Option<&str> {
        let start = self.text.get(..tag.len())?;
        start.eq_ignore_ascii_case(tag).then(|| self.text[tag.len()..].trim())
    }
}

/// Reads header fields up to the empty line that ends them, which is taken too, or to the end of the text.
///
/// A text whose first line is no header has none: all of it is body. Further lines that are no headers are left
/// out with a note.
pub(super) fn read<'a>(lines: &mut Lines<'a>, notes: &mut Vec<Note>) -> Vec<Header<'a>> {
    let mut headers: Vec<Header<'a>> = Vec::new();
    // Mail folders put such a line in front of every mail.
    if lines.peek().is_some_and(|line| line.starts_with(b"From ")) {
        lines.next();
    }
    if lines.peek().is_some_and(|line| !line.is_empty() && !is_header(line)) {
        return headers;
    }
    loop {
        let number = lines.number;
        let Some(line) = lines.next() else { break };
        if line.is_empty() {
            break;
        }
        if !is_header(line) {
            notes.push(Note { line: number, property: String::new(), kind: NoteKind::NoProperty });
            continue;
        }
        let mut whole = Cow::Borrowed(line);
        while let Some(next) = lines.peek().filter(|next| continues(next)) {
            whole.to_mut().extend_from_slice(next);
            lines.next();
        }
        let (text, found) = charset::decode(whole, None);
        let header = Header { line: number, text };
        let property = header.name().to_owned();
        notes.extend(found.into_iter().map(|kind| Note { line: number, property: property.clone(), kind }));
        headers.push(header);
    }
    headers
}

/// Whether a line begins with a name and a colon (RFC 5322 section 3.6.8; a space before the colon is obsolete).
fn is_header(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
    let name = line[..colon].trim_ascii_end();
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

/// Whether a line goes on with the header before it. One of spaces alone does not: many take it for the end.
fn continues(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t')) && !line.trim_ascii().is_empty()
}

/// Appends a header: the tag with its colon, and the value, folded at its spaces. Line ends in the value become
/// spaces, as a header is one line.
pub(super) fn write(tag: &str, value: &str, out: &mut Vec<u8>) {
    let value = value.replace(|c: char| c.is_control() && c != '\t', " ");
    let value = value.trim();
    let space = if tag.is_empty() || value.is_empty() { "" } else { " " };
    let text = format!("{tag}{space}{value}");
    let mut rest = text.as_str();
    // A fold right behind the tag would leave an empty first line.
    let mut least = tag.len() + 1;
    while rest.len() > FOLD_AT {
        let Some(at) = fold_point(rest, least) else { break };
        out.extend_from_slice(&rest.as_bytes()[..at]);
        out.extend_from_slice(b"\r\n");
        rest = &rest[at..];
        least = 1;
    }
    out.extend_from_slice(rest.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Where to fold: before the last space within the width, else before the first one behind it; never so that a line
/// of spaces alone comes about.
fn fold_point(text: &str, least: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let space = |at: &usize| matches!(bytes[*at], b' ' | b'\t') && !matches!(bytes[*at - 1], b' ' | b'\t');
    let least = bytes.iter().skip(least.max(1)).position(|b| !matches!(b, b' ' | b'\t'))? + least.max(1);
    let end = text.trim_end().len();
    let within = (least..end.min(FOLD_AT + 1)).rev().find(space);
    within.or_else(|| (least.max(FOLD_AT)..end).find(space))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> (Vec<String>, usize, String) {
        let mut lines = Lines::new(text.as_bytes(), 1);
        let mut notes = Vec::new();
        let found = read(&mut lines, &mut notes);
        let found = found.into_iter().map(|header| header.text.into_owned()).collect();
        (found, notes.len(), String::from_utf8_lossy(lines.rest()).into_owned())
    }

    fn written(tag: &str, value: &str) -> String {
        let mut out = Vec::new();
        write(tag, value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn headers_are_unfolded_and_end_at_the_empty_line() {
        let (found, notes, rest) = headers("From: a\r\nSubject: b\r\n c\r\n\td\r\n\r\nbody");
        assert_eq!(found, ["From: a", "Subject: b c\td"]);
        assert_eq!((notes, rest.as_str()), (0, "body"));
    }

    #[test]
    fn what_is_no_header_is_body_at_the_start_and_skipped_further_on() {
        assert_eq!(headers("just text\r\n\r\nmore"), (vec![], 0, "just text\r\n\r\nmore".into()));
        let (found, notes, rest) = headers("A: 1\r\nstray\r\nB: 2\r\n\r\nx");
        assert_eq!((found, notes, rest.as_str()), (vec!["A: 1".into(), "B: 2".into()], 1, "x"));
        assert_eq!(headers("From x Mon\r\nA: 1\r\n").0, ["A: 1"]);
    }

    #[test]
    fn headers_without_an_end_are_headers_alone() {
        assert_eq!(headers("From: a\r\nTo: b"), (vec!["From: a".into(), "To: b".into()], 0, "".into()));
    }

    #[test]
    fn long_headers_are_folded_and_come_back_as_they_were() {
        for value in [
            "short",
            &"word ".repeat(40),
            &"x".repeat(200),
            &format!("{}  two  spaces {}", "x".repeat(60), "y".repeat(90)),
            &format!("{} ü {}", "ä".repeat(40), "ö".repeat(60)),
        ] {
            let text = written("Subject:", value);
            assert!(text.lines().all(|line| !line.trim().is_empty()), "{text:?}");
            let (found, notes, rest) = headers(&text);
            assert_eq!((found, notes, rest.as_str()), (vec![format!("Subject: {}", value.trim())], 0, ""));
        }
        assert!(written("To:", &"abc ".repeat(60)).lines().all(|line| line.len() <= FOLD_AT));
        assert_eq!(written("To:", "a\nb"), "To: a b\r\n");
    }
}
