//! Comparing two items field by field, and finding equal ones without comparing all with all.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::fields::{CompareMode, Field, FieldId, FieldList, FieldType};
use crate::item::Item;
use crate::text::significant;
use crate::value::Value;

/// Up to how many pairs of elements two lists are searched for what is cut: a thousand numbers against a thousand are
/// more than any entry has, and a few milliseconds.
const MAX_PAIRS: usize = 1_000_000;

/// What a comparison of two items says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// No difference in the fields that count.
    Equal,
    /// Different, and the first item is newer.
    Newer,
    /// Different, and the first item is older.
    Older,
    /// Different with no field that tells the age, or no field that counts.
    Incomparable,
}

/// A number that two items share if they compare equal. Items that share it may still differ: ask the
/// [`Comparer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MatchKey(u64);

/// How the items that match a given one are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Among those with the same key.
    Key(MatchKey),
    /// Among all: a field that counts is not assigned, so that it equals any value there.
    All,
    /// There are none: the item has nothing that could be compared.
    Nothing,
}

/// Compares items of one field list, looking at what both sides can hold.
#[derive(Clone, Debug)]
pub struct Comparer {
    list: Arc<FieldList>,
    available: Vec<bool>,
    max_size: Vec<Option<usize>>,
}

impl Comparer {
    /// A comparer for which every field is available on both sides, at any size.
    pub fn new(list: Arc<FieldList>) -> Self {
        let fields = list.len();
        Comparer { list, available: vec![true; fields], max_size: vec![None; fields] }
    }

    /// Says whether both sides have this field.
    pub fn set_available(&mut self, id: FieldId, available: bool) {
        if let Some(slot) = self.available.get_mut(id.index()) {
            *slot = available;
        }
    }

    /// Says how many bytes of this field the peer keeps, or how many characters: what it cut off is no difference.
    pub fn set_max_size(&mut self, id: FieldId, size: Option<usize>) {
        if let Some(slot) = self.max_size.get_mut(id.index()) {
            *slot = size;
        }
    }

    /// Whether both sides have this field.
    pub fn is_available(&self, id: FieldId) -> bool {
        self.available.get(id.index()).copied().unwrap_or(false)
    }

    /// Whether a value is another one as far as the peer can hold it, and shorter.
    pub fn is_cut(&self, id: FieldId, kind: FieldType, whole: &Value, value: &Value) -> bool {
        let size = self.max_size.get(id.index()).copied().flatten();
        let longer = whole.as_text().zip(value.as_text()).is_some_and(|(whole, cut)| whole.len() > cut.len());
        longer && size.is_some() && equal_values(whole, value, kind, size)
    }

    /// Whether there is a field of which the peer keeps only so much.
    pub fn knows_cuts(&self) -> bool {
        self.max_size.iter().any(Option::is_some)
    }

    /// Gives an item of the peer's back what the peer has cut off: a value that is only the beginning of the one that
    /// stands here becomes the whole one again. So does each such element of a list.
    pub fn restore_cut(&self, item: &mut Item, ours: &Item) {
        for (id, field) in self.list.iter() {
            let restored = match (item.get(id), ours.get(id)) {
                (Value::Array(cut), Value::Array(whole)) => {
                    let Some(elements) = self.whole_elements(id, field.kind, cut, whole) else { continue };
                    Value::Array(elements)
                }
                (cut, whole) if self.is_cut(id, field.kind, whole, cut) => whole.clone(),
                _ => continue,
            };
            item.set(id, restored);
        }
    }

