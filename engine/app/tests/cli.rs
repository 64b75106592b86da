//! The command line: what it prints, and how it ends.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::process::{Command, Output};

fn syncloom(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_syncloom"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn check_says_what_the_quick_start_would_serve() {
    let output = syncloom(&["check", "samples/quickstart.xml", "-D", "data=/somewhere"]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert_eq!(err, "");
    assert!(out.contains("all is well"), "{out}");
    assert!(
        out.contains("./contacts as text/vcard 3.0, text/x-vcard 2.1 in /somewhere/contacts.sqlite"),
        "{out}"
    );
}

#[test]
fn check_shows_where_a_mistake_is_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let sample =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/quickstart.xml"))
            .unwrap();
    let broken = folder.path().join("broken.xml");
    std::fs::write(&broken, sample.replace("<httpport>8080</httpport>", "<httpport>eighty</httpport>"))
        .unwrap();
    let line = sample.lines().position(|line| line.contains("<httpport>")).unwrap() + 1;
    let output = syncloom(&["check", broken.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let err = text(&output.stderr);
    assert!(err.contains(&format!("broken.xml:{line}:")) && err.contains("eighty"), "{err}");
}

#[test]
fn a_config_that_is_not_there_is_an_error() {
    let output = syncloom(&["check", "no/such.xml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no/such.xml"), "{}", text(&output.stderr));
}

#[test]
fn serve_says_why_it_cannot_listen() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = format!("data={}", folder.path().display());
    let output = syncloom(&["serve", "samples/quickstart.xml", "--listen", &address, "-D", &data]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(&address), "{}", text(&output.stderr));
}

#[test]
fn script_shows_results_and_variables_with_their_types() {
    let output = syncloom(&["script", "-e", "1+2*3"]);
    assert_eq!(text(&output.stdout), "result: integer 7\n");
    let script = "STRING a[]; INTEGER i; i=2; a[0]=\"x\\ny\"; RETURN LENGTH(a[0]);";
    let output = syncloom(&["script", "-e", script]);
    assert_eq!(text(&output.stdout), "a: [string \"x\\ny\"]\ni: integer 2\nresult: integer 3\n");
}

#[test]
fn script_shows_mistakes_with_their_place_and_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mistake.script");
    std::fs::write(&file, "INTEGER x;\nx = LENGHT(\"a\");\nRETURN y;\n").unwrap();
    let output = syncloom(&["script", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let err = text(&output.stderr);
    for expected in ["mistake.script:2:5", "did you mean LENGTH?", "mistake.script:3:8", "   |        ^"] {
        assert!(err.contains(expected), "{expected} in {err}");
    }
    let output = syncloom(&["script", "-e", "1/0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("script:1: division by zero"), "{}", text(&output.stderr));
}

#[test]
fn script_takes_expressions_statements_and_standard_input() {
    for (line, result) in [
        ("LENGTH(\"a;b\")", "result: integer 3\n"),
        ("INTEGER i; i=5", "i: integer 5\nno result\n"),
        ("STRING s", "s: string unassigned\nno result\n"),
        ("RETURN 1", "result: integer 1\n"),
        ("1;", "result: integer 1\n"),
        ("LENGTH(\"a\"); RETURN 7", "result: integer 7\n"),
    ] {
        assert_eq!(text(&syncloom(&["script", "-e", line]).stdout), result, "{line}");
    }
    let mut process = Command::new(env!("CARGO_BIN_EXE_syncloom"))
        .arg("script")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(b"RETURN\n1;").unwrap();
    assert_eq!(text(&process.wait_with_output().unwrap().stdout), "result: integer 1\n");
}

#[test]
fn script_traces_lines_with_what_they_change() {
    let output =
        syncloom(&["script", "--trace", "-e", "INTEGER i; STRING s;\ns=SUBSTR(\"abc\",1);\n i=i+1;"]);
    let trace = "script:2: s=SUBSTR(\"abc\",1);\n    SUBSTR() gives string \"bc\"\n    s = string \"bc\"\nscript:3: i=i+1;\n    i = integer 1\n";
    assert_eq!(text(&output.stderr), trace);
}

#[test]
fn script_knows_the_zones_of_a_config() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("zones.xml");
    let zone = "BEGIN:VTIMEZONE\nTZID:HERE\nBEGIN:STANDARD\nDTSTART:19700101T000000\n\
                TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE";
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<sysync_config version=\"1.0\">\n\
         <definetimezone><![CDATA[{zone}]]></definetimezone>\n<server type=\"plugin\"/></sysync_config>"
    );
    std::fs::write(&config, xml).unwrap();
    let script = "ZONEOFFSET(CONVERTTOZONE(NOW(), \"HERE\"))";
    let output = syncloom(&["script", "--config", config.to_str().unwrap(), "-e", script]);
    assert_eq!(text(&output.stdout), "result: integer 10800\n", "{}", text(&output.stderr));
}

#[test]
fn script_sees_an_item_of_a_config() {
    let item = ["script", "--config", "samples/quickstart.xml", "-D", "data=/somewhere", "--fieldlist"];
    let run = |list: &str, script: &str| syncloom(&[&item[..], &[list, "-e", script]].concat());
    let output = run("contact", "N_LAST=\"Muster\"; RETURN TARGET.N_LAST;");
    assert_eq!(
        text(&output.stdout),
        "TARGET.N_LAST: string \"Muster\"\nresult: string \"Muster\"\n",
        "{}",
        text(&output.stderr)
    );
    let output = run("people", "1");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no field list is called people; there are contact"));
}

#[test]
fn script_knows_macros_and_functions_of_a_config() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("functions.xml");
    let scripting = "<scripting><macro name=\"TEN\"><![CDATA[10]]></macro>\
        <function><![CDATA[integer tenfold(integer n) {\nreturn n*$TEN;\n}]]></function></scripting>";
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<sysync_config version=\"1.0\">\n{scripting}\n<server type=\"plugin\"/></sysync_config>"
    );
    std::fs::write(&config, xml).unwrap();
    let output =
        syncloom(&["script", "--trace", "--config", config.to_str().unwrap(), "-e", "tenfold($TEN)"]);
    assert_eq!(text(&output.stdout), "result: integer 100\n", "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("tenfold() gives integer 100"), "{}", text(&output.stderr));
}

/// `script` of util-linux gives a program a terminal.
#[test]
fn script_has_a_prompt_at_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let command = format!("{} script", env!("CARGO_BIN_EXE_syncloom"));
    let spawned = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("XDG_STATE_HOME", folder.path())
        .env("TERM", "xterm")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn();
    let Ok(mut process) = spawned else {
        println!("skipped: there is no program that gives a terminal");
        return;
    };
    let (mut keyboard, mut screen) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
    let mut out = String::new();
    // What is typed before a prompt is there is lost: each begins by switching bracketed paste on.
    for (number, line) in
        ["STRING s", "s=\"ab\"", "LENGHT(s)", "s+1", "1/0", "s+2", "\u{4}"].iter().enumerate()
    {
        let mut part = [0; 4096];
        while out.matches("\u{1b}[?2004h").count() <= number {
            let read = screen.read(&mut part).unwrap();
            assert!(read > 0, "the prompt ended: {out}");
            out.push_str(&text(&part[..read]));
        }
        keyboard.write_all(line.as_bytes()).unwrap();
        keyboard.write_all(b"\r").unwrap();
    }
    screen.read_to_string(&mut out).unwrap();
    assert!(process.wait().unwrap().success());
    for expected in
        ["string \"ab1\"", "did you mean LENGTH?", "   | ^^^^^^", "division by zero", "string \"ab2\""]
    {
        assert!(out.contains(expected), "{expected} in {out}");
    }
    let history = std::fs::read_to_string(folder.path().join("syncloom/script_history")).unwrap();
    assert!(history.contains("LENGHT(s)\n"), "{history}");
}

