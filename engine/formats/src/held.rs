//! What a peer holds of an item that has more numbers, or longer values, than the peer takes: what it never got is no
//! deletion when the item comes back without it.
//!
//! Not its job: texts that come back cut, which `syncloom_script::Comparer` makes whole.

use std::collections::{BTreeSet, HashMap};

use syncloom_config::{Repeat, ValueCount};
use syncloom_script::item::MAX_ARRAY_INDEX;
use syncloom_script::text::significant;
use syncloom_script::{FieldId, FieldType, Item, Value};

use crate::convert::Place;
use crate::generate::{Generator, Slot, slot_count};
use crate::plan::{PropertyPlan, ValuePlan, targets};
use crate::setting::Setting;

/// What is known of the version of an item that the peer had before it changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Had {
    /// It was ours as it stands.
    Ours,
    /// Ours has changed since then, so that nothing of ours is known to be deleted by the peer.
    Another,
}

/// The item as the peer holds it; `None` where that is all of it.
pub(crate) fn held(setting: &Setting<'_>, item: &Item) -> Option<Item> {
    let lists = lists(setting, item);
    if lists.is_empty() {
        return None;
    }
    let mut held = item.clone();
    for list in &lists {
        let kept = (0..list.rows).filter(|row| !list.left_out.contains(row));
        let kept: Vec<Vec<Value>> = kept.map(|row| list.row(item, row)).collect();
        for row in 0..list.rows {
            list.set_row(&mut held, row, kept.get(row));
        }
    }
    Some(held)
}

/// Gives an item of the peer's what the peer never got of ours.
pub(crate) fn restore(setting: &Setting<'_>, item: &mut Item, ours: &Item, had: Had) {
    for list in lists(setting, ours) {
        if list.values.iter().all(|field| !item.get(list.at(*field, 0).0).is_assigned()) {
            continue;
        }
        let mut came: HashMap<Vec<String>, usize> = HashMap::new();
        for row in 0..slot_count(item, &list.plan.property, list.position) {
            *came.entry(list.key(item, row)).or_default() += 1;
        }
        let mut is_there = |row: usize| {
            let times = came.get_mut(&list.key(ours, row)).filter(|times| **times > 0);
            times.map(|times| *times -= 1).is_some()
        };
        let never_got = |row: &usize| had == Had::Another || list.left_out.contains(row);
        let (rest, known): (Vec<usize>, Vec<usize>) = (0..list.rows).partition(never_got);
        // What the peer got and still has is not to be taken for a value that it never got.
        for row in known {
            is_there(row);
        }
        let missing = rest.into_iter().filter(|row| !list.is_free(ours, *row) && !is_there(*row));
        let mut from = 0;
        for row in missing {
            from = list.put_back(item, ours, row, from);
        }
    }
}

/// The lists of an item of which something is left out for the peer.
fn lists<'s>(setting: &'s Setting<'_>, item: &Item) -> Vec<List<'s>> {
    let left_out = Generator::new(setting, item, &mut Vec::new()).left_out();
    let mut lists: Vec<List<'_>> = Vec::new();
    for (property, Slot { place, position }) in left_out {
        let known = lists.iter().position(|list| list.property == property && list.position == position);
        let index = known.unwrap_or_else(|| {
            lists.push(List::new(setting, property, position, item));
            lists.len() - 1
        });
        let list = &mut lists[index];
        match list.plan.property.count {
            // A list that stands in one line is left out as a whole.
            ValueCount::List => list.left_out.extend(0..list.rows),
            _ if list.is_array() => list.left_out.extend([place.1]),
            _ => list.left_out.extend((0..list.rows).find(|row| list.place(*row) == place)),
        }
    }
    lists
}

/// The occurrences of a property in one of its positions. A property that has one place is a list of one.
struct List<'s> {
    property: usize,
    plan: &'s PropertyPlan,
    position: Option<usize>,
    /// How many there are, empty ones among them.
    rows: usize,
    /// Those that the peer does not get.
    left_out: BTreeSet<usize>,
    /// The fields of its values.
    values: Vec<FieldId>,
    /// The fields that belong to a value: of its parameters, and of properties of the same group.
    others: Vec<FieldId>,
}

