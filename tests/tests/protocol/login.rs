//! Who the client is: challenges, digests, nonces, and what a client gets that cannot say.

use syncloom_tests::peer::{Peer, Proof, Tongue, alert, digest};
use syncloom_tests::server::Server;
use syncloom_wire::{Cred, Data, Meta};

use crate::{first_package, in_every_tongue, opened};

const USUAL: Tongue = Tongue::ALL[0];

#[test]
fn without_credentials_everything_is_refused_with_407() {
    in_every_tongue(|server, tongue| {
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        peer.proof = Proof::None;
        let answer = peer.send(first_package(&peer, 200), true);
        assert_eq!(answer.status(), 407);
        let chal = answer.chal().expect("a challenge");
        assert_eq!(chal.meta.type_.as_deref(), Some("syncml:auth-md5"));
        assert_eq!(chal.meta.format.as_deref(), Some("b64"));
        assert!(!peer.nonce.is_empty());
        assert_eq!(answer.statuses(), ["Put 407", "Get 407", "Alert 407"]);
        assert_eq!(answer.header.resp_uri, None);
        assert!(answer.is_final && answer.names().is_empty());
        // The same session goes on with the nonce of the challenge.
        peer.proof = Proof::Md5;
        let answer = peer.send(first_package(&peer, 200), true);
        assert_eq!(answer.status(), 212);
        assert!(answer.header.resp_uri.is_some());
        assert_eq!(answer.alerts(), [(201, "./addressbook".to_owned())]);
    });
}

#[test]
fn wrong_credentials_get_401_and_another_nonce_each_time_until_the_session_ends() {
    in_every_tongue(|server, tongue| {
        for proof in [Proof::Md5, Proof::Basic] {
            let mut peer = Peer::new(&server.url, "peer-1", tongue);
            peer.proof = proof;
            peer.password = "secret guess".to_owned();
            let mut nonces = vec![peer.nonce.clone()];
            for _ in 0..5 {
                let answer = peer.send(first_package(&peer, 200), true);
                assert_eq!(answer.status(), 401);
                assert_eq!(answer.statuses(), ["Put 401", "Get 401", "Alert 401"]);
                assert_eq!(answer.header.resp_uri, None);
                assert!(answer.is_final && answer.names().is_empty());
                assert!(!nonces.contains(&peer.nonce), "a nonce is used once");
                nonces.push(peer.nonce.clone());
            }
            let ended = server.line(" ended: ");
            assert!(ended.contains("login refused with status 401"), "{ended}");
            peer.password = "demo".to_owned();
            let message = peer.message(first_package(&peer, 200), true);
            let bytes = syncloom_wire::encode(&message, tongue.encoding);
            assert_eq!(peer.post(&bytes).0, 404, "the session is over");
            peer.begin();
            assert_eq!(peer.send(first_package(&peer, 200), true).status(), 212);
        }
        let lines = server.other_lines().join("\n");
        assert_eq!(lines.matches("wrong credentials for user \"demo\"").count(), 10, "{lines}");
        assert!(!lines.contains("secret guess"), "{lines}");
        assert_eq!(server.rows("SELECT count(*) FROM devices"), ["1"]);
    });
}

#[test]
fn a_nonce_is_good_for_one_session_and_a_digest_cannot_be_replayed() {
    in_every_tongue(|server, tongue| {
        let mut peer = opened(server, tongue, 200);
        assert_ne!(peer.nonce, b"", "the next session's nonce comes with the first one's success");
        let first_nonce = peer.nonce.clone();
        peer.begin();
        let answer = peer.send(vec![], true);
        assert_eq!(answer.status(), 212);
        assert_ne!(peer.nonce, first_nonce);
        let good = peer.nonce.clone();
        // What somebody has listened to, sent again: the first session's digest, and the second's.
        for stale in [&b""[..], &first_nonce] {
            peer.begin();
            peer.nonce = stale.to_vec();
            assert_eq!(peer.send(vec![], true).status(), 401);
        }
        // The real device is not locked out by that.
        peer.begin();
        peer.nonce = good;
        assert_eq!(peer.send(vec![], true).status(), 212);
    });
}

#[test]
fn a_challenge_is_answered_in_the_next_session_too() {
    let server = Server::start();
    let mut peer = Peer::new(&server.url, "peer-1", USUAL);
    peer.nonce = b"lost".to_vec();
    assert_eq!(peer.send(vec![], true).status(), 401);
    peer.begin();
    assert_eq!(peer.send(vec![], true).status(), 212);
}

