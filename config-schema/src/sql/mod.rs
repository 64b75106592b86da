//! SQL of a config, cut at its placeholders while loading (manual 12.1). What stands in quotes is told from
//! what does not, so that a value that is a whole literal can be bound.
//!
//! Not its job: what a value is at run time, and whether the SQL is right.

mod field;

use std::ops::Range;
use std::sync::Arc;

use syncloom_script::FieldList;

use crate::diagnostic::Code;
use crate::model::{Place, Placeholder, Sql, SqlPart, SqlStatement};
use crate::placeholders::{self, Meaning, PLACEHOLDERS, Statement};
use crate::source::Report;
use crate::xml::Text;

/// The SQL of a tag, cut. `None`: there is none, or it cannot be used; the report says why.
pub(crate) struct Cut {
    pub sql: Option<Sql>,
    /// Placeholders that are known and not acted on yet.
    pub later: Vec<String>,
}

/// Cuts the text of a tag. The field list is that of the field map, where there is one.
pub(crate) fn cut(
    tag: &'static str,
    kind: Statement,
    text: &Text,
    fields: Option<&Arc<FieldList>>,
    report: &mut Report<'_>,
) -> Cut {
    let place = report.locate(text.trimmed_span());
    let place = Place { file: place.file, line: place.line, column: place.column };
    let mut cutter = Cutter {
        kind,
        text,
        fields,
        report,
        statements: Vec::new(),
        set_no: 0,
        parts: Vec::new(),
        plain: String::new(),
        later: Vec::new(),
        faulty: false,
    };
    cutter.run();
    cutter.end_statement();
    let Cutter { statements, later, faulty, .. } = cutter;
    let usable = !statements.is_empty() && later.is_empty() && !faulty;
    Cut { sql: usable.then_some(Sql { tag, place, statements }), later }
}

struct Cutter<'c, 'r> {
    kind: Statement,
    text: &'c Text,
    fields: Option<&'c Arc<FieldList>>,
    report: &'c mut Report<'r>,
    statements: Vec<SqlStatement>,
    set_no: u16,
    parts: Vec<SqlPart>,
    plain: String,
    later: Vec<String>,
    faulty: bool,
}

/// What stands at a `%`.
enum Found {
    Value(Placeholder),
    /// `%GO`, with the number of its set.
    Go(u16),
    /// Nothing that is replaced: it stays as it is.
    Text,
    /// Known and not acted on yet, or wrong.
    Gap,
}

