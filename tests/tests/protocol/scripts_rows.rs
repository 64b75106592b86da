//! Scripts around the rows of a database: what they see, what they change, and what comes of one that fails.

use syncloom_tests::peer::{Answer, Peer, Tongue, add, alert, delete, map, replace, vcard};
use syncloom_tests::server::{Server, workspace};

use crate::scripts::{Scripts, again, said, sent};
use crate::{confirm, names, opened, send_changes};

const TONGUE: Tongue = Tongue::ALL[0];
const MAP: &str = "<fieldmap fieldlist=\"contact\">";
const ROLE: &str = "<map name=\"role\" references=\"ROLE\" type=\"string\" mode=\"rw\"/>";
const PHONES: &str = "<array sizefrom=\"TEL\">";
const AFTER: &str = "<obtainidafterinsert>yes</obtainidafterinsert>";

/// A server with scripts in its field map, and some places of its config written differently.
fn server(scripts: Scripts<'_>, places: &[(&str, &str)]) -> Server {
    let tag = |(tag, script): &(&str, &str)| format!("<{tag}><![CDATA[{script}]]></{tag}>");
    let map = format!("{MAP}{}", scripts.iter().map(tag).collect::<String>());
    let mut all = vec![(MAP, map.as_str())];
    all.extend(places);
    Server::start_with(&all)
}

/// The beginning of the vCard 3.0, with a script that says of two fields that the peer leaves them out.
const TYPE: &str = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>";
const LEAVES_OUT: &str = "<datatype name=\"vcard30\" basetype=\"vcard\">\n      <version>3.0</version>
    <incomingscript>SORT_AS = UNASSIGNED; if (ROLE == EMPTY) { ROLE = UNASSIGNED; }</incomingscript>";

/// A contact of a peer's with a role.
fn with_role(name: &str, role: &str) -> String {
    vcard(name, "").replace("END:", &format!("ROLE:{role}\r\nEND:"))
}

/// What the server sends of items: their text.
fn texts(answer: &Answer) -> Vec<String> {
    answer.changes().into_iter().map(|(_, _, text)| text).collect()
}

#[test]
fn a_column_is_mapped_to_a_variable() {
    let scripts = [
        ("initscript", "STRING SHOUTED; INTEGER COUNT; COUNT = 0;"),
        ("afterreadscript", "ROLE = LOWERCASE(SHOUTED);"),
        (
            "beforewritescript",
            "COUNT = COUNT + 1; SHOUTED = UPPERCASE(ROLE); if (INSERTING()) { TITLE = \"new\"; }",
        ),
    ];
    let role = ROLE.replace("references=\"ROLE\"", "references=\"SHOUTED\"");
    let server = server(&scripts, &[(ROLE, &role), (TYPE, LEAVES_OUT)]);
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(
        &mut peer,
        vec![add("1", &with_role("One", "Boss")), add("2", &with_role("Two", "Clerk"))],
    );
    assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 201 <2"]);
    confirm(&mut peer, &answer);
    let roles = || server.rows("SELECT last_name, role, title FROM contacts ORDER BY id");
    assert_eq!(roles(), ["One|BOSS|new", "Two|CLERK|new"]);
    // What is read goes through the variable as well.
    server.sql("UPDATE contacts SET role = 'QUEEN' WHERE id = 1");
    again(&mut peer, 200, 2);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer), ["Replace 1"]);
    assert!(texts(&answer)[0].contains("ROLE:queen"), "{:?}", texts(&answer));
    confirm(&mut peer, &answer);
    // A change that does not mention what the variable is made of leaves it: the script sees the whole item.
    again(&mut peer, 200, 3);
    let answer = send_changes(&mut peer, vec![replace("2", &vcard("Second", ""))]);
    assert_eq!(answer.item_statuses(), ["Replace 200 <2"]);
    confirm(&mut peer, &answer);
    assert_eq!(roles(), ["One|QUEEN|new", "Second|CLERK|"]);
}

