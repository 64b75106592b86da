//! What happens when something breaks: a locked, removed or refusing database, a server that is killed, devices that
//! sync at the same time. After each, nothing is half-written, and the next sync leaves both sides equal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use rusqlite::Connection;
use syncloom_tests::peer::{Peer, Proof, Tongue, add, alert, sync, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_wire::encode;

const USUAL: Tongue = Tongue::ALL[1];

/// A server that does not wait for a locked database.
fn impatient() -> Server {
    Server::start_with(&[("<sqlitebusytimeout>10<", "<sqlitebusytimeout>0<")])
}

/// Keeps everybody else from writing.
fn lock(server: &Server) -> Connection {
    let database = server.database();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    database
}

/// A phone and the server, both with the contacts A, B, C and D, and changes on both sides since: adds, changes,
/// deletes.
fn apart(server: &Server) -> Phone {
    let mut phone = Phone::new(server, "phone", USUAL);
    for name in ["A", "B", "C", "D"] {
        phone.add(&vcard(name, ""));
    }
    phone.sync(200);
    phone.add(&vcard("Theirs", ""));
    phone.edit("A", &vcard("A", "theirs"));
    phone.remove("B");
    server.sql(
        "INSERT INTO contacts (user, last_name, first_name, display_name) VALUES (1, 'Ours', 'Test', 'Test Ours');
         UPDATE contacts SET note = 'ours' WHERE last_name = 'C';
         DELETE FROM contacts WHERE last_name = 'D'",
    );
    phone
}

const TOGETHER: [&str; 4] = ["A", "C", "Ours", "Theirs"];

/// Both sides hold what both sides together had, and a further sync has nothing to do.
fn assert_together(phone: &mut Phone, server: &Server, about: &str) {
    assert_same(phone.contacts(), server.contacts(), about);
    assert_eq!(phone.names(), TOGETHER, "{about}");
    phone.sync(200);
    assert!(!phone.slow, "{about}");
    assert_eq!((phone.told.len(), phone.heard.len()), (0, 0), "{about}: {:?} {:?}", phone.told, phone.heard);
}

/// What is in the tables: contacts with their details, maps and targets.
fn tables(server: &Server) -> Vec<String> {
    let mut rows = server.rows("SELECT id, modified, last_name, note FROM contacts ORDER BY id");
    rows.extend(server.rows("SELECT * FROM maps"));
    rows.extend(server.rows("SELECT * FROM targets"));
    rows
}

#[test]
fn a_locked_database_is_status_510_in_every_phase() {
    // In which message the database is locked.
    for locked in 1..=3 {
        let mut server = impatient();
        let mut phone = apart(&server);
        let about = format!("locked in message {locked}");
        phone.begin(200);
        for message in 1..locked {
            assert!(phone.step(), "{about}: {message}");
        }
        let before = tables(&server);
        let lock = lock(&server);
        let answer = phone.raw_step();
        assert_eq!(tables(&server), before, "{about}: nothing is half-written");
        let statuses = answer.statuses();
        match locked {
            1 => {
                assert_eq!(answer.status(), 510);
                assert_eq!(statuses, ["Put 510", "Get 510", "Alert 510"]);
            }
            2 => {
                assert_eq!(answer.status(), 200);
                let items: Vec<&str> = statuses.iter().filter_map(|s| s.split(' ').nth(1)).collect();
                assert_eq!(items, ["510", "510", "510", "510"], "{statuses:?}");
                assert!(answer.syncs().is_empty(), "nothing is sent on top of that: {answer:#?}");
            }
            _ => assert_eq!(statuses, ["Map 510 >contacts <./addressbook"]),
        }
        assert!(server.line("database is locked").contains("session "), "{about}");
        drop(lock);
        phone.sync(200);
        assert_together(&mut phone, &server, &about);
    }
}

#[test]
fn a_database_that_is_busy_for_a_moment_is_waited_for() {
    let server = Server::start();
    let mut phone = apart(&server);
    phone.begin(200);
    assert!(phone.step());
    let lock = lock(&server);
    let waiting = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        drop(lock);
    });
    while phone.step() {}
    waiting.join().unwrap();
    assert_together(&mut phone, &server, "after waiting");
}

