//! One property of the text to the fields of the item: parameters, positions, groups, values
//! (manual 10.3.3 to 10.3.7).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use syncloom_config::{Combine, Conversion, Parameter, Property, Repeat, ValueCount, ValueMap};
use syncloom_script::item::MAX_ARRAY_INDEX;
use syncloom_script::{FieldId, FieldType, Value};

use super::line::{ContentLine, Transfer};
use super::{Parser, name, split, transfer};
use crate::charset;
use crate::convert::{self, Place};
use crate::enums::{self, Translated};
use crate::multimix::Mix;
use crate::note::NoteKind;
use crate::plan::{is_structured, parameter_exists, shifted};

/// How far the positions have been used.
pub(super) struct Counters {
    /// The next repetition of each counter.
    next: Vec<usize>,
    /// The repetitions of counters that groups took out of order.
    taken: HashSet<(usize, usize)>,
    /// The repetitions that belong to a group, by the field that holds it.
    groups: HashMap<FieldId, Group>,
}

#[derive(Default)]
struct Group {
    by_name: HashMap<String, usize>,
    owned: HashSet<usize>,
    /// One more than the highest repetition of any property with this group field.
    end: usize,
}

impl Counters {
    pub(super) fn new(counters: usize) -> Self {
        Counters { next: vec![0; counters], taken: HashSet::new(), groups: HashMap::new() }
    }

    /// The repetition that the next occurrence of a property is. Properties of one group have the same one.
    fn repetition(&self, counter: usize, group_field: Option<FieldId>, group: &str) -> usize {
        let next = self.next[counter];
        let Some(known) = group_field.and_then(|field| self.groups.get(&field)) else { return next };
        if group.is_empty() {
            let free =
                |index: &usize| !known.owned.contains(index) && !self.taken.contains(&(counter, *index));
            return (next..=MAX_ARRAY_INDEX).find(free).unwrap_or(usize::MAX);
        }
        match known.by_name.get(group) {
            Some(index) if !self.taken.contains(&(counter, *index)) => *index,
            _ => known.end,
        }
    }

    fn used(&mut self, counter: usize, group_field: Option<FieldId>, group: &str, index: usize) {
        let Some(field) = group_field else {
            self.next[counter] = index.saturating_add(1);
            return;
        };
        let known = self.groups.entry(field).or_default();
        known.end = known.end.max(index.saturating_add(1));
        self.taken.insert((counter, index));
        if group.is_empty() {
            self.next[counter] = index.saturating_add(1);
        } else {
            known.by_name.entry(group.to_owned()).or_insert(index);
            known.owned.insert(index);
        }
    }
}

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

/// The parameters of a line that the profile has: index, and one value.
type Given<'l> = Vec<(usize, Cow<'l, str>)>;

/// One occurrence of a property: its group, its parameters, and its values.
struct Occurrence<'o> {
    group: &'o str,
    given: &'o Given<'o>,
    values: Values<'o>,
}

enum Values<'v> {
    Texts(&'v mut [Cow<'v, str>]),
    Bytes(Vec<u8>),
}

