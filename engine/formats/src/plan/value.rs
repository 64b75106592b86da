//! A `<value>` and a `<parameter>`, prepared: what would have to be found out anew for every item.

use std::ops::Deref;

use syncloom_config::{Combine, Conversion, MimeMode, Parameter, ValueMap};

use super::exists;
use crate::convert::multimix::{Mix, MixGroup};

/// A `<value>`.
#[derive(Debug)]
pub(crate) struct ValuePlan {
    map: ValueMap,
    /// Whether the text is the value as it is: no conversion, no rules, nothing that it is combined with.
    pub is_plain: bool,
    /// The inner forms of its rules, of those that have one; nothing where the conversion has none.
    pub mixes: Vec<Option<Mix>>,
    /// The same by the fields that they are about, as names are looked for.
    pub mix_groups: Vec<MixGroup>,
}

impl ValuePlan {
    /// Prepares one.
    pub fn new(map: &ValueMap) -> ValuePlan {
        let mixes: Vec<Option<Mix>> = match map.conversion {
            Conversion::MultiMix => map.enums.iter().map(|rule| Mix::parse(&rule.value)).collect(),
            _ => Vec::new(),
        };
        let is_plain =
            map.conversion == Conversion::None && map.combine == Combine::No && map.enums.is_empty();
        ValuePlan { map: map.clone(), is_plain, mix_groups: MixGroup::all(&mixes), mixes }
    }
}

impl Deref for ValuePlan {
    type Target = ValueMap;

    fn deref(&self) -> &ValueMap {
        &self.map
    }
}

/// A `<parameter>`.
#[derive(Debug)]
pub(crate) struct ParameterPlan {
    /// Its value, if it has one.
    pub value: Option<ValuePlan>,
    /// Whether it exists in the dialect.
    pub exists: bool,
    /// Whether it exists for some peers only.
    pub has_rule: bool,
    /// What stands before its first value in a line, and before each further one.
    pub before: [String; 2],
    /// Whether its values stand without its name.
    pub is_bare: bool,
}

impl ParameterPlan {
    /// Prepares one.
    pub fn new(parameter: &Parameter, mode: MimeMode) -> ParameterPlan {
        let is_old = mode == MimeMode::Old;
        let is_bare = is_old && parameter.default;
        let first = if is_bare { ";".to_owned() } else { format!(";{}=", parameter.name) };
        let further = if is_old { first.clone() } else { ",".to_owned() };
        ParameterPlan {
            value: parameter.value.as_ref().map(ValuePlan::new),
            exists: exists(parameter.only_for, mode),
            has_rule: parameter.rule.is_some(),
            before: [first, further],
            is_bare,
        }
    }
}