#[test]
fn a_database_that_is_removed_or_replaced_is_gone_until_it_is_back() {
    for replaced in [false, true] {
        for message in 1..=3 {
            let server = Server::start();
            let mut phone = apart(&server);
            let about = format!("replaced {replaced}, message {message}");
            phone.begin(200);
            for _ in 1..message {
                assert!(phone.step());
            }
            let path = server.database_path();
            let aside = path.with_extension("aside");
            // All that is in the log beside the file goes with it.
            server.sql("PRAGMA wal_checkpoint(TRUNCATE)");
            fs::rename(&path, &aside).unwrap();
            if replaced {
                fs::write(&path, b"this is no database, but it has its name").unwrap();
            }
            let answer = phone.raw_step();
            let refused = answer.status() == 510 || answer.statuses().iter().any(|s| s.contains(" 510"));
            assert!(refused, "{about}: {:?}", answer.statuses());
            assert_eq!(path.exists(), replaced, "{about}: no empty database in its place");
            // Neither does a new session make one.
            let mut other = Peer::new(&server.url, "other", USUAL);
            let answer = other.send(vec![alert(200, "contacts", None, "a1")], true);
            assert_eq!((answer.status(), answer.statuses()), (510, vec!["Alert 510".to_owned()]), "{about}");
            assert_eq!(path.exists(), replaced, "{about}");
            // The owner puts it back, and all goes on.
            for name in ["contacts.sqlite-wal", "contacts.sqlite-shm"] {
                let _ = fs::remove_file(path.with_file_name(name));
            }
            fs::rename(&aside, &path).unwrap();
            phone.sync(200);
            assert_together(&mut phone, &server, &about);
        }
    }
}

#[test]
fn an_item_that_the_database_refuses_gets_its_own_status() {
    let mut server = Server::start();
    server.sql(
        "CREATE TRIGGER bad AFTER INSERT ON phones WHEN NEW.number = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END;
         CREATE TRIGGER worse AFTER INSERT ON contacts WHEN NEW.last_name = 'Worse'
         BEGIN SELECT RAISE(FAIL, 'no'); END",
    );
    let bad = vcard("Bad", "").replace("NOTE:", "TEL;TYPE=HOME:good\r\nTEL;TYPE=CELL:bad\r\nNOTE:");
    let mut peer = Peer::new(&server.url, "peer-1", USUAL);
    peer.send(vec![alert(201, "contacts", None, "a1")], true);
    let items = vec![
        add("1", &vcard("One", "")),
        add("2", &bad),
        add("3", &vcard("Worse", "")),
        add("4", &vcard("Four", "")),
    ];
    let answer = peer.send(vec![sync(items)], true);
    assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 500 <2", "Add 500 <3", "Add 201 <4"]);
    assert_eq!(server.rows("SELECT last_name FROM contacts"), ["One", "Four"]);
    assert_eq!(server.rows("SELECT count(*) FROM phones"), ["0"]);
    assert_eq!(server.rows("SELECT remote_id FROM maps ORDER BY 1"), ["1", "4"]);
    for item in ["item 2", "item 3"] {
        server.line(item);
    }
}

#[test]
fn when_the_database_takes_the_transaction_back_nothing_is_reported_as_stored() {
    for place in 0..3 {
        let server = Server::start();
        server.sql(
            "CREATE TRIGGER back AFTER INSERT ON contacts WHEN NEW.last_name = 'Back'
             BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
        );
        let mut phone = Phone::new(&server, "phone", USUAL);
        phone.add(&vcard("First", ""));
        phone.sync(200);
        let before = tables(&server);
        for number in 0..3 {
            phone.add(&vcard(if number == place { "Back" } else { "Good" }, &number.to_string()));
        }
        phone.begin(200);
        assert!(phone.step());
        let answer = phone.raw_step();
        let stored: Vec<String> = answer.item_statuses().into_iter().filter(|s| s.contains(" 20")).collect();
        assert_eq!(stored, [""; 0], "place {place}");
        assert_eq!(answer.item_statuses().len(), 3);
        assert_eq!(tables(&server), before, "place {place}");
        // When the owner has mended it, everything gets through.
        server.sql("DROP TRIGGER back");
        phone.sync(200);
        assert_same(phone.contacts(), server.contacts(), &format!("place {place}"));
        assert_eq!(phone.items.len(), 4);
    }
}

