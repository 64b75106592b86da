//! Filters: those of the config, and those that a client sends along.

use syncloom_tests::peer::{Peer, Tongue, add, alert, change, replace, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{Command, Data, Filter, Item, Meta, Version};

use crate::{confirm, in_every_tongue, names, opened, send_changes};

/// A server whose datastore has these filters.
fn server(filters: &str) -> Server {
    let text = "<datatimezone>UTC</datatimezone>";
    Server::start_with(&[(text, &format!("{text}{filters}"))])
}

fn with(name: &str, class: &str) -> String {
    vcard(name, "").replace("END:", &format!("CLASS:{class}\r\nEND:"))
}

fn sent(answer: &syncloom_tests::peer::Answer) -> Vec<String> {
    answer.changes().into_iter().map(|(name, id, _)| format!("{name} {id}")).collect()
}

#[test]
fn what_is_not_accepted_is_refused_or_dropped() {
    for (silent, status) in [("no", 415), ("yes", 201)] {
        let server = server(&format!(
            "<acceptfilter>F.CLASS&lt;&gt;SECRET</acceptfilter><silentdiscard>{silent}</silentdiscard>"
        ));
        let mut peer = opened(&server, Tongue::ALL[0], 201);
        let items = vec![add("1", &with("One", "SECRET")), add("2", &with("Two", "PUBLIC"))];
        let answer = send_changes(&mut peer, items);
        assert_eq!(answer.item_statuses(), [format!("Add {status} <1"), "Add 201 <2".to_owned()]);
        assert_eq!(names(&server), ["Two"]);
    }
}

#[test]
fn a_part_of_the_table_is_all_that_there_is() {
    let server = server("<localdbfilter>F.CLASS:=WORK</localdbfilter>");
    server
        .sql("INSERT INTO contacts (user, last_name, class) VALUES (1, 'Home', 'HOME'), (1, 'Work', 'WORK')");
    let mut peer = opened(&server, Tongue::ALL[0], 201);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    assert_eq!(sent(&answer), ["Add 2"]);
    confirm(&mut peer, &answer);
    assert_eq!(
        server.rows("SELECT last_name, class FROM contacts ORDER BY id"),
        ["Home|HOME", "Work|WORK", "One|WORK"]
    );
    // What leaves the part is deleted on the client, and what comes into it is new there.
    server.sql("UPDATE contacts SET class = 'HOME' WHERE last_name = 'One'; UPDATE contacts SET class = 'WORK' WHERE last_name = 'Home'");
    peer.begin();
    peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer), ["Delete 1", "Add 1", "Add 2"]);
}

#[test]
fn to_archive_is_to_hide() {
    let filters = "<invisiblefilter>F.CLASS:=ARCHIVE</invisiblefilter>\
                   <makevisiblefilter>F.CLASS:=PUBLIC</makevisiblefilter>";
    let server = server(filters);
    let mut peer = opened(&server, Tongue::ALL[0], 201);
    let answer =
        send_changes(&mut peer, vec![add("1", &vcard("One", "")), add("2", &with("Two", "ARCHIVE"))]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT last_name, class FROM contacts"), ["One|", "Two|PUBLIC"]);
    peer.begin();
    peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
    let mut delete = change("1", None);
    delete.archive = true;
    let answer = send_changes(&mut peer, vec![Command::Delete(delete)]);
    assert_eq!(answer.item_statuses(), ["Delete 200 <1"]);
    assert_eq!(sent(&answer), [""; 0]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT last_name, class FROM contacts"), ["One|ARCHIVE", "Two|PUBLIC"]);
    peer.begin();
    peer.send(vec![alert(200, "contacts", Some("a2"), "a3")], true);
    assert_eq!(sent(&send_changes(&mut peer, vec![])), [""; 0]);
    // Without a filter that hides there is no archive.
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        let answer = send_changes(&mut peer, vec![]);
        confirm(&mut peer, &answer);
        peer.begin();
        peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
        let mut delete = change("1", None);
        delete.archive = true;
        let answer = send_changes(&mut peer, vec![Command::Delete(delete)]);
        assert_eq!(answer.item_statuses(), ["Delete 501 <1"]);
    });
}

