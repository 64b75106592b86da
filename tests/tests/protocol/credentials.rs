//! What a client gets for each kind of credentials, under each setting of the config: a table; and what of them nobody
//! must see, and nobody may try without end.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use syncloom_tests::peer::{Answer, Peer, Proof, Tongue, alert};
use syncloom_tests::server::Server;
use syncloom_wire::{Cred, Data, Encoding, Meta, Version};

use crate::{first_package, opened, send_changes};

const USUAL: Tongue = Tongue::ALL[0];
const OLD: Tongue = Tongue { encoding: Encoding::Xml, version: Version::V1_0 };
const REQUESTED: &str = "<requestedauth>md5</requestedauth>";
const REQUIRED: &str = "<requiredauth>basic</requiredauth>";
const CLEAR: &str = "<cleartextpw>yes</cleartextpw>";
const USERS: &str = "<userkeysql>SELECT id, password FROM users WHERE name = '%U'</userkeysql>";

/// The header's status and the type and nonce that is asked for, such as `401 md5 nonce`.
fn told(answer: &Answer) -> String {
    let chal = answer.chal().map_or(String::new(), |chal| {
        assert_eq!(chal.meta.format.as_deref(), Some("b64"));
        let kind = chal.meta.type_.as_deref().unwrap();
        let nonce = if chal.meta.next_nonce.is_some() { " nonce" } else { "" };
        format!(" {}{nonce}", kind.strip_prefix("syncml:auth-").unwrap())
    });
    format!("{}{chal}", answer.status())
}

/// What a new device gets that comes with these credentials.
fn first_answer(server: &Server, device: &str, tongue: Tongue, proof: Proof, password: &str) -> String {
    let mut peer = Peer::new(&server.url, device, tongue);
    (peer.proof, peer.password) = (proof, password.to_owned());
    told(&peer.send(vec![], true))
}

fn start_with(auth: (&str, &str), more: &[(&str, &str)]) -> Server {
    let requested = format!("<requestedauth>{}</requestedauth>", auth.0);
    let required = format!("<requiredauth>{}</requiredauth>", auth.1);
    let mut changes = vec![(REQUESTED, requested.as_str()), (REQUIRED, required.as_str())];
    changes.extend(more);
    Server::start_with(&changes)
}

#[test]
fn every_setting_with_every_kind_of_credentials() {
    // Requested, required; and what follows for none, basic right and wrong, MD5 right and wrong.
    for (auth, expected) in [
        (("none", "none"), ["200", "212", "200", "212", "200"]),
        (("basic", "none"), ["200", "212 basic", "401 basic", "212 basic", "401 basic"]),
        (("md5", "none"), ["200", "212 md5 nonce", "401 md5 nonce", "212 md5 nonce", "401 md5 nonce"]),
        (("basic", "basic"), ["407 basic", "212 basic", "401 basic", "212 basic", "401 basic"]),
        (
            ("md5", "basic"),
            ["407 md5 nonce", "212 md5 nonce", "401 md5 nonce", "212 md5 nonce", "401 md5 nonce"],
        ),
        (
            ("md5", "md5"),
            ["407 md5 nonce", "401 md5 nonce", "401 md5 nonce", "212 md5 nonce", "401 md5 nonce"],
        ),
    ] {
        let server = start_with(auth, &[]);
        for tongue in [USUAL, Tongue::ALL[3]] {
            let kinds = [
                (Proof::None, "demo"),
                (Proof::Basic, "demo"),
                (Proof::Basic, "Demo"),
                (Proof::Md5, "demo"),
                (Proof::Md5, "Demo"),
            ];
            for (number, (proof, password)) in kinds.into_iter().enumerate() {
                let device = format!("{number} {:?}", tongue.encoding);
                let answer = first_answer(&server, &device, tongue, proof, password);
                assert_eq!(answer, expected[number], "{auth:?} {proof:?} {password} {tongue:?}");
            }
        }
    }
}

