//! What the server sends, and what it makes of the client's answers to it.

use syncloom_tests::contact::small_vcard;
use syncloom_tests::peer::{Peer, Tongue, bare_alert, map, status, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_wire::Command;

use crate::{in_every_tongue, names};

/// A phone and the server, both with the contacts A, B and C.
fn pair(server: &Server, tongue: Tongue) -> Phone {
    let mut phone = Phone::new(server, "phone", tongue);
    for name in ["A", "B", "C"] {
        phone.add(&vcard(name, ""));
    }
    phone.sync(200);
    phone
}

fn heard(phone: &Phone) -> Vec<&str> {
    phone.heard.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn deletes_come_first_and_adds_last() {
    in_every_tongue(|server, tongue| {
        let mut phone = pair(server, tongue);
        server.sql(
            "INSERT INTO contacts (user, last_name) VALUES (1, 'New');
             UPDATE contacts SET note = 'changed' WHERE last_name = 'B';
             DELETE FROM contacts WHERE last_name = 'C'",
        );
        phone.sync(200);
        assert_eq!(heard(&phone), ["Delete", "Replace", "Add"]);
        assert_same(phone.contacts(), server.contacts(), "after the changes");
        phone.sync(200);
        assert_eq!(heard(&phone), [""; 0]);
        assert!(!phone.slow);
    });
}

#[test]
fn what_the_client_refuses_is_sent_again_next_time() {
    in_every_tongue(|server, tongue| {
        // What the owner does, the command that follows and is refused with this status, and the one of next time.
        for (sql, name, status, next) in [
            ("UPDATE contacts SET note = 'changed' WHERE last_name = 'A'", "Replace", 500, "Replace"),
            ("UPDATE contacts SET note = 'changed' WHERE last_name = 'A'", "Replace", 417, "Replace"),
            ("UPDATE contacts SET note = 'changed' WHERE last_name = 'A'", "Replace", 404, "Add"),
            ("INSERT INTO contacts (user, last_name) VALUES (1, 'New')", "Add", 500, "Add"),
            ("INSERT INTO contacts (user, last_name) VALUES (1, 'New')", "Add", 420, "Add"),
            ("DELETE FROM contacts WHERE last_name = 'A'", "Delete", 500, "Delete"),
        ] {
            let about = format!("{name} {status} in {tongue:?}");
            server.reset();
            let mut phone = pair(server, tongue);
            server.sql(sql);
            phone.refuses = vec![(name, status)];
            phone.sync(200);
            assert_eq!(heard(&phone), [name], "{about}");
            phone.refuses.clear();
            if status == 404 {
                // It says that it has none, and so it has none.
                let id = phone.id_of("A");
                phone.items.remove(&id);
            }
            phone.sync(200);
            assert!(!phone.slow, "{about}");
            assert_eq!(heard(&phone), [next], "{about}");
            assert_same(phone.contacts(), server.contacts(), &about);
            phone.sync(200);
            assert_eq!(heard(&phone), [""; 0], "{about}");
            assert!(!phone.slow, "{about}");
        }
    });
}

#[test]
fn what_the_client_has_settled_in_its_own_way_is_settled() {
    in_every_tongue(|server, tongue| {
        for (sql, name, status) in [
            ("UPDATE contacts SET note = 'changed' WHERE last_name = 'A'", "Replace", 201),
            ("UPDATE contacts SET note = 'changed' WHERE last_name = 'A'", "Replace", 207),
            ("UPDATE contacts SET note = 'changed' WHERE last_name = 'A'", "Replace", 208),
            ("UPDATE contacts SET note = 'changed' WHERE last_name = 'A'", "Replace", 419),
            ("INSERT INTO contacts (user, last_name) VALUES (1, 'New')", "Add", 200),
            ("INSERT INTO contacts (user, last_name) VALUES (1, 'New')", "Add", 209),
            ("INSERT INTO contacts (user, last_name) VALUES (1, 'New')", "Add", 418),
            ("DELETE FROM contacts WHERE last_name = 'A'", "Delete", 210),
        ] {
            let about = format!("{name} {status} in {tongue:?}");
            server.reset();
            let mut phone = pair(server, tongue);
            server.sql(sql);
            phone.sync(200);
            let mut peer = phone.peer.clone();
            server.sql(&sql.replace("changed", "again").replace("New", "Newer").replace("'A'", "'B'"));
            peer.begin();
            let last = format!("anchor-{}", peer.session - 1);
            peer.send(vec![syncloom_tests::peer::alert(200, "contacts", Some(&last), "mine")], true);
            let answer = crate::send_changes(&mut peer, vec![]);
            let command = &answer.syncs()[0].commands[0];
            assert_eq!((answer.changes().len(), command.name()), (1, name), "{about}");
            let mut body = vec![syncloom_tests::peer::status(&answer, command, status)];
            if let Command::Add(add) = command {
                let ours = &add.items[0].source.as_ref().unwrap().uri;
                body.push(map(&[(ours, "mine")]));
            }
            assert!(peer.send(body, true).is_final, "{about}");
            peer.begin();
            let opened = vec![syncloom_tests::peer::alert(200, "contacts", Some("mine"), "next")];
            assert_eq!(peer.send(opened, true).alerts()[0].0, 200, "{about}");
            assert_eq!(crate::send_changes(&mut peer, vec![]).changes(), [], "{about}");
        }
    });
}

#[test]
fn an_item_that_the_client_does_not_find_to_delete_is_deleted() {
    in_every_tongue(|server, tongue| {
        for status in [404, 410, 211] {
            server.reset();
            let mut phone = pair(server, tongue);
            server.sql("DELETE FROM contacts WHERE last_name = 'A'");
            let id = phone.id_of("A");
            phone.items.remove(&id);
            phone.refuses = vec![("Delete", status)];
            phone.sync(200);
            assert_eq!(heard(&phone), ["Delete"]);
            phone.sync(200);
            assert_eq!(heard(&phone), [""; 0], "{status}");
            assert_eq!(server.rows("SELECT count(*) FROM maps"), ["2"], "{status}");
        }
    });
}

#[test]
fn many_items_in_small_messages_both_ways() {
    in_every_tongue(|server, tongue| {
        let mut phone = Phone::new(server, "phone", tongue);
        phone.peer.max_message = 2_500;
        phone.per_message = 3;
        for number in 0..20 {
            phone.add(&small_vcard(number));
        }
        let database = server.database();
        for number in 100..130 {
            syncloom_tests::contact::insert_by_sql(&database, number);
        }
        drop(database);
        phone.sync(200);
        assert_eq!(phone.told.len(), 20);
        assert_same(phone.contacts(), server.contacts(), &format!("{tongue:?}"));
        assert_eq!(phone.items.len(), 50);
        assert_eq!(server.rows("SELECT count(*), count(DISTINCT remote_id) FROM maps"), ["50|50"]);
        phone.sync(200);
        assert_eq!((phone.slow, heard(&phone).len(), phone.told.len()), (false, 0, 0));
        phone.sync(201);
        assert_eq!((phone.slow, heard(&phone).len()), (true, 0));
        assert_same(phone.contacts(), server.contacts(), &format!("{tongue:?}, slow again"));
        assert_eq!(phone.items.len(), 50);
    });
}

#[test]
fn a_client_that_does_not_say_goodbye_doubles_and_loses_nothing() {
    in_every_tongue(|server, tongue| {
        let mut phone = pair(server, tongue);
        phone.add(&vcard("Theirs", ""));
        phone.edit("A", &vcard("A", "theirs"));
        phone.remove("B");
        server.sql("UPDATE contacts SET note = 'ours' WHERE last_name = 'C'");
        // Everything has been said but for the last message, with the statuses.
        phone.begin(200);
        assert!(phone.step());
        assert!(phone.step());
        // It takes its part for done, so that its anchor is not the one that the server knows.
        let mut sure = phone.clone();
        sure.believe();
        sure.sync(200);
        assert_eq!((sure.alert_status, sure.slow), (508, true));
        assert_same(sure.contacts(), server.contacts(), "after 508");
        assert_eq!(names(server), ["A", "C", "Theirs"]);
        assert_eq!(sure.names(), ["A", "C", "Theirs"]);
        sure.sync(200);
        assert_eq!((sure.slow, heard(&sure).len()), (false, 0));
    });
    in_every_tongue(|server, tongue| {
        let mut phone = pair(server, tongue);
        phone.add(&vcard("Theirs", ""));
        phone.edit("A", &vcard("A", "theirs"));
        phone.remove("B");
        server.sql("UPDATE contacts SET note = 'ours' WHERE last_name = 'C'");
        phone.begin(200);
        assert!(phone.step());
        assert!(phone.step());
        // It knows that it was cut off, and begins again with what it knew before.
        phone.sync(200);
        assert_eq!((phone.alert_status, phone.slow), (200, false));
        assert_same(phone.contacts(), server.contacts(), "after the same anchors again");
        assert_eq!(phone.names(), ["A", "C", "Theirs"]);
        assert_eq!(names(server), ["A", "C", "Theirs"]);
        phone.sync(200);
        assert_eq!((phone.slow, heard(&phone).len()), (false, 0));
    });
}

#[test]
fn the_number_of_changes_is_that_of_the_package() {
    let server = Server::start();
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'A'), (1, 'B'), (1, 'C')");
    let mut peer = crate::opened(&server, Tongue::ALL[0], 201);
    let answer = crate::send_changes(&mut peer, vec![]);
    assert_eq!(answer.syncs()[0].number_of_changes, Some(3));
    assert_eq!(answer.changes().len(), 3);
}

#[test]
fn statuses_may_come_in_several_messages() {
    in_every_tongue(|server, tongue| {
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'A'), (1, 'B'), (1, 'C')");
        let mut peer = crate::opened(server, tongue, 200);
        let answer = crate::send_changes(&mut peer, vec![]);
        for (number, command) in answer.syncs()[0].commands.iter().enumerate() {
            let id = (number + 1).to_string();
            let body = vec![status(&answer, command, 201), map(&[(&id, &format!("x{id}"))])];
            let last = number == 2;
            let answer = peer.send(body, last);
            assert_eq!(answer.statuses(), ["Map 200 >contacts <./addressbook"]);
            assert_eq!(answer.is_final, last);
        }
        let ended = server.line(" ended: ");
        assert!(ended.contains("sent +3 ~0 -0: complete"), "{ended}");
        assert_eq!(crate::maps(server), ["A|x1", "B|x2", "C|x3"]);
    });
}

#[test]
fn the_rest_of_an_item_is_not_sent_when_a_piece_of_it_is_refused() {
    in_every_tongue(|server, tongue| {
        server.sql(
            "INSERT INTO contacts (user, last_name, photo) VALUES (1, 'Large', zeroblob(20000)), (1, 'Small', NULL)",
        );
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        peer.max_message = 4_000;
        let mut answer = peer.send(crate::first_package(&peer, 200), true);
        while !answer.is_final {
            answer = peer.send(vec![bare_alert(222)], true);
        }
        let answer = crate::send_changes(&mut peer, vec![]);
        let Command::Add(piece) = &answer.syncs()[0].commands[0] else { panic!("{answer:#?}") };
        assert!(piece.items[0].more_data && !answer.is_final);
        let answer = peer.send(vec![status(&answer, &answer.syncs()[0].commands[0], 413)], false);
        let changes = answer.changes();
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(changes[0].2.contains("Small") && answer.is_final);
        crate::confirm(&mut peer, &answer);
        assert!(server.line("was answered with 413").contains("item 1 "));
        assert!(server.line(" ended: ").contains("sent +1 ~0 -0 !1: complete"));
    });
}
