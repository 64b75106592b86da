//! One session with one peer: messages in, messages out.

mod commands;
mod custom;
mod device;
mod interim;
mod login;
mod peer;
mod reply;
mod verdict;
mod watch;

pub use interim::Interim;
pub use reply::busy;
pub use watch::{Place, Watch};

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use syncloom_config::SessionScript;
use syncloom_stores::{Backend, Scope, StoreError};
use syncloom_wire::{Chal, Command, DevInf, Encoding, Header, Message, Status, Version};

use crate::auth::LoggedIn;
use crate::report::{Outcome, Report};
use crate::scripting::{Beyond, Desk};
use crate::server::{Server, Stamp};
use crate::sync::{DatastoreSync, Remote};

/// A message as it came.
#[derive(Debug)]
pub struct Input {
    /// What could be read of it.
    pub message: Message,
    /// Why the rest could not be read.
    pub malformed: Option<String>,
    /// How it was encoded, and how the answer will be.
    pub encoding: Encoding,
}

/// What a session answers.
#[derive(Debug)]
pub struct Reply {
    /// The message.
    pub message: Message,
    /// Whether the session is over.
    pub ended: bool,
    /// Lines for the log.
    pub notes: Vec<String>,
}

/// A session, from the first message to the last.
pub struct Session {
    server: Arc<Server>,
    backend: Box<dyn Backend>,
    /// What the peer repeats in the address that it is told to answer to.
    id: String,
    header: Header,
    version: Version,
    encoding: Encoding,
    sent_messages: u32,
    peer_limit: Option<u64>,
    /// The largest item that the peer takes, where it says nothing else for a datastore.
    max_obj_size: Option<u64>,
    login: Option<LoggedIn>,
    failed_logins: u32,
    scope: Scope,
    stamp: Option<Stamp>,
    phase: Phase,
    devinf: Option<DevInf>,
    /// What is known of the peer was looked up, and not said in this session.
    recalled: bool,
    /// It has been looked up.
    looked_up: bool,
    /// It has been looked which remote rules are for the peer.
    rules_chosen: bool,
    devinf_asked: bool,
    devinf_told: bool,
    datastores: Vec<DatastoreSync>,
    outbox: VecDeque<Command>,
    /// Our own Alerts, which follow the statuses of the peer's first package.
    alerts: Vec<Command>,
    /// The session ends before its time: the status that the peer is told.
    aborted: Option<u16>,
    outcome: Option<Outcome>,
    notes: Vec<String>,
    desk: Desk,
    begun: bool,
    /// The config's own commands of the beginning have been sent.
    custom_begun: bool,
    /// All is done, and the peer has still to answer what the config sends at the end.
    awaits_end: bool,
    /// Commands of scripts that the peer must not refuse, by message and number.
    must_succeed: HashSet<(u32, u32)>,
    /// Who says when it is time, and what to say then.
    watch: Box<dyn Watch>,
    interim: Interim,
    /// How many commands of the outbox say of something what is durable.
    told: usize,
    /// What the answer says of the message that was worked off last.
    about: HeaderAnswer,
}

/// What an answer says of the message that it answers.
#[derive(Default)]
struct HeaderAnswer {
    status: u16,
    chal: Option<Chal>,
    /// The peer is in the middle of a package.
    asks_for_more: bool,
}

/// What is not carried out as the session has been ended (OMA-SyncML-RepPro, status 514).
const CANCELLED: u16 = 514;

/// Which package is on (OMA-DS 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// The peer says who it is and what it wants.
    Init,
    /// We answer that.
    Answering,
    /// The peer sends its changes.
    Receiving,
    /// We send ours.
    Sending,
    /// The peer sends statuses and maps.
    Confirming,
    /// There is nothing more to come.
    Done,
}

impl Session {
    /// A session that has not seen a message yet. `id` tells it from all others, in the characters that an
    /// address may hold.
    pub fn new(server: Arc<Server>, backend: Box<dyn Backend>, id: impl Into<String>) -> Self {
        let desk = Desk::new(&server);
        let id: String = id.into();
        Session {
            interim: Interim::new(&server, &id),
            watch: Box::new(watch::Unwatched),
            told: 0,
            about: HeaderAnswer::default(),
            server,
            backend,
            id,
            header: Header::default(),
            version: Version::V1_2,
            encoding: Encoding::Xml,
            sent_messages: 0,
            peer_limit: None,
            max_obj_size: None,
            login: None,
            failed_logins: 0,
            scope: Scope::default(),
            stamp: None,
            phase: Phase::Init,
            devinf: None,
            recalled: false,
            looked_up: false,
            rules_chosen: false,
            devinf_asked: false,
            devinf_told: false,
            datastores: Vec::new(),
            outbox: VecDeque::new(),
            alerts: Vec::new(),
            aborted: None,
            outcome: None,
            notes: Vec::new(),
            desk,
            begun: false,
            custom_begun: false,
            awaits_end: false,
            must_succeed: HashSet::new(),
        }
    }

