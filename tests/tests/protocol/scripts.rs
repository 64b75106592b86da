//! Scripts of a config: those of datatypes, and those of the session.

use syncloom_tests::peer::{Answer, Peer, Tongue, add, alert, devinf, put, replace, vcard};
use syncloom_tests::server::Server;

use crate::{confirm, maps, names, opened, send_changes};

/// Tags with their scripts.
pub type Scripts<'a> = &'a [(&'a str, &'a str)];

/// A server with scripts in its `<server>`, in its datastore, and in its vCard 3.0.
pub fn scripted(of_session: Scripts<'_>, of_datastore: Scripts<'_>, of_type: Scripts<'_>) -> Server {
    let places = [
        ("<requestedauth>md5</requestedauth>", of_session),
        ("<datatimezone>UTC</datatimezone>", of_datastore),
        ("<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>", of_type),
    ];
    let with: Vec<(&str, String)> = places
        .into_iter()
        .map(|(text, scripts)| {
            let tag = |(tag, script): &(&str, &str)| format!("<{tag}><![CDATA[{script}]]></{tag}>");
            (text, format!("{text}{}", scripts.iter().map(tag).collect::<String>()))
        })
        .collect();
    let with: Vec<(&str, &str)> = with.iter().map(|(text, with)| (*text, with.as_str())).collect();
    Server::start_with(&with)
}

/// What scripts have written so far.
pub fn said(server: &mut Server) -> Vec<String> {
    let lines = server.other_lines();
    lines.iter().filter_map(|line| Some(line.split_once("DEBUGMESSAGE(): ")?.1.trim().to_owned())).collect()
}

/// A server whose vCard 3.0 has these scripts.
fn server(scripts: Scripts<'_>) -> Server {
    scripted(&[], &[], scripts)
}

/// The changes that the server sends: name, and our id or else its own.
pub fn sent(answer: &Answer) -> Vec<String> {
    answer.changes().into_iter().map(|(name, id, _)| format!("{name} {id}")).collect()
}

/// Begins another session, of the same client.
pub fn again(peer: &mut Peer, code: u16, number: u32) {
    peer.begin();
    let (last, next) = (format!("a{}", number - 1), format!("a{number}"));
    let tongue = peer.tongue;
    let description = put(devinf(tongue.version, &peer.device), tongue);
    peer.send(vec![description, alert(code, "contacts", Some(&last), &next)], true);
}

#[test]
fn items_are_changed_as_they_come_and_go() {
    let server = server(&[
        ("initscript", "STRING MARK; MARK = \"seen by \" + REMOTEDBNAME();"),
        ("incomingscript", "TITLE = MARK;"),
        ("outgoingscript", "ROLE = UPPERCASE(TITLE);"),
    ]);
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT title, role FROM contacts"), ["seen by ./addressbook|"]);
    server.sql("UPDATE contacts SET note = 'changed'");
    again(&mut peer, 200, 2);
    let answer = send_changes(&mut peer, vec![]);
    let changes = answer.changes();
    assert!(changes[0].2.contains("ROLE:SEEN BY ./ADDRESSBOOK"), "{changes:?}");
    assert_eq!(server.rows("SELECT role FROM contacts"), [""], "what goes out is not stored");
}

