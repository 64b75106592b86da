//! Sessions over one file, one after another and at the same time: nothing is lost, no id is given twice, and no device
//! misses a change. Each has a plugin of its own, so that they share no more than processes do.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use syncloom_plugin_api::{Change, Code, Datastore, ItemId, Module, Plugin, Version};
use syncloom_plugin_textdb::{Clock, NAME, TextDb};

const NOON: i64 = 1_705_312_800;

/// A folder of files, and the time.
struct Place {
    folder: tempfile::TempDir,
    now: Arc<AtomicI64>,
}

impl Place {
    fn new() -> Self {
        Place { folder: tempfile::tempdir().unwrap(), now: Arc::new(AtomicI64::new(NOON)) }
    }

    fn module(&self, context: &str) -> Box<dyn Module> {
        let now = Arc::clone(&self.now);
        let clock = Clock::new(move || now.load(Ordering::Relaxed));
        let plugin = TextDb::with(clock, self.folder.path().to_owned());
        let mut module = plugin.module(NAME, "", context).unwrap();
        module.plugin_params(b"", Version::CURRENT).unwrap();
        module
    }

    fn items(&self) -> Box<dyn Datastore> {
        let mut items = self.module("notes").datastore("notes", "dev", "me").unwrap();
        assert_eq!(items.context_support(b"ReadNextItem:allfields\n"), 1);
        items
    }

    /// A session that has begun to write.
    fn writing(&self, token: &str) -> Box<dyn Datastore> {
        let mut items = self.items();
        items.start_data_read(token, "").unwrap();
        items.start_data_write().unwrap();
        items
    }

    fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

/// All items of a listing, with what has happened to them.
fn list(items: &mut dyn Datastore) -> Vec<(String, String, Change)> {
    let mut all = Vec::new();
    while let Some(item) = items.next_item(all.is_empty()).unwrap() {
        all.push((item.id.item, String::from_utf8(item.data.unwrap()).unwrap(), item.change));
    }
    all
}

fn contents(place: &Place) -> Vec<String> {
    let mut items = place.items();
    items.start_data_read("", "").unwrap();
    list(items.as_mut()).into_iter().map(|(_, data, _)| data).collect()
}

#[test]
fn two_sessions_at_the_same_time_lose_nothing_of_each_other() {
    let place = Place::new();
    let mut first = place.writing("");
    for item in ["0:a\n1:x\n", "0:b\n", "0:c\n", "0:d\n"] {
        first.insert_item(item.as_bytes(), "").unwrap();
    }
    let token = first.end_data_write(true).unwrap();
    place.pass(60);
    let (mut one, mut two) = (place.writing(&token), place.writing(&token));
    let id = |number: u32| ItemId::new(number.to_string());
    assert_eq!(one.insert_item(b"0:one\n", "").unwrap().id, "10004");
    assert_ne!(two.insert_item(b"0:two\n", "").unwrap().id, "10004");
    one.update_item(b"0:A\n", &id(10000)).unwrap();
    two.update_item(b"1:X\n", &id(10000)).unwrap();
    one.delete_item(&id(10001)).unwrap();
    two.delete_item(&id(10002)).unwrap();
    // What one deletes and the other changes stays.
    one.delete_item(&id(10003)).unwrap();
    two.update_item(b"1:kept\n", &id(10003)).unwrap();
    let token_of_one = one.end_data_write(true).unwrap();
    place.pass(60);
    let token_of_two = two.end_data_write(true).unwrap();
    assert_eq!(contents(&place), ["0:A\n1:X", "0:one", "0:d\n1:kept", "0:two"]);
    // Each sees what the other has done.
    for (token, changed) in
        [(token_of_one, vec!["0:A\n1:X", "0:d\n1:kept", "0:two"]), (token_of_two, vec!["0:A\n1:X", "0:one"])]
    {
        let mut items = place.items();
        items.start_data_read(&token, "").unwrap();
        let seen: Vec<String> = list(items.as_mut())
            .into_iter()
            .filter(|item| item.2 == Change::Changed)
            .map(|item| item.1)
            .collect();
        assert!(changed.iter().all(|item| seen.contains(&(*item).to_owned())), "{seen:?}");
    }
}

#[test]
fn sessions_in_many_threads_give_every_id_once() {
    let place = Place::new();
    let ids: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let mut ids = Vec::new();
                    for _ in 0..5 {
                        let mut items = place.writing("");
                        for _ in 0..10 {
                            ids.push(items.insert_item(b"0:x\n", "").unwrap().id);
                        }
                        items.end_data_write(true).unwrap();
                    }
                    ids
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    assert_eq!((once.len(), ids.len(), contents(&place).len()), (300, 300, 300));
    let left: Vec<_> =
        fs::read_dir(place.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "only items and counter remain: {left:?}");
}

/// Devices that sync in random order and overlapping, within seconds and far apart. Each keeps what it has been told;
/// in the end, all know the same.
#[test]
fn no_device_misses_a_change() {
    struct Device {
        token: String,
        known: BTreeMap<String, String>,
        session: Option<(Box<dyn Datastore>, Vec<String>)>,
    }
    fn begin(device: &mut Device, place: &Place) {
        let mut items = place.items();
        items.start_data_read(&device.token, "").unwrap();
        let all = list(items.as_mut());
        device.known.retain(|id, _| all.iter().any(|item| item.0 == *id));
        for (id, data, change) in all {
            // A device is not told of what has not changed, and can only know it already.
            assert!(change == Change::Changed || device.known.contains_key(&id), "{id} was never told");
            if change == Change::Changed {
                device.known.insert(id, data);
            }
        }
        items.start_data_write().unwrap();
        device.session = Some((items, Vec::new()));
    }
    fn end(device: &mut Device) {
        if let Some((mut items, _)) = device.session.take() {
            device.token = items.end_data_write(true).unwrap();
        }
    }
    for seed in 0..25_u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 1;
        let mut random = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let place = Place::new();
        let new = || Device { token: String::new(), known: BTreeMap::new(), session: None };
        let mut devices: Vec<Device> = (0..3).map(|_| new()).collect();
        for step in 0..120 {
            place.pass([0, 0, 0, 1, 1, 40][random(6) as usize]);
            let device = &mut devices[random(3) as usize];
            let Some((items, _)) = &mut device.session else {
                begin(device, &place);
                continue;
            };
            let known: Vec<String> = device.known.keys().cloned().collect();
            let some =
                (!known.is_empty()).then(|| ItemId::new(&*known[random(known.len().max(1) as u64) as usize]));
            match (random(8), some) {
                (0 | 1, _) => {
                    let data = format!("0:new {step}");
                    let id = items.insert_item(format!("{data}\n").as_bytes(), "").unwrap().id;
                    device.known.insert(id, data);
                }
                (2 | 3, Some(id)) => {
                    let data = format!("0:changed {step}");
                    if items.update_item(format!("{data}\n").as_bytes(), &id).is_ok() {
                        device.known.insert(id.item, data);
                    }
                }
                (4, Some(id)) => {
                    let _ = items.delete_item(&id);
                    device.known.remove(&id.item);
                }
                (5, _) => items.thread_may_change().unwrap(),
                _ => end(device),
            }
        }
        devices.iter_mut().for_each(end);
        place.pass(random(2) as i64);
        for device in &mut devices {
            begin(device, &place);
            end(device);
        }
        let all = &devices[0].known;
        assert!(devices.iter().all(|device| device.known == *all), "seed {seed}");
        let file = contents(&place);
        assert_eq!(
            all.values().cloned().collect::<std::collections::BTreeSet<_>>(),
            file.into_iter().collect(),
            "seed {seed}"
        );
        // And when nothing changes any more, nothing is told any more.
        place.pass(2);
        for device in &mut devices {
            begin(device, &place);
            end(device);
        }
        for device in &devices {
            let mut items = place.items();
            items.start_data_read(&device.token, "").unwrap();
            assert!(list(items.as_mut()).iter().all(|item| item.2 == Change::Unchanged), "seed {seed}");
        }
    }
}

