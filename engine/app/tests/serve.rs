//! What `syncloom serve` says when it cannot begin as it should.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

/// A folder with the quick-start sample.
fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    for name in ["quickstart.xml", "quickstart.sql"] {
        fs::copy(samples.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

fn serve(folder: &Path, address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syncloom"));
    command.current_dir(folder).args(["serve", "quickstart.xml", "--listen", address]);
    command
}

/// What it says before it gives up.
fn fails(folder: &Path, address: &str) -> String {
    let output = serve(folder, address).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

/// What it warns of before it serves nevertheless.
fn warns(folder: &Path) -> String {
    let mut process =
        serve(folder, "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("serving http://127.0.0.1:")));
    process.kill().unwrap();
    String::from_utf8(process.wait_with_output().unwrap().stderr).unwrap()
}

#[test]
fn an_address_that_cannot_be_had_is_told_with_what_to_do() {
    let folder = sample();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let said = fails(folder.path(), &taken.local_addr().unwrap().to_string());
    assert!(said.contains("another program listens there"), "{said}");
    let said = fails(folder.path(), "192.0.2.1:8080");
    assert!(said.contains("this machine has no such address"), "{said}");
}

#[test]
fn a_schema_that_is_not_there_is_told_with_its_database() {
    let folder = sample();
    fs::remove_file(folder.path().join("quickstart.sql")).unwrap();
    let said = fails(folder.path(), "127.0.0.1:0");
    assert!(said.contains("contacts.sqlite: there is no such file, and the schema"), "{said}");
    assert!(said.contains("quickstart.sql: "), "{said}");
}

#[test]
fn a_database_that_cannot_serve_is_told_at_once() {
    let folder = sample();
    assert_eq!(warns(folder.path()), "", "the sample is well");
    let database = folder.path().join("contacts.sqlite");
    fs::write(&database, "no database at all, whatever it is").unwrap();
    let said = warns(folder.path());
    assert!(said.contains("contacts.sqlite: ") && said.contains("not a database"), "{said}");
    // No tables at all: one line, not one for each statement.
    fs::write(&database, "").unwrap();
    let said = warns(folder.path());
    assert!(said.contains("refuses <") && said.contains("no such table"), "{said}");
    assert!(said.contains("more: `syncloom check --connect`"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
