//! Puts the certain mends of problems into the bytes of a file, and leaves everything else as it is.
//!
//! Not its job: finding mends (each problem brings its own), and writing files.

use crate::diagnostic::Edit;
use crate::encoding::{decode, encode_like};

/// A file with these mends made, each as a whole or, if it overlaps with one before it, not at all; and how many
/// were made. `None`: the file's encoding cannot be written.
pub fn mend<'e>(bytes: &[u8], mends: impl IntoIterator<Item = &'e [Edit]>) -> Option<(Vec<u8>, usize)> {
    let text = decode(bytes).ok()?;
    let mut edits: Vec<&Edit> = Vec::new();
    let mut count = 0;
    for mend in mends {
        let fits = |edit: &Edit| {
            text.get(edit.span.clone()).is_some() && !edits.iter().any(|other| meet(edit, other))
        };
        if mend.iter().all(fits) {
            edits.extend(mend);
            count += 1;
        }
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start)?);
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    Some((encode_like(bytes, &out)?, count))
}

fn meet(a: &Edit, b: &Edit) -> bool {
    a.span == b.span || a.span.start < b.span.end && b.span.start < a.span.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(span: std::ops::Range<usize>, text: &str) -> Edit {
        Edit { span, text: text.to_owned() }
    }

    #[test]
    fn edits_change_their_places_alone_and_keep_the_encoding() {
        let mends = [
            vec![edit(4..5, "X"), edit(1..2, "ab")],
            vec![edit(7..7, "!"), edit(4..6, "no")],
            vec![edit(8..8, "!")],
            vec![edit(90..99, "no")],
        ];
        let mended = mend(b"0123456789", mends.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(mended, (b"0ab23X567!89".to_vec(), 2));
        let one = |bytes: &[u8], edit: Edit| Some(mend(bytes, [&[edit][..]])?.0);
        assert_eq!(one(b"\xEF\xBB\xBF0\xC3\xA41", edit(0..1, "x")).unwrap(), b"\xEF\xBB\xBFx\xC3\xA41");
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xE4</a>";
        let mended = one(latin, edit(44..45, "b")).unwrap();
        assert_eq!(mended, b"<?xml version='1.0' encoding='iso-8859-1'?><b>\xE4</a>");
        assert_eq!(one(latin, edit(44..45, "\u{20AC}")), None);
    }
}
