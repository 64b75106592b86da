//! The first package: Alerts, anchors, and the names of datastores.

use syncloom_tests::peer::{Peer, Tongue, add, alert, bare_alert, sync, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{Alert, Command, Item, Location};

use crate::{confirm, first_package, in_every_tongue, names, opened, send_changes};

/// Syncs once with the anchor `a1`.
fn synced(server: &Server, tongue: Tongue) -> Peer {
    let mut peer = opened(server, tongue, 200);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    peer.begin();
    peer
}

#[test]
fn anchors_decide_between_two_way_and_slow() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        // Code, last anchor; status of the Alert, the server's own code.
        for (code, last, status, own) in [
            (200, Some("a1"), 200, 200),
            (200, Some("A1"), 508, 201),
            (200, Some("wrong"), 508, 201),
            (200, Some(""), 508, 201),
            (200, None, 508, 201),
            (201, Some("a1"), 200, 201),
            (201, None, 200, 201),
            (206, Some("a1"), 200, 206),
            (206, Some("wrong"), 508, 201),
            (225, Some("a1"), 509, 200),
            (225, Some("wrong"), 508, 201),
        ] {
            peer.begin();
            if code == 225 && tongue.version < syncloom_wire::Version::V1_2 {
                let answer = peer.send(vec![alert(code, "contacts", last, "a2")], true);
                assert_eq!(answer.statuses(), ["Alert 406 >contacts <./addressbook"], "{tongue:?}");
                continue;
            }
            let answer = peer.send(vec![alert(code, "contacts", last, "a2")], true);
            let about = format!("{tongue:?}: alert {code} with {last:?}");
            assert_eq!(answer.alerts(), [(own, "./addressbook".to_owned())], "{about}");
            let text = format!("Alert {status} >contacts <./addressbook");
            assert!(answer.statuses().contains(&text), "{about}: {:?}", answer.statuses());
            let status = answer.all_statuses().find(|status| status.cmd == "Alert").unwrap();
            let syncloom_wire::Data::Anchor(echo) = status.items[0].data.clone().unwrap() else {
                panic!("{about}")
            };
            assert_eq!((echo.last, echo.next.as_str()), (None, "a2"), "{about}");
        }
        // A session that is only begun moves no anchor.
        assert_eq!(server.rows("SELECT anchor FROM targets"), ["a1"]);
    });
}

#[test]
fn the_servers_anchors_follow_each_other() {
    let server = Server::start();
    let mut peer = Peer::new(&server.url, "peer-1", Tongue::ALL[0]);
    let mut last = None;
    let mut next = "a0".to_owned();
    let mut own = None;
    for number in 1..4 {
        peer.begin();
        let answer = peer.send(vec![alert(200, "contacts", last.as_deref(), &format!("a{number}"))], true);
        let Some(Command::Alert(theirs)) = answer.body.iter().find(|c| c.name() == "Alert") else {
            panic!("{answer:#?}")
        };
        let anchor = theirs.items[0].meta.anchor.clone().unwrap();
        assert_eq!(anchor.last, own);
        assert_ne!(anchor.next, next);
        let answer = send_changes(&mut peer, vec![]);
        confirm(&mut peer, &answer);
        own = Some(anchor.next.clone());
        next = anchor.next;
        last = Some(format!("a{number}"));
    }
}

#[test]
fn a_datastore_has_several_spellings() {
    in_every_tongue(|server, tongue| {
        for (number, name) in
            ["contacts", "./contacts", "/contacts", "contacts/", "./Contacts", "CONTACTS", "./contacts?x=1"]
                .into_iter()
                .enumerate()
        {
            let mut peer = Peer::new(&server.url, &format!("peer-{number}"), tongue);
            let answer = peer.send(vec![alert(201, name, None, "a1")], true);
            assert!(answer.statuses().contains(&format!("Alert 200 >{name} <./addressbook")), "{name}");
            let Command::Sync(mut sync) = sync(vec![add("1", &vcard("Same", ""))]) else { panic!() };
            sync.target = Some(Location::new(name));
            let answer = peer.send(vec![Command::Sync(sync)], true);
            assert!(answer.statuses().contains(&format!("Sync 200 >{name} <./addressbook")), "{name}");
            assert_eq!(answer.syncs()[0].source.as_ref().unwrap().uri, name, "the server repeats the name");
            confirm(&mut peer, &answer);
        }
        assert_eq!(names(server), ["Same"]);
    });
}