#[test]
fn scripts_run_in_their_order_around_an_item() {
    let scripts = [
        ("optionfilterscript", "DEBUGMESSAGE(\"option filter\");"),
        ("initscript", "DEBUGMESSAGE(\"init\" + FOLDERKEY());"),
        ("afterreadscript", "DEBUGMESSAGE(\"after read \" + PARENTKEY() + LOCALID() + (string)WRITING());"),
        (
            "beforewritescript",
            "DEBUGMESSAGE(\"before write \" + N_LAST + (string)WRITING() + (string)INSERTING());",
        ),
        (
            "afterwritescript",
            "DEBUGMESSAGE(\"after write \" + PARENTKEY() + (string)INSERTING() + (string)DELETING());",
        ),
        ("finalisationscript", "DEBUGMESSAGE(\"final \" + PARENTKEY() + N_LAST + N_FIRST);"),
        ("finishscript", "DEBUGMESSAGE(\"finish\");"),
    ];
    let of_array = [
        ("initscript", "DEBUGMESSAGE(\"array init\" + (string)WRITING());"),
        ("afterreadscript", "DEBUGMESSAGE(\"array read \" + TEL[ARRAYINDEX()]);"),
        ("beforewritescript", "DEBUGMESSAGE(\"array write \" + TEL[ARRAYINDEX()]);"),
        ("afterwritescript", "DEBUGMESSAGE(\"array written\");"),
        ("finishscript", "DEBUGMESSAGE(\"array finish \" + (string)ARRAYINDEX());"),
    ];
    let tag = |(tag, script): &(&str, &str)| format!("<{tag}><![CDATA[{script}]]></{tag}>");
    let phones = format!("{PHONES}{}", of_array.iter().map(tag).collect::<String>());
    let last = "<map name=\"last_name\" references=\"N_LAST\" type=\"string\" mode=\"rw\"/>";
    let kept = last.replace("\"rw\"", "\"rwx\"");
    let end = "<datatimezone>UTC</datatimezone>";
    let own = format!("{end}<syncendscript>DEBUGMESSAGE(\"sync end\");</syncendscript>");
    let mut server = server(&scripts, &[(PHONES, &phones), (last, &kept), (end, &own)]);
    let mut peer = opened(&server, TONGUE, 200);
    let card = vcard("One", "").replace("END:", "TEL;TYPE=HOME:123\r\nTEL;TYPE=WORK:456\r\nEND:");
    let answer = send_changes(&mut peer, vec![add("1", &card)]);
    confirm(&mut peer, &answer);
    assert_eq!(
        said(&mut server),
        [
            "option filter",
            "init1",
            "before write One11",
            "array init1",
            "array write 123",
            "array written",
            "array write 456",
            "array written",
            "array finish 2",
            "after write 110",
            "final 1One",
            "finish",
            "sync end",
        ]
    );
    server.sql("UPDATE contacts SET note = 'changed'");
    again(&mut peer, 200, 2);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    assert_eq!(
        said(&mut server),
        [
            "option filter",
            "init1",
            "array init0",
            "array read 123",
            "array read 456",
            "array finish 2",
            "after read 110",
            "finish",
            "sync end",
        ]
    );
    again(&mut peer, 200, 3);
    let answer = send_changes(&mut peer, vec![delete("1")]);
    assert_eq!(answer.item_statuses(), ["Delete 200 <1"]);
    assert!(said(&mut server).contains(&"after write 101".to_owned()));
}

#[test]
fn scripts_of_an_array_say_what_is_written() {
    let script = |text: &str| format!("<beforewritescript><![CDATA[{text}]]></beforewritescript>");
    // Numbers stand in a variable, and a script says when there are no more.
    let phones = format!(
        "<array><initscript>if (NICKNAME==\"none\") return FALSE;</initscript>{}",
        script("if (ARRAYINDEX() >= SIZE(TEL)) return FALSE; NUMBER = \"+\" + TEL[ARRAYINDEX()];")
    );
    let number = "<map name=\"number\" references=\"TEL\" type=\"string\" mode=\"rw\"/>";
    let mapped = "<map name=\"number\" references=\"NUMBER\" type=\"string\" mode=\"w\"/>";
    let server = server(&[("initscript", "STRING NUMBER;")], &[(PHONES, &phones), (number, mapped)]);
    let mut peer = opened(&server, TONGUE, 200);
    let card = |name: &str, more: &str| {
        let phones = "TEL;TYPE=HOME:123\r\nTEL;TYPE=WORK:456\r\n";
        vcard(name, "").replace("END:", &format!("{phones}{more}END:"))
    };
    let items = vec![add("1", &card("One", "")), add("2", &card("Two", "NICKNAME:none\r\n"))];
    let answer = send_changes(&mut peer, items);
    assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 201 <2"]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT contact, number FROM phones ORDER BY id"), ["1|+123", "1|+456"]);
}

#[test]
fn a_filter_sees_what_scripts_make_of_an_item() {
    let scripts = [("afterreadscript", "if (NOTE == \"secret\") { CLASS = \"PRIVATE\"; }")];
    let hides = format!("{AFTER}<invisiblefilter>F.CLASS:=PRIVATE</invisiblefilter>");
    let server = server(&scripts, &[(AFTER, &hides)]);
    for (name, note) in [("One", "secret"), ("Two", "")] {
        server.sql(&format!("INSERT INTO contacts (user, last_name, note) VALUES (1, '{name}', '{note}')"));
    }
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer), ["Add 2"]);
}

