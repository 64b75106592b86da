//! An item as bytes: headers and lines in the order of their maps (manual 10.4).
//!
//! Not its job: the parts of mails (`mail`).

use syncloom_config::LineMap;
use syncloom_script::Item;

use super::{TextCodec, header, mail, value};
use crate::note::Note;
use crate::peer::Peer;

/// Writes one item.
pub(super) struct Writer<'w> {
    codec: &'w TextCodec,
    item: &'w Item,
    peer: &'w Peer,
    size_limit: Option<u64>,
    out: &'w mut Vec<u8>,
}

impl<'w> Writer<'w> {
    /// For one item.
    pub fn new(
        codec: &'w TextCodec,
        item: &'w Item,
        peer: &'w Peer,
        size_limit: Option<u64>,
        out: &'w mut Vec<u8>,
    ) -> Self {
        Writer { codec, item, peer, size_limit, out }
    }

    /// Writes it.
    pub fn write(mut self) -> Vec<Note> {
        let lines = &self.codec.profile.lines;
        for line in lines.iter().filter(|line| line.in_header) {
            if let Some(text) = value::text(line, self.item) {
                header::write(line.tag.as_deref().unwrap_or_default(), &text, self.out);
            }
        }
        if let Some((line, parts)) = self.codec.mail_body() {
            let binary = self.peer.bytes && self.codec.datatype.coding.binary_parts;
            return mail::write(line, parts, self.item, binary, self.size_limit, self.out);
        }
        if self.codec.has_header {
            self.out.extend_from_slice(b"\r\n");
        }
        let body: Vec<&LineMap> = lines.iter().filter(|line| !line.in_header).collect();
        for (number, line) in body.iter().enumerate() {
            self.body_line(line, number + 1 == body.len());
        }
        Vec::new()
    }

    fn body_line(&mut self, line: &LineMap, last: bool) {
        let Some(text) = value::text(line, self.item) else { return };
        if let Some(tag) = &line.tag {
            self.line(&format!("{tag} {}", text.replace('\n', " ")));
        } else if line.num_lines == 0 {
            // All that is left is no line if there is nothing left; and a text that ends its last line itself gets
            // no other line end, or it would grow each time that it is read and written.
            push_crlf(&text, self.out);
            if !text.is_empty() && !text.ends_with('\n') {
                self.out.extend_from_slice(b"\r\n");
            }
        } else {
            self.counted(&text, usize::from(line.num_lines), last);
        }
    }

    /// Writes text that takes so many lines when it is read: what is more goes on in the last one, and what is less
    /// is made up for unless nothing follows.
    fn counted(&mut self, text: &str, count: usize, last: bool) {
        let mut lines = text.split('\n');
        for _ in 1..count {
            match lines.next() {
                Some(line) => self.line(line),
                None if last => return,
                None => self.line(""),
            }
        }
        let end: Vec<&str> = lines.collect();
        if !end.is_empty() || !last {
            self.line(&end.join(" "));
        }
    }

    fn line(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }
}

/// Appends text with its line ends as CRLF.
pub(super) fn push_crlf(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len());
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        // A script may have put CRLF there itself.
        let line = &rest[..at];
        out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        out.extend_from_slice(b"\r\n");
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
