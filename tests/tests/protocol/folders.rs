//! Folders of a datastore (`<folderkeysql>`): several in one session, each with its own items, anchor and map.

use syncloom_tests::peer::{Answer, Peer, Tongue, add, alert, delete, sync, vcard};
use syncloom_tests::server::Server;
use syncloom_wire::{Command, Location};

use crate::{confirm, names};

/// The quick-start sample with the contacts of a user in folders. Items and targets are told apart by them.
fn server() -> Server {
    let config = |text: String| {
        let text = text
            .replace("<synctargetgetsql>", "<folderkeysql>SELECT id FROM folders WHERE user = %u AND name = '%F'</folderkeysql><synctargetgetsql>")
            .replace("datastore = 'contacts'", "datastore = 'contacts%f'")
            .replace("(%u, %d, 'contacts',", "(%u, %d, 'contacts%f',")
            .replace("FROM contacts WHERE user = %u ORDER", "FROM contacts WHERE user = %u AND folder = %f ORDER")
            .replace("id = %k AND user = %u", "id = %k AND user = %u AND folder = %f")
            .replace("(user, modified, %aN) VALUES (%u,", "(user, folder, modified, %aN) VALUES (%u, %f,");
        assert_eq!(text.matches("%f").count(), 7);
        text
    };
    let schema = |text: String| {
        let folders = "CREATE TABLE folders (id INTEGER PRIMARY KEY, user INTEGER, name TEXT);\n\
                       INSERT INTO folders (id, user, name) VALUES (1, 1, ''), (2, 1, 'work'), (3, 2, 'secret');\n";
        text.replace(
            "CREATE TABLE contacts (",
            &format!("{folders}CREATE TABLE contacts (folder INTEGER NOT NULL DEFAULT 1,"),
        )
    };
    Server::start_made(config, schema)
}

/// A Sync of a folder, with the client's name for it.
fn sync_of(folder: &str, commands: Vec<Command>) -> Command {
    let mut command = sync(commands);
    if let Command::Sync(sync) = &mut command {
        sync.target = Some(Location::new(folder));
        sync.source = Some(Location::new(format!("./{folder}")));
    }
    command
}

fn alert_of(code: u16, folder: &str, last: Option<&str>, next: &str) -> Command {
    let mut command = alert(code, folder, last, next);
    if let Command::Alert(alert) = &mut command {
        alert.items[0].source = Some(Location::new(format!("./{folder}")));
    }
    command
}

/// The statuses of the Alerts, in their order.
fn of_alerts(answer: &Answer) -> Vec<String> {
    let statuses = answer.statuses().into_iter().filter(|status| status.starts_with("Alert "));
    statuses.map(|status| status[..9].to_owned()).collect()
}

#[test]
fn several_folders_in_one_session() {
    for tongue in Tongue::ALL {
        let mut server = server();
        let mut peer = Peer::new(&server.url, "peer-1", tongue);
        let alerts = ["contacts", "contacts/work"].map(|folder| alert_of(201, folder, None, "a1"));
        let answer = peer.send(alerts.to_vec(), true);
        assert_eq!(of_alerts(&answer), ["Alert 200", "Alert 200"]);
        let answer = peer.send(
            vec![
                sync_of("contacts", vec![add("1", &vcard("Home", ""))]),
                // The client numbers the items of each folder by itself.
                sync_of(
                    "contacts/work",
                    vec![add("1", &vcard("Boss", "")), add("2", &vcard("Colleague", ""))],
                ),
            ],
            true,
        );
        assert_eq!(answer.item_statuses(), ["Add 201 <1", "Add 201 <1", "Add 201 <2"], "{tongue:?}");
        confirm(&mut peer, &answer);
        let rows = |query: &str| server.rows(query);
        let of_folders = "SELECT folder, last_name FROM contacts ORDER BY id";
        assert_eq!(rows(of_folders), ["1|Home", "2|Boss", "2|Colleague"]);
        assert_eq!(
            rows("SELECT datastore, device_path, anchor FROM targets ORDER BY 1"),
            ["contacts1|./contacts|a1", "contacts2|./contacts/work|a1"]
        );
        let begun = server.line("begun");
        assert!(begun.ends_with(": contacts slow, contacts/work slow"), "{begun}");
        // A deletion in one folder is none in the other, and each has its own changes.
        server.sql("INSERT INTO contacts (user, folder, last_name) VALUES (1, 2, 'New one')");
        peer.begin();
        let alerts = ["contacts", "contacts/work"].map(|folder| alert_of(200, folder, Some("a1"), "a2"));
        let answer = peer.send(alerts.to_vec(), true);
        assert_eq!(of_alerts(&answer), ["Alert 200", "Alert 200"]);
        let answer =
            peer.send(vec![sync_of("contacts", vec![delete("1")]), sync_of("contacts/work", vec![])], true);
        let sent: Vec<(String, usize)> = answer
            .syncs()
            .iter()
            .map(|sync| (sync.target.as_ref().unwrap().uri.clone(), sync.commands.len()))
            .collect();
        assert_eq!(sent, [("./contacts".to_owned(), 0), ("./contacts/work".to_owned(), 1)], "{tongue:?}");
        confirm(&mut peer, &answer);
        assert_eq!(names(&server), ["Boss", "Colleague", "New one"]);
    }
}

#[test]
fn folders_of_others_and_folders_that_are_not_there_are_not_found() {
    let server = server();
    let mut peer = Peer::new(&server.url, "peer-1", Tongue::ALL[0]);
    let folders = [
        "contacts/secret",
        "contacts/nothing",
        "contacts/work/deeper",
        "contacts/' OR 1 --",
        "contacts/work",
    ];
    let alerts = folders.map(|folder| alert_of(201, folder, None, "a1"));
    let answer = peer.send(alerts.to_vec(), true);
    assert_eq!(of_alerts(&answer), ["Alert 404", "Alert 404", "Alert 404", "Alert 404", "Alert 200"]);
    let answer = peer.send(vec![sync_of("contacts/work", vec![add("1", &vcard("Boss", ""))])], true);
    assert_eq!(answer.item_statuses(), ["Add 201 <1"]);
    confirm(&mut peer, &answer);
    assert_eq!(server.rows("SELECT folder, last_name FROM contacts"), ["2|Boss"]);
}
