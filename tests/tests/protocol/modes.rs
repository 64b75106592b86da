//! Syncs in one direction, refreshes, and what is left where the anchors do not agree.

use syncloom_tests::peer::{Answer, Peer, Tongue, add, alert, delete, map, replace, status, sync, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{Alert, Anchor, Command, Data};

use crate::{confirm, in_every_tongue, maps, names, opened, send_changes};

/// A client that has synced One, Two and Three as 1, 2 and 3, with the anchor `a1`.
fn synced(server: &Server, tongue: Tongue) -> Peer {
    let mut peer = opened(server, tongue, 200);
    let three = ["One", "Two", "Three"];
    let adds = three.iter().enumerate().map(|(n, name)| add(&(n + 1).to_string(), &vcard(name, "")));
    let answer = send_changes(&mut peer, adds.collect());
    confirm(&mut peer, &answer);
    peer
}

/// Begins a session, and gives the status of the Alert, the server's own code, and its anchors.
fn begin(peer: &mut Peer, code: u16, last: &str, next: &str) -> (u16, u16, Anchor) {
    peer.begin();
    let answer = peer.send(vec![alert(code, "contacts", Some(last), next)], true);
    let status = answer.all_statuses().find(|status| status.cmd == "Alert").unwrap().code.unwrap();
    let own = answer.body.iter().find_map(|command| match command {
        Command::Alert(Alert { code, items, .. }) => Some((code.unwrap(), items[0].meta.anchor.clone())),
        _ => None,
    });
    let (own, anchor) = own.unwrap();
    (status, own, anchor.unwrap())
}

/// Answers what the server sends with 200, its Adds with 201 and a Map, and ends the session.
fn take(peer: &mut Peer, answer: &Answer, ids: &[(&str, &str)]) {
    let mut body: Vec<Command> = Vec::new();
    for command in answer.syncs().iter().flat_map(|sync| &sync.commands) {
        body.push(status(answer, command, if command.name() == "Add" { 201 } else { 200 }));
    }
    if !ids.is_empty() {
        body.push(map(ids));
    }
    assert!(peer.send(body, true).is_final);
}

fn sent(answer: &Answer) -> Vec<String> {
    answer.changes().into_iter().map(|(name, id, _)| format!("{name} {id}")).collect()
}

#[test]
fn a_refresh_from_the_client_leaves_what_the_client_has() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let before = server.rows("SELECT id, modified FROM contacts WHERE last_name = 'One'");
        let (status, own, _) = begin(&mut peer, 203, "a1", "a2");
        assert_eq!((status, own), (200, 203));
        // In two messages: as long as the client has not said everything, nothing is deleted.
        let answer = peer.send(vec![sync(vec![add("x", &vcard("One", ""))])], false);
        assert_eq!(answer.item_statuses(), ["Add 201 <x"]);
        assert_eq!(names(server), ["One", "Two", "Three", "Ours"]);
        let answer = send_changes(&mut peer, vec![add("y", &vcard("Four", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <y"]);
        assert_eq!(answer.names(), [""; 0], "there is nothing to be sent or confirmed");
        take(&mut peer, &answer, &[]);
        assert_eq!(names(server), ["One", "Four"]);
        assert_eq!(maps(server), ["One|x", "Four|y"]);
        let after = server.rows("SELECT id, modified FROM contacts WHERE last_name = 'One'");
        assert_eq!(before, after, "what is the same is not written");
        // Both sides are the same, and go on from there.
        let (status, own, _) = begin(&mut peer, 200, "a2", "a3");
        assert_eq!((status, own), (200, 200));
        let answer = send_changes(&mut peer, vec![]);
        assert_eq!(sent(&answer), [""; 0]);
    });
}

#[test]
fn a_refresh_from_the_client_that_breaks_off_deletes_nothing() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        begin(&mut peer, 203, "a1", "a2");
        peer.send(vec![sync(vec![add("x", &vcard("Four", ""))])], false);
        begin(&mut peer, 201, "a1", "a2");
        let answer = send_changes(&mut peer, vec![add("x", &vcard("Four", ""))]);
        assert_eq!(answer.changes().len(), 3, "{:?}", answer.changes());
        assert_eq!(names(server), ["One", "Two", "Three", "Four"]);
    });
}

#[test]
fn one_way_from_the_client_keeps_our_changes_for_the_next_sync() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        server.sql(
            "INSERT INTO contacts (user, last_name) VALUES (1, 'Ours');
             UPDATE contacts SET note = 'ours' WHERE last_name = 'Two';
             DELETE FROM contacts WHERE last_name = 'Three'",
        );
        let (status, own, anchor) = begin(&mut peer, 202, "a1", "a2");
        assert_eq!((status, own), (200, 202));
        let next = anchor.next;
        let answer = send_changes(
            &mut peer,
            vec![replace("1", &vcard("One", "theirs")), add("4", &vcard("Four", ""))],
        );
        assert_eq!(answer.item_statuses(), ["Replace 200 <1", "Add 201 <4"]);
        assert_eq!(answer.names(), [""; 0], "there is nothing to be sent or confirmed");
        take(&mut peer, &answer, &[]);
        // The next sync in both directions goes on from the anchors of this one, and sends what has waited.
        let (status, own, anchor) = begin(&mut peer, 200, "a2", "a3");
        assert_eq!((status, own, anchor.last), (200, 200, Some(next)));
        let answer = send_changes(&mut peer, vec![]);
        assert_eq!(sent(&answer), ["Delete 3", "Replace 2", "Add 4"]);
        take(&mut peer, &answer, &[("4", "5")]);
        begin(&mut peer, 200, "a3", "a4");
        let answer = send_changes(&mut peer, vec![]);
        assert_eq!(sent(&answer), [""; 0]);
        assert_eq!(names(server), ["One", "Two", "Ours", "Four"]);
    });
}