    /// What the session has done so far.
    pub fn report(&self) -> Report {
        Report {
            device: self.header.source.uri.clone(),
            device_name: self.desk.state(|session| session.rules.settings().descriptive_name),
            user: self.login.as_ref().map(|login| login.user.clone()),
            datastores: self.datastores.iter().map(|sync| sync.report.clone()).collect(),
            outcome: self.outcome.clone(),
        }
    }

    /// Sets who says from now on when it is time.
    pub fn watched_by(&mut self, watch: Box<dyn Watch>) {
        self.watch = watch;
    }

    /// What can be said to the peer while the session is working.
    pub fn interim(&self) -> &Interim {
        &self.interim
    }

    /// Answers a message. `now` is in milliseconds since 1970; `random` fills a buffer with what nobody can
    /// guess.
    pub fn respond(&mut self, input: Input, now: i64, random: &mut dyn FnMut(&mut [u8])) -> Reply {
        self.work_off(input, now, random);
        self.compose()
    }

    /// Carries out what a message asks for, and makes that durable. What is to be said of it waits for the next
    /// [`Session::compose`]: a peer whose time was over before gets it with its next message.
    pub fn work_off(&mut self, input: Input, now: i64, random: &mut dyn FnMut(&mut [u8])) {
        let Input { message, malformed, encoding } = input;
        self.header = message.header;
        self.encoding = encoding;
        self.peer_limit = self.header.meta.max_msg_size.or(self.peer_limit);
        self.max_obj_size = self.header.meta.max_obj_size.or(self.max_obj_size);
        self.desk.set_now(now);
        self.about = HeaderAnswer::default();

        if let Some(status) = self.version_fault() {
            self.outcome = Some(Outcome::Refused(status));
            self.refuse(&message.body, status);
            self.about.status = status;
            return;
        }
        if let Some(why) = malformed {
            // Half of a message is not acted on: the peer sends it again, or gives up.
            self.notes.push(format!("malformed message: {why}"));
            self.about.status = 400;
            return;
        }
        self.begin_scripts();
        (self.about.status, self.about.chal) = self.authenticate(now, random);
        if !matches!(self.about.status, 200 | 212) && !self.is_aborted() {
            self.refuse(&message.body, self.about.status);
            return;
        }
        self.told = self.outbox.len();
        self.awaits_end = false;
        self.datastores.iter_mut().for_each(DatastoreSync::begin_message);
        if self.login.is_some() {
            self.hear_devinf(&message.body);
        }
        for command in message.body {
            if self.watch.is_stopped() {
                break;
            }
            self.execute(command, now);
        }
        if message.is_final && !self.is_aborted() && !self.watch.is_stopped() {
            self.end_of_package();
        }
        self.begin_custom();
        self.commit();
        if let Some(status) = self.aborted.filter(|status| *status > 0) {
            self.about.status = status;
        }
        self.about.asks_for_more = !message.is_final && self.phase > Phase::Init && self.outcome.is_none();
    }

    /// Called between two items: makes durable what is done, and lets it be told, where a message takes long. `false` if
    /// the session is to go no further.
    fn goes_on(&mut self) -> bool {
        if self.watch.is_stopped() {
            return false;
        }
        if self.watch.is_due() {
            self.commit();
            let is_status = |command: &Command| matches!(command, Command::Status(_));
            let (ready, rest): (Vec<_>, Vec<_>) = self.outbox.drain(..).partition(is_status);
            self.outbox.extend(rest);
            self.told = self.outbox.len();
            self.interim.publish(ready);
            self.watch.give_way();
            // Others may have written in between.
            self.datastores.iter_mut().for_each(DatastoreSync::begin_message);
        }
        true
    }