/// An Alert with a filter.
fn filtered(text: &str, edit: impl Fn(&mut Filter)) -> Command {
    let record = Item { data: Some(Data::Text(text.to_owned())), ..Item::default() };
    let meta = Meta { type_: Some("syncml:filtertype-cgi".to_owned()), ..Meta::default() };
    let mut filter = Filter { meta, record: Some(record), ..Filter::default() };
    edit(&mut filter);
    let Command::Alert(mut alert) = alert(201, "contacts", None, "a1") else { panic!() };
    alert.items[0].target.as_mut().unwrap().filter = Some(Box::new(filter));
    Command::Alert(alert)
}

#[test]
fn a_client_may_see_a_part_of_the_contacts() {
    let server = server("<ds12filters>yes</ds12filters>");
    server
        .sql("INSERT INTO contacts (user, last_name, first_name, class) VALUES (1, 'Home', 'Test', 'HOME'), (1, 'Work', 'Test', 'WORK')");
    for tongue in Tongue::ALL.into_iter().filter(|tongue| tongue.version == Version::V1_2) {
        for kind in [None, Some("EXCLUSIVE"), Some("INCLUSIVE")] {
            let mut peer = Peer::new(&server.url, &format!("{tongue:?} {kind:?}"), tongue);
            let alert = filtered("CLASS&EQ;WORK", |filter| filter.filter_type = kind.map(str::to_owned));
            let answer = peer.send(vec![alert], true);
            assert!(answer.statuses()[0].starts_with("Alert 200"), "{:?}", answer.statuses());
            // What the peer does not ask for is not sent, and is found: it must not come to be there twice.
            let answer = send_changes(&mut peer, vec![add("1", &with("Home", "HOME"))]);
            assert_eq!(sent(&answer), ["Add 2"], "{kind:?}");
            assert_eq!(names(&server), ["Home", "Work"], "{kind:?}");
        }
    }
    for (number, (text, edit, status)) in [
        ("CLASS&EQ", (|_| {}) as fn(&mut Filter), 422),
        ("", |filter| filter.meta.type_ = Some("x".to_owned()), 415),
        ("", |filter| filter.field = Some(Item::default()), 406),
        ("", |filter| filter.filter_type = Some("OTHER".to_owned()), 422),
        ("", |filter| filter.record.as_mut().unwrap().meta.type_ = Some("x".to_owned()), 422),
        // The type may be that of the items instead of the grammar.
        ("CLASS&EQ;WORK", |filter| filter.meta.type_ = Some("text/vcard".to_owned()), 200),
    ]
    .into_iter()
    .enumerate()
    {
        let mut peer = Peer::new(&server.url, &format!("peer-{number}"), Tongue::ALL[0]);
        let answer = peer.send(vec![filtered(text, edit)], true);
        assert_eq!(answer.statuses()[0], format!("Alert {status} >contacts <./addressbook"));
    }
}

#[test]
fn filters_of_a_client_are_refused_where_they_are_not_offered() {
    let server = server("<ds12filters>no</ds12filters>");
    let mut peer = Peer::new(&server.url, "peer-1", Tongue::ALL[0]);
    let answer = peer.send(vec![filtered("CLASS&EQ;WORK", |_| {})], true);
    assert_eq!(answer.statuses(), ["Alert 406 >contacts <./addressbook"]);
}

#[test]
fn an_address_may_hold_a_filter_and_ask_for_a_slow_sync() {
    in_every_tongue(|server, tongue| {
        server.sql(
            "INSERT INTO contacts (user, last_name, class) VALUES (1, 'Home', 'HOME'), (1, 'Work', 'WORK')",
        );
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let uri = "contacts?/fi(CLASS&EQ;WORK)";
        peer.send(vec![alert(200, uri, None, "a1")], true);
        let answer = peer.send(
            vec![Command::Sync(syncloom_wire::Sync {
                target: Some(syncloom_wire::Location::new(uri)),
                source: Some(syncloom_wire::Location::new("./addressbook")),
                commands: vec![replace("1", &with("One", "WORK"))],
                ..Default::default()
            })],
            true,
        );
        assert_eq!(sent(&answer), ["Add 2"]);
        confirm(&mut peer, &answer);
        peer.begin();
        let answer = peer.send(vec![alert(200, "contacts?/slow", Some("a1"), "a2")], true);
        assert_eq!(answer.alerts()[0].0, 201);
    });
}
