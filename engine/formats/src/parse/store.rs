//! One property of the text to the fields of the item: parameters, positions, groups, values
//! (manual 10.3.3 to 10.3.7).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use std::rc::Rc;

use syncloom_config::{Combine, Conversion, MimeMode, Parameter, Property, Repeat, ValueCount, ValueMap};
use syncloom_script::item::MAX_ARRAY_INDEX;
use syncloom_script::{FieldId, FieldType, Value, Zone};

use super::left::Surplus;
use super::line::{ContentLine, Transfer};
use super::{Parser, split, transfer};
use crate::charset;
use crate::convert::{self, Context, Place};
use crate::enums::{self, Translated};
use crate::note::NoteKind;
use crate::plan::{is_structured, moved};

/// The parameter that says in which zone the times of a property are (RFC 5545 section 3.2.19). Like `ENCODING`
/// it is part of the syntax: it counts where the profile has no such parameter, too.
pub(super) const TZID: &str = "TZID";

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

/// What became of an occurrence.
enum Placed {
    /// It is stored, but for these parameters, each with its semicolon.
    At(String),
    /// It has no values, so that nothing is lost.
    Nothing,
    /// There is no place for it.
    Full(NoteKind),
    /// No field can hold its value.
    Refused(NoteKind),
}

/// The parameters of a line that the profile has: index, and one value.
type Given<'l> = Vec<(usize, Cow<'l, str>)>;

/// What is known of a line for all its values.
#[derive(Clone, Copy)]
struct Known<'o> {
    index: usize,
    path: &'o Rc<str>,
    line: &'o ContentLine<'o>,
    group: &'o str,
    given: &'o Given<'o>,
    context: Context<'o>,
}

enum Values<'v> {
    Texts(&'v mut [Cow<'v, str>]),
    Bytes(Vec<u8>),
}

