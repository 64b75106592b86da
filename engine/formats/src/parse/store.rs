//! One property of the text to the fields of the item: positions, groups, values (manual 10.3.3 to 10.3.7).

use std::borrow::Cow;

use syncloom_config::{Combine, Conversion, MimeMode, Property, Repeat, ValueCount};
use syncloom_script::Value;
use syncloom_script::item::MAX_ARRAY_INDEX;

use super::line::{Line, Transfer};
use super::parameters::Given;
use super::{Parser, split, transfer};
use crate::charset;
use crate::convert::{self, Place};
use crate::enums;
use crate::note::NoteKind;
use crate::plan::{Binary, PropertyPlan, ValuePlan, moved};

/// Where an occurrence goes.
struct Found {
    place: Place,
    counter: usize,
    repetition: usize,
    /// It goes where another one was stored before.
    replaces: bool,
    /// An empty one does not use up the place.
    overwrite_empty: bool,
}

/// What became of an occurrence.
enum Placed {
    /// It is stored.
    Stored,
    /// It has no values, so that nothing is lost.
    Nothing,
    /// There is no place for it.
    Full(NoteKind),
    /// No field can hold its value.
    Refused(NoteKind),
}

/// What is known of a line for all its values.
struct Known<'o, 'p> {
    plan: &'p PropertyPlan,
    /// The component that it stands in.
    path: &'p str,
    line: Line<'p>,
    group: &'o str,
    given: &'o Given<'p>,
}

enum Values<'v> {
    Texts(&'v [Cow<'v, str>]),
    Bytes(Vec<u8>),
}

impl<'p> Parser<'p> {
    /// Stores a line as this property. `false` says that there is no place for it, which is noted where this
    /// is its last chance.
    pub(super) fn store_property(
        &mut self,
        plan: &'p PropertyPlan,
        path: &'p str,
        line: Line<'p>,
        last: bool,
    ) -> bool {
        let property: &'p Property = &plan.property;
        let charset = line.charset();
        self.surplus.clear();
        self.context.own_zone = self.zone(plan, line);
        let mut given = std::mem::take(&mut self.given);
        self.parameters(plan, line, charset.as_deref(), &mut given);
        let group = String::from_utf8_lossy(line.group());
        if !group.is_empty() && property.group_field.is_none() {
            self.surplus.group = group.clone().into_owned();
            if !self.keeps() {
                self.note(line.number(), &property.name, NoteKind::UnstoredGroup(group.clone().into_owned()));
            }
        }
        if let Some(encoding) = line.unknown_encoding() {
            self.note(line.number(), &property.name, NoteKind::UnknownEncoding(encoding.into_owned()));
        }
        let known = Known { plan, path, line, group: &group, given: &given };
        let stored = self.store_value(&known, charset.as_deref(), last);
        given.clear();
        self.given = given;
        stored
    }

    /// Decodes the value of a line and stores it, or them.
    fn store_value(&mut self, known: &Known<'_, 'p>, charset: Option<&str>, last: bool) -> bool {
        let Known { plan, line, .. } = *known;
        let property: &Property = &plan.property;
        if line.transfer() == Transfer::Plain
            && plan.binary != Binary::Always
            && charset::is_usual(charset)
            && let Some(text) = line.text()
        {
            return self.store_text(known, text, last);
        }
        let bytes = match line.transfer() {
            Transfer::Plain if plan.binary == Binary::Always => bytes(line),
            Transfer::Plain => Cow::Borrowed(line.value()),
            Transfer::QuotedPrintable => {
                let bytes: Vec<u8> = plan.separators.iter().filter_map(|c| u8::try_from(*c).ok()).collect();
                // In ISO-2022 any byte may be half of a character.
                let shifted = charset.is_some_and(|label| enums::strip_prefix(label, "iso-2022").is_some());
                let bytes = if shifted { Vec::new() } else { bytes };
                transfer::quoted_printable(Cow::Borrowed(line.value()), &bytes)
            }
            Transfer::Base64 => {
                let (bytes, clean) = transfer::base64(line.value());
                if !clean {
                    self.note(line.number(), &property.name, NoteKind::BadBase64);
                }
                Cow::Owned(bytes)
            }
        };
        let in_base64 = line.transfer() == Transfer::Base64;
        if plan.binary == Binary::Always || (in_base64 && plan.binary == Binary::InBase64) {
            let placed = self.place(known, Values::Bytes(bytes.into_owned()));
            return self.settled(placed, known, None, last, "");
        }
        let (text, notes) = charset::decode(bytes, charset);
        for kind in notes {
            self.note(line.number(), &property.name, kind);
        }
        match (plan.property.count, in_base64) {
            // What came in base 64 has no escapes.
            (ValueCount::Fixed(1), true) => {
                let placed = self.place(known, Values::Texts(&[Cow::Borrowed(&text)]));
                self.settled(placed, known, None, last, &text)
            }
            _ => self.store_text(known, &text, last),
        }
    }

