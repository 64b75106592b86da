//! The config language as data: every tag, declared once. The loader, the defaults and the diagnostics read
//! these tables, and so does whatever explains the language.
//!
//! Not its job: reading XML (`xml`), checking a document against the tables (`check`), and what a document
//! means (`build`).

mod client;
mod datastore;
mod datatypes;
mod debug;
mod fieldmap;
mod kind;
mod plugin;
mod profile;
mod root;
mod rules;
mod scripting;
mod server;
mod sql;
mod tag;
mod text;
mod transport;
mod waiting;
mod words;

use std::collections::HashMap;
use std::sync::OnceLock;

pub use kind::Kind;
pub use tag::{Acts, Attribute, GLOBAL_ATTRIBUTES, Tag};

/// The tables, each with what its tags are about.
const GROUPS: &[(&str, &[Tag])] = &[
    ("the config as a whole", root::TAGS),
    ("logs", debug::TAGS),
    ("functions and macros for scripts", scripting::TAGS),
    ("transport", transport::TAGS),
    ("field lists and datatypes", datatypes::TAGS),
    ("MIME-DIR profiles", profile::TAGS),
    ("text profiles", text::TAGS),
    ("the server or client", server::TAGS),
    ("SQL databases", sql::TAGS),
    ("plugins", plugin::TAGS),
    ("clients", client::TAGS),
    ("datastores", datastore::TAGS),
    ("field maps", fieldmap::TAGS),
    ("remote rules", rules::TAGS),
];

/// Every tag of the config language.
pub fn tags() -> impl Iterator<Item = &'static Tag> {
    GROUPS.iter().flat_map(|(_, table)| *table)
}

/// The tags by what they are about.
pub fn groups() -> impl Iterator<Item = (&'static str, &'static [Tag])> {
    GROUPS.iter().copied()
}

/// The tag of this name, in any case, in this parent; outdated spellings are found too. The root has the
/// parent `""`.
pub fn find(parent: &str, name: &str) -> Option<&'static Tag> {
    entries(name)?.iter().find(|tag| is_in(tag, parent)).copied()
}

/// All tags of this name, wherever they stand.
pub fn named(name: &str) -> &'static [&'static Tag] {
    entries(name).map_or(&[], Vec::as_slice)
}

/// The tags that can stand in this parent.
pub fn inside(parent: &str) -> impl Iterator<Item = &'static Tag> + '_ {
    tags().filter(move |tag| is_in(tag, parent))
}

fn is_in(tag: &Tag, parent: &str) -> bool {
    tag.parents.iter().any(|known| known.eq_ignore_ascii_case(parent))
}

/// The tags of a name in any case; most configs have all of them in small letters.
fn entries(name: &str) -> Option<&'static Vec<&'static Tag>> {
    by_name().get(name).or_else(|| by_name().get(name.to_ascii_lowercase().as_str()))
}

