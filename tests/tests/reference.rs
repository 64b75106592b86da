//! A real client against the whole of a config that people use: contacts, events, tasks and notes in one session, in
//! every kind of sync and every way of speaking. What a device has is held against what another device, which the
//! server has told of everything, has got: by content, in entries as programs of several makers write them.
//!
//! The config is not part of the project; where it, or the client, is not there, the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use syncloom_tests::device::{Device, Dialect, Store};
use syncloom_tests::entry::Entry;
use syncloom_tests::same::assert_same;
use syncloom_tests::server::{Server, workspace};

/// A server that asks for name and password instead of a digest.
const BASIC: &[(&str, &str)] = &[
    ("<requestedauth>md5</requestedauth>", "<requestedauth>basic</requestedauth>"),
    ("<requiredauth>md5</requiredauth>", "<requiredauth>basic</requiredauth>"),
];

const A_STAMP: Duration = Duration::from_millis(1100);

/// The client's stores and ours, and where the entries that a device begins with are.
const STORES: [(&str, &str, &str, &str, &str); 4] = [
    ("addressbook", "contacts", "text/vcard", "contacts", "vcf"),
    ("calendar", "events", "text/calendar", "events", "ics"),
    ("todo", "tasks", "text/calendar", "tasks", "ics"),
    ("memo", "notes", "text/plain", "notes", "txt"),
];

/// A server of the reference config with files of its own.
struct Reference {
    server: Server,
    folder: tempfile::TempDir,
}

impl Reference {
    /// `None` where the config is missing. Some places of it may be written differently.
    fn start(replacements: &[(&str, &str)]) -> Option<Self> {
        let shared =
            std::env::var_os("SYNCLOOM_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
        let mut config = shared.join("configs/reference_server.xml");
        if !config.exists() {
            syncloom_tests::skipped("the reference config is not here");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        if !replacements.is_empty() {
            let mut text = fs::read_to_string(&config).unwrap();
            for (from, to) in replacements {
                assert!(text.contains(from), "no {from:?} in the config");
                text = text.replace(from, to);
            }
            config = folder.path().join("config.xml");
            fs::write(&config, text).unwrap();
        }
        Some(Reference { server: Server::start_in(folder.path(), &config), folder })
    }

    /// How many items the server's file of a datastore has.
    fn rows(&self, datastore: &str) -> usize {
        let file = self.folder.path().join(format!("TDB_test_{datastore}.txt"));
        fs::read_to_string(file).map_or(0, |text| text.lines().count())
    }
}

fn device(id: &str, dialect: Dialect, stores: &[(&str, &str, &str, &str, &str)]) -> Option<Device> {
    let mut device = Device::new(id)?;
    (device.user, device.password, device.dialect) = ("test", "test", dialect);
    device.refreshes = true;
    device.stores = stores
        .iter()
        .map(|(name, uri, format, ..)| Store {
            name: (*name).to_owned(),
            uri: (*uri).to_owned(),
            format: (*format).to_owned(),
        })
        .collect();
    Some(device)
}

/// The entries that are written for new devices, in the form that the client stores.
fn originals(folder: &str, ending: &str) -> Vec<String> {
    let folder = workspace().join("tests/items").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    files.sort();
    let texts = files.iter().filter_map(|file| fs::read_to_string(file).ok());
    // What the client itself makes nonsense of: it takes the zone of Outlook's name for that of the Easter Island, and
    // drops how long an event takes.
    let texts = texts.map(|text| {
        text.replace("Eastern Time (US & Canada)", "America/New_York")
            .replace("DURATION:PT1H30M", "DTEND:20240610T103000Z")
    });
    texts.filter(|text| !text.contains("VERSION:2.1")).collect()
}

fn fill(device: &Device) {
    for (store, _, _, folder, ending) in STORES {
        for (number, text) in originals(folder, ending).iter().enumerate() {
            fs::write(device.folder(store).join(format!("first-{number}")), text).unwrap();
        }
    }
}

/// Changes some text of an entry.
fn edit(device: &Device, store: &str, from: &str, to: &str) {
    let is_it = |file: &&PathBuf| fs::read_to_string(file).unwrap().contains(from);
    let files = device.files(store);
    let found: Vec<&PathBuf> = files.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "entries of {store} with {from:?}");
    fs::write(found[0], fs::read_to_string(found[0]).unwrap().replace(from, to)).unwrap();
}

fn remove(device: &Device, store: &str, holds: &str) {
    let is_it = |file: &&PathBuf| fs::read_to_string(file).unwrap().contains(holds);
    fs::remove_file(device.files(store).iter().find(is_it).unwrap_or_else(|| panic!("no {holds:?}")))
        .unwrap();
}

/// A new entry of each store.
fn add(device: &Device, name: &str) {
    let entries = [
        (
            "addressbook",
            format!(
                "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{name};Nouvel;;;\r\nFN:Nouvel {name}\r\nTEL;TYPE=CELL:1\r\nEND:VCARD\r\n"
            ),
        ),
        (
            "calendar",
            format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{name}@new\r\nDTSTART:20250101T100000Z\r\nDTEND:20250101T110000Z\r\nSUMMARY:New {name}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            ),
        ),
        (
            "todo",
            format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:{name}@new\r\nSUMMARY:New {name}\r\nSTATUS:NEEDS-ACTION\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
            ),
        ),
        ("memo", format!("New {name}\nsecond line\n")),
    ];
    for (store, text) in entries {
        fs::write(device.folder(store).join(format!("new-{name}")), text).unwrap();
    }
}

