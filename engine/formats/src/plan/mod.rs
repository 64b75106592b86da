//! What a [`Codec`](crate::Codec) prepares once per datatype: the components and properties that exist in
//! its dialect, names by which they are looked up (`names`), counters for positions, the fields behind each
//! property, and what its values need (`value`).
//!
//! Not its job: anything that depends on a peer or an item.

use std::collections::HashMap;
use std::sync::Arc;

use syncloom_config::{
    Combine, Conversion, Member, MimeMode, MimeProfile, Parameter, Position, Profile, Property, Repeat,
    ValueCount, ValueMap,
};
use syncloom_script::item::MAX_ARRAY_INDEX;
use syncloom_script::{FieldId, FieldList, FieldType};

use crate::convert::multimix::Mix;
use crate::convert::recurrence;
use crate::enums::{self, Translated};
use crate::generate::Escapes;
use crate::kept;
use crate::parse::Separators;
use crate::peer::Peer;
pub(crate) use names::Names;
pub(crate) use value::{ParameterPlan, ValuePlan};

mod names;
mod value;

/// The prepared profile of a datatype.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The components; the outermost one is the first.
    pub components: Vec<ComponentPlan>,
    /// The properties of all components, in their order.
    pub properties: Vec<PropertyPlan>,
    /// How many counters the positions need.
    pub counters: usize,
    /// Every field behind any property.
    pub fields: Vec<FieldId>,
    /// Whether any property is limited to a remote rule.
    pub has_rules: bool,
    /// Whether a text of this datatype says of zones what its times depend on, so that it has to be looked
    /// for before the first time is read.
    pub has_zones: bool,
    /// The properties that say in which zone the text is: their names, and whether each is TZ or DAYLIGHT.
    pub zone_names: Vec<(String, Conversion)>,
    /// The properties of one name in one component are a family: what is [kept](crate::kept) of an item finds them so.
    pub families: Names<usize>,
}

/// A component of the profile.
#[derive(Debug)]
pub(crate) struct ComponentPlan {
    /// What the config says of it.
    pub profile: Arc<Profile>,
    /// Its name within the outermost one, whose own is empty: `VEVENT/VALARM`.
    pub path: String,
    /// Its properties by name in upper case; several of one name are tried in their order.
    pub by_name: Names<Vec<usize>>,
    /// Its components by name in upper case.
    pub children: Names<usize>,
    /// What it is written as, in order.
    pub members: Vec<PlanMember>,
    /// Whether an item holds one of it: a second one is another item, or would mix with the first.
    pub single: bool,
    /// Whether one of its properties is a recurrence rule.
    pub recurs: bool,
    /// Its properties that say the version.
    pub versions: Vec<usize>,
    /// Its properties of which a text must have some.
    pub mandatory: Vec<usize>,
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
    /// What the config says of it.
    pub property: Arc<Property>,
    /// Its name in upper case, as CTCap names are compared.
    pub upper: String,
    /// The counter of each position; a property without positions has one.
    pub counters: Vec<usize>,
    /// Every field that it can store into.
    pub fields: Vec<FieldId>,
    /// Properties of one name that stand next to each other share a group, out of which remote rules pick.
    pub group: usize,
    /// Which of the [families](Plan::families) it is in.
    pub family: usize,
    /// Whether nothing is written of it where the item says nothing of its fields.
    pub needs_fields: bool,
    /// What separates its values: nothing where it has one.
    pub separators: Separators,
    /// Whether the values of several occurrences go into one place.
    pub shares: bool,
    /// Its values.
    pub values: Vec<ValuePlan>,
    /// Those of its several values that the config has no `<value>` for.
    pub unstored: Vec<usize>,
    /// Its parameters.
    pub parameters: Vec<ParameterPlan>,
    /// The parameters that values without a name may belong to.
    pub defaults: Vec<usize>,
    /// The parameters that say the zone of its times.
    pub zones: Vec<usize>,
    /// When it is bytes and no text.
    pub binary: Binary,
    /// Whether its value has a syntax of its own, in which separators separate.
    pub raw: bool,
    /// Whether its value may be cut: it is text.
    pub cut: bool,
    /// Whether it has one value, whose text is what its field has.
    pub is_one_text: bool,
    /// What is escaped in its values.
    pub escapes: Escapes,
    /// The names that its parameters have in its positions, whatever an item says.
    pub shown: Vec<ShownName>,
}

