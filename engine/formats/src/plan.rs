//! What a [`Codec`](crate::Codec) prepares once per datatype: the components and properties that exist in
//! its dialect, names by which they are looked up, counters for positions, and the fields behind each
//! property.
//!
//! Not its job: anything that depends on a peer or an item.

use std::collections::HashMap;

use syncloom_config::{
    Conversion, Member, MimeMode, MimeProfile, Parameter, Position, Profile, Property, Repeat, ValueCount,
    ValueMap,
};
use syncloom_script::item::MAX_ARRAY_INDEX;
use syncloom_script::{FieldId, FieldList};

use crate::multimix::Mix;
use crate::peer::Peer;

/// The prepared profile of a datatype.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The components; the outermost one is the first.
    pub components: Vec<ComponentPlan>,
    /// The properties of all components, in the order of [`View::properties`].
    pub properties: Vec<PropertyPlan>,
    /// How many counters the positions need.
    pub counters: usize,
    /// Every field behind any property.
    pub fields: Vec<FieldId>,
    /// Whether any property is limited to a remote rule.
    pub has_rules: bool,
}

/// A component of the profile.
#[derive(Debug, Default)]
pub(crate) struct ComponentPlan {
    /// Its properties by name in upper case; several of one name are tried in their order.
    pub by_name: HashMap<Vec<u8>, Vec<usize>>,
    /// Its components by name in upper case.
    pub children: HashMap<Vec<u8>, usize>,
    /// What it is written as, in order.
    pub members: Vec<PlanMember>,
}

/// What a component consists of, as indexes into the plan.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PlanMember {
    Property(usize),
    Component(usize),
}

/// A property of the profile.
#[derive(Debug)]
pub(crate) struct PropertyPlan {
    /// The component that it is in.
    pub component: usize,
    /// Its name in upper case, as CTCap names are compared.
    pub upper: String,
    /// The counter of each position; a property without positions has one.
    pub counters: Vec<usize>,
    /// Every field that it can store into.
    pub fields: Vec<FieldId>,
    /// Properties of one name that stand next to each other share a group, out of which remote rules pick.
    pub group: usize,
}

/// The properties and components of a profile in the order of the plan's indexes.
pub(crate) struct View<'a> {
    pub properties: Vec<&'a Property>,
    pub profiles: Vec<&'a Profile>,
}

impl<'a> View<'a> {
    /// The components and properties that exist in the dialect.
    pub fn new(profile: &'a MimeProfile, mode: MimeMode) -> View<'a> {
        let mut view = View { properties: Vec::with_capacity(32), profiles: Vec::with_capacity(4) };
        view.add(&profile.root, mode);
        view
    }

    fn add(&mut self, profile: &'a Profile, mode: MimeMode) {
        self.profiles.push(profile);
        for member in &profile.members {
            match member {
                Member::Property(property) if exists(property.only_for, mode) => {
                    self.properties.push(property);
                }
                Member::Profile(profile) if exists(profile.only_for, mode) => self.add(profile, mode),
                _ => {}
            }
        }
    }
}

impl Plan {
    /// Prepares the profile of a datatype.
    pub fn new(profile: &MimeProfile, mode: MimeMode) -> Plan {
        let mut plan = Plan {
            components: Vec::new(),
            properties: Vec::new(),
            counters: 0,
            fields: Vec::new(),
            has_rules: false,
        };
        plan.add(&profile.root, &profile.fields, mode);
        plan.fields.sort_unstable();
        plan.fields.dedup();
        plan
    }

    fn add(&mut self, profile: &Profile, list: &FieldList, mode: MimeMode) -> usize {
        let component = self.components.len();
        self.components.push(ComponentPlan::default());
        if let Some(selector) = &profile.selector {
            self.fields.push(selector.field);
        }
        for member in &profile.members {
            match member {
                Member::Property(property) if exists(property.only_for, mode) => {
                    let index = self.add_property(property, component, list, mode);
                    let plan = &mut self.components[component];
                    plan.by_name.entry(upper(property.name.as_bytes())).or_default().push(index);
                    plan.members.push(PlanMember::Property(index));
                }
                Member::Profile(profile) if exists(profile.only_for, mode) => {
                    let index = self.add(profile, list, mode);
                    let plan = &mut self.components[component];
                    plan.children.entry(upper(profile.name.as_bytes())).or_insert(index);
                    plan.members.push(PlanMember::Component(index));
                }
                _ => {}
            }
        }
        component
    }

    fn add_property(
        &mut self,
        property: &Property,
        component: usize,
        list: &FieldList,
        mode: MimeMode,
    ) -> usize {
        let index = self.properties.len();
        let upper = property.name.to_ascii_uppercase();
        let group = match (self.properties.last(), self.components[component].members.last()) {
            (Some(last), Some(PlanMember::Property(_))) if last.upper == upper => last.group,
            _ => index,
        };
        let mut counters: Vec<usize> = Vec::with_capacity(property.positions.len().max(1));
        for position in &property.positions {
            match counters.last() {
                Some(last) if position.share_previous_count => counters.push(*last),
                _ => {
                    counters.push(self.counters);
                    self.counters += 1;
                }
            }
        }
        if counters.is_empty() {
            counters.push(self.counters);
            self.counters += 1;
        }
        let fields = fields_of(property, list, mode);
        self.fields.extend(&fields);
        self.has_rules |= property.rule.is_some();
        self.properties.push(PropertyPlan { component, upper, counters, fields, group });
        index
    }

