//! What the tests of this crate share: the recorded material, a deterministic source of random
//! numbers, and messages made with it. Not here: any test.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use syncloom_wire::*;

/// The folder with recorded material, if it is there.
pub fn shared(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    // Not `println!`, which the test harness keeps to itself while a test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {} is not there", path.display());
    None
}

/// One recorded message.
pub struct Recording {
    pub path: PathBuf,
    pub encoding: Encoding,
    pub bytes: Vec<u8>,
}

impl Recording {
    pub fn message(&self) -> Message {
        let decoded = decode(&self.bytes, self.encoding, &Limits::default())
            .unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
        assert_eq!(decoded.fault, None, "{}", self.path.display());
        decoded.message
    }
}

/// Asserts that two things print alike, and shows the first place where they do not.
pub fn assert_alike(ours: &str, theirs: &str, what: &dyn std::fmt::Display) {
    if let Some(at) = ours.bytes().zip(theirs.bytes()).position(|(a, b)| a != b) {
        let show = |text: &str| {
            let bytes = &text.as_bytes()[at.saturating_sub(150)..(at + 150).min(text.len())];
            String::from_utf8_lossy(bytes).into_owned()
        };
        panic!("{what}: differ at {at}\n{}\n{}", show(ours), show(theirs));
    }
    assert_eq!(ours.len(), theirs.len(), "{what}");
}

