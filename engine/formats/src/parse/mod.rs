//! Text to an item: components, the order of properties, and what the text did not mention.
//!
//! `line` finds the properties and `header` takes what stands before their colon apart, `text` finds the components,
//! `zones` what the text says of time zones. `store` puts a property where it belongs, by its `parameters` and by
//! what has been used (`counters`); `left` keeps what belongs nowhere.

mod counters;
mod header;
mod left;
mod line;
mod parameters;
mod split;
mod store;
mod text;
pub(crate) mod transfer;
mod zones;

use std::ops::Range;

use syncloom_config::Conversion;
use syncloom_script::{FieldId, Item, Value};

use crate::codec::Parsed;
use crate::convert::Context;
use crate::note::{Note, NoteKind, ParseError};
use crate::plan::{ComponentPlan, Plan, has_conversion};
use crate::setting::Setting;
use counters::Counters;
pub(crate) use header::is_encoding;
use left::{Left, Surplus};
use line::Line;
use parameters::Given;
pub(crate) use split::next_value;
use text::Text;
pub(crate) use zones::Daylights;
use zones::Times;

/// Reads one text.
pub(crate) fn parse(setting: &Setting<'_>, bytes: &[u8]) -> Result<Parsed, ParseError> {
    let codec = setting.codec;
    let mut notes = Vec::new();
    let root = &codec.plan.components[0].profile.name;
    let text = Text::read(bytes, codec.datatype.mode, root, &mut notes)?;
    let times = Times::read(&text, setting, &mut notes);
    let mut parser = Parser {
        setting,
        plan: &codec.plan,
        text: &text,
        times: &times,
        context: Context { item_zone: times.item_zone, ..setting.context(&times.zones) },
        item: Item::new(codec.profile.fields.clone()),
        notes,
        counters: Counters::new(codec.plan.counters),
        seen: vec![false; codec.plan.properties.len()],
        entered: vec![false; codec.plan.components.len()],
        delayed: Vec::new(),
        given: Vec::new(),
        surplus: Surplus::default(),
        left: Left::default(),
    };
    parser.entered[0] = true;
    parser.component(0, 0..text.nodes.len(), text.last_line)?;
    parser.finish();
    // Zones and delayed properties are read out of turn.
    parser.notes.sort_by_key(|note| if note.line == 0 { usize::MAX } else { note.line });
    let Parser { item, notes, .. } = parser;
    Ok(Parsed { item, notes, zones: times.zones })
}

/// What has been read so far.
struct Parser<'p> {
    setting: &'p Setting<'p>,
    plan: &'p Plan,
    text: &'p Text<'p>,
    times: &'p Times,
    /// What conversions depend on; in it the zone of the property that is being read.
    context: Context<'p>,
    item: Item,
    notes: Vec<Note>,
    counters: Counters,
    /// Which properties the text has, for those that are mandatory.
    seen: Vec<bool>,
    /// Which components the text has.
    entered: Vec<bool>,
    /// Properties that are stored after the others.
    delayed: Vec<(u16, Candidate<'p>)>,
    /// Room for the parameters of the next property.
    given: Given<'p>,
    /// What of the property that is being stored has no field.
    surplus: Surplus,
    /// What has no field.
    left: Left,
}

/// A line, the properties of the profile that it may be meant for, and the component that it stands in.
#[derive(Clone, Copy)]
struct Candidate<'p> {
    properties: &'p [usize],
    path: &'p str,
    line: Line<'p>,
}

