//! Which items take part in a sync: by the filters of the config, and by those of peer and scripts (manual 7, 11.34.13 to
//! 11.34.21).
//!
//! Not its job: what filters mean (`syncloom_script::filter`), and reading those of the peer (`asked`).

use std::borrow::Cow;

use syncloom_config::{Datastore, Filters, Member, Profile, ProfileUse};
use syncloom_script::filter::{Expression, FieldNames, Filter, Ids, Role};
use syncloom_script::{FieldId, Item};

use super::home;
use crate::scripting;

/// What takes part in a sync, beyond what the config says.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// What does not pass is not ours.
    fixed: Option<Filter>,
    /// What does not pass is no part of the sync.
    exclusive: Option<Filter>,
    /// What does not pass is not sent.
    inclusive: Option<Filter>,
}

/// How an item of ours takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It does.
    Shown,
    /// The peer does not see it this time: it is outside of what was asked for.
    Outside,
    /// It is none of this datastore's.
    Foreign,
}

impl View {
    /// What the filters of a sync mean for the items of a datastore.
    pub(super) fn of(datastore: &Datastore, filters: &scripting::Filters, notes: &mut Vec<String>) -> Self {
        let names = names(datastore);
        let mut all = |parts: &[Expression]| {
            let compiled = parts.iter().map(|part| compiled(part, &names, notes));
            compiled.reduce(Filter::and)
        };
        let [asked, target] = [&filters.asked, &filters.target].map(|parts| all(parts));
        View {
            fixed: all(&filters.fixed),
            exclusive: all(&filters.dynamic),
            inclusive: match (asked, target) {
                (Some(asked), Some(target)) => Some(asked.and(target)),
                (asked, target) => asked.or(target),
            },
        }
    }

    /// The fields of an item that tell whether it takes part; `None` if it takes no item to tell. `scripted`: a script is
    /// asked as well.
    pub(super) fn looks_at(&self, datastore: &Datastore, scripted: bool) -> Option<Vec<FieldId>> {
        let parts = datastore.parts().iter().map(|part| part.datastore.as_ref());
        let mut filters: Vec<&Filter> = self.fixed.iter().chain(&self.exclusive).collect();
        for Datastore { filters: of_config, .. } in std::iter::once(datastore).chain(parts) {
            filters.extend(of_config.local_db.iter().chain(&of_config.invisible));
        }
        let mut fields: Vec<FieldId> = filters.iter().flat_map(|filter| filter.fields()).collect();
        fields.sort_unstable();
        fields.dedup();
        (scripted || !filters.is_empty()).then_some(fields)
    }

    /// How an item of ours takes part.
    pub(super) fn part(&self, datastore: &Datastore, item: &Item, ids: Ids<'_>) -> Part {
        let passes = |filter: &Option<Filter>| filter.as_ref().is_none_or(|filter| filter.test(item, ids));
        let hides = |filters: &Filters| {
            let hidden = filters.invisible.as_ref().is_some_and(|filter| filter.test(item, ids));
            hidden || !passes(&filters.local_db)
        };
        let mut levels = home::levels(datastore, home::of_id(datastore, ids.local));
        match passes(&self.fixed) && !levels.any(|level| hides(&level.filters)) {
            false => Part::Foreign,
            true if passes(&self.exclusive) => Part::Shown,
            true => Part::Outside,
        }
    }

    /// Whether an item of ours that takes part is sent.
    pub(super) fn sends(&self, item: &Item, ids: Ids<'_>) -> bool {
        self.inclusive.as_ref().is_none_or(|filter| filter.test(item, ids))
    }

    /// Makes an item of the peer's one of ours: what else it becomes is for the config to say.
    pub(super) fn adopt(&self, datastore: &Datastore, home: usize, item: &mut Item, ids: Ids<'_>) {
        let of_config = home::levels(datastore, home).filter_map(|level| level.filters.local_db.as_ref());
        for filter in of_config.chain(&self.fixed) {
            filter.make_pass(item, ids);
        }
    }

    /// Makes a new item of the peer's one that the database and the peer will see: it passes what the peer asked for,
    /// or else, where that says nothing of how, `<makepassfilter>`.
    pub(super) fn admit<'i>(&self, datastore: &Datastore, home: usize, item: &'i Item) -> Cow<'i, Item> {
        let mut item = Cow::Borrowed(item);
        let asked = self.exclusive.as_ref();
        let passes = asked.is_some_and(|filter| filter.make_pass(item.to_mut(), Ids::default()));
        for level in home::levels(datastore, home) {
            level.filters.admit(&mut item, passes);
        }
        item
    }
}

fn compiled(expression: &Expression, names: &FieldNames<'_>, notes: &mut Vec<String>) -> Filter {
    let (filter, problems) = Filter::from_expression(Some(expression), names);
    if let Some(problem) = problems.first() {
        notes.push(format!("filter {expression}: {}", problem.message));
    }
    filter
}

fn names(datastore: &Datastore) -> FieldNames<'_> {
    let mut names = FieldNames::new(datastore.fields(), Role::Server);
    for used in &datastore.types {
        add_profile(&mut names, &used.datatype.profile);
    }
    names
}

fn add_profile(names: &mut FieldNames<'_>, profile: &ProfileUse) {
    match profile {
        ProfileUse::Mime(profile) => add_properties(names, &profile.root),
        ProfileUse::Text(profile) => {
            for line in &profile.lines {
                let header = line.tag.as_deref().map(|tag| tag.trim_end().trim_end_matches(':'));
                for name in [header, line.filter_keyword.as_deref()].into_iter().flatten() {
                    names.add_property(name, &[line.field]);
                }
            }
        }
        ProfileUse::Object(profile) => {
            for tag in &profile.tags {
                if let Some(name) = tag.filter_name() {
                    names.add_property(name, &[tag.field]);
                }
            }
            if let Some(embedded) = &profile.embedded {
                add_profile(names, embedded);
            }
        }
    }
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