#[test]
fn passwords_are_kept_in_every_form() {
    let digest = Md5::digest("demo:demo");
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let checked = "<userkeysql>SELECT id FROM users WHERE name = '%U' AND password = '%M'</userkeysql>";
    let md5 = "<cleartextpw>no</cleartextpw><md5userpass>yes</md5userpass>";
    let md5_hex = "<cleartextpw>no</cleartextpw><md5userpass>yes</md5userpass><md5hex>yes</md5hex>";
    let simple = "<simpleauthuser>demo</simpleauthuser><simpleauthpw>demo</simpleauthpw><cleartextpw>yes</cleartextpw>";
    // What is in the table does not count beside the one user of the config, nor does its form.
    let simple_md5 = "<simpleauthuser>demo</simpleauthuser><simpleauthpw>demo</simpleauthpw><cleartextpw>no</cleartextpw><md5userpass>yes</md5userpass>";
    // The form, what stands in the table, and what follows for basic, for MD5, and for MD5 of SyncML 1.0.
    let all = ["212 md5 nonce", "212 md5 nonce", "212 md5 nonce"];
    let digests = ["212 md5 nonce", "212 md5 nonce", "401 basic"];
    for (form, users, stored, expected) in [
        (CLEAR, USERS, "demo".to_owned(), all),
        (md5, USERS, STANDARD.encode(digest), digests),
        (md5_hex, USERS, hex.clone(), digests),
        (md5_hex, USERS, hex.to_uppercase(), digests),
        (simple, USERS, "another".to_owned(), all),
        (simple_md5, USERS, "another".to_owned(), all),
        (
            "<cleartextpw>no</cleartextpw>",
            checked,
            "demo".to_owned(),
            ["212 md5 nonce", "401 md5 nonce", "401 md5 nonce"],
        ),
    ] {
        let server = Server::start_with(&[(CLEAR, form), (USERS, users)]);
        server.sql(&format!("UPDATE users SET password = '{stored}'"));
        for (proof, expected) in [(Proof::Basic, expected[0]), (Proof::Md5, expected[1])] {
            let device = format!("{proof:?}");
            assert_eq!(first_answer(&server, &device, USUAL, proof, "demo"), expected, "{form} {proof:?}");
            let wrong = first_answer(&server, "wrong", USUAL, proof, "demo ");
            assert_eq!(wrong, "401 md5 nonce", "{form} {proof:?}");
        }
        let mut old = Peer::new(&server.url, "old", OLD);
        let mut message = old.message(vec![], true);
        message.header.cred = Some(cred("syncml:auth-md5", &STANDARD.encode(Md5::digest("demo:demo:"))));
        assert_eq!(told(&old.exchange(&message)), expected[2], "{form} 1.0");
    }
}

fn cred(kind: &str, data: &str) -> Cred {
    let meta = Meta { type_: Some(kind.to_owned()), format: Some("b64".to_owned()), ..Meta::default() };
    Cred { meta, data: Data::Text(data.to_owned()) }
}

#[test]
fn nonces_that_are_not_made() {
    let autononce =
        |more: &str| format!("<autononce>no</autononce>{more}<sessiontimeout>300</sessiontimeout>");
    let timeout = "<sessiontimeout>300</sessiontimeout>";
    // Without any, the peer is sent none; it makes its digest with none, as often as it likes.
    let none = autononce("");
    let server = Server::start_with(&[(timeout, &none)]);
    for _ in 0..2 {
        assert_eq!(first_answer(&server, "peer-1", USUAL, Proof::Md5, "demo"), "212 md5");
    }
    assert_eq!(first_answer(&server, "peer-1", USUAL, Proof::None, ""), "407 md5");
    // With one of the config, nothing else is right.
    let constant = autononce("<constantnonce>sal:z ä</constantnonce>");
    let server = Server::start_with(&[(timeout, &constant)]);
    let mut peer = Peer::new(&server.url, "peer-1", USUAL);
    assert_eq!(told(&peer.send(vec![], true)), "401 md5 nonce");
    assert_eq!(peer.nonce, "sal:z ä".as_bytes());
    for _ in 0..2 {
        peer.begin();
        assert_eq!(told(&peer.send(vec![], true)), "212 md5 nonce");
    }
}

#[test]
fn a_nonce_is_kept_where_there_is_no_table_of_devices() {
    let simple = "<simpleauthuser>demo</simpleauthuser><simpleauthpw>demo</simpleauthpw>";
    let device = "<getdevicesql>SELECT id, nonce FROM devices WHERE device_id = '%D'</getdevicesql>";
    let saved = "<savenoncesql>UPDATE devices SET nonce = '%N' WHERE id = %d</savenoncesql>";
    for changes in [vec![(device, "")], vec![(saved, "")], vec![(device, ""), (USERS, simple)]] {
        let server = Server::start_with(&changes);
        let mut peer = Peer::new(&server.url, "peer-1", USUAL);
        assert_eq!(told(&peer.send(vec![], true)), "212 md5 nonce");
        let mut used = vec![Vec::new()];
        for _ in 0..2 {
            used.push(peer.nonce.clone());
            peer.begin();
            assert_eq!(told(&peer.send(vec![], true)), "212 md5 nonce", "{changes:?}");
        }
        for nonce in used {
            peer.begin();
            peer.nonce = nonce;
            assert_eq!(told(&peer.send(vec![], true)), "401 md5 nonce", "a nonce is used once");
        }
    }
}

