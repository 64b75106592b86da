//! Servers that are slow: nobody waits longer than the config allows, nobody waits for somebody else, and all that was
//! sent arrives once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use syncloom_tests::peer::{Line, Peer, Tongue, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::{Server, workspace};
use syncloom_wire::Encoding;

const USUAL: Tongue = Tongue::ALL[1];

/// What a client is promised, and what it waits: the machine that the tests run on may be busy itself.
const PROMISED: &str = "<requestmaxtime>1</requestmaxtime><sessiontimeout>";
const PATIENCE: Duration = Duration::from_secs(6);

/// How long one contact takes to be written by a server that is slow, and how many there are: without the promise, a
/// message would take longer than the client's patience.
const SLOW: Duration = Duration::from_millis(250);
const CONTACTS: usize = 30;

/// A way to the server on which nobody waits for long.
struct Impatient {
    agent: ureq::Agent,
    messages: Mutex<usize>,
}

impl Line for Impatient {
    fn post(&self, address: &str, encoding: Encoding, bytes: &[u8]) -> (u16, String, Vec<u8>) {
        let begun = Instant::now();
        let answer = Line::post(&self.agent, address, encoding, bytes);
        assert!(begun.elapsed() < PATIENCE, "an answer took {:?}", begun.elapsed());
        *self.messages.lock().unwrap() += 1;
        answer
    }
}

fn impatient(server: &Server, device: &str) -> (Phone, Arc<Impatient>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let line = Arc::new(Impatient { agent, messages: Mutex::default() });
    let way: Arc<dyn Line> = Arc::clone(&line) as Arc<dyn Line>;
    (Phone::with(Peer::on(way, &server.url, device, USUAL)), line)
}

/// A server that keeps the promise, and writes contacts slowly.
fn slow_server() -> Server {
    let server = Server::start_with(&[("<sessiontimeout>", PROMISED)]);
    let rounds = rounds_of(&server.database());
    let burn = format!(
        "SELECT count(*) FROM (WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {rounds}) SELECT x FROM n)"
    );
    server.sql(&format!(
        "CREATE TRIGGER slow_insert AFTER INSERT ON contacts BEGIN {burn}; END;
         CREATE TRIGGER slow_update AFTER UPDATE ON contacts BEGIN {burn}; END"
    ));
    server
}

/// How far SQLite counts in the time that one contact is to take.
fn rounds_of(database: &Connection) -> u64 {
    const TRIED: u64 = 200_000;
    let begun = Instant::now();
    let count = format!(
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {TRIED}) SELECT count(*) FROM n"
    );
    database.query_row(&count, [], |row| row.get::<_, i64>(0)).unwrap();
    let rounds = TRIED as f64 * SLOW.as_secs_f64() / begun.elapsed().as_secs_f64();
    rounds as u64
}

fn quick_again(server: &Server) {
    server.sql("DROP TRIGGER slow_insert; DROP TRIGGER slow_update");
}

fn assert_together(phone: &mut Phone, server: &Server, names: &[String]) {
    let mut expected = names.to_vec();
    expected.sort();
    assert_eq!(phone.names(), expected);
    assert_same(phone.contacts(), server.contacts(), "after all");
    phone.sync(200);
    assert!(!phone.slow);
    assert_eq!((phone.told.len(), phone.heard.len()), (0, 0), "{:?} {:?}", phone.told, phone.heard);
}

fn names(of: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{of}{number}")).collect()
}

/// Gives a phone contacts, and takes it to where it is about to send them; their names.
fn ready_to_send(phone: &mut Phone, code: u16) -> Vec<String> {
    let all = names("Name", CONTACTS);
    all.iter().for_each(|name| phone.add(&vcard(name, "")));
    phone.begin(code);
    while phone.peer.message < 2 || phone.alert_status == 0 {
        phone.step();
    }
    all
}

#[test]
fn a_slow_store_is_answered_for_in_time() {
    let mut server = slow_server();
    let (mut phone, line) = impatient(&server, "patient");
    let mut all = names("First", CONTACTS);
    all.iter().for_each(|name| phone.add(&vcard(name, "")));
    phone.sync(200);
    assert!(phone.slow, "the first sync");
    assert!(*line.messages.lock().unwrap() > 8, "it was told several times that there is more to come");
    let mut told = phone.told.clone();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), CONTACTS, "each contact has its status, once");
    assert!(told.iter().all(|status| status.starts_with("Add 201")), "{told:?}");
    let ended = server.line(" ended: ");
    assert!(
        ended.contains(&format!("received +{CONTACTS} ~0 -0")) && ended.contains(": complete"),
        "{ended}"
    );

    // Changes on both sides.
    let more = names("Second", CONTACTS / 2);
    more.iter().for_each(|name| phone.add(&vcard(name, "")));
    phone.edit("First0", &vcard("First0", "theirs"));
    server.sql(
        "INSERT INTO contacts (user, last_name, first_name, display_name) VALUES (1, 'Ours', 'Test', 'Test Ours')",
    );
    phone.sync(200);
    assert!(!phone.slow);
    all.extend(more);
    all.push("Ours".to_owned());
    quick_again(&server);
    assert_together(&mut phone, &server, &all);
}