#[test]
fn what_is_taken_back_is_as_it_was() {
    let place = Place::new();
    let mut items = place.writing("");
    items.insert_item(b"0:kept\n1;BLOBID=photo\n", "").unwrap();
    let id = ItemId::new("10000");
    items.write_blob(&id, "photo", b"old", Some(3), true, true).unwrap();
    items.end_data_write(true).unwrap();
    let blob = place.file("BLB_10000_me_notes_photo");
    place.pass(9);
    let mut items = place.writing("");
    items.write_blob(&id, "photo", b"new", Some(3), true, true).unwrap();
    assert_eq!(items.read_blob(&id, "photo", 0, true).unwrap().data, b"new");
    items.delete_item(&id).unwrap();
    assert_eq!(items.end_data_write(false).unwrap_err().code, Code::DATABASE);
    assert_eq!(contents(&place), ["0:kept\n1;BLOBID=photo"]);
    assert_eq!(fs::read(&blob).unwrap(), b"old");
    // A session that is dropped leaves nothing behind either, and gives its ids back.
    let mut items = place.writing("");
    assert_eq!(items.insert_item(b"0:dropped\n", "").unwrap().id, "10001");
    items.write_blob(&id, "photo", b"half", None, true, false).unwrap();
    drop(items);
    let mut items = place.writing("");
    assert_eq!(items.insert_item(b"0:next\n", "").unwrap().id, "10001");
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 3);
}

/// A folder of this name keeps the new file from being written, as a full disk would.
fn spoil(path: &Path) {
    fs::create_dir(format!("{}.new", path.display())).unwrap();
}

