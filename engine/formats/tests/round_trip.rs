//! Every MIME-DIR datatype of the reference config and of our own: generated items are written, read and written again,
//! and the two texts are the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::sync::Arc;

use support::Random;
use support::config::{everything, reference, without_zones};
use syncloom_config::{
    Conversion, DataType, EnumMode, Member, MimeMode, Profile, ProfileUse, Selector, ValueMap,
};
use syncloom_formats::{Codec, Peer};
use syncloom_script::{FieldId, FieldType, Item, Timestamp, Value, Zone, Zones};

const PIECES: [&str; 20] = [
    "a",
    "Muster",
    " ",
    "\n",
    ";",
    ",",
    "\\",
    "\\n",
    "=",
    "=3D",
    ":",
    "日本語",
    "太郎",
    "مرحبا",
    "😀",
    "ü",
    "\t",
    "'",
    "http://x.example/?a=b&c=d;e",
    "wordsthatgoonandonandonwithoutanyblankwhatsoeverinthem",
];
/// Names of which each is the first of its rule: reading a definition finds the zone by its rule.
const ZONES: [&str; 4] = ["UTC", "CET/CEST", "EST/EDT", "India"];
/// Rules as their fields: code, interval, first mask, last mask.
const RULES: [(&str, i64, i64, i64); 6] = [
    ("D ", 3, 0, 0),
    ("WW", 2, 0b010_1010, 0),
    ("MD", 1, 1 << 14, 1),
    ("MW", 1, 1 << 16, 0),
    ("MW", 12, 0, 1 << 5),
    ("YM", 1, 1 << 6, 0),
];

#[test]
fn our_own_datatypes() {
    everything().into_iter().for_each(|datatype| round_trips(datatype, 300));
}

#[test]
fn the_datatypes_of_the_reference_config() {
    let Some(datatypes) = reference() else { return };
    datatypes.into_iter().for_each(|datatype| round_trips(datatype, 300));
}

fn round_trips(datatype: Arc<DataType>, rounds: usize) {
    let ProfileUse::Mime(profile) = datatype.profile.clone() else { return };
    let mut maps = Maps::default();
    maps.add(&profile.root);
    let codec = Codec::new(datatype);
    let mut random = Random::new(4711);
    for round in 0..rounds {
        let peer = Peer { utc: true, now: Timestamp::parse("20120615T120000Z"), ..Peer::default() };
        let item = maps.item(&codec, &mut random, profile.unknowns);
        let first = written(&codec, &item, &peer);
        let parsed =
            codec.parse(first.as_bytes(), &peer).unwrap_or_else(|error| panic!("{error} in\n{first}"));
        let peer = Peer { zones: parsed.zones, ..peer };
        let second = written(&codec, &parsed.item, &peer);
        let (one, two) = (without_zones(&first), without_zones(&second));
        let differing = one.lines().zip(two.lines()).find(|(one, two)| one != two);
        let name = &codec.datatype().name;
        assert!(one == two, "{name}, round {round}: {differing:?}\nof\n{first}\nand\n{second}");
        let parsed = codec.parse(second.as_bytes(), &peer).unwrap();
        assert_eq!(written(&codec, &parsed.item, &Peer { zones: parsed.zones, ..peer }), second);
    }
}

fn written(codec: &Codec, item: &Item, peer: &Peer) -> String {
    let mut out = Vec::new();
    codec.generate(item, peer, &mut out);
    String::from_utf8(out).unwrap()
}

/// What a profile says of its fields.
#[derive(Default)]
struct Maps {
    /// The values that a field may have, where the profile knows no others.
    allowed: Vec<(FieldId, Vec<String>)>,
    /// The components that a field chooses from, with the fields in each.
    selectors: Vec<(FieldId, String, Vec<FieldId>)>,
    /// Where a rule begins.
    rules: Vec<FieldId>,
}

impl Maps {
    fn add(&mut self, profile: &Profile) {
        if let Some(Selector { field, value }) = profile.selector.as_ref().filter(|one| !one.value.is_empty())
        {
            self.selectors.push((*field, value.clone(), fields_of(profile)));
        }
        for member in &profile.members {
            match member {
                Member::Profile(inner) => self.add(inner),
                Member::Property(property) => {
                    let parameters = property.parameters.iter().filter_map(|one| one.value.as_ref());
                    property.values.iter().chain(parameters).for_each(|map| self.add_map(map));
                }
            }
        }
    }

    fn add_map(&mut self, map: &ValueMap) {
        let Some(field) = map.field else { return };
        if map.conversion == Conversion::RRule {
            self.rules.push(field);
        }
        if map.conversion != Conversion::MultiMix && !map.enums.is_empty() {
            let translated = map.enums.iter().filter(|rule| rule.mode == EnumMode::Translate);
            self.allowed.push((field, translated.map(|rule| rule.value.clone()).collect()));
        }
    }

