//! Files with many items, taken apart.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use support::texts::{codec, mail, note};
use syncloom_formats::{Codec, split};

fn pieces(codec: &Codec, text: &str) -> Vec<(usize, String)> {
    let text = text.as_bytes();
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    split(codec.datatype(), text).iter().map(|piece| (piece.line, shown(&piece.bytes()))).collect()
}

fn calendar() -> Codec {
    codec(
        r#"<fieldlist name="f"><field name="KIND" type="string" compare="always"/></fieldlist>
           <mimeprofile name="p" fieldlist="f">
             <profile name="VCALENDAR">
               <property name="VERSION"><value conversion="version"/></property>
               <subprofile name="VTIMEZONE" mode="vtimezones"/>
               <subprofile name="VEVENT" field="KIND" value="E"/>
               <subprofile name="VTODO" field="KIND" value="T"/>
             </profile>
           </mimeprofile>
           <datatype name="t" basetype="vcalendar"><version>2.0</version><use mimeprofile="p"/></datatype>"#,
    )
}

#[test]
fn each_component_is_an_item() {
    let codec = calendar();
    let one = "BEGIN:VCALENDAR\r\nX:1\r\nEND:VCALENDAR\r\n";
    assert_eq!(pieces(&codec, &format!("{one}\r\n{one}")), [(1, one.to_owned()), (5, one.to_owned())]);
    assert_eq!(pieces(&codec, "garbage"), [(1, "garbage".to_owned())]);
    assert_eq!(pieces(&codec, ""), [(1, String::new())]);
    let open = "begin:vcalendar\nend:vcalendar\nBEGIN:VCALENDAR\nX:2\n";
    assert_eq!(pieces(&codec, open)[1], (3, "BEGIN:VCALENDAR\nX:2\n".to_owned()));
}

#[test]
fn each_entry_is_an_item_with_what_they_share() {
    let text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE\n\
                BEGIN:VEVENT\nSUMMARY:a\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\nX:y\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR\n";
    let shared = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE\nX:y\n";
    let event = "BEGIN:VEVENT\nSUMMARY:a\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\n";
    assert_eq!(
        pieces(&calendar(), text),
        [
            (8, format!("{shared}{event}END:VCALENDAR\n")),
            (14, format!("{shared}BEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR\n"))
        ]
    );
}

#[test]
fn lines_are_those_of_the_file() {
    let text = b"BEGIN:VCALENDAR\nV:1\nBEGIN:VEVENT\nA:1\nEND:VEVENT\nBEGIN:VEVENT\nB:1\nEND:VEVENT\nEND:VCALENDAR\n\nBEGIN:VCALENDAR\nC:1\n";
    let pieces = split(calendar().datatype(), text);
    // The second event is written with two shared lines before it.
    let found: Vec<usize> =
        pieces.iter().zip([4, 4, 2]).map(|(piece, line)| piece.line_in_text(line)).collect();
    assert_eq!(found, [4, 7, 12]);
    assert_eq!(pieces[1].line_in_text(1), 6);
}

#[test]
fn mails_of_a_folder_and_texts() {
    let folder = "From a Mon Jan 1\nSubject: one\n\n>From here\n>>From there\n\nFrom b Tue\nSubject: two\n\nbody\nFrom inside\n";
    assert_eq!(
        pieces(&mail(false, ""), folder),
        [
            (2, "Subject: one\n\nFrom here\n>From there\n".to_owned()),
            (8, "Subject: two\n\nbody\nFrom inside\n".to_owned())
        ]
    );
    assert_eq!(pieces(&mail(false, ""), "Subject: x\n\ny"), [(1, "Subject: x\n\ny".to_owned())]);
    assert_eq!(pieces(&note(""), "From a\n\nFrom b"), [(1, "From a\n\nFrom b".to_owned())]);
}
