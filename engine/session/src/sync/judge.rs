//! How two versions of an item compare, and what merging makes of them: by the attributes of their fields, or as the
//! scripts of their datatype say (manual 10.2, 10.5.12, 10.5.13).

use std::sync::Arc;

use syncloom_config::{DataType, DatatypeScript};
use syncloom_formats::Judging;
use syncloom_script::lang::{ItemPair, ItemSlot};
use syncloom_script::{CompareMode, Comparer, Comparison, Item, Merged, Value, merge};

use crate::scripting::{DatastoreState, Desk, ItemState, TypeScripts};

/// Who compares and merges the items of a datastore.
pub(super) struct Judge<'a> {
    comparer: &'a Comparer,
    scripted: Option<Scripted<'a>>,
}

/// The scripts that do it.
struct Scripted<'a> {
    datatype: Arc<DataType>,
    scripts: &'a mut TypeScripts,
    desk: &'a Desk,
    datastore: &'a mut DatastoreState,
}

impl<'a> Judge<'a> {
    /// One that goes by the attributes of fields.
    #[cfg(test)]
    pub(super) fn plain(comparer: &'a Comparer) -> Self {
        Judge { comparer, scripted: None }
    }

    /// One that asks the scripts of a datatype, where it has such.
    pub(super) fn new(
        comparer: &'a Comparer,
        datatype: Arc<DataType>,
        scripts: &'a mut TypeScripts,
        desk: &'a Desk,
        datastore: &'a mut DatastoreState,
    ) -> Self {
        let asks = [DatatypeScript::Compare, DatatypeScript::Merge];
        let scripted = asks.into_iter().any(|kind| datatype.scripts.has(kind)).then_some(Scripted {
            datatype,
            scripts,
            desk,
            datastore,
        });
        Judge { comparer, scripted }
    }

    /// Whether items are compared by a script.
    pub(super) fn compares_by_script(&self) -> bool {
        self.scripted.as_ref().is_some_and(|by| by.datatype.scripts.has(DatatypeScript::Compare))
    }

    /// Whether there is no difference in what counts.
    pub(super) fn equal(&mut self, first: &Item, second: &Item, mode: CompareMode) -> bool {
        match self.by_script(first, second, mode) {
            Some(comparison) => comparison == Comparison::Equal,
            None => self.comparer.equal(first, second, mode),
        }
    }

    /// Which of two different items is newer.
    pub(super) fn age(&mut self, first: &Item, second: &Item) -> Comparison {
        match self.by_script(first, second, CompareMode::Conflict) {
            Some(comparison) => comparison,
            None => self.comparer.age(first, second),
        }
    }

    /// `None` where there is no script.
    fn by_script(&mut self, first: &Item, second: &Item, mode: CompareMode) -> Option<Comparison> {
        let items = ItemPair { target: ItemSlot::Read(first), reference: ItemSlot::Read(second) };
        let (value, _) = self.run(DatatypeScript::Compare, mode, items)?;
        // A script that fails or says nothing says that they are not to be compared.
        Some(match value {
            Some(Value::Integer(0)) => Comparison::Equal,
            Some(Value::Integer(1)) => Comparison::Newer,
            Some(Value::Integer(-1)) => Comparison::Older,
            _ => Comparison::Incomparable,
        })
    }

    /// Merges the loser into the winner, and makes the loser the same.
    pub(super) fn merge(&mut self, winner: &mut Item, loser: &mut Item) -> Merged {
        let items = ItemPair { target: ItemSlot::Write(winner), reference: ItemSlot::Write(loser) };
        match self.run(DatatypeScript::Merge, CompareMode::Conflict, items) {
            Some((_, merged)) => merged,
            None => merge(winner, loser, self.comparer),
        }
    }

    /// Runs a script on two items: its value, and what it has merged. `None` where there is no such script.
    fn run(
        &mut self,
        kind: DatatypeScript,
        mode: CompareMode,
        items: ItemPair<'_>,
    ) -> Option<(Option<Value>, Merged)> {
        let by = self.scripted.as_mut().filter(|by| by.datatype.scripts.has(kind))?;
        let datatype = Arc::clone(&by.datatype);
        let mut state = ItemState {
            datatype: Some(&datatype),
            judging: Judging::by(Some(self.comparer), Some(mode)),
            ..ItemState::default()
        };
        let value = by.scripts.run(by.desk, by.datastore, &mut state, &datatype, kind, items);
        Some((value.map(|typed| typed.value), state.judging.merged))
    }
}
