//! Large objects in pieces, both ways, and messages that stay within what the client takes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use syncloom_tests::contact::Contact;
use syncloom_tests::peer::{Answer, Peer, Tongue, add, change, delete, replace, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_wire::{Command, Data};

use crate::{confirm, in_every_tongue, names, opened, send_changes};

/// A piece of an item: of its text, with the size of the whole in the first one.
fn piece(id: &str, text: &str, size: Option<usize>, more: bool) -> Command {
    let mut change = change(id, Some(text));
    change.items[0].meta.size = size.map(|size| size as u64);
    change.items[0].more_data = more;
    Command::Add(change)
}

/// Sends one command as a message that does not end the package.
fn one(peer: &mut Peer, command: Command) -> Answer {
    peer.send(vec![syncloom_tests::peer::sync(vec![command])], false)
}

#[test]
fn an_item_in_pieces() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let text = vcard("Large", &"ä€ ".repeat(100));
        let (first, rest) = text.split_at(40);
        let (second, third) = rest.split_at(rest.char_indices().nth(100).unwrap().0);
        assert_eq!(one(&mut peer, piece("1", first, Some(text.len()), true)).item_statuses(), ["Add 213 <1"]);
        assert_eq!(one(&mut peer, piece("1", second, None, true)).item_statuses(), ["Add 213 <1"]);
        assert_eq!(names(server), [""; 0]);
        assert_eq!(one(&mut peer, piece("1", third, None, false)).item_statuses(), ["Add 201 <1"]);
        let answer = send_changes(&mut peer, vec![add("2", &vcard("Small", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <2"]);
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["Large", "Small"]);
        assert_same(
            server.contacts(),
            vec![Contact::from_vcard(&text), Contact::from_vcard(&vcard("Small", ""))],
            "",
        );
    });
}

#[test]
fn pieces_that_do_not_make_a_whole() {
    in_every_tongue(|server, tongue| {
        let text = vcard("Large", "x");
        let (first, second) = text.split_at(40);
        let mut peer = opened(server, tongue, 200);
        // The size is not the announced one.
        assert_eq!(
            one(&mut peer, piece("1", first, Some(text.len() + 1), true)).item_statuses(),
            ["Add 213 <1"]
        );
        assert_eq!(one(&mut peer, piece("1", second, None, false)).item_statuses(), ["Add 424 <1"]);
        // A piece without data, and then the rest.
        assert_eq!(one(&mut peer, piece("2", first, Some(text.len()), true)).item_statuses(), ["Add 213 <2"]);
        let mut empty = change("2", None);
        empty.items[0].more_data = true;
        assert_eq!(one(&mut peer, Command::Add(empty)).item_statuses(), ["Add 412 <2"]);
        assert_eq!(one(&mut peer, piece("2", second, None, false)).item_statuses(), ["Add 201 <2"]);
        // The same item from its beginning again without a word: the pieces make no whole, and nothing is stored
        // before they do.
        assert_eq!(one(&mut peer, piece("3", first, Some(text.len()), true)).item_statuses(), ["Add 213 <3"]);
        assert_eq!(one(&mut peer, piece("3", first, Some(text.len()), true)).item_statuses(), ["Add 213 <3"]);
        assert_eq!(one(&mut peer, piece("3", second, None, false)).item_statuses(), ["Add 424 <3"]);
        assert_eq!(one(&mut peer, piece("3", first, Some(text.len()), true)).item_statuses(), ["Add 213 <3"]);
        assert_eq!(one(&mut peer, piece("3", second, None, false)).item_statuses(), ["Add 201 <3"]);
        assert_eq!(names(server), ["Large", "Large"]);
    });
}

#[test]
fn an_item_that_is_not_sent_to_its_end_is_asked_about() {
    in_every_tongue(|server, tongue| {
        let text = vcard("Large", "x");
        let half = &text[..40];
        let mut peer = opened(server, tongue, 200);
        // What comes instead of the rest: another item, a delete, the end of the package.
        for (id, instead, status) in
            [("1", add("11", &vcard("Other", "")), "Add 201 <11"), ("2", delete("11"), "Delete 403 <11")]
        {
            one(&mut peer, piece(id, half, Some(text.len()), true));
            let answer = one(&mut peer, instead);
            assert_eq!(answer.item_statuses(), [status]);
            assert_eq!(answer.alerts().iter().map(|alert| alert.0).collect::<Vec<_>>(), [223], "{answer:#?}");
            let Some(Command::Alert(alert)) = answer.body.iter().find(|c| c.name() == "Alert") else {
                panic!()
            };
            assert_eq!(alert.items[0].source.as_ref().unwrap().uri, id);
        }
        let answer =
            peer.send(vec![syncloom_tests::peer::sync(vec![piece("3", half, Some(text.len()), true)])], true);
        assert_eq!(answer.item_statuses(), ["Add 213 <3"]);
        assert_eq!(answer.alerts().iter().map(|alert| alert.0).collect::<Vec<_>>(), [223], "{answer:#?}");
        assert_eq!(names(server), ["Other"]);
        let lines = server.other_lines().join("\n");
        for id in ["1", "2", "3"] {
            assert!(lines.contains(&format!("item {id} was not sent to its end")), "{lines}");
        }
    });
}

#[test]
fn an_item_that_is_too_large_is_refused_to_its_last_piece() {
    let server = Server::start_with(&[(
        "<configidstring>Syncloom quick start</configidstring>",
        "<configidstring>Syncloom quick start</configidstring><maxobjsize>2000</maxobjsize>",
    )]);
    for tongue in Tongue::ALL {
        let mut peer = opened(&server, tongue, 200);
        let text = vcard("Large", &"x".repeat(3000));
        // Announced or not.
        for (id, size, statuses) in
            [("1", Some(text.len()), [416, 416, 416, 416]), ("2", None, [213, 213, 413, 413])]
        {
            for (number, start) in (0..4).zip((0..).step_by(900)) {
                let end = if number == 3 { text.len() } else { start + 900 };
                let size = size.filter(|_| number == 0);
                let answer = one(&mut peer, piece(id, &text[start..end], size, number < 3));
                assert_eq!(
                    answer.item_statuses(),
                    [format!("Add {} <{id}", statuses[number])],
                    "piece {number}"
                );
            }
        }
        // A last piece that could stand by itself is no item either.
        one(&mut peer, piece("3", &"x".repeat(2100), None, true));
        let answer = one(&mut peer, piece("3", &vcard("Tail", ""), None, false));
        assert_eq!(answer.item_statuses(), ["Add 413 <3"]);
        let answer = one(&mut peer, add("4", &vcard("Small", "")));
        assert_eq!(answer.item_statuses(), ["Add 201 <4"]);
        assert_eq!(names(&server), ["Small"]);
        server.reset();
    }
}

#[test]
fn a_large_item_goes_to_the_client_in_pieces() {
    in_every_tongue(|server, tongue| {
        let photo: Vec<u8> = (0..30_000u32).map(|n| (n * 7 + n / 251) as u8).collect();
        let database = server.database();
        let note = "Grüße <&> ]]> 山田 😀\n".repeat(300);
        database
            .execute(
                "INSERT INTO contacts (user, last_name, photo, note) VALUES (1, 'Large', ?1, ?2)",
                (&photo, &note),
            )
            .unwrap();
        for number in 0..20 {
            database
                .execute("INSERT INTO contacts (user, last_name) VALUES (1, ?1)", [number.to_string()])
                .unwrap();
        }
        drop(database);
        for limit in [2_000, 5_000, 20_000] {
            let mut phone = Phone::new(server, &format!("phone-{limit}"), tongue);
            phone.peer.max_message = limit;
            phone.sync(200);
            assert_same(
                phone.contacts(),
                server.contacts(),
                &format!("{limit} bytes a message in {tongue:?}"),
            );
            assert_eq!(maps(server, limit), 21, "{limit}");
            // The photo is the very same, byte for byte.
            let text = &phone.items[&phone.id_of("Large")];
            let unfolded = text.replace("\r\n ", "");
            assert!(unfolded.contains(&STANDARD.encode(&photo)));
            // And back, in pieces as well, without a change.
            let id = phone.id_of("Large");
            let text = text.clone();
            assert_eq!(
                upload(&mut phone.peer.clone(), &id, &text, limit as usize / 2),
                format!("Replace 200 <{id}")
            );
            assert_same(
                phone.contacts(),
                server.contacts(),
                &format!("back, {limit} bytes a message in {tongue:?}"),
            );
        }
    });
}

fn maps(server: &Server, limit: u64) -> usize {
    server
        .rows(&format!(
            "SELECT 1 FROM maps JOIN targets ON targets.id = target JOIN devices ON devices.id = device \
             WHERE device_id = 'phone-{limit}'"
        ))
        .len()
}

/// Sends a Replace in pieces in a two-way session of its own, and gives the last status.
fn upload(peer: &mut Peer, id: &str, text: &str, size: usize) -> String {
    peer.begin();
    let last = format!("anchor-{}", peer.session - 1);
    let answer = peer.send(vec![syncloom_tests::peer::alert(200, "contacts", Some(&last), &last)], true);
    assert_eq!(answer.alerts(), [(200, "./addressbook".to_owned())]);
    let mut rest = text;
    loop {
        let end =
            (size..).find(|end| rest.is_char_boundary(*end) || *end >= rest.len()).unwrap().min(rest.len());
        let (now, later) = rest.split_at(end);
        let Command::Replace(mut change) = replace(id, now) else { panic!() };
        change.items[0].meta.size = (rest.len() == text.len()).then_some(text.len() as u64);
        change.items[0].more_data = !later.is_empty();
        let is_final = later.is_empty();
        let answer = peer.send(vec![syncloom_tests::peer::sync(vec![Command::Replace(change)])], is_final);
        let statuses = answer.item_statuses();
        assert_eq!(statuses.len(), 1);
        if is_final {
            confirm(peer, &answer);
            return statuses[0].clone();
        }
        assert_eq!(statuses[0], format!("Replace 213 <{id}"));
        rest = later;
    }
}

#[test]
fn an_item_larger_than_the_client_takes_is_left_out() {
    in_every_tongue(|server, tongue| {
        server.sql(
            "INSERT INTO contacts (user, last_name, photo) VALUES (1, 'Large', zeroblob(5000)), (1, 'Small', NULL)",
        );
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let mut body = crate::first_package(&peer, 201);
        if let Some(Command::Alert(alert)) = body.last_mut() {
            alert.items[0].meta.max_obj_size = Some(3000);
        }
        peer.send(body, true);
        let answer = send_changes(&mut peer, vec![]);
        let changes = answer.changes();
        assert_eq!(changes.len(), 1);
        assert!(changes[0].2.contains("Small"));
        assert!(server.line("more than the peer takes").contains("item 1"));
        confirm(&mut peer, &answer);
    });
}

#[test]
fn a_change_that_was_too_large_for_the_client_is_told_when_it_is_not() {
    let server = Server::start();
    let phone = &mut Phone::new(&server, "phone", Tongue::ALL[1]);
    phone.add(&vcard("A", ""));
    phone.sync(200);
    let heard = |phone: &mut Phone, most: u64| {
        phone.peer.max_object = most;
        phone.sync(200);
        phone.heard.len()
    };
    server.sql("UPDATE contacts SET photo = zeroblob(5000)");
    assert_eq!(heard(phone, 3_000), 0);
    assert_eq!(heard(phone, 3_000), 0);
    assert_eq!(heard(phone, 10_000), 1);
    assert_eq!(heard(phone, 10_000), 0);
    assert_same(phone.contacts(), server.contacts(), "when it has room");
    // What it says of the contact in between does not do away with what it has never heard.
    server.sql("UPDATE contacts SET note = 'ours', photo = zeroblob(6000)");
    assert_eq!(heard(phone, 3_000), 0);
    phone.edit("A", &vcard("A", "theirs"));
    assert_eq!(heard(phone, 3_000), 0);
    assert_eq!(server.rows("SELECT length(photo) FROM contacts WHERE note = 'ours'"), ["6000"]);
    assert_eq!(server.rows("SELECT 1 FROM contacts WHERE note = 'theirs'"), ["1"]);
    heard(phone, 10_000);
    assert_eq!(heard(phone, 10_000), 0);
    assert_same(phone.contacts(), server.contacts(), "in the end");
}

#[test]
fn pieces_of_octets_may_be_cut_inside_a_character() {
    let server = Server::start();
    let mut peer = opened(&server, Tongue::ALL[1], 200);
    let text = vcard("Müller", "");
    let cut = text.find('ü').unwrap() + 1;
    let piece = |bytes: &[u8], more: bool| {
        let mut change = change("1", None);
        change.items[0].data = Some(Data::Bytes(bytes.to_vec()));
        change.items[0].more_data = more;
        Command::Add(change)
    };
    assert_eq!(one(&mut peer, piece(&text.as_bytes()[..cut], true)).item_statuses(), ["Add 213 <1"]);
    assert_eq!(one(&mut peer, piece(&text.as_bytes()[cut..], false)).item_statuses(), ["Add 201 <1"]);
    assert_eq!(names(&server), ["Müller"]);
}
