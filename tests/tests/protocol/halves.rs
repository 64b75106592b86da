//! Datastores whose items are kept in one place, and their targets and maps in another one (manual 14.2.5).

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use syncloom_tests::peer::{Tongue, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_tests::{halves, parts};

const TONGUE: Tongue = Tongue::ALL[1];

/// Where the contacts are; what is remembered of them is in the other place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mixture {
    ContactsInSql,
    ContactsInFiles,
}

const MIXTURES: [Mixture; 2] = [Mixture::ContactsInSql, Mixture::ContactsInFiles];

impl Mixture {
    fn start(self) -> Server {
        match self {
            Mixture::ContactsInSql => {
                Server::start_made(|text| halves::contacts_in_sql(&text), |schema| schema)
            }
            Mixture::ContactsInFiles => {
                Server::start_made(|text| halves::contacts_in_files(&text), |text| halves::schema(&text))
            }
        }
    }

    /// Stamps in text files are of whole seconds.
    fn wait(self) {
        if self == Mixture::ContactsInFiles {
            sleep(Duration::from_millis(1100));
        }
    }

    fn contacts(self, server: &Server) -> usize {
        match self {
            Mixture::ContactsInSql => server.contacts().len(),
            Mixture::ContactsInFiles => lines(server, "TDB_1_contacts.txt"),
        }
    }

    fn maps(self, server: &Server, device: u32) -> usize {
        match self {
            Mixture::ContactsInSql => lines(server, &format!("MAP_{device}_1_contacts.txt")),
            Mixture::ContactsInFiles => {
                let count =
                    "SELECT count(*) FROM maps JOIN targets ON target = targets.id WHERE remote_id <> ''";
                server.rows(&format!("{count} AND device = {device}"))[0].parse().unwrap()
            }
        }
    }
}

/// How many lines one of the text files has.
fn lines(server: &Server, name: &str) -> usize {
    let text = fs::read_to_string(server.database_path().with_file_name(name)).unwrap_or_default();
    text.trim_start_matches('\u{feff}').lines().count()
}

fn nothing_is_left_to_say(phone: &mut Phone, about: Mixture) {
    phone.sync(200);
    assert!(!phone.slow, "{about:?}");
    assert_eq!((phone.told.len(), phone.heard.len()), (0, 0), "{about:?}: {:?}", phone.heard);
}

#[test]
fn two_devices_sync_both_ways() {
    for mixture in MIXTURES {
        let server = mixture.start();
        let mut phone = Phone::new(&server, "phone", TONGUE);
        for name in ["A", "B", "C"] {
            phone.add(&vcard(name, ""));
        }
        phone.sync(200);
        assert_eq!((mixture.contacts(&server), mixture.maps(&server, 1)), (3, 3), "{mixture:?}");
        let mut tablet = Phone::new(&server, "tablet", TONGUE);
        tablet.add(&vcard("B", ""));
        tablet.sync(200);
        assert_same(tablet.contacts(), phone.contacts(), "a slow sync finds what is the same");
        assert_eq!((mixture.contacts(&server), mixture.maps(&server, 2)), (3, 3), "{mixture:?}");
        mixture.wait();
        nothing_is_left_to_say(&mut phone, mixture);
        nothing_is_left_to_say(&mut tablet, mixture);
        // Each changes something, and hears of what the other has changed.
        mixture.wait();
        phone.edit("A", &vcard("A", "changed"));
        phone.remove("B");
        tablet.edit("C", &vcard("C", "by the tablet"));
        tablet.add(&vcard("D", ""));
        phone.sync(200);
        mixture.wait();
        tablet.sync(200);
        mixture.wait();
        phone.sync(200);
        assert!(!phone.slow && !tablet.slow, "{mixture:?}");
        assert_eq!(phone.names(), ["A", "C", "D"], "{mixture:?}");
        assert_same(tablet.contacts(), phone.contacts(), "after changes on both");
        mixture.wait();
        nothing_is_left_to_say(&mut tablet, mixture);
        nothing_is_left_to_say(&mut phone, mixture);
        assert_eq!((mixture.contacts(&server), mixture.maps(&server, 2)), (3, 3), "{mixture:?}");
    }
}

#[test]
fn a_slow_sync_brings_both_sides_together() {
    for mixture in MIXTURES {
        let mut server = mixture.start();
        let mut phone = Phone::new(&server, "phone", TONGUE);
        for name in ["A", "B"] {
            phone.add(&vcard(name, ""));
        }
        phone.sync(200);
        server.kill_and_restart();
        phone.peer.url = format!("{}sync", server.url);
        mixture.wait();
        phone.add(&vcard("C", ""));
        phone.sync(201);
        assert!(phone.slow && phone.heard.is_empty(), "{mixture:?}: {:?}", phone.heard);
        assert_eq!((mixture.contacts(&server), mixture.maps(&server, 1)), (3, 3), "{mixture:?}");
        mixture.wait();
        nothing_is_left_to_say(&mut phone, mixture);
    }
}

