//! The text and the attachments of an item as the body of a mail.
//!
//! What comes out depends on the item alone, so that the same item is the same bytes each time.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use memchr::memmem;
use syncloom_config::{LineMap, MailParts};
use syncloom_script::{FieldId, Item, Value};

use super::{Attachment, Variant, is_usual_text};
use crate::note::{Note, NoteKind};
use crate::text::read::SIZE_LIMIT;
use crate::text::write::push_crlf;
use crate::text::{header, words};

/// How many bytes make a line of base 64: 57 become the 76 characters that RFC 2045 section 6.8 allows.
const BYTES_A_LINE: usize = 57;

/// Appends what follows the headers that have a line in the config: the headers of the content, an empty line, and
/// the content. Text and attachments are cut and left out to stay within `size_limit` bytes.
pub(in crate::text) fn write(
    line: &LineMap,
    parts: &MailParts,
    item: &Item,
    binary: bool,
    size_limit: Option<u64>,
    out: &mut Vec<u8>,
) -> Vec<Note> {
    let mut kinds = Vec::new();
    let mut variants = variants(line, parts, item);
    let mut attachments = attachments(parts, item);
    let was_cut = size_limit.is_some_and(|limit| cut(&mut variants, &mut attachments, limit, &mut kinds));
    let mut writer = Writer { binary, out, boundaries: Boundaries::avoiding(&variants, &attachments) };
    let limit = parts.size_limit.map(|_| match size_limit {
        Some(limit) if was_cut => i64::try_from(limit).unwrap_or(i64::MAX),
        _ => -1,
    });
    writer.body(&variants, &attachments, item.get(line.field).is_assigned(), limit);
    let tag = line.tag.as_deref().unwrap_or_default().trim_end_matches(':');
    kinds.into_iter().map(|kind| Note { line: 0, property: tag.to_owned(), kind }).collect()
}

fn variants(line: &LineMap, parts: &MailParts, item: &Item) -> Vec<Variant> {
    let texts = many(item, line.field);
    let types = parts.body_types.map(|field| many(item, field)).unwrap_or_default();
    let count = parts.body_count.and_then(|field| count(item, field)).unwrap_or(usize::MAX);
    texts
        .into_iter()
        .enumerate()
        .take(count)
        .filter(|(_, text)| !text.is_empty())
        .map(|(number, text)| Variant {
            mime_type: types
                .get(number)
                .map(|kind| mime_type(&kind.to_text(), "text/plain"))
                .unwrap_or("text/plain".into()),
            text: text.to_text(),
        })
        .collect()
}

fn attachments(parts: &MailParts, item: &Item) -> Vec<Attachment> {
    let Some(field) = parts.attachments else { return Vec::new() };
    let count = parts.attachment_count.and_then(|field| count(item, field)).unwrap_or(usize::MAX);
    let text = |field: Option<FieldId>, number| {
        field.map(|field| item.get_at(field, number).to_text()).unwrap_or_default()
    };
    many(item, field)
        .into_iter()
        .enumerate()
        .take(count.min(usize::from(parts.max_attachments)))
        .filter(|(_, content)| content.is_assigned())
        .map(|(number, content)| Attachment {
            mime_type: mime_type(&text(parts.attachment_types, number), "application/octet-stream"),
            name: text(parts.attachment_names, number),
            content: match content {
                Value::Blob(bytes) => bytes.clone(),
                other => other.to_text().into_bytes(),
            },
        })
        .collect()
}

fn many(item: &Item, field: FieldId) -> Vec<&Value> {
    match item.get(field) {
        Value::Array(elements) => elements.iter().collect(),
        value if value.is_assigned() => vec![value],
        _ => Vec::new(),
    }
}

/// The number that a count field holds; a field that is not assigned says nothing.
fn count(item: &Item, field: FieldId) -> Option<usize> {
    item.get(field).to_integer().map(|count| usize::try_from(count).unwrap_or(0))
}

/// A MIME type as it can stand in a header.
fn mime_type(text: &str, default: &str) -> String {
    let text = text.trim();
    let good = |c: char| c.is_ascii_alphanumeric() || "/.+-_$&!#^".contains(c);
    if text.contains('/') && text.chars().all(good) { text.to_owned() } else { default.to_owned() }
}

