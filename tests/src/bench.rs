//! A Syncloom server within the test's own process: the session, the config and an SQLite file, without sockets and
//! threads. It can be stopped dead at any message, before or after what the message changes is durable.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use syncloom_config::{Config, Datastore, LoadOptions};
use syncloom_session::{Input, Server, Session};
use syncloom_stores::sqlite::create_if_missing;
use syncloom_stores::{Admin, Backend, Scope, Store, StoreError, Stores};
use syncloom_wire::{Decoded, Encoding, Limits, decode, encode};
use tempfile::TempDir;

use crate::contact::Contact;
use crate::peer::Line;
use crate::server::workspace;
use crate::{halves, parts};

/// What happens to the server when it gets a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// It is gone before anything of the message is durable.
    BeforeCommit,
    /// It is gone when the items are durable, and what vouches for them is not.
    BetweenCommits,
    /// It is gone when everything is durable, and the answer is not sent.
    AfterCommit,
}

/// A server with a database of its own.
pub struct Bench {
    state: Arc<Mutex<State>>,
    folder: TempDir,
}

struct State {
    config: Arc<Config>,
    server: Arc<Server>,
    /// The session that is going on, and those that a client has left behind.
    session: Option<Session>,
    /// What becomes of what it writes.
    fate: Arc<Fate>,
    left: Vec<Session>,
    clock: i64,
    dice: u64,
    /// What happens at the next message.
    death: Option<Death>,
    /// What the sessions had to say.
    notes: Vec<String>,
    messages: usize,
}

impl Bench {
    /// The quick-start sample, with an empty database or a copy of another bench's, and with some places of the
    /// config written differently.
    pub fn new(copy_of: Option<&Bench>, replacements: &[(&str, &str)]) -> Self {
        let change = |mut text: String| {
            for (from, to) in replacements {
                assert_eq!(text.matches(from).count(), 1, "{from:?} stands in the sample once");
                text = text.replace(from, to);
            }
            text
        };
        Bench::made(copy_of, change, |schema| schema)
    }

    /// The same with the contacts in two parts of a superdatastore.
    pub fn in_parts(copy_of: Option<&Bench>) -> Self {
        Bench::made(copy_of, |config| parts::config(&config), |schema| parts::schema(&schema))
    }

    /// The same with the contacts in SQLite, and what is remembered of them in text files.
    pub fn in_halves(copy_of: Option<&Bench>) -> Self {
        Bench::made(copy_of, |config| halves::contacts_in_sql(&config), |schema| schema)
    }

    fn made(
        copy_of: Option<&Bench>,
        config: impl FnOnce(String) -> String,
        schema: impl FnOnce(String) -> String,
    ) -> Self {
        // In memory where there is such a place: no power fails here, and a test syncs thousands of times.
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(place).unwrap();
        let sample = |name: &str| std::fs::read_to_string(workspace().join("samples").join(name)).unwrap();
        let path = folder.path().join("config.xml");
        std::fs::write(&path, config(sample("quickstart.xml"))).unwrap();
        std::fs::write(folder.path().join("quickstart.sql"), schema(sample("quickstart.sql"))).unwrap();
        let loaded = syncloom_config::load(&path, &LoadOptions::default());
        let config = Arc::new(loaded.config.expect("the sample loads"));
        let file = &config.server.as_ref().unwrap().datastores[0].sql_items().unwrap().sqlite;
        match copy_of {
            Some(other) => {
                other.sql("PRAGMA wal_checkpoint(TRUNCATE)");
                std::fs::copy(other.database_path(), &file.path).unwrap();
                for text in other.text_files() {
                    std::fs::copy(&text, folder.path().join(text.file_name().unwrap())).unwrap();
                }
            }
            None => assert!(create_if_missing(file).unwrap()),
        }
        let state = State {
            server: Server::new(Arc::clone(&config)).unwrap(),
            config,
            session: None,
            fate: Arc::default(),
            left: Vec::new(),
            clock: copy_of.map_or(0, |other| other.state.lock().unwrap().clock),
            dice: 1,
            death: None,
            notes: Vec::new(),
            messages: 0,
        };
        Bench { state: Arc::new(Mutex::new(state)), folder }
    }

    /// A way to it for a client.
    pub fn line(&self) -> Arc<dyn Line> {
        Arc::new(Direct(Arc::clone(&self.state)))
    }

    /// Lets the server die at the next message. Who comes after that finds it started again.
    pub fn die_at_next_message(&self, death: Death) {
        self.state.lock().unwrap().death = Some(death);
    }

    /// How many messages it has got.
    pub fn messages(&self) -> usize {
        self.state.lock().unwrap().messages
    }

    /// What its sessions had to say.
    pub fn notes(&self) -> Vec<String> {
        self.state.lock().unwrap().notes.clone()
    }

    fn database_path(&self) -> PathBuf {
        self.folder.path().join("contacts.sqlite")
    }

