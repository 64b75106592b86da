//! What a client cannot be told of an item, as its character set or its dialect has no way to say it: it comes back
//! otherwise than it is here, and that is no change of the client's.

use syncloom_tests::parts;
use syncloom_tests::peer::{Answer, Peer, Tongue, change, map, status};
use syncloom_tests::server::Server;
use syncloom_wire::{Command, Data, DevInf};

use crate::peers::{again, described};
use crate::{confirm, maps, send_changes};

/// Where messages carry bytes, and so all of an item is in the character set.
const TONGUE: Tongue = Tongue::ALL[1];

/// A place in the quick-start behind which tags of the server can stand.
const PLACE: &str = "<requestedauth>md5</requestedauth>";

const INSERT: &str = "INSERT INTO contacts (id, user, last_name, first_name, display_name, note, company) \
    VALUES (1, 1, 'Żółć', 'Łukasz', 'Łukasz Żółć', 'śnieg', 'Société')";

const NAMES: &str =
    "SELECT last_name, first_name, display_name, note, company, title FROM contacts ORDER BY id";

/// The sample, for clients that are sent ISO-8859-1.
fn latin(config: &str) -> String {
    let rule = "<remoterule name='latin'><manufacturer>SYNC*</manufacturer>\
        <outputcharset>ISO-8859-1</outputcharset></remoterule>";
    assert_eq!(config.matches(PLACE).count(), 1);
    config.replace(PLACE, &format!("{PLACE}{rule}"))
}

fn latin_server() -> Server {
    let server = Server::start_made(|config| latin(&config), |schema| schema);
    server.sql(INSERT);
    server
}

/// A client that knows vCard 2.1 alone.
fn old(devinf: &mut DevInf) {
    let store = &mut devinf.datastores[0];
    store.rx_pref = store.rx.pop();
    store.tx_pref = store.tx.pop();
}

/// An item as the client got it.
fn got(answer: &Answer) -> Vec<u8> {
    let (Command::Add(sent) | Command::Replace(sent)) = &answer.syncs()[0].commands[0] else {
        panic!("{answer:#?}")
    };
    match sent.items[0].data.as_ref().unwrap() {
        Data::Text(text) => text.as_bytes().to_vec(),
        Data::Bytes(bytes) => bytes.clone(),
        other => panic!("{other:?}"),
    }
}

