//! What a server's commands are about, told without the ids that it chose: so a command of ours is found again
//! among those of the recorded server.

use syncloom_wire::{Alert, Anchor, Change, Command, Data, Item, Location, Message};

use super::items::{Catalog, Content, store_name};

/// A command of a server's that wants a status.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The number of its message.
    pub(super) message: String,
    /// Its own number.
    pub(super) number: String,
    /// Its name.
    pub(super) name: String,
    /// The datastore, as [`store_name`] has it; for what concerns none, what it is about.
    pub(super) store: String,
    /// What it does.
    pub(super) what: What,
    /// What its status repeats as TargetRef.
    pub(super) target: Option<String>,
    /// What its status repeats as SourceRef.
    pub(super) source: Option<String>,
}

/// What a command does.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// It adds an item: the server's id and the item.
    Add(String, Content),
    /// It replaces an item of the client's: the client's id and the item.
    Replace(String, Content),
    /// It deletes an item of the client's.
    Delete(String),
    /// A piece of an item, and not the last.
    Piece,
    /// An Alert, with its code and the server's anchors.
    Alert(u16, Option<Anchor>),
    /// Anything else.
    Other,
}

/// Reads the commands of a server's messages, one message after the other.
#[derive(Default)]
pub(super) struct Reader {
    /// The pieces of an item that have come.
    pieces: Vec<u8>,
}

impl Reader {
    /// The commands of a message, in their order; statuses want no status.
    pub(super) fn read(&mut self, catalog: &Catalog, message: &Message) -> Vec<Seen> {
        let mut seen = Vec::new();
        let number = &message.header.msg_id;
        for command in message.body.iter().filter(|command| !command.no_resp()) {
            match command {
                Command::Status(_) | Command::Unknown(_) => {}
                Command::Alert(alert) => seen.push(of_alert(number, alert)),
                Command::Sync(sync) => {
                    let client = uri(&sync.target);
                    // By the server's name: the client may call its own datastore as it likes.
                    let store = uri(&sync.source).or_else(|| client.clone()).unwrap_or_default();
                    let store = store_name(&store);
                    seen.push(Seen {
                        store: store.clone(),
                        target: client,
                        source: uri(&sync.source),
                        ..plain(number, command)
                    });
                    self.read_changes(catalog, number, &store, &sync.commands, &mut seen);
                }
                Command::Results(results) => {
                    let source = results.items.first().and_then(|item| uri(&item.source));
                    seen.push(Seen { source, ..plain(number, command) });
                }
                Command::Get(get) | Command::Put(get) => {
                    let item = get.items.first();
                    seen.push(Seen {
                        target: item.and_then(|item| uri(&item.target)),
                        source: item.and_then(|item| uri(&item.source)),
                        ..plain(number, command)
                    });
                }
                other => seen.push(plain(number, other)),
            }
        }
        seen
    }

    fn read_changes(
        &mut self,
        catalog: &Catalog,
        message: &str,
        store: &str,
        commands: &[Command],
        seen: &mut Vec<Seen>,
    ) {
        for command in commands.iter().filter(|command| !command.no_resp()) {
            match command {
                Command::Add(change) | Command::Replace(change) | Command::Delete(change) => {
                    for item in &change.items {
                        let what = self.change(catalog, store, command, change, item);
                        seen.push(Seen {
                            store: store.to_owned(),
                            what,
                            target: uri(&item.target),
                            source: uri(&item.source),
                            ..plain(message, command)
                        });
                    }
                }
                Command::Sequence(group) | Command::Atomic(group) => {
                    seen.push(plain(message, command));
                    self.read_changes(catalog, message, store, &group.commands, seen);
                }
                Command::Status(_) | Command::Unknown(_) => {}
                other => seen.push(plain(message, other)),
            }
        }
    }

    fn change(
        &mut self,
        catalog: &Catalog,
        store: &str,
        command: &Command,
        change: &Change,
        item: &Item,
    ) -> What {
        let target = uri(&item.target).unwrap_or_default();
        if matches!(command, Command::Delete(_)) {
            return What::Delete(target);
        }
        self.pieces.extend_from_slice(item.data.as_ref().and_then(Data::as_bytes).unwrap_or_default());
        if item.more_data {
            return What::Piece;
        }
        let text = std::mem::take(&mut self.pieces);
        let mime_type = item.meta.type_.as_deref().or(change.meta.type_.as_deref());
        let content = match catalog.find(store) {
            Some(kind) => kind.read(mime_type, &text),
            None => Content::Text(String::from_utf8_lossy(&text).into_owned()),
        };
        match command {
            Command::Replace(_) => What::Replace(target, content),
            _ => What::Add(uri(&item.source).unwrap_or_default(), content),
        }
    }
}

fn of_alert(message: &str, alert: &Alert) -> Seen {
    let item = alert.items.first();
    let (target, source) = (item.and_then(|item| uri(&item.target)), item.and_then(|item| uri(&item.source)));
    Seen {
        message: message.to_owned(),
        number: alert.cmd_id.clone(),
        name: "Alert".to_owned(),
        store: store_name(source.as_deref().unwrap_or_default()),
        what: What::Alert(alert.code.unwrap_or_default(), item.and_then(|item| item.meta.anchor.clone())),
        target,
        source,
    }
}

fn plain(message: &str, command: &Command) -> Seen {
    Seen {
        message: message.to_owned(),
        number: command.cmd_id().to_owned(),
        name: command.name().to_owned(),
        store: String::new(),
        what: What::Other,
        target: None,
        source: None,
    }
}

fn uri(location: &Option<Location>) -> Option<String> {
    location.as_ref().map(|location| location.uri.clone())
}

/// What a server says of its own accord, in few words: `Alert 201 addressbook; addressbook: 3 Add, 1 Delete`.
pub(super) fn summary(seen: &[Seen]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut counts: Vec<(&str, &str, usize)> = Vec::new();
    for command in seen {
        match &command.what {
            What::Alert(code, _) => words.push(format!("Alert {code} {}", command.store)),
            What::Other if command.name == "Sync" => {}
            What::Other => words.push(command.name.clone()),
            What::Add(..) | What::Replace(..) | What::Delete(_) | What::Piece => {
                let name = if matches!(command.what, What::Piece) { "piece" } else { command.name.as_str() };
                match counts.iter_mut().find(|(store, known, _)| *store == command.store && *known == name) {
                    Some((_, _, count)) => *count += 1,
                    None => counts.push((command.store.as_str(), name, 1)),
                }
            }
        }
    }
    words.extend(counts.iter().map(|(store, name, count)| format!("{count} {name} {store}")));
    words.join(", ")
}
