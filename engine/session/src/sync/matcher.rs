//! Finding an item's counterpart in a slow sync, by hash instead of item against item.

use std::collections::HashMap;
use std::sync::Arc;

use syncloom_script::{CompareMode, Comparer, Item, Lookup, MatchKey};
use syncloom_stores::StoreError;

/// Reads an item of ours in the form in which it waits; `None` if it is not there any more.
type Read<'a> = dyn FnMut(&str, Form) -> Result<Option<Item>, StoreError> + 'a;

/// How an item of ours waits for its counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the peer holds it.
    Held,
    /// As it comes back from the peer, where it cannot be said to it as it is. A peer that got it from somebody else may
    /// well have it whole, so that this comes behind the other form.
    Echo,
}

/// A counterpart.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) local_id: String,
    /// The item in its form.
    pub(super) item: Item,
    pub(super) form: Form,
}

/// An item of ours that a peer's item may turn out to be, in one of its forms.
struct Candidate {
    local_id: String,
    home: usize,
    form: Form,
    /// The item, where it is looked at more than once. Most are looked at once, when their counterpart comes, and are
    /// read again then: a device's items together would take more memory than all else that a session has.
    item: Option<Item>,
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
    comparer: Arc<Comparer>,
    exact: Index,
    loose: Index,
}

impl AtHome {
    fn index(&self, mode: CompareMode) -> &Index {
        if mode == CompareMode::Conflict { &self.exact } else { &self.loose }
    }

    fn index_mut(&mut self, mode: CompareMode) -> &mut Index {
        if mode == CompareMode::Conflict { &mut self.exact } else { &mut self.loose }
    }
}

impl Matcher {
    /// One for as many homes as there are comparers.
    pub(super) fn new(comparers: Vec<Comparer>, first_time: bool) -> Self {
        let loosely = if first_time { CompareMode::Always } else { CompareMode::SlowSync };
        let at_home = |comparer| AtHome {
            comparer: Arc::new(comparer),
            exact: Index::default(),
            loose: Index::default(),
        };
        Matcher {
            loosely,
            candidates: Vec::new(),
            position_of: HashMap::new(),
            homes: comparers.into_iter().map(at_home).collect(),
        }
    }

    /// Adds an item of ours as the peer holds it, and as it comes back where that is something else.
    pub(super) fn add(&mut self, home: usize, local_id: String, held: &Item, echo: Option<&Item>) {
        if home >= self.homes.len() {
            return;
        }
        self.position_of.insert(local_id.clone(), self.candidates.len());
        if let Some(echo) = echo {
            self.add_as(Form::Held, home, local_id.clone(), held);
            self.add_as(Form::Echo, home, local_id, echo);
        } else {
            self.add_as(Form::Held, home, local_id, held);
        }
    }

    fn add_as(&mut self, form: Form, home: usize, local_id: String, item: &Item) {
        let position = self.candidates.len();
        let Some(at_home) = self.homes.get_mut(home) else { return };
        at_home.exact.add(at_home.comparer.lookup(item, CompareMode::Conflict), position);
        at_home.loose.add(at_home.comparer.lookup(item, self.loosely), position);
        self.candidates.push(Candidate { local_id, home, form, item: None, taken: false });
    }

    /// Takes the counterpart of an item, if there is one: its id, and itself.
    pub(super) fn take(
        &mut self,
        home: usize,
        item: &Item,
        read: &mut Read<'_>,
    ) -> Result<Option<Found>, StoreError> {
        match self.take_same(home, item, read)? {
            Some(found) => Ok(Some(found)),
            None => self.find(home, item, self.loosely, read),
        }
    }

    /// Takes an item that is the same in all that counts, if there is one.
    pub(super) fn take_same(
        &mut self,
        home: usize,
        item: &Item,
        read: &mut Read<'_>,
    ) -> Result<Option<Found>, StoreError> {
        self.find(home, item, CompareMode::Conflict, read)
    }

