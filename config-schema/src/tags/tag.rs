//! What a declaration of a tag or an attribute consists of, and how one is written.
//!
//! Not its job: the tags themselves (the tables beside it).

use super::Kind;
use super::words::{PLUGIN, SQL};

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
    /// A value, or the whole tag, where an example does not follow from the kind; see [`Tag::example`].
    sample: &'static str,
    /// Where the manual, the engine, servers and clients differ about the default; empty where they agree.
    pub default_note: &'static str,
    /// In which products the Synthesis engine has it; empty: in all.
    pub products: &'static str,
    /// The version of the Synthesis engine that brought it; empty: it was always there.
    pub since: &'static str,
    /// What to write instead; empty: it is not outdated.
    pub deprecated: &'static str,
}

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
    /// The value that counts where it is absent; `None`: there is none.
    pub default: Option<&'static str>,
    /// Whether it is acted on.
    pub acts: Acts,
    /// What it is for, in a line.
    pub summary: &'static str,
}

impl Attribute {
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Attribute { name, kind, required: false, default: None, acts: Acts::Now, summary: "" }
    }

    pub(super) const fn default(self, text: &'static str) -> Self {
        Attribute { default: Some(text), ..self }
    }

    pub(super) const fn about(self, summary: &'static str) -> Self {
        Attribute { summary, ..self }
    }

    pub(super) const fn required(self) -> Self {
        Attribute { required: true, ..self }
    }

    pub(super) const fn later(self, why: &'static str) -> Self {
        Attribute { acts: Acts::Later(why), ..self }
    }

    pub(super) const fn no_effect(self, why: &'static str) -> Self {
        Attribute { acts: Acts::NoEffect(why), ..self }
    }
}

/// What every tag can have (manual 4.3, 4.5, 4.6).
pub static GLOBAL_ATTRIBUTES: &[Attribute] = &[
    Attribute::new("if", Kind::Text).about("whether the tag counts: NAME=VALUE compares a variable"),
    Attribute::new("ifdef", Kind::Text).about("the tag counts if this variable is defined"),
    Attribute::new("ifndef", Kind::Text).about("the tag counts if this variable is not defined"),
    Attribute::new("platform", Kind::Enum(&["win32", "linux", "macosx"]))
        .about("the tag counts on this platform"),
    Attribute::new("expand", Kind::Enum(&["no", "single", "yes"]))
        .about("whether variables are replaced: no, single without those in their values, yes with them"),
    Attribute::new("locked", Kind::Boolean)
        .about("whether a licence or settings can not override the value")
        .no_effect("nothing overrides what a config says"),
];

impl Tag {
    pub(super) const fn new(name: &'static str, parents: &'static [&'static str], kind: Kind) -> Self {
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
            sample: "",
            default_note: "",
            products: "",
            since: "",
            deprecated: "",
        }
    }

    pub(super) const fn default(self, text: &'static str) -> Self {
        Tag { default: Some(text), ..self }
    }

    pub(super) const fn attributes(self, attributes: &'static [Attribute]) -> Self {
        Tag { attributes, ..self }
    }

    pub(super) const fn section(self, section: &'static str) -> Self {
        Tag { section, ..self }
    }

    pub(super) const fn later(self, why: &'static str) -> Self {
        Tag { acts: Acts::Later(why), ..self }
    }

    pub(super) const fn no_effect(self, why: &'static str) -> Self {
        Tag { acts: Acts::NoEffect(why), ..self }
    }

    pub(super) const fn already(self, already: &'static [&'static str]) -> Self {
        Tag { already, ..self }
    }

    pub(super) const fn vital(self) -> Self {
        Tag { vital: true, ..self }
    }

    pub(super) const fn repeats(self) -> Self {
        Tag { repeats: true, ..self }
    }

    pub(super) const fn extension(self) -> Self {
        Tag { extension: true, ..self }
    }

    pub(super) const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Tag { aliases, ..self }
    }

    pub(super) const fn secret(self) -> Self {
        Tag { secret: true, ..self }
    }

    pub(super) const fn only_for(self, only_for: &'static str) -> Self {
        Tag { only_for, ..self }
    }

    pub(super) const fn about(self, summary: &'static str) -> Self {
        Tag { summary, ..self }
    }

    pub(super) const fn sample(self, sample: &'static str) -> Self {
        Tag { sample, ..self }
    }

    pub(super) const fn default_note(self, default_note: &'static str) -> Self {
        Tag { default_note, ..self }
    }

    pub(super) const fn products(self, products: &'static str) -> Self {
        Tag { products, ..self }
    }

    pub(super) const fn since(self, since: &'static str) -> Self {
        Tag { since, ..self }
    }

    pub(super) const fn deprecated(self, instead: &'static str) -> Self {
        Tag { deprecated: instead, ..self }
    }

    /// How it is written, as it could stand in a config.
    pub fn example(&self) -> String {
        if self.sample.starts_with('<') {
            return self.sample.to_owned();
        }
        let value = match self.kind {
            _ if !self.sample.is_empty() => self.sample,
            Kind::Boolean if self.default == Some("yes") => "no",
            kind => kind.words().first().copied().unwrap_or(""),
        };
        format!("<{name}>{value}</{name}>", name = self.name)
    }

    /// Whether it has a meaning where this type of store keeps the items. ODBC is SQL, and text databases are kept
    /// by a plugin.
    pub(crate) fn is_for(&self, kind: &str) -> bool {
        match self.only_for {
            SQL => matches!(kind, "sql" | "odbc"),
            PLUGIN => matches!(kind, "plugin" | "textdb"),
            _ => true,
        }
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