#[test]
fn one_way_from_the_server_takes_nothing() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        server.sql("UPDATE contacts SET note = 'ours' WHERE last_name = 'Two'");
        let (status, own, _) = begin(&mut peer, 204, "a1", "a2");
        assert_eq!((status, own), (200, 204));
        let answer = send_changes(&mut peer, vec![add("4", &vcard("Four", "")), delete("1")]);
        assert_eq!(answer.item_statuses(), ["Add 403 <4", "Delete 403 <1"]);
        assert_eq!(sent(&answer), ["Replace 2"]);
        take(&mut peer, &answer, &[]);
        assert_eq!(names(server), ["One", "Two", "Three"]);
        begin(&mut peer, 200, "a2", "a3");
        let answer = send_changes(&mut peer, vec![add("4", &vcard("Four", ""))]);
        assert_eq!((answer.item_statuses(), sent(&answer).len()), (vec!["Add 201 <4".to_owned()], 0));
    });
}

#[test]
fn a_refresh_from_the_server_sends_everything_as_new() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        let (status, own, _) = begin(&mut peer, 205, "a1", "a2");
        assert_eq!((status, own), (200, 205));
        let answer = send_changes(&mut peer, vec![]);
        assert_eq!(sent(&answer), ["Add 1", "Add 2", "Add 3"]);
        take(&mut peer, &answer, &[("1", "x"), ("2", "y"), ("3", "z")]);
        assert_eq!(maps(server), ["One|x", "Two|y", "Three|z"]);
        begin(&mut peer, 200, "a2", "a3");
        let answer = send_changes(&mut peer, vec![replace("y", &vcard("Two", "theirs"))]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <y"]);
        assert_eq!(sent(&answer), [""; 0]);
    });
}

#[test]
fn where_anchors_do_not_agree_one_direction_stays_one_direction() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        // The client has asked to add its changes, not to replace ours: nothing is deleted.
        let (status, own, _) = begin(&mut peer, 202, "wrong", "a2");
        assert_eq!((status, own), (508, 203));
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", "")), add("4", &vcard("Four", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 201 <4"]);
        assert_eq!(sent(&answer), [""; 0]);
        take(&mut peer, &answer, &[]);
        assert_eq!(names(server), ["One", "Two", "Three", "Ours", "Four"]);
        let (status, own, _) = begin(&mut peer, 204, "wrong", "a3");
        assert_eq!((status, own), (508, 205));
        assert_eq!(send_changes(&mut peer, vec![]).changes().len(), 5);
    });
}

#[test]
fn a_sync_that_the_server_is_said_to_have_asked_for() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        for (code, mismatch) in [(206, 201), (207, 203), (208, 208), (209, 205), (210, 210)] {
            let (status, own, _) = begin(&mut peer, code, "a1", "a2");
            assert_eq!((status, own), (200, code));
            let (status, own, _) = begin(&mut peer, code, "wrong", "a2");
            assert_eq!((status, own), (if mismatch == code { 200 } else { 508 }, mismatch), "{code}");
        }
        assert_eq!(server.rows("SELECT anchor FROM targets"), ["a1"]);
    });
    let text = "<requestedauth>md5</requestedauth>";
    let with = format!("{text}<acceptserveralerted>no</acceptserveralerted>");
    let server = Server::start_with(&[(text, &with)]);
    let mut peer = Peer::new(&server.url, "peer-1", Tongue::ALL[0]);
    let answer = peer.send(vec![alert(206, "contacts", None, "a1")], true);
    assert_eq!(answer.statuses(), ["Alert 406 >contacts <./addressbook"]);
}

#[test]
fn a_client_that_has_lost_its_anchors_may_say_so_late() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        peer.begin();
        let answer = peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
        let own = answer.body.iter().find(|command| command.name() == "Alert").unwrap();
        let Command::Status(mut refusal) = status(&answer, own, 508) else { panic!() };
        refusal.target_refs = vec!["./addressbook".to_owned()];
        refusal.source_refs = vec!["contacts".to_owned()];
        let items = vec![add("x", &vcard("One", "")), add("y", &vcard("Two", ""))];
        let answer = peer.send(vec![Command::Status(refusal), sync(items)], true);
        // It is a slow sync: what is there is found, and the rest is sent.
        assert_eq!(answer.item_statuses(), ["Add 201 <x", "Add 201 <y"]);
        assert_eq!(sent(&answer), ["Add 3"]);
        assert_eq!(names(server), ["One", "Two", "Three"]);
    });
}

#[test]
fn an_item_that_is_known_by_its_content_is_not_doubled() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        server.sql("INSERT INTO contacts (user, last_name, first_name, display_name) VALUES (1, 'Ours', 'Test', 'Test Ours')");
        begin(&mut peer, 200, "a1", "a2");
        let answer = send_changes(&mut peer, vec![]);
        assert_eq!(sent(&answer), ["Add 4"]);
        let Command::Add(ours) = &answer.syncs()[0].commands[0] else { panic!() };
        let text = ours.items[0].data.as_ref().and_then(Data::as_text).unwrap().to_owned();
        // The client has stored it, and is cut off before it can say so; to it, it is one of its own now.
        begin(&mut peer, 200, "a1", "a2");
        let answer = send_changes(&mut peer, vec![add("9", &text), add("10", &vcard("Ours", "another"))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <9", "Add 201 <10"]);
        assert_eq!(sent(&answer), [""; 0]);
        assert_eq!(names(server), ["One", "Two", "Three", "Ours", "Ours"]);
        assert_eq!(server.rows("SELECT local_id, remote_id FROM maps WHERE local_id > 3"), ["4|9", "5|10"]);
    });
}
