//! An item to text: components and properties in the order of the profile.
//!
//! `property` writes one occurrence of a property, `escape` its values, `fold` its lines, `zones` the zones that its
//! times are in, `kept` what the item has beyond the profile.

mod escape;
pub(crate) mod fold;
mod kept;
mod property;
mod zones;

use syncloom_config::{Profile, Property, Repeat, ValueCount};
use syncloom_script::{FieldId, Item, TimestampKind, Value, Zone};

use crate::convert::{self, Context, Place};
use crate::note::{Note, NoteKind};
use crate::plan::{PlanMember, PropertyPlan, moved, target};
use crate::setting::Setting;
use escape::Body;
pub(crate) use escape::Escapes;
use kept::Kept;
use property::Rendered;
pub(crate) use zones::Definitions;
use zones::UsedZones;

/// How long a line, and a text that is made anew, may become before it needs more room: few are longer.
const USUAL_LINE: usize = 256;
const USUAL_TEXT: usize = 64;

/// Writes one item.
pub(crate) struct Generator<'g> {
    setting: &'g Setting<'g>,
    item: &'g Item,
    /// What conversions depend on; in it the zone of the property that is being written.
    context: Context<'g>,
    out: &'g mut Vec<u8>,
    notes: Vec<Note>,
    /// The line being written, up to its colon.
    header: String,
    /// Its value.
    body: Body,
    /// Room for a text that is made anew.
    room: String,
    /// The zones of the times that have been written.
    used: UsedZones,
    /// Where the definitions of zones belong, and the name of their component.
    zones_at: Option<(usize, &'g str)>,
    /// What the item has beyond the profile.
    kept: Kept,
    /// The component that is being written, within the others.
    path: &'g str,
    /// How often properties have been written that the peer holds only so often, by their group.
    occurred: Vec<(usize, usize)>,
    /// What the peer does not get, as it holds no more: properties, and where their values are.
    left_out: Vec<(usize, Slot)>,
}

/// An occurrence of a property that may be written: where its values are, and the position that led there.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub place: Place,
    pub position: Option<usize>,
}

impl Slot {
    /// The so-many-th occurrence of a position.
    pub fn new(property: &Property, number: Option<usize>, repetition: usize) -> Slot {
        let place = match number.and_then(|number| property.positions.get(number)) {
            None => (0, 0),
            Some(position) if position.repeat == Repeat::Array => (position.offset, repetition),
            Some(position) => (moved(position, repetition), 0),
        };
        Slot { place, position: number }
    }
}

