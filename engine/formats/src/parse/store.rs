//! One property of the text to the fields of the item: positions, groups, values (manual 10.3.3 to 10.3.7).

use std::borrow::Cow;

use syncloom_config::{Conversion, MimeMode, Property, Repeat, ValueCount};
use syncloom_script::Value;
use syncloom_script::item::MAX_ARRAY_INDEX;

use super::line::{Line, Transfer};
use super::parameters::Given;
use super::{Parser, split, transfer};
use crate::charset;
use crate::convert::{self, Place};
use crate::enums;
use crate::note::NoteKind;
use crate::plan::{Binary, PropertyPlan, moved};

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

/// What is known of a line for all its values.
#[derive(Clone, Copy)]
struct Known<'o, 'p> {
    plan: &'p PropertyPlan,
    /// The component that it stands in.
    path: &'p str,
    line: Line<'p>,
    group: &'o str,
    given: &'o [Given<'p>],
    /// The one of a list that it is about.
    value: Option<&'o str>,
    /// Whether no other property will take it.
    last: bool,
}

/// The values of an occurrence.
enum Values<'v> {
    /// Texts, and whether there are escapes in them.
    Texts(&'v [&'v str], bool),
    Bytes(Vec<u8>),
}

/// How many values most properties have at most.
const USUAL_VALUES: usize = 8;

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
        self.surplus.clear();
        self.context.own_zone = None;
        if line.is_bare() {
            let known = Known { plan, path, line, group: "", given: &[], value: None, last };
            return self.store_value(&known, None);
        }
        let charset = line.charset();
        let charset = charset.as_deref();
        self.context.own_zone = self.zone(plan, line);
        let mut given = std::mem::take(&mut self.given);
        self.parameters(plan, line, charset, &mut given);
        let group = String::from_utf8_lossy(line.group());
        if !group.is_empty() && plan.property.group_field.is_none() {
            self.surplus.group = group.clone().into_owned();
            if !self.keeps() {
                let kind = NoteKind::UnstoredGroup(group.clone().into_owned());
                self.note(line.number(), &plan.property.name, kind);
            }
        }
        if let Some(encoding) = line.unknown_encoding() {
            self.note(line.number(), &plan.property.name, NoteKind::UnknownEncoding(encoding.into_owned()));
        }
        let known = Known { plan, path, line, group: &group, given: &given, value: None, last };
        let stored = self.store_value(&known, charset);
        given.clear();
        self.given = given;
        stored
    }

    /// Stores the value of a line, or its values.
    #[inline]
    fn store_value(&mut self, known: &Known<'_, 'p>, charset: Option<&str>) -> bool {
        let Known { plan, line, .. } = *known;
        let is_text =
            line.transfer() == Transfer::Plain && plan.binary != Binary::Always && charset::is_usual(charset);
        match if is_text { line.text() } else { None } {
            Some(text) => self.store_text(known, text, line.may_have_escapes() && split::has_escapes(text)),
            None => self.store_encoded(known, charset),
        }
    }

    /// Decodes the value of a line and stores it, or them.
    fn store_encoded(&mut self, known: &Known<'_, 'p>, charset: Option<&str>) -> bool {
        let Known { plan, line, .. } = *known;
        let property: &Property = &plan.property;
        let bytes = match line.transfer() {
            Transfer::Plain if plan.binary == Binary::Always => bytes(line),
            Transfer::Plain => Cow::Borrowed(line.value()),
            Transfer::QuotedPrintable => {
                let separators = plan.separators.as_slice().iter();
                let bytes: Vec<u8> = separators.filter_map(|c| u8::try_from(*c).ok()).collect();
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
            return self.place(known, Values::Bytes(bytes.into_owned()), "");
        }
        let (text, notes) = charset::decode(bytes, charset);
        for kind in notes {
            self.note(line.number(), &property.name, kind);
        }
        match (plan.property.count, in_base64) {
            // What came in base 64 has no escapes.
            (ValueCount::Fixed(1), true) => self.place(known, Values::Texts(&[&text], false), &text),
            _ => self.store_text(known, &text, split::has_escapes(&text)),
        }
    }

    /// Stores a text as the value of a property, or its values.
    #[inline]
    fn store_text(&mut self, known: &Known<'_, 'p>, text: &str, has_escapes: bool) -> bool {
        match known.plan.property.count {
            ValueCount::Fixed(1) => self.place(known, Values::Texts(&[text], has_escapes), text),
            ValueCount::Fixed(count) => self.store_several(known, text, has_escapes, usize::from(count)),
            ValueCount::List | ValueCount::ExpandedList => self.store_list(known, text, has_escapes),
        }
    }

    /// Stores the values of a property that has several different ones.
    fn store_several(&mut self, known: &Known<'_, 'p>, text: &str, has_escapes: bool, count: usize) -> bool {
        let (mut few, mut many) = ([""; USUAL_VALUES], Vec::new());
        let values = few.get_mut(..count).unwrap_or_else(|| {
            many.resize(count, "");
            &mut many
        });
        let separators = &known.plan.separators;
        let (found, used) = split::cut_all(text, separators, values);
        let further = &text[used..];
        if further.chars().any(|c| !separators.as_slice().contains(&c)) {
            if self.keeps() {
                self.surplus.values = further.replace('\n', "\\n");
            } else {
                self.note(known.line.number(), &known.plan.property.name, NoteKind::TooManyValues);
            }
        }
        let is_there = |place: &usize| values.get(*place).is_some_and(|value| !value.is_empty());
        if known.plan.unstored.iter().any(is_there) && self.leave_between(known, &values[..found]) {
            return true;
        }
        self.place(known, Values::Texts(&values[..found], has_escapes), &text[..used])
    }

    /// Keeps or notes the values that have no field. `true` says that the line is kept as it is, as it has no others.
    fn leave_between(&mut self, known: &Known<'_, 'p>, values: &[&str]) -> bool {
        let Known { plan, path, line, .. } = *known;
        let mode = self.context.mode;
        let is_there = |place: &&usize| values.get(**place).is_some_and(|value| !value.is_empty());
        for place in plan.unstored.iter().filter(is_there) {
            let kind = NoteKind::UnstoredValue(place + 1);
            if !self.keeps() {
                self.note(line.number(), &plan.property.name, kind);
                continue;
            }
            let unescaped = values.iter().map(|value| match split::has_escapes(value) {
                true => Cow::Owned(split::unescaped(value, &plan.separators, mode)),
                false => Cow::Borrowed(*value),
            });
            if self.surplus.keep_between(unescaped, &plan.unstored) {
                return false;
            }
            self.leave_line(path, line, None, kind);
            return true;
        }
        false
    }

    /// Stores each value of a list as if it was a property of its own.
    fn store_list(&mut self, known: &Known<'_, 'p>, text: &str, has_escapes: bool) -> bool {
        let mut last = known.last;
        let mut rest = Some(text);
        let mut first = true;
        while let Some(text) = rest {
            let (value, next) = split::cut(text, &known.plan.separators);
            rest = next;
            // An empty list is an empty property, and not a list of one empty value.
            if !value.is_empty() || (first && next.is_none()) {
                let known = Known { value: Some(value), last, ..*known };
                if !self.place(&known, Values::Texts(&[value], has_escapes), value) && first {
                    return false;
                }
                // It is told with the first value.
                self.surplus.clear();
            }
            (first, last) = (false, true);
        }
        true
    }

    /// Stores an occurrence, which is told by a text. `false` says that there is no place for it.
    fn place(&mut self, known: &Known<'_, 'p>, values: Values<'_>, told: &str) -> bool {
        let Known { plan, path, line, group, given, .. } = *known;
        let property: &'p Property = &plan.property;
        let has_values = match &values {
            Values::Texts(texts, _) => texts.iter().any(|text| !text.is_empty()),
            Values::Bytes(bytes) => !bytes.is_empty(),
        };
        let shown =
            |one: &Given<'_>| property.parameters[one.parameter].show_non_empty && !one.value.is_empty();
        let empty = !has_values && !given.iter().any(shown);
        let found = match self.find_place(plan, given, group) {
            Ok(found) => found,
            // Nothing is lost.
            Err(_) if empty => return true,
            Err(why) => {
                if known.last {
                    self.leave_line(path, line, known.value, why);
                }
                return false;
            }
        };
        if !(empty && found.overwrite_empty) {
            self.counters.used(found.counter, property.group_field, group, found.repetition);
        }
        if empty {
            return true;
        }
        if found.replaces && self.clear(plan, found.place) {
            self.note(line.number(), &property.name, NoteKind::Replaced);
        }
        if let Some(field) = property.group_field.and_then(|field| field.offset(found.place.0))
            && !group.is_empty()
            && !self.item.get_at(field, found.place.1).to_text().eq_ignore_ascii_case(group)
        {
            self.item.set_at(field, found.place.1, Value::Text(group.into()));
        }
        let refused = self.set_values(plan, line, values, found.place);
        self.set_parameters(plan, line, given, found.place);
        // What is not kept and not stored either must not stand in the way of an occurrence that can be stored.
        if let (Some(NoteKind::NotUnderstood(_)), [_]) = (&refused, plan.values.as_slice())
            && !self.keeps()
            && property.group_field.is_none()
        {
            self.clear(plan, found.place);
            self.counters.give_back(found.counter, found.repetition);
        }
        match refused {
            Some(why) => self.leave_value(path, line, why),
            None if self.keeps() => self.leave_surplus(path, line, told),
            None => {}
        }
        true
    }

    /// Sets the fields of the values. What comes back says that one of them cannot hold its value.
    fn set_values(
        &mut self,
        plan: &PropertyPlan,
        line: Line<'_>,
        values: Values<'_>,
        place: Place,
    ) -> Option<NoteKind> {
        let (texts, has_escapes) = match values {
            Values::Texts(texts, has_escapes) => (texts, has_escapes),
            Values::Bytes(bytes) => match plan.values.as_slice() {
                [map] => return convert::store_bytes(map, bytes, place, &mut self.item).err(),
                _ => return None,
            },
        };
        let is_list = !matches!(plan.property.count, ValueCount::Fixed(_));
        let mut refused = None;
        for map in &plan.values {
            // Several fields may take the same value.
            let Some(text) = texts.get(if is_list { 0 } else { usize::from(map.index) }) else { continue };
            let unescaped;
            let text: &str = if has_escapes {
                unescaped = split::unescaped(text, &plan.separators, self.context.mode);
                &unescaped
            } else {
                text
            };
            match convert::store(map, text, place, &self.context, &mut self.item) {
                Ok(()) => {}
                Err(kind @ (NoteKind::NotUnderstood(_) | NoteKind::RuleRefused(_))) => refused = Some(kind),
                Err(kind) => self.note(line.number(), &plan.property.name, kind),
            }
        }
        refused
    }

    /// Sets the fields of the parameters.
    fn set_parameters(&mut self, plan: &PropertyPlan, line: Line<'_>, given: &[Given<'_>], place: Place) {
        let property: &Property = &plan.property;
        for Given { parameter, rule, value } in given {
            let Some(map) = &plan.parameters[*parameter].value else { continue };
            match convert::store_by(map, *rule, value, place, &self.context, &mut self.item) {
                Ok(()) => {}
                // What decided about the position was of use, even if it is stored nowhere else.
                Err(NoteKind::NotUnderstood(_)) if enums::exact(&map.enums, value).is_some() => {}
                Err(NoteKind::NotUnderstood(text)) => {
                    let parameter = &property.parameters[*parameter];
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

    /// The first position that fits the parameters and has room (manual 10.3.7). A property without positions
    /// has one place, in which the first occurrence stays, unless its values are combined there or are flags.
    fn find_place(&self, plan: &PropertyPlan, given: &[Given<'_>], group: &str) -> Result<Found, NoteKind> {
        let (property, counters) = (&plan.property, &plan.counters);
        if property.positions.is_empty() {
            let counter = counters.first().copied().unwrap_or_default();
            if self.counters.is_used(counter) && !plan.shares && !is_flags(plan) {
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
            let Some(wanted) = map.and_then(|map| map.enums.get(*rule)) else { return false };
            let is_it = |one: &Given<'_>| {
                one.parameter == *parameter
                    && (one.rule == Some(*rule) || wanted.name.eq_ignore_ascii_case(&one.value))
            };
            wanted.positional && given.iter().any(is_it)
        };
        let mut fits = false;
        for (index, position) in property.positions.iter().enumerate() {
            let counter = counters[index];
            if !position.has.iter().all(given_has) || position.has_not.iter().any(given_has) {
                continue;
            }
            fits = true;
            let found = |offset, index, repetition, replaces| {
                Ok(Found {
                    place: (offset, index),
                    counter,
                    repetition,
                    replaces,
                    overwrite_empty: position.overwrite_empty,
                })
            };
            let repetition = self.counters.repetition(counter, property.group_field, group);
            match position.repeat {
                Repeat::Rewrite => {
                    return found(position.offset, 0, 0, self.counters.is_used(counter) && !plan.shares);
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
