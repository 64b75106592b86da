//! Recorded traffic of real peers, played against our server: it answers as the recorded one did and ends with the
//! same data, or differs on purpose.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use syncloom_tests::contact::Contact;
use syncloom_tests::replay::{Call, Items, Play, name_of, recordings, replay};

/// Recordings that do not end as they should yet, by the beginning of their names, and why. One that begins to pass
/// has to leave this list.
const WAITING: &[(&str, &str)] = &[];

/// What is said of a recording beforehand.
struct Recording {
    path: PathBuf,
    meta: Json,
}

impl Recording {
    fn of(path: &Path) -> Self {
        let meta = fs::read(path.join("meta.json")).unwrap();
        Recording { path: path.to_owned(), meta: serde_json::from_slice(&meta).unwrap() }
    }

    fn name(&self) -> &str {
        name_of(&self.path)
    }

    /// Whether a session of it came to no good end. What the recorded server held afterwards is no target then: it
    /// had doubled items.
    fn is_interrupted(&self) -> bool {
        let sessions = self.meta["sessions"].as_array().unwrap();
        // The last session is not interrupted by anything, and one whose login failed has done nothing.
        sessions.iter().rev().skip(1).any(|session| {
            session["client_exit"] != 0
                && session["label"].as_str().is_some_and(|label| !label.starts_with("wrong"))
        }) && sessions.len() > 2
    }

    /// Whether the recorded server let everybody in.
    fn is_open(&self) -> bool {
        self.meta["server_user"] == ""
    }

    /// How many different contacts both sides held before the last session with all that was new: what a sync has to
    /// make of it.
    fn truth(&self) -> usize {
        let sessions = self.meta["sessions"].as_array().unwrap();
        let mut contacts: Vec<Contact> = Vec::new();
        for side in ["client", "server"] {
            let items = sessions.last().unwrap()["after"][side]["addressbook"].as_object().unwrap();
            contacts.extend(items.values().map(|text| Contact::from_vcard(text.as_str().unwrap())));
        }
        contacts.sort();
        contacts.dedup();
        contacts.len()
    }
}

/// A status that differs on purpose: a row of `docs/compatibility.md`, recognised by what it is about.
fn on_purpose(
    recording: &Recording,
    (command, then, now): &(String, String, String),
) -> Option<&'static str> {
    match (command.as_str(), then.as_str(), now.as_str()) {
        ("Replace", "200", "207") => Some("merged versions are answered with 207"),
        ("Add", "201", "208") if recording.is_interrupted() => Some("an item that is known is not doubled"),
        ("Alert", "509", "200") if recording.is_interrupted() => Some("a session that broke off is taken up"),
        ("SyncHdr", "200", "212") if recording.is_open() => Some("who says who he is need not do so again"),
        _ => None,
    }
}

/// What is wrong with a play; nothing if all is as it should be.
fn faults(recording: &Recording, play: &Play) -> Vec<String> {
    let mut faults = Vec::new();
    for differs in play.differ.iter().filter(|differs| on_purpose(recording, differs).is_none()) {
        faults.push(format!("{}: {} then, {} now", differs.0, differs.1, differs.2));
    }
    if play.differ.len() < play.statuses {
        faults.push(format!("{} statuses differ, and {} are shown", play.statuses, play.differ.len()));
    }
    for items in &play.stores {
        let Items { whose, now, changed, lost, new, fewer, more, both_sides } = items;
        // What the recorded client had missed is no target: both sides have the same now.
        if *both_sides && !recording.is_interrupted() {
            continue;
        }
        if *changed + *lost + *new + *more > 0 {
            faults.push(format!("{whose}: {changed} changed, {lost} lost, {new} new, {more} doubles more"));
        }
        if *fewer > 0 && !recording.is_interrupted() {
            faults.push(format!("{whose}: {fewer} doubles fewer"));
        }
        if recording.is_interrupted() && now.1 > 0 {
            faults.push(format!("{whose}: {} doubles", now.1));
        }
        if recording.is_interrupted() && now.0 != recording.truth() {
            faults.push(format!("{whose}: {} items instead of {}", now.0, recording.truth()));
        }
    }
    faults
}

