//! What of a text has no field: kept where the profile has a field for it, and noted where it has none.
//!
//! Not its job: how it is written again.

use std::borrow::Cow;
use std::fmt::Write;

use syncloom_config::MimeMode;
use syncloom_script::{FieldId, Item, Timestamp, Value, Zone, Zones};

use super::line::{Line, Transfer};
use super::{Parser, name, transfer};
use crate::charset;
use crate::kept::{Entry, Role, digest};
use crate::note::NoteKind;

/// The entries that have been found, in the order of the text.
#[derive(Default)]
pub(super) struct Left {
    entries: Vec<Entry>,
}

impl Left {
    fn push(&mut self, path: &str, role: Role, text: String) {
        self.entries.push(Entry { path: path.to_owned(), role, text });
    }

    /// Puts the entries into their field. Where there are none it stays as it is: a peer that sends nothing unknown
    /// may just not know it.
    pub fn store(&self, field: FieldId, item: &mut Item) {
        if self.entries.is_empty() {
            return;
        }
        let value = match item.is_array(field) {
            true => {
                let texts = self.entries.iter().map(|entry| Value::Text(entry.to_string().into()));
                Value::Array(texts.collect())
            }
            false => {
                let mut text = String::new();
                for entry in &self.entries {
                    let line_end = if text.is_empty() { "" } else { "\n" };
                    // A text takes all that is written into it.
                    let _ = write!(text, "{line_end}{entry}");
                }
                Value::Text(text.into())
            }
        };
        item.set(field, value);
    }
}

/// What of a property that is being stored has no field.
#[derive(Default)]
pub(super) struct Surplus {
    pub group: String,
    /// Parameters as they stand in the text, each with its semicolon.
    pub parameters: String,
    /// Further values, from the separator before the first on.
    pub values: String,
    /// Values between those that have fields: all values, of which those are empty that have.
    pub between: String,
    /// What those are told by that have.
    pub stored: String,
}

impl Surplus {
    /// Keeps the values of an occurrence at these places, which no field is for. `false` if it has no others.
    pub fn keep_between<'v>(&mut self, values: impl Iterator<Item = Cow<'v, str>>, places: &[usize]) -> bool {
        self.stored.clear();
        for (place, value) in values.enumerate() {
            if place > 0 {
                self.between.push(';');
            }
            if !places.contains(&place) {
                self.stored.push_str(&value);
                continue;
            }
            for c in value.chars() {
                match c {
                    '\n' => self.between.push_str("\\n"),
                    '\\' | ';' => self.between.extend(['\\', c]),
                    c => self.between.push(c),
                }
            }
        }
        !self.stored.is_empty()
    }

    pub fn clear(&mut self) {
        self.group.clear();
        self.parameters.clear();
        self.values.clear();
        self.between.clear();
    }

    fn is_empty(&self) -> bool {
        self.group.is_empty()
            && self.parameters.is_empty()
            && self.values.is_empty()
            && self.between.is_empty()
    }
}

