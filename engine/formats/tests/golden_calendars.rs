//! What the original engine measurably makes of calendars, with the scripts that its datatypes have.
//!
//! `../shared/golden/convert.jsonl` holds the cases, `../shared/configs/oracle.xml` the config that they ran with
//! (`SYNCLOOM_SHARED` says where else to look). Where we differ on purpose a rule over the input says so, and why.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use syncloom_config::{DataType, LoadOptions};
use syncloom_formats::{Codec, PRODUCT_ID, Peer};
use syncloom_script::functions::Contexts;
use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::{
    Context, ContextBuilder, Env, Host, ItemPair, ItemSlot, Library, Macros, ScriptId, System,
};
use syncloom_script::{Item, Timestamp, Value, Zone, Zones};

const THEIR_PRODUCT_ID: &str = "-//Synthesis AG//NONSGML SyncML Engine V3.4.0.47//EN";

#[test]
fn every_calendar_case_is_equal_or_differs_on_purpose() {
    let Some((cases, config)) = shared("golden/convert.jsonl").zip(shared("configs/oracle.xml")) else {
        // Not `println!`, which the test harness keeps to itself while a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: no golden/convert.jsonl below SYNCLOOM_SHARED");
        return;
    };
    let loaded =
        syncloom_config::load_text(&PathBuf::from("oracle.xml"), config.as_bytes(), &LoadOptions::default());
    let datatypes = loaded.config.map(|config| config.datatypes).unwrap_or_default();
    let (mut equal, mut on_purpose, mut differ) = (0, 0, 0);
    for case in cases.lines() {
        let case: Json = serde_json::from_str(case).unwrap();
        let (input, output) = (&case["input"], &case["output"]);
        let find = |name: &Json| {
            datatypes.iter().find(|datatype| datatype.name == name.as_str().unwrap_or_default())
        };
        let (Some(from), Some(to)) = (find(&input["input_datatype"]), find(&input["output_datatype"])) else {
            continue;
        };
        if !matches!(from.fields().name(), "calendar" | "bookmarks") {
            continue;
        }
        let scripts = Scripts::of(&config, from, to);
        let data = bytes(&input["data"]);
        let user = input["options"]["user_timezone"].as_str().unwrap_or_default();
        match (scripts.compare(&data, input, output), reason(&String::from_utf8_lossy(&data), user)) {
            (Ok(()), _) => equal += 1,
            (Err(difference), Some(reason)) => {
                on_purpose += 1;
                println!("{}: {reason}\n{difference}", case["id"]);
            }
            (Err(difference), None) => {
                differ += 1;
                println!("{} DIFFERS\n{difference}", case["id"]);
            }
        }
    }
    println!("equal {equal}, on purpose {on_purpose}, differ {differ}");
    assert!(equal > 0, "no case was compared");
    assert_eq!(differ, 0);
}

/// Why we do not answer an input as the original does: rules over the input, each with its ground.
fn reason(text: &str, user_zone: &str) -> Option<&'static str> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |names: &[&str]| {
        let begin = |line: &&&str| line.strip_prefix("BEGIN:").is_some_and(|name| names.contains(&name));
        lines.iter().filter(begin).count()
    };
    let has = |start: &str| lines.iter().any(|line| line.starts_with(start));
    if user_zone.contains('/') && syncloom_script::time::zones::builtin::find(user_zone).is_none() {
        return Some("the original takes a name of the zone database for UTC; we know it");
    }
    if begins(&["VEVENT", "VTODO"]) > 1 {
        return Some(
            "the original mixes several entries into one; we take the one that recurs, or the first",
        );
    }
    if begins(&["VALARM"]) > 1 {
        return Some("the original mixes several alarms into one; we take the first");
    }
    if text.contains(";TZID=") && begins(&["VTIMEZONE"]) == 0 {
        return Some("the original takes a zone without a definition for UTC; we know its name");
    }
    if text.contains("BEGIN:VTODO") && has("TRIGGER;RELATED=END") {
        return Some("the script of the config looks for the end of a todo; our sum with nothing is nothing");
    }
    if begins(&["VEVENT"]) == 1 && !has("DTSTART") {
        return Some("the script of the config makes days of nothing; we write no year before 0");
    }
    if has("DTSTART;VALUE=DATE") && !has("DTEND") {
        return Some("a day without an end is one day to us");
    }
    if has("VERSION:2.0") && has("RRULE:D1") {
        return Some("the original loses a rule that is written as in the other dialect; we read it");
    }
    None
}

/// A conversion with the scripts of its datatypes.
struct Scripts {
    context: Context,
    incoming: Option<ScriptId>,
    outgoing: Option<ScriptId>,
    from: Codec,
    to: Codec,
}

impl Scripts {
    fn of(config: &str, from: &Arc<DataType>, to: &Arc<DataType>) -> Scripts {
        let text = |name: &str| {
            let start = config.find(&format!("<macro name=\"{name}\"><![CDATA["))?;
            let text = &config[start..];
            let text = &text[text.find("CDATA[")? + 6..];
            Some(&text[..text.find("]]>")?])
        };
        let is_calendar = from.fields().name() == "calendar";
        let (library, _) = Library::new(Macros::new(), &[], 200);
        let library = Arc::new(library);
        let list = from.fields();
        let mut builder =
            ContextBuilder::new(&library, Contexts::DATATYPE).target(list, true).reference(list, true);
        let mut script = |name| is_calendar.then(|| text(name)).flatten().map(|text| builder.script(text));
        let incoming = script("VCALENDAR_INCOMING_SCRIPT");
        let outgoing = script("VCALENDAR_OUTGOING_SCRIPT");
        let (context, errors) = builder.build();
        assert!(
            errors.is_empty(),
            "{:?}",
            errors.iter().map(|(_, error)| error.to_string()).collect::<Vec<_>>()
        );
        Scripts { context, incoming, outgoing, from: Codec::new(from.clone()), to: Codec::new(to.clone()) }
    }

