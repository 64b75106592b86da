//! The body of a mail taken apart, and stored.
//!
//! Every byte is looked at once for each level of nesting, and both levels and parts are bounded.

use std::borrow::Cow;

use memchr::memmem;
use syncloom_config::{LineMap, MailParts};
use syncloom_script::{FieldId, FieldType, Item, Value};

use super::content::Content;
use super::{Attachment, Variant, is_usual_text, transfer};
use crate::charset;
use crate::note::{Note, NoteKind};
use crate::text::header::{self, Header};
use crate::text::lines::Lines;

/// How deeply parts are taken apart within each other. Mails that were forwarded many times have ten levels; the
/// parts below are kept as they are.
const MAX_DEPTH: usize = 20;

/// How many parts a mail is taken apart into. A peer that sends more wants to make work; `<maxattachments>` is by
/// default larger than any mailbox needs.
const MAX_PARTS: usize = 10_000;

/// Reads the body behind the headers, and stores it by its line and the options of the profile.
pub(in crate::text) fn read(
    line: &LineMap,
    parts: &MailParts,
    headers: &[Header<'_>],
    body: &Lines<'_>,
    item: &mut Item,
    notes: &mut Vec<Note>,
) {
    let body = lf_lines(body);
    let mut found = Found { variants: Vec::new(), attachments: Vec::new(), parts: 0, notes: Vec::new() };
    let is_array = item.is_array(line.field);
    found.part(&Content::of(headers), &body, 0, None);
    let tag = line.tag.as_deref().unwrap_or_default().trim_end_matches(':');
    found.settle(is_array, parts.attachments.is_some());
    let store = Store { line, parts, item };
    store.all(found.variants, found.attachments, &mut found.notes);
    notes.extend(found.notes.into_iter().map(|kind| Note { line: 0, property: tag.to_owned(), kind }));
}

/// The text behind the headers with line ends that have an LF, or as it is if it has them: boundaries are looked for
/// by lines.
fn lf_lines<'a>(body: &Lines<'a>) -> Cow<'a, [u8]> {
    let rest = body.rest();
    let odd = !rest.contains(&b'\n') && rest.contains(&b'\r') || memmem::find(rest, b"\r\r\n").is_some();
    if !odd {
        return Cow::Borrowed(rest);
    }
    let mut out = Vec::with_capacity(rest.len());
    let mut lines = Lines::new(rest, 1);
    let ends = matches!(rest.last(), Some(b'\r' | b'\n'));
    while let Some(line) = lines.next() {
        out.extend_from_slice(line);
        if ends || !lines.rest().is_empty() {
            out.extend_from_slice(b"\r\n");
        }
    }
    Cow::Owned(out)
}

/// What has been found in a mail.
struct Found {
    variants: Vec<Variant>,
    attachments: Vec<Attachment>,
    parts: usize,
    notes: Vec<NoteKind>,
}

