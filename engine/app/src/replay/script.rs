//! One SyncML session of a recording, laid open: every message decoded, and for each command of the recorded
//! server what the client answered to it.

use std::collections::HashMap;

use syncloom_wire::{Command, Data, Encoding, Limits, Map, Message, Status, Version, decode};

use super::commands::{Reader, Seen, What, summary};
use super::items::{Catalog, Content, store_name};
use super::names::Names;
use super::recording::Exchange;

/// A session of a recording.
pub(super) struct Script<'r> {
    /// What the client sent, in its order.
    pub(super) turns: Vec<Turn<'r>>,
    /// The commands of the recorded server, with the client's statuses.
    commands: Vec<Spoken>,
    /// What the client called the items that it was sent: by datastore and the server's id.
    maps: HashMap<(String, String), String>,
}

/// One message of the client's.
pub(super) struct Turn<'r> {
    /// As it was recorded.
    pub(super) exchange: &'r Exchange,
    /// The message; the error says why it cannot be read.
    pub(super) request: Result<Message, String>,
    /// The recorded answer, if it was SyncML.
    pub(super) response: Option<Message>,
    /// It is the message before once more, byte by byte.
    pub(super) again: bool,
    /// What the recorded server said of its own accord, in few words.
    pub(super) told: String,
}

/// A command of the recorded server's.
struct Spoken {
    seen: Seen,
    status: Option<u16>,
    /// A command of ours has been found to be this one.
    taken: bool,
}

/// What the recorded client did with a command.
#[derive(Clone, Debug, Default)]
pub(super) struct Counterpart {
    /// The status that it gave.
    pub(super) status: Option<u16>,
    /// The id that the recorded server had for the item that it added.
    pub(super) guid: Option<String>,
}

/// Cuts recorded exchanges into SyncML sessions.
pub(super) fn sessions<'r>(catalog: &Catalog, names: &Names, exchanges: &'r [Exchange]) -> Vec<Script<'r>> {
    let mut sessions: Vec<Vec<Turn<'r>>> = Vec::new();
    for exchange in exchanges {
        let turn = Turn::of(exchange, names, sessions.last().and_then(|turns| turns.last()));
        let begins = match (&turn.request, sessions.last().and_then(|turns| turns.last())) {
            (_, None) => true,
            _ if turn.again => false,
            (Ok(message), Some(before)) => {
                let other = before
                    .request
                    .as_ref()
                    .is_ok_and(|before| before.header.session_id != message.header.session_id);
                other || message.header.msg_id.trim() == "1"
            }
            (Err(_), Some(_)) => false,
        };
        match sessions.last_mut() {
            Some(turns) if !begins => turns.push(turn),
            _ => sessions.push(vec![turn]),
        }
    }
    sessions.into_iter().map(|turns| Script::of(catalog, turns)).collect()
}

impl<'r> Turn<'r> {
    fn of(exchange: &'r Exchange, names: &Names, before: Option<&Turn<'r>>) -> Self {
        let read = |bytes: &[u8], encoding: Encoding| match decode(bytes, encoding, &Limits::default()) {
            Ok(decoded) => match decoded.fault {
                None => Ok(decoded.message),
                Some(fault) => Err(fault.to_string()),
            },
            Err(error) => Err(error.to_string()),
        };
        let mut request = read(&exchange.request, exchange.encoding);
        request.iter_mut().for_each(|message| names.rename_targets(message));
        let response = exchange.response.as_ref();
        let mut response = response.and_then(|bytes| read(bytes, exchange.encoding).ok());
        response.iter_mut().for_each(|message| names.rename_sources(message));
        Turn {
            exchange,
            request,
            response,
            again: before.is_some_and(|before| before.exchange.request == exchange.request),
            told: String::new(),
        }
    }

    /// Whether the client saw an answer in SyncML.
    pub(super) fn is_answered(&self) -> bool {
        self.exchange.answered && self.response.is_some()
    }

    /// The recorded status of a command of this message, or of the header.
    pub(super) fn status_of(&self, name: &str, number: &str) -> Option<u16> {
        let response = self.response.as_ref()?;
        let message = self.request.as_ref().ok()?.header.msg_id.as_str();
        statuses(response)
            .find(|status| status.msg_ref == message && status.cmd_ref == number && status.cmd == name)?
            .code
    }
}

impl<'r> Script<'r> {
    fn of(catalog: &Catalog, mut turns: Vec<Turn<'r>>) -> Self {
        let mut script = Script { turns: Vec::new(), commands: Vec::new(), maps: HashMap::new() };
        let mut given: HashMap<(String, String, String), Vec<Status>> = HashMap::new();
        for turn in turns.iter().filter(|turn| !turn.again) {
            let Ok(request) = &turn.request else { continue };
            for status in statuses(request) {
                let key = (status.msg_ref.clone(), status.cmd_ref.clone(), status.cmd.clone());
                given.entry(key).or_default().push(status.clone());
            }
            for map in request.body.iter().filter_map(as_map) {
                let store = store_name(&map.target.uri);
                for item in &map.items {
                    script.maps.insert((store.clone(), item.target.clone()), item.source.clone());
                }
            }
        }
        let mut reader = Reader::default();
        for turn in turns.iter_mut().filter(|turn| turn.is_answered()) {
            let Some(response) = &turn.response else { continue };
            let said = reader.read(catalog, response);
            turn.told = summary(&said);
            for seen in said {
                let known = given.get(&(seen.message.clone(), seen.number.clone(), seen.name.clone()));
                // A command with several items may get a status for each.
                let of_item = |status: &&Status| {
                    let item = seen.source.as_ref().or(seen.target.as_ref());
                    item.is_some_and(|item| {
                        status.source_refs.contains(item) || status.target_refs.contains(item)
                    })
                };
                let status = known.and_then(|known| known.iter().find(of_item).or(known.first()));
                let status = status.and_then(|status| status.code);
                script.commands.push(Spoken { seen, status, taken: false });
            }
        }
        script.turns = turns;
        script
    }

