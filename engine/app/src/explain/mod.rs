//! `syncloom explain`: what a word means: a tag of the config, an attribute, a script function, a
//! placeholder of SQL, an error code, a status code of SyncML. Everything that it says comes from the declarations.

mod status;

use std::process::ExitCode;

use syncloom_config::placeholders::placeholders;
use syncloom_config::tags::{self, GLOBAL_ATTRIBUTES};
use syncloom_config::{Attribute, Code, Page, Tag};
use syncloom_script::functions::{self, Function};

use crate::facts;
use status::{ALERTS, STATUSES};

/// How many near matches are shown for a word that is not known.
const NEAR: usize = 5;

pub(crate) fn run(word: &str) -> ExitCode {
    let texts = all_of(word);
    if texts.is_empty() {
        eprintln!(
            "syncloom: '{word}' is no tag, attribute, script function, placeholder, error code or status code"
        );
        let near = near(word);
        if !near.is_empty() {
            eprintln!("near it: {}", near.join(", "));
        }
        return ExitCode::FAILURE;
    }
    println!("{}", texts.join("\n\n"));
    ExitCode::SUCCESS
}

/// Everything that goes by this name. `server/datastore/readonly` means the tag in these tags, and `map/mode` the
/// attribute of this tag.
fn all_of(word: &str) -> Vec<String> {
    let path: Vec<&str> = word.trim().trim_matches(['<', '>', '/']).split(['/', '@']).collect();
    let Some((name, parents)) = path.split_last() else { return Vec::new() };
    let mut texts: Vec<String> = tags::named(name)
        .iter()
        .filter(|tag| stands_in(tag, parents))
        .map(|found| tag(found, name))
        .collect();
    texts.extend(attributes(name, parents));
    texts.extend(placeholder(word.trim()));
    if parents.is_empty() {
        let functions = functions::all().filter(|known| known.name.eq_ignore_ascii_case(name));
        texts.extend(functions.map(function));
        texts.extend(code(name));
        texts.extend(name.parse().map(numbered).unwrap_or_default());
    }
    texts
}

/// Whether a tag can stand in these tags, the last one being the innermost.
fn stands_in(tag: &Tag, path: &[&str]) -> bool {
    let Some((parent, outer)) = path.split_last() else { return true };
    tag.parents.iter().any(|known| known.eq_ignore_ascii_case(parent))
        && tags::named(parent).iter().any(|parent| stands_in(parent, outer))
}

fn tag(tag: &Tag, asked: &str) -> String {
    let mut lines = vec![format!("<{}>", tag.name), tag.summary.to_owned()];
    if !tag.name.eq_ignore_ascii_case(asked) {
        lines.push(format!("<{}> is an old spelling of it", asked.to_ascii_lowercase()));
    }
    lines.extend(facts::of_tag(tag).into_iter().map(|(label, text)| format!("{label}: {text}")));
    if !tag.attributes.is_empty() {
        lines.push("attributes:".to_owned());
        let line =
            |attribute: &Attribute| format!("  {}: {}", attribute.name, facts::of_attribute(attribute));
        lines.extend(tag.attributes.iter().map(line));
    }
    lines.push("example:".to_owned());
    lines.extend(tag.example().lines().map(|line| format!("  {line}")));
    lines.join("\n  ")
}

fn attributes(name: &str, parents: &[&str]) -> Vec<String> {
    let is_it = |attribute: &&Attribute| attribute.name.eq_ignore_ascii_case(name);
    let about = |place: &str, attribute: &Attribute| {
        format!("{}, an attribute of {place}\n  {}", attribute.name, facts::of_attribute(attribute))
    };
    // Without a path the innermost tag may be any.
    let of_tags = tags::tags().filter(|tag| match parents.split_last() {
        None => true,
        Some((own, outer)) => tag.name.eq_ignore_ascii_case(own) && stands_in(tag, outer),
    });
    let mut found: Vec<String> = of_tags
        .filter_map(|tag| Some((tag, tag.attributes.iter().find(is_it)?)))
        .map(|(tag, attribute)| {
            let parents = facts::in_tags(tag.parents);
            let place = if parents.is_empty() { String::new() } else { format!(" in {parents}") };
            about(&format!("<{}>{place}", tag.name), attribute)
        })
        .collect();
    if parents.is_empty() {
        found.extend(GLOBAL_ATTRIBUTES.iter().filter(is_it).map(|attribute| about("every tag", attribute)));
    }
    found
}

fn function(function: &Function) -> String {
    let mut lines = vec![facts::signature(function)];
    lines.push(function.summary.into());
    lines.push(format!("contexts: {}", function.contexts.names().join(", ")));
    if let Some((example, result)) = function.example {
        lines.push(format!("example: {example}  gives  {result}"));
    }
    if !function.section.is_empty() {
        lines.push(format!("manual: {}", function.section));
    }
    lines.join("\n  ")
}

/// The meanings of a placeholder of SQL, with `%` before it.
fn placeholder(word: &str) -> Vec<String> {
    let known = placeholders().filter(|(name, ..)| *name == word || name.trim_end_matches('(') == word);
    known
        .map(|(name, about, kinds)| {
            let place = kinds.map_or("not replaced yet".to_owned(), |kinds| format!("in SQL for: {kinds}"));
            format!("{name}, a placeholder of SQL\n  {about}\n  {place}")
        })
        .collect()
}

/// The page of a code, as it stands in `docs/errors`.
fn code(name: &str) -> Option<String> {
    let (code, ..) = Code::ALL.iter().find(|(_, id, ..)| id.eq_ignore_ascii_case(name))?;
    Some(Page::of(*code)?.markdown().trim_end().to_owned())
}

fn numbered(number: u16) -> Vec<String> {
    let status = STATUSES.iter().filter(|(known, ..)| *known == number);
    let alert = ALERTS.iter().filter(|(known, _)| *known == number);
    status
        .map(|(_, name, meaning)| format!("{number} {name}, a status of SyncML\n  {meaning}"))
        .chain(alert.map(|(_, meaning)| format!("{number}, an alert of SyncML\n  {meaning}")))
        .collect()
}

/// Names that are much like this one.
fn near(word: &str) -> Vec<String> {
    let wanted = word.rsplit('/').next().unwrap_or(word).to_ascii_lowercase();
    let attributes = tags::tags().flat_map(|tag| tag.attributes).map(|attribute| attribute.name);
    let names = tags::tags()
        .map(|tag| tag.name)
        .chain(functions::all().map(|known| known.name))
        .chain(attributes)
        .chain(Code::ALL.iter().map(|(_, id, ..)| *id));
    let mut scored: Vec<(usize, &str)> = names
        .map(|name| (strsim::damerau_levenshtein(&wanted, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= 1 + wanted.len() / 4)
        .collect();
    scored.sort();
    scored.dedup();
    scored.into_iter().take(NEAR).map(|(_, name)| name.to_owned()).collect()
}
