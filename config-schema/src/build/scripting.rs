//! `<scripting>`: functions and macros (manual 8.10), and saying what is wrong with a script in words of the file.
//!
//! Not its job: which scripts there are (`contexts`).

use std::ops::Range;
use std::sync::Arc;

use syncloom_script::lang::{Library, Macros, ScriptError};

use super::values::{attr_text, integer};
use crate::diagnostic::Code;
use crate::node::Node;
use crate::source::Report;
use crate::xml::Text;

/// What all scripts of a config share.
pub(super) struct Scripting<'n> {
    pub library: Arc<Library>,
    /// The macros by name.
    macros: Vec<(&'n str, &'n Node)>,
}

impl<'n> Scripting<'n> {
    /// Reads all `<scripting>` of a document. Functions may stand behind what calls them.
    pub fn read(root: &'n Node, report: &mut Report<'_>) -> Self {
        let nodes = || root.all("scripting").flat_map(|scripting| &scripting.children);
        let mut macros: Vec<(&str, &Node)> = Vec::new();
        for node in nodes().filter(|node| node.tag.name == "macro") {
            let Some(name) = attr_text(node, "name") else { continue };
            let span = node.attr_span("name");
            if let Some(at) = macros.iter().position(|(known, _)| *known == name) {
                let (_, first) = macros.remove(at);
                let first = report.locate(first.attr_span("name"));
                let message = format!("there is a macro '{name}' already; the last one counts");
                report.add(Code::Repeated, span, message).note(first, "the first one");
            }
            macros.push((name, node));
        }
        let texts: Macros =
            macros.iter().map(|(name, node)| ((*name).to_owned(), node.text.as_str().to_owned())).collect();
        let functions: Vec<&Text> = nodes()
            .filter(|node| node.tag.name == "function" && !node.value().is_empty())
            .map(|node| &node.text)
            .collect();
        let bodies: Vec<&str> = functions.iter().map(|text| text.as_str()).collect();
        let seconds: u64 =
            match root.all("scripting").filter(|node| node.child("looptimeout").is_some()).last() {
                Some(node) => integer(node, "looptimeout"),
                None => super::default_text("scripting", "looptimeout").parse().unwrap_or(0),
            };
        let (library, errors) = Library::new(texts, &bodies, seconds.saturating_mul(1000));
        let scripting = Scripting { library: Arc::new(library), macros };
        for (number, error) in errors {
            if let Some(text) = functions.get(number) {
                scripting.tell(&error, text, report);
            }
        }
        scripting
    }

    /// Says what is wrong with a script: in the macro where that is in one, with the place of its use.
    pub fn tell(&self, error: &ScriptError, text: &Text, report: &mut Report<'_>) {
        let used = script_span(text, &error.span);
        let inner = error.inside.iter().rev().find_map(|place| {
            let (_, node) = self.macros.iter().find(|(name, _)| *name == place.name)?;
            Some((script_span(&node.text, &place.span), &place.name))
        });
        let Some((span, name)) = inner else {
            let word = text.as_str().get(error.span.clone()).and_then(|word| word.strip_prefix('$'));
            let left_out = word.and_then(|name| report.left_out(name));
            let told = report.add(Code::BadScript, used, error.message.clone());
            told.maybe_hint(error.hint.clone()).left_out(left_out);
            return;
        };
        let at = report.locate(span.clone());
        let used = report.locate(used);
        let words = format!("the macro {name} is used here");
        // A macro with a mistake has it wherever it is used.
        let known = report
            .diagnostics
            .iter_mut()
            .find(|told| told.code == Code::BadScript && told.place == at && told.message == error.message);
        match known {
            Some(told) if told.notes.len() >= MAX_USES => {}
            Some(told) => {
                told.note(used, words);
            }
            None => {
                let told = report.add(Code::BadScript, span, error.message.clone());
                told.note(used, words).maybe_hint(error.hint.clone());
            }
        }
    }

    /// Says of macros that a script uses and that are defined only behind it (manual 6.12).
    pub fn check_order(&self, script: &Node, report: &mut Report<'_>) {
        let text = &script.text;
        for (name, defined) in self.macros.iter().filter(|(_, defined)| defined.order > script.order) {
            let Some(at) = uses(text.as_str(), name) else { continue };
            let place = report.locate(defined.attr_span("name"));
            let message = format!("the macro '{name}' is defined only in line {}", place.line);
            report
                .add(Code::DefinedLater, script_span(text, &(at..at + 1 + name.len())), message)
                .note(place, "it is defined here")
                .hint("move the <scripting> before the scripts that use it");
        }
    }
}

/// How many uses of a macro with a mistake are shown.
const MAX_USES: usize = 3;

/// Where a script uses a macro for the first time.
fn uses(text: &str, name: &str) -> Option<usize> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices('$')
        .find(|(at, _)| text[at + 1..].strip_prefix(name).is_some_and(|rest| !rest.starts_with(part)))
        .map(|(at, _)| at)
}

/// The place of a part of a script; of one at its very end, the last word before.
fn script_span(text: &Text, span: &Range<usize>) -> Range<usize> {
    let (trimmed, begin) = text.trimmed();
    let end = begin + trimmed.len();
    if span.start >= end && !trimmed.is_empty() {
        let last = trimmed.chars().next_back().map_or(0, char::len_utf8);
        return text.span(end - last..end);
    }
    text.span(span.start..span.end.min(end).max(span.start))
}
