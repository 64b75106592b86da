//! One occurrence of a property: its values, its parameters, and the encoding that they need.

use std::borrow::Cow;

use syncloom_config::{Conversion, MimeMode, Parameter, Property, ValueCount};
use syncloom_script::Value;

use super::escape::{BEYOND_ASCII, CONTROL};
use super::{Generator, Slot, fold};
use crate::convert::{self, Place};
use crate::note::NoteKind;
use crate::parse;
use crate::plan::{PropertyPlan, target};

/// The values of an occurrence.
pub(super) enum Rendered<'g> {
    /// Its texts; all of them, empty ones too, where it has a fixed number of them.
    Texts(Vec<Cow<'g, str>>),
    /// Bytes for base 64.
    Bytes(Cow<'g, [u8]>),
    /// An address that stands in for the bytes.
    Address(&'g str),
}

/// How an address begins that a blob holds instead of the data: no picture or sound begins like this. It is
/// written as `VALUE=URI`, because its bytes in base 64 would be a broken picture to the other side.
const ADDRESSES: [&[u8]; 6] = [b"http://", b"https://", b"ftp://", b"cid:", b"file://", b"data:"];

impl<'g> Generator<'g> {
    /// The values at a place.
    pub(super) fn render(&mut self, plan: &'g PropertyPlan, place: Place) -> Rendered<'g> {
        let item = self.item;
        if let [map] = plan.values.as_slice()
            && let Some(field) = target(map, place.0)
        {
            match (map.conversion, item.get_at(field, place.1)) {
                (Conversion::BlobBase64, Value::Blob(bytes)) => {
                    return address(bytes).map_or(Rendered::Bytes(bytes.into()), Rendered::Address);
                }
                (Conversion::BlobBase64, value) if !value.is_empty() => {
                    return Rendered::Bytes(value.to_text().into_bytes().into());
                }
                (_, Value::Blob(bytes)) if !is_text(bytes) => return Rendered::Bytes(bytes.into()),
                _ => {}
            }
        }
        let mut texts = std::mem::take(&mut self.spare);
        match plan.property.count {
            ValueCount::Fixed(1) => {
                let values = plan.values.iter().filter(|map| map.index == 0);
                let mut found = values.map(|map| convert::text(map, place, &self.context, item));
                texts.push(found.find(|text| !text.is_empty()).unwrap_or_default());
            }
            ValueCount::Fixed(count) => {
                texts.resize(usize::from(count), Cow::Borrowed(""));
                for map in &plan.values {
                    if let Some(text) = texts.get_mut(usize::from(map.index)).filter(|text| text.is_empty()) {
                        *text = convert::text(map, place, &self.context, item);
                    }
                }
            }
            ValueCount::List | ValueCount::ExpandedList => {
                for map in &plan.values {
                    convert::texts(map, place, &self.context, item, &mut texts);
                }
            }
        }
        Rendered::Texts(texts)
    }

    /// Whether the occurrence is one: it has a value, or a parameter that is worth showing without one.
    pub(super) fn is_shown(&self, plan: &'g PropertyPlan, place: Place, rendered: &Rendered<'_>) -> bool {
        let has_value = match rendered {
            Rendered::Texts(texts) => texts.iter().any(|text| !text.is_empty()),
            Rendered::Bytes(bytes) => !bytes.is_empty(),
            Rendered::Address(_) => true,
        };
        let parameters = plan.property.parameters.iter().zip(&plan.parameters).enumerate();
        let mut shown = parameters.filter(|(_, (parameter, _))| parameter.show_non_empty);
        has_value
            || shown.any(|(index, (_, parameter))| {
                let Some(map) = &parameter.value else { return false };
                let mut texts = Vec::new();
                convert::texts(map, place, &self.context, self.item, &mut texts);
                self.setting.has_parameter(plan, index) && !texts.is_empty()
            })
    }

    /// Writes an occurrence; without values, an empty one.
    pub(super) fn write(
        &mut self,
        index: usize,
        plan: &'g PropertyPlan,
        slot: Slot,
        rendered: Option<Rendered<'g>>,
    ) {
        let property: &'g Property = &plan.property;
        let limit = self.setting.limit(index).and_then(|limit| Some((limit.max_size?, limit.no_truncate)));
        if rendered.is_some() {
            self.mark_written(&property.name);
            self.use_zone(plan, slot.place);
        }
        let mut texts = match rendered {
            Some(Rendered::Bytes(bytes)) => {
                if let Some((most, _)) = limit.filter(|(most, _)| bytes.len() > *most) {
                    // Half a picture is none.
                    return self.leave_out(index, plan, slot, most);
                }
                self.begin_header(plan, slot, true);
                self.body.clear();
                self.decorate(plan);
                return self.write_bytes(&bytes);
            }
            Some(Rendered::Address(address)) => {
                self.begin_header(plan, slot, true);
                let has_value_type =
                    property.parameters.iter().any(|parameter| parameter.name.eq_ignore_ascii_case("VALUE"));
                if !has_value_type {
                    let is_old = self.context.mode == MimeMode::Old;
                    self.header.push_str(if is_old { ";VALUE=URL" } else { ";VALUE=URI" });
                }
                self.body.clear();
                self.body.push(address);
                self.decorate(plan);
                return self.write_text();
            }
            Some(Rendered::Texts(texts)) => texts,
            None => {
                self.begin_header(plan, slot, false);
                self.body.clear();
                if let ValueCount::Fixed(count) = property.count {
                    (1..count).for_each(|_| self.body.separate(property.separator));
                }
                return self.write_text();
            }
        };
        if let Some((most, no_truncate)) = limit {
            for text in texts.iter_mut().filter(|text| text.len() > most) {
                // Half a time or half a rule is another one.
                if no_truncate || !plan.cut {
                    return self.leave_out(index, plan, slot, most);
                }
                self.note(&property.name, NoteKind::Truncated(most));
                let end = text.floor_char_boundary(most);
                *text = Cow::Owned(text[..end].to_owned());
            }
        }
        if property.count == ValueCount::ExpandedList {
            for text in &texts {
                self.begin_header(plan, slot, true);
                self.fill_body(plan, std::slice::from_ref(text));
                self.decorate(plan);
                self.write_text();
            }
            return;
        }
        self.begin_header(plan, slot, true);
        self.fill_body(plan, &texts);
        self.decorate(plan);
        self.write_text();
        self.give_back(texts);
    }

    /// The peer does not get an occurrence: one that is longer than what it holds.
    fn leave_out(&mut self, index: usize, plan: &PropertyPlan, slot: Slot, most: usize) {
        self.left_out.push((index, slot));
        self.note(&plan.property.name, NoteKind::LeftOut(most));
    }

    /// Keeps the room of texts that are done with for the next ones.
    pub(super) fn give_back(&mut self, mut texts: Vec<Cow<'g, str>>) {
        texts.clear();
        self.spare = texts;
    }

    fn fill_body(&mut self, plan: &PropertyPlan, texts: &[Cow<'_, str>]) {
        self.body.clear();
        if plan.raw {
            return texts.iter().for_each(|text| self.body.push(text));
        }
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                self.body.separate(plan.property.separator);
            }
            self.body.push_value(text, &plan.escapes);
        }
    }

    /// Group, name and parameters. An occurrence without values shows what decides about its position, and
    /// nothing that is stored.
    fn begin_header(&mut self, plan: &'g PropertyPlan, slot: Slot, has_values: bool) {
        let property: &'g Property = &plan.property;
        self.header.clear();
        if let Some(field) = property.group_field.and_then(|field| field.offset(slot.place.0)) {
            let group = self.item.get_at(field, slot.place.1).to_text();
            if !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                self.header.push_str(&group);
                self.header.push('.');
            }
        }
        self.header.push_str(&property.name);
        let mut values = std::mem::take(&mut self.names);
        for (number, parameter) in property.parameters.iter().enumerate() {
            if self.setting.has_parameter(plan, number) {
                self.parameter_values(plan, number, slot, has_values, &mut values);
                self.push_parameter(property, parameter, &values);
                values.clear();
            }
        }
        self.names = values;
    }

    fn parameter_values(
        &self,
        plan: &'g PropertyPlan,
        number: usize,
        slot: Slot,
        has_values: bool,
        values: &mut Vec<Cow<'g, str>>,
    ) {
        let Some(map) = &plan.parameters[number].value else { return };
        if let Some(position) = slot.position.and_then(|position| plan.property.positions.get(position)) {
            let named = position.has.iter().chain(&position.shows).filter(|(index, _)| *index == number);
            let names = named.filter_map(|(_, rule)| map.enums.get(*rule)).map(|rule| &rule.name);
            values.extend(names.map(Cow::from));
        }
        if has_values {
            let shown = values.len();
            convert::texts(map, slot.place, &self.context, self.item, values);
            if shown > 0 {
                let mut stored = values.split_off(shown);
                stored.retain(|value| !values.iter().any(|known| known.eq_ignore_ascii_case(value)));
                values.append(&mut stored);
            }
        }
        values.retain(|value| !value.is_empty());
    }

    fn push_parameter(&mut self, property: &Property, parameter: &Parameter, values: &[Cow<'_, str>]) {
        let old = self.context.mode == MimeMode::Old;
        for (number, value) in values.iter().enumerate() {
            let has_name = !(old && parameter.default);
            if !has_name {
                self.header.push(';');
            } else if old || number == 0 {
                self.header.push(';');
                self.header.push_str(&parameter.name);
                self.header.push('=');
            } else {
                self.header.push(',');
            }
            if !push_parameter_value(&mut self.header, value, has_name) {
                self.note(&property.name, NoteKind::ReplacedInParameter(parameter.name.clone()));
            }
        }
    }

    /// Writes header and body in the encoding that they need.
    pub(super) fn write_text(&mut self) {
        let fold = self.setting.peer.fold;
        let body = self.body.text();
        if self.context.mode == MimeMode::Standard {
            return fold::standard(self.out, &self.header, body, fold);
        }
        if self.body.has(BEYOND_ASCII) || !self.header.is_ascii() {
            self.header.push_str(";CHARSET=UTF-8");
        }
        let must_quote =
            self.body.has(CONTROL) || (self.setting.peer.quote_8bit && self.body.has(BEYOND_ASCII));
        if !must_quote && (!fold || fold::fits(&self.header, body)) {
            return fold::old(self.out, &self.header, body, &[]);
        }
        let breaks = if must_quote { None } else { fold::breaks(self.header.chars().count(), body) };
        match breaks {
            Some(breaks) => fold::old(self.out, &self.header, body, &breaks),
            None => {
                self.header.push_str(";ENCODING=QUOTED-PRINTABLE");
                fold::quoted_printable(self.out, &self.header, body, fold);
            }
        }
    }

    pub(super) fn write_bytes(&mut self, bytes: &[u8]) {
        let is_old = self.context.mode == MimeMode::Old;
        if is_old && !self.header.is_ascii() {
            self.header.push_str(";CHARSET=UTF-8");
        }
        self.header.push_str(if is_old { ";ENCODING=BASE64" } else { ";ENCODING=B" });
        fold::base64(self.out, &self.header, bytes, is_old, self.setting.peer.fold);
    }
}

/// A parameter value, between quotes where it has more than letters and digits in it, or could be taken for
/// an encoding. There is no way to write a quote or a line end (RFC 2425 section 5.8.4): `false` says that there was one.
fn push_parameter_value(header: &mut String, value: &str, has_name: bool) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/');
    let is_encoding = !has_name && parse::is_encoding(value);
    if !is_encoding && value.bytes().all(is_plain) {
        header.push_str(value);
        return true;
    }
    let mut is_whole = true;
    header.push('"');
    header.extend(value.chars().map(|c| {
        let written = match c {
            '"' => '\'',
            c if c.is_ascii_control() => ' ',
            c => c,
        };
        is_whole &= written == c;
        written
    }));
    header.push('"');
    is_whole
}

fn address(bytes: &[u8]) -> Option<&str> {
    let is_address = ADDRESSES.iter().any(|start| bytes.starts_with(start));
    let text = std::str::from_utf8(bytes).ok()?;
    (is_address && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
}

/// Whether bytes can be written as text and come back the same.
fn is_text(bytes: &[u8]) -> bool {
    let harmless = |byte: &u8| matches!(byte, b'\n' | b'\t') || !byte.is_ascii_control();
    bytes.iter().all(harmless) && std::str::from_utf8(bytes).is_ok()
}
