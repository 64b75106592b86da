//! How many items a second are read and written on one core, and how many bytes of a picture.
//!
//! `cargo bench -p syncloom-formats`. The contact has 18 properties; the event has a recurrence rule, exceptions and
//! an alarm, and goes from vCalendar 1.0 to iCalendar 2.0: by a config of our own, and by the reference config with its
//! scripts, where that is found below SYNCLOOM_SHARED.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a bench that cannot go on fails")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use syncloom_config::LoadOptions;
use syncloom_formats::{Codec, Hosts, Peer, Pipeline, Profiles};
use syncloom_script::lang::System;
use syncloom_script::{Item, Timestamp, Value};

const CONTACT: &str = "BEGIN:VCARD\r\nVERSION:2.1\r\nREV:20080715T120000Z\r\nN:Muster;Hans;Peter;;\r\n\
    FN:Dr. Hans Muster\r\nORG:Muster AG;Research\r\nTITLE:Chief\r\nBDAY:19700401\r\nTEL;WORK;VOICE:+41 44 123 45 67\r\n\
    TEL;HOME:044 765 43 21\r\nTEL;CELL:+41 79 111 22 33\r\nTEL;FAX;WORK:+41 44 123 45 68\r\n\
    EMAIL;INTERNET:hans@muster.example\r\nEMAIL;INTERNET;HOME:hm@home.example\r\n\
    ADR;WORK;CHARSET=UTF-8:;;Hauptstr. 5;Zürich;ZH;8001;Schweiz\r\nADR;HOME;CHARSET=UTF-8:;;Weg 1;Genève;GE;1200;Suisse\r\n\
    CATEGORIES:Business,Friends\r\nURL:http://www.muster.example/\r\n\
    NOTE;ENCODING=QUOTED-PRINTABLE:Two lines=0D=0A=\r\nof a note\r\nEND:VCARD\r\n";
const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nTZ:+01:00\r\n\
    DAYLIGHT:TRUE;+02;20080330T020000;20081026T030000;CET;CEST\r\nBEGIN:VEVENT\r\nUID:e1\r\nSUMMARY:Meeting\r\n\
    DESCRIPTION;ENCODING=QUOTED-PRINTABLE:Line1=0D=0ALine2\r\nLOCATION:Room 5\r\nDTSTART:20080715T120000Z\r\n\
    DTEND:20080715T130000Z\r\nCATEGORIES:MEETING;WORK\r\nRRULE:W1 MO WE FR #10\r\n\
    EXDATE:20080717T120000Z;20080718T120000Z\r\nLAST-MODIFIED:20080701T080000Z\r\nAALARM:20080715T114500Z;;0;\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";
/// The size of the picture.
const PICTURE: usize = 2 * 1024 * 1024;

fn codec(name: &str) -> Codec {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/everything.xml");
    let config = syncloom_config::load(&path, &LoadOptions::default()).config.unwrap();
    Codec::new(config.datatypes.into_iter().find(|datatype| datatype.name == name).unwrap())
}

fn there_and_back(bench: &mut Criterion, name: &str, from: &str, to: &str, text: &[u8]) {
    let (from, to, peer) = (codec(from), codec(to), Peer::default());
    let (from, to) = (from.for_peer(&peer), to.for_peer(&peer));
    let mut out = Vec::new();
    let mut group = bench.benchmark_group(name);
    group.throughput(Throughput::Elements(1));
    group.bench_function("parse", |bench| bench.iter(|| from.parse(black_box(text)).unwrap()));
    let item = from.parse(text).unwrap().item;
    group.bench_function("generate", |bench| {
        bench.iter(|| {
            out.clear();
            to.generate(black_box(&item), None, &mut out)
        });
    });
    group.bench_function("both", |bench| {
        bench.iter(|| {
            let parsed = from.parse(black_box(text)).unwrap();
            out.clear();
            to.generate(&parsed.item, None, &mut out)
        });
    });
    group.finish();
}

fn items(bench: &mut Criterion) {
    there_and_back(bench, "vCard 2.1 of 18 properties", "contact21", "contact21", CONTACT.as_bytes());
    there_and_back(bench, "vCalendar to iCalendar", "diary10", "diary20", EVENT.as_bytes());
}

/// A machine whose clock stands still.
struct Still;

impl System for Still {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(1_216_116_000_000)
    }

    fn elapsed_ms(&mut self) -> u64 {
        0
    }

    fn random(&mut self, _seed: Option<i64>) -> u64 {
        4
    }
}

/// Read, incomingscript, outgoingscript, written: an event on its way from one device to another.
fn scripted(bench: &mut Criterion) {
    let shared = std::env::var_os("SYNCLOOM_SHARED").map(PathBuf::from).unwrap_or_default();
    let path = shared.join("configs/reference_server.xml");
    if !path.exists() {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "skipped: no configs/reference_server.xml below SYNCLOOM_SHARED");
        return;
    }
    let config = syncloom_config::load(&path, &LoadOptions::default()).config.unwrap();
    let profiles = Arc::new(Profiles::new(&config.mime_profiles, &config.text_profiles));
    let codec = |name: &str| {
        let datatype = config.datatypes.iter().find(|datatype| datatype.name == name).unwrap();
        (Codec::new(Arc::clone(datatype)), Pipeline::new(Arc::clone(datatype), Arc::clone(&profiles), None))
    };
    let peer = Peer { now: Some(Still.now()), ..Peer::default() };
    let ((from, mut receiving), (to, mut sending)) = (codec("vCalendar10"), codec("iCalendar20"));
    let (from, to) = (from.for_peer(&peer), to.for_peer(&peer));
    let mut out = Vec::new();
    let mut group = bench.benchmark_group("vCalendar to iCalendar with scripts");
    group.throughput(Throughput::Elements(1));
    group.bench_function("both", |bench| {
        bench.iter(|| {
            let parsed = from.parse(black_box(EVENT.as_bytes())).unwrap();
            let (mut item, mut zones, mut system) = (parsed.item, parsed.zones, Still);
            let mut hosts =
                Hosts { system: &mut system, zones: &mut zones, session: None, datastore: None, item: None };
            receiving.incoming(&mut item, &mut hosts);
            sending.outgoing(&mut item, None, &mut hosts);
            out.clear();
            to.generate(&item, None, &mut out)
        });
    });
    assert!(receiving.take_faults().is_empty() && sending.take_faults().is_empty());
    group.finish();
}

fn pictures(bench: &mut Criterion) {
    let peer = Peer::default();
    for name in ["contact21", "contact30"] {
        let codec = codec(name);
        let mut item = Item::new(codec.datatype().fields().clone());
        let picture: Vec<u8> = (0..PICTURE).map(|n| ((n * 31) >> 3) as u8).collect();
        item.set(item.list().find("PICTURE").unwrap(), Value::Blob(picture));
        let mut text = Vec::new();
        codec.generate(&item, &peer, &mut text);
        let mut group = bench.benchmark_group(format!("{name} with a picture of 2 MB"));
        group.throughput(Throughput::Bytes(PICTURE as u64));
        group.bench_function("parse", |bench| bench.iter(|| codec.parse(black_box(&text), &peer).unwrap()));
        let mut out = Vec::with_capacity(text.len());
        group.bench_function("generate", |bench| {
            bench.iter(|| {
                out.clear();
                codec.generate(black_box(&item), &peer, &mut out)
            });
        });
        group.finish();
    }
}

criterion_group!(benches, items, scripted, pictures);
criterion_main!(benches);
