//! Text (manual 6.14.1). Positions and lengths count bytes of UTF-8, as the manual has it; a position inside of a
//! character counts as that of the character.

use super::{Function, INTEGER, Parameter, STRING, any, array, global, integer, optional, text, whole};
use crate::functions::Call;
use crate::lang::{Fault, Kind, MAX_TEXT};
use crate::text::trimmed;

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "LENGTH",
        &[text("str")],
        INTEGER,
        "6.14.1",
        "The number of bytes of a text.",
        ("LENGTH(\"grüße\")", "7"),
        length,
    ),
    global(
        "SIZE",
        &[whole("var")],
        INTEGER,
        "6.14.1",
        "The number of elements of an array, or of bytes of any other variable.",
        ("STRING a[]; a[2]=\"x\"; RETURN SIZE(a);", "3"),
        size,
    ),
    global(
        "LOWERCASE",
        &[text("str")],
        STRING,
        "6.14.1",
        "The text in small letters.",
        ("LOWERCASE(\"ABc\")", "abc"),
        |call| cased(call, str::make_ascii_lowercase, str::to_lowercase),
    ),
    global(
        "UPPERCASE",
        &[text("str")],
        STRING,
        "6.14.1",
        "The text in capital letters.",
        ("UPPERCASE(\"aBc\")", "ABC"),
        |call| cased(call, str::make_ascii_uppercase, str::to_uppercase),
    ),
    global(
        "NORMALIZED",
        &[any("value")],
        STRING,
        "6.14.1",
        "The text without what does not count: blanks around it; in telephone numbers also separators.",
        ("TELEPHONE t; t=\"+41 (44) 12\"; RETURN NORMALIZED(t);", "+414412"),
        normalized,
    ),
    global(
        "FIND",
        FIND,
        INTEGER,
        "6.14.1",
        "The position of the first occurrence of a text, from a position on; UNASSIGNED if there is none (and so equal to 0: test with !=UNASSIGNED).",
        ("FIND(\"abcabc\", \"c\", 3)", "5"),
        find,
    ),
    global(
        "RFIND",
        FIND,
        INTEGER,
        "6.14.1",
        "The position of the last occurrence of a text that begins at or before a position (0 if none is given); UNASSIGNED if there is none.",
        ("RFIND(\"abcabc\", \"b\", 3)", "1"),
        rfind,
    ),
    global(
        "SUBSTR",
        &[text("str"), integer("start"), optional(integer("count"))],
        STRING,
        "6.14.1",
        "The part of a text from a position on, of at most so many bytes.",
        ("SUBSTR(\"abcdef\", 2, 3)", "cde"),
        substr,
    ),
    global(
        "EXPLODE",
        &[text("glue"), array("parts")],
        STRING,
        "6.14.1",
        "The elements of an array joined to one text.",
        ("STRING a[]; a[0]=\"x\"; a[1]=\"y\"; RETURN EXPLODE(\", \", a);", "x, y"),
        explode,
    ),
    global(
        "TYPENAME",
        &[any("value")],
        STRING,
        "6.14.6",
        "The name of a value's type.",
        ("TYPENAME(1+\"2\")", "integer"),
        type_name,
    ),
];

const FIND: &[Parameter] = &[text("str"), text("pattern"), optional(integer("start"))];

/// The byte at which the character begins that a position is in; positions behind the text are its end.
pub(super) fn floor(text: &str, position: usize) -> usize {
    let mut position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    position
}

fn length(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let length = call.view(0).text_length();
    call.give_integer(length as i64)
}

fn size(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let size = call.elements(0).unwrap_or_else(|| call.view(0).text_length());
    call.give_integer(size as i64)
}

fn cased(call: &mut Call<'_, '_, '_>, ascii: fn(&mut str), all: fn(&str) -> String) -> Result<(), Fault> {
    call.give_made(|call, out| {
        let text = call.text(0);
        if text.is_ascii() {
            out.push_str(&text);
            ascii(out);
        } else {
            out.push_str(&all(&text));
        }
    })
}

fn normalized(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    call.give_made(|call, out| {
        let value = call.view(0);
        let text = value.text();
        match value.kind() {
            Kind::Telephone => {
                out.extend(text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '+' | '*' | '#')));
            }
            _ => out.push_str(trimmed(&text)),
        }
    })
}

fn find(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let found = {
        let (text, pattern) = (call.text(0), call.text(1));
        let start = usize::try_from(call.integer(2)).ok().filter(|start| *start <= text.len());
        start
            .and_then(|start| memory_find(&text.as_bytes()[start..], pattern.as_bytes()).map(|at| start + at))
    };
    call.give_optional(found)
}

/// Texts here are short: looking for the first byte and comparing beats every clever search.
fn memory_find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    let Some((first, rest)) = pattern.split_first() else { return Some(0) };
    if text.len() > 256 {
        let haystack = std::str::from_utf8(text).ok();
        let needle = std::str::from_utf8(pattern).ok();
        if let (Some(haystack), Some(needle)) = (haystack, needle) {
            return haystack.find(needle);
        }
    }
    let last = text.len().checked_sub(pattern.len())?;
    (0..=last).find(|at| text[*at] == *first && &text[at + 1..at + pattern.len()] == rest)
}

fn rfind(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let found = {
        let (text, pattern) = (call.text(0), call.text(1));
        let start = usize::try_from(call.integer(2)).ok();
        start.and_then(|start| {
            let end = floor(&text, start.saturating_add(pattern.len()));
            text[..end].rfind(&*pattern)
        })
    };
    call.give_optional(found)
}

fn substr(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    call.give_made(|call, out| {
        let text = call.text(0);
        let Ok(start) = usize::try_from(call.integer(1)) else { return };
        let start = floor(&text, start);
        let count = call.optional_integer(2).and_then(|count| usize::try_from(count).ok());
        let end = floor(&text, count.map_or(text.len(), |count| start.saturating_add(count)));
        out.push_str(&text[start..end.max(start)]);
    })
}

fn explode(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let count = call.elements(1).unwrap_or(0);
    let length: usize = (0..count).map(|index| call.element(1, index).text_length()).sum();
    if length + call.view(0).text_length() * count > MAX_TEXT {
        return Err(Fault::TextLength);
    }
    call.give_made(|call, out| {
        let glue = call.text(0);
        for index in 0..count {
            if index > 0 {
                out.push_str(&glue);
            }
            call.element(1, index).push_to(out);
        }
    })
}

fn type_name(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let name = call.view(0).kind().name();
    call.give_made(|_, out| out.push_str(name))
}
