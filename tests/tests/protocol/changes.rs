//! What a client may send in a Sync, item by item: the status of each, and what is in the database afterwards.

use syncloom_tests::peer::{Peer, add, alert, change, delete, map, replace, sync, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{Change, Command, Data, Encoding, Exec, Group, Item, Location, Meta, Search, encode};

use crate::{confirm, in_every_tongue, maps, names, opened, send_changes};

/// A client that has synced the contacts One, Two and Three as 1, 2 and 3, and begins a two-way sync.
fn synced(server: &Server, tongue: syncloom_tests::peer::Tongue) -> Peer {
    let mut peer = opened(server, tongue, 200);
    let three = ["One", "Two", "Three"];
    let adds = three.iter().enumerate().map(|(n, name)| add(&(n + 1).to_string(), &vcard(name, "")));
    let answer = send_changes(&mut peer, adds.collect());
    confirm(&mut peer, &answer);
    peer.begin();
    let answer = peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
    assert_eq!(answer.alerts(), [(200, "./addressbook".to_owned())]);
    peer
}

fn with(change: Change, edit: impl Fn(&mut Change)) -> Change {
    let mut change = change;
    edit(&mut change);
    change
}

#[test]
fn every_kind_of_change() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        let new = |name: &str| change(name, Some(&vcard(name, "")));
        let commands = vec![
            ("a new item", add("4", &vcard("Four", "")), "Add 201 <4"),
            ("a changed item", replace("1", &vcard("One", "changed")), "Replace 200 <1"),
            ("an unknown item is new", replace("5", &vcard("Five", "")), "Replace 201 <5"),
            ("an Add of what is known is a change", add("2", &vcard("Two", "again")), "Add 208 <2"),
            ("a deleted item", delete("3"), "Delete 200 <3"),
            ("an item that is gone already", delete("3"), "Delete 200 <3"),
            ("an item that was never there", delete("99"), "Delete 200 <99"),
            ("what is no vCard", add("6", "hello"), "Add 415 <6"),
            ("a vCard without its end", add("7", "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Seven"), "Add 201 <7"),
            ("a vCard with a bad line", add("8", &vcard("Eight", "x\r\nno colon")), "Add 201 <8"),
            (
                "another type",
                Command::Add(with(new("9"), |c| c.meta.type_ = Some("text/calendar".into()))),
                "Add 415 <9",
            ),
            (
                "a type with parameters",
                Command::Add(with(new("Ten"), |c| c.meta.type_ = Some("Text/VCard; charset=utf-8".into()))),
                "Add 201 <Ten",
            ),
            ("no type", Command::Add(with(new("Eleven"), |c| c.meta.type_ = None)), "Add 201 <Eleven"),
            (
                "the type at the item",
                Command::Add(with(new("Twelve"), |c| {
                    c.items[0].meta.type_ = c.meta.type_.replace("text/calendar".into());
                })),
                "Add 201 <Twelve",
            ),
            ("no id", Command::Add(with(new("13"), |c| c.items[0].source = None)), "Add 400"),
            ("an empty id", add("", &vcard("14", "")), "Add 400 <"),
            (
                "an id in the target",
                Command::Replace(with(new("1"), |c| {
                    c.items[0].target = c.items[0].source.take();
                    c.items[0].data = Some(vcard("One", "in the target").into());
                })),
                "Replace 200 >1",
            ),
            ("no data", Command::Add(change("15", None)), "Add 400 <15"),
            ("no item", Command::Add(with(new("16"), |c| c.items.clear())), "Add 400"),
            (
                "base 64",
                Command::Add(with(new("17"), |c| {
                    use base64::Engine;
                    let text = base64::engine::general_purpose::STANDARD.encode(vcard("Seventeen", ""));
                    c.meta.format = Some("b64".into());
                    c.items[0].data = Some(format!("\r\n {}\r\n{}\r\n", &text[..20], &text[20..]).into());
                })),
                "Add 201 <17",
            ),
            (
                "base 64 that is none",
                Command::Add(with(new("18"), |c| c.meta.format = Some("b64".into()))),
                "Add 400 <18",
            ),
            (
                "a delete to the archive",
                Command::Delete(with(change("2", None), |c| c.archive = true)),
                "Delete 501 <2",
            ),
            (
                "a soft delete",
                Command::Delete(with(change("2", None), |c| c.soft_delete = true)),
                "Delete 200 <2",
            ),
            ("the last good one", add("Last", &vcard("Last", "")), "Add 201 <Last"),
        ];
        let expected: Vec<&str> = commands.iter().map(|(_, _, status)| *status).collect();
        let what: Vec<&str> = commands.iter().map(|(what, _, _)| *what).collect();
        let answer = send_changes(&mut peer, commands.into_iter().map(|(_, command, _)| command).collect());
        let statuses = answer.item_statuses();
        for (number, what) in what.iter().enumerate() {
            assert_eq!(statuses[number], expected[number], "{what}");
        }
        assert_eq!(statuses.len(), expected.len());
        confirm(&mut peer, &answer);
        assert_eq!(
            names(server),
            ["One", "Two", "Four", "Five", "Seven", "Eight", "Ten", "Eleven", "Twelve", "Seventeen", "Last"]
        );
        assert_eq!(
            maps(server),
            [
                "One|1",
                "Seventeen|17",
                "Four|4",
                "Five|5",
                "Seven|7",
                "Eight|8",
                "Eleven|Eleven",
                "Last|Last",
                "Ten|Ten",
                "Twelve|Twelve",
            ]
        );
        assert_eq!(
            server.rows("SELECT note FROM contacts WHERE last_name IN ('One', 'Two')"),
            ["in the target", "again"]
        );
        let lines = server.other_lines();
        for item in ["6", "9"] {
            let logged = lines.iter().filter(|line| line.contains(&format!("item {item}: "))).count();
            assert_eq!(logged, 1, "item {item} is logged with its id: {lines:#?}");
        }
    });
}