#[test]
fn whoever_guesses_has_to_wait_whatever_sessions_he_begins() {
    let mut server = Server::start();
    let mut known = opened(&server, USUAL, 200);
    let mut statuses = Vec::new();
    for number in 0..22 {
        // Every try from another device, in a session of its own.
        statuses.push(first_answer(&server, &format!("made up {number}"), USUAL, Proof::Basic, "guess"));
    }
    assert_eq!(statuses.iter().filter(|status| *status == "401 md5 nonce").count(), 20, "{statuses:?}");
    assert_eq!(statuses[20..], ["503", "503"]);
    // Nothing is looked at any more, be it right; and every command gets the same.
    let mut peer = Peer::new(&server.url, "another", USUAL);
    peer.proof = Proof::Basic;
    let answer = peer.send(first_package(&peer, 200), true);
    assert_eq!((told(&answer), answer.statuses()[2].as_str()), ("503".to_owned(), "Alert 503"));
    assert!(answer.header.resp_uri.is_none() && answer.is_final);
    assert!(server.line("too many wrong logins").contains("\"demo\""));
    // Other users are not concerned, nor the user on the device that is known as the user's.
    server.sql("INSERT INTO users (name, password) VALUES ('eva', 'demo')");
    let mut eva = Peer::new(&server.url, "another", USUAL);
    eva.user = "eva".to_owned();
    assert_eq!(eva.send(vec![], true).status(), 212);
    known.begin();
    assert_eq!(known.send(vec![], true).status(), 212);
}

#[test]
fn credentials_in_later_messages() {
    let server = Server::start();
    server.sql("INSERT INTO users (name, password) VALUES ('eva', 'demo')");
    for proof in [Proof::Basic, Proof::Md5] {
        // Some peers send them in every message, stale as they are.
        let mut peer = Peer::new(&server.url, &format!("{proof:?}"), USUAL);
        peer.proof = proof;
        let mut message = peer.message(vec![alert(200, "contacts", None, "a1")], true);
        let given = message.header.cred.clone();
        assert_eq!(peer.exchange(&message).status(), 212);
        message = peer.message(vec![syncloom_tests::peer::sync(vec![])], true);
        message.header.cred = given;
        let answer = peer.exchange(&message);
        assert_eq!(
            (told(&answer).as_str(), answer.statuses()[0].as_str()),
            ("200", "Sync 200 >contacts <./addressbook")
        );
        // Another user does not go on with this one's session, right password or not.
        message = peer.message(vec![], true);
        message.header.source.name = Some("eva".to_owned());
        message.header.cred = Some(cred("syncml:auth-basic", &STANDARD.encode("eva:demo")));
        let answer = peer.exchange(&message);
        assert_eq!((told(&answer).as_str(), answer.names().len()), ("401", 0));
        let message = peer.message(vec![], true);
        let bytes = syncloom_wire::encode(&message, USUAL.encoding);
        assert_eq!(peer.post(&bytes).0, 404, "the session is over");
    }
}

#[test]
fn a_challenge_in_the_middle_of_a_package_is_answered_in_the_same_session() {
    let server = Server::start();
    let mut peer = Peer::new(&server.url, "peer-1", USUAL);
    peer.proof = Proof::None;
    for _ in 0..3 {
        assert_eq!(peer.send(vec![alert(200, "contacts", None, "a1")], false).status(), 407);
    }
    peer.proof = Proof::Md5;
    assert_eq!(peer.send(vec![alert(200, "contacts", None, "a1")], true).status(), 212);
    assert!(send_changes(&mut peer, vec![]).status() == 200);
}

#[test]
fn nothing_secret_reaches_the_log() {
    let script = "<loginfinishscript>INTEGER A[]; A[-1] = 1;</loginfinishscript>";
    for (what, changes) in [
        ("plain", vec![]),
        (
            "a statement that fails",
            vec![(USERS, "<userkeysql>SELECT '%M' FROM absent WHERE a = '%N'</userkeysql>")],
        ),
        ("a script that fails", vec![(CLEAR, script)]),
    ] {
        let mut server = Server::start_with(&changes);
        server.sql("UPDATE users SET password = 'Geheim-1'");
        let mut secrets =
            vec!["Geheim".to_owned(), STANDARD.encode("demo:Geheim-1"), STANDARD.encode("demo:Geheim-2")];
        for password in ["Geheim-1", "Geheim-2"] {
            let digest = Md5::digest(format!("demo:{password}"));
            secrets.push(STANDARD.encode(digest));
            secrets.push(digest.iter().map(|byte| format!("{byte:02x}")).collect());
            for proof in [Proof::None, Proof::Basic, Proof::Md5] {
                let mut peer = Peer::new(&server.url, "peer-1", USUAL);
                (peer.password, peer.proof) = (password.to_owned(), proof);
                for _ in 0..2 {
                    let mut message = peer.message(vec![alert(200, "contacts", None, "a1")], true);
                    if let Some(Data::Text(data)) = message.header.cred.take().map(|cred| cred.data) {
                        secrets.push(data.clone());
                        let kind = if proof == Proof::Md5 { "md5" } else { "basic" };
                        message.header.cred = Some(cred(&format!("syncml:auth-{kind}"), &data));
                    }
                    peer.exchange(&message);
                    if !peer.nonce.is_empty() {
                        secrets.push(String::from_utf8(peer.nonce.clone()).unwrap());
                        secrets.push(STANDARD.encode(&peer.nonce));
                    }
                    peer.begin();
                }
            }
        }
        let lines = server.other_lines().join("\n");
        assert!(lines.contains("session"), "{what}: something is said: {lines}");
        for secret in secrets {
            assert!(!lines.contains(&secret), "{what}: {secret} is in {lines}");
        }
    }
}
