//! Limits that a client sets on a sync: dates, counts, sizes. And what becomes of items that move into and out of them.

use syncloom_tests::peer::{Answer, Peer, Tongue, add, alert, devinf, put, replace, vcard};
use syncloom_tests::server::Server;

use crate::scripts::{said, scripted, sent};
use crate::{confirm, maps, names, send_changes};

const TONGUE: Tongue = Tongue::ALL[0];

/// The manual's own way of making a range of dates act (10.5.10), for the dates of contacts.
const RANGE: [(&str, &str); 2] = [
    (
        "filterinitscript",
        "INTEGER NEEDED; NEEDED = !DBHANDLESOPTS() && (STARTDATE() != EMPTY || ENDDATE() != EMPTY);
         DEBUGMESSAGE((string)STARTDATE() + \" \" + (string)ENDDATE());
         SETFILTERALL(NEEDED); return NEEDED;",
    ),
    (
        "filterscript",
        "return (STARTDATE() == EMPTY || REV >= STARTDATE()) && (ENDDATE() == EMPTY || REV <= ENDDATE());",
    ),
];

const SINCE_2000: &str = "contacts?/fi(SINCE&EQ;20000101T000000Z)";

fn contacts(server: &Server) {
    server.sql(
        "INSERT INTO contacts (user, last_name, first_name, revision) VALUES
           (1, 'Old', 'Test', '1990-05-05 12:00:00'), (1, 'New', 'Test', '2005-05-05 12:00:00')",
    );
}

/// Asks for a sync as a client whose types are known.
fn asked(peer: &mut Peer, code: u16, uri: &str, last: Option<&str>, next: &str) -> Answer {
    let description = put(devinf(TONGUE.version, &peer.device), TONGUE);
    peer.send(vec![description, alert(code, uri, last, next)], true)
}

/// Syncs with an address, and gives what the server sends.
fn synced(peer: &mut Peer, code: u16, uri: &str, anchors: (Option<&str>, &str), ids: &[&str]) -> Vec<String> {
    peer.begin();
    asked(peer, code, uri, anchors.0, anchors.1);
    let answer = send_changes(peer, vec![]);
    let heard = sent(&answer);
    let pairs: Vec<(String, String)> = answer
        .changes()
        .iter()
        .filter(|(name, _, _)| name == "Add")
        .zip(ids)
        .map(|((_, ours, _), theirs)| (ours.clone(), (*theirs).to_owned()))
        .collect();
    let mut body: Vec<_> = answer
        .syncs()
        .iter()
        .flat_map(|sync| &sync.commands)
        .map(|command| syncloom_tests::peer::status(&answer, command, 200))
        .collect();
    if !pairs.is_empty() {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        body.push(syncloom_tests::peer::map(&pairs));
    }
    peer.send(body, true);
    heard
}

#[test]
fn a_range_of_dates_hides_what_lies_outside() {
    let mut server = scripted(&[], &[], &RANGE);
    contacts(&server);
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    assert_eq!(synced(&mut peer, 201, SINCE_2000, (None, "a1"), &["n"]), ["Add 2"]);
    assert_eq!(said(&mut server), ["20000101T000000Z"]);
    // A second sync finds nothing to say.
    assert_eq!(synced(&mut peer, 200, SINCE_2000, (Some("a1"), "a2"), &[]), [""; 0]);
    // What moves into the range is new to the client, and what moves out of it leaves it; nothing is lost here.
    server.sql(
        "UPDATE contacts SET revision = '2001-01-01 12:00:00', modified = unixepoch() * 1000 WHERE last_name = 'Old'",
    );
    assert_eq!(synced(&mut peer, 200, SINCE_2000, (Some("a2"), "a3"), &["o"]), ["Add 1"]);
    server.sql("UPDATE contacts SET revision = '1980-01-01 12:00:00' WHERE last_name = 'New'");
    assert_eq!(synced(&mut peer, 200, SINCE_2000, (Some("a3"), "a4"), &[]), ["Delete n"]);
    assert_eq!(names(&server), ["Old", "New"]);
    assert_eq!(maps(&server), ["Old|o"]);
    // Without a range it is there again.
    assert_eq!(synced(&mut peer, 200, "contacts", (Some("a4"), "a5"), &["n2"]), ["Add 2"]);
    assert_eq!(maps(&server), ["New|n2", "Old|o"]);
}

#[test]
fn what_lies_outside_is_not_missing() {
    for code in [201, 203] {
        let server = scripted(&[], &[], &RANGE);
        contacts(&server);
        let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
        // The client has both, whatever it asks for: neither comes to be there twice, and neither goes.
        asked(&mut peer, code, SINCE_2000, None, "a1");
        let with =
            |name: &str, day: &str| vcard(name, "").replace("END:", &format!("REV:{day}T120000Z\r\nEND:"));
        let items = vec![add("o", &with("Old", "19900505")), add("n", &with("New", "20050505"))];
        let answer = send_changes(&mut peer, items);
        assert_eq!(answer.item_statuses(), ["Add 201 <o", "Add 201 <n"]);
        assert_eq!(sent(&answer), [""; 0]);
        confirm(&mut peer, &answer);
        assert_eq!(names(&server), ["Old", "New"], "{code}");
        assert_eq!(maps(&server), ["New|n", "Old|o"], "{code}");
        // A change of what is outside is a change of it, and nothing else.
        peer.begin();
        asked(&mut peer, 200, SINCE_2000, Some("a1"), "a2");
        let changed = with("Old", "19900505").replace("NOTE:", "NOTE:changed");
        let answer = send_changes(&mut peer, vec![replace("o", &changed)]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <o"]);
        confirm(&mut peer, &answer);
        assert_eq!(server.rows("SELECT last_name, note FROM contacts"), ["Old|changed", "New|"], "{code}");
    }
    // A refresh from the client replaces what it asked for, and leaves alone what it did not.
    let server = scripted(&[], &[], &RANGE);
    contacts(&server);
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    asked(&mut peer, 203, SINCE_2000, None, "a1");
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    assert_eq!(names(&server), ["Old"]);
}

#[test]
fn an_exclusive_filter_matches_what_it_hides() {
    let server = scripted(&[], &[], &[]);
    server.sql(
        "INSERT INTO contacts (user, last_name, first_name, class) VALUES (1, 'Home', 'Test', 'HOME'), (1, 'Work', 'Test', 'WORK')",
    );
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    peer.send(vec![alert(201, "contacts?/fi(CLASS&EQ;WORK)", None, "a1")], true);
    let home = vcard("Home", "").replace("END:", "CLASS:HOME\r\nEND:");
    let answer = send_changes(&mut peer, vec![add("h", &home)]);
    assert_eq!(sent(&answer), ["Add 2"]);
    confirm(&mut peer, &answer);
    assert_eq!(names(&server), ["Home", "Work"]);
    // The client has what it does not want: the next sync takes it away from it, and from nobody else.
    assert_eq!(
        synced(&mut peer, 200, "contacts?/fi(CLASS&EQ;WORK)", (Some("a1"), "a2"), &["w"]),
        ["Delete h", "Add 2"]
    );
    assert_eq!(names(&server), ["Home", "Work"]);
}

#[test]
fn an_inclusive_filter_takes_nothing_away_and_forgets_nothing() {
    let server = scripted(&[], &[], &[]);
    server.sql("INSERT INTO contacts (user, last_name, class) VALUES (1, 'A', 'WORK'), (1, 'B', 'WORK')");
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    let uri = "contacts?CLASS&EQ;WORK";
    assert_eq!(synced(&mut peer, 201, uri, (None, "a1"), &["a", "b"]), ["Add 1", "Add 2"]);
    // It moves out of the filter: the client keeps what it has.
    server.sql("UPDATE contacts SET class = 'HOME', note = 'changed' WHERE last_name = 'A'");
    assert_eq!(synced(&mut peer, 200, uri, (Some("a1"), "a2"), &[]), [""; 0]);
    assert_eq!(synced(&mut peer, 200, uri, (Some("a2"), "a3"), &[]), [""; 0]);
    // A sync without the filter tells what was held back.
    assert_eq!(synced(&mut peer, 200, "contacts", (Some("a3"), "a4"), &[]), ["Replace a"]);
    assert_eq!(synced(&mut peer, 200, "contacts", (Some("a4"), "a5"), &[]), [""; 0]);
}

#[test]
fn limits_are_told_to_scripts() {
    let script = "DEBUGMESSAGE((string)STARTDATE() + \"|\" + (string)ENDDATE() + \"|\" + (string)MAXITEMCOUNT() + \"|\"
                    + (string)NOATTACHMENTS() + \"|\" + (string)DEFAULTSIZELIMIT() + \"|\" + DBOPTIONS());
                  if (STARTDATE() != EMPTY) { DEBUGMESSAGE((string)(DATEONLY(NOW()) == DATEONLY(STARTDATE()))); }
                  SETSTARTDATE(EMPTY); SETENDDATE((timestamp)\"20300101T000000Z\"); SETMAXITEMCOUNT(3);
                  SETNOATTACHMENTS(TRUE); SETDEFAULTSIZELIMIT(5);
                  DEBUGMESSAGE((string)STARTDATE() + \"|\" + (string)ENDDATE() + \"|\" + (string)MAXITEMCOUNT() + \"|\"
                    + (string)NOATTACHMENTS() + \"|\" + (string)DEFAULTSIZELIMIT());
                  SETDEFAULTSIZELIMIT(EMPTY); DEBUGMESSAGE(\"size \" + (string)DEFAULTSIZELIMIT());";
    let mut server = scripted(&[], &[("datastoreinitscript", script)], &[]);
    let set = "|20300101T000000Z|3|1|5";
    for (options, first) in [
        ("", vec!["||0|0||"]),
        ("?/li(2)/max(7)/na/o(some text)", vec!["||7|1|2048|some text"]),
        ("?BEFORE&EQ;20200101T000000Z&AND;MAXSIZE&EQ;9", vec!["|20200101T000000Z|0|0|9|"]),
    ] {
        let mut peer = Peer::new(&server.url, &format!("peer-{}", options.len()), TONGUE);
        synced(&mut peer, 201, &format!("contacts{options}"), (None, "a1"), &[]);
        let expected: Vec<&str> = first.into_iter().chain([set, "size"]).collect();
        assert_eq!(said(&mut server), expected, "{options}");
    }
    let mut peer = Peer::new(&server.url, "peer dr", TONGUE);
    synced(&mut peer, 201, "contacts?/dr(0,1)", (None, "a1"), &[]);
    assert_eq!(said(&mut server)[1], "1");
}

#[test]
fn a_client_may_ask_for_the_newest_items() {
    let server = scripted(&[], &[], &[]);
    server.sql(
        "INSERT INTO contacts (user, last_name, modified) VALUES (1, 'A', 1000), (1, 'B', 3000), (1, 'C', 2000)",
    );
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    let uri = "contacts?/max(2)";
    assert_eq!(synced(&mut peer, 201, uri, (None, "a1"), &["b", "c"]), ["Add 2", "Add 3"]);
    // What is older stays where it is.
    assert_eq!(synced(&mut peer, 200, uri, (Some("a1"), "a2"), &[]), [""; 0]);
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'D')");
    assert_eq!(synced(&mut peer, 200, uri, (Some("a2"), "a3"), &["d"]), ["Add 4"]);
    assert_eq!(maps(&server), ["B|b", "C|c", "D|d"]);
    assert_eq!(synced(&mut peer, 200, "contacts", (Some("a3"), "a4"), &["a"]), ["Add 1"]);
}

#[test]
fn the_address_of_a_sync_may_have_a_temporary_filter_of_its_own() {
    let server = scripted(&[], &[], &[]);
    server.sql("INSERT INTO contacts (user, last_name, class) VALUES (1, 'A', 'WORK'), (1, 'B', 'HOME')");
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    peer.send(vec![alert(201, "contacts?CLASS&EQ;WORK", None, "a1")], true);
    let sync = syncloom_wire::Sync {
        target: Some(syncloom_wire::Location::new("contacts?/tf(CLASS&EQ;HOME)")),
        source: Some(syncloom_wire::Location::new("./addressbook")),
        ..Default::default()
    };
    let answer = peer.send(vec![syncloom_wire::Command::Sync(sync)], true);
    assert_eq!(sent(&answer), ["Add 2"]);
}

#[test]
fn device_information_says_what_filters_may_name() {
    for (tags, shown, keywords) in [
        (&[][..], true, &["BEFORE", "SINCE"][..]),
        (&[("daterangesupport", "no")], true, &[]),
        (&[("ds12filters", "no")], false, &[]),
    ] {
        let server = scripted(&[], tags, &[]);
        for tongue in Tongue::ALL {
            let mut peer = Peer::new(&server.url, &format!("{tongue:?}"), tongue);
            let answer = peer.send(vec![syncloom_tests::peer::get(tongue)], true);
            let store = &answer.devinf().unwrap().datastores[0];
            if !shown || tongue.version < syncloom_wire::Version::V1_2 {
                assert!(store.filter_rx.is_empty() && store.filter_caps.is_empty(), "{tags:?} {tongue:?}");
                continue;
            }
            assert_eq!(store.filter_rx[0].type_, "syncml:filtertype-cgi");
            let cap = &store.filter_caps[0];
            assert_eq!(
                (cap.content_type.type_.as_str(), cap.content_type.version.as_str()),
                ("text/vcard", "3.0")
            );
            assert_eq!(cap.keywords, keywords);
            assert!(cap.properties.contains(&"N".to_owned()), "{:?}", cap.properties);
        }
    }
}
