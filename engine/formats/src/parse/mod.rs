//! Text to an item: components, the order of properties, and what the text did not mention.
//!
//! `line` finds the properties, `store` puts one where it belongs.

mod line;
mod split;
mod store;
pub(crate) mod transfer;

use syncloom_config::{Conversion, Property};
use syncloom_script::{FieldId, Item, Value};

use crate::codec::Parsed;
use crate::convert::Dialect;
use crate::mime::MimeCodec;
use crate::note::{Note, NoteKind, ParseError};
use crate::peer::Peer;
use crate::plan::{View, upper};
use line::{ContentLine, Lines, Next};
use store::Counters;

/// How many components may stand within each other. Calendars have three levels; a text with more than this
/// was made to be a nuisance.
const MAX_DEPTH: usize = 64;
/// How many properties a text may have. The largest real items have some thousand, and each one may leave a
/// note behind.
const MAX_PROPERTIES: usize = 100_000;

/// Names up to this length are looked up without a copy on the heap.
const LONGEST_USUAL_NAME: usize = 64;

/// Reads one text.
pub(crate) struct Parser<'c, 'a> {
    codec: &'c MimeCodec,
    peer: &'c Peer,
    view: View<'c>,
    dialect: Dialect<'c>,
    /// Which properties are active by their rules; `None` where no rule limits any.
    active: Option<Vec<bool>>,
    item: Item,
    notes: Vec<Note>,
    counters: Counters,
    /// Which properties the text has, for those that are mandatory.
    seen: Vec<bool>,
    /// How often each component was entered.
    entered: Vec<u32>,
    /// The components that are open, outermost first.
    open: Vec<usize>,
    /// How many unknown components are open within them.
    skipped: usize,
    /// Properties that are stored after the others.
    delayed: Vec<(u16, &'c [usize], ContentLine<'a>)>,
}

impl<'c, 'a> Parser<'c, 'a> {
    /// For one text.
    pub fn new(codec: &'c MimeCodec, peer: &'c Peer) -> Self {
        let view = View::new(&codec.profile, codec.datatype.mode);
        let active = codec.plan.has_rules.then(|| codec.plan.active(&view, peer));
        let datatype = &codec.datatype;
        Parser {
            codec,
            peer,
            dialect: Dialect {
                mode: datatype.mode,
                version: &datatype.version,
                end_date_inclusive: peer.end_date_inclusive,
            },
            active,
            item: Item::new(datatype.fields().clone()),
            notes: Vec::new(),
            counters: Counters::new(codec.plan.counters),
            seen: vec![false; view.properties.len()],
            entered: vec![0; view.profiles.len()],
            open: Vec::new(),
            skipped: 0,
            delayed: Vec::new(),
            view,
        }
    }

    /// Reads the text to its end.
    pub fn parse(mut self, bytes: &'a [u8]) -> Result<Parsed, ParseError> {
        let mut lines = Lines::new(bytes, self.dialect.mode);
        self.find_begin(&mut lines)?;
        let mut count = 0;
        while !self.open.is_empty() {
            match lines.next() {
                None => break,
                Some(Next::NoProperty(line)) => self.note(line, "", NoteKind::NoProperty),
                Some(Next::Property(line)) => {
                    count += 1;
                    if count > MAX_PROPERTIES {
                        return Err(ParseError::TooManyProperties { line: line.line, property: name(&line) });
                    }
                    self.take(line)?;
                }
            }
        }
        if self.open.is_empty() {
            if lines.has_more() {
                self.note(lines.line() + 1, "", NoteKind::AfterEnd);
            }
        } else {
            self.note(lines.line(), "", NoteKind::MissingEnd);
            while let Some(component) = self.open.pop() {
                self.check_mandatory(component, lines.line())?;
            }
        }
        self.finish();
        Ok(Parsed { item: self.item, notes: self.notes })
    }