#[test]
fn explain_knows_tags_functions_and_codes_and_names_what_is_near() {
    for (word, says) in [
        ("substr", "SUBSTR(\"abcdef\", 2, 3)  gives  cde"),
        ("datastore/readonly", "default: no"),
        ("SLC0020", "unknown tag"),
    ] {
        let output = syncloom(&["explain", word]);
        assert!(
            output.status.success() && text(&output.stdout).contains(says),
            "{word}: {}",
            text(&output.stdout)
        );
    }
    let output = syncloom(&["explain", "httpprt"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("near it: httpport"), "{}", text(&output.stderr));
}

/// A config with cards in both versions and notes; the incoming script of the old one says that it ran.
const CONVERT: &str = r#"<sysync_config version="1.0"><datatypes>
  <fieldlist name="card">
    <field name="NAME" type="string" compare="always"/>
    <field name="NICK" type="string" compare="conflict"/>
    <field name="TEL" type="telephone" array="yes" compare="conflict"/>
  </fieldlist>
  <mimeprofile name="card" fieldlist="card"><profile name="VCARD" nummandatory="1">
    <property name="VERSION"><value conversion="version"/></property>
    <property name="N" mandatory="yes"><value field="NAME"/></property>
    <property name="NICKNAME" onlyformode="standard" suppressempty="yes"><value field="NICK"/></property>
    <property name="TEL" suppressempty="yes"><value field="TEL"/><position field="TEL" repeat="array" increment="1" minshow="0"/></property>
  </profile></mimeprofile>
  <datatype name="old" basetype="vcard"><version>2.1</version><use mimeprofile="card"/>
    <incomingscript>NAME = NAME + "!";</incomingscript></datatype>
  <datatype name="new" basetype="vcard"><version>3.0</version><use mimeprofile="card"/></datatype>
  <fieldlist name="note"><field name="TEXT" type="multiline" compare="always"/></fieldlist>
  <textprofile name="note" fieldlist="note"><linemap field="TEXT"><numlines>0</numlines></linemap></textprofile>
  <datatype name="note" basetype="text"><use textprofile="note"/>
    <typestring>text/plain</typestring><versionstring>1.0</versionstring></datatype>
  <datatype name="object" basetype="dataobj"><use textprofile="note"/>
    <typestring>application/vnd.omads-file+xml</typestring><versionstring>1.2</versionstring>
    <tagmap field="TEXT"><xmltag>body</xmltag></tagmap></datatype>
</datatypes></sysync_config>"#;

fn card(version: &str, lines: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:{version}\r\n{lines}END:VCARD\r\n")
}

#[test]
fn convert_takes_files_and_folders_and_names_what_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(folder.path().join("in/more")).unwrap();
    std::fs::write(path("config.xml"), CONVERT).unwrap();
    let two = card("2.1", "N:A\r\nX-ODD:1\r\n") + "\r\n" + &card("2.1", "N:B\r\nTEL:5\r\n");
    std::fs::write(path("in/a.vcf"), two).unwrap();
    std::fs::write(path("in/more/b.vcf"), "garbage").unwrap();
    let config = path("config.xml");
    let output = syncloom(&["convert", &config, "--from", "old", "--to", "new", &path("in")]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(out, card("3.0", "N:A!\r\n") + &card("3.0", "N:B!\r\nTEL:5\r\n"));
    assert_eq!(output.status.code(), Some(1), "one item was refused");
    let told: Vec<String> = err.lines().map(|line| line.replace(&path("in"), "in")).collect();
    assert_eq!(
        told,
        [
            "in/a.vcf:4: X-ODD: the profile has no such property, skipped",
            "in/more/b.vcf:1: error: there is no BEGIN:VCARD",
            "2 items converted, 1 item refused, 1 thing lost or doubtful",
        ]
    );
    // The other way round a field has no place, and the output goes to a file.
    std::fs::write(path("c.vcf"), card("3.0", "N:C\r\nNICKNAME:n\r\n")).unwrap();
    let output = syncloom(&[
        "convert",
        &config,
        "--from",
        "new",
        "--to",
        "old",
        "-o",
        &path("out.vcf"),
        &path("c.vcf"),
    ]);
    assert!(output.status.success());
    assert_eq!(std::fs::read_to_string(path("out.vcf")).unwrap(), card("2.1", "N:C\r\n"));
    let err = text(&output.stderr);
    assert!(err.contains("c.vcf:1: the field NICK has no place in the other datatype"), "{err}");
}

#[test]
fn convert_says_where_in_the_file_an_item_is_none_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("config.xml"), CONVERT).unwrap();
    std::fs::write(path("a.vcf"), card("2.1", "N:A\r\n") + &card("2.1", "TEL:1\r\n")).unwrap();
    let said = syncloom(&["convert", &path("config.xml"), "--from", "old", "--to", "new", &path("a.vcf")]);
    let file = path("a.vcf");
    assert_eq!(
        text(&said.stderr),
        format!(
            "{file}:8: error: VCARD has 0 of the 1 mandatory properties that it must have; there is no N\n\
             1 item converted, 1 item refused\n"
        )
    );
}

