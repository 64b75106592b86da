//! What keeps sessions apart and together: versions, addresses, message numbers, repeated messages, malformed ones.

use syncloom_tests::peer::{Peer, Tongue, add, alert, sync, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_wire::{Encoding, Message, Version, encode};

use crate::{confirm, first_package, in_every_tongue, names, opened, send_changes};

#[test]
fn versions_that_are_not_offered_are_refused() {
    in_every_tongue(|server, tongue| {
        for (number, (ver_dtd, ver_proto, status)) in [
            ("1.3", "SyncML/1.3", 505),
            ("", "", 505),
            ("2.0", tongue.version.ver_proto(), 505),
            (tongue.version.ver_dtd(), "SyncML/1.3", 513),
            (tongue.version.ver_dtd(), "", 513),
        ]
        .into_iter()
        .enumerate()
        {
            let mut peer = Peer::new(&server.url, &format!("peer-{number}"), tongue);
            let mut message = peer.message(first_package(&peer, 200), true);
            message.header.ver_dtd = ver_dtd.to_owned();
            message.header.ver_proto = ver_proto.to_owned();
            let answer = peer.exchange(&message);
            assert_eq!(answer.status(), status, "{ver_dtd} {ver_proto}");
            let refused = ["Put", "Get", "Alert"].map(|name| format!("{name} {status}"));
            assert_eq!(answer.statuses(), refused, "{ver_dtd} {ver_proto}");
            assert!(answer.is_final && answer.header.resp_uri.is_none());
            // The client falls back to a version that is offered.
            peer.begin();
            assert_eq!(peer.send(first_package(&peer, 200), true).status(), 212);
        }
        assert_eq!(server.rows("SELECT count(*) FROM targets"), ["5"]);
    });
}

#[test]
fn the_oldest_version_is_answered_in_its_own_form() {
    for encoding in [Encoding::Xml, Encoding::Wbxml] {
        let server = syncloom_tests::server::Server::start();
        let mut peer = Peer::new(&server.url, "peer-1", Tongue { encoding, version: Version::V1_0 });
        peer.proof = syncloom_tests::peer::Proof::Basic;
        let answer = peer.send(first_package(&peer, 200), true);
        assert_eq!((answer.status(), answer.header.ver_dtd.as_str()), (212, "1.0"));
        assert_eq!(answer.header.meta.max_obj_size, None, "1.0 knows no large objects");
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
        assert_eq!(answer.syncs()[0].number_of_changes, None);
        confirm(&mut peer, &answer);
        assert_eq!(names(&server), ["One"]);
    }
}

#[test]
fn the_address_for_the_next_message_may_be_ignored() {
    in_every_tongue(|server, tongue| {
        for (device, follows) in [("follows", true), ("ignores", false)] {
            let mut phone = Phone::new(server, device, tongue);
            phone.peer.follows_resp_uri = follows;
            phone.add(&vcard(device, ""));
            phone.sync(200);
            phone.sync(200);
            assert!(!phone.slow, "{device}");
            assert_same(phone.contacts(), server.contacts(), device);
        }
    });
}

#[test]
fn the_address_holds_the_session_beside_what_was_in_it() {
    let server = syncloom_tests::server::Server::start();
    let mut peer = Peer::new(&server.url, "peer-1", Tongue::ALL[0]);
    peer.url = format!("{}any/path?a=b&sessionid=1234&c=d", server.url);
    let answer = peer.send(first_package(&peer, 200), true);
    let told = answer.header.resp_uri.clone().unwrap();
    let expected = format!("{}any/path?a=b&c=d&sessionid=", server.url);
    assert!(told.starts_with(&expected), "{told}");
    assert_eq!(told.len(), expected.len() + 32, "{told}");
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
}

#[test]
fn nobody_else_gets_into_a_session() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let mut thief = Peer::new(&server.url, "thief", tongue);
        thief.resp_uri = peer.resp_uri.clone();
        thief.message = 1;
        let message = thief.message(vec![sync(vec![add("1", &vcard("Stolen", ""))])], true);
        let (status, _, body) = thief.post(&encode(&message, tongue.encoding));
        assert_eq!((status, String::from_utf8_lossy(&body).trim()), (404, "no such session"));
        // Neither by session number without the address, as that is another device's.
        thief.resp_uri = None;
        thief.nonce = b"unknown".to_vec();
        let answer = thief.send(vec![sync(vec![add("1", &vcard("Stolen", ""))])], true);
        assert_eq!(answer.status(), 401, "a device that has not been here starts with the login");
        let answer = send_changes(&mut peer, vec![add("1", &vcard("Own", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
        assert_eq!(names(server), ["Own"]);
    });
}

#[test]
fn a_first_message_begins_a_session_anew() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
        // The client was switched off; it begins again, with the same session number.
        peer.session -= 1;
        peer.begin();
        let answer = peer.send(first_package(&peer, 200), true);
        assert_eq!(answer.status(), 212);
        assert!(server.line(" ended: ").contains("the peer began again"));
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
        assert!(answer.changes().is_empty(), "{answer:#?}");
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["One"]);
    });
}

