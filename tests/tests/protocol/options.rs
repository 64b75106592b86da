//! Options of the config that change what is sent, and when.

use syncloom_tests::peer::{Tongue, add, alert, replace, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_wire::Command;

use crate::{confirm, opened, send_changes};

const TONGUE: Tongue = Tongue::ALL[1];

/// A server with further tags in its datastore or beside it.
fn server(outside: &str, inside: &str) -> Server {
    let (auth, zone) = ("<requestedauth>md5</requestedauth>", "<datatimezone>UTC</datatimezone>");
    Server::start_with(&[(auth, &format!("{auth}{outside}")), (zone, &format!("{zone}{inside}"))])
}

#[test]
fn pieces_are_as_small_as_the_config_says() {
    let server = server("<debugchunkmaxsize>200</debugchunkmaxsize>", "");
    server.sql(&format!(
        "INSERT INTO contacts (user, last_name, note) VALUES (1, 'Long', '{}')",
        "ä long note ".repeat(60)
    ));
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.begin(200);
    assert!(phone.step());
    let mut peer = phone.clone();
    let answer = peer.raw_step();
    let Command::Add(piece) = &answer.syncs()[0].commands[0] else { panic!("{answer:#?}") };
    let text = piece.items[0].data.as_ref().and_then(|data| data.as_text()).unwrap();
    assert!(piece.items[0].more_data && text.len() <= 200, "{} bytes", text.len());
    phone.sync(201);
    assert_same(phone.contacts(), server.contacts(), "in pieces");
}

#[test]
fn what_was_never_confirmed_is_held_back_once() {
    for (option, expected) in [("yes", [1, 1]), ("no", [0, 1])] {
        let server = server(&format!("<relyonearlymaps>{option}</relyonearlymaps>"), "");
        let mut peer = opened(&server, TONGUE, 200);
        let answer = send_changes(&mut peer, vec![]);
        confirm(&mut peer, &answer);
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        // It is sent, and the client is never heard of again.
        peer.begin();
        peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
        assert_eq!(send_changes(&mut peer, vec![]).changes().len(), 1);
        let mut last = "a1".to_owned();
        for (number, count) in expected.into_iter().enumerate() {
            peer.begin();
            let next = format!("b{number}");
            peer.send(vec![alert(200, "contacts", Some(&last), &next)], true);
            let answer = send_changes(&mut peer, vec![]);
            assert_eq!(answer.changes().len(), count, "{option} {number}");
            confirm(&mut peer, &answer);
            last = next;
        }
    }
}

#[test]
fn a_refused_change_is_sent_again_alone() {
    let server = server("", "");
    let mut phone = Phone::new(&server, "phone", TONGUE);
    for name in ["A", "B"] {
        phone.add(&vcard(name, ""));
    }
    phone.sync(200);
    server.sql("UPDATE contacts SET note = 'ours'");
    phone.refuses = vec![("Replace", 500)];
    phone.sync(200);
    assert_eq!(server.rows("SELECT count(*) FROM maps WHERE flags = 32"), ["2"]);
    phone.refuses.clear();
    phone.sync(200);
    assert_eq!(phone.heard.len(), 2);
    assert_eq!(server.rows("SELECT count(*) FROM maps WHERE flags <> 0"), ["0"]);
    phone.sync(200);
    assert_eq!((phone.slow, phone.heard.len()), (false, 0));
}

#[test]
fn where_nothing_is_sent_again_a_refusal_ends_the_datastore() {
    let mut server = server("", "<resendfailing>no</resendfailing>");
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.add(&vcard("A", ""));
    phone.sync(200);
    server.sql("UPDATE contacts SET note = 'ours'");
    phone.refuses = vec![("Replace", 500)];
    phone.sync(200);
    server.line("failed with status 500");
    assert_eq!(server.rows("SELECT anchor FROM targets"), ["anchor-2"]);
}

#[test]
fn a_change_of_what_is_out_of_sight_is_tried_first() {
    for (option, rows) in [("no", ["A|HOME", "A|"].as_slice()), ("yes", ["A|"].as_slice())] {
        let filter = "<localdbfilter>F.CLASS&lt;&gt;HOME</localdbfilter>";
        let server = server("", &format!("{filter}<tryupdatedeleted>{option}</tryupdatedeleted>"));
        let mut peer = opened(&server, TONGUE, 200);
        let answer = send_changes(&mut peer, vec![add("1", &vcard("A", ""))]);
        confirm(&mut peer, &answer);
        server.sql("UPDATE contacts SET class = 'HOME'");
        peer.begin();
        peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
        let changed = vcard("A", "").replace("NOTE:", "NOTE:theirs");
        let answer = send_changes(&mut peer, vec![replace("1", &changed)]);
        assert!(answer.item_statuses()[0].starts_with("Replace 20"), "{:?}", answer.item_statuses());
        assert_eq!(server.rows("SELECT last_name, class FROM contacts ORDER BY id"), rows, "{option}");
    }
}

#[test]
fn a_device_that_is_full_gets_no_more() {
    let server = server("", "");
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.sync(200);
    phone.peer.max_message = 1_100;
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'A'), (1, 'B'), (1, 'C'), (1, 'D'), (1, 'E'), (1, 'F')");
    phone.refuses = vec![("Add", 420)];
    phone.sync(200);
    assert!(phone.heard.len() < 6, "{}", phone.heard.len());
    phone.refuses.clear();
    phone.sync(200);
    assert_same(phone.contacts(), server.contacts(), "when there is room again");
}

#[test]
fn changes_are_kept_to_ourselves_where_the_config_says_so() {
    let server = server("", "<reportupdates>no</reportupdates>");
    let mut phone = Phone::new(&server, "phone", TONGUE);
    for name in ["A", "B"] {
        phone.add(&vcard(name, ""));
    }
    phone.sync(200);
    server.sql("UPDATE contacts SET note = 'ours' WHERE last_name = 'B'");
    server.sql(
        "DELETE FROM contacts WHERE last_name = 'A'; INSERT INTO contacts (user, last_name) VALUES (1, 'C')",
    );
    phone.sync(200);
    let heard: Vec<&str> = phone.heard.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(heard, ["Delete", "Add"]);
}
