//! What the whole-program tests are made of: a Syncloom server in a process of its own, real SyncML clients and
//! made-up ones, and contacts that can be compared field by field.
//!
//! Not its job: knowing anything of Syncloom's inside. It looks at what a user sees: files, rows, lines, bytes; only
//! `bench` puts a session into the test's own process, to stop it where no signal could. The made-up clients share the wire types with the server; their codec is checked against another one in its own
//! room.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

use std::io::Write;

pub mod bench;
pub mod chance;
pub mod contact;
pub mod device;
pub mod entry;
pub mod halves;
pub mod parity;
pub mod parts;
pub mod peer;
pub mod phone;
pub mod replay;
pub mod same;
pub mod server;

/// Says that a test did not run, and why.
pub fn skipped(why: &str) {
    // Not `println!`, which the test harness keeps to itself while a test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}
