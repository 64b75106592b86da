//! The declarations against the list of all known tags, and the configs of the reference engine against the
//! loader. Both are data beside the workspace; where they are not at hand, the tests say so and pass.
//!
//! Not its job: what Syncloom adds to the language.

use std::io::Write;
use std::path::PathBuf;

use syncloom_config::diagnostic::render;
use syncloom_config::{Code, Kind, LoadOptions, Severity, Tag, load, tags, values};

/// A file beside the workspace; `Err` says that it is not at hand.
fn shared(path: &str) -> Result<PathBuf, String> {
    let root = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let path = root.join(path);
    if path.exists() { Ok(path) } else { Err(format!("skipped: no {}", path.display())) }
}

/// Says why a test did not run: not by `println!`, which the test harness keeps to itself while a test passes.
fn say(skipped: &str) {
    let _ = writeln!(std::io::stderr(), "{skipped}");
}

/// Tags whose kind differs from the source's, and why.
const OTHER_KINDS: &[(&str, &str)] = &[
    ("sqlitefile", "a path, not any text with variables"),
    ("logfile", "a path"),
    ("binfilespath", "a path"),
    ("textpath", "a path; the list has no kind"),
    ("maxmsgsize", "less than 512 bytes is refused anyway"),
    ("sessiontimeout", "a negative time makes no sense"),
    ("maxrepeat", "a negative number makes no sense"),
    ("repeatinc", "a negative number makes no sense"),
    ("plugin_params", "the plugin knows its tags"),
    ("plugin_params_admin", "the plugin knows its tags"),
    ("overridedevinf", "the content is XML of its own"),
    ("recordfilterinclusive", "the list repeats the kind of the tag before it; the source has a boolean"),
    ("booltype", "it says yes or no, as the source reads it"),
    ("embeddeditem", "it says yes or no, as the source reads it"),
    ("version", "one declaration for both base types, held to the base type when the datatype is built"),
    ("textprofile", "the list names the tags inside"),
    ("mimeprofile", "the list names the tag inside"),
    ("externalurl", "text"),
];

/// Tags whose default differs from the source's, and why.
const OTHER_DEFAULTS: &[(&str, &str)] = &[
    ("manufacturer", "an empty one counts as the product's own"),
    ("model", "an empty one counts as the product's own"),
    ("ds12filters", "the manual's default is on"),
    ("daterangesupport", "the manual's default is on"),
    ("maxmsgsize", "the server's"),
    ("obexservice", "the manual's"),
    ("maxattachments", "as in the source"),
    ("maxconcurrentsessions", "a limit of the build has no meaning here"),
    ("simmsgread", "a default of the build has no meaning here"),
    ("mask", "a default of the build has no meaning here"),
    ("rejectstatus", "absence means not to reject"),
];

fn parents(cell: &str, name: &str) -> Vec<String> {
    if cell.starts_with("(not parsed") {
        return tags::named(name).iter().flat_map(|tag| tag.parents).map(ToString::to_string).collect();
    }
    let plain = cell.split(" (").next().unwrap_or(cell);
    plain
        .split('|')
        .map(|parent| if parent == "dataobj profile" { "textprofile" } else { parent }.to_owned())
        .collect()
}

