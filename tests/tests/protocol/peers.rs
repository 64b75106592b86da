//! What a client is shapes the items that go to it and what becomes of those that come back: whether it takes bytes,
//! knows UTC, cuts what is long; and what scripts say of it.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use syncloom_tests::peer::{Answer, Peer, Tongue, add, alert, change, devinf, put, replace, sync, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{Command, CtCap, CtProperty, Data, DevInf, Encoding, Version};

use crate::{confirm, in_every_tongue, maps, names, opened, send_changes};

const VCARD30: &str = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>";
const VCARD21: &str = "<datatype name=\"vcard21\" basetype=\"vcard\">\n      <version>2.1</version>";

/// A server whose vCard 3.0 has further tags.
fn server(tags: &str) -> Server {
    Server::start_with(&[(VCARD30, &format!("{VCARD30}{tags}"))])
}

/// A script as it stands in a config.
fn script(tag: &str, text: &str) -> String {
    format!("<{tag}><![CDATA[{text}]]></{tag}>")
}

/// A client of this description, whose first package is behind it.
pub fn described(server: &Server, tongue: Tongue, code: u16, change: impl FnOnce(&mut DevInf)) -> Peer {
    let mut peer = Peer::new(&server.url, "peer-1", tongue);
    again(&mut peer, code, None, change);
    peer
}

/// Begins a session of a client of this description.
pub fn again(peer: &mut Peer, code: u16, last: Option<&str>, change: impl FnOnce(&mut DevInf)) {
    let tongue = peer.tongue;
    let mut description = devinf(tongue.version, &peer.device);
    change(&mut description);
    if last.is_some() {
        peer.begin();
    }
    let next = last.map_or("a1".to_owned(), |last| format!("{last}1"));
    peer.send(vec![put(description, tongue), alert(code, "contacts", last, &next)], true);
}

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn unzipped(bytes: &[u8]) -> String {
    let mut text = String::new();
    ZlibDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

/// A text that hardly gets smaller.
fn noise(length: usize) -> String {
    let mut number = 1u64;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from((number >> 33) % 26).unwrap())
    };
    (0..length).map(|_| next()).collect()
}

fn piece(id: &str, bytes: &[u8], size: Option<usize>, more: bool) -> Command {
    let mut change = change(id, None);
    change.meta.format = Some("bin".to_owned());
    let item = &mut change.items[0];
    item.data = Some(Data::Bytes(bytes.to_vec()));
    item.meta.size = size.map(|size| size as u64);
    item.more_data = more;
    Command::Add(change)
}

#[test]
fn packed_items_go_both_ways_in_pieces() {
    let server = server("<zippedbindata>yes</zippedbindata>");
    let tongue = Tongue { encoding: Encoding::Wbxml, version: Version::V1_2 };
    let note = noise(3000);
    let text = vcard("Packed", &note);
    let mut peer = opened(&server, tongue, 200);
    let bytes = zipped(&text);
    // Cut anywhere: a piece of bytes need not be text.
    let third = bytes.len() / 3;
    let pieces = [
        (&bytes[..third], Some(bytes.len()), true),
        (&bytes[third..2 * third], None, true),
        (&bytes[2 * third..], None, false),
    ];
    for (number, (bytes, size, more)) in pieces.into_iter().enumerate() {
        let answer = peer.send(vec![sync(vec![piece("1", bytes, size, more)])], false);
        assert_eq!(answer.item_statuses(), [if number < 2 { "Add 213 <1" } else { "Add 201 <1" }]);
    }
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT last_name, note FROM contacts"), [format!("Packed|{note}")]);

    // Another device gets it the same way.
    let mut other = Peer::new(&server.url, "peer-2", tongue);
    other.max_message = 1500;
    let mut answer = other.send(crate::first_package(&other, 201), false);
    while !answer.is_final {
        answer = other.send(vec![syncloom_tests::peer::bare_alert(222)], true);
    }
    let mut answer = send_changes(&mut other, vec![]);
    let (mut came, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let mut body = Vec::new();
        for command in answer.syncs().iter().flat_map(|sync| &sync.commands) {
            let Command::Add(add) = command else { panic!("{command:?}") };
            let item = &add.items[0];
            assert_eq!(item.meta.format.as_deref(), Some("bin"));
            sizes.push((item.meta.size, item.meta.max_obj_size));
            came.extend(item.data.as_ref().unwrap().as_bytes().unwrap());
            body.push(syncloom_tests::peer::status(&answer, command, if item.more_data { 213 } else { 201 }));
        }
        if answer.is_final {
            break;
        }
        answer = other.send(body, true);
    }
    assert!(sizes.len() > 1, "{sizes:?}");
    let got = unzipped(&came);
    let unfolded = got.replace("\r\n ", "");
    assert!(unfolded.contains(&format!("NOTE:{note}\r\n")), "{got}");
    assert_eq!(sizes[0], (Some(came.len() as u64), Some(got.len() as u64)));
    assert!(sizes[1..].iter().all(|size| *size == (None, None)), "{sizes:?}");
}

