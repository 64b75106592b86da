//! Recorded traffic of real peers, played against our server: it answers as the recorded one did and ends with the
//! same data, or differs on purpose.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use syncloom_tests::contact::Contact;
use syncloom_tests::parts;
use syncloom_tests::replay::{Call, Items, Play, config, name_of, recordings, replay, replay_in};
use syncloom_tests::server::workspace;

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

/// Two contacts that the recorded server had before and after one message about them.
fn two_contacts() -> tempfile::TempDir {
    let contact = |name: &str, note: &str| {
        format!("BEGIN:VCARD\\r\\nVERSION:3.0\\r\\nN:{name};;;;\\r\\nNOTE:{note}\\r\\nEND:VCARD\\r\\n")
    };
    let items = format!(r#"{{"1": "{}", "2": "{}"}}"#, contact("Mine", "mine"), contact("Theirs", "theirs"));
    let sides = format!(r#"{{"client": {{}}, "server": {{"addressbook": {items}}}}}"#);
    let session = format!(r#""before": {sides}, "after": {sides}, "messages""#);
    let folder =
        one_message(&REQUEST.replace("nosuch", "addressbook"), &META.replace("\"messages\"", &session));
    fs::write(folder.path().join("001_response.xml"), ANSWER.replace("404", "200")).unwrap();
    folder
}

/// Everything in a folder.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), fs::read(file).unwrap())).collect()
}

#[test]
fn text_files_are_played_with_as_copies() {
    let recording = two_contacts();
    let owner = tempfile::tempdir().unwrap();
    let line = "\u{feff}10000\t20240115T095959Z\tMueller\tHans\r\n";
    fs::write(owner.path().join("TDB_test_contacts.txt"), line).unwrap();
    fs::write(owner.path().join("NID_test_contacts.txt"), "\u{feff}10001\r\n").unwrap();
    let before = contents(owner.path());
    let data = format!("data={}", owner.path().display());
    let sample = workspace().join("samples/textdb.xml");
    let named = ["-D", &data, "--datastore", "addressbook=contacts", "--user", "test:test"];
    let play =
        |arguments: &[&str]| replay_in(owner.path(), &sample, arguments, &[recording.path().to_owned()]);
    let call = play(&named);
    assert_eq!((call.code, call.plays.len()), (0, 1), "{}{}", call.text, call.errors);
    // What was there is no more in the play: an item that the recorded server did not have would be new.
    assert_eq!((call.plays[0].statuses, call.plays[0].items), (0, 0), "{}", call.text);
    assert!(before == contents(owner.path()), "the owner's files are as they were");

    // A wrong password stays wrong, and one that nobody tells is asked for.
    let call = play(&[&named[..5], &["test:other"]].concat());
    assert_eq!((call.code, call.plays[0].statuses), (1, 2), "{}", call.text);
    let call = play(&[&named[..5], &["test"]].concat());
    assert!(call.code == 2 && call.errors.contains("--user test:PASSWORD"), "{}", call.errors);
    let call = play(&named[..4]);
    assert!(call.code == 2 && call.errors.contains("--user NAME:PASSWORD"), "{}", call.errors);
}

#[test]
fn items_of_a_superdatastore_go_to_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    for (sample, arguments) in [("quickstart", ["demo", "demo"]), ("textdb", ["test", "test"])] {
        let config = folder.path().join("parts.xml");
        let text = fs::read_to_string(workspace().join(format!("samples/{sample}.xml"))).unwrap();
        fs::write(&config, parts::config(&text)).unwrap();
        let schema = fs::read_to_string(workspace().join("samples/quickstart.sql")).unwrap();
        fs::write(folder.path().join("quickstart.sql"), parts::schema(&schema)).unwrap();
        let user = arguments.join(":");
        let play = |ours: &str| {
            let ours = format!("addressbook={ours}");
            let arguments = ["--user", &user, "--datastore", &ours];
            replay_in(folder.path(), &config, &arguments, &[two_contacts().path().to_owned()])
        };
        let call = play("contacts");
        assert_eq!(call.code, 0, "{sample}: {}{}", call.text, call.errors);
        assert!(call.text.contains(": 1 messages, 0 statuses differ, 0 items differ"), "{}", call.text);
        // A part by itself has what it is given: no filter of the whole sorts it.
        let call = play("theirs");
        assert_eq!(call.code, 0, "{sample}: {}{}", call.text, call.errors);
    }
}

/// The recordings that the reference config answers as the recorded server did. Its calendar is a superdatastore of
/// events and tasks, and all of it is in text files.
#[test]
fn the_reference_config_is_played() {
    let Some(paths) = recordings() else { return };
    let reference = paths[0].parent().unwrap().parent().unwrap().join("configs/reference_server.xml");
    let alike = [
        "auth_md5",
        "contacts30_slow_match",
        "contacts30_twoway",
        "events_ical20",
        "events_vcal10",
        "large_object_wbxml",
        "memos_plain",
        "oneway_from_client",
        "refresh_from_server",
        "server_lost_state",
        "unknown_store",
    ];
    let owner = tempfile::tempdir().unwrap();
    let play = |wanted: &[&str], calendar: &str| {
        let is_wanted = |path: &&PathBuf| {
            let name = name_of(path);
            let scenario = name.trim_end_matches("_xml").trim_end_matches("_wbxml");
            wanted.contains(&scenario) || wanted.contains(&name)
        };
        let chosen: Vec<PathBuf> = paths.iter().filter(is_wanted).cloned().collect();
        assert!(chosen.len() >= wanted.len());
        let calendar = format!("calendar={calendar}");
        let names = ["addressbook=contacts", "todo=tasks", "memo=notes", &calendar];
        let arguments: Vec<&str> = names.iter().flat_map(|name| ["--datastore", name]).collect();
        let call = replay_in(owner.path(), &reference, &arguments, &chosen);
        let differ = call.plays.iter().filter(|play| play.statuses + play.items > 0).count();
        assert_eq!((call.code, call.plays.len(), differ), (0, chosen.len(), 0), "{}", call.text);
    };
    play(&alike, "calendar");
    // All four stores in one session: the tasks cannot be synced as a part of the calendar as well.
    play(&["multistore"], "events");
    assert!(contents(owner.path()).is_empty(), "nothing is written where the config's files would be");
}

#[test]
fn what_cannot_be_played_with_is_said() {
    let recording = two_contacts();
    let folder = tempfile::tempdir().unwrap();
    let play = |config: &Path, arguments: &[&str]| {
        let call = replay_in(folder.path(), config, arguments, &[recording.path().to_owned()]);
        assert_eq!((call.code, call.plays.len()), (2, 0), "{}{}", call.text, call.errors);
        call.errors.lines().last().unwrap().to_owned()
    };
    // A datastore that the config does not have, in the recording and on the command line.
    let sample = workspace().join("samples/textdb.xml");
    let said = play(&sample, &["--user", "test:test"]);
    assert!(said.contains("no such datastore, but contacts; --datastore addressbook=OURS"), "{said}");
    let said = play(&sample, &["--datastore", "addressbook=people"]);
    assert!(
        said.contains("--datastore addressbook=people: the config serves no such datastore, but"),
        "{said}"
    );
    // Files in a folder that is not there.
    let said = play(&sample, &["-D", "data=/no/such/folder", "--datastore", "addressbook=contacts"]);
    assert!(said.contains("/no/such/folder: ") && said.contains("make it"), "{said}");
    // Logins that a module checks whose data only it knows.
    let text = fs::read_to_string(config()).unwrap();
    let plugin = "<server type=\"plugin\"><plugin_module>users.so</plugin_module>\
                  <plugin_sessionauth>yes</plugin_sessionauth>";
    let begin = text.find("<server").unwrap();
    let end = begin + text[begin..].find('>').unwrap() + 1;
    let other = folder.path().join("other.xml");
    fs::write(&other, format!("{}{plugin}{}", &text[..begin], &text[end..])).unwrap();
    let said = play(&other, &[]);
    assert!(
        said.contains("the server cannot be copied") && said.contains("SQLite and [SDK_textdb]"),
        "{said}"
    );
}