/// Removes what [`add`] has made.
fn remove_added(device: &Device, name: &str) {
    for (store, holds) in [
        ("addressbook", "FN:Nouvel "),
        ("calendar", "SUMMARY:New "),
        ("todo", "SUMMARY:New "),
        ("memo", "New "),
    ] {
        remove(device, store, &format!("{holds}{name}"));
    }
}

fn entries(device: &Device, store: &str) -> Vec<Entry> {
    device.files(store).iter().map(|file| Entry::read(&fs::read_to_string(file).unwrap())).collect()
}

/// Both devices, and how many entries the server has of each datastore.
fn agree(reference: &Reference, devices: [&Device; 2], counts: [usize; 4], about: &str) {
    for ((store, datastore, ..), count) in STORES.iter().zip(counts) {
        assert_same(entries(devices[0], store), entries(devices[1], store), &format!("{about}: {store}"));
        assert_eq!(devices[0].files(store).len(), count, "{about}: {store} of the device");
        assert_eq!(reference.rows(datastore), count, "{about}: {datastore} of the server");
    }
}

/// Syncs, and gives what the server says of it.
fn sync(reference: &mut Reference, device: &Device, mode: &str) -> String {
    // The stamps of text files are whole seconds: within one, a device may be told of a change again.
    thread::sleep(A_STAMP);
    device.synced(&reference.server, mode);
    let ended = reference.server.line(" ended: ");
    assert!(ended.contains(": complete"), "{mode}: {ended}");
    ended
}

/// A second sync sends nothing either way.
fn quiet(reference: &mut Reference, device: &Device, about: &str) {
    let files: Vec<Vec<u8>> = STORES
        .iter()
        .map(|store| fs::read(database(reference.folder.path(), store.1)).unwrap_or_default())
        .collect();
    let ended = sync(reference, device, "two-way");
    let nothing = ended.matches("received +0 ~0 -0 sent +0 ~0 -0").count();
    assert_eq!(nothing, STORES.len(), "{about}: {ended}");
    for (store, before) in STORES.iter().zip(files) {
        let after = fs::read(database(reference.folder.path(), store.1)).unwrap_or_default();
        assert!(after == before, "{about}: the file of {} was written", store.1);
    }
}

fn database(folder: &Path, datastore: &str) -> PathBuf {
    folder.join(format!("TDB_test_{datastore}.txt"))
}