#[test]
fn names_and_passwords_of_every_kind() {
    let server = Server::start();
    server.sql(
        "INSERT INTO users (name, password) VALUES ('colon', 'a:b::c'), ('jörg', 'größe'), ('花子', 'パス'), \
         ('o''neil', '\"); --'), ('empty', '')",
    );
    for (user, password) in
        [("colon", "a:b::c"), ("jörg", "größe"), ("花子", "パス"), ("o'neil", "\"); --"), ("empty", "")]
    {
        for tongue in Tongue::ALL {
            for proof in [Proof::Basic, Proof::Md5] {
                let mut peer = Peer::new(&server.url, &format!("{user} {tongue:?} {proof:?}"), tongue);
                (peer.user, peer.password, peer.proof) = (user.to_owned(), password.to_owned(), proof);
                assert_eq!(peer.send(vec![], true).status(), 212, "{user} {tongue:?} {proof:?}");
                peer.begin();
                peer.password = format!("{password} ");
                assert_eq!(peer.send(vec![], true).status(), 401, "{user} {tongue:?} {proof:?}");
            }
        }
    }
}

#[test]
fn users_see_their_own_contacts_only() {
    let server = Server::start();
    server.sql(
        "INSERT INTO users (name, password) VALUES ('eva', 'demo');
         INSERT INTO contacts (user, last_name) VALUES (1, 'Of demo'), (2, 'Of eva')",
    );
    for (user, name) in [("demo", "Of demo"), ("eva", "Of eva")] {
        // The same device, with another user.
        let mut peer = Peer::new(&server.url, "peer-1", USUAL);
        (peer.user, peer.proof) = (user.to_owned(), Proof::Basic);
        peer.send(first_package(&peer, 200), true);
        let answer = crate::send_changes(&mut peer, vec![]);
        let changes = answer.changes();
        assert_eq!(changes.len(), 1);
        assert!(changes[0].2.contains(name), "{changes:?}");
    }
}

#[test]
fn credentials_that_are_none_are_wrong() {
    let server = Server::start();
    let b64 = |text: &str| {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    for (name, kind, format, data) in [
        ("another kind of digest", "syncml:auth-MAC", "b64", digest("demo", "demo", b"")),
        ("no base 64", "syncml:auth-basic", "b64", "%%%".to_owned()),
        ("no colon", "syncml:auth-basic", "b64", b64("demo")),
        ("nothing", "syncml:auth-md5", "b64", String::new()),
        ("another user", "syncml:auth-basic", "b64", b64("Demo:demo")),
        ("SQL", "syncml:auth-basic", "b64", b64("x' OR '1'='1:demo")),
    ] {
        let mut peer = Peer::new(&server.url, name, USUAL);
        let mut message = peer.message(vec![alert(200, "contacts", None, "a1")], true);
        let meta = Meta { type_: Some(kind.to_owned()), format: Some(format.to_owned()), ..Meta::default() };
        message.header.cred = Some(Cred { meta, data: Data::Text(data) });
        let answer = peer.exchange(&message);
        assert_eq!((answer.status(), answer.statuses()), (401, vec!["Alert 401".to_owned()]), "{name}");
    }
}

#[test]
fn basic_is_not_enough_where_md5_is_required() {
    let server =
        Server::start_with(&[("<requiredauth>basic</requiredauth>", "<requiredauth>md5</requiredauth>")]);
    let mut peer = Peer::new(&server.url, "peer-1", USUAL);
    peer.proof = Proof::Basic;
    let answer = peer.send(first_package(&peer, 200), true);
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.chal().unwrap().meta.type_.as_deref(), Some("syncml:auth-md5"));
    peer.proof = Proof::Md5;
    assert_eq!(peer.send(first_package(&peer, 200), true).status(), 212);
}

#[test]
fn the_challenge_asks_for_what_the_config_says() {
    let server =
        Server::start_with(&[("<requestedauth>md5</requestedauth>", "<requestedauth>basic</requestedauth>")]);
    let mut peer = Peer::new(&server.url, "peer-1", USUAL);
    peer.proof = Proof::None;
    let answer = peer.send(vec![], true);
    let chal = answer.chal().unwrap();
    assert_eq!((answer.status(), chal.meta.type_.as_deref()), (407, Some("syncml:auth-basic")));
    assert_eq!(chal.meta.next_nonce, None);
}

#[test]
fn where_nobody_is_asked_it_does_not_matter_what_is_said() {
    let none = [
        ("<requestedauth>md5</requestedauth>", "<requestedauth>none</requestedauth>"),
        ("<requiredauth>basic</requiredauth>", "<requiredauth>none</requiredauth>"),
    ];
    let server = Server::start_with(&none);
    for proof in [Proof::None, Proof::Basic, Proof::Md5] {
        let mut peer = Peer::new(&server.url, "peer-1", USUAL);
        peer.proof = proof;
        peer.user = "stranger".to_owned();
        let answer = peer.send(first_package(&peer, 200), true);
        assert_eq!(answer.status(), 200, "{proof:?}");
        assert!(answer.chal().is_none(), "{proof:?}");
    }
    // Who is known is told that he need not say it again.
    let mut known = Peer::new(&server.url, "peer-2", USUAL);
    assert_eq!(known.send(first_package(&known, 200), true).status(), 212);
}
