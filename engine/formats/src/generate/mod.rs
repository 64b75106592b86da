//! An item to text: components and properties in the order of the profile.
//!
//! `property` writes one occurrence of a property, `fold` its lines.

mod fold;
mod property;

use syncloom_config::{Member, Profile, Property, Repeat, ValueCount};
use syncloom_script::{FieldId, Item, Value};

use crate::convert::{Dialect, Place};
use crate::mime::MimeCodec;
use crate::note::{Note, NoteKind};
use crate::peer::Peer;
use crate::plan::{PlanMember, View, is_converted, offsets, shifted};
use property::Rendered;

/// Writes one item.
pub(crate) struct Generator<'g> {
    codec: &'g MimeCodec,
    item: &'g Item,
    peer: &'g Peer,
    view: View<'g>,
    dialect: Dialect<'g>,
    active: Option<Vec<bool>>,
    out: &'g mut Vec<u8>,
    notes: Vec<Note>,
    /// The line being written, up to its colon.
    header: String,
    /// Its value.
    body: String,
}

/// An occurrence of a property that may be written: where its values are, and the position that led there.
#[derive(Clone, Copy)]
struct Slot {
    place: Place,
    position: Option<usize>,
}

impl<'g> Generator<'g> {
    /// For one item.
    pub fn new(codec: &'g MimeCodec, item: &'g Item, peer: &'g Peer, out: &'g mut Vec<u8>) -> Self {
        let view = View::new(&codec.profile, codec.datatype.mode);
        Generator {
            active: codec.plan.has_rules.then(|| codec.plan.active(&view, peer)),
            view,
            dialect: Dialect {
                mode: codec.datatype.mode,
                version: &codec.datatype.version,
                end_date_inclusive: peer.end_date_inclusive,
            },
            codec,
            item,
            peer,
            out,
            notes: Vec::new(),
            header: String::new(),
            body: String::new(),
        }
    }

    /// Writes the item.
    pub fn generate(mut self) -> Vec<Note> {
        self.component(0);
        self.notes
    }

    fn component(&mut self, component: usize) {
        let profile = self.view.profiles[component];
        self.frame("BEGIN:", &profile.name);
        let codec = self.codec;
        for member in &codec.plan.components[component].members {
            match *member {
                PlanMember::Property(index) => {
                    let property = self.view.properties[index];
                    let active = self.active.as_deref().is_none_or(|active| active[index]);
                    if active && codec.plan.available(index, property, self.peer) {
                        self.property(index, property);
                    }
                }
                PlanMember::Component(child) => {
                    if self.is_selected(self.view.profiles[child]) {
                        self.component(child);
                    }
                }
            }
        }
        self.frame("END:", &profile.name);
    }

    fn frame(&mut self, what: &str, name: &str) {
        for part in [what, name, "\r\n"] {
            self.out.extend_from_slice(part.as_bytes());
        }
    }

    /// Whether the item has this component: by its selector (manual 10.3.2), or else by anything in it.
    fn is_selected(&self, profile: &Profile) -> bool {
        if profile.time_zones {
            return false;
        }
        match &profile.selector {
            Some(selector) if selector.value.is_empty() => !self.item.get(selector.field).is_empty(),
            Some(selector) => self.item.get_at(selector.field, 0).to_text() == selector.value,
            None => profile.members.iter().any(|member| match member {
                Member::Property(property) => property
                    .values
                    .iter()
                    .filter_map(|map| map.field.filter(|_| is_converted(map.conversion)))
                    .any(|field| !self.item.get(field).is_empty()),
                Member::Profile(profile) => self.is_selected(profile),
            }),
        }
    }

    /// Writes every occurrence of a property.
    fn property(&mut self, index: usize, property: &'g Property) {
        if property.positions.is_empty() {
            return self.occurrences(index, property, None);
        }
        if property.count == ValueCount::List {
            return self.list(index, property);
        }
        for (number, position) in property.positions.iter().enumerate() {
            if !position.read_only {
                self.occurrences(index, property, Some(number));
            }
        }
    }

