//! What is wrong with a config, or not acted on: one type for every problem, with a stable code and a place.
//!
//! Not its job: finding problems, and printing them; [`render`] turns them into text.

mod codes;
mod pages;
pub mod render;

use std::ops::Range;
use std::sync::Arc;

pub use codes::{Code, Severity};
pub use pages::Page;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The bytes of the decoded text.
    pub span: Range<usize>,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Location,
    /// What it is, in one sentence.
    pub message: String,
    /// What else matters, with the place where that stands.
    pub notes: Vec<(Option<Location>, String)>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The changes to the file of `place` that mend it, where there is but one way; else empty.
    pub fix: Vec<Edit>,
    /// Where the file of `place` begins among all files of the config.
    pub(crate) base: usize,
}

/// A change to a file: these bytes of its decoded text become this text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty where something is put in.
    pub span: Range<usize>,
    /// What stands there then.
    pub text: String,
}

impl Diagnostic {
    /// A problem of the usual severity.
    pub fn new(code: Code, place: Location, message: String) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            place,
            message,
            notes: Vec::new(),
            hint: None,
            fix: Vec::new(),
            base: 0,
        }
    }

    /// Says what to do about it.
    pub fn hint(&mut self, hint: impl Into<String>) -> &mut Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what to do about it, if there is anything to say.
    pub(crate) fn maybe_hint(&mut self, hint: Option<String>) -> &mut Self {
        self.hint = hint.or(self.hint.take());
        self
    }

    /// Says how the file is mended: this text in this place.
    pub(crate) fn fix(&mut self, span: Range<usize>, text: impl Into<String>) -> &mut Self {
        let span = span.start.saturating_sub(self.base)..span.end.saturating_sub(self.base);
        self.fix.push(Edit { span, text: text.into() });
        self
    }

    /// Points at something of the name that is looked for and that a condition leaves out.
    pub(crate) fn left_out(&mut self, place: Option<Location>) -> &mut Self {
        if let Some(place) = place {
            self.note(place, "a condition leaves out what is defined here");
        }
        self
    }

    /// Points at something else that matters.
    pub(crate) fn note(&mut self, place: Location, text: impl Into<String>) -> &mut Self {
        self.notes.push((Some(place), text.into()));
        self
    }
}

/// The name that was probably meant, as a question; `None` if none of them is close.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    closest(name, known).map(|known| format!("did you mean '{known}'?"))
}

/// Of the known names the one that is closest to this, if it is close.
pub(crate) fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Longer names are not compared: the time it takes grows with the square of the length.
    if name.len() > 100 {
        return None;
    }
    let name = name.to_ascii_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&name, &known.to_ascii_lowercase()), known))
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_close_are_suggested() {
        let known = ["readonly", "reportupdates", "deletewins"];
        assert_eq!(closest("readnoly", known.into_iter()), Some("readonly"));
        assert_eq!(did_you_mean("x", known.into_iter()), None);
        assert_eq!(closest(&"readonly".repeat(99), known.into_iter()), None);
    }
}