fn by_name() -> &'static HashMap<&'static str, Vec<&'static Tag>> {
    static NAMES: OnceLock<HashMap<&'static str, Vec<&'static Tag>>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names: HashMap<&'static str, Vec<&'static Tag>> = HashMap::new();
        for tag in tags() {
            for name in std::iter::once(&tag.name).chain(tag.aliases) {
                names.entry(name).or_default().push(tag);
            }
        }
        names
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Report, Source};
    use std::collections::HashSet;

    #[test]
    fn a_name_has_one_meaning_in_a_place() {
        let mut seen = HashSet::new();
        for tag in tags() {
            assert_eq!(tag.name, tag.name.to_ascii_lowercase());
            for name in std::iter::once(&tag.name).chain(tag.aliases) {
                for parent in tag.parents {
                    assert!(seen.insert((*name, *parent)), "<{name}> in <{parent}> twice");
                }
            }
        }
    }

    #[test]
    fn a_parent_is_a_tag_that_has_tags() {
        for tag in tags() {
            for parent in tag.parents.iter().filter(|parent| !parent.is_empty()) {
                assert!(
                    named(parent).iter().any(|p| p.kind.has_tags()),
                    "<{}> stands in <{parent}>, which has no tags",
                    tag.name
                );
            }
        }
    }

    #[test]
    fn defaults_are_values_of_their_kind() {
        for tag in tags() {
            let Some(default) = tag.default else { continue };
            assert!(crate::values::fits(tag.kind, default), "<{}>: {default:?}", tag.name);
            assert!(tag.already.iter().all(|v| crate::values::fits(tag.kind, v)), "<{}>", tag.name);
        }
    }

    #[test]
    fn what_acts_says_what_it_is_for_and_what_waits_says_for_what() {
        for tag in tags() {
            match tag.acts {
                Acts::Now => {}
                Acts::Later(why) | Acts::NoEffect(why) => assert!(!why.is_empty(), "<{}>", tag.name),
            }
            assert!(!tag.vital || matches!(tag.acts, Acts::Later(_)), "<{}>", tag.name);
        }
    }

    #[test]
    fn every_tag_and_attribute_says_what_it_is_for() {
        for tag in tags() {
            assert!(!tag.summary.is_empty(), "<{}> has no summary", tag.name);
            for attribute in tag.attributes.iter().chain(GLOBAL_ATTRIBUTES) {
                assert!(!attribute.summary.is_empty(), "{} of <{}> has no summary", attribute.name, tag.name);
                let default = attribute.default.unwrap_or("yes");
                let fits = attribute.default.is_none() || crate::values::fits(attribute.kind, default);
                assert!(fits, "{} of <{}>: {default:?}", attribute.name, tag.name);
            }
        }
    }

    /// Start and end tags around a tag that stands in `parent`, from the root on.
    fn around(parent: &str) -> (String, String) {
        let (mut before, mut behind) = (String::new(), String::new());
        let mut name = parent;
        while !name.is_empty() {
            let tag = named(name).iter().find(|tag| tag.kind.has_tags()).unwrap();
            let required = tag.attributes.iter().filter(|attribute| attribute.required);
            let attributes: String = required
                .map(|attribute| {
                    let word = attribute.kind.words().first().copied().unwrap_or("1.0");
                    format!(" {}=\"{word}\"", attribute.name)
                })
                .collect();
            before = format!("<{name}{attributes}>{before}");
            behind = format!("{behind}</{name}>");
            name = tag.parents[0];
        }
        (before, behind)
    }

    #[test]
    fn examples_pass_check_in_all_their_parents() {
        for tag in tags() {
            let example = tag.example();
            for parent in tag.parents {
                let (before, behind) = around(parent);
                let source = Source::new("x", format!("{before}{example}{behind}"));
                let mut report = Report::new(&source);
                let mut root = crate::xml::parse(&mut report).unwrap_or_else(|| panic!("{example}"));
                let mut rules = crate::check::Rules {
                    variables: crate::variables::Variables::default(),
                    platform: "linux",
                    strict: true,
                    files: crate::include::Files::none(),
                };
                rules.variables.set("platformname", "Linux");
                let checked = crate::check::check(&mut root, &mut rules, &mut report);
                let mut told = report.diagnostics;
                told.retain(|told| told.code != Code::OutdatedTag || tag.deprecated.is_empty());
                // The type around it is the first that there is.
                told.retain(|told| told.code != Code::MisplacedTag || tag.only_for.is_empty());
                assert!(checked.is_some() && told.is_empty(), "{told:?}");
                let empty = format!("<{0}></{0}>", tag.name);
                assert!(example != empty, "<{}> has no example", tag.name);
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_in_old_spellings() {
        assert_eq!(find("server", "ReqiredAuth").unwrap().name, "requiredauth");
        assert_eq!(find("debug", "logformat").unwrap().section, "8.11.3");
        assert_eq!(find("SERVER", "logformat").unwrap().section, "11.31");
        assert_eq!(find("datatypes", "server"), None);
    }
}
