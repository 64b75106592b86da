//! What becomes of two versions of one item (manual 11.34.10, 10.2).

use syncloom_config::Strategy;
use syncloom_script::{CompareMode, Comparison, Item};

use super::judge::Judge;

/// How a conflict ends.
#[derive(Debug)]
pub(super) enum Resolution {
    /// There is no difference that a user would see.
    Same,
    /// Ours stays, with what it took from theirs.
    Ours {
        /// What to write into our database, if anything.
        write: Option<Item>,
        /// Whether theirs has to become ours.
        send: bool,
    },
    /// Theirs stays, with what it took from ours.
    Theirs {
        /// What to write into our database, if anything.
        write: Option<Item>,
        /// Whether theirs took something over, so that it has to be sent back.
        send: bool,
    },
    /// Both stay.
    Both,
}

/// Ends a conflict by a strategy. `distinct` says that two items which are not the same may both stay; where
/// they are known to be one item, ours wins instead.
pub(super) fn resolve(
    strategy: Strategy,
    judge: &mut Judge<'_>,
    mut ours: Item,
    mut theirs: Item,
    distinct: bool,
) -> Resolution {
    if judge.equal(&ours, &theirs, CompareMode::Conflict) {
        return Resolution::Same;
    }
    let strategy = match strategy {
        Strategy::NewerWins => match judge.age(&theirs, &ours) {
            Comparison::Newer => Strategy::ClientWins,
            Comparison::Older | Comparison::Equal => Strategy::ServerWins,
            Comparison::Incomparable => Strategy::Duplicate,
        },
        other => other,
    };
    match strategy {
        Strategy::Duplicate if distinct => Resolution::Both,
        Strategy::Duplicate | Strategy::ServerWins | Strategy::NewerWins => {
            let merged = judge.merge(&mut ours, &mut theirs);
            Resolution::Ours { write: merged.winner_changed.then_some(ours), send: merged.loser_changed }
        }
        Strategy::ClientWins => {
            let merged = judge.merge(&mut theirs, &mut ours);
            Resolution::Theirs { write: merged.loser_changed.then_some(theirs), send: merged.winner_changed }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use syncloom_script::{Comparer, Field, FieldId, FieldList, FieldType, MergeMode, Value};

    const NAME: FieldId = FieldId(0);
    const NOTE: FieldId = FieldId(1);
    const REV: FieldId = FieldId(2);

    fn item(list: &Arc<FieldList>, name: &str, note: &str, rev: &str) -> Item {
        let mut item = Item::new(Arc::clone(list));
        for (id, text, kind) in [
            (NAME, name, FieldType::String),
            (NOTE, note, FieldType::Multiline),
            (REV, rev, FieldType::Timestamp),
        ] {
            item.set(id, Value::from_text(text, kind));
        }
        item
    }

    fn list() -> Arc<FieldList> {
        let mut list = FieldList::new("contacts");
        for (name, kind, compare, age, merge) in [
            ("NAME", FieldType::String, CompareMode::Always, false, MergeMode::No),
            ("NOTE", FieldType::Multiline, CompareMode::Conflict, false, MergeMode::Parts('\n')),
            ("REV", FieldType::Timestamp, CompareMode::Never, true, MergeMode::No),
        ] {
            list.push(Field { name: name.into(), kind, array: false, compare, age, merge }).unwrap();
        }
        Arc::new(list)
    }

    fn resolved(strategy: Strategy, ours: [&str; 3], theirs: [&str; 3], distinct: bool) -> String {
        let list = list();
        let make = |[name, note, rev]: [&str; 3]| item(&list, name, note, rev);
        let comparer = Comparer::new(Arc::clone(&list));
        let shown = |write: Option<Item>| {
            write.map_or("-".to_owned(), |item| {
                format!("{}/{}", item.get(NAME).to_text(), item.get(NOTE).to_text().replace('\n', "|"))
            })
        };
        match resolve(strategy, &mut Judge::plain(&comparer), make(ours), make(theirs), distinct) {
            Resolution::Same => "same".into(),
            Resolution::Both => "both".into(),
            Resolution::Ours { write, send } => format!("ours {} {send}", shown(write)),
            Resolution::Theirs { write, send } => format!("theirs {} {send}", shown(write)),
        }
    }

    #[test]
    fn every_strategy_ends_as_the_manual_says() {
        const OLD: &str = "20200101T000000Z";
        const NEW: &str = "20210101T000000Z";
        for (strategy, ours, theirs, result) in [
            (Strategy::NewerWins, ["a", "x", OLD], ["a", "x", NEW], "same"),
            (Strategy::NewerWins, ["a", "x", OLD], ["b", "x", NEW], "theirs b/x false"),
            (Strategy::NewerWins, ["a", "x", NEW], ["b", "x", OLD], "ours - true"),
            (Strategy::NewerWins, ["a", "x", ""], ["b", "x", OLD], "both"),
            (Strategy::ServerWins, ["a", "x", ""], ["a", "x|y", ""], "ours a/x|x|y true"),
            (Strategy::ServerWins, ["a", "", ""], ["a", "y", ""], "ours a/y false"),
            (Strategy::ClientWins, ["a", "x", ""], ["b", "", ""], "theirs b/x true"),
            (Strategy::Duplicate, ["a", "x", ""], ["b", "x", ""], "both"),
        ] {
            assert_eq!(resolved(strategy, ours, theirs, true), result, "{strategy:?} {ours:?} {theirs:?}");
        }
        let one_item = resolved(Strategy::Duplicate, ["a", "x", ""], ["b", "", ""], false);
        assert_eq!(one_item, "ours - true");
    }
}
