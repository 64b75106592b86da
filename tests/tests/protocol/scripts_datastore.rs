//! Scripts of a datastore and around its database: when they run, and what they can do to a sync.

use syncloom_tests::peer::{Peer, Tongue, add, alert, vcard};

use crate::scripts::{again, said, scripted, sent};
use crate::{confirm, names, opened, send_changes};

const TONGUE: Tongue = Tongue::ALL[0];

/// A script that says its name.
macro_rules! says {
    ($tag:literal, $name:literal) => {
        ($tag, concat!("DEBUGMESSAGE(\"", $name, "\");"))
    };
    ($tag:literal, $name:literal, $more:literal) => {
        ($tag, concat!("DEBUGMESSAGE(\"", $name, "\");", $more))
    };
}

#[test]
fn scripts_run_in_their_order() {
    let mut server = scripted(
        &[
            says!("sessioninitscript", "session init"),
            says!("sentitemstatusscript", "sent, session"),
            says!("receiveditemstatusscript", "received, session"),
            says!("sessionfinishscript", "session finish"),
            says!("customgethandlerscript", "get handler"),
            says!("customgetputscript", "get or put"),
            says!("customendputscript", "end put"),
            says!("customputresulthandlerscript", "put handler"),
        ],
        &[
            says!("alertscript", "alert"),
            says!("adminreadyscript", "admin ready", "return TRUE;"),
            says!("datastoreinitscript", "datastore init"),
            says!("sentitemstatusscript", "sent, datastore"),
            says!("receiveditemstatusscript", "received, datastore"),
            says!("syncendscript", "sync end"),
            says!("datastorefinishscript", "datastore finish"),
        ],
        &[
            says!("initscript", "type init"),
            says!("incomingscript", "incoming"),
            says!("outgoingscript", "outgoing"),
            says!("filterinitscript", "filter init", "return TRUE;"),
            says!("filterscript", "filter", "return TRUE;"),
            says!("processitemscript", "process item"),
            says!("comparescript", "compare", "return -999;"),
        ],
    );
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    // The first package puts and gets device information.
    let mut peer = opened(&server, TONGUE, 201);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("Theirs", ""))]);
    confirm(&mut peer, &answer);
    let mut order = said(&mut server);
    order.dedup();
    assert_eq!(
        order,
        [
            "session init",
            "put handler",
            "get handler",
            "alert",
            "admin ready",
            "get or put",
            "type init",
            "datastore init",
            "filter init",
            "filter",
            "incoming",
            "process item",
            "compare",
            "received, datastore",
            "received, session",
            "outgoing",
            "sent, datastore",
            "sent, session",
            "sync end",
            "datastore finish",
            "end put",
            "session finish",
        ]
    );
}

