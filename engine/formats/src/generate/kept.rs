//! What an item has beyond its profile, written again where it stood.
//!
//! Not its job: how it is found and kept, which `crate::kept` and reading do.

use std::collections::{BTreeMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use syncloom_config::MimeMode;
use syncloom_script::{Item, Value};

use super::Generator;
use super::zones::move_end;
use crate::kept::{self, Entry, Line, Role, digest};
use crate::parse::{self, Separators};
use crate::plan::PropertyPlan;
use crate::setting::Setting;

/// The entries of an item, and which of them have been written.
#[derive(Default)]
pub(super) struct Kept {
    entries: Vec<Entry>,
    used: Vec<bool>,
    /// The entries that go with a stored property: its family and the digest of its value lead to them, the next one
    /// last.
    beside: BTreeMap<(Role, usize, u64), Vec<usize>>,
    /// Which families there are such entries for.
    families: Vec<bool>,
    /// Whether an entry stands in place of a property, so that it matters which ones the profile wrote.
    has_instead: bool,
    /// The properties that the profile wrote: component and name.
    written: HashSet<String>,
}

impl Kept {
    /// What an item has for this peer. One that says what it knows gets nothing else.
    pub fn of(setting: &Setting<'_>, item: &Item) -> Kept {
        let Some(field) = setting.codec.profile.unknowns else { return Kept::default() };
        let text = match item.get(field) {
            Value::Unassigned | Value::Empty => return Kept::default(),
            Value::Array(elements) => elements.iter().map(Value::to_text).collect::<Vec<_>>().join("\n"),
            value => value.to_text(),
        };
        let mut entries = kept::read(&text);
        if let Some(names) = &setting.peer.available {
            entries.retain(|entry| {
                entry.is_component() || names.contains(&entry.line().name.to_ascii_uppercase())
            });
        }
        let plan = &setting.codec.plan;
        let mut beside: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let mut families = vec![false; plan.properties.len()];
        for (index, entry) in entries.iter().enumerate().rev() {
            if let Role::Beside | Role::Further | Role::Between = entry.role
                && let Some(digest) = entry.goes_with()
                && let key = kept::key(&entry.path, entry.line().name)
                && let Some(family) = plan.families.get(key.as_bytes())
            {
                families[*family] = true;
                beside.entry((entry.role, *family, digest)).or_default().push(index);
            }
        }
        let has_instead = entries.iter().any(|entry| entry.role == Role::Instead);
        let used = vec![false; entries.len()];
        Kept { used, entries, beside, families, has_instead, written: HashSet::new() }
    }

    /// Whether anything goes with properties of a family.
    #[inline]
    fn has_beside(&self, family: usize) -> bool {
        self.families.get(family).copied().unwrap_or_default()
    }

    /// The next entry of a role for the property of a family whose value has this digest.
    fn take(&mut self, role: Role, family: usize, digest: u64) -> Option<Entry> {
        let index = self.beside.get_mut(&(role, family, digest))?.pop()?;
        self.used[index] = true;
        self.entries.get(index).cloned()
    }
}

impl Generator<'_> {
    /// Remembers that the profile has something for a property.
    pub(super) fn mark_written(&mut self, name: &str) {
        if self.kept.has_instead {
            let key = kept::key(self.path, name);
            self.kept.written.insert(key);
        }
    }

    /// The values, of the occurrence that is in the body, that no field is for; the others are empty.
    pub(super) fn take_between(&mut self, plan: &PropertyPlan) -> Option<Vec<String>> {
        if plan.unstored.is_empty() || !self.kept.has_beside(plan.family) {
            return None;
        }
        let digest = digest(self.body.text(), self.context.mode);
        let entry = self.kept.take(Role::Between, plan.family, digest)?;
        let mut rest = entry.line().value.split_once(':').map(|(_, values)| values);
        let separators = Separators::new(vec![';']);
        let mut values = Vec::new();
        while let Some(text) = rest {
            let (value, further) = parse::next_value(text, &separators, MimeMode::Standard);
            values.push(value);
            rest = further;
        }
        Some(values)
    }

    /// Adds to header and body what the occurrence that they are about came with.
    #[inline]
    pub(super) fn decorate(&mut self, plan: &PropertyPlan) {
        if self.kept.has_beside(plan.family) {
            self.add_beside(plan);
        }
    }

    fn add_beside(&mut self, plan: &PropertyPlan) {
        let digest = digest(self.body.text(), self.context.mode);
        let beside = self.kept.take(Role::Beside, plan.family, digest);
        let further = self.kept.take(Role::Further, plan.family, digest);
        if let Some(entry) = beside {
            let line = entry.line();
            if !line.group.is_empty() && is_group(line.group) && !self.header.contains('.') {
                self.header.insert(0, '.');
                self.header.insert_str(0, line.group);
            }
            for parameter in line.each_parameter() {
                // What the profile writes without its name in the old dialect is so in what it does not know.
                let bare = parameter.split_once('=').filter(|(name, _)| {
                    let mut known = plan.property.parameters.iter().zip(&plan.parameters);
                    known.any(|(known, plan)| plan.is_bare && known.name.eq_ignore_ascii_case(name))
                });
                let parameter = bare.map_or(parameter, |(_, value)| value);
                push_parameter(&mut self.header, parameter, self.context.mode);
            }
        }
        if let Some((_, values)) = further.as_ref().and_then(|entry| entry.line().value.split_once(':')) {
            let values = in_dialect(values, self.context.mode);
            self.body.push(&values);
        }
    }

    /// Writes the entries of the component that ends here: properties before the components in it, which begin at
    /// `properties_end`, and components behind them.
    pub(super) fn write_kept(&mut self, properties_end: Option<usize>) {
        if self.kept.entries.is_empty() {
            return;
        }
        let kept = &mut self.kept;
        let mut here: Vec<Entry> = Vec::new();
        for (entry, used) in kept.entries.iter().zip(&mut kept.used) {
            let wanted = match entry.role {
                Role::Own => true,
                Role::Instead => !kept.written.contains(&kept::key(self.path, entry.line().name)),
                Role::Beside | Role::Further | Role::Between => false,
            };
            if wanted && !*used && entry.path.eq_ignore_ascii_case(self.path) {
                *used = true;
                here.push(entry.clone());
            }
        }
        let end = self.out.len();
        for entry in here.iter().filter(|entry| !entry.is_component()) {
            self.write_kept_line(&entry.text);
        }
        if let Some(place) = properties_end.filter(|place| *place < end) {
            let length = self.out.len() - end;
            move_end(self.out, end, place);
            if let Some((zones, _)) = self.zones_at.as_mut().filter(|(zones, _)| *zones >= place) {
                *zones += length;
            }
        }
        for entry in here.iter().filter(|entry| entry.is_component()) {
            for line in entry.text.lines() {
                self.write_kept_line(line);
            }
        }
    }

    fn write_kept_line(&mut self, text: &str) {
        let line = Line::new(text);
        if line.name.is_empty() {
            return;
        }
        self.header.clear();
        if is_group(line.group) {
            self.header.push_str(line.group);
            self.header.push('.');
        }
        self.header.push_str(line.name);
        let mut bytes = None;
        for parameter in line.each_parameter() {
            let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
            if name.eq_ignore_ascii_case("ENCODING") {
                bytes = STANDARD.decode(line.value).ok();
                continue;
            }
            if name.eq_ignore_ascii_case("TZID")
                && let Ok(zone) = self.context.zones.find_tzid(value)
            {
                self.used.add(zone, None);
            }
            push_parameter(&mut self.header, parameter, self.context.mode);
        }
        match bytes {
            Some(bytes) => self.write_bytes(&bytes),
            None => {
                self.body.begin(usize::MAX);
                // The name of a component has no escapes, whatever is in it.
                match kept::is_frame(line.name) {
                    true => self.body.push(line.value),
                    false => self.body.push(&in_dialect(line.value, self.context.mode)),
                }
                self.write_text();
            }
        }
    }
}

/// A parameter as a dialect has it: a value alone is a type in the standard one.
fn push_parameter(header: &mut String, parameter: &str, mode: MimeMode) {
    header.push(';');
    if mode == MimeMode::Standard && !parameter.contains('=') {
        header.push_str("TYPE=");
    }
    header.extend(parameter.chars().map(|c| if c.is_control() { ' ' } else { c }));
}

fn is_group(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A value with the escapes of a dialect: in the old one a backslash is one, but before these.
fn in_dialect(value: &str, mode: MimeMode) -> String {
    if mode == MimeMode::Standard || !value.contains('\\') {
        return value.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('\\', Some('n' | 'N')) => {
                text.push('\n');
                chars.next();
            }
            ('\\', Some('\\')) => {
                chars.next();
                text.push('\\');
                if let Some(';' | ',' | '\\') | None = chars.peek() {
                    text.push('\\');
                }
            }
            ('\\', Some(next @ (';' | ','))) => {
                text.extend(['\\', next]);
                chars.next();
            }
            ('\\', Some(next)) => {
                text.push(next);
                chars.next();
            }
            (c, _) => text.push(c),
        }
    }
    text
}