impl Parser<'_, '_> {
    /// Stores a line as this property. `false` says that there is no place for it, which is noted where this
    /// is its last chance.
    pub(super) fn store_property(&mut self, index: usize, line: &ContentLine<'_>, last: bool) -> bool {
        let property: &Property = self.view.properties[index];
        let charset = line.charset();
        let given = self.parameters(property, line, charset.as_deref());
        let group = String::from_utf8_lossy(line.group()).to_ascii_lowercase();
        if !group.is_empty() && property.group_field.is_none() {
            self.note(line.line, &property.name, NoteKind::UnstoredGroup(group.clone()));
        }
        if let Some(encoding) = &line.unknown_encoding {
            self.note(line.line, &property.name, NoteKind::UnknownEncoding(encoding.clone()));
        }
        let separators = separators(property);
        let bytes = match line.transfer {
            Transfer::Plain => Cow::Borrowed(line.value.as_ref()),
            Transfer::QuotedPrintable => {
                let bytes: Vec<u8> = separators.iter().filter_map(|c| u8::try_from(*c).ok()).collect();
                // In ISO-2022 any byte may be half of a character.
                let shifted =
                    charset.as_deref().is_some_and(|label| enums::strip_prefix(label, "iso-2022").is_some());
                let bytes = if shifted { Vec::new() } else { bytes };
                transfer::quoted_printable(Cow::Borrowed(line.value.as_ref()), &bytes)
            }
            Transfer::Base64 => {
                let (bytes, clean) = transfer::base64(&line.value);
                if !clean {
                    self.note(line.line, &property.name, NoteKind::BadBase64);
                }
                Cow::Owned(bytes)
            }
        };
        let occurrence = |values| Occurrence { group: &group, given: &given, values };
        if self.is_binary(property, line.transfer) {
            return self.place(index, line, occurrence(Values::Bytes(bytes.into_owned())), last);
        }
        let (text, notes) = charset::decode(bytes, charset.as_deref());
        for kind in notes {
            self.note(line.line, &property.name, kind);
        }
        if !is_structured(property) {
            // What came in base 64 has no escapes.
            let value = match line.transfer {
                Transfer::Base64 => text,
                _ => split::next_value(&text, &[], self.dialect.mode).0,
            };
            return self.place(index, line, occurrence(Values::Texts(&mut [value])), last);
        }
        let ValueCount::Fixed(count) = property.count else {
            return self.store_list(index, line, &text, &separators, (&group, &given), last);
        };
        let mut values = Vec::with_capacity(usize::from(count));
        let mut rest = Some(text.as_ref());
        while let Some(text) = rest {
            let (value, next) = split::next_value(text, &separators, self.dialect.mode);
            if values.len() < usize::from(count) {
                values.push(value);
            } else if !value.is_empty() {
                self.note(line.line, &property.name, NoteKind::TooManyValues);
                break;
            }
            rest = next;
        }
        self.place(index, line, occurrence(Values::Texts(&mut values)), last)
    }