#[test]
fn an_alert_script_changes_the_sync() {
    let mut server = scripted(
        &[],
        &[
            (
                "alertscript",
                "STRING WHAT; WHAT = DBOPTIONS();
                 DEBUGMESSAGE(\"alert \" + (string)ALERTCODE() + \" slow \" + (string)SLOWSYNC() + \" \" + WHAT);
                 if (WHAT == \"one way\") { SETALERTCODE(204); }
                 if (WHAT == \"slow\") { FORCESLOWSYNC(); }
                 if (WHAT == \"read only\") { SETREADONLY(TRUE); }
                 if (WHAT == \"refresh only\") { SETREFRESHONLY(TRUE); }
                 if (WHAT == \"abort\") { ABORTDATASTORE(425); }
                 if (WHAT == \"silently\") { ABORTDATASTORE(0); }
                 if (WHAT == \"no mode\") { SETALERTCODE(100); }
                 if (WHAT == \"refuse\") { return 403; }
                 return 1;",
            ),
            (
                "datastoreinitscript",
                "DEBUGMESSAGE(\"init \" + (string)ALERTCODE() + \" slow \" + (string)SLOWSYNC() + \" \" + WHAT
                  + \" \" + (string)READONLY() + (string)REFRESHONLY() + (string)FIRSTTIMESYNC());",
            ),
        ],
        &[],
    );
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    confirm(&mut peer, &answer);
    assert_eq!(said(&mut server), ["alert 200 slow 0", "init 201 slow 1  001"]);
    let mut last = "a1".to_owned();
    for (number, (what, status, code)) in [
        ("one way", 200, Some(204)),
        ("slow", 508, Some(201)),
        ("abort", 425, None),
        ("silently", 514, None),
        ("no mode", 406, None),
        ("refuse", 403, None),
        ("none", 200, Some(200)),
    ]
    .into_iter()
    .enumerate()
    {
        peer.begin();
        let next = format!("b{number}");
        let answer = peer.send(vec![alert(200, &format!("contacts?/o({what})"), Some(&last), &next)], true);
        assert!(
            answer.statuses()[0].starts_with(&format!("Alert {status}")),
            "{what}: {:?}",
            answer.statuses()
        );
        assert_eq!(answer.alerts().first().map(|(code, _)| *code), code, "{what}");
        let Some(code) = code else { continue };
        let all = if code == 201 { vec![add("1", &vcard("One", ""))] } else { Vec::new() };
        let answer = send_changes(&mut peer, all);
        confirm(&mut peer, &answer);
        let lines = said(&mut server);
        let slow = u8::from(code == 201);
        let init = format!("init {code} slow {slow} {what} 000");
        assert_eq!(lines.last(), Some(&init), "{what}: {lines:?}");
        last = next;
    }
    // What the scripts forbid does not happen, in either direction.
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
    for (what, stored, heard) in [("read only", 0, 1), ("refresh only", 1, 0)] {
        peer.begin();
        let next = format!("c {what}");
        peer.send(vec![alert(200, &format!("contacts?/o({what})"), Some(&last), &next)], true);
        let answer = send_changes(&mut peer, vec![add(what, &vcard(what, ""))]);
        assert_eq!(answer.item_statuses(), [format!("Add 201 <{what}")]);
        assert_eq!(answer.changes().len(), heard, "{what}");
        assert_eq!(names(&server).iter().filter(|name| *name == what).count(), stored, "{what}");
        confirm(&mut peer, &answer);
        last = next;
        server.sql("DELETE FROM maps WHERE remote_id = ''");
    }
    // What was not sent then is sent now.
    peer.begin();
    peer.send(vec![alert(200, "contacts", Some(&last), "d")], true);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer).len(), 1, "{:?}", sent(&answer));
}

#[test]
fn a_script_sees_the_keys_and_may_stop_a_sync_before_it_begins() {
    for (value, status) in [("TRUE", 200), ("FALSE", 510)] {
        let script = format!(
            "STRING USER; USER = USERKEY();
             DEBUGMESSAGE(USER + DEVICEKEY() + TARGETKEY() + FOLDERKEY() + LOCALDBNAME()); return {value};"
        );
        let end = "DEBUGMESSAGE(\"the end of \" + USER + \" \" + DBNAME());";
        let mut server = scripted(&[], &[("adminreadyscript", &script), ("syncendscript", end)], &[]);
        let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
        let answer = peer.send(vec![alert(201, "contacts", None, "a1")], true);
        let status = if status == 200 { "Alert 200" } else { "Alert 510" };
        assert!(answer.statuses()[0].starts_with(status), "{:?}", answer.statuses());
        assert_eq!(said(&mut server), ["1111contacts"]);
        if value == "TRUE" {
            let answer = send_changes(&mut peer, vec![]);
            confirm(&mut peer, &answer);
            assert_eq!(said(&mut server), ["the end of 1 contacts"]);
        }
    }
}

#[test]
fn scripts_set_filters() {
    let mut server = scripted(
        &[],
        &[(
            "datastoreinitscript",
            "DEBUGMESSAGE(GETFILTER() + \" \" + GETCGITARGETFILTER() + \" \" + GETTARGETFILTER());
             ADDFILTER(\"CLASS=WORK|CLASS=HOME\"); ADDTARGETFILTER(\"F.N_FIRST<>Hidden\");
             ADDSTATICFILTER(\"F.N_LAST:<>Other\");
             DEBUGMESSAGE(GETFILTER() + \" \" + GETCGITARGETFILTER() + \" \" + GETTARGETFILTER());",
        )],
        &[],
    );
    server.sql(
        "INSERT INTO contacts (user, last_name, first_name, class) VALUES
           (1, 'One', '', 'WORK'), (1, 'Two', '', 'HOME'), (1, 'Three', '', 'PUBLIC'), (1, 'Four', 'Hidden', 'WORK'),
           (1, 'Other', '', 'WORK'), (1, 'Five', 'Out', 'WORK')",
    );
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    let uri = "contacts?/fi(CLASS&NE;HOME)/tf(F.N_FIRST&NE;Out)";
    peer.send(vec![alert(201, uri, None, "a1")], true);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(
        said(&mut server),
        [
            "CLASS<>HOME F.N_FIRST<>Out",
            "(CLASS<>HOME)&(CLASS=WORK|CLASS=HOME) F.N_FIRST<>Out F.N_FIRST<>Hidden"
        ]
    );
    let heard: Vec<bool> = ["One", "Two", "Three", "Four", "Other", "Five"]
        .map(|name| answer.changes().iter().any(|(_, _, text)| text.contains(&format!("N:{name};"))))
        .to_vec();
    assert_eq!(heard, [true, false, false, false, false, false]);
    confirm(&mut peer, &answer);
}

#[test]
fn a_script_may_replace_the_filters_of_a_client() {
    let mut server = scripted(
        &[],
        &[("datastoreinitscript", "SETFILTER(\"\"); SETTARGETFILTER(\"CLASS=HOME\"); SETFILTER(\"(A=1\");")],
        &[],
    );
    server.sql("INSERT INTO contacts (user, last_name, class) VALUES (1, 'One', 'WORK'), (1, 'Two', 'HOME')");
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    peer.send(vec![alert(201, "contacts?/fi(CLASS&EQ;WORK)", None, "a1")], true);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer), ["Add 2"]);
    // A filter that cannot be read ends the script, and is told of.
    let line = server.line("<datastoreinitscript>");
    assert!(line.contains("(A=1"), "{line}");
}

#[test]
fn a_datastore_is_aborted_from_any_script() {
    let late = "if (N_LAST == \"Two\") { ABORTDATASTORE(425); }";
    let rows: [(&str, &str, &[&str]); 4] = [
        ("datastoreinitscript", "ABORTDATASTORE(425);", &["Sync 425", "Add 425", "Add 425", "Add 425"]),
        ("initscript", "ABORTDATASTORE(425);", &["Sync 425", "Add 425", "Add 425", "Add 425"]),
        ("processitemscript", late, &["Sync 200", "Add 201", "Add 201", "Add 425"]),
        (
            "receiveditemstatusscript",
            "INTEGER COUNT; COUNT = COUNT + 1; if (COUNT == 2) { ABORTDATASTORE(0); }",
            &["Sync 200", "Add 201", "Add 201", "Add 514"],
        ),
    ];
    for (tag, script, expected) in rows {
        let tags = [(tag, script)];
        let is_type = matches!(tag, "initscript" | "processitemscript");
        let (inside, of_type) = if is_type { (&tags[..0], &tags[..]) } else { (&tags[..], &tags[..0]) };
        let mut server = scripted(&[], inside, of_type);
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let mut peer = opened(&server, TONGUE, 201);
        let items = ["One", "Two", "Three"].map(|name| add(name, &vcard(name, "")));
        let answer = send_changes(&mut peer, items.to_vec());
        let statuses: Vec<String> = answer
            .statuses()
            .iter()
            .map(|status| status.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .filter(|status| status.starts_with("Sync") || status.starts_with("Add"))
            .collect();
        assert_eq!(statuses, expected, "{tag}");
        assert_eq!(sent(&answer), [""; 0], "{tag}: nothing is sent any more");
        confirm(&mut peer, &answer);
        server.line("failed with status");
        // The sync does not count as one.
        again(&mut peer, 200, 2);
        assert_eq!(server.rows("SELECT coalesce(anchor, '') FROM targets"), [""], "{tag}");
    }
}

#[test]
fn the_scripts_of_the_end_run_once_however_it_ends() {
    let own = [says!("syncendscript", "sync end"), says!("datastorefinishscript", "datastore finish")];
    let mut server = scripted(&[says!("sessionfinishscript", "session finish")], &own, &[]);
    let mut peer = opened(&server, TONGUE, 200);
    // The client suspends.
    let answer = peer.send(vec![syncloom_tests::peer::bare_alert(224)], true);
    assert_eq!(answer.statuses(), ["Alert 200"]);
    assert_eq!(said(&mut server), ["sync end", "datastore finish", "session finish"]);
}