/// All recorded messages, in the order of their names.
pub fn recordings() -> Vec<Recording> {
    let Some(root) = shared("traffic") else { return Vec::new() };
    let mut found = Vec::new();
    for folder in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.is_dir()) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let Some((stem, extension)) = name.split_once('.') else { continue };
            let encoding = match extension {
                "xml" => Encoding::Xml,
                "wbxml" => Encoding::Wbxml,
                _ => continue,
            };
            if stem.ends_with("_request") || stem.ends_with("_response") {
                let bytes = fs::read(&path).unwrap();
                found.push(Recording { path, encoding, bytes });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// A small generator of random numbers (xorshift64*), the same on every run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn maybe<T>(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    fn many<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    fn word(&mut self) -> String {
        const WORDS: &[&str] = &[
            "a",
            "./contacts",
            "text/x-vcard",
            "17",
            "x & y",
            "<tag>",
            "Grüße",
            "日本",
            "b64=",
            "]]>",
            "q\"'",
        ];
        WORDS[self.below(WORDS.len())].repeat(1 + self.below(3))
    }

    fn number(&mut self) -> u64 {
        let shift = self.below(64);
        self.next() >> shift
    }

    fn code(&mut self) -> Option<u16> {
        self.maybe(90, |r| 100 + u16::try_from(r.below(500)).unwrap())
    }

    fn location(&mut self) -> Location {
        Location {
            uri: self.word(),
            name: self.maybe(30, Self::word),
            filter: self.maybe(10, |r| Box::new(r.filter())),
        }
    }

    fn filter(&mut self) -> Filter {
        let item =
            |r: &mut Self| Item { data: Some(Data::Text(r.word())), meta: r.meta(), ..Item::default() };
        Filter {
            meta: self.meta(),
            field: self.maybe(50, item),
            record: self.maybe(50, item),
            filter_type: self.maybe(50, |_| "INCLUSIVE".to_owned()),
        }
    }

    fn anchor(&mut self) -> Anchor {
        Anchor { last: self.maybe(50, Self::word), next: self.word() }
    }

    fn meta(&mut self) -> Meta {
        if self.chance(40) {
            return Meta::default();
        }
        Meta {
            field_level: self.chance(10),
            format: self.maybe(30, Self::word),
            type_: self.maybe(60, Self::word),
            mark: self.maybe(5, Self::word),
            size: self.maybe(20, Self::number),
            anchor: self.maybe(20, Self::anchor),
            version: self.maybe(5, Self::word),
            next_nonce: self.maybe(10, |r| Data::Text(r.word())),
            max_msg_size: self.maybe(10, Self::number),
            max_obj_size: self.maybe(10, Self::number),
            emi: self.many(2, Self::word),
            mem: self.maybe(5, |r| Mem {
                shared: r.chance(50),
                free_mem: r.maybe(50, Self::number),
                free_id: r.maybe(50, Self::number),
            }),
        }
    }

    fn cred(&mut self) -> Option<Cred> {
        self.maybe(15, |r| Cred { meta: r.meta(), data: Data::Text(r.word()) })
    }

    fn item(&mut self) -> Item {
        Item {
            target: self.maybe(50, Self::location),
            source: self.maybe(50, Self::location),
            source_parent: self.maybe(10, Self::word),
            target_parent: self.maybe(10, Self::word),
            meta: self.meta(),
            data: self.maybe(60, Self::data),
            more_data: self.chance(10),
        }
    }

    fn data(&mut self) -> Data {
        match self.below(10) {
            0 => Data::Anchor(self.anchor()),
            1 => Data::Text(String::new()),
            _ => {
                let length = self.below(300);
                Data::Text(self.word().repeat(length) + "\r\n end ")
            }
        }
    }

    /// An item of a command that may carry device information.
    fn devinf_item(&mut self) -> Item {
        let data = self.maybe(50, |r| Data::DevInf(Box::new(r.devinf())));
        let plain = self.item();
        Item { data: data.or(plain.data), ..plain }
    }

    fn content_type(&mut self) -> ContentType {
        ContentType { type_: self.word(), version: self.word() }
    }

    fn ct_cap(&mut self, nested: bool) -> CtCap {
        CtCap {
            type_: self.word(),
            version: if nested { Some(self.word()) } else { None },
            field_level: nested && self.chance(20),
            properties: self.many(4, |r| CtProperty {
                name: r.word(),
                data_type: r.maybe(30, Self::word),
                max_occur: if nested { r.maybe(40, Self::number) } else { None },
                max_size: r.maybe(40, Self::number),
                no_truncate: nested && r.chance(20),
                values: r.many(3, Self::word),
                display_name: r.maybe(20, Self::word),
                params: r.many(3, |r| CtParam {
                    name: r.word(),
                    data_type: r.maybe(30, Self::word),
                    values: r.many(3, Self::word),
                    display_name: r.maybe(20, Self::word),
                }),
            }),
        }
    }

    fn devinf(&mut self) -> DevInf {
        let ver_dtd = ["1.0", "1.1", "1.2"][self.below(3)];
        let nested = ver_dtd == "1.2";
        DevInf {
            ver_dtd: ver_dtd.to_owned(),
            man: self.maybe(50, Self::word),
            mod_: self.maybe(50, Self::word),
            oem: self.maybe(50, Self::word),
            fwv: self.maybe(50, Self::word),
            swv: self.maybe(50, Self::word),
            hwv: self.maybe(50, Self::word),
            dev_id: self.word(),
            dev_typ: self.word(),
            utc: self.chance(50),
            support_large_objs: self.chance(50),
            support_number_of_changes: self.chance(50),
            datastores: self.many(3, |r| DevInfStore {
                source_ref: r.word(),
                display_name: r.maybe(50, Self::word),
                max_guid_size: r.maybe(50, Self::number),
                rx_pref: r.maybe(80, Self::content_type),
                rx: r.many(2, Self::content_type),
                tx_pref: r.maybe(80, Self::content_type),
                tx: r.many(2, Self::content_type),
                ctcaps: if nested { r.many(2, |r| r.ct_cap(true)) } else { Vec::new() },
                ds_mem: r.maybe(20, |r| DsMem {
                    shared: r.chance(50),
                    max_mem: r.maybe(50, Self::number),
                    max_id: r.maybe(50, Self::number),
                }),
                support_hierarchical_sync: r.chance(20),
                sync_types: r.many(3, Self::word),
                filter_rx: r.many(1, Self::content_type),
                filter_caps: r.many(1, |r| FilterCap {
                    content_type: r.content_type(),
                    keywords: r.many(2, Self::word),
                    properties: r.many(2, Self::word),
                }),
            }),
            ctcaps: self.many(2, |r| r.ct_cap(nested)),
            exts: self.many(2, |r| Ext { name: r.word(), values: r.many(2, Self::word) }),
        }
    }

    fn change(&mut self) -> Change {
        Change {
            cmd_id: self.word(),
            no_resp: self.chance(10),
            archive: self.chance(10),
            soft_delete: self.chance(10),
            cred: self.cred(),
            meta: self.meta(),
            items: self.many(3, Self::item),
        }
    }

    fn get_put(&mut self) -> GetPut {
        GetPut {
            cmd_id: self.word(),
            no_resp: self.chance(10),
            lang: self.maybe(10, Self::word),
            cred: self.cred(),
            meta: self.meta(),
            items: self.many(2, Self::devinf_item),
        }
    }

    fn group(&mut self, depth: usize) -> Group {
        Group {
            cmd_id: self.word(),
            no_resp: self.chance(10),
            meta: self.meta(),
            commands: self.commands(3, depth),
        }
    }

    fn commands(&mut self, most: usize, depth: usize) -> Vec<Command> {
        self.many(most, |r| r.command(depth))
    }

    fn command(&mut self, depth: usize) -> Command {
        match self.below(if depth == 0 { 13 } else { 16 }) {
            0 => Command::Alert(Alert {
                cmd_id: self.word(),
                no_resp: self.chance(10),
                cred: self.cred(),
                code: self.code(),
                correlator: self.maybe(10, Self::word),
                items: self.many(2, Self::item),
            }),
            1 => Command::Status(Status {
                cmd_id: self.word(),
                msg_ref: self.word(),
                cmd_ref: self.word(),
                cmd: self.word(),
                target_refs: self.many(2, Self::word),
                source_refs: self.many(2, Self::word),
                cred: self.cred(),
                chal: self.maybe(20, |r| Chal { meta: r.meta() }),
                code: self.code(),
                items: self.many(2, Self::item),
            }),
            2 => Command::Results(Results {
                cmd_id: self.word(),
                msg_ref: self.maybe(80, Self::word),
                cmd_ref: self.word(),
                meta: self.meta(),
                target_ref: self.maybe(30, Self::word),
                source_ref: self.maybe(30, Self::word),
                items: self.many(2, Self::devinf_item),
            }),
            3 => Command::Map(Map {
                cmd_id: self.word(),
                target: self.location(),
                source: self.location(),
                cred: self.cred(),
                meta: self.meta(),
                items: self.many(4, |r| MapItem { target: r.word(), source: r.word() }),
            }),
            4 => Command::Get(self.get_put()),
            5 => Command::Put(self.get_put()),
            6 => Command::Add(self.change()),
            7 => Command::Replace(self.change()),
            8 => Command::Delete(self.change()),
            9 => Command::Copy(self.change()),
            10 => Command::Move(self.change()),
            11 => Command::Exec(Exec {
                cmd_id: self.word(),
                no_resp: self.chance(10),
                cred: self.cred(),
                correlator: self.maybe(10, Self::word),
                items: self.many(2, Self::item),
            }),
            12 => Command::Search(Search {
                cmd_id: self.word(),
                no_resp: self.chance(10),
                no_results: self.chance(10),
                cred: self.cred(),
                target: self.maybe(50, Self::location),
                sources: self.many(2, Self::location),
                lang: self.maybe(10, Self::word),
                meta: self.meta(),
                data: self.maybe(50, |r| Data::Text(r.word())),
            }),
            13 => Command::Atomic(self.group(depth - 1)),
            14 => Command::Sequence(self.group(depth - 1)),
            _ => Command::Sync(Sync {
                cmd_id: self.word(),
                no_resp: self.chance(10),
                cred: self.cred(),
                target: self.maybe(90, Self::location),
                source: self.maybe(90, Self::location),
                meta: self.meta(),
                number_of_changes: self.maybe(30, Self::number),
                commands: self.commands(6, depth - 1),
            }),
        }
    }

    pub fn message(&mut self, version: Version) -> Message {
        let header = Header {
            ver_dtd: version.ver_dtd().to_owned(),
            ver_proto: version.ver_proto().to_owned(),
            session_id: self.word(),
            msg_id: self.word(),
            target: self.location(),
            source: self.location(),
            resp_uri: self.maybe(30, Self::word),
            no_resp: self.chance(10),
            cred: self.cred(),
            meta: self.meta(),
        };
        Message { header, body: self.commands(8, 3), is_final: self.chance(70) }
    }
}
