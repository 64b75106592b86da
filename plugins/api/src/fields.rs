//! The texts of items, admin data and devices: lines of `name:value`, as typed fields.
//!
//! `name[i]:` is an element of an array, `name;TZNAME=zone:value` a time in a zone, `name;BLOBID=id` a value that is
//! fetched and written in blocks.

use std::fmt;

use crate::text::{escape, unescape};

/// One line: a field, or one element of an array field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The name, as the field map has it. Bytes, because nothing forbids it to be no UTF-8.
    pub name: Vec<u8>,
    /// Which element of an array, from 0; `None` for a plain field.
    pub index: Option<usize>,
    /// What stands between the name and the colon.
    pub parameters: Vec<Parameter>,
    /// The value without its escapes; `None` if there is no colon, which only a line with `;BLOBID=` may leave out.
    pub value: Option<Vec<u8>>,
}

/// `;NAME=value` behind a field's name. `READNOW` has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name, such as `TZNAME`, `TZOFFS` (minutes east of UTC), `BLOBID`, `READNOW`.
    pub name: Vec<u8>,
    /// The value; `None` without an equals sign.
    pub value: Option<Vec<u8>>,
}

/// A text that is none of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the item data {}", self.line, self.what)
    }
}

impl Field {
    /// A plain field.
    pub fn new(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Field { name: name.into(), value: Some(value.into()), ..Field::default() }
    }

    /// The value of a parameter, whatever the case of its name.
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        let found = self.parameters.iter().find(|known| known.name.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(found.value.as_deref().unwrap_or_default())
    }

    /// The zone in which the value is a time; empty for a floating time.
    pub fn tz_name(&self) -> Option<&[u8]> {
        self.parameter("TZNAME")
    }

    /// The offset from UTC of the value, in minutes east.
    pub fn tz_offset(&self) -> Option<i32> {
        std::str::from_utf8(self.parameter("TZOFFS")?).ok()?.parse().ok()
    }

    /// The id under which the value is read and written in blocks.
    pub fn blob_id(&self) -> Option<&[u8]> {
        self.parameter("BLOBID")
    }

    /// What stands behind the name, escaped as in the texts: parameters, colon and value.
    pub fn write_behind_name(&self, into: &mut Vec<u8>) {
        for parameter in &self.parameters {
            into.push(b';');
            escape(&parameter.name, into);
            if let Some(value) = &parameter.value {
                into.push(b'=');
                escape(value, into);
            }
        }
        if let Some(value) = &self.value {
            into.push(b':');
            escape(value, into);
        }
    }

    /// Reads what stands behind a name: `;NAME=value…:value`, or `:value`.
    pub fn parse_behind_name(text: &[u8]) -> (Vec<Parameter>, Option<Vec<u8>>) {
        let colon = text.iter().position(|byte| *byte == b':');
        let (head, value) = match colon {
            Some(colon) => (&text[..colon], Some(unescape(&text[colon + 1..]))),
            None => (text, None),
        };
        let parameters = head.split(|byte| *byte == b';').filter(|part| !part.is_empty());
        let parameters = parameters.map(|part| match part.iter().position(|byte| *byte == b'=') {
            Some(equals) => {
                Parameter { name: unescape(&part[..equals]), value: Some(unescape(&part[equals + 1..])) }
            }
            None => Parameter { name: unescape(part), value: None },
        });
        (parameters.collect(), value)
    }
}

/// Reads the fields of a text. Lines end with LF or CR LF; empty lines are none.
pub fn parse_fields(text: &[u8]) -> Result<Vec<Field>, Malformed> {
    parse_some_fields(text, |_| true)
}

/// Reads the fields of a text whose names are wanted. The others are held to be well-formed, and cost little.
pub fn parse_some_fields(text: &[u8], wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<Field>, Malformed> {
    let mut fields = Vec::new();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let malformed = |what| Malformed { line: number + 1, what };
        let end = line.iter().position(|byte| matches!(byte, b':' | b';'));
        let end = end.ok_or_else(|| malformed("has no colon"))?;
        let (name, index) = name_and_index(&line[..end]);
        let wanted = wanted(name);
        if !wanted && line[end] == b':' {
            continue;
        }
        let (parameters, value) = Field::parse_behind_name(&line[end..]);
        let field = Field { name: name.to_owned(), index, parameters, value };
        if field.value.is_none() && field.blob_id().is_none() {
            return Err(malformed("has no colon"));
        }
        if wanted {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// Writes fields as a text, each line ended by LF.
pub fn write_fields<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Vec<u8> {
    let mut text = Vec::new();
    for field in fields {
        text.extend_from_slice(&field.name);
        if let Some(index) = field.index {
            text.extend_from_slice(format!("[{index}]").as_bytes());
        }
        field.write_behind_name(&mut text);
        text.push(b'\n');
    }
    text
}

/// `name[7]`; brackets without a number are part of the name.
fn name_and_index(text: &[u8]) -> (&[u8], Option<usize>) {
    let index = text.strip_suffix(b"]").and_then(|inner| {
        let bracket = inner.iter().rposition(|byte| *byte == b'[')?;
        let digits = std::str::from_utf8(&inner[bracket + 1..]).ok()?;
        let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
        Some((&text[..bracket], digits.parse().ok().filter(|_| plain)?))
    });
    index.map_or((text, None), |(name, index)| (name, Some(index)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_fields_comes_back() {
        let text =
            b"0:M\\\"ller\\\\\n1[0]:a:b;c\n1[12]:\n2;TZNAME=Europe/Zurich:20240115T090000\n3;TZOFFS=-90:x\n\
            4;BLOBID=photo\n5;BLOBID=p;READNOW:inline\nname:x\n";
        let fields = parse_fields(text).unwrap();
        assert_eq!(write_fields(&fields), text);
        assert_eq!(fields[0].value.as_deref(), Some(&b"M\"ller\\"[..]));
        assert_eq!((fields[2].index, fields[2].value.as_deref()), (Some(12), Some(&b""[..])));
        assert_eq!(fields[3].tz_name(), Some(&b"Europe/Zurich"[..]));
        assert_eq!(fields[4].tz_offset(), Some(-90));
        assert_eq!((fields[5].blob_id(), fields[5].value.as_deref()), (Some(&b"photo"[..]), None));
        assert!(fields[6].parameter("readnow").is_some());
    }

    #[test]
    fn lines_end_either_way_and_empty_ones_are_none() {
        let fields = parse_fields(b"\r\n0:a\r\n\n1:b").unwrap();
        assert_eq!(fields, [Field::new("0", "a"), Field::new("1", "b")]);
        assert_eq!(parse_fields(b""), Ok(Vec::new()));
    }

    #[test]
    fn only_what_is_wanted_is_read() {
        let text = b"0:a\n10:b\n1[0]:c\n1[1]:d\n2;BLOBID=x\n";
        let of = |name: &'static str| parse_some_fields(text, move |known| known == name.as_bytes()).unwrap();
        assert_eq!(write_fields(&of("1")), b"1[0]:c\n1[1]:d\n");
        assert_eq!(write_fields(&of("2")), b"2;BLOBID=x\n");
        assert_eq!(of("3"), []);
    }

    #[test]
    fn a_line_without_a_value_is_told_by_its_number() {
        for text in [&b"0:a\nbroken\n1:b"[..], b"0:a\n1;TZNAME=UTC\n"] {
            let malformed = Err(Malformed { line: 2, what: "has no colon" });
            assert_eq!(parse_fields(text), malformed);
            assert_eq!(parse_some_fields(text, |_| false), malformed);
        }
    }
}
