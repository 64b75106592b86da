//! Datatypes and shortcuts for the tests beside the code.

#[path = "../tests/support/profile.rs"]
pub(crate) mod profile;

use std::sync::Arc;

use syncloom_config::{BaseType, Conversion, DataType, MimeMode, ValueCount};
use syncloom_script::{Item, Value};

pub(crate) use profile::{Builder, array, field, fields, flags, parameter, position};

use crate::{Codec, Note, Peer};

fn version(mode: MimeMode) -> &'static str {
    if mode == MimeMode::Old { "2.1" } else { "3.0" }
}

/// A small contact: a name, a note, numbers with flags, categories, an address of four parts, a picture.
pub(crate) fn contacts(mode: MimeMode) -> Arc<DataType> {
    let list = fields(
        "contacts",
        &[
            "LEVEL:integer",
            "LAST",
            "FIRST",
            "NOTE:multiline",
            "TEL:telephone[]",
            "TEL_FLAGS:integer[]",
            "TEL_LABEL[]",
            "CATEGORIES[]",
            "ADR_STREET:multiline[]",
            "ADR_CITY[]",
            "ADR_FLAGS:integer[]",
            "PHOTO:blob",
            "PHOTO_TYPE:integer",
        ],
    );
    Builder::new(list, "VCARD")
        .converted("VERSION", None, Conversion::Version)
        .property("PRODID", &[], |_, property| {
            property.only_for = Some(MimeMode::Standard);
            let mut map = profile::value(None);
            map.conversion = Conversion::ProdId;
            property.values.push(map);
        })
        .property("N", &["LAST", "FIRST"], |_, property| property.mandatory = true)
        .property("NOTE", &["NOTE"], |_, _| {})
        .property("TEL", &["TEL"], |builder, property| {
            let names = ["HOME=B0", "WORK=B1", "!=B2", "CELL=B3", "~X-CustomLabel-=1.L"];
            property.parameters.push(flags("TYPE", builder.id("TEL_FLAGS"), &names));
            property.positions.push(array(1));
        })
        .property("CATEGORIES", &["CATEGORIES"], |_, property| {
            property.count = ValueCount::List;
            property.separator = ',';
            property.alt_separator = Some(';');
            property.positions.push(array(0));
        })
        .property("ADR", &["-", "ADR_STREET", "ADR_CITY"], |builder, property| {
            property.parameters.push(flags("TYPE", builder.id("ADR_FLAGS"), &["HOME=B0", "WORK=B1"]));
            property.positions.push(array(1));
        })
        .property("PHOTO", &["PHOTO"], |builder, property| {
            property.values[0].conversion = Conversion::BlobBase64;
            property.parameters.push(parameter("TYPE", Some(builder.id("PHOTO_TYPE")), &["JPEG=0"]));
        })
        .build(BaseType::VCard, version(mode), mode)
}

/// The example of manual 10.3.4: numbers with flags, labels and references in one parameter.
pub(crate) fn multimix_example(mode: MimeMode) -> Arc<DataType> {
    let list = fields(
        "numbers",
        &["TEL_NUMBERS:telephone[]", "TEL_FLAGS:integer[]", "TEL_IDS:integer[]", "TEL_LABELS[]"],
    );
    Builder::new(list, "VCARD")
        .property("TEL", &["TEL_NUMBERS"], |builder, property| {
            let names = ["CELL=B0", "HOME=B1", "WORK=B2", "~X-Synthesis-Ref=1.L", "~X-CustomLabel-=2.L"];
            property.parameters.push(flags("TYPE", builder.id("TEL_FLAGS"), &names));
            property.positions.push(array(1));
        })
        .build(BaseType::VCard, version(mode), mode)
}

/// Reads a text that must be an item.
pub(crate) fn parsed(datatype: &Arc<DataType>, text: &str) -> (Item, Vec<Note>) {
    let parsed = Codec::new(datatype.clone()).parse(text.as_bytes(), &Peer::default()).unwrap();
    (parsed.item, parsed.notes)
}

/// Writes an item for a peer that can do everything.
pub(crate) fn generated(datatype: &Arc<DataType>, item: &Item) -> String {
    let mut out = Vec::new();
    Codec::new(datatype.clone()).generate(item, &Peer::default(), &mut out);
    String::from_utf8(out).unwrap()
}

/// What a field holds, element by element.
pub(crate) fn texts(item: &Item, name: &str) -> Vec<String> {
    match item.get(item.list().find(name).unwrap()) {
        Value::Array(elements) => elements.iter().map(Value::to_text).collect(),
        Value::Unassigned | Value::Empty => Vec::new(),
        value => vec![value.to_text()],
    }
}