#[test]
fn a_server_that_is_killed_after_any_message_loses_and_doubles_nothing() {
    // Slow sync or two-way; after which message; whether the phone has heard the last answer; whether it sends
    // again the Map that got lost.
    for case in 0..24 {
        let (slow, killed_after, heard, keeps_maps) =
            (case % 2 == 1, 1 + case / 2 % 3, case / 6 % 2 == 1, case < 12);
        let about = format!(
            "slow {slow}, killed after message {killed_after}, answer heard {heard}, Map kept {keeps_maps}"
        );
        let mut server = Server::start();
        let mut phone = apart(&server);
        phone.keeps_maps = keeps_maps;
        phone.begin(if slow { 201 } else { 200 });
        for _ in 1..killed_after {
            assert!(phone.step(), "{about}");
        }
        if heard {
            phone.step();
        } else {
            phone.step_deaf();
        }
        server.kill_and_restart();
        phone.peer.url = format!("{}sync", server.url);
        phone.sync(200);
        // The first sync to be whole, or one that broke off after it had begun to match, is slow.
        let complete = killed_after == 3 && heard;
        let again = slow && !complete && killed_after > 1 || killed_after == 3 && !heard;
        assert_eq!((phone.slow, phone.alert_status), (again, if again { 508 } else { 200 }), "{about}");
        // What only one side had deleted is brought back by a slow sync that comes before it is said.
        let expected: &[&str] = match (slow, killed_after) {
            (true, 2 | 3) => &["A", "B", "C", "D", "Ours", "Theirs"],
            _ => &TOGETHER,
        };
        let names = phone.names();
        assert_same(phone.contacts(), server.contacts(), &about);
        assert_eq!(names, expected, "{about}");
        assert_eq!(server.rows("SELECT last_name FROM contacts ORDER BY 1"), expected, "{about}");
        phone.sync(200);
        assert!(!phone.slow, "{about}");
        assert_eq!((phone.told.len(), phone.heard.len()), (0, 0), "{about}: {:?}", phone.heard);
    }
}

#[test]
fn devices_that_sync_at_the_same_time_miss_nothing() {
    // Who ends first.
    for first in [0, 1] {
        let server = Server::start();
        let mut phones = [Phone::new(&server, "a", USUAL), Phone::new(&server, "b", USUAL)];
        phones[0].add(&vcard("Old", ""));
        phones[0].sync(200);
        phones[1].sync(200);
        for (number, phone) in phones.iter_mut().enumerate() {
            phone.add(&vcard(&format!("New {number}"), ""));
            phone.begin(200);
        }
        assert!(phones[0].step() && phones[1].step());
        // Both look at the server's contacts before either has ended.
        assert!(phones[first].step());
        assert!(phones[1 - first].step());
        for number in [first, 1 - first] {
            while phones[number].step() {}
        }
        for phone in &mut phones {
            phone.sync(200);
            assert!(!phone.slow);
        }
        for phone in &phones {
            assert_same(phone.contacts(), server.contacts(), &format!("{first} ends first"));
            assert_eq!(phone.names(), ["New 0", "New 1", "Old"]);
        }
        // A change of what was synced meanwhile is a change, and no conflict with the device's own item.
        for (number, phone) in phones.iter_mut().enumerate() {
            phone.edit(&format!("New {number}"), &vcard(&format!("New {number}"), "edited"));
            phone.sync(200);
            assert_eq!(phone.told.len(), 1);
            assert!(phone.told[0].starts_with("Replace 200"), "{:?}", phone.told);
        }
        phones[0].sync(200);
        for phone in &mut phones {
            assert_same(phone.contacts(), server.contacts(), &format!("{first} ends first, edited"));
            assert_eq!(phone.items.len(), 3);
            phone.sync(200);
            assert_eq!((phone.told.len(), phone.heard.len()), (0, 0));
        }
    }
}

