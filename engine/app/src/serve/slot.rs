//! A session at work: its messages wait in a line and are worked off one after the other. Where one takes longer than its
//! peer may be kept waiting (`<requestmaxtime>`), the peer is answered meanwhile, and hears the rest later.
//!
//! Not its job: finding the session of a message (`registry`).

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use syncloom_session::{Input, Interim, Reply, Session};
use syncloom_wire::{Decoded, Encoding, Header, encode};
use tokio::sync::oneshot;

use super::lock::lock;
use super::pace::Pace;
use super::request::{Answer, DeviceKey};
use crate::console;

/// How long a session that nobody has logged in to is kept: peers try again at once.
const ANONYMOUS_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the last answer of a session that is over is kept, for a peer that did not get it.
const OVER_TIMEOUT: Duration = Duration::from_secs(60);

/// After what silence a session gives back the files that it has open. Peers that are syncing come every second or so,
/// and a server may have more sessions than files.
const REST_AFTER: Duration = Duration::from_secs(2);

/// Bytes of the messages of one session that are answered before their turn has come. A peer that goes on sending whatever
/// it hears would fill the memory: its next message is answered when there is room for it. One that only asks whether
/// there is more takes hours to come that far.
const MAX_WAITING: usize = 4 << 20;

/// How often it is looked whether a session has stopped.
const STOP_POLL: Duration = Duration::from_millis(5);

/// A session, and what is waiting for it.
pub(super) struct Slot {
    pub(super) id: String,
    pub(super) device: DeviceKey,
    session: Mutex<Session>,
    interim: Interim,
    line: Mutex<Line>,
    /// The session is to go no further.
    stop: AtomicBool,
    keeps_answer: bool,
    pub(super) pace: Pace,
}

struct Line {
    waiting: VecDeque<Job>,
    next_number: u64,
    /// Somebody is working them off.
    working: bool,
    over: bool,
    /// It is over, and a peer that goes on nevertheless is answered.
    may_go_on: bool,
    rested: bool,
    announced: bool,
    logged_in: bool,
    begun: Instant,
    last_used: Instant,
    /// The last message that was answered, and its answer, for a peer that sends it again.
    last: Option<(u64, Vec<u8>)>,
}

/// A message that is waiting, or being worked off: that is always the first one.
struct Job {
    number: u64,
    fingerprint: u64,
    size: usize,
    header: Header,
    is_final: bool,
    encoding: Encoding,
    /// What is still to be done; `None` when it has been begun.
    input: Option<Input>,
    reached: Instant,
    /// Who is waiting for the answer; nobody once it has been given.
    askers: Vec<oneshot::Sender<Answer>>,
    /// Its real answer is being written.
    composing: bool,
}

/// A place in the line.
pub(super) struct Ticket {
    slot: Arc<Slot>,
    number: u64,
    reached: Instant,
    answer: oneshot::Receiver<Answer>,
}

impl Ticket {
    /// Waits for the answer, as long as the config allows.
    pub(super) async fn answer(mut self) -> Answer {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        let least = self.slot.interim.min_time().map(seconds);
        if let Some(most) = self.slot.interim.max_time().map(seconds) {
            let until = tokio::time::Instant::from_std(self.reached + most);
            if let Ok(answer) = tokio::time::timeout_at(until, &mut self.answer).await {
                return late(answer, self.reached, least).await;
            }
            self.slot.answer_early(self.number);
        }
        late((&mut self.answer).await, self.reached, least).await
    }
}

/// The answer, not before a request is `least` old.
async fn late(
    answer: Result<Answer, oneshot::error::RecvError>,
    reached: Instant,
    least: Option<Duration>,
) -> Answer {
    if let Some(least) = least {
        tokio::time::sleep_until(tokio::time::Instant::from_std(reached + least)).await;
    }
    answer.unwrap_or(Answer::Failed)
}

impl Slot {
    pub(super) fn new(id: String, device: DeviceKey, session: Session, keeps_answer: bool) -> Self {
        let now = Instant::now();
        let line = Line {
            waiting: VecDeque::new(),
            next_number: 0,
            working: false,
            over: false,
            may_go_on: false,
            rested: false,
            announced: false,
            logged_in: false,
            begun: now,
            last_used: now,
            last: None,
        };
        Slot {
            id,
            device,
            interim: session.interim().clone(),
            session: Mutex::new(session),
            line: Mutex::new(line),
            stop: AtomicBool::new(false),
            keeps_answer,
            pace: Pace::default(),
        }
    }

