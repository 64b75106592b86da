//! A peer that knows the password and says anything, again and again: it is answered, message by message, and whatever
//! it does to its own session, another device goes on as if nothing had been.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::sync::{Arc, Mutex};

use syncloom_tests::bench::Bench;
use syncloom_tests::chance::{Chance, changed};
use syncloom_tests::peer::{Line, Peer, Proof, Tongue, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_wire::{Encoding, Limits, Version, decode, encode};

/// Sessions of such a peer, unless `SYNCLOOM_CHANCES` says another number.
const SESSIONS: u64 = 120;
/// Sessions with one server: the peer's wrong logins would lock out its user at some time.
const SESSIONS_EACH: u64 = 3;

const TONGUE: Tongue = Tongue { encoding: Encoding::Xml, version: Version::V1_2 };

/// A line that keeps what goes through it.
struct Recorder {
    line: Arc<dyn Line>,
    messages: Mutex<Vec<String>>,
}

impl Line for Recorder {
    fn post(&self, address: &str, encoding: Encoding, bytes: &[u8]) -> (u16, String, Vec<u8>) {
        self.messages.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
        self.line.post(address, encoding, bytes)
    }
}

fn phone(bench: &Bench, device: &str) -> Phone {
    Phone::with(Peer::on(bench.line(), "http://bench/", device, TONGUE))
}

/// What a peer says in sound sessions: a slow sync, one with changes of both sides and a large contact, and a resumed
/// one, each message by itself.
fn sound_sessions(make: fn(Option<&Bench>) -> Bench) -> Vec<Vec<String>> {
    let bench = make(None);
    let mut phone = phone(&bench, "peer");
    phone.peer.proof = Proof::Basic;
    let mut sessions = Vec::new();
    let mut record = |phone: &mut Phone, run: &dyn Fn(&mut Phone)| {
        let recorder = Arc::new(Recorder { line: bench.line(), messages: Mutex::default() });
        phone.peer.line = Arc::clone(&recorder) as Arc<dyn Line>;
        run(phone);
        sessions.push(std::mem::take(&mut *recorder.messages.lock().unwrap()));
    };
    for name in ["Peer 1", "Peer 2", "Peer 3"] {
        phone.add(&vcard(name, ""));
    }
    record(&mut phone, &|phone| phone.sync(201));
    phone.piece = 1_500;
    phone.per_message = 2;
    phone.edit("Peer 1", &vcard("Peer 1", "theirs"));
    phone.remove("Peer 2");
    phone.add(&vcard("Peer 4", &"words ".repeat(500)));
    bench.sql(
        "INSERT INTO contacts (user, last_name, first_name, display_name) VALUES (1, 'Ours', 'Test', 'Test Ours');
         UPDATE contacts SET note = 'ours' WHERE last_name = 'Peer 3'",
    );
    record(&mut phone, &|phone| {
        phone.begin(200);
        for _ in 0..4 {
            phone.step();
        }
    });
    record(&mut phone, &|phone| phone.sync(225));
    sessions
}

/// One session of the peer's, in which what it says is changed; gives the messages as they were sent.
fn misbehave(bench: &Bench, session: &[String], all: &[String], chance: &mut Chance) -> Vec<String> {
    let encoding = *chance.one(&[Encoding::Xml, Encoding::Wbxml]);
    let mut sent = Vec::new();
    for message in session {
        let text = match chance.below(3) {
            0 => message.clone(),
            _ => changed(message, all, chance),
        };
        let bytes = match encoding {
            Encoding::Xml => text.clone().into_bytes(),
            Encoding::Wbxml => match decode(text.as_bytes(), Encoding::Xml, &Limits::default()) {
                Ok(decoded) => encode(&decoded.message, encoding),
                Err(_) => continue,
            },
        };
        let (status, _, answer) = bench.line().post("", encoding, &bytes);
        sent.push(text);
        if status == 200 {
            let answer = decode(&answer, encoding, &Limits::default()).unwrap();
            assert_eq!(answer.fault, None, "{sent:#?}");
        } else {
            assert_eq!(status, 400, "{sent:#?}");
        }
    }
    sent
}

fn a_peer_that_says_anything(make: fn(Option<&Bench>) -> Bench) {
    let sessions = sound_sessions(make);
    let all: Vec<String> = sessions.concat();
    let said = std::env::var("SYNCLOOM_CHANCES").ok().and_then(|number| number.parse().ok());
    let rounds: u64 = said.unwrap_or(SESSIONS).div_ceil(SESSIONS_EACH);
    let before = make(None);
    let mut honest = phone(&before, "phone");
    for name in ["A", "B", "C"] {
        honest.add(&vcard(name, ""));
    }
    // It may come to be spoken for by the other, whose anchors are not to be its own.
    honest.peer.session = 1_000;
    honest.sync(200);
    for round in 0..rounds {
        let bench = make(Some(&before));
        let mut honest = honest.clone();
        honest.peer.line = bench.line();
        for number in round * SESSIONS_EACH..(round + 1) * SESSIONS_EACH {
            let chance = &mut Chance::new(number);
            // A session that its peer does not begin goes on with the one before.
            let session = chance.one(&sessions).clone();
            let sent = misbehave(&bench, &session, &all, chance);
            let name = format!("New {number}");
            honest.add(&vcard(&name, ""));
            let run = std::panic::AssertUnwindSafe(|| {
                honest.sync(200);
                assert_same(honest.contacts(), bench.contacts(), "of the honest phone and the server");
                assert!(honest.names().contains(&name));
            });
            if let Err(why) = std::panic::catch_unwind(run) {
                let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
                panic!("number {number}: {why}\n{:#?}\n{}", bench.notes(), sent.join("\n\n"));
            }
        }
    }
    println!("{} sessions", rounds * SESSIONS_EACH);
}

#[test]
fn a_peer_that_says_anything_disturbs_nobody_else() {
    a_peer_that_says_anything(|copy_of| Bench::new(copy_of, &[]));
}

#[test]
fn nor_does_it_in_a_superdatastore() {
    a_peer_that_says_anything(Bench::in_parts);
}
