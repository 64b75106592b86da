//! Superdatastores (manual 11.35): one datastore to the peer, parts of their own behind it.

use std::fs;

use syncloom_tests::parts;
use syncloom_tests::peer::{
    Answer, Peer, Tongue, add, alert, delete, devinf, get, map, put, replace, status, sync, vcard,
};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::{Server, workspace};
use syncloom_wire::{Command, CtCap, CtProperty};

use crate::{confirm, opened, send_changes};

const TONGUE: Tongue = Tongue::ALL[1];

/// Which contact is in which part.
fn held(server: &Server) -> Vec<String> {
    server.rows("SELECT part, last_name FROM contacts ORDER BY part, last_name")
}

/// Which contact is which of the client's, and of which part that is known.
fn maps(server: &Server) -> Vec<String> {
    server.rows(
        "SELECT targets.datastore, last_name, remote_id FROM maps JOIN targets ON targets.id = target
         LEFT JOIN contacts ON contacts.id = local_id WHERE remote_id <> '' ORDER BY 3",
    )
}

/// The statuses of an answer, without what they are about.
fn codes(answer: &Answer) -> Vec<String> {
    let code = |status: String| status.split(' ').take(2).collect::<Vec<_>>().join(" ");
    answer.statuses().into_iter().map(code).collect()
}

/// A server with a part's contacts written by another hand.
fn insert(server: &Server, part: &str, name: &str, note: &str) {
    server.sql(&format!(
        "INSERT INTO contacts (user, part, last_name, first_name, display_name, note)
         VALUES (1, '{part}', '{name}', 'Test', 'Test {name}', '{note}')"
    ));
}

/// Ends the session that begins with this Alert, and gives the answer to it.
fn whole_session(
    peer: &mut Peer,
    code: u16,
    last: Option<&str>,
    next: &str,
    changes: Vec<Command>,
) -> Vec<String> {
    peer.begin();
    let answer = peer.send(vec![alert(code, "contacts", last, next)], true);
    let statuses = codes(&answer);
    let answer = send_changes(peer, changes);
    confirm(peer, &answer);
    statuses
}

