//! Mail addresses with names (manual 6.14.1, RFC 2822).

use super::{Function, INTEGER, STRING, global, text, variable};
use crate::functions::Call;
use crate::lang::val::Val;
use crate::lang::{Fault, Kind};

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "PARSEEMAILSPEC",
        &[text("emailspec"), variable("name", Some(Kind::String)), variable("email", Some(Kind::String))],
        INTEGER,
        "6.14.1",
        "Splits the first address of a list into name and address; gives the number of bytes read.",
        ("STRING n,e; PARSEEMAILSPEC(\"John Doe <j@x.ch>\", n, e); RETURN n+\"|\"+e;", "John Doe|j@x.ch"),
        parse,
    ),
    global(
        "MAKEEMAILSPEC",
        &[text("name"), text("email")],
        STRING,
        "6.14.1",
        "Makes an address out of a name, quoted, and a mail address.",
        ("MAKEEMAILSPEC(\"Doe, J\", \"j@x.ch\")", "\"Doe, J\" <j@x.ch>"),
        make,
    ),
];

fn parse(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let spec = parse_spec(&call.text(0));
    call.set(1, filled(spec.name))?;
    call.set(2, filled(spec.email))?;
    call.give_integer(spec.length as i64)
}

fn filled(text: String) -> Val {
    if text.is_empty() { Val::Empty(Kind::String) } else { Val::Text(Kind::String, text) }
}

struct Spec {
    name: String,
    email: String,
    length: usize,
}

/// The first address of a list. What stands in `<>` is the address and the rest the name; without `<>` a lone word
/// with an `@` is the address, a comment in parentheses the name. Quotes are taken off.
fn parse_spec(text: &str) -> Spec {
    let (mut words, mut bare) = (String::new(), true);
    let mut chars = text.char_indices();
    let mut length = text.len();
    let (mut comment_at, mut group) = (None, None);
    while let Some((at, next)) = chars.next() {
        match next {
            ',' | ';' => {
                length = at + 1;
                break;
            }
            // What stands before a colon names the group of addresses that follows.
            ':' => group = Some(std::mem::take(&mut words)),
            '"' => {
                bare = false;
                while let Some((_, quoted)) = chars.next() {
                    match quoted {
                        '"' => break,
                        '\\' => words.extend(chars.next().map(|(_, escaped)| escaped)),
                        quoted => words.push(quoted),
                    }
                }
            }
            '(' => comment_at = comment_at.or(Some(words.len())),
            ')' => {}
            '<' => return addressed(text, &words, at + 1),
            next => words.push(next),
        }
    }
    let (before, comment) = words.split_at(comment_at.unwrap_or(words.len()));
    let address = before.trim();
    if !bare || !address.contains('@') || address.contains(char::is_whitespace) {
        return Spec { name: collapsed_front(&words), email: String::new(), length };
    }
    let group = group.map(|group: String| group.trim().to_owned());
    let name = if comment.is_empty() { group.unwrap_or_default() } else { format!(" {comment}") };
    Spec { name, email: address.to_owned(), length }
}

/// A name with the address that begins behind its `<`. What was read ends behind the `>` and the separator that
/// follows.
fn addressed(text: &str, name: &str, start: usize) -> Spec {
    let closing = text[start..].find('>').map_or(text.len(), |end| start + end);
    let behind = (closing + 1).min(text.len());
    let length = text[behind..].find([',', ';']).map_or(text.len(), |separator| behind + separator + 1);
    Spec { name: collapsed_front(name), email: text[start..closing].to_owned(), length }
}

/// A name without blanks behind it; those before it count as one.
fn collapsed_front(words: &str) -> String {
    let name = words.trim();
    if words.starts_with(' ') && !name.is_empty() && words.starts_with("  ") {
        format!(" {name}")
    } else {
        name.to_owned()
    }
}

fn make(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    call.give_made(|call, out| {
        let (name, email) = (call.text(0), call.text(1));
        if name.is_empty() {
            out.push_str(&email);
            return;
        }
        out.push('"');
        for next in name.chars() {
            if next == '"' {
                out.push('\\');
            }
            out.push(next);
        }
        out.push_str("\" <");
        out.push_str(&email);
        out.push('>');
    })
}
