//! What is defined and never used, and names of remote rules, which stand before the rules do.
//!
//! Not its job: names that must be defined before they are used (`names`).

use super::values::attr_text;
use crate::diagnostic::{Code, Severity, did_you_mean};
use crate::node::{Attr, Node};
use crate::source::Report;
use crate::tags::Kind;

/// Of how many scripts, macros and functions it is told that they are not used: each is looked for in all others.
const MAX_TEXTS: usize = 1000;

/// Tells of `rule` and `rulematch` that name no rule.
pub(super) fn check_rules(root: &Node, report: &mut Report<'_>) {
    let mut rules: Vec<&str> = Vec::new();
    each(root, &mut |node| {
        if matches!(node.tag.name, "remoterule" | "subrule") {
            rules.extend(attr_text(node, "name"));
        }
    });
    each(root, &mut |node| {
        let names_rules = |attr: &&Attr| attr.valid && matches!(attr.decl.name, "rule" | "rulematch");
        for attr in node.attributes.iter().filter(names_rules) {
            // <include> looks its rule up itself.
            if node.tag.name != "include" {
                check_rule(attr, &rules, report);
            }
        }
    });
}

fn check_rule(attr: &Attr, rules: &[&str], report: &mut Report<'_>) {
    for name in attr.value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let known = rules.iter().any(|rule| rule.eq_ignore_ascii_case(name));
        // A pattern may wait for rules to come; `other` is what holds where no rule of a group does.
        if known || name.contains(['*', '?']) || name.eq_ignore_ascii_case("other") {
            continue;
        }
        let hint = did_you_mean(name, rules.iter().copied());
        let told =
            report.add(Code::UnknownName, attr.span.clone(), format!("there is no remote rule '{name}'"));
        told.maybe_hint(hint).severity = Severity::Warning;
    }
}

/// Tells of macros and functions that no script uses.
pub(super) fn unused_scripts(root: &Node, report: &mut Report<'_>) {
    let mut texts: Vec<(&Node, String)> = Vec::new();
    each(root, &mut |node| {
        if matches!(node.tag.kind, Kind::Script | Kind::Function) || node.tag.name == "macro" {
            texts.push((node, node.text.as_str().to_ascii_lowercase()));
        }
    });
    if texts.len() > MAX_TEXTS {
        return;
    }
    for (node, _) in &texts {
        let others =
            || texts.iter().filter(|(other, _)| !std::ptr::eq(*other, *node)).map(|(_, text)| text.as_str());
        let shown = attr_text(node, "name").or(function_name(node.text.as_str())).unwrap_or("");
        let name = match node.tag.name {
            "macro" => Some(format!("${}", shown.to_ascii_lowercase())),
            "function" if !shown.is_empty() => Some(shown.to_ascii_lowercase()),
            _ => None,
        };
        if name.is_none_or(|name| others().any(|text| mentions(text, &name))) {
            continue;
        }
        let what = node.tag.name;
        let span = if what == "macro" { node.attr_span("name") } else { node.span.clone() };
        report.add(Code::Unused, span, format!("the {what} '{shown}' is used by no script"));
    }
}

/// The name of a function: the last word before its parameters.
fn function_name(text: &str) -> Option<&str> {
    let head =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).find(|line| line.contains('('))?;
    let name = head.split('(').next()?.split_whitespace().last()?;
    (!name.is_empty()).then_some(name)
}

/// Whether a text has a name as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    memchr::memmem::find_iter(text.as_bytes(), name).any(|at| {
        let behind = text[at + name.len()..].starts_with(part);
        let before = text[..at].ends_with(part) && !name.starts_with('$');
        !behind && !before
    })
}

fn each<'n>(node: &'n Node, visit: &mut impl FnMut(&'n Node)) {
    visit(node);
    node.children.iter().for_each(|child| each(child, visit));
}