#[test]
fn recorded_traffic() {
    let Some(paths) = recordings() else { return };
    let all: Vec<Recording> = paths.iter().map(|path| Recording::of(path)).collect();
    let played = |open: bool| {
        let chosen: Vec<PathBuf> =
            all.iter().filter(|recording| recording.is_open() == open).map(|r| r.path.clone()).collect();
        let variables: &[&str] = if open { &["requestedauth=none", "requiredauth=none"] } else { &[] };
        replay(variables, &chosen)
    };
    let calls = [played(false), played(true)];
    println!("{:<32} {:>8} {:>8} {:>6}  outcome", "recording", "messages", "statuses", "items");
    let mut wrong = Vec::new();
    for recording in &all {
        let name = recording.name();
        let play = calls.iter().flat_map(|call| &call.plays).find(|play| play.name == name);
        let Some(play) = play else {
            let errors: String = calls.iter().map(|call| call.errors.as_str()).collect();
            let why = errors.lines().filter(|line| line.contains(name)).collect::<Vec<_>>().join(" ");
            println!("{name:<32} {:>8} {:>8} {:>6}  could not run", "", "", "");
            wrong.push(format!("{name}: could not run: {why}"));
            continue;
        };
        let faults = faults(recording, play);
        let waits = WAITING.iter().find(|(waiting, _)| name.starts_with(waiting));
        let outcome = match (faults.is_empty(), waits) {
            (true, None) if play.statuses + play.items == 0 => "same".to_owned(),
            (true, None) => "on purpose".to_owned(),
            (true, Some(_)) => {
                wrong.push(format!("{name}: passes now, and has to leave the list of those that wait"));
                "passes now".to_owned()
            }
            (false, Some((_, why))) => format!("waits: {why}"),
            (false, None) => {
                wrong.push(format!("{name}: {}", faults.join("; ")));
                faults.join("; ")
            }
        };
        println!("{name:<32} {:>8} {:>8} {:>6}  {outcome}", play.messages, play.statuses, play.items);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_of_msgdump_are_played_too() {
    let Some(paths) = recordings() else { return };
    for wanted in ["contacts30_twoway_wbxml", "auth_md5_xml"] {
        let path = paths.iter().find(|path| name_of(path) == wanted).unwrap();
        let meta = Recording::of(path).meta;
        let folder = tempfile::tempdir().unwrap();
        for (number, session) in meta["sessions"].as_array().unwrap().iter().enumerate() {
            let (first, last) =
                (session["messages"][0].as_u64().unwrap(), session["messages"][1].as_u64().unwrap());
            for (count, message) in (first..=last).enumerate() {
                for (side, direction, order) in [("request", "incoming", 1), ("response", "outgoing", 2)] {
                    let extension = if wanted.ends_with("wbxml") { "wbxml" } else { "xml" };
                    let from = path.join(format!("{message:03}_{side}.{extension}"));
                    let to = format!(
                        "demo_s{number}_msg{:03}_{:03}_{direction}.{extension}",
                        count + 1,
                        2 * count + order
                    );
                    fs::copy(from, folder.path().join(to)).unwrap();
                }
            }
        }
        let call = replay(&[], &[folder.path().to_owned()]);
        let [play] = call.plays.as_slice() else { panic!("{}{}", call.text, call.errors) };
        let count = fs::read_dir(path)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().contains("_request."));
        assert!(play.messages > 0 && play.messages <= count.count(), "{}", call.text);
        // Nothing is known of what was changed on the server between the sessions; so only those without such
        // changes are answered alike throughout.
        if wanted.starts_with("auth") {
            assert_eq!((play.statuses, play.items, call.code), (0, 0, 0), "{}", call.text);
        }
    }
}

#[test]
fn a_recording_may_begin_in_the_middle() {
    let Some(paths) = recordings() else { return };
    let path = paths.iter().find(|path| name_of(path) == "contacts30_twoway_wbxml").unwrap();
    let mut meta = Recording::of(path).meta;
    let sessions = meta["sessions"].as_array_mut().unwrap();
    // The last of three sessions, which changes nothing: a server that knows the anchor has nothing to say.
    let last = sessions.split_off(2);
    let first = last[0]["messages"][0].as_u64().unwrap();
    *sessions = last;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("meta.json"), meta.to_string()).unwrap();
    for entry in fs::read_dir(path).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.split('_').next().unwrap().parse::<u64>().is_ok_and(|number| number >= first) {
            fs::copy(path.join(&name), folder.path().join(&name)).unwrap();
        }
    }
    let call = play(&folder);
    assert_eq!((call.code, call.plays[0].messages), (0, 3), "{}{}", call.text, call.errors);
    assert!(call.text.contains("ours is made to know it"), "{}", call.text);
}

/// A recording of one message, and the answer to it.
fn one_message(request: &str, meta: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("meta.json"), meta).unwrap();
    fs::write(folder.path().join("001_request.xml"), request).unwrap();
    fs::write(folder.path().join("001_response.xml"), ANSWER).unwrap();
    folder
}

