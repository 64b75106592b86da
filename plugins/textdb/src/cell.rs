//! How a value stands in a file.
//!
//! A line end inside of a value is a vertical tab (VT), the elements of an array are joined by GS, and TAB separates
//! columns. The original drops every other control character, and makes a blank of a tab. Here they are written as a
//! code of three control characters, which the original reads over: it sees what it would have stored itself.

use syncloom_plugin_api::{Field, escape, unescape};

const VT: u8 = 0x0B;
/// Between the elements of an array.
pub(crate) const GS: u8 = 0x1D;
/// Begins a code: two characters from 1 to 8 follow, three bits each.
const DLE: u8 = 0x10;
/// The code of no character: what follows is no `;NAME=`, although it looks like it.
const NOTHING: u8 = 0o77;
/// The code of DEL, which is no character below 20.
const DEL: u8 = 0o40;

/// Appends a value as it stands in a file. `line_ends` says whether it has lines, which ids have not.
pub(crate) fn encode(value: &[u8], line_ends: bool, into: &mut Vec<u8>) {
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\r' if line_ends && rest.first() == Some(&b'\n') => {}
            b'\n' if line_ends => into.push(VT),
            b'\t' => {
                into.push(b' ');
                code(b'\t', into);
            }
            0x7F => code(DEL, into),
            0..=0x1F => code(byte, into),
            _ => into.push(byte),
        }
    }
}

fn code(value: u8, into: &mut Vec<u8>) {
    into.extend_from_slice(&[DLE, 1 + (value >> 3), 1 + (value & 7)]);
}

/// Reads a value, or the element of an array. `line_end` is what a VT stands for. Control characters that mean nothing
/// are dropped.
pub(crate) fn decode(cell: &[u8], line_end: &[u8]) -> Vec<u8> {
    if !cell.iter().any(|byte| is_control(*byte)) {
        return cell.to_vec();
    }
    let mut value = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, rest) {
            (DLE, [high @ 1..=8, low @ 1..=8, after @ ..]) => {
                rest = after;
                match (high - 1) << 3 | (low - 1) {
                    // The blank before it is what the original sees of a tab.
                    b'\t' => {
                        value.pop_if(|before| *before == b' ');
                        value.push(b'\t');
                    }
                    DEL => value.push(0x7F),
                    byte @ 0..=0x1F => value.push(byte),
                    _ => {}
                }
            }
            (VT, _) => value.extend_from_slice(line_end),
            (byte, _) if is_control(byte) => {}
            _ => value.push(byte),
        }
    }
    value
}

/// A field, or an element of an array field, as it stands in a file. With parameters it is `;NAME=value…:value`.
pub(crate) fn of_field(field: &Field) -> Vec<u8> {
    let mut cell = Vec::new();
    match &field.value {
        Some(value) if field.parameters.is_empty() => {
            if value.first() == Some(&b';') {
                code(NOTHING, &mut cell);
            }
            encode(value, true, &mut cell);
        }
        _ => {
            let mut text = Vec::new();
            field.write_behind_name(&mut text);
            encode(&unescape(&text), true, &mut cell);
        }
    }
    cell
}

/// Appends what a cell holds as lines of the interface's text: one, or those of the elements of an array.
pub(crate) fn write_lines(name: &[u8], cell: &[u8], text: &mut Vec<u8>) {
    if cell.is_empty() {
        // Most cells are, and every item is written when filters are to see it.
        text.extend_from_slice(name);
        text.extend_from_slice(b":\n");
        return;
    }
    let is_array = cell.contains(&GS);
    for (index, element) in cell.split(|byte| *byte == GS).enumerate() {
        text.extend_from_slice(name);
        if is_array {
            text.extend_from_slice(format!("[{index}]").as_bytes());
        }
        write_behind_name(element, text);
        text.push(b'\n');
    }
}

fn write_behind_name(element: &[u8], text: &mut Vec<u8>) {
    if has_parameters(element) {
        let mut escaped = Vec::new();
        escape(&decode(element, b"\n"), &mut escaped);
        let (parameters, value) = Field::parse_behind_name(&escaped);
        Field { parameters, value, ..Field::default() }.write_behind_name(text);
        return;
    }
    text.push(b':');
    if element.iter().all(|byte| is_plain(*byte)) {
        text.extend_from_slice(element);
    } else {
        escape(&decode(element, b"\n"), text);
    }
}

/// Whether a byte stands for itself both in a file and in the interface's texts.
fn is_plain(byte: u8) -> bool {
    !is_control(byte) && !matches!(byte, b'\\' | b'"')
}

fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=0x1F | 0x7F)
}

/// `;NAME=`. A text that only begins with a semicolon, which the original stores as it is, does not look like that.
fn has_parameters(cell: &[u8]) -> bool {
    let Some(behind) = cell.strip_prefix(b";") else { return false };
    let name = behind.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    name > 0 && (behind.get(name) == Some(&b'=') || behind.starts_with(b"READNOW"))
}

#[cfg(test)]
mod tests {
    use syncloom_plugin_api::parse_fields;

    use super::*;

    fn cell(text: &[u8]) -> Vec<u8> {
        of_field(&parse_fields(text).unwrap()[0])
    }

    fn lines(name: &[u8], cell: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        write_lines(name, cell, &mut text);
        text
    }

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        let mut cell = Vec::new();
        encode(&all, true, &mut cell);
        assert_eq!(decode(&cell, b"\n"), all);
        assert!(!cell.iter().any(|byte| matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x1D)));
    }

    #[test]
    fn what_the_original_reads_of_it_is_what_it_would_have_written() {
        let of_original = |cell: &[u8]| -> Vec<u8> {
            cell.iter().copied().filter(|byte| *byte == VT || (*byte >= 0x20 && *byte != 0x7F)).collect()
        };
        assert_eq!(of_original(&cell(b"0:a\\tb\\r\\nc\\rd\\x0B\\x7F")), b"a b\x0Bcd");
        assert_eq!(of_original(&cell(b"0:; Hans")), b"; Hans");
    }

    #[test]
    fn parameters_stand_in_the_cell_and_texts_with_semicolons_do_not_become_any() {
        for (text, file) in [
            (&b"0;TZNAME=CET:20240115T090000\n"[..], &b";TZNAME=CET:20240115T090000"[..]),
            (b"0;BLOBID=x\n", b";BLOBID=x"),
            (b"0;X=a;Y=b:v\n", b";X=a;Y=b:v"),
            (b"0:Meier; Hans\n", b"Meier; Hans"),
            (b"0:;TZNAME=x:y\n", b"\x10\x08\x08;TZNAME=x:y"),
        ] {
            assert_eq!(cell(text), file);
            assert_eq!(lines(b"0", file), text);
        }
        assert_eq!(lines(b"0", b"; Hans"), b"0:; Hans\n");
        assert_eq!(lines(b"1", b"a\x1D\x1Db;c"), b"1[0]:a\n1[1]:\n1[2]:b;c\n");
    }

    #[test]
    fn only_plain_bytes_are_copied_as_they_are() {
        for byte in 0..=255 {
            let mut escaped = Vec::new();
            escape(&decode(&[byte], b"\n"), &mut escaped);
            assert_eq!(escaped == [byte], is_plain(byte), "{byte:02x}");
        }
        assert_eq!(lines(b"0", b"a\x0B\"b\\"), b"0:a\\n\\\"b\\\\\n");
    }
}
