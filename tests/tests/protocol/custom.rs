//! Get, Put, Results and Alert of the config's own scripts.

use syncloom_tests::peer::{Answer, Peer, Tongue, alert, devinf, put, status, vcard};
use syncloom_wire::{Command, Data, GetPut, Item, Location, Meta, Results};

use crate::scripts::{said, scripted};
use crate::{confirm, opened, send_changes};

const TONGUE: Tongue = Tongue::ALL[1];

fn get(uri: &str) -> Command {
    let items = vec![Item { target: Some(Location::new(uri)), ..Item::default() }];
    Command::Get(GetPut { items, ..GetPut::default() })
}

fn given(uri: &str, data: &str) -> (Meta, Vec<Item>) {
    let meta = Meta { type_: Some("text/plain".to_owned()), ..Meta::default() };
    let item =
        Item { source: Some(Location::new(uri)), data: Some(Data::Text(data.to_owned())), ..Item::default() };
    (meta, vec![item])
}

fn text(item: &Item) -> &str {
    item.data.as_ref().and_then(Data::as_text).unwrap_or_default()
}

/// The commands of an answer that are neither Status nor Sync: name, address, type and data.
fn own(answer: &Answer) -> Vec<String> {
    let shown = |name: &str, meta: &Meta, item: &Item| {
        let address = item.source.as_ref().or(item.target.as_ref());
        let uri = address.map_or("", |address| address.uri.as_str());
        format!("{name} {uri} {} {}", meta.type_.as_deref().unwrap_or("-"), text(item))
    };
    let command = |command: &Command| match command {
        Command::Put(put) | Command::Get(put) => Some(shown(command.name(), &put.meta, &put.items[0])),
        Command::Results(results) => Some(shown("Results", &results.meta, &results.items[0])),
        Command::Alert(alert) if alert.code < Some(200) => {
            Some(format!("Alert {} {}", alert.code.unwrap(), text(&alert.items[0])))
        }
        _ => None,
    };
    answer.body.iter().filter_map(command).filter(|text| !text.contains("devinf")).collect()
}

