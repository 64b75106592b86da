//! One occurrence of a property: its values, its parameters, and the encoding that they need.

use std::borrow::Cow;

use syncloom_config::{Conversion, MimeMode, Property, ValueCount};
use syncloom_script::{Item, Value};

use super::escape::{BEYOND_ASCII, CONTROL, QUOTED, classes};
use super::{Generator, Slot, fold};
use crate::convert::{self, Context, Place};
use crate::note::NoteKind;
use crate::parse;
use crate::peer::Limit;
use crate::plan::{ParameterPlan, PropertyPlan, ShownName, ValuePlan, target};

/// The values of an occurrence.
pub(super) enum Rendered<'g> {
    /// Texts, which are in the body.
    Texts,
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
    pub(super) fn render(
        &mut self,
        plan: &'g PropertyPlan,
        place: Place,
        limit: Option<Limit>,
    ) -> Rendered<'g> {
        self.body.begin(limit.and_then(|limit| limit.max_size).unwrap_or(usize::MAX));
        if let [map] = plan.values.as_slice()
            && let Some(field) = target(map, place.0)
        {
            let value = self.item.get_at(field, place.1);
            // Nearly all are one text as it stands.
            if let Value::Text(text) = value
                && plan.is_one_text
            {
                self.body.push_value(text, &plan.escapes);
                return Rendered::Texts;
            }
            if let Some(bytes) = bytes(map.conversion, value) {
                return bytes;
            }
        }
        let property = &plan.property;
        let separator = Some(property.separator).filter(|_| !plan.raw);
        match property.count {
            ValueCount::Fixed(count) => self.fixed(plan, place, count, &[]),
            ValueCount::List | ValueCount::ExpandedList => {
                let Generator { body, room, context, item, .. } = self;
                // Of a list in several places, what is empty is no part.
                let takes_empty = property.count != ValueCount::List || property.positions.is_empty();
                each_text(plan, place, context, item, room, |text| {
                    if takes_empty || !text.is_empty() {
                        body.next(separator);
                        body.push_value(text, &plan.escapes);
                    }
                });
            }
        }
        Rendered::Texts
    }

    /// Adds a fixed number of values to the body; in the places of those that no field is for, what is kept of them.
    #[inline]
    fn fixed(&mut self, plan: &'g PropertyPlan, place: Place, count: u16, kept: &[String]) {
        let separator = Some(plan.property.separator).filter(|_| !plan.raw);
        let Generator { body, room, context, item, .. } = self;
        for index in 0..count {
            body.next(separator);
            for map in plan.values.iter().filter(|map| map.index == index) {
                let text = convert::text(map, place, context, item, room);
                if !text.is_empty() {
                    body.push_value(&text, &plan.escapes);
                    break;
                }
            }
            if let Some(kept) = kept.get(usize::from(index)) {
                body.push_value(kept, &plan.escapes);
            }
        }
    }

    /// Whether the occurrence is one: it has a value, or a parameter that is worth showing without one.
    pub(super) fn is_shown(&mut self, plan: &'g PropertyPlan, place: Place, rendered: &Rendered<'_>) -> bool {
        let has_value = match rendered {
            Rendered::Texts => self.body.says_something,
            Rendered::Bytes(bytes) => !bytes.is_empty(),
            Rendered::Address(_) => true,
        };
        let parameters = plan.property.parameters.iter().zip(&plan.parameters).enumerate();
        let mut shown = parameters.filter(|(_, (parameter, _))| parameter.show_non_empty);
        has_value
            || shown.any(|(index, (_, parameter))| {
                let Some(map) = &parameter.value else { return false };
                let mut has_text = false;
                convert::texts(map, place, &self.context, self.item, &mut self.room, |_| has_text = true);
                self.setting.has_parameter(plan, index) && has_text
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
        let has_values = rendered.is_some();
        if has_values {
            self.mark_written(&property.name);
            self.use_zone(plan, slot.place);
        }
        let mut data = None;
        let mut is_address = false;
        match rendered {
            Some(Rendered::Texts) => {
                if let ValueCount::Fixed(count) = property.count
                    && let Some(kept) = self.take_between(plan)
                {
                    self.body.begin(limit.map_or(usize::MAX, |(most, _)| most));
                    self.fixed(plan, slot.place, count, &kept);
                }
                if let Some((most, no_truncate)) = limit.filter(|_| self.body.cut > 0) {
                    // Half a time or half a rule is another one.
                    if no_truncate || !plan.cut {
                        return self.leave_out(index, plan, slot, most);
                    }
                    (0..self.body.cut).for_each(|_| self.note(&property.name, NoteKind::Truncated(most)));
                }
                if property.count == ValueCount::ExpandedList {
                    return self.write_each(plan, slot, limit.map_or(usize::MAX, |(most, _)| most));
                }
            }
            Some(Rendered::Bytes(bytes)) => {
                if let Some((most, _)) = limit.filter(|(most, _)| bytes.len() > *most) {
                    // Half a picture is none.
                    return self.leave_out(index, plan, slot, most);
                }
                self.body.begin(0);
                data = Some(bytes);
            }
            Some(Rendered::Address(address)) => {
                self.body.begin(0);
                self.body.push(address);
                is_address = true;
            }
            None => {
                self.body.begin(0);
                if let ValueCount::Fixed(count) = property.count {
                    (0..count).for_each(|_| self.body.next(Some(property.separator)));
                }
            }
        }
        self.begin_header(plan, slot, has_values);
        if is_address && !property.parameters.iter().any(|one| one.name.eq_ignore_ascii_case("VALUE")) {
            let is_old = self.context.mode == MimeMode::Old;
            self.header.push_str(if is_old { ";VALUE=URL" } else { ";VALUE=URI" });
        }
        if has_values {
            self.decorate(plan);
        }
        match data {
            Some(bytes) => self.write_bytes(&bytes),
            None => self.write_text(),
        }
    }

    /// Writes each value of an occurrence in a property of its own.
    fn write_each(&mut self, plan: &'g PropertyPlan, slot: Slot, most: usize) {
        let mut texts = Vec::new();
        each_text(plan, slot.place, &self.context, self.item, &mut self.room, |text| {
            texts.push(text.to_owned());
        });
        for text in texts {
            self.body.begin(most);
            self.body.push_value(&text, &plan.escapes);
            self.begin_header(plan, slot, true);
            self.decorate(plan);
            self.write_text();
        }
    }

    /// The peer does not get an occurrence: one that is longer than what it holds.
    fn leave_out(&mut self, index: usize, plan: &PropertyPlan, slot: Slot, most: usize) {
        self.left_out.push((index, slot));
        self.note(&plan.property.name, NoteKind::LeftOut(most));
    }

    /// Group, name and parameters. An occurrence without values shows what decides about its position, and
    /// nothing that is stored.
    #[inline]
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
        for (number, parameter) in plan.parameters.iter().enumerate() {
            if let Some(map) = parameter.value.as_ref().filter(|_| self.setting.has_parameter(plan, number)) {
                self.push_parameter(plan, number, map, slot, has_values);
            }
        }
    }

    /// Adds a parameter to the header: what has led to the position of the occurrence, then what is stored.
    fn push_parameter(
        &mut self,
        plan: &'g PropertyPlan,
        number: usize,
        map: &'g ValuePlan,
        slot: Slot,
        has_values: bool,
    ) {
        let is_here = |name: &&ShownName| Some(name.position) == slot.position && name.parameter == number;
        let shown = plan.shown.iter().filter(is_here).map(|name| name.name.as_str());
        let mut line = ParameterLine {
            header: &mut self.header,
            plan: &plan.parameters[number],
            values: 0,
            replaced: 0,
        };
        shown.clone().for_each(|name| line.push(name));
        if has_values {
            convert::texts(map, slot.place, &self.context, self.item, &mut self.room, |text| {
                if !shown.clone().any(|name| name.eq_ignore_ascii_case(text)) {
                    line.push(text);
                }
            });
        }
        for _ in 0..line.replaced {
            let name = plan.property.parameters[number].name.clone();
            self.note(&plan.property.name, NoteKind::ReplacedInParameter(name));
        }
    }

    /// Writes header and body in the encoding that they need.
    #[inline]
    pub(super) fn write_text(&mut self) {
        let fold = self.setting.peer.fold;
        let is_old = self.context.mode == MimeMode::Old;
        let body = self.body.text();
        let has_charset = is_old && (self.body.has(BEYOND_ASCII) || !self.header.is_ascii());
        let must_quote =
            is_old && (self.body.has(CONTROL) || self.setting.peer.quote_8bit && self.body.has(BEYOND_ASCII));
        if has_charset {
            self.header.push_str(";CHARSET=UTF-8");
        }
        if !must_quote && (!fold || fold::fits(&self.header, body)) {
            return fold::whole(self.out, &self.header, body);
        }
        if !is_old {
            return fold::standard(self.out, &self.header, body);
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

/// Every text of an occurrence that is a list.
fn each_text(
    plan: &PropertyPlan,
    place: Place,
    context: &Context<'_>,
    item: &Item,
    room: &mut String,
    mut take: impl FnMut(&str),
) {
    for map in &plan.values {
        convert::texts(map, place, context, item, room, &mut take);
    }
}

/// A parameter that is being written.
struct ParameterLine<'h> {
    header: &'h mut String,
    plan: &'h ParameterPlan,
    /// How many values it has.
    values: usize,
    /// In how many of them something was replaced.
    replaced: usize,
}

impl ParameterLine<'_> {
    /// Adds a value, between quotes where it has more than letters and digits in it, or could be taken for an encoding.
    /// There is no way to write a quote or a line end (RFC 2425 section 5.8.4).
    fn push(&mut self, value: &str) {
        if value.is_empty() {
            return;
        }
        let [first, further] = &self.plan.before;
        self.header.push_str(if self.values == 0 { first } else { further });
        self.values += 1;
        let is_encoding = self.plan.is_bare && parse::is_encoding(value);
        if !is_encoding && classes(value) & QUOTED == 0 {
            return self.header.push_str(value);
        }
        let mut is_whole = true;
        self.header.push('"');
        self.header.extend(value.chars().map(|c| {
            let written = match c {
                '"' => '\'',
                c if c.is_ascii_control() => ' ',
                c => c,
            };
            is_whole &= written == c;
            written
        }));
        self.header.push('"');
        self.replaced += usize::from(!is_whole);
    }
}

/// A value that is not written as text.
fn bytes(conversion: Conversion, value: &Value) -> Option<Rendered<'_>> {
    match (conversion, value) {
        (Conversion::BlobBase64, Value::Blob(bytes)) => {
            Some(address(bytes).map_or(Rendered::Bytes(bytes.into()), Rendered::Address))
        }
        (Conversion::BlobBase64, value) if !value.is_empty() => {
            Some(Rendered::Bytes(value.to_text().into_bytes().into()))
        }
        (_, Value::Blob(bytes)) if !is_text(bytes) => Some(Rendered::Bytes(bytes.into())),
        _ => None,
    }
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
