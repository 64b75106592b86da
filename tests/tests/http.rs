//! HTTP as strangers, proxies and old phones speak it: what is no SyncML gets a status and one line on the console,
//! and the server goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use syncloom_tests::contact::small_vcard;
use syncloom_tests::peer::{Peer, Tongue, alert};
use syncloom_tests::phone::Phone;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;
use syncloom_wire::{Encoding, encode};

const XML: &str = "application/vnd.syncml+xml";
const WBXML: &str = "application/vnd.syncml+wbxml";
const USUAL: Tongue = Tongue::ALL[0];

/// A message that opens a session.
fn good(server: &Server, tongue: Tongue) -> Vec<u8> {
    let mut peer = Peer::new(&server.url, "http", tongue);
    encode(&peer.message(vec![alert(201, "contacts", None, "a1")], true), tongue.encoding)
}

/// The server still syncs.
fn assert_well(server: &Server) {
    let mut phone = Phone::new(server, "afterwards", USUAL);
    phone.add(&small_vcard(1));
    phone.sync(201);
    assert_same(phone.contacts(), server.contacts(), "afterwards");
}

/// A connection of our own, for what a client library would not do.
struct Wire {
    stream: BufReader<TcpStream>,
}

impl Wire {
    fn new(server: &Server) -> Self {
        let address = server.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Wire { stream: BufReader::new(stream) }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    fn head(&mut self, content_type: &str, more: &str) {
        let head =
            format!("POST /sync HTTP/1.1\r\nHost: h\r\nContent-Type: {content_type}\r\n{more}\r\n\r\n");
        self.write(head.as_bytes());
    }

    fn post(&mut self, content_type: &str, body: &[u8]) {
        self.head(content_type, &format!("Content-Length: {}", body.len()));
        self.write(body);
    }

    /// Status, headers in lower case, and body.
    fn answer(&mut self) -> (u16, Vec<String>, Vec<u8>) {
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.stream.read_line(&mut line).unwrap(), 0, "closed after {headers:?}");
            if line.trim().is_empty() {
                break;
            }
            headers.push(line.trim().to_lowercase());
        }
        let length = headers.iter().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        (headers[0].split(' ').nth(1).unwrap().parse().unwrap(), headers, body)
    }

    fn is_closed(&mut self) -> bool {
        self.stream.read(&mut [0]).unwrap() == 0
    }
}