#[test]
fn alerts_that_cannot_be_followed() {
    in_every_tongue(|server, tongue| {
        let nameless = |target: Option<&str>| {
            let item = Item { target: target.map(Location::new), ..Item::default() };
            Command::Alert(Alert { code: Some(200), items: vec![item], ..Alert::default() })
        };
        // What is sent beside an Alert that can be followed, and its status.
        for (number, (what, command, status)) in [
            ("an unknown datastore", alert(200, "nosuch", None, "a1"), "Alert 404 >nosuch <./addressbook"),
            ("a longer name", alert(200, "contacts2", None, "a1"), "Alert 404 >contacts2 <./addressbook"),
            ("no name", alert(200, "", None, "a1"), "Alert 404 > <./addressbook"),
            (
                "the same datastore again",
                alert(200, "./contacts", None, "a1"),
                "Alert 403 >./contacts <./addressbook",
            ),
            (
                "a mode that is not offered",
                alert(211, "contacts", None, "a1"),
                "Alert 406 >contacts <./addressbook",
            ),
            ("an unknown code", bare_alert(299), "Alert 406"),
            ("no code", Command::Alert(Alert::default()), "Alert 400"),
            ("no item", bare_alert(200), "Alert 400"),
            ("an item without anything", nameless(None), "Alert 404"),
            ("a text to show", bare_alert(100), "Alert 200"),
            ("a request for the next message", bare_alert(222), "Alert 200"),
        ]
        .into_iter()
        .enumerate()
        {
            let mut peer = Peer::new(&server.url, &format!("peer-{number}"), tongue);
            let mut body = first_package(&peer, 201);
            body.push(command);
            let answer = peer.send(body, true);
            assert_eq!(answer.statuses()[3], status, "{what}");
            assert_eq!(answer.statuses()[2], "Alert 200 >contacts <./addressbook", "{what}");
            assert_eq!(answer.alerts(), [(201, "./addressbook".to_owned())], "{what}");
            // The other datastore goes on.
            let answer = send_changes(&mut peer, vec![add("1", &vcard("Same", ""))]);
            assert_eq!(answer.item_statuses(), ["Add 201 <1"], "{what}");
            confirm(&mut peer, &answer);
        }
        assert_eq!(names(server), ["Same"]);
    });
}

#[test]
fn a_client_without_any_datastore_is_told_so_and_the_session_ends() {
    in_every_tongue(|server, tongue| {
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let answer = peer.send(vec![alert(200, "nosuch", None, "a1")], true);
        assert_eq!(answer.status(), 212);
        assert_eq!(answer.statuses(), ["Alert 404 >nosuch <./addressbook"]);
        assert!(answer.is_final && answer.names().is_empty());
        assert!(server.line(" ended: ").contains("no datastore to sync"));
    });
}

#[test]
fn an_alert_is_for_the_first_package() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let answer = peer.send(vec![alert(200, "contacts", None, "a1"), sync(vec![])], true);
        assert_eq!(answer.statuses()[0], "Alert 403 >contacts <./addressbook");
        assert_eq!(answer.statuses()[1], "Sync 200 >contacts <./addressbook");
        confirm(&mut peer, &answer);
        assert_eq!(server.rows("SELECT anchor FROM targets"), ["a1"]);
    });
}

#[test]
fn missing_anchors_lead_to_a_slow_sync_every_time() {
    in_every_tongue(|server, tongue| {
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        for _ in 0..2 {
            peer.begin();
            let Command::Alert(mut without) = alert(200, "contacts", None, "") else { panic!() };
            without.items[0].meta.anchor = None;
            let answer = peer.send(vec![Command::Alert(without)], true);
            assert_eq!(answer.alerts(), [(201, "./addressbook".to_owned())]);
            let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
            assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
            confirm(&mut peer, &answer);
        }
        assert_eq!(names(server), ["One"]);
    });
}

#[test]
fn the_first_package_may_take_several_messages() {
    in_every_tongue(|server, tongue| {
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let mut package = first_package(&peer, 201);
        let last = package.pop().unwrap();
        let answer = peer.send(package, false);
        assert!(!answer.is_final);
        assert_eq!(answer.alerts(), []);
        let answer = peer.send(vec![last], true);
        assert_eq!(answer.alerts(), [(201, "./addressbook".to_owned())]);
        assert!(answer.is_final);
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["One"]);
    });
}

#[test]
fn changes_may_come_along_with_the_alert() {
    in_every_tongue(|server, tongue| {
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let mut body = first_package(&peer, 201);
        body.push(sync(vec![add("1", &vcard("One", "")), add("2", &vcard("Two", ""))]));
        let answer = peer.send(body, true);
        assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 201 <2"]);
        assert_eq!(answer.names(), ["Results", "Alert", "Sync"]);
        assert_eq!(answer.changes().len(), 1);
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["Ours", "One", "Two"]);
        assert_eq!(server.rows("SELECT anchor FROM targets"), ["a1"]);
    });
}
