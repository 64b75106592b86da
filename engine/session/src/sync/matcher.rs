//! Finding an item's counterpart in a slow sync, by hash instead of item against item.

use std::collections::{HashMap, VecDeque};

use syncloom_script::{CompareMode, Comparer, Item, Lookup, MatchKey};

/// An item of ours that a peer's item may turn out to be.
pub(super) struct Candidate {
    pub(super) local_id: String,
    pub(super) item: Item,
    home: usize,
    taken: bool,
}

/// Our items, waiting for their counterparts.
///
/// A peer's item is first looked for as it is, by all fields that count in a conflict, and then by those that
/// tell what an item is (`slowsync`, or `always` in a first sync). Of several equal items the one that comes
/// first in the database is taken.
/// Each home has its own, with the fields that it keeps: an item of one is never one of another.
pub(super) struct Matcher {
    loosely: CompareMode,
    candidates: Vec<Candidate>,
    position_of: HashMap<String, usize>,
    homes: Vec<AtHome>,
}

/// The items of one home.
struct AtHome {
    comparer: Comparer,
    exact: Index,
    loose: Index,
}

impl Matcher {
    /// One for as many homes as there are comparers.
    pub(super) fn new(comparers: Vec<Comparer>, first_time: bool) -> Self {
        let loosely = if first_time { CompareMode::Always } else { CompareMode::SlowSync };
        let at_home = |comparer| AtHome { comparer, exact: Index::default(), loose: Index::default() };
        Matcher {
            loosely,
            candidates: Vec::new(),
            position_of: HashMap::new(),
            homes: comparers.into_iter().map(at_home).collect(),
        }
    }

    pub(super) fn add(&mut self, home: usize, local_id: String, item: Item) {
        let position = self.candidates.len();
        let Some(at_home) = self.homes.get_mut(home) else { return };
        at_home.exact.add(at_home.comparer.lookup(&item, CompareMode::Conflict), position);
        at_home.loose.add(at_home.comparer.lookup(&item, self.loosely), position);
        self.position_of.insert(local_id.clone(), position);
        self.candidates.push(Candidate { local_id, item, home, taken: false });
    }

    /// Takes the counterpart of an item, if there is one.
    pub(super) fn take(&mut self, home: usize, item: &Item) -> Option<&Candidate> {
        let found = self.find(home, item, CompareMode::Conflict);
        let found = found.or_else(|| self.find(home, item, self.loosely))?;
        self.candidates[found].taken = true;
        self.candidates.get(found)
    }

    /// Takes an item that is the same in all that counts, if there is one.
    pub(super) fn take_same(&mut self, home: usize, item: &Item) -> Option<&Candidate> {
        let found = self.find(home, item, CompareMode::Conflict)?;
        self.candidates[found].taken = true;
        self.candidates.get(found)
    }

    /// Takes the first item of ours that somebody else finds to be the same: in all that counts in a conflict, or
    /// else, with `loosely`, in what tells what an item is. What a script compares cannot be looked up, so that this
    /// looks at every item.
    pub(super) fn take_where(
        &mut self,
        home: usize,
        loosely: bool,
        mut same: impl FnMut(&Item, CompareMode) -> bool,
    ) -> Option<&Candidate> {
        let modes = [Some(CompareMode::Conflict), loosely.then_some(self.loosely)];
        let found = modes.into_iter().flatten().find_map(|mode| {
            let open = |candidate: &Candidate| candidate.home == home && !candidate.taken;
            self.candidates.iter().position(|candidate| open(candidate) && same(&candidate.item, mode))
        })?;
        self.candidates[found].taken = true;
        self.candidates.get(found)
    }

    /// Takes an item of ours out, whatever its counterpart: it has changed, or has found it in another way.
    pub(super) fn remove(&mut self, local_id: &str) {
        if let Some(position) = self.position_of.get(local_id) {
            self.candidates[*position].taken = true;
        }
    }

    /// The ids of the items that have no counterpart, in the order of the database.
    pub(super) fn into_rest(self) -> impl Iterator<Item = String> {
        self.candidates.into_iter().filter(|candidate| !candidate.taken).map(|candidate| candidate.local_id)
    }

    fn find(&mut self, home: usize, item: &Item, mode: CompareMode) -> Option<usize> {
        let AtHome { comparer, exact, loose } = self.homes.get_mut(home)?;
        let key = comparer.lookup(item, mode);
        let index = if mode == CompareMode::Conflict { exact } else { loose };
        let candidates = &self.candidates;
        let fits = |position: usize| {
            let candidate = &candidates[position];
            candidate.home == home && !candidate.taken && comparer.matches(item, &candidate.item, mode)
        };
        match key {
            Lookup::Key(key) => index.find(key, |position| candidates[position].taken, fits),
            Lookup::Nothing => None,
            // A field that counts is not mentioned, so that any item may be meant. Peers that leave out what
            // identifies an item are rare, and so is this walk over all of them.
            Lookup::All => (0..candidates.len()).find(|position| fits(*position)),
        }
    }
}

