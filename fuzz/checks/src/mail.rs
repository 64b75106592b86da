//! Mails: any bytes are some mail, packed or not, and what is written of it is read as the same mail.

#![allow(clippy::panic, reason = "a check that does not hold says so")]

use std::path::Path;
use std::sync::{Arc, OnceLock};

use syncloom_config::{LoadOptions, load_text};
use syncloom_formats::{Codec, Peer, split};

/// Inputs that reach far into what is checked.
pub const SEEDS: &[&str] = &[
    "From: =?utf-8?Q?J=C3=B6rg?= <j@x.example>\r\nTo: a@x, \"b, c\" <d@x>\r\nSubject: =?koi8-r?B?8NLJ18XU?=\r\n  folded\r\n\
     Date: Tue, 15 Jul 2008 14:00:00 +0200\r\nX-Priority: 1\r\nX-Sync-Message-Limit: 100\r\n\r\nBody\r\n",
    "Content-Type: multipart/mixed; boundary=\"a b\"\r\n\r\n--a b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n\
     --c\r\nContent-Type: text/plain; charset=latin1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC=\r\nx\r\n\
     --c\r\nContent-Type: text/html\r\n\r\n<p>\r\n--c--\r\n--a b\r\nContent-Type: a/b; name*0*=utf-8''%C3; name*1*=%BC\r\n\
     Content-Disposition: attachment; filename=\"x.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n\
     --a b\r\nContent-Type: message/rfc822\r\nContent-Length: 12\r\n\r\nSubject: in\r\n\r\n--a b--\r\n",
    "From a Mon Jan 1\nSubject: one\n\nbody\n\nFrom b Tue\nSubject: two\n\n>From here\n",
    "no header\rat all",
];

/// The limit that every other mail is written with.
const SMALL: u64 = 20;

/// Reads, writes and reads again.
pub fn check(data: &[u8]) {
    let codec = codec();
    let peer = Peer { bytes: true, ..Peer::default() };
    for piece in split(codec.datatype(), data) {
        assert!(piece.line >= 1);
        let Ok(parsed) = codec.decode(&piece.bytes(), &peer) else { continue };
        let packed = codec.encode(&parsed.item, &peer, None);
        assert!(codec.decode(&packed.data, &peer).is_ok(), "what we pack can be unpacked");
        codec.encode(&parsed.item, &peer, Some(SMALL));
    }
    let peer = Peer::default();
    let Ok(parsed) = codec.parse(data, &peer) else { panic!("any bytes are some mail") };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    codec.generate(&parsed.item, &peer, &mut first);
    assert!(first.len() <= data.len() * 6 + 4096, "{} bytes of {}", first.len(), data.len());
    let Ok(again) = codec.parse(&first, &peer) else { panic!("what we write is a mail") };
    codec.generate(&again.item, &peer, &mut second);
    let text = String::from_utf8_lossy;
    assert!(first == second, "{}\nfirst {}\nsecond {}", text(data), text(&first), text(&second));
}

fn codec() -> &'static Codec {
    static CODEC: OnceLock<Codec> = OnceLock::new();
    CODEC.get_or_init(|| {
        let loaded = load_text(Path::new("mail.xml"), CONFIG.as_bytes(), &LoadOptions::default());
        let Some(config) = loaded.config else { panic!("{:?}", loaded.diagnostics) };
        Codec::new(Arc::clone(&config.datatypes[0]))
    })
}

const CONFIG: &str = r#"<sysync_config version="1.0"><datatypes>
  <fieldlist name="mail">
    <field name="FROM" type="string" compare="always"/>
    <field name="TO" type="string" array="yes" compare="always"/>
    <field name="SUBJECT" type="string" compare="always"/>
    <field name="DATE" type="timestamp" compare="never"/>
    <field name="PRIORITY" type="integer" compare="never"/>
    <field name="LIMIT" type="integer" compare="never"/>
    <field name="BODY" type="multiline" array="yes" compare="never"/>
    <field name="TYPES" type="string" array="yes" compare="never"/>
    <field name="FILES" type="integer" compare="never"/>
    <field name="NAMES" type="string" array="yes" compare="never"/>
    <field name="KINDS" type="string" array="yes" compare="never"/>
    <field name="CONTENTS" type="blob" array="yes" compare="never"/>
  </fieldlist>
  <textprofile name="mail" fieldlist="mail">
    <mimemail>yes</mimemail>
    <attachmentcountfield>FILES</attachmentcountfield>
    <attachmentnamesfield>NAMES</attachmentnamesfield>
    <attachmentmimetypesfield>KINDS</attachmentmimetypesfield>
    <attachmentsfield>CONTENTS</attachmentsfield>
    <bodymimetypesfield>TYPES</bodymimetypesfield>
    <sizelimitfield>LIMIT</sizelimitfield>
    <linemap field="FROM"><headertag>From:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
    <linemap field="TO"><headertag>To:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype>
      <list separator="," repeat="array"/></linemap>
    <linemap field="SUBJECT"><headertag>Subject:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
    <linemap field="DATE"><headertag>Date:</headertag><inheader>yes</inheader><valuetype>date</valuetype></linemap>
    <linemap field="PRIORITY"><headertag>X-Priority:</headertag><inheader>yes</inheader></linemap>
    <linemap field="BODY"><valuetype>body</valuetype></linemap>
  </textprofile>
  <datatype name="mail" basetype="text">
    <use textprofile="mail"/><typestring>message/rfc822</typestring><versionstring>1.0</versionstring>
    <zippedbindata>yes</zippedbindata><binaryparts>yes</binaryparts>
  </datatype>
</datatypes></sysync_config>"#;
