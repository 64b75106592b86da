//! A real client against the quick-start sample, in every way of speaking that is offered. After each sync both
//! sides hold the same contacts, compared field by field.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use syncloom_tests::contact::{insert_by_sql, rich_vcard, small_vcard};
use syncloom_tests::device::{Device, Dialect};
use syncloom_tests::same::assert_same;
use syncloom_tests::server::Server;

/// Changes a line of a contact's file.
fn edit(device: &Device, last_name: &str, from: &str, to: &str) {
    let file = device.file_of(last_name);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "no {from} in {text}");
    fs::write(file, text.replace(from, to)).unwrap();
}

/// A slow sync, a two-way sync with changes on both sides, and one without.
fn life_of_a_device(dialect: Dialect, format: &'static str) {
    let mut server = Server::start();
    let Some(mut device) = Device::new("sc-life") else { return };
    device.dialect = dialect;
    device.format = format;
    let about = format!("{dialect:?} {format}");
    for number in 0..10 {
        device.add(&rich_vcard(number));
    }
    device.synced(&server, "slow");
    assert_same(server.contacts(), device.contacts(), &format!("{about}: slow sync"));
    assert_eq!(server.contacts().len(), 10);
    let ended = server.line(" ended: ");
    assert!(ended.contains("received +10 ~0 -0 sent +0 ~0 -0: complete"), "{ended}");

    // Changes on both sides: adds, changes and deletes.
    device.add(&rich_vcard(100));
    device.add(&small_vcard(101));
    edit(&device, "Doe 0", "NICKNAME:Nick 0", "NICKNAME:Changed on the device");
    edit(&device, "Müller 1", "TEL;TYPE=CELL:+49 170 5550001\r\n", "");
    fs::remove_file(device.file_of("Kowalski 3")).unwrap();
    let database = server.database();
    insert_by_sql(&database, 200);
    insert_by_sql(&database, 201);
    let change = |sql: &str| assert_eq!(database.execute(sql, []).unwrap(), 1, "{sql}");
    change("UPDATE contacts SET title = 'Changed by SQL' WHERE last_name = 'Иванова 4'");
    change("UPDATE phones SET number = '+1 555' WHERE number = '+49 30 555 0005'");
    change("DELETE FROM contacts WHERE last_name = 'Yılmaz, Ali 7'");
    drop(database);
    device.synced(&server, "two-way");
    assert_same(server.contacts(), device.contacts(), &format!("{about}: two-way sync"));
    assert_eq!(server.contacts().len(), 12);
    let ended = server.line(" ended: ");
    assert!(ended.contains("received +2 ~2 -1 sent +2 ~2 -1: complete"), "{ended}");
    let titled =
        server.contacts().iter().filter(|contact| contact.values("TITLE") == ["Changed by SQL"]).count();
    assert_eq!(titled, 1);

    // Nothing has changed: nothing is sent and no contact is written.
    let stamps = |server: &Server| -> Vec<(i64, i64)> {
        let database = server.database();
        let mut rows = database.prepare("SELECT id, modified FROM contacts ORDER BY id").unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let before = stamps(&server);
    device.synced(&server, "two-way");
    let ended = server.line(" ended: ");
    assert!(ended.contains("received +0 ~0 -0 sent +0 ~0 -0: complete"), "{about}: {ended}");
    assert_eq!(stamps(&server), before);

    // A slow sync of the same contacts finds each of them, doubles none and writes none.
    device.synced(&server, "slow");
    let ended = server.line(" ended: ");
    assert!(ended.contains("matched 12"), "{about}: {ended}");
    assert_same(server.contacts(), device.contacts(), &format!("{about}: second slow sync"));
    assert_eq!(stamps(&server), before, "{about}: {ended}");
}

#[test]
fn every_dialect() {
    for dialect in Dialect::all() {
        life_of_a_device(dialect, "text/vcard");
    }
}

#[test]
fn the_old_vcard() {
    life_of_a_device(Dialect::USUAL, "text/x-vcard");
}

#[test]
fn a_wrong_password_is_refused() {
    for auth in ["basic", "md5"] {
        let server = Server::start();
        let Some(mut device) = Device::new("sc-wrong") else { return };
        device.add(&rich_vcard(0));
        device.dialect.auth = auth;
        device.password = "wrong";
        let sync = device.sync(&server, "slow");
        assert!(!sync.ok, "{}", sync.output);
        assert!(sync.output.contains("401") || sync.output.contains("403"), "{}", sync.output);
        assert_eq!(server.contacts().len(), 0);
        let mut server = server;
        let lines = server.other_lines().join("\n");
        assert!(lines.contains("wrong credentials"), "{lines}");
        assert!(!lines.contains("\"wrong\""), "the password is in the log: {lines}");
        // With the right one, the same device is let in.
        device.password = "demo";
        device.synced(&server, "slow");
        assert_same(server.contacts(), device.contacts(), "after the right password");
    }
}

#[test]
fn two_devices_see_each_others_changes() {
    let mut server = Server::start();
    let (Some(phone), Some(tablet)) = (Device::new("sc-phone"), Device::new("sc-tablet")) else { return };
    for number in 0..5 {
        phone.add(&rich_vcard(number));
        tablet.add(&rich_vcard(number + 3));
    }
    phone.synced(&server, "slow");
    tablet.synced(&server, "slow");
    assert_eq!(server.contacts().len(), 8, "the two that both have are not doubled");
    phone.synced(&server, "two-way");
    assert_same(phone.contacts(), tablet.contacts(), "after each has synced");
    assert_same(phone.contacts(), server.contacts(), "after each has synced");

    edit(&tablet, "Doe 0", "NICKNAME:Nick 0", "NICKNAME:From the tablet");
    fs::remove_file(tablet.file_of("山田 5")).unwrap();
    tablet.add(&small_vcard(300));
    edit(&phone, "Müller 1", "ROLE:Development", "ROLE:From the phone");
    tablet.synced(&server, "two-way");
    phone.synced(&server, "two-way");
    tablet.synced(&server, "two-way");
    assert_same(phone.contacts(), tablet.contacts(), "after changes on both");
    assert_same(phone.contacts(), server.contacts(), "after changes on both");
    assert_eq!(server.contacts().len(), 8);
    drop(server.other_lines());
    for device in [&phone, &tablet] {
        device.synced(&server, "two-way");
        let ended = server.line(" ended: ");
        assert!(ended.contains("received +0 ~0 -0 sent +0 ~0 -0: complete"), "{ended}");
    }
}

#[test]
fn small_messages_with_many_contacts() {
    for wbxml in [false, true] {
        let mut server = Server::start();
        let Some(mut device) = Device::new("sc-small") else { return };
        device.max_message = 10_240;
        device.dialect.wbxml = wbxml;
        for number in 0..200 {
            device.add(&small_vcard(number));
        }
        let database = server.database();
        for number in 1000..1200 {
            insert_by_sql(&database, number);
        }
        drop(database);
        device.synced(&server, "slow");
        assert_same(server.contacts(), device.contacts(), "200 contacts each way in small messages");
        assert_eq!(device.contacts().len(), 400);
        let ended = server.line(" ended: ");
        assert!(ended.contains("received +200 ~0 -0 sent +200 ~0 -0: complete"), "{ended}");
    }
}
