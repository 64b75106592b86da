//! The parameters of a line: which of the profile they are, their single values, and the zone that they say
//! (manual 10.3.6).
//!
//! Not its job: where their values are stored.

use std::borrow::Cow;

use syncloom_config::Property;
use syncloom_script::Zone;
use syncloom_script::text::trimmed;

use super::line::Line;
use super::{Parser, split};
use crate::charset;
use crate::note::NoteKind;
use crate::plan::{ParameterPlan, PropertyPlan};

/// The parameter that says in which zone the times of a property are (RFC 5545 section 3.2.19). Like `ENCODING`
/// it is part of the syntax: it counts where the profile has no such parameter, too.
pub(super) const TZID: &str = "TZID";

/// A parameter of a line, with one value.
pub(super) struct Given<'l> {
    /// Which one of the property it is.
    pub parameter: usize,
    /// The rule that translates the value.
    pub rule: Option<usize>,
    pub value: Cow<'l, str>,
}

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
        given: &mut Vec<Given<'p>>,
    ) {
        let is_usual = charset::is_usual(charset);
        for parameter in line.parameters() {
            let text = match parameter.text().filter(|_| is_usual) {
                Some(text) => Cow::Borrowed(text),
                None => charset::decode(Cow::Borrowed(parameter.value()), charset).0,
            };
            let name = parameter.name();
            let known = if name.is_empty() { None } else { self.parameter_of(plan, name) };
            if known.is_none() && !name.is_empty() {
                // A value type that the profile does not store says nothing that the value does not, and a zone has
                // been applied to the value.
                if !(name.eq_ignore_ascii_case(b"VALUE") || name.eq_ignore_ascii_case(TZID.as_bytes())) {
                    let name = String::from_utf8_lossy(name);
                    self.unknown_parameter(&plan.property, line, &format!("{name}={text}"), &name);
                }
                continue;
            }
            let mut take = |value: Cow<'p, str>| match known.or_else(|| self.default_parameter(plan, &value))
            {
                Some(parameter) => {
                    let rule = plan.parameters[parameter].rule(&value);
                    given.push(Given { parameter, rule, value });
                }
                None => self.unknown_parameter(&plan.property, line, &value, &value),
            };
            let known = known.map(|known| &plan.parameters[known]);
            match text {
                Cow::Borrowed(text) if !parameter.has_parts() && known.is_none_or(|known| known.is_list) => {
                    take(Cow::Borrowed(trimmed(text)));
                }
                Cow::Borrowed(text) => each_value(known, text, |value| take(Cow::Borrowed(value))),
                Cow::Owned(text) => each_value(known, &text, |value| take(Cow::Owned(value.to_owned()))),
            }
        }
    }

    /// The parameter of a name.
    fn parameter_of(&self, plan: &PropertyPlan, name: &[u8]) -> Option<usize> {
        plan.property.parameters.iter().enumerate().position(|(index, parameter)| {
            parameter.name.as_bytes().eq_ignore_ascii_case(name) && self.setting.has_parameter(plan, index)
        })
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
        if let [only] = *plan.defaults {
            return self.setting.has_parameter(plan, only).then_some(only);
        }
        let mut defaults =
            plan.defaults.iter().copied().filter(|index| self.setting.has_parameter(plan, *index));
        let knows = |index: &usize| !value.is_empty() && plan.parameters[*index].rule(value).is_some();
        let first = defaults.next()?;
        let Some(second) = defaults.next() else { return Some(first) };
        let known = [first, second].into_iter().chain(defaults).find(knows);
        Some(known.unwrap_or(first))
    }
}

/// Takes a parameter value apart where its parameter may hold several. Where a value has no name, each may be of another
/// parameter.
fn each_value<'t>(known: Option<&ParameterPlan>, text: &'t str, mut take: impl FnMut(&'t str)) {
    if let Some(known) = known.filter(|known| !known.is_list) {
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        if known.value.is_some() {
            take(inner.unwrap_or(text));
        }
        return;
    }
    for (part, quoted) in split::parameter_parts(text) {
        // Some write a whole list between one pair of quotes. What a rule knows as a whole is no list.
        if quoted && part.contains(',') && known.is_some_and(|known| known.rule(part).is_none()) {
            part.split(',').for_each(|part| take(part.trim()));
        } else {
            take(part);
        }
    }
}