    /// The elements of a list with those that are cut made whole; `None` where none is. Each is looked for in its own
    /// place first, as others before it may have been deleted or never come.
    fn whole_elements(
        &self,
        id: FieldId,
        kind: FieldType,
        cut: &[Value],
        whole: &[Value],
    ) -> Option<Vec<Value>> {
        self.max_size.get(id.index()).copied().flatten()?;
        let everywhere = cut.len().saturating_mul(whole.len()) <= MAX_PAIRS;
        let mut free = vec![true; whole.len()];
        let mut find = |place: usize, is_it: &dyn Fn(&Value) -> bool| {
            let others = 0..if everywhere { whole.len() } else { 0 };
            let mut places = std::iter::once(place).chain(others);
            let found = places.find(|place| free.get(*place) == Some(&true) && is_it(&whole[*place]))?;
            free[found] = false;
            Some(found)
        };
        // What is there as it was is nobody else's beginning.
        let same: Vec<bool> =
            cut.iter().enumerate().map(|(place, cut)| find(place, &|whole| whole == cut).is_some()).collect();
        let mut restored = cut.to_vec();
        let mut is_any = false;
        for (place, element) in restored.iter_mut().enumerate().filter(|(place, _)| !same[*place]) {
            if let Some(found) = find(place, &|whole| self.is_cut(id, kind, whole, element)) {
                element.clone_from(&whole[found]);
                is_any = true;
            }
        }
        is_any.then_some(restored)
    }

    /// Compares in a mode. On a difference the age fields decide who is newer, the first listed first.
    pub fn compare(&self, first: &Item, second: &Item, mode: CompareMode) -> Comparison {
        match self.difference(first, second, mode) {
            Some(false) => Comparison::Equal,
            Some(true) => self.age(first, second),
            None => Comparison::Incomparable,
        }
    }

    /// Whether two items are the same in a mode.
    pub fn equal(&self, first: &Item, second: &Item, mode: CompareMode) -> bool {
        self.difference(first, second, mode) == Some(false)
    }

    /// Whether two items are the same thing when items are matched: equal, and not merely because both lack all
    /// that would tell what they are.
    pub fn matches(&self, first: &Item, second: &Item, mode: CompareMode) -> bool {
        let tells = |id: FieldId| !first.get(id).is_empty() && !second.get(id).is_empty();
        self.equal(first, second, mode)
            && (!skips_unassigned(mode) || self.counting(mode).any(|(id, _)| tells(id)))
    }

    /// Whether there is a difference; `None` where no field counts.
    fn difference(&self, first: &Item, second: &Item, mode: CompareMode) -> Option<bool> {
        let mut counted = false;
        for (id, field) in self.counting(mode) {
            counted = true;
            let (a, b) = (first.get(id), second.get(id));
            if skips_unassigned(mode) && !(a.is_assigned() && b.is_assigned()) {
                continue;
            }
            if !equal_values(a, b, field.kind, self.max_size[id.index()]) {
                return Some(true);
            }
        }
        counted.then_some(false)
    }