#[test]
fn items_go_to_the_part_that_takes_them_and_ids_carry_its_prefix() {
    for tongue in Tongue::ALL {
        let server = Server::start_in_parts();
        insert(&server, "others", "Ours", "");
        insert(&server, "theirs", "Ours too", "theirs");
        let mut peer = opened(&server, tongue, 200);
        let answer =
            send_changes(&mut peer, vec![add("c1", &vcard("A", "")), add("c2", &vcard("B", "theirs"))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <c1", "Add 201 <c2"]);
        let sent: Vec<String> =
            answer.changes().into_iter().map(|(name, id, _)| format!("{name} {id}")).collect();
        assert_eq!(sent, ["Add o1", "Add t2"]);
        let known: Vec<(&str, &str)> = vec![("o1", "c3"), ("t2", "c4")];
        let mut body = vec![map(&known)];
        body.extend(answer.syncs()[0].commands.iter().map(|command| status(&answer, command, 201)));
        let answer = peer.send(body, true);
        assert!(codes(&answer).contains(&"Map 200".to_owned()), "{:?}", answer.statuses());
        assert_eq!(held(&server), ["others|A", "others|Ours", "theirs|B", "theirs|Ours too"]);
        assert_eq!(maps(&server), ["others|A|c1", "theirs|B|c2", "others|Ours|c3", "theirs|Ours too|c4"]);
        // Each part has an anchor of its own.
        assert_eq!(
            server.rows("SELECT datastore, anchor FROM targets ORDER BY 1"),
            ["others|a1", "theirs|a1"]
        );
    }
}

#[test]
fn deletes_and_changes_reach_the_right_part() {
    let server = Server::start_in_parts();
    let mut phone = Phone::new(&server, "phone", TONGUE);
    for (name, note) in [("A", ""), ("B", "theirs"), ("C", ""), ("D", "theirs"), ("E", "theirs")] {
        phone.add(&vcard(name, note));
    }
    phone.sync(200);
    for name in ["A", "B"] {
        phone.remove(name);
    }
    phone.edit("C", &vcard("C", "changed"));
    server.sql("DELETE FROM contacts WHERE last_name = 'D'; UPDATE contacts SET first_name = 'New' WHERE last_name = 'E'");
    phone.sync(200);
    assert!(!phone.slow);
    assert_eq!(held(&server), ["others|C", "theirs|E"]);
    assert_same(phone.contacts(), server.contacts(), "after changes on both sides");
    phone.sync(200);
    assert_eq!((phone.slow, phone.told.len(), phone.heard.len()), (false, 0, 0), "nothing is left to say");
}

#[test]
fn an_item_that_is_another_parts_now_moves_there() {
    let server = Server::start_in_parts();
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.add(&vcard("A", ""));
    phone.add(&vcard("B", "theirs"));
    phone.sync(200);
    // What the phone cannot say of a contact moves along.
    server.sql("UPDATE contacts SET nickname = 'Nick' WHERE last_name = 'A'");
    phone.sync(200);
    phone.heard.clear();
    let ids = (phone.id_of("A"), phone.id_of("B"));
    phone.edit("A", &vcard("A", "theirs"));
    phone.edit("B", &vcard("B", ""));
    phone.sync(200);
    assert_eq!(held(&server), ["others|B", "theirs|A"]);
    assert_eq!(maps(&server), [format!("theirs|A|{}", ids.0), format!("others|B|{}", ids.1)]);
    phone.sync(200);
    assert_eq!((phone.slow, phone.told.len(), phone.heard.len()), (false, 0, 0));
    // It is known under the same name, and where it is now.
    phone.remove("A");
    phone.sync(200);
    assert_eq!(held(&server), ["others|B"]);
    assert_eq!(maps(&server).len(), 1);
}

#[test]
fn what_the_peer_cannot_say_moves_along() {
    let server = Server::start_in_parts();
    insert(&server, "others", "Ours", "");
    server.sql("UPDATE contacts SET nickname = 'Nick'");
    let mut own = devinf(TONGUE.version, "peer-1");
    let property = |name: &str| CtProperty { name: name.to_owned(), ..CtProperty::default() };
    own.datastores[0].ctcaps.push(CtCap {
        type_: "text/vcard".to_owned(),
        version: Some("3.0".to_owned()),
        properties: ["BEGIN", "END", "VERSION", "N", "NOTE"].map(property).to_vec(),
        ..CtCap::default()
    });
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    peer.send(vec![put(own.clone(), TONGUE), alert(200, "contacts", None, "a1")], true);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    peer.begin();
    peer.send(vec![put(own, TONGUE), alert(200, "contacts", Some("a1"), "a2"), map(&[("o1", "x")])], true);
    let answer = send_changes(&mut peer, vec![replace("x", &vcard("Ours", "theirs"))]);
    assert_eq!(answer.item_statuses(), ["Replace 200 <x"]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT part, nickname FROM contacts"), ["theirs|Nick"]);
    assert_eq!(maps(&server), ["theirs|Ours|x"]);
}

#[test]
fn anchors_that_disagree_in_one_part_make_the_whole_slow() {
    for damage in [
        "UPDATE targets SET anchor = 'other' WHERE datastore = 'theirs'",
        "DELETE FROM targets WHERE datastore = 'others'",
        "UPDATE targets SET last_sync = NULL WHERE datastore = 'theirs'",
    ] {
        let server = Server::start_in_parts();
        let mut phone = Phone::new(&server, "phone", TONGUE);
        for (name, note) in [("A", ""), ("B", "theirs"), ("C", "")] {
            phone.add(&vcard(name, note));
        }
        phone.sync(200);
        insert(&server, "theirs", "D", "theirs");
        server.sql(damage);
        phone.sync(200);
        assert_eq!((phone.slow, phone.alert_status), (true, 508), "{damage}");
        assert_eq!(held(&server), ["others|A", "others|C", "theirs|B", "theirs|D"], "{damage}");
        assert_same(phone.contacts(), server.contacts(), damage);
        assert_eq!(maps(&server).len(), 4, "{damage}");
        phone.sync(200);
        assert_eq!((phone.slow, phone.told.len(), phone.heard.len()), (false, 0, 0), "{damage}");
    }
}

#[test]
fn a_slow_sync_finds_counterparts_in_their_own_part_alone() {
    let server = Server::start_in_parts();
    // The same name in both parts: which is which, the filter tells.
    insert(&server, "others", "A", "");
    insert(&server, "theirs", "A", "theirs");
    let before = server.rows("SELECT id, modified FROM contacts ORDER BY id");
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.add(&vcard("A", "theirs"));
    phone.add(&vcard("A", ""));
    phone.sync(201);
    assert_eq!(phone.told.len(), 2);
    assert!(phone.heard.is_empty(), "{:?}", phone.heard);
    assert_eq!(server.rows("SELECT id, modified FROM contacts ORDER BY id"), before, "nothing is written");
    assert_same(phone.contacts(), server.contacts(), "after a slow sync");
}

#[test]
fn the_number_of_changes_is_that_of_all_parts() {
    let server = Server::start_in_parts();
    for (part, name, note) in [("others", "A", ""), ("theirs", "B", "theirs"), ("theirs", "C", "theirs")] {
        insert(&server, part, name, note);
    }
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![]);
    let syncs = answer.syncs();
    assert_eq!((syncs.len(), syncs[0].number_of_changes), (1, Some(3)));
    assert_eq!(answer.changes().len(), 3);
}

#[test]
fn conflicts_are_settled_across_parts() {
    // The client's version is another part's; ours has changed as well.
    for (strategy, expected) in [("client-wins", ["theirs|A"]), ("server-wins", ["others|A"])] {
        let config = |text: String| {
            let newer = "<conflictstrategy>newer-wins</conflictstrategy>";
            parts::config(&text.replace(newer, &format!("<conflictstrategy>{strategy}</conflictstrategy>")))
        };
        let server = Server::start_made(config, |schema| parts::schema(&schema));
        let mut phone = Phone::new(&server, "phone", TONGUE);
        phone.add(&vcard("A", ""));
        phone.sync(200);
        server.sql("UPDATE contacts SET nickname = 'Ours'");
        phone.edit("A", &vcard("A", "theirs"));
        phone.sync(200);
        phone.sync(200);
        assert_eq!(held(&server).len(), 1, "{strategy}");
        if strategy == "client-wins" {
            assert_eq!(held(&server), expected);
        }
        assert_same(phone.contacts(), server.contacts(), strategy);
        assert_eq!((phone.slow, phone.told.len(), phone.heard.len()), (false, 0, 0), "{strategy}");
    }
}

#[test]
fn every_mode_is_about_all_parts() {
    let fill = |server: &Server| {
        insert(server, "others", "Ours", "");
        insert(server, "theirs", "Ours too", "theirs");
    };
    // Code, what the server holds in the end, and how much it sends.
    let both = ["others|A", "others|Ours", "theirs|B", "theirs|Ours too"];
    for (code, expected, sends) in [
        (202, &both[..], 0),
        (203, &["others|A", "theirs|B"], 0),
        (204, &both[1..2], 2),
        (205, &both[1..2], 2),
    ] {
        let server = Server::start_in_parts();
        fill(&server);
        let mut peer = opened(&server, TONGUE, code);
        let from_server = code >= 204;
        let changes = match from_server {
            true => vec![],
            false => vec![add("c1", &vcard("A", "")), add("c2", &vcard("B", "theirs"))],
        };
        let answer = send_changes(&mut peer, changes);
        assert_eq!(answer.changes().len(), sends, "{code}");
        confirm(&mut peer, &answer);
        let expected: Vec<&str> =
            if from_server { vec!["others|Ours", "theirs|Ours too"] } else { expected.to_vec() };
        assert_eq!(held(&server), expected, "{code}");
    }
}

#[test]
fn the_filters_and_settings_of_the_parts_count() {
    let config = |text: String| {
        let (first, second) =
            ("<datastore name=\"others\" type=\"sql\">", "<datastore name=\"theirs\" type=\"sql\">");
        let hidden = "<invisiblefilter>F.N_LAST:=Hidden</invisiblefilter>";
        let text = parts::config(&text).replace(first, &format!("{first}{hidden}"));
        text.replace(second, &format!("{second}<readonly>yes</readonly>"))
    };
    let server = Server::start_made(config, |schema| parts::schema(&schema));
    insert(&server, "others", "Hidden", "");
    insert(&server, "theirs", "Hidden", "theirs");
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![add("c1", &vcard("A", "")), add("c2", &vcard("B", "theirs"))]);
    // Of a part that is read only it is said that all is well, and nothing is stored (manual 11.34.4).
    assert_eq!(answer.item_statuses(), ["Add 201 <c1", "Add 201 <c2"]);
    let sent: Vec<String> = answer.changes().into_iter().map(|(_, id, _)| id).collect();
    assert_eq!(sent, ["t2"], "the other part's filter hides nothing here");
    assert_eq!(held(&server), ["others|A", "others|Hidden", "theirs|Hidden"]);
}

#[test]
fn an_item_for_no_part_and_an_id_of_none_are_refused() {
    let config = |text: String| {
        let text = parts::config(&text);
        text.replace("<dispatchfilter>F.NOTE&lt;&gt;theirs", "<dispatchfilter>F.NOTE:=ours")
    };
    let server = Server::start_made(config, |schema| parts::schema(&schema));
    let mut peer = opened(&server, TONGUE, 200);
    let answer =
        send_changes(&mut peer, vec![add("c1", &vcard("A", "nobody's")), add("c2", &vcard("B", "ours"))]);
    assert_eq!(answer.item_statuses(), ["Add 415 <c1", "Add 201 <c2"]);
    let answer = peer.send(vec![map(&[("x7", "c7")])], true);
    assert_eq!(codes(&answer), ["Map 404"]);
    assert_eq!(held(&server), ["others|B"]);
    let statuses = whole_session(&mut peer, 200, Some("a1"), "a2", vec![delete("c9")]);
    assert_eq!(statuses, ["Alert 200"]);
}

#[test]
fn a_part_is_synced_by_itself_too_but_not_beside_the_whole() {
    let server = Server::start_in_parts();
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![add("c1", &vcard("A", "")), add("c2", &vcard("B", "theirs"))]);
    confirm(&mut peer, &answer);
    peer.begin();
    let answer = peer
        .send(vec![alert(200, "contacts", Some("a1"), "a2"), alert(200, "./theirs", Some("a1"), "a2")], true);
    assert_eq!(codes(&answer), ["Alert 200", "Alert 403"]);
    // It has the anchor that the superdatastore has left, for the same place of the client's.
    peer.begin();
    let answer = peer.send(vec![alert(200, "theirs", Some("a1"), "b2")], true);
    assert_eq!(codes(&answer), ["Alert 200"]);
    let mut change = sync(vec![replace("c2", &vcard("B2", "theirs"))]);
    if let Command::Sync(sync) = &mut change {
        sync.target = Some(syncloom_wire::Location::new("theirs"));
    }
    let answer = peer.send(vec![change], true);
    assert_eq!(answer.item_statuses(), ["Replace 200 <c2"]);
    confirm(&mut peer, &answer);
    assert_eq!(held(&server), ["others|A", "theirs|B2"]);
    // Now the parts disagree, and everything is compared.
    let statuses = whole_session(&mut peer, 200, Some("b2"), "b3", vec![]);
    assert_eq!(statuses, ["Alert 508"]);
}

