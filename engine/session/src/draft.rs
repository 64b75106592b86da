//! A message in the making: commands get their numbers, and the message stays within the size that the peer
//! takes.

use syncloom_wire::{
    Alert, Command, Encoding, Header, Item, Location, Message, Version, command_len, frame_len,
};

/// The smallest message size that is respected. A peer that asks for less could not be told anything, as a
/// header and one status already take about this much.
const MIN_MESSAGE_SIZE: usize = 1000;

/// A message in the making.
pub(crate) struct Draft {
    message: Message,
    version: Version,
    encoding: Encoding,
    /// What every message has: the header and, once it is in, the header's status.
    frame: usize,
    size: usize,
    limit: usize,
    last_cmd_id: u32,
}

impl Draft {
    pub(crate) fn new(header: Header, version: Version, encoding: Encoding, limit: usize) -> Self {
        let frame = frame_len(&header, encoding);
        let message = Message { header, body: Vec::new(), is_final: false };
        Draft {
            message,
            version,
            encoding,
            frame,
            size: frame,
            limit: limit.max(MIN_MESSAGE_SIZE),
            last_cmd_id: 0,
        }
    }

    /// The next command's number.
    pub(crate) fn next_cmd_id(&mut self) -> String {
        self.last_cmd_id += 1;
        self.last_cmd_id.to_string()
    }

    /// Whether there is nothing in it yet but the header's status, which no message goes without.
    pub(crate) fn is_empty(&self) -> bool {
        self.message.body.len() <= 1
    }

    /// How many bytes still fit.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.size)
    }

    /// How many bytes of commands a message takes that has nothing else in it.
    pub(crate) fn limit(&self) -> usize {
        self.limit.saturating_sub(self.frame)
    }

    /// How many bytes a command takes.
    pub(crate) fn len_of(&self, command: &Command) -> usize {
        command_len(command, self.version, self.encoding)
    }

    /// Adds a command whatever its size.
    pub(crate) fn push(&mut self, command: Command) {
        self.size += self.len_of(&command);
        if self.message.body.is_empty() {
            self.frame = self.size;
        }
        self.message.body.push(command);
    }

    /// Asks for the peer's next message (OMA-DS 5.3, alert 222).
    pub(crate) fn push_next_message_request(&mut self, theirs: &Header) {
        let item = Item {
            target: Some(Location::new(theirs.source.uri.clone())),
            source: Some(Location::new(theirs.target.uri.clone())),
            ..Item::default()
        };
        let cmd_id = self.next_cmd_id();
        self.push(Command::Alert(Alert { cmd_id, code: Some(222), items: vec![item], ..Alert::default() }));
    }

    /// Gives the last number back: its command was not added.
    pub(crate) fn take_back_cmd_id(&mut self) {
        self.last_cmd_id -= 1;
    }

    /// Whether a command fits. What does not fit into a message of its own never will, and goes nevertheless.
    pub(crate) fn fits(&self, command: &Command) -> bool {
        self.is_empty() || self.len_of(command) <= self.room()
    }

    /// The version that the message is written in.
    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// The message.
    pub(crate) fn finish(mut self, is_final: bool) -> Message {
        self.message.is_final = is_final;
        self.message
    }
}
