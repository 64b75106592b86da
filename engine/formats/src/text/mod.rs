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
use syncloom_script::{FieldId, Item};

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

    /// Gives a mail that is there only in part, as it says itself, the body and attachments of the whole one.
    pub fn restore_parts(&self, item: &mut Item, whole: &Item) {
        let Some((line, mail)) = self.mail_body() else { return };
        let limit = mail.size_limit.and_then(|field| item.get(field).to_integer());
        if limit.is_none_or(|limit| limit < 0) {
            return;
        }
        let parts = [mail.attachment_count, mail.attachment_types, mail.attachments, mail.attachment_sizes];
        let parts = parts.into_iter().chain([mail.attachment_names, mail.body_types, mail.body_count]);
        for field in parts.flatten().chain(value::places(line, &self.profile.fields)) {
            item.set(field, whole.get(field).clone());
        }
    }

    /// The line that the body of a mail is stored by.
    fn mail_body(&self) -> Option<(&LineMap, &MailParts)> {
        let mail = self.profile.mail.as_ref()?;
        let line = self.profile.lines.iter().find(|line| line.kind == LineKind::Body)?;
        Some((line, mail))
    }
}
