//! Items read in one datatype and written in another: `convert.jsonl`, with the config that the cases ran with.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value as Json};
use syncloom_config::Config;
use syncloom_formats::{Codec, Hosts, PRODUCT_ID, Peer, Pipeline, Profiles};
use syncloom_script::functions::calls::{ItemCall, SessionCall};
use syncloom_script::lang::{Host, ItemPair, System};
use syncloom_script::{Item, Timestamp, TimestampKind, Value, Zone, Zones};

use super::config::loaded;
use super::convert_rules::{Case, reason};
use super::{Verdict, bytes};

const THEIR_PRODUCT_ID: &str = "-//Synthesis AG//NONSGML SyncML Engine V3.4.0.47//EN";

/// When the cases ran: 2012-06-15T12:00:00Z, in milliseconds since 1970.
const NOW_MS: i64 = 1_339_761_600_000;

/// Runs one case.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let Some(config) = loaded() else {
        return Verdict::Waits("the config configs/oracle.xml below SYNCLOOM_SHARED".into());
    };
    let Some(data) = bytes(&input["data"]) else { return super::unknown("data") };
    let (Some(from), Some(to)) =
        (codec(config, input, "input_datatype"), codec(config, input, "output_datatype"))
    else {
        return super::unknown("datatype");
    };
    let converted = Converted::of(config, &from, &to, &data, &input["options"]);
    let Some(difference) = converted.difference(output) else { return Verdict::Equal };
    let case = Case { input: &data, from: from.datatype(), output, user_zone: user_zone(&input["options"]) };
    match reason(&case) {
        Some(why) => Verdict::OnPurpose(why),
        None => difference,
    }
}

fn codec(config: &Config, input: &Json, key: &str) -> Option<Codec> {
    let name = input[key].as_str()?;
    config
        .datatypes
        .iter()
        .find(|datatype| datatype.name.eq_ignore_ascii_case(name))
        .map(|datatype| Codec::new(Arc::clone(datatype)))
}

/// What we make of a case.
struct Converted {
    /// The item after its incoming script, and the text in the other datatype; `None` if it was refused.
    made: Option<(Item, String)>,
    zones: Zones,
    /// What was said on the way.
    told: Vec<String>,
}

impl Converted {
    fn of(config: &Config, from: &Codec, to: &Codec, data: &[u8], options: &Json) -> Converted {
        let mut zones = Zones::default();
        let user = user_zone(options);
        if let Ok(zone) = zones.find(user) {
            zones.set_user(zone);
        }
        let mut peer = peer(options, &zones);
        let (mut machine, mut session, mut sync) = (Machine, Idle, Idle);
        let mut told = Vec::new();
        let parsed = match from.decode(data, &peer) {
            Ok(parsed) => parsed,
            Err(error) => return Converted { made: None, zones, told: vec![error.to_string()] },
        };
        told.extend(parsed.notes.iter().map(ToString::to_string));
        let mut item = parsed.item;
        zones = parsed.zones;
        let mut hosts = Hosts {
            system: &mut machine,
            zones: &mut zones,
            session: Some(&mut session),
            datastore: None,
            item: Some(&mut sync),
        };
        let profiles = Arc::new(Profiles::new(&config.mime_profiles, &config.text_profiles));
        let mut receiving = Pipeline::new(Arc::clone(from.datatype()), Arc::clone(&profiles), None);
        receiving.incoming(&mut item, &mut hosts);
        let mut outgoing = item.clone();
        let mut sending = Pipeline::new(Arc::clone(to.datatype()), Arc::clone(&profiles), None);
        let limit = sending.outgoing(&mut outgoing, None, &mut hosts);
        let faults = receiving.take_faults().into_iter().chain(sending.take_faults());
        told.extend(faults.map(|fault| fault.to_string()));
        peer.zones = hosts.zones.clone();
        let encoded = to.encode(&outgoing, &peer, limit);
        told.extend(encoded.notes.iter().map(ToString::to_string));
        let text = String::from_utf8_lossy(&encoded.data).into_owned();
        Converted { made: Some((item, text)), zones, told }
    }

    fn difference(&self, output: &Json) -> Option<Verdict> {
        let differs = |wanted: String, got: String| {
            let got = format!("{got}\n  told   {:?}", self.told);
            Some(Verdict::Differs { wanted, got })
        };
        let refused = output.get("parse_failed").is_some_and(|failed| !failed.is_null());
        let (item, text) = match (&self.made, refused) {
            (None, true) => return None,
            (None, false) => return differs("an item".into(), "refused".into()),
            (Some(_), true) => return differs("refused".into(), "an item".into()),
            (Some(made), false) => (&made.0, &made.1),
        };
        let nothing = Map::new();
        let fields = output["fields"].as_object().unwrap_or(&nothing);
        let different = self.different_fields(item, fields);
        let clock_dependent = output["clock_dependent"] == Json::Bool(true);
        let (ours, theirs) =
            (comparable(text, clock_dependent), bytes(&output["output"]).unwrap_or_default());
        let theirs = comparable(&String::from_utf8_lossy(&theirs), clock_dependent);
        if different.is_empty() && ours == theirs {
            return None;
        }
        let (mut wanted, mut got) = (Vec::new(), Vec::new());
        for (name, theirs, ours) in different {
            wanted.push(format!("{name}={theirs}"));
            got.push(format!("{name}={ours}"));
        }
        if ours != theirs {
            wanted.push(format!("{theirs:?}"));
            got.push(format!("{ours:?}"));
        }
        differs(wanted.join("\n         "), got.join("\n         "))
    }