    /// The session, while nobody is working.
    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        lock(&self.session)
    }

    /// Puts a message into the line, and sees to it that it is worked off.
    pub(super) fn take(
        self: &Arc<Self>,
        decoded: Decoded,
        encoding: Encoding,
        (fingerprint, size): (u64, usize),
    ) -> Result<Ticket, Answer> {
        let (sender, answer) = oneshot::channel();
        let mut line = lock(&self.line);
        let reached = Instant::now();
        line.last_used = reached;
        let retries = self.interim.allows_retries();
        if retries && let Some(answer) = line.answered(fingerprint) {
            return Err(Answer::Message(answer));
        }
        if line.over && !line.may_go_on {
            return Err(Answer::NoSuchSession);
        }
        let again =
            line.waiting.iter_mut().find(|job| job.fingerprint == fingerprint && !job.askers.is_empty());
        let number = match again.filter(|_| retries) {
            Some(job) => {
                job.askers.push(sender);
                job.number
            }
            None => {
                line.next_number += 1;
                let number = line.next_number;
                line.waiting.push_back(Job {
                    number,
                    fingerprint,
                    size,
                    header: decoded.message.header.clone(),
                    is_final: decoded.message.is_final,
                    encoding,
                    input: Some(Input {
                        malformed: decoded.fault.map(|fault| fault.to_string()),
                        message: decoded.message,
                        encoding,
                    }),
                    reached,
                    askers: vec![sender],
                    composing: false,
                });
                number
            }
        };
        if !std::mem::replace(&mut line.working, true) {
            let slot = Arc::clone(self);
            tokio::task::spawn_blocking(move || slot.work());
        }
        drop(line);
        Ok(Ticket { slot: Arc::clone(self), number, reached, answer })
    }

    /// Whether a message has come before, and is the last one that was answered or is waiting for it.
    pub(super) fn knows(&self, fingerprint: u64) -> bool {
        let line = lock(&self.line);
        line.answered(fingerprint).is_some() || line.waiting.iter().any(|job| job.fingerprint == fingerprint)
    }

    /// Works off what is waiting.
    fn work(&self) {
        let _left = Left(self);
        let mut session = self.session();
        while let Some(input) = self.next() {
            session.work_off(input, now(), &mut random);
            let reply = self.begins_answer().then(|| session.compose());
            self.answered(&mut session, reply);
        }
    }

    /// What is to be done next; `None` if there is nothing, and nobody works any more.
    fn next(&self) -> Option<Input> {
        let mut line = lock(&self.line);
        if self.is_stopped() {
            for asker in line.waiting.drain(..).flat_map(|job| job.askers) {
                let _ = asker.send(Answer::NoSuchSession);
            }
        }
        line.last_used = Instant::now();
        line.rested = false;
        let input = line.waiting.front_mut().and_then(|job| {
            self.pace.begin(job.reached, self.interim.max_time());
            job.input.take()
        });
        line.working = input.is_some();
        input
    }

    /// Whether the message that has been worked off is still waiting for its answer.
    fn begins_answer(&self) -> bool {
        let mut line = lock(&self.line);
        let job = line.waiting.front_mut().filter(|job| !job.askers.is_empty());
        job.map(|job| job.composing = true).is_some()
    }

    /// Says on the console what there is to say, and gives the answer to who waits for it.
    fn answered(&self, session: &mut Session, reply: Option<Reply>) {
        let report = session.report();
        let (message, ended, notes) = match reply {
            Some(reply) => (Some(reply.message), reply.ended, reply.notes),
            None => (None, false, session.take_notes()),
        };
        notes.iter().for_each(|note| console::note(&self.id, note));
        let mut line = lock(&self.line);
        line.logged_in = report.user.is_some();
        line.may_go_on = session.may_go_on();
        if !line.announced && !report.datastores.is_empty() {
            line.announced = true;
            console::begun(&self.id, &report);
        }
        if ended && !std::mem::replace(&mut line.over, true) {
            console::ended(&self.id, &report, line.begun.elapsed().as_secs_f64());
        }
        let (Some(job), Some(message)) = (line.waiting.pop_front(), message) else { return };
        let answer = encode(&message, job.encoding);
        line.keep(job.fingerprint, &answer, self.keeps_answer);
        tell(job.askers, answer);
    }

    /// Answers a message whose time is over before it has been worked off, if there is a way to.
    fn answer_early(&self, number: u64) {
        let mut line = lock(&self.line);
        if line.waiting.iter().map(|job| job.size).sum::<usize>() > MAX_WAITING {
            return;
        }
        let waits = |job: &&mut Job| job.number == number && !job.composing && !job.askers.is_empty();
        let Some(job) = line.waiting.iter_mut().find(waits) else { return };
        let Some(message) = self.interim.answer(&job.header, job.is_final, job.encoding) else { return };
        let answer = encode(&message, job.encoding);
        let (askers, fingerprint) = (std::mem::take(&mut job.askers), job.fingerprint);
        line.keep(fingerprint, &answer, self.keeps_answer);
        tell(askers, answer);
    }

    /// Lets the session go no further than the item that it is at.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    pub(super) fn is_over(&self) -> bool {
        lock(&self.line).over
    }

    /// Ends the session, when it has stopped.
    pub(super) fn end(&self, why: &str) {
        self.stop();
        self.close(self.session(), why);
    }

    /// The same, but gives up when `given_up` says so.
    pub(super) fn end_unless(&self, given_up: impl Fn() -> bool, why: &str) {
        self.stop();
        while !given_up() {
            match self.session.try_lock() {
                Ok(session) => return self.close(session, why),
                Err(TryLockError::Poisoned(error)) => return self.close(error.into_inner(), why),
                Err(TryLockError::WouldBlock) => std::thread::sleep(STOP_POLL),
            }
        }
    }

    fn close(&self, mut session: MutexGuard<'_, Session>, why: &str) {
        let was_over = {
            let mut line = lock(&self.line);
            line.may_go_on = false;
            std::mem::replace(&mut line.over, true)
        };
        if was_over {
            return;
        }
        session.abandon(why);
        session.take_notes().iter().for_each(|note| console::note(&self.id, note));
        let report = session.report();
        let line = lock(&self.line);
        if line.announced || report.user.is_some() {
            console::ended(&self.id, &report, line.begun.elapsed().as_secs_f64());
        }
    }

    /// Whether the session has been silent for too long. One that has been so for a while gives back what it can.
    pub(super) fn is_silent(&self, timeout: Duration) -> bool {
        let mut line = lock(&self.line);
        if line.working {
            return false;
        }
        let limit = match (line.over, line.logged_in) {
            (true, _) => OVER_TIMEOUT,
            (_, false) => ANONYMOUS_TIMEOUT,
            _ => timeout,
        };
        let silent = line.last_used.elapsed();
        let rests = silent >= REST_AFTER && !std::mem::replace(&mut line.rested, silent >= REST_AFTER);
        drop(line);
        if rests && let Ok(mut session) = self.session.try_lock() {
            session.rest();
        }
        silent >= limit
    }
}

