//! Datatypes out of configs: our own, which loses nothing, and the reference config where it is there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use syncloom_config::{DataType, LoadOptions};
use syncloom_formats::{Codec, Note, Peer};
use syncloom_script::{Item, Value};

/// The datatypes of `tests/configs/everything.xml`.
pub fn everything() -> Vec<Arc<DataType>> {
    datatypes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/everything.xml"))
}

/// The datatypes of the reference config; `None` where it is not there, which is said.
pub fn reference() -> Option<Vec<Arc<DataType>>> {
    let path = shared("configs/reference_server.xml");
    if !path.exists() {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "skipped: no configs/reference_server.xml below SYNCLOOM_SHARED");
        return None;
    }
    Some(datatypes(&path))
}

/// A file of the data that is shared between projects.
pub fn shared(path: &str) -> PathBuf {
    let shared = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    shared.join(path)
}

fn datatypes(path: &Path) -> Vec<Arc<DataType>> {
    let loaded = syncloom_config::load(path, &LoadOptions::default());
    let told: Vec<&str> = loaded.diagnostics.iter().map(|problem| problem.message.as_str()).collect();
    loaded.config.unwrap_or_else(|| panic!("{told:?}")).datatypes
}

/// The codec of a datatype of `everything.xml`.
pub fn codec(name: &str) -> Codec {
    let datatype = everything().into_iter().find(|datatype| datatype.name == name);
    Codec::new(datatype.unwrap_or_else(|| panic!("no datatype {name}")))
}

/// Reads lines as a text with CRLF ends.
pub fn read(codec: &Codec, text: &str) -> (Item, Vec<Note>) {
    let parsed = codec.parse(text.replace('\n', "\r\n").as_bytes(), &Peer::default());
    let parsed = parsed.unwrap_or_else(|error| panic!("{error}"));
    (parsed.item, parsed.notes)
}

/// Writes an item, with simple line ends and without folds.
pub fn written(codec: &Codec, item: &Item) -> String {
    let mut out = Vec::new();
    codec.generate(item, &Peer { fold: false, ..Peer::default() }, &mut out);
    String::from_utf8(out).unwrap().replace("\r\n", "\n")
}

/// What a field holds, element by element.
pub fn texts(item: &Item, name: &str) -> Vec<String> {
    match item.get(item.list().find(name).unwrap_or_else(|| panic!("no field {name}"))) {
        Value::Array(elements) => elements.iter().map(Value::to_text).collect(),
        Value::Unassigned | Value::Empty => Vec::new(),
        value => vec![value.to_text()],
    }
}

/// A text without the definitions of zones.
pub fn without_zones(text: &str) -> String {
    let mut inside = false;
    let outside = text.lines().filter(|line| {
        inside |= *line == "BEGIN:VTIMEZONE";
        let out = !inside;
        inside &= *line != "END:VTIMEZONE";
        out
    });
    outside.collect::<Vec<_>>().join("\n")
}
