//! Why a text is not well-formed, said so that it can be mended: which tag is open, and since where.
//!
//! Not its job: deciding whether a text is well-formed; the parser has done so.

use std::ops::Range;

use roxmltree::Error;

use crate::diagnostic::{Code, closest};
use crate::source::Report;

const CDATA: &str = "put text that has these characters between <![CDATA[ and ]]>, or write &amp; and &lt;";

/// Adds one problem that says what the parser stumbled over.
pub(super) fn explain(report: &mut Report<'_>, error: &Error) {
    let source = report.source;
    if matches!(error, Error::DtdDetected) {
        let at = source.text().find("<!DOCTYPE").unwrap_or(0);
        report
            .add(Code::Doctype, at..at + 9, "a config has no document type")
            .hint("remove <!DOCTYPE …>; use <configvar> for what is needed in several places");
        return;
    }
    if source.text().trim().is_empty() {
        report
            .add(Code::Syntax, 0..0, "the file is empty")
            .hint("a config begins with <sysync_config version=\"1.0\">");
        return;
    }
    let position = error.pos();
    let at = offset(report, position.row, position.col);
    if matches!(error, Error::NodesLimitReached) {
        report.add(Code::TooLarge, at..at, "the file has more tags than are read");
        return;
    }
    match find(source.text()) {
        Some(fault) => tell(report, fault),
        None => {
            let message = format!("this is not well-formed XML: {}", without_position(&error.to_string()));
            report.add(Code::Syntax, at..at + 1, message);
        }
    }
}

/// The parser counts columns in characters.
fn offset(report: &Report<'_>, row: u32, column: u32) -> usize {
    let start = report.source.line_start(row);
    let rest = report.source.text().get(start..).unwrap_or("");
    let skipped: usize = rest.chars().take((column as usize).saturating_sub(1)).map(char::len_utf8).sum();
    start + skipped
}

fn without_position(text: &str) -> &str {
    text.rsplit_once(" at ").map_or(text, |(message, _)| message)
}

/// The name of a tag, and where it stands.
type Open<'a> = (&'a str, Range<usize>);