#[test]
fn what_is_no_syncml_gets_a_status_and_one_line() {
    let mut server = Server::start();
    let good = good(&server, USUAL);
    let in_wbxml = self::good(&server, Tongue::ALL[1]);
    let latin: &[u8] = b"<?xml version='1.0' encoding='KOI8-R'?><SyncML>\xc1</SyncML>";
    let deep = format!("<SyncML>{}", "<SyncBody>".repeat(5000));
    // What, content type, body, HTTP status, what the line says.
    for (what, content_type, body, status, line) in [
        ("no content type", "", &good[..], 415, "content type \"\" is neither"),
        ("another content type", "text/xml", &good, 415, "content type \"text/xml\" is neither"),
        ("device information", "application/vnd.syncml-devinf+xml", &good, 415, "is neither"),
        ("nothing", XML, b"", 400, "there is no root element"),
        ("nothing in WBXML", WBXML, b"", 400, "ends inside a token"),
        ("text", XML, b"hello", 400, "400: "),
        ("HTML", XML, b"<!DOCTYPE html><html><body>hello</body></html>", 400, "<html> instead of <SyncML>"),
        ("octets", XML, b"\x00\xff\x12\x80\xfe\xfe", 400, "400: "),
        ("octets as WBXML", WBXML, b"\x99\xff\x12\x80\xfe\xfe", 400, "unknown WBXML version"),
        ("gzip", XML, b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00", 400, "400: "),
        ("XML as WBXML", WBXML, &good, 400, "unknown WBXML version 0x3C"),
        ("WBXML as XML", XML, &in_wbxml, 400, "400: "),
        ("half a header", XML, &good[..300], 400, "400: "),
        ("half a header in WBXML", WBXML, &in_wbxml[..40], 400, "400: "),
        ("a message without a header", XML, b"<SyncML><SyncBody/></SyncML>", 400, "<SyncHdr> is missing"),
        ("an unknown character set", XML, latin, 400, "character set"),
        ("depth", XML, deep.as_bytes(), 400, "nested deeper"),
    ] {
        let (got, _, text) = server.post("/sync", content_type, body);
        assert_eq!(got, status, "{what}: {}", String::from_utf8_lossy(&text));
        let printed = server.line(&format!("127.0.0.1: {status}: "));
        assert!(printed.contains(line), "{what}: {printed}");
        assert_eq!(
            printed,
            format!("127.0.0.1: {status}: {}", String::from_utf8_lossy(&text).trim()),
            "{what}"
        );
        // Whatever else it had to say would have been on the console before the answer.
        let others: Vec<String> =
            server.other_lines().into_iter().filter(|line| !line.starts_with("made ")).collect();
        assert_eq!(others, [""; 0], "{what}");
    }
    assert_eq!(server.rows("SELECT count(*) FROM devices"), ["0"]);
    assert_well(&server);
}

#[test]
fn other_methods_are_not_allowed() {
    let mut server = Server::start();
    for method in ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"] {
        let mut wire = Wire::new(&server);
        wire.write(
            format!("{method} / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .as_bytes(),
        );
        let mut answer = String::new();
        wire.stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 405 "), "{method}: {answer}");
        assert!(answer.to_lowercase().contains("\r\nallow: post\r\n"), "{method}: {answer}");
        server.line("405: this is a SyncML server");
    }
    assert_well(&server);
}

#[test]
fn any_path_and_content_types_with_parameters() {
    let server = Server::start();
    for path in ["/", "/sync", "/a/b/c.php?x=y&z", "/%20/../%C3%A4?", "/sync?sessionid="] {
        for (sent, tongue) in [
            (XML, USUAL),
            ("application/vnd.syncml+xml; charset=\"utf-8\"", USUAL),
            ("APPLICATION/VND.SYNCML+XML;charset=UTF-8", USUAL),
            (WBXML, Tongue::ALL[1]),
            ("application/vnd.syncml+wbxml; charset=utf-8", Tongue::ALL[1]),
        ] {
            let body = good(&server, tongue);
            let (status, content_type, answer) = server.post(path, sent, &body);
            assert_eq!(
                (status, content_type.as_str()),
                (200, tongue.encoding.content_type()),
                "{path} {sent}"
            );
            assert!(answer.starts_with(if tongue.encoding == Encoding::Xml { b"<?" } else { b"\x02" }));
        }
    }
}

#[test]
fn a_body_over_the_limit_is_refused_and_the_connection_lives() {
    let mut server = Server::start();
    let large = vec![b'x'; 3 << 20];
    let body = good(&server, USUAL);
    let mut wire = Wire::new(&server);
    for round in 0..2 {
        wire.post(XML, &large);
        let (status, _, text) = wire.answer();
        assert_eq!(status, 413, "{round}");
        assert!(String::from_utf8_lossy(&text).starts_with("more than "), "{round}");
        server.line("127.0.0.1: 413: more than");
        wire.post(XML, &body);
        assert_eq!(wire.answer().0, 200, "{round}");
    }
    // Without a length, in chunks.
    wire.head(XML, "Transfer-Encoding: chunked");
    for chunk in large.chunks(100_000) {
        wire.write(format!("{:x}\r\n", chunk.len()).as_bytes());
        wire.write(chunk);
        wire.write(b"\r\n");
    }
    wire.write(b"0\r\n\r\n");
    assert_eq!(wire.answer().0, 413);
    server.line("127.0.0.1: 413: more than");
    // Who asks first is told first.
    let mut wire = Wire::new(&server);
    wire.head(XML, "Content-Length: 3000000000\r\nExpect: 100-continue");
    assert_eq!(wire.answer().0, 413);
    assert_well(&server);
}

#[test]
fn chunks_slow_bodies_and_several_requests_on_a_connection() {
    let server = Server::start();
    let body = good(&server, USUAL);
    let mut wire = Wire::new(&server);
    wire.head(XML, "Transfer-Encoding: chunked");
    for chunk in body.chunks(97) {
        wire.write(format!("{:x}\r\n", chunk.len()).as_bytes());
        wire.write(chunk);
        wire.write(b"\r\n");
    }
    wire.write(b"0\r\n\r\n");
    let (status, headers, _) = wire.answer();
    assert_eq!(status, 200);
    assert!(!headers.contains(&"connection: close".to_owned()), "{headers:?}");
    wire.head(XML, &format!("Content-Length: {}", body.len()));
    for part in body.chunks(body.len() / 4 + 1) {
        thread::sleep(Duration::from_millis(50));
        wire.write(part);
    }
    assert_eq!(wire.answer().0, 200);
    wire.post(XML, b"nonsense");
    assert_eq!(wire.answer().0, 400);
    wire.post(XML, &body);
    assert_eq!(wire.answer().0, 200);
    // A client that goes away in the middle of its message.
    wire.head(XML, "Content-Length: 1000");
    wire.write(&body[..100]);
    drop(wire);
    assert_well(&server);
}

#[test]
fn requests_that_come_at_once_are_answered_in_their_order() {
    let server = Server::start();
    let body = good(&server, USUAL);
    let one = |body: &[u8]| {
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: {XML}\r\nContent-Length: ");
        [format!("{head}{}\r\n\r\n", body.len()).as_bytes(), body].concat()
    };
    let mut wire = Wire::new(&server);
    wire.write(&[one(&body), one(b"nonsense"), one(&body), one(b"")].concat());
    let answers = [wire.answer(), wire.answer(), wire.answer(), wire.answer()];
    assert_eq!(answers.each_ref().map(|(status, ..)| *status), [200, 400, 200, 400]);
    assert_eq!(answers[0].2, answers[2].2, "the same message again has the same answer");
    assert_well(&server);
}

#[test]
fn lengths_and_chunks_that_cannot_be_right_are_refused() {
    let server = Server::start();
    let body = good(&server, USUAL);
    for framing in [
        "Content-Length: -1",
        "Content-Length: +5",
        "Content-Length: five",
        "Content-Length: 0x10",
        "Content-Length: 99999999999999999999999999",
        "Content-Length: 18446744073709551615",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: chunked\r\n\r\nfive\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello world",
    ] {
        let mut wire = Wire::new(&server);
        wire.head(XML, framing);
        // Who is refused at once may find the connection closed, or reset, before all is sent.
        let _ = wire.stream.get_mut().write_all(&body);
        let _ = wire.stream.get_ref().shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = wire.stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains(" 200 ") && !answer.contains("500"), "{framing:?}: {answer}");
    }
    assert_eq!(server.rows("SELECT count(*) FROM devices"), ["0"], "no such message was taken");
    assert_well(&server);
}

