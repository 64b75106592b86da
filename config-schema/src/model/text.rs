//! Text profiles: how the fields of a list stand in lines, headers and mail bodies (manual 10.4).

use std::sync::Arc;

use syncloom_script::{FieldId, FieldList};

use super::objects::TagMap;

/// A `<textprofile>`, or a datatype that has its lines itself, as configs for version 2.1 do.
#[derive(Debug)]
pub struct TextProfile {
    /// The name by which datatypes use it.
    pub name: String,
    /// The field list that its fields are of.
    pub fields: Arc<FieldList>,
    /// The lines, in the order in which they are written.
    pub lines: Vec<LineMap>,
    /// `<mimemail>` with its options: whether bodies are mail bodies, and where their parts are stored.
    pub mail: Option<MailParts>,
    /// The elements of the data objects whose inner items it is for.
    pub tags: Vec<TagMap>,
}

/// A `<linemap>` (manual 10.4.1).
#[derive(Debug)]
pub struct LineMap {
    /// The field.
    pub field: FieldId,
    /// `<numlines>`: how many lines of text it takes; 0 is all that are left.
    pub num_lines: u16,
    /// `<inheader>`: it stands among the headers, before the empty line.
    pub in_header: bool,
    /// `<allowempty>`: an empty field is written as an empty line.
    pub allow_empty: bool,
    /// `<headertag>`: what the line begins with, the colon included.
    pub tag: Option<String>,
    /// `<filterkeyword>`: the name by which peers filter by the field.
    pub filter_keyword: Option<String>,
    /// `<valuetype>`.
    pub kind: LineKind,
    /// `<list>`: several values in one line.
    pub list: Option<LineList>,
}

/// `<valuetype>` of a `<linemap>` (manual 10.4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// As it stands.
    Text,
    /// A time as mails have it (RFC 5322 section 3.3).
    Date,
    /// A mail body with its parts.
    Body,
    /// Encoded words (RFC 2047).
    Rfc2047,
}

impl LineKind {
    /// All kinds with the names that the config uses for them.
    pub const NAMES: &'static [(&'static str, LineKind)] = &[
        ("text", LineKind::Text),
        ("date", LineKind::Date),
        ("body", LineKind::Body),
        ("rfc2047", LineKind::Rfc2047),
    ];
}

/// `<list>` of a `<linemap>`: where the values of a line that has several are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineList {
    /// What stands between two values. Within quotes it does not count.
    pub separator: char,
    /// How many values there can be; `None` is any number, in the elements of an array field.
    pub repeat: Option<u16>,
    /// How many fields further on the next value is stored, where there is no array.
    pub increment: i16,
}

/// The options of `<mimemail>`: where the parts of a mail are stored (manual 10.4.7).
#[derive(Debug, Clone, Default)]
pub struct MailParts {
    /// `<maxattachments>`: how many are taken over.
    pub max_attachments: u16,
    /// `<attachmentcountfield>`: how many there are.
    pub attachment_count: Option<FieldId>,
    /// `<attachmentmimetypesfield>`: their MIME types.
    pub attachment_types: Option<FieldId>,
    /// `<attachmentsfield>`: their contents.
    pub attachments: Option<FieldId>,
    /// `<attachmentsizesfield>`: their sizes in bytes.
    pub attachment_sizes: Option<FieldId>,
    /// `<attachmentnamesfield>`: their file names.
    pub attachment_names: Option<FieldId>,
    /// `<sizelimitfield>`: the size that the mail was or is to be limited to, in bytes; -1 is none.
    pub size_limit: Option<FieldId>,
    /// `<bodymimetypesfield>`: the MIME types of the variants of the body.
    pub body_types: Option<FieldId>,
    /// `<bodycountfield>`: how many variants there are.
    pub body_count: Option<FieldId>,
}