#[test]
fn a_message_that_is_sent_again_gets_the_same_answer_and_changes_nothing() {
    in_every_tongue(|server, tongue| {
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let state = |server: &syncloom_tests::server::Server| {
            let mut state = server.rows("SELECT id, modified, last_name FROM contacts");
            state.extend(server.rows("SELECT * FROM maps"));
            state.extend(server.rows("SELECT * FROM targets"));
            state.extend(server.rows("SELECT * FROM devices"));
            state
        };
        let mut last = None;
        for part in 0..4 {
            let body = match part {
                0 => first_package(&peer, 200),
                1 => vec![sync(vec![add("1", &vcard("One", ""))])],
                2 => vec![sync(vec![add("2", &vcard("Two", ""))])],
                _ => vec![syncloom_tests::peer::map(&[("1", "3")])],
            };
            let message = peer.message(body, part != 1);
            let bytes = encode(&message, tongue.encoding);
            let address = peer.resp_uri.clone();
            let (_, _, first) = peer.post(&bytes);
            let before = state(server);
            for _ in 0..2 {
                let (status, _, again) = peer.post(&bytes);
                assert_eq!((status, &again), (200, &first), "message {part} of {tongue:?}");
            }
            assert_eq!(state(server), before, "message {part} of {tongue:?}");
            let decoded = syncloom_wire::decode(&first, tongue.encoding, &Default::default()).unwrap();
            peer.resp_uri = decoded.message.header.resp_uri.clone().or(address);
            last = Some(decoded.message);
        }
        let last: Message = last.unwrap();
        assert!(last.is_final);
        assert_eq!(names(server), ["Ours", "One", "Two"]);
        assert_eq!(crate::maps(server), ["One|1", "Two|2", "Ours|3"]);
        assert_eq!(server.rows("SELECT anchor FROM targets"), ["a1"], "the session is complete");
        // A message that was not sent before does not wake a session that is over.
        let message = peer.message(vec![], true);
        assert_eq!(peer.post(&encode(&message, tongue.encoding)).0, 404);
    });
}

#[test]
fn a_malformed_message_is_refused_whole_and_the_session_lives() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let message =
            peer.message(vec![sync(vec![add("1", &vcard("One", "")), add("2", &vcard("Two", ""))])], true);
        let bytes = encode(&message, tongue.encoding);
        // Cut between the two items: what came of the message is not acted on.
        let needle = b"Test Two";
        let cut = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
        let answer = peer.exchange_bytes(&bytes[..cut], "2");
        assert_eq!((answer.status(), answer.statuses()), (400, vec![]));
        assert!(!answer.is_final);
        assert_eq!(names(server), [""; 0]);
        assert!(server.line("malformed message").contains("byte"));
        // The client sends it again, whole.
        peer.message = 2;
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", "")), add("2", &vcard("Two", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 201 <2"]);
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["One", "Two"]);
    });
}

#[test]
fn the_answer_is_in_the_encoding_of_the_question() {
    let server = syncloom_tests::server::Server::start();
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    // Nobody changes the encoding within a session, but nothing forbids it.
    peer.tongue.encoding = Encoding::Wbxml;
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
}

#[test]
fn more_sessions_than_the_config_allows_are_told_to_come_later() {
    let text = "<configidstring>Syncloom quick start</configidstring>";
    let with = format!("{text}<maxconcurrentsessions>2</maxconcurrentsessions>");
    let server = syncloom_tests::server::Server::start_with(&[(text, &with)]);
    let mut first = opened(&server, Tongue::ALL[1], 200);
    let mut others: Vec<Peer> =
        (2..4).map(|number| Peer::new(&server.url, &format!("peer-{number}"), Tongue::ALL[0])).collect();
    let answer = others[0].send(vec![alert(200, "contacts", None, "a1")], true);
    assert_eq!(answer.status(), 212);
    let answer = others[1].send(vec![alert(200, "contacts", None, "a1")], true);
    assert_eq!((answer.status(), answer.statuses(), answer.is_final), (101, vec![], true));
    // Those that are there go on, and when one is through there is room.
    let answer = send_changes(&mut first, vec![add("1", &vcard("One", ""))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    confirm(&mut first, &answer);
    others[1].begin();
    assert_eq!(others[1].send(vec![alert(200, "contacts", None, "a1")], true).status(), 212);
}
