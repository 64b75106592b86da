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
mod plugin;
mod profile;
mod root;
mod rules;
mod scripting;
mod server;
mod sql;
mod text;
mod transport;
mod waiting;

use std::collections::HashMap;
use std::sync::OnceLock;

use syncloom_script::{CompareMode, FieldType};

use crate::model::DbType;
use crate::sql::Statement;

/// A tag of the config language.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name; names are compared without regard to case.
    pub name: &'static str,
    /// The tags in which it can stand.
    pub parents: &'static [&'static str],
    /// What stands between its opening and closing.
    pub kind: Kind,
    /// The value that counts where the tag is absent, as it would be written. `None`: there is none.
    pub default: Option<&'static str>,
    /// Its attributes, without those that every tag can have ([`GLOBAL_ATTRIBUTES`]).
    pub attributes: &'static [Attribute],
    /// Section of the manual; empty where the manual does not have the tag.
    pub section: &'static str,
    /// Whether it is acted on.
    pub acts: Acts,
    /// For a tag that does not act yet: the values that say what is the case anyway.
    pub already: &'static [&'static str],
    /// For a tag that does not act yet: what it stands in can't be served without it.
    pub vital: bool,
    /// Whether it can stand in its parent more than once.
    pub repeats: bool,
    /// Whether it is Syncloom's own, unknown to the Synthesis engine.
    pub extension: bool,
    /// Other spellings that are taken for it, all of them outdated.
    pub aliases: &'static [&'static str],
    /// Whether its value must not be shown in messages.
    pub secret: bool,
    /// The attribute of the parent that it belongs to, such as `type="plugin"`; empty for any.
    pub only_for: &'static str,
    /// What it is for, in a line.
    pub summary: &'static str,
}

/// What a tag or an attribute contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Other tags.
    Container,
    /// Tags of any name, for others to understand.
    Free,
    /// Nothing; attributes say it all.
    Empty,
    /// Text as it stands, without the space around it.
    Text,
    /// Text in which variables are replaced without being asked to (manual 4.2).
    Expanded,
    /// A path; variables are replaced. A relative one begins where the program was started.
    Path,
    /// Text with escapes as in C (manual 3.4).
    CText,
    /// Text with the space around it.
    Raw,
    /// One character, or one of these words.
    Character(&'static [&'static str]),
    /// yes, true, on, 1 or no, false, off, 0 (manual 3.4).
    Boolean,
    /// A boolean, or `unspecified`.
    Tristate,
    /// A decimal number, or one in hexadecimal after `0x`.
    Integer {
        /// The least that is allowed.
        min: i64,
        /// The most that is allowed.
        max: i64,
    },
    /// A number as in `Integer`, or one of these words.
    IntegerOr {
        /// The least that is allowed.
        min: i64,
        /// The most that is allowed.
        max: i64,
        /// The words.
        words: &'static [&'static str],
    },
    /// One of these words, in any case.
    Enum(&'static [&'static str]),
    /// The name of a field.
    FieldName,
    /// The name of a time zone.
    TimeZone,
    /// The definition of a time zone (VTIMEZONE).
    ZoneRule,
    /// A point in time.
    Timestamp,
    /// An IP address.
    Address,
    /// A script.
    Script,
    /// A function in the script language.
    Function,
    /// A filter expression.
    Filter,
    /// SQL with placeholders.
    Sql(Statement),
}

impl Kind {
    /// Any 16-bit number.
    pub const INT16: Kind = Kind::Integer { min: i16::MIN as i64, max: i16::MAX as i64 };
    /// Any 16-bit number from 0.
    pub const UINT16: Kind = Kind::Integer { min: 0, max: u16::MAX as i64 };
    /// Any 32-bit number.
    pub const INT32: Kind = Kind::Integer { min: i32::MIN as i64, max: i32::MAX as i64 };
    /// Any 32-bit number from 0.
    pub const UINT32: Kind = Kind::Integer { min: 0, max: u32::MAX as i64 };

    /// Whether other tags stand inside.
    pub fn has_tags(self) -> bool {
        matches!(self, Kind::Container | Kind::Free)
    }

    /// Whether variables are replaced where the tag has no `expand` attribute.
    pub fn expands(self) -> bool {
        matches!(self, Kind::Expanded | Kind::Path)
    }
}

/// What a config can be of.
const AGENT: &[&str] = &["server", "client"];

/// The words of a table of names, for a kind that is one of them.
const fn words<T, const N: usize>(names: &[(&'static str, T)]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = names[at].0;
        at += 1;
    }
    words
}

const DB_TYPE: Kind = Kind::Enum(&words::<_, { DbType::NAMES.len() }>(DbType::NAMES));
const FIELD_TYPE: Kind = Kind::Enum(&words::<_, { FieldType::NAMES.len() }>(FieldType::NAMES));
const COMPARE: Kind = Kind::Enum(&words::<_, { CompareMode::NAMES.len() }>(CompareMode::NAMES));

/// Whether a tag or an attribute is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acts {
    /// It is.
    Now,
    /// Not yet; what it waits for, as an operator would say it.
    Later(&'static str),
    /// It is known and does nothing here, for this reason.
    NoEffect(&'static str),
}

/// An attribute of a tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name; compared without regard to case.
    pub name: &'static str,
    /// What it contains.
    pub kind: Kind,
    /// Whether the tag makes no sense without it.
    pub required: bool,
    /// Whether it is acted on.
    pub acts: Acts,
}

impl Attribute {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Attribute { name, kind, required: false, acts: Acts::Now }
    }

    const fn required(self) -> Self {
        Attribute { required: true, ..self }
    }

    const fn later(self, why: &'static str) -> Self {
        Attribute { acts: Acts::Later(why), ..self }
    }

    const fn no_effect(self, why: &'static str) -> Self {
        Attribute { acts: Acts::NoEffect(why), ..self }
    }
}

