//! What a peer sends back of an item of ours that it has not changed: our values as they look once they have been said
//! in its dialect and its character set. Where that says less than we have, what comes back is no change of the peer's,
//! and ours stays.
//!
//! Not its job: what the peer never gets of an item, or only the beginning of it (`held`,
//! `syncloom_script::Comparer`): nothing of that comes back.

use syncloom_config::{Conversion, MimeMode};
use syncloom_script::{FieldId, Item, Value, equal_values};

use crate::mime::MimeCodec;
use crate::note::NoteKind;
use crate::peer::Peer;
use crate::plan::targets;

/// Up to how many pairs of elements two lists are searched for ones that moved: more than any entry has.
const MAX_PAIRS: usize = 1_000_000;

/// Whether an item may come back such that it has to be looked for in another shape than ours: what is left out in
/// the dialect, and letters that became others. The standard dialect in UTF-8 says all that fields hold.
pub(crate) fn may_differ(mode: Option<MimeMode>, peer: &Peer) -> bool {
    mode == Some(MimeMode::Old) || peer.output_charset.is_some()
}

/// Whether a value comes back as another one where writing it says this.
pub(crate) fn is_lossy(kind: &NoteKind) -> bool {
    matches!(kind, NoteKind::NotWritable(_) | NoteKind::NotInCharset(_) | NoteKind::ReplacedInParameter(_))
}

/// The fields that are one value together: half a recurrence rule of ours and half of theirs are no rule.
pub(crate) fn blocks(codec: &MimeCodec) -> Vec<Vec<FieldId>> {
    let values = codec.plan.properties.iter().flat_map(|plan| &plan.values);
    values.filter(|map| map.conversion == Conversion::RRule).map(|map| targets(map)).collect()
}

/// Gives an item of the peer's our values where it has what comes back of them.
pub(crate) fn restore(item: &mut Item, ours: &Item, echo: &Item, blocks: &[Vec<FieldId>]) {
    let view = Echo { ours, echo };
    for block in blocks {
        if block.iter().all(|field| view.came_back(item, *field)) {
            block.iter().for_each(|field| view.put_back(item, *field));
        }
    }
    let list = ours.list().clone();
    for (field, _) in list.iter().filter(|(field, _)| !blocks.iter().any(|block| block.contains(field))) {
        if view.came_back(item, field) {
            view.put_back(item, field);
        } else {
            view.put_elements_back(item, field);
        }
    }
}

/// An item of ours, and what comes back of it.
struct Echo<'i> {
    ours: &'i Item,
    echo: &'i Item,
}

