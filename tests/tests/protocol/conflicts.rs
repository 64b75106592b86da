//! What becomes of an item that both sides have changed, by each strategy in each situation: the status, what goes
//! back to the client, and what is in the database.

use syncloom_tests::peer::{
    Answer, Peer, Tongue, add, alert, delete, devinf, map, put, replace, status, vcard,
};
use syncloom_tests::server::Server;
use syncloom_wire::Command;

use crate::{confirm, maps, opened, send_changes};

const TONGUE: Tongue = Tongue::ALL[1];

/// A server with some strategies, which updates only those sides in a slow sync that are named, and with further tags
/// in its datastore.
fn server(strategy: &str, updates: &str, inside: &str) -> Server {
    let tag = |name: &str| format!("<{name}>newer-wins</{name}>");
    let given = |name: &str| format!("<{name}>{strategy}</{name}>");
    let [conflict, slow, first] = ["conflictstrategy", "slowsyncstrategy", "firsttimestrategy"];
    let update = |name: &str, value: &str| format!("<{name}>{value}</{name}>");
    let updated = |name: &str| update(name, if updates == name { "yes" } else { "no" });
    let [of_server, of_client] = ["updateserverinslowsync", "updateclientinslowsync"];
    Server::start_with(&[
        (&update(of_server, "yes"), &updated(of_server)),
        (&update(of_client, "yes"), &updated(of_client)),
        (&tag(conflict), &(given(conflict) + inside)),
        (&tag(slow), &given(slow)),
        (&tag(first), &given(first)),
    ])
}

/// A vCard with a title, a note and a time of its last change, each of which may be empty.
fn card(title: &str, note: &str, rev: &str) -> String {
    let title = if title.is_empty() { String::new() } else { format!("TITLE:{title}\r\n") };
    let rev = if rev.is_empty() { String::new() } else { format!("REV:{rev}\r\n") };
    vcard("A", note).replace("NOTE:", &format!("{title}{rev}NOTE:"))
}

/// Device information, so that new vCards come, and the Alert.
fn opening(code: u16, last: &str, next: &str) -> Vec<Command> {
    vec![put(devinf(TONGUE.version, "peer-1"), TONGUE), alert(code, "contacts", Some(last), next)]
}

/// A client that has synced the contact A as 1, which somebody then changes with SQL; its next session is open.
fn both_have(server: &Server, sql: &str, code: u16) -> Peer {
    let mut peer = opened(server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![add("1", &card("", "", ""))]);
    confirm(&mut peer, &answer);
    server.sql(sql);
    peer.begin();
    let answer = peer.send(opening(code, "a1", "a2"), true);
    assert_eq!(answer.alerts(), [(code, "./addressbook".to_owned())]);
    peer
}

/// What the server sends: the command and the title or note in it.
fn sent(answer: &Answer) -> Vec<String> {
    let shown = |(name, _, text): (String, String, String)| {
        let of = |property: &str| {
            text.lines().find_map(|line| line.strip_prefix(property)).unwrap_or_default().to_owned()
        };
        format!("{name} {}/{}", of("TITLE:"), of("NOTE:"))
    };
    answer.changes().into_iter().map(shown).collect()
}

fn rows(server: &Server) -> Vec<String> {
    server.rows(
        "SELECT coalesce(title, '') || '/' || replace(coalesce(note, ''), char(10), '+') FROM contacts ORDER BY id",
    )
}

#[test]
fn both_sides_have_changed_it() {
    const OURS: &str = "UPDATE contacts SET title = 'ours'";
    const OUR_NOTE: &str = "UPDATE contacts SET note = 'ours'";
    let theirs = card("theirs", "", "");
    let their_note = card("", "theirs", "");
    for (strategy, sql, theirs, status, back, rows_after) in [
        // Nothing of the loser's finds a place: 419 where the server wins, 200 where the client does.
        ("server-wins", OURS, &theirs, 419, vec!["Replace ours/"], vec!["ours/"]),
        ("client-wins", OURS, &theirs, 200, vec![], vec!["theirs/"]),
        ("duplicate", OURS, &theirs, 209, vec!["Add ours/"], vec!["ours/", "theirs/"]),
        // Notes are merged line by line: 207, and both sides have the whole.
        ("server-wins", OUR_NOTE, &their_note, 207, vec!["Replace /ours\\ntheirs"], vec!["/ours+theirs"]),
        ("client-wins", OUR_NOTE, &their_note, 207, vec!["Replace /theirs\\nours"], vec!["/theirs+ours"]),
        ("duplicate", OUR_NOTE, &their_note, 209, vec!["Add /ours"], vec!["/ours", "/theirs"]),
        // The newer one wins; without a time both stay.
        (
            "newer-wins",
            "UPDATE contacts SET title = 'ours', revision = '2024-01-01T00:00:00Z'",
            &card("theirs", "", "20240201T000000Z"),
            200,
            vec![],
            vec!["theirs/"],
        ),
        (
            "newer-wins",
            "UPDATE contacts SET title = 'ours', revision = '2024-03-01T00:00:00Z'",
            &card("theirs", "", "20240201T000000Z"),
            419,
            vec!["Replace ours/"],
            vec!["ours/"],
        ),
        ("newer-wins", OURS, &theirs, 209, vec!["Add ours/"], vec!["ours/", "theirs/"]),
        // Both have made the same of it: there is nothing to settle.
        ("duplicate", "UPDATE contacts SET title = 'theirs'", &theirs, 200, vec![], vec!["theirs/"]),
    ] {
        let about = format!("{strategy}: {sql}");
        let server = server(strategy, "", "");
        let mut peer = both_have(&server, sql, 200);
        let answer = send_changes(&mut peer, vec![replace("1", theirs)]);
        assert_eq!(answer.item_statuses(), [format!("Replace {status} <1")], "{about}");
        assert_eq!(sent(&answer), back, "{about}");
        assert_eq!(rows(&server), rows_after, "{about}");
        confirm(&mut peer, &answer);
        // It is settled: the next session says nothing more of it.
        peer.begin();
        peer.send(vec![alert(200, "contacts", Some("a2"), "a3")], true);
        let answer = send_changes(&mut peer, vec![]);
        let unmapped = if status == 209 { 1 } else { 0 };
        assert!(sent(&answer).len() <= unmapped, "{about}: {:?}", sent(&answer));
    }
}

