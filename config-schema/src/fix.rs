//! Puts the certain mends of problems into the bytes of a file, and leaves everything else as it is.
//!
//! Not its job: finding mends (each problem brings its own), and writing files.

use crate::diagnostic::Edit;
use crate::encoding::{decode, encode_like};

/// A file with these edits made. Of edits that overlap the first one counts; the others come up again when the
/// file is loaded again. `None`: the file's encoding cannot be written.
pub fn mend(bytes: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let text = decode(bytes).ok()?;
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let Some(kept) = text.get(at..edit.span.start) else { continue };
        if edit.span.end > text.len() || !text.is_char_boundary(edit.span.end) {
            continue;
        }
        out.push_str(kept);
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    encode_like(bytes, &out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(span: std::ops::Range<usize>, text: &str) -> Edit {
        Edit { span, text: text.to_owned() }
    }

    #[test]
    fn edits_change_their_places_alone_and_keep_the_encoding() {
        let edits =
            [edit(4..5, "X"), edit(1..2, "ab"), edit(4..6, "no"), edit(7..7, "!"), edit(90..99, "no")];
        assert_eq!(mend(b"0123456789", &edits).unwrap(), b"0ab23X56!789");
        assert_eq!(mend(b"\xEF\xBB\xBF0\xC3\xA41", &[edit(0..1, "x")]).unwrap(), b"\xEF\xBB\xBFx\xC3\xA41");
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xE4</a>";
        let mended = mend(latin, &[edit(44..45, "b")]).unwrap();
        assert_eq!(mended, b"<?xml version='1.0' encoding='iso-8859-1'?><b>\xE4</a>");
        assert_eq!(mend(latin, &[edit(44..45, "\u{20AC}")]), None);
    }
}
