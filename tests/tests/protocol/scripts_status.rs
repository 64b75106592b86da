//! Scripts that look at the statuses of items, those of the server's and those of the client's.

use syncloom_tests::peer::{Tongue, add, change, delete, replace, vcard};
use syncloom_tests::phone::Phone;
use syncloom_wire::Command;

use crate::scripts::{again, said, scripted};
use crate::{confirm, names, opened, send_changes};

const TONGUE: Tongue = Tongue::ALL[1];

#[test]
fn scripts_look_at_the_statuses_of_what_comes() {
    let script = "DEBUGMESSAGE(SYNCOP() + \" \" + (string)STATUS());
                  if (SYNCOP() == \"delete\") { SETSTATUS(425); }";
    let of_session = "DEBUGMESSAGE(\"session \" + (string)STATUS());
                      if (STATUS() == 425) { return FALSE; }
                      if (STATUS() == 415) { SETSTATUS(200); return TRUE; }";
    let mut server = scripted(
        &[("receiveditemstatusscript", of_session)],
        &[
            ("receiveditemstatusscript", script),
            ("invisiblefilter", "F.CLASS:=ARCHIVE"),
            ("acceptfilter", "F.CLASS<>SECRET"),
        ],
        &[],
    );
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, ["1", "2", "3"].map(|id| add(id, &vcard(id, ""))).to_vec());
    assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 201 <2", "Add 201 <3"]);
    confirm(&mut peer, &answer);
    assert_eq!(said(&mut server)[..2], ["add 201", "session 201"]);
    again(&mut peer, 200, 2);
    let mut archive = change("1", None);
    archive.archive = true;
    let mut soft = change("3", None);
    soft.soft_delete = true;
    let secret = vcard("secret", "").replace("END:", "CLASS:SECRET\r\nEND:");
    let items = vec![
        Command::Delete(archive),
        Command::Delete(soft),
        replace("2", &vcard("changed", "")),
        delete("2"),
        add("4", &secret),
    ];
    let answer = send_changes(&mut peer, items);
    assert_eq!(
        answer.item_statuses(),
        ["Delete 200 <1", "Delete 200 <3", "Replace 200 <2", "Delete 425 <2", "Add 200 <4"]
    );
    assert_eq!(
        said(&mut server),
        [
            "archive+delete 200",
            "session 200",
            "soft-delete 200",
            "session 200",
            "replace 200",
            "session 200",
            "delete 200",
            "session 425",
            "add 415",
            "session 415"
        ]
    );
    confirm(&mut peer, &answer);
    // The scripts' verdict counts: the Delete has failed, and the Add has not.
    let line = server.line("received +0 ~2 -2 !1");
    assert!(line.contains("contacts two-way"), "{line}");
}

/// A server with a script for the statuses of what it sends, and a phone that has synced with it.
fn refusing(script: &str, outside: &str) -> (syncloom_tests::server::Server, Phone) {
    let mut inside = vec![("sentitemstatusscript", script)];
    inside.retain(|(_, script)| !script.is_empty());
    let mut of_session = vec![("sentitemstatusscript", outside)];
    of_session.retain(|(_, script)| !script.is_empty());
    let server = scripted(&of_session, &inside, &[]);
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.add(&vcard("A", ""));
    phone.add(&vcard("B", ""));
    phone.sync(200);
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'C')");
    server.sql(
        "UPDATE contacts SET note = 'ours' WHERE last_name = 'A'; DELETE FROM contacts WHERE last_name = 'B'",
    );
    (server, phone)
}

#[test]
fn scripts_look_at_the_statuses_of_what_is_sent() {
    let script = "DEBUGMESSAGE(SYNCOP() + \" \" + (string)STATUS()); return SYNCOP() == \"add\";";
    let (mut server, mut phone) = refusing(script, "DEBUGMESSAGE(\"session \" + SYNCOP());");
    phone.sync(200);
    // The session is not asked where the datastore has dealt with it.
    assert_eq!(
        said(&mut server),
        ["delete 200", "session delete", "replace 200", "session replace", "add 201"]
    );
    phone.sync(200);
    assert_eq!((phone.slow, phone.heard.len()), (false, 0));
    assert_eq!(phone.names(), names(&server));
}

#[test]
fn a_script_says_what_becomes_of_a_refusal() {
    // The script, and then: the anchor is saved, how many items wait to be sent again, what the next sync sends.
    for (script, saved, flagged, heard) in [
        ("", true, 1, 2),
        ("SETRESEND(TRUE);", true, 1, 2),
        ("SETRESEND(FALSE);", false, 0, 2),
        ("ABORTDATASTORE(500);", false, 1, 2),
        // All that there was to do has been done: what was changed is not sent again.
        ("return TRUE;", true, 0, 1),
        ("SETSTATUS(200);", true, 0, 1),
    ] {
        for of_session in [false, true] {
            let scripts = if of_session { ("", script) } else { (script, "") };
            let (server, mut phone) = refusing(scripts.0, scripts.1);
            phone.refuses = vec![("Replace", 500), ("Add", 500)];
            let only = server.rows("SELECT anchor FROM targets");
            phone.sync(200);
            let about = format!("{script} {of_session}");
            assert_eq!(server.rows("SELECT anchor FROM targets") != only, saved, "{about}");
            let waiting = server.rows("SELECT count(*) FROM maps WHERE flags = 32");
            assert_eq!(waiting, [flagged.to_string()], "{about}");
            phone.refuses.clear();
            phone.sync(if saved { 200 } else { 201 });
            if saved {
                assert_eq!(phone.heard.len(), heard, "{about}: {:?}", phone.heard);
            }
        }
    }
}

#[test]
fn a_script_stops_adding() {
    let script = "if (SYNCOP() == \"add\") { STOPADDING(); }";
    let server = scripted(&[], &[("sentitemstatusscript", script)], &[]);
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.sync(200);
    phone.peer.max_message = 1_100;
    let rows: Vec<String> = ('A'..='H').map(|name| format!("(1, '{name}')")).collect();
    server.sql(&format!("INSERT INTO contacts (user, last_name) VALUES {}", rows.join(",")));
    phone.sync(200);
    assert!((1..8).contains(&phone.heard.len()), "{}", phone.heard.len());
    // Also where what has come says so, before anything is sent.
    let server = scripted(&[], &[("receiveditemstatusscript", "STOPADDING();")], &[]);
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    let mut phone = Phone::new(&server, "phone", TONGUE);
    phone.add(&vcard("Theirs", ""));
    phone.sync(200);
    assert_eq!(phone.heard.len(), 0);
    phone.sync(200);
    assert_eq!(phone.heard.len(), 1);
}
