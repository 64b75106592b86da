//! The body of a mail and its parts: variants of the text, and attachments (manual 10.4.7; RFC 2045, RFC 2046).
//!
//! Not its job: the headers that have a line in the config.

mod content;
mod read;
mod transfer;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// Types that are text of the mail wherever they stand; others are only within `multipart/alternative`.
fn is_usual_text(mime_type: &str) -> bool {
    let usual = ["text/plain", "text/html", "text/richtext", "text/enriched", "text/rtf"];
    usual.iter().any(|usual| usual.eq_ignore_ascii_case(mime_type))
}

/// A variant of the text.
#[derive(Debug, PartialEq, Eq)]
struct Variant {
    /// Its MIME type, in lower case.
    mime_type: String,
    text: String,
}

/// An attachment.
#[derive(Debug, PartialEq, Eq)]
struct Attachment {
    /// Its MIME type, in lower case.
    mime_type: String,
    /// Its file name; empty if it has none.
    name: String,
    content: Vec<u8>,
}
