//! `syncloom explain`: what a tag of the config, a script function or an error code means. Everything that it says
//! comes from the declarations.

use std::process::ExitCode;

use syncloom_config::{Acts, Code, Tag, tags};
use syncloom_script::functions::{self, Function, Gives, Parameter, Takes};

/// How many near matches are shown for a word that is not known.
const NEAR: usize = 5;

pub(crate) fn run(word: &str) -> ExitCode {
    let texts = all_of(word);
    if texts.is_empty() {
        eprintln!("syncloom: {word} is no tag, script function or error code");
        let near = near(word);
        if !near.is_empty() {
            eprintln!("near it: {}", near.join(", "));
        }
        return ExitCode::FAILURE;
    }
    println!("{}", texts.join("\n\n"));
    ExitCode::SUCCESS
}

/// Everything that goes by this name. `server/datastore/readonly` means the tag in these tags.
fn all_of(word: &str) -> Vec<String> {
    let mut path = word.trim_matches(['<', '>', '/']).rsplit('/');
    let name = path.next().unwrap_or_default();
    let parent = path.next();
    let is_it = |tag: &&Tag| {
        tag.name.eq_ignore_ascii_case(name)
            && parent.is_none_or(|parent| tag.parents.iter().any(|known| known.eq_ignore_ascii_case(parent)))
    };
    let mut texts: Vec<String> = tags().filter(is_it).map(tag).collect();
    if parent.is_none() {
        let functions = functions::all().filter(|known| known.name.eq_ignore_ascii_case(name));
        texts.extend(functions.map(function));
        let codes = Code::ALL.iter().filter(|(_, id, _, _)| id.eq_ignore_ascii_case(name));
        texts.extend(codes.map(|(_, id, severity, title)| format!("{id} ({severity:?})\n  {title}")));
    }
    texts
}

fn tag(tag: &Tag) -> String {
    let mut lines = vec![format!("<{}> in {}", tag.name, in_tags(tag.parents))];
    if tag.extension {
        lines.push("a Syncloom extension".into());
    }
    if !tag.summary.is_empty() {
        lines.push(tag.summary.into());
    }
    if let Some(default) = tag.default {
        lines.push(format!("default: {default}"));
    }
    if !tag.attributes.is_empty() {
        let names: Vec<&str> = tag.attributes.iter().map(|attribute| attribute.name).collect();
        lines.push(format!("attributes: {}", names.join(", ")));
    }
    match tag.acts {
        Acts::Now => {}
        Acts::Later(why) => lines.push(format!("not acted on yet: {why}")),
        Acts::NoEffect(why) => lines.push(format!("has no effect: {why}")),
    }
    if !tag.section.is_empty() {
        lines.push(format!("manual {}", tag.section));
    }
    lines.join("\n  ")
}

fn in_tags(parents: &[&str]) -> String {
    parents.iter().map(|parent| format!("<{parent}>")).collect::<Vec<_>>().join(", ")
}

fn function(function: &Function) -> String {
    let mut lines = vec![signature(function)];
    lines.push(function.summary.into());
    lines.push(format!("contexts: {}", function.contexts.names().join(", ")));
    if let Some((example, result)) = function.example {
        lines.push(format!("example: {example}  gives  {result}"));
    }
    if !function.section.is_empty() {
        lines.push(format!("manual {}", function.section));
    }
    lines.join("\n  ")
}

/// `string SUBSTR(string text, integer from, [integer count])`
pub(crate) fn signature(function: &Function) -> String {
    let gives = match function.result {
        Gives::Nothing => "",
        Gives::Kind(kind) => kind.name(),
        Gives::Any => "variant",
    };
    let parameters: Vec<String> = function.parameters.iter().map(parameter).collect();
    format!("{gives} {}({})", function.name, parameters.join(", ")).trim_start().to_owned()
}

fn parameter(parameter: &Parameter) -> String {
    let kind = parameter.kind.map_or("variant", |kind| kind.name());
    let reference = match parameter.takes {
        Takes::Value => "",
        Takes::Variable | Takes::Any => "&",
        Takes::Array => "&[]",
    };
    let text = format!("{kind} {reference}{}", parameter.name);
    if parameter.optional { format!("[{text}]") } else { text }
}

/// Names that are much like this one.
fn near(word: &str) -> Vec<String> {
    let wanted = word.to_ascii_lowercase();
    let names =
        tags().map(|tag| tag.name.to_owned()).chain(functions::all().map(|known| known.name.to_owned()));
    let mut scored: Vec<(usize, String)> = names
        .map(|name| (strsim::damerau_levenshtein(&wanted, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= 1 + wanted.len() / 4)
        .collect();
    scored.sort();
    scored.dedup();
    scored.into_iter().take(NEAR).map(|(_, name)| name).collect()
}
