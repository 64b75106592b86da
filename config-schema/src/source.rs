//! The text of a config file, and where in it something stands.
//!
//! Not its job: reading files (`load`), and what the text says.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Code, Diagnostic, Location, Severity};

/// The files that a config was read from, for showing lines of them.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    pub(crate) fn push(&mut self, source: Source) {
        self.files.push(source);
    }

    /// Which of the files it is, in the order in which they were read.
    pub(crate) fn position(&self, name: &str) -> usize {
        self.files.iter().position(|source| &*source.name == name).unwrap_or(self.files.len())
    }

    /// All files, the config itself first.
    pub fn all(&self) -> &[Source] {
        &self.files
    }

    /// The file of this name.
    pub fn find(&self, name: &str) -> Option<&Source> {
        self.files.iter().find(|source| &*source.name == name)
    }
}

const STRIDE: usize = 4096;

/// One file.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    /// How many characters there are before each multiple of [`STRIDE`] bytes, so that a column of a very long
    /// line is not counted from its beginning.
    marks: Vec<usize>,
    /// What must not be shown: the values of tags that hold passwords.
    secrets: Vec<Range<usize>>,
}

impl Source {
    /// A file of this name with this text.
    pub(crate) fn new(name: &str, text: String) -> Self {
        let mut lines = vec![0];
        lines.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let mut before = 0;
        let marks = text.as_bytes().chunks(STRIDE).map(|chunk| {
            let mark = before;
            before += characters(chunk);
            mark
        });
        let marks = marks.collect();
        let secrets = secrets(&text);
        Source { name: name.into(), text, lines, marks, secrets }
    }

    /// The name, as the user gave it.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The whole text, decoded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line (from 1) and column in characters (from 1) of a byte offset.
    pub fn line_and_column(&self, offset: usize) -> (u32, u32) {
        let offset = self.boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let column = match offset - start {
            near if near < STRIDE => characters(self.text.as_bytes().get(start..offset).unwrap_or(&[])),
            _ => self.characters_before(offset).saturating_sub(self.characters_before(start)),
        };
        let column = column + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn characters_before(&self, offset: usize) -> usize {
        let mark = offset / STRIDE;
        let rest = self.text.as_bytes().get(mark * STRIDE..offset).unwrap_or(&[]);
        self.marks.get(mark).copied().unwrap_or(0) + characters(rest)
    }

    /// A byte range of the decoded text as something that a diagnostic can point at.
    pub fn locate(&self, span: Range<usize>) -> Location {
        let start = self.boundary(span.start);
        let (line, column) = self.line_and_column(start);
        let end = self.boundary(span.end).max(start);
        Location { file: Arc::clone(&self.name), line, column, span: start..end }
    }

    /// The line around a byte offset, up to `width` characters before and behind it, with secrets blotted out.
    pub fn around(&self, offset: usize, width: usize) -> (String, String) {
        let offset = self.boundary(offset);
        let (before, behind) = self.text.split_at(offset);
        let in_line = |c: &char| *c != '\n' && *c != '\r';
        let before: Vec<(usize, char)> =
            before.char_indices().rev().take_while(|(_, c)| *c != '\n').take(width).collect();
        let before = before.iter().rev().map(|(at, c)| self.shown(*at, *c)).filter(in_line).collect();
        let behind = behind.char_indices().take_while(|(_, c)| *c != '\n').take(width);
        let behind = behind.map(|(at, c)| self.shown(offset + at, c)).filter(in_line).collect();
        (before, behind)
    }

    fn shown(&self, at: usize, c: char) -> char {
        if in_order(&self.secrets, at) && c != '\n' && c != '\r' { '*' } else { c }
    }

    /// Where a line (from 1) begins.
    pub fn line_start(&self, line: u32) -> usize {
        self.lines.get((line as usize).saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// The offset itself, or that of the character it is in, or the end.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn characters(text: &[u8]) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// Whether one of these ranges, which are in order, has this offset.
fn in_order(ranges: &[Range<usize>], offset: usize) -> bool {
    let after = ranges.partition_point(|range| range.start <= offset);
    after.checked_sub(1).and_then(|last| ranges.get(last)).is_some_and(|range| range.contains(&offset))
}

/// The values of secret tags. They are found in the text alone, so that a document that is not well-formed
/// does not tell them either.
fn secrets(text: &str) -> Vec<Range<usize>> {
    /// No start tag of a secret is longer; the bound keeps the search short in text that is no XML.
    const LONGEST_TAG: usize = 4096;
    static NAMES: OnceLock<Vec<&str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let secret = crate::tags::tags().filter(|tag| tag.secret);
        secret.flat_map(|tag| std::iter::once(tag.name).chain(tag.aliases.iter().copied())).collect()
    });
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in memchr::memchr_iter(b'<', text.as_bytes()) {
        if found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let rest = &text[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name_length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let name = &rest[..name_length];
        if !names.iter().any(|secret| secret.eq_ignore_ascii_case(name)) {
            continue;
        }
        let opened = rest.bytes().take(LONGEST_TAG).position(|b| b == b'>');
        let Some(opened) = opened.filter(|end| !rest[..*end].ends_with('/')) else { continue };
        let begin = at + 1 + opened + 1;
        let length = text[begin..].find("</").unwrap_or(text.len() - begin);
        found.push(begin..begin + length);
    }
    found
}

/// How many problems of one severity are told of: behind so many, more of them help nobody.
const MAX_PROBLEMS: usize = 500;

/// Where the problems of a document are gathered.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub source: &'a Source,
    /// The files that it includes, each with where it begins: all files lie behind each other.
    included: Vec<(usize, Source)>,
    pub diagnostics: Vec<Diagnostic>,
    /// The names of what conditions leave out, each with its place.
    pub left_out: Vec<(String, Range<usize>)>,
    /// Set while something is read a second time, whose problems are known.
    pub muted: bool,
    /// How many there are of each severity.
    counts: [usize; 3],
    spare: Diagnostic,
}

impl<'a> Report<'a> {
    pub fn new(source: &'a Source) -> Self {
        let spare = Diagnostic::new(Code::Syntax, source.locate(0..0), String::new());
        Report {
            source,
            included: Vec::new(),
            diagnostics: Vec::new(),
            left_out: Vec::new(),
            muted: false,
            counts: [0; 3],
            spare,
        }
    }

    /// Adds a problem; hints and notes can be put to what is returned.
    pub fn add(&mut self, code: Code, span: Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        if self.muted || self.is_full(code.severity()) {
            self.spare.notes.clear();
            self.spare.fix.clear();
            return &mut self.spare;
        }
        let mut diagnostic = Diagnostic::new(code, self.locate(span.clone()), message.into());
        diagnostic.base = self.file(span.start).0;
        self.counts[diagnostic.severity as usize] += 1;
        self.diagnostics.push(diagnostic);
        self.diagnostics.last_mut().unwrap_or(&mut self.spare)
    }

    /// Whether there is an error.
    pub fn is_faulty(&self) -> bool {
        self.diagnostics.iter().any(|told| told.severity == Severity::Error)
    }

    /// Whether no more problems of this severity are taken. If these are errors, the config is refused anyway.
    pub fn is_full(&self, severity: Severity) -> bool {
        self.counts[severity as usize] >= MAX_PROBLEMS
    }

    /// Where something of this name stands that a condition leaves out.
    pub fn left_out(&self, name: &str) -> Option<Location> {
        let found = self.left_out.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, span)| self.locate(span.clone()))
    }

