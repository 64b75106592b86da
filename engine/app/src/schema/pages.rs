//! The reference as markdown.
//!
//! Not its job: where it is written.

use std::collections::BTreeMap;
use std::fmt::Write;

use syncloom_config::tags::{self, GLOBAL_ATTRIBUTES};
use syncloom_config::{Acts, Code, Page, Tag};
use syncloom_script::functions;

use crate::facts;

/// The pages of the reference with their names.
pub(super) fn reference() -> Vec<(String, String)> {
    [
        ("tags.md", tag_page()),
        ("status.md", status_page()),
        ("functions.md", function_page()),
        ("errors.md", error_page()),
    ]
    .map(|(name, page)| (name.to_owned(), page))
    .to_vec()
}

/// A page for each code.
pub(super) fn errors() -> Vec<(String, String)> {
    let page = |page: &Page| (format!("{}.md", page.code), page.markdown());
    Page::all().map(page).collect()
}

fn tag_page() -> String {
    let mut page = head(
        "Tags",
        "Every tag of the config language, in alphabetical order. `syncloom explain NAME` says the same.",
    );
    page.push_str("Attributes of every tag:\n\n");
    for attribute in GLOBAL_ATTRIBUTES {
        let _ = writeln!(page, "* `{}`: {}", attribute.name, plain(&facts::of_attribute(attribute)));
    }
    let mut all: Vec<&Tag> = tags::tags().collect();
    all.sort_by_key(|tag| (tag.name, tag.parents));
    for tag in all {
        tag_section(&mut page, tag);
    }
    page
}

fn tag_section(page: &mut String, tag: &Tag) {
    let _ = write!(page, "\n## `<{}>`\n\n{}.\n\n", tag.name, capital(&plain(tag.summary)));
    for (label, text) in facts::of_tag(tag) {
        let _ = writeln!(page, "* {label}: {}", plain(&text));
    }
    if !tag.attributes.is_empty() {
        page.push_str("* attributes:\n");
        for attribute in tag.attributes {
            let _ = writeln!(page, "  * `{}`: {}", attribute.name, plain(&facts::of_attribute(attribute)));
        }
    }
    let _ = write!(page, "\n```xml\n{}\n```\n", tag.example().trim_matches('\n'));
}

/// Names of tags in a text are code.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(behind.len());
        let closed = behind[end..].starts_with('>') && end > 0;
        let _ = match closed {
            true => write!(out, "`<{}>`", &behind[..end]),
            false => write!(out, "&lt;"),
        };
        rest = if closed { &behind[end + 1..] } else { behind };
    }
    out + rest
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// Which tags act, and what the others wait for, by what they are about.
fn status_page() -> String {
    let mut page =
        head("Which tags act", "Every tag of the config language by what it is about, and whether it acts.");
    page.push_str("| about | tags | act | wait | have no effect |\n|---|---|---|---|---|\n");
    let count = |tags: &[Tag], test: fn(&Acts) -> bool| tags.iter().filter(|tag| test(&tag.acts)).count();
    for (about, group) in tags::groups() {
        let _ = writeln!(
            page,
            "| {about} | {} | {} | {} | {} |",
            group.len(),
            count(group, |acts| matches!(acts, Acts::Now)),
            count(group, |acts| matches!(acts, Acts::Later(_))),
            count(group, |acts| matches!(acts, Acts::NoEffect(_))),
        );
    }
    for (about, group) in tags::groups() {
        let _ = write!(page, "\n## {}\n\n", capital(about));
        let acting = names(group.iter().filter(|tag| tag.acts == Acts::Now));
        if !acting.is_empty() {
            let _ = writeln!(page, "* act: {acting}");
        }
        let mut others: BTreeMap<String, Vec<&Tag>> = BTreeMap::new();
        for tag in group {
            if let Some(why) = facts::acts(tag.acts) {
                others.entry(why).or_default().push(tag);
            }
        }
        for (why, tags) in others {
            let _ = writeln!(page, "* {}: {}", plain(&why), names(tags.into_iter()));
        }
    }
    page
}

fn names<'a>(tags: impl Iterator<Item = &'a Tag>) -> String {
    tags.map(|tag| format!("`<{}>`", tag.name)).collect::<Vec<_>>().join(", ")
}

fn function_page() -> String {
    let mut page =
        head("Script functions", "Every built-in function of the script language, in alphabetical order.");
    let mut all: Vec<_> = functions::all().collect();
    all.sort_by_key(|function| function.name);
    for function in all {
        let _ = write!(
            page,
            "## {}\n\n`{}`\n\n{}\n\n",
            function.name,
            facts::signature(function),
            function.summary
        );
        let _ = writeln!(page, "* contexts: {}", function.contexts.names().join(", "));
        if let Some((example, result)) = function.example {
            let _ = writeln!(page, "* example: `{example}` gives `{result}`");
        }
        if !function.section.is_empty() {
            let _ = writeln!(page, "* manual: {}", function.section);
        }
        page.push('\n');
    }
    page
}

fn error_page() -> String {
    let mut page = head("Error codes", "Every code of a problem that `syncloom check` finds.");
    page.push_str("| code | severity | what it is |\n|---|---|---|\n");
    for (_, id, severity, title) in Code::ALL {
        let title = title.replace('<', "&lt;");
        let _ = writeln!(page, "| [{id}](../errors/{id}.md) | {} | {title} |", severity.word());
    }
    page
}

fn head(title: &str, about: &str) -> String {
    format!("# {title}\n\n{about} Made by `syncloom schema --markdown`; do not edit.\n\n")
}
