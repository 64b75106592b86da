//! Bytes into an item: headers by their tags, lines by their order, and what is left to the body (manual 10.4).
//!
//! Not its job: the parts of mails (`mail`).

use syncloom_config::{LineKind, LineMap};
use syncloom_script::{Item, Value, Zones};

use super::header::{self, Header};
use super::lines::Lines;
use super::{TextCodec, mail, value};
use crate::charset;
use crate::codec::Parsed;
use crate::note::{Note, NoteKind};

/// The header that tells how large a mail was allowed to be when it was sent (manual 10.4.7, `<sizelimitfield>`).
pub(super) const SIZE_LIMIT: &str = "X-Sync-Message-Limit";

/// The headers that say what a body is; they are not stored.
const CONTENT: [&str; 5] =
    ["MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Length"];

/// Reads one text.
pub(super) struct Reader<'c> {
    codec: &'c TextCodec,
    item: Item,
    notes: Vec<Note>,
}

impl<'c> Reader<'c> {
    /// For one text.
    pub fn new(codec: &'c TextCodec) -> Self {
        Reader { codec, item: Item::new(codec.profile.fields.clone()), notes: Vec::new() }
    }

    /// Reads it.
    pub fn read(mut self, bytes: &[u8]) -> Parsed {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut lines = Lines::new(bytes, 1);
        let headers = match self.codec.has_header {
            true => header::read(&mut lines, &mut self.notes),
            false => Vec::new(),
        };
        self.headers(&headers);
        match self.codec.mail_body() {
            Some((line, parts)) => {
                mail::read(line, parts, &headers, &lines, &mut self.item, &mut self.notes);
            }
            None => self.body(lines.rest(), lines.number),
        }
        Parsed { item: self.item, notes: self.notes, zones: Zones::default() }
    }

    fn headers(&mut self, headers: &[Header<'_>]) {
        let codec = self.codec;
        let maps = || codec.profile.lines.iter().filter(|line| line.in_header);
        let mut free = maps().filter(|line| line.tag.is_none()).map(|line| (line, line.num_lines));
        let mut next = free.next();
        let mut gathered = String::new();
        for header in headers {
            let tagged = maps().find_map(|line| Some((line, header.after_tag(line.tag.as_deref()?)?)));
            if let Some((line, text)) = tagged {
                self.store(line, text, header.line);
            } else if self.size_limit(header) {
            } else if codec.profile.mail.is_some()
                && CONTENT.iter().any(|name| header.value_of(name).is_some())
            {
                // Read with the body.
            } else if let Some((line, left)) = next {
                if !gathered.is_empty() {
                    gathered.push('\n');
                }
                gathered.push_str(&header.text);
                next = Some((line, left.saturating_sub(1)));
                if left == 1 {
                    self.store(line, &gathered, header.line);
                    gathered.clear();
                    next = free.next();
                }
            } else {
                let property = header.name().to_owned();
                self.notes.push(Note { line: header.line, property, kind: NoteKind::UnknownProperty });
            }
        }
        if let Some((line, _)) = next.filter(|_| !gathered.is_empty()) {
            self.store(line, &gathered, headers.last().map_or(0, |header| header.line));
        }
    }

    /// Takes the header with the size limit; whether it was that.
    fn size_limit(&mut self, header: &Header<'_>) -> bool {
        let mail = self.codec.profile.mail.as_ref();
        let Some(field) = mail.and_then(|mail| mail.size_limit) else { return false };
        let Some(text) = header.value_of(SIZE_LIMIT) else { return false };
        match text.parse() {
            Ok(limit) => self.item.set(field, Value::Integer(limit)),
            Err(_) => {
                let kind = NoteKind::NotUnderstood(text.chars().take(40).collect());
                self.notes.push(Note { line: header.line, property: SIZE_LIMIT.to_owned(), kind });
            }
        }
        true
    }

    /// Takes the lines behind the headers apart: tagged ones go where their tags say, the others by their order.
    fn body(&mut self, bytes: &[u8], first_line: usize) {
        let (text, found) = charset::decode(bytes.into(), None);
        self.note(first_line, "", found);
        let codec = self.codec;
        let maps: Vec<&LineMap> = codec.profile.lines.iter().filter(|line| !line.in_header).collect();
        let tags: Vec<(usize, &LineMap, &str)> = maps
            .iter()
            .enumerate()
            .filter_map(|(index, line)| Some((index, *line, line.tag.as_deref()?)))
            .collect();
        // Where in the order of the maps this is, and what its map has got.
        let mut free = maps.iter().enumerate().filter(|(_, line)| line.tag.is_none());
        let mut at = free.next();
        let mut gathered: Vec<&str> = Vec::new();
        let mut rest = &text[..];
        let mut number = first_line;
        while !rest.is_empty() {
            let (line_text, after) = rest.split_once('\n').unwrap_or((rest, ""));
            let tagged = tags.iter().find(|(index, _, tag)| {
                // Behind the first line of the map that takes the rest only the tags of later maps count.
                let begun = at.is_some_and(|(at, line)| line.num_lines == 0 && *index < at);
                let counts = !begun || gathered.is_empty();
                counts && line_text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            });
            // The last map takes all that is left, line end at the end included, unless there are tags to look for.
            if let Some((index, line)) = at
                && tagged.is_none()
                && line.num_lines == 0
                && tags.iter().all(|(tag, _, _)| *tag < index)
            {
                self.store(line, rest, number);
                at = None;
                break;
            }
            rest = after;
            match (tagged, at) {
                (Some((_, line, tag)), _) => self.store(line, line_text[tag.len()..].trim(), number),
                (None, Some((_, line))) => {
                    gathered.push(line_text);
                    if gathered.len() == usize::from(line.num_lines) {
                        self.store_lines(line, &mut gathered, number);
                        at = free.next();
                    }
                }
                (None, None) if line_text.trim().is_empty() => {}
                (None, None) => {
                    let kind = NoteKind::NoPlaceLeft;
                    self.notes.push(Note { line: number, property: String::new(), kind });
                }
            }
            number += 1;
        }
        // Lines by their order are all of the text: those that are not there are empty.
        while let Some((_, line)) = at {
            self.store_lines(line, &mut gathered, number);
            at = free.next();
        }
    }

    /// Stores what a map has got; empty lines at the end are none.
    fn store_lines(&mut self, line: &LineMap, gathered: &mut Vec<&str>, number: usize) {
        while gathered.last().is_some_and(|line| line.is_empty()) {
            gathered.pop();
        }
        let text = gathered.join("\n");
        gathered.clear();
        self.store(line, &text, number);
    }

    fn store(&mut self, line: &LineMap, text: &str, number: usize) {
        let mut found = Vec::new();
        // A body without the options of a mail is text.
        if line.kind == LineKind::Body && self.item.is_array(line.field) {
            self.item.set_at(line.field, 0, Value::from_text(text, syncloom_script::FieldType::Multiline));
        } else {
            value::store(line, text, &mut self.item, &mut found);
        }
        let name = line.tag.as_deref().unwrap_or_default().trim_end_matches(':').to_owned();
        self.note(number, &name, found);
    }

    fn note(&mut self, line: usize, property: &str, found: Vec<NoteKind>) {
        let note = |kind| Note { line, property: property.to_owned(), kind };
        self.notes.extend(found.into_iter().map(note));
    }
}
