//! `conversion="rrule"`: a recurrence rule and the block of fields that holds it (manual 10.3.4, 10.6).
//!
//! Not its job: the rules themselves, which `syncloom_script::recurrence` knows.

use syncloom_config::{MimeMode, ValueMap};
use syncloom_script::recurrence::{Block, ical, vcal1};
use syncloom_script::{FieldId, Item, Timestamp, Value, Zone};

use super::{Context, Place, times};
use crate::note::NoteKind;
use crate::plan::target;

/// How many fields a rule has, without the start of the event behind them.
const FIELDS: i32 = 5;

/// The fields of a rule, from its first one.
pub(crate) fn block(first: FieldId) -> impl Iterator<Item = FieldId> {
    (0..FIELDS).filter_map(move |place| first.offset(place))
}

/// Stores a rule. Which syntax it has, it says itself: devices send either in either dialect.
pub(super) fn store(
    map: &ValueMap,
    text: &str,
    place: Place,
    context: &Context<'_>,
    item: &mut Item,
) -> Result<(), NoteKind> {
    let Some(first) = target(map, place.0).filter(|_| !text.trim().is_empty()) else { return Ok(()) };
    let start = start(first, place, context, item);
    let (own, other): (Reader, Reader) = match context.mode {
        MimeMode::Old => (vcal1::parse, ical::parse),
        MimeMode::Standard => (ical::parse, vcal1::parse),
    };
    let rule = own(text, start)
        .or_else(|refused| other(text, start).map_err(|_| refused))
        .map_err(|refused| NoteKind::RuleRefused(refused.to_string()))?;
    if rule.until.is_some_and(|until| !times::is_writable(until)) {
        return Err(NoteKind::RuleRefused(
            "when it ends cannot be told without the start of the event".into(),
        ));
    }
    let until = rule.until.map(|until| times::placed(until, context));
    let rule = Block { until, ..rule };
    // The old dialect has no days without a time: a day as end lasts until midnight.
    let until = match context.mode {
        MimeMode::Old => rule.until_in_old_mode(start.zone()),
        MimeMode::Standard => rule.until,
    };
    let values = if rule.recurs() { Block { until, ..rule }.to_values() } else { Default::default() };
    for (field, value) in block(first).zip(values) {
        item.set_at(field, place.1, value);
    }
    Ok(())
}

type Reader = fn(&str, Timestamp) -> Result<Block, syncloom_script::recurrence::Refused>;

/// The text of a rule; empty where the event does not recur, and where the dialect has no text for the rule.
pub(super) fn text(map: &ValueMap, place: Place, context: &Context<'_>, item: &Item) -> String {
    let Some(first) = target(map, place.0) else { return String::new() };
    let mut values = [&Value::Empty; FIELDS as usize];
    for (value, field) in values.iter_mut().zip(block(first)) {
        *value = item.get_at(field, place.1);
    }
    let Ok(rule) = Block::from_values(values) else { return String::new() };
    if rule.until.is_some_and(|until| !times::is_writable(until)) {
        return String::new();
    }
    let until = match context.mode {
        MimeMode::Old => rule.until_in_old_mode(start(first, place, context, item).zone()),
        MimeMode::Standard => rule.until,
    };
    let clock = Context { own_zone: None, ..*context };
    let rule = Block { until: until.map(|until| times::on_the_peers_clock(until, &clock)), ..rule };
    let text = match context.mode {
        MimeMode::Old => vcal1::generate(&rule),
        MimeMode::Standard => ical::generate(&rule),
    };
    text.unwrap_or_default()
}

/// The start of the event on the clock on which its days are counted: a time in UTC is meant on the item's clock, or
/// on the user's.
fn start(first: FieldId, place: Place, context: &Context<'_>, item: &Item) -> Timestamp {
    let start = first.offset(FIELDS).map(|field| item.get_at(field, place.1));
    match start {
        Some(Value::Timestamp(start)) if start.zone() == Zone::Utc => {
            start.in_zone(context.item_zone.unwrap_or_else(|| context.zones.user()))
        }
        Some(Value::Timestamp(start)) => *start,
        _ => Timestamp::from_linear(0, Zone::Floating),
    }
}