    /// The text files that are kept beside the database.
    fn text_files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect()
    }

    /// How many contacts the map has a name of the client's for, wherever it is kept.
    pub fn mapped(&self) -> usize {
        let maps = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("MAP_");
        let texts =
            self.text_files().into_iter().filter(maps).map(|path| std::fs::read_to_string(path).unwrap());
        let is_named = |line: &&str| line.split('\t').nth(2).is_some_and(|remote| !remote.is_empty());
        let in_files: usize = texts.map(|text| text.lines().filter(is_named).count()).sum();
        let in_sql = self.column("SELECT count(*) || '' FROM maps WHERE remote_id <> ''");
        in_files + in_sql[0].parse::<usize>().unwrap()
    }

    /// The database, as an owner's own tools would open it.
    pub fn database(&self) -> Connection {
        Connection::open(self.database_path()).unwrap()
    }

    /// Runs SQL as the owner would, some time before and after any session.
    pub fn sql(&self, statements: &str) {
        self.wait();
        self.database().execute_batch(statements).unwrap();
        self.wait();
    }

    /// A session that begins in the same millisecond could not tell a change of the owner's from its own.
    fn wait(&self) {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }

    /// The first column of a query.
    pub fn column(&self, query: &str) -> Vec<String> {
        let database = self.database();
        let mut statement = database.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// The contacts of the database, in no particular order.
    pub fn contacts(&self) -> Vec<Contact> {
        Contact::from_database(&self.database())
    }
}

struct Direct(Arc<Mutex<State>>);

impl Line for Direct {
    fn post(&self, _address: &str, encoding: Encoding, bytes: &[u8]) -> (u16, String, Vec<u8>) {
        let Ok(decoded) = decode(bytes, encoding, &Limits::default()) else {
            return (400, String::new(), Vec::new());
        };
        match self.0.lock().unwrap().answer(decoded, encoding) {
            Some(answer) => (200, encoding.content_type().to_owned(), answer),
            None => (503, String::new(), Vec::new()),
        }
    }
}

impl State {
    fn answer(&mut self, decoded: Decoded, encoding: Encoding) -> Option<Vec<u8>> {
        self.messages += 1;
        let death = self.death.take();
        if decoded.message.header.msg_id == "1" {
            self.left.extend(self.session.take());
        }
        if self.session.is_none() {
            self.fate = Arc::default();
            let inner = Stores::new(Arc::clone(&self.config)).unwrap().backend();
            let backend = Box::new(Mortal { inner, fate: Arc::clone(&self.fate) });
            self.session = Some(Session::new(Arc::clone(&self.server), backend, "bench"));
        }
        self.fate.no_items.store(death == Some(Death::BeforeCommit), Ordering::SeqCst);
        self.fate.no_admin.store(death == Some(Death::BetweenCommits), Ordering::SeqCst);
        let malformed = decoded.fault.map(|fault| fault.to_string());
        let input = Input { malformed, message: decoded.message, encoding };
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        self.clock = now.max(self.clock + 1);
        let (clock, dice) = (self.clock, &mut self.dice);
        let mut random = |buffer: &mut [u8]| {
            for byte in buffer {
                *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = (*dice >> 56) as u8;
            }
        };
        let reply = self.session.as_mut()?.respond(input, clock, &mut random);
        self.notes.extend(reply.notes);
        if death.is_some() {
            // All that was in memory is gone.
            self.session = None;
            self.left.clear();
            self.server = Server::new(Arc::clone(&self.config)).unwrap();
            return None;
        }
        if reply.ended {
            self.session = None;
        }
        Some(encode(&reply.message, encoding))
    }
}

/// Which commits are lost, with all that would come after them.
#[derive(Default)]
struct Fate {
    no_items: AtomicBool,
    no_admin: AtomicBool,
}

/// A backend whose commits are lost when the server is going to die.
struct Mortal {
    inner: Box<dyn Backend>,
    fate: Arc<Fate>,
}

impl Mortal {
    fn lost(&mut self, commit: fn(&Fate) -> &AtomicBool) -> bool {
        let lost = commit(&self.fate).load(Ordering::SeqCst);
        if lost {
            self.inner.rollback();
        }
        lost
    }
}

impl Backend for Mortal {
    fn admin(&mut self) -> Result<Box<dyn Admin + '_>, StoreError> {
        self.inner.admin()
    }

    fn folder(
        &mut self,
        datastore: &Datastore,
        user_key: &str,
        folder: &str,
    ) -> Result<Option<String>, StoreError> {
        self.inner.folder(datastore, user_key, folder)
    }

    fn store<'a>(
        &'a mut self,
        datastore: &'a Arc<Datastore>,
        scope: &'a Scope,
    ) -> Result<Box<dyn Store + 'a>, StoreError> {
        self.inner.store(datastore, scope)
    }

    fn commit_items(&mut self) -> Result<(), StoreError> {
        if self.lost(|fate| &fate.no_items) { Ok(()) } else { self.inner.commit_items() }
    }

    fn commit_admin(&mut self) -> Result<(), StoreError> {
        if self.lost(|fate| &fate.no_admin) { Ok(()) } else { self.inner.commit_admin() }
    }

    fn rollback(&mut self) {
        self.inner.rollback();
    }
}