    /// Writes the occurrences of one position. Empty ones are written until `shown` stand there; where a
    /// reader fills empty places with later occurrences, they come behind the others, so that reading what
    /// was written and writing it again gives the same text.
    fn occurrences(&mut self, index: usize, property: &'g Property, number: Option<usize>) {
        let position = number.and_then(|number| property.positions.get(number));
        let single = Slot { place: (0, 0), position: None };
        let slots = number.map_or_else(|| vec![single], |number| self.slots(property, number));
        let most = match position.map(|position| position.repeat) {
            Some(Repeat::Times(times)) => times,
            // By default all repetitions are shown; an array has as many as it has elements.
            Some(Repeat::Array) => 0,
            Some(Repeat::Rewrite) | None => 1,
        };
        let shown = usize::from(position.and_then(|position| position.min_show).unwrap_or(most));
        let overwrite_empty = position.is_none_or(|position| position.overwrite_empty);
        let may_be_empty = !property.suppress_empty && self.peer.empty_properties;
        let mut written = 0;
        let mut empty = Vec::new();
        for slot in slots {
            let rendered = self.render(property, slot.place);
            if self.is_shown(property, slot.place, &rendered) {
                if !overwrite_empty {
                    // Places count here, so the empty ones before this one have to be there.
                    for slot in empty.drain(..) {
                        self.write(index, property, slot, None);
                        written += 1;
                    }
                }
                self.write(index, property, slot, Some(rendered));
                written += 1;
            } else if may_be_empty {
                empty.push(slot);
            }
        }
        if may_be_empty {
            let nowhere = Slot { place: (0, usize::MAX), position: number };
            for slot in
                empty.into_iter().chain(std::iter::repeat(nowhere)).take(shown.saturating_sub(written))
            {
                self.write(index, property, slot, None);
            }
        }
    }

    /// Writes all values of a list in one property.
    fn list(&mut self, index: usize, property: &'g Property) {
        let mut texts = Vec::new();
        let mut first = None;
        let mut shown = 0;
        for (number, position) in property.positions.iter().enumerate().filter(|(_, p)| !p.read_only) {
            shown = shown.max(position.min_show.unwrap_or(0));
            for slot in self.slots(property, number) {
                if let Rendered::Texts(values) = self.render(property, slot.place)
                    && values.iter().any(|value| !value.is_empty())
                {
                    first.get_or_insert(slot);
                    texts.extend(values.into_iter().filter(|value| !value.is_empty()));
                }
            }
        }
        let empty = texts.is_empty();
        if empty && (shown == 0 || property.suppress_empty || !self.peer.empty_properties) {
            return;
        }
        let slot = first.unwrap_or(Slot { place: (0, 0), position: None });
        self.write(index, property, slot, (!empty).then_some(Rendered::Texts(texts)));
    }

    /// Where the occurrences of a position are.
    fn slots(&self, property: &Property, number: usize) -> Vec<Slot> {
        let position = &property.positions[number];
        let slot = |place| Slot { place, position: Some(number) };
        if position.repeat != Repeat::Array {
            return offsets(position).map(|offset| slot((offset, 0))).collect();
        }
        let shown = property.parameters.iter().filter(|parameter| parameter.show_non_empty);
        let maps = property.values.iter().chain(shown.filter_map(|parameter| parameter.value.as_ref()));
        let length = maps
            .filter_map(|map| shifted(map.field?, position.offset))
            .map(|field| self.length(field))
            .max()
            .unwrap_or(0);
        (0..length).map(|index| slot((position.offset, index))).collect()
    }

    fn length(&self, field: FieldId) -> usize {
        match self.item.get(field) {
            Value::Array(elements) => elements.len(),
            Value::Unassigned | Value::Empty => 0,
            _ => 1,
        }
    }

    fn note(&mut self, property: &str, kind: NoteKind) {
        self.notes.push(Note { line: 0, property: property.to_owned(), kind });
    }
}

#[cfg(test)]
mod tests;
