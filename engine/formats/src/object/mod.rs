//! Items to and from data objects: XML documents for mails, files and folders (OMA Data Synchronization 1.2). Which
//! element holds which field the config says; what an element holds may be an item of another profile.
//!
//! Not its job: the inner item, which is that of a MIME-DIR or text profile; and scripts.

mod encoding;
mod plan;
mod read;
mod write;

use std::sync::Arc;

use syncloom_config::{DataType, ObjectProfile, ProfileUse};
use syncloom_script::{FieldId, Item, Value, Zones};

use crate::codec::Parsed;
use crate::mime::MimeCodec;
use crate::note::{Note, ParseError};
use crate::peer::Peer;
use crate::setting::Setting;
use crate::text::TextCodec;
use plan::ElementPlan;

/// Items of one datatype of data objects to and from bytes.
#[derive(Debug)]
pub(crate) struct ObjectCodec {
    datatype: Arc<DataType>,
    profile: Arc<ObjectProfile>,
    elements: Vec<ElementPlan>,
    inner: Option<Inner>,
}

/// Who reads and writes the item within an element.
#[derive(Debug)]
enum Inner {
    Mime(Box<MimeCodec>),
    Text(TextCodec),
}

impl ObjectCodec {
    /// Prepares a datatype.
    pub fn new(datatype: Arc<DataType>, profile: Arc<ObjectProfile>) -> ObjectCodec {
        let inner = match &profile.embedded {
            Some(ProfileUse::Mime(inner)) => {
                Some(Inner::Mime(Box::new(MimeCodec::new(Arc::clone(&datatype), Arc::clone(inner)))))
            }
            Some(ProfileUse::Text(inner)) => {
                Some(Inner::Text(TextCodec::new(Arc::clone(&datatype), Arc::clone(inner))))
            }
            Some(ProfileUse::Object(_)) | None => None,
        };
        let elements = plan::elements(&profile.tags);
        ObjectCodec { datatype, profile, elements, inner }
    }

    /// Reads an item. What the document does not mention is not assigned: peers know only some of the elements.
    pub fn parse(&self, bytes: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        read::read(self, bytes, peer)
    }

    /// Appends the item to `out`. A mail in it is cut to `size_limit` bytes, if there is a limit.
    pub fn generate(
        &self,
        item: &Item,
        peer: &Peer,
        size_limit: Option<u64>,
        out: &mut Vec<u8>,
    ) -> Vec<Note> {
        write::Writer::new(self, item, peer, size_limit).write(out)
    }

    /// By field index, whether the document, or the item in it, has the field.
    pub fn available_fields(&self, peer: &Peer) -> Vec<bool> {
        let none = || vec![false; self.profile.fields.len()];
        let mut available = match &self.inner {
            Some(Inner::Mime(codec)) => Setting::new(codec, peer).available_fields(),
            Some(Inner::Text(codec)) => codec.available_fields(),
            None => none(),
        };
        let fields = self.profile.tags.iter().map(|map| map.field).chain(self.profile.root);
        for field in fields {
            if let Some(slot) = available.get_mut(field.index()) {
                *slot = true;
            }
        }
        available
    }

    /// The mail within, if it is one.
    pub fn text(&self) -> Option<&TextCodec> {
        match &self.inner {
            Some(Inner::Text(codec)) => Some(codec),
            Some(Inner::Mime(_)) | None => None,
        }
    }

    /// The name of the outermost element: what the item says, or else what the MIME type is about, as in
    /// `application/vnd.omads-email+xml`, or else the name of the datatype.
    fn root_name(&self, item: &Item) -> String {
        let said = self.profile.root.map(|field| item.get_at(field, 0).to_text()).unwrap_or_default();
        if plan::is_name(&said) {
            return said;
        }
        let subject = self.datatype.mime_type.strip_suffix("+xml").and_then(|name| name.rsplit('-').next());
        let subject = subject.filter(|name| plan::is_name(name)).unwrap_or(&self.profile.name);
        let mut chars = subject.chars().filter(|c| c.is_ascii_alphanumeric());
        let first = chars.next().filter(char::is_ascii_alphabetic).unwrap_or('X').to_ascii_uppercase();
        std::iter::once(first).chain(chars).collect()
    }
}

impl Inner {
    fn parse(&self, bytes: &[u8], peer: &Peer) -> Result<Parsed, ParseError> {
        match self {
            Inner::Mime(codec) => Setting::new(codec, peer).parse(bytes),
            Inner::Text(codec) => Ok(Parsed { zones: peer.zones.clone(), ..codec.parse(bytes) }),
        }
    }

    fn generate(&self, item: &Item, peer: &Peer, size_limit: Option<u64>, out: &mut Vec<u8>) -> Vec<Note> {
        match self {
            Inner::Mime(codec) => Setting::new(codec, peer).generate(item, out),
            Inner::Text(codec) => codec.generate(item, peer, size_limit, out),
        }
    }

    /// Whether an item has anything of it.
    fn is_in(&self, item: &Item, peer: &Peer) -> bool {
        let available = match self {
            Inner::Mime(codec) => Setting::new(codec, peer).available_fields(),
            Inner::Text(codec) => codec.available_fields(),
        };
        let fields = item.iter().zip(available).filter(|(_, available)| *available);
        fields.map(|((_, value), _)| value).any(Value::is_assigned)
    }
}

/// An item of which nothing has been read yet.
fn blank(
    fields: &Arc<syncloom_script::FieldList>,
    root: Option<FieldId>,
    name: &str,
    zones: Zones,
) -> Parsed {
    let mut item = Item::new(Arc::clone(fields));
    if let Some(root) = root {
        item.set(root, Value::Text(name.into()));
    }
    Parsed { item, notes: Vec::new(), zones }
}
