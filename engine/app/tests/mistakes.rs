//! Mistakes that people make, and all that is said about each: `mistakes/cases.md`.
//!
//! Not its job: every code (`docs/errors` has an example of each).

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes")
}

/// What is printed about a file of these bytes, and the exit code.
fn check(bytes: &[u8]) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.xml"), bytes).unwrap();
    check_file(folder.path(), "config.xml")
}

fn check_file(folder: &Path, name: &str) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_syncloom"))
        .args(["check", name])
        .current_dir(folder)
        .output()
        .unwrap();
    // Advice is about what Syncloom does not do yet, and changes with it.
    let told = String::from_utf8(output.stderr).unwrap();
    let problems = told.split("\n\n").filter(|problem| !problem.starts_with("advice["));
    (problems.collect::<Vec<_>>().join("\n\n"), output.status.code())
}

/// The config with a change: each run of lines with `-` becomes the lines with `+` behind it.
fn changed(config: &str, change: &str) -> String {
    let mut text = config.to_owned();
    let mut lines = change.lines().peekable();
    while lines.peek().is_some() {
        let mut take = |sign: char| {
            let mut part = String::new();
            while let Some(line) = lines.next_if(|line| line.starts_with(sign)) {
                let _ = writeln!(part, "{}", &line[1..]);
            }
            part
        };
        let (old, new) = (take('-'), take('+'));
        assert_eq!(text.matches(&old).count(), 1, "{old}");
        text = text.replace(&old, &new);
    }
    text
}

fn block<'t>(section: &'t str, kind: &str) -> Option<&'t str> {
    let (_, rest) = section.split_once(&format!("```{kind}\n"))?;
    Some(rest.split_once("```")?.0)
}

#[test]
fn each_mistake_is_explained() {
    let path = folder().join("cases.md");
    let cases = std::fs::read_to_string(&path).unwrap();
    let config = std::fs::read_to_string(folder().join("config.xml")).unwrap();
    assert_eq!(check(config.as_bytes()).1, Some(0));
    let mut sections = cases.split("\n## ");
    let mut written = sections.next().unwrap().to_owned();
    let mut wrong = Vec::new();
    for section in sections {
        let name = section.lines().next().unwrap();
        let change = block(section, "diff").unwrap();
        let (said, _) = check(changed(&config, change).as_bytes());
        if block(section, "text") != Some(said.as_str()) {
            wrong.push(format!("{name}:\n{said}"));
        }
        let _ = write!(written, "\n## {name}\n\n```diff\n{change}```\n\n```text\n{said}```\n");
    }
    if std::env::var_os("SYNCLOOM_WRITE_EXPECTED").is_some() {
        std::fs::write(path, written).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_config_at_all_is_explained() {
    let (said, code) = check(b"");
    assert!(said.contains("the file is empty") && code == Some(1), "{said}");
    let (said, code) =
        check(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sysync_config version=\"1.0\"><!-- \xE4 -->");
    assert!(said.contains("config.xml:2:35") && said.contains("not UTF-8") && code == Some(1), "{said}");
    assert!(said.contains("hint: "), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let (said, code) = check_file(folder.path(), ".");
    assert!(said.contains("is a folder") && code == Some(2), "{said}");
    let (said, code) = check_file(folder.path(), "nosuch.xml");
    assert!(said.contains("nosuch.xml") && code == Some(2), "{said}");
}
