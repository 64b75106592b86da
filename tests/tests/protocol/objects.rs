//! Data objects in a session: XML documents within messages.

use syncloom_tests::peer::{Peer, Tongue, add, alert, devinf, put, replace};
use syncloom_tests::server::Server;

use crate::{confirm, names, send_changes};

/// Contacts as mail objects: a flag, bytes, and a mail with a subject and a body.
const OBJECTS: &str = r#"<textprofile name="mail" fieldlist="contact">
      <mimemail>yes</mimemail>
      <linemap field="N_LAST"><headertag>Subject:</headertag><inheader>yes</inheader><valuetype>rfc2047</valuetype></linemap>
      <linemap field="NOTE"><valuetype>body</valuetype></linemap>
    </textprofile>
    <datatype name="objects" basetype="dataobj">
      <use textprofile="mail"/>
      <typestring>text/vcard</typestring><versionstring>3.0</versionstring>
      <tagmap field="TITLE"><xmltag>read</xmltag></tagmap>
      <tagmap field="PHOTO"><xmltag>body</xmltag></tagmap>
      <tagmap field="NOTE"><xmltag>emailitem</xmltag><embeddeditem>yes</embeddeditem></tagmap>
    </datatype>
    <datatype name="vcard21" basetype="vcard">"#;

fn server() -> Server {
    Server::start_with(&[
        (r#"<datatype name="vcard21" basetype="vcard">"#, OBJECTS),
        (
            r#"<use datatype="vcard30" mode="rw" preferred="yes"/>"#,
            r#"<use datatype="objects" mode="rw" preferred="yes"/>"#,
        ),
    ])
}

fn opens(peer: &mut Peer, last: Option<&str>, next: &str) {
    if last.is_some() {
        peer.begin();
    }
    let description = put(devinf(peer.tongue.version, &peer.device), peer.tongue);
    peer.send(vec![description, alert(200, "contacts", last, next)], true);
}

#[test]
fn documents_go_both_ways() {
    for tongue in Tongue::ALL {
        let server = &server();
        server.sql(
            "INSERT INTO contacts (user, last_name, title, note, photo) \
             VALUES (1, 'Ours', 'true', 'one ]]> two', x'00ff')",
        );
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        opens(&mut peer, None, "a1");
        let theirs = "<Email><read>false</read><body enc=\"base64\">AQI=</body><emailitem><![CDATA[Subject: Theirs\r\n\r\n\
                      a <b> & c]]></emailitem></Email>";
        let answer = send_changes(&mut peer, vec![add("1", theirs)]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
        let sent = &answer.changes()[0].2;
        for part in [
            "<read>true</read>",
            "<body enc=\"base64\">AP8=</body>",
            "Subject: Ours",
            "one ]]]]><![CDATA[> two",
        ] {
            assert!(sent.contains(part), "{part} in {sent}");
        }
        confirm(&mut peer, &answer);
        assert_eq!(names(server), ["Ours", "Theirs"]);
        let stored = "SELECT title, hex(photo), note FROM contacts WHERE last_name = 'Theirs'";
        assert_eq!(server.rows(stored), ["false|0102|a <b> & c"]);
        // A flag alone leaves the rest as it is; what is no document changes nothing.
        opens(&mut peer, Some("a1"), "a2");
        let items = vec![replace("1", "<Email><read>true</read></Email>"), replace("1", "<Email><read>no")];
        let answer = send_changes(&mut peer, items);
        assert_eq!(answer.item_statuses(), ["Replace 200 <1", "Replace 415 <1"]);
        confirm(&mut peer, &answer);
        assert_eq!(server.rows(stored), ["true|0102|a <b> & c"]);
    }
}
