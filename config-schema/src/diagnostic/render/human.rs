//! Diagnostics for people: with the line of the file and a mark under the very words.
//!
//! Not its job: where the text goes, and whether it may be coloured.

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::source::Sources;

/// Several lines: the message, the place with its line of the file, the notes and the hint.
pub fn human(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let paint = Paint { colour };
    let word = diagnostic.severity.word();
    let mut out = format!(
        "{}: {}\n",
        paint.severity(diagnostic.severity, &format!("{word}[{}]", diagnostic.code)),
        paint.bold(&diagnostic.message)
    );
    snippet(&mut out, &diagnostic.place, sources, &paint, diagnostic.severity);
    for (place, text) in &diagnostic.notes {
        let _ = writeln!(out, "  {} {text}", paint.blue("note:"));
        if let Some(place) = place {
            snippet(&mut out, place, sources, &paint, Severity::Advice);
        }
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(out, "  {} {hint}", paint.blue("hint:"));
    }
    out
}

/// The place, its line, and `^^^^` under the words that are meant.
fn snippet(out: &mut String, place: &Location, sources: &Sources, paint: &Paint, severity: Severity) {
    let _ = writeln!(out, "  {} {}:{}:{}", paint.blue("-->"), place.file, place.line, place.column);
    let Some(source) = sources.find(&place.file) else { return };
    let (before, behind) = source.around(place.span.start, WIDTH);
    if before.trim().is_empty() && behind.trim().is_empty() {
        return;
    }
    // Of a long line the part around the words is shown.
    let (ahead, rest) = (before.chars().count(), behind.chars().count());
    let kept = if ahead + rest <= WIDTH { ahead } else { ahead.min(WIDTH / 2) };
    let before: String = before.chars().skip(ahead - kept).map(plain).collect();
    let behind: String = behind.chars().take(WIDTH - kept).map(plain).collect();
    let pad: String = before.chars().map(blank).collect();
    let words = source.text().get(place.span.clone()).unwrap_or("").chars();
    let length = words.take_while(|c| *c != '\n' && *c != '\r').take(WIDTH).count();
    let marks = length.min(behind.chars().count()).max(1);
    let number = place.line.to_string();
    let gap = " ".repeat(number.len());
    let _ = writeln!(out, " {gap} {}", paint.blue("|"));
    let _ = writeln!(out, " {} {before}{behind}", paint.blue(&format!("{number} |")));
    let _ = writeln!(out, " {gap} {} {pad}{}", paint.blue("|"), paint.severity(severity, &"^".repeat(marks)));
}

/// How many characters of a line are shown at most.
const WIDTH: usize = 160;

/// Control characters of a file do not reach a terminal.
fn plain(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{FFFD}' } else { c }
}

fn blank(c: char) -> char {
    if c == '\t' { '\t' } else { ' ' }
}

struct Paint {
    colour: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn severity(&self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Advice => "1;36",
        };
        self.with(code, text)
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn blue(&self, text: &str) -> String {
        self.with("1;34", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::diagnostic::render::tests::example;
    use crate::source::Source;

    #[test]
    fn the_mark_is_under_the_very_words() {
        let (found, sources) = example();
        let expected = "error[SLC0030]: 'nö' is no boolean\n  --> a.xml:2:12\n   |\n 2 | \t<readonly>nö</readonly>\n   \
                        | \t          ^^\n  note: in this\n  --> a.xml:1:1\n   |\n 1 | <a>\n   | ^^^\n  \
                        hint: write yes or no\n";
        assert_eq!(human(&found, &sources, false), expected);
        assert!(human(&found, &sources, true).contains("\u{1b}[1;31merror[SLC0030]\u{1b}[0m"));
    }

    #[test]
    fn of_a_long_line_the_part_around_the_words_is_shown() {
        let text = format!("{}<here>{}\u{1b}", "x".repeat(1000), "y".repeat(1000));
        let source = Source::new("l", text);
        let found = Diagnostic::new(Code::Syntax, source.locate(1000..1006), "m".into());
        let mut sources = Sources::default();
        sources.push(source);
        let shown = human(&found, &sources, false);
        assert!(shown.lines().all(|line| line.len() < 200), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[3].find("<here>"), lines[4].find("^^^^^^"));
    }
}