    pub fn locate(&self, span: Range<usize>) -> Location {
        let (base, source) = self.file(span.start);
        source.locate(span.start - base..span.end.saturating_sub(base))
    }

    /// A part of the text of a file.
    pub fn text(&self, span: Range<usize>) -> &str {
        let (base, source) = self.file(span.start);
        source.text().get(span.start - base..span.end.saturating_sub(base)).unwrap_or("")
    }

    /// The folder of the file that this offset is in.
    pub fn folder(&self, offset: usize) -> &Path {
        Path::new(&**self.file(offset).1.name()).parent().unwrap_or(Path::new(""))
    }

    /// Where the next file that is taken in will begin.
    pub fn next_base(&self) -> usize {
        let (last, file) = match self.included.last() {
            Some((base, file)) => (*base, file),
            None => (0, self.source),
        };
        last + file.text().len() + 1
    }

    /// Takes in a file.
    pub fn include(&mut self, source: Source) {
        self.included.push((self.next_base(), source));
    }

    /// Takes over the problems of a file that is included.
    pub fn adopt(&mut self, told: Vec<Diagnostic>) {
        for diagnostic in told {
            if !self.is_full(diagnostic.severity) {
                self.counts[diagnostic.severity as usize] += 1;
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// The files that were included.
    pub fn into_parts(self) -> (Vec<Diagnostic>, Vec<Source>) {
        (self.diagnostics, self.included.into_iter().map(|(_, source)| source).collect())
    }

    /// The file that an offset is in, and where that begins.
    fn file(&self, offset: usize) -> (usize, &Source) {
        let after = self.included.partition_point(|(base, _)| *base <= offset);
        match after.checked_sub(1).and_then(|last| self.included.get(last)) {
            Some((base, source)) => (*base, source),
            None => (0, self.source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_with_lf_or_crlf() {
        let source = Source::new("x", "ab\r\nüüx\n".to_owned());
        assert_eq!(source.line_and_column(0), (1, 1));
        assert_eq!(source.line_and_column(4 + 2), (2, 2));
        assert_eq!(source.around(6, 99), ("ü".into(), "üx".into()));
        assert_eq!(source.around(1, 99), ("a".into(), "b".into()));
        assert_eq!(source.line_and_column(99), (3, 1));
        assert_eq!(source.around(99, 9), (String::new(), String::new()));
    }

    #[test]
    fn columns_of_long_lines_count_characters_too() {
        let source = Source::new("x", format!("\n{}x", "ü".repeat(10_000)));
        assert_eq!(source.line_and_column(1 + 2 * 9_999), (2, 10_000));
        assert_eq!(source.line_and_column(1 + 2 * 10_000), (2, 10_001));
    }

    #[test]
    fn passwords_are_blotted_out_even_without_an_end() {
        let source =
            Source::new("x", "<a><SimpleAuthPW x='1'>geheim</SimpleAuthPW>\n<dbpass>more".to_owned());
        let line = |at| source.around(at, 200).1;
        assert_eq!(line(0), "<a><SimpleAuthPW x='1'>******</SimpleAuthPW>");
        assert_eq!(line(46), "dbpass>****");
    }
}