#[test]
fn a_script_answers_a_get() {
    let script = "DEBUGMESSAGE(ITEMURI());
                  if (ITEMURI() == \"./time\") {
                    SETITEMDATA(\"noon\"); SETMETATYPE(\"text/plain\"); return TRUE; }
                  if (ITEMURI() == \"./secret\") { SETSTATUS(425); return TRUE; }";
    let mut server = scripted(&[("customgethandlerscript", script)], &[], &[]);
    for tongue in Tongue::ALL {
        let mut peer = Peer::new(&server.url, &format!("{tongue:?}"), tongue);
        let body = vec![
            get("./time"),
            get("./secret"),
            get("./unknown"),
            syncloom_tests::peer::get(tongue),
            alert(200, "contacts", None, "a1"),
        ];
        let answer = peer.send(body, true);
        let statuses: Vec<u16> = (1..=4).map(|number: u32| answer.status_of(&number.to_string())).collect();
        assert_eq!(statuses, [200, 425, 404, 200]);
        assert_eq!(own(&answer), ["Results ./time text/plain noon"]);
        assert!(answer.devinf().is_some(), "what the script leaves is answered as ever");
    }
    assert_eq!(said(&mut server)[..3], ["./time", "./secret", "./unknown"]);
}

#[test]
fn a_script_takes_a_put_and_results() {
    let script =
        "DEBUGMESSAGE((string)ISPUT() + \" \" + ITEMURI() + \" \" + METATYPE() + \" \" + ITEMDATA());
                  if (ITEMURI() == \"./mine\") { return TRUE; }
                  if (ITEMURI() == \"./bad\") { SETSTATUS(415); return TRUE; }";
    let mut server = scripted(&[("customputresulthandlerscript", script)], &[], &[]);
    let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
    let command = |uri: &str| {
        let (meta, items) = given(uri, "data");
        Command::Put(GetPut { meta, items, ..GetPut::default() })
    };
    let (meta, items) = given("./mine", "more");
    let results = Command::Results(Results { cmd_ref: "1".to_owned(), meta, items, ..Results::default() });
    let body = vec![
        command("./mine"),
        command("./bad"),
        command("./other"),
        results,
        put(devinf(TONGUE.version, "peer-1"), TONGUE),
        alert(200, "contacts", None, "a1"),
    ];
    let answer = peer.send(body, true);
    let statuses: Vec<u16> = (1..=5).map(|number: u32| answer.status_of(&number.to_string())).collect();
    assert_eq!(statuses, [200, 415, 405, 200, 200]);
    let lines = said(&mut server);
    assert_eq!(
        lines[..4],
        [
            "1 ./mine text/plain data",
            "1 ./bad text/plain data",
            "1 ./other text/plain data",
            "0 ./mine text/plain more"
        ]
    );
}

#[test]
fn scripts_send_commands_at_the_beginning_and_at_the_end() {
    let begin = "SETITEMURI(\"./greeting\"); SETMETATYPE(\"text/plain\"); SETITEMDATA(\"hello\");
                 ISSUEPUT(TRUE, FALSE); ISSUEPUT(TRUE, TRUE); SETITEMURI(\"./mood\"); ISSUEGET(TRUE);
                 SETITEMDATA(\"be quick\"); ISSUEALERT(TRUE, 100);";
    let end = "SETITEMURI(\"./bye\"); SETITEMDATA(\"bye\"); ISSUEPUT(TRUE, FALSE);";
    let taken = "DEBUGMESSAGE(ITEMURI() + \" \" + ITEMDATA()); return !ISPUT();";
    let mut server = scripted(
        &[
            ("sessionfinishscript", "DEBUGMESSAGE(\"finish\");"),
            ("customgetputscript", begin),
            ("customendputscript", end),
            ("customputresulthandlerscript", taken),
        ],
        &[],
        &[],
    );
    for tongue in Tongue::ALL {
        let mut peer = opened_with(&server, tongue);
        // The first answer has it, and only the first.
        let answer = peer.send(crate::first_package(&peer, 200), true);
        assert_eq!(
            own(&answer),
            [
                "Put ./greeting text/plain hello",
                "Put ./greeting text/plain hello",
                "Get ./mood text/plain ",
                "Alert 100 be quick"
            ]
        );
        let silent: Vec<bool> = answer
            .body
            .iter()
            .filter_map(|command| match command {
                Command::Put(put) if put.items[0].data.as_ref().and_then(Data::as_text).is_some() => {
                    Some(put.no_resp)
                }
                _ => None,
            })
            .collect();
        assert_eq!(silent, [false, true]);
        let asked = answer.body.iter().find(|command| {
            matches!(command, Command::Get(get) if get.items[0].target.as_ref().unwrap().uri == "./mood")
        });
        let (meta, items) = given("./mood", "fine");
        let results = Command::Results(Results {
            msg_ref: Some(answer.header.msg_id.clone()),
            cmd_ref: asked.unwrap().cmd_id().to_owned(),
            meta,
            items,
            ..Results::default()
        });
        let answer = peer.send(vec![results, syncloom_tests::peer::sync(vec![])], true);
        assert!(answer.statuses().contains(&"Results 200 <./mood".to_owned()), "{:?}", answer.statuses());
        assert_eq!(own(&answer), [""; 0]);
        let answer = peer.send(vec![status(&answer, &Command::Sync(answer.syncs()[0].clone()), 200)], true);
        assert_eq!(own(&answer), ["Put ./bye - bye"]);
        // The session waits for the answer to that.
        let bye = answer.body.iter().find(|command| command.name() == "Put").unwrap();
        let answer = peer.send(vec![status(&answer, bye, 200)], true);
        assert!(answer.is_final && answer.statuses().is_empty(), "{answer:#?}");
        let lines = said(&mut server);
        assert!(lines.contains(&"./mood fine".to_owned()), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| *line == "finish").count(), 1, "{lines:?}");
    }
}

fn opened_with(server: &syncloom_tests::server::Server, tongue: Tongue) -> Peer {
    Peer::new(&server.url, &format!("{tongue:?}"), tongue)
}

#[test]
fn a_session_ends_if_the_client_refuses_what_it_must_not() {
    for (may_fail, goes_on) in [("TRUE", true), ("FALSE", false)] {
        let script = format!("SETITEMURI(\"./x\"); SETITEMDATA(\"x\"); ISSUEPUT({may_fail}, FALSE);");
        let mut server = scripted(&[("customgetputscript", &script)], &[], &[]);
        let mut peer = Peer::new(&server.url, "peer-1", TONGUE);
        let answer = peer.send(crate::first_package(&peer, 200), true);
        let of_script = |command: &&Command| {
            matches!(command, Command::Put(put)
                if put.items[0].source.as_ref().is_some_and(|source| source.uri == "./x"))
        };
        let refused = answer.body.iter().find(of_script).unwrap();
        let body = vec![
            status(&answer, refused, 405),
            syncloom_tests::peer::sync(vec![syncloom_tests::peer::add("1", &vcard("One", ""))]),
        ];
        let answer = peer.send(body, true);
        if goes_on {
            assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
            confirm(&mut peer, &answer);
            server.line("complete");
        } else {
            assert_eq!(answer.statuses(), ["Sync 514"]);
            server.line("the peer refuses the Put of a script with status 405");
        }
    }
}

#[test]
fn without_scripts_nothing_is_different() {
    let mut server = scripted(&[], &[], &[]);
    let mut peer = opened(&server, TONGUE, 200);
    let answer = send_changes(&mut peer, vec![]);
    confirm(&mut peer, &answer);
    assert_eq!(said(&mut server), [""; 0]);
}
