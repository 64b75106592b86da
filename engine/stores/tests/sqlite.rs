//! The SQLite store with the statements and tables of the quick-start sample.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use syncloom_config::{Config, Datastore, LoadOptions};
use syncloom_script::{FieldId, Item, Value};
use syncloom_stores::sqlite::create_if_missing;
use syncloom_stores::{Backend, Claim, DeviceInfo, ErrorKind, MapEntry, Scope, Stores};
use tempfile::TempDir;

/// A database of its own, with what is needed to use it.
struct Fixture {
    folder: TempDir,
    config: Arc<Config>,
    datastore: Arc<Datastore>,
    scope: Scope,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/quickstart.xml");
        let variables = vec![("data".to_owned(), folder.path().display().to_string())];
        let loaded = syncloom_config::load(&sample, &LoadOptions { variables, ..LoadOptions::default() });
        let config = Arc::new(loaded.config.expect("the sample loads"));
        let datastore = Arc::clone(&config.server.as_ref().unwrap().datastores[0]);
        assert!(create_if_missing(&datastore.sql_items().unwrap().sqlite).unwrap());
        let scope = Scope {
            user_key: "1".into(),
            device_key: "1".into(),
            device_id: "imei:1".into(),
            domain: String::new(),
            folder_key: "1".into(),
            remote_path: "./it's".into(),
            parts: Vec::new(),
            stamp: 1_700_000_000_123,
        };
        Fixture { folder, config, datastore, scope }
    }

    fn backend(&self) -> Box<dyn Backend> {
        Stores::new(Arc::clone(&self.config)).unwrap().backend()
    }

    fn field(&self, name: &str) -> FieldId {
        self.datastore.fields().find(name).unwrap()
    }

    fn item(&self, fields: &[(&str, Value)]) -> Item {
        let mut item = Item::new(Arc::clone(self.datastore.fields()));
        for (name, value) in fields {
            item.set(self.field(name), value.clone());
        }
        item
    }

    /// One number of the database as others see it.
    fn count(&self, query: &str) -> i64 {
        let database = rusqlite::Connection::open(self.folder.path().join("contacts.sqlite")).unwrap();
        database.query_row(query, [], |row| row.get(0)).unwrap()
    }

    fn change(&self, sql: &str) {
        let database = rusqlite::Connection::open(self.folder.path().join("contacts.sqlite")).unwrap();
        database.execute_batch(sql).unwrap();
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn list(elements: &[&str]) -> Value {
    Value::Array(
        elements
            .iter()
            .map(|element| if element.is_empty() { Value::Empty } else { text(element) })
            .collect(),
    )
}

#[test]
fn an_item_comes_back_as_it_went_in() {
    let fixture = Fixture::new();
    let (mut backend, scope) = (fixture.backend(), &fixture.scope);
    let fields = [
        ("N_LAST", text("O'Neil'); DROP TABLE contacts; --")),
        ("N_FIRST", text("花子 😀")),
        ("NOTE", text("one\n\nthree \\ %k %U ?")),
        ("BIRTHDAY", Value::from_text("19700401", syncloom_script::FieldType::Date)),
        ("REV", Value::from_text("20080715T120000Z", syncloom_script::FieldType::Timestamp)),
        ("PHOTO", Value::Blob((0..=255).collect())),
        ("TEL", list(&["+41 1", "", "+41 3"])),
        ("TEL_KIND", list(&["HOME,CELL", "WORK", ""])),
        ("CATEGORIES", list(&["a", "b"])),
    ];
    let item = fixture.item(&fields);
    let written = backend.store(&fixture.datastore, scope).unwrap().insert(&item).unwrap();
    backend.commit().unwrap();
    let back =
        fixture.backend().store(&fixture.datastore, scope).unwrap().read(&written.local_id).unwrap().unwrap();
    for (name, value) in &fields {
        assert!(
            syncloom_script::compare::equal_values(
                back.get(fixture.field(name)),
                value,
                back.list().get(fixture.field(name)).unwrap().kind,
                None
            ),
            "{name}: {value:?} came back as {:?}",
            back.get(fixture.field(name))
        );
    }
    assert_eq!(back.get(fixture.field("NICKNAME")), &Value::Empty);
    let listed = fixture.backend().store(&fixture.datastore, scope).unwrap().list().unwrap();
    assert_eq!((listed.len(), listed[0].modified), (1, scope.stamp));
}

#[test]
fn an_update_leaves_alone_what_is_not_assigned() {
    let fixture = Fixture::new();
    let (mut backend, scope) = (fixture.backend(), &fixture.scope);
    let whole = fixture.item(&[
        ("N_LAST", text("Doe")),
        ("TITLE", text("Boss")),
        ("TEL", list(&["1", "2"])),
        ("EMAIL", list(&["a@b"])),
    ]);
    let mut store = backend.store(&fixture.datastore, scope).unwrap();
    let id = store.insert(&whole).unwrap().local_id;
    store.update(&id, &fixture.item(&[("TITLE", Value::Empty), ("TEL", list(&["3"]))])).unwrap();
    let back = store.read(&id).unwrap().unwrap();
    assert_eq!(back.get(fixture.field("N_LAST")), &text("Doe"));
    assert_eq!(back.get(fixture.field("TITLE")), &Value::Empty);
    assert_eq!(back.get(fixture.field("TEL")), &list(&["3"]));
    assert_eq!(back.get(fixture.field("EMAIL")), &list(&["a@b"]));
    // Details alone are a change of the item too.
    store.update(&id, &fixture.item(&[("EMAIL", list(&[]))])).unwrap();
    assert!(store.read(&id).unwrap().unwrap().get(fixture.field("EMAIL")).is_empty());
    let missing = store.update("4711", &whole).unwrap_err();
    assert_eq!(missing.kind, ErrorKind::NotFound);
    assert!(store.delete(&id).unwrap());
    assert!(!store.delete(&id).unwrap());
    assert_eq!(store.read(&id).unwrap().map(drop), None);
    drop(store);
    backend.commit().unwrap();
    assert_eq!(fixture.count("SELECT count(*) FROM phones"), 0);
}

#[test]
fn nothing_is_seen_before_the_commit_and_nothing_stays_of_what_fails() {
    let fixture = Fixture::new();
    fixture.change(
        "CREATE TRIGGER no_bad_numbers BEFORE INSERT ON phones WHEN NEW.number = 'bad'
         BEGIN SELECT RAISE(ABORT, 'no such number'); END",
    );
    let (mut backend, scope) = (fixture.backend(), &fixture.scope);
    let mut store = backend.store(&fixture.datastore, scope).unwrap();
    store.insert(&fixture.item(&[("N_LAST", text("Good")), ("TEL", list(&["1"]))])).unwrap();
    let bad = fixture.item(&[("N_LAST", text("Bad")), ("TEL", list(&["2", "bad"]))]);
    let error = store.insert(&bad).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(
        error.message.contains("<insertelementsql>") && error.message.contains("quickstart.xml:"),
        "{error}"
    );
    drop(store);
    assert_eq!(fixture.count("SELECT count(*) FROM contacts"), 0);
    backend.commit().unwrap();
    assert_eq!(fixture.count("SELECT count(*) FROM contacts"), 1);
    assert_eq!(fixture.count("SELECT count(*) FROM phones"), 1);

    backend.store(&fixture.datastore, scope).unwrap().insert(&bad).unwrap_err();
    backend
        .store(&fixture.datastore, scope)
        .unwrap()
        .insert(&fixture.item(&[("N_LAST", text("X"))]))
        .unwrap();
    backend.rollback();
    assert_eq!(fixture.count("SELECT count(*) FROM contacts"), 1);
}

#[test]
fn a_transaction_that_the_database_takes_back_is_not_called_committed() {
    let fixture = Fixture::new();
    fixture.change(
        "CREATE TRIGGER fatal BEFORE INSERT ON contacts WHEN NEW.last_name = 'fatal'
         BEGIN SELECT RAISE(ROLLBACK, 'as a full disk would'); END",
    );
    let (mut backend, scope) = (fixture.backend(), &fixture.scope);
    let mut store = backend.store(&fixture.datastore, scope).unwrap();
    store.insert(&fixture.item(&[("N_LAST", text("Good"))])).unwrap();
    store.insert(&fixture.item(&[("N_LAST", text("fatal"))])).unwrap_err();
    drop(store);
    assert_eq!(backend.commit().unwrap_err().kind, ErrorKind::Unavailable);
    assert_eq!(fixture.count("SELECT count(*) FROM contacts"), 0);
}

#[test]
fn targets_and_maps_are_remembered() {
    let fixture = Fixture::new();
    let (mut backend, scope) = (fixture.backend(), &fixture.scope);
    let mut store = backend.store(&fixture.datastore, scope).unwrap();
    let mut target = store.target().unwrap();
    assert_eq!((target.anchor.as_str(), target.last_sync), ("", None));
    target.anchor = "it's 2026".into();
    target.last_sync = Some(1_700_000_000_123);
    store.save_target(&target).unwrap();
    let entry = |local: &str, remote: &str| MapEntry::new(local, remote);
    store.insert_map(&target, &entry("1", "a'b")).unwrap();
    store.insert_map(&target, &entry("2", "c")).unwrap();
    store.update_map(&target, &entry("1", "d")).unwrap();
    store.delete_map(&target, "2").unwrap();
    drop(store);
    backend.commit().unwrap();
    let mut backend = fixture.backend();
    let mut store = backend.store(&fixture.datastore, scope).unwrap();
    assert_eq!(store.target().unwrap(), target);
    assert_eq!(store.maps(&target).unwrap(), [entry("1", "d")]);
    drop(store);
    let other = Scope { remote_path: "./other".into(), ..scope.clone() };
    assert_ne!(backend.store(&fixture.datastore, &other).unwrap().target().unwrap().key, target.key);
}

#[test]
fn users_and_devices_are_found_by_what_they_say() {
    let fixture = Fixture::new();
    let mut backend = fixture.backend();
    let mut admin = backend.admin().unwrap();
    let users = admin.users(&Claim::of("demo")).unwrap();
    assert_eq!((users.len(), users[0].secret.as_str()), (1, "demo"));
    assert_eq!(admin.users(&Claim::of("' OR '1'='1")).unwrap().len(), 0);
    assert_eq!(admin.device("imei:1").unwrap(), None);
    let mut device = admin.new_device("imei:1").unwrap();
    device.nonce = "it's".into();
    admin.save_nonce(&device).unwrap();
    let info = DeviceInfo { name: "A \"phone\"".into(), ..DeviceInfo::default() };
    admin.save_device_info(&device, &info).unwrap();
    assert_eq!(admin.device("imei:1").unwrap(), Some(device));
}

#[test]
fn a_file_that_goes_away_is_not_written_to() {
    let fixture = Fixture::new();
    let (mut backend, scope) = (fixture.backend(), &fixture.scope);
    backend.store(&fixture.datastore, scope).unwrap().list().unwrap();
    let file = fixture.folder.path().join("contacts.sqlite");
    std::fs::remove_file(&file).unwrap();
    let error = backend.store(&fixture.datastore, scope).unwrap().insert(&fixture.item(&[])).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    let reopened = fixture.backend().store(&fixture.datastore, scope).unwrap().list().unwrap_err();
    assert_eq!(reopened.kind, ErrorKind::Unavailable);
    assert!(!file.exists());
}

#[test]
fn a_schema_with_a_mistake_leaves_no_file_behind() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema.sql");
    std::fs::write(&schema, "CREATE TABLE a (b); CREATE TABLE a (b);").unwrap();
    let path = folder.path().join("new/database.sqlite");
    let file =
        syncloom_config::SqliteFile { path: path.clone(), busy_timeout: 1, schema: Some(schema.clone()) };
    let error = create_if_missing(&file).unwrap_err();
    assert!(error.message.contains("schema.sql"), "{error}");
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
    std::fs::write(&schema, "CREATE TABLE a (b);").unwrap();
    assert!(create_if_missing(&file).unwrap());
    assert!(!create_if_missing(&file).unwrap(), "it is there already");
}