    /// Stores the value of a line, or its values.
    fn store_text(&mut self, known: &Known<'_, 'p>, text: &str, last: bool) -> bool {
        match known.plan.property.count {
            ValueCount::Fixed(1) => {
                let (value, _) = split::next_value(text, &[], self.context.mode);
                let placed = self.place(known, Values::Texts(&[value]));
                self.settled(placed, known, None, last, text)
            }
            ValueCount::Fixed(count) => self.store_several(known, text, usize::from(count), last),
            ValueCount::List | ValueCount::ExpandedList => self.store_list(known, text, last),
        }
    }

    /// Stores the values of a property that has several different ones.
    fn store_several(&mut self, known: &Known<'_, 'p>, text: &str, count: usize, last: bool) -> bool {
        let separators = known.plan.separators.as_slice();
        let mut values = Vec::with_capacity(count);
        let mut rest = Some(text);
        let mut used = text.len();
        while let Some(value_text) = rest {
            if values.len() == count {
                // The separator before what is too much belongs to it.
                used = text.len() - value_text.len();
                let separator = text[..used].chars().next_back().map_or(0, char::len_utf8);
                let further = &text[used - separator..];
                used -= separator;
                if further.chars().any(|c| !separators.contains(&c)) {
                    if self.keeps() {
                        self.surplus.values = further.replace('\n', "\\n");
                    } else {
                        self.note(known.line.number(), &known.plan.property.name, NoteKind::TooManyValues);
                    }
                }
                break;
            }
            let (value, next) = split::next_value(value_text, separators, self.context.mode);
            values.push(value);
            rest = next;
        }
        if self.leave_between(known, &values) {
            return true;
        }
        let placed = self.place(known, Values::Texts(&values));
        self.settled(placed, known, None, last, &text[..used])
    }