    /// Stores each value of a list as if it was a property of its own.
    fn store_list(
        &mut self,
        index: usize,
        line: &ContentLine<'_>,
        text: &str,
        separators: &[char],
        (group, given): (&str, &Given<'_>),
        last: bool,
    ) -> bool {
        let mut rest = Some(text);
        let mut first = true;
        while let Some(text) = rest {
            let (value, next) = split::next_value(text, separators, self.dialect.mode);
            rest = next;
            // An empty list is an empty property, and not a list of one empty value.
            if !value.is_empty() || (first && next.is_none()) {
                let occurrence = Occurrence { group, given, values: Values::Texts(&mut [value]) };
                if !self.place(index, line, occurrence, last || !first) && first {
                    return false;
                }
            }
            first = false;
        }
        true
    }

    /// Whether the value is bytes and no text.
    fn is_binary(&self, property: &Property, transfer: Transfer) -> bool {
        let [map] = property.values.as_slice() else { return false };
        let is_blob = || {
            let field = map.field.and_then(|field| self.item.list().get(field));
            field.is_some_and(|field| field.kind == FieldType::Blob)
        };
        match map.conversion {
            Conversion::BlobBase64 => true,
            Conversion::BlobAuto => transfer == Transfer::Base64,
            _ => transfer == Transfer::Base64 && !is_structured(property) && is_blob(),
        }
    }

    /// The parameters of the line that the profile knows, taken apart into single values.
    fn parameters<'l>(
        &mut self,
        property: &Property,
        line: &'l ContentLine<'_>,
        charset: Option<&str>,
    ) -> Given<'l> {
        let mut given = Vec::new();
        for (raw_name, raw_value) in line.parameters() {
            let (text, _) = charset::decode(Cow::Borrowed(raw_value), charset);
            if raw_name.is_empty() {
                for (part, _) in split::parameter_parts(&text) {
                    match self.default_parameter(property, part) {
                        Some(index) => given.push((index, Cow::Owned(part.to_owned()))),
                        None => {
                            let kind = NoteKind::UnknownParameter(part.to_owned());
                            self.note(line.line, &property.name, kind);
                        }
                    }
                }
                continue;
            }
            let known = property.parameters.iter().position(|parameter| {
                parameter.name.as_bytes().eq_ignore_ascii_case(raw_name)
                    && parameter_exists(parameter, property, self.dialect.mode, self.peer)
            });
            match known {
                Some(index) => take_values(&property.parameters[index], index, text, &mut given),
                // A value type that the profile does not store says nothing that the value does not.
                None if raw_name.eq_ignore_ascii_case(b"VALUE") => {}
                None => {
                    let name = String::from_utf8_lossy(raw_name).into_owned();
                    self.note(line.line, &property.name, NoteKind::UnknownParameter(name));
                }
            }
        }
        given
    }

    /// The parameter that a value without a name belongs to: the first default one that knows it, or else the
    /// first default one.
    fn default_parameter(&self, property: &Property, value: &str) -> Option<usize> {
        let mut defaults = property.parameters.iter().enumerate().filter(|(_, parameter)| {
            parameter.default && parameter_exists(parameter, property, self.dialect.mode, self.peer)
        });
        let knows = |parameter: &Parameter| {
            let rules = parameter.value.as_ref().map(|map| map.enums.as_slice()).unwrap_or_default();
            enums::to_value(rules, value) != Translated::Unknown
        };
        let first = defaults.next()?;
        let known = std::iter::once(first).chain(defaults).find(|(_, parameter)| knows(parameter));
        Some(known.unwrap_or(first).0)
    }

    fn place(
        &mut self,
        index: usize,
        line: &ContentLine<'_>,
        occurrence: Occurrence<'_>,
        last: bool,
    ) -> bool {
        let property: &Property = self.view.properties[index];
        let given = occurrence.given;
        let has_values = match &occurrence.values {
            Values::Texts(texts) => texts.iter().any(|text| !text.is_empty()),
            Values::Bytes(bytes) => !bytes.is_empty(),
        };
        let shown = |(index, value): &(usize, Cow<'_, str>)| {
            property.parameters[*index].show_non_empty && !value.is_empty()
        };
        let empty = !has_values && !given.iter().any(shown);
        let Some(found) = self.find_place(index, property, given, occurrence.group) else {
            if last && !empty {
                self.note(line.line, &name(line), NoteKind::NoPlaceLeft);
            }
            return empty;
        };
        if empty {
            if !found.overwrite_empty {
                self.counters.used(found.counter, property.group_field, occurrence.group, found.repetition);
            }
            return true;
        }
        self.counters.used(found.counter, property.group_field, occurrence.group, found.repetition);
        if found.replaces && self.clear(property, found.place) {
            self.note(line.line, &property.name, NoteKind::Replaced);
        }
        if let Some(field) = property.group_field.and_then(|field| shifted(field, found.place.0))
            && !occurrence.group.is_empty()
        {
            self.item.set_at(field, found.place.1, Value::Text(occurrence.group.to_owned()));
        }
        match occurrence.values {
            Values::Bytes(bytes) => {
                if let [map] = property.values.as_slice()
                    && let Err(kind) = convert::store_bytes(map, bytes, found.place, &mut self.item)
                {
                    self.note(line.line, &property.name, kind);
                }
            }
            Values::Texts(texts) => {
                let list = !matches!(property.count, ValueCount::Fixed(_));
                for map in &property.values {
                    let place = if list { 0 } else { usize::from(map.index) };
                    // Several fields may take the same value.
                    let Some(text) = texts.get(place) else { continue };
                    self.store_value(map, Cow::Borrowed(text.as_ref()), found.place, line, &property.name);
                }
            }
        }
        for (index, value) in given {
            if let Some(map) = &property.parameters[*index].value {
                self.store_parameter(map, value, found.place, line, property, *index);
            }
        }
        true
    }

    fn store_value(
        &mut self,
        map: &ValueMap,
        text: Cow<'_, str>,
        place: Place,
        line: &ContentLine<'_>,
        name: &str,
    ) {
        if let Err(kind) = convert::store(map, text, place, self.dialect, &mut self.item) {
            self.note(line.line, name, kind);
        }
    }

    fn store_parameter(
        &mut self,
        map: &ValueMap,
        value: &str,
        place: Place,
        line: &ContentLine<'_>,
        property: &Property,
        index: usize,
    ) {
        match convert::store(map, Cow::Borrowed(value), place, self.dialect, &mut self.item) {
            Ok(()) => {}
            // What decided about the position was of use, even if it is stored nowhere else.
            Err(NoteKind::NotUnderstood(_)) if enums::exact(&map.enums, value).is_some() => {}
            Err(NoteKind::NotUnderstood(text)) => {
                let kind = NoteKind::UnknownParameter(format!("{}={text}", property.parameters[index].name));
                self.note(line.line, &property.name, kind);
            }
            Err(kind) => self.note(line.line, &property.name, kind),
        }
    }

    /// The first position that fits the parameters and has room (manual 10.3.7). A property without positions
    /// has one place, in which the last occurrence stays.
    fn find_place(&self, index: usize, property: &Property, given: &Given<'_>, group: &str) -> Option<Found> {
        let counters = &self.codec.plan.properties[index].counters;
        if property.positions.is_empty() {
            let counter = *counters.first()?;
            let replaces = self.counters.next[counter] > 0 || self.counters.taken.contains(&(counter, 0));
            return Some(Found { place: (0, 0), counter, repetition: 0, replaces, overwrite_empty: true });
        }
        let given_has = |(parameter, rule): &(usize, usize)| {
            let map = property.parameters.get(*parameter).and_then(|parameter| parameter.value.as_ref());
            given.iter().filter(|(index, _)| index == parameter).any(|(_, value)| {
                map.is_some_and(|map| {
                    map.enums.get(*rule).is_some_and(|rule| rule.name.eq_ignore_ascii_case(value))
                })
            })
        };
        for (position, counter) in property.positions.iter().zip(counters) {
            if !position.has.iter().all(given_has) || position.has_not.iter().any(given_has) {
                continue;
            }
            let found = |offset, index, repetition, replaces| Found {
                place: (offset, index),
                counter: *counter,
                repetition,
                replaces,
                overwrite_empty: position.overwrite_empty,
            };
            let repetition = self.counters.repetition(*counter, property.group_field, group);
            match position.repeat {
                Repeat::Rewrite => {
                    let used =
                        self.counters.next[*counter] > 0 || self.counters.taken.contains(&(*counter, 0));
                    return Some(found(position.offset, 0, 0, used));
                }
                Repeat::Array if repetition <= MAX_ARRAY_INDEX => {
                    return Some(found(position.offset, repetition, repetition, false));
                }
                Repeat::Times(times) if repetition < usize::from(times) => {
                    let steps = i32::try_from(repetition).unwrap_or(i32::MAX);
                    let offset = position.offset.saturating_add(steps.saturating_mul(position.increment));
                    return Some(found(offset, 0, repetition, false));
                }
                Repeat::Array | Repeat::Times(_) => {}
            }
        }
        None
    }

    /// Empties the place of a property before its next occurrence goes there. `false` where nothing was
    /// stored there, or where values are combined rather than replaced.
    fn clear(&mut self, property: &Property, place: Place) -> bool {
        let shares = |map: &ValueMap| {
            matches!(map.combine, Combine::With(_)) || map.conversion == Conversion::EmptyOnly
        };
        if property.values.iter().any(shares) {
            return false;
        }
        let mut cleared = false;
        let parameters = property.parameters.iter().filter_map(|parameter| parameter.value.as_ref());
        for map in property.values.iter().chain(parameters) {
            let Some(field) = map.field else { continue };
            let offsets = map.enums.iter().filter_map(|rule| match map.conversion {
                Conversion::MultiMix => Mix::parse(&rule.value).map(|mix| mix.offset),
                _ => None,
            });
            for offset in std::iter::once(0).chain(offsets) {
                let Some(field) = shifted(field, place.0.saturating_add(offset)) else { continue };
                if !self.item.get_at(field, place.1).is_empty() {
                    self.item.set_at(field, place.1, Value::Unassigned);
                    cleared = true;
                }
            }
        }
        cleared
    }
}