#[test]
fn an_add_that_is_repeated_is_not_doubled() {
    in_every_tongue(|server, tongue| {
        for code in [200, 201] {
            server.reset();
            let mut peer = opened(server, tongue, code);
            let answer = send_changes(
                &mut peer,
                vec![
                    add("1", &vcard("Same", "first")),
                    add("1", &vcard("Same", "second")),
                    add("2", &vcard("Other", "")),
                ],
            );
            let statuses = answer.item_statuses();
            assert!(statuses.iter().all(|status| status.starts_with("Add 20")), "{statuses:?}");
            confirm(&mut peer, &answer);
            assert_eq!(names(server), ["Same", "Other"]);
            assert_eq!(maps(server), ["Same|1", "Other|2"]);
            assert_eq!(server.rows("SELECT note FROM contacts WHERE id = 1"), ["second"]);
        }
    });
}

#[test]
fn a_command_with_several_items_gets_a_status_for_each() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        let mut adds = change("4", Some(&vcard("Four", "")));
        adds.items.push(change("5", Some("no vCard")).items.remove(0));
        adds.items.push(change("6", Some(&vcard("Six", ""))).items.remove(0));
        let mut deletes = change("1", None);
        deletes.items.push(change("99", None).items.remove(0));
        let answer = send_changes(&mut peer, vec![Command::Add(adds), Command::Delete(deletes)]);
        assert_eq!(
            answer.item_statuses(),
            ["Add 201 <4", "Add 415 <5", "Add 201 <6", "Delete 200 <1", "Delete 200 <99"]
        );
        assert_eq!(names(server), ["Two", "Three", "Four", "Six"]);
    });
}

#[test]
fn who_wants_no_status_gets_none() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let mut quiet = change("1", Some(&vcard("Quiet", "")));
        quiet.no_resp = true;
        let answer = send_changes(&mut peer, vec![Command::Add(quiet), add("2", &vcard("Loud", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <2"]);
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["Quiet", "Loud"]);

        // The header speaks for all commands of the message, and the header's own status stays.
        peer.begin();
        peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
        let mut message = peer.message(vec![sync(vec![delete("1")])], true);
        message.header.no_resp = true;
        let answer = peer.exchange(&message);
        assert_eq!((answer.status(), answer.statuses()), (200, vec![]));
        assert_eq!(names(server), ["Loud"]);
    });
}

#[test]
fn commands_that_are_not_carried_out_are_answered_and_the_rest_go_on() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        let item = || change("1", Some(&vcard("Inner", "")));
        let group = |command| Group { commands: vec![command], ..Group::default() };
        let in_sync = vec![
            add("4", &vcard("Four", "")),
            Command::Copy(item()),
            Command::Move(item()),
            Command::Atomic(group(add("5", &vcard("Atomic", "")))),
            Command::Sequence(group(add("6", &vcard("Sequence", "")))),
            add("7", &vcard("Seven", "")),
        ];
        let body = vec![
            Command::Exec(Exec { items: vec![Item::default()], ..Exec::default() }),
            Command::Search(Search { sources: vec![Location::new("contacts")], ..Search::default() }),
            Command::Copy(item()),
            add("8", &vcard("Outside", "")),
            Command::Atomic(group(add("9", &vcard("Outside", "")))),
            Command::Sequence(group(add("10", &vcard("Outside", "")))),
            sync(in_sync),
        ];
        // 1.1 knows no Move: it is written all the same, and answered all the same.
        let answer = peer.send(body, true);
        assert_eq!(
            answer.statuses(),
            [
                "Exec 406",
                "Search 406",
                "Copy 406",
                "Add 403",
                "Atomic 406",
                "Sequence 406",
                "Add 406",
                "Sync 200 >contacts <./addressbook",
                "Add 201 <4",
                "Copy 406",
                "Move 406",
                "Atomic 406",
                "Sequence 200",
                "Add 201 <6",
                "Add 201 <7",
            ]
        );
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["One", "Two", "Three", "Four", "Sequence", "Seven"]);
    });
}

