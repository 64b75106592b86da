//! Remote rules: which of them hold for a peer, and what each option does.

use syncloom_tests::peer::{
    Answer, Peer, Tongue, add, alert, change, devinf, get, map, put, replace, results, status, sync, vcard,
};
use syncloom_tests::server::Server;
use syncloom_wire::{Command, CtCap, CtProperty, Data, DevInf, Version};

use crate::{confirm, names, send_changes};

mod items;

const TONGUE: Tongue = Tongue::ALL[0];

/// A place in the quick-start behind which tags of the server can stand.
const PLACE: &str = "<requestedauth>md5</requestedauth>";

/// A server with these tags.
fn server(tags: &str) -> Server {
    Server::start_with(&[(PLACE, &format!("{PLACE}{tags}"))])
}

/// A server with a rule for the device that these tests have.
fn ruled(options: &str) -> Server {
    server(&format!("<remoterule name='known'><manufacturer>SYNC*</manufacturer>{options}</remoterule>"))
}

/// A client that has said what it is and what it wants.
fn opened_as(server: &Server, tongue: Tongue, code: u16, info: DevInf) -> (Peer, Answer) {
    let mut peer = Peer::new(&server.url, "peer-1", tongue);
    let answer = peer.send(vec![put(info, tongue), alert(code, "contacts", None, "a1")], true);
    (peer, answer)
}

fn opened(server: &Server, code: u16) -> Peer {
    opened_as(server, TONGUE, code, devinf(TONGUE.version, "peer-1")).0
}

/// A device that knows vCard 2.1 alone.
fn old_devinf() -> DevInf {
    let mut own = devinf(TONGUE.version, "peer-1");
    let store = &mut own.datastores[0];
    store.rx_pref = store.rx.pop();
    store.tx_pref = store.tx.pop();
    own
}

fn get_of(answer: &Answer) -> String {
    answer.body.iter().find(|command| command.name() == "Get").unwrap().cmd_id().to_owned()
}

#[test]
fn a_rule_holds_as_soon_as_it_is_known_what_the_peer_is() {
    let options = "<model>P?er</model><noemptyproperties>yes</noemptyproperties>";
    for tongue in Tongue::ALL {
        let server = ruled(options);
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        for (device, expected) in [("before", true), ("behind", true), ("asked", true), ("never", false)] {
            let own = devinf(tongue.version, device);
            let opening = alert(201, "contacts", None, "a1");
            let mut peer = Peer::new(&server.url, device, tongue);
            let first = match device {
                "before" => vec![put(own.clone(), tongue), opening],
                "behind" => vec![opening, put(own.clone(), tongue)],
                _ => vec![opening],
            };
            let answer = peer.send(first, true);
            let mut second = vec![sync(vec![])];
            if device == "asked" {
                second.push(results(own, tongue, "1", &get_of(&answer)));
            }
            let answer = peer.send(second, true);
            let sent = answer.changes();
            assert_eq!(!sent[0].2.contains("\r\nFN"), expected, "{tongue:?} {device}: {sent:?}");
        }
    }
}

#[test]
fn device_information_that_comes_too_late_is_for_the_next_session() {
    let mut server = ruled("<noemptyproperties>yes</noemptyproperties>");
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    let answer = peer.send(vec![alert(201, "contacts", None, "a1")], true);
    let asked = get_of(&answer);
    peer.send(vec![sync(vec![])], false);
    let late = results(devinf(TONGUE.version, "peer-1"), TONGUE, "1", &asked);
    let answer = peer.send(vec![late, sync(vec![])], true);
    assert!(answer.changes()[0].2.contains("\r\nFN"), "{:?}", answer.changes());
    server.line("too late");
}

