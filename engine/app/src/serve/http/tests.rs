//! Those who keep the server waiting: they lose their connection, and nobody else is held up.
//!
//! What does not depend on time is tested from outside, with the whole program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::Instant;

use syncloom_config::LoadOptions;
use syncloom_session::Server;
use syncloom_stores::Stores;
use tokio::sync::oneshot;

use super::{Arc, Duration, Patience, Registry, SocketAddr, TcpListener, serve_with};

const SHORT: Duration = Duration::from_millis(300);

/// Longer than any machine needs.
const LONG: Duration = Duration::from_secs(30);

/// Runs a test against a server of this patience.
fn with(patience: Patience, test: impl FnOnce(SocketAddr) + Send + 'static) {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/quickstart.xml");
    let variables = vec![("data".to_owned(), folder.path().display().to_string())];
    let loaded = syncloom_config::load(&sample, &LoadOptions { variables, ..LoadOptions::default() });
    let config = Arc::new(loaded.config.unwrap());
    let server = Server::new(Arc::clone(&config)).unwrap();
    let registry = Arc::new(Registry::new(server, Stores::new(Arc::clone(&config)).unwrap()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            serve_with(listener, registry, &config, patience, async { drop(stopped.await) }).await;
        });
        tokio::task::spawn_blocking(move || test(address)).await.unwrap();
        stop.send(()).unwrap();
        serving.await.unwrap();
    });
}

/// What comes back when this is sent and nothing more.
fn answer_to(address: SocketAddr, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

const HEAD: &str = "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/vnd.syncml+xml\r\n";

#[test]
fn who_does_not_come_to_the_end_of_the_headers_is_cut_off() {
    with(Patience { headers: SHORT, body: LONG }, |address| {
        let begun = Instant::now();
        for sent in ["", "POST", HEAD] {
            let answer = answer_to(address, sent);
            assert!(!answer.contains("200"), "{sent:?}: {answer}");
        }
        assert!(begun.elapsed() >= SHORT && begun.elapsed() < LONG);
        // Nor may a connection be silent for longer between two requests.
        let again = format!("{HEAD}Content-Length: 1\r\n\r\nx");
        assert!(answer_to(address, &again).starts_with("HTTP/1.1 400"));
    });
}

#[test]
fn who_does_not_come_to_the_end_of_the_body_is_told_and_cut_off() {
    with(Patience { headers: LONG, body: SHORT }, |address| {
        for rest in
            ["Content-Length: 100\r\n\r\n<SyncML>", "Transfer-Encoding: chunked\r\n\r\n8\r\n<SyncML>\r\n"]
        {
            let answer = answer_to(address, &format!("{HEAD}{rest}"));
            assert!(answer.starts_with("HTTP/1.1 408"), "{rest:?}: {answer}");
            assert!(answer.ends_with("the body took too long\n"), "{answer}");
        }
    });
}

#[test]
fn a_slow_body_that_comes_in_time_is_taken() {
    with(Patience { headers: LONG, body: LONG }, |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(format!("{HEAD}Connection: close\r\nContent-Length: 8\r\n\r\n").as_bytes()).unwrap();
        for byte in b"<SyncML>" {
            thread::sleep(Duration::from_millis(20));
            stream.write_all(&[*byte]).unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400"), "it is read and found to be half a message: {answer}");
    });
}