#[test]
fn unknown_elements_and_missing_numbers() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let exec = Command::Exec(Exec { items: vec![Item::default()], ..Exec::default() });
        let mut nameless = change("1", Some(&vcard("Nameless", "")));
        nameless.cmd_id = "-".to_owned();
        let message =
            peer.message(vec![exec, sync(vec![Command::Add(nameless), add("2", &vcard("Two", ""))])], true);
        let bytes = encode(&message, tongue.encoding);
        let bytes = match tongue.encoding {
            Encoding::Xml => {
                let text = String::from_utf8(bytes).unwrap();
                text.replace("<Exec>", "<Frobnicate>").replace("</Exec>", "</Frobnicate>").into_bytes()
            }
            // The token of Exec with content, and one that no version of SyncML has.
            Encoding::Wbxml => {
                let exec = bytes.iter().position(|byte| *byte == 0x51).unwrap();
                let mut bytes = bytes;
                bytes[exec] = 0x7e;
                bytes
            }
        };
        let answer = peer.exchange_bytes(&bytes, "2");
        let statuses = answer.statuses();
        let unknown = match tongue.encoding {
            Encoding::Xml => "Frobnicate 501",
            Encoding::Wbxml => "page 0 token 0x3E 501",
        };
        assert_eq!(statuses[0], unknown);
        assert_eq!(statuses[1..], ["Sync 200 >contacts <./addressbook", "Add 201 <1", "Add 201 <2"]);
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["Nameless", "Two"]);
    });
}

#[test]
fn syncs_that_cannot_be_followed() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let to = |target: Option<&str>| {
            let Command::Sync(mut sync) = sync(vec![add("1", &vcard("Nowhere", ""))]) else { panic!() };
            sync.target = target.map(Location::new);
            Command::Sync(sync)
        };
        let body = vec![to(Some("nosuch")), to(None), to(Some("")), sync(vec![add("2", &vcard("Here", ""))])];
        let answer = peer.send(body, true);
        assert_eq!(
            answer.statuses(),
            [
                "Sync 404 >nosuch <./addressbook",
                "Add 404 <1",
                "Sync 400 <./addressbook",
                "Add 400 <1",
                "Sync 404 > <./addressbook",
                "Add 404 <1",
                "Sync 200 >contacts <./addressbook",
                "Add 201 <2",
            ]
        );
        assert_eq!(names(server), ["Here"]);
        // Our turn has come: the client's package is over.
        let answer = peer.send(vec![sync(vec![add("3", &vcard("Late", ""))])], true);
        assert_eq!(answer.statuses(), ["Sync 403 >contacts <./addressbook", "Add 403 <3"]);
        assert_eq!(names(server), ["Here"]);
    });
}

#[test]
fn a_package_of_several_messages_is_answered_when_it_is_over() {
    in_every_tongue(|server, tongue| {
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let mut peer = opened(server, tongue, 201);
        for (id, name) in [("1", "One"), ("2", "Two"), ("3", "Three")] {
            let answer = peer.send(vec![sync(vec![add(id, &vcard(name, ""))])], false);
            assert_eq!(answer.item_statuses(), [format!("Add 201 <{id}")]);
            assert!(!answer.is_final && answer.names().is_empty(), "{answer:#?}");
        }
        let answer = peer.send(vec![sync(vec![])], true);
        assert!(answer.is_final);
        assert_eq!(answer.changes().len(), 1);
        assert_eq!(names(server), ["Ours", "One", "Two", "Three"]);
    });
}

#[test]
fn nothing_is_deleted_in_a_slow_sync() {
    in_every_tongue(|server, tongue| {
        let mut peer = synced(server, tongue);
        peer.begin();
        peer.send(vec![alert(201, "contacts", None, "a2")], true);
        let answer = send_changes(&mut peer, vec![delete("1"), add("2", &vcard("Two", ""))]);
        assert_eq!(answer.item_statuses(), ["Delete 403 <1", "Add 201 <2"]);
        assert_eq!(names(server), ["One", "Two", "Three"]);
    });
}