impl<'p> Parser<'p> {
    /// Reads what stands in a component.
    fn component(
        &mut self,
        component: usize,
        range: Range<usize>,
        last_line: usize,
    ) -> Result<(), ParseError> {
        let (plan, text) = (self.plan, self.text);
        let path = plan.components[component].path.as_str();
        let mut chosen: Vec<(Kind, usize)> = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let node = &text.nodes[at];
            let Some(inside) = &node.inside else {
                self.take(component, text.line(node));
                at += 1;
                continue;
            };
            let place = at;
            at = inside.range().end;
            let Some(child) = plan.child(component, text.component(node)) else {
                self.leave_component(path, place, NoteKind::UnknownComponent);
                continue;
            };
            let plan = &plan.components[child];
            if plan.profile.time_zones {
                continue;
            }
            if let Some(kind) = Kind::of(child, plan) {
                let known = chosen.iter().find(|(known, _)| *known == kind).map(|(_, chosen)| *chosen);
                let choice = known.unwrap_or_else(|| {
                    let choice = self.choose(component, kind, range.clone()).unwrap_or(place);
                    chosen.push((kind, choice));
                    choice
                });
                if choice != place || self.entered[child] {
                    self.leave_component(path, place, NoteKind::RepeatedComponent);
                    continue;
                }
            }
            self.enter(child);
            self.component(child, inside.range(), inside.last_line())?;
        }
        self.check_mandatory(component, last_line)
    }

    /// Which of several components of a kind is the item's: the one that recurs, as the others are changed instances
    /// of it, or else the first.
    fn choose(&self, parent: usize, kind: Kind, range: Range<usize>) -> Option<usize> {
        let mut at = range.start;
        let mut places = std::iter::from_fn(|| {
            while at < range.end {
                let place = at;
                let node = &self.text.nodes[place];
                at = node.inside.as_ref().map_or(at + 1, |inside| inside.range().end);
                let Some(inside) = &node.inside else { continue };
                let Some(child) = self.plan.child(parent, self.text.component(node)) else { continue };
                if Kind::of(child, &self.plan.components[child]) == Some(kind) {
                    return Some((place, child, inside.range()));
                }
            }
            None
        });
        let first = places.next()?;
        let Some(second) = places.next() else { return Some(first.0) };
        let first_place = first.0;
        let recurs = |(_, child, inside): &(usize, usize, Range<usize>)| {
            self.plan.components[*child].recurs && self.has_rule(*child, inside.clone())
        };
        let chosen = [first, second].into_iter().chain(places).find(recurs);
        Some(chosen.map_or(first_place, |(place, ..)| place))
    }

    /// Whether a recurrence rule stands in a component.
    fn has_rule(&self, component: usize, range: Range<usize>) -> bool {
        self.text.nodes[range].iter().filter(|node| node.inside.is_none()).any(|node| {
            let properties = self.plan.candidates(component, self.text.line(node).name());
            properties
                .iter()
                .any(|index| has_conversion(&self.plan.properties[*index].property, Conversion::RRule))
        })
    }

    /// A component of the item begins: what it is selected by says so.
    fn enter(&mut self, component: usize) {
        self.entered[component] = true;
        let Some(selector) = &self.plan.components[component].profile.selector else { return };
        let kind = self.item.list().get(selector.field).map(|field| field.kind);
        if let Some(kind) = kind.filter(|_| !selector.value.is_empty()) {
            self.item.set_at(selector.field, 0, Value::from_text(&selector.value, kind));
        }
    }

    /// A property of the text.
    fn take(&mut self, component: usize, line: Line<'p>) {
        let plan = self.plan;
        let path = plan.components[component].path.as_str();
        let properties = plan.candidates(component, line.name());
        let Some(first) = properties.iter().copied().find(|index| self.setting.is_active(*index)) else {
            return self.leave_line(path, line, None, NoteKind::UnknownProperty);
        };
        for index in properties {
            self.seen[*index] = true;
        }
        let candidate = Candidate { properties, path, line };
        match plan.properties[first].property.delayed_parsing {
            0 => self.store(candidate),
            delay => self.delayed.push((delay, candidate)),
        }
    }

    /// Stores a property with the first of its candidates that has a place for it.
    fn store(&mut self, candidate: Candidate<'p>) {
        let Candidate { properties, path, line } = candidate;
        let (plan, setting) = (self.plan, self.setting);
        let last = properties.iter().copied().rfind(|index| setting.is_active(*index));
        for index in properties.iter().copied().filter(|index| setting.is_active(*index)) {
            if self.store_property(&plan.properties[index], path, line, Some(index) == last) {
                return;
            }
        }
    }

    fn check_mandatory(&self, component: usize, line: usize) -> Result<(), ParseError> {
        let profile = &self.plan.components[component].profile;
        if profile.num_mandatory == 0 {
            return Ok(());
        }
        let plans = self.plan.properties.iter().zip(&self.seen);
        let mandatory = plans.filter(|(plan, _)| plan.component == component && plan.property.mandatory);
        let found = mandatory.clone().filter(|(_, seen)| **seen).count();
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        if found >= profile.num_mandatory {
            return Ok(());
        }
        let missing = mandatory.filter(|(_, seen)| !**seen).map(|(plan, _)| plan.property.name.clone());
        Err(ParseError::MissingMandatory {
            line,
            component: profile.name.clone(),
            wanted: profile.num_mandatory,
            found,
            missing: missing.collect(),
        })
    }

    /// Stores what was delayed, and makes a difference between what the text left empty and what it cannot
    /// hold.
    fn finish(&mut self) {
        let mut delayed = std::mem::take(&mut self.delayed);
        delayed.sort_by_key(|(delay, _)| *delay);
        for (_, candidate) in delayed {
            self.store(candidate);
        }
        let plan = self.plan;
        for index in plan.components[0].versions.iter().copied() {
            if self.setting.is_active(index) && !self.seen[index] {
                self.note(0, &plan.properties[index].property.name, NoteKind::NoVersion);
            }
        }
        let setting = self.setting;
        for id in setting.fields.iter() {
            self.settle(*id);
        }
        if let Some(field) = setting.codec.profile.unknowns {
            self.left.store(field, &mut self.item);
        }
    }

    /// A field that the text could have mentioned and did not is empty; so is a gap in an array.
    fn settle(&mut self, id: FieldId) {
        match self.item.get(id) {
            Value::Unassigned => {
                let empty = if self.item.is_array(id) { Value::Array(Vec::new()) } else { Value::Empty };
                self.item.set(id, empty);
            }
            Value::Array(elements) if elements.iter().any(|element| !element.is_assigned()) => {
                let is_gap = |element: &Value| !element.is_assigned();
                let gaps: Vec<usize> =
                    (0..elements.len()).filter(|index| is_gap(&elements[*index])).collect();
                for index in gaps {
                    self.item.set_at(id, index, Value::Empty);
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, line: usize, property: &str, kind: NoteKind) {
        self.notes.push(Note { line, property: property.to_owned(), kind });
    }
}

/// What there is one of in an item: the components that a field chooses from, or a single component.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Selected(FieldId),
    Own(usize),
}

impl Kind {
    fn of(component: usize, plan: &ComponentPlan) -> Option<Kind> {
        let selector = plan.profile.selector.as_ref();
        plan.single.then(|| match selector.filter(|selector| !selector.value.is_empty()) {
            Some(selector) => Kind::Selected(selector.field),
            None => Kind::Own(component),
        })
    }
}

fn name(line: Line<'_>) -> String {
    String::from_utf8_lossy(line.name()).into_owned()
}

#[cfg(test)]
mod tests;
