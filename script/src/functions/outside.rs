//! The machine: files, the shell, waiting.

use super::{Function, Gives, INTEGER, STRING, global, integer, optional, text};
use crate::functions::Call;
use crate::lang::{Fault, MAX_TEXT};

pub(super) const FUNCTIONS: &[Function] = &[
    global(
        "READ",
        &[text("file")],
        STRING,
        "",
        "The content of a file; UNASSIGNED if it can't be read.",
        ("READ(\"/no/such/file\")==UNASSIGNED", "1"),
        read,
    ),
    global(
        "SHELLEXECUTE",
        &[text("command"), text("params"), optional(integer("backgroundflag"))],
        INTEGER,
        "6.14.6",
        "Runs a command in the shell: its exit code, -1 if it can't be started, 0 at once in the background.",
        ("SHELLEXECUTE(\"exit 3\", \"\")", "3"),
        shell,
    ),
    global(
        "SLEEPMS",
        &[integer("milliseconds")],
        Gives::Nothing,
        "6.14.3",
        "Waits so many milliseconds.",
        ("SLEEPMS(0); RETURN 1;", "1"),
        sleep,
    ),
];

fn read(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let path = call.text(0).into_owned();
    match call.env().system.read_file(&path) {
        Ok(content) if content.len() > MAX_TEXT => Err(Fault::TextLength),
        Ok(content) => call.give_text(String::from_utf8_lossy(&content).into_owned()),
        Err(error) => {
            call.env().system.log(&format!("IO error in READ(\"{path}\"): {error}"));
            call.give_nothing()
        }
    }
}

fn shell(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let (command, parameters) = (call.text(0).into_owned(), call.text(1).into_owned());
    let background = call.flag(2);
    let code = call.env().system.shell(&command, &parameters, background).unwrap_or(-1);
    call.give_integer(code)
}

fn sleep(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let milliseconds = u64::try_from(call.integer(0)).unwrap_or(0);
    call.env().system.sleep_ms(milliseconds);
    Ok(())
}
