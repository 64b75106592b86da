//! One occurrence of a property: its values, its parameters, and the encoding that they need.

use std::borrow::Cow;
use std::fmt::Write;

use syncloom_config::{Conversion, MimeMode, Parameter, Property, ValueCount};
use syncloom_script::Value;

use super::{Generator, Slot, fold};
use crate::convert::{self, Place};
use crate::note::NoteKind;
use crate::plan::{has_conversion, is_structured, is_zone, target};

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
const ADDRESSES: [&[u8]; 5] = [b"http://", b"https://", b"ftp://", b"cid:", b"file://"];

impl<'g> Generator<'g> {
    /// The values at a place.
    pub(super) fn render(&mut self, property: &'g Property, place: Place) -> Rendered<'g> {
        let item = self.item;
        if let [map] = property.values.as_slice()
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
        match property.count {
            ValueCount::Fixed(1) => {
                let values = property.values.iter().filter(|map| map.index == 0);
                let mut texts = values.map(|map| convert::text(map, place, self.context, item));
                let text = texts.find(|text| !text.is_empty()).unwrap_or_default();
                let mut texts = std::mem::take(&mut self.spare);
                texts.push(text);
                Rendered::Texts(texts)
            }
            ValueCount::Fixed(count) => {
                let mut texts = std::mem::take(&mut self.spare);
                texts.resize(usize::from(count), Cow::Borrowed(""));
                for map in &property.values {
                    if let Some(text) = texts.get_mut(usize::from(map.index)).filter(|text| text.is_empty()) {
                        *text = convert::text(map, place, self.context, item);
                    }
                }
                Rendered::Texts(texts)
            }
            ValueCount::List | ValueCount::ExpandedList => {
                let maps = property.values.iter();
                let texts = maps.flat_map(|map| convert::texts(map, place, self.context, item));
                Rendered::Texts(texts.collect())
            }
        }
    }

    /// Whether the occurrence is one: it has a value, or a parameter that is worth showing without one.
    pub(super) fn is_shown(&self, property: &'g Property, place: Place, rendered: &Rendered<'_>) -> bool {
        let has_value = match rendered {
            Rendered::Texts(texts) => texts.iter().any(|text| !text.is_empty()),
            Rendered::Bytes(bytes) => !bytes.is_empty(),
            Rendered::Address(_) => true,
        };
        let parameters = property.parameters.iter().enumerate();
        let mut shown = parameters.filter(|(_, parameter)| parameter.show_non_empty);
        has_value
            || shown.any(|(index, parameter)| {
                let map = parameter.value.as_ref();
                let has_text = |map| !convert::texts(map, place, self.context, self.item).is_empty();
                self.setting.has_parameter(property, index) && map.is_some_and(has_text)
            })
    }

    /// Writes an occurrence; without values, an empty one.
    pub(super) fn write(
        &mut self,
        index: usize,
        property: &'g Property,
        slot: Slot,
        rendered: Option<Rendered<'g>>,
    ) {
        let limit = self.setting.limit(index).and_then(|limit| Some((limit.max_size?, limit.no_truncate)));
        if rendered.is_some() {
            self.mark_written(&property.name);
            self.use_zone(property, slot.place);
        }
        let mut texts = match rendered {
            Some(Rendered::Bytes(bytes)) => {
                if let Some((most, _)) = limit.filter(|(most, _)| bytes.len() > *most) {
                    // Half a picture is none.
                    return self.note(&property.name, NoteKind::LeftOut(most));
                }
                self.begin_header(property, slot, true);
                self.body.clear();
                self.decorate(&property.name);
                return self.write_bytes(&bytes);
            }
            Some(Rendered::Address(address)) => {
                self.begin_header(property, slot, true);
                let has_value_type =
                    property.parameters.iter().any(|parameter| parameter.name.eq_ignore_ascii_case("VALUE"));
                if !has_value_type {
                    let is_old = self.context.mode == MimeMode::Old;
                    self.header.push_str(if is_old { ";VALUE=URL" } else { ";VALUE=URI" });
                }
                self.body.clear();
                self.body.push_str(address);
                self.decorate(&property.name);
                return self.write_text();
            }
            Some(Rendered::Texts(texts)) => texts,
            None => {
                self.begin_header(property, slot, false);
                self.body.clear();
                if let ValueCount::Fixed(count) = property.count {
                    self.body.extend((1..count).map(|_| property.separator));
                }
                return self.write_text();
            }
        };
        if let Some((most, no_truncate)) = limit {
            for text in texts.iter_mut().filter(|text| text.len() > most) {
                // Half a time or half a rule is another one.
                if no_truncate || !is_cut(property) {
                    return self.note(&property.name, NoteKind::LeftOut(most));
                }
                self.note(&property.name, NoteKind::Truncated(most));
                let end = text.floor_char_boundary(most);
                *text = Cow::Owned(text[..end].to_owned());
            }
        }
        if property.count == ValueCount::ExpandedList {
            for text in &texts {
                self.begin_header(property, slot, true);
                self.fill_body(property, std::slice::from_ref(text));
                self.decorate(&property.name);
                self.write_text();
            }
            return;
        }
        self.begin_header(property, slot, true);
        self.fill_body(property, &texts);
        self.decorate(&property.name);
        self.write_text();
        self.give_back(texts);
    }

    /// Keeps the room of texts that are done with for the next ones.
    pub(super) fn give_back(&mut self, mut texts: Vec<Cow<'g, str>>) {
        texts.clear();
        self.spare = texts;
    }

    fn fill_body(&mut self, property: &Property, texts: &[Cow<'_, str>]) {
        let structured = is_structured(property);
        let escapes = Escapes {
            mode: self.context.mode,
            structured,
            separators: [
                structured.then_some(property.separator),
                property.alt_separator.filter(|_| structured),
            ],
        };
        self.body.clear();
        if is_raw(property) {
            return self.body.extend(texts.iter().map(AsRef::as_ref));
        }
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                self.body.push(property.separator);
            }
            escapes.push(&mut self.body, text);
        }
    }