/// What every tag can have (manual 4.3, 4.5, 4.6).
pub static GLOBAL_ATTRIBUTES: &[Attribute] = &[
    Attribute::new("if", Kind::Text),
    Attribute::new("ifdef", Kind::Text),
    Attribute::new("ifndef", Kind::Text),
    Attribute::new("platform", Kind::Enum(&["win32", "linux", "macosx"])),
    Attribute::new("expand", Kind::Enum(&["no", "single", "yes"])),
    Attribute::new("locked", Kind::Boolean).no_effect("nothing overrides what a config says"),
];

impl Tag {
    const fn new(name: &'static str, parents: &'static [&'static str], kind: Kind) -> Self {
        Tag {
            name,
            parents,
            kind,
            default: None,
            attributes: &[],
            section: "",
            acts: Acts::Now,
            already: &[],
            vital: false,
            repeats: false,
            extension: false,
            aliases: &[],
            secret: false,
            only_for: "",
            summary: "",
        }
    }

    const fn default(self, text: &'static str) -> Self {
        Tag { default: Some(text), ..self }
    }

    const fn attributes(self, attributes: &'static [Attribute]) -> Self {
        Tag { attributes, ..self }
    }

    const fn section(self, section: &'static str) -> Self {
        Tag { section, ..self }
    }

    const fn later(self, why: &'static str) -> Self {
        Tag { acts: Acts::Later(why), ..self }
    }

    const fn no_effect(self, why: &'static str) -> Self {
        Tag { acts: Acts::NoEffect(why), ..self }
    }

    const fn already(self, already: &'static [&'static str]) -> Self {
        Tag { already, ..self }
    }

    const fn vital(self) -> Self {
        Tag { vital: true, ..self }
    }

    const fn repeats(self) -> Self {
        Tag { repeats: true, ..self }
    }

    const fn extension(self) -> Self {
        Tag { extension: true, ..self }
    }

    const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Tag { aliases, ..self }
    }

    const fn secret(self) -> Self {
        Tag { secret: true, ..self }
    }

    const fn only_for(self, only_for: &'static str) -> Self {
        Tag { only_for, ..self }
    }

    const fn about(self, summary: &'static str) -> Self {
        Tag { summary, ..self }
    }

    /// The attribute of this name, in any case; those of every tag included.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        let of = |list: &'static [Attribute]| list.iter().find(|a| a.name.eq_ignore_ascii_case(name));
        of(self.attributes).or_else(|| of(GLOBAL_ATTRIBUTES))
    }

    /// Whether a value of this tag, or its absence, changes nothing that is not so anyway.
    pub fn is_settled_by(&self, value: &str) -> bool {
        settled(self.kind, self.already, value)
    }
}

fn settled(kind: Kind, already: &[&str], value: &str) -> bool {
    let value = value.trim();
    already.iter().any(|known| {
        known.eq_ignore_ascii_case(value)
            || kind == Kind::Boolean && crate::values::boolean(known) == crate::values::boolean(value)
    })
}

const TABLES: &[&[Tag]] = &[
    root::TAGS,
    debug::TAGS,
    scripting::TAGS,
    transport::TAGS,
    datatypes::TAGS,
    profile::TAGS,
    text::TAGS,
    server::TAGS,
    sql::TAGS,
    plugin::TAGS,
    client::TAGS,
    datastore::TAGS,
    fieldmap::TAGS,
    rules::TAGS,
];

/// Every tag of the config language.
pub fn tags() -> impl Iterator<Item = &'static Tag> {
    TABLES.iter().copied().flatten()
}

/// The tag of this name, in any case, in this parent; outdated spellings are found too. The root has the
/// parent `""`.
pub fn find(parent: &str, name: &str) -> Option<&'static Tag> {
    let key = name.to_ascii_lowercase();
    by_name().get(key.as_str())?.iter().find(|tag| is_in(tag, parent)).copied()
}

/// All tags of this name, wherever they stand.
pub fn named(name: &str) -> &'static [&'static Tag] {
    by_name().get(name.to_ascii_lowercase().as_str()).map_or(&[], Vec::as_slice)
}

/// The tags that can stand in this parent.
pub fn inside(parent: &str) -> impl Iterator<Item = &'static Tag> + '_ {
    tags().filter(move |tag| is_in(tag, parent))
}

fn is_in(tag: &Tag, parent: &str) -> bool {
    tag.parents.iter().any(|known| known.eq_ignore_ascii_case(parent))
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
                Acts::Now => assert!(!tag.summary.is_empty(), "<{}> has no summary", tag.name),
                Acts::Later(why) | Acts::NoEffect(why) => assert!(!why.is_empty(), "<{}>", tag.name),
            }
            assert!(!tag.vital || matches!(tag.acts, Acts::Later(_)), "<{}>", tag.name);
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