    /// Goes on to the first `BEGIN` of the profile.
    fn find_begin(&mut self, lines: &mut Lines<'a>) -> Result<(), ParseError> {
        let profile = &self.view.profiles[0].name;
        let mut noted = false;
        while let Some(next) = lines.next() {
            if let Next::Property(line) = &next
                && line.name().eq_ignore_ascii_case(b"BEGIN")
                && line.value.trim_ascii().eq_ignore_ascii_case(profile.as_bytes())
            {
                self.open.push(0);
                self.entered[0] = 1;
                return Ok(());
            }
            if !noted {
                self.note(lines.line(), "", NoteKind::BeforeBegin);
                noted = true;
            }
        }
        Err(ParseError::NoBegin { profile: profile.clone() })
    }

    fn take(&mut self, line: ContentLine<'a>) -> Result<(), ParseError> {
        if line.name().eq_ignore_ascii_case(b"BEGIN") {
            return self.begin(&line);
        }
        if line.name().eq_ignore_ascii_case(b"END") {
            return self.end(&line);
        }
        if self.skipped > 0 {
            return Ok(());
        }
        let Some(&component) = self.open.last() else { return Ok(()) };
        let candidates = self.candidates(component, &line);
        let Some(first) = candidates.iter().copied().find(|index| self.is_active(*index)) else {
            self.unknown(&line);
            return Ok(());
        };
        for index in candidates {
            self.seen[*index] = true;
        }
        match self.view.properties[first].delayed_parsing {
            0 => self.store(candidates, &line),
            delay => self.delayed.push((delay, candidates, line)),
        }
        Ok(())
    }

    fn begin(&mut self, line: &ContentLine<'_>) -> Result<(), ParseError> {
        let name = upper(line.value.trim_ascii());
        let text = || String::from_utf8_lossy(&name).into_owned();
        if self.open.len() + self.skipped >= MAX_DEPTH {
            return Err(ParseError::TooDeep { line: line.line, component: text() });
        }
        let child = self.open.last().and_then(|open| self.codec.plan.components[*open].children.get(&name));
        let Some(&child) = child.filter(|_| self.skipped == 0) else {
            if self.skipped == 0 {
                self.note(line.line, &text(), NoteKind::UnknownComponent);
            }
            self.skipped += 1;
            return Ok(());
        };
        let profile = self.view.profiles[child];
        if profile.time_zones {
            self.note(line.line, &profile.name, NoteKind::NotConverted);
            self.skipped += 1;
            return Ok(());
        }
        self.entered[child] += 1;
        if let Some(selector) = &profile.selector
            && !selector.value.is_empty()
        {
            // What selects a component is what the item is: a second one is another item.
            if self.entered[child] > 1 {
                self.note(line.line, &profile.name, NoteKind::RepeatedComponent);
                self.skipped += 1;
                return Ok(());
            }
            let kind = self.item.list().get(selector.field).map(|field| field.kind);
            if let Some(kind) = kind {
                self.item.set_at(selector.field, 0, Value::from_text(&selector.value, kind));
            }
        }
        self.open.push(child);
        Ok(())
    }

    fn end(&mut self, line: &ContentLine<'_>) -> Result<(), ParseError> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        let name = line.value.trim_ascii();
        let is_open =
            |component: &usize| self.view.profiles[*component].name.as_bytes().eq_ignore_ascii_case(name);
        let Some(depth) = self.open.iter().rposition(is_open) else {
            self.note(line.line, &String::from_utf8_lossy(name), NoteKind::UnexpectedEnd);
            return Ok(());
        };
        if depth + 1 < self.open.len() {
            self.note(line.line, &String::from_utf8_lossy(name), NoteKind::MissingEnd);
        }
        while self.open.len() > depth {
            let Some(component) = self.open.pop() else { break };
            self.check_mandatory(component, line.line)?;
        }
        Ok(())
    }