impl<'s> List<'s> {
    fn new(setting: &'s Setting<'_>, property: usize, position: Option<usize>, item: &Item) -> Self {
        let properties = &setting.codec.plan.properties;
        let plan = &properties[property];
        let of = |maps: &mut dyn Iterator<Item = &ValuePlan>| {
            maps.flat_map(|map| targets(map)).collect::<Vec<FieldId>>()
        };
        let of_parameters = |plan: &PropertyPlan| {
            of(&mut plan.parameters.iter().filter_map(|parameter| parameter.value.as_ref()))
        };
        let values = of(&mut plan.values.iter());
        let mut others = of_parameters(plan);
        if let Some(group) = plan.property.group_field {
            others.push(group);
            for near in properties.iter().filter(|near| near.property.group_field == Some(group)) {
                others.extend(of(&mut near.values.iter()));
                others.extend(of_parameters(near));
            }
        }
        others.sort_unstable();
        others.dedup();
        others.retain(|field| !values.contains(field));
        let rows = slot_count(item, &plan.property, position);
        List { property, plan, position, rows, left_out: BTreeSet::new(), values, others }
    }

    /// Whether they are the elements of arrays.
    fn is_array(&self) -> bool {
        let position = self.position.and_then(|position| self.plan.property.positions.get(position));
        position.is_some_and(|position| position.repeat == Repeat::Array)
    }

    fn place(&self, row: usize) -> Place {
        Slot::new(&self.plan.property, self.position, row).place
    }

    /// Where a field is in a row.
    fn at(&self, field: FieldId, row: usize) -> (FieldId, usize) {
        let (offset, index) = self.place(row);
        // One that is in no list is read as unassigned, and not written.
        (field.offset(offset).unwrap_or(FieldId(u16::MAX)), index)
    }

    fn cells(&self, row: usize) -> impl Iterator<Item = (FieldId, usize)> {
        self.values.iter().chain(&self.others).map(move |field| self.at(*field, row))
    }

    fn row(&self, item: &Item, row: usize) -> Vec<Value> {
        self.cells(row).map(|(field, index)| item.get_at(field, index).clone()).collect()
    }

    /// Sets a row; without values it becomes empty.
    fn set_row(&self, item: &mut Item, row: usize, values: Option<&Vec<Value>>) {
        for (number, (field, index)) in self.cells(row).enumerate() {
            let value = values.and_then(|values| values.get(number)).cloned().unwrap_or(Value::Empty);
            if item.get(field).is_assigned() {
                item.set_at(field, index, value);
            }
        }
    }

    /// Whether there is no value in a row.
    fn is_free(&self, item: &Item, row: usize) -> bool {
        self.values
            .iter()
            .map(|field| self.at(*field, row))
            .all(|(field, index)| item.get_at(field, index).is_empty())
    }

    /// The values of a row, as far as they count.
    fn key(&self, item: &Item, row: usize) -> Vec<String> {
        let cells = self.values.iter().map(|field| self.at(*field, row));
        let key = cells.map(|(field, index)| {
            let text = item.get_at(field, index).to_text();
            let kind = item.list().get(field).map_or(FieldType::String, |field| field.kind);
            significant(&text, kind).into_owned()
        });
        key.collect()
    }

    /// Puts a row of ours where the item has room for it: where the rest of its group is, or in the first free place.
    /// In a list these are looked for `from` here on; the answer says from where for the next one.
    fn put_back(&self, item: &mut Item, ours: &Item, row: usize, from: usize) -> usize {
        let places = if self.is_array() { from..MAX_ARRAY_INDEX } else { 0..self.rows };
        let group = |item: &Item, row: usize| {
            let (field, index) = self.at(self.plan.property.group_field?, row);
            Some(item.get_at(field, index).to_text()).filter(|group| !group.is_empty())
        };
        let wanted = group(ours, row);
        let fits = |place: &usize| {
            let there = group(item, *place);
            self.is_free(item, *place) && (there.is_none() || there == wanted)
        };
        let Some(place) = { places }.find(fits) else { return from };
        for ((from, index), (to, at)) in self.cells(row).zip(self.cells(place)) {
            let value = ours.get_at(from, index);
            // A field that is not assigned stays as it is stored.
            if value.is_assigned() && item.get(to).is_assigned() {
                item.set_at(to, at, value.clone());
            }
        }
        // What lies between the elements of a list is empty, not unknown.
        self.cells(place).for_each(|(field, _)| fill_gaps(item, field));
        place + 1
    }
}

fn fill_gaps(item: &mut Item, field: FieldId) {
    let Value::Array(elements) = item.get(field) else { return };
    let gaps: Vec<usize> = (0..elements.len()).filter(|index| !elements[*index].is_assigned()).collect();
    for index in gaps {
        item.set_at(field, index, Value::Empty);
    }
}
