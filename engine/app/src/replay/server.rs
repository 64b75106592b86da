//! The server of a play: sessions in this process, at the time and with the random numbers that the play gives.
//!
//! Bytes go in and bytes come out, as over HTTP, and a message that comes twice is answered with the same bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use syncloom_config::Config;
use syncloom_session::{Input, Server, Session};
use syncloom_stores::Stores;
use syncloom_stores::plugin::Clock;
use syncloom_wire::{Encoding, Header, Limits, decode, encode};

/// A server with its sessions.
pub(super) struct Played {
    server: Arc<Server>,
    /// Its data.
    pub(super) stores: Arc<Stores>,
    sessions: Vec<Running>,
    /// How many have begun.
    begun: usize,
    /// In milliseconds since 1970; what stamps its data by itself goes by it as well.
    clock: Arc<AtomicI64>,
    random: u64,
    /// Lines that the sessions have given for the log.
    pub(super) notes: Vec<String>,
}

struct Running {
    id: String,
    device: String,
    session_id: String,
    /// `None` when it is over.
    session: Option<Session>,
    last: Option<(Vec<u8>, Vec<u8>)>,
}

/// What a message gets.
#[derive(Debug)]
pub(super) enum Answer {
    /// A message.
    Message(Vec<u8>),
    /// It cannot be read.
    Malformed(String),
    /// It goes on with a session that is over, or was never there.
    NoSuchSession,
}

impl Played {
    /// A server whose time begins at a moment.
    pub(super) fn new(config: &Arc<Config>, begins: i64) -> Result<Self, String> {
        let server = Server::new(Arc::clone(config)).map_err(|error| error.to_string())?;
        let clock = Arc::new(AtomicI64::new(begins));
        let told = Arc::clone(&clock);
        let stores =
            Stores::by(Arc::clone(config), Clock::new(move || told.load(Ordering::SeqCst).div_euclid(1000)));
        let stores = Arc::new(stores.map_err(|error| error.to_string())?);
        Ok(Played { server, stores, sessions: Vec::new(), begun: 0, clock, random: 1, notes: Vec::new() })
    }

    /// Puts the clock forward: to a moment, or by a second where none is known. It never goes back.
    pub(super) fn at(&mut self, time: Option<i64>) {
        let now = self.now();
        self.clock.store(time.unwrap_or(now + 1000).max(now + 2), Ordering::SeqCst);
    }

    /// The time, in milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// Whether the session of the last message has come to its end.
    pub(super) fn is_over(&self) -> bool {
        self.sessions.last().is_none_or(|running| running.session.is_none())
    }

    /// Answers a message.
    pub(super) fn answer(&mut self, bytes: &[u8], encoding: Encoding) -> Answer {
        let decoded = match decode(bytes, encoding, &Limits::default()) {
            Ok(decoded) => decoded,
            Err(error) => return Answer::Malformed(error.to_string()),
        };
        let again = |running: &Running| running.last.as_ref().is_some_and(|(last, _)| last == bytes);
        let position = match self.find(&decoded.message.header) {
            Some(position) if again(&self.sessions[position]) => position,
            Some(position) if decoded.message.header.msg_id.trim() != "1" => position,
            None if self.told(&decoded.message.header).is_some() => return Answer::NoSuchSession,
            _ => self.begin(&decoded.message.header),
        };
        // The one that is spoken with is the last.
        let running = self.sessions.remove(position);
        self.sessions.push(running);
        let Some(running) = self.sessions.last_mut() else { return Answer::NoSuchSession };
        if let Some((_, answer)) = running.last.as_ref().filter(|(last, _)| last == bytes) {
            return Answer::Message(answer.clone());
        }
        let Some(session) = &mut running.session else { return Answer::NoSuchSession };
        let input = Input {
            malformed: decoded.fault.map(|fault| fault.to_string()),
            message: decoded.message,
            encoding,
        };
        let (state, now) = (&mut self.random, self.clock.load(Ordering::SeqCst));
        let reply = session.respond(input, now, &mut |buffer| fill(state, buffer));
        let answer = encode(&reply.message, encoding);
        running.last = Some((bytes.to_vec(), answer.clone()));
        if reply.ended {
            running.session = None;
        }
        self.notes.extend(reply.notes);
        Answer::Message(answer)
    }

    /// The session that a message belongs to: by the address that the client was told, else by device and
    /// SessionID.
    fn find(&self, header: &Header) -> Option<usize> {
        let is_it = |running: &Running| match self.told(header) {
            Some(id) => running.id == id && running.device == header.source.uri,
            None => running.device == header.source.uri && running.session_id == header.session_id,
        };
        self.sessions.iter().rposition(is_it)
    }

    fn begin(&mut self, header: &Header) -> usize {
        // One that the device has left standing gives back what it holds.
        for running in self.sessions.iter_mut().filter(|running| running.device == header.source.uri) {
            if let Some(mut left) = running.session.take() {
                left.abandon("the peer began again");
                self.notes.extend(left.take_notes());
            }
        }
        self.begun += 1;
        let id = format!("replay{}", self.begun);
        self.sessions.push(Running {
            session: Some(Session::new(Arc::clone(&self.server), self.stores.backend(), id.clone())),
            id,
            device: header.source.uri.clone(),
            session_id: header.session_id.clone(),
            last: None,
        });
        self.sessions.len() - 1
    }

    /// The session's id that an address tells.
    fn told<'h>(&self, header: &'h Header) -> Option<&'h str> {
        let name = self.server.config().transport.session_parameter.as_deref()?;
        let (_, query) = header.target.uri.split_once('?')?;
        query.split('&').find_map(|parameter| parameter.strip_prefix(name))
    }
}

/// Random numbers that are the same in every play (splitmix64).
fn fill(state: &mut u64, buffer: &mut [u8]) {
    for byte in buffer {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        *byte = (mixed ^ (mixed >> 31)) as u8;
    }
}
