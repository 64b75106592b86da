//! Changed instances that come in one object with their series: they are kept with it, or named in the log.

use syncloom_tests::peer::{Peer, Tongue, add, alert, devinf, map, put, replace, status};
use syncloom_tests::server::Server;

use crate::{confirm, send_changes};

/// Contacts as events.
const EVENTS: &str = r#"<mimeprofile name="event" fieldlist="contact"><!--unknowns-->
      <profile name="VCALENDAR">
        <property name="VERSION"><value conversion="version"/></property>
        <subprofile name="VTIMEZONE" mode="vtimezones"/>
        <subprofile name="VEVENT">
          <property name="UID" suppressempty="yes"><value field="UID"/></property>
          <property name="SUMMARY"><value field="N_LAST"/></property>
          <property name="DTSTART" suppressempty="yes">
            <value field="BIRTHDAY" conversion="timestamp"/>
            <parameter name="TZID" default="no" show="yes"><value field="BIRTHDAY" conversion="tzid"/></parameter>
          </property>
        </subprofile>
      </profile>
    </mimeprofile>
    <datatype name="event" basetype="mimedir">
      <mimedirmode>standard</mimedirmode>
      <use mimeprofile="event"/>
      <typestring>text/vcard</typestring><versionstring>3.0</versionstring>
    </datatype>
    <datatype name="vcard21" basetype="vcard">"#;

fn server(unknowns: &str) -> Server {
    Server::start_with(&[
        (r#"<datatype name="vcard21" basetype="vcard">"#, &EVENTS.replace("<!--unknowns-->", unknowns)),
        (r#"<field name="BIRTHDAY" type="date""#, r#"<field name="BIRTHDAY" type="timestamp""#),
        (r#"references="BIRTHDAY" type="dateonly""#, r#"references="BIRTHDAY" type="timestamp""#),
        (
            r#"<use datatype="vcard30" mode="rw" preferred="yes"/>"#,
            r#"<use datatype="event" mode="rw" preferred="yes"/>"#,
        ),
    ])
}

/// A series with an instance that was moved.
fn series(summary: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\n\
         DTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n\
         RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\n\
         TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n\
         END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:s1\r\nSUMMARY:{summary}\r\n\
         DTSTART;TZID=Europe/Berlin:20240306T180000\r\nRRULE:FREQ=WEEKLY;BYDAY=WE\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:s1\r\nRECURRENCE-ID;TZID=Europe/Berlin:20240320T180000\r\nSUMMARY:Moved\r\n\
         DTSTART;TZID=Europe/Berlin:20240321T190000\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn opens(peer: &mut Peer, last: Option<&str>, next: &str) {
    if last.is_some() {
        peer.begin();
    }
    let description = put(devinf(peer.tongue.version, &peer.device), peer.tongue);
    peer.send(vec![description, alert(200, "contacts", last, next)], true);
}

/// A session in which a client that knows no item of ours gets one: its text.
fn gets(peer: &mut Peer, last: Option<&str>, next: &str) -> String {
    opens(peer, last, next);
    let answer = send_changes(peer, vec![]);
    let (name, id, text) = answer.changes()[0].clone();
    let mut told =
        vec![status(&answer, &answer.syncs()[0].commands[0], if name == "Add" { 201 } else { 200 })];
    if name == "Add" {
        told.push(map(&[(&id, "b1")]));
    }
    peer.send(told, true);
    text
}

#[test]
fn a_changed_instance_is_named_in_the_log() {
    let mut server = server("");
    let mut peer = Peer::new(&server.url, "peer-1", Tongue::ALL[0]);
    opens(&mut peer, None, "a1");
    let answer = send_changes(&mut peer, vec![add("1", &series("Choir"))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    confirm(&mut peer, &answer);
    let said = server.line("VEVENT: comes more than once");
    assert!(said.contains("item 1: ") && said.contains("this one is left out"), "{said}");
    assert_eq!(server.rows("SELECT uid, last_name FROM contacts"), ["s1|Choir"]);
}

#[test]
fn a_changed_instance_goes_from_one_device_to_another_and_back() {
    for tongue in Tongue::ALL {
        let mut server = server(r#"<unknowns field="NOTE"/>"#);
        let [mut one, mut other] = ["peer-1", "peer-2"].map(|device| Peer::new(&server.url, device, tongue));
        opens(&mut one, None, "a1");
        let answer = send_changes(&mut one, vec![add("1", &series("Choir"))]);
        confirm(&mut one, &answer);
        let lost = server.other_lines().into_iter().find(|line| line.contains("VEVENT"));
        assert_eq!(lost, None);
        let said = |text: &str| {
            for (line, times) in [
                ("BEGIN:VTIMEZONE\r\n", 1),
                ("TZID:Europe/Berlin\r\n", 1),
                ("BEGIN:VEVENT\r\n", 2),
                ("UID:s1\r\n", 2),
                ("DTSTART:20240306T170000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=WE\r\nEND:VEVENT", 1),
                ("RECURRENCE-ID;TZID=Europe/Berlin:20240320T180000\r\nSUMMARY:Moved\r\n", 1),
                ("DTSTART;TZID=Europe/Berlin:20240321T190000\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\n", 1),
            ] {
                assert_eq!(text.matches(line).count(), times, "{line} in {text}");
            }
        };
        let text = gets(&mut other, None, "b1");
        said(&text);
        // The other one moves the instance once more, and has another name for the series.
        opens(&mut other, Some("b1"), "b2");
        let changed =
            text.replace("SUMMARY:Choir", "SUMMARY:Band").replace("20240321T190000", "20240322T200000");
        let answer = send_changes(&mut other, vec![replace("b1", &changed)]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <b1"]);
        confirm(&mut other, &answer);
        let text = gets(&mut one, Some("a1"), "a2");
        assert!(text.contains("SUMMARY:Band\r\n"), "{text}");
        said(&text.replace("20240322T200000", "20240321T190000"));
        // Who sends the series alone has not deleted what it may not know.
        opens(&mut other, Some("b2"), "b3");
        let (series, _) = changed.split_at(changed.rfind("BEGIN:VEVENT").unwrap());
        let alone = format!(
            "{}END:VCALENDAR\r\n",
            series.replace("Band", "Duo").replace("RRULE:FREQ=WEEKLY;BYDAY=WE\r\n", "")
        );
        let answer = send_changes(&mut other, vec![replace("b1", &alone)]);
        confirm(&mut other, &answer);
        let text = gets(&mut one, Some("a2"), "a3");
        assert!(text.contains("SUMMARY:Duo\r\n"), "{text}");
        said(&text.replace("20240322T200000", "20240321T190000"));
    }
}