#[test]
fn convert_reads_files_in_utf_16() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("config.xml"), CONVERT).unwrap();
    let exported = format!("\u{FEFF}{}{}", card("2.1", "N:Müller\r\n"), card("2.1", "N:李\r\n"));
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        std::fs::write(path("a.vcf"), exported.encode_utf16().flat_map(bytes).collect::<Vec<u8>>()).unwrap();
        let said =
            syncloom(&["convert", &path("config.xml"), "--from", "old", "--to", "new", &path("a.vcf")]);
        assert_eq!(text(&said.stdout), card("3.0", "N:Müller!\r\n") + &card("3.0", "N:李!\r\n"));
    }
}

#[test]
fn convert_does_not_write_over_what_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::write(path("config.xml"), CONVERT).unwrap();
    let only_copy = card("2.1", "N:A\r\n");
    std::fs::write(path("in/a.vcf"), &only_copy).unwrap();
    for (output, input) in [("in/a.vcf", "in/a.vcf"), ("in/../in/a.vcf", "in")] {
        let output = path(output);
        let arguments =
            ["convert", &path("config.xml"), "--from", "old", "--to", "new", "-o", &output, &path(input)];
        let said = syncloom(&arguments);
        assert_eq!(said.status.code(), Some(2));
        assert_eq!(text(&said.stderr), format!("syncloom: {output} is read: write to another file\n"));
        assert_eq!(std::fs::read_to_string(path("in/a.vcf")).unwrap(), only_copy);
    }
}

