//! What a peer asks for beside the kind of sync: by the options of an address, and by the filter of SyncML 1.2 (manual
//! 7.3 to 7.5, OMA-DS 5.13).
//!
//! Not its job: reading filters (`syncloom_script::filter`), and holding items to them (`view`).

use syncloom_config::Datastore;
use syncloom_script::Timestamp;
use syncloom_script::filter::{self, DayRange, Problem, parse_cgi, parse_path};
use syncloom_script::time::DAY_MS;
use syncloom_wire::{Data, Filter as WireFilter};

use crate::scripting::{DatastoreState, Limits};

/// The grammar of filters that is known.
pub(crate) const GRAMMAR: &str = "syncml:filtertype-cgi";

/// Takes over what an address and the filter beside it say. `Err` is the status of a filter that cannot be followed,
/// and why.
pub(super) fn take_over(
    state: &mut DatastoreState,
    datastore: &Datastore,
    uri: &str,
    filter: Option<&WireFilter>,
    now: Timestamp,
    notes: &mut Vec<String>,
) -> Result<(), (u16, String)> {
    if let Some((_, options)) = uri.split_once('?') {
        match parse_path(options) {
            Ok(options) => {
                limit(&mut state.limits, options.limits);
                if let Some(days) = options.days {
                    (state.limits.start, state.limits.end) = range(days, now);
                }
                state.force_slow |= options.slow_sync;
                state.filters.dynamic.extend(options.exclusive);
                state.filters.asked.extend(options.inclusive);
            }
            // Peers put all kinds of things behind a question mark.
            Err(problems) => notes.push(format!("options of {uri}: {}", first(&problems))),
        }
    }
    match filter {
        Some(filter) => take_filter(state, datastore, filter),
        None => Ok(()),
    }
}

/// Takes over the temporary filter of a Sync, which counts instead of that of its Alert. Nothing else of the address
/// does: the sync has begun.
pub(super) fn take_temporary(state: &mut DatastoreState, uri: &str) {
    let Some((_, options)) = uri.split_once('?') else { return };
    let inclusive = parse_path(options).ok().and_then(|options| options.inclusive);
    if inclusive.is_some() && !state.filters.asked.iter().eq(&inclusive) {
        state.filters.asked = inclusive.into_iter().collect();
        state.filters.changed = true;
    }
}

/// The filter of SyncML 1.2.
fn take_filter(
    state: &mut DatastoreState,
    datastore: &Datastore,
    filter: &WireFilter,
) -> Result<(), (u16, String)> {
    if !datastore.filters.ds12 {
        return Err((406, format!("datastore {} takes no filters", datastore.name)));
    }
    if filter.field.is_some() {
        return Err((406, "filters of fields are not offered".to_owned()));
    }
    // The type of the filter is that of the items that it is about; some peers give its grammar there.
    let is_grammar = |name: &str| name.eq_ignore_ascii_case(GRAMMAR);
    let is_type =
        |name: &str| datastore.types.iter().any(|used| used.datatype.mime_type.eq_ignore_ascii_case(name));
    let about = filter.meta.type_.as_deref().map(str::trim);
    if let Some(name) = about.filter(|name| !is_grammar(name) && !is_type(name)) {
        return Err((415, format!("filters of {name} are not understood")));
    }
    let grammar = filter.record.as_ref().and_then(|record| record.meta.type_.as_deref()).map(str::trim);
    if let Some(name) = grammar.filter(|name| !is_grammar(name)) {
        return Err((422, format!("filters are not understood in {name}")));
    }
    let text = filter.record.as_ref().and_then(|record| record.data.as_ref()).and_then(Data::as_text);
    let read = parse_cgi(text.unwrap_or_default()).map_err(|problems| (422, first(&problems)))?;
    limit(&mut state.limits, read.limits);
    let filters = &mut state.filters;
    match filter.filter_type.as_deref().unwrap_or("EXCLUSIVE").trim() {
        kind if kind.eq_ignore_ascii_case("INCLUSIVE") => filters.asked.extend(read.expression),
        kind if kind.eq_ignore_ascii_case("EXCLUSIVE") => filters.dynamic.extend(read.expression),
        kind => return Err((422, format!("{kind} is no type of filters"))),
    }
    Ok(())
}

/// Takes over the limits that are set; what is not said stays.
fn limit(limits: &mut Limits, asked: filter::Limits) {
    limits.start = asked.since.or(limits.start);
    limits.end = asked.before.or(limits.end);
    limits.size = asked.max_size.or(limits.size);
    limits.max_items = asked.max_count.unwrap_or(limits.max_items);
    limits.no_attachments |= asked.no_attachments;
    if let Some(options) = asked.db_options {
        limits.db_options = options;
    }
}

/// A range of days: from the beginning of the first one to the end of the last.
fn range(days: DayRange, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
    let today = now.unix_ms() - now.unix_ms().rem_euclid(DAY_MS);
    let midnight =
        |days: i64| Some(Timestamp::from_unix_ms(today.saturating_add(days.saturating_mul(DAY_MS))));
    let end = midnight(i64::from(days.last) + 1).map(|end| end.plus(-1));
    (midnight(i64::from(days.first)), end)
}

fn first(problems: &[Problem]) -> String {
    problems.first().map_or_else(String::new, |problem| problem.message.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_days_has_whole_days() {
        let now = Timestamp::parse("20240229T153000Z").unwrap();
        let (start, end) = range(DayRange { first: -1, last: 0 }, now);
        assert_eq!(start, Timestamp::parse("20240228T000000Z"));
        assert_eq!(end.unwrap().plus(1), Timestamp::parse("20240301T000000Z").unwrap());
        // A peer may say any number.
        range(DayRange { first: i32::MIN, last: i32::MAX }, now);
    }
}
