//! Transfer encodings of values: quoted-printable (RFC 1521 section 5.1) and base 64.
//!
//! Both are read leniently: what is no escape stays, what is no base 64 is passed over.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Decodes quoted-printable.
///
/// A separator that is written as `=3B` is part of a value, as everyone who encodes one means it that way;
/// it gets the backslash that the values are then taken apart by.
pub(crate) fn quoted_printable<'b>(bytes: Cow<'b, [u8]>, separators: &[u8]) -> Cow<'b, [u8]> {
    if !bytes.contains(&b'=') {
        return bytes;
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest: &[u8] = &bytes;
    let mut escaped = false;
    while let Some((&byte, tail)) = rest.split_first() {
        let (byte, was_encoded) = match (byte, tail) {
            (b'=', [high, low, ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = &tail[2..];
                    (high << 4 | low, true)
                }
                _ => {
                    rest = tail;
                    (byte, false)
                }
            },
            _ => {
                rest = tail;
                (byte, false)
            }
        };
        if was_encoded && !escaped && separators.contains(&byte) {
            decoded.push(b'\\');
        }
        escaped = byte == b'\\' && !escaped;
        decoded.push(byte);
    }
    Cow::Owned(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes base 64, line by line. The flag says whether everything in it was base 64.
pub(crate) fn base64(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let mut clean = true;
    // Digits that are left over from a line that was no whole number of groups.
    let mut group: Vec<u8> = Vec::with_capacity(GROUP);
    let mut rest = Some(bytes);
    while let Some(text) = rest {
        let (line, next) = match memchr::memchr(b'\n', text) {
            Some(end) => (&text[..end], Some(&text[end + 1..])),
            None => (text, None),
        };
        rest = next;
        let line = line.trim_ascii();
        let padded = line.last() == Some(&b'=');
        let before = decoded.len();
        if group.is_empty() && line.len() % GROUP == 0 {
            if LENIENT.decode_vec(line, &mut decoded).is_ok() {
                if padded {
                    return (decoded, clean);
                }
                continue;
            }
            decoded.truncate(before);
        }
        for byte in line {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => group.push(*byte),
                b'=' => return finish(decoded, &group, clean),
                b' ' | b'\t' | b'\r' => {}
                _ => clean = false,
            }
            if group.len() == GROUP {
                clean &= LENIENT.decode_vec(&group, &mut decoded).is_ok();
                group.clear();
            }
        }
    }
    finish(decoded, &group, clean)
}

/// Decodes base 64 of which nothing is missing or odd; `None` for anything else.
pub(crate) fn whole_base64(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
    let (bytes, clean) = base64(text);
    (clean && digits > 0 && digits % GROUP == 0).then_some(bytes)
}

/// The base 64 in an address that is all of the data (RFC 2397): `data:image/png;base64,AAEC`.
pub(crate) fn data_of_address(address: &[u8]) -> Option<&[u8]> {
    let comma = memchr::memchr(b',', address)?;
    let (head, data) = (address[..comma].to_ascii_lowercase(), &address[comma + 1..]);
    (head.starts_with(b"data:") && head.ends_with(b";base64")).then_some(data)
}

/// Digits that make three bytes.
const GROUP: usize = 4;

/// The last digits: one alone is no byte.
fn finish(mut decoded: Vec<u8>, group: &[u8], clean: bool) -> (Vec<u8>, bool) {
    let whole = group.len() != 1 && LENIENT.decode_vec(group, &mut decoded).is_ok();
    (decoded, clean && (group.is_empty() || whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str, separators: &[u8]) -> String {
        String::from_utf8(quoted_printable(Cow::Borrowed(text.as_bytes()), separators).into_owned()).unwrap()
    }

    #[test]
    fn escapes_are_decoded_and_what_is_none_stays() {
        assert_eq!(quoted("a=C3=BCb=3D", b""), "aüb=");
        assert_eq!(quoted("ab=ZZcd=4", b""), "ab=ZZcd=4");
        assert_eq!(quoted("=0d=0a", b""), "\r\n");
    }

    #[test]
    fn an_encoded_separator_is_part_of_the_value() {
        assert_eq!(quoted("a=3Bb;c", b";"), "a\\;b;c");
        assert_eq!(quoted("a\\=3Bb;c", b";"), "a\\;b;c");
        assert_eq!(quoted("a\\\\=3Bb", b";"), "a\\\\\\;b");
        assert_eq!(quoted("a=3Bb", b""), "a;b");
    }

    #[test]
    fn base_64_with_and_without_faults() {
        assert_eq!(base64(b"SGVsbG8g\r\n V29ybGQ="), (b"Hello World".to_vec(), true));
        assert_eq!(base64(b"SGVsbG8"), (b"Hello".to_vec(), true));
        assert_eq!(base64(b"!!notb64!!"), (vec![0x9e, 0x8b, 0x5b, 0xeb], false));
        assert_eq!(base64(b"SGVsb"), (b"Hel".to_vec(), false));
        assert_eq!(base64(b""), (vec![], true));
        assert_eq!(whole_base64(b"SGVs\n bG8="), Some(b"Hello".to_vec()));
        for text in [&b""[..], b" ", b"SGVsbG8", b"hello world", b"http://x.example/"] {
            assert_eq!(whole_base64(text), None);
        }
        assert_eq!(data_of_address(b"Data:image/png;Base64,AAEC"), Some(&b"AAEC"[..]));
        assert_eq!(data_of_address(b"data:,AAEC"), None);
    }
}