#[test]
fn a_session_that_broke_off_is_taken_up() {
    for mixture in MIXTURES {
        for begin in [200, 201] {
            let mut server = mixture.start();
            let mut phone = Phone::new(&server, "phone", TONGUE);
            phone.add(&vcard("A", ""));
            phone.sync(200);
            mixture.wait();
            for number in 0..6 {
                phone.add(&vcard(&format!("New {number}"), ""));
            }
            phone.per_message = 2;
            phone.begin(begin);
            for _ in 0..3 {
                phone.step();
            }
            assert!(!phone.is_over());
            server.kill_and_restart();
            phone.peer.url = format!("{}sync", server.url);
            phone.sync(225);
            assert_eq!(phone.alert_status, 200, "{mixture:?}, {begin}: it is known where it broke off");
            assert_eq!((mixture.contacts(&server), mixture.maps(&server, 1)), (7, 7), "{mixture:?}, {begin}");
            assert_eq!(phone.names().len(), 7, "{mixture:?}, {begin}");
            mixture.wait();
            phone.sync(200);
            mixture.wait();
            nothing_is_left_to_say(&mut phone, mixture);
        }
    }
}

#[test]
fn a_plugin_that_has_lost_its_items_gets_them_back_from_the_device() {
    let server = Mixture::ContactsInFiles.start();
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.add(&vcard("A", ""));
    phone.sync(200);
    fs::remove_file(server.database_path().with_file_name("TDB_1_contacts.txt")).unwrap();
    phone.sync(200);
    assert!(phone.slow, "the token of the files stands in SQL, and tells that they are not what they were");
    assert_eq!((phone.names(), Mixture::ContactsInFiles.contacts(&server)), (vec!["A".to_owned()], 1));
}

/// One part in SQLite, the other in text files, each with all of its own.
#[test]
fn a_superdatastore_of_parts_in_both_places() {
    let config = |text: String| {
        let text = parts::config(&text);
        let (before, rest) = text.split_once("<datastore name=\"theirs\"").unwrap();
        let (inside, after) = rest.split_once("</datastore>").unwrap();
        let files = halves::contacts_in_files(&format!("<datastore name=\"contacts\"{inside}</datastore>"));
        let files = files.replace("name=\"contacts\"", "name=\"theirs\"");
        format!("{before}{files}{after}")
    };
    let schema = |text: String| halves::schema(&parts::schema(&text));
    let server = Server::start_made(config, schema);
    let held = |server: &Server| (server.contacts().len(), lines(server, "TDB_1_theirs.txt"));
    let mut phone = Phone::new(&server, "phone", TONGUE);
    for (name, note) in [("A", ""), ("B", "theirs"), ("C", ""), ("D", "theirs"), ("E", "theirs")] {
        phone.add(&vcard(name, note));
    }
    phone.sync(200);
    assert_eq!(held(&server), (2, 3));
    let wait = || Mixture::ContactsInFiles.wait();
    wait();
    // One moves from SQL into files, one the other way; one is changed, one deleted in each.
    phone.edit("A", &vcard("A", "theirs"));
    phone.edit("B", &vcard("B", ""));
    phone.remove("C");
    phone.remove("D");
    phone.edit("E", &vcard("E2", "theirs"));
    phone.sync(200);
    assert!(!phone.slow);
    assert_eq!(held(&server), (1, 2));
    wait();
    phone.sync(200);
    assert_eq!((phone.slow, phone.told.len(), phone.heard.len()), (false, 0, 0), "{:?}", phone.heard);
    let mut tablet = Phone::new(&server, "tablet", TONGUE);
    tablet.sync(200);
    assert_same(tablet.contacts(), phone.contacts(), "on another device");
    // What another hand changes in either place is told.
    wait();
    server.sql("UPDATE contacts SET nickname = 'Nick' WHERE last_name = 'B'");
    tablet.edit("A", &vcard("A2", "theirs"));
    tablet.sync(200);
    wait();
    phone.sync(200);
    assert!(!phone.slow && !tablet.slow);
    assert_eq!(phone.names(), ["A2", "B", "E2"]);
    assert_same(tablet.contacts(), phone.contacts(), "after changes in both places");
    phone.sync(201);
    assert!(phone.heard.is_empty(), "{:?}", phone.heard);
    assert_eq!(held(&server), (1, 2));
}