#[test]
fn a_change_by_sql_during_a_session_is_sent_next_time() {
    let server = Server::start();
    let mut phone = Phone::new(&server, "phone", USUAL);
    phone.add(&vcard("A", ""));
    phone.sync(200);
    for stop_after in 1..=3 {
        phone.begin(200);
        for _ in 0..stop_after {
            phone.step();
        }
        server.sql(&format!("UPDATE contacts SET note = 'after {stop_after}'"));
        while phone.step() {}
        phone.sync(200);
        assert_same(phone.contacts(), server.contacts(), &format!("after message {stop_after}"));
    }
}

#[test]
fn a_change_by_sql_during_a_session_is_not_overwritten() {
    let server = Server::start();
    let mut phone = Phone::new(&server, "phone", USUAL);
    for name in ["First", "Second"] {
        phone.add(&vcard(name, ""));
    }
    phone.sync(200);
    for name in ["First", "Second"] {
        phone.edit(name, &vcard(name, "theirs"));
    }
    phone.per_message = 1;
    phone.begin(200);
    // The server has read what it has when the first change comes. The owner changes the other one then, before the
    // phone's change of it is there.
    assert!(phone.step() && phone.step());
    server.sql("UPDATE contacts SET role = 'ours' WHERE last_name = 'Second'");
    while phone.step() {}
    phone.sync(200);
    assert_same(phone.contacts(), server.contacts(), "after the change by SQL");
    // Neither version says when it is from, so that both are kept.
    assert_eq!(
        server.rows("SELECT note, role FROM contacts WHERE last_name = 'Second' ORDER BY 1"),
        ["|ours", "theirs|"]
    );
}

#[test]
fn an_edit_after_a_session_that_broke_off_is_no_conflict() {
    let server = Server::start();
    let mut phone = Phone::new(&server, "phone", USUAL);
    phone.add(&vcard("A", ""));
    phone.sync(200);
    phone.edit("A", &vcard("A", "first"));
    phone.begin(200);
    assert!(phone.step() && phone.step());
    // Begins again while the server still waits for the rest.
    phone.sync(200);
    phone.edit("A", &vcard("A", "second"));
    phone.sync(200);
    assert_eq!(phone.told, [format!("Replace 200 <{}", phone.id_of("A"))]);
    assert_same(phone.contacts(), server.contacts(), "after the second edit");
    assert_eq!(phone.names(), ["A"]);
}

#[test]
fn an_edit_after_a_refused_change_is_no_conflict() {
    let server = Server::start();
    let mut phone = Phone::new(&server, "phone", USUAL);
    phone.add(&vcard("A", ""));
    phone.add(&vcard("B", ""));
    phone.sync(200);
    phone.edit("A", &vcard("A", "first"));
    server.sql("UPDATE contacts SET note = 'ours' WHERE last_name = 'B'");
    phone.refuses = vec![("Replace", 500)];
    phone.sync(200);
    phone.refuses.clear();
    phone.edit("A", &vcard("A", "second"));
    phone.sync(200);
    assert_eq!(phone.told, [format!("Replace 200 <{}", phone.id_of("A"))]);
    assert_same(phone.contacts(), server.contacts(), "after the second edit");
    assert_eq!(phone.names(), ["A", "B"]);
}

#[test]
fn a_database_without_users_lets_nobody_in() {
    let server = Server::start();
    server.sql("DELETE FROM users");
    for proof in [Proof::Basic, Proof::Md5, Proof::None] {
        let mut peer = Peer::new(&server.url, "peer-1", USUAL);
        peer.proof = proof;
        let message = peer.message(vec![alert(200, "contacts", None, "a1")], true);
        let (status, _, _) = peer.post(&encode(&message, USUAL.encoding));
        assert_eq!(status, 200);
    }
    assert_eq!(server.rows("SELECT count(*) FROM devices"), ["0"]);
}
