//! Names of values: the `<enum>` rules of a `<value>` in both directions (manual 10.3.5).
//!
//! Names are matched without regard to case. An exact rule goes before a prefix, and a default comes last,
//! in whatever order the config has them.

use std::borrow::Cow;

use syncloom_config::{EnumMode, EnumRule};

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

/// From the text to the field.
pub(crate) fn to_value<'t>(rules: &'t [EnumRule], name: &'t str) -> Translated<'t> {
    translated(rules, name, Way::ToValue)
}

/// From the field to the text.
pub(crate) fn to_name<'t>(rules: &'t [EnumRule], value: &'t str) -> Translated<'t> {
    translated(rules, value, Way::ToName)
}

/// The rule that a name stands for by itself, without prefixes and defaults: what positions go by.
pub(crate) fn exact(rules: &[EnumRule], name: &str) -> Option<usize> {
    rules.iter().position(|rule| rule.mode == EnumMode::Translate && rule.name.eq_ignore_ascii_case(name))
}

/// The rule that translates a name: what positions go by, defaults among them.
pub(crate) fn rule_of(rules: &[EnumRule], name: &str) -> Option<usize> {
    let of = |mode: EnumMode| move |rule: &&EnumRule| rule.mode == mode;
    let place = |wanted: &EnumRule| rules.iter().position(|rule| std::ptr::eq(rule, wanted));
    let same = |rule: &EnumRule| {
        matches!(rule.mode, EnumMode::Translate | EnumMode::Ignore) && rule.name.eq_ignore_ascii_case(name)
    };
    let exact = rules.iter().find(|rule| same(rule));
    let prefix =
        || rules.iter().filter(of(EnumMode::Prefix)).find(|rule| strip_prefix(name, &rule.name).is_some());
    let default = || rules.iter().find(of(EnumMode::DefaultValue));
    exact.or_else(prefix).or_else(default).and_then(place)
}

/// The text after `prefix`, which is matched without regard to case.
pub(crate) fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn translated<'t>(rules: &'t [EnumRule], text: &'t str, way: Way) -> Translated<'t> {
    let Some(rule) = way.rule(rules, text) else { return Translated::Unknown };
    let rule = &rules[rule];
    let (from, to) = way.sides(rule);
    match rule.mode {
        EnumMode::Ignore => Translated::Ignored,
        EnumMode::Prefix => {
            let rest = strip_prefix(text, from).unwrap_or_default();
            Translated::To(if to.is_empty() { rest.into() } else { format!("{to}{rest}").into() })
        }
        _ => Translated::To(to.into()),
    }
}

/// From which side of the rules to which.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    ToValue,
    ToName,
}

impl Way {
    /// The place of the rule that translates a text.
    pub fn rule(self, rules: &[EnumRule], text: &str) -> Option<usize> {
        let is_exact = |rule: &EnumRule| match rule.mode {
            EnumMode::Translate => self.sides(rule).0.eq_ignore_ascii_case(text),
            EnumMode::Ignore => !text.is_empty() && self.sides(rule).0.eq_ignore_ascii_case(text),
            _ => false,
        };
        let exact = rules.iter().position(is_exact);
        if exact.is_some() || text.is_empty() {
            return exact;
        }
        let is_prefix = |rule: &EnumRule| {
            rule.mode == EnumMode::Prefix && strip_prefix(text, self.sides(rule).0).is_some()
        };
        let default = match self {
            Way::ToValue => EnumMode::DefaultValue,
            Way::ToName => EnumMode::DefaultName,
        };
        rules.iter().position(is_prefix).or_else(|| rules.iter().position(|rule| rule.mode == default))
    }

    /// The side of a rule that is looked at, and the other one.
    fn sides(self, rule: &EnumRule) -> (&str, &str) {
        match self {
            Way::ToValue => (&rule.name, &rule.value),
            Way::ToName => (&rule.value, &rule.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, value: &str, mode: EnumMode) -> EnumRule {
        EnumRule { name: name.into(), value: value.into(), mode, positional: false }
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
            assert_eq!(to_value(&rules, name), Translated::To(value.into()), "{name}");
        }
        assert_eq!(to_value(&rules, "noise"), Translated::Ignored);
        for (value, name) in [("B0", "HOME"), ("B7", "X-BitNumber-7"), ("C", "OTHER")] {
            assert_eq!(to_name(&rules, value), Translated::To(name.into()), "{value}");
        }
        assert_eq!(to_name(&rules, "B2"), Translated::Ignored);
    }

    #[test]
    fn without_a_default_what_no_rule_knows_is_unknown() {
        let rules = [rule("HOME", "1", EnumMode::Translate)];
        assert_eq!(to_value(&rules, "WORK"), Translated::Unknown);
        assert_eq!(to_name(&rules, "2"), Translated::Unknown);
        assert_eq!(to_value(&rules, ""), Translated::Unknown);
    }

    #[test]
    fn a_prefix_is_not_looked_for_inside_a_character() {
        let rules = [rule("X", "1", EnumMode::Prefix)];
        assert_eq!(to_value(&rules, "ü"), Translated::Unknown);
    }
}
