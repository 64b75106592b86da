//! What the original makes of a text, and what of a text it would not have written: differences that can be said
//! exactly are compared exactly.

/// What an item's text holds that the original does not keep.
pub(super) struct Data {
    /// A line without a colon, an empty one, a key that is nearly a number, a large value as the last line or as an
    /// element of an array.
    pub(super) malformed: bool,
    /// Characters that the original drops, replaces or reads back in another way.
    pub(super) controls: bool,
    /// The columns that are written, and their elements.
    pub(super) columns: Vec<(usize, Option<usize>)>,
}

impl Data {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut data = Data { malformed: false, controls: false, columns: Vec::new() };
        let mut names = false;
        let body = text.strip_suffix(b"\n").unwrap_or(text);
        let lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').collect();
        for (number, line) in lines.iter().enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if text.is_empty() {
                break;
            }
            let end = line.iter().position(|byte| matches!(byte, b':' | b';'));
            let (key, value) = line.split_at(end.unwrap_or(line.len()));
            let is_blob = value.starts_with(b";BLOBID=") && !value.contains(&b':');
            let is_last = number + 1 == lines.len();
            data.malformed |= end.is_none() || (is_blob && (is_last || key.ends_with(b"]")));
            data.malformed |= !is_blob && !value.contains(&b':');
            data.controls |= value.iter().any(|byte| *byte < 0x20 || *byte == 0x7F || *byte == b'\\');
            let (name, index) = match key.iter().position(|byte| *byte == b'[') {
                Some(bracket) => (&key[..bracket], digits(&key[bracket + 1..])),
                None => (key, None),
            };
            let plain = !name.is_empty()
                && name.iter().all(u8::is_ascii_digit)
                && (name.len() == 1 || name[0] != b'0');
            let begins = name.trim_ascii_start();
            let unsigned = begins.strip_prefix(b"-").or(begins.strip_prefix(b"+")).unwrap_or(begins);
            data.malformed |= !names && !plain && unsigned.first().is_some_and(u8::is_ascii_digit);
            names |= !plain;
            data.columns.extend(digits(name).filter(|_| plain).map(|column| (column, index)));
        }
        data
    }
}

fn digits(text: &[u8]) -> Option<usize> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&text[..count]).ok()?.parse().ok()
}

/// Our text of an item as the original would write it: of a cell with a semicolon, the key and the end from there on.
pub(super) fn read_by_original(text: &[u8]) -> Vec<u8> {
    let ended = text.ends_with(b"\n");
    struct Cell {
        key: Vec<u8>,
        lines: Vec<Vec<u8>>,
        values: Vec<Vec<u8>>,
    }
    let mut cells: Vec<Cell> = Vec::new();
    for line in text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n') {
        let end = line.iter().position(|byte| matches!(byte, b':' | b';')).unwrap_or(line.len());
        let key = line[..end].split(|byte| *byte == b'[').next().unwrap_or_default().to_vec();
        let value = line[end..].strip_prefix(b":").unwrap_or(&line[end..]).to_vec();
        let is_element = line[..end].contains(&b'[');
        match cells.last_mut().filter(|known| is_element && known.key == key) {
            Some(cell) => {
                cell.lines.push(line.to_vec());
                cell.values.push(value);
            }
            None => cells.push(Cell { key, lines: vec![line.to_vec()], values: vec![value] }),
        }
    }
    let cells = cells.into_iter().map(|Cell { key, lines, values }| {
        let cell = values.join(&0x1D);
        match cell.iter().position(|byte| *byte == b';') {
            Some(semicolon) => [&key, &cell[semicolon..]].concat(),
            None => lines.join(&b'\n'),
        }
    });
    let mut text = cells.collect::<Vec<_>>().join(&b'\n');
    text.extend(ended.then_some(b'\n'));
    text
}

/// Admin data without the lines of large values.
pub(super) fn without_blob_lines(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !line.windows(8).any(|part| part == b";BLOBID=")).flatten().copied().collect()
}

/// A file of admin data without the columns of large values.
pub(super) fn without_blob_columns(file: &[u8]) -> Vec<u8> {
    let rows: Vec<Vec<&[u8]>> =
        lines(file).into_iter().map(|row| row.split(|byte| *byte == b'\t').collect()).collect();
    let blob = |cell: &[u8]| cell.starts_with(b";BLOBID=");
    let dropped: Vec<usize> = rows
        .iter()
        .flat_map(|row| row.iter().enumerate().filter(|(_, cell)| blob(cell)).map(|(column, _)| column))
        .collect();
    let mut bytes = b"\xEF\xBB\xBF".to_vec();
    for row in rows {
        let kept = row.iter().enumerate().filter(|(column, _)| !dropped.contains(column));
        let row = kept.map(|(_, cell)| *cell).collect::<Vec<_>>().join(&b'\t');
        let filled = row.iter().rposition(|byte| *byte != b'\t').map_or(0, |last| last + 1);
        bytes.extend_from_slice(&row[..filled]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// A row as the original reads it: without control characters that mean nothing.
pub(super) fn without_codes(row: &[u8]) -> Vec<u8> {
    let kept = |byte: &u8| *byte >= 0x20 && *byte != 0x7F || matches!(byte, b'\t' | 0x0B | 0x1D);
    row.iter().copied().filter(kept).collect()
}

/// A row without its second cell.
pub(super) fn without_stamp(row: &[u8]) -> Vec<u8> {
    let mut cells: Vec<&[u8]> = row.split(|byte| *byte == b'\t').collect();
    if let Some(stamp) = cells.get_mut(1) {
        *stamp = b"";
    }
    cells.join(&b'\t')
}

/// The rows of a file, in any form that it may have.
pub(super) fn lines(file: &[u8]) -> Vec<&[u8]> {
    let rows = file.split(|byte| matches!(byte, b'\r' | b'\n'));
    let rows = rows.map(|row| row.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(row));
    rows.filter(|row| !row.is_empty()).collect()
}
