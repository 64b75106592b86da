//! The C escapes in the texts that cross the interface (SDK manual, item data).

/// Writes a value as it stands in the interface's texts: what would end a line, and what is no character, as an
/// escape. Bytes from 80 upward stay, whether they are UTF-8 or not.
pub fn escape(value: &[u8], into: &mut Vec<u8>) {
    for &byte in value {
        match byte {
            b'\\' => into.extend_from_slice(b"\\\\"),
            b'"' => into.extend_from_slice(b"\\\""),
            b'\n' => into.extend_from_slice(b"\\n"),
            b'\r' => into.extend_from_slice(b"\\r"),
            b'\t' => into.extend_from_slice(b"\\t"),
            0..=0x1F | 0x7F => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                into.extend_from_slice(b"\\x");
                into.push(HEX[usize::from(byte >> 4)]);
                into.push(HEX[usize::from(byte & 15)]);
            }
            _ => into.push(byte),
        }
    }
}

/// Reads a value: `\\`, `\"`, `\t`, `\n`, `\r` and `\xHH`; of any other escape the backslash is dropped.
pub fn unescape(text: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            value.push(byte);
            continue;
        }
        let Some((&escaped, after)) = rest.split_first() else { break };
        rest = after;
        match escaped {
            b'n' => value.push(b'\n'),
            b'r' => value.push(b'\r'),
            b't' => value.push(b'\t'),
            b'x' => match rest {
                [high, low, after @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                    value.push(hex(*high).unwrap_or(0) * 16 + hex(*low).unwrap_or(0));
                    rest = after;
                }
                _ => value.push(b'x'),
            },
            other => value.push(other),
        }
    }
    value
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        let mut text = Vec::new();
        escape(&all, &mut text);
        assert!(!text.iter().any(|byte| *byte < 0x20 || *byte == 0x7F));
        assert_eq!(unescape(&text), all);
    }

    #[test]
    fn escapes_that_are_none_lose_their_backslash() {
        assert_eq!(unescape(br"\q\xZZ\x4"), b"qxZZx4");
        assert_eq!(unescape(br"C:\\new\"), br"C:\new");
    }
}
