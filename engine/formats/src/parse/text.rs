//! The lines of a text as a tree of components: `BEGIN` and `END` matched, lines that are none set aside.
//!
//! Not its job: what any of them means to a profile.

use std::ops::Range;

use syncloom_config::MimeMode;

use super::line::{ContentLine, Lines, Next};
use super::name;
use crate::note::{Note, NoteKind, ParseError};

/// How many components may stand within each other. Calendars have three levels; a text with more than this
/// was made to be a nuisance.
const MAX_DEPTH: usize = 64;
/// How many properties a text may have. The largest real items have some thousand, and each one may leave a
/// note behind.
const MAX_PROPERTIES: usize = 100_000;

/// A text, from behind the `BEGIN` of its outermost component to the `END` of that.
pub(super) struct Text<'a> {
    /// Its lines in order, without those that end components.
    pub nodes: Vec<Node<'a>>,
    /// The number of the line on which it ends.
    pub last_line: usize,
}

/// A line that is a property, or begins a component.
pub(super) struct Node<'a> {
    pub line: ContentLine<'a>,
    /// What stands in the component that begins here.
    pub inside: Option<Inside>,
}

/// The inside of a component.
pub(super) struct Inside {
    /// As indexes into the nodes.
    pub range: Range<usize>,
    /// The number of the line on which it ends.
    pub last_line: usize,
}

impl Node<'_> {
    /// The name of the component that begins here.
    pub fn component(&self) -> &[u8] {
        self.line.value.trim_ascii()
    }
}

impl<'a> Text<'a> {
    /// Reads all lines. What is no part of the outermost component is noted.
    pub fn read(
        bytes: &'a [u8],
        mode: MimeMode,
        root: &str,
        notes: &mut Vec<Note>,
    ) -> Result<Text<'a>, ParseError> {
        let mut lines = Lines::new(bytes, mode);
        find_begin(&mut lines, root, notes)?;
        let mut text = Text { nodes: Vec::with_capacity(32), last_line: 0 };
        // The components that are open: where they begin, the outermost one nowhere.
        let mut open: Vec<Option<usize>> = vec![None];
        let mut count = 0;
        while let Some(next) = lines.next() {
            let line = match next {
                Next::NoProperty(line) => {
                    notes.push(Note { line, property: String::new(), kind: NoteKind::NoProperty });
                    continue;
                }
                Next::Property(line) => line,
            };
            count += 1;
            if count > MAX_PROPERTIES {
                return Err(ParseError::TooManyProperties { line: line.line, property: name(&line) });
            }
            if line.name().eq_ignore_ascii_case(b"BEGIN") {
                if open.len() >= MAX_DEPTH {
                    return Err(ParseError::TooDeep { line: line.line, component: component(&line) });
                }
                let range = text.nodes.len() + 1..text.nodes.len() + 1;
                open.push(Some(text.nodes.len()));
                text.nodes.push(Node { line, inside: Some(Inside { range, last_line: 0 }) });
            } else if line.name().eq_ignore_ascii_case(b"END") {
                let wanted = line.value.trim_ascii();
                let is_it = |begin: &Option<usize>| match begin {
                    Some(begin) => text.nodes[*begin].component().eq_ignore_ascii_case(wanted),
                    None => root.as_bytes().eq_ignore_ascii_case(wanted),
                };
                let Some(depth) = open.iter().rposition(is_it) else {
                    let kind = NoteKind::UnexpectedEnd;
                    notes.push(Note { line: line.line, property: component(&line), kind });
                    continue;
                };
                if depth + 1 < open.len() {
                    let kind = NoteKind::MissingEnd;
                    notes.push(Note { line: line.line, property: component(&line), kind });
                }
                text.close(&open[depth..], line.line);
                open.truncate(depth);
                if open.is_empty() {
                    break;
                }
            } else {
                text.nodes.push(Node { line, inside: None });
            }
        }
        if !open.is_empty() {
            notes.push(Note { line: lines.line(), property: String::new(), kind: NoteKind::MissingEnd });
            text.close(&open, lines.line());
        } else if lines.has_more() {
            let line = lines.line() + 1;
            notes.push(Note { line, property: String::new(), kind: NoteKind::AfterEnd });
        }
        Ok(text)
    }

    /// Ends components on a line.
    fn close(&mut self, components: &[Option<usize>], line: usize) {
        let end = self.nodes.len();
        for begin in components {
            match begin {
                None => self.last_line = line,
                Some(begin) => {
                    if let Some(inside) = &mut self.nodes[*begin].inside {
                        inside.range.end = end;
                        inside.last_line = line;
                    }
                }
            }
        }
    }
}

/// Goes on to the first `BEGIN` of the profile.
fn find_begin(lines: &mut Lines<'_>, root: &str, notes: &mut Vec<Note>) -> Result<(), ParseError> {
    let mut noted = false;
    while let Some(next) = lines.next() {
        if let Next::Property(line) = &next
            && line.name().eq_ignore_ascii_case(b"BEGIN")
            && line.value.trim_ascii().eq_ignore_ascii_case(root.as_bytes())
        {
            return Ok(());
        }
        if !noted {
            let kind = NoteKind::BeforeBegin;
            notes.push(Note { line: lines.line(), property: String::new(), kind });
            noted = true;
        }
    }
    Err(ParseError::NoBegin { profile: root.to_owned() })
}

fn component(line: &ContentLine<'_>) -> String {
    String::from_utf8_lossy(line.value.trim_ascii()).to_ascii_uppercase()
}
