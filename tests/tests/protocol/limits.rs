//! Messages that never exceed what the client takes, whatever it takes and whatever there is to be sent. The client
//! of these tests looks at the size of every answer.

use syncloom_tests::contact::insert_by_sql;
use syncloom_tests::peer::{Peer, Tongue, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_wire::Version;

use crate::{confirm, opened, send_changes};

/// How many pairs of a limit and a set of items are tried.
const CASES: u64 = 40;

/// Numbers that are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// Small more often than large, with what is awkward at the edges of pieces.
    fn text(&mut self, most: u64) -> String {
        const SIGNS: [&str; 8] = ["a", "ü", "山", "😀", "]]>", "&", "\\, ", "\\n"];
        let most = self.below(most) + 1;
        (0..self.below(most)).map(|_| SIGNS[self.below(8) as usize]).collect()
    }
}

#[test]
fn no_answer_is_larger_than_the_client_takes() {
    let server = Server::start();
    let mut numbers = Numbers(0x5eed_1234_5678_9abc);
    for case in 0..CASES {
        let tongue = Tongue::ALL[numbers.below(4) as usize];
        let mut phone = Phone::new(&server, &format!("phone-{case}"), tongue);
        // A header and a status take about 1100 bytes in XML, and no message goes without them.
        phone.peer.max_message = 1_200 + numbers.below(9) * numbers.below(2_000);
        phone.per_message = 1 + numbers.below(10) as usize;
        phone.piece = 200 + numbers.below(3_000) as usize;
        for number in 0..numbers.below(6) {
            phone.add(&vcard(&format!("Theirs {number}"), &numbers.text(3_000)));
        }
        for number in 0..numbers.below(12) {
            let photo = vec![number as u8; numbers.below(20_000) as usize];
            let note = numbers.text(4_000).replace("\\n", "\n").replace('\\', "");
            let database = server.database();
            let insert = "INSERT INTO contacts (user, last_name, note, photo) VALUES (1, ?1, ?2, ?3)";
            database.execute(insert, (format!("Ours {number}"), note.trim(), photo)).unwrap();
        }
        let about = format!("case {case}: {tongue:?}, {} bytes a message", phone.peer.max_message);
        println!("{about}");
        phone.sync(200);
        assert_same(phone.contacts(), server.contacts(), &about);
        phone.sync(200);
        assert_eq!((phone.slow, phone.heard.len(), phone.told.len()), (false, 0, 0), "{about}");
        server.reset();
    }
}

#[test]
fn the_oldest_version_has_no_pieces_and_keeps_to_the_limit() {
    let server = Server::start();
    for number in 0..30 {
        insert_by_sql(&server.database(), number);
    }
    server.sql("INSERT INTO contacts (user, last_name, photo) VALUES (1, 'Large', zeroblob(20000))");
    for encoding in [syncloom_wire::Encoding::Xml, syncloom_wire::Encoding::Wbxml] {
        let tongue = Tongue { encoding, version: Version::V1_0 };
        let mut phone = Phone::new(&server, &format!("{encoding:?}"), tongue);
        phone.peer.proof = syncloom_tests::peer::Proof::Basic;
        phone.peer.max_message = 4_000;
        phone.sync(200);
        assert_eq!(phone.names().len(), 30, "all but the large one");
        // Where there is room for it, it comes.
        phone.peer.max_message = 100_000;
        phone.sync(201);
        assert_eq!(phone.names().len(), 31);
        assert_same(phone.contacts(), server.contacts(), "with room");
    }
}

#[test]
fn a_message_may_be_larger_than_the_one_before() {
    let server = Server::start();
    for number in 0..20 {
        insert_by_sql(&server.database(), number);
    }
    let mut peer: Peer = opened(&server, Tongue::ALL[1], 200);
    peer.max_message = 3_000;
    let answer = send_changes(&mut peer, vec![]);
    let first = answer.changes().len();
    assert!(first < 20 && !answer.is_final);
    peer.max_message = 50_000;
    let body = answer.syncs()[0].commands.iter();
    let body = body.map(|command| syncloom_tests::peer::status(&answer, command, 201)).collect();
    let answer = peer.send(body, true);
    assert_eq!(first + answer.changes().len(), 20, "the rest in one message");
    confirm(&mut peer, &answer);
}
