//! Names of values: the `<enum>` rules of a `<value>` in both directions (manual 10.3.5).
//!
//! Names are matched without regard to case. An exact rule goes before a prefix, and a default comes last,
//! in whatever order the config has them.

use std::borrow::Cow;

use syncloom_config::{EnumMode, EnumRule};

use crate::plan::Names;

/// What the rules make of a name or a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Translated<'t> {
    /// A rule fits; this is the other side of it.
    To(Cow<'t, str>),
    /// A rule says that it is left out.
    Ignored,
    /// No rule fits.
    Unknown,
}

/// The rules by the names that they know, prepared.
#[derive(Debug)]
pub(crate) struct ByName {
    exact: Names<usize>,
    prefixes: Vec<usize>,
    default: Option<usize>,
}

impl ByName {
    /// Prepares them.
    pub fn new(rules: &[EnumRule]) -> ByName {
        let mut exact = Names::default();
        let places_of = |mode| (0..rules.len()).filter(move |place| rules[*place].mode == mode);
        for (place, rule) in rules.iter().enumerate() {
            if matches!(rule.mode, EnumMode::Translate | EnumMode::Ignore) {
                exact.entry(rule.name.as_bytes(), || place);
            }
        }
        ByName {
            exact,
            prefixes: places_of(EnumMode::Prefix).collect(),
            default: places_of(EnumMode::DefaultValue).next(),
        }
    }

    /// The rule that translates a name.
    pub fn rule(&self, rules: &[EnumRule], name: &str) -> Option<usize> {
        let is_prefix = |place: &usize| strip_prefix(name, &rules[*place].name).is_some();
        let exact = self.exact.get(name.as_bytes()).copied();
        exact.or_else(|| self.prefixes.iter().copied().find(is_prefix)).or(self.default)
    }
}

/// From the text to the field, by the rule that translates the name.
pub(crate) fn to_value<'t>(rule: &'t EnumRule, name: &'t str) -> Translated<'t> {
    translated(rule.mode, name, &rule.name, &rule.value)
}

/// From the field to the text.
pub(crate) fn to_name<'t>(rules: &'t [EnumRule], value: &'t str) -> Translated<'t> {
    let exact = rules.iter().find(|rule| match rule.mode {
        EnumMode::Translate => rule.value.eq_ignore_ascii_case(value),
        EnumMode::Ignore => !value.is_empty() && rule.value.eq_ignore_ascii_case(value),
        _ => false,
    });
    let is_prefix =
        |rule: &&EnumRule| rule.mode == EnumMode::Prefix && strip_prefix(value, &rule.value).is_some();
    let other = || {
        let prefix = rules.iter().find(is_prefix);
        prefix.or_else(|| rules.iter().find(|rule| rule.mode == EnumMode::DefaultName))
    };
    match exact.or_else(|| if value.is_empty() { None } else { other() }) {
        Some(rule) => translated(rule.mode, value, &rule.value, &rule.name),
        None => Translated::Unknown,
    }
}

/// The rule that a name stands for by itself, without prefixes and defaults: what positions go by.
pub(crate) fn exact(rules: &[EnumRule], name: &str) -> Option<usize> {
    rules.iter().position(|rule| rule.mode == EnumMode::Translate && rule.name.eq_ignore_ascii_case(name))
}

/// The text after `prefix`, which is matched without regard to case.
pub(crate) fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// What a rule makes of a text that it fits, which is or begins as one side of the rule says.
fn translated<'t>(mode: EnumMode, text: &'t str, from: &str, to: &'t str) -> Translated<'t> {
    match mode {
        EnumMode::Ignore => Translated::Ignored,
        EnumMode::Prefix => {
            let rest = strip_prefix(text, from).unwrap_or_default();
            Translated::To(if to.is_empty() { rest.into() } else { format!("{to}{rest}").into() })
        }
        _ => Translated::To(to.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, value: &str, mode: EnumMode) -> EnumRule {
        EnumRule { name: name.into(), value: value.into(), mode, positional: false }
    }

    fn read<'t>(rules: &'t [EnumRule], name: &'t str) -> Translated<'t> {
        let rule = ByName::new(rules).rule(rules, name);
        rule.map_or(Translated::Unknown, |rule| to_value(&rules[rule], name))
    }

    #[test]
    fn every_mode_in_both_directions() {
        let rules = [
            rule("X-BitNumber-", "B", EnumMode::Prefix),
            rule("HOME", "B0", EnumMode::Translate),
            rule("", "B2", EnumMode::Ignore),
            rule("NOISE", "", EnumMode::Ignore),
            rule("OTHER", "?", EnumMode::DefaultName),
            rule("", "B9", EnumMode::DefaultValue),
        ];
        for (name, value) in [("HOME", "B0"), ("home", "B0"), ("X-BITNUMBER-3456", "B3456"), ("WORK", "B9")] {
            assert_eq!(read(&rules, name), Translated::To(value.into()), "{name}");
        }
        assert_eq!(read(&rules, "noise"), Translated::Ignored);
        for (value, name) in [("B0", "HOME"), ("B7", "X-BitNumber-7"), ("C", "OTHER")] {
            assert_eq!(to_name(&rules, value), Translated::To(name.into()), "{value}");
        }
        assert_eq!(to_name(&rules, "B2"), Translated::Ignored);
    }

    #[test]
    fn without_a_default_what_no_rule_knows_is_unknown() {
        let rules = [rule("HOME", "1", EnumMode::Translate)];
        assert_eq!(read(&rules, "WORK"), Translated::Unknown);
        assert_eq!(to_name(&rules, "2"), Translated::Unknown);
    }

    #[test]
    fn a_prefix_is_not_looked_for_inside_a_character() {
        let rules = [rule("X", "1", EnumMode::Prefix)];
        assert_eq!(read(&rules, "ü"), Translated::Unknown);
    }
}
