//! Numbers (manual 6.14.1, 6.14.6).

use std::cmp::Ordering;

use super::{Function, INTEGER, STRING, any, global, integer, optional, text};
use crate::digits::push_integer;
use crate::functions::Call;
use crate::lang::{Fault, ops};

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "ABS",
        &[integer("value")],
        INTEGER,
        "6.14.6",
        "A number without its sign.",
        ("ABS(-5)", "5"),
        |call| {
            let number = call.integer(0).wrapping_abs();
            call.give_integer(number)
        },
    ),
    global(
        "SIGN",
        &[integer("value")],
        INTEGER,
        "6.14.6",
        "-1, 0 or 1 by the sign of a number.",
        ("SIGN(-5)", "-1"),
        |call| {
            let number = call.integer(0).signum();
            call.give_integer(number)
        },
    ),
    global(
        "RANDOM",
        &[integer("range"), optional(integer("seed"))],
        INTEGER,
        "6.14.6",
        "A random number from 0 to below the range; a seed begins a sequence anew.",
        ("RANDOM(1)", "0"),
        random,
    ),
    global(
        "NUMFORMAT",
        &[integer("num"), integer("digits"), optional(text("filler")), optional(text("opts"))],
        STRING,
        "6.14.1",
        "A number as text of a width: left-justified if that is negative, filled with blanks or another filler, with a sign by '+' or ' ', hexadecimal by 'x'.",
        ("NUMFORMAT(5, 4, \"0\", \"+\")", "+005"),
        numformat,
    ),
    global(
        "COMPARE",
        &[any("value1"), any("value2")],
        INTEGER,
        "6.14.6",
        "-1, 0 or 1 by the order of two values, -999 if they have none.",
        ("COMPARE(\"a\", \"b\")", "-1"),
        compare,
    ),
];

/// The widest number: wider is a mistake, not a format.
const MAX_WIDTH: usize = 10_000;

fn random(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let range = call.integer(0);
    let seed = call.optional_integer(1);
    let number = call.env().system.random(seed);
    match u64::try_from(range) {
        Ok(range) if range > 0 => call.give_integer((number % range) as i64),
        _ => call.give_integer(0),
    }
}

/// Right-justified numbers keep their last digits where there are too many; left-justified ones are not cut, and
/// are filled behind the number.
fn numformat(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    call.give_made(|call, out| {
        let (number, width) = (call.integer(0), call.integer(1));
        let filler = if call.count() > 2 { call.text(2).chars().next() } else { Some(' ') };
        let options = call.text(3);
        let mut digits = String::new();
        let mut sign = None;
        if options.contains('x') {
            digits = format!("{number:X}");
        } else {
            push_integer(&mut digits, number);
            if number < 0 {
                digits.remove(0);
                sign = Some('-');
            } else if options.contains('+') {
                sign = Some('+');
            } else if options.contains(' ') {
                sign = Some(' ');
            }
        }
        let room = usize::try_from(width.unsigned_abs()).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
        if width > 0 && digits.len() + usize::from(sign.is_some()) > room {
            let cut = digits.len().saturating_sub(room);
            out.push_str(&digits[cut..]);
            return;
        }
        let missing = room.saturating_sub(digits.len() + usize::from(sign.is_some()));
        let fill = std::iter::repeat_n(filler, missing).flatten();
        match (width < 0, filler) {
            (true, _) => {
                out.extend(sign);
                out.push_str(&digits);
                out.extend(fill);
            }
            // Zeros stand between sign and number, anything else before both.
            (false, Some('0')) => {
                out.extend(sign);
                out.extend(fill);
                out.push_str(&digits);
            }
            (false, _) => {
                out.extend(fill);
                out.extend(sign);
                out.push_str(&digits);
            }
        }
    })
}

fn compare(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let order = match ops::compare_strictly(call.view(0), call.view(1)) {
        Some(Ordering::Less) => -1,
        Some(Ordering::Equal) => 0,
        Some(Ordering::Greater) => 1,
        None => -999,
    };
    call.give_integer(order)
}
