//! Text to an item: components, the order of properties, and what the text did not mention.
//!
//! `line` finds the properties, `text` the components, `zones` what the text says of time zones, `store` puts a
//! property where it belongs, `left` keeps what belongs nowhere.

mod left;
mod line;
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
use left::Left;
use line::ContentLine;
use store::Counters;
use text::{Node, Text};
use zones::Times;

/// Reads one text.
pub(crate) fn parse(setting: &Setting<'_>, bytes: &[u8]) -> Result<Parsed, ParseError> {
    let codec = setting.codec;
    let mut notes = Vec::new();
    let root = &codec.plan.components[0].profile.name;
    let text = Text::read(bytes, codec.datatype.mode, root, &mut notes)?;
    let times = Times::read(&text.nodes, setting, &mut notes);
    let mut parser = Parser {
        setting,
        plan: &codec.plan,
        nodes: &text.nodes,
        times: &times,
        item: Item::new(codec.profile.fields.clone()),
        notes,
        counters: Counters::new(codec.plan.counters),
        seen: vec![false; codec.plan.properties.len()],
        entered: vec![false; codec.plan.components.len()],
        delayed: Vec::new(),
        left: Left::default(),
    };
    parser.entered[0] = true;
    parser.component(0, "", 0..text.nodes.len(), text.last_line)?;
    parser.finish();
    // Zones and delayed properties are read out of turn.
    parser.notes.sort_by_key(|note| if note.line == 0 { usize::MAX } else { note.line });
    let Parser { item, notes, .. } = parser;
    Ok(Parsed { item, notes, zones: times.zones })
}

/// What has been read so far.
struct Parser<'p, 'a> {
    setting: &'p Setting<'p>,
    plan: &'p Plan,
    nodes: &'p [Node<'a>],
    times: &'p Times,
    item: Item,
    notes: Vec<Note>,
    counters: Counters,
    /// Which properties the text has, for those that are mandatory.
    seen: Vec<bool>,
    /// Which components the text has.
    entered: Vec<bool>,
    /// Properties that are stored after the others.
    delayed: Vec<(u16, Candidate<'p>, &'p ContentLine<'a>)>,
    /// What has no field.
    left: Left,
}

/// The properties of the profile that a line may be meant for, and the component that it stands in.
#[derive(Clone)]
struct Candidate<'p> {
    properties: &'p [usize],
    path: std::rc::Rc<str>,
}

impl<'p, 'a> Parser<'p, 'a> {
    /// Reads what stands in a component. `path` says which one it is within the others.
    fn component(
        &mut self,
        component: usize,
        path: &str,
        range: Range<usize>,
        last_line: usize,
    ) -> Result<(), ParseError> {
        let path: std::rc::Rc<str> = path.into();
        let mut chosen: Vec<(Kind, usize)> = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let node = &self.nodes[at];
            let Some(inside) = &node.inside else {
                self.take(component, &path, &node.line);
                at += 1;
                continue;
            };
            let place = at;
            at = inside.range.end;
            let name = node.component();
            let Some(child) = self.plan.child(component, name) else {
                self.leave_component(&path, place, NoteKind::UnknownComponent);
                continue;
            };
            let plan = &self.plan.components[child];
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
                    self.leave_component(&path, place, NoteKind::RepeatedComponent);
                    continue;
                }
            }
            self.enter(child);
            let path = match path.is_empty() {
                true => plan.profile.name.clone(),
                false => format!("{path}/{}", plan.profile.name),
            };
            self.component(child, &path, inside.range.clone(), inside.last_line)?;
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
                let node = &self.nodes[place];
                at = node.inside.as_ref().map_or(at + 1, |inside| inside.range.end);
                let Some(inside) = &node.inside else { continue };
                let Some(child) = self.plan.child(parent, node.component()) else { continue };
                if Kind::of(child, &self.plan.components[child]) == Some(kind) {
                    return Some((place, child, inside.range.clone()));
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
        self.nodes[range].iter().filter(|node| node.inside.is_none()).any(|node| {
            let properties = self.plan.candidates(component, node.line.name());
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
    fn take(&mut self, component: usize, path: &std::rc::Rc<str>, line: &'p ContentLine<'a>) {
        let properties = self.plan.candidates(component, line.name());
        let Some(first) = properties.iter().copied().find(|index| self.setting.is_active(*index)) else {
            return self.leave_line(path, line, None, NoteKind::UnknownProperty);
        };
        for index in properties {
            self.seen[*index] = true;
        }
        let candidate = Candidate { properties, path: path.clone() };
        match self.plan.properties[first].property.delayed_parsing {
            0 => self.store(&candidate, line),
            delay => self.delayed.push((delay, candidate, line)),
        }
    }

    /// Stores a property with the first of its candidates that has a place for it.
    fn store(&mut self, candidate: &Candidate<'p>, line: &ContentLine<'_>) {
        let last = candidate.properties.iter().copied().rfind(|index| self.setting.is_active(*index));
        for index in candidate.properties.iter().copied() {
            if self.setting.is_active(index)
                && self.store_property(index, &candidate.path, line, Some(index) == last)
            {
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
        let found = plans
            .filter(|(plan, seen)| plan.component == component && **seen && plan.property.mandatory)
            .count();
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        if found >= profile.num_mandatory {
            return Ok(());
        }
        Err(ParseError::MissingMandatory {
            line,
            component: profile.name.clone(),
            wanted: profile.num_mandatory,
            found,
        })
    }

    /// Stores what was delayed, and makes a difference between what the text left empty and what it cannot
    /// hold.
    fn finish(&mut self) {
        let mut delayed = std::mem::take(&mut self.delayed);
        delayed.sort_by_key(|(delay, ..)| *delay);
        for (_, candidate, line) in &delayed {
            self.store(candidate, line);
        }
        for (index, plan) in self.plan.properties.iter().enumerate() {
            let expected = plan.component == 0 && self.setting.is_active(index) && !self.seen[index];
            if expected && has_conversion(&plan.property, Conversion::Version) {
                self.note(0, &plan.property.name, NoteKind::NoVersion);
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

    /// What conversions depend on.
    fn context(&self) -> Context<'p> {
        Context { item_zone: self.times.item_zone, ..self.setting.context(&self.times.zones) }
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

fn name(line: &ContentLine<'_>) -> String {
    String::from_utf8_lossy(line.name()).into_owned()
}

#[cfg(test)]
mod tests;