    /// The fields that do not hold the same, with theirs and ours.
    fn different_fields(&self, item: &Item, fields: &Map<String, Json>) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        for (id, field) in item.list().iter() {
            let value = item.get(id);
            let (theirs, ours) = match fields.get(&field.name) {
                None => (Vec::new(), elements(value).iter().map(|value| self.shown(value)).collect()),
                Some(dump) => match dump["elements"].as_array() {
                    Some(dumps) => (
                        dumps.iter().map(dumped).collect(),
                        elements(value).iter().map(|value| self.shown(value)).collect(),
                    ),
                    None => (vec![dumped(dump)], vec![self.shown(value)]),
                },
            };
            // The original fills arrays up to the longest of a block; an empty element at the end says nothing.
            let (theirs, ours) = (trimmed(theirs), trimmed(ours));
            if theirs != ours {
                found.push((field.name.clone(), format!("{theirs:?}"), format!("{ours:?}")));
            }
        }
        found
    }

    /// A value as the dumps show it; empty for what is empty or not assigned.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Blob(bytes) => BASE64_STANDARD.encode(bytes),
            Value::Timestamp(time) => format!("{} {}", time.to_iso8601(), self.zone_name(*time)),
            value => value.to_text(),
        }
    }

    fn zone_name(&self, time: Timestamp) -> String {
        match (time.kind(), time.zone()) {
            (TimestampKind::Date, _) => "DATE".to_owned(),
            (TimestampKind::Duration, _) => "DURATION".to_owned(),
            (_, Zone::Utc) => "UTC".to_owned(),
            (_, Zone::Floating) => "FLOATING".to_owned(),
            (_, zone) => self.zones.name(zone),
        }
    }
}

fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Array(elements) => elements,
        value => std::slice::from_ref(value),
    }
}

fn dumped(dump: &Json) -> String {
    if dump["empty"] == Json::Bool(true) {
        return String::new();
    }
    let text = match bytes(&dump["str"]) {
        Some(text) => String::from_utf8_lossy(&text).into_owned(),
        None => String::new(),
    };
    match (dump["blob_b64"].as_str(), dump["zone"].as_str()) {
        (Some(blob), _) => blob.to_owned(),
        // A value of a date field is a day, wherever it came from.
        (None, Some(_)) if dump["type"] == "date" => format!("{text} DATE"),
        (None, Some(zone)) => format!("{text} {zone}"),
        _ => text,
    }
}

fn trimmed(mut elements: Vec<String>) -> Vec<String> {
    while elements.last().is_some_and(String::is_empty) {
        elements.pop();
    }
    elements
}

/// Text with what is never the same taken out: who wrote it, boundaries, and DTSTAMP where the clock ran.
fn comparable(text: &str, clock_dependent: bool) -> String {
    let mut text = text.replace(PRODUCT_ID, THEIR_PRODUCT_ID);
    if let Some(boundary) = text.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()) {
        let boundary = boundary.to_owned();
        text = text.replace(&boundary, "BOUNDARY");
    }
    if clock_dependent {
        let lines =
            text.split("\r\n").map(|line| if line.starts_with("DTSTAMP:") { "DTSTAMP:" } else { line });
        text = lines.collect::<Vec<_>>().join("\r\n");
    }
    text
}

/// The other side as the options of a case have it.
fn peer(options: &Json, zones: &Zones) -> Peer {
    let utc = options["remote_can_handle_utc"] != Json::Bool(false);
    Peer { utc, now: Some(Timestamp::from_unix_ms(NOW_MS)), zones: zones.clone(), ..Peer::default() }
}

/// The name of the user's zone. What follows it explains it.
fn user_zone(options: &Json) -> &str {
    let name = options["user_timezone"].as_str().unwrap_or_default();
    name.split_whitespace().next().unwrap_or("UTC")
}

/// The machine that the cases ran on.
struct Machine;

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_unix_ms(NOW_MS)
    }

    fn elapsed_ms(&mut self) -> u64 {
        0
    }

    fn random(&mut self, _: Option<i64>) -> u64 {
        0
    }
}

/// A session in which nothing is known of anything.
struct Idle;

impl Host<SessionCall> for Idle {
    fn call(&mut self, _: SessionCall, _: &[Value], _: &mut ItemPair<'_>) -> Result<Value, String> {
        Ok(Value::Unassigned)
    }
}

impl Host<ItemCall> for Idle {
    fn call(&mut self, _: ItemCall, _: &[Value], _: &mut ItemPair<'_>) -> Result<Value, String> {
        Ok(Value::Unassigned)
    }
}