    /// Which of two items is newer, by the fields that tell the age.
    pub fn age(&self, first: &Item, second: &Item) -> Comparison {
        for (id, _) in self.list.iter().filter(|(_, field)| field.age) {
            let order = match (first.get(id), second.get(id)) {
                (Value::Timestamp(a), Value::Timestamp(b)) => a.compare(*b),
                (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
                (Value::Text(a), Value::Text(b)) => a.cmp(b),
                _ => Ordering::Equal,
            };
            match order {
                Ordering::Greater => return Comparison::Newer,
                Ordering::Less => return Comparison::Older,
                Ordering::Equal => {}
            }
        }
        Comparison::Incomparable
    }

    /// How items that match this one in a mode are found without comparing it with all.
    pub fn lookup(&self, item: &Item, mode: CompareMode) -> Lookup {
        let mut hasher = DefaultHasher::new();
        let mut counted = false;
        let mut all = false;
        for (id, field) in self.counting(mode) {
            let value = item.get(id);
            all |= skips_unassigned(mode) && !value.is_assigned();
            counted |= !(skips_unassigned(mode) && value.is_empty());
            hash_value(value, field.kind, self.max_size[id.index()], &mut hasher);
        }
        match (counted, all) {
            (false, _) => Lookup::Nothing,
            (true, true) => Lookup::All,
            (true, false) => Lookup::Key(MatchKey(hasher.finish())),
        }
    }

    fn counting(&self, mode: CompareMode) -> impl Iterator<Item = (FieldId, &Field)> {
        self.list.iter().filter(move |(id, field)| {
            field.compare >= mode && field.compare != CompareMode::Scripted && self.available[id.index()]
        })
    }
}

/// When matching, a field that one side does not mention is no difference; in a conflict it is empty.
fn skips_unassigned(mode: CompareMode) -> bool {
    mode >= CompareMode::SlowSync
}

/// Whether two values of a field are the same to its user.
pub fn equal_values(a: &Value, b: &Value, kind: FieldType, max_size: Option<usize>) -> bool {
    match (a, b) {
        (Value::Array(_), _) | (_, Value::Array(_)) => {
            let (a, b) = (elements(a, kind), elements(b, kind));
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal_values(a, b, kind, max_size))
        }
        (a, b) if a.is_empty() || b.is_empty() => says_nothing(a, kind) && says_nothing(b, kind),
        (Value::Text(a), Value::Text(b)) => {
            let (all_a, all_b) = (a, b);
            let (a, b) = (significant(a, kind), significant(b, kind));
            let by_then = |size| equal_up_to(&a, &b, size) || equal_up_to(all_a, all_b, size);
            a == b || max_size.is_some_and(by_then)
        }
        (Value::Timestamp(a), Value::Timestamp(b)) => a.compare(*b) == Ordering::Equal,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        (Value::Blob(a), Value::Blob(b)) => a == b,
        (a, b) => a.to_text() == b.to_text(),
    }
}

/// Whether a value is empty to its user: line ends alone are no text.
fn says_nothing(value: &Value, kind: FieldType) -> bool {
    let blank = |text: &str| kind == FieldType::Multiline && significant(text, kind).is_empty();
    value.is_empty() || value.as_text().is_some_and(blank)
}

/// The elements of a value without those at the end that say nothing.
fn elements(value: &Value, kind: FieldType) -> &[Value] {
    let elements = match value {
        Value::Array(elements) => elements.as_slice(),
        value => std::slice::from_ref(value),
    };
    let end = elements.iter().rposition(|element| !says_nothing(element, kind)).map_or(0, |last| last + 1);
    &elements[..end]
}

fn equal_up_to(a: &str, b: &str, size: usize) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    !short.is_empty() && long.starts_with(short) && short.len() >= kept(long, size)
}

/// What of a text is the same in all that a peer may have made of it that holds so many bytes: that much of it without
/// space at its end, and at least its first character.
fn uncut(text: &str, kind: FieldType, size: Option<usize>) -> &str {
    let first = text.chars().next().map_or(0, char::len_utf8);
    match size {
        None => text,
        // What does not count may have been cut before what does.
        Some(_) if kind == FieldType::Telephone => &text[..first],
        Some(size) => &text[..kept(text, size).max(first)],
    }
}

/// How much of a text is kept at least by who holds so many bytes of it.
fn kept(text: &str, size: usize) -> usize {
    text[..text.floor_char_boundary(size)].trim_end().len()
}

