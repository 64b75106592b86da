//! Diagnostics as text: for people, one line each, and for programs.
//!
//! Not its job: where the text goes.

mod human;
mod machine;
mod sarif;

pub use human::human;
pub use machine::{concise, github, json};
pub use sarif::sarif;

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Code, Diagnostic};
    use crate::source::{Source, Sources};

    /// A problem with a note, a hint and a fix, and the file that it is in.
    pub(super) fn example() -> (Diagnostic, Sources) {
        let source = Source::new("a.xml", "<a>\r\n\t<readonly>nö</readonly>\r\n</a>".to_owned());
        let mut found = Diagnostic::new(Code::BadBoolean, source.locate(16..19), "'nö' is no boolean".into());
        found.hint("write yes or no").note(source.locate(0..3), "in this").fix(16..19, "no");
        let mut sources = Sources::default();
        sources.push(source);
        (found, sources)
    }
}