#[test]
fn an_item_with_no_detail_records_is_told_by_a_filter() {
    let filter = "<noitemsfilter>F.NICKNAME:=none</noitemsfilter>";
    let server = server(&[], &[(PHONES, &format!("{PHONES}{filter}"))]);
    let mut peer = opened(&server, TONGUE, 200);
    let card = vcard("One", "").replace("END:", "TEL;TYPE=HOME:123\r\nNICKNAME:none\r\nEND:");
    let answer = send_changes(&mut peer, vec![add("1", &card)]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT count(*) FROM phones"), ["0"]);
    // And what has none is read as one that passes.
    server.sql("UPDATE contacts SET nickname = 'other', note = 'changed'");
    again(&mut peer, 200, 2);
    let answer = send_changes(&mut peer, vec![]);
    assert!(texts(&answer)[0].contains("NICKNAME:none"), "{:?}", texts(&answer));
}

#[test]
fn a_script_that_fails_costs_one_item() {
    let endless = "if (N_LAST==\"Bad\") { while (1==1) { } }";
    for tag in ["beforewritescript", "afterwritescript"] {
        let mut server = server(&[(tag, endless)], &[]);
        let mut peer = opened(&server, TONGUE, 200);
        let items = ["One", "Bad", "Two"].map(|name| add(name, &vcard(name, "")));
        let answer = send_changes(&mut peer, items.to_vec());
        assert_eq!(answer.item_statuses(), ["Add 201 <One", "Add 500 <Bad", "Add 201 <Two"], "{tag}");
        confirm(&mut peer, &answer);
        assert_eq!(names(&server), ["One", "Two"], "{tag}: what it had begun is taken back");
        let line = server.line(&format!("<{tag}>"));
        assert!(line.contains("item Bad") && line.contains("config.xml:"), "{line}");
    }
    // What cannot be read is neither sent nor taken for deleted, in no sync.
    let mut server = server(&[("afterreadscript", endless)], &[]);
    server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Bad'), (1, 'Good')");
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer), ["Add 2"]);
    server.line("<afterreadscript>");
    confirm(&mut peer, &answer);
    assert_eq!(names(&server), ["Bad", "Good"]);
}

