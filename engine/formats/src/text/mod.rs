//! Items to and from lines of text: notes, and mails with headers and parts (manual 10.4; RFC 5322, RFC 2045 to
//! 2047, RFC 2231).
//!
//! Not its job: compression and 16-bit text (`packing`), and scripts.

mod header;
mod lines;
mod mail;
mod read;
mod value;
mod words;
mod write;

use std::sync::Arc;

use syncloom_config::{DataType, LineKind, LineMap, MailParts, TextProfile};
use syncloom_script::{FieldId, Item, Value};

use crate::codec::Parsed;
use crate::note::Note;
use crate::peer::Peer;

/// Items of one text datatype to and from bytes.
#[derive(Debug)]
pub(crate) struct TextCodec {
    datatype: Arc<DataType>,
    profile: Arc<TextProfile>,
    /// Whether texts begin with headers, which an empty line ends.
    has_header: bool,
}

impl TextCodec {
    /// Prepares a datatype that is written by this profile.
    pub fn new(datatype: Arc<DataType>, profile: Arc<TextProfile>) -> TextCodec {
        let has_header = profile.mail.is_some() || profile.lines.iter().any(|line| line.in_header);
        TextCodec { datatype, profile, has_header }
    }

    /// Reads an item. Whatever the bytes are, they are some item.
    pub fn parse(&self, bytes: &[u8]) -> Parsed {
        read::Reader::new(self).read(bytes)
    }

    /// Appends the item to `out`, of its body and attachments not more than `size_limit` bytes, if there is a limit.
    pub fn generate(
        &self,
        item: &Item,
        peer: &Peer,
        size_limit: Option<u64>,
        out: &mut Vec<u8>,
    ) -> Vec<Note> {
        write::Writer::new(self, item, peer, size_limit, out).write()
    }

    /// By field index, whether the profile has the field.
    pub fn available_fields(&self) -> Vec<bool> {
        let list = &self.profile.fields;
        let mut available = vec![false; list.len()];
        let mut mark = |field: FieldId| {
            if let Some(slot) = available.get_mut(field.index()) {
                *slot = true;
            }
        };
        for line in &self.profile.lines {
            value::places(line, list).for_each(&mut mark);
        }
        if let Some(mail) = &self.profile.mail {
            let MailParts {
                max_attachments: _,
                attachment_count,
                attachment_types,
                attachments,
                attachment_sizes,
                attachment_names,
                size_limit,
                body_types,
                body_count,
            } = mail;
            let parts = [attachment_count, attachment_types, attachments, attachment_sizes, attachment_names];
            parts
                .into_iter()
                .chain([size_limit, body_types, body_count])
                .flatten()
                .for_each(|field| mark(*field));
        }
        available
    }

    /// The field with the body of a mail, which is cut where items have a size limit.
    pub fn body_field(&self) -> Option<FieldId> {
        self.mail_body().map(|(line, _)| line.field)
    }

    /// Gives a mail that is there only in part the body and attachments of the whole one. Whether it is, it says itself; of
    /// one that does not, where mails are `limited` in size, it is one if all that it has is in the whole one, or begins
    /// what is.
    pub fn restore_parts(&self, item: &mut Item, whole: &Item, limited: bool) {
        let Some((line, mail)) = self.mail_body() else { return };
        let is_part = match mail.size_limit.map(|field| item.get(field).to_integer()) {
            Some(Some(limit)) => limit >= 0,
            Some(None) | None => limited && self.is_part(item, whole),
        };
        if !is_part {
            return;
        }
        let parts = [mail.attachment_count, mail.attachment_types, mail.attachments, mail.attachment_sizes];
        let parts = parts.into_iter().chain([mail.attachment_names, mail.body_types, mail.body_count]);
        for field in parts.flatten().chain(value::places(line, &self.profile.fields)) {
            item.set(field, whole.get(field).clone());
        }
    }

    /// Whether a mail has nothing in it that another one does not have, or have more of.
    fn is_part(&self, item: &Item, whole: &Item) -> bool {
        let Some((line, mail)) = self.mail_body() else { return false };
        let texts = |item: &Item| -> Vec<String> {
            elements(item.get(line.field)).iter().map(Value::to_text).collect()
        };
        let (cut, all) = (texts(item), texts(whole));
        // Space at its end gets lost on the way.
        let begins = |cut: &String| all.iter().any(|text| text.starts_with(cut.trim_end()));
        let attached =
            |item: &Item| mail.attachments.map_or(Vec::new(), |field| elements(item.get(field)).to_vec());
        let (came, known) = (attached(item), attached(whole));
        cut.iter().all(begins) && came.iter().all(|attachment| known.contains(attachment))
    }

    /// The line that the body of a mail is stored by.
    fn mail_body(&self) -> Option<(&LineMap, &MailParts)> {
        let mail = self.profile.mail.as_ref()?;
        let line = self.profile.lines.iter().find(|line| line.kind == LineKind::Body)?;
        Some((line, mail))
    }
}

fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Array(elements) => elements,
        Value::Unassigned | Value::Empty => &[],
        value => std::slice::from_ref(value),
    }
}
