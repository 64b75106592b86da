//! What is told of a tag, an attribute or a script function, in the order in which it is told. `syncloom explain`,
//! the reference pages and the XSD all say the same.
//!
//! Not its job: how it looks (`explain`, `schema`).

use syncloom_config::{Acts, Attribute, Kind, Tag, tags};
use syncloom_script::functions::{Function, Gives, Parameter, Takes};

/// A label and what there is to say; the example and the attributes are not among these.
pub(crate) type Fact = (&'static str, String);

/// Everything that is known of a tag but for its summary.
pub(crate) fn of_tag(tag: &Tag) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut add = |label, text: String| {
        if !text.is_empty() {
            facts.push((label, text));
        }
    };
    add("in", in_tags(tag.parents));
    add("contains", contents(tag));
    let note = if tag.default_note.is_empty() { String::new() } else { format!(" ({})", tag.default_note) };
    add("default", tag.default.map(|default| format!("{default}{note}")).unwrap_or_default());
    add("repeats", if tag.repeats { "any number of times".to_owned() } else { String::new() });
    add("only for", tag.only_for.to_owned());
    add("acts", acts(tag.acts).unwrap_or_default());
    add("outdated", instead(tag));
    add("old spellings", tag.aliases.join(", "));
    let origin = [(tag.products, "only in "), (tag.since, "since ")];
    let origin =
        origin.iter().filter(|(text, _)| !text.is_empty()).map(|(text, word)| format!("{word}{text}"));
    add("in the Synthesis engine", origin.collect::<Vec<_>>().join(", "));
    let own = if tag.extension { "Syncloom's own".to_owned() } else { String::new() };
    add("manual", if tag.section.is_empty() { own } else { tag.section.to_owned() });
    facts
}

fn contents(tag: &Tag) -> String {
    if tag.kind != Kind::Container {
        return tag.kind.described();
    }
    let names: Vec<String> = tags::inside(tag.name).map(|inner| format!("<{}>", inner.name)).collect();
    names.join(", ")
}

/// Why a tag or an attribute does nothing; `None`: it acts.
pub(crate) fn acts(acts: Acts) -> Option<String> {
    match acts {
        Acts::Now => None,
        Acts::Later(why) => Some(format!("not yet: {why}")),
        Acts::NoEffect(why) => Some(format!("has no effect: {why}")),
    }
}

fn instead(tag: &Tag) -> String {
    match tag.deprecated {
        "" => String::new(),
        tag if tags::named(tag).is_empty() => format!("use {tag}"),
        tag => format!("use <{tag}>"),
    }
}

/// `<a>, <b>`; the root stands in nothing.
pub(crate) fn in_tags(parents: &[&str]) -> String {
    let named = parents.iter().filter(|parent| !parent.is_empty());
    named.map(|parent| format!("<{parent}>")).collect::<Vec<_>>().join(", ")
}

/// An attribute in one line, without its name.
pub(crate) fn of_attribute(attribute: &Attribute) -> String {
    let mut line = format!("{}; {}", attribute.summary, attribute.kind.described());
    if attribute.required {
        line.push_str("; required");
    }
    if let Some(default) = attribute.default {
        line.push_str(&format!("; default {default}"));
    }
    if let Some(acts) = acts(attribute.acts) {
        line.push_str(&format!("; {acts}"));
    }
    line
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