fn hash_value(value: &Value, kind: FieldType, size: Option<usize>, hasher: &mut DefaultHasher) {
    for element in elements(value, kind) {
        match element {
            element if says_nothing(element, kind) => 0u8.hash(hasher),
            Value::Timestamp(time) => time.unix_ms().hash(hasher),
            Value::Blob(bytes) => bytes.hash(hasher),
            Value::Text(text) => uncut(&significant(text, kind), kind, size).hash(hasher),
            element => uncut(&significant(&element.to_text(), kind), kind, size).hash(hasher),
        }
    }
    u8::MAX.hash(hasher);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::MergeMode;

    const NAME: FieldId = FieldId(0);
    const PHONE: FieldId = FieldId(1);
    const NOTE: FieldId = FieldId(2);
    const REV: FieldId = FieldId(3);

    fn list() -> Arc<FieldList> {
        let mut list = FieldList::new("contacts");
        for (name, kind, array, compare, age) in [
            ("NAME", FieldType::String, false, CompareMode::Always, false),
            ("PHONE", FieldType::Telephone, true, CompareMode::SlowSync, false),
            ("NOTE", FieldType::Multiline, false, CompareMode::Conflict, false),
            ("REV", FieldType::Timestamp, false, CompareMode::Never, true),
        ] {
            list.push(Field { name: name.into(), kind, array, compare, age, merge: MergeMode::No }).unwrap();
        }
        Arc::new(list)
    }

    fn item(list: &Arc<FieldList>, name: &str, phones: &[&str], note: &str, rev: &str) -> Item {
        let mut item = Item::new(Arc::clone(list));
        item.set(NAME, Value::from_text(name, FieldType::String));
        item.set(PHONE, Value::Array(phones.iter().map(|p| Value::Text((*p).into())).collect()));
        item.set(NOTE, Value::from_text(note, FieldType::Multiline));
        item.set(REV, Value::from_text(rev, FieldType::Timestamp));
        item
    }

    #[test]
    fn later_modes_look_at_fewer_fields() {
        let list = list();
        let comparer = Comparer::new(Arc::clone(&list));
        let one = item(&list, "Muster", &["+41 44 1"], "a\n", "20200101T000000Z");
        let same = item(&list, "Muster", &["+41441", ""], "\na", "20210101T000000Z");
        let noted = item(&list, "Muster", &["+41441"], "b", "20210101T000000Z");
        assert_eq!(comparer.compare(&one, &same, CompareMode::Conflict), Comparison::Equal);
        assert_eq!(comparer.compare(&one, &noted, CompareMode::Conflict), Comparison::Older);
        assert_eq!(comparer.compare(&noted, &one, CompareMode::Conflict), Comparison::Newer);
        assert_eq!(comparer.compare(&one, &noted, CompareMode::SlowSync), Comparison::Equal);
        let keys =
            |item: &Item| [CompareMode::Conflict, CompareMode::SlowSync].map(|m| comparer.lookup(item, m));
        assert_eq!(keys(&one), keys(&same));
        let [blank, empty] = ["\r\n", ""].map(|note| item(&list, "Muster", &["+41441"], note, ""));
        assert_eq!(comparer.compare(&blank, &empty, CompareMode::Conflict), Comparison::Equal);
        assert_eq!(keys(&blank), keys(&empty));
        assert_ne!(keys(&one)[0], keys(&noted)[0]);
        assert_eq!(keys(&one)[1], keys(&noted)[1]);
    }

    #[test]
    fn a_field_that_is_not_mentioned_matches_all_but_conflicts_as_empty() {
        let list = list();
        let comparer = Comparer::new(Arc::clone(&list));
        let full = item(&list, "Muster", &["1"], "", "");
        let mut sparse = full.clone();
        sparse.set(PHONE, Value::Unassigned);
        assert!(comparer.equal(&full, &sparse, CompareMode::SlowSync));
        assert!(!comparer.equal(&full, &sparse, CompareMode::Conflict));
        assert_eq!(comparer.lookup(&sparse, CompareMode::SlowSync), Lookup::All);
    }

    #[test]
    fn what_the_peer_lacks_or_cuts_is_no_difference() {
        let list = list();
        let mut comparer = Comparer::new(Arc::clone(&list));
        let whole = item(&list, "Maximilian", &[], "x", "");
        let cut = item(&list, "Maximi", &[], "y", "");
        comparer.set_available(NOTE, false);
        assert!(!comparer.equal(&whole, &cut, CompareMode::Conflict));
        comparer.set_max_size(NAME, Some(6));
        assert!(comparer.equal(&whole, &cut, CompareMode::Conflict));
        let lookup = |item: &Item| comparer.lookup(item, CompareMode::Conflict);
        assert_eq!(lookup(&whole), lookup(&cut));
        let (whole, cut) = (item(&list, "ünüü", &[], "", ""), item(&list, "ün", &[], "", ""));
        comparer.set_max_size(NAME, Some(4));
        assert!(comparer.equal(&whole, &cut, CompareMode::Conflict), "the next character had no room");
        comparer.set_max_size(NAME, Some(5));
        assert!(!comparer.equal(&whole, &cut, CompareMode::Conflict));
    }

    #[test]
    fn what_was_cut_is_found_and_made_whole() {
        let list = list();
        let mut comparer = Comparer::new(Arc::clone(&list));
        assert!(!comparer.knows_cuts());
        comparer.set_max_size(PHONE, Some(6));
        comparer.set_max_size(NOTE, Some(5));
        let whole = item(&list, "M", &["+41 44 668", "2", "+49 30 11"], "one, two", "");
        let lookup = |item: &Item| comparer.lookup(item, CompareMode::Conflict);
        for (phones, note) in [
            (["+41 44", "2", "+49 30"], "one, "),
            (["+41 44 668", "2", "+49 30"], "one, two"),
            // Space at the end gets lost on the way.
            (["+41 44", "2", "+49 30 11"], "one,"),
        ] {
            let mut cut = item(&list, "M", &phones, note, "");
            assert!(comparer.equal(&whole, &cut, CompareMode::Conflict), "{note}");
            assert_eq!(lookup(&cut), lookup(&whole), "{note}");
            comparer.restore_cut(&mut cut, &whole);
            assert_eq!((cut.get(PHONE), cut.get(NOTE)), (whole.get(PHONE), whole.get(NOTE)));
        }
        let mut other = item(&list, "M", &["+41 43", "3", "+49 30"], "one", "");
        assert!(!comparer.equal(&whole, &other, CompareMode::Conflict));
        comparer.restore_cut(&mut other, &whole);
        let phones: Vec<String> = other.get(PHONE).elements().iter().map(Value::to_text).collect();
        assert_eq!(
            (phones.join("|"), other.get(NOTE).to_text()),
            ("+41 43|3|+49 30 11".into(), "one".into())
        );
    }

    #[test]
    fn what_was_cut_is_found_in_a_list_that_has_become_shorter() {
        let list = list();
        let mut comparer = Comparer::new(Arc::clone(&list));
        comparer.set_max_size(PHONE, Some(6));
        let whole = item(&list, "M", &["+41 44 668", "2", "+49 30 11", "+41 44 1"], "", "");
        for (phones, restored) in [
            (vec!["+41 44", "+49 30"], "+41 44 668|+49 30 11"),
            // The first is there as it was, so that the other is what is cut.
            (vec!["+41 44 668", "+41 44"], "+41 44 668|+41 44 1"),
            (vec!["3", "+49 30"], "3|+49 30 11"),
            (vec!["+41 44", "2", "+49 30", "+41 44", "+41 44"], "+41 44 668|2|+49 30 11|+41 44 1|+41 44"),
        ] {
            let mut cut = item(&list, "M", &phones, "", "");
            comparer.restore_cut(&mut cut, &whole);
            let phones: Vec<String> = cut.get(PHONE).elements().iter().map(Value::to_text).collect();
            assert_eq!(phones.join("|"), restored);
        }
    }

    #[test]
    fn items_that_lack_what_identifies_them_are_not_the_same() {
        let list = list();
        let comparer = Comparer::new(Arc::clone(&list));
        let one = item(&list, "", &[], "a", "");
        let other = item(&list, "", &[""], "b", "");
        assert_eq!(comparer.compare(&one, &other, CompareMode::SlowSync), Comparison::Equal);
        assert!(!comparer.matches(&one, &other, CompareMode::SlowSync));
        assert_eq!(comparer.lookup(&one, CompareMode::SlowSync), Lookup::Nothing);
        assert!(comparer.matches(&one, &one, CompareMode::Conflict));
    }
}