impl Parser<'_> {
    /// Whether there is a field for what has none.
    pub(super) fn keeps(&self) -> bool {
        self.setting.codec.profile.unknowns.is_some()
    }

    /// A property that the item has no place for, or one value of it.
    pub(super) fn leave_line(&mut self, path: &str, line: Line<'_>, value: Option<&str>, why: NoteKind) {
        if self.keeps() {
            let text = self.canonical(line, value);
            self.left.push(path, Role::Own, text);
        } else {
            self.note(line.number(), &name(line), why);
        }
    }

    /// A property whose value no field can hold.
    pub(super) fn leave_value(&mut self, path: &str, line: Line<'_>, why: NoteKind) {
        if self.keeps() {
            let text = self.canonical(line, None);
            self.left.push(path, Role::Instead, text);
        }
        self.note(line.number(), &name(line), why);
    }

    /// A component that the item has no place for.
    pub(super) fn leave_component(&mut self, path: &str, place: usize, why: NoteKind) {
        let (text, nodes) = (self.text, &self.text.nodes);
        let Some(node) = nodes.get(place) else { return };
        if !self.keeps() {
            let name = String::from_utf8_lossy(text.component(node)).to_ascii_uppercase();
            return self.note(text.line(node).number(), &name, why);
        }
        let end = node.inside.as_ref().map_or(place + 1, |inside| inside.range().end);
        let mut lines = Vec::new();
        let mut open: Vec<(usize, String)> = Vec::new();
        for (index, node) in nodes.iter().enumerate().take(end).skip(place) {
            match &node.inside {
                Some(inside) => {
                    let name = String::from_utf8_lossy(text.component(node)).into_owned();
                    lines.push(format!("BEGIN:{name}"));
                    open.push((inside.range().end, name));
                }
                None => lines.push(self.canonical(text.line(node), None)),
            }
            while let Some((_, name)) = open.pop_if(|(end, _)| *end == index + 1) {
                lines.push(format!("END:{name}"));
            }
        }
        self.left.push(path, Role::Own, lines.join("\n"));
    }

    /// What goes with a property that is stored.
    pub(super) fn leave_surplus(&mut self, path: &str, line: Line<'_>, value: &str) {
        let surplus = &self.surplus;
        if surplus.is_empty() {
            return;
        }
        let name = name(line);
        let digest_of_all = || digest(value, self.setting.codec.datatype.mode);
        if !(surplus.group.is_empty() && surplus.parameters.is_empty()) {
            let dot = if surplus.group.is_empty() { "" } else { "." };
            let digest = digest_of_all();
            let text = format!("{}{dot}{name}{}:{digest:016x}", surplus.group, surplus.parameters);
            self.left.push(path, Role::Beside, text);
        }
        if !surplus.values.is_empty() {
            let text = format!("{name}:{:016x}:{}", digest_of_all(), surplus.values);
            self.left.push(path, Role::Further, text);
        }
        if !surplus.between.is_empty() {
            // The values are without escapes, as in the old dialect.
            let digest = digest(&surplus.stored, MimeMode::Old);
            let text = format!("{name}:{digest:016x}:{}", surplus.between);
            self.left.push(path, Role::Between, text);
        }
    }

    /// A line as entries have it; with a value of its own, if one is given.
    fn canonical(&self, line: Line<'_>, value: Option<&str>) -> String {
        let charset = line.charset();
        let text = |bytes: &[u8]| charset::decode(Cow::Borrowed(bytes), charset.as_deref()).0.into_owned();
        let mut header = String::new();
        if !line.group().is_empty() {
            header.push_str(&text(line.group()));
            header.push('.');
        }
        header.push_str(&name(line));
        let mut zone = None;
        for parameter in line.parameters() {
            let (name, mut value) = (text(parameter.name()), text(parameter.value()));
            if name.eq_ignore_ascii_case(super::parameters::TZID) {
                match self.lasting_zone(&value) {
                    Ok(name) => value = name,
                    Err(instead) => zone = instead,
                }
                if zone.is_some() {
                    continue;
                }
            }
            header.push(';');
            if !name.is_empty() {
                header.push_str(&name);
                header.push('=');
            }
            header.push_str(&value);
        }
        if line.transfer() == Transfer::Base64 && value.is_none() {
            let digits: Vec<u8> =
                line.value().iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            return one_line(&format!("{header};ENCODING=B:{}", String::from_utf8_lossy(&digits)));
        }
        let value = match value {
            Some(value) => value.to_owned(),
            None => self.raw_text(line),
        };
        let value = match zone {
            Some(zone) => in_utc(&value, zone).unwrap_or(value),
            None => value,
        };
        format!("{}:{}", one_line(&header), escaped(&value, self.setting.codec.datatype.mode))
    }

    /// The value of a line as text, with its escapes.
    pub(super) fn raw_text(&self, line: Line<'_>) -> String {
        let bytes = Cow::Borrowed(line.value());
        let bytes = match line.transfer() {
            Transfer::QuotedPrintable => transfer::quoted_printable(bytes, &[]),
            Transfer::Plain | Transfer::Base64 => bytes,
        };
        charset::decode(bytes, line.charset().as_deref()).0.into_owned()
    }

    /// The name by which a zone is known when this text has been forgotten; or else the zone.
    fn lasting_zone(&self, id: &str) -> Result<String, Option<Zone>> {
        let Some(zone) = self.times.find(id) else { return Ok(id.to_owned()) };
        let name = self.times.zones.tzid(zone, syncloom_script::time::zones::TzidMode::Olson);
        match Zones::default().find_tzid(&name) {
            Ok(_) => Ok(name.into_owned()),
            Err(_) => Err(Some(zone)),
        }
    }
}

/// Times of a zone in UTC; `None` where one of them is no time.
fn in_utc(value: &str, zone: Zone) -> Option<String> {
    let times =
        value.split(',').map(|part| Some(Timestamp::parse(part)?.with_zone(zone).to_utc().to_iso8601()));
    times.collect::<Option<Vec<_>>>().map(|times| times.join(","))
}

/// A value with the escapes of the standard dialect.
fn escaped(value: &str, mode: MimeMode) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('\n', _) => text.push_str("\\n"),
            // In the old dialect a backslash is one, but before these.
            ('\\', Some(next @ (';' | ',' | '\\'))) => {
                text.extend(['\\', next]);
                chars.next();
            }
            ('\\', _) if mode == MimeMode::Old => text.push_str("\\\\"),
            ('\\', Some(next)) if next != '\n' => {
                text.extend(['\\', next]);
                chars.next();
            }
            (c, _) => text.push(c),
        }
    }
    text
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