/// A name that a parameter has in a position.
#[derive(Debug)]
pub(crate) struct ShownName {
    pub position: usize,
    pub parameter: usize,
    pub name: String,
}

/// When a property is bytes and no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Never,
    /// When it comes in base 64.
    InBase64,
    Always,
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
            has_zones: false,
            zone_names: Vec::new(),
            families: Names::default(),
        };
        plan.add(&profile.root, String::new(), &profile.fields, mode);
        plan.fields.sort_unstable();
        plan.fields.dedup();
        plan
    }

    fn add(&mut self, profile: &Arc<Profile>, path: String, list: &FieldList, mode: MimeMode) -> usize {
        let component = self.components.len();
        self.components.push(ComponentPlan {
            profile: Arc::clone(profile),
            path: path.clone(),
            by_name: Names::default(),
            children: Names::default(),
            members: Vec::new(),
            single: is_single(profile, mode),
            recurs: false,
            versions: Vec::new(),
            mandatory: Vec::new(),
        });
        self.has_zones |= profile.time_zones;
        self.fields.extend(profile.selector.as_ref().map(|selector| selector.field));
        for member in &profile.members {
            match member {
                Member::Property(property) if exists(property.only_for, mode) => {
                    let index = self.add_property(property, component, list, mode);
                    let plan = &mut self.components[component];
                    plan.by_name.entry(property.name.as_bytes(), Vec::new).push(index);
                    plan.members.push(PlanMember::Property(index));
                    plan.recurs |= has_conversion(property, Conversion::RRule);
                    plan.versions.extend(has_conversion(property, Conversion::Version).then_some(index));
                    plan.mandatory.extend(property.mandatory.then_some(index));
                }
                Member::Profile(profile) if exists(profile.only_for, mode) => {
                    let path = match path.is_empty() {
                        true => profile.name.clone(),
                        false => format!("{path}/{}", profile.name),
                    };
                    let index = self.add(profile, path, list, mode);
                    let plan = &mut self.components[component];
                    plan.children.entry(profile.name.as_bytes(), || index);
                    plan.members.push(PlanMember::Component(index));
                }
                _ => {}
            }
        }
        component
    }

    fn add_property(
        &mut self,
        property: &Arc<Property>,
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
        if is_zone(property) {
            self.has_zones = true;
            let is_tz = has_conversion(property, Conversion::Tz);
            let says = if is_tz { Conversion::Tz } else { Conversion::Daylight };
            self.zone_names.push((property.name.clone(), says));
        }
        let family = kept::key(&self.components[component].path, &upper);
        let family = *self.families.entry(family.as_bytes(), || index);
        let separators = match is_structured(property) {
            true => std::iter::once(property.separator).chain(property.alt_separator).collect(),
            false => Vec::new(),
        };
        let raw = has_conversion(property, Conversion::RRule) || is_zone(property);
        let values: Vec<ValuePlan> = property.values.iter().map(ValuePlan::new).collect();
        let is_plain = |map: &ValuePlan| map.is_plain && map.index == 0;
        self.properties.push(PropertyPlan {
            property: Arc::clone(property),
            upper,
            counters,
            fields,
            group,
            family,
            escapes: if raw { Escapes::none(mode) } else { Escapes::new(mode, &separators) },
            separators: Separators::new(separators),
            shares: shares(property),
            is_one_text: property.count == ValueCount::Fixed(1) && values.iter().all(is_plain),
            values,
            unstored: unstored(property),
            needs_fields: needs_fields(property),
            defaults: defaults(property, mode),
            zones: says_zone(property),
            parameters: property.parameters.iter().map(|one| ParameterPlan::new(one, mode)).collect(),
            binary: binary(property, list),
            raw,
            shown: shown_names(property),
            cut: is_cut(property),
        });
        index
    }

    /// The properties of a component that a line of this name may be meant for, in the order of the profile.
    pub fn candidates(&self, component: usize, name: &[u8]) -> &[usize] {
        self.components[component].by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The component of this name inside of another.
    pub fn child(&self, component: usize, name: &[u8]) -> Option<usize> {
        self.components[component].children.get(name).copied()
    }

    /// Which properties are active for a peer by its remote rules (manual 10.3.3, attribute `rule`).
    pub fn active(&self, peer: &Peer) -> Vec<bool> {
        let named = |plan: &PropertyPlan| match plan.property.rule.as_deref() {
            Some(rule) => !rule.eq_ignore_ascii_case(OTHER_RULE) && peer.has_rule(rule),
            None => false,
        };
        let mut taken = HashMap::new();
        for plan in &self.properties {
            *taken.entry(plan.group).or_insert(false) |= named(plan);
        }
        let is_active = |plan: &PropertyPlan| match plan.property.rule.as_deref() {
            None => true,
            Some(rule) if rule.eq_ignore_ascii_case(OTHER_RULE) => {
                !taken.get(&plan.group).copied().unwrap_or(false)
            }
            Some(_) => named(plan),
        };
        self.properties.iter().map(is_active).collect()
    }
}

