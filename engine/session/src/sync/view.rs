//! Which items take part in a sync: the filters of the config, and those that the peer sends along (manual 7, 11.34.13
//! to 11.34.20, OMA-DS 5.13).
//!
//! Not its job: what filters mean (`syncloom_script::filter`).

use std::borrow::Cow;

use syncloom_config::{Datastore, Filters, Member, Profile, ProfileUse};
use syncloom_script::filter::{Expression, FieldNames, Filter, Ids, Problem, Role, parse_cgi, parse_path};
use syncloom_script::{FieldId, Item};
use syncloom_wire::{Data, Filter as WireFilter};

use super::home;

/// The grammar of filters that is known.
const CGI: &str = "syncml:filtertype-cgi";

/// What the peer wants to see of a datastore.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// What does not pass is no part of the sync.
    exclusive: Option<Filter>,
    /// What does not pass is not sent.
    inclusive: Option<Filter>,
    /// The peer asks for a slow sync by way of its address.
    pub(super) slow: bool,
}

impl View {
    /// What an address and the filter beside it say. `Err` is the status of a filter that cannot be followed, and why.
    pub(super) fn of(
        datastore: &Datastore,
        uri: &str,
        filter: Option<&WireFilter>,
        notes: &mut Vec<String>,
    ) -> Result<Self, (u16, String)> {
        let names = names(datastore);
        let mut view = View::default();
        if let Some((_, options)) = uri.split_once('?') {
            match parse_path(options) {
                Ok(options) => {
                    view.slow = options.slow_sync;
                    view.exclusive = compiled(options.exclusive.as_ref(), &names, notes);
                    view.inclusive = compiled(options.inclusive.as_ref(), &names, notes);
                }
                // Peers put all kinds of things behind a question mark.
                Err(problems) => notes.push(format!("options of {uri}: {}", first(&problems))),
            }
        }
        if let Some(filter) = filter {
            view.add(datastore, filter, &names, notes)?;
        }
        Ok(view)
    }

    /// The filter of SyncML 1.2.
    fn add(
        &mut self,
        datastore: &Datastore,
        filter: &WireFilter,
        names: &FieldNames<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(), (u16, String)> {
        if !datastore.filters.ds12 {
            return Err((406, format!("datastore {} takes no filters", datastore.name)));
        }
        if filter.field.is_some() {
            return Err((406, "filters of fields are not offered".to_owned()));
        }
        if let Some(grammar) = filter.meta.type_.as_deref().filter(|name| !name.eq_ignore_ascii_case(CGI)) {
            return Err((415, format!("filters are not understood in {grammar}")));
        }
        let text = filter.record.as_ref().and_then(|record| record.data.as_ref()).and_then(Data::as_text);
        let read = parse_cgi(text.unwrap_or_default()).map_err(|problems| (422, first(&problems)))?;
        let kind = filter.filter_type.as_deref().unwrap_or("EXCLUSIVE").trim();
        let own = compiled(read.expression.as_ref(), names, notes);
        let slot =
            if kind.eq_ignore_ascii_case("INCLUSIVE") { &mut self.inclusive } else { &mut self.exclusive };
        *slot = match (slot.take(), own) {
            (Some(a), Some(b)) => Some(a.and(b)),
            (a, b) => a.or(b),
        };
        Ok(())
    }

    /// Whether it has to be looked at an item to know whether it takes part.
    pub(super) fn is_partial(&self, datastore: &Datastore) -> bool {
        let hides = |filters: &Filters| filters.local_db.is_some() || filters.invisible.is_some();
        let parts = datastore.parts().iter().map(|part| &part.datastore.filters);
        self.exclusive.is_some() || hides(&datastore.filters) || parts.into_iter().any(hides)
    }

    /// Whether an item of ours takes part.
    pub(super) fn shows(&self, datastore: &Datastore, item: &Item, ids: Ids<'_>) -> bool {
        let passes = |filter: &Option<Filter>| filter.as_ref().is_none_or(|filter| filter.test(item, ids));
        let hides = |filters: &Filters| {
            let hidden = filters.invisible.as_ref().is_some_and(|filter| filter.test(item, ids));
            hidden || !passes(&filters.local_db)
        };
        let mut levels = home::levels(datastore, home::of_id(datastore, ids.local));
        passes(&self.exclusive) && !levels.any(|level| hides(&level.filters))
    }

    /// Whether an item of ours that takes part is sent.
    pub(super) fn sends(&self, item: &Item, ids: Ids<'_>) -> bool {
        self.inclusive.as_ref().is_none_or(|filter| filter.test(item, ids))
    }
}

/// Makes a new item of the peer's one that the database and the peer will see.
pub(super) fn admit<'i>(datastore: &Datastore, home: usize, item: &'i Item) -> Cow<'i, Item> {
    let ids = Ids::default();
    let mut item = Cow::Borrowed(item);
    for level in home::levels(datastore, home) {
        let filters = &level.filters;
        if let Some(filter) = &filters.make_pass {
            filter.make_pass(item.to_mut(), ids);
        }
        let hidden = filters.invisible.as_ref().is_some_and(|filter| filter.test(&item, ids));
        if let Some(filter) = filters.make_visible.as_ref().filter(|_| hidden) {
            filter.make_pass(item.to_mut(), ids);
        }
    }
    item
}

fn compiled(
    expression: Option<&Expression>,
    names: &FieldNames<'_>,
    notes: &mut Vec<String>,
) -> Option<Filter> {
    let (filter, problems) = Filter::from_expression(Some(expression?), names);
    if !problems.is_empty() {
        notes.push(format!("filter of the peer: {}", first(&problems)));
    }
    Some(filter)
}

fn first(problems: &[Problem]) -> String {
    problems.first().map_or_else(String::new, |problem| problem.message.clone())
}

fn names(datastore: &Datastore) -> FieldNames<'_> {
    let mut names = FieldNames::new(datastore.fields(), Role::Server);
    for used in &datastore.types {
        if let ProfileUse::Mime(profile) = &used.datatype.profile {
            add_properties(&mut names, &profile.root);
        }
    }
    names
}

fn add_properties(names: &mut FieldNames<'_>, profile: &Profile) {
    for member in &profile.members {
        match member {
            Member::Property(property) => {
                let fields: Vec<FieldId> = property.values.iter().filter_map(|value| value.field).collect();
                names.add_property(&property.name, &fields);
            }
            Member::Profile(inner) => add_properties(names, inner),
        }
    }
}
