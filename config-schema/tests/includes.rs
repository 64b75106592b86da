//! Configs in several files: the tags of each stand where it is included, and its problems are told of in it.
//!
//! Not its job: what the tags mean.

use std::fs;
use std::path::{Path, PathBuf};

use syncloom_config::diagnostic::render;
use syncloom_config::{Code, Diagnostic, LoadOptions, Loaded, load};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/include")
}

/// The place of a problem, its file from the folder of these tests on.
fn place(told: &Diagnostic) -> String {
    let file = told.place.file.rsplit("tests/include/").next().unwrap_or_default().to_owned();
    format!("{file}:{}:{} {}", told.place.line, told.place.column, told.code)
}

fn errors(loaded: &Loaded) -> Vec<String> {
    loaded
        .diagnostics
        .iter()
        .filter(|told| told.code.severity() != syncloom_config::Severity::Advice)
        .map(place)
        .collect()
}

#[test]
fn problems_of_included_files_are_told_of_in_them() {
    let rules = vec![("rules".to_owned(), String::new())];
    let loaded =
        load(&folder().join("main.xml"), &LoadOptions { variables: rules, ..LoadOptions::default() });
    assert_eq!(errors(&loaded), ["parts/fields.xml:6:27 SLC0033", "rules.xml:2:44 SLC0030"]);
    let shown = render::human(&loaded.diagnostics[0], &loaded.sources, false);
    let lines: Vec<&str> = loaded.diagnostics.iter().map(|told| told.message.as_str()).collect();
    assert!(shown.contains(".xml:"), "{shown} {lines:?}");
    // Without the rules, the rule that is made of one of them does not find it.
    let loaded = load(&folder().join("main.xml"), &LoadOptions::default());
    assert_eq!(errors(&loaded), ["main.xml:7:28 SLC0051", "parts/fields.xml:6:27 SLC0033"]);
}

/// A folder of its own with these files.
fn files(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap_or_else(|error| unreachable!("{error}"));
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap_or_else(|error| unreachable!("{error}"));
    }
    folder
}

fn told(list: &[(&str, &str)]) -> Vec<(String, Code)> {
    let folder = files(list);
    let loaded = load(&folder.path().join("a.xml"), &LoadOptions::default());
    let name = |told: &Diagnostic| {
        Path::new(&*told.place.file).file_name().map(|name| name.to_string_lossy().into_owned())
    };
    loaded.diagnostics.iter().map(|told| (name(told).unwrap_or_default(), told.code)).collect()
}

fn config(inner: &str) -> String {
    format!("<sysync_config version='1.0'>{inner}</sysync_config>")
}

#[test]
fn files_that_cannot_be_included_are_told_of() {
    let one = |main: &str, other: &str| told(&[("a.xml", &config(main)), ("b.xml", other)]);
    let at = |file: &str, code| vec![(file.to_owned(), code)];
    assert_eq!(one("<include file='b.xml'/>", "<fragment><model>x</model></fragment>"), []);
    assert_eq!(one("<include file='c.xml'/>", ""), at("a.xml", Code::Unreadable));
    assert_eq!(one("<include file=''/>", ""), at("a.xml", Code::MissingAttribute));
    assert_eq!(one("<include file='$(nosuch)'/>", "")[0].1, Code::UnknownVariable);
    assert_eq!(one("<include file='b.xml'/>", "<server/>"), at("b.xml", Code::BadInclude));
    assert_eq!(one("<include file='b.xml'/>", "<fragment>"), at("b.xml", Code::Unclosed));
    assert_eq!(one("<include file='a.xml'/>", ""), at("a.xml", Code::EndlessInclude));
    assert_eq!(
        one("<include file='b.xml'/>", "<fragment><include file='b.xml'/></fragment>"),
        at("b.xml", Code::EndlessInclude)
    );
    assert_eq!(
        one("<include file='b.xml'/>", "<fragment><nosuch/></fragment>"),
        at("b.xml", Code::UnknownTag)
    );
    assert_eq!(one("<include file='b.xml' ifdef='nosuch'/>", "<x>"), []);
    assert_eq!(one("<include file='b.xml' fiel='x'/>", "<fragment/>"), at("a.xml", Code::UnknownAttribute));
}

#[test]
fn includes_have_an_end() {
    // Each file includes the next one twice: without a bound on their number that would be 2^20.
    let names: Vec<String> = (0..20).map(|number| format!("f{number}.xml")).collect();
    let texts: Vec<String> = (1..21)
        .map(|number| {
            format!("<fragment><include file='f{number}.xml'/><include file='f{number}.xml'/></fragment>")
        })
        .collect();
    let main = config("<include file='f0.xml'/>");
    let mut list: Vec<(&str, &str)> = vec![("a.xml", &main)];
    list.extend(names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)));
    let codes: Vec<Code> = told(&list).into_iter().map(|(_, code)| code).collect();
    assert!(codes.contains(&Code::TooDeep) && codes.contains(&Code::TooMany), "{codes:?}");
}
