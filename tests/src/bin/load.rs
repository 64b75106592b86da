//! `load [CONFIG] [--user NAME:PASSWORD] [--items N]… [--sessions N]`: what a server costs. A phone of N contacts syncs
//! with it over loopback, in WBXML, and what the server's process has used is printed: for a first slow sync, another one
//! in which everything matches, a sync without changes, and one that brings the contacts to a second phone. At the end,
//! what a session takes that waits for its peer. Without CONFIG it is the quick-start sample.
//!
//! Run it with `--release`, beside a `syncloom` built in the same way.

// What cannot be measured is said by panicking, as in the tests.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use syncloom_tests::contact::usual_vcard;
use syncloom_tests::peer::Tongue;
use syncloom_tests::phone::Phone;
use syncloom_tests::server::{Server, workspace};
use syncloom_wire::{Encoding, Version};

/// What is measured if nothing else is said.
const ITEMS: [usize; 2] = [5_000, 50_000];
const SESSIONS: usize = 1_000;

/// A sync without changes takes less than the clock of processes can tell, so that many are measured.
const QUIET_SYNCS: u32 = 20;

/// After what time a session that waits has given back what it can.
const SETTLED: Duration = Duration::from_secs(8);

/// Two-way and slow sync.
const TWO_WAY: u16 = 200;
const SLOW: u16 = 201;

struct Options {
    config: PathBuf,
    user: String,
    password: String,
    items: Vec<usize>,
    sessions: usize,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        eprintln!("usage: load [CONFIG] [--user NAME:PASSWORD] [--items N]… [--sessions N]");
        return ExitCode::from(2);
    };
    println!("{:>6}  {:<28} {:>8} {:>8} {:>8}", "items", "step", "wall s", "CPU s", "peak MB");
    for count in &options.items {
        syncs(&options, *count);
    }
    if options.sessions > 0 {
        idle_sessions(&options);
    }
    ExitCode::SUCCESS
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        config: workspace().join("samples/quickstart.xml"),
        user: "demo".to_owned(),
        password: "demo".to_owned(),
        items: Vec::new(),
        sessions: SESSIONS,
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--items" => options.items.push(arguments.next()?.parse().ok()?),
            "--sessions" => options.sessions = arguments.next()?.parse().ok()?,
            "--user" => {
                let both = arguments.next()?;
                let (user, password) = both.split_once(':')?;
                (options.user, options.password) = (user.to_owned(), password.to_owned());
            }
            _ if argument.starts_with('-') => return None,
            _ => options.config = Path::new(&argument).canonicalize().ok()?,
        }
    }
    if options.items.is_empty() {
        options.items = ITEMS.to_vec();
    }
    Some(options)
}

impl Options {
    fn phone(&self, server: &Server, device: &str) -> Phone {
        let tongue = Tongue { encoding: Encoding::Wbxml, version: Version::V1_2 };
        let mut phone = Phone::new(server, device, tongue);
        phone.peer.user.clone_from(&self.user);
        phone.peer.password.clone_from(&self.password);
        phone
    }
}

fn syncs(options: &Options, count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start_in(folder.path(), &options.config);
    let mut phone = options.phone(&server, "load-phone");
    (0..count).for_each(|number| phone.add(&usual_vcard(number)));
    for (step, alert, repeat) in [
        ("first slow sync", SLOW, 1),
        ("second slow sync, all match", SLOW, 1),
        ("two-way, no changes", TWO_WAY, QUIET_SYNCS),
    ] {
        measured(&server, (count, step, repeat), || phone.sync(alert));
        assert!(phone.told.iter().all(|status| !status.contains(" 4") && !status.contains(" 5")));
    }
    let mut other = options.phone(&server, "load-tablet");
    measured(&server, (count, "slow sync of an empty phone", 1), || other.sync(SLOW));
    assert_eq!((phone.items.len(), other.items.len()), (count, count));
    server.other_lines();
}

/// Prints what a step costs the server, each time that it is done.
fn measured(server: &Server, (items, step, repeat): (usize, &str, u32), mut act: impl FnMut()) {
    server.forget_peak();
    let (before, _) = server.usage();
    let begun = Instant::now();
    (0..repeat).for_each(|_| act());
    let wall = begun.elapsed().as_secs_f64() / f64::from(repeat);
    let (after, peak) = server.usage();
    let cpu = (after - before) / f64::from(repeat);
    println!("{items:>6}  {step:<28} {wall:>8.3} {cpu:>8.3} {peak:>8.1}");
}

fn idle_sessions(options: &Options) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_in(folder.path(), &options.config);
    // What the first session brings into memory, all of them share.
    open_session(options, &server, 0);
    let before = server.resident();
    (1..=options.sessions).for_each(|number| open_session(options, &server, number));
    std::thread::sleep(SETTLED);
    let each = (server.resident() - before) / options.sessions as f64 * 1024.0;
    println!("{} open sessions: {each:.0} KB each", options.sessions);
}

/// Logs in, says what is to be synced, and leaves it at that.
fn open_session(options: &Options, server: &Server, number: usize) {
    let mut phone = options.phone(server, &format!("load-{number}"));
    phone.begin(SLOW);
    while phone.peer.message < 2 || phone.alert_status == 0 {
        phone.step();
    }
}
