//! What remote rules make of items: their types, times, character sets, properties (manual 11.36).

use super::*;

fn with_properties(names: &[(&str, Option<u64>)]) -> DevInf {
    let mut own = devinf(TONGUE.version, "peer-1");
    let property = |(name, size): &(&str, Option<u64>)| CtProperty {
        name: (*name).to_owned(),
        max_size: *size,
        ..CtProperty::default()
    };
    own.datastores[0].ctcaps.push(CtCap {
        type_: "text/vcard".to_owned(),
        version: Some("3.0".to_owned()),
        properties: names.iter().map(property).collect(),
        ..CtCap::default()
    });
    own
}

/// The one item that the server sends.
fn text(peer: &mut Peer) -> String {
    let answer = send_changes(peer, vec![]);
    let changes = answer.changes();
    assert_eq!(changes.len(), 1, "{answer:#?}");
    changes[0].2.clone()
}

#[test]
fn an_old_device_gets_the_older_type() {
    for (options, version) in [("", "3.0"), ("<legacymode>yes</legacymode>", "2.1")] {
        let server = ruled(options);
        server.sql("INSERT INTO contacts (user, last_name) VALUES (1, 'Ours')");
        let text = text(&mut opened(&server, 201));
        assert!(text.contains(&format!("VERSION:{version}")), "{text}");
    }
}

#[test]
fn what_a_device_cuts_is_no_difference_where_a_rule_says_so() {
    for (options, sent) in [("", 1), ("<limitedfieldlengths>yes</limitedfieldlengths>", 0)] {
        let server = ruled(options);
        server.sql(
            "INSERT INTO contacts (user, last_name, first_name, display_name)
             VALUES (1, 'Maximilian', 'Test', 'Test Maximilian')",
        );
        let mut peer = opened(&server, 201);
        let answer = send_changes(&mut peer, vec![add("1", &vcard("Maxi", ""))]);
        assert_eq!(answer.changes().len(), sent, "{options}: {:?}", answer.changes());
        let all = if sent == 1 { vec!["Maximilian", "Maxi"] } else { vec!["Maximilian"] };
        assert_eq!(names(&server), all);
    }
}

#[test]
fn times_mean_what_a_rule_says() {
    let zone = "<sessioninitscript>SETUSERTIMEZONE(\"CET\");</sessioninitscript>";
    for (options, written, stored, sent) in [
        ("", "20210101T120000Z", "12:00", "20210101T120000Z"),
        ("<treataslocaltime>yes</treataslocaltime>", "20210101T120000Z", "11:00", "20210101T110000Z"),
        ("<treatasutc>yes</treatasutc>", "20210101T120000", "12:00", "20210101T120000Z"),
        ("<forcelocaltime>yes</forcelocaltime>", "20210101T120000Z", "12:00", "20210101T130000"),
        ("<rulescript>TREATASLOCALTIME(1);</rulescript>", "20210101T120000Z", "11:00", "20210101T110000Z"),
        ("<rulescript>TREATASUTC(1);</rulescript>", "20210101T120000", "12:00", "20210101T120000Z"),
        ("<rulescript>FORCELOCALTIME(1);</rulescript>", "20210101T120000Z", "12:00", "20210101T130000"),
        (
            "<forcelocaltime>yes</forcelocaltime><rulescript>FORCEUTC(1);</rulescript>",
            "20210101T120000Z",
            "12:00",
            "20210101T120000Z",
        ),
    ] {
        let server = server(&format!("{zone}<remoterule>{options}</remoterule>"));
        let mut peer = opened(&server, 200);
        let card = vcard("One", "").replace("END:", &format!("REV:{written}\r\nEND:"));
        let answer = send_changes(&mut peer, vec![add("1", &card)]);
        confirm(&mut peer, &answer);
        let found = server.rows("SELECT revision FROM contacts");
        assert!(found[0].contains(stored), "{options} {written}: {found:?}");
        peer.begin();
        server.sql("UPDATE contacts SET title = 'ours'");
        let own = put(devinf(TONGUE.version, "peer-1"), TONGUE);
        peer.send(vec![own, alert(200, "contacts", Some("a1"), "a2")], true);
        let text = text(&mut peer);
        assert!(text.contains(&format!("REV:{sent}\r\n")), "{options} {written}: {text}");
    }
    // A device that cannot tell UTC, and gets it nevertheless.
    for (options, sent) in [("", "20210101T130000"), ("<forceutc>yes</forceutc>", "20210101T120000Z")] {
        let server = server(&format!("{zone}<remoterule>{options}</remoterule>"));
        server.sql(
            "INSERT INTO contacts (user, last_name, revision) VALUES (1, 'Ours', '2021-01-01 12:00:00')",
        );
        let own = DevInf { utc: false, ..devinf(TONGUE.version, "peer-1") };
        let text = text(&mut opened_as(&server, TONGUE, 201, own).0);
        assert!(text.contains(&format!("REV:{sent}\r\n")), "{options}: {text}");
    }
}

#[test]
fn items_are_written_as_a_rule_says() {
    let long = "word ".repeat(30);
    for (options, expected, note) in [
        ("", "NOTE:Über", "Über"),
        ("<quote8bitcontent>yes</quote8bitcontent>", "QUOTED-PRINTABLE", "Über"),
        ("", " \r\n", &long),
        ("<nocontentfolding>yes</nocontentfolding>", &long, &long),
    ] {
        let server = ruled(options);
        server.sql(&format!("INSERT INTO contacts (user, last_name, note) VALUES (1, 'Ours', '{note}')"));
        let (mut peer, _) = opened_as(&server, TONGUE, 201, old_devinf());
        let text = text(&mut peer);
        let unfolded = text.replace(";CHARSET=UTF-8", "");
        assert!(unfolded.contains(expected), "{options}: {text}");
        assert_eq!(text.contains(&long), options.starts_with("<noc"), "{options}: {text}");
    }
}

