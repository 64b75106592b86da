//! How the bytes of a datatype travel: compressed (`<zippedbindata>`) and as 16-bit text (`<unicodedata>`; manual
//! 10.5.4 to 10.5.7).
//!
//! Not its job: the item in them, and what SyncML says of the bytes around them.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use syncloom_config::{Coding, TextCoding, ZipLevel};

use crate::note::ParseError;

/// The most bytes that compressed data may become. A few bytes can say a great many; no mail that fits into a SyncML
/// message is larger than this.
pub(crate) const MAX_INFLATED: usize = 64 * 1024 * 1024;

/// The bytes of an item as they travel.
pub(crate) struct Packed {
    pub data: Vec<u8>,
    /// Whether they are anything but text in UTF-8.
    pub binary: bool,
    /// How many bytes they were before they were compressed.
    pub original_size: Option<usize>,
}

/// Packs text for a message that can carry bytes.
pub(crate) fn pack(data: Vec<u8>, coding: Coding) -> io::Result<Packed> {
    let data = match coding.text {
        TextCoding::Utf8 => data,
        TextCoding::Utf16Le => utf16(&data, u16::to_le_bytes),
        TextCoding::Utf16Be => utf16(&data, u16::to_be_bytes),
    };
    let Some(level) = coding.zipped else {
        return Ok(Packed { data, binary: coding.text != TextCoding::Utf8, original_size: None });
    };
    let level = match level {
        ZipLevel::Usual => Compression::default(),
        ZipLevel::Level(level) => Compression::new(u32::from(level.min(9))),
    };
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(data.len() / 2), level);
    encoder.write_all(&data)?;
    Ok(Packed { data: encoder.finish()?, binary: true, original_size: Some(data.len()) })
}

/// Unpacks what came in. What is not packed, though the datatype says that it is, is taken as it stands: peers send
/// so where the message carries text.
pub(crate) fn unpack(
    data: &[u8],
    coding: Coding,
    can_carry_bytes: bool,
) -> Result<Cow<'_, [u8]>, ParseError> {
    let data = match coding.zipped {
        Some(_) if is_zlib(data) => inflate(data)?,
        _ => Cow::Borrowed(data),
    };
    let encoding = match coding.text {
        TextCoding::Utf16Le if can_carry_bytes => UTF_16LE,
        TextCoding::Utf16Be if can_carry_bytes => UTF_16BE,
        _ => return Ok(data),
    };
    // A byte order mark counts for more than the config.
    let (encoding, mark) = Encoding::for_bom(&data).unwrap_or((encoding, 0));
    let text = encoding.decode_without_bom_handling(&data[mark..]).0;
    Ok(Cow::Owned(text.into_owned().into_bytes()))
}

fn utf16(text: &[u8], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    String::from_utf8_lossy(text).encode_utf16().flat_map(bytes).collect()
}

/// Whether data begins as RFC 1950 section 2.2 says.
fn is_zlib(data: &[u8]) -> bool {
    matches!(data, [cmf, flags, ..] if cmf & 0x0F == 8 && (u16::from(*cmf) << 8 | u16::from(*flags)) % 31 == 0)
}

fn inflate(data: &[u8]) -> Result<Cow<'_, [u8]>, ParseError> {
    let mut out = Vec::new();
    let limit = u64::try_from(MAX_INFLATED).unwrap_or(u64::MAX) + 1;
    match ZlibDecoder::new(data).take(limit).read_to_end(&mut out) {
        Ok(_) if out.len() > MAX_INFLATED => Err(ParseError::TooLarge { most: MAX_INFLATED }),
        Ok(_) => Ok(Cow::Owned(out)),
        // Text can begin with these two characters too.
        Err(_) if std::str::from_utf8(data).is_ok() => Ok(Cow::Borrowed(data)),
        Err(_) => Err(ParseError::BadCompression),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZIPPED: Coding =
        Coding { zipped: Some(ZipLevel::Level(9)), binary_parts: false, text: TextCoding::Utf8 };

    #[test]
    fn compressed_data_comes_back() {
        let text = "Grüße ".repeat(1000).into_bytes();
        let packed = pack(text.clone(), ZIPPED).unwrap();
        assert!(packed.binary && packed.data.len() < 100);
        assert_eq!(packed.original_size, Some(text.len()));
        assert_eq!(unpack(&packed.data, ZIPPED, true).unwrap(), text);
    }

    #[test]
    fn what_is_not_compressed_is_taken_as_it_is() {
        for text in [&b"From: a"[..], b"x^2", b""] {
            assert_eq!(unpack(text, ZIPPED, true).unwrap(), text);
        }
        assert_eq!(unpack(b"x\x9c\xff\xff", ZIPPED, true), Err(ParseError::BadCompression));
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(9));
        let zeros = vec![0; 1024 * 1024];
        (0..=MAX_INFLATED / zeros.len()).for_each(|_| encoder.write_all(&zeros).unwrap());
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 100_000);
        assert_eq!(unpack(&bomb, ZIPPED, true), Err(ParseError::TooLarge { most: MAX_INFLATED }));
    }

    #[test]
    fn sixteen_bits_in_both_orders() {
        for (text, bytes) in [(TextCoding::Utf16Le, b"\xfc\x00="), (TextCoding::Utf16Be, b"\x00\xfc=")] {
            let coding = Coding { text, ..Coding::default() };
            let packed = pack("ü😀".into(), coding).unwrap();
            assert!(packed.binary && packed.data.len() == 6);
            assert_eq!(packed.data[..2], bytes[..2]);
            assert_eq!(unpack(&packed.data, coding, true).unwrap(), "ü😀".as_bytes());
            assert_eq!(unpack("ü".as_bytes(), coding, false).unwrap(), "ü".as_bytes());
        }
        let little = Coding { text: TextCoding::Utf16Le, ..Coding::default() };
        assert_eq!(unpack(b"\xfe\xff\x00a", little, true).unwrap(), &b"a"[..]);
    }
}
