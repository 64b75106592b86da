//! The sessions that are going on, and which one a request belongs to.
//!
//! A peer's next message is found by the session id in the address that it was told to answer to, or, for
//! peers that ignore that, by device and SessionID from the same network address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use syncloom_session::{Server, Session};
use syncloom_stores::Stores;
use syncloom_wire::{Header, Limits, decode, encode};

use super::claims::{Claims, Watching};
use super::lock::lock;
use super::request::{Answer, DeviceKey, Request};
use super::slot::{Slot, Ticket, fingerprint, random};

/// Sessions at a time. One takes some 100 KB, and a peer that is not logged in can begin as many as it likes.
pub(super) const MAX_SESSIONS: usize = 2_000;

/// The sessions of a server.
pub(super) struct Registry {
    server: Arc<Server>,
    stores: Stores,
    slots: Mutex<Slots>,
    claims: Arc<Claims>,
}

#[derive(Default)]
struct Slots {
    by_id: HashMap<String, Arc<Slot>>,
    by_device: HashMap<DeviceKey, String>,
}

impl Registry {
    pub(super) fn new(server: Arc<Server>, stores: Stores) -> Self {
        Registry { server, stores, slots: Mutex::default(), claims: Arc::default() }
    }

    /// Lets a request wait for its answer.
    pub(super) fn take(&self, request: &Request<'_>) -> Result<Ticket, Answer> {
        let decoded = decode(request.body, request.encoding, &Limits::default())
            .map_err(|error| Answer::Malformed(error.to_string()))?;
        let fingerprint = fingerprint(request.body);
        let slot = self.slot_for(&decoded.message.header, request, fingerprint)?;
        slot.take(decoded, request.encoding, (fingerprint, request.body.len()))
    }

    /// The session that a request belongs to, which may be a new one.
    fn slot_for(
        &self,
        header: &Header,
        request: &Request<'_>,
        fingerprint: u64,
    ) -> Result<Arc<Slot>, Answer> {
        let device = DeviceKey::new(request, header);
        let first = header.msg_id.trim() == "1";
        let mut slots = lock(&self.slots);
        let in_header = header.target.uri.split_once('?').map(|(_, query)| query);
        let told = self.told(request.query).or_else(|| self.told(in_header));
        let known = match told {
            Some(id) => slots.by_id.get(id).filter(|slot| slot.device.is_same_device(&device)),
            None => slots.by_device.get(&device).and_then(|id| slots.by_id.get(id)),
        };
        match known.cloned() {
            // A first message again is either the same one, or the beginning of another session.
            Some(slot) if !first => return Ok(slot),
            Some(slot) => {
                if slot.knows(fingerprint) {
                    return Ok(slot);
                }
                slots.remove(&slot.id);
                slot.stop();
                tokio::task::spawn_blocking(move || slot.end("the peer began again"));
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
        let slot = self.new_slot(device);
        slots.by_device.insert(slot.device.clone(), slot.id.clone());
        slots.by_id.insert(slot.id.clone(), Arc::clone(&slot));
        Ok(slot)
    }

    fn new_slot(&self, device: DeviceKey) -> Arc<Slot> {
        let mut bytes = [0u8; 16];
        random(&mut bytes);
        let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let session = Session::new(Arc::clone(&self.server), self.stores.backend(), id.clone());
        let slot = Arc::new(Slot::new(id, device, session, self.server.config().transport.keep_answer));
        slot.session().watched_by(Box::new(Watching::new(&slot, Arc::clone(&self.claims))));
        slot
    }

    /// The session's id that an address tells.
    fn told<'a>(&self, query: Option<&'a str>) -> Option<&'a str> {
        let name = self.server.config().transport.session_parameter.as_deref()?;
        query?.split('&').find_map(|parameter| parameter.strip_prefix(name))
    }

    /// Ends the sessions that have been silent for too long.
    pub(super) fn sweep(&self) {
        let timeout = self.server.config().server.as_ref().map_or(300, |server| server.session_timeout);
        let all: Vec<Arc<Slot>> = lock(&self.slots).by_id.values().cloned().collect();
        let timeout = Duration::from_secs(u64::from(timeout));
        for slot in all.into_iter().filter(|slot| slot.is_silent(timeout)) {
            lock(&self.slots).remove(&slot.id);
            slot.end("the peer has not been heard of any more");
        }
        self.claims.sweep();
    }

    /// Ends all sessions.
    pub(super) fn abandon_all(&self, why: &str) {
        let slots = std::mem::take(&mut *lock(&self.slots));
        slots.by_id.values().for_each(|slot| slot.stop());
        for slot in slots.by_id.values() {
            slot.end(why);
        }
    }
}

impl Slots {
    /// How many sessions are not over.
    fn going_on(&self) -> usize {
        self.by_id.values().filter(|slot| !slot.is_over()).count()
    }

    fn remove(&mut self, id: &str) {
        if let Some(slot) = self.by_id.remove(id)
            && self.by_device.get(&slot.device).is_some_and(|known| known == id)
        {
            self.by_device.remove(&slot.device);
        }
    }
}