impl Line {
    /// The answer to a message that was the last one.
    fn answered(&self, fingerprint: u64) -> Option<Vec<u8>> {
        let (_, answer) = self.last.as_ref().filter(|(last, _)| *last == fingerprint)?;
        Some(answer.clone())
    }

    fn keep(&mut self, fingerprint: u64, answer: &[u8], keeps_answer: bool) {
        self.last = keeps_answer.then(|| (fingerprint, answer.to_vec()));
        self.last_used = Instant::now();
    }
}

/// Sees to it that a session whose worker panics is over, and the others go on.
struct Left<'a>(&'a Slot);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut line = lock(&self.0.line);
            (line.over, line.working) = (true, false);
            line.waiting.clear();
        }
    }
}

fn tell(askers: Vec<oneshot::Sender<Answer>>, answer: Vec<u8>) {
    for asker in askers {
        // Whoever has gone meanwhile needs none.
        let _ = asker.send(Answer::Message(answer.clone()));
    }
}

/// What tells a message from the one before.
pub(super) fn fingerprint(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Fills a buffer with what nobody can guess. Without that there is no login and no session to keep apart, so
/// there is nothing better to do than to stop.
pub(super) fn random(buffer: &mut [u8]) {
    if getrandom::fill(buffer).is_err() {
        console::warning("the system has no random numbers");
        std::process::abort();
    }
}