#[test]
fn convert_shows_fields_and_json_and_reads_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.xml");
    std::fs::write(&config, CONVERT).unwrap();
    let config = config.to_str().unwrap();
    let run = |arguments: &[&str], input: &str| {
        let mut process = Command::new(env!("CARGO_BIN_EXE_syncloom"))
            .args(["convert", config])
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        process.wait_with_output().unwrap()
    };
    let input = card("2.1", "N:A\r\nTEL:1\r\nTEL:2\r\n");
    let out = text(&run(&["--from", "old", "--fields"], &input).stdout);
    assert_eq!(
        out,
        "standard input:1\n  NAME                     string     \"A!\"\n  \
         TEL                      telephone  [\"1\", \"2\"]\n\n"
    );
    let out = text(&run(&["--from", "OLD", "--to", "json", "--no-scripts", "-"], &input).stdout);
    assert_eq!(
        out,
        "{\"fields\":{\"NAME\":\"A\",\"TEL\":[\"1\",\"2\"]},\"file\":\"standard input\",\"line\":1}\n"
    );
    assert_eq!(text(&run(&["--from", "note", "--to", "note"], "a\nb").stdout), "a\r\nb\r\n");
    let object = "<File>\n<body>a\n&lt;b&gt;</body>\n</File>\n";
    assert_eq!(text(&run(&["--from", "note", "--to", "object"], "a\n<b>").stdout), object);
    assert_eq!(text(&run(&["--from", "object", "--to", "note"], object).stdout), "a\r\n<b>\r\n");
    for (arguments, message) in [
        (&["--from", "old", "--to", "note"][..], "those of 'note', so neither"),
        (&["--from", "nosuch", "--to", "json"], "no datatype 'nosuch'; it has old, new, note, object"),
        (&["--from", "old", "--to", "json", "/no/such/file"], "/no/such/file: error: "),
    ] {
        let output = run(arguments, "");
        let told = text(&output.stderr);
        assert!(!output.status.success() && told.contains(message), "{told}");
    }
}