#[test]
fn scripts_of_rules_run_once_and_in_order() {
    let tags = "<sessioninitscript><![CDATA[STRING MARK; MARK = \"\";]]></sessioninitscript>
        <subrule name='part'><rulescript><![CDATA[INTEGER own; own = 7; MARK = MARK + \"p\" + own;]]></rulescript>
          </subrule>
        <remoterule name='all'><finalrule>no</finalrule>
          <rulescript><![CDATA[STRING own; own = \"a\"; MARK = MARK + own;]]></rulescript></remoterule>
        <remoterule name='known'><manufacturer>Syncloom</manufacturer><include rule='part'/>
          <rulescript><![CDATA[MARK = MARK + \"k\" + ISACTIVERULE(\"PART\") + ISACTIVERULE(\"rest\");]]></rulescript>
          </remoterule>
        <remoterule name='rest'><rulescript><![CDATA[MARK = MARK + \"r\";]]></rulescript></remoterule>";
    let types = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>";
    let script =
        "<incomingscript><![CDATA[TITLE = SESSIONVAR(\"MARK\") + REMOTERULENAME();]]></incomingscript>";
    let server =
        Server::start_with(&[(PLACE, &format!("{PLACE}{tags}")), (types, &format!("{types}{script}"))]);
    for (device, expected) in [("put", "ak10p7part"), ("asked", "ark10p7part"), ("never", "arrest")] {
        let own = devinf(TONGUE.version, device);
        let mut peer = Peer::new(&server.url, device, TONGUE);
        let mut first = vec![alert(201, "contacts", None, "a1")];
        if device == "put" {
            first.push(put(own.clone(), TONGUE));
        }
        let answer = peer.send(first, true);
        if device == "asked" {
            peer.send(vec![results(own.clone(), TONGUE, "1", &get_of(&answer)), put(own, TONGUE)], false);
        }
        let answer = send_changes(&mut peer, vec![add("1", &vcard(device, ""))]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
        let found = server.rows(&format!("SELECT title FROM contacts WHERE last_name = '{device}'"));
        assert_eq!(found, [expected], "{device}");
    }
}

#[test]
fn a_rule_turns_devices_away() {
    for tongue in Tongue::ALL {
        let mut server = ruled("<rejectstatus>403</rejectstatus>");
        let own = devinf(tongue.version, "peer-1");
        let (mut peer, answer) = opened_as(&server, tongue, 200, own.clone());
        assert_eq!(answer.status(), 403);
        assert_eq!(answer.statuses(), ["Put 514", "Alert 514"]);
        assert!(answer.is_final && answer.names().is_empty(), "{answer:#?}");
        assert_eq!(peer.post(b"").0, 400);
        server.line("turns this device away with status 403");
        // One that says later what it is has been let in so far.
        let mut peer = Peer::new(&server.url, "late", tongue);
        let answer = peer.send(vec![alert(200, "contacts", None, "a1")], true);
        assert_eq!(answer.status(), 212);
        let told = results(own, tongue, "1", &get_of(&answer));
        let answer = peer.send(vec![told, sync(vec![add("1", &vcard("One", ""))])], true);
        assert_eq!(
            (answer.status(), answer.statuses()),
            (403, vec!["Results 514".into(), "Sync 514".into()])
        );
        assert_eq!(names(&server), [""; 0]);
        assert_eq!(server.rows("SELECT anchor FROM targets WHERE anchor != ''"), [""; 0]);
    }
}

#[test]
fn a_device_is_called_what_its_rule_says() {
    let mut server = ruled("<descriptivename>Phone of the tests</descriptivename>");
    let mut peer = opened(&server, 200);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    server.line("the remote rule known is for this device");
    let line = server.line("ended:");
    assert!(line.contains("device peer-1 (Phone of the tests)"), "{line}");
}

#[test]
fn other_device_information_counts_instead_of_the_peers() {
    let old =
        "<DevInf xmlns='syncml:devinf'><VerDTD>1.2</VerDTD><Man>X</Man><DevID>x</DevID><DevTyp>phone</DevTyp>
        <DataStore><SourceRef>./addressbook</SourceRef>
        <Rx-Pref><CTType>text/x-vcard</CTType><VerCT>2.1</VerCT></Rx-Pref>
        <Tx-Pref><CTType>text/x-vcard</CTType><VerCT>2.1</VerCT></Tx-Pref></DataStore></DevInf>";
    let server = ruled(&format!("<overridedevinf>{old}</overridedevinf>"));
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    let mut peer = opened(&server, 201);
    let answer = send_changes(&mut peer, vec![]);
    assert!(answer.changes()[0].2.contains("VERSION:2.1"), "{:?}", answer.changes());
    assert_eq!(answer.syncs()[0].number_of_changes, None, "it does not say that it takes that");
    let mut server = ruled("<overridedevinf><Something/></overridedevinf>");
    opened(&server, 201);
    server.line("<overridedevinf>");
}

/// A slow sync, not the first one, of a contact to which either side has added something: whether our side has taken
/// over what is theirs, and what is sent.
fn matched(tags: &str) -> (bool, Vec<String>) {
    let server = server(tags);
    let mut peer = opened(&server, 200);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    confirm(&mut peer, &answer);
    server.sql("UPDATE contacts SET title = 'ours'");
    peer.begin();
    let own = put(devinf(TONGUE.version, "peer-1"), TONGUE);
    peer.send(vec![own, alert(201, "contacts", Some("a1"), "a2")], true);
    let theirs = vcard("One", "").replace("END:", "ROLE:theirs\r\nEND:");
    let answer = send_changes(&mut peer, vec![replace("1", &theirs)]);
    let sent = answer.changes().into_iter().map(|(name, id, _)| format!("{name} {id}")).collect();
    confirm(&mut peer, &answer);
    (server.rows("SELECT role FROM contacts") == ["theirs"], sent)
}

#[test]
fn rules_and_scripts_say_what_a_slow_sync_brings_together() {
    let replace = || vec!["Replace 1".to_owned()];
    let rule = |options: &str| format!("<remoterule name='known'>{options}</remoterule>");
    for (options, taken, sent) in [
        ("", true, replace()),
        ("<updateserverinslowsync>no</updateserverinslowsync>", false, replace()),
        ("<updateclientinslowsync>no</updateclientinslowsync>", true, vec![]),
        ("<noreplaceinslowsync>yes</noreplaceinslowsync>", true, vec![]),
        ("<rulescript>UPDATESERVERINSLOWSYNC(FALSE);</rulescript>", false, replace()),
        ("<rulescript>UPDATECLIENTINSLOWSYNC(FALSE);</rulescript>", true, vec![]),
        (
            "<updateclientinslowsync>no</updateclientinslowsync><rulescript>UPDATECLIENTINSLOWSYNC(1);</rulescript>",
            true,
            replace(),
        ),
    ] {
        assert_eq!(matched(&rule(options)), (taken, sent), "{options}");
    }
    let before = "<sessioninitscript>UPDATECLIENTINSLOWSYNC(FALSE);</sessioninitscript>";
    let after = rule("<updateclientinslowsync>yes</updateclientinslowsync>");
    assert_eq!(matched(before), (true, vec![]));
    assert_eq!(matched(&format!("{before}{after}")), (true, replace()), "the rule comes later");
}

#[test]
fn a_first_slow_sync_replaces_nothing_either_where_a_rule_says_so() {
    for (options, expected) in [("", 1), ("<noreplaceinslowsync>yes</noreplaceinslowsync>", 0)] {
        let server = ruled(options);
        server.sql(
            "INSERT INTO contacts (user, last_name, first_name, display_name, title)
             VALUES (1, 'One', 'Test', 'Test One', 'ours')",
        );
        let mut peer = opened(&server, 201);
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
        assert_eq!(answer.changes().len(), expected, "{options}: {:?}", answer.changes());
    }
}

#[test]
fn a_copy_is_an_add_where_a_rule_says_so() {
    for (options, expected) in [("", "Copy 406"), ("<treatcopyasadd>yes</treatcopyasadd>", "Copy 201 <1")] {
        let server = ruled(options);
        let mut peer = opened(&server, 200);
        let copy = Command::Copy(change("1", Some(&vcard("One", ""))));
        let answer = send_changes(&mut peer, vec![copy]);
        assert!(answer.statuses().contains(&expected.to_owned()), "{:?}", answer.statuses());
        let stored = if options.is_empty() { vec![] } else { vec!["One".to_owned()] };
        assert_eq!(names(&server), stored);
    }
}

#[test]
fn a_sync_from_the_client_alone_ends_with_its_changes_unless_a_rule_says_otherwise() {
    for tongue in Tongue::ALL {
        for (tags, complete) in [
            ("", false),
            ("<completefromclientonly>yes</completefromclientonly>", true),
            (
                "<completefromclientonly>yes</completefromclientonly>
                 <remoterule><completefromclientonly>no</completefromclientonly></remoterule>",
                false,
            ),
        ] {
            let server = server(tags);
            let own = devinf(tongue.version, "peer-1");
            let (mut peer, _) = opened_as(&server, tongue, 203, own);
            let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
            assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
            assert_eq!(answer.names(), if complete { vec!["Sync"] } else { vec![] }, "{tags}");
            assert!(answer.is_final);
            let saved = || server.rows("SELECT anchor FROM targets");
            assert_eq!(saved(), [if complete { "" } else { "a1" }], "{tags}");
            // A client that goes on nevertheless is answered.
            confirm(&mut peer, &answer);
            assert_eq!(saved(), ["a1"]);
            peer.begin();
            let answer = peer.send(vec![alert(200, "contacts", Some("a1"), "a2")], true);
            assert_eq!(answer.alerts(), [(200, "./addressbook".to_owned())]);
        }
    }
}

#[test]
fn datastores_are_called_what_the_peer_calls_them() {
    let uri = "./contacts?NOTE&iCON;x";
    for (options, expected) in [
        ("", uri),
        ("<dscgiindevinf>no</dscgiindevinf>", "./contacts"),
        ("<dspathindevinf>no</dspathindevinf>", "./contacts"),
    ] {
        let server = ruled(options);
        let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
        let own = put(devinf(TONGUE.version, "peer-1"), TONGUE);
        let answer = peer.send(vec![own, alert(201, uri, None, "a1"), get(TONGUE)], true);
        assert_eq!(answer.devinf().unwrap().datastores[0].source_ref, expected, "{options}");
    }
}

#[test]
fn scripts_say_what_is_shown_of_the_server() {
    for (script, tongue, properties, parameter) in [
        ("", Tongue::ALL[2], true, "HOME"),
        ("", Tongue::ALL[0], true, "TYPE"),
        ("ENUMDEFAULTPROPPARAMS(FALSE);", Tongue::ALL[2], true, "TYPE"),
        ("ENUMDEFAULTPROPPARAMS(TRUE);", Tongue::ALL[0], true, "HOME"),
        ("SHOWCTCAPPROPERTIES(FALSE);", Tongue::ALL[0], false, ""),
    ] {
        let server = server(&format!("<sessioninitscript>{script}</sessioninitscript>"));
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let answer = peer.send(vec![get(tongue)], true);
        let told = answer.devinf().unwrap();
        let caps = if tongue.version == Version::V1_2 { &told.datastores[0].ctcaps } else { &told.ctcaps };
        assert_eq!(!caps.is_empty(), properties, "{script}");
        let Some(old) = caps.iter().find(|cap| cap.type_ == "text/x-vcard") else { continue };
        let phone = old.properties.iter().find(|property| property.name == "TEL").unwrap();
        assert_eq!(phone.params[0].name, parameter, "{script}");
    }
}

#[test]
fn a_script_ends_the_session() {
    let types = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>";
    let incoming = "<incomingscript><![CDATA[IF (N_LAST == \"Bad\") ABORTSESSION(503);]]></incomingscript>";
    for tongue in Tongue::ALL {
        let mut server = Server::start_with(&[(types, &format!("{types}{incoming}"))]);
        let own = devinf(tongue.version, "peer-1");
        let (mut peer, _) = opened_as(&server, tongue, 200, own);
        let items = ["One", "Bad", "Two"].map(|name| add(name, &vcard(name, "")));
        let answer = peer.send(vec![sync(items.to_vec()), map(&[("9", "9")])], true);
        assert_eq!(answer.status(), 503);
        let statuses = answer.statuses();
        assert_eq!(statuses[1], "Add 201 <One");
        assert_eq!(statuses[3..], ["Add 514 <Two", "Map 514"].map(str::to_owned));
        assert!(answer.is_final && answer.names().is_empty());
        assert_eq!(names(&server)[0], "One", "what was done is done");
        assert_eq!(server.rows("SELECT anchor FROM targets WHERE anchor != ''"), [""; 0]);
        server.line("a script ends it with status 503");
    }
    for (script, header) in [("ABORTSESSION(500);", 500), ("ABORTSESSION(0);", 212)] {
        let server = ruled(&format!("<rulescript>{script}</rulescript>"));
        let (_, answer) = opened_as(&server, TONGUE, 200, devinf(TONGUE.version, "peer-1"));
        assert_eq!(answer.status(), header);
        assert_eq!(answer.statuses(), ["Put 514", "Alert 514"]);
    }
    let server = server("<sessioninitscript>ABORTSESSION(403);</sessioninitscript>");
    let (_, answer) = opened_as(&server, TONGUE, 200, devinf(TONGUE.version, "peer-1"));
    assert_eq!(answer.status(), 403, "before anybody has logged in");
}

#[test]
fn a_script_that_aborts_while_items_are_sent_is_heard_in_the_next_message() {
    let types = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>";
    let outgoing = "<outgoingscript>ABORTSESSION(503);</outgoingscript>";
    let server = Server::start_with(&[(types, &format!("{types}{outgoing}"))]);
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    let mut peer = opened(&server, 201);
    let answer = send_changes(&mut peer, vec![]);
    let sent = answer.syncs()[0].commands[0].clone();
    let answer = peer.send(vec![status(&answer, &sent, 201), map(&[("1", "x")])], true);
    assert_eq!((answer.status(), answer.is_final), (503, true));
    assert_eq!(server.rows("SELECT anchor FROM targets WHERE anchor != ''"), [""; 0]);
}

#[test]
fn ids_that_a_device_cannot_keep_are_short_ones() {
    for (tags, peers, length) in [
        ("<maxguidsizesent>8</maxguidsizesent>", None, 8),
        ("", Some(9), 9),
        ("<maxguidsizesent>8</maxguidsizesent>", Some(9), 8),
        ("", Some(10), 10),
    ] {
        let server = server(tags);
        let insert = |id: &str, name: &str| {
            server.sql(&format!("INSERT INTO contacts (id, user, last_name) VALUES ({id}, 1, '{name}')"));
        };
        insert("1234567890", "One");
        let mut own = devinf(TONGUE.version, "peer-1");
        own.datastores[0].max_guid_size = peers;
        let (mut peer, _) = opened_as(&server, TONGUE, 201, own.clone());
        let answer = send_changes(&mut peer, vec![]);
        let one = answer.changes()[0].1.clone();
        assert_eq!((one.len(), one.starts_with('#')), (length, length < 10), "{one}");
        let sent = answer.syncs()[0].commands[0].clone();
        peer.send(vec![status(&answer, &sent, 201), map(&[(&one, "x")])], true);
        let maps = || server.rows("SELECT local_id, remote_id FROM maps ORDER BY remote_id");
        assert_eq!(maps(), ["1234567890|x"]);
        // The Map of another item gets lost, and comes with the next session.
        insert("1234567891", "Two");
        peer.begin();
        peer.send(vec![put(own.clone(), TONGUE), alert(200, "contacts", Some("a1"), "a2")], true);
        let two = send_changes(&mut peer, vec![]).changes()[0].1.clone();
        assert_ne!(one, two);
        peer.begin();
        let late = map(&[(&two, "y")]);
        peer.send(vec![put(own, TONGUE), alert(200, "contacts", Some("a1"), "a2"), late], true);
        let answer = send_changes(&mut peer, vec![]);
        assert!(answer.changes().is_empty(), "{:?}", answer.changes());
        assert_eq!(maps(), ["1234567890|x", "1234567891|y"]);
    }
}

#[test]
fn a_message_that_comes_again_is_answered_again_unless_a_rule_says_otherwise() {
    for (options, again) in [("", true), ("<allowmessageretries>no</allowmessageretries>", false)] {
        let server = ruled(options);
        let mut peer = opened(&server, 200);
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
        let request = peer.last_request.clone();
        let (_, _, bytes) = peer.post(&request);
        assert_eq!(bytes == answer.bytes, again, "{options}");
        assert_eq!(names(&server), ["One"], "{options}");
    }
}