enum Fault<'a> {
    /// An end tag that closes another tag than the open one, and the tags that are open.
    Mismatch { end: Open<'a>, open: Vec<Open<'a>> },
    /// The end of the file, and the tags that are open.
    Unclosed(Vec<Open<'a>>),
    /// An end tag where nothing is open.
    NothingOpen(Open<'a>),
    /// `&` or `<` in text.
    Stray(usize, char),
    /// Something that begins and does not end.
    NoEnd { what: &'static str, end: &'static str, begin: Range<usize> },
    /// `--` within a comment.
    Dashes(usize),
    /// An attribute's value without quotes.
    Unquoted(Range<usize>),
    /// An attribute's value with `<` in it.
    Attribute(Range<usize>, &'static str),
    /// A second element beside the root, or text outside it.
    Outside(Range<usize>),
}

fn tell(report: &mut Report<'_>, fault: Fault<'_>) {
    match fault {
        Fault::Mismatch { end: (name, span), open } => {
            let Some((innermost, place)) = open.last().cloned() else { return };
            let line = report.locate(place.clone()).line;
            let below = open.iter().rev().skip(1).find(|(open, _)| *open == name);
            let misspelt = closest(name, std::iter::once(innermost)).is_some();
            let here = report.locate(place.clone());
            match below {
                Some((_, outer)) if !misspelt => {
                    let outer = report.locate(outer.clone());
                    let end = report.locate(span.clone());
                    let message =
                        format!("<{innermost}> is not closed before </{name}> in line {}", end.line);
                    report
                        .add(Code::Unclosed, place, message)
                        .note(outer, format!("<{name}> is opened here"))
                        .note(end, format!("<{name}> is closed here"))
                        .hint(format!("add </{innermost}>"));
                }
                _ => {
                    let message =
                        format!("</{name}> closes nothing; <{innermost}> is open since line {line}");
                    let found = report.add(Code::Mismatched, span.clone(), message);
                    found.note(here, format!("<{innermost}> is opened here"));
                    // Which of the two is misspelt is certain where the other one is a tag of the language.
                    let known = |name: &str| !crate::tags::named(name).is_empty();
                    if misspelt && known(name) && !known(innermost) {
                        found.hint(format!("write <{name}> there")).fix(place, name);
                    } else {
                        found.hint(match name.eq_ignore_ascii_case(innermost) {
                            true => {
                                format!("write </{innermost}>: an end tag has the letters of its start tag")
                            }
                            false => format!("write </{innermost}>"),
                        });
                        if misspelt && (!known(name) || name.eq_ignore_ascii_case(innermost)) {
                            found.fix(span, innermost);
                        }
                    }
                }
            }
        }
        Fault::Unclosed(open) => {
            let Some((name, span)) = open.last().cloned() else { return };
            let outer: Vec<_> = open
                .iter()
                .rev()
                .skip(1)
                .take(3)
                .map(|(name, span)| (report.locate(span.clone()), format!("<{name}> is open too")))
                .collect();
            let found =
                report.add(Code::Unclosed, span, format!("<{name}> is opened here and closed nowhere"));
            found.hint(format!("add </{name}>"));
            for (place, text) in outer {
                found.note(place, text);
            }
        }
        Fault::NothingOpen((name, span)) => {
            report.add(Code::Mismatched, span, format!("</{name}> closes nothing: no tag is open here"));
        }
        Fault::Stray(at, c) => {
            let entity = c == '&' && begins_entity(&report.source.text()[at + 1..]);
            let message = format!("{c} has a meaning of its own in XML");
            let found = report.add(Code::StrayCharacter, at..at + 1, message);
            found.hint(CDATA);
            if c == '&' && !entity {
                found.fix(at..at + 1, "&amp;");
            }
        }
        Fault::NoEnd { what, end, begin } => {
            report
                .add(Code::Syntax, begin, format!("{what} begins here and does not end"))
                .hint(format!("add {end}"));
        }
        Fault::Dashes(at) => {
            report
                .add(Code::Syntax, at..at + 2, "a comment cannot have -- within it")
                .hint("a comment ends with -->, and comments do not nest");
        }
        Fault::Attribute(span, message) => {
            report.add(Code::Syntax, span, message);
        }
        Fault::Unquoted(span) => {
            let text = report.source.text();
            let value = format!("\"{}\"", text.get(span.clone()).unwrap_or(""));
            let behind = text.get(span.end..).unwrap_or("");
            let ends =
                behind.starts_with("/>") || behind.starts_with(|c: char| c == '>' || c.is_whitespace());
            let certain = ends && !value[1..value.len() - 1].contains(['"', '\'', '<', '&']);
            let found = report.add(Code::Syntax, span.clone(), "a value stands in quotes");
            found.hint(format!("write {value}"));
            if certain {
                found.fix(span, value);
            }
        }
        Fault::Outside(span) => {
            report
                .add(Code::Syntax, span, "this stands behind the end of the config")
                .hint("everything stands within <sysync_config>; is it closed too early?");
        }
    }
}

/// The first fault of a text.
fn find(text: &str) -> Option<Fault<'_>> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut rooted = false;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rooted && open.is_empty() && !rest.starts_with("<!--") && !rest.starts_with("<?") {
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            match rest.find(|c: char| !c.is_whitespace()) {
                None => return None,
                Some(0) if rest.starts_with("</") => {}
                Some(0) => return Some(Fault::Outside(at..at + length)),
                Some(blank) => {
                    at += blank;
                    continue;
                }
            }
        }
        let skipped = match skip_markup(rest, at) {
            Ok(skipped) => skipped,
            Err(fault) => return Some(fault),
        };
        if let Some(length) = skipped {
            at += length;
        } else if let Some(end) = rest.strip_prefix("</") {
            let length = name_length(end);
            let name = &end[..length];
            let span = at + 2..at + 2 + length;
            match open.pop() {
                None => return Some(Fault::NothingOpen((name, span))),
                Some(innermost) if innermost.0 != name => {
                    open.push(innermost);
                    return Some(Fault::Mismatch { end: (name, span), open });
                }
                Some(_) => {}
            }
            at += 2 + length + end[length..].find('>').map_or(0, |end| end + 1);
        } else if let Some(tag) = rest.strip_prefix('<') {
            let length = name_length(tag);
            if length == 0 {
                return Some(Fault::Stray(at, '<'));
            }
            let name: Open<'_> = (&tag[..length], at + 1..at + 1 + length);
            let (inner, empty) = match attributes(&tag[length..], at + 1 + length, &name) {
                Ok(found) => found,
                Err(fault) => return Some(fault),
            };
            rooted = true;
            if !empty {
                open.push(name);
            }
            at += 1 + length + inner;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    (!open.is_empty()).then_some(Fault::Unclosed(open))
}

/// Whether a text behind `&` looks like an entity, of HTML for example.
fn begins_entity(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(text.len());
    end > 0 && text[end..].starts_with(';')
}

/// The length of what is no tag: a comment, CDATA, an instruction, an entity.
fn skip_markup(rest: &str, at: usize) -> Result<Option<usize>, Fault<'_>> {
    let until = |begin: &str, end: &'static str, what| match rest[begin.len()..].find(end) {
        Some(length) => Ok(Some(begin.len() + length + end.len())),
        None => Err(Fault::NoEnd { what, end, begin: at..at + begin.len() }),
    };
    if rest.starts_with("<!--") {
        let length = until("<!--", "-->", "a comment")?;
        let inner = &rest[4..length.unwrap_or(4).saturating_sub(3).max(4)];
        match inner.find("--") {
            Some(dashes) => Err(Fault::Dashes(at + 4 + dashes)),
            None => Ok(length),
        }
    } else if rest.starts_with("<![CDATA[") {
        until("<![CDATA[", "]]>", "CDATA")
    } else if rest.starts_with("<?") {
        until("<?", "?>", "an instruction")
    } else if let Some(entity) = rest.strip_prefix('&') {
        let known = ["amp;", "lt;", "gt;", "quot;", "apos;"];
        let numeric = entity.strip_prefix('#').is_some_and(|number| {
            let digits = number.strip_prefix('x').unwrap_or(number);
            digits
                .find(';')
                .is_some_and(|end| end > 0 && digits[..end].chars().all(|c| c.is_ascii_hexdigit()))
        });
        if numeric || known.iter().any(|known| entity.starts_with(known)) {
            Ok(Some(1))
        } else {
            Err(Fault::Stray(at, '&'))
        }
    } else {
        Ok(None)
    }
}