    fn item(&self, codec: &Codec, random: &mut Random, unknowns: Option<FieldId>) -> Item {
        let list = codec.datatype().fields().clone();
        let mut item = Item::new(list.clone());
        // Times of one item are all in zones, or none is: what has no zone is in that of the item where it has one.
        let zone = Zones::default().find(random.pick(&ZONES)).unwrap();
        let zone = if random.below(4) == 0 { Zone::Floating } else { zone };
        for (id, field) in list.iter().filter(|(id, _)| Some(*id) != unknowns) {
            let most = if random.below(9) == 0 { 30 } else { 3 };
            let count = random.below(if field.array { most } else { 2 });
            for index in 0..count {
                // The old dialect has no days: one is a local time there, and belongs to the zone of the item.
                let has_days = zone == Zone::Floating || codec.datatype().mode == MimeMode::Standard;
                let value = self.value(id, field.kind, (zone, has_days), random);
                item.set_at(id, index, value);
            }
        }
        for first in &self.rules {
            self.rule(*first, zone, random, &mut item);
        }
        if !self.selectors.is_empty() {
            let (selector, value, chosen) = &self.selectors[random.below(self.selectors.len())];
            let others = self.selectors.iter().flat_map(|(_, _, fields)| fields);
            others
                .filter(|field| !chosen.contains(field))
                .for_each(|field| item.set(*field, Value::Unassigned));
            item.set(*selector, Value::from_text(value, list.get(*selector).unwrap().kind));
        }
        if let Some(field) = unknowns.filter(|_| random.below(2) == 0) {
            item.set(
                field,
                Value::Text("+X-OURS;P=\"a;b\":grüße\\nund\\, mehr\n+X-DATA;ENCODING=B:SGVsbG8=".into()),
            );
        }
        item
    }

    fn value(
        &self,
        id: FieldId,
        kind: FieldType,
        (zone, has_days): (Zone, bool),
        random: &mut Random,
    ) -> Value {
        if let Some((_, allowed)) = self.allowed.iter().find(|(field, _)| *field == id) {
            let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
            return if allowed.is_empty() {
                Value::Empty
            } else {
                Value::from_text(random.pick(&allowed), kind)
            };
        }
        match kind {
            FieldType::Integer => Value::Integer(i64::try_from(random.below(64)).unwrap()),
            FieldType::Timestamp => match random.below(8) {
                0 if has_days => Value::Timestamp(time(random, zone).date_only()),
                _ => Value::Timestamp(time(random, zone)),
            },
            FieldType::Date => Value::Timestamp(time(random, zone).date_only()),
            FieldType::Blob => Value::Blob((0..random.below(300)).map(|_| random.next() as u8).collect()),
            kind => {
                let text: String = (0..random.below(20)).map(|_| random.pick(&PIECES)).collect();
                Value::from_text(&text, kind)
            }
        }
    }

    fn rule(&self, first: FieldId, zone: Zone, random: &mut Random, item: &mut Item) {
        let field = |place: i32| first.offset(place).unwrap();
        (0..5).for_each(|place| item.set(field(place), Value::Empty));
        let Value::Timestamp(start) = *item.get(field(5)) else { return };
        if random.below(2) == 0 {
            return;
        }
        let (code, interval, first_mask, last_mask) = RULES[random.below(RULES.len())];
        // In vCalendar 1.0 the day of the start is one of the days of the week.
        let first_mask = if code == "WW" { first_mask | 1 << start.weekday() } else { first_mask };
        item.set(field(0), Value::Text(code.into()));
        for (place, number) in [(1, interval), (2, first_mask), (3, last_mask)] {
            item.set(field(place), Value::Integer(number));
        }
        if random.below(2) == 0 {
            item.set(field(4), Value::Timestamp(start.plus(86_400_000 * 90).with_zone(zone)));
        }
    }
}

/// A time of some year, at a full minute that no clock is changed at.
fn time(random: &mut Random, zone: Zone) -> Timestamp {
    let minutes = i64::try_from(random.below(2 * 365 * 24 * 60)).unwrap();
    let time = Timestamp::parse("20080101T000000").unwrap().plus(minutes * 60_000).with_zone(zone);
    if time.to_utc().in_zone(zone) == time { time } else { time.plus(7_200_000) }
}

/// Every field of a component, with those of the block of a rule.
fn fields_of(profile: &Profile) -> Vec<FieldId> {
    let mut fields = Vec::new();
    for member in &profile.members {
        match member {
            Member::Profile(inner) => fields.extend(fields_of(inner)),
            Member::Property(property) => {
                let parameters = property.parameters.iter().filter_map(|one| one.value.as_ref());
                for map in property.values.iter().chain(parameters) {
                    let count = if map.conversion == Conversion::RRule { 5 } else { 1 };
                    fields.extend((0..count).filter_map(|place| map.field?.offset(place)));
                }
            }
        }
    }
    fields
}