#[test]
fn one_side_has_changed_it_and_the_other_has_deleted_it() {
    const GONE: &str = "DELETE FROM contacts";
    const CHANGED: &str = "UPDATE contacts SET title = 'ours'";
    let change = || replace("1", &card("theirs", "", ""));
    for (more, sql, command, status, back, rows_after, mapped) in [
        ("", GONE, change(), "Replace 201 <1", vec![], vec!["theirs/"], vec!["A|1"]),
        ("<deletewins>yes</deletewins>", GONE, change(), "Replace 419 <1", vec!["Delete /"], vec![], vec![]),
        ("", CHANGED, delete("1"), "Delete 200 <1", vec!["Add ours/"], vec!["ours/"], vec![]),
        ("<deletewins>yes</deletewins>", CHANGED, delete("1"), "Delete 200 <1", vec![], vec![], vec![]),
        ("", GONE, delete("1"), "Delete 200 <1", vec![], vec![], vec![]),
        ("<deletewins>yes</deletewins>", GONE, delete("1"), "Delete 200 <1", vec![], vec![], vec![]),
    ] {
        for strategy in ["server-wins", "client-wins", "duplicate", "newer-wins"] {
            let about = format!("{strategy} {more}: {sql}");
            let server = server(strategy, "", more);
            let mut peer = both_have(&server, sql, 200);
            let answer = send_changes(&mut peer, vec![command.clone()]);
            assert_eq!(answer.item_statuses(), [status], "{about}");
            assert_eq!(sent(&answer), back, "{about}");
            assert_eq!(rows(&server), rows_after, "{about}");
            confirm(&mut peer, &answer);
            assert_eq!(maps(&server), mapped, "{about}");
        }
    }
}

#[test]
fn a_slow_sync_finds_it_different() {
    let theirs = card("theirs", "", "");
    let without = card("", "", "");
    for (strategy, updates, theirs, first, back, rows_after) in [
        ("server-wins", "", &theirs, false, vec![], vec!["ours/"]),
        ("server-wins", "updateclientinslowsync", &theirs, false, vec!["Replace ours/"], vec!["ours/"]),
        ("server-wins", "", &theirs, true, vec!["Replace ours/"], vec!["ours/"]),
        ("client-wins", "", &theirs, false, vec![], vec!["ours/"]),
        ("client-wins", "updateserverinslowsync", &theirs, false, vec![], vec!["theirs/"]),
        ("client-wins", "", &theirs, true, vec![], vec!["theirs/"]),
        ("client-wins", "", &without, true, vec!["Replace ours/"], vec!["ours/"]),
    ] {
        let about = format!("{strategy} {updates}, first {first}");
        let server = server(strategy, updates, "");
        let mut peer = if first {
            server.sql(
                "INSERT INTO contacts (user, last_name, first_name, display_name, title) \
                 VALUES (1, 'A', 'Test', 'Test A', 'ours')",
            );
            opened(&server, TONGUE, 200)
        } else {
            both_have(&server, "UPDATE contacts SET title = 'ours'", 201)
        };
        let answer = send_changes(&mut peer, vec![add("1", theirs)]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"], "{about}");
        assert_eq!(sent(&answer), back, "{about}");
        assert_eq!(rows(&server), rows_after, "{about}");
        confirm(&mut peer, &answer);
        assert_eq!(maps(&server), ["A|1"], "{about}");
    }
}

#[test]
fn who_may_only_read_is_told_that_all_is_well_and_changes_nothing() {
    let server = server("newer-wins", "", "<readonly>yes</readonly>");
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![add("1", &card("", "", ""))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    let changes = answer.changes();
    assert_eq!((changes.len(), changes[0].0.as_str()), (1, "Add"));
    let Command::Add(ours) = &answer.syncs()[0].commands[0] else { panic!() };
    let ours = ours.items[0].source.as_ref().unwrap().uri.clone();
    let stored = status(&answer, &answer.syncs()[0].commands[0], 201);
    let answer = peer.send(vec![stored, map(&[(&ours, "2")])], true);
    assert_eq!(answer.statuses(), ["Map 200 >contacts <./addressbook"]);
    peer.begin();
    peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
    let answer =
        send_changes(&mut peer, vec![replace("2", &card("theirs", "", "")), delete("2"), delete("9")]);
    assert_eq!(answer.item_statuses(), ["Replace 200 <2", "Delete 200 <2", "Delete 200 <9"]);
    assert_eq!(server.rows("SELECT last_name FROM contacts"), ["Ours"]);
}