#[test]
fn what_may_be_packed_is_text_where_messages_are_text() {
    for tongue in Tongue::ALL {
        let server = server("<zippedbindata>yes</zippedbindata>");
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let mut peer = opened(&server, tongue, 200);
        let answer = send_changes(&mut peer, vec![add("1", &vcard("Plain", ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
        let Command::Add(sent) = &answer.syncs()[0].commands[0] else { panic!("{answer:#?}") };
        let (format, data) = (sent.items[0].meta.format.as_deref(), sent.items[0].data.as_ref().unwrap());
        match tongue.encoding {
            Encoding::Xml => assert!(format.is_none() && data.as_text().unwrap().contains("N:Ours")),
            Encoding::Wbxml => {
                assert_eq!(format, Some("bin"));
                assert!(unzipped(data.as_bytes().unwrap()).contains("N:Ours"));
            }
        }
    }
}

/// The text of the only change.
fn text(answer: &Answer) -> String {
    let changes = answer.changes();
    assert_eq!(changes.len(), 1, "{changes:?}");
    changes[0].2.clone()
}

#[test]
fn a_client_without_utc_gets_and_sends_local_times() {
    let zone = "<requestedauth>md5</requestedauth>";
    for tongue in Tongue::ALL {
        let server = Server::start_with(&[(zone, &format!("{zone}<usertimezone>CET/CEST</usertimezone>"))]);
        server.sql(
            "INSERT INTO contacts (user, last_name, revision) VALUES (1, 'Ours', '2020-01-01 12:00:00')",
        );
        let mut peer = described(&server, tongue, 200, |devinf| devinf.utc = false);
        let theirs = vcard("Theirs", "").replace("END:", "REV:20200701T120000\r\nEND:");
        let answer = send_changes(&mut peer, vec![add("1", &theirs)]);
        assert!(text(&answer).contains("REV:20200101T130000\r\n"), "{tongue:?} {}", text(&answer));
        confirm(&mut peer, &answer);
        let stored = server.rows("SELECT revision FROM contacts WHERE last_name = 'Theirs'");
        assert!(stored[0].starts_with("2020-07-01 10:00:00"), "{tongue:?} {stored:?}");
    }
}

#[test]
fn of_a_client_that_says_nothing_no_utc_is_expected() {
    let zone = "<requestedauth>md5</requestedauth>";
    let server = Server::start_with(&[(zone, &format!("{zone}<usertimezone>CET/CEST</usertimezone>"))]);
    for tongue in Tongue::ALL {
        server.reset();
        server.sql(
            "INSERT INTO contacts (user, last_name, revision) VALUES (1, 'Ours', '2020-01-01 12:00:00')",
        );
        let mut peer = Peer::new(&server.url, &format!("{tongue:?}"), tongue);
        peer.send(vec![alert(200, "contacts", None, "a1")], true);
        let answer = send_changes(&mut peer, vec![]);
        assert!(text(&answer).contains("REV:20200101T130000\r\n"), "{tongue:?} {}", text(&answer));
    }
}

/// Says that the client has names, titles and notes of so many bytes in vCards of either version.
fn short_notes(devinf: &mut DevInf, size: u64) {
    let property = |name: &str, max_size: Option<u64>| CtProperty {
        name: name.to_owned(),
        max_size,
        ..CtProperty::default()
    };
    let cap = |name: &str, version: &str| CtCap {
        type_: name.to_owned(),
        version: (devinf.ver_dtd == "1.2").then(|| version.to_owned()),
        properties: ["VERSION", "N", "FN", "TITLE"]
            .map(|name| property(name, None))
            .into_iter()
            .chain([property("NOTE", Some(size))])
            .collect(),
        ..CtCap::default()
    };
    let caps = vec![cap("text/vcard", "3.0"), cap("text/x-vcard", "2.1")];
    match devinf.ver_dtd.as_str() {
        "1.2" => devinf.datastores[0].ctcaps = caps,
        _ => devinf.ctcaps = caps,
    }
}

#[test]
fn what_a_client_has_cut_replaces_nothing() {
    in_every_tongue(|server, tongue| {
        let note = "a note that is long";
        server.sql(&format!(
            "INSERT INTO contacts (user, last_name, first_name, note, role) VALUES (1, 'Long', 'Test', '{note}', 'kept')"
        ));
        let mut peer = described(server, tongue, 201, |devinf| short_notes(devinf, 10));
        // A slow sync: the client has the contact already, as much of it as it holds.
        let answer = send_changes(&mut peer, vec![add("1", &vcard("Long", "a note tha"))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
        confirm(&mut peer, &answer);
        assert_eq!(maps(server), ["Long|1"]);
        assert_eq!(server.rows("SELECT note, role FROM contacts"), [format!("{note}|kept")]);
        // It changes something else, and sends the rest along as it has it.
        again(&mut peer, 200, Some("a1"), |devinf| short_notes(devinf, 10));
        let changed = vcard("Long", "a note tha").replace("END:", "TITLE:changed\r\nEND:");
        let answer = send_changes(&mut peer, vec![replace("1", &changed)]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <1"]);
        confirm(&mut peer, &answer);
        assert_eq!(server.rows("SELECT title, note, role FROM contacts"), [format!("changed|{note}|kept")]);
        // It changes the note.
        again(&mut peer, 200, Some("a11"), |devinf| short_notes(devinf, 10));
        let answer = send_changes(&mut peer, vec![replace("1", &vcard("Long", "a note"))]);
        confirm(&mut peer, &answer);
        assert_eq!(server.rows("SELECT note, role FROM contacts"), ["a note|kept"]);
    });
}

#[test]
fn a_cut_value_in_a_conflict_is_no_conflict() {
    in_every_tongue(|server, tongue| {
        let note = "a note that is long";
        server.sql(&format!(
            "INSERT INTO contacts (user, last_name, first_name, display_name, note) \
             VALUES (1, 'Long', 'Test', 'Test Long', '{note}')"
        ));
        let mut peer = described(server, tongue, 200, |devinf| short_notes(devinf, 10));
        let answer = send_changes(&mut peer, vec![]);
        assert!(text(&answer).contains("NOTE:a note tha\r\n"), "{answer:#?}");
        let id = server.rows("SELECT id FROM contacts");
        let add = &answer.syncs()[0].commands[0];
        let body = vec![
            syncloom_tests::peer::status(&answer, add, 201),
            syncloom_tests::peer::map(&[(id[0].as_str(), "1")]),
        ];
        peer.send(body, true);
        server.sql("UPDATE contacts SET role = 'ours'");
        again(&mut peer, 200, Some("a1"), |devinf| short_notes(devinf, 10));
        let answer = send_changes(&mut peer, vec![replace("1", &vcard("Long", "a note tha"))]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <1"]);
        confirm(&mut peer, &answer);
        assert_eq!(server.rows("SELECT note, role FROM contacts"), [format!("{note}|ours")]);
    });
}

#[test]
fn a_script_says_what_the_client_has() {
    let init = script(
        "initscript",
        "SETFIELDOPTIONS(ROLE, FALSE, 0, 0, FALSE); SETFIELDOPTIONS(NOTE, TRUE, 6, 0, FALSE);",
    );
    let server = server(&init);
    server.sql(
        "INSERT INTO contacts (user, last_name, first_name, note, role, title) \
         VALUES (1, 'One', 'Test', 'a longer note', 'kept', 'old')",
    );
    let mut peer = opened(&server, Tongue::ALL[0], 201);
    let answer = send_changes(&mut peer, vec![]);
    let sent = text(&answer);
    assert!(
        sent.contains("NOTE:a long\r\n") && sent.contains("TITLE:old") && !sent.contains("kept"),
        "{sent}"
    );
    let add = &answer.syncs()[0].commands[0];
    let status = syncloom_tests::peer::status(&answer, add, 201);
    peer.send(vec![status, syncloom_tests::peer::map(&[("1", "1")])], true);
    again(&mut peer, 200, Some("a1"), |_| ());
    let theirs = vcard("One", "a long").replace("END:", "ROLE:theirs\r\nTITLE:new\r\nEND:");
    let answer = send_changes(&mut peer, vec![replace("1", &theirs)]);
    assert_eq!(answer.item_statuses(), ["Replace 200 <1"]);
    assert_eq!(server.rows("SELECT note, role, title FROM contacts"), ["a longer note|kept|new"]);
}

#[test]
fn scripts_read_and_write_by_profiles() {
    let server = server(&format!(
        "{}{}",
        script(
            "incomingscript",
            "STRING text; text = NOTE;
             IF (TITLE == \"parse\") PARSETEXTWITHPROFILE(text, \"vcard\", 1);",
        ),
        script("outgoingscript", "NOTE = MAKETEXTWITHPROFILE(\"vcard\", 1);"),
    ));
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    let inner = "BEGIN:VCARD\\nVERSION:2.1\\nN:Inner\\;Card\\nROLE:parsed\\nEND:VCARD\\n";
    let outer = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Outer;Test;;;\r\nTITLE:parse\r\nNOTE:{inner}\r\nEND:VCARD\r\n"
    );
    let answer = send_changes(&mut peer, vec![add("1", &outer)]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT last_name, first_name, role FROM contacts"), ["Inner|Card|parsed"]);
    let mut other = Peer::new(&server.url, "peer-2", Tongue::ALL[0]);
    other.send(crate::first_package(&other, 201), true);
    let sent = text(&send_changes(&mut other, vec![])).replace("\r\n ", "");
    assert!(sent.contains("NOTE:BEGIN:VCARD\\nVERSION:") && sent.contains("ROLE:parsed\\n"), "{sent}");
}

#[test]
fn two_types_have_two_contexts() {
    let count = |mark: &str| {
        script("initscript", "INTEGER count; count = 0;")
            + &script("incomingscript", &format!("count = count + 1; TITLE = \"{mark}\" + count;"))
            + &script("outgoingscript", &format!("ROLE = \"{mark} out \" + count;"))
    };
    let server = Server::start_with(&[
        (VCARD30, &format!("{VCARD30}{}", count("new"))),
        (VCARD21, &format!("{VCARD21}{}", count("old"))),
    ]);
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    let old = |id: &str, name: &str| {
        let mut change = change(id, Some(&vcard(name, "").replace("3.0", "2.1")));
        change.meta.type_ = Some("text/x-vcard".to_owned());
        Command::Add(change)
    };
    let items = vec![add("1", &vcard("A", "")), old("2", "B"), old("3", "C"), add("4", &vcard("D", ""))];
    let answer = send_changes(&mut peer, items);
    assert!(text(&answer).contains("ROLE:new out 2"), "{answer:#?}");
    confirm(&mut peer, &answer);
    let titles = "SELECT last_name, title FROM contacts WHERE title <> '' ORDER BY id";
    assert_eq!(server.rows(titles), ["A|new1", "B|old1", "C|old2", "D|new2"]);
}

#[test]
fn a_script_sends_items_back() {
    let process = "IF (SYNCOP() == \"delete\") { IF (REMOTEID() == \"kept\") REJECTITEM(403); }
                   ELSE IF (N_LAST == \"Back\") { ECHOITEM(\"replace\"); TITLE = \"stored\"; }
                   ELSE IF (N_LAST == \"Gone\") { ECHOITEM(\"delete\"); REJECTITEM(0); }
                   ELSE IF (N_LAST == \"Twice\") { ECHOITEM(\"add\"); }
                   ELSE IF (N_LAST == \"Nowhere\") { ECHOITEM(\"add\"); PREVENTADD(); }";
    let tags = script("processitemscript", process) + &script("outgoingscript", "ROLE = \"sent\";");
    let server = server(&tags);
    let mut peer = opened(&server, Tongue::ALL[1], 200);
    let items = ["Back", "Gone", "Twice", "Plain", "Nowhere"];
    let answer = send_changes(&mut peer, items.map(|name| add(name, &vcard(name, ""))).to_vec());
    let sent: Vec<String> = answer
        .changes()
        .into_iter()
        .map(|(name, id, text)| format!("{name} {id} {}", text.contains("ROLE:sent")))
        .collect();
    assert_eq!(sent, ["Replace Back true", "Delete Gone false", "Add 2 true"]);
    confirm(&mut peer, &answer);
    assert_eq!(names(&server), ["Back", "Twice", "Plain"]);
    assert_eq!(server.rows("SELECT title FROM contacts WHERE last_name = 'Back'"), ["stored"]);
    // Nothing of it is a change of ours afterwards, and deletions are asked about too.
    again(&mut peer, 200, Some("a1"), |_| ());
    let deletions = ["kept", "Plain"].map(syncloom_tests::peer::delete).to_vec();
    let answer = send_changes(&mut peer, deletions);
    assert_eq!(answer.item_statuses(), ["Delete 403 <kept", "Delete 200 <Plain"]);
    assert_eq!(answer.changes(), []);
}
