//! The sessions that are going on, and which one a request belongs to.
//!
//! A peer's next message is found by the session id in the address that it was told to answer to, or, for
//! peers that ignore that, by device and SessionID from the same network address.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use syncloom_session::{Input, Server, Session};
use syncloom_stores::Stores;
use syncloom_wire::{Encoding, Header, Limits, decode, encode};

use crate::console;

/// Sessions at a time. One takes some 100 KB, and a peer that is not logged in can begin as many as it likes.
const MAX_SESSIONS: usize = 2_000;

/// How long a session that nobody has logged in to is kept: peers try again at once.
const ANONYMOUS_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the last answer of a session that is over is kept, for a peer that did not get it.
const OVER_TIMEOUT: Duration = Duration::from_secs(60);

/// One request.
pub(super) struct Request<'a> {
    /// The query of its address.
    pub(super) query: Option<&'a str>,
    /// Where it comes from.
    pub(super) peer: IpAddr,
    /// How it is encoded.
    pub(super) encoding: Encoding,
    /// The message.
    pub(super) body: &'a [u8],
}

/// What a request gets.
pub(super) enum Answer {
    /// A SyncML message.
    Message(Vec<u8>),
    /// It is not SyncML.
    Malformed(String),
    /// It goes on with a session that is not there.
    NoSuchSession,
    /// There are too many sessions.
    Busy,
}

/// The sessions of a server.
pub(super) struct Registry {
    server: Arc<Server>,
    stores: Stores,
    slots: Mutex<Slots>,
}

#[derive(Default)]
struct Slots {
    by_id: HashMap<String, Arc<Slot>>,
    by_device: HashMap<DeviceKey, String>,
}

/// What a session is found by for peers that ignore the address they were told.
#[derive(Clone, PartialEq, Eq, Hash)]
struct DeviceKey {
    peer: IpAddr,
    device: String,
    session_id: String,
}

struct Slot {
    id: String,
    device: DeviceKey,
    state: Mutex<State>,
}

struct State {
    session: Session,
    begun: Instant,
    last_used: Instant,
    announced: bool,
    over: bool,
    /// The last request and its answer, for a peer that sends it again.
    last: Option<(u64, Vec<u8>)>,
}

impl Registry {
    pub(super) fn new(server: Arc<Server>, stores: Stores) -> Self {
        Registry { server, stores, slots: Mutex::default() }
    }

    /// Answers a request.
    pub(super) fn answer(&self, request: &Request<'_>) -> Answer {
        let decoded = match decode(request.body, request.encoding, &Limits::default()) {
            Ok(decoded) => decoded,
            Err(error) => return Answer::Malformed(error.to_string()),
        };
        let header = &decoded.message.header;
        let fingerprint = fingerprint(request.body);
        let slot = match self.slot_for(header, request, fingerprint) {
            Ok(slot) => slot,
            Err(answer) => return answer,
        };
        let mut state = lock(&slot.state);
        state.last_used = Instant::now();
        let answers_again = state.session.allows_message_retries();
        let again = |(last, _): &&(u64, Vec<u8>)| answers_again && *last == fingerprint;
        if let Some((_, answer)) = state.last.as_ref().filter(again) {
            return Answer::Message(answer.clone());
        }
        if state.over && !state.session.may_go_on() {
            return Answer::NoSuchSession;
        }
        let input = Input {
            malformed: decoded.fault.map(|fault| fault.to_string()),
            message: decoded.message,
            encoding: request.encoding,
        };
        let reply = state.session.respond(input, now(), &mut random);
        let message = encode(&reply.message, request.encoding);
        state.last = Some((fingerprint, message.clone()));
        for note in &reply.notes {
            console::note(&slot.id, note);
        }
        let report = state.session.report();
        if !state.announced && !report.datastores.is_empty() {
            state.announced = true;
            console::begun(&slot.id, &report);
        }
        if reply.ended && !state.over {
            state.over = true;
            console::ended(&slot.id, &report, state.begun.elapsed().as_secs_f64());
        }
        Answer::Message(message)
    }