/// Takes a parameter value apart where its rules or its way to combine values say that it holds several.
fn take_values<'l>(parameter: &Parameter, index: usize, text: Cow<'l, str>, given: &mut Given<'l>) {
    let Some(map) = &parameter.value else { return };
    let several = !map.enums.is_empty()
        || map.combine != Combine::No
        || parameter.positional
        || matches!(map.conversion, Conversion::MultiMix | Conversion::Bitmap);
    if !several {
        let one = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).map(str::to_owned);
        given.push((index, one.map_or(text, Cow::Owned)));
        return;
    }
    match text {
        Cow::Borrowed(text) => take_parts(map, text, |part| given.push((index, Cow::Borrowed(part)))),
        Cow::Owned(text) => {
            take_parts(map, &text, |part| given.push((index, Cow::Owned(part.to_owned()))));
        }
    }
}

fn take_parts<'t>(map: &ValueMap, text: &'t str, mut take: impl FnMut(&'t str)) {
    for (part, quoted) in split::parameter_parts(text) {
        // Some write a whole list between one pair of quotes. What a rule knows as a whole is no list.
        let whole =
            !quoted || !part.contains(',') || enums::to_value(&map.enums, part) != Translated::Unknown;
        if whole {
            take(part);
        } else {
            part.split(',').for_each(|part| take(part.trim()));
        }
    }
}

/// What separates the values of a property.
fn separators(property: &Property) -> Vec<char> {
    if !is_structured(property) {
        return Vec::new();
    }
    std::iter::once(property.separator).chain(property.alt_separator).collect()
}
