//! What the whole-program tests are made of: a Syncloom server in a process of its own, real SyncML clients, and
//! contacts that can be compared field by field.
//!
//! Not its job: knowing anything of Syncloom's inside. It looks at what a user sees: files, rows, lines, bytes.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

pub mod contact;
pub mod device;
pub mod parity;
pub mod server;

/// Says that a test did not run, and why.
pub fn skipped(why: &str) {
    println!("skipped: {why}");
    eprintln!("skipped: {why}");
}
