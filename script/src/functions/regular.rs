//! Regular expressions (manual 6.14.2). A text that is no pattern matches nothing.

use std::fmt::Write;

use super::{Function, INTEGER, STRING, array, global, integer, optional, text, whole};
use crate::functions::Call;
use crate::functions::texts::floor;
use crate::lang::regex::Groups;
use crate::lang::val::Val;
use crate::lang::{Fault, Kind, MAX_TEXT};

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "REGEX_FIND",
        &[text("subject"), text("pattern"), optional(integer("startat"))],
        INTEGER,
        "6.14.2",
        "The position of a pattern's first match from a position on; UNASSIGNED if there is none.",
        ("REGEX_FIND(\"abc123\", \"[0-9]+\")", "3"),
        find,
    ),
    global(
        "REGEX_MATCH",
        &[text("subject"), text("pattern"), integer("startat"), whole("matches")],
        INTEGER,
        "6.14.2",
        "As REGEX_FIND; an array takes the whole match and its groups, a single variable the first group or the whole match.",
        ("STRING m[]; REGEX_MATCH(\"abc123\", \"([a-z]+)([0-9]+)\", 0, m); RETURN m[2];", "123"),
        matches,
    ),
    global(
        "REGEX_SPLIT",
        &[text("subject"), text("separatorpattern"), array("elements"), optional(integer("emptyElements"))],
        INTEGER,
        "6.14.2",
        "Splits a text where a pattern matches; gives the number of elements.",
        ("STRING a[]; RETURN REGEX_SPLIT(\"a,b,,c\", \",\", a);", "3"),
        split,
    ),
    global(
        "REGEX_REPLACE",
        &[
            text("subject"),
            text("pattern"),
            text("replacement"),
            optional(integer("startat")),
            optional(integer("repeat")),
        ],
        STRING,
        "6.14.2",
        "Replaces matches of a pattern, all or so many; \\0 to \\9 in the replacement are the match and its groups.",
        ("REGEX_REPLACE(\"a-b\", \"([a-z])\", \"<\\\\1>\")", "<a>-<b>"),
        replace,
    ),
];

/// Where to begin: `None` for a position outside of the subject.
fn start(call: &Call<'_, '_, '_>, number: usize) -> Option<usize> {
    let text = call.text(0);
    let start = usize::try_from(call.integer(number)).ok()?;
    (start <= text.len()).then(|| floor(&text, start))
}

fn find(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let pattern = call.pattern(1);
    let found = match (pattern, start(call, 2)) {
        (Some(pattern), Some(start)) => pattern.find(&call.text(0), start).map(|(at, _)| at),
        _ => None,
    };
    call.give_optional(found)
}

fn matches(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let pattern = call.pattern(1);
    let (Some(pattern), Some(start)) = (pattern, start(call, 2)) else { return call.give_nothing() };
    let mut groups = call.take_groups();
    let found = pattern.groups(&call.text(0), start, &mut groups);
    // Groups at the end that took no part are not there.
    while groups.last().is_some_and(Option::is_none) {
        groups.pop();
    }
    let at = groups.first().copied().flatten().map(|(at, _)| at);
    let written = if found { call.set_matches(0, 3, &groups) } else { Ok(()) };
    call.give_groups_back(groups);
    written?;
    call.give_optional(at)
}

fn split(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let keep_empty = call.flag(3);
    let pattern = call.pattern(1);
    let elements: Vec<Val> = {
        let subject = call.text(0);
        let mut parts = Vec::new();
        let (mut from, mut at) = (0, 0);
        while let Some((start, end)) = pattern.as_ref().and_then(|pattern| pattern.find(&subject, at)) {
            if start == end {
                // An empty match separates nothing from nothing: look behind the next character.
                let Some(next) = subject[start..].chars().next() else { break };
                at = start + next.len_utf8();
                if start > from {
                    parts.push(&subject[from..start]);
                    from = start;
                }
                continue;
            }
            parts.push(&subject[from..start]);
            (from, at) = (end, end);
        }
        parts.push(&subject[from..]);
        let kept = parts.into_iter().filter(|part| keep_empty || !part.is_empty());
        kept.map(|part| Val::Text(Kind::String, part.to_owned())).collect()
    };
    let count = elements.len();
    if count > crate::item::MAX_ARRAY_INDEX {
        return Err(Fault::ArrayIndex(count as i64));
    }
    call.set(2, Val::Array(Kind::String, elements))?;
    call.give_integer(count as i64)
}

fn replace(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let pattern = call.pattern(1);
    let (Some(pattern), Some(start)) = (pattern, start(call, 3)) else {
        return call.give_made(|call, out| out.push_str(&call.text(0)));
    };
    let limit = match call.integer(4) {
        limit if limit > 0 => limit,
        _ => i64::MAX,
    };
    let mut fault = None;
    call.give_made(|call, out| {
        let (subject, replacement) = (call.text(0), call.text(2));
        let (mut copied, mut at, mut left) = (0, start, limit);
        let mut groups = Groups::new();
        while left > 0 {
            if !pattern.groups(&subject, at, &mut groups) {
                break;
            }
            let Some((from, to)) = groups.first().copied().flatten() else { break };
            out.push_str(&subject[copied..from]);
            put_in(out, &replacement, &subject, &groups);
            copied = to;
            left -= 1;
            if out.len() > MAX_TEXT {
                fault = Some(Fault::TextLength);
                return;
            }
            at = to;
            if from == to {
                // An empty match would be found again for ever.
                let Some(next) = subject[to..].chars().next() else { break };
                at += next.len_utf8();
            }
        }
        out.push_str(&subject[copied..]);
    })?;
    fault.map_or(Ok(()), Err)
}

fn put_in(out: &mut String, replacement: &str, subject: &str, groups: &Groups) {
    let mut chars = replacement.chars().peekable();
    while let Some(next) = chars.next() {
        let digit = chars.peek().and_then(|digit| digit.to_digit(10)).filter(|_| next == '\\');
        let Some(digit) = digit else {
            let _ = out.write_char(next);
            continue;
        };
        chars.next();
        if let Some((from, to)) = groups.get(digit as usize).copied().flatten() {
            out.push_str(&subject[from..to]);
        }
    }
}
