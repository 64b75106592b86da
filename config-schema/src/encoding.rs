//! The encodings of config files: UTF-8, UTF-16, and whatever the XML declaration names.
//!
//! Not its job: what the text says.

use encoding_rs::Encoding;

use crate::diagnostic::Code;

/// Turns the bytes of a file into text, by its byte order mark or the encoding that it declares. The error says where
/// in the bytes the fault is.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, (Code, String, usize)> {
    let fault = |message: String, at: usize| Err((Code::Encoding, message, at));
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return utf8(rest);
    }
    if let Some(order) = utf16_order(bytes) {
        return utf16(bytes, order);
    }
    let Some((name, at)) = declared_encoding(bytes) else { return utf8(bytes) };
    match name.as_str() {
        "utf-8" | "utf8" => utf8(bytes),
        // As the name says: other readers take it for windows-1252, which has letters where it has controls.
        "iso-8859-1" | "latin1" | "iso8859-1" | "iso_8859-1" => {
            Ok(bytes.iter().map(|b| char::from(*b)).collect())
        }
        "us-ascii" | "ascii" => match bytes.iter().position(|b| !b.is_ascii()) {
            None => utf8(bytes),
            Some(at) => fault("this byte is not US-ASCII".to_owned(), at),
        },
        "utf-16" | "utf-16le" | "utf-16be" => {
            fault("the file says that it is UTF-16, and is not".to_owned(), at)
        }
        other => match Encoding::for_label(other.as_bytes()) {
            Some(encoding) => {
                let (text, faulty) = encoding.decode_without_bom_handling(bytes);
                if faulty {
                    return fault(format!("a part of the file is not {}", encoding.name()), at);
                }
                Ok(text.into_owned())
            }
            None => fault(format!("the encoding '{other}' is not known; UTF-8 is best"), at),
        },
    }
}

fn utf8(bytes: &[u8]) -> Result<String, (Code, String, usize)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let message = "this byte is not UTF-8; a file in another encoding declares it in <?xml … ?>";
            Err((Code::Encoding, message.to_owned(), error.valid_up_to()))
        }
    }
}

/// How the two bytes of a character of UTF-16 become a number, if the file is UTF-16: it has a byte order mark, or
/// begins with a `<` of two bytes.
fn utf16_order(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(u16::from_be_bytes),
        _ => None,
    }
}

fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> Result<String, (Code, String, usize)> {
    let units = bytes.chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut at = 0;
    for unit in char::decode_utf16(units) {
        match unit {
            Ok('\u{FEFF}') if at == 0 => at += 2,
            Ok(c) => {
                text.push(c);
                at += 2 * c.len_utf16();
            }
            Err(_) => return Err((Code::Encoding, "this is not UTF-16".to_owned(), at)),
        }
    }
    if bytes.len() % 2 == 1 {
        return Err((Code::Encoding, "half a character of UTF-16".to_owned(), at));
    }
    Ok(text)
}

/// The encoding in the XML declaration, in lower case, and where it stands.
fn declared_encoding(bytes: &[u8]) -> Option<(String, usize)> {
    // The declaration is ASCII; what follows it need not be.
    let head = String::from_utf8_lossy(bytes.get(..200.min(bytes.len()))?).into_owned();
    let declaration = head.strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = value[1..].split(quote).next()?;
    let at = "<?xml".len() + declaration.len() - value.len() + 1;
    Some((name.to_ascii_lowercase(), at))
}

/// Turns a text into bytes in the encoding that the text of a file was read in. `None`: that encoding is not
/// written, or does not have all characters of the text.
pub(crate) fn encode_like(original: &[u8], text: &str) -> Option<Vec<u8>> {
    type Encoder = fn(&str) -> Option<Vec<u8>>;
    let encoders: [Encoder; 5] = [
        |text| Some(text.as_bytes().to_vec()),
        |text| Some([b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        |text| text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
        |text| Some(utf16_with_mark(text).flat_map(u16::to_le_bytes).collect()),
        |text| Some(utf16_with_mark(text).flat_map(u16::to_be_bytes).collect()),
    ];
    let before = decode(original).ok()?;
    if let Some(encode) = encoders.iter().find(|encode| encode(&before).as_deref() == Some(original)) {
        return encode(text);
    }
    let (name, _) = declared_encoding(original)?;
    let encode = |text| {
        let (bytes, _, faulty) = Encoding::for_label(name.as_bytes())?.encode(text);
        (!faulty).then(|| bytes.into_owned())
    };
    (encode(before.as_str())? == original).then(|| encode(text))?
}

fn utf16_with_mark(text: &str) -> impl Iterator<Item = u16> + '_ {
    std::iter::once(0xFEFF).chain(text.encode_utf16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(decode(b"\xEF\xBB\xBF<a/>").unwrap(), "<a/>");
        assert_eq!(
            decode(b"<?xml version='1.0' encoding='ISO-8859-1'?>\xE4").unwrap().chars().last(),
            Some('ä')
        );
        let ascii = b"<?xml version='1.0' encoding = \"us-ascii\"?>a\xE4";
        assert_eq!(decode(ascii).unwrap_err().2, ascii.len() - 1);
        let (_, message, at) = decode(b"<?xml version='1.0' encoding='nosuch'?>").unwrap_err();
        assert!(message.contains("nosuch") && at == 30, "{message} {at}");
        assert_eq!(decode(b"ab\xE4").unwrap_err().2, 2);
        let windows = b"<?xml version='1.0' encoding='windows-1252'?>\x80\xE4";
        assert!(decode(windows).unwrap().ends_with("€ä"));
        let cyrillic = b"<?xml version='1.0' encoding='KOI8-R'?>\xC4";
        assert!(decode(cyrillic).unwrap().ends_with('д'));
        let japanese = b"<?xml version='1.0' encoding='Shift_JIS'?>\x82\x20";
        assert_eq!(decode(japanese).unwrap_err().2, 30);
        assert!(decode(b"<?xml version='1.0' encoding='UTF-16'?>").unwrap_err().1.contains("is not"));
    }

    #[test]
    fn utf_16_in_both_orders_with_and_without_a_mark() {
        let text = "<?xml version='1.0' encoding='UTF-16'?>\r\n<a>ä€𝄞</a>";
        for mark in ["", "\u{FEFF}"] {
            let units = || mark.encode_utf16().chain(text.encode_utf16());
            let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
            assert_eq!((decode(&little).unwrap().as_str(), decode(&big).unwrap().as_str()), (text, text));
            assert!(decode(&little[..little.len() - 1]).is_err());
        }
        assert_eq!(decode(b"<\0a\0\x00\xD8<\0").unwrap_err().2, 4);
    }

    #[test]
    fn what_was_read_is_written_again() {
        let text = "<?xml version='1.0' encoding='ENC'?>ä";
        for name in ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16"] {
            let text = text.replace("ENC", name);
            let bytes = match name {
                "UTF-8" => text.as_bytes().to_vec(),
                "UTF-16" => utf16_with_mark(&text).flat_map(u16::to_le_bytes).collect(),
                _ => text.chars().map(|c| u32::from(c) as u8).collect(),
            };
            assert_eq!(decode(&bytes).as_deref(), Ok(text.as_str()), "{name}");
            assert_eq!(encode_like(&bytes, &text), Some(bytes), "{name}");
        }
    }
}