    /// Group, name and parameters. An occurrence without values shows what decides about its position, and
    /// nothing that is stored.
    fn begin_header(&mut self, property: &'g Property, slot: Slot, has_values: bool) {
        self.header.clear();
        if let Some(field) = property.group_field.and_then(|field| field.offset(slot.place.0)) {
            let group = self.item.get_at(field, slot.place.1).to_text();
            if !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                let _ = write!(self.header, "{group}.");
            }
        }
        self.header.push_str(&property.name);
        for (number, parameter) in property.parameters.iter().enumerate() {
            if !self.setting.has_parameter(property, number) {
                continue;
            }
            let values = self.parameter_values(property, number, slot, has_values);
            if !values.is_empty() {
                self.push_parameter(property, parameter, &values);
            }
        }
    }

    fn parameter_values(
        &self,
        property: &'g Property,
        number: usize,
        slot: Slot,
        has_values: bool,
    ) -> Vec<Cow<'g, str>> {
        let Some(map) = &property.parameters[number].value else { return Vec::new() };
        let mut values: Vec<Cow<'g, str>> = Vec::new();
        if let Some(position) = slot.position.and_then(|position| property.positions.get(position)) {
            let named = position.has.iter().chain(&position.shows).filter(|(index, _)| *index == number);
            let names = named.filter_map(|(_, rule)| map.enums.get(*rule)).map(|rule| &rule.name);
            values.extend(names.map(Cow::from));
        }
        if has_values {
            let mut stored = convert::texts(map, slot.place, self.context, self.item);
            if values.is_empty() {
                values = stored;
            } else {
                stored.retain(|value| !values.iter().any(|known| known.eq_ignore_ascii_case(value)));
                values.append(&mut stored);
            }
        }
        values.retain(|value| !value.is_empty());
        values
    }

    fn push_parameter(&mut self, property: &Property, parameter: &Parameter, values: &[Cow<'_, str>]) {
        let old = self.context.mode == MimeMode::Old;
        for (number, value) in values.iter().enumerate() {
            let has_name = !(old && parameter.default);
            if !has_name {
                self.header.push(';');
            } else if old || number == 0 {
                let _ = write!(self.header, ";{}=", parameter.name);
            } else {
                self.header.push(',');
            }
            if value.bytes().any(|byte| byte == b'"' || byte.is_ascii_control()) {
                self.note(&property.name, NoteKind::ReplacedInParameter(parameter.name.clone()));
            }
            push_parameter_value(&mut self.header, value, has_name);
        }
    }

    /// Writes header and body in the encoding that they need.
    pub(super) fn write_text(&mut self) {
        let fold = self.setting.peer.fold;
        if self.context.mode == MimeMode::Standard {
            return fold::standard(self.out, &self.header, &self.body, fold);
        }
        if !(self.body.is_ascii() && self.header.is_ascii()) {
            self.header.push_str(";CHARSET=UTF-8");
        }
        let is_bare_control = |byte: u8| byte.is_ascii_control() & (byte != b'\t');
        // Without a branch between two bytes, many are looked at at a time.
        let must_quote = self.body.bytes().fold(false, |found, byte| found | is_bare_control(byte))
            || (self.setting.peer.quote_8bit && !self.body.is_ascii());
        let breaks = match must_quote {
            true => None,
            false if !fold => Some(Vec::new()),
            false => fold::breaks(self.header.chars().count(), &self.body),
        };
        match breaks {
            Some(breaks) => fold::old(self.out, &self.header, &self.body, &breaks),
            None => {
                self.header.push_str(";ENCODING=QUOTED-PRINTABLE");
                fold::quoted_printable(self.out, &self.header, &self.body, fold);
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

/// Whether a value of a property may be cut: one that is text.
fn is_cut(property: &Property) -> bool {
    let is_text = |conversion| matches!(conversion, Conversion::None | Conversion::EmptyOnly);
    property.values.iter().all(|map| is_text(map.conversion) && map.enums.is_empty())
}

/// Whether the value of a property has a syntax of its own, in which separators separate.
fn is_raw(property: &Property) -> bool {
    has_conversion(property, Conversion::RRule) || is_zone(property)
}

/// What has to be escaped in a value (RFC 2426 section 5; vCard 2.1 section 2.1.4.1).
struct Escapes {
    mode: MimeMode,
    structured: bool,
    separators: [Option<char>; 2],
}

impl Escapes {
    fn push(&self, body: &mut String, text: &str) {
        let mut start = 0;
        let is_special = |byte: u8| matches!(byte, b'\\' | b'\r' | b'\n' | b';' | b',');
        let usual = self.separators.iter().flatten().all(|separator| matches!(separator, ';' | ','));
        if usual && !text.bytes().any(is_special) {
            body.push_str(text);
            return;
        }
        for (index, c) in text.char_indices() {
            let replaced = match c {
                '\\' => "\\",
                '\r' | '\n' => "",
                ';' if self.structured || self.mode == MimeMode::Standard => "\\",
                ',' if self.mode == MimeMode::Standard => "\\",
                c if self.separators.contains(&Some(c)) => "\\",
                _ => continue,
            };
            body.push_str(&text[start..index]);
            start = index;
            if matches!(c, '\r' | '\n') {
                start += 1;
                // Two characters of one line end are one line end.
                if c == '\n' || !text[start..].starts_with('\n') {
                    body.push_str(if self.mode == MimeMode::Standard { "\\n" } else { "\n" });
                }
            } else {
                body.push_str(replaced);
            }
        }
        body.push_str(&text[start..]);
    }
}

/// A parameter value, between quotes where it has more than letters and digits in it, or could be taken for
/// an encoding. There is no way to write a quote or a line end (RFC 2425 section 5.8.4).
fn push_parameter_value(header: &mut String, value: &str, has_name: bool) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    let encodings = ["QUOTED-PRINTABLE", "BASE64", "B", "Q", "7BIT", "8BIT"];
    let is_encoding = !has_name && encodings.iter().any(|name| name.eq_ignore_ascii_case(value));
    if !is_encoding && value.chars().all(is_plain) {
        header.push_str(value);
        return;
    }
    header.push('"');
    header.extend(value.chars().map(|c| match c {
        '"' => '\'',
        c if c.is_ascii_control() => ' ',
        c => c,
    }));
    header.push('"');
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
