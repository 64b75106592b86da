//! Datatypes of text: a note of two fields, and mails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::Arc;

use syncloom_config::{LoadOptions, load_text};
use syncloom_formats::Codec;
use syncloom_script::{Item, Value};

/// The codec of the datatype that stands first in these `<datatypes>`.
pub fn codec(datatypes: &str) -> Codec {
    let text = format!("<sysync_config version=\"1.0\"><datatypes>{datatypes}</datatypes></sysync_config>");
    let loaded = load_text(Path::new("test.xml"), text.as_bytes(), &LoadOptions::default());
    let config = loaded.config.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    Codec::new(Arc::clone(&config.datatypes[0]))
}

/// A title in the first line and text in the others, with these options of the datatype.
pub fn note(options: &str) -> Codec {
    codec(&format!(
        r#"<fieldlist name="note">
             <field name="TITLE" type="multiline" compare="always"/>
             <field name="TEXT" type="multiline" compare="conflict"/>
           </fieldlist>
           <textprofile name="note" fieldlist="note">
             <linemap field="TITLE"><numlines>1</numlines><allowempty>yes</allowempty></linemap>
             <linemap field="TEXT"><numlines>0</numlines><allowempty>yes</allowempty></linemap>
           </textprofile>
           <datatype name="note10" basetype="text">
             <use textprofile="note"/>
             <typestring>text/plain</typestring><versionstring>1.0</versionstring>
             {options}
           </datatype>"#
    ))
}

/// Mails with attachments. `variants` says whether there is a field for all variants of the text.
pub fn mail(variants: bool, options: &str) -> Codec {
    let (array, fields) = match variants {
        true => (
            "array=\"yes\"",
            "<bodymimetypesfield>TYPES</bodymimetypesfield><bodycountfield>COUNT</bodycountfield>",
        ),
        false => ("", ""),
    };
    codec(&format!(
        r#"<fieldlist name="mail">
             <field name="FROM" type="string" compare="always"/>
             <field name="TO" type="string" compare="always" array="yes"/>
             <field name="SUBJECT" type="string" compare="always"/>
             <field name="DATE" type="timestamp" compare="never"/>
             <field name="PRIORITY" type="integer" compare="never"/>
             <field name="LIMIT" type="integer" compare="never"/>
             <field name="BODY" type="multiline" compare="never" {array}/>
             <field name="TYPES" type="string" array="yes" compare="never"/>
             <field name="COUNT" type="integer" compare="never"/>
             <field name="FILES" type="integer" compare="never"/>
             <field name="NAMES" type="string" array="yes" compare="never"/>
             <field name="KINDS" type="string" array="yes" compare="never"/>
             <field name="SIZES" type="integer" array="yes" compare="never"/>
             <field name="CONTENTS" type="blob" array="yes" compare="never"/>
           </fieldlist>
           <textprofile name="mail" fieldlist="mail">
             <mimemail>yes</mimemail>
             <maxattachments>5</maxattachments>
             <attachmentcountfield>FILES</attachmentcountfield>
             <attachmentnamesfield>NAMES</attachmentnamesfield>
             <attachmentmimetypesfield>KINDS</attachmentmimetypesfield>
             <attachmentsizesfield>SIZES</attachmentsizesfield>
             <attachmentsfield>CONTENTS</attachmentsfield>
             <sizelimitfield>LIMIT</sizelimitfield>
             {fields}
             <linemap field="FROM"><headertag>From:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
             <linemap field="TO"><headertag>To:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype>
               <list separator="," repeat="array"/></linemap>
             <linemap field="SUBJECT"><headertag>Subject:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
             <linemap field="DATE"><headertag>Date:</headertag><inheader>yes</inheader><valuetype>date</valuetype></linemap>
             <linemap field="PRIORITY"><headertag>X-Priority:</headertag><inheader>yes</inheader></linemap>
             <linemap field="BODY"><valuetype>body</valuetype></linemap>
           </textprofile>
           <datatype name="mail10" basetype="text">
             <use textprofile="mail"/>
             <typestring>message/rfc822</typestring><versionstring>1.0</versionstring>
             {options}
           </datatype>"#
    ))
}

/// What a field holds, element by element; bytes as the text that they spell.
pub fn texts(item: &Item, name: &str) -> Vec<String> {
    match item.get(item.list().find(name).unwrap()) {
        Value::Array(elements) => elements.iter().map(Value::to_text).collect(),
        Value::Unassigned => Vec::new(),
        value => vec![value.to_text()],
    }
}

/// What a field holds.
pub fn text(item: &Item, name: &str) -> String {
    texts(item, name).join("|")
}

/// Sets a field.
pub fn set(item: &mut Item, name: &str, value: Value) {
    let id = item.list().find(name).unwrap();
    item.set(id, value);
}
