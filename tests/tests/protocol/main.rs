//! The protocol message by message: what a client may send, right or wrong, and what it gets for it. Every test
//! runs in each encoding and version that the server offers, unless it is about one of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod changes;
mod conflicts;
mod credentials;
mod custom;
mod devinf;
mod echoes;
mod filters;
mod folders;
mod halves;
mod instances;
mod large;
mod limits;
mod login;
mod login_scripts;
mod modes;
mod objects;
mod opening;
mod options;
mod peers;
mod ranges;
mod rules;
mod scripts;
mod scripts_datastore;
mod scripts_rows;
mod scripts_status;
mod sending;
mod session;
mod shortened;
mod superdatastore;
mod transport;

use syncloom_tests::peer::{Answer, Peer, Tongue, alert, devinf as description, get, put, status, sync};
use syncloom_tests::server::Server;
use syncloom_wire::Command;

/// Runs a test in every tongue, each with a server and an empty database of its own.
fn in_every_tongue(test: impl Fn(&mut Server, Tongue)) {
    for tongue in Tongue::ALL {
        println!("{tongue:?}");
        test(&mut Server::start(), tongue);
    }
}

/// The first package of a client that has never synced.
fn first_package(peer: &Peer, code: u16) -> Vec<Command> {
    let tongue = peer.tongue;
    vec![
        put(description(tongue.version, &peer.device), tongue),
        get(tongue),
        alert(code, "contacts", None, "a1"),
    ]
}

/// A client whose first package is behind it, and which may send its changes.
fn opened(server: &Server, tongue: Tongue, code: u16) -> Peer {
    let mut peer = Peer::new(&server.url, "peer-1", tongue);
    let answer = peer.send(first_package(&peer, code), true);
    assert_eq!(answer.status(), 212);
    assert!(answer.is_final);
    peer
}

/// Sends changes as a package of one message.
fn send_changes(peer: &mut Peer, commands: Vec<Command>) -> Answer {
    peer.send(vec![sync(commands)], true)
}

/// Answers everything that the server has sent with 200 or 201, and ends the session.
fn confirm(peer: &mut Peer, answer: &Answer) -> Answer {
    let mut body = Vec::new();
    for command in answer.syncs().iter().flat_map(|sync| &sync.commands) {
        body.push(status(answer, command, if command.name() == "Add" { 201 } else { 200 }));
    }
    let answer = peer.send(body, true);
    assert!(answer.is_final && answer.names().is_empty(), "{answer:#?}");
    answer
}

/// The names of the contacts in the database, in the order in which they were made.
fn names(server: &Server) -> Vec<String> {
    server.rows("SELECT last_name FROM contacts ORDER BY id")
}

/// The map: which contact is which of the client's.
fn maps(server: &Server) -> Vec<String> {
    server.rows(
        "SELECT coalesce(last_name, 'none'), remote_id FROM maps LEFT JOIN contacts ON id = local_id ORDER BY 2, 1",
    )
}
