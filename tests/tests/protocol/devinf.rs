//! Device information, both ways.

use syncloom_tests::peer::{Answer, Peer, Tongue, alert, devinf, get, map, put, results, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{Command, CtCap, DevInf, Item, Location, Version};

use crate::{in_every_tongue, send_changes};

fn opening() -> Command {
    alert(201, "contacts", None, "a1")
}

/// The content capabilities, which stand in the datastore since 1.2 and belonged to the device before.
fn ctcaps(devinf: &DevInf, version: Version) -> &[CtCap] {
    match version {
        Version::V1_2 => {
            assert!(devinf.ctcaps.is_empty());
            &devinf.datastores[0].ctcaps
        }
        _ => {
            assert!(devinf.datastores[0].ctcaps.is_empty());
            &devinf.ctcaps
        }
    }
}

#[test]
fn the_server_says_what_it_can() {
    in_every_tongue(|server, tongue| {
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let answer = peer.send(vec![get(tongue)], true);
        let told = answer.devinf().expect("device information");
        assert_eq!(told.ver_dtd, tongue.version.ver_dtd());
        assert_eq!((told.dev_typ.as_str(), told.dev_id.as_str()), ("server", peer.url.as_str()));
        assert!(told.utc && told.support_large_objs && told.support_number_of_changes);
        assert_eq!(told.datastores.len(), 1);
        let store = &told.datastores[0];
        assert_eq!(
            (store.source_ref.as_str(), store.display_name.as_deref()),
            ("./contacts", Some("Contacts"))
        );
        assert_eq!(store.sync_types, ["1", "2", "3", "4", "5", "6", "7"]);
        let types = |preferred: &Option<syncloom_wire::ContentType>,
                     others: &[syncloom_wire::ContentType]| {
            let all: Vec<String> =
                preferred.iter().chain(others).map(|t| format!("{} {}", t.type_, t.version)).collect();
            all.join(", ")
        };
        assert_eq!(types(&store.rx_pref, &store.rx), "text/vcard 3.0, text/x-vcard 2.1");
        assert_eq!(types(&store.tx_pref, &store.tx), "text/vcard 3.0, text/x-vcard 2.1");

        let caps = ctcaps(told, tongue.version);
        let listed: Vec<(&str, Option<&str>)> =
            caps.iter().map(|cap| (cap.type_.as_str(), cap.version.as_deref())).collect();
        let with = |version| Some(version).filter(|_| tongue.version == Version::V1_2);
        assert_eq!(listed, [("text/vcard", with("3.0")), ("text/x-vcard", with("2.1"))]);
        let new = &caps[0];
        for name in ["BEGIN", "END", "VERSION", "N", "FN", "TEL", "EMAIL", "ADR", "PHOTO", "NOTE", "BDAY"] {
            assert!(new.properties.iter().any(|property| property.name == name), "no {name}");
        }
        let property = |name: &str| new.properties.iter().find(|property| property.name == name).unwrap();
        assert_eq!(property("BEGIN").values, ["VCARD"]);
        assert_eq!(property("VERSION").values, ["3.0"]);
        let phone = property("TEL");
        assert_eq!(phone.params[0].name, "TYPE");
        assert_eq!(phone.params[0].values[..3], ["HOME", "WORK", "CELL"]);
        assert!(!new.properties.iter().any(|property| property.name == "X-NOSUCH"));
    });
}

#[test]
fn the_server_says_how_much_its_columns_take() {
    let map = "references=\"NOTE\" type=\"string\" mode=\"rw\"";
    let title = "references=\"TITLE\" type=\"string\" mode=\"rw\"";
    let server = Server::start_with(&[
        (map, &format!("{map} size=\"500\" truncate=\"yes\"")),
        (title, &format!("{title} size=\"40\" truncate=\"no\"")),
    ]);
    for tongue in Tongue::ALL {
        let mut peer = Peer::new(&server.url, &format!("{tongue:?}"), tongue);
        let answer = peer.send(vec![get(tongue)], true);
        let caps = ctcaps(answer.devinf().unwrap(), tongue.version);
        for cap in caps {
            let told = |name: &str| {
                let property = cap.properties.iter().find(|property| property.name == name).unwrap();
                (property.max_size, property.no_truncate)
            };
            let whole = tongue.version == Version::V1_2;
            assert_eq!(
                [told("NOTE"), told("TITLE"), told("N")],
                [(Some(500), false), (Some(40), whole), (None, false)]
            );
        }
    }
}

#[test]
fn device_information_comes_in_any_order_and_the_server_asks_for_what_it_lacks() {
    in_every_tongue(|server, tongue| {
        let own = || put(devinf(tongue.version, "peer-1"), tongue);
        // What the first package holds, and what the answer holds besides statuses.
        for (what, body, names) in [
            ("all", vec![own(), get(tongue), opening()], vec!["Results", "Alert"]),
            ("the Alert first", vec![opening(), get(tongue), own()], vec!["Results", "Alert"]),
            ("Put after Get", vec![get(tongue), own(), opening()], vec!["Results", "Alert"]),
            ("Put alone", vec![own(), opening()], vec!["Alert", "Put"]),
            ("Get alone", vec![get(tongue), opening()], vec!["Results", "Alert", "Get"]),
            ("the Alert alone", vec![opening()], vec!["Alert", "Put", "Get"]),
        ] {
            let mut peer = Peer::new(&server.url, what, tongue);
            let answer = peer.send(body, true);
            assert_eq!(answer.names(), names, "{what}");
            assert!(answer.is_final, "{what}");
        }
    });
}

fn get_of(answer: &Answer) -> String {
    answer.body.iter().find(|command| command.name() == "Get").unwrap().cmd_id().to_owned()
}

#[test]
fn results_count_as_much_as_a_put() {
    in_every_tongue(|server, tongue| {
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        for (device, version) in [("new", "3.0"), ("old", "2.1"), ("silent", "2.1")] {
            let mut peer = Peer::new(&server.url, device, tongue);
            let answer = peer.send(vec![opening()], true);
            let mut own = devinf(tongue.version, device);
            if device == "old" {
                let store = &mut own.datastores[0];
                store.rx_pref = store.rx.pop();
                store.tx_pref = store.tx.pop();
            }
            let mut body = Vec::new();
            if device != "silent" {
                body.push(results(own, tongue, "1", &get_of(&answer)));
            }
            body.push(syncloom_tests::peer::sync(vec![]));
            let answer = peer.send(body, true);
            let changes = answer.changes();
            assert_eq!(changes.len(), 1, "{device}");
            assert!(changes[0].2.contains(&format!("VERSION:{version}")), "{device}: {changes:?}");
            // A peer that has not said that it can take the number of changes is not given it.
            let number = answer.syncs()[0].number_of_changes;
            assert_eq!(number, if device == "silent" { None } else { Some(1) }, "{device}");
        }
    });
}

#[test]
fn a_device_is_remembered_as_what_it_says_it_is() {
    in_every_tongue(|server, tongue| {
        let mut own = devinf(tongue.version, "peer-1");
        own.man = Some("Ma'ker".to_owned());
        own.swv = Some("1.2.3".to_owned());
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let answer = peer.send(vec![put(own, tongue)], true);
        assert_eq!(answer.statuses(), [format!("Put 200 <{}", tongue.version.devinf_uri())]);
        assert_eq!(server.rows("SELECT name, info FROM devices"), ["Ma'ker Peer|phone (, , 1.2.3)"]);
    });
}

#[test]
fn a_small_message_holds_the_short_form() {
    in_every_tongue(|server, tongue| {
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        peer.max_message = if tongue.encoding == syncloom_wire::Encoding::Xml { 3000 } else { 1500 };
        let answer =
            peer.send(vec![put(devinf(tongue.version, "peer-1"), tongue), get(tongue), opening()], true);
        let told = answer.devinf().expect("device information");
        assert_eq!(told.datastores.len(), 1);
        assert!(ctcaps(told, tongue.version).is_empty());
        assert!(told.datastores[0].rx_pref.is_some());
        assert_eq!(answer.alerts(), [(201, "./addressbook".to_owned())]);
        assert!(answer.is_final);
    });
}

#[test]
fn what_the_client_cannot_hold_is_not_sent_and_not_taken_for_deleted() {
    in_every_tongue(|server, tongue| {
        server
            .sql("INSERT INTO contacts (user, last_name, title, note) VALUES (1, 'Ours', 'Boss', 'Secret')");
        let mut own = devinf(tongue.version, "peer-1");
        let property = |name: &str| syncloom_wire::CtProperty { name: name.to_owned(), ..Default::default() };
        let cap = CtCap {
            type_: "text/vcard".to_owned(),
            version: Some("3.0".to_owned()).filter(|_| tongue.version == Version::V1_2),
            properties: ["BEGIN", "END", "VERSION", "N", "TITLE"].map(property).to_vec(),
            ..CtCap::default()
        };
        match tongue.version {
            Version::V1_2 => own.datastores[0].ctcaps.push(cap),
            _ => own.ctcaps.push(cap),
        }
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        peer.send(vec![put(own.clone(), tongue), opening()], true);
        let answer = send_changes(&mut peer, vec![]);
        let text = answer.changes()[0].2.clone();
        assert!(text.contains("TITLE:Boss") && !text.contains("NOTE"), "{text}");
        crate::confirm(&mut peer, &answer);
        // The client has changed the title; the note, which it never saw, stays.
        peer.begin();
        peer.send(vec![put(own, tongue), alert(200, "contacts", Some("a1"), "a2"), map(&[("1", "x")])], true);
        let edited = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Ours;;;;\r\nTITLE:Chief\r\nEND:VCARD\r\n";
        let answer = send_changes(&mut peer, vec![syncloom_tests::peer::replace("x", edited)]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <x"]);
        assert_eq!(server.rows("SELECT title, note FROM contacts"), ["Chief|Secret"]);
    });
}

#[test]
fn only_device_information_can_be_put_or_got() {
    in_every_tongue(|server, tongue| {
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let mut wrong_get = get(tongue);
        if let Command::Get(get) = &mut wrong_get {
            get.items = vec![Item { target: Some(Location::new("./contacts/1")), ..Item::default() }];
        }
        let mut wrong_put = put(devinf(tongue.version, "peer-1"), tongue);
        if let Command::Put(put) = &mut wrong_put {
            put.items[0].data = Some(vcard("x", "").into());
        }
        let answer = peer.send(vec![wrong_get, wrong_put, opening()], true);
        assert_eq!(answer.statuses()[0], "Get 404 >./contacts/1");
        assert!(answer.statuses()[1].starts_with("Put 405"), "{:?}", answer.statuses());
        assert_eq!(answer.alerts(), [(201, "./addressbook".to_owned())]);
    });
}

const INFO: &str = "<saveinfosql>UPDATE devices SET name = '%nR', info = '%vR' WHERE id = %d</saveinfosql>";
const KEPT: &str = "<savedevinfsql>UPDATE devices SET devinf = '%DI' WHERE id = %d</savedevinfsql>\
    <loaddevinfsql>SELECT devinf FROM devices WHERE id = %d</loaddevinfsql>";

/// Another session of a peer that says nothing of itself: what the server answers besides statuses.
fn silent_session(peer: &mut Peer, number: u32, alerted: Command) -> Vec<String> {
    peer.begin();
    let answer = peer.send(vec![alerted], true);
    assert_eq!(answer.statuses()[0].split(' ').take(2).collect::<Vec<_>>(), ["Alert", "200"], "{number}");
    answer.names().iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_peer_that_has_said_what_it_is_is_not_asked_again() {
    for tongue in Tongue::ALL {
        let server = Server::start_with(&[(INFO, KEPT)]);
        server.sql("ALTER TABLE devices ADD COLUMN devinf TEXT");
        let mut own = devinf(tongue.version, "peer-1");
        own.man = Some("Ma'ker <&> ]]> é".to_owned());
        let store = &mut own.datastores[0];
        store.rx_pref = store.rx.pop();
        store.tx_pref = store.tx.pop();
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        peer.send(vec![put(own.clone(), tongue), opening()], true);
        let answer = send_changes(&mut peer, vec![]);
        crate::confirm(&mut peer, &answer);
        let kept = &server.rows("SELECT devinf FROM devices")[0];
        assert_eq!(syncloom_wire::read_devinf(kept, &syncloom_wire::Limits::default()), Ok(own), "{kept}");
        // It counts as if it had been said: types, and what else the peer can do.
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let usual = || alert(200, "contacts", Some("a1"), "a2");
        assert_eq!(silent_session(&mut peer, 2, usual()), ["Alert"]);
        let answer = send_changes(&mut peer, vec![]);
        assert!(answer.changes()[0].2.contains("VERSION:2.1"), "{:?}", answer.changes());
        assert_eq!(answer.syncs()[0].number_of_changes, Some(1));
        // What it has not said of, it is asked.
        let mut other = usual();
        if let Command::Alert(alert) = &mut other {
            alert.items[0].source = Some(Location::new("./other"));
        }
        peer.begin();
        assert_eq!(peer.send(vec![other], true).names(), ["Alert", "Put", "Get"]);
        // So it is in another version of SyncML, and where what is kept cannot be read.
        let version = if tongue.version == Version::V1_2 { Version::V1_1 } else { Version::V1_2 };
        let mut grown = Peer::new(&server.url, "peer-1", Tongue { version, ..tongue });
        grown.nonce = peer.nonce.clone();
        assert_eq!(grown.send(vec![usual()], true).names(), ["Alert", "Put", "Get"]);
        server.sql("UPDATE devices SET devinf = '<DevInf'");
        peer.nonce = grown.nonce;
        assert_eq!(silent_session(&mut peer, 3, usual()), ["Alert", "Put", "Get"]);
        // What it says now takes the place of what is kept.
        peer.begin();
        peer.send(vec![put(devinf(tongue.version, "peer-1"), tongue), usual()], true);
        let answer = send_changes(&mut peer, vec![]);
        assert!(answer.changes()[0].2.contains("VERSION:3.0"), "{:?}", answer.changes());
        assert_eq!(silent_session(&mut peer, 4, usual()), ["Alert"]);
    }
}

#[test]
fn a_peer_is_told_about_the_server_again_when_the_config_has_changed() {
    let id = "<configidstring>Syncloom quick start</configidstring>";
    for (tags, first, then) in [
        ("", vec!["Alert", "Put"], vec!["Alert"]),
        ("<configdate>20200101T000000Z</configdate>", vec!["Alert", "Put"], vec!["Alert"]),
        ("<configdate>20990101T000000Z</configdate>", vec!["Alert", "Put"], vec!["Alert", "Put"]),
        (
            "<configdate>2099-01-01</configdate><neverputdevinf>yes</neverputdevinf>",
            vec!["Alert"],
            vec!["Alert"],
        ),
    ] {
        let server = Server::start_with(&[(id, &format!("{id}{tags}"))]);
        let tongue = Tongue::ALL[0];
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let own = || put(devinf(tongue.version, "peer-1"), tongue);
        assert_eq!(peer.send(vec![own(), opening()], true).names(), first, "{tags}");
        let answer = send_changes(&mut peer, vec![]);
        crate::confirm(&mut peer, &answer);
        peer.begin();
        let again = alert(200, "contacts", Some("a1"), "a2");
        assert_eq!(peer.send(vec![own(), again], true).names(), then, "{tags}");
    }
}
