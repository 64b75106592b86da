//! What becomes of a sync that breaks off: at every message, in every way, and with every way to come back. Whatever
//! happens, both sides end with the same contacts, nothing is lost, and nothing is there twice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use syncloom_tests::bench::{Bench, Death};
use syncloom_tests::peer::{Peer, Tongue, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_wire::{Encoding, Version};

const TONGUE: Tongue = Tongue { encoding: Encoding::Wbxml, version: Version::V1_2 };

/// How a session breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    /// The client dies before it sends the message.
    ClientBeforeSending,
    /// The client dies when it has sent it.
    ClientAfterSending,
    /// The client dies when it has worked off the answer.
    ClientAfterReceiving,
    /// The server dies before anything of the message is durable.
    ServerBeforeCommit,
    /// The server dies after that, and before it can answer.
    ServerAfterCommit,
    /// The server dies when the items are durable, and their maps, which are kept elsewhere, are not.
    ServerBetweenCommits,
}

const BREAKS: [Break; 5] = [
    Break::ClientBeforeSending,
    Break::ClientAfterSending,
    Break::ClientAfterReceiving,
    Break::ServerBeforeCommit,
    Break::ServerAfterCommit,
];
/// The same, and what can happen where items and maps are kept in two places.
const BREAKS_OF_HALVES: [Break; 6] =
    [BREAKS[0], BREAKS[1], BREAKS[2], BREAKS[3], BREAKS[4], Break::ServerBetweenCommits];

/// How the client comes back: to go on, with a normal sync, with a slow one.
const RETURNS: [u16; 3] = [225, 200, 201];

/// Makes a server, with nothing in it or with what another one has.
type Make = fn(Option<&Bench>) -> Bench;

/// The contacts in one datastore.
const WHOLE: Make = |copy_of| Bench::new(copy_of, &[]);
/// The contacts in two parts of a superdatastore. The one that the client changes moves to the other part.
const IN_PARTS: Make = Bench::in_parts;
/// The contacts in SQLite, their map in a text file.
const IN_HALVES: Make = Bench::in_halves;

/// A pair that has synced and drifted apart, and how the client is.
struct Scene {
    make: Make,
    bench: Bench,
    phone: Phone,
    /// The names that both sides are to have in the end, and those that a slow sync may bring back.
    together: Vec<&'static str>,
    deleted: Vec<&'static str>,
    /// The name of one that the client's change moves to another part. A slow sync compares the parts one by one, so
    /// that it is new in the one and stays in the other.
    moved: Option<&'static str>,
    breaks: &'static [Break],
}

impl Scene {
    fn copy(&self) -> (Bench, Phone) {
        let bench = (self.make)(Some(&self.bench));
        let mut phone = self.phone.clone();
        phone.peer.line = bench.line();
        (bench, phone)
    }
}

fn pair(make: Make) -> (Bench, Phone) {
    let bench = make(None);
    let phone = Phone::with(Peer::on(bench.line(), "http://bench/", "phone", TONGUE));
    (bench, phone)
}

/// Adds, changes and deletes on both sides, a few in each message.
fn small(make: Make) -> Scene {
    let (bench, mut phone) = pair(make);
    for name in ["A", "B", "C", "D", "E"] {
        phone.add(&vcard(name, ""));
    }
    phone.sync(200);
    phone.per_message = 1;
    phone.peer.max_message = 1_200;
    for name in ["Theirs 1", "Theirs 2"] {
        phone.add(&vcard(name, ""));
    }
    phone.edit("A", &vcard("A", "theirs"));
    phone.remove("B");
    bench.sql(
        "INSERT INTO contacts (user, last_name, first_name, display_name) VALUES
             (1, 'Ours 1', 'Test', 'Test Ours 1'), (1, 'Ours 2', 'Test', 'Test Ours 2'),
             (1, 'Ours 3', 'Test', 'Test Ours 3');
         UPDATE contacts SET note = 'ours' WHERE last_name = 'C';
         DELETE FROM contacts WHERE last_name = 'D'",
    );
    let together = vec!["A", "C", "E", "Ours 1", "Ours 2", "Ours 3", "Theirs 1", "Theirs 2"];
    Scene { make, bench, phone, together, deleted: vec!["B", "D"], moved: None, breaks: &BREAKS }
}

/// An item that takes several messages, in each direction, beside a small one.
fn large(make: Make) -> Scene {
    let (bench, mut phone) = pair(make);
    phone.add(&vcard("A", ""));
    phone.sync(200);
    phone.piece = 1_500;
    phone.peer.max_message = 2_500;
    phone.add(&vcard("Theirs", &"their words ".repeat(500)));
    phone.edit("A", &vcard("A", "theirs"));
    bench.sql(&format!(
        "INSERT INTO contacts (user, last_name, first_name, display_name, note)
         VALUES (1, 'Ours', 'Test', 'Test Ours', '{}'), (1, 'Small', 'Test', 'Test Small', NULL)",
        "our words ".repeat(500)
    ));
    let together = vec!["A", "Ours", "Small", "Theirs"];
    Scene { make, bench, phone, together, deleted: vec![], moved: None, breaks: &BREAKS }
}

/// How many messages the sync takes if nothing happens.
fn messages(scene: &Scene) -> usize {
    let (bench, mut phone) = scene.copy();
    phone.sync(200);
    assert_eq!(phone.names(), scene.together, "{:#?}", bench.notes());
    bench.messages()
}