#[test]
fn scripts_have_their_database() {
    let scripts = [
        (
            "initscript",
            "STRING PART; STRING ROW; INTEGER COUNT;
             DEBUGMESSAGE((string)SQLEXECUTE(\"CREATE TABLE log (what TEXT)\"));
             DEBUGMESSAGE((string)SQLEXECUTE(\"INSERT INTO log VALUES ('taken back')\")); SQLROLLBACK();
             SQLEXECUTE(\"CREATE TABLE IF NOT EXISTS log (what TEXT)\"); SQLCOMMIT();
             if (SQLEXECUTE(\"COMMIT\") != 0) DEBUGMESSAGE(\"no commit\");",
        ),
        (
            "afterwritescript",
            "PART = N_LAST;
             SQLEXECUTE(\"INSERT INTO log VALUES (\" + DBLITERAL(PART, \"string\") + \")\");
             DEBUGMESSAGE(\"row \" + (string)SQLITELASTID()); SQLCOMMIT();
             if (PART == \"Bad\") { while (1==1) { } }",
        ),
        (
            "finishscript",
            "SQLEXECUTE(\"SELECT what FROM log ORDER BY rowid\");
             while (SQLFETCHROW()) { SQLGETCOLUMN(1, ROW, \"string\"); DEBUGMESSAGE(ROW); }",
        ),
    ];
    let mut server = server(&scripts, &[]);
    let mut peer = opened(&server, TONGUE, 200);
    let items = ["O'Neil", "Bad", "Two"].map(|name| add(name, &vcard(name, "")));
    let answer = send_changes(&mut peer, items.to_vec());
    assert_eq!(answer.item_statuses(), ["Add 201 <O'Neil", "Add 500 <Bad", "Add 201 <Two"]);
    confirm(&mut peer, &answer);
    assert_eq!(said(&mut server), ["0", "0", "no commit", "row 1", "row 2", "row 2", "O'Neil", "Two"]);
    assert_eq!(server.rows("SELECT what FROM log"), ["O'Neil", "Two"]);
}

#[test]
fn a_script_makes_ids_and_finishes_what_refers_to_others() {
    let scripts = [
        ("initscript", "STRING BOSS;"),
        (
            // The id of another contact that may have come later.
            "finalisationscript",
            "if (MANAGER != EMPTY) {
               SQLEXECUTE(\"SELECT id FROM contacts WHERE last_name = \" + DBLITERAL(MANAGER, \"string\"));
               if (SQLFETCHROW()) { SQLGETCOLUMN(1, BOSS, \"string\"); MANAGER = BOSS; }
             }",
        ),
    ];
    let manager = "<map name=\"manager\" references=\"MANAGER\" type=\"string\" mode=\"rw\"/>";
    let kept = manager.replace("\"rw\"", "\"rwx\"");
    let ids = "<localidscript>INTEGER NEXT; if (NEXT==UNASSIGNED) { NEXT = 500; } NEXT = NEXT + 1;
        return NEXT;</localidscript>";
    let insert = "INSERT INTO contacts (user, modified, %aN) VALUES (%u, %M, %av)";
    let with_id = "INSERT INTO contacts (id, user, modified, %aN) VALUES (%k, %u, %M, %av)";
    let server = server(&scripts, &[(manager, &kept), (AFTER, ids), (insert, with_id)]);
    let mut peer = opened(&server, TONGUE, 200);
    let card = vcard("Clerk", "").replace("END:", "X-MANAGER:Queen\r\nEND:");
    let answer = send_changes(&mut peer, vec![add("1", &card), add("2", &vcard("Queen", "Long live"))]);
    confirm(&mut peer, &answer);
    let rows = server.rows("SELECT id, last_name, manager, note FROM contacts ORDER BY id");
    assert_eq!(rows, ["501|Clerk|502|", "502|Queen||Long live"]);
    assert_eq!(server.rows("SELECT local_id, remote_id FROM maps ORDER BY 1"), ["501|1", "502|2"]);
}

#[test]
fn an_sql_condition_of_a_script_leaves_items_out() {
    let scripts = [(
        "optionfilterscript",
        "if (DBOPTIONS() == \"home\") { SETSQLFILTER(\"class = \" + DBLITERAL(\"HOME\", \"string\")); return TRUE; }
         return FALSE;",
    )];
    let list = "SELECT id, modified FROM contacts WHERE user = %u ORDER BY id";
    let server =
        server(&scripts, &[(list, "SELECT id, modified FROM contacts WHERE user = %u %AF ORDER BY id")]);
    server.sql(
        "INSERT INTO contacts (user, last_name, first_name, display_name, class) VALUES
           (1, 'One', 'Test', 'Test One', 'WORK'), (1, 'Two', '', '', 'HOME')",
    );
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    let uri = "contacts?/o(home)";
    peer.send(vec![alert(201, uri, None, "a1")], true);
    // What is left out is there: the same item of the peer's is not added a second time.
    let answer = send_changes(&mut peer, vec![add("7", &vcard("One", ""))]);
    assert_eq!(sent(&answer), ["Add 2"]);
    confirm(&mut peer, &answer);
    server.sql("UPDATE contacts SET note = 'changed'");
    again(&mut peer, 201, 2);
    let answer = send_changes(&mut peer, vec![]);
    assert_eq!(sent(&answer), ["Add 1", "Add 2"], "without the option all are there");
}

#[test]
fn ids_are_counted_from_what_the_database_says_first() {
    let ids = "<determineidonce>yes</determineidonce><minnextid>700</minnextid>
        <obtainlocalidsql>SELECT max(id) + 1 FROM contacts</obtainlocalidsql>";
    let insert = "INSERT INTO contacts (user, modified, %aN) VALUES (%u, %M, %av)";
    let with_id = "INSERT INTO contacts (id, user, modified, %aN) VALUES (%k, %u, %M, %av)";
    let server = server(&[], &[(AFTER, ids), (insert, with_id)]);
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![add("1", &vcard("One", "")), add("2", &vcard("Two", ""))]);
    confirm(&mut peer, &answer);
    server.sql("UPDATE contacts SET id = 900 WHERE last_name = 'Two'");
    server.sql("UPDATE maps SET local_id = '900' WHERE remote_id = '2'");
    again(&mut peer, 200, 2);
    let answer = send_changes(&mut peer, vec![add("3", &vcard("Three", "")), add("4", &vcard("Four", ""))]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT id FROM contacts ORDER BY id"), ["700", "900", "901", "902"]);
}

#[test]
fn an_insert_that_is_refused_is_tried_again() {
    // Of eight ids one is free in the end.
    let ids =
        |retries: &str| format!("{retries}<obtainlocalidsql>SELECT abs(random()) % 8</obtainlocalidsql>");
    let insert = "INSERT INTO contacts (user, modified, %aN) VALUES (%u, %M, %av)";
    let with_id = "INSERT INTO contacts (id, user, modified, %aN) VALUES (%k, %u, %M, %av)";
    let server = server(&[], &[(AFTER, &ids("<insertretries>2000</insertretries>")), (insert, with_id)]);
    let mut peer = opened(&server, TONGUE, 200);
    let items: Vec<_> =
        (0..8).map(|number| add(&format!("i{number}"), &vcard(&format!("N{number}"), ""))).collect();
    let answer = send_changes(&mut peer, items);
    assert!(answer.item_statuses().iter().all(|status| status.starts_with("Add 201")), "{answer:?}");
    assert_eq!(server.rows("SELECT count(*) FROM contacts"), ["8"]);
    let answer = peer.send(vec![map(&[])], true);
    assert_eq!(answer.status(), 200);
}

#[test]
fn an_update_writes_all_fields_where_the_config_says_so() {
    for (tag, revised) in [("", "1"), ("<updateallfields>yes</updateallfields>", "2")] {
        // A trigger tells whether a column is written, although the peer does not mention it.
        let server = server(&[], &[(TYPE, LEAVES_OUT), (AFTER, &format!("{AFTER}{tag}"))]);
        server.sql(
            "CREATE TABLE seen (n INTEGER);
             CREATE TRIGGER told AFTER UPDATE OF sort_as ON contacts BEGIN INSERT INTO seen VALUES (1); END;
             INSERT INTO seen VALUES (1);",
        );
        let mut peer = opened(&server, TONGUE, 200);
        let answer = send_changes(&mut peer, vec![add("1", &vcard("One", ""))]);
        confirm(&mut peer, &answer);
        server.sql("DELETE FROM seen WHERE rowid > 1");
        again(&mut peer, 200, 2);
        let answer = send_changes(&mut peer, vec![replace("1", &vcard("Other", ""))]);
        assert_eq!(answer.item_statuses(), ["Replace 200 <1"]);
        confirm(&mut peer, &answer);
        assert_eq!(server.rows("SELECT count(*) FROM seen"), [revised], "{tag}");
    }
}

#[test]
fn scripts_run_around_the_items_of_a_plugin() {
    let scripts = "<automap indexasname=\"true\"/>
        <mapredefine name=\"11\" references=\"SHOUTED\" type=\"string\" mode=\"rw\"/>
        <initscript>STRING SHOUTED;</initscript>
        <afterreadscript>ROLE = LOWERCASE(SHOUTED); DEBUGMESSAGE(\"read \" + PARENTKEY());</afterreadscript>
        <beforewritescript>SHOUTED = UPPERCASE(ROLE);</beforewritescript>
        <afterwritescript>if (N_LAST == \"Bad\") { while (1==1) { } }
            DEBUGMESSAGE(\"written \" + PARENTKEY() + (string)DELETING());</afterwritescript>";
    let folder = tempfile::tempdir().unwrap();
    let sample = std::fs::read_to_string(workspace().join("samples/textdb.xml")).unwrap();
    let automap = "<automap indexasname=\"true\"/>";
    assert_eq!(sample.matches(automap).count(), 1);
    let config = folder.path().join("config.xml");
    std::fs::write(&config, sample.replace(automap, scripts)).unwrap();
    let mut server = Server::start_in(folder.path(), &config);
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    (peer.user, peer.password) = ("test".into(), "test".into());
    peer.send(vec![alert(201, "contacts", None, "a1")], true);
    let answer = send_changes(
        &mut peer,
        vec![add("1", &with_role("One", "Boss")), add("2", &with_role("Bad", "None"))],
    );
    assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 500 <2"]);
    confirm(&mut peer, &answer);
    let file = std::fs::read_to_string(folder.path().join("TDB_test_contacts.txt")).unwrap();
    assert!(file.contains("BOSS") && !file.contains("Boss") && !file.contains("Bad"), "{file}");
    let line = server.line("<afterwritescript>");
    assert!(line.contains("item 2"), "{line}");
    // Another device gets what the script reads.
    let mut other = Peer::new(&server.url, "peer-2", TONGUE);
    (other.user, other.password) = ("test".into(), "test".into());
    other.send(vec![alert(201, "contacts", None, "b1")], true);
    let answer = send_changes(&mut other, vec![]);
    assert!(texts(&answer)[0].contains("ROLE:boss"), "{:?}", texts(&answer));
    assert!(said(&mut server).iter().any(|line| line.starts_with("read ")));
}