fn kind_fits(tag: &Tag, cell: &str) -> bool {
    match tag.kind {
        Kind::Container => cell == "container",
        Kind::Empty => matches!(cell, "empty" | ""),
        Kind::Boolean => cell.starts_with("boolean"),
        Kind::Tristate => cell == "tristate",
        Kind::Script => cell == "script",
        Kind::Function => cell == "script function",
        Kind::Text | Kind::Sql(_) | Kind::Filter => {
            matches!(cell, "string" | "" | "OBEX service name" | "Filter expression")
        }
        Kind::Expanded => cell == "string(macro-expanded)",
        Kind::Path => cell == "path",
        Kind::CText => cell == "string(C escapes)",
        Kind::Raw => cell == "raw string",
        Kind::TimeZone => cell == "timezone",
        Kind::ZoneRule => cell == "vtimezone",
        Kind::Timestamp => cell == "timestamp",
        Kind::FieldName => cell == "field",
        Kind::Address => cell == "IP address",
        Kind::Enum(words) if cell == "protocol name" => words.contains(&"HTTP"),
        Kind::Enum(words) => {
            let listed = cell.strip_prefix("enum ").unwrap_or("").replace("(if built in)", "");
            listed.split('|').all(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
        }
        kind if kind == Kind::INT16 => cell == "int16",
        kind if kind == Kind::UINT16 => cell == "uint16",
        kind if kind == Kind::INT32 => cell == "int32",
        kind if kind == Kind::UINT32 => matches!(cell, "uint32" | "number"),
        Kind::Integer { .. } => cell == "port number",
        _ => false,
    }
}

fn default_fits(tag: &Tag, cell: &str) -> bool {
    let word = cell.split([' ', '(']).next().unwrap_or("");
    let Some(default) = tag.default else {
        return matches!(cell, "" | "(empty)") || word == "unspecified" || word == "none";
    };
    // Absent in the source's column: the manual or the branch of the product says it.
    word.is_empty()
        || default == word
        || cell == "(empty)" && default.is_empty()
        || values::boolean(default).is_some() && values::boolean(default) == values::boolean(word)
        || cell.contains(&format!("{} {default}", tag.parents[0]))
        || cell.contains(&format!("{} {}", if default == "yes" { "true" } else { "false" }, tag.parents[0]))
}

#[test]
fn every_known_tag_is_declared_as_it_is_known() {
    let path = match shared("facts/config_tags.tsv") {
        Ok(path) => path,
        Err(skipped) => return say(&skipped),
    };
    let table = std::fs::read_to_string(path).unwrap();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or("");
        let name = cell(0).to_ascii_lowercase();
        let alias = |tag: &Tag| tag.name != name;
        for parent in parents(cell(1), &name) {
            seen += 1;
            let Some(tag) = tags::find(&parent, &name) else {
                wrong.push(format!("<{name}> in <{parent}> is not declared"));
                continue;
            };
            let listed =
                |list: &[(&str, &str)]| list.iter().any(|(listed, why)| *listed == name && !why.is_empty());
            if !kind_fits(tag, cell(2)) && !listed(OTHER_KINDS) {
                wrong.push(format!("<{name}> in <{parent}>: {:?}, known as {:?}", tag.kind, cell(2)));
            }
            if !alias(tag) && !default_fits(tag, cell(3)) && !listed(OTHER_DEFAULTS) {
                wrong.push(format!("<{name}> in <{parent}>: {:?}, known as {:?}", tag.default, cell(3)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 429, "{seen}");
}

#[test]
fn every_tag_of_the_manual_s_index_is_declared() {
    let names: Vec<&str> = include_str!("index.txt").lines().collect();
    assert!(names.len() > 300, "{}", names.len());
    let missing: Vec<&&str> = names.iter().filter(|name| tags::named(name).is_empty()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_reference_configs_load() {
    for (name, lists, types) in [("reference_server", 5, 11), ("reference_client", 4, 7), ("oracle", 7, 13)] {
        let path = match shared(&format!("configs/{name}.xml")) {
            Ok(path) => path,
            Err(skipped) => return say(&skipped),
        };
        let loaded = load(&path, &LoadOptions::default());
        let bad: Vec<String> = loaded
            .diagnostics
            .iter()
            .filter(|told| {
                told.severity != Severity::Advice
                    || matches!(told.code, Code::UnknownTag | Code::MisplacedTag)
            })
            .map(render::concise)
            .collect();
        assert_eq!(bad, Vec::<String>::new(), "{name}");
        assert!(loaded.diagnostics.len() < 40, "{name}: {}", loaded.diagnostics.len());
        let config = loaded.config.expect("no errors");
        assert_eq!((config.field_lists.len(), config.datatypes.len()), (lists, types), "{name}");
        assert_eq!(config.server.is_some(), name != "reference_client", "{name}");
        let served: Vec<&str> =
            config.server.iter().flat_map(|server| &server.datastores).map(|store| &*store.name).collect();
        assert_eq!(served.contains(&"contacts"), name != "reference_client", "{name}: {served:?}");
    }
}
