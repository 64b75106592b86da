//! Lines of bytes that may end in CRLF, LF, CR or CRCRLF.

/// The lines of a text, without their ends.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    /// The number of the line that comes next, from 1.
    pub number: usize,
}

impl<'a> Lines<'a> {
    /// The lines of a text whose first line has this number.
    pub fn new(text: &'a [u8], number: usize) -> Lines<'a> {
        Lines { rest: text, number }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The line that comes next, without taking it.
    pub fn peek(&self) -> Option<&'a [u8]> {
        (!self.rest.is_empty()).then(|| &self.rest[..line_end(self.rest)])
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        let after = &self.rest[line.len()..];
        self.rest = &after[end_len(after)..];
        self.number += 1;
        Some(line)
    }
}

fn line_end(text: &[u8]) -> usize {
    text.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(text.len())
}

/// How many bytes the line end takes that the text begins with.
fn end_len(text: &[u8]) -> usize {
    match text {
        [b'\r', b'\r', b'\n', ..] => 3,
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_ends() {
        let lines: Vec<&[u8]> = Lines::new(b"a\r\nb\nc\rd\r\r\ne\n\nf", 1).collect();
        assert_eq!(lines, [&b"a"[..], b"b", b"c", b"d", b"e", b"", b"f"]);
    }
}
