//! The lines of a text as a tree of components: `BEGIN` and `END` matched, lines that are none set aside.
//!
//! Not its job: what any of them means to a profile.

use std::num::NonZeroU32;
use std::ops::Range;

use syncloom_config::MimeMode;

use super::line::{ContentLine, Line, Lines, MAX_TEXT, Next, Pieces};
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
    pub nodes: Vec<Node>,
    /// What they are made of.
    pieces: Pieces<'a>,
    /// The number of the line on which it ends.
    pub last_line: usize,
}

/// A line that is a property, or begins a component.
pub(super) struct Node {
    line: ContentLine,
    /// What stands in the component that begins here.
    pub inside: Option<Inside>,
}

/// The inside of a component. Nodes are many, so it is kept small.
pub(super) struct Inside {
    /// Its nodes, by their indexes: the first is never that of the whole text.
    first: NonZeroU32,
    end: u32,
    last_line: u32,
}

impl Inside {
    fn new(first: usize) -> Option<Inside> {
        let first = NonZeroU32::new(small(first))?;
        Some(Inside { first, end: first.get(), last_line: 0 })
    }

    /// Its nodes, by their indexes.
    pub fn range(&self) -> Range<usize> {
        self.first.get() as usize..self.end as usize
    }

    /// The number of the line on which it ends.
    pub fn last_line(&self) -> usize {
        self.last_line as usize
    }
}

/// Numbers of nodes and lines are smaller than the text is long.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How many lines there is room for from the beginning: those of most items.
const USUAL_LINES: usize = 20;

impl<'a> Text<'a> {
    /// One of its lines.
    pub fn line<'t>(&'t self, node: &'t Node) -> Line<'t> {
        self.pieces.line(&node.line)
    }

    /// The name of the component that begins on a line.
    pub fn component<'t>(&'t self, node: &'t Node) -> &'t [u8] {
        self.line(node).value().trim_ascii()
    }

    /// Reads all lines. What is no part of the outermost component is noted.
    pub fn read(
        bytes: &'a [u8],
        mode: MimeMode,
        root: &str,
        notes: &mut Vec<Note>,
    ) -> Result<Text<'a>, ParseError> {
        if bytes.len() > MAX_TEXT {
            return Err(ParseError::TooLong { most: MAX_TEXT });
        }
        let mut lines = Lines::new(bytes, mode);
        find_begin(&mut lines, root, notes)?;
        let mut nodes: Vec<Node> = Vec::with_capacity(USUAL_LINES);
        let mut end = 0;
        // The components that are open: where they begin, the outermost one nowhere.
        let mut open: Vec<Option<usize>> = vec![None];
        let mut count = 0;
        while let Some(next) = lines.next() {
            let content = match next {
                Next::NoProperty(line) => {
                    notes.push(Note { line, property: String::new(), kind: NoteKind::NoProperty });
                    continue;
                }
                Next::Property(line) => line,
            };
            count += 1;
            let line = lines.pieces.line(&content);
            let (number, name) = (line.number(), line.name());
            if count > MAX_PROPERTIES {
                return Err(ParseError::TooManyProperties { line: number, property: super::name(line) });
            }
            if name.eq_ignore_ascii_case(b"BEGIN") {
                if open.len() >= MAX_DEPTH {
                    return Err(ParseError::TooDeep { line: number, component: component(line) });
                }
                open.push(Some(nodes.len()));
                let inside = Inside::new(nodes.len() + 1);
                nodes.push(Node { line: content, inside });
            } else if name.eq_ignore_ascii_case(b"END") {
                let wanted = line.value().trim_ascii();
                let is_it = |begin: &Option<usize>| match begin {
                    Some(begin) => {
                        let begin = lines.pieces.line(&nodes[*begin].line);
                        begin.value().trim_ascii().eq_ignore_ascii_case(wanted)
                    }
                    None => root.as_bytes().eq_ignore_ascii_case(wanted),
                };
                let Some(depth) = open.iter().rposition(is_it) else {
                    let kind = NoteKind::UnexpectedEnd;
                    notes.push(Note { line: number, property: component(line), kind });
                    continue;
                };
                if depth + 1 < open.len() {
                    let kind = NoteKind::MissingEnd;
                    notes.push(Note { line: number, property: component(line), kind });
                }
                end = close(&mut nodes, &open[depth..], number).unwrap_or(end);
                open.truncate(depth);
                if open.is_empty() {
                    break;
                }
            } else {
                nodes.push(Node { line: content, inside: None });
            }
        }
        if !open.is_empty() {
            notes.push(Note { line: lines.line(), property: String::new(), kind: NoteKind::MissingEnd });
            end = close(&mut nodes, &open, lines.line()).unwrap_or(end);
        } else if lines.has_more() {
            let line = lines.line() + 1;
            notes.push(Note { line, property: String::new(), kind: NoteKind::AfterEnd });
        }
        Ok(Text { nodes, pieces: lines.pieces, last_line: end })
    }
}

/// Ends components on a line, which comes back if the outermost one is among them.
fn close(nodes: &mut [Node], components: &[Option<usize>], line: usize) -> Option<usize> {
    let end = nodes.len();
    let mut last_line = None;
    for begin in components {
        match begin {
            None => last_line = Some(line),
            Some(begin) => {
                if let Some(inside) = &mut nodes[*begin].inside {
                    inside.end = small(end);
                    inside.last_line = small(line);
                }
            }
        }
    }
    last_line
}

/// Goes on to the first `BEGIN` of the profile.
fn find_begin(lines: &mut Lines<'_>, root: &str, notes: &mut Vec<Note>) -> Result<(), ParseError> {
    let mut noted = false;
    while let Some(next) = lines.next() {
        if let Next::Property(line) = &next {
            let line = lines.pieces.line(line);
            let is_begin = line.name().eq_ignore_ascii_case(b"BEGIN");
            if is_begin && line.value().trim_ascii().eq_ignore_ascii_case(root.as_bytes()) {
                return Ok(());
            }
        }
        if !noted {
            let kind = NoteKind::BeforeBegin;
            notes.push(Note { line: lines.line(), property: String::new(), kind });
            noted = true;
        }
    }
    Err(ParseError::NoBegin { profile: root.to_owned() })
}

fn component(line: Line<'_>) -> String {
    String::from_utf8_lossy(line.value().trim_ascii()).to_ascii_uppercase()
}