impl PropertyPlan {
    /// Whether a peer takes part in this property at all. A mandatory property always does, and so does one
    /// without fields, such as a version, which the format needs and no item holds.
    #[inline]
    pub fn available(&self, peer: &Peer) -> bool {
        let Some(names) = &peer.available else { return true };
        let property = &self.property;
        property.mandatory || names.contains(&self.upper) || property.values.iter().all(|v| v.field.is_none())
    }
}

/// The rule that stands for all others (manual 10.3.3).
const OTHER_RULE: &str = "other";

/// Whether something limited to a dialect exists in this one.
pub(crate) fn exists(only_for: Option<MimeMode>, mode: MimeMode) -> bool {
    only_for.is_none_or(|only| only == mode)
}

/// Whether a parameter exists for this peer by its rule, if it has one.
pub(crate) fn rule_has_parameter(property: &Property, parameter: usize, peer: &Peer) -> bool {
    let parameter = &property.parameters[parameter];
    parameter.rule.as_deref().is_none_or(|rule| {
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

/// Whether a property without values is not written at all: no rule has a name for nothing, and all that it says is in
/// fields.
fn needs_fields(property: &Property) -> bool {
    let shown = property.parameters.iter().filter(|parameter| parameter.show_non_empty);
    let mut maps = property.values.iter().chain(shown.filter_map(|parameter| parameter.value.as_ref()));
    property.suppress_empty
        && maps.all(|map| {
            let named = matches!(enums::to_name(&map.enums, ""), Translated::To(name) if !name.is_empty());
            map.field.is_some() && !named
        })
}

/// Whether a property has its values separated from each other.
pub(crate) fn is_structured(property: &Property) -> bool {
    property.count != ValueCount::Fixed(1)
}

/// Those of several different values that nothing is said of.
fn unstored(property: &Property) -> Vec<usize> {
    let ValueCount::Fixed(count @ 2..) = property.count else { return Vec::new() };
    let is_said = |number: &usize| property.values.iter().any(|map| usize::from(map.index) == *number);
    (0..usize::from(count)).filter(|number| !is_said(number)).collect()
}

/// Whether one of the values of a property has this conversion.
pub(crate) fn has_conversion(property: &Property, conversion: Conversion) -> bool {
    property.values.iter().any(|map| map.conversion == conversion)
}

/// Whether the values of several occurrences of a property go into one place.
fn shares(property: &Property) -> bool {
    let shares =
        |map: &ValueMap| matches!(map.combine, Combine::With(_)) || map.conversion == Conversion::EmptyOnly;
    property.values.iter().any(shares)
}

/// Whether a property says in which zone the times of the text are.
fn is_zone(property: &Property) -> bool {
    has_conversion(property, Conversion::Tz) || has_conversion(property, Conversion::Daylight)
}

/// The parameters of a property that values without a name may belong to.
fn defaults(property: &Property, mode: MimeMode) -> Vec<usize> {
    let parameters = property.parameters.iter().enumerate();
    let defaults = parameters.filter(|(_, one)| one.default && exists(one.only_for, mode));
    defaults.map(|(index, _)| index).collect()
}

/// The parameters of a property that say the zone of its times.
fn says_zone(property: &Property) -> Vec<usize> {
    let conversion = |parameter: &Parameter| parameter.value.as_ref().map(|map| map.conversion);
    let parameters = property.parameters.iter().enumerate();
    let of_zones = parameters.filter(|(_, parameter)| conversion(parameter) == Some(Conversion::TzId));
    of_zones.map(|(index, _)| index).collect()
}

/// The names that parameters have in the positions of a property.
fn shown_names(property: &Property) -> Vec<ShownName> {
    let mut shown = Vec::new();
    for (number, position) in property.positions.iter().enumerate() {
        for (parameter, rule) in position.has.iter().chain(&position.shows) {
            let map = property.parameters.get(*parameter).and_then(|parameter| parameter.value.as_ref());
            if let Some(rule) = map.and_then(|map| map.enums.get(*rule)) {
                let name = rule.name.clone();
                shown.push(ShownName { position: number, parameter: *parameter, name });
            }
        }
    }
    shown
}

/// When a property is bytes and no text.
fn binary(property: &Property, list: &FieldList) -> Binary {
    let [map] = property.values.as_slice() else { return Binary::Never };
    let kind = map.field.and_then(|field| list.get(field)).map(|field| field.kind);
    match map.conversion {
        Conversion::BlobBase64 => Binary::Always,
        Conversion::BlobAuto => Binary::InBase64,
        _ if kind == Some(FieldType::Blob) && !is_structured(property) => Binary::InBase64,
        _ => Binary::Never,
    }
}

/// Whether a value of a property may be cut: one that is text.
fn is_cut(property: &Property) -> bool {
    let is_text = |conversion| matches!(conversion, Conversion::None | Conversion::EmptyOnly);
    property.values.iter().all(|map| is_text(map.conversion) && map.enums.is_empty())
}

/// The field of a `<value>` where a position has moved it; none where it has none. What lies outside of the
/// list is unassigned, and nothing can be stored there.
pub(crate) fn target(map: &ValueMap, moved: i32) -> Option<FieldId> {
    map.field?.offset(moved)
}

/// How far a position moves the fields of its property in a repetition.
pub(crate) fn moved(position: &Position, repetition: usize) -> i32 {
    let steps = i32::try_from(repetition).unwrap_or(i32::MAX);
    position.offset.saturating_add(steps.saturating_mul(position.increment))
}

/// Every place that a position moves the fields of its property to.
pub(crate) fn offsets(position: &Position) -> impl Iterator<Item = i32> + '_ {
    let times = match position.repeat {
        Repeat::Times(times) => usize::from(times),
        Repeat::Rewrite | Repeat::Array => 1,
    };
    (0..times).map(|repetition| moved(position, repetition))
}

/// Whether an item holds one such component: it is the one that its selector names, one that recurs, whose others are
/// changed instances of it, or one whose properties have no places for more.
fn is_single(profile: &Profile, mode: MimeMode) -> bool {
    let mut properties = profile.members.iter().filter_map(|member| match member {
        Member::Property(property) if exists(property.only_for, mode) => Some(property),
        _ => None,
    });
    let repeats = |property: &Arc<Property>| {
        property.positions.iter().any(|position| {
            matches!(position.repeat, Repeat::Array)
                || matches!(position.repeat, Repeat::Times(times) if times > 1)
        })
    };
    profile.selector.as_ref().is_some_and(|selector| !selector.value.is_empty())
        || properties.clone().any(|property| has_conversion(property, Conversion::RRule))
        || !properties.any(repeats)
}

fn fields_of(property: &Property, list: &FieldList, mode: MimeMode) -> Vec<FieldId> {
    let mut bases: Vec<FieldId> = property.group_field.into_iter().collect();
    let parameters = property.parameters.iter().filter(|parameter| exists(parameter.only_for, mode));
    for map in property.values.iter().chain(parameters.filter_map(|parameter| parameter.value.as_ref())) {
        bases.extend(targets(map));
    }
    let mut fields = Vec::new();
    let mut add = |offset: i32| {
        fields
            .extend(bases.iter().filter_map(|base| base.offset(offset)).filter(|id| id.index() < list.len()));
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
pub(crate) fn targets(map: &ValueMap) -> Vec<FieldId> {
    let Some(field) = map.field else { return Vec::new() };
    match map.conversion {
        // A rule is a block of fields, of which the last is the start of the event, which it never writes.
        Conversion::RRule => recurrence::block(field).collect(),
        // What these say of a time is part of the time.
        Conversion::TzId | Conversion::ValueType | Conversion::FullValueType => Vec::new(),
        Conversion::MultiMix => {
            let mixes = map.enums.iter().filter_map(|rule| Mix::parse(&rule.value));
            std::iter::once(field).chain(mixes.filter_map(|mix| field.offset(mix.offset))).collect()
        }
        _ => vec![field],
    }
}
