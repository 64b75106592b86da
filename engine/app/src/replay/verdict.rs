//! What was said in one SyncML session, then and now, message by message.

use std::collections::{BTreeMap, HashMap, HashSet};

use syncloom_wire::{Command, Encoding, Header, Message};

use super::commands::{Seen, summary};
use super::script::{Turn, statuses};

/// A command of the client's, as the recording has it: the numbers of its message and its own, and its name.
type Key = (String, String, String);

/// Recorded commands, their numbers and names, by the numbers that they have in our message.
type Numbers = HashMap<String, (String, String)>;

/// What was said in a session.
pub(super) struct Exchanged {
    /// The messages.
    pub(super) rows: Vec<Row>,
    /// The address that the recorded server told.
    pub(super) resp_uri: Option<String>,
    /// How the messages are encoded.
    pub(super) encoding: Encoding,
    then: BTreeMap<Key, Vec<u16>>,
    now: BTreeMap<Key, Vec<u16>>,
    /// What commands are about, for the reader.
    labels: HashMap<Key, String>,
    /// Commands that were not played.
    left_out: HashSet<Key>,
    /// Recorded messages that were not played, or that nobody answered then.
    not_compared: HashSet<String>,
    /// Recorded messages that were answered.
    answered_then: HashSet<String>,
    /// Our messages by their numbers: the number of the recorded one, and its commands.
    sent: HashMap<String, (Option<String>, Numbers)>,
    /// Numbers of answers of ours that have been seen.
    seen: HashSet<String>,
}

/// One message of the client's and what came back.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// What the recording calls it.
    pub(super) number: String,
    /// The recorded number of the message.
    message: String,
    /// What the recorded server said of its own accord.
    pub(super) told_then: String,
    /// What ours said.
    pub(super) told_now: String,
    /// What else there is to say.
    pub(super) notes: Vec<String>,
    /// Statuses of this message's commands that differ: what it is about, then, now.
    pub(super) differ: Vec<(String, String, String)>,
    /// All statuses, in few words.
    pub(super) agree: String,
    /// The recorded message could not be played at all.
    failed: bool,
    /// Nothing is there to be compared.
    pub(super) told_is_compared: bool,
}

impl Default for Exchanged {
    fn default() -> Self {
        Exchanged {
            rows: Vec::new(),
            resp_uri: None,
            encoding: Encoding::Xml,
            then: BTreeMap::new(),
            now: BTreeMap::new(),
            labels: HashMap::new(),
            left_out: HashSet::new(),
            not_compared: HashSet::new(),
            answered_then: HashSet::new(),
            sent: HashMap::new(),
            seen: HashSet::new(),
        }
    }
}

impl Exchanged {
    /// Goes on to a recorded message.
    pub(super) fn begin(&mut self, turn: &Turn<'_>) {
        self.encoding = turn.exchange.encoding;
        let mut row = Row {
            number: turn.exchange.number.clone(),
            told_then: turn.told.clone(),
            told_is_compared: turn.is_answered(),
            ..Row::default()
        };
        if let Ok(request) = &turn.request {
            row.message.clone_from(&request.header.msg_id);
            self.label(request);
            if let Some(response) = &turn.response
                && self.answered_then.insert(request.header.msg_id.clone())
            {
                for status in statuses(response) {
                    let key = (status.msg_ref.clone(), status.cmd_ref.clone(), status.cmd.clone());
                    self.then.entry(key).or_default().push(status.code.unwrap_or_default());
                }
            }
        }
        if let Some(uri) = turn.response.as_ref().and_then(|response| response.header.resp_uri.as_ref()) {
            self.resp_uri = Some(uri.clone());
        }
        match turn.exchange.http {
            _ if turn.again => row.notes.push("sent again".to_owned()),
            Some(status) if status >= 300 => row.notes.push(format!("HTTP {status} then")),
            _ => {}
        }
        if turn.exchange.arrived && turn.exchange.response.is_some() && !turn.exchange.answered {
            row.notes.push("the answer is lost".to_owned());
        }
        self.rows.push(row);
    }

    fn label(&mut self, request: &Message) {
        let mut label = |command: &Command| {
            let item = match command {
                Command::Add(change) | Command::Replace(change) | Command::Delete(change) => {
                    change.items.first()
                }
                _ => None,
            };
            let address = item.and_then(|item| item.source.as_ref().or(item.target.as_ref()));
            let about = address.map(|address| format!(" {}", address.uri)).unwrap_or_default();
            let key = (request.header.msg_id.clone(), command.cmd_id().to_owned(), command.name().to_owned());
            self.labels.insert(key, format!("{}{about}", command.name()));
        };
        request.for_each(&mut label);
    }

    /// A message of ours has been made from a recorded one, or from none.
    pub(super) fn sent(&mut self, message: &str, recorded: Option<&Message>, numbers: Numbers) {
        let then = recorded.map(|recorded| recorded.header.msg_id.clone());
        if let Some(recorded) = recorded {
            let played: HashSet<&(String, String)> = numbers.values().collect();
            let mut left_out = Vec::new();
            recorded.for_each(&mut |command| {
                let known = (command.cmd_id().to_owned(), command.name().to_owned());
                if !matches!(command, Command::Status(_)) && !played.contains(&known) {
                    left_out.push((recorded.header.msg_id.clone(), known.0, known.1));
                }
            });
            let changes =
                left_out.iter().filter(|(_, _, name)| !matches!(name.as_str(), "Map" | "Results")).count();
            if changes > 0 {
                self.note(format!("{changes} changes of items that this client was not sent are left out"));
            }
            self.left_out.extend(left_out);
        }
        self.sent.insert(message.to_owned(), (then, numbers));
    }

