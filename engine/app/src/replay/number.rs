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
        set_number(command, &now);
        numbers.insert(now, (then, name));
        match command {
            Command::Sync(sync) => number(&mut sync.commands, last, numbers),
            Command::Atomic(group) | Command::Sequence(group) => number(&mut group.commands, last, numbers),
            _ => {}
        }
    }
}

fn set_number(command: &mut Command, number: &str) {
    let place = match command {
        Command::Alert(c) => &mut c.cmd_id,
        Command::Status(c) => &mut c.cmd_id,
        Command::Results(c) => &mut c.cmd_id,
        Command::Sync(c) => &mut c.cmd_id,
        Command::Map(c) => &mut c.cmd_id,
        Command::Get(c) | Command::Put(c) => &mut c.cmd_id,
        Command::Add(c) | Command::Replace(c) | Command::Delete(c) | Command::Copy(c) | Command::Move(c) => {
            &mut c.cmd_id
        }
        Command::Exec(c) => &mut c.cmd_id,
        Command::Search(c) => &mut c.cmd_id,
        Command::Atomic(c) | Command::Sequence(c) => &mut c.cmd_id,
        Command::Unknown(c) => &mut c.cmd_id,
    };
    place.clear();
    place.push_str(number);
}