const META: &str = r#"{"sessions": [{"label": "one", "messages": [1, 1], "password": "secret"}]}"#;

const REQUEST: &str = "<SyncML xmlns='SYNCML:SYNCML1.2'><SyncHdr><VerDTD>1.2</VerDTD><VerProto>SyncML/1.2</VerProto>\
    <SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>http://h/</LocURI></Target>\
    <Source><LocURI>phone</LocURI><LocName>sue</LocName></Source>\
    <Cred><Meta><Type xmlns='syncml:metinf'>syncml:auth-basic</Type></Meta><Data>c3VlOnNlY3JldA==</Data></Cred>\
    </SyncHdr><SyncBody><Alert><CmdID>1</CmdID><Data>201</Data><Item><Target><LocURI>nosuch</LocURI></Target>\
    <Source><LocURI>./x</LocURI></Source></Item></Alert><Final/></SyncBody></SyncML>";

const ANSWER: &str = "<SyncML xmlns='SYNCML:SYNCML1.2'><SyncHdr><VerDTD>1.2</VerDTD><VerProto>SyncML/1.2</VerProto>\
    <SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>phone</LocURI></Target>\
    <Source><LocURI>http://h/</LocURI></Source></SyncHdr><SyncBody>\
    <Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>212</Data></Status>\
    <Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Alert</Cmd><Data>404</Data></Status>\
    <Final/></SyncBody></SyncML>";

fn play(folder: &tempfile::TempDir) -> Call {
    replay(&[], &[folder.path().to_owned()])
}

#[test]
fn the_last_line_and_the_exit_code_say_what_came_of_it() {
    let good = one_message(REQUEST, META);
    let call = play(&good);
    let name = name_of(good.path());
    let last = call.text.lines().last().unwrap();
    assert_eq!(last, format!("replay {name}: 1 messages, 0 statuses differ, 0 items differ"));
    assert_eq!(call.code, 0);

    let other = one_message(&REQUEST.replace("nosuch", "memo"), META);
    let call = play(&other);
    assert_eq!((call.code, call.plays[0].statuses), (1, 1), "{}", call.text);
    assert_eq!(call.plays[0].differ, [("Alert".to_owned(), "404".to_owned(), "200".to_owned())]);

    // Items count as statuses do.
    let items = META.replace("\"messages\"", r#""after": {"server": {"memo": {"1": "milk"}}}, "messages""#);
    let call = play(&one_message(REQUEST, &items));
    assert_eq!((call.code, call.plays[0].statuses, call.plays[0].items), (1, 0, 1), "{}", call.text);
    assert_eq!(call.plays[0].stores[0].lost, 1);
}

#[test]
fn what_is_no_recording_is_said_and_harms_nothing() {
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("notes.txt"), "x").unwrap();
    let cases: [(PathBuf, &str); 5] = [
        (empty.path().to_owned(), "no recording"),
        (empty.path().join("nothing"), "no folder"),
        (one_message(REQUEST, &META[..META.len() / 2]).keep(), "meta.json: EOF"),
        (one_message(REQUEST, "[]").keep(), "no list of sessions"),
        (one_message("<html/>", META).keep(), "no message in it that is SyncML"),
    ];
    for (path, why) in &cases {
        let call = replay(&[], std::slice::from_ref(path));
        assert_eq!(call.code, 2, "{why}: {}", call.errors);
        assert!(call.errors.contains(why), "{why}: {}", call.errors);
        assert!(!call.errors.contains("panicked"), "{}", call.errors);
    }
    for (path, _) in &cases[2..] {
        fs::remove_dir_all(path).unwrap();
    }
    // One that cannot be played does not keep the others from being played.
    let good = one_message(REQUEST, META);
    let call = replay(&[], &[empty.path().to_owned(), good.path().to_owned()]);
    assert_eq!((call.code, call.plays.len()), (2, 1));
}

#[test]
fn a_message_that_is_no_syncml_is_a_played_failure() {
    let folder = one_message(REQUEST, &META.replace("[1, 1]", "[1, 2]"));
    fs::write(folder.path().join("002_request.xml"), &REQUEST[..REQUEST.len() / 2]).unwrap();
    fs::write(folder.path().join("002_response.xml"), ANSWER).unwrap();
    let call = play(&folder);
    assert_eq!(call.code, 1, "{}{}", call.text, call.errors);
    assert_eq!((call.plays[0].messages, call.plays[0].statuses), (2, 1), "{}", call.text);
    assert!(call.text.contains("cannot be played"), "{}", call.text);
}