    /// Whether the recorded server has let the client in.
    pub(super) fn is_let_in(&self) -> bool {
        self.turns.iter().any(|turn| matches!(turn.status_of("SyncHdr", "0"), Some(200 | 212)))
    }

    /// The version of SyncML that is spoken.
    pub(super) fn version(&self) -> Version {
        let first = self.turns.iter().find_map(|turn| turn.request.as_ref().ok());
        first.and_then(|message| message.header.version()).unwrap_or(Version::V1_2)
    }

    /// What the client called an item that it was sent.
    pub(super) fn luid(&self, store: &str, guid: &str) -> Option<&String> {
        self.maps.get(&(store.to_owned(), guid.to_owned())).filter(|luid| !luid.is_empty())
    }

    /// The recorded command that a command of ours corresponds to; each is found once.
    pub(super) fn take(&mut self, catalog: &Catalog, ours: &Seen) -> Option<Counterpart> {
        let kind = catalog.find(&ours.store);
        let place = match &ours.what {
            What::Piece => None,
            What::Add(_, content) => {
                let added = |spoken: &Spoken| match &spoken.seen.what {
                    What::Add(_, added) if !spoken.taken && spoken.seen.store == ours.store => {
                        Some(added.clone())
                    }
                    _ => None,
                };
                let candidates: Vec<(usize, Content)> = self
                    .commands
                    .iter()
                    .enumerate()
                    .filter_map(|(place, spoken)| Some((place, added(spoken)?)))
                    .collect();
                let place = kind?.place_of(content, candidates.iter().map(|(_, content)| content))?;
                candidates.get(place).map(|(place, _)| *place)
            }
            what => self.commands.iter().position(|spoken| {
                let theirs = &spoken.seen;
                !spoken.taken
                    && theirs.name == ours.name
                    && theirs.store == ours.store
                    && match (what, &theirs.what) {
                        (What::Replace(ours, _), What::Replace(theirs, _))
                        | (What::Delete(ours), What::Delete(theirs)) => ours == theirs,
                        (What::Alert(ours, _), What::Alert(theirs, _)) => ours == theirs,
                        (What::Other, What::Other) => true,
                        _ => false,
                    }
            }),
        };
        // The recorded server may have needed fewer Syncs, or have alerted otherwise: their statuses are alike.
        let place = place.or_else(|| match ours.what {
            What::Other | What::Alert(..) => self
                .commands
                .iter()
                .rposition(|spoken| spoken.seen.name == ours.name && spoken.seen.store == ours.store),
            _ => None,
        })?;
        let spoken = self.commands.get_mut(place)?;
        spoken.taken = true;
        let guid = match &spoken.seen.what {
            What::Add(guid, _) => Some(guid.clone()),
            _ => None,
        };
        Some(Counterpart { status: spoken.status, guid })
    }

    /// The items that the recorded server added and ours has not: datastore, the server's id, the item.
    pub(super) fn missed(&self) -> impl Iterator<Item = (&str, &str, &Content)> {
        self.commands.iter().filter(|spoken| !spoken.taken).filter_map(|spoken| match &spoken.seen.what {
            What::Add(guid, content) => Some((spoken.seen.store.as_str(), guid.as_str(), content)),
            _ => None,
        })
    }

    /// The items of the client's that the recorded server deleted: datastore and id.
    pub(super) fn deleted(&self) -> impl Iterator<Item = (String, String)> {
        self.commands.iter().filter_map(|spoken| match &spoken.seen.what {
            What::Delete(luid) => Some((spoken.seen.store.clone(), luid.clone())),
            _ => None,
        })
    }

    /// Whether the recorded client has left something of the last answer unanswered.
    pub(super) fn is_broken_off(&self) -> bool {
        let Some(last) = self.turns.last() else { return true };
        let Some(response) = last.response.as_ref().filter(|_| last.exchange.answered) else { return true };
        let suspended = last.request.as_ref().is_ok_and(|request| {
            request
                .body
                .iter()
                .any(|command| matches!(command, Command::Alert(alert) if alert.code == Some(224)))
        });
        suspended
            || !response.is_final
            || response.body.iter().any(|command| !matches!(command, Command::Status(_)))
    }

    /// The client's device information, if it has sent any in this session.
    pub(super) fn devinf(&self) -> Option<Data> {
        let requests = self.turns.iter().filter_map(|turn| turn.request.as_ref().ok());
        requests.flat_map(|request| &request.body).find_map(|command| {
            let items = match command {
                Command::Put(put) => &put.items,
                Command::Results(results) => &results.items,
                _ => return None,
            };
            items.iter().find_map(|item| item.data.clone().filter(|data| matches!(data, Data::DevInf(_))))
        })
    }
}

/// The statuses of a message.
pub(super) fn statuses(message: &Message) -> impl Iterator<Item = &Status> {
    message.body.iter().filter_map(|command| match command {
        Command::Status(status) => Some(status),
        _ => None,
    })
}

fn as_map(command: &Command) -> Option<&Map> {
    match command {
        Command::Map(map) => Some(map),
        _ => None,
    }
}