/// Two devices from their first sync through all kinds of sync.
fn life(dialect: Dialect, tags: &[(&str, &str)]) {
    let Some(mut reference) = Reference::start(tags) else { return };
    let (Some(phone), Some(tablet)) =
        (device("sc-phone", dialect, &STORES), device("sc-tablet", dialect, &STORES))
    else {
        return;
    };
    let about = format!("{dialect:?}");
    let reference = &mut reference;
    fill(&phone);
    let counts = STORES.map(|(_, _, _, folder, ending)| originals(folder, ending).len());
    let originals: Vec<Vec<Entry>> = STORES.iter().map(|store| entries(&phone, store.0)).collect();
    sync(reference, &phone, "slow");
    sync(reference, &tablet, "slow");
    for ((store, ..), before) in STORES.iter().zip(originals) {
        assert_same(
            before,
            entries(&tablet, store),
            &format!("{about}: what was sent and what arrived, {store}"),
        );
    }
    agree(reference, [&phone, &tablet], counts, &format!("{about}: first syncs"));

    // Changes on both sides, to different entries.
    edit(&phone, "addressbook", "TITLE:師父", "TITLE:老師 \\; \\, <&>");
    edit(&phone, "calendar", "LOCATION:北京", "LOCATION:上海");
    edit(&phone, "todo", "DUE;VALUE=DATE:20240630", "DUE;VALUE=DATE:20240701");
    edit(&phone, "memo", "Einkauf", "Einkauf für morgen");
    // Not the last one: this client gives a new entry the name of the last one that is gone, and then sends it as new.
    remove(&tablet, "addressbook", "TITLE:مهندسة");
    remove(&tablet, "calendar", "UID:floating@kde");
    remove(&tablet, "todo", "UID:task-2@mozilla");
    remove(&tablet, "memo", "indented");
    edit(&tablet, "addressbook", "TITLE:Seniorforsker", "TITLE:Professor");
    edit(&tablet, "calendar", "SUMMARY:Chor (verlegt)", "SUMMARY:Chor (verschoben)");
    add(&phone, "phone");
    add(&tablet, "tablet");
    let counts = counts.map(|count| count + 1);
    for device in [&phone, &tablet, &phone] {
        sync(reference, device, "two-way");
    }
    agree(reference, [&phone, &tablet], counts, &format!("{about}: changes on both"));
    let titles: Vec<String> = entries(&tablet, "addressbook")
        .iter()
        .flat_map(|entry| entry.values("VCARD TITLE").to_vec())
        .collect();
    assert!(
        titles.contains(&"老師 ; , <&>".to_owned()) && titles.contains(&"Professor".to_owned()),
        "{titles:?}"
    );
    quiet(reference, &phone, &about);
    quiet(reference, &tablet, &about);

    // A slow sync of what both have finds all of it.
    let ended = sync(reference, &phone, "slow");
    assert_eq!(ended.matches(" ~0 -0 sent +0 ~0 -0 matched").count(), 4, "{about}: {ended}");
    agree(reference, [&phone, &tablet], counts, &format!("{about}: second slow sync"));

    // From the phone alone: the server's own changes wait.
    add(&tablet, "waiting");
    sync(reference, &tablet, "two-way");
    add(&phone, "upwards");
    sync(reference, &phone, "one-way-from-local");
    let counts = counts.map(|count| count + 1);
    assert_eq!(STORES.map(|store| phone.files(store.0).len()), counts, "{about}: nothing comes down");
    assert_eq!(STORES.map(|store| reference.rows(store.1)), counts.map(|count| count + 1), "{about}");
    sync(reference, &phone, "two-way");
    sync(reference, &tablet, "two-way");
    let counts = counts.map(|count| count + 1);
    agree(reference, [&phone, &tablet], counts, &format!("{about}: after one way from the client"));

    // To the phone alone: its own changes wait.
    add(&tablet, "downwards");
    sync(reference, &tablet, "two-way");
    add(&phone, "later");
    sync(reference, &phone, "one-way-from-remote");
    let counts = counts.map(|count| count + 1);
    assert_eq!(STORES.map(|store| reference.rows(store.1)), counts, "{about}: nothing goes up");
    assert_eq!(STORES.map(|store| phone.files(store.0).len()), counts.map(|count| count + 1), "{about}");
    sync(reference, &phone, "two-way");
    sync(reference, &tablet, "two-way");
    let counts = counts.map(|count| count + 1);
    agree(reference, [&phone, &tablet], counts, &format!("{about}: after one way from the server"));

    // What the phone has replaces what is there.
    add(&tablet, "lost");
    sync(reference, &tablet, "two-way");
    remove_added(&phone, "later");
    add(&phone, "kept");
    sync(reference, &phone, "refresh-from-local");
    assert_eq!(STORES.map(|store| reference.rows(store.1)), counts, "{about}");
    sync(reference, &tablet, "two-way");
    agree(reference, [&phone, &tablet], counts, &format!("{about}: after a refresh from the client"));

    // What is there replaces what the phone has.
    add(&phone, "in vain");
    remove_added(&phone, "kept");
    sync(reference, &phone, "refresh-from-remote");
    agree(reference, [&phone, &tablet], counts, &format!("{about}: after a refresh from the server"));
    quiet(reference, &phone, &about);
    quiet(reference, &tablet, &about);
}

