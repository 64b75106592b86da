//! Data objects: any bytes are one or an error, and what is written of one is read as the same.

#![allow(clippy::panic, reason = "a check that does not hold says so")]

use std::path::Path;
use std::sync::{Arc, OnceLock};

use syncloom_config::{LoadOptions, load_text};
use syncloom_formats::{Codec, Peer};

/// Inputs that reach far into what is checked.
pub const SEEDS: &[&str] = &[
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Email><read>true</read><received>20080715T120000Z</received>\
     <emailitem><![CDATA[Subject: a\r\nContent-Type: text/plain\r\n\r\nbody ]]]]><![CDATA[> more]]></emailitem>\
     <Ext><XNam>a</XNam><XVal>1</XVal><XVal>2</XVal></Ext><Ext><XNam>b</XNam></Ext></Email>",
    "<File><name> a &amp; b&#33;&x; </name><attributes><h>false</h></attributes><body enc=\"base64\">R0lG\nODlh</body>\
     <body enc='quoted-printable' x=\"1\">=C3=BC=\n</body><!-- c --></File>",
    "<![CDATA[<Folder><name/></Folder>]]>",
];

/// Reads, writes and reads again.
pub fn check(data: &[u8]) {
    let (codec, peer) = (codec(), Peer::default());
    let Ok(parsed) = codec.parse(data, &peer) else { return };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    codec.generate(&parsed.item, &peer, &mut first);
    assert!(first.len() <= data.len() * 20 + 4096, "{} bytes of {}", first.len(), data.len());
    let text = String::from_utf8_lossy;
    let again = match codec.parse(&first, &peer) {
        Ok(again) => again,
        Err(error) => panic!("{error}: {}\nof {}", text(&first), text(data)),
    };
    codec.generate(&again.item, &peer, &mut second);
    assert!(first == second, "{}\nfirst {}\nsecond {}", text(data), text(&first), text(&second));
}

fn codec() -> &'static Codec {
    static CODEC: OnceLock<Codec> = OnceLock::new();
    CODEC.get_or_init(|| {
        let loaded = load_text(Path::new("object.xml"), CONFIG.as_bytes(), &LoadOptions::default());
        let Some(config) = loaded.config else { panic!("{:?}", loaded.diagnostics) };
        Codec::new(Arc::clone(&config.datatypes[0]))
    })
}

const CONFIG: &str = r#"<sysync_config version="1.0"><datatypes>
  <fieldlist name="object">
    <field name="DOCTYPE" type="string" compare="never"/>
    <field name="NAME" type="string" compare="always"/>
    <field name="READ" type="integer" compare="never"/>
    <field name="HIDDEN" type="integer" compare="never"/>
    <field name="RECEIVED" type="timestamp" compare="never"/>
    <field name="CONTENT" type="blob" compare="never"/>
    <field name="NAMES" type="string" array="yes" compare="never"/>
    <field name="VALUES" type="string" array="yes" compare="never"/>
    <field name="SUBJECT" type="string" compare="always"/>
    <field name="BODY" type="multiline" compare="never"/>
  </fieldlist>
  <textprofile name="mail" fieldlist="object">
    <mimemail>yes</mimemail>
    <linemap field="SUBJECT"><headertag>Subject:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
    <linemap field="BODY"><valuetype>body</valuetype></linemap>
  </textprofile>
  <datatype name="object" basetype="dataobj">
    <use textprofile="mail"/><typestring>application/vnd.omads-email+xml</typestring><versionstring>1.2</versionstring>
    <tagmap field="NAME"><xmltag>name</xmltag></tagmap>
    <tagmap field="READ"><xmltag>read</xmltag><booltype>yes</booltype></tagmap>
    <tagmap field="HIDDEN"><xmltag>h</xmltag><parent>attributes</parent><booltype>yes</booltype></tagmap>
    <tagmap field="RECEIVED"><xmltag>received</xmltag></tagmap>
    <tagmap field="CONTENT"><xmltag>body</xmltag></tagmap>
    <tagmap field="BODY"><xmltag>emailitem</xmltag><embeddeditem>yes</embeddeditem></tagmap>
    <tagmap field="NAMES"><xmltag>XNam</xmltag><parent>Ext</parent></tagmap>
    <tagmap field="VALUES"><xmltag>XVal</xmltag><parent>Ext</parent></tagmap>
  </datatype>
</datatypes></sysync_config>"#;