#[test]
fn items_are_in_the_character_set_that_a_rule_says() {
    let options = "<outputcharset>ANSI</outputcharset><inputcharset>GB2312</inputcharset>";
    for (more, tongue, expected) in [
        ("", Tongue::ALL[0], "NOTE;CHARSET=UTF-8:Über".as_bytes()),
        ("", Tongue::ALL[1], b"NOTE;CHARSET=ISO-8859-1:\xdcber"),
        (
            "<quote8bitcontent>yes</quote8bitcontent>",
            Tongue::ALL[0],
            b"NOTE;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:=DCber",
        ),
    ] {
        let server = ruled(&format!("{options}{more}"));
        server.sql("INSERT INTO contacts (user, last_name, note) VALUES (1, 'Ours', 'Über')");
        let own = DevInf { ver_dtd: tongue.version.ver_dtd().to_owned(), ..old_devinf() };
        let (mut peer, _) = opened_as(&server, tongue, 201, own);
        let theirs = "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Theirs;;;;\r\n\
            NOTE;ENCODING=QUOTED-PRINTABLE:=D6=D0\r\nEND:VCARD\r\n";
        let mut theirs = change("1", Some(theirs));
        theirs.meta.type_ = Some("text/x-vcard".to_owned());
        let answer = send_changes(&mut peer, vec![Command::Add(theirs)]);
        let Command::Add(sent) = &answer.syncs()[0].commands[0] else { panic!("{answer:#?}") };
        assert_eq!(sent.items[0].meta.format, None);
        let data = match sent.items[0].data.as_ref().unwrap() {
            Data::Text(text) => text.as_bytes().to_vec(),
            Data::Bytes(bytes) => bytes.clone(),
            other => panic!("{other:?}"),
        };
        let found = data.windows(expected.len()).any(|part| part == expected);
        assert!(found, "{tongue:?} {more}: {}", String::from_utf8_lossy(&data));
        assert_eq!(server.rows("SELECT note FROM contacts WHERE last_name = 'Theirs'"), ["中"]);
    }
}

#[test]
fn what_a_device_says_of_its_properties_counts_unless_a_rule_says_otherwise() {
    let own = || {
        let mut all = [("BEGIN", None), ("END", None), ("VERSION", None), ("N", None), ("TITLE", Some(4))];
        all.sort_unstable();
        with_properties(&all)
    };
    for (options, title, note) in [
        ("", "TITLE:Chie\r", false),
        ("<ignoredevinfmaxsize>yes</ignoredevinfmaxsize>", "TITLE:Chief\r", false),
        ("<ignorectcap>yes</ignorectcap>", "TITLE:Chief\r", true),
    ] {
        let server = ruled(options);
        server
            .sql("INSERT INTO contacts (user, last_name, title, note) VALUES (1, 'Ours', 'Chief', 'Secret')");
        let text = text(&mut opened_as(&server, TONGUE, 201, own()).0);
        assert!(text.contains(title), "{options}: {text}");
        assert_eq!(text.contains("Secret"), note, "{options}: {text}");
    }
}

#[test]
fn a_datatype_and_a_property_are_for_the_devices_of_a_rule() {
    let used = "<use datatype=\"vcard21\" mode=\"rw\" preferred=\"legacy\"/>";
    let special = format!("{used}<use datatype=\"special\" mode=\"rw\" rulematch=\"none,KNO*\"/>");
    let types = "</datatypes>";
    let datatype = "<datatype name=\"special\" basetype=\"mimedir\"><version>2.1</version>
        <typestring>text/x-special</typestring><versionstring>2.1</versionstring><mimedirmode>old</mimedirmode>
        <use mimeprofile=\"vcard\"/></datatype></datatypes>";
    let property = "<property name=\"NOTE\" suppressempty=\"yes\">";
    let limited = "<property name=\"NOTE\" suppressempty=\"yes\" rule=\"known\">";
    let rules = "<remoterule name='known'><model>Special</model></remoterule>";
    let server = Server::start_with(&[
        (PLACE, &format!("{PLACE}{rules}")),
        (used, &special),
        (types, datatype),
        (property, limited),
    ]);
    server.sql("INSERT INTO contacts (user, last_name, note) VALUES (1, 'Ours', 'Secret')");
    for (model, own, note) in [("Special", "text/x-special", true), ("Other", "text/vcard", false)] {
        let info = DevInf { mod_: Some(model.to_owned()), ..devinf(TONGUE.version, "peer-1") };
        let mut peer = Peer::new(&server.url, model, TONGUE);
        let opening = alert(201, "contacts", None, "a1");
        let answer = peer.send(vec![put(info, TONGUE), get(TONGUE), opening], true);
        let shown = &answer.devinf().unwrap().datastores[0];
        let all: Vec<&str> = shown.rx_pref.iter().chain(&shown.rx).map(|t| t.type_.as_str()).collect();
        assert_eq!(all.contains(&"text/x-special"), note, "{all:?}");
        let answer = send_changes(&mut peer, vec![]);
        let Command::Add(change) = &answer.syncs()[0].commands[0] else { panic!("{answer:#?}") };
        assert_eq!(change.meta.type_.as_deref(), Some(own));
        assert_eq!(answer.changes()[0].2.contains("Secret"), note, "{:?}", answer.changes());
    }
}
