//! What `<transport>` says of addresses and answers: the session's id in the address, and the answer that is kept.

use syncloom_tests::peer::{Peer, Tongue, add, sync, vcard};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_wire::encode;

use crate::{first_package, names};

/// A server with more in its `<transport>`.
fn server(more: &str) -> Server {
    Server::start_with(&[("</transport>", &format!("{more}</transport>"))])
}

#[test]
fn the_address_tells_the_session_as_the_config_says() {
    let server = server("<sessionidcgiprefix>s=</sessionidcgiprefix>");
    for (number, tongue) in Tongue::ALL.into_iter().enumerate() {
        let mut peer = Peer::new(&server.url, &format!("peer-{number}"), tongue);
        peer.url = format!("{}sync?sessionid=1234", server.url);
        let answer = peer.send(first_package(&peer, 201), true);
        let told = answer.header.resp_uri.clone().unwrap();
        let id = told.strip_prefix(&format!("{}sync?sessionid=1234&s=", server.url));
        assert!(id.is_some_and(|id| id.len() >= 16), "{told}");
        // Another one of that device and number is not meant by it: the address counts.
        peer.resp_uri = Some(format!("{}sync?s=0123456789abcdef", server.url));
        let message = peer.message(vec![sync(vec![])], true);
        assert_eq!(peer.post(&encode(&message, tongue.encoding)).0, 404);
    }
    let mut phone = Phone::new(&server, "phone", Tongue::ALL[0]);
    phone.add(&vcard("One", ""));
    phone.sync(200);
    assert_same(phone.contacts(), server.contacts(), "by the other name");
}

#[test]
fn without_ids_in_addresses_sessions_are_told_by_device_and_number() {
    let server = server("<sessionidcgi>no</sessionidcgi>");
    for (number, tongue) in Tongue::ALL.into_iter().enumerate() {
        let devices = [format!("phone-{number}"), format!("tablet-{number}")];
        let mut peers = devices.map(|device| Peer::new(&server.url, &device, tongue));
        for peer in &mut peers {
            // What looks like an id in an address is none.
            peer.url = format!("{}?sessionid=1234", server.url);
            let answer = peer.send(first_package(peer, 201), true);
            assert_eq!((answer.status(), answer.header.resp_uri.clone()), (212, None));
        }
        for peer in &mut peers {
            let name = peer.device.clone();
            let answer = peer.send(vec![sync(vec![add(&name, &vcard(&name, ""))])], true);
            assert_eq!(answer.item_statuses(), [format!("Add 201 <{name}")], "{tongue:?}");
        }
    }
    assert_eq!(names(&server).len(), 2 * Tongue::ALL.len());
    let mut phone = Phone::new(&server, "phone", Tongue::ALL[0]);
    phone.add(&vcard("One", ""));
    phone.sync(200);
    assert_same(phone.contacts(), server.contacts(), "without an id");
}

/// Where no answer is kept, what comes again is worked off again: it is the same to the database.
#[test]
fn without_kept_answers_a_message_that_comes_again_doubles_nothing() {
    let server = server("<bufferretryanswer>no</bufferretryanswer>");
    for (number, tongue) in Tongue::ALL.into_iter().enumerate() {
        let mut peer = Peer::new(&server.url, &format!("peer-{number}"), tongue);
        let answer = peer.send(first_package(&peer, 200), true);
        assert_eq!(answer.status(), 212);
        let name = format!("One-{number}");
        let message = peer.message(vec![sync(vec![add("1", &vcard(&name, ""))])], true);
        let bytes = encode(&message, tongue.encoding);
        let (status, _, first) = peer.post(&bytes);
        assert_eq!(status, 200);
        let (again, _, second) = peer.post(&bytes);
        assert_eq!(again, 200, "{}", String::from_utf8_lossy(&second));
        assert_ne!(first, second, "nothing was kept");
        let known = names(&server).iter().filter(|known| **known == name).count();
        assert_eq!(known, 1, "{tongue:?}");
    }
}
