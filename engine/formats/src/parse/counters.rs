//! How far the positions of properties have been used (manual 10.3.7), and by which groups.
//!
//! Not its job: which position a property goes to.

use std::collections::{HashMap, HashSet};

use syncloom_script::FieldId;
use syncloom_script::item::MAX_ARRAY_INDEX;

/// How far the positions have been used.
pub(super) struct Counters {
    /// The next repetition of each counter.
    next: Vec<usize>,
    /// The repetitions of counters that groups took out of order.
    taken: HashSet<(usize, usize)>,
    /// The repetitions that belong to a group, by the field that holds it.
    groups: HashMap<FieldId, Group>,
}

#[derive(Default)]
struct Group {
    /// By their names in lower case: the case of a group means nothing (RFC 2425 section 5.8.2).
    by_name: HashMap<String, usize>,
    owned: HashSet<usize>,
    /// One more than the highest repetition of any property with this group field.
    end: usize,
}

impl Counters {
    pub(super) fn new(counters: usize) -> Self {
        Counters { next: vec![0; counters], taken: HashSet::new(), groups: HashMap::new() }
    }

    /// Whether the first repetition of a counter is used.
    pub(super) fn is_used(&self, counter: usize) -> bool {
        self.next[counter] > 0 || self.taken.contains(&(counter, 0))
    }

    /// The repetition that the next occurrence of a property is. Properties of one group have the same one.
    pub(super) fn repetition(&self, counter: usize, group_field: Option<FieldId>, group: &str) -> usize {
        let next = self.next[counter];
        let Some(known) = group_field.and_then(|field| self.groups.get(&field)) else { return next };
        if group.is_empty() {
            let free =
                |index: &usize| !known.owned.contains(index) && !self.taken.contains(&(counter, *index));
            return (next..=MAX_ARRAY_INDEX).find(free).unwrap_or(usize::MAX);
        }
        match known.by_name.get(&group.to_ascii_lowercase()) {
            Some(index) if !self.taken.contains(&(counter, *index)) => *index,
            _ => known.end,
        }
    }

    /// A repetition that was used is free again, of a property that has no groups.
    pub(super) fn give_back(&mut self, counter: usize, index: usize) {
        self.next[counter] = index;
    }

    /// A repetition is used.
    pub(super) fn used(&mut self, counter: usize, group_field: Option<FieldId>, group: &str, index: usize) {
        let Some(field) = group_field else {
            self.next[counter] = index.saturating_add(1);
            return;
        };
        let known = self.groups.entry(field).or_default();
        known.end = known.end.max(index.saturating_add(1));
        self.taken.insert((counter, index));
        if group.is_empty() {
            self.next[counter] = index.saturating_add(1);
        } else {
            known.by_name.entry(group.to_ascii_lowercase()).or_insert(index);
            known.owned.insert(index);
        }
    }
}
