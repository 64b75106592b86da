//! Lists that a client shortens, pictures that it does not take, and mails that are cut for it: what comes back of them
//! replaces nothing of what it never got.

use syncloom_tests::peer::{Peer, Tongue, add, map, replace, status, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{CtCap, CtProperty, DevInf};

use crate::peers::{again, described};
use crate::{confirm, in_every_tongue, maps, send_changes};

/// What the client takes: so many numbers of a contact, and pictures of so many bytes.
const NUMBERS: u64 = 5;
const PICTURE: u64 = 10;

/// Up to SyncML 1.1 nobody can say how many there may be.
fn counts(tongue: Tongue) -> bool {
    tongue.version.ver_dtd() == "1.2"
}

fn few_numbers(devinf: &mut DevInf) {
    let property = |name: &str| CtProperty {
        name: name.to_owned(),
        max_occur: (name == "TEL").then_some(NUMBERS),
        max_size: (name == "PHOTO").then_some(PICTURE),
        ..CtProperty::default()
    };
    devinf.datastores[0].ctcaps = vec![CtCap {
        type_: "text/vcard".to_owned(),
        version: Some("3.0".to_owned()),
        properties: ["VERSION", "N", "FN", "TITLE", "NOTE", "TEL", "PHOTO"].map(property).to_vec(),
        ..CtCap::default()
    }];
}

/// A contact of ours with thirty numbers and a picture.
fn insert(server: &Server) {
    server.sql(
        "INSERT INTO contacts (id, user, last_name, first_name, display_name, photo) \
         VALUES (1, 1, 'Many', 'Test', 'Test Many', 'a picture that is large')",
    );
    for number in 1..=30 {
        server.sql(&format!("INSERT INTO phones (contact, number, kind) VALUES (1, '{number}', 'HOME')"));
    }
}

/// The contact as the client has it.
fn theirs(numbers: &[&str], more: &str) -> String {
    let lines: String = numbers.iter().map(|number| format!("TEL;TYPE=HOME:{number}\r\n")).collect();
    vcard("Many", "").replace("END:", &format!("{lines}{more}END:"))
}

fn numbers(server: &Server) -> String {
    server.rows("SELECT number FROM phones WHERE contact = 1 ORDER BY id").join(",")
}

fn range(from: u32, to: u32) -> String {
    (from..=to).map(|number| number.to_string()).collect::<Vec<_>>().join(",")
}

/// A session in which the client, that has got the contact, sends it back like this.
fn sends(peer: &mut Peer, number: usize, item: &str) -> Vec<String> {
    again(peer, 200, Some(&format!("a{}", "1".repeat(number))), few_numbers);
    let answer = send_changes(peer, vec![replace("1", item)]);
    confirm(peer, &answer);
    answer.item_statuses()
}

/// The client gets the contact.
fn gets(server: &Server, tongue: Tongue) -> Peer {
    let mut peer = described(server, tongue, 200, few_numbers);
    let answer = send_changes(&mut peer, vec![]);
    let text = &answer.changes()[0].2;
    assert_eq!((text.matches("TEL").count(), text.contains("PHOTO")), (5, false), "{text}");
    let told = status(&answer, &answer.syncs()[0].commands[0], 201);
    peer.send(vec![told, map(&[("1", "1")])], true);
    peer
}

#[test]
fn numbers_that_a_client_never_got_stay() {
    in_every_tongue(|server, tongue| {
        if !counts(tongue) {
            return;
        }
        insert(server);
        let mut peer = gets(server, tongue);
        // Another name, the same numbers.
        assert_eq!(
            sends(&mut peer, 1, &theirs(&["1", "2", "3", "4", "5"], "TITLE:new\r\n")),
            ["Replace 200 <1"]
        );
        assert_eq!(numbers(server), range(1, 30));
        let picture = server.rows("SELECT title, CAST(photo AS TEXT) FROM contacts");
        assert_eq!(picture, ["new|a picture that is large"]);
        // One is deleted, one changed.
        sends(&mut peer, 2, &theirs(&["1", "33", "4", "5"], "PHOTO;ENCODING=B:AAECAwQ=\r\n"));
        assert_eq!(numbers(server), format!("1,33,4,5,{}", range(6, 30)));
        assert_eq!(server.rows("SELECT hex(photo) FROM contacts"), ["0001020304"]);
    });
}

#[test]
fn numbers_that_a_client_never_got_stay_in_a_conflict() {
    in_every_tongue(|server, tongue| {
        if !counts(tongue) {
            return;
        }
        insert(server);
        let mut peer = gets(server, tongue);
        // Ours loses its first number, so that the sixth is among the first five now; the client never got it.
        server.sql("UPDATE phones SET contact = NULL WHERE number = '1'");
        server.sql("DELETE FROM phones WHERE contact IS NULL");
        server.sql("UPDATE contacts SET role = 'ours'");
        let item = theirs(&["1", "2", "3", "4", "5"], "TITLE:theirs\r\n");
        sends(&mut peer, 1, &item);
        let mut all: Vec<u32> = numbers(server).split(',').map(|number| number.parse().unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all[all.len() - 29..], (2..=30).collect::<Vec<u32>>());
    });
}

#[test]
fn a_slow_sync_finds_a_contact_of_which_the_client_has_some_numbers() {
    in_every_tongue(|server, tongue| {
        if !counts(tongue) {
            return;
        }
        insert(server);
        // Another one of the same name, with no number.
        server.sql(
            "INSERT INTO contacts (id, user, last_name, first_name, display_name, role) \
             VALUES (2, 1, 'Many', 'Test', 'Test Many', 'other')",
        );
        let mut peer = described(server, tongue, 201, few_numbers);
        let items = vec![add("other", &vcard("Many", "")), add("1", &theirs(&["1", "2", "3", "4", "5"], ""))];
        let answer = send_changes(&mut peer, items);
        assert_eq!(answer.item_statuses(), ["Add 201 <other", "Add 201 <1"]);
        assert_eq!(answer.changes().len(), 0, "they are the same on both sides");
        confirm(&mut peer, &answer);
        assert_eq!(server.rows("SELECT local_id, remote_id FROM maps ORDER BY 1"), ["1|1", "2|other"]);
        assert_eq!(numbers(server), range(1, 30));
        // In another one it has other numbers, and ours stay all the same.
        again(&mut peer, 201, Some("a1"), few_numbers);
        let items = vec![add("other", &vcard("Many", "")), add("1", &theirs(&["1", "2", "34", "5"], ""))];
        let answer = send_changes(&mut peer, items);
        confirm(&mut peer, &answer);
        let all = numbers(server);
        assert!((6..=30).all(|number| all.split(',').any(|known| known == number.to_string())), "{all}");
        assert_eq!(maps(server).len(), 2);
    });
}

#[test]
fn a_session_that_broke_off_doubles_no_contact_with_many_numbers() {
    let server = Server::start();
    let tongue = Tongue::ALL.into_iter().find(|tongue| counts(*tongue)).unwrap();
    let mut peer = described(&server, tongue, 200, few_numbers);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    insert(&server);
    again(&mut peer, 200, Some("a1"), few_numbers);
    assert_eq!(send_changes(&mut peer, vec![]).changes().len(), 1);
    // It has stored the contact, and could not say so: to it, it is one of its own.
    again(&mut peer, 200, Some("a1"), few_numbers);
    let answer = send_changes(&mut peer, vec![add("1", &theirs(&["1", "2", "3", "4", "5"], ""))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    confirm(&mut peer, &answer);
    assert_eq!(maps(&server), ["Many|1"]);
    assert_eq!(numbers(&server), range(1, 30));
}

/// Contacts as mails: a subject and a body, which a script cuts.
const MAIL: &str = r#"<textprofile name="mail" fieldlist="contact">
      <mimemail>yes</mimemail>
      <linemap field="N_LAST"><headertag>Subject:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
      <linemap field="TITLE"><headertag>X-Title:</headertag><inheader>yes</inheader></linemap>
      <linemap field="NOTE"><valuetype>body</valuetype></linemap>
    </textprofile>
    <datatype name="mail" basetype="text">
      <use textprofile="mail"/>
      <typestring>text/vcard</typestring><versionstring>3.0</versionstring>
      <outgoingscript><![CDATA[ SETSIZELIMIT(10); ]]></outgoingscript>
    </datatype>
    <datatype name="vcard21" basetype="vcard">"#;

#[test]
fn a_mail_that_a_script_has_cut_replaces_nothing() {
    let server = Server::start_with(&[
        (r#"<datatype name="vcard21" basetype="vcard">"#, MAIL),
        (
            r#"<use datatype="vcard30" mode="rw" preferred="yes"/>"#,
            r#"<use datatype="mail" mode="rw" preferred="yes"/>"#,
        ),
    ]);
    server.sql(
        "INSERT INTO contacts (id, user, last_name, note) VALUES (1, 1, 'One', 'a body of some length')",
    );
    let mut peer = described(&server, Tongue::ALL[0], 200, |_| ());
    let answer = send_changes(&mut peer, vec![]);
    let text = answer.changes()[0].2.clone();
    assert!(text.contains("\r\n\r\na body of ") && !text.contains("some"), "{text}");
    let told = status(&answer, &answer.syncs()[0].commands[0], 201);
    peer.send(vec![told, map(&[("1", "1")])], true);
    let changes = |peer: &mut Peer, number: usize, text: &str| {
        again(peer, 200, Some(&format!("a{}", "1".repeat(number))), |_| ());
        let answer = send_changes(peer, vec![replace("1", text)]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <1"]);
        confirm(peer, &answer);
        server.rows("SELECT title, note FROM contacts")
    };
    let read = format!("X-Title: read\r\n{text}");
    assert_eq!(changes(&mut peer, 1, &read), ["read|a body of some length"]);
    // What it has written itself is its.
    let own = format!("X-Title: own\r\n{}", text.replace("a body of ", "another"));
    assert_eq!(changes(&mut peer, 2, &own), ["own|another"]);
}
