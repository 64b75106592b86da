//! Variables as wholes: arrays and single ones (manual 6.14.6).

use super::{Function, Gives, INTEGER, any, global, integer, optional, whole};
use crate::functions::Call;
use crate::lang::val::{Val, View};
use crate::lang::{Fault, Kind};

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "CONTAINS",
        &[whole("variable"), any("value"), optional(integer("caseinsensitive"))],
        INTEGER,
        "6.14.6",
        "Whether a text is part of a variable, or of an element of an array.",
        ("STRING a[]; a[1]=\"abc\"; RETURN CONTAINS(a, \"B\", TRUE);", "1"),
        contains,
    ),
    global(
        "APPEND",
        &[whole("variable"), any("value")],
        Gives::Nothing,
        "6.14.6",
        "Appends text to a variable, or an element, or all elements of another array, to an array.",
        ("STRING s; s=\"a\"; APPEND(s, 5); RETURN s;", "a5"),
        append,
    ),
    global(
        "SWAP",
        &[whole("variable1"), whole("variable2")],
        Gives::Nothing,
        "6.14.6",
        "Exchanges the contents of two variables.",
        ("STRING a,b; a=\"1\"; b=\"2\"; SWAP(a, b); RETURN a+b;", "21"),
        swap,
    ),
];

/// Numbers and times contain nothing: only text has parts.
fn contains(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let found = {
        let value = call.text(1);
        let fold = call.flag(2);
        let wanted = if fold { value.to_lowercase() } else { value.into_owned() };
        let has = |view: View<'_>| match view {
            View::Text(..) | View::Blob(_) if fold => view.text().to_lowercase().contains(&wanted),
            View::Text(..) | View::Blob(_) => view.text().contains(&wanted),
            _ => false,
        };
        !wanted.is_empty()
            && match call.elements(0) {
                Some(count) => (0..count).any(|index| has(call.element(0, index))),
                None => has(call.view(0)),
            }
    };
    call.give_integer(i64::from(found))
}

fn append(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let value = call.load(1);
    if call.elements(0).is_some() {
        return match value {
            Val::Array(_, elements) => elements.into_iter().try_for_each(|element| call.push(0, element)),
            value => call.push(0, value),
        };
    }
    let kind = call.kind(0);
    // There is nothing that a number or a time could be appended to.
    if kind == Kind::Blob {
        let joined = call.view(0).joined(value.view())?;
        return call.set(0, joined);
    }
    if !kind.is_text() {
        return Ok(());
    }
    let mut text = call.text(0).into_owned();
    value.view().push_to(&mut text);
    if text.len() > crate::lang::MAX_TEXT {
        return Err(Fault::TextLength);
    }
    call.set(0, Val::Text(kind, text))
}

fn swap(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let (first, second) = (call.load(0), call.load(1));
    call.set(0, second)?;
    call.set(1, first)
}