#[test]
fn maps_of_items_that_are_there_and_of_others() {
    in_every_tongue(|server, tongue| {
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Uno'), (1, 'Due'), (1, 'Tre')");
        let mut peer = opened(server, tongue, 200);
        let answer = send_changes(&mut peer, vec![]);
        assert_eq!(answer.changes().len(), 3);
        let told: Vec<Command> = answer.syncs()[0]
            .commands
            .iter()
            .map(|c| syncloom_tests::peer::status(&answer, c, 201))
            .collect();
        // One that the server has, one that it has not.
        let answer = peer.send(vec![map(&[("1", "one")]), map(&[("77", "x")]), map(&[("2", "two")])], false);
        let refs = ">contacts <./addressbook";
        assert_eq!(
            answer.statuses(),
            [format!("Map 200 {refs}"), format!("Map 200 {refs}"), format!("Map 200 {refs}")]
        );
        peer.send(told, true);
        assert_eq!(maps(server), ["Uno|one", "Due|two", "none|x"]);
        // The map of the third comes late, in the first package of the next session, before its Sync.
        peer.begin();
        let answer = peer
            .send(vec![alert(200, "contacts", Some("a1"), "a2"), map(&[("3", "three"), ("1", "uno")])], true);
        assert_eq!(answer.statuses()[1], format!("Map 200 {refs}"));
        let answer = send_changes(&mut peer, vec![replace("three", &vcard("Tre", "changed"))]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <three"]);
        // What the server does not have is gone, for all it knows, and so it is to go from the client too.
        assert_eq!(answer.changes(), [("Delete".to_owned(), "x".to_owned(), String::new())]);
        confirm(&mut peer, &answer);
        assert_eq!(maps(server), ["Tre|three", "Due|two", "Uno|uno"]);
        assert_eq!(names(server), ["Uno", "Due", "Tre"]);
    });
}

#[test]
fn octets_are_taken_where_wbxml_can_carry_them() {
    let server = Server::start();
    let tongue = syncloom_tests::peer::Tongue::ALL[1];
    let mut peer = opened(&server, tongue, 200);
    let mut latin = change("1", None);
    let text =
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1:M\xfcller;J\xf6rg\r\nEND:VCARD\r\n".to_vec();
    latin.meta = Meta { type_: Some("text/x-vcard".into()), ..Meta::default() };
    latin.items[0].data = Some(Data::Bytes(text));
    let answer = send_changes(&mut peer, vec![Command::Add(latin)]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    assert_eq!(server.rows("SELECT last_name, first_name FROM contacts"), ["Müller|Jörg"]);
}

#[test]
fn a_delete_of_what_is_gone_may_be_told() {
    let server = Server::start_with(&[(
        "<sessiontimeout>300</sessiontimeout>",
        "<sessiontimeout>300</sessiontimeout><deletinggoneok>no</deletinggoneok>",
    )]);
    let mut peer = opened(&server, syncloom_tests::peer::Tongue::ALL[0], 200);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    peer.begin();
    peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
    assert_eq!(send_changes(&mut peer, vec![delete("99")]).item_statuses(), ["Delete 211 <99"]);
}

#[test]
fn a_map_that_comes_late_doubles_nothing_in_a_slow_sync() {
    in_every_tongue(|server, tongue| {
        server.sql("INSERT INTO contacts (user, last_name, first_name) VALUES (1, 'Ours', 'Test')");
        let mut peer = opened(server, tongue, 200);
        let answer = send_changes(&mut peer, vec![]);
        assert_eq!(answer.changes().len(), 1);
        // The Map did not get through; it comes along with an Alert whose anchor is refused.
        peer.begin();
        let answer = peer.send(vec![alert(200, "contacts", Some("a1"), "a2"), map(&[("1", "x")])], true);
        assert_eq!(answer.alerts(), [(201, "./addressbook".to_owned())]);
        assert_eq!(answer.statuses()[1], "Map 200 >contacts <./addressbook");
        let answer = send_changes(&mut peer, vec![add("x", &vcard("Ours", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <x"]);
        assert!(answer.changes().iter().all(|(name, _, _)| name != "Add"), "{:?}", answer.changes());
        confirm(&mut peer, &answer);
        assert_eq!((names(server), maps(server)), (vec!["Ours".to_owned()], vec!["Ours|x".to_owned()]));
    });
}