impl Found {
    /// Takes a part and all parts in it.
    fn part(&mut self, content: &Content, body: &[u8], depth: usize, within: Option<&str>) {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            if self.parts == MAX_PARTS + 1 {
                self.notes.push(NoteKind::TooManyParts(MAX_PARTS));
            }
            return;
        }
        let is_multipart = content.mime_type.starts_with("multipart/");
        if let Some(boundary) = content.boundary.as_deref().filter(|_| is_multipart) {
            if depth == MAX_DEPTH {
                self.notes.push(NoteKind::PartsTooDeep(MAX_DEPTH));
            } else if self.parts_of(content, boundary, body, depth) {
                return;
            }
        }
        let bytes = transfer::decode(&content.encoding, body, &mut self.notes);
        // A multipart without parts is text, as it is the body of the mail.
        let mime_type = match is_multipart && depth < MAX_DEPTH {
            true => "text/plain",
            false => content.mime_type.as_str(),
        };
        if is_variant(content, mime_type, within) {
            let (text, found) = charset::decode(bytes, content.charset.as_deref());
            self.notes.extend(found);
            self.variant(mime_type, text.into_owned(), within);
        } else {
            self.attachments.push(Attachment {
                mime_type: mime_type.to_owned(),
                name: content.name.clone(),
                content: attached(content, mime_type, bytes),
            });
        }
    }

    /// Takes the parts between boundaries. `false` if there are none.
    fn parts_of(&mut self, content: &Content, boundary: &str, body: &[u8], depth: usize) -> bool {
        let mut parts = Parts { boundary: boundary.as_bytes(), rest: body };
        if !parts.begin() {
            return false;
        }
        while let Some((headers, body)) = parts.next(&mut self.notes) {
            let mut inner = Content::of(&headers);
            if content.mime_type == "multipart/digest" && !inner.has_type {
                inner.mime_type = "message/rfc822".to_owned();
            }
            self.part(&inner, body, depth + 1, Some(&content.mime_type));
        }
        true
    }

    /// Takes a variant of the text. Text that goes on behind other parts is put behind what there is.
    fn variant(&mut self, mime_type: &str, text: String, within: Option<&str>) {
        let alternative = within == Some("multipart/alternative");
        match self.variants.iter_mut().find(|known| known.mime_type == mime_type && !alternative) {
            Some(known) if !text.is_empty() => {
                if !known.text.is_empty() && !known.text.ends_with('\n') {
                    known.text.push('\n');
                }
                known.text.push_str(&text);
            }
            Some(_) => {}
            None => self.variants.push(Variant { mime_type: mime_type.to_owned(), text }),
        }
    }

    /// Where there is one field for the text, the plain variant is the text (manual 10.4.6). A mail that has none
    /// keeps the other one as an attachment.
    fn settle(&mut self, many: bool, with_attachments: bool) {
        if many {
            return;
        }
        let plain = self.variants.iter().position(|variant| variant.mime_type == "text/plain");
        let mut others = std::mem::take(&mut self.variants);
        if let Some(at) = plain {
            let text = others.swap_remove(at);
            let empty = text.text.trim().is_empty();
            self.variants.push(text);
            if !empty {
                self.notes.extend(others.into_iter().map(|other| NoteKind::DroppedVariant(other.mime_type)));
                return;
            }
        }
        let others = others.into_iter().filter(|other| !other.text.is_empty());
        if with_attachments {
            let whole = |other: Variant| Attachment {
                mime_type: other.mime_type,
                name: String::new(),
                content: other.text.into_bytes(),
            };
            self.attachments.splice(0..0, others.map(whole));
        } else {
            self.notes.extend(others.map(|other| NoteKind::DroppedVariant(other.mime_type)));
        }
    }
}

/// Whether a part is text of the mail rather than an attachment.
fn is_variant(content: &Content, mime_type: &str, within: Option<&str>) -> bool {
    let is_text = mime_type.starts_with("text/");
    let alternative = within == Some("multipart/alternative");
    let usual = is_usual_text(mime_type);
    is_text && !content.is_attachment && content.name.is_empty() && (usual || alternative || within.is_none())
}

/// The bytes of an attachment. Text is kept in UTF-8: no field says which character set it has.
fn attached(content: &Content, mime_type: &str, bytes: Cow<'_, [u8]>) -> Vec<u8> {
    let encoding = content.charset.as_deref().filter(|_| mime_type.starts_with("text/"));
    match encoding.and_then(charset::encoding) {
        Some(encoding) if encoding != encoding_rs::UTF_8 => {
            let (text, broken) = encoding.decode_with_bom_removal(&bytes);
            if broken { bytes.into_owned() } else { text.into_owned().into_bytes() }
        }
        _ => bytes.into_owned(),
    }
}

/// The parts between the boundaries of a multipart (RFC 2046 section 5.1).
struct Parts<'a, 'b> {
    boundary: &'b [u8],
    rest: &'a [u8],
}

impl<'a> Parts<'a, '_> {
    /// Goes behind the first boundary. `false` if there is none.
    fn begin(&mut self) -> bool {
        let Some((_, next)) = self.find(self.rest) else { return false };
        self.rest = next;
        true
    }

    /// The headers and the content of the next part. A part that nothing ends is the last one.
    fn next(&mut self, notes: &mut Vec<NoteKind>) -> Option<(Vec<Header<'a>>, &'a [u8])> {
        if self.rest.is_empty() {
            return None;
        }
        let text = self.rest;
        let (end, next) = self.find(text).unwrap_or((text.len(), &[]));
        self.rest = next;
        let mut lines = Lines::new(&text[..end], 1);
        let mut found = Vec::new();
        let headers = header::read(&mut lines, &mut found);
        notes.extend(found.into_iter().map(|note| note.kind).filter(|kind| *kind != NoteKind::NoProperty));
        let content = lines.rest();
        // Content that is not encoded may hold what looks like a boundary, so its length counts for more, if there
        // is a boundary where it ends (manual 10.5.6).
        if let Some(length) = Content::of(&headers).length {
            let whole = &text[end - content.len()..];
            if let Some(behind) = whole.get(length..)
                && let Some(next) = self.boundary(skip_line_end(behind))
            {
                self.rest = next;
                return Some((headers, &whole[..length]));
            }
        }
        Some((headers, content))
    }

    /// The next boundary: where the content before it ends, and what follows.
    fn find(&self, text: &'a [u8]) -> Option<(usize, &'a [u8])> {
        let mut start = 0;
        while start < text.len() {
            if let Some(next) = self.boundary(&text[start..]) {
                return Some((content_end(&text[..start]), next));
            }
            start += line_len(&text[start..]);
        }
        None
    }

    /// What follows the boundary that a text begins with; nothing, if it is the last one.
    fn boundary(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let behind = text.strip_prefix(b"--")?.strip_prefix(self.boundary)?;
        let (line, next) = behind.split_at(line_len(behind));
        match line.strip_prefix(b"--") {
            Some(space) if space.trim_ascii().is_empty() => Some(&[]),
            _ if line.trim_ascii().is_empty() => Some(next),
            _ => None,
        }
    }
}