#[test]
fn device_information_shows_the_whole_and_the_parts() {
    let server = Server::start_in_parts();
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    let answer = peer.send(vec![get(TONGUE), alert(200, "contacts", None, "a1")], true);
    let devinf = answer.devinf().unwrap();
    let stores: Vec<&str> = devinf.datastores.iter().map(|store| store.source_ref.as_str()).collect();
    assert_eq!(stores, ["./others", "./theirs", "./contacts"]);
    let whole = &devinf.datastores[2];
    assert_eq!(whole.rx_pref.as_ref().unwrap().type_, "text/vcard");
    assert!(!whole.ctcaps.is_empty());
}

#[test]
fn parts_in_text_files() {
    let folder = tempfile::tempdir().unwrap();
    let sample = fs::read_to_string(workspace().join("samples/textdb.xml")).unwrap();
    let config = folder.path().join("config.xml");
    fs::write(&config, parts::config(&sample)).unwrap();
    let server = Server::start_in(folder.path(), &config);
    let rows = |name: &str| {
        let text = fs::read_to_string(folder.path().join(format!("TDB_test_{name}.txt"))).unwrap_or_default();
        text.lines().count()
    };
    let mut phone = Phone::new(&server, "phone", TONGUE);
    (phone.peer.user, phone.peer.password) = ("test".to_owned(), "test".to_owned());
    for (name, note) in [("A", ""), ("B", "theirs"), ("C", ""), ("D", "theirs")] {
        phone.add(&vcard(name, note));
    }
    phone.sync(200);
    assert_eq!((rows("others"), rows("theirs")), (2, 2));
    // Stamps in text files are of whole seconds.
    let wait = || std::thread::sleep(std::time::Duration::from_millis(1100));
    wait();
    phone.edit("A", &vcard("A", "theirs"));
    phone.remove("D");
    phone.edit("C", &vcard("C", "changed"));
    phone.sync(200);
    assert!(!phone.slow);
    assert_eq!((rows("others"), rows("theirs")), (1, 2));
    wait();
    phone.sync(200);
    assert_eq!((phone.slow, phone.told.len(), phone.heard.len()), (false, 0, 0), "{:?}", phone.heard);
    // Another device gets the same, and the slow sync of the first one finds everything.
    let mut tablet = Phone::new(&server, "tablet", TONGUE);
    (tablet.peer.user, tablet.peer.password) = ("test".to_owned(), "test".to_owned());
    tablet.sync(200);
    assert_same(tablet.contacts(), phone.contacts(), "on another device");
    phone.sync(201);
    assert!(phone.heard.is_empty(), "{:?}", phone.heard);
    assert_eq!((rows("others"), rows("theirs")), (1, 2));
}