fn lives(wbxml: bool) {
    for dialect in
        Dialect::all().into_iter().filter(|dialect| dialect.auth == "md5" && dialect.wbxml == wbxml)
    {
        life(dialect, &[]);
    }
}

#[test]
fn all_stores_in_all_modes_in_xml() {
    lives(false);
}

#[test]
fn all_stores_in_all_modes_in_wbxml() {
    lives(true);
}

#[test]
fn all_stores_in_all_modes_with_basic() {
    life(Dialect { auth: "basic", ..Dialect::USUAL }, BASIC);
}

/// A first sync, a change each way and a quiet sync, where two devices speak to one server.
fn short_life(reference: &mut Reference, devices: [&Device; 2], without: &[&str], about: &str) {
    let [phone, tablet] = devices;
    fill(phone);
    for device in [phone, tablet] {
        sync(reference, device, "slow");
    }
    add(phone, "phone");
    add(tablet, "tablet");
    for device in [phone, tablet, phone] {
        sync(reference, device, "two-way");
    }
    for (store, datastore, ..) in STORES {
        let of = |device: &Device| {
            entries(device, store).into_iter().map(|entry| entry.without(without)).collect()
        };
        assert_same(of(phone), of(tablet), &format!("{about}: {store}"));
        assert_eq!(reference.rows(datastore), phone.files(store).len(), "{about}: {datastore}");
    }
    quiet(reference, phone, about);
    quiet(reference, tablet, about);
}

#[test]
fn basic_is_taken_where_the_config_says_so_and_else_asked_to_be_md5() {
    for dialect in Dialect::all().into_iter().filter(|dialect| dialect.auth == "basic") {
        for tags in [&[][..], &[("<requiredauth>md5</requiredauth>", "<requiredauth>basic</requiredauth>")]] {
            let Some(mut reference) = Reference::start(tags) else { return };
            let Some(mut phone) = device("sc-phone", dialect, &STORES[..1]) else { return };
            fs::write(
                phone.folder("addressbook").join("1"),
                "BEGIN:VCARD\r\nVERSION:3.0\r\nN:A;B\r\nEND:VCARD\r\n",
            )
            .unwrap();
            phone.password = "wrong";
            assert!(!phone.sync(&reference.server, "slow").ok, "{dialect:?}");
            assert_eq!(reference.rows("contacts"), 0, "{dialect:?}");
            phone.password = "test";
            for mode in ["slow", "two-way"] {
                sync(&mut reference, &phone, mode);
            }
            assert_eq!(reference.rows("contacts"), 1, "{dialect:?}");
        }
    }
}

/// What an old format has no place for. The client has priorities of its own there.
const NOT_IN_OLD_FORMATS: [&str; 6] = [
    "VCARD NICKNAME",
    "VALARM ACTION",
    "VALARM TRIGGER",
    "VALARM DESCRIPTION",
    "VTODO PRIORITY",
    "VEVENT PRIORITY",
];

#[test]
fn an_old_format_on_one_side() {
    let Some(mut reference) = Reference::start(&[]) else { return };
    let (Some(mut phone), Some(tablet)) =
        (device("sc-phone", Dialect::USUAL, &STORES), device("sc-tablet", Dialect::USUAL, &STORES))
    else {
        return;
    };
    phone.sync_formats =
        vec![("addressbook", "text/x-vcard"), ("calendar", "text/x-vcalendar"), ("todo", "text/x-vcalendar")];
    short_life(&mut reference, [&phone, &tablet], &NOT_IN_OLD_FORMATS, "old formats");
}