#[test]
fn connections_are_closed_where_the_config_says_so() {
    let server = Server::start_with(&[("</transport>", "<keepconnection>no</keepconnection></transport>")]);
    let body = good(&server, USUAL);
    let mut wire = Wire::new(&server);
    wire.post(XML, &body);
    let (status, headers, _) = wire.answer();
    assert_eq!(status, 200);
    assert!(headers.contains(&"connection: close".to_owned()), "{headers:?}");
    assert!(wire.is_closed());
    assert_well(&server);
}

#[test]
fn fifty_devices_at_a_time() {
    let mut server = Server::start();
    thread::scope(|scope| {
        for number in 0..50 {
            let mut phone = Phone::new(&server, &format!("device-{number}"), Tongue::ALL[number % 4]);
            scope.spawn(move || {
                phone.add(&small_vcard(number));
                phone.sync(200);
            });
        }
    });
    assert_eq!(server.rows("SELECT count(*), count(DISTINCT last_name) FROM contacts"), ["50|50"]);
    for _ in 0..50 {
        let ended = server.line(" ended: ");
        assert!(ended.contains("user demo, device device-") && ended.contains("received +1"), "{ended}");
        assert!(ended.contains(": complete after"), "{ended}");
    }
    // Everybody gets what came after.
    let mut late = Phone::new(&server, "late", USUAL);
    late.sync(200);
    assert_same(late.contacts(), server.contacts(), "the last one");
}

#[test]
fn sessions_are_announced_and_accounted_for() {
    let mut server = Server::start();
    let mut phone = Phone::new(&server, "My \"phone\" <1>", USUAL);
    phone.add(&small_vcard(1));
    phone.sync(200);
    let begun = server.line(" begun: ");
    let ended = server.line(" ended: ");
    let who = "user demo, device My \"phone\" <1>: contacts";
    assert!(begun.starts_with("session ") && begun.ends_with(&format!(" begun: {who} slow")), "{begun}");
    let counts = format!(" ended: {who} slow received +1 ~0 -0 sent +0 ~0 -0: complete after ");
    assert!(ended.contains(&counts), "{ended}");
    assert_eq!(begun.split(' ').nth(1), ended.split(' ').nth(1));
}

#[test]
fn a_signal_stops_the_server_and_a_message_in_flight_is_finished() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        // Somebody who has not said anything yet, and somebody in the middle of a request.
        let silent = Wire::new(&server);
        let mut slow = Wire::new(&server);
        slow.head(XML, "Content-Length: 100000");
        let mut idle = Wire::new(&server);
        idle.post(XML, &good(&server, USUAL));
        assert_eq!(idle.answer().0, 200);

        let database = server.database();
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut peer = Peer::new(&server.url, "in-flight", USUAL);
        let message = peer.message(vec![alert(201, "contacts", None, "a1")], true);
        let mut wire = Wire::new(&server);
        wire.post(XML, &encode(&message, Encoding::Xml));
        thread::sleep(Duration::from_millis(300));
        server.signal(signal);
        thread::sleep(Duration::from_millis(300));
        database.execute_batch("COMMIT").unwrap();
        let (status, _, body) = wire.answer();
        assert_eq!(status, 200);
        assert!(
            String::from_utf8_lossy(&body).contains("<Data>212</Data>"),
            "{}",
            String::from_utf8_lossy(&body)
        );
        let begun = Instant::now();
        assert_eq!(server.wait().code(), Some(0), "{signal}");
        assert!(begun.elapsed() < Duration::from_secs(8), "nobody holds the stop up");
        assert!(server.line(" ended: ").contains("incomplete: the server stops"));
        server.line("stopped");
        assert_eq!(server.rows("SELECT count(*) FROM devices WHERE device_id = 'in-flight'"), ["1"]);
        drop((silent, slow));
    }
}