    fn check_mandatory(&self, component: usize, line: usize) -> Result<(), ParseError> {
        let profile = self.view.profiles[component];
        if profile.num_mandatory == 0 {
            return Ok(());
        }
        let plans = self.codec.plan.properties.iter().enumerate();
        let found = plans
            .filter(|(index, plan)| {
                plan.component == component && self.seen[*index] && self.view.properties[*index].mandatory
            })
            .count();
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        if found >= profile.num_mandatory {
            return Ok(());
        }
        Err(ParseError::MissingMandatory {
            line,
            component: profile.name.clone(),
            wanted: profile.num_mandatory,
            found,
        })
    }

    /// The properties of a component that a line may be meant for, in the order of the profile.
    fn candidates(&self, component: usize, line: &ContentLine<'_>) -> &'c [usize] {
        let by_name = &self.codec.plan.components[component].by_name;
        let name = line.name();
        let mut buffer = [0u8; LONGEST_USUAL_NAME];
        let known = match buffer.get_mut(..name.len()) {
            Some(buffer) => {
                buffer.copy_from_slice(name);
                buffer.make_ascii_uppercase();
                by_name.get(&*buffer)
            }
            None => by_name.get(&upper(name)),
        };
        known.map(Vec::as_slice).unwrap_or_default()
    }

    fn is_active(&self, index: usize) -> bool {
        self.active.as_deref().is_none_or(|active| active[index])
    }

    /// Stores a property with the first of its candidates that has a place for it.
    fn store(&mut self, candidates: &[usize], line: &ContentLine<'_>) {
        let last = candidates.iter().copied().rfind(|index| self.is_active(*index));
        for index in candidates.iter().copied() {
            if self.is_active(index) && self.store_property(index, line, Some(index) == last) {
                return;
            }
        }
    }

    /// A property that the profile does not have. This is where a field that keeps the unknown would take it.
    fn unknown(&mut self, line: &ContentLine<'_>) {
        self.note(line.line, &name(line), NoteKind::UnknownProperty);
    }

    /// Stores what was delayed, and makes a difference between what the text left empty and what it cannot
    /// hold.
    fn finish(&mut self) {
        let mut delayed = std::mem::take(&mut self.delayed);
        delayed.sort_by_key(|(delay, ..)| *delay);
        for (_, candidates, line) in &delayed {
            self.store(candidates, line);
        }
        let is_version =
            |property: &Property| property.values.iter().any(|map| map.conversion == Conversion::Version);
        for index in 0..self.view.properties.len() {
            let property = self.view.properties[index];
            let is_root = self.codec.plan.properties[index].component == 0;
            let expected = is_root && self.is_active(index) && !self.seen[index];
            if expected && is_version(property) {
                self.note(0, &property.name, NoteKind::NoVersion);
            }
        }
        if self.peer.available.is_none() && self.active.is_none() {
            for index in 0..self.codec.plan.fields.len() {
                self.settle(self.codec.plan.fields[index]);
            }
        } else {
            let available = self.codec.available_fields(self.peer);
            for (id, _) in (0u16..).map(FieldId).zip(available).filter(|(_, available)| *available) {
                self.settle(id);
            }
        }
    }

    /// A field that the text could have mentioned and did not is empty; so is a gap in an array.
    fn settle(&mut self, id: FieldId) {
        match self.item.get(id) {
            Value::Unassigned => {
                let empty = if self.item.is_array(id) { Value::Array(Vec::new()) } else { Value::Empty };
                self.item.set(id, empty);
            }
            Value::Array(elements) => {
                let is_gap = |element: &Value| !element.is_assigned();
                let gaps: Vec<usize> =
                    (0..elements.len()).filter(|index| is_gap(&elements[*index])).collect();
                for index in gaps {
                    self.item.set_at(id, index, Value::Empty);
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, line: usize, property: &str, kind: NoteKind) {
        self.notes.push(Note { line, property: property.to_owned(), kind });
    }
}

fn name(line: &ContentLine<'_>) -> String {
    String::from_utf8_lossy(line.name()).into_owned()
}

#[cfg(test)]
mod tests;