#[test]
fn what_cannot_be_saved_or_read_is_said_and_destroys_nothing() {
    let place = Place::new();
    let data = place.file("TDB_me_notes.txt");
    let mut items = place.writing("");
    items.insert_item(b"0:kept\n", "").unwrap();
    let token = items.end_data_write(true).unwrap();
    let before = fs::read(&data).unwrap();
    spoil(&data);
    let mut items = place.writing(&token);
    items.insert_item(b"0:lost\n", "").unwrap();
    assert!(items.end_data_write(true).is_err());
    assert_eq!(fs::read(&data).unwrap(), before);
    // The original reads all of these as they are, and writes what is left over them.
    for corrupt in
        [&b"10000\t20240101T000000Z\ta\r\n10001\t\0b\r\n"[..], b"\xFF\xFE1\x000\0\n\0", b"\xE4\ta\r\n"]
    {
        fs::write(&data, corrupt).unwrap();
        let error = place.items().start_data_read("", "").unwrap_err();
        assert_eq!(error.code, Code::DATABASE);
        assert!(error.message.contains("TDB_me_notes.txt:"), "{error}");
        assert_eq!(fs::read(&data).unwrap(), corrupt);
    }
    // Items whose file is gone or cut off are not deleted items.
    for gone in [true, false] {
        if gone {
            fs::remove_file(&data).unwrap()
        } else {
            fs::write(&data, "").unwrap()
        };
        assert_eq!(place.items().start_data_read(&token, "").unwrap_err().code, Code::REFRESH);
        place.items().start_data_read("", "").unwrap();
    }
    fs::remove_file(&data).unwrap();
    fs::create_dir(&data).unwrap();
    assert_eq!(place.items().start_data_read("", "").unwrap_err().code, Code::DATABASE);
}

#[test]
fn a_file_keeps_its_rights_and_the_place_that_a_link_leads_to() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new();
    let (link, file) = (place.file("TDB_me_notes.txt"), place.file("elsewhere.txt"));
    fs::write(&file, "10000\t20240101T000000Z\tby hand").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&file, &link).unwrap();
    let mut items = place.writing("");
    items.update_item(b"0:changed\n", &ItemId::new("10000")).unwrap();
    items.end_data_write(true).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read_to_string(&file).unwrap().contains("changed"));
}

#[test]
fn many_rows_cost_no_more_each_than_few() {
    const MANY: u64 = 150_000;
    let place = Place::new();
    let mut items = place.writing("");
    for number in 0..MANY {
        items.insert_item(format!("0:Name {number}\n1:First\n5:+41 1 {number}\n").as_bytes(), "").unwrap();
    }
    let token = items.end_data_write(true).unwrap();
    place.pass(5);
    let mut items = place.writing(&token);
    for number in (0..MANY).step_by(3) {
        items.delete_item(&ItemId::new((10_000 + number).to_string())).unwrap();
        items.update_item(b"1:Second\n", &ItemId::new((10_001 + number).to_string())).unwrap();
    }
    items.end_data_write(true).unwrap();
    let mut items = place.items();
    items.start_data_read(&token, "").unwrap();
    let all = list(items.as_mut());
    assert_eq!(all.len() as u64, MANY * 2 / 3);
    assert_eq!(all.iter().filter(|item| item.2 == Change::Changed).count() as u64, MANY / 3);
}

#[test]
fn the_map_keeps_ids_as_they_are_and_what_others_have_written() {
    use syncloom_plugin_api::{MapEntry, MapKind};
    let place = Place::new();
    let entry = |local: &str, remote: &str| MapEntry {
        local_id: local.into(),
        remote_id: remote.into(),
        flags: 7,
        kind: MapKind::NORMAL,
    };
    let open = || {
        let mut admin = place.module("notes ADMIN").datastore("notes ADMIN", "dev", "me").unwrap();
        let loaded = admin.load_admin("notes", "x");
        (admin, loaded)
    };
    let (mut one, none) = open();
    assert_eq!(none.unwrap_err().code, Code::NOT_FOUND);
    let (mut two, _) = open();
    let odd = [entry("a,b", "C:\\new\\x41"), entry("t\tb", "q\"; \u{1}\n"), entry("", "none")];
    for entry in &odd {
        one.insert_map(entry).unwrap();
    }
    two.insert_map(&entry("10000", "R")).unwrap();
    one.save_admin(b"lastsync:1;2\nstored;BLOBID=PIStored\n").unwrap();
    two.save_admin(b"remotesyncanchor:x\n").unwrap();
    let (mut admin, data) = open();
    assert_eq!(data.unwrap(), b"lastsync:1;2\nstored;BLOBID=PIStored\nremotesyncanchor:x\n");
    let mut all = Vec::new();
    while let Some(entry) = admin.next_map(all.is_empty()).unwrap() {
        all.push(entry);
    }
    assert_eq!(all[..3], odd);
    assert_eq!(all[3], entry("10000", "R"));
}
