//! The rows of a file: lines of cells with tabs between them.

use std::path::Path;

use syncloom_plugin_api::{Code, Error, Result};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Cuts a file into its rows, each with the number of its line. CR, LF and both end a row, empty rows are none, and a
/// byte order mark may stand at the beginning of every row.
///
/// What is no text at all is an error. The original loads it as far as it goes, and writes the rest over it.
pub(crate) fn of_file<'f>(path: &Path, bytes: &'f [u8]) -> Result<Vec<(usize, &'f [u8])>> {
    let corrupt = |line: usize, what: &str| {
        Err(Error::new(
            Code::DATABASE,
            format!("{}:{line}: {what}; nothing is read or changed", path.display()),
        ))
    };
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return corrupt(1, "the file is UTF-16, and has to be UTF-8");
    }
    let mut rows = Vec::new();
    let mut line = 1;
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let (row, behind) = rest.split_at(end);
        if row.contains(&0) {
            return corrupt(line, "there is a NUL byte in this line");
        }
        let row = row.strip_prefix(BOM).unwrap_or(row);
        if !row.is_empty() {
            rows.push((line, row));
        }
        rest = behind.strip_prefix(b"\r\n").unwrap_or_else(|| behind.get(1..).unwrap_or_default());
        line += 1;
    }
    Ok(rows)
}

/// A file of rows. The tabs at their ends are cut.
pub(crate) fn to_file(rows: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut bytes = BOM.to_vec();
    for row in rows {
        push(row.as_ref(), &mut bytes);
    }
    bytes
}

fn push(row: &[u8], bytes: &mut Vec<u8>) {
    let filled = row.iter().rposition(|byte| *byte != b'\t').map_or(0, |last| last + 1);
    bytes.extend_from_slice(&row[..filled]);
    bytes.extend_from_slice(b"\r\n");
}

/// The number at the front of an id; 0 if there is none, or one that nobody can count up from.
pub(crate) fn number(text: &[u8]) -> u64 {
    /// Eighteen digits leave room to count in 64 bits.
    const DIGITS: usize = 18;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = std::str::from_utf8(&text[..digits]).unwrap_or_default().trim_start_matches('0');
    if digits.len() > DIGITS { 0 } else { digits.parse().unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_in_every_way_and_keep_the_number_of_their_line() {
        let file = b"\xEF\xBB\xBFa\tb\r\n\n\xEF\xBB\xBFc\rd\n\re";
        let rows = of_file(Path::new("x"), file).unwrap();
        assert_eq!(rows, [(1, &b"a\tb"[..]), (3, b"c"), (4, b"d"), (6, b"e")]);
        assert_eq!(to_file([&b"a\t\tb\t\t"[..], b"\t"]), b"\xEF\xBB\xBFa\t\tb\r\n\r\n");
    }

    #[test]
    fn what_is_no_text_is_an_error_with_its_line() {
        let error = of_file(Path::new("TDB"), b"a\nb\0c\n").unwrap_err();
        assert!(error.message.starts_with("TDB:2: "), "{error}");
        assert!(of_file(Path::new("TDB"), b"\xFF\xFEa\0").is_err());
    }

    #[test]
    fn ids_count_by_the_number_at_their_front() {
        for (id, counts) in
            [("10001", 10001), ("x", 0), ("007b", 7), ("9999999999", 9_999_999_999), ("-5", 0)]
        {
            assert_eq!(number(id.as_bytes()), counts);
        }
        assert_eq!(number(&[b'9'; 40]), 0);
    }
}