impl Echo<'_> {
    /// Whether a field of an item has what comes back of ours.
    fn came_back(&self, item: &Item, field: FieldId) -> bool {
        let (came, echo) = (item.get(field), self.echo.get(field));
        came.is_assigned() && echo.is_assigned() && self.same(field, came, echo)
    }

    fn same(&self, field: FieldId, came: &Value, echo: &Value) -> bool {
        let kind = self.ours.list().get(field).map(|field| field.kind);
        kind.is_some_and(|kind| equal_values(came, echo, kind, None))
    }

    /// Sets a field to our value, where another one comes back of it: what comes back as it went may have been
    /// written anew by the peer.
    fn put_back(&self, item: &mut Item, field: FieldId) {
        let (ours, echo) = (self.ours.get(field), self.echo.get(field));
        if ours.is_assigned() && ours != echo {
            item.set(field, ours.clone());
        }
    }

    /// The same for the elements of a list of which others have changed. Each is looked for in its own place first, as
    /// others before it may have been deleted.
    fn put_elements_back(&self, item: &mut Item, field: FieldId) {
        let (Value::Array(came), Value::Array(ours), Value::Array(echo)) =
            (item.get(field), self.ours.get(field), self.echo.get(field))
        else {
            return;
        };
        if ours == echo {
            return;
        }
        let everywhere = came.len().saturating_mul(echo.len()) <= MAX_PAIRS;
        let mut free = vec![true; echo.len().min(ours.len())];
        let mut restored = came.clone();
        for (place, element) in restored.iter_mut().enumerate() {
            let others = 0..if everywhere && !element.is_empty() { free.len() } else { 0 };
            let mut places = std::iter::once(place).chain(others);
            let is_it =
                |place: &usize| free.get(*place) == Some(&true) && self.same(field, element, &echo[*place]);
            let Some(found) = places.find(is_it) else { continue };
            free[found] = false;
            if ours[found] != echo[found] {
                element.clone_from(&ours[found]);
            }
        }
        item.set(field, Value::Array(restored));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use syncloom_config::{BaseType, Charset, DataType};
    use syncloom_script::{FieldType, Zone};

    use super::*;
    use crate::Codec;
    use crate::testing::{self, Builder, array, texts};

    /// A series with a start in a zone, a rule of five fields before it, a note and categories.
    fn events() -> Arc<DataType> {
        let list = testing::fields(
            "events",
            &[
                "FREQ",
                "INTERVAL:integer",
                "FMASK:integer",
                "LMASK:integer",
                "END:timestamp",
                "START:timestamp",
                "NOTE:multiline",
                "GROUPS[]",
            ],
        );
        Builder::new(list, "VEVENT")
            .converted("RRULE", Some("FREQ"), Conversion::RRule)
            .property("DTSTART", &["START"], |_, _| {})
            .property("NOTE", &["NOTE"], |_, _| {})
            .property("GROUP", &["GROUPS"], |_, property| property.positions.push(array(1)))
            .build(BaseType::MimeDir, "1.0", MimeMode::Old)
    }

    /// An item with these fields. Times are on the clock of Berlin.
    fn item(datatype: &Arc<DataType>, values: &[(&str, &str)]) -> Item {
        let mut item = Item::new(Arc::clone(datatype.fields()));
        for (id, field) in datatype.fields().iter() {
            item.set(id, if field.array { Value::Array(Vec::new()) } else { Value::Empty });
        }
        let peer = Peer::default();
        let berlin = peer.zones.find("Europe/Berlin").unwrap();
        for (name, text) in values {
            let id = item.list().find(name).unwrap();
            let kind = item.list().get(id).unwrap().kind;
            match Value::from_text(text, kind) {
                Value::Timestamp(time) if kind == FieldType::Timestamp => {
                    item.set(id, Value::Timestamp(time.with_zone(berlin)));
                }
                _ if item.is_array(id) => {
                    let elements = text.split(',').map(|part| Value::Text(part.into())).collect();
                    item.set(id, Value::Array(elements));
                }
                value => item.set(id, value),
            }
        }
        item
    }

    /// What becomes of our item when it comes back with these lines in the place of others.
    fn back(peer: &Peer, values: &[(&str, &str)], changes: &[(&str, &str)]) -> Item {
        let datatype = events();
        let codec = Codec::new(Arc::clone(&datatype));
        let ours = item(&datatype, values);
        let encoded = codec.encode(&ours, peer, None);
        let mut text: String = encoded.data.iter().map(|byte| char::from(*byte)).collect();
        for (from, to) in changes {
            assert!(text.contains(from), "{from:?} is not in {text}");
            text = text.replace(from, to);
        }
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let mut came = codec.decode(&bytes, peer).unwrap().item;
        codec.restore_echo(&mut came, &ours, peer);
        came
    }

    const RULE: [(&str, &str); 3] = [("FREQ", "YD"), ("INTERVAL", "2"), ("FMASK", "5")];

    #[test]
    fn the_zone_of_a_time_stays() {
        let zone = |item: &Item| match item.get(item.list().find("START").unwrap()) {
            Value::Timestamp(time) => (time.to_utc().to_iso8601(), time.zone() == Zone::Utc),
            value => panic!("{value:?}"),
        };
        let values = [("START", "20240306T180000")];
        let peer = Peer::default();
        let same = back(&peer, &values, &[("END:VEVENT", "NOTE:new\r\nEND:VEVENT")]);
        assert_eq!(zone(&same), ("20240306T170000Z".to_owned(), false));
        assert_eq!(texts(&same, "NOTE"), ["new"]);
        let moved = back(&peer, &values, &[("T170000Z", "T180000Z")]);
        assert_eq!(zone(&moved), ("20240306T180000Z".to_owned(), true));
    }

    #[test]
    fn a_rule_stays_or_goes_as_a_whole() {
        let fields = |item: &Item| ["FREQ", "INTERVAL", "FMASK"].map(|name| texts(item, name).concat());
        let peer = Peer::default();
        let same = back(&peer, &RULE, &[]);
        assert_eq!(fields(&same), ["YD", "2", "5"]);
        // An interval of ours would make every second day of every day.
        let theirs = back(&peer, &RULE, &[("END:VEVENT", "RRULE:D1 #0\r\nEND:VEVENT")]);
        assert_eq!(fields(&theirs), ["D ", "1", "0"]);
    }

    #[test]
    fn elements_stay_where_others_of_their_list_change() {
        let peer = Peer { output_charset: Some(Charset::Latin1), bytes: true, ..Peer::default() };
        let groups = |changes: &[(&str, &str)]| {
            texts(&back(&peer, &[("GROUPS", "Łódź,Kraków,Gdańsk")], changes), "GROUPS")
        };
        assert_eq!(groups(&[]), ["Łódź", "Kraków", "Gdańsk"]);
        assert_eq!(groups(&[("Gdansk", "Berlin")]), ["Łódź", "Kraków", "Berlin"]);
        let line = "GROUP;CHARSET=ISO-8859-1:Lódz\r\n";
        assert_eq!(groups(&[(line, "")]), ["Kraków", "Gdańsk"]);
        assert_eq!(
            groups(&[(line, ""), ("END:V", "GROUP;CHARSET=ISO-8859-1:Lódz\r\nEND:V")]),
            ["Kraków", "Gdańsk", "Łódź"]
        );
    }

    #[test]
    fn an_item_is_looked_for_in_another_form_where_there_is_one() {
        let datatype = events();
        let codec = Codec::new(Arc::clone(&datatype));
        let latin = Peer { output_charset: Some(Charset::Latin1), bytes: true, ..Peer::default() };
        for (values, peer, note) in [
            (&[("NOTE", "Łódź")][..], &latin, Some("Lódz")),
            (&[("NOTE", "Grüße")], &latin, None),
            (&[("NOTE", "Łódź")], &Peer::default(), None),
            (&RULE, &Peer::default(), Some("")),
        ] {
            let echo = codec.differing_echo(&item(&datatype, values), peer);
            assert_eq!(echo.as_ref().map(|echo| texts(echo, "NOTE").concat()).as_deref(), note, "{values:?}");
            assert!(echo.is_none_or(|echo| texts(&echo, "FREQ").concat().is_empty()));
        }
    }
}
