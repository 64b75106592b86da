//! How two versions of an item compare, and what merging makes of them: by the attributes of their fields, or as the
//! scripts of their datatype say (manual 10.2, 10.5.12, 10.5.13).

use syncloom_formats::{Hosts, Pipeline};
use syncloom_script::{CompareMode, Comparer, Comparison, Item, Merged, merge};

use crate::scripting::{Desk, ItemState, StateDesk};

/// Who compares and merges the items of a datastore.
pub(super) struct Judge<'a> {
    comparer: &'a Comparer,
    scripted: Option<Scripted<'a>>,
}

/// The scripts that may do it.
struct Scripted<'a> {
    scripts: &'a mut Pipeline,
    desk: &'a Desk,
    datastore: &'a StateDesk,
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
        scripts: &'a mut Pipeline,
        desk: &'a Desk,
        datastore: &'a StateDesk,
    ) -> Self {
        Judge { comparer, scripted: Some(Scripted { scripts, desk, datastore }) }
    }

    /// Whether items are compared by a script.
    pub(super) fn compares_by_script(&self) -> bool {
        self.scripted.as_ref().is_some_and(|by| by.scripts.has_compare_script())
    }

    /// Whether there is no difference in what counts.
    pub(super) fn equal(&mut self, first: &Item, second: &Item, mode: CompareMode) -> bool {
        self.compare(first, second, mode) == Comparison::Equal
    }

    /// Which of two different items is newer.
    pub(super) fn age(&mut self, first: &Item, second: &Item) -> Comparison {
        self.compare(first, second, CompareMode::Conflict)
    }

    fn compare(&mut self, first: &Item, second: &Item, mode: CompareMode) -> Comparison {
        let comparer = self.comparer;
        match &mut self.scripted {
            None => comparer.compare(first, second, mode),
            Some(by) => by.run(|scripts, hosts| scripts.compare(first, second, comparer, mode, hosts)),
        }
    }

    /// Merges the loser into the winner, and makes the loser the same.
    pub(super) fn merge(&mut self, winner: &mut Item, loser: &mut Item) -> Merged {
        let comparer = self.comparer;
        match &mut self.scripted {
            None => merge(winner, loser, comparer),
            Some(by) => by.run(|scripts, hosts| scripts.merge(winner, loser, comparer, hosts)),
        }
    }
}

impl Scripted<'_> {
    fn run<T>(&mut self, run: impl FnOnce(&mut Pipeline, &mut Hosts<'_>) -> T) -> T {
        self.desk.run_type(self.scripts, &mut self.datastore.look(), &mut ItemState::default(), run)
    }
}
