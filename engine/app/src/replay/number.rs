//! The numbers of a message's commands.

use std::collections::HashMap;

use syncloom_wire::Command;

/// Numbers commands one after the other. What they had in the recording is what they are found by.
pub(super) fn number(
    commands: &mut [Command],
    last: &mut u32,
    numbers: &mut HashMap<String, (String, String)>,
) {
    for command in commands {
        let (then, name) = (command.cmd_id().to_owned(), command.name().to_owned());
        *last += 1;
        let now = last.to_string();
        command.cmd_id_mut().clone_from(&now);
        numbers.insert(now, (then, name));
        match command {
            Command::Sync(sync) => number(&mut sync.commands, last, numbers),
            Command::Atomic(group) | Command::Sequence(group) => number(&mut group.commands, last, numbers),
            _ => {}
        }
    }
}