impl<'g> Generator<'g> {
    /// For one item.
    pub fn new(setting: &'g Setting<'g>, item: &'g Item, out: &'g mut Vec<u8>) -> Self {
        Generator {
            setting,
            item,
            context: setting.context(&setting.peer.zones),
            out,
            notes: Vec::new(),
            header: String::with_capacity(USUAL_LINE),
            body: Body::with_capacity(USUAL_LINE),
            room: String::with_capacity(USUAL_TEXT),
            used: UsedZones::default(),
            zones_at: None,
            kept: Kept::of(setting, item),
            path: "",
            occurred: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Writes the item.
    pub fn generate(mut self) -> Vec<Note> {
        self.component(0);
        self.notes
    }

    /// Writes the item, and says what of it the peer does not get, as it holds no more.
    pub fn left_out(mut self) -> Vec<(usize, Slot)> {
        self.component(0);
        self.left_out
    }

    fn component(&mut self, component: usize) {
        let plan = &self.setting.codec.plan;
        let profile = &plan.components[component].profile;
        self.frame("BEGIN:", &profile.name);
        // Where the first component within this one begins: further properties belong before it.
        let mut properties_end = None;
        for member in &plan.components[component].members {
            match *member {
                PlanMember::Property(index) => {
                    let property = &plan.properties[index];
                    if self.setting.is_written(index) {
                        self.property(index, property);
                    }
                }
                PlanMember::Component(child) => {
                    let profile: &'g Profile = &plan.components[child].profile;
                    if profile.time_zones {
                        properties_end.get_or_insert(self.out.len());
                        self.zones_at = Some((self.out.len(), &profile.name));
                    } else if self.is_selected(child) {
                        properties_end.get_or_insert(self.out.len());
                        let outer = std::mem::replace(&mut self.path, &plan.components[child].path);
                        self.component(child);
                        self.path = outer;
                    }
                }
            }
        }
        self.write_kept(properties_end);
        if component == 0 {
            self.write_zones();
        }
        self.frame("END:", &profile.name);
    }

    fn frame(&mut self, what: &str, name: &str) {
        for part in [what, name, "\r\n"] {
            self.out.extend_from_slice(part.as_bytes());
        }
    }

    /// Whether the item has this component: by its selector (manual 10.3.2), or else by anything in it.
    fn is_selected(&self, component: usize) -> bool {
        let plan = &self.setting.codec.plan;
        let component = &plan.components[component];
        match &component.profile.selector {
            Some(selector) if selector.value.is_empty() => !self.item.get(selector.field).is_empty(),
            Some(selector) => self.item.get_at(selector.field, 0).to_text() == selector.value,
            None => component.members.iter().any(|member| match *member {
                PlanMember::Property(index) => {
                    let values = plan.properties[index].property.values.iter();
                    values.filter_map(|map| map.field).any(|field| !self.item.get(field).is_empty())
                }
                PlanMember::Component(child) => self.is_selected(child),
            }),
        }
    }

    /// Writes every occurrence of a property.
    fn property(&mut self, index: usize, plan: &'g PropertyPlan) {
        let property = &plan.property;
        if plan.needs_fields && plan.fields.iter().all(|field| self.item.get(*field).is_empty()) {
            return;
        }
        if property.positions.is_empty() {
            return self.occurrences(index, plan, None);
        }
        if property.count == ValueCount::List {
            return self.list(index, plan);
        }
        for (number, position) in property.positions.iter().enumerate() {
            if !position.read_only {
                self.occurrences(index, plan, Some(number));
            }
        }
    }

    /// Writes the occurrences of one position. Empty ones are written until `shown` stand there; where a
    /// reader fills empty places with later occurrences, they come behind the others, so that reading what
    /// was written and writing it again gives the same text.
    fn occurrences(&mut self, index: usize, plan: &'g PropertyPlan, number: Option<usize>) {
        let property = &plan.property;
        let position = number.and_then(|number| property.positions.get(number));
        let most = match position.map(|position| position.repeat) {
            Some(Repeat::Times(times)) => times,
            // By default all repetitions are shown; an array has as many as it has elements.
            Some(Repeat::Array) => 0,
            Some(Repeat::Rewrite) | None => 1,
        };
        let shown = usize::from(position.and_then(|position| position.min_show).unwrap_or(most));
        let overwrite_empty = position.is_none_or(|position| position.overwrite_empty);
        let may_be_empty = !property.suppress_empty && self.setting.peer.empty_properties;
        let limit = self.setting.limit(index);
        let max_occur = limit.and_then(|limit| limit.max_occur);
        let room = max_occur.map_or(usize::MAX, |most| most.saturating_sub(self.occurred(plan.group)));
        let mut written = 0;
        let mut left_out = 0;
        let mut empty = Vec::new();
        for slot in 0..slot_count(self.item, property, number) {
            let slot = Slot::new(property, number, slot);
            if !plan.zones.is_empty() {
                self.context.own_zone = self.own_zone(plan, slot.place);
            }
            let rendered = self.render(plan, slot.place, limit);
            if self.is_shown(plan, slot.place, &rendered) {
                if !overwrite_empty && !empty.is_empty() {
                    // Places count here, so the empty ones before this one have to be there.
                    let body = self.body.clone();
                    for slot in std::mem::take(&mut empty) {
                        self.write(index, plan, slot, None);
                        written += 1;
                    }
                    self.body = body;
                }
                if written >= room {
                    left_out += 1;
                    self.left_out.push((index, slot));
                    continue;
                }
                self.write(index, plan, slot, Some(rendered));
                written += 1;
            } else {
                self.tell_loss(plan, slot.place);
                if may_be_empty {
                    empty.push(slot);
                }
            }
        }
        self.context.own_zone = None;
        if let Some(most) = max_occur.filter(|_| left_out > 0) {
            self.note(&property.name, NoteKind::TooMany(most));
        }
        if max_occur.is_some() {
            // Empty ones that are only shown take no room from those behind them.
            self.occurred.push((plan.group, written));
        }
        if may_be_empty {
            let nowhere = Slot { place: (0, usize::MAX), position: number };
            let missing = shown.min(room).saturating_sub(written);
            for slot in empty.into_iter().chain(std::iter::repeat(nowhere)).take(missing) {
                self.write(index, plan, slot, None);
            }
        }
    }

    /// How often the properties of a group have been written.
    fn occurred(&self, group: usize) -> usize {
        self.occurred.iter().filter(|(of, _)| *of == group).map(|(_, times)| times).sum()
    }

    /// Writes all values of a list: in one property, but times of different zones, and days, each in one of their
    /// own, where the zone is said beside them.
    fn list(&mut self, index: usize, plan: &'g PropertyPlan) {
        let property = &plan.property;
        let mut groups: Vec<((Option<Zone>, bool), Slot, Body)> = Vec::new();
        let has_zone = self.zone_parameter(plan).is_some();
        let limit = self.setting.limit(index);
        let mut shown = 0;
        for (number, position) in property.positions.iter().enumerate().filter(|(_, p)| !p.read_only) {
            shown = shown.max(position.min_show.unwrap_or(0));
            for slot in 0..slot_count(self.item, property, Some(number)) {
                let slot = Slot::new(property, Some(number), slot);
                self.context.own_zone = self.own_zone(plan, slot.place);
                let Rendered::Texts = self.render(plan, slot.place, limit) else { continue };
                if !self.body.says_something {
                    self.tell_loss(plan, slot.place);
                    continue;
                }
                let key = (self.context.own_zone, has_zone && self.is_day(plan, slot.place));
                let separator = Some(property.separator).filter(|_| !plan.raw);
                match groups.iter_mut().find(|(known, ..)| *known == key) {
                    Some((.., body)) => body.append(&self.body, separator),
                    None => groups.push((key, slot, self.body.clone())),
                }
            }
        }
        let empty = groups.is_empty();
        for ((zone, _), slot, body) in groups {
            self.context.own_zone = zone;
            self.body = body;
            self.write(index, plan, slot, Some(Rendered::Texts));
        }
        self.context.own_zone = None;
        if empty && shown > 0 && !property.suppress_empty && self.setting.peer.empty_properties {
            self.write(index, plan, Slot { place: (0, 0), position: None }, None);
        }
    }

    /// Whether the value at a place is a day.
    fn is_day(&self, plan: &PropertyPlan, place: Place) -> bool {
        let value = plan.values.first().and_then(|map| target(map, place.0));
        let value = value.map(|field| self.item.get_at(field, place.1));
        matches!(value, Some(Value::Timestamp(time)) if time.kind() == TimestampKind::Date)
    }

    /// Notes a value that is there and cannot be written.
    fn tell_loss(&mut self, plan: &PropertyPlan, place: Place) {
        let lost = plan.values.iter().find_map(|map| convert::lost(map, place, self.item));
        if let Some(kind) = lost {
            self.note(&plan.property.name, kind);
        }
    }

    fn note(&mut self, property: &str, kind: NoteKind) {
        self.notes.push(Note { line: 0, property: property.to_owned(), kind });
    }
}

/// How many occurrences of a position an item may have; a property without positions has one.
pub(crate) fn slot_count(item: &Item, property: &Property, number: Option<usize>) -> usize {
    let Some(position) = number.and_then(|number| property.positions.get(number)) else { return 1 };
    match position.repeat {
        Repeat::Times(times) => usize::from(times),
        Repeat::Rewrite => 1,
        Repeat::Array => {
            let shown = property.parameters.iter().filter(|parameter| parameter.show_non_empty);
            let maps = property.values.iter().chain(shown.filter_map(|parameter| parameter.value.as_ref()));
            let fields = maps.filter_map(|map| target(map, position.offset));
            fields.map(|field| length(item, field)).max().unwrap_or(0)
        }
    }
}

fn length(item: &Item, field: FieldId) -> usize {
    match item.get(field) {
        Value::Array(elements) => elements.len(),
        Value::Unassigned | Value::Empty => 0,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
