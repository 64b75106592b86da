//! Where items are at home: in the datastore that is synced, or, if that is a superdatastore, in a part of it (manual
//! 11.35). What the config says of items, their home says; filters and `<readonly>` of the superdatastore count as well.
//!
//! Homes have numbers: those of the parts, and 0 where there are none.

use std::sync::Arc;

use syncloom_config::Datastore;
use syncloom_script::Item;
use syncloom_stores::Scope;

/// No item's home: the datastore as a whole.
pub(super) const NONE: usize = usize::MAX;

/// The datastore with this number.
pub(super) fn at(datastore: &Arc<Datastore>, home: usize) -> &Arc<Datastore> {
    datastore.parts().get(home).map_or(datastore, |part| &part.datastore)
}

/// All homes, by their numbers.
pub(super) fn all(datastore: &Arc<Datastore>) -> impl Iterator<Item = &Arc<Datastore>> {
    (0..datastore.parts().len().max(1)).map(|home| at(datastore, home))
}

/// The home of an item with this id of ours; 0 for an id of no part, which is no item's.
pub(super) fn of_id(datastore: &Datastore, local_id: &str) -> usize {
    datastore.part_of(local_id).map_or(0, |(home, _)| home)
}

/// The datastore that keeps an item with this id of ours.
pub(super) fn of_item<'d>(datastore: &'d Arc<Datastore>, local_id: &str) -> &'d Arc<Datastore> {
    at(datastore, of_id(datastore, local_id))
}

/// The home that takes an item; `None` if no part does.
pub(super) fn for_item(datastore: &Datastore, item: &Item) -> Option<usize> {
    if datastore.parts().is_empty() { Some(0) } else { datastore.part_for(item) }
}

/// The datastores whose filters count for the items of a home: the one that is synced, and the part.
pub(super) fn levels(datastore: &Datastore, home: usize) -> impl Iterator<Item = &Datastore> {
    let part = datastore.parts().get(home).map(|part| part.datastore.as_ref());
    std::iter::once(datastore).chain(part)
}

/// How many items a message takes (manual 11.34.8).
pub(super) fn most_per_message(datastore: &Datastore) -> usize {
    let parts = datastore.parts().iter().map(|part| part.datastore.as_ref());
    let limits = std::iter::once(datastore).chain(parts).filter_map(|level| level.max_items_per_message);
    limits.min().map_or(usize::MAX, |limit| limit as usize)
}

/// Where items of a sync are: the datastores with their folders.
pub(super) fn places<'s>(
    datastore: &'s Datastore,
    scope: &'s Scope,
) -> impl Iterator<Item = (&'s str, &'s str)> {
    let own = scope.parts.is_empty().then_some((datastore, scope));
    let parts = datastore.parts().iter().map(|part| part.datastore.as_ref()).zip(&scope.parts);
    own.into_iter().chain(parts).map(|(place, scope)| (place.name.as_str(), scope.folder_key.as_str()))
}