/// The length of the first line with its end.
fn line_len(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| at + 1)
}

fn skip_line_end(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\r\n").or_else(|| text.strip_prefix(b"\n")).unwrap_or(text)
}

/// The end of a content whose last line end belongs to the boundary behind it.
fn content_end(content: &[u8]) -> usize {
    let without = content.strip_suffix(b"\n").map(|text| text.strip_suffix(b"\r").unwrap_or(text));
    without.map_or(content.len(), <[u8]>::len)
}

/// Where the parts go.
struct Store<'s> {
    line: &'s LineMap,
    parts: &'s MailParts,
    item: &'s mut Item,
}

impl Store<'_> {
    fn all(mut self, variants: Vec<Variant>, mut attachments: Vec<Attachment>, notes: &mut Vec<NoteKind>) {
        let parts = self.parts;
        self.text(parts.body_types, variants.iter().map(|variant| variant.mime_type.clone()));
        self.number(parts.body_count, variants.len());
        let body = self.line.field;
        if self.item.is_array(body) {
            self.text(Some(body), variants.into_iter().map(|variant| variant.text));
        } else {
            let text = variants.into_iter().next().map(|variant| variant.text).unwrap_or_default();
            let kind = self.kind(body);
            self.item.set(body, Value::from_text(&text, kind));
        }
        let most = usize::from(parts.max_attachments);
        if attachments.len() > most {
            notes.push(NoteKind::TooManyAttachments(attachments.len() - most));
            attachments.truncate(most);
        }
        self.number(parts.attachment_count, attachments.len());
        self.text(parts.attachment_names, attachments.iter().map(|attachment| attachment.name.clone()));
        self.text(parts.attachment_types, attachments.iter().map(|attachment| attachment.mime_type.clone()));
        let sizes = attachments.iter().map(|attachment| attachment.content.len());
        let sizes: Vec<Value> = sizes.map(integer).collect();
        self.values(parts.attachment_sizes, sizes);
        if parts.attachments.is_none() && !attachments.is_empty() {
            notes.push(NoteKind::TooManyAttachments(attachments.len()));
        }
        let kind = parts.attachments.map_or(FieldType::Blob, |field| self.kind(field));
        let contents = attachments.into_iter().map(|attachment| match kind {
            FieldType::Blob => Value::Blob(attachment.content),
            kind => Value::from_text(&String::from_utf8_lossy(&attachment.content), kind),
        });
        let contents = contents.collect();
        self.values(parts.attachments, contents);
    }

    fn kind(&self, field: FieldId) -> FieldType {
        self.item.list().get(field).map_or(FieldType::String, |field| field.kind)
    }

    fn number(&mut self, field: Option<FieldId>, number: usize) {
        if let Some(field) = field {
            self.item.set(field, integer(number));
        }
    }

    fn text(&mut self, field: Option<FieldId>, texts: impl Iterator<Item = String>) {
        let Some(field) = field else { return };
        let kind = self.kind(field);
        self.values(Some(field), texts.map(|text| Value::from_text(&text, kind)).collect());
    }

    /// Sets an array field; a field that is none takes the first value.
    fn values(&mut self, field: Option<FieldId>, mut values: Vec<Value>) {
        let Some(field) = field else { return };
        if self.item.is_array(field) {
            self.item.set(field, Value::Array(values));
        } else {
            let first = if values.is_empty() { Value::Empty } else { values.swap_remove(0) };
            self.item.set(field, first);
        }
    }
}

fn integer(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