    /// Takes the first item of ours that somebody else finds to be the same: in all that counts in a conflict, or
    /// else, with `loosely`, in what tells what an item is. What a script compares cannot be looked up, so that this
    /// looks at every item.
    pub(super) fn take_where(
        &mut self,
        home: usize,
        loosely: bool,
        read: &mut Read<'_>,
        mut same: impl FnMut(&Item, CompareMode) -> bool,
    ) -> Result<Option<Found>, StoreError> {
        let modes = [Some(CompareMode::Conflict), loosely.then_some(self.loosely)];
        for mode in modes.into_iter().flatten() {
            let positions = 0..self.candidates.len();
            if let Some(found) = self.first(home, positions, read, |ours| same(ours, mode))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Takes an item of ours out, whatever its counterpart: it has changed, or has found it in another way.
    pub(super) fn remove(&mut self, local_id: &str) {
        if let Some(position) = self.position_of.get(local_id) {
            self.take_at(*position);
        }
    }

    /// The ids of the items that have no counterpart, in the order of the database.
    pub(super) fn into_rest(self) -> impl Iterator<Item = String> {
        let left = |candidate: &Candidate| !candidate.taken && candidate.form == Form::Held;
        self.candidates.into_iter().filter(left).map(|candidate| candidate.local_id)
    }

    /// Takes an item out in all its forms, of which the one as it comes back stands behind the other.
    fn take_at(&mut self, position: usize) {
        let first = if self.candidates[position].form == Form::Echo { position - 1 } else { position };
        self.candidates[first].taken = true;
        if let Some(echo) = self.candidates.get_mut(first + 1).filter(|next| next.form == Form::Echo) {
            echo.taken = true;
        }
    }

    /// Takes out an item that has been found.
    fn found(&mut self, position: usize, item: Item) -> Found {
        self.take_at(position);
        let Candidate { local_id, form, .. } = &self.candidates[position];
        Found { local_id: local_id.clone(), item, form: *form }
    }

    fn find(
        &mut self,
        home: usize,
        item: &Item,
        mode: CompareMode,
        read: &mut Read<'_>,
    ) -> Result<Option<Found>, StoreError> {
        let Some(at_home) = self.homes.get_mut(home) else { return Ok(None) };
        let comparer = Arc::clone(&at_home.comparer);
        let fits = |ours: &Item| comparer.matches(item, ours, mode);
        match comparer.lookup(item, mode) {
            Lookup::Key(key) => {
                let index = at_home.index_mut(mode);
                let keyed = index.with(key, |position| self.candidates[position].taken);
                let others = index.without_key.clone();
                let found = self.first_keyed(home, keyed, mode, read, fits)?;
                let before = found.as_ref().map_or(usize::MAX, |(position, _)| *position);
                let others = others.into_iter().take_while(|position| *position < before);
                if let Some(earlier) = self.first(home, others, read, fits)? {
                    return Ok(Some(earlier));
                }
                Ok(found.map(|(position, ours)| self.found(position, ours)))
            }
            Lookup::Nothing => Ok(None),
            // A field that counts is not mentioned, so that any item may be meant. Peers that leave out what
            // identifies an item are rare, and so is this walk over all of them.
            Lookup::All => self.first(home, 0..self.candidates.len(), read, fits),
        }
    }

    /// The first of the items with one key that fits, which is the first one but for a coincidence.
    fn first_keyed(
        &self,
        home: usize,
        first: Option<usize>,
        mode: CompareMode,
        read: &mut Read<'_>,
        fits: impl Fn(&Item) -> bool,
    ) -> Result<Option<(usize, Item)>, StoreError> {
        let Some(at_home) = self.homes.get(home) else { return Ok(None) };
        let index = at_home.index(mode);
        let mut next = first;
        while let Some(position) = next {
            let candidate = &self.candidates[position];
            if !candidate.taken
                && let Some(ours) = read(&candidate.local_id, candidate.form)?.filter(&fits)
            {
                return Ok(Some((position, ours)));
            }
            next = index.after(position);
        }
        Ok(None)
    }

    /// Takes the first of some items that fits. They are kept: whoever looks at many comes back to them.
    fn first(
        &mut self,
        home: usize,
        positions: impl Iterator<Item = usize>,
        read: &mut Read<'_>,
        mut fits: impl FnMut(&Item) -> bool,
    ) -> Result<Option<Found>, StoreError> {
        for position in positions {
            let candidate = &mut self.candidates[position];
            if candidate.taken || candidate.home != home {
                continue;
            }
            if candidate.item.is_none() {
                candidate.item = read(&candidate.local_id, candidate.form)?;
            }
            if let Some(ours) = candidate.item.take_if(|ours| fits(ours)) {
                return Ok(Some(self.found(position, ours)));
            }
        }
        Ok(None)
    }
}

/// The positions of items by key, those of one key in a chain: most keys have one item.
#[derive(Default)]
struct Index {
    by_key: HashMap<MatchKey, Chain>,
    next: HashMap<usize, usize>,
    /// Items that cannot be looked up, since a field that counts is not assigned.
    without_key: Vec<usize>,
}

struct Chain {
    first: usize,
    last: usize,
}

impl Index {
    fn add(&mut self, lookup: Lookup, position: usize) {
        match lookup {
            Lookup::Key(key) => match self.by_key.get_mut(&key) {
                Some(chain) => {
                    self.next.insert(chain.last, position);
                    chain.last = position;
                }
                None => drop(self.by_key.insert(key, Chain { first: position, last: position })),
            },
            Lookup::All => self.without_key.push(position),
            Lookup::Nothing => {}
        }
    }

    /// The first item with a key that is not taken. What is taken at the front stays taken: dropping it keeps many
    /// equal items cheap.
    fn with(&mut self, key: MatchKey, taken: impl Fn(usize) -> bool) -> Option<usize> {
        let chain = self.by_key.get_mut(&key)?;
        while taken(chain.first) {
            chain.first = *self.next.get(&chain.first)?;
        }
        Some(chain.first)
    }

    /// The item with the same key that comes after one.
    fn after(&self, position: usize) -> Option<usize> {
        self.next.get(&position).copied()
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
            matcher.add(0, position.to_string(), &item(list, *values), None);
        }
        matcher
    }

    fn take(
        matcher: &mut Matcher,
        list: &Arc<FieldList>,
        items: &[[&str; 3]],
        values: [&str; 3],
    ) -> Option<String> {
        take_item(matcher, list, items, &item(list, values))
    }

    fn take_item(
        matcher: &mut Matcher,
        list: &Arc<FieldList>,
        items: &[[&str; 3]],
        theirs: &Item,
    ) -> Option<String> {
        let mut read =
            |id: &str, _: Form| Ok(items.get(id.parse::<usize>().unwrap()).map(|ours| item(list, *ours)));
        matcher.take(0, theirs, &mut read).unwrap().map(|found| found.local_id)
    }

    #[test]
    fn the_most_alike_is_taken_and_each_only_once() {
        let list = list();
        let items = [["Doe", "ACME", "old"], ["Doe", "ACME", "new"], ["Doe", "Other", ""]];
        let mut matcher = matcher(&list, false, &items);
        assert_eq!(take(&mut matcher, &list, &items, ["Doe", "ACME", "new"]).as_deref(), Some("1"));
        assert_eq!(take(&mut matcher, &list, &items, ["Doe", "ACME", "new"]).as_deref(), Some("0"));
        assert_eq!(take(&mut matcher, &list, &items, ["Doe", "ACME", "new"]), None);
        assert_eq!(matcher.into_rest().collect::<Vec<_>>(), ["2"]);
    }

    #[test]
    fn an_item_of_another_home_is_not_its_counterpart() {
        let list = list();
        let mut matcher = matcher(&list, false, &[["Doe", "ACME", ""]]);
        let ours = item(&list, ["Doe", "ACME", ""]);
        let read = &mut |_: &str, _: Form| Ok(Some(ours.clone()));
        let mut sparse = ours.clone();
        assert!(matcher.take(1, &sparse, read).unwrap().is_none());
        assert!(matcher.take_same(1, &sparse, read).unwrap().is_none());
        sparse.set(FieldId(1), Value::Unassigned);
        assert!(matcher.take(1, &sparse, read).unwrap().is_none());
        assert!(matcher.take_where(1, true, read, |_, _| true).unwrap().is_none());
        assert!(matcher.take_where(0, true, read, |_, _| true).unwrap().is_some());
    }

    #[test]
    fn the_first_sync_looks_at_less() {
        let list = list();
        let items = [["Doe", "ACME", ""]];
        let theirs = ["Doe", "", ""];
        assert_eq!(take(&mut matcher(&list, false, &items), &list, &items, theirs), None);
        assert_eq!(take(&mut matcher(&list, true, &items), &list, &items, theirs).as_deref(), Some("0"));
    }

    #[test]
    fn many_equal_items_are_matched_one_by_one_in_order() {
        let list = list();
        let items = vec![["Doe", "", ""]; 20_000];
        let mut matcher = matcher(&list, false, &items);
        for position in 0..items.len() {
            let taken = take(&mut matcher, &list, &items, ["Doe", "", "changed"]);
            assert_eq!(taken, Some(position.to_string()));
        }
    }

    #[test]
    fn an_item_that_leaves_out_what_counts_still_finds_its_counterpart() {
        let list = list();
        let items = [["Roe", "ACME", "a"], ["Doe", "ACME", "b"]];
        let mut matcher = matcher(&list, false, &items);
        let mut sparse = item(&list, ["Doe", "", "x"]);
        sparse.set(FieldId(1), Value::Unassigned);
        assert_eq!(take_item(&mut matcher, &list, &items, &sparse).as_deref(), Some("1"));
    }

    #[test]
    fn an_item_is_found_in_either_form_and_taken_in_both() {
        let list = list();
        for theirs in [["Łódź", "", ""], ["Lodz", "", ""]] {
            let mut matcher = Matcher::new(vec![Comparer::new(Arc::clone(&list))], false);
            let [held, echo] = [["Łódź", "", ""], ["Lodz", "", ""]].map(|values| item(&list, values));
            matcher.add(0, "1".to_owned(), &held, Some(&echo));
            let mut read = |_: &str, form| Ok(Some(if form == Form::Held { &held } else { &echo }.clone()));
            let mut take = || matcher.take(0, &item(&list, theirs), &mut read).unwrap();
            assert_eq!(take().map(|found| found.local_id).as_deref(), Some("1"), "{theirs:?}");
            assert!(take().is_none(), "{theirs:?}");
            assert_eq!(matcher.into_rest().count(), 0);
        }
        let mut matcher = Matcher::new(vec![Comparer::new(Arc::clone(&list))], false);
        let nobody = item(&list, ["Nobody", "", ""]);
        matcher.add(0, "1".to_owned(), &nobody, Some(&item(&list, ["Nob_dy", "", ""])));
        matcher.add(0, "2".to_owned(), &nobody, None);
        matcher.remove("1");
        assert_eq!(matcher.into_rest().collect::<Vec<_>>(), ["2"]);
    }

    #[test]
    fn an_item_that_is_gone_by_then_is_nobodys_counterpart() {
        let list = list();
        let items = [["Doe", "ACME", "b"]];
        let mut matcher = matcher(&list, false, &items);
        assert_eq!(take(&mut matcher, &list, &[], items[0]), None);
        assert_eq!(take(&mut matcher, &list, &items, items[0]).as_deref(), Some("0"));
    }
}
