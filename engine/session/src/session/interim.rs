//! The answer to a message that takes longer than its peer may be kept waiting (manual 11.3): what is done and durable by
//! then, while the session goes on working. It is never the end of a package, so that the peer comes again.
//!
//! Not its job: knowing when it is time for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syncloom_wire::{Command, Encoding, Header, Message, Version};

use super::reply::{header_status, own_header, with_cmd_id};
use crate::draft::Draft;
use crate::server::Server;

/// What can be said of a session that is working.
#[derive(Clone)]
pub struct Interim {
    server: Arc<Server>,
    /// The id of the session.
    id: Arc<str>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Statuses of what is durable, and that have not been sent.
    ready: VecDeque<Command>,
    sent_messages: u32,
    /// What the peer speaks and takes, once it can be answered: before it is logged in there is nothing to say, and in
    /// its first package peers expect to hear all.
    open: Option<(Version, Option<u64>)>,
    max_time: Option<u32>,
    min_time: Option<u32>,
    retries: bool,
}

impl Interim {
    pub(super) fn new(server: &Arc<Server>, id: &str) -> Self {
        let settings = server.settings();
        let state = State {
            max_time: settings.and_then(|settings| settings.request_max_time),
            min_time: settings.and_then(|settings| settings.request_min_time),
            retries: settings.is_none_or(|settings| settings.allow_message_retries),
            ..State::default()
        };
        Interim { server: Arc::clone(server), id: id.into(), state: Arc::new(Mutex::new(state)) }
    }

    /// The answer to a message that is still waiting to be worked off, or being so; `None` if there is no way to
    /// answer it before.
    pub fn answer(&self, theirs: &Header, is_final: bool, encoding: Encoding) -> Option<Message> {
        let mut state = self.lock();
        let (version, limit) = state.open?;
        state.sent_messages += 1;
        let own = u64::from(self.server.config().max_msg_size);
        let limit = theirs.meta.max_msg_size.or(limit).unwrap_or(own);
        let header = own_header(&self.server, version, &self.id, theirs, true, state.sent_messages);
        let mut draft = Draft::new(header, version, encoding, usize::try_from(limit).unwrap_or(usize::MAX));
        let about_header = header_status(draft.next_cmd_id(), theirs, 200, None);
        draft.push(about_header);
        while let Some(command) = state.ready.pop_front() {
            let command = with_cmd_id(command, draft.next_cmd_id());
            if !draft.fits(&command) {
                draft.take_back_cmd_id();
                state.ready.push_front(command);
                break;
            }
            draft.push(command);
        }
        if !is_final && draft.is_empty() {
            draft.push_next_message_request(theirs);
        }
        Some(draft.finish(false))
    }

    /// After how many seconds a message is answered, done or not; `None` if it is waited for (manual 11.3).
    pub fn max_time(&self) -> Option<u32> {
        self.lock().max_time
    }

    /// How many seconds an answer takes at least (manual 11.4).
    pub fn min_time(&self) -> Option<u32> {
        self.lock().min_time
    }

    /// Whether a message that comes again gets the answer that it had before.
    pub fn allows_retries(&self) -> bool {
        self.lock().retries
    }

    /// Takes over what remote rules and scripts have said meanwhile.
    pub(super) fn agree(&self, (max_time, min_time): (Option<u32>, Option<u32>), retries: bool) {
        let mut state = self.lock();
        (state.max_time, state.min_time, state.retries) = (max_time, min_time, retries);
    }

    /// Says from now on what a message can be answered with, or that it cannot.
    pub(super) fn open(&self, open: Option<(Version, Option<u64>)>) {
        self.lock().open = open;
    }

    /// The number of the next message.
    pub(super) fn next_message(&self) -> u32 {
        let mut state = self.lock();
        state.sent_messages += 1;
        state.sent_messages
    }

    /// Adds what may be sent.
    pub(super) fn publish(&self, commands: Vec<Command>) {
        self.lock().ready.extend(commands);
    }

    /// Takes back what has not been sent.
    pub(super) fn take_back(&self) -> VecDeque<Command> {
        std::mem::take(&mut self.lock().ready)
    }

    /// The state is whole between any two calls.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