#[derive(Default)]
struct Index {
    by_key: HashMap<MatchKey, VecDeque<usize>>,
    /// Items that cannot be looked up, since a field that counts is not assigned.
    without_key: Vec<usize>,
}

impl Index {
    fn add(&mut self, lookup: Lookup, position: usize) {
        match lookup {
            Lookup::Key(key) => self.by_key.entry(key).or_default().push_back(position),
            Lookup::All => self.without_key.push(position),
            Lookup::Nothing => {}
        }
    }

    fn find(
        &mut self,
        key: MatchKey,
        taken: impl Fn(usize) -> bool,
        fits: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let keyed = self.by_key.get_mut(&key).and_then(|positions| {
            // What is taken at the front stays taken: dropping it keeps many equal items cheap.
            while positions.front().is_some_and(|position| taken(*position)) {
                positions.pop_front();
            }
            positions.iter().copied().find(|position| fits(*position))
        });
        let other = self.without_key.iter().copied().find(|position| fits(*position));
        match (keyed, other) {
            (Some(keyed), Some(other)) => Some(keyed.min(other)),
            (keyed, other) => keyed.or(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use syncloom_script::{Field, FieldId, FieldList, FieldType, MergeMode, Value};

    fn list() -> Arc<FieldList> {
        let mut list = FieldList::new("contacts");
        for (name, compare) in
            [("NAME", CompareMode::Always), ("FIRM", CompareMode::SlowSync), ("NOTE", CompareMode::Conflict)]
        {
            list.push(Field {
                name: name.into(),
                kind: FieldType::String,
                array: false,
                compare,
                age: false,
                merge: MergeMode::No,
            })
            .unwrap();
        }
        Arc::new(list)
    }

    fn item(list: &Arc<FieldList>, values: [&str; 3]) -> Item {
        let mut item = Item::new(Arc::clone(list));
        for (position, text) in (0..).zip(values) {
            item.set(FieldId(position), Value::from_text(text, FieldType::String));
        }
        item
    }

    fn matcher(list: &Arc<FieldList>, first_time: bool, items: &[[&str; 3]]) -> Matcher {
        let mut matcher = Matcher::new(vec![Comparer::new(Arc::clone(list)); 2], first_time);
        for (position, values) in items.iter().enumerate() {
            matcher.add(0, position.to_string(), item(list, *values));
        }
        matcher
    }

    fn take(matcher: &mut Matcher, list: &Arc<FieldList>, values: [&str; 3]) -> Option<String> {
        matcher.take(0, &item(list, values)).map(|candidate| candidate.local_id.clone())
    }

    #[test]
    fn the_most_alike_is_taken_and_each_only_once() {
        let list = list();
        let items = [["Doe", "ACME", "old"], ["Doe", "ACME", "new"], ["Doe", "Other", ""]];
        let mut matcher = matcher(&list, false, &items);
        assert_eq!(take(&mut matcher, &list, ["Doe", "ACME", "new"]).as_deref(), Some("1"));
        assert_eq!(take(&mut matcher, &list, ["Doe", "ACME", "new"]).as_deref(), Some("0"));
        assert_eq!(take(&mut matcher, &list, ["Doe", "ACME", "new"]), None);
        assert_eq!(matcher.into_rest().collect::<Vec<_>>(), ["2"]);
    }

    #[test]
    fn an_item_of_another_home_is_not_its_counterpart() {
        let list = list();
        let mut matcher = matcher(&list, false, &[["Doe", "ACME", ""]]);
        let mut sparse = item(&list, ["Doe", "ACME", ""]);
        assert!(matcher.take(1, &sparse).is_none() && matcher.take_same(1, &sparse).is_none());
        sparse.set(FieldId(1), Value::Unassigned);
        assert!(matcher.take(1, &sparse).is_none());
        assert!(matcher.take_where(1, true, |_, _| true).is_none());
        assert!(matcher.take_where(0, true, |_, _| true).is_some());
    }

    #[test]
    fn the_first_sync_looks_at_less() {
        let list = list();
        let items = [["Doe", "ACME", ""]];
        assert_eq!(take(&mut matcher(&list, false, &items), &list, ["Doe", "", ""]), None);
        assert_eq!(take(&mut matcher(&list, true, &items), &list, ["Doe", "", ""]).as_deref(), Some("0"));
    }

    #[test]
    fn many_equal_items_are_matched_one_by_one_in_order() {
        let list = list();
        let items = vec![["Doe", "", ""]; 20_000];
        let mut matcher = matcher(&list, false, &items);
        for position in 0..items.len() {
            let taken = take(&mut matcher, &list, ["Doe", "", "changed"]);
            assert_eq!(taken, Some(position.to_string()));
        }
    }

    #[test]
    fn an_item_that_leaves_out_what_counts_still_finds_its_counterpart() {
        let list = list();
        let mut matcher = matcher(&list, false, &[["Roe", "ACME", "a"], ["Doe", "ACME", "b"]]);
        let mut sparse = item(&list, ["Doe", "", "x"]);
        sparse.set(FieldId(1), Value::Unassigned);
        assert_eq!(matcher.take(0, &sparse).map(|candidate| candidate.local_id.as_str()), Some("1"));
    }
}