/// The item with something else in the place of something, and more before its end.
fn changed(item: &[u8], from: &str, to: &str, more: &str) -> Vec<u8> {
    let latin: String = item.iter().map(|byte| char::from(*byte)).collect();
    assert!(latin.contains(from), "{from} is not in {latin}");
    let text = latin.replace(from, to).replace("END:VCARD", &format!("{more}END:VCARD"));
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn as_command(make: fn(syncloom_wire::Change) -> Command, id: &str, item: &[u8]) -> Command {
    let mut change = change(id, Some(""));
    change.meta.type_ = Some("text/x-vcard".to_owned());
    change.items[0].data = Some(match String::from_utf8(item.to_vec()) {
        Ok(text) => Data::Text(text),
        Err(_) => Data::Bytes(item.to_vec()),
    });
    make(change)
}

/// The client gets the contact, which it knows as 1: the client, and the item.
fn gets(server: &Server, tongue: Tongue) -> (Peer, Vec<u8>) {
    let mut peer = described(server, tongue, 200, old);
    let answer = send_changes(&mut peer, vec![]);
    let local_id = answer.changes()[0].1.clone();
    let told = status(&answer, &answer.syncs()[0].commands[0], 201);
    peer.send(vec![told, map(&[(&local_id, "1")])], true);
    (peer, got(&answer))
}

/// A session in which the client sends the item back like this, and hears nothing of its own of ours.
fn replaces(peer: &mut Peer, number: usize, item: &[u8]) -> Vec<String> {
    again(peer, 200, Some(&format!("a{}", "1".repeat(number))), old);
    let answer = send_changes(peer, vec![as_command(Command::Replace, "1", item)]);
    confirm(peer, &answer);
    answer.item_statuses()
}

#[test]
fn letters_that_a_client_has_not_stay_when_the_item_comes_back() {
    let server = latin_server();
    let (mut peer, item) = gets(&server, TONGUE);
    assert!(changed(&item, "Zólc;Lukasz", "", "") != item && item.contains(&0xe9));
    // Something else has changed.
    assert_eq!(replaces(&mut peer, 1, &changed(&item, "END", "END", "TITLE:new\r\n")), ["Replace 200 <1"]);
    assert_eq!(server.rows(NAMES), ["Żółć|Łukasz|Łukasz Żółć|śnieg|Société|new"]);
    // What it has changed itself is its, in the very field, though the rest of the name stays.
    replaces(&mut peer, 2, &changed(&changed(&item, "snieg", "rain", ""), "Zólc;Lukasz", "Zólc;Eva", ""));
    assert_eq!(server.rows(NAMES), ["Żółć|Eva|Łukasz Żółć|rain|Société|"]);
}

#[test]
fn letters_that_a_client_has_not_are_no_conflict() {
    let server = latin_server();
    let (mut peer, item) = gets(&server, TONGUE);
    server.sql("UPDATE contacts SET role = 'ours'");
    again(&mut peer, 200, Some("a1"), old);
    let item = changed(&item, "END", "END", "TITLE:theirs\r\n");
    let answer = send_changes(&mut peer, vec![as_command(Command::Replace, "1", &item)]);
    confirm(&mut peer, &answer);
    let rows = server.rows(NAMES);
    assert!(rows.iter().all(|row| row.starts_with("Żółć|Łukasz|Łukasz Żółć|śnieg|Société|")), "{rows:?}");
}

#[test]
fn a_slow_sync_finds_a_contact_by_what_the_client_has_of_it() {
    let server = latin_server();
    let (mut peer, item) = gets(&server, TONGUE);
    let mut slowly = |number: usize, id: &str, item: &[u8]| {
        again(&mut peer, 201, Some(&format!("a{}", "1".repeat(number))), old);
        let answer = send_changes(&mut peer, vec![as_command(Command::Add, id, item)]);
        confirm(&mut peer, &answer);
        (answer.changes().len(), maps(&server), server.rows(NAMES))
    };
    let whole = "Żółć|Łukasz|Łukasz Żółć|śnieg|Société|".to_owned();
    assert_eq!(slowly(1, "1", &item), (0, vec!["Żółć|1".to_owned()], vec![whole.clone()]));
    // What tells it from others is the same, and a note is another one.
    let (_, map, rows) = slowly(2, "2", &changed(&item, "snieg", "rain", ""));
    assert_eq!(map, ["Żółć|2"]);
    assert!(rows[0].starts_with("Żółć|Łukasz|Łukasz Żółć|") && rows.len() == 1, "{rows:?}");
    server.sql("UPDATE contacts SET note = 'śnieg'");
    // It has the letters after all.
    let own = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8:Żółć;Łukasz;;;\r\nFN;CHARSET=UTF-8:Łukasz Żółć\r\n\
        NOTE;CHARSET=UTF-8:śnieg\r\nORG;CHARSET=UTF-8:Société;;\r\nEND:VCARD\r\n";
    assert_eq!(slowly(3, "3", own.as_bytes()), (0, vec!["Żółć|3".to_owned()], vec![whole]));
    // Who is somebody else is added.
    let (sent, map, rows) = slowly(4, "4", &changed(&item, "Zólc", "Zola", ""));
    assert_eq!((sent, map, rows.len()), (1, vec!["Zola|4".to_owned()], 2));
}

#[test]
fn a_session_that_broke_off_doubles_no_contact_that_comes_back_otherwise() {
    let server = Server::start_made(|config| latin(&config), |schema| schema);
    let mut peer = described(&server, TONGUE, 200, old);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    server.sql(INSERT);
    again(&mut peer, 200, Some("a1"), old);
    let item = got(&send_changes(&mut peer, vec![]));
    // It has stored the contact, and could not say so.
    again(&mut peer, 200, Some("a1"), old);
    let answer = send_changes(&mut peer, vec![as_command(Command::Add, "1", &item)]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    confirm(&mut peer, &answer);
    assert_eq!(maps(&server), ["Żółć|1"]);
    assert_eq!(server.rows(NAMES), ["Żółć|Łukasz|Łukasz Żółć|śnieg|Société|"]);
}

#[test]
fn a_part_of_a_superdatastore_keeps_its_letters() {
    let server = Server::start_made(|config| parts::config(&latin(&config)), |schema| parts::schema(&schema));
    server.sql(&INSERT.replace("user,", "user, part,").replace("(1, 1,", "(1, 1, 'others',"));
    let (mut peer, item) = gets(&server, TONGUE);
    replaces(&mut peer, 1, &changed(&item, "END", "END", "TITLE:new\r\n"));
    let row = "Żółć|Łukasz|Łukasz Żółć|śnieg|Société|new";
    assert_eq!(server.rows(NAMES), [row]);
    again(&mut peer, 201, Some("a11"), old);
    let item = changed(&item, "END", "END", "TITLE:new\r\n");
    let answer = send_changes(&mut peer, vec![as_command(Command::Add, "1", &item)]);
    confirm(&mut peer, &answer);
    assert_eq!((answer.changes().len(), server.rows(NAMES)), (0, vec![row.to_owned()]));
}

#[test]
fn a_rule_that_the_old_dialect_cannot_say_stays() {
    let mut replacements = vec![(
        r#"<property name="X-AIM" suppressempty="yes"><value field="AIM"/>"#.to_owned(),
        r#"<property name="RRULE" suppressempty="yes"><value field="AIM" conversion="rrule"/>"#.to_owned(),
    )];
    for (name, kind) in [
        ("ICQ", "integer"),
        ("JABBER", "integer"),
        ("MSN", "integer"),
        ("SKYPE", "timestamp"),
        ("YAHOO", "timestamp"),
    ] {
        let field = format!(r#"<field name="{name}" type="#);
        replacements.push((format!("{field}\"string\""), format!("{field}\"{kind}\"")));
        let property =
            format!(r#"<property name="X-{name}" suppressempty="yes"><value field="{name}"/></property>"#);
        replacements.push((property, String::new()));
    }
    let replacements: Vec<(&str, &str)> =
        replacements.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let rule = "SELECT aim, icq, jabber, title FROM contacts";
    for tongue in Tongue::ALL {
        let server = Server::start_with(&replacements);
        // Yearly, by days of the month.
        server.sql(
            "INSERT INTO contacts (id, user, last_name, first_name, display_name, aim, icq, jabber, msn) \
             VALUES (1, 1, 'Rule', 'Test', 'Test Rule', 'YD', '2', '5', '0')",
        );
        let (mut peer, item) = gets(&server, tongue);
        assert!(!String::from_utf8_lossy(&item).contains("RRULE"), "{item:?}");
        replaces(&mut peer, 1, &changed(&item, "END", "END", "TITLE:new\r\n"));
        assert_eq!(server.rows(rule), ["YD|2|5|new"], "{tongue:?}");
        // In a slow sync it is the same.
        again(&mut peer, 201, Some("a11"), old);
        let same = changed(&item, "END", "END", "TITLE:new\r\n");
        let answer = send_changes(&mut peer, vec![as_command(Command::Add, "1", &same)]);
        confirm(&mut peer, &answer);
        assert_eq!((answer.changes().len(), server.rows(rule)), (0, vec!["YD|2|5|new".to_owned()]));
        // A rule of the client's own is one as a whole.
        replaces(&mut peer, 3, &changed(&item, "END", "END", "RRULE:D1 #0\r\n"));
        assert_eq!(server.rows(rule), ["D |1|0|"], "{tongue:?}");
    }
}