impl Cutter<'_, '_> {
    fn run(&mut self) {
        let text = self.text.as_str();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let length = if rest.starts_with('\'') {
                self.literal(at)
            } else if rest.starts_with('"') {
                self.untouched(at, closing(rest, "\"").unwrap_or(rest.len()), "double quotes")
            } else if rest.starts_with("--") {
                self.untouched(at, rest.find('\n').unwrap_or(rest.len()), "a comment")
            } else if rest.starts_with("/*") {
                let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
                self.untouched(at, length, "a comment")
            } else if rest.starts_with('%') {
                self.outside(at)
            } else {
                let length =
                    rest.char_indices().skip(1).find(|(_, c)| matches!(c, '\'' | '"' | '-' | '/' | '%'));
                let length = length.map_or(rest.len(), |(at, _)| at);
                self.plain.push_str(&rest[..length]);
                length
            };
            at += length.max(1);
        }
    }

    /// A placeholder outside of quotes.
    fn outside(&mut self, at: usize) -> usize {
        let (found, length) = self.placeholder(at, false);
        match found {
            Found::Value(what) => self.part(SqlPart::Bind { what, text: false }),
            Found::Go(set_no) => {
                self.end_statement();
                self.set_no = set_no;
            }
            Found::Text => self.plain.push_str(&self.text.as_str()[at..at + length]),
            Found::Gap => {}
        }
        length
    }

    /// A literal in single quotes. A placeholder that is all of it is bound, and the quotes are left out.
    fn literal(&mut self, at: usize) -> usize {
        let rest = &self.text.as_str()[at..];
        let length = closing(rest, "'");
        let Some(length) = length else {
            self.faulty = true;
            self.report
                .add(Code::OpenLiteral, self.text.span(at..at + 1), "a literal begins here and does not end")
                .hint("a single quote within a literal is written twice");
            return rest.len();
        };
        let end = at + length - 1;
        // N'…', X'…' and the like say something of the literal, so its quotes have to stay.
        let prefixed = self.plain.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if !prefixed && rest[1..].starts_with('%') {
            let before = self.report.diagnostics.len();
            let (found, inner) = self.placeholder(at + 1, true);
            match found {
                Found::Value(what) if at + 1 + inner == end => {
                    self.part(SqlPart::Bind { what, text: true });
                    return length;
                }
                // Looked at again below, as a part of the literal.
                _ => self.report.diagnostics.truncate(before),
            }
        }
        self.plain.push('\'');
        let mut inner = at + 1;
        while inner < end {
            let text = self.text.as_str();
            let next = text[inner..end].find('%').map_or(end, |found| inner + found);
            self.plain.push_str(&text[inner..next]);
            inner = next;
            if inner < end {
                let (found, length) = self.placeholder(inner, true);
                let length = length.min(end - inner);
                match found {
                    Found::Value(what) => {
                        self.warn_if_glued(inner, inner + length, end);
                        self.part(SqlPart::Splice(what));
                    }
                    Found::Text | Found::Go(_) => self.plain.push_str(&text[inner..inner + length]),
                    Found::Gap => {}
                }
                inner += length;
            }
        }
        self.plain.push('\'');
        length
    }

    /// `LIKE '%foo'` has a placeholder if `%f` is one; the author may not have meant it.
    fn warn_if_glued(&mut self, begin: usize, after: usize, end: usize) {
        let text = self.text.as_str();
        if after < end && text[after..].starts_with(|c: char| c.is_alphanumeric()) {
            let name = &text[begin..after];
            self.report
                .add(
                    Code::GluedPlaceholder,
                    self.text.span(begin..after),
                    format!("{name} is replaced by {} here", placeholders::explain(self.kind, name)),
                )
                .hint("if a pattern is meant, write it in parts: '%' || 'text'");
        }
    }

    /// A comment or a name in double quotes: nothing in it is replaced.
    fn untouched(&mut self, at: usize, length: usize, what: &str) -> usize {
        let text = &self.text.as_str()[at..at + length];
        self.plain.push_str(text);
        if what == "double quotes" {
            for (offset, _) in text.match_indices('%') {
                let Some((name, _)) = placeholders::longest(self.kind, &text[offset..]) else { continue };
                let begin = at + offset;
                self.report
                    .add(
                        Code::UnreplacedPlaceholder,
                        self.text.span(begin..begin + name.len()),
                        format!("{name} is not replaced in double quotes, where the name of a column stands"),
                    )
                    .hint(format!("write '{name}'"));
            }
        }
        length
    }

    /// What stands at a `%`, and its length.
    fn placeholder(&mut self, at: usize, quoted: bool) -> (Found, usize) {
        let rest = &self.text.as_str()[at..];
        let Some((name, meaning)) = placeholders::longest(self.kind, rest) else {
            return self.unknown(at, quoted);
        };
        let span = self.text.span(at..at + name.len());
        let argument = argument(&rest[name.len()..]);
        match meaning {
            Meaning::Value(Placeholder::DeviceKey) if self.kind.has_items() && argument.is_some() => {
                self.field(at, name.len(), argument)
            }
            Meaning::Value(what) => {
                let list = matches!(
                    what,
                    Placeholder::Columns { .. }
                        | Placeholder::Assignments { .. }
                        | Placeholder::Values { .. }
                );
                if list && quoted {
                    self.faulty = true;
                    self.report
                        .add(Code::QuotedList, span, format!("{name} is a list and cannot stand in quotes"))
                        .hint(format!("write {name} without quotes; each value gets its own"));
                    return (Found::Gap, name.len());
                }
                (Found::Value(what), name.len())
            }
            Meaning::Go if quoted => (Found::Text, name.len()),
            Meaning::Go => match argument.map(|text| (text, text.trim().parse::<u16>())) {
                None => (Found::Go(0), name.len()),
                Some((text, Ok(set_no))) => (Found::Go(set_no), name.len() + text.len() + 2),
                Some((text, Err(_))) => {
                    self.bad(span, format!("'{text}' is no number of a set of maps"));
                    (Found::Gap, name.len() + text.len() + 2)
                }
            },
            Meaning::Later(what) => {
                let length =
                    name.len() + if name.ends_with('(') { closing_bracket(rest) - name.len() } else { 0 };
                self.later.push(name.to_owned());
                self.report.add(
                    Code::LaterPlaceholder,
                    span,
                    format!("{name} ({what}) is known but not acted on yet; the statement is not used"),
                );
                (Found::Gap, length)
            }
        }
    }

    /// `%d(…)`.
    fn field(&mut self, at: usize, name: usize, argument: Option<&str>) -> (Found, usize) {
        let argument = argument.unwrap_or("");
        let length = name + argument.len() + 2;
        let begin = at + name + 1;
        let Some(fields) = self.fields else {
            self.bad(
                self.text.span(at..at + length),
                "there is no field list to take a field from".to_owned(),
            );
            return (Found::Gap, length);
        };
        match field::parse(argument, fields) {
            Ok(placeholder) => (Found::Value(Placeholder::Field(placeholder)), length),
            Err(fault) => {
                self.faulty = true;
                let span = self.text.span(begin + fault.span.start..begin + fault.span.end);
                self.report.add(fault.code, span, fault.message).maybe_hint(fault.hint);
                (Found::Gap, length)
            }
        }
    }

    /// A `%` that begins no placeholder: a wildcard, or a mistake.
    fn unknown(&mut self, at: usize, quoted: bool) -> (Found, usize) {
        let rest = &self.text.as_str()[at + 1..];
        let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        if length > 0 {
            let span = self.text.span(at..at + 1 + length);
            let name = &rest[..length];
            let list = PLACEHOLDERS.iter().filter(|row| row.kinds.contains(&self.kind));
            let list: Vec<&str> =
                list.filter(|row| !matches!(row.meaning, Meaning::Later(_))).map(|row| row.name).collect();
            let found = self.report.add(
                Code::UnknownPlaceholder,
                span,
                format!("%{name} is no placeholder of this statement and stays as it is"),
            );
            let meant = list.iter().find(|known| known[1..].eq_ignore_ascii_case(name));
            if let Some(meant) = meant {
                found.hint(format!("did you mean {meant}? upper and lower case are different here"));
            } else if !quoted || length <= 3 {
                found.hint(format!("known here: {}", list.join(", ")));
            }
        }
        (Found::Text, 1)
    }

    fn bad(&mut self, span: Range<usize>, message: String) {
        self.faulty = true;
        self.report.add(Code::BadPlaceholder, span, message);
    }

    fn part(&mut self, part: SqlPart) {
        if !self.plain.is_empty() {
            self.parts.push(SqlPart::Text(std::mem::take(&mut self.plain)));
        }
        self.parts.push(part);
    }

    /// Ends a statement; the space around it is no part of it, and one without anything else is none.
    fn end_statement(&mut self) {
        let end = self.plain.trim_end().len();
        self.plain.truncate(end);
        if !self.plain.is_empty() {
            self.parts.push(SqlPart::Text(std::mem::take(&mut self.plain)));
        }
        let mut parts = std::mem::take(&mut self.parts);
        if let Some(SqlPart::Text(first)) = parts.first_mut() {
            *first = first.trim_start().to_owned();
        }
        parts.retain(|part| !matches!(part, SqlPart::Text(text) if text.is_empty()));
        if !parts.is_empty() {
            self.statements.push(SqlStatement { set_no: self.set_no, parts });
        }
    }
}

/// The length of what is quoted, both quotes included; a doubled quote does not end it. `None`: no end.
fn closing(text: &str, quote: &str) -> Option<usize> {
    let mut at = quote.len();
    while let Some(end) = text[at..].find(quote) {
        at += end + quote.len();
        if !text[at..].starts_with(quote) {
            return Some(at);
        }
        at += quote.len();
    }
    None
}

/// What stands in the brackets that a text begins with.
fn argument(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?;
    Some(&inner[..inner.find(')')?])
}

/// The length of a text up to its first closing bracket.
fn closing_bracket(text: &str) -> usize {
    text.find(')').map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests;
