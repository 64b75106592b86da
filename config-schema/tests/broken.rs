//! Configs with mistakes. Each `tests/broken/NAME.xml` has a `NAME.expected` beside it with a line for every
//! problem that has to be told of, in the order of the file: `line:column: severity[code]`, and behind that, if
//! given, words of the message or the hint. Lines that begin with `#` say what the case is about.
//!
//! Set SYNCLOOM_WRITE_EXPECTED to write the files that are missing; look at what was written.

use std::path::{Path, PathBuf};

use syncloom_config::diagnostic::render;
use syncloom_config::{Code, Diagnostic, LoadOptions, Loaded, Platform, Severity, load_text};

fn load(name: &str, bytes: &[u8]) -> Loaded {
    let options = LoadOptions { platform: Platform::Linux, ..LoadOptions::default() };
    load_text(Path::new(name), bytes, &options)
}

fn line(told: &Diagnostic) -> String {
    let place = &told.place;
    let hint = told.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("{}:{}: {}[{}] {}{hint}", place.line, place.column, told.severity.word(), told.code, told.message)
}

#[test]
fn every_mistake_is_told_of_where_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let loaded = load("case.xml", &std::fs::read(&case).unwrap());
        let told: Vec<String> = loaded.diagnostics.iter().map(line).collect();
        let beside = case.with_extension("expected");
        if !beside.exists() && std::env::var_os("SYNCLOOM_WRITE_EXPECTED").is_some() {
            std::fs::write(&beside, told.join("\n") + "\n").unwrap();
        }
        let expected =
            std::fs::read_to_string(&beside).unwrap_or_else(|error| panic!("{}: {error}", beside.display()));
        let expected: Vec<&str> =
            expected.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let fits = expected.len() == told.len()
            && expected.iter().zip(&told).all(|(expected, told)| {
                let (place, words) = expected.split_once(']').unwrap_or((expected, ""));
                told.starts_with(&format!("{place}]")) && told.contains(words.trim())
            });
        if !fits {
            wrong.push(format!("{}\n  {}", case.display(), told.join("\n  ")));
        }
        let failed = loaded.diagnostics.iter().any(|told| told.severity == Severity::Error);
        assert_eq!(loaded.config.is_none(), failed, "{}", case.display());
        for told in &loaded.diagnostics {
            assert!(!render::human(told, &loaded.sources, false).is_empty());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn strict_makes_unknown_tags_errors() {
    let text = b"<sysync_config version='1.0'><nosuch/></sysync_config>";
    let options = LoadOptions { strict: true, ..LoadOptions::default() };
    let loaded = load_text(Path::new("x"), text, &options);
    assert!(loaded.has_errors() && loaded.config.is_none());
    assert!(!load("x", text).has_errors());
}

#[test]
fn conditions_choose_by_platform_and_variables() {
    let text = b"<sysync_config version='1.0'>
        <configidstring platform='linux' ifdef='kind'>linux $(kind)</configidstring>
        <configidstring platform='win32'>windows</configidstring>
        <model ifndef='kind'>plain</model>
        <model if='kind=big' expand='yes'>$(manufacturer) $(platformname)</model>
        </sysync_config>";
    let id = |platform, variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let loaded =
            load_text(Path::new("x"), text, &LoadOptions { platform, variables, ..LoadOptions::default() });
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let config = loaded.config.unwrap();
        (config.id.unwrap_or_default(), config.model)
    };
    assert_eq!(id(Platform::Linux, &[("kind", "big")]), ("linux big".into(), "Syncloom Linux".into()));
    assert_eq!(id(Platform::Linux, &[]), (String::new(), "plain".into()));
    assert_eq!(id(Platform::Windows, &[("kind", "small")]), ("windows".into(), "Syncloom".into()));
}

#[test]
fn very_many_problems_are_cut_short_and_errors_still_count() {
    let many = "<nosuch a='b'/>".repeat(50_000);
    let text =
        format!("<sysync_config version='1.0'>{many}<httpport/><maxmsgsize>x</maxmsgsize></sysync_config>");
    let loaded = load("many.xml", text.as_bytes());
    assert!(loaded.diagnostics.len() < 1000, "{}", loaded.diagnostics.len());
    assert!(loaded.has_errors() && loaded.config.is_none());
}

#[test]
fn a_file_that_is_not_there_is_a_problem_too() {
    let loaded = syncloom_config::load(Path::new("/nonexistent/config.xml"), &LoadOptions::default());
    assert_eq!(loaded.diagnostics[0].code, Code::Unreadable);
    assert!(loaded.config.is_none());
}

#[test]
fn secrets_are_not_shown() {
    let text = b"<sysync_config version='1.0'><server type='sql'><simpleauthpw bad='1'>hush</simpleauthpw></server></sysync_config>";
    let loaded = load("x.xml", text);
    let shown = render::human(&loaded.diagnostics[0], &loaded.sources, true);
    assert!(shown.contains("<simpleauthpw") && !shown.contains("hush"), "{shown}");
}

#[test]
fn no_truncation_and_no_hostile_text_does_harm() {
    let small = include_bytes!("configs/small.xml");
    for end in 0..small.len() {
        let loaded = load("small.xml", &small[..end]);
        // The end tag is complete one byte before the last line end.
        assert_eq!(loaded.config.is_some(), end + 1 >= small.len(), "{end}");
        assert!(!loaded.diagnostics.is_empty() || loaded.config.is_some());
    }
    let deep = "<datatypes>".repeat(100_000);
    let hostile: &[&[u8]] = &[
        b"\0", b"\xFF\xFE\0<", b"<", b"</", b"<!", b"<![CDATA[", b"<?xml", b"<a b", b"<a b='", b"&", b"<a>&#x110000;</a>",
        b"<a>&#0;</a>", b"<\xC3\xA4/>", b"<a xmlns:b='c'><b:d/></a>", b"<b:a/>", b"<a b='1' b='2'/>", deep.as_bytes(),
        b"<sysync_config version='1.0'><server type='sql'><datastore name='x'/></server></sysync_config>",
        b"<sysync_config version='1.0'><datatypes><datatype/><mimeprofile/><fieldlist/></datatypes></sysync_config>",
    ];
    for text in hostile {
        let loaded = load("hostile.xml", text);
        assert!(loaded.has_errors(), "{:?}", String::from_utf8_lossy(&text[..text.len().min(80)]));
        for told in &loaded.diagnostics {
            assert!(render::human(told, &loaded.sources, false).contains("hostile.xml:"));
        }
    }
}
