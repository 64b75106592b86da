//! A real client against the sample that keeps contacts in text files. All devices of a user end with the same
//! contacts, field by field, and the file goes on being one that its owner can edit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;

use syncloom_tests::contact::{rich_vcard, small_vcard};
use syncloom_tests::device::{Device, Dialect};
use syncloom_tests::same::assert_same;
use syncloom_tests::server::{Server, workspace};

/// A server over text files in a folder of their own.
struct Files {
    server: Server,
    folder: tempfile::TempDir,
}

impl Files {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start_in(folder.path(), &workspace().join("samples/textdb.xml"));
        Files { server, folder }
    }

    fn contacts(&self) -> PathBuf {
        self.folder.path().join("TDB_test_contacts.txt")
    }

    fn rows(&self) -> Vec<String> {
        let text = fs::read_to_string(self.contacts()).unwrap();
        assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"), "{text:?}");
        text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
    }

    fn ended(&mut self) -> String {
        self.server.line(" ended: ")
    }
}

fn device(id: &str, dialect: Dialect) -> Option<Device> {
    let mut device = Device::new(id)?;
    (device.user, device.password, device.dialect) = ("test", "test", dialect);
    Some(device)
}

/// Changes a line of a contact's file.
fn edit(device: &Device, last_name: &str, from: &str, to: &str) {
    let file = device.file_of(last_name);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "no {from} in {text}");
    fs::write(file, text.replace(from, to)).unwrap();
}

fn life_of_two_devices(dialect: Dialect) {
    let mut files = Files::start();
    let (Some(phone), Some(tablet)) = (device("sc-phone", dialect), device("sc-tablet", dialect)) else {
        return;
    };
    let about = format!("{dialect:?}");
    for number in 0..10 {
        phone.add(&rich_vcard(number));
    }
    phone.synced(&files.server, "slow");
    let ended = files.ended();
    assert!(ended.contains("received +10 ~0 -0 sent +0 ~0 -0: complete"), "{about}: {ended}");
    assert_eq!(files.rows().len(), 10);
    tablet.synced(&files.server, "slow");
    drop(files.ended());
    assert_same(phone.contacts(), tablet.contacts(), &format!("{about}: first syncs"));

    // Changes on both devices, and in the file.
    phone.add(&small_vcard(100));
    edit(&phone, "Doe 0", "NICKNAME:Nick 0", "NICKNAME:A; b\\, c");
    fs::remove_file(phone.file_of("Kowalski 3")).unwrap();
    tablet.add(&rich_vcard(200));
    edit(&tablet, "Müller 1", "ROLE:Development", "ROLE:From the tablet");
    // A second later than all stamps so far, so that no token is before it.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    phone.synced(&files.server, "two-way");
    let ended = files.ended();
    assert!(ended.contains("received +1 ~1 -1 sent +0 ~0 -0: complete"), "{about}: {ended}");
    tablet.synced(&files.server, "two-way");
    let ended = files.ended();
    assert!(ended.contains("received +1 ~1 -0 sent +1 ~1 -1: complete"), "{about}: {ended}");
    phone.synced(&files.server, "two-way");
    drop(files.ended());
    assert_same(phone.contacts(), tablet.contacts(), &format!("{about}: changes on both"));
    assert_eq!((phone.contacts().len(), files.rows().len()), (11, 11));

    // Nothing has changed: nothing is sent and nothing written.
    let before = fs::read(files.contacts()).unwrap();
    for device in [&phone, &tablet] {
        device.synced(&files.server, "two-way");
        let ended = files.ended();
        assert!(ended.contains("received +0 ~0 -0 sent +0 ~0 -0: complete"), "{about}: {ended}");
    }
    phone.synced(&files.server, "slow");
    let ended = files.ended();
    assert!(ended.contains("matched 11"), "{about}: {ended}");
    assert_eq!(fs::read(files.contacts()).unwrap(), before, "{about}");
    assert_same(phone.contacts(), tablet.contacts(), &format!("{about}: second slow sync"));
}

#[test]
fn two_devices_and_their_changes() {
    for dialect in Dialect::all().into_iter().filter(|dialect| dialect.version == "1.2") {
        life_of_two_devices(dialect);
    }
}

#[test]
fn the_owner_edits_the_file() {
    let mut files = Files::start();
    let Some(phone) = device("sc-phone", Dialect::USUAL) else { return };
    for number in 0..3 {
        phone.add(&small_vcard(number));
    }
    phone.synced(&files.server, "slow");
    drop(files.ended());
    // Another editor: no byte order mark, other line ends, a row without a stamp, one with a new one, one removed.
    let mut rows = files.rows();
    let gone = rows.remove(0);
    let cells: Vec<&str> = rows[0].split('\t').collect();
    let changed = format!("{}\t20991231T000000Z\t{}", cells[0], cells[2..].join("\t"));
    let changed = changed.replacen(cells[4], "By Hand", 1);
    let new = format!("77\t\t\t\t{}", gone.split('\t').skip(4).collect::<Vec<_>>().join("\t"));
    fs::write(files.contacts(), format!("{changed}\n{}\n\n{new}", rows[1])).unwrap();
    phone.synced(&files.server, "two-way");
    let ended = files.ended();
    assert!(ended.contains("received +0 ~0 -0 sent +1 ~1 -1: complete"), "{ended}");
    assert!(phone.contacts().iter().any(|contact| contact.last_name() == "By Hand"));
    assert_eq!(phone.contacts().len(), 3);
}

#[test]
fn a_file_that_cannot_be_read_deletes_nothing_on_devices() {
    let mut files = Files::start();
    let Some(phone) = device("sc-phone", Dialect::USUAL) else { return };
    for number in 0..3 {
        phone.add(&small_vcard(number));
    }
    phone.synced(&files.server, "slow");
    drop(files.ended());
    let good = fs::read(files.contacts()).unwrap();
    fs::write(files.contacts(), b"10000\t\0\r\n").unwrap();
    assert!(!phone.sync(&files.server, "two-way").ok);
    assert_eq!(fs::read(files.contacts()).unwrap(), b"10000\t\0\r\n");
    assert_eq!(phone.contacts().len(), 3);
    // Gone altogether, the contacts come back from the device.
    fs::remove_file(files.contacts()).unwrap();
    phone.sync(&files.server, "two-way");
    phone.synced(&files.server, "two-way");
    assert_eq!(phone.contacts().len(), 3);
    assert_eq!(files.rows().len(), String::from_utf8(good).unwrap().lines().count());
}

#[test]
fn a_wrong_password_is_refused() {
    let files = Files::start();
    for auth in ["basic", "md5"] {
        let Some(mut phone) = device("sc-wrong", Dialect { auth, ..Dialect::USUAL }) else { return };
        phone.add(&small_vcard(0));
        phone.password = "wrong";
        assert!(!phone.sync(&files.server, "slow").ok);
        assert!(!files.contacts().exists());
        phone.password = "test";
        phone.synced(&files.server, "slow");
        fs::remove_file(files.contacts()).unwrap();
    }
}