    /// The session that a request belongs to, which may be a new one.
    fn slot_for(
        &self,
        header: &Header,
        request: &Request<'_>,
        fingerprint: u64,
    ) -> Result<Arc<Slot>, Answer> {
        let device = DeviceKey {
            peer: request.peer,
            device: header.source.uri.clone(),
            session_id: header.session_id.clone(),
        };
        let first = header.msg_id.trim() == "1";
        let mut slots = lock(&self.slots);
        let told = session_parameter(request.query)
            .or_else(|| session_parameter(header.target.uri.split_once('?').map(|(_, query)| query)));
        let known = match told {
            Some(id) => slots.by_id.get(id).filter(|slot| slot.device.device == device.device),
            None => slots.by_device.get(&device).and_then(|id| slots.by_id.get(id)),
        };
        match known.cloned() {
            // A first message again is either the same one, or the beginning of another session.
            Some(slot) if !first => return Ok(slot),
            Some(slot) => {
                // One that is busy is working off this very message, which has been sent again meanwhile.
                let again = match slot.state.try_lock() {
                    Ok(state) => state.last.as_ref().is_some_and(|(last, _)| *last == fingerprint),
                    Err(_) => true,
                };
                if again {
                    return Ok(slot);
                }
                slots.remove(&slot.id);
                end(&slot, "the peer began again");
            }
            None if told.is_some() && !first => return Err(Answer::NoSuchSession),
            None => {}
        }
        if slots.by_id.len() >= MAX_SESSIONS {
            return Err(Answer::Busy);
        }
        let most = self.server.config().max_concurrent_sessions.map(|most| most as usize);
        if most.is_some_and(|most| slots.by_id.len() >= most && slots.going_on() >= most) {
            let busy = syncloom_session::busy(&self.server, header, request.encoding);
            return Err(Answer::Message(encode(&busy, request.encoding)));
        }
        let slot = Arc::new(self.new_slot(device));
        slots.by_device.insert(slot.device.clone(), slot.id.clone());
        slots.by_id.insert(slot.id.clone(), Arc::clone(&slot));
        Ok(slot)
    }

    fn new_slot(&self, device: DeviceKey) -> Slot {
        let mut bytes = [0u8; 16];
        random(&mut bytes);
        let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let backend = self.stores.backend();
        let session = Session::new(Arc::clone(&self.server), backend, id.clone());
        let now = Instant::now();
        let state = State { session, begun: now, last_used: now, announced: false, over: false, last: None };
        Slot { id, device, state: Mutex::new(state) }
    }

    /// Ends the sessions that have been silent for too long.
    pub(super) fn sweep(&self) {
        let timeout = self.server.config().server.as_ref().map_or(300, |server| server.session_timeout);
        let all: Vec<Arc<Slot>> = lock(&self.slots).by_id.values().cloned().collect();
        for slot in all {
            // A session that is busy is not silent.
            let Ok(state) = slot.state.try_lock() else { continue };
            let limit = if state.over {
                OVER_TIMEOUT
            } else if state.session.report().user.is_none() {
                ANONYMOUS_TIMEOUT
            } else {
                Duration::from_secs(u64::from(timeout))
            };
            let silent = state.last_used.elapsed() >= limit;
            drop(state);
            if silent {
                lock(&self.slots).remove(&slot.id);
                end(&slot, "the peer has not been heard of any more");
            }
        }
    }

    /// Ends all sessions.
    pub(super) fn abandon_all(&self, why: &str) {
        let slots = std::mem::take(&mut *lock(&self.slots));
        for slot in slots.by_id.values() {
            end(slot, why);
        }
    }
}

impl Slots {
    /// How many sessions are not over.
    fn going_on(&self) -> usize {
        // One that is busy is not over.
        let is_over = |slot: &Arc<Slot>| slot.state.try_lock().is_ok_and(|state| state.over);
        self.by_id.values().filter(|slot| !is_over(slot)).count()
    }

    fn remove(&mut self, id: &str) {
        if let Some(slot) = self.by_id.remove(id)
            && self.by_device.get(&slot.device).is_some_and(|known| known == id)
        {
            self.by_device.remove(&slot.device);
        }
    }
}

/// Ends a session that goes no further.
fn end(slot: &Slot, why: &str) {
    let mut state = lock(&slot.state);
    if std::mem::replace(&mut state.over, true) {
        return;
    }
    state.session.abandon(why);
    let report = state.session.report();
    if state.announced || report.user.is_some() {
        console::ended(&slot.id, &report, state.begun.elapsed().as_secs_f64());
    }
}

fn session_parameter(query: Option<&str>) -> Option<&str> {
    query?.split('&').find_map(|parameter| parameter.strip_prefix("sessionid="))
}

fn fingerprint(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

/// A session that panicked is over; the others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Fills a buffer with what nobody can guess. Without that there is no login and no session to keep apart, so
/// there is nothing better to do than to stop.
fn random(buffer: &mut [u8]) {
    if getrandom::fill(buffer).is_err() {
        console::warning("the system has no random numbers");
        std::process::abort();
    }
}