/// Events and tasks in one datastore, which the server keeps apart.
fn combined(dialect: Dialect, tags: &[(&str, &str)]) {
    const COMBINED: (&str, &str, &str, &str, &str) =
        ("calendar", "calendar", "text/calendar", "events", "ics");
    let Some(mut reference) = Reference::start(tags) else { return };
    let (Some(phone), Some(desktop)) =
        (device("sc-phone", dialect, &[COMBINED]), device("sc-desktop", dialect, &STORES[1..3]))
    else {
        return;
    };
    let about = format!("{dialect:?}");
    let reference = &mut reference;
    let (events, tasks) = (originals("events", "ics"), originals("tasks", "ics"));
    for (number, text) in events.iter().chain(&tasks).enumerate() {
        fs::write(phone.folder("calendar").join(format!("first-{number}")), text).unwrap();
    }
    let agree = |reference: &Reference, [events, tasks]: [usize; 2], about: &str| {
        let apart = [entries(&desktop, "calendar"), entries(&desktop, "todo")];
        assert_eq!([apart[0].len(), apart[1].len()], [events, tasks], "{about}");
        assert_same(entries(&phone, "calendar"), apart.concat(), about);
        assert_eq!([reference.rows("events"), reference.rows("tasks")], [events, tasks], "{about}");
    };
    let quiet = |reference: &mut Reference, device: &Device| {
        let ended = sync(reference, device, "two-way");
        let nothing = ended.matches("received +0 ~0 -0 sent +0 ~0 -0").count();
        assert_eq!(nothing, device.stores.len(), "{about}: {ended}");
    };
    sync(reference, &phone, "slow");
    sync(reference, &desktop, "slow");
    agree(reference, [events.len(), tasks.len()], &format!("{about}: first syncs"));
    quiet(reference, &phone);
    quiet(reference, &desktop);

    // Changes on both sides, to events and to tasks.
    edit(&phone, "calendar", "LOCATION:北京", "LOCATION:上海");
    edit(&phone, "calendar", "DUE;VALUE=DATE:20240630", "DUE;VALUE=DATE:20240701");
    remove(&desktop, "calendar", "UID:floating@kde");
    remove(&desktop, "todo", "UID:task-2@mozilla");
    add(&desktop, "desktop");
    for device in [&phone, &desktop, &phone] {
        sync(reference, device, "two-way");
    }
    agree(reference, [events.len(), tasks.len()], &format!("{about}: changes on both"));
    quiet(reference, &phone);
    quiet(reference, &desktop);
    let ended = sync(reference, &phone, "slow");
    assert!(ended.contains(" ~0 -0 sent +0 ~0 -0 matched"), "{about}: {ended}");
    agree(reference, [events.len(), tasks.len()], &format!("{about}: second slow sync"));

    // In one direction what the other side has done waits.
    let counts = |reference: &Reference| {
        [reference.rows("events"), reference.rows("tasks"), phone.files("calendar").len()]
    };
    let (of_events, of_tasks) = (events.len(), tasks.len());
    add(&desktop, "waiting");
    sync(reference, &desktop, "two-way");
    add(&phone, "upwards");
    sync(reference, &phone, "one-way-from-local");
    let expected = [of_events + 2, of_tasks + 1, of_events + of_tasks + 1];
    assert_eq!(counts(reference), expected, "{about}: nothing comes down");
    sync(reference, &phone, "two-way");
    sync(reference, &desktop, "two-way");
    agree(reference, [of_events + 2, of_tasks + 1], &format!("{about}: after one way from the client"));
    add(&desktop, "downwards");
    sync(reference, &desktop, "two-way");
    add(&phone, "later");
    sync(reference, &phone, "one-way-from-remote");
    let expected = [of_events + 3, of_tasks + 2, of_events + of_tasks + 6];
    assert_eq!(counts(reference), expected, "{about}: nothing goes up");
    sync(reference, &phone, "two-way");
    sync(reference, &desktop, "two-way");
    agree(reference, [of_events + 4, of_tasks + 2], &format!("{about}: after one way from the server"));

    // What the phone has replaces what is there, and the other way round.
    remove(&phone, "calendar", "SUMMARY:New desktop");
    sync(reference, &phone, "refresh-from-local");
    sync(reference, &desktop, "two-way");
    assert_eq!(reference.rows("events") + reference.rows("tasks"), phone.files("calendar").len(), "{about}");
    assert_same(
        entries(&phone, "calendar"),
        [entries(&desktop, "calendar"), entries(&desktop, "todo")].concat(),
        &format!("{about}: after a refresh from the client"),
    );
    remove(&phone, "calendar", "UID:series@mozilla");
    sync(reference, &phone, "refresh-from-remote");
    assert_same(
        entries(&phone, "calendar"),
        [entries(&desktop, "calendar"), entries(&desktop, "todo")].concat(),
        &format!("{about}: after a refresh from the server"),
    );
}

#[test]
fn the_combined_calendar() {
    for dialect in [
        Dialect::USUAL,
        Dialect { wbxml: false, version: "1.1", auth: "md5" },
        Dialect { version: "1.0", ..Dialect::USUAL },
    ] {
        combined(dialect, &[]);
    }
    combined(Dialect { auth: "basic", ..Dialect::USUAL }, BASIC);
}