/// Lets one session break off, comes back, and looks at both sides. `Err` says what is wrong.
fn cell(scene: &Scene, begin: u16, at: usize, how: Break, back: u16, change: impl Fn(&mut Phone)) {
    let (bench, mut phone) = scene.copy();
    change(&mut phone);
    phone.begin(begin);
    for _ in 1..at {
        if !phone.step() {
            break;
        }
    }
    if !phone.is_over() {
        match how {
            Break::ClientBeforeSending => {}
            Break::ClientAfterSending => drop(phone.try_step_deaf()),
            Break::ClientAfterReceiving => drop(phone.step()),
            Break::ServerBeforeCommit => {
                bench.die_at_next_message(Death::BeforeCommit);
                phone.try_step_deaf();
            }
            Break::ServerAfterCommit => {
                bench.die_at_next_message(Death::AfterCommit);
                phone.try_step_deaf();
            }
            Break::ServerBetweenCommits => {
                bench.die_at_next_message(Death::BetweenCommits);
                phone.try_step_deaf();
            }
        }
    }
    phone.sync(back);
    let was_slow = phone.slow || begin == 201;
    let notes = || format!("{:#?}", bench.notes());
    assert_same(phone.contacts(), bench.contacts(), "after coming back");
    let names = phone.names();
    assert_eq!(names, bench.column("SELECT last_name FROM contacts ORDER BY 1"), "{}", notes());
    let known = |name: &String| !(was_slow && scene.deleted.contains(&name.as_str()));
    let stayed = |name: &str| was_slow && scene.moved == Some(name);
    let mut kept: Vec<&String> = names.iter().filter(|name| known(name)).collect();
    kept.dedup_by(|a, b| a == b && stayed(a));
    assert_eq!(kept, scene.together.iter().collect::<Vec<_>>(), "{}", notes());
    // What was changed is changed.
    for contact in phone.contacts() {
        let expected = match contact.last_name() {
            "A" if stayed("A") => continue,
            "A" => "theirs",
            "C" => "ours",
            _ => continue,
        };
        assert_eq!(contact.values("NOTE"), [expected], "{}", notes());
    }
    // And all is said: there is one entry of the map for each, and nothing to send.
    assert_eq!(bench.mapped(), phone.items.len(), "{}", notes());
    phone.sync(200);
    assert!(!phone.slow, "{}", notes());
    assert_eq!(
        (phone.told.len(), phone.heard.len()),
        (0, 0),
        "{:?} {:?} {}",
        phone.told,
        phone.heard,
        notes()
    );
}

/// A kind of client: what it is like, and how a phone is made so.
type Client = (&'static str, fn(&mut Phone));

/// Every cell of a scene. Prints how many there are, and how many went wrong.
fn matrix(name: &str, scene: &Scene, begin: u16, clients: &[Client]) {
    let last = messages(scene) + 1;
    let (mut cells, mut failures) = (0, Vec::new());
    for at in 1..=last {
        for &how in scene.breaks {
            for back in RETURNS {
                for (client, change) in clients {
                    cells += 1;
                    let run = || cell(scene, begin, at, how, back, change);
                    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
                    if let Err(why) = outcome {
                        let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
                        let about =
                            format!("{name}: message {at} of {last}, {how:?}, back with {back}, {client}");
                        failures.push(format!("{about}: {why}"));
                    }
                }
            }
        }
    }
    println!("{name}: {cells} cells, {} failures", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

const CLIENTS: [Client; 2] =
    [("keeps its maps", |_| {}), ("forgets its maps", |phone| phone.keeps_maps = false)];

#[test]
fn a_two_way_sync_that_breaks_off_anywhere() {
    matrix("two-way", &small(WHOLE), 200, &CLIENTS);
}

#[test]
fn a_slow_sync_that_breaks_off_anywhere() {
    matrix("slow", &small(WHOLE), 201, &CLIENTS);
}

#[test]
fn large_items_that_break_off_anywhere() {
    let clients: [Client; 3] = [
        CLIENTS[0],
        CLIENTS[1],
        ("does not say where its pieces belong", |phone| phone.says_position = false),
    ];
    matrix("large items", &large(WHOLE), 200, &clients);
}

#[test]
fn a_superdatastore_that_breaks_off_anywhere() {
    let scene = Scene { moved: Some("A"), ..small(IN_PARTS) };
    matrix("superdatastore, two-way", &scene, 200, &CLIENTS);
    matrix("superdatastore, slow", &scene, 201, &CLIENTS);
    let scene = Scene { moved: Some("A"), ..large(IN_PARTS) };
    matrix("superdatastore, large items", &scene, 200, &CLIENTS[..1]);
}

#[test]
fn items_and_maps_in_two_places_that_break_off_anywhere() {
    let scene = Scene { breaks: &BREAKS_OF_HALVES, ..small(IN_HALVES) };
    matrix("halves, two-way", &scene, 200, &CLIENTS);
    matrix("halves, slow", &scene, 201, &CLIENTS);
    let scene = Scene { breaks: &BREAKS_OF_HALVES, ..large(IN_HALVES) };
    matrix("halves, large items", &scene, 200, &CLIENTS[..1]);
}