    fn run(&self, script: Option<ScriptId>, datatype: &str, item: &mut Item, zones: &Zones) {
        let Some(script) = script else { return };
        let mut machine = Machine;
        let mut host = Named(datatype.to_owned());
        let mut env = Env::new(&mut machine);
        env.zones = zones.clone();
        env.items = ItemPair { target: ItemSlot::Write(item), reference: ItemSlot::None };
        env.item = Some(&mut host);
        let mut variables = self.context.variables();
        if let Err(error) = self.context.run(script, &mut variables, &mut env) {
            panic!("{error}");
        }
    }

    fn compare(&self, data: &[u8], input: &Json, output: &Json) -> Result<(), String> {
        let mut zones = Zones::default();
        let name = input["options"]["user_timezone"].as_str().unwrap_or_default();
        match zones.find(name) {
            Ok(zone) => zones.set_user(zone),
            // The original takes a name that it does not know for a zone like UTC.
            Err(_) if name.starts_with("SYSTEM") => {}
            Err(error) => panic!("{error}"),
        }
        let utc = input["options"]["remote_can_handle_utc"] != Json::Bool(false);
        let peer = Peer { utc, now: Some(now()), zones, ..Peer::default() };
        let parsed = match self.from.parse(data, &peer) {
            Ok(parsed) => parsed,
            Err(error) if output["parse_failed"].is_null() => return Err(format!("refused: {error}")),
            Err(_) => return Ok(()),
        };
        if !output["parse_failed"].is_null() {
            return Err("should have been refused".into());
        }
        let mut item = parsed.item;
        self.run(self.incoming, &self.from.datatype().name, &mut item, &parsed.zones);
        if let Json::Object(fields) = &output["fields"] {
            compare_fields(&item, fields, &parsed.zones)?;
        }
        let peer = Peer { zones: parsed.zones, ..peer };
        self.run(self.outgoing, &self.to.datatype().name, &mut item, &peer.zones);
        let mut written = Vec::new();
        self.to.generate(&item, &peer, &mut written);
        let written = String::from_utf8_lossy(&written).replace(PRODUCT_ID, THEIR_PRODUCT_ID);
        let expected = String::from_utf8_lossy(&bytes(&output["output"])).into_owned();
        if written == expected { Ok(()) } else { Err(format!("  ours   {written:?}\n  theirs {expected:?}")) }
    }
}

/// Compares values, but not which fields are assigned: the dumps say "assigned" of every field.
fn compare_fields(item: &Item, fields: &Map<String, Json>, zones: &Zones) -> Result<(), String> {
    for (name, expected) in fields {
        let id = item.list().find(name).ok_or_else(|| format!("no field {name}"))?;
        let (ours, theirs) = match expected["elements"].as_array() {
            Some(elements) => {
                let ours = item.get(id).elements().iter().map(|value| text(value, zones)).collect();
                (trimmed(ours), trimmed(elements.iter().map(dumped).collect()))
            }
            None => (vec![text(item.get(id), zones)], vec![dumped(expected)]),
        };
        if ours != theirs {
            return Err(format!("  {name}: ours {ours:?}, theirs {theirs:?}"));
        }
    }
    Ok(())
}

fn dumped(dump: &Json) -> String {
    let text = dump["str"].as_str().unwrap_or_default();
    match dump["zone"].as_str().filter(|_| !text.is_empty()) {
        Some(zone) => format!("{text} {zone}"),
        None => text.to_owned(),
    }
}

fn text(value: &Value, zones: &Zones) -> String {
    let Value::Timestamp(time) = value else { return value.to_text() };
    let zone = match (time.kind(), time.zone()) {
        (syncloom_script::TimestampKind::Date, _) => "DATE".to_owned(),
        (syncloom_script::TimestampKind::Duration, _) => "DURATION".to_owned(),
        (_, Zone::Floating) => "FLOATING".to_owned(),
        (_, zone) => zones.name(zone),
    };
    format!("{} {zone}", value.to_text())
}

fn trimmed(mut elements: Vec<String>) -> Vec<String> {
    while elements.last().is_some_and(String::is_empty) {
        elements.pop();
    }
    elements
}

/// The clock of the recordings.
fn now() -> Timestamp {
    Timestamp::from_unix_ms(1_339_761_600_000)
}

struct Machine;

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        now()
    }

    fn elapsed_ms(&mut self) -> u64 {
        0
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        0
    }

    fn sleep_ms(&mut self, _: u64) {}

    fn read_file(&mut self, _: &str) -> Result<Vec<u8>, String> {
        Err("no file".into())
    }

    fn shell(&mut self, _: &str, _: &str, _: bool) -> Option<i64> {
        None
    }

    fn log(&mut self, _: &str) {}
}

/// Knows the name of the datatype.
struct Named(String);

impl Host<ItemCall> for Named {
    fn call(&mut self, function: ItemCall, _: &[Value], _: &mut ItemPair<'_>) -> Result<Value, String> {
        match function {
            ItemCall::DataType => Ok(Value::Text(self.0.clone())),
            _ => Ok(Value::Unassigned),
        }
    }
}

fn bytes(data: &Json) -> Vec<u8> {
    match data {
        Json::String(text) => text.clone().into_bytes(),
        data => STANDARD.decode(data["b64"].as_str().unwrap_or_default()).unwrap(),
    }
}

fn shared(path: &str) -> Option<String> {
    let shared = std::env::var_os("SYNCLOOM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    std::fs::read_to_string(shared.join(path)).ok()
}