impl<'p> Parser<'p, '_> {
    /// Stores a line as this property. `false` says that there is no place for it, which is noted where this
    /// is its last chance.
    pub(super) fn store_property(
        &mut self,
        index: usize,
        path: &Rc<str>,
        line: &ContentLine<'_>,
        last: bool,
    ) -> bool {
        let plan = &self.plan.properties[index];
        let property: &'p Property = &plan.property;
        let charset = line.charset();
        let mut surplus = Surplus::default();
        let context = Context { own_zone: self.zone(property, line), ..self.context() };
        let given = self.parameters(property, line, charset.as_deref(), &mut surplus);
        let group = String::from_utf8_lossy(line.group()).to_ascii_lowercase();
        if !group.is_empty() && property.group_field.is_none() {
            surplus.group = String::from_utf8_lossy(line.group()).into_owned();
            if !self.keeps() {
                self.note(line.line, &property.name, NoteKind::UnstoredGroup(group.clone()));
            }
        }
        if let Some(encoding) = &line.unknown_encoding {
            self.note(line.line, &property.name, NoteKind::UnknownEncoding(encoding.clone()));
        }
        let separators = plan.separators.as_slice();
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
        let known = Known { index, path, line, group: &group, given: &given, context };
        if self.is_binary(property, line.transfer) {
            let placed = self.place(known, Values::Bytes(bytes.into_owned()));
            return self.settled(placed, known, None, last, ("", surplus));
        }
        let (text, notes) = charset::decode(bytes, charset.as_deref());
        for kind in notes {
            self.note(line.line, &property.name, kind);
        }
        if !is_structured(property) {
            // What came in base 64 has no escapes.
            let value = match line.transfer {
                Transfer::Base64 => text.clone(),
                _ => split::next_value(&text, &[], context.mode).0,
            };
            let placed = self.place(known, Values::Texts(&mut [value]));
            return self.settled(placed, known, None, last, (&text, surplus));
        }
        let ValueCount::Fixed(count) = property.count else {
            return self.store_list(known, &text, last, surplus);
        };
        let mut values = Vec::with_capacity(usize::from(count));
        let mut rest = Some(text.as_ref());
        let mut used = text.len();
        while let Some(value_text) = rest {
            if values.len() == usize::from(count) {
                // The separator before what is too much belongs to it.
                used = text.len() - value_text.len();
                let separator = text[..used].chars().next_back().map_or(0, char::len_utf8);
                let further = &text[used - separator..];
                used -= separator;
                if further.chars().any(|c| !separators.contains(&c)) {
                    if self.keeps() {
                        surplus.values = further.replace('\n', "\\n");
                    } else {
                        self.note(line.line, &property.name, NoteKind::TooManyValues);
                    }
                }
                break;
            }
            let (value, next) = split::next_value(value_text, separators, context.mode);
            values.push(value);
            rest = next;
        }
        let placed = self.place(known, Values::Texts(&mut values));
        self.settled(placed, known, None, last, (&text[..used], surplus))
    }

    /// Stores each value of a list as if it was a property of its own.
    fn store_list(&mut self, known: Known<'_>, text: &str, last: bool, surplus: Surplus) -> bool {
        let separators = self.plan.properties[known.index].separators.as_slice();
        let mode = known.context.mode;
        let mut rest = Some(text);
        let mut first = true;
        let mut surplus = Some(surplus);
        while let Some(text) = rest {
            let (value, next) = split::next_value(text, separators, mode);
            let raw = &text[..text.len() - next.map_or(0, |next| next.len())];
            rest = next;
            // An empty list is an empty property, and not a list of one empty value.
            if !value.is_empty() || (first && next.is_none()) {
                let placed = self.place(known, Values::Texts(&mut [value]));
                let raw = raw.strip_suffix(separators).filter(|_| next.is_some()).unwrap_or(raw);
                let beside = (raw, surplus.take().unwrap_or_default());
                let last = last || !first;
                if !self.settled(placed, known, Some(raw), last, beside) && first {
                    return false;
                }
            }
            first = false;
        }
        true
    }

    /// What is left to do when an occurrence was stored, or was not. `value` is the one of a list that it is about,
    /// `beside` what the occurrence is told by, and what of it has no field.
    fn settled(
        &mut self,
        placed: Placed,
        known: Known<'_>,
        value: Option<&str>,
        last: bool,
        beside: (&str, Surplus),
    ) -> bool {
        let Known { path, line, .. } = known;
        match placed {
            Placed::At(parameters) => {
                if self.keeps() {
                    let (value, mut surplus) = beside;
                    surplus.parameters.push_str(&parameters);
                    self.leave_surplus(path, line, value, surplus);
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

    /// The zone that the line says its times are in.
    fn zone(&mut self, property: &Property, line: &ContentLine<'_>) -> Option<Zone> {
        if !line.has_named {
            return None;
        }
        let says = |name: &[u8]| {
            let is_zone = |parameter: &Parameter| {
                let conversion = parameter.value.as_ref().map(|map| map.conversion);
                conversion == Some(Conversion::TzId) && parameter.name.as_bytes().eq_ignore_ascii_case(name)
            };
            name.eq_ignore_ascii_case(TZID.as_bytes()) || property.parameters.iter().any(is_zone)
        };
        let (_, id) = line.parameters().find(|(name, _)| says(name))?;
        let id = String::from_utf8_lossy(id).into_owned();
        let zone = self.times.find(&id);
        if zone.is_none() && !id.trim().is_empty() {
            self.note(line.line, &property.name, NoteKind::UnknownZone(id));
        }
        zone
    }

    /// The parameters of the line that the profile knows, taken apart into single values.
    fn parameters<'l>(
        &mut self,
        property: &Property,
        line: &'l ContentLine<'_>,
        charset: Option<&str>,
        surplus: &mut Surplus,
    ) -> Given<'l> {
        let mut given = Vec::new();
        for (raw_name, raw_value) in line.parameters() {
            let (text, _) = charset::decode(Cow::Borrowed(raw_value), charset);
            if raw_name.is_empty() {
                let mut take = |part: Cow<'l, str>| match self.default_parameter(property, &part) {
                    Some(index) => given.push((index, part)),
                    None => self.unknown_parameter(property, line, &part, &part, surplus),
                };
                match text {
                    Cow::Borrowed(text) => {
                        split::parameter_parts(text).for_each(|(part, _)| take(part.into()))
                    }
                    Cow::Owned(text) => {
                        split::parameter_parts(&text).for_each(|(part, _)| take(Cow::Owned(part.to_owned())))
                    }
                }
                continue;
            }
            let known = property.parameters.iter().enumerate().position(|(index, parameter)| {
                parameter.name.as_bytes().eq_ignore_ascii_case(raw_name)
                    && self.setting.has_parameter(property, index)
            });
            match known {
                Some(index) => take_values(&property.parameters[index], index, text, &mut given),
                // A value type that the profile does not store says nothing that the value does not, and a zone has
                // been applied to the value.
                None if raw_name.eq_ignore_ascii_case(b"VALUE") => {}
                None if raw_name.eq_ignore_ascii_case(TZID.as_bytes()) => {}
                None => {
                    let name = String::from_utf8_lossy(raw_name);
                    self.unknown_parameter(property, line, &format!("{name}={text}"), &name, surplus);
                }
            }
        }
        given
    }

    fn unknown_parameter(
        &mut self,
        property: &Property,
        line: &ContentLine<'_>,
        text: &str,
        name: &str,
        surplus: &mut Surplus,
    ) {
        if self.keeps() {
            surplus.parameters.push(';');
            surplus.parameters.push_str(&text.replace(['\n', '\r'], " "));
        } else {
            self.note(line.line, &property.name, NoteKind::UnknownParameter(name.to_owned()));
        }
    }

    /// The parameter that a value without a name belongs to: the first default one that knows it, or else the
    /// first default one.
    fn default_parameter(&self, property: &Property, value: &str) -> Option<usize> {
        let mut defaults =
            property.parameters.iter().enumerate().filter(|(index, parameter)| {
                parameter.default && self.setting.has_parameter(property, *index)
            });
        let knows = |parameter: &Parameter| {
            let rules = parameter.value.as_ref().map(|map| map.enums.as_slice()).unwrap_or_default();
            enums::to_value(rules, value) != Translated::Unknown
        };
        let first = defaults.next()?;
        let Some(second) = defaults.next() else { return Some(first.0) };
        let known = [first, second].into_iter().chain(defaults).find(|(_, parameter)| knows(parameter));
        Some(known.unwrap_or(first).0)
    }

    fn place(&mut self, known: Known<'_>, values: Values<'_>) -> Placed {
        let Known { index, line, group, given, context, .. } = known;
        let property: &Property = &self.plan.properties[index].property;
        let has_values = match &values {
            Values::Texts(texts) => texts.iter().any(|text| !text.is_empty()),
            Values::Bytes(bytes) => !bytes.is_empty(),
        };
        let shown = |(index, value): &(usize, Cow<'_, str>)| {
            property.parameters[*index].show_non_empty && !value.is_empty()
        };
        let empty = !has_values && !given.iter().any(shown);
        let found = match self.find_place(index, property, given, group) {
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
        if found.replaces && self.clear(property, found.place) {
            self.note(line.line, &property.name, NoteKind::Replaced);
        }
        if let Some(field) = property.group_field.and_then(|field| field.offset(found.place.0))
            && !group.is_empty()
        {
            self.item.set_at(field, found.place.1, Value::Text(group.to_owned()));
        }
        let mut refused = None;
        match values {
            Values::Bytes(bytes) => {
                if let [map] = property.values.as_slice()
                    && let Err(kind) = convert::store_bytes(map, bytes, found.place, &mut self.item)
                {
                    refused = Some(kind);
                }
            }
            Values::Texts(texts) => {
                let list = !matches!(property.count, ValueCount::Fixed(_));
                for map in &property.values {
                    let place = if list { 0 } else { usize::from(map.index) };
                    // Several fields may take the same value.
                    let Some(text) = texts.get(place) else { continue };
                    let text = Cow::Borrowed(text.as_ref());
                    match convert::store(map, text, found.place, context, &mut self.item) {
                        Ok(()) => {}
                        Err(kind @ (NoteKind::NotUnderstood(_) | NoteKind::RuleRefused(_))) => {
                            refused = Some(kind);
                        }
                        Err(kind) => self.note(line.line, &property.name, kind),
                    }
                }
            }
        }
        let mut surplus = Surplus::default();
        for (index, value) in given {
            if let Some(map) = &property.parameters[*index].value {
                let stored =
                    convert::store(map, Cow::Borrowed(value.as_ref()), found.place, context, &mut self.item);
                match stored {
                    Ok(()) => {}
                    // What decided about the position was of use, even if it is stored nowhere else.
                    Err(NoteKind::NotUnderstood(_)) if enums::exact(&map.enums, value).is_some() => {}
                    Err(NoteKind::NotUnderstood(text)) => {
                        let parameter = &property.parameters[*index];
                        let named = format!("{}={text}", parameter.name);
                        // As the dialect writes it.
                        let bare = parameter.default && context.mode == MimeMode::Old;
                        let kept = if bare { &text } else { &named };
                        self.unknown_parameter(property, line, kept, &named, &mut surplus);
                    }
                    Err(kind) => self.note(line.line, &property.name, kind),
                }
            }
        }
        refused.map_or(Placed::At(surplus.parameters), Placed::Refused)
    }

    /// The first position that fits the parameters and has room (manual 10.3.7). A property without positions
    /// has one place, in which the first occurrence stays, unless its values are combined there.
    fn find_place(
        &self,
        index: usize,
        property: &Property,
        given: &Given<'_>,
        group: &str,
    ) -> Result<Found, NoteKind> {
        let counters = &self.plan.properties[index].counters;
        let is_used =
            |counter: usize| self.counters.next[counter] > 0 || self.counters.taken.contains(&(counter, 0));
        if property.positions.is_empty() {
            let counter = counters.first().copied().unwrap_or_default();
            if is_used(counter) && !shares(property) {
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
                    return found(position.offset, 0, 0, is_used(*counter) && !shares(property));
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
    fn clear(&mut self, property: &Property, place: Place) -> bool {
        let mut cleared = false;
        let parameters = property.parameters.iter().filter_map(|parameter| parameter.value.as_ref());
        for map in property.values.iter().chain(parameters) {
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

/// Whether the values of several occurrences go into one place.
fn shares(property: &Property) -> bool {
    let shares =
        |map: &ValueMap| matches!(map.combine, Combine::With(_)) || map.conversion == Conversion::EmptyOnly;
    property.values.iter().any(shares)
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
