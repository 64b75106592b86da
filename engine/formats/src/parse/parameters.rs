//! The parameters of a line: which of the profile they are, their single values, and the zone that they say
//! (manual 10.3.6).
//!
//! Not its job: where their values are stored.

use std::borrow::Cow;

use syncloom_config::{Combine, Conversion, Property, ValueMap};
use syncloom_script::Zone;

use super::line::Line;
use super::{Parser, split};
use crate::charset;
use crate::enums::{self, Translated};
use crate::note::NoteKind;
use crate::plan::PropertyPlan;

/// The parameter that says in which zone the times of a property are (RFC 5545 section 3.2.19). Like `ENCODING`
/// it is part of the syntax: it counts where the profile has no such parameter, too.
pub(super) const TZID: &str = "TZID";

/// The parameters of a line that the profile has: index, and one value.
pub(super) type Given<'l> = Vec<(usize, Cow<'l, str>)>;

impl<'p> Parser<'p> {
    /// The zone that the line says its times are in.
    pub(super) fn zone(&mut self, plan: &PropertyPlan, line: Line<'p>) -> Option<Zone> {
        if !line.has_named() {
            return None;
        }
        let property = &plan.property;
        let says = |name: &[u8]| {
            let mut zones = plan.zones.iter().map(|index| property.parameters[*index].name.as_bytes());
            name.eq_ignore_ascii_case(TZID.as_bytes()) || zones.any(|known| known.eq_ignore_ascii_case(name))
        };
        let said = line.parameters().find(|one| says(one.name()))?;
        let id = String::from_utf8_lossy(said.value());
        let zone = self.times.find(&id);
        if zone.is_none() && !id.trim().is_empty() {
            self.note(line.number(), &property.name, NoteKind::UnknownZone(id.into_owned()));
        }
        zone
    }

    /// Takes the parameters of the line that the profile knows apart into single values.
    pub(super) fn parameters(
        &mut self,
        plan: &PropertyPlan,
        line: Line<'p>,
        charset: Option<&str>,
        given: &mut Given<'p>,
    ) {
        let property: &Property = &plan.property;
        let is_usual = charset::is_usual(charset);
        for parameter in line.parameters() {
            let raw_name = parameter.name();
            let text = match parameter.text().filter(|_| is_usual) {
                Some(text) => Cow::Borrowed(text),
                None => charset::decode(Cow::Borrowed(parameter.value()), charset).0,
            };
            if raw_name.is_empty() {
                let mut take = |part: Cow<'p, str>| match self.default_parameter(plan, &part) {
                    Some(index) => given.push((index, part)),
                    None => self.unknown_parameter(property, line, &part, &part),
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
                    && self.setting.has_parameter(plan, index)
            });
            match known {
                Some(index) => take_values(property, index, text, given),
                // A value type that the profile does not store says nothing that the value does not, and a zone has
                // been applied to the value.
                None if raw_name.eq_ignore_ascii_case(b"VALUE") => {}
                None if raw_name.eq_ignore_ascii_case(TZID.as_bytes()) => {}
                None => {
                    let name = String::from_utf8_lossy(raw_name);
                    self.unknown_parameter(property, line, &format!("{name}={text}"), &name);
                }
            }
        }
    }

    /// Keeps or notes a parameter that there is no place for.
    pub(super) fn unknown_parameter(&mut self, property: &Property, line: Line<'_>, text: &str, name: &str) {
        if self.keeps() {
            let parameters = &mut self.surplus.parameters;
            parameters.push(';');
            parameters.push_str(&text.replace(['\n', '\r'], " "));
        } else {
            self.note(line.number(), &property.name, NoteKind::UnknownParameter(name.to_owned()));
        }
    }

    /// The parameter that a value without a name belongs to: the first default one that knows it, or else the
    /// first default one.
    fn default_parameter(&self, plan: &PropertyPlan, value: &str) -> Option<usize> {
        let parameters = &plan.property.parameters;
        let mut defaults = (0..parameters.len())
            .filter(|index| parameters[*index].default && self.setting.has_parameter(plan, *index));
        let knows = |index: &usize| {
            let rules = parameters[*index].value.as_ref().map(|map| map.enums.as_slice()).unwrap_or_default();
            enums::to_value(rules, value) != Translated::Unknown
        };
        let first = defaults.next()?;
        let Some(second) = defaults.next() else { return Some(first) };
        let known = [first, second].into_iter().chain(defaults).find(knows);
        Some(known.unwrap_or(first))
    }
}

/// Takes a parameter value apart where its rules or its way to combine values say that it holds several.
fn take_values<'l>(property: &Property, index: usize, text: Cow<'l, str>, given: &mut Given<'l>) {
    let parameter = &property.parameters[index];
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