#[test]
fn a_script_says_what_becomes_of_an_item() {
    let server = server(&[(
        "processitemscript",
        "if (N_LAST == \"Refused\") { REJECTITEM(420); }
         if (N_LAST == \"Dropped\") { REJECTITEM(0); }
         if (N_LAST == \"Prevented\") { PREVENTADD(); }
         if (N_LAST == \"Kept\" && SYNCOP() == \"replace\") { IGNOREUPDATE(); }
         if (N_LAST == \"Server\") { CONFLICTSTRATEGY(\"server-wins\"); }
         if (N_LAST == \"Forced\") { FORCECONFLICT(); CONFLICTSTRATEGY(\"server-wins\"); }",
    )]);
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    let all = ["Refused", "Dropped", "Prevented", "Kept", "Server", "Forced"];
    let items = all.iter().map(|name| add(name, &vcard(name, ""))).collect();
    let answer = send_changes(&mut peer, items);
    let statuses: Vec<String> = answer.item_statuses();
    assert_eq!(
        statuses,
        [
            "Add 420 <Refused",
            "Add 201 <Dropped",
            "Add 201 <Prevented",
            "Add 201 <Kept",
            "Add 201 <Server",
            "Add 201 <Forced"
        ]
    );
    confirm(&mut peer, &answer);
    assert_eq!(names(&server), ["Kept", "Server", "Forced"]);
    server.sql("UPDATE contacts SET title = 'ours' WHERE last_name = 'Server'");
    again(&mut peer, 200, 2);
    let changed = |name: &str| vcard(name, "").replace("END:", "TITLE:theirs\r\nEND:");
    let items = ["Kept", "Server", "Forced"].map(|name| replace(name, &changed(name)));
    let answer = send_changes(&mut peer, items.to_vec());
    assert_eq!(answer.item_statuses(), ["Replace 200 <Kept", "Replace 419 <Server", "Replace 207 <Forced"]);
    assert_eq!(
        server.rows("SELECT last_name, title FROM contacts ORDER BY id"),
        ["Kept|", "Server|ours", "Forced|theirs"]
    );
}

#[test]
fn items_of_different_spelling_are_the_same_if_a_script_says_so() {
    let server = server(&[(
        "comparescript",
        "if (UPPERCASE(TARGET.N_LAST) == UPPERCASE(REFERENCE.N_LAST)) { return 0; } return -999;",
    )]);
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'ONE'), (1, 'TWO')");
    let mut peer = opened(&server, Tongue::ALL[0], 201);
    let answer = send_changes(&mut peer, vec![add("a", &vcard("one", "")), add("b", &vcard("three", ""))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <a", "Add 201 <b"]);
    assert_eq!(sent(&answer), ["Add 2"]);
    confirm(&mut peer, &answer);
    assert_eq!(maps(&server), ["ONE|a", "three|b"]);
}

#[test]
fn a_script_merges_two_versions() {
    let server = server(&[(
        "mergescript",
        "MERGEFIELDS(); WINNING.TITLE = \"merged\"; LOOSING.TITLE = \"merged\";
         SETWINNINGCHANGED(TRUE); SETLOOSINGCHANGED(TRUE);",
    )]);
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    confirm(&mut peer, &answer);
    server.sql("UPDATE contacts SET revision = '2020-01-01 00:00:00', role = 'ours'");
    again(&mut peer, 200, 2);
    let theirs = vcard("One", "").replace("END:", "REV:20210101T000000Z\r\nROLE:theirs\r\nEND:");
    let answer = send_changes(&mut peer, vec![replace("1", &theirs)]);
    assert_eq!(answer.item_statuses(), ["Replace 207 <1"]);
    assert_eq!(sent(&answer), ["Replace 1"]);
    assert!(answer.changes()[0].2.contains("TITLE:merged"));
    assert_eq!(server.rows("SELECT title, role FROM contacts"), ["merged|theirs"]);
}

#[test]
fn a_script_filters() {
    let server = server(&[
        ("filterinitscript", "SETFILTERALL(TRUE); return TRUE;"),
        ("filterscript", "return CLASS != \"PRIVATE\";"),
    ]);
    server.sql("INSERT INTO contacts (user, last_name, class) VALUES (1, 'A', 'PRIVATE'), (1, 'B', '')");
    let mut peer = opened(&server, Tongue::ALL[0], 201);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer), ["Add 2"]);
    confirm(&mut peer, &answer);
}

#[test]
fn a_script_that_fails_is_told_of_and_stops_nothing() {
    let mut server = server(&[(
        "incomingscript",
        "TITLE = SESSIONVAR(\"X\"); TITLE = \"set\"; SETSESSIONVAR(\"NOSUCH\", 1);",
    )]);
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    confirm(&mut peer, &answer);
    assert_eq!(names(&server), ["One"]);
    let line = server.line("<incomingscript>");
    assert!(line.contains("config.xml:") && line.contains("NOSUCH"), "{line}");
}

#[test]
fn a_session_has_variables_that_items_see() {
    let text = "<requestedauth>md5</requestedauth>";
    let with = format!(
        "{text}<sessioninitscript><![CDATA[STRING MARK; MARK = \"session \" + SYNCMLVERS();]]></sessioninitscript>"
    );
    let types = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>";
    let script = "<incomingscript><![CDATA[TITLE = SESSIONVAR(\"MARK\");]]></incomingscript>";
    let server = Server::start_with(&[(text, &with), (types, &format!("{types}{script}"))]);
    for tongue in [Tongue::ALL[0], Tongue::ALL[3]] {
        let mut peer = Peer::new(&server.url, &format!("{tongue:?}"), tongue);
        peer.send(vec![alert(200, "contacts", None, "a1")], true);
        let item = vcard(tongue.version.ver_dtd(), "");
        let answer = send_changes(&mut peer, vec![add("1", &item)]);
        assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    }
    assert_eq!(server.rows("SELECT last_name, title FROM contacts"), ["1.2|session 1.2", "1.1|session 1.1"]);
}

#[test]
fn a_function_sees_the_variables_of_the_session_whoever_calls_it() {
    let text = "<requestedauth>md5</requestedauth>";
    let session = format!(
        "{text}<sessioninitscript><![CDATA[STRING MARK; INTEGER LENGTH; MARK = \"a\"; LENGTH = mark(\"b\");
         MARK = MARK + (STRING)LENGTH;]]></sessioninitscript>
         <sessionfinishscript><![CDATA[LENGTH = mark(\"d\"); DEBUGMESSAGE(MARK);]]></sessionfinishscript>"
    );
    let function = "<scripting><function><![CDATA[INTEGER mark(STRING more) {
         SETSESSIONVAR(\"MARK\", SESSIONVAR(\"MARK\") + more);
         RETURN LENGTH(SESSIONVAR(\"MARK\")); }]]></function></scripting>";
    let types = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>";
    let script = "<incomingscript><![CDATA[INTEGER L; L = mark(\"c\"); TITLE = SESSIONVAR(\"MARK\");]]></incomingscript>";
    let mut server = Server::start_with(&[
        (text, &session),
        ("<datatypes>", &format!("{function}<datatypes>")),
        (types, &format!("{types}{script}")),
    ]);
    let mut peer = opened(&server, Tongue::ALL[0], 200);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT title FROM contacts"), ["ab2c"]);
    assert_eq!(said(&mut server), ["ab2cd"]);
}
