//! Percent-encoding and file URIs; the manual has none of these.

use super::{Function, STRING, global, text};
use crate::functions::Call;
use crate::lang::Fault;

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "URLENCODE",
        &[text("text")],
        STRING,
        "",
        "Text with everything but letters and digits percent-encoded.",
        ("URLENCODE(\"a b/ü\")", "a%20b%2F%C3%BC"),
        encode,
    ),
    global(
        "URLDECODE",
        &[text("text")],
        STRING,
        "",
        "Percent-encoded text decoded; what is not encoded stays.",
        ("URLDECODE(\"a%20b+c\")", "a b+c"),
        decode,
    ),
    global(
        "URITOPATH",
        &[text("uri")],
        STRING,
        "",
        "The path of a file URI.",
        ("URITOPATH(\"file://host/p/q\")", "/p/q"),
        path,
    ),
];

fn encode(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    call.give_made(|call, out| {
        for byte in call.text(0).bytes() {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    })
}

fn decode(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    call.give_made(|call, out| out.push_str(&decoded(&call.text(0))))
}

/// A `%` without two hexadecimal digits takes the bytes with it that should be digits.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            result.push(bytes[at]);
            at += 1;
            continue;
        }
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| str::from_utf8(digits).ok());
        result
            .extend(digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|byte| *byte != 0));
        at += 3;
    }
    String::from_utf8(result).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn path(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    call.give_made(|call, out| {
        let uri = call.text(0);
        let path = match uri.strip_prefix("file://") {
            Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
            None => &uri,
        };
        out.push_str(&decoded(path));
    })
}