/// The length of the attributes with the end of the tag, and whether the tag is empty.
fn attributes<'a>(text: &'a str, at: usize, name: &Open<'a>) -> Result<(usize, bool), Fault<'a>> {
    let mut quote: Option<(char, usize)> = None;
    let mut previous = ' ';
    for (offset, c) in text.char_indices() {
        match quote {
            Some((open, _)) if c == open => quote = None,
            // A value of several lines with a tag in it has most likely lost its quote.
            Some((_, begin)) if c == '<' && text[begin..offset].contains('\n') => {
                let begin = at + begin..at + begin + 1;
                return Err(Fault::NoEnd { what: "a value", end: "a quote", begin });
            }
            Some(_) if c == '<' => {
                let message = "< stands in a value: write &lt;, or is a quote missing before it?";
                return Err(Fault::Attribute(at + offset..at + offset + 1, message));
            }
            Some(_) if c == '&' => {
                skip_markup(&text[offset..], at + offset)?;
            }
            Some(_) => {}
            None if c == '>' => return Ok((offset + 1, previous == '/')),
            None if c == '<' => {
                return Err(Fault::NoEnd { what: "a tag", end: ">", begin: name.1.clone() });
            }
            None if matches!(c, '"' | '\'') && previous == '=' => quote = Some((c, offset)),
            None if previous == '=' && !c.is_whitespace() => {
                let end = |c: char| c.is_whitespace() || c == '>' || c == '/';
                let length = text[offset..].find(end).unwrap_or(1);
                return Err(Fault::Unquoted(at + offset..at + offset + length));
            }
            None => {}
        }
        if !c.is_whitespace() {
            previous = c;
        }
    }
    Err(match quote {
        Some((_, begin)) => {
            Fault::NoEnd { what: "a value", end: "a quote", begin: at + begin..at + begin + 1 }
        }
        None => Fault::NoEnd { what: "a tag", end: ">", begin: name.1.clone() },
    })
}

fn name_length(text: &str) -> usize {
    let starts = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')));
    if starts { end.unwrap_or(text.len()) } else { 0 }
}