    /// The answer to the last message that was worked off.
    pub fn compose(&mut self) -> Reply {
        self.sent_messages = self.interim.next_message();
        let mut waiting = self.interim.take_back();
        waiting.append(&mut self.outbox);
        self.outbox = waiting;
        let HeaderAnswer { status, chal, asks_for_more } = std::mem::take(&mut self.about);
        let logged_in = self.login.is_some();
        let mut reply = self.reply(status, chal, asks_for_more);
        if logged_in {
            // What is noted of the items that go out, before they go.
            if let Err(error) = self.backend.commit() {
                reply.notes.push(error.to_string());
            }
        }
        let open = logged_in && self.phase > Phase::Answering && self.outcome.is_none();
        let times = (self.request_max_time(), self.request_min_time());
        self.interim.agree(times, self.allows_message_retries());
        self.interim.open(open.then_some((self.version, self.peer_limit)));
        if self.phase == Phase::Done || !self.datastores.iter().any(DatastoreSync::is_heard) {
            // Who has only knocked at the door may not come in for long.
            self.rest();
        }
        reply
    }

    /// Lines for the log that no answer has taken along.
    pub fn take_notes(&mut self) -> Vec<String> {
        self.notes.extend(self.desk.take_notes());
        std::mem::take(&mut self.notes)
    }

    /// Gives back what the session can get again, or needs no more. Nothing must be waiting to be made durable.
    pub fn rest(&mut self) {
        if self.phase == Phase::Done {
            self.datastores.iter_mut().for_each(DatastoreSync::let_go);
        }
        self.backend.rest();
    }

    /// Ends a session that goes no further, and gives back what it held.
    pub fn abandon(&mut self, why: &str) {
        self.outcome.get_or_insert_with(|| Outcome::Broken(why.to_owned()));
        self.end_scripts();
        self.backend.rollback();
        self.stamp = None;
        self.phase = Phase::Done;
    }

    /// Whether the session ends before its time. Scripts say so in between.
    fn is_aborted(&mut self) -> bool {
        if self.aborted.is_none()
            && let Some(status) = self.desk.state(|session| session.abort)
        {
            self.abort(status, "a script ends it");
        }
        self.aborted.is_some()
    }

    /// Ends the session: nothing more is carried out, and no anchor saved. With status 0 the peer is not told why.
    fn abort(&mut self, status: u16, why: &str) {
        self.aborted = Some(status);
        let told = if status > 0 { format!("{why} with status {status}") } else { why.to_owned() };
        self.outcome.get_or_insert(Outcome::Broken(told));
        for sync in &mut self.datastores {
            sync.fail(if status > 0 { status } else { CANCELLED });
        }
    }

    /// Runs what the config wants done before anything else (manual 11.12).
    fn begin_scripts(&mut self) {
        if self.phase == Phase::Done || std::mem::replace(&mut self.begun, true) {
            return;
        }
        let (version, uri) = (self.version.ver_dtd(), self.header.target.uri.clone());
        self.desk.state(|session| (session.version, session.local_uri) = (version, uri));
        self.desk.run_session(&self.server, SessionScript::Init, Beyond::default());
    }

    /// Runs what the config wants done after everything else (manual 11.13).
    fn end_scripts(&mut self) {
        self.datastores.iter_mut().for_each(DatastoreSync::end_own_scripts);
        if std::mem::replace(&mut self.begun, false) {
            self.desk.run_session(&self.server, SessionScript::Finish, Beyond::default());
            self.notes.extend(self.desk.take_notes());
        }
    }

    fn version_fault(&mut self) -> Option<u16> {
        let settings = self.server.settings()?;
        let offered = |version: Version| {
            use syncloom_config::SyncMlVersion as V;
            let version = match version {
                Version::V1_0 => V::V1_0,
                Version::V1_1 => V::V1_1,
                Version::V1_2 => V::V1_2,
            };
            (settings.min_version..=settings.max_version).contains(&version)
        };
        match self.header.version() {
            Some(version) if offered(version) => {
                self.version = version;
                (self.header.ver_proto != version.ver_proto()).then_some(513)
            }
            _ => Some(505),
        }
    }

    /// Gives every command of a message the same status.
    fn refuse(&mut self, body: &[Command], status: u16) {
        for command in body.iter().filter(|command| !matches!(command, Command::Status(_))) {
            let refused = Status {
                msg_ref: self.header.msg_id.clone(),
                cmd_ref: command.cmd_id().to_owned(),
                cmd: command.name().to_owned(),
                code: Some(status),
                ..Status::default()
            };
            self.outbox.push_back(Command::Status(refused));
        }
    }

    /// The peer has said all that it has to say in this package.
    fn end_of_package(&mut self) {
        match self.phase {
            Phase::Init => {
                self.outbox.extend(self.alerts.drain(..));
                self.ask_for_devinf();
                self.phase = Phase::Answering;
                if self.datastores.is_empty() {
                    self.outcome.get_or_insert_with(|| Outcome::Broken("no datastore to sync".into()));
                }
                self.skip_to_sending();
            }
            Phase::Answering => self.skip_to_sending(),
            Phase::Receiving => self.begin_sending(),
            Phase::Sending | Phase::Done => {}
            Phase::Confirming => self.finish(),
        }
    }