/// Cuts text and leaves out attachments until all is within so many bytes. The text comes first.
fn cut(
    variants: &mut Vec<Variant>,
    attachments: &mut Vec<Attachment>,
    limit: u64,
    notes: &mut Vec<NoteKind>,
) -> bool {
    let mut left = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut was_cut = false;
    for (number, variant) in variants.iter_mut().enumerate() {
        if variant.text.len() > left {
            let mut end = if number == 0 { left } else { 0 };
            while !variant.text.is_char_boundary(end) {
                end -= 1;
            }
            variant.text.truncate(end);
            notes.push(NoteKind::Truncated(end));
            was_cut = true;
        }
        left -= variant.text.len();
    }
    variants.retain(|variant| !variant.text.is_empty());
    let before = attachments.len();
    attachments.retain(|attachment| match left.checked_sub(attachment.content.len()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    if attachments.len() < before {
        notes.push(NoteKind::TooManyAttachments(before - attachments.len()));
        was_cut = true;
    }
    was_cut
}

struct Writer<'w> {
    /// Whether attachments stand as they are.
    binary: bool,
    out: &'w mut Vec<u8>,
    boundaries: Boundaries,
}

impl Writer<'_> {
    fn body(&mut self, variants: &[Variant], attachments: &[Attachment], has_body: bool, limit: Option<i64>) {
        let limit = limit.map(|limit| format!("{SIZE_LIMIT}: {limit}\r\n")).unwrap_or_default();
        match (variants, attachments) {
            ([], []) => {
                // A body that is not assigned is none, and nothing is said of it.
                if has_body {
                    self.text_headers("text/plain", true);
                }
                self.push(&limit);
                self.push("\r\n");
            }
            ([only], []) => {
                self.text_headers(&only.mime_type, true);
                self.push(&limit);
                self.push("\r\n");
                push_crlf(&only.text, self.out);
            }
            (many, []) => self.alternative(many, &limit, true),
            (_, _) => {
                let boundary = self.boundaries.next();
                self.multipart("mixed", &boundary, &limit, true);
                match variants {
                    [] => {}
                    [only] if is_usual_text(&only.mime_type) => {
                        self.delimiter(&boundary);
                        self.text_part(only);
                    }
                    many => {
                        self.delimiter(&boundary);
                        self.alternative(many, "", false);
                    }
                }
                for attachment in attachments {
                    self.delimiter(&boundary);
                    self.attachment(attachment);
                }
                self.push(&format!("\r\n--{boundary}--\r\n"));
            }
        }
    }

    fn alternative(&mut self, variants: &[Variant], limit: &str, whole: bool) {
        let boundary = self.boundaries.next();
        self.multipart("alternative", &boundary, limit, whole);
        for variant in variants {
            self.delimiter(&boundary);
            self.text_part(variant);
        }
        self.push(&format!("\r\n--{boundary}--\r\n"));
    }

    /// The headers of a multipart, and the empty line.
    fn multipart(&mut self, kind: &str, boundary: &str, limit: &str, whole: bool) {
        self.push(&format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n"));
        if whole {
            self.push("Content-Transfer-Encoding: 8BIT\r\n");
        }
        self.push(limit);
        self.push("\r\n");
    }

    fn delimiter(&mut self, boundary: &str) {
        self.push(&format!("\r\n--{boundary}\r\n"));
    }

    fn text_headers(&mut self, mime_type: &str, eight_bit: bool) {
        self.push(&format!("Content-Type: {mime_type}; charset=\"UTF-8\"\r\n"));
        if eight_bit {
            self.push("Content-Transfer-Encoding: 8BIT\r\n");
        }
    }

    fn text_part(&mut self, variant: &Variant) {
        // What is not said is 7BIT (RFC 2045 section 6.1).
        self.text_headers(&variant.mime_type, !variant.text.is_ascii());
        self.push("\r\n");
        push_crlf(&variant.text, self.out);
    }

    fn attachment(&mut self, attachment: &Attachment) {
        let name = file_name(&attachment.name);
        header::write("Content-Disposition:", &format!("attachment{name}"), self.out);
        let Attachment { mime_type, content, .. } = attachment;
        let text = std::str::from_utf8(content).ok().filter(|_| mime_type.starts_with("text/"));
        let charset = match mime_type.starts_with("text/") && text.is_none() {
            true => "",
            false => "; charset=\"UTF-8\"",
        };
        self.push(&format!("Content-Type: {mime_type}{charset}\r\n"));
        if self.binary {
            let length = content.len();
            self.push(&format!("Content-Transfer-Encoding: BINARY\r\nContent-Length: {length}\r\n\r\n"));
            self.out.extend_from_slice(content);
        } else if text.is_some_and(is_plain) {
            self.push("Content-Transfer-Encoding: 8BIT\r\n\r\n");
            self.out.extend_from_slice(content);
        } else {
            self.push("Content-Transfer-Encoding: BASE64\r\n\r\n");
            let mut line = String::with_capacity(BYTES_A_LINE * 4 / 3);
            for bytes in content.chunks(BYTES_A_LINE) {
                line.clear();
                BASE64_STANDARD.encode_string(bytes, &mut line);
                self.out.extend_from_slice(line.as_bytes());
                self.out.extend_from_slice(b"\r\n");
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// Whether text can stand in a mail as it is, and comes back as it was: its lines end in CRLF and are no longer than
/// RFC 5322 section 2.1.1 allows.
fn is_plain(text: &str) -> bool {
    !text.contains('\0') && text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n']))
}

/// `; filename="…"`, or the extended form of RFC 2231 for names that ASCII cannot say; nothing for no name.
fn file_name(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    if name.trim().is_empty() {
        return String::new();
    }
    if name.is_ascii() && words::encode(&name) == name {
        return format!("; filename=\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let mut text = "; filename*=utf-8''".to_owned();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Boundaries that occur in none of the parts.
struct Boundaries {
    stem: String,
    count: u32,
}

impl Boundaries {
    fn avoiding(variants: &[Variant], attachments: &[Attachment]) -> Boundaries {
        let contains = |stem: &str| {
            let finder = memmem::Finder::new(stem);
            let holds = |text: &[u8]| finder.find(text).is_some();
            variants.iter().any(|variant| holds(variant.text.as_bytes()))
                || attachments.iter().any(|attachment| holds(&attachment.content))
        };
        // A mail that was made to hold this many of them is as likely as one that holds a random boundary.
        let stem = (0..1000).map(|number| format!("=_syncloom_{number}_")).find(|stem| !contains(stem));
        Boundaries { stem: stem.unwrap_or_else(|| "=_syncloom_more_".to_owned()), count: 0 }
    }

    fn next(&mut self) -> String {
        self.count += 1;
        format!("----{}{}", self.stem, self.count)
    }
}
