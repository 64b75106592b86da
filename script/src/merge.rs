//! Making one item of two versions, field by field (manual 10.2, attribute `merge`).

use crate::compare::{Comparer, equal_values};
use crate::fields::MergeMode;
use crate::item::Item;
use crate::value::Value;

/// Which of two merged items is no longer what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The winner took something over.
    pub winner_changed: bool,
    /// The loser became the winner.
    pub loser_changed: bool,
}

/// What a replacement takes over besides the fields that are assigned and that both sides have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replacement {
    /// Fields that one of the sides does not have stay.
    pub available_only: bool,
    /// Fields that are not assigned stay.
    pub assigned_only: bool,
    /// Fields that are not assigned become so here too, whatever the other options say.
    pub transfer_unassigned: bool,
    /// A value that is only the beginning of what stands here, cut at the size that the peer can hold, leaves it
    /// as it is.
    pub detect_cutoffs: bool,
}

/// Replaces an item's fields by those of another version of it.
pub fn replace(item: &mut Item, by: &Item, comparer: &Comparer, how: Replacement) {
    let list = item.list().clone();
    let keeps_unassigned = (how.available_only || how.assigned_only) && !how.transfer_unassigned;
    for (id, field) in list.iter() {
        let (old, new) = (item.get(id), by.get(id));
        let stays = how.available_only && !comparer.is_available(id)
            || keeps_unassigned && !new.is_assigned()
            || how.detect_cutoffs && comparer.is_cut(id, field.kind, old, new);
        if !stays {
            item.set(id, new.clone());
        }
    }
}

/// Merges the loser into the winner where the fields say so, and then makes the loser the same as the winner.
/// Only fields that both sides have take part.
pub fn merge(winner: &mut Item, loser: &mut Item, comparer: &Comparer) -> Merged {
    let mut merged = Merged::default();
    let list = winner.list().clone();
    for (id, field) in list.iter().filter(|(id, _)| comparer.is_available(*id)) {
        let (ours, theirs) = (winner.get(id), loser.get(id));
        if equal_values(ours, theirs, field.kind, None) {
            let fills = matches!(field.merge, MergeMode::FillEmpty | MergeMode::AddUnassigned);
            if fills && !ours.is_assigned() && theirs.is_assigned() {
                // That there is no value is known now, which is no change that anybody would see.
                winner.set(id, theirs.clone());
            }
            continue;
        }
        let taken = match field.merge {
            MergeMode::No => None,
            MergeMode::FillEmpty => (ours.is_empty() && !theirs.is_empty()).then(|| theirs.clone()),
            MergeMode::AddUnassigned => (!ours.is_assigned() && theirs.is_assigned()).then(|| theirs.clone()),
            MergeMode::Append => joined(ours, theirs, |ours, theirs| format!("{ours}{theirs}")),
            MergeMode::Parts(separator) => {
                joined(ours, theirs, |ours, theirs| with_missing_parts(ours, theirs, separator))
            }
        };
        if let Some(value) = taken {
            winner.set(id, value);
            merged.winner_changed = true;
        }
        if !equal_values(winner.get(id), loser.get(id), field.kind, None) {
            loser.set(id, winner.get(id).clone());
            merged.loser_changed = true;
        }
    }
    merged
}

/// Two texts made into one, or two lists into one that has the elements of both; `None` where the loser has
/// nothing to add.
fn joined(ours: &Value, theirs: &Value, join: impl Fn(&str, &str) -> String) -> Option<Value> {
    if theirs.is_empty() {
        return None;
    }
    match (ours, theirs) {
        (ours, theirs) if ours.is_empty() => Some(theirs.clone()),
        (Value::Text(ours), Value::Text(theirs)) => {
            let both = join(ours, theirs);
            (both != *ours).then(|| Value::Text(both.into()))
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let missing: Vec<Value> =
                theirs.iter().filter(|element| !ours.contains(element)).cloned().collect();
            (!missing.is_empty()).then(|| Value::Array([ours.clone(), missing].concat()))
        }
        _ => None,
    }
}

/// Appends the parts that the text does not hold anywhere: what stands inside of a longer part is there already.
fn with_missing_parts(ours: &str, theirs: &str, separator: char) -> String {
    let mut all = ours.to_owned();
    for part in theirs.split(separator).filter(|part| !part.is_empty()) {
        if !all.contains(part) {
            if !all.ends_with(separator) {
                all.push(separator);
            }
            all.push_str(part);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fields::{CompareMode, Field, FieldId, FieldList, FieldType};

    /// Merges two values of one text field and gives the winner, the loser, and who changed.
    fn merged(mode: MergeMode, winner: &Value, loser: &Value) -> (Value, Value, Merged) {
        let mut list = FieldList::new("test");
        let id = list
            .push(Field {
                name: "F".into(),
                kind: FieldType::String,
                array: matches!(winner, Value::Array(_)),
                compare: CompareMode::Conflict,
                age: false,
                merge: mode,
            })
            .unwrap();
        let list = Arc::new(list);
        let make = |value: &Value| {
            let mut item = Item::new(Arc::clone(&list));
            item.set(id, value.clone());
            item
        };
        let (mut winner, mut loser) = (make(winner), make(loser));
        let changed = merge(&mut winner, &mut loser, &Comparer::new(Arc::clone(&list)));
        (winner.get(FieldId(0)).clone(), loser.get(FieldId(0)).clone(), changed)
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn each_mode_keeps_what_it_promises() {
        let both = Merged { winner_changed: true, loser_changed: true };
        let taken = Merged { winner_changed: true, loser_changed: false };
        let lost = Merged { winner_changed: false, loser_changed: true };
        for (mode, winner, loser, result, changed) in [
            (MergeMode::No, text("a"), text("b"), text("a"), lost),
            (MergeMode::No, Value::Empty, text("b"), Value::Empty, lost),
            (MergeMode::FillEmpty, Value::Empty, text("b"), text("b"), taken),
            (MergeMode::AddUnassigned, Value::Empty, text("b"), Value::Empty, lost),
            (MergeMode::AddUnassigned, Value::Unassigned, text("b"), text("b"), taken),
            (MergeMode::AddUnassigned, text("a"), text("b"), text("a"), lost),
            (MergeMode::Append, text("this"), text("that"), text("thisthat"), both),
            (MergeMode::Parts('\n'), text("1\n2"), text("2\n3"), text("1\n2\n3"), both),
            (MergeMode::Parts(';'), text("1;2"), text("2"), text("1;2"), lost),
        ] {
            let (ours, theirs, who) = merged(mode, &winner, &loser);
            assert_eq!((&ours, who), (&result, changed), "{mode:?} of {winner:?} and {loser:?}");
            assert_eq!(ours.to_text(), theirs.to_text());
        }
    }

    #[test]
    fn lists_take_the_elements_they_lack() {
        let list = |elements: &[&str]| Value::Array(elements.iter().map(|e| text(e)).collect());
        let (ours, theirs, _) = merged(MergeMode::Append, &list(&["a", "b"]), &list(&["b", "c"]));
        assert_eq!(ours, list(&["a", "b", "c"]));
        assert_eq!(ours, theirs);
    }
}
