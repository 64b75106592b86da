//! The log (manual 6.14.5), as far as it needs no debug options.

use std::fmt::Write;

use super::{Function, Gives, global, integer, optional, text};
use crate::functions::Call;
use crate::lang::Fault;

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "DEBUGMESSAGE",
        &[text("message")],
        Gives::Nothing,
        "6.14.5",
        "Writes a line to the log.",
        ("DEBUGMESSAGE(\"x\"); RETURN 1;", "1"),
        |call| {
            let line = format!("Script DEBUGMESSAGE(): {}", call.text(0));
            call.env().system.log(&line);
            Ok(())
        },
    ),
    global(
        "DEBUGSHOWVARS",
        &[],
        Gives::Nothing,
        "6.14.5",
        "Writes the variables to the log.",
        ("DEBUGSHOWVARS(); RETURN 1;", "1"),
        show_variables,
    ),
    global(
        "DEBUGSHOWITEM",
        &[optional(integer("refItem"))],
        Gives::Nothing,
        "6.14.5",
        "Writes the item, or the reference item, to the log.",
        ("DEBUGSHOWITEM(); RETURN 1;", "1"),
        show_item,
    ),
];

fn show_variables(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let mut line = String::from("Script DEBUGSHOWVARS():");
    for (number, value) in call.variables().iter().enumerate() {
        let _ = write!(line, " {number}={:?}", value.clone().into_value());
    }
    call.env().system.log(&line);
    Ok(())
}

fn show_item(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let reference = call.flag(0);
    let items = &call.env_ref().items;
    let slot = if reference { &items.reference } else { &items.target };
    let mut line = String::from("Script DEBUGSHOWITEM():");
    match slot.get() {
        Some(item) => {
            for ((_, value), field) in item.iter().zip(item.list().fields()) {
                let _ = write!(line, " {}={value:?}", field.name);
            }
        }
        None => line.push_str(" no item"),
    }
    call.env().system.log(&line);
    Ok(())
}
