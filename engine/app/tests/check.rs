//! `check`, `fmt`, `explain` and `schema` as an operator runs them.
//!
//! Not its job: the words of problems (`mistakes`), and what is wrong with a config (`syncloom-config`).

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BROKEN: &str = "<sysync_config version=\"1.0\">\n  <!-- kept -->\n  <server type=sql>\n    \
    <reqiredauth>none</reqiredauth>\n    <timestamputc>yes</timestamputc>\n    <multithraed>no</multithraed>\n    \
    <simpleauthpw>hush</simpleauthpw>\n    <md5hex>perhaps</md5hex>\n  </server>\n</sysync_config>\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn syncloom(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_syncloom")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with a config of this text.
fn config(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.xml"), text).unwrap();
    folder
}

#[test]
fn fix_mends_what_is_certain_and_nothing_else_and_once() {
    let folder = config(BROKEN);
    let path = folder.path().join("c.xml");
    let output = syncloom(folder.path(), &["check", "--fix", "c.xml"]);
    assert_eq!(output.status.code(), Some(1), "one mistake is not mended by itself");
    assert!(text(&output.stderr).contains("c.xml: 3 problems mended"), "{}", text(&output.stderr));
    let mended = std::fs::read_to_string(&path).unwrap();
    let expected = BROKEN
        .replace("type=sql", "type=\"sql\"")
        .replace("reqiredauth", "requiredauth")
        .replace("timestamputc>yes</timestamputc", "datatimezone>UTC</datatimezone");
    assert_eq!(mended, expected);
    let output = syncloom(folder.path(), &["check", "--fix", "c.xml"]);
    assert!(!text(&output.stderr).contains("mended"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn every_format_tells_the_same_problems() {
    let folder = config(&BROKEN.replace("type=sql", "type='sql'"));
    let run = |format| {
        let output = syncloom(folder.path(), &["check", "--format", format, "c.xml"]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        text(&output.stdout)
    };
    let concise = run("concise");
    let codes: Vec<&str> = concise.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert!(
        codes.contains(&"SLC0030") && codes.contains(&"SLC0020") && codes.contains(&"SLC0026"),
        "{concise}"
    );
    let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    let told: Vec<&str> =
        json.as_array().unwrap().iter().map(|told| told["code"].as_str().unwrap()).collect();
    assert_eq!(told, codes);
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let told: Vec<&str> = results.iter().map(|told| told["ruleId"].as_str().unwrap()).collect();
    assert_eq!(told, codes);
    let github = run("github");
    assert!(github.contains("::error file=c.xml,line=8,"), "{github}");
    assert_eq!(github.lines().count(), codes.len());
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let folder = config("<sysync_config version=\"1.0\"><nosuch/></sysync_config>");
    assert_eq!(syncloom(folder.path(), &["check", "c.xml"]).status.code(), Some(0));
    assert_eq!(syncloom(folder.path(), &["check", "--deny-warnings", "c.xml"]).status.code(), Some(1));
    let folder = config("<sysync_config version=\"1.0\"><licensename>x</licensename></sysync_config>");
    assert_eq!(syncloom(folder.path(), &["check", "--deny-warnings", "c.xml"]).status.code(), Some(0));
}

#[test]
fn show_has_defaults_and_variables_and_no_secret() {
    let folder = config(
        "<sysync_config version=\"1.0\"><configidstring>for $(who)</configidstring><server type=\"sql\">\
         <simpleauthpw>hush</simpleauthpw></server></sysync_config>",
    );
    let output = syncloom(folder.path(), &["check", "--show", "-D", "who=a&b", "c.xml"]);
    let shown = text(&output.stdout);
    for expected in [
        "<configidstring><![CDATA[for a&b]]></configidstring>",
        "<simpleauthpw>******</simpleauthpw>",
        "<sessiontimeout>300</sessiontimeout> <!-- default -->",
    ] {
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
    assert!(!shown.contains("hush"));
    // What is shown is a config again.
    let folder = config(&shown.replace("******", "x"));
    assert_eq!(syncloom(folder.path(), &["check", "c.xml"]).status.code(), Some(0));
}

#[test]
fn connect_prepares_every_statement_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["quickstart.xml", "quickstart.sql"] {
        std::fs::copy(root().join("samples").join(name), folder.path().join(name)).unwrap();
    }
    let output = syncloom(folder.path(), &["check", "--connect", "quickstart.xml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("statements prepared"), "{}", text(&output.stdout));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no database was made");
    let config = std::fs::read_to_string(folder.path().join("quickstart.xml")).unwrap();
    let wrong = config.replace("FROM contacts WHERE id = %k AND", "FROM contcts WHERE id = %k AND");
    std::fs::write(folder.path().join("wrong.xml"), &wrong).unwrap();
    let output = syncloom(folder.path(), &["check", "--connect", "--format", "concise", "wrong.xml"]);
    let line = wrong.lines().position(|line| line.contains("contcts")).unwrap() + 1;
    let said = text(&output.stdout);
    assert!(said.contains(&format!("wrong.xml:{line}:")) && said.contains("SLC0111"), "{said}");
    assert_eq!(output.status.code(), Some(1));
    let missing = config.replace("quickstart.sql</sqliteschema>", "nosuch.sql</sqliteschema>");
    std::fs::write(folder.path().join("missing.xml"), missing).unwrap();
    let output = syncloom(folder.path(), &["check", "--connect", "--format", "concise", "missing.xml"]);
    assert!(text(&output.stdout).contains("SLC0110"), "{}", text(&output.stdout));
}

#[test]
fn fmt_checks_shows_and_writes() {
    let untidy = "<sysync_config version=\"1.0\">\n<transport type=\"xpt\">\n<httpport>8080</httpport>\n</transport>\n</sysync_config>\n";
    let tidy = "<sysync_config version=\"1.0\">\n  <transport type=\"xpt\">\n    <httpport>8080</httpport>\n  </transport>\n</sysync_config>\n";
    let folder = config(untidy);
    let read = || std::fs::read_to_string(folder.path().join("c.xml")).unwrap();
    assert_eq!(syncloom(folder.path(), &["fmt", "--check", "c.xml"]).status.code(), Some(1));
    let diff = text(&syncloom(folder.path(), &["fmt", "--diff", "c.xml"]).stdout);
    assert!(
        diff.contains("-<httpport>8080</httpport>\n") && diff.contains("+    <httpport>8080</httpport>\n"),
        "{diff}"
    );
    assert_eq!(read(), untidy);
    // The difference is one that `patch` takes, where there is such a program.
    let patch = Command::new("patch")
        .arg("-s")
        .current_dir(folder.path())
        .stdin(std::process::Stdio::piped())
        .spawn();
    if let Ok(mut patch) = patch {
        patch.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
        assert!(patch.wait().unwrap().success());
        assert_eq!(read(), tidy);
        std::fs::write(folder.path().join("c.xml"), untidy).unwrap();
    }
    assert!(syncloom(folder.path(), &["fmt", "c.xml"]).status.success());
    assert_eq!(read(), tidy);
    assert!(syncloom(folder.path(), &["fmt", "--check", "c.xml"]).status.success());
    assert_eq!(syncloom(folder.path(), &["fmt", "nosuch.xml"]).status.code(), Some(2));
}

#[test]
fn explain_knows_paths_attributes_codes_and_statuses() {
    for (word, says) in [
        ("server/datastore/conflictstrategy", "default: newer-wins"),
        ("<conflictstrategy>", "one of duplicate, newer-wins"),
        ("timestamputc", "is an old spelling"),
        ("map/mode", "an attribute of <map>"),
        ("ifndef", "an attribute of every tag"),
        ("slc0040", "needs the attribute"),
        ("508", "refresh required"),
        ("%k", "the local id of the item"),
        ("%d", "the key of the device"),
        ("201", "an alert of SyncML"),
        ("maxmsgsize", "50000 (20000 in a client)"),
        ("datatimezone", "since 3.1"),
    ] {
        let output = syncloom(&root(), &["explain", word]);
        assert!(text(&output.stdout).contains(says), "{word}: {}", text(&output.stdout));
    }
    for word in ["client/datastore/readonly", "nosuchthing", "fieldlist/readonly", "9999"] {
        let output = syncloom(&root(), &["explain", word]);
        assert_eq!(output.status.success(), word.starts_with("client"), "{word}");
    }
}

#[test]
fn the_generated_pages_are_current() {
    let pages = ["schema", "--markdown", "docs/reference", "--errors", "docs/errors", "--check"];
    let output = syncloom(&root(), &pages);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// `xmllint` holds the samples, and the reference configs where they are at hand, to the schema.
#[test]
fn configs_are_valid_by_the_xml_schema() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("syncloom.xsd");
    assert!(syncloom(folder.path(), &["schema", "--xsd", "syncloom.xsd"]).status.success());
    let shared = std::env::var_os("SYNCLOOM_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let found =
        std::fs::read_dir(shared.join("configs")).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut configs = vec![root().join("samples/quickstart.xml")];
    configs.extend(found.filter(|path| path.extension().is_some_and(|extension| extension == "xml")));
    let lint = |config: &Path| {
        Command::new("xmllint").args(["--noout", "--schema"]).arg(&schema).arg(config).output()
    };
    for config in configs {
        let Ok(output) = lint(&config) else {
            let _ = writeln!(std::io::stderr(), "skipped: no xmllint");
            return;
        };
        assert!(output.status.success(), "{}: {}", config.display(), text(&output.stderr));
    }
    let wrong = folder.path().join("wrong.xml");
    for text in [
        "<sysync_config version='1.0'><nosuch/></sysync_config>",
        "<sysync_config version='1.0'><maxmsgsize>x</maxmsgsize></sysync_config>",
    ] {
        std::fs::write(&wrong, text).unwrap();
        assert!(!lint(&wrong).unwrap().status.success(), "{text}");
    }
}