    /// Which properties are active for a peer by its remote rules (manual 10.3.3, attribute `rule`).
    pub fn active(&self, view: &View<'_>, peer: &Peer) -> Vec<bool> {
        let named = |index: usize| match view.properties[index].rule.as_deref() {
            Some(rule) => !rule.eq_ignore_ascii_case(OTHER_RULE) && peer.has_rule(rule),
            None => false,
        };
        let mut taken = HashMap::new();
        for (index, plan) in self.properties.iter().enumerate() {
            *taken.entry(plan.group).or_insert(false) |= named(index);
        }
        (0..self.properties.len())
            .map(|index| match view.properties[index].rule.as_deref() {
                None => true,
                Some(rule) if rule.eq_ignore_ascii_case(OTHER_RULE) => {
                    !taken.get(&self.properties[index].group).copied().unwrap_or(false)
                }
                Some(_) => named(index),
            })
            .collect()
    }

    /// Whether a peer takes part in this property at all. A mandatory property always does, and so does one
    /// without fields, such as a version, which the format needs and no item holds.
    pub fn available(&self, index: usize, property: &Property, peer: &Peer) -> bool {
        let plan = &self.properties[index];
        let Some(names) = &peer.available else { return true };
        property.mandatory || names.contains(&plan.upper) || property.values.iter().all(|v| v.field.is_none())
    }
}

/// The rule that stands for all others (manual 10.3.3).
const OTHER_RULE: &str = "other";

/// Whether something limited to a dialect exists in this one.
pub(crate) fn exists(only_for: Option<MimeMode>, mode: MimeMode) -> bool {
    only_for.is_none_or(|only| only == mode)
}

/// Whether a parameter exists in this dialect, for this peer.
pub(crate) fn parameter_exists(
    parameter: &Parameter,
    property: &Property,
    mode: MimeMode,
    peer: &Peer,
) -> bool {
    exists(parameter.only_for, mode)
        && parameter.rule.as_deref().is_none_or(|rule| {
            if rule.eq_ignore_ascii_case(OTHER_RULE) {
                !property.parameters.iter().any(|other| {
                    other.name.eq_ignore_ascii_case(&parameter.name)
                        && other.rule.as_deref().is_some_and(|rule| peer.has_rule(rule))
                })
            } else {
                peer.has_rule(rule)
            }
        })
}

/// Whether text and field are converted by this crate.
pub(crate) fn is_converted(conversion: Conversion) -> bool {
    !matches!(conversion, Conversion::Tz | Conversion::Daylight | Conversion::TzId | Conversion::RRule)
}

/// Whether a property has its values separated from each other.
pub(crate) fn is_structured(property: &Property) -> bool {
    property.count != ValueCount::Fixed(1)
}

/// The field `offset` places further on. Offsets come from configs and add up, so they may be any number.
pub(crate) fn shifted(field: FieldId, offset: i32) -> Option<FieldId> {
    u16::try_from(i64::from(field.0) + i64::from(offset)).ok().map(FieldId)
}

/// A name as it is looked up.
pub(crate) fn upper(name: &[u8]) -> Vec<u8> {
    name.to_ascii_uppercase()
}

/// Every place that a position moves the fields of its property to.
pub(crate) fn offsets(position: &Position) -> Box<dyn Iterator<Item = i32>> {
    let (offset, increment) = (position.offset, position.increment);
    match position.repeat {
        Repeat::Times(times) => Box::new(
            (0..i32::from(times)).map(move |time| offset.saturating_add(time.saturating_mul(increment))),
        ),
        Repeat::Rewrite | Repeat::Array => Box::new(std::iter::once(offset)),
    }
}

fn fields_of(property: &Property, list: &FieldList, mode: MimeMode) -> Vec<FieldId> {
    let mut bases: Vec<FieldId> = property.group_field.into_iter().collect();
    let parameters = property.parameters.iter().filter(|parameter| exists(parameter.only_for, mode));
    for map in property.values.iter().chain(parameters.filter_map(|parameter| parameter.value.as_ref())) {
        bases.extend(targets(map));
    }
    let mut fields = Vec::new();
    let mut add = |offset: i32| {
        fields.extend(
            bases.iter().filter_map(|base| shifted(*base, offset)).filter(|id| id.index() < list.len()),
        );
    };
    if property.positions.is_empty() {
        add(0);
    }
    // A list has no more fields than this, so further repetitions lead nowhere.
    property.positions.iter().flat_map(|position| offsets(position).take(MAX_ARRAY_INDEX)).for_each(&mut add);
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// The fields that one `<value>` stores into, before positions move them.
fn targets(map: &ValueMap) -> Vec<FieldId> {
    let Some(field) = map.field.filter(|_| is_converted(map.conversion)) else { return Vec::new() };
    let mut targets = vec![field];
    if map.conversion == Conversion::MultiMix {
        let mixes = map.enums.iter().filter_map(|rule| Mix::parse(&rule.value));
        targets.extend(mixes.filter_map(|mix| shifted(field, mix.offset)));
    }
    targets
}
