//! What changes files of the owner's: formatting keeps the meaning and comes to rest, and so do mends.
//!
//! Not its job: single mends and single lines (the units).

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use syncloom_config::{Code, Edit, LoadOptions, Loaded, format, load_text, mend};

/// Configs that load: the samples, and those of the reference engine where they are at hand.
fn configs() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("SYNCLOOM_SHARED").map_or_else(|| here.join("../../shared"), PathBuf::from);
    let mut all = vec![here.join("tests/configs/small.xml"), here.join("../samples/quickstart.xml")];
    let found = std::fs::read_dir(shared.join("configs")).into_iter().flatten();
    all.extend(
        found.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "xml")),
    );
    all
}

/// Configs with mistakes.
fn broken() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "xml")).collect()
}

fn load(bytes: &[u8]) -> Loaded {
    load_text(Path::new("config.xml"), bytes, &LoadOptions::default())
}

/// The model without the places of its parts: these change with the space before them.
fn model(bytes: &[u8]) -> String {
    let text = format!("{:#?}", load(bytes).config);
    let place =
        |line: &&str| ["line: ", "column: "].iter().all(|start| !line.trim_start().starts_with(start));
    let mut lines: Vec<&str> = text.lines().filter(place).collect();
    // Tables of names have no order.
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn a_formatted_config_means_the_same_and_stays_as_it_is() {
    for path in configs() {
        let bytes = std::fs::read(&path).unwrap();
        let untidy: Vec<u8> = String::from_utf8(bytes.clone())
            .unwrap()
            .replace("\n      <", "\n\n\n<")
            .replace("</fieldlist>\n", "</fieldlist>")
            .into_bytes();
        for bytes in [bytes, untidy] {
            let edits = format(&path, &bytes).unwrap().edits;
            let (formatted, _) = mend(&bytes, [edits.as_slice()]).unwrap();
            assert_eq!(format(&path, &formatted).unwrap().edits, [], "{}", path.display());
            let (before, after) = (model(&bytes), model(&formatted));
            let at = before.lines().zip(after.lines()).find(|(a, b)| a != b);
            assert!(before == after, "{}: {at:?}", path.display());
            assert!(before.len() > 100, "{}", path.display());
        }
    }
}

#[test]
fn broken_configs_are_formatted_as_far_as_they_are_xml() {
    for path in broken() {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(formatted) = format(&path, &bytes) else { continue };
        let (bytes, _) = mend(&bytes, [formatted.edits.as_slice()]).unwrap();
        assert_eq!(format(&path, &bytes).unwrap().edits, [], "{}", path.display());
    }
}

#[test]
fn no_truncation_does_harm() {
    let small = include_bytes!("configs/small.xml");
    for end in (0..small.len()).step_by(3) {
        let text = &small[..end];
        let _ =
            format(Path::new("x"), text).map(|formatted| mend(text, [formatted.edits.as_slice()]).unwrap());
        let loaded = load(text);
        // What cannot be read as text cannot be written again.
        let mended = mend(text, loaded.diagnostics.iter().map(|told| &*told.fix));
        let unread = loaded.diagnostics.iter().any(|told| told.code == Code::Encoding);
        assert_eq!(mended.is_none(), unread, "{end}");
    }
}

/// All mends of a config at a time, as long as there are any.
fn mended(mut bytes: Vec<u8>) -> (Vec<u8>, usize) {
    for round in 0..100 {
        let loaded = load(&bytes);
        let mends = loaded.diagnostics.iter().map(|told| &*told.fix).filter(|fix| !fix.is_empty());
        let mends: Vec<&[Edit]> = mends.collect();
        if mends.is_empty() {
            return (bytes, round);
        }
        bytes = mend(&bytes, mends).unwrap().0;
    }
    panic!("no end of mends: {}", String::from_utf8_lossy(&bytes));
}

#[test]
fn mends_come_to_an_end_and_leave_less_to_tell() {
    let mut mends = 0;
    for path in broken().into_iter().chain(configs()) {
        let bytes = std::fs::read(&path).unwrap();
        let (fixed, rounds) = mended(bytes.clone());
        mends += rounds;
        assert_eq!(mended(fixed.clone()), (fixed.clone(), 0), "{}", path.display());
        assert_eq!(rounds == 0, fixed == bytes, "{}", path.display());
    }
    assert!(mends > 5, "{mends}");
}

#[test]
fn mends_keep_comments_and_space() {
    let text = "<sysync_config>\r\n  <!-- a --><server  type=sql > <reqiredauth x='1' >md5</reqiredauth ><!-- b -->\r\n\
                \t<timestamputc>\n yes </timestamputc>\r\n<sessioninitscript>a & b && c</sessioninitscript></Server>\r\n\
                <debug></debugg>\r\n</sysync_config>";
    let expected = "<sysync_config version=\"1.0\">\r\n  <!-- a --><server  type=\"sql\" > <requiredauth x='1' >md5</requiredauth ><!-- b -->\r\n\
                    \t<datatimezone>\n UTC </datatimezone>\r\n<sessioninitscript>a &amp; b &amp;&amp; c</sessioninitscript></server>\r\n\
                    <debug></debug>\r\n</sysync_config>";
    let (fixed, _) = mended(text.as_bytes().to_vec());
    assert_eq!(String::from_utf8(fixed).unwrap(), expected);
}