    /// A peer may send its changes along with its first package, without waiting for the answer.
    fn skip_to_sending(&mut self) {
        if self.datastores.iter().any(DatastoreSync::is_heard) {
            self.begin_sending();
        }
    }

    fn begin_sending(&mut self) {
        let complete = || self.server.settings().is_some_and(|settings| settings.complete_from_client_only);
        let ends_here = !self.rule(|rule| rule.complete_from_client_only).unwrap_or_else(complete)
            && self.datastores.iter().all(DatastoreSync::is_from_client_only);
        self.phase = Phase::Sending;
        for position in 0..self.datastores.len() {
            // A datastore for which the peer has sent no Sync is begun now.
            let _ = self.begin_datastore(position);
            let sync = &mut self.datastores[position];
            sync.end_of_changes(self.backend.as_mut(), &mut self.notes);
            self.outbox.extend(sync.take_broken_off());
        }
        if ends_here {
            // There is nothing to send, and nothing to confirm (OMA-DS 6.3; manual 11.36.12).
            self.finish();
        }
    }

    /// Whether all is done and saved, and the peer may go on nevertheless: it need not know that a sync from its side
    /// alone ends with its changes.
    pub fn may_go_on(&self) -> bool {
        let from_client = || self.datastores.iter().all(DatastoreSync::is_from_client_only);
        self.phase == Phase::Done && self.outcome == Some(Outcome::Complete) && from_client()
    }

    /// Begins the exchange of a datastore's items; `Err` is the status of a datastore that cannot.
    fn begin_datastore(&mut self, position: usize) -> Result<(), u16> {
        let (rule_names, rules) = self.desk.state(|session| {
            let names: Vec<String> = session.rules.names().map(str::to_owned).collect();
            (names, session.rules.settings())
        });
        let remote = Remote {
            devinf: self.devinf.as_ref(),
            version: self.version,
            encoding: self.encoding,
            rule_names: &rule_names,
            rules: &rules,
        };
        self.datastores[position].begin(self.backend.as_mut(), &remote, &mut self.notes)
    }

    /// Saves maps and anchors: both sides have everything.
    fn finish(&mut self) {
        for sync in &mut self.datastores {
            if let Err(error) = sync.finish(self.backend.as_mut()) {
                self.notes.push(format!("datastore {}: {error}", sync.name()));
                sync.fail(error.status());
            }
            sync.end_own_scripts();
        }
        let before = self.outbox.len();
        self.issue_custom(SessionScript::CustomEndPut);
        self.awaits_end = self.outbox.iter().skip(before).any(|command| !command.no_resp());
        let failed = self.datastores.iter().find_map(|sync| Some((sync.name().to_owned(), sync.failed()?)));
        self.outcome.get_or_insert(match failed {
            None => Outcome::Complete,
            Some((name, status)) => Outcome::Broken(format!("datastore {name} failed with status {status}")),
        });
        self.phase = Phase::Done;
    }

    /// Saves how far every datastore has come, so that the session can be taken up where it breaks off.
    fn save_progress(&mut self) -> Result<(), StoreError> {
        let backend = self.backend.as_mut();
        self.datastores.iter_mut().try_for_each(|sync| sync.save_progress(backend))
    }

    /// Makes durable what has been changed since the last time. If that fails, nothing of it has happened, and the
    /// statuses that follow what has been told before say so.
    fn commit(&mut self) {
        let before = std::mem::replace(&mut self.told, self.outbox.len());
        let saved = self.save_progress();
        let Err(error) = saved.and_then(|()| self.backend.commit()) else {
            self.datastores.iter().for_each(DatastoreSync::remember_known);
            return;
        };
        self.backend.rollback();
        self.notes.push(format!("nothing of message {} is stored: {error}", self.header.msg_id));
        for command in self.outbox.iter_mut().skip(before) {
            let Command::Status(status) = command else { continue };
            let writes = matches!(status.cmd.as_str(), "Add" | "Replace" | "Delete" | "Map" | "Sync");
            if writes && status.code.is_some_and(|code| code < 300) {
                status.code = Some(error.status());
            }
        }
        for sync in &mut self.datastores {
            sync.fail(error.status());
        }
        if self.phase == Phase::Done {
            self.outcome = Some(Outcome::Broken("the end of the sync could not be stored".into()));
        }
    }
}