    /// Keeps or notes the values that have no field. `true` says that the line is kept as it is, as it has no others.
    fn leave_between(&mut self, known: &Known<'_, 'p>, values: &[Cow<'_, str>]) -> bool {
        let Known { plan, path, line, .. } = *known;
        let is_there = |place: &&usize| values.get(**place).is_some_and(|value| !value.is_empty());
        for place in plan.unstored.iter().filter(is_there) {
            let kind = NoteKind::UnstoredValue(place + 1);
            if !self.keeps() {
                self.note(line.number(), &plan.property.name, kind);
            } else if self.surplus.keep_between(values, &plan.unstored) {
                return false;
            } else {
                self.leave_line(path, line, None, kind);
                return true;
            }
        }
        false
    }

    /// Stores each value of a list as if it was a property of its own.
    fn store_list(&mut self, known: &Known<'_, 'p>, text: &str, last: bool) -> bool {
        let separators = known.plan.separators.as_slice();
        let mode = self.context.mode;
        let mut rest = Some(text);
        let mut first = true;
        while let Some(text) = rest {
            let (value, next) = split::next_value(text, separators, mode);
            let raw = &text[..text.len() - next.map_or(0, |next| next.len())];
            rest = next;
            // An empty list is an empty property, and not a list of one empty value.
            if !value.is_empty() || (first && next.is_none()) {
                let placed = self.place(known, Values::Texts(&[value]));
                let raw = raw.strip_suffix(separators).filter(|_| next.is_some()).unwrap_or(raw);
                let last = last || !first;
                if !self.settled(placed, known, Some(raw), last, raw) && first {
                    return false;
                }
                // It is told with the first value.
                self.surplus.clear();
            }
            first = false;
        }
        true
    }

    /// What is left to do when an occurrence was stored, or was not. `value` is the one of a list that it is about,
    /// `told` what the occurrence is told by.
    fn settled(
        &mut self,
        placed: Placed,
        known: &Known<'_, 'p>,
        value: Option<&str>,
        last: bool,
        told: &str,
    ) -> bool {
        let Known { path, line, .. } = *known;
        match placed {
            Placed::Stored => {
                if self.keeps() {
                    self.leave_surplus(path, line, told);
                }
            }
            Placed::Nothing => {}
            Placed::Full(why) => {
                if last {
                    self.leave_line(path, line, value, why);
                }
                return false;
            }
            Placed::Refused(why) => self.leave_value(path, line, why),
        }
        true
    }

    fn place(&mut self, known: &Known<'_, 'p>, values: Values<'_>) -> Placed {
        let Known { plan, line, group, given, .. } = *known;
        let property: &'p Property = &plan.property;
        let has_values = match &values {
            Values::Texts(texts) => texts.iter().any(|text| !text.is_empty()),
            Values::Bytes(bytes) => !bytes.is_empty(),
        };
        let shown = |(index, value): &(usize, Cow<'_, str>)| {
            property.parameters[*index].show_non_empty && !value.is_empty()
        };
        let empty = !has_values && !given.iter().any(shown);
        let found = match self.find_place(plan, given, group) {
            Ok(found) => found,
            Err(_) if empty => return Placed::Nothing,
            Err(why) => return Placed::Full(why),
        };
        if empty {
            if !found.overwrite_empty {
                self.counters.used(found.counter, property.group_field, group, found.repetition);
            }
            return Placed::Nothing;
        }
        self.counters.used(found.counter, property.group_field, group, found.repetition);
        if found.replaces && self.clear(plan, found.place) {
            self.note(line.number(), &property.name, NoteKind::Replaced);
        }
        if let Some(field) = property.group_field.and_then(|field| field.offset(found.place.0))
            && !group.is_empty()
            && !self.item.get_at(field, found.place.1).to_text().eq_ignore_ascii_case(group)
        {
            self.item.set_at(field, found.place.1, Value::Text(group.into()));
        }
        let mut refused = None;
        match values {
            Values::Bytes(bytes) => {
                if let [map] = plan.values.as_slice()
                    && let Err(kind) = convert::store_bytes(map, bytes, found.place, &mut self.item)
                {
                    refused = Some(kind);
                }
            }
            Values::Texts(texts) => {
                let list = !matches!(property.count, ValueCount::Fixed(_));
                for map in &plan.values {
                    let place = if list { 0 } else { usize::from(map.index) };
                    // Several fields may take the same value.
                    let Some(text) = texts.get(place) else { continue };
                    match convert::store(map, text, found.place, &self.context, &mut self.item) {
                        Ok(()) => {}
                        Err(kind @ (NoteKind::NotUnderstood(_) | NoteKind::RuleRefused(_))) => {
                            refused = Some(kind);
                        }
                        Err(kind) => self.note(line.number(), &property.name, kind),
                    }
                }
            }
        }
        for (index, value) in given {
            if let Some(map) = &plan.parameters[*index].value {
                match convert::store(map, value, found.place, &self.context, &mut self.item) {
                    Ok(()) => {}
                    // What decided about the position was of use, even if it is stored nowhere else.
                    Err(NoteKind::NotUnderstood(_)) if enums::exact(&map.enums, value).is_some() => {}
                    Err(NoteKind::NotUnderstood(text)) => {
                        let parameter = &property.parameters[*index];
                        let named = format!("{}={text}", parameter.name);
                        // As the dialect writes it.
                        let bare = parameter.default && self.context.mode == MimeMode::Old;
                        let kept = if bare { &text } else { &named };
                        self.unknown_parameter(property, line, kept, &named);
                    }
                    Err(kind) => self.note(line.number(), &property.name, kind),
                }
            }
        }
        // What is not kept and not stored either must not stand in the way of an occurrence that can be stored.
        if let (Some(NoteKind::NotUnderstood(_)), [_]) = (&refused, plan.values.as_slice())
            && !self.keeps()
            && property.group_field.is_none()
        {
            self.clear(plan, found.place);
            self.counters.give_back(found.counter, found.repetition);
        }
        refused.map_or(Placed::Stored, Placed::Refused)
    }

    /// The first position that fits the parameters and has room (manual 10.3.7). A property without positions
    /// has one place, in which the first occurrence stays, unless its values are combined there or are flags.
    fn find_place(&self, plan: &PropertyPlan, given: &Given<'_>, group: &str) -> Result<Found, NoteKind> {
        let (property, counters) = (&plan.property, &plan.counters);
        if property.positions.is_empty() {
            let counter = counters.first().copied().unwrap_or_default();
            if self.counters.is_used(counter) && !shares(plan) && !is_flags(plan) {
                return Err(NoteKind::Repeated);
            }
            return Ok(Found {
                place: (0, 0),
                counter,
                repetition: 0,
                replaces: false,
                overwrite_empty: true,
            });
        }
        let given_has = |(parameter, rule): &(usize, usize)| {
            let map = property.parameters.get(*parameter).and_then(|parameter| parameter.value.as_ref());
            let Some((map, wanted)) = map.and_then(|map| Some((map, map.enums.get(*rule)?))) else {
                return false;
            };
            let mut values = given.iter().filter(|(index, _)| index == parameter);
            wanted.positional
                && values.any(|(_, value)| {
                    wanted.name.eq_ignore_ascii_case(value)
                        || enums::rule_of(&map.enums, value) == Some(*rule)
                })
        };
        let mut fits = false;
        for (position, counter) in property.positions.iter().zip(counters) {
            if !position.has.iter().all(given_has) || position.has_not.iter().any(given_has) {
                continue;
            }
            fits = true;
            let found = |offset, index, repetition, replaces| {
                Ok(Found {
                    place: (offset, index),
                    counter: *counter,
                    repetition,
                    replaces,
                    overwrite_empty: position.overwrite_empty,
                })
            };
            let repetition = self.counters.repetition(*counter, property.group_field, group);
            match position.repeat {
                Repeat::Rewrite => {
                    return found(position.offset, 0, 0, self.counters.is_used(*counter) && !shares(plan));
                }
                Repeat::Array if repetition <= MAX_ARRAY_INDEX => {
                    return found(position.offset, repetition, repetition, false);
                }
                Repeat::Times(times) if repetition < usize::from(times) => {
                    return found(moved(position, repetition), 0, repetition, false);
                }
                Repeat::Array | Repeat::Times(_) => {}
            }
        }
        Err(if fits { NoteKind::NoPlaceLeft } else { NoteKind::NoPlace })
    }

    /// Empties the place of a property before its next occurrence goes there. `false` where nothing was
    /// stored there.
    fn clear(&mut self, plan: &PropertyPlan, place: Place) -> bool {
        let mut cleared = false;
        let parameters = plan.parameters.iter().filter_map(|parameter| parameter.value.as_ref());
        for map in plan.values.iter().chain(parameters) {
            for field in crate::plan::targets(map) {
                let Some(field) = field.offset(place.0) else { continue };
                if !self.item.get_at(field, place.1).is_empty() {
                    self.item.set_at(field, place.1, Value::Unassigned);
                    cleared = true;
                }
            }
        }
        cleared
    }
}

/// The value of a property that is always bytes (manual 10.3.4, `blob_b64`): it is base 64 also where the line does not
/// say so. An address and what is no base 64 stay as they are.
fn bytes(line: Line<'_>) -> Cow<'_, [u8]> {
    let value = line.value();
    let is_other = |kind: &[u8]| !kind.eq_ignore_ascii_case(b"BINARY");
    let mut parameters = line.parameters();
    let says_other = parameters.any(|one| one.name().eq_ignore_ascii_case(b"VALUE") && is_other(one.value()));
    let in_base64 = match transfer::data_of_address(value) {
        None if says_other => None,
        data => Some(data.unwrap_or(value)),
    };
    in_base64.and_then(transfer::whole_base64).map_or(Cow::Borrowed(value), Cow::Owned)
}

/// Whether the values of a property are flags of one number, in which there is room for all of them.
fn is_flags(plan: &PropertyPlan) -> bool {
    matches!(plan.values.as_slice(), [map] if map.conversion == Conversion::Bitmap)
}

/// Whether the values of several occurrences go into one place.
fn shares(plan: &PropertyPlan) -> bool {
    let shares =
        |map: &ValuePlan| matches!(map.combine, Combine::With(_)) || map.conversion == Conversion::EmptyOnly;
    plan.values.iter().any(shares)
}