    /// Takes an answer; `false` if it is one that has come before.
    pub(super) fn answered(&mut self, message: &Message, length: usize, request: &Header) -> bool {
        if !self.seen.insert(message.header.msg_id.clone()) {
            return false;
        }
        if let Some(limit) = request.meta.max_msg_size.filter(|limit| length as u64 > *limit) {
            self.note(format!("an answer of {length} bytes, and the client takes {limit}"));
        }
        for status in statuses(message) {
            let Some((then, numbers)) = self.sent.get(&status.msg_ref) else {
                self.note(format!("a status for message {}, which was not sent", status.msg_ref));
                continue;
            };
            let (Some(then), command) = (then, numbers.get(&status.cmd_ref)) else { continue };
            let key = match command {
                Some((number, name)) => (then.clone(), number.clone(), name.clone()),
                None => (then.clone(), status.cmd_ref.clone(), status.cmd.clone()),
            };
            self.now.entry(key).or_default().push(status.code.unwrap_or_default());
        }
        true
    }

    /// What our server said of its own accord.
    pub(super) fn told(&mut self, seen: &[Seen]) {
        if let Some(row) = self.rows.last_mut() {
            let told = summary(seen);
            if row.told_now.is_empty() {
                row.told_now = told;
            } else if !told.is_empty() {
                row.told_now = format!("{}, {told}", row.told_now);
            }
        }
    }

    /// The message never reached the server.
    pub(super) fn lost(&mut self) {
        self.note("the message is lost".to_owned());
    }

    /// The message had nothing to say any more.
    pub(super) fn skip(&mut self, turn: &Turn<'_>) {
        if let Ok(request) = &turn.request {
            self.not_compared.insert(request.header.msg_id.clone());
        }
        self.note("not needed: the session is over".to_owned());
        if let Some(row) = self.rows.last_mut() {
            row.told_is_compared = false;
        }
    }

    /// The recorded message is no SyncML, or not to its end.
    pub(super) fn unreadable(&mut self, turn: &Turn<'_>, why: &str) {
        let refused_then = turn.exchange.http.is_some_and(|status| status >= 400);
        self.note(format!("the recorded message cannot be played: {why}"));
        if let Some(row) = self.rows.last_mut() {
            row.failed = !refused_then;
        }
    }

    /// Our server had no answer in SyncML.
    pub(super) fn refused(&mut self, why: &str) {
        self.note(format!("no answer now: {why}"));
    }

    /// The client had to ask for more.
    pub(super) fn more(&mut self) {
        self.note("a message more than recorded".to_owned());
    }

    /// Says something about the last message.
    pub(super) fn note(&mut self, text: String) {
        if let Some(row) = self.rows.last_mut() {
            row.notes.push(text);
        }
    }

    /// Compares, once the session is through, and gives how many statuses differ.
    pub(super) fn compare(&mut self) -> usize {
        let keys: HashSet<&Key> = self.then.keys().chain(self.now.keys()).collect();
        let mut keys: Vec<Key> = keys.into_iter().cloned().collect();
        keys.sort_by_key(|(message, number, _)| (message.clone(), number.parse::<u32>().unwrap_or_default()));
        let mut differ = self.rows.iter().filter(|row| row.failed).count();
        for key in keys {
            let message = &key.0;
            if self.left_out.contains(&key)
                || self.not_compared.contains(message)
                || !self.answered_then.contains(message)
            {
                continue;
            }
            let codes = |statuses: &BTreeMap<Key, Vec<u16>>| {
                let mut codes = statuses.get(&key).cloned().unwrap_or_default();
                codes.sort_unstable();
                codes
            };
            let (then, now) = (codes(&self.then), codes(&self.now));
            let label = self.labels.get(&key).cloned().unwrap_or_else(|| key.2.clone());
            let Some(row) = self.rows.iter_mut().find(|row| row.message == *message) else { continue };
            if then == now {
                let said = format!("{label} {}", shown(&now));
                row.agree = if row.agree.is_empty() { said } else { format!("{}, {said}", row.agree) };
            } else {
                differ += different(&then, &now);
                row.differ.push((label, shown(&then), shown(&now)));
            }
        }
        differ
    }
}

/// How many statuses of one command differ: those that are only on one side, each counted once.
fn different(then: &[u16], now: &[u16]) -> usize {
    let mut rest: Vec<u16> = now.to_vec();
    let missing = then.iter().filter(|code| match rest.iter().position(|other| other == *code) {
        Some(place) => {
            rest.remove(place);
            false
        }
        None => true,
    });
    let missing = missing.count();
    missing.max(rest.len())
}

fn shown(codes: &[u16]) -> String {
    if codes.is_empty() {
        return "none".to_owned();
    }
    codes.iter().map(u16::to_string).collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::different;

    #[test]
    fn a_status_that_is_another_one_differs_once() {
        for (then, now, count) in [
            (&[200][..], &[200][..], 0),
            (&[200], &[404], 1),
            (&[200], &[], 1),
            (&[200, 201], &[201], 1),
            (&[], &[1, 2], 2),
        ] {
            assert_eq!(different(then, now), count, "{then:?} {now:?}");
        }
    }
}