#[test]
fn a_locked_database_is_answered_for_in_time() {
    let server = Server::start_with(&[("<sessiontimeout>", PROMISED)]);
    let (mut phone, line) = impatient(&server, "patient");
    phone.add(&vcard("A", ""));
    phone.sync(200);
    let before = *line.messages.lock().unwrap();
    phone.add(&vcard("B", ""));
    phone.begin(200);
    assert!(phone.step());
    let database = server.database();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let unlock = thread::spawn(move || {
        thread::sleep(Duration::from_secs(4));
        database.execute_batch("COMMIT").unwrap();
    });
    while phone.step() {}
    unlock.join().unwrap();
    assert!(*line.messages.lock().unwrap() - before > 4, "it had to come again");
    assert_together(&mut phone, &server, &["A".to_owned(), "B".to_owned()]);
}

#[test]
fn a_message_that_comes_again_while_it_is_worked_off_is_answered_the_same() {
    let server = slow_server();
    let (mut phone, _) = impatient(&server, "again");
    ready_to_send(&mut phone, 200);
    let answer = phone.raw_step();
    assert!(!answer.is_final && answer.item_statuses().len() < CONTACTS, "{answer:#?}");
    let request = phone.peer.last_request.clone();
    let (status, _, again) = phone.peer.post(&request);
    assert_eq!((status, &again), (200, &answer.bytes));
}

#[test]
fn a_client_that_gives_up_and_begins_again_doubles_nothing() {
    for code in [200, 201] {
        let mut server = slow_server();
        let (mut phone, _) = impatient(&server, "hasty");
        let all = ready_to_send(&mut phone, code);
        // It has sent everything, is told to wait, and does not.
        phone.step_deaf();
        phone.sync(code);
        let first = server.line(" ended: ");
        assert!(first.contains("incomplete: the device has begun another session"), "{first}");
        let second = server.line(" ended: ");
        assert!(second.contains(": complete"), "{second}");
        quick_again(&server);
        assert_together(&mut phone, &server, &all);
    }
}

#[test]
fn a_stop_of_the_server_does_not_wait_for_all_that_is_left() {
    let mut server = slow_server();
    let (mut phone, _) = impatient(&server, "stopped");
    ready_to_send(&mut phone, 200);
    let answer = phone.raw_step();
    assert!(!answer.is_final);
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
    let ended = server.line(" ended: ");
    assert!(ended.contains("incomplete: the server stops"), "{ended}");
    let stored: usize = server.rows("SELECT count(*) FROM contacts")[0].parse().unwrap();
    assert!((1..CONTACTS).contains(&stored), "{stored} are stored");
    assert_eq!(server.rows("SELECT count(*) FROM maps"), [stored.to_string()]);
}

#[test]
fn an_answer_is_held_back_where_the_config_says_so() {
    let server =
        Server::start_with(&[("<sessiontimeout>", "<requestmintime>1</requestmintime><sessiontimeout>")]);
    let mut phone = Phone::new(&server, "held", USUAL);
    phone.begin(200);
    for _ in 0..2 {
        let begun = Instant::now();
        phone.step();
        assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_session_that_waits_for_its_database_keeps_nobody_waiting() {
    // Contacts in a file of their own, and others in another one.
    let folder = tempfile::tempdir().unwrap();
    let samples = workspace().join("samples");
    let text = fs::read_to_string(samples.join("quickstart.xml")).unwrap();
    fs::copy(samples.join("quickstart.sql"), folder.path().join("quickstart.sql")).unwrap();
    let begin = text.find("<datastore name=\"contacts\"").unwrap();
    let end = text.find("</datastore>").unwrap() + "</datastore>".len();
    let store = |name: &str| {
        let file = format!(
            "<sqlitefile expand=\"yes\">$(data)/{name}.sqlite</sqlitefile>
             <sqliteschema expand=\"yes\">$(config_path)/quickstart.sql</sqliteschema><displayname>{name}<"
        );
        let text = text[begin..end].replace("name=\"contacts\"", &format!("name=\"{name}\""));
        text.replace("'contacts'", &format!("'{name}'")).replace("<displayname>Contacts<", &file)
    };
    let head = text[..begin].replace("contacts.sqlite", "users.sqlite");
    let config = folder.path().join("config.xml");
    fs::write(&config, [&head, &*store("contacts"), &*store("others"), &text[end..]].concat()).unwrap();
    let server = Server::start_in(folder.path(), &config);

    let mut waiting = Phone::new(&server, "waiting", USUAL);
    waiting.add(&vcard("A", ""));
    let mut other = Phone::new(&server, "other", USUAL);
    other.add(&vcard("B", ""));
    other.datastore = "others";

    let database = server.database();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let blocked = thread::spawn(move || {
        let begun = Instant::now();
        waiting.sync(200);
        (waiting, begun.elapsed())
    });
    thread::sleep(Duration::from_secs(1));
    assert!(!blocked.is_finished());
    other.sync(200);
    assert!(!blocked.is_finished(), "the other one is through before the first one is");
    database.execute_batch("COMMIT").unwrap();
    let (waiting, took) = blocked.join().unwrap();
    assert!(took > Duration::from_secs(1));
    assert_eq!((waiting.told.len(), other.told.len()), (1, 1));
}
