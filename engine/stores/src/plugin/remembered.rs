//! What is remembered of a datastore between sessions, as the fields of a plugin's admin data. The names, and what
//! stands in them, are those of the Synthesis engine, so that either goes on from what the other has left.

use syncloom_plugin_api::{Field, Parameter, parse_fields, write_fields};
use syncloom_script::Timestamp;

use crate::traits::{Partial, Resume, Target};

const ANCHOR: &str = "remotesyncanchor";
const LAST_SYNC: &str = "lastsync";
const LAST_SENT: &str = "lasttoremotesync";
const TOKEN: &str = "lasttoremotesyncid";
const ALERT: &str = "resumealertcode";
const SUSPENDED: &str = "lastsuspend";
const STATE: &str = "partialitemstate";
const STATUS: &str = "lastitemstatus";
const SOURCE: &str = "lastsourceURI";
const TARGET: &str = "lasttargetURI";
const TOTAL: &str = "totalsize";
const UNCONFIRMED: &str = "unconfirmedsize";
const STORED_SIZE: &str = "storedsize";
const STORED: &str = "stored";
/// Under which names what has come of an item is kept as a large value of no item. There are two, and the admin data says
/// which one counts: the next value is written beside the one that does, so that the two change together. The first is
/// the Synthesis engine's.
pub(super) const BLOBS: [&str; 2] = ["PIStored", "PIStored2"];

/// Reads admin data; `stored` reads one of [`BLOBS`]. Returns which of them counts, too.
pub(super) fn parse(data: &[u8], stored: impl FnOnce(usize) -> Vec<u8>) -> (Target, usize) {
    let fields = parse_fields(data).unwrap_or_default();
    let text = |name: &str| {
        let field = fields.iter().find(|field| field.name == name.as_bytes());
        let value = field.and_then(|field| field.value.clone()).unwrap_or_default();
        String::from_utf8_lossy(&value).into_owned()
    };
    let number = |name: &str| text(name).trim().parse::<u64>().unwrap_or(0);
    let small = |name: &str| u16::try_from(number(name)).unwrap_or(0);
    let time = |name: &str| Timestamp::parse(&text(name)).map(Timestamp::unix_ms);
    let last_sync = time(LAST_SYNC);
    let named = fields.iter().find(|field| field.name == STORED.as_bytes()).and_then(Field::blob_id);
    let blob = BLOBS.iter().position(|name| named == Some(name.as_bytes())).unwrap_or(0);
    let partial = (number(STATE) != 0).then(|| Partial {
        source: text(SOURCE),
        target: text(TARGET),
        status: small(STATUS),
        total: Some(number(TOTAL)).filter(|total| *total > 0),
        unconfirmed: number(UNCONFIRMED),
        data: if number(STORED_SIZE) > 0 { stored(blob) } else { Vec::new() },
    });
    let lost = partial.as_ref().is_some_and(|partial| partial.data.len() as u64 != number(STORED_SIZE));
    let alert = if lost { 0 } else { small(ALERT) };
    let target = Target {
        key: String::new(),
        anchor: text(ANCHOR),
        last_sync,
        last_sent: time(LAST_SENT).or(last_sync),
        token: text(TOKEN),
        resume: Resume { alert, stamp: time(SUSPENDED), partial: partial.filter(|_| !lost) },
        parts: Vec::new(),
    };
    (target, blob)
}

/// A target as admin data, with the blob that counts. Everything is written each time, so that nothing of an earlier session stays.
pub(super) fn write(target: &Target, blob: usize) -> Vec<u8> {
    let Target { anchor, last_sync, last_sent, token, resume, .. } = target;
    let none = Partial::default();
    let partial = resume.partial.as_ref().unwrap_or(&none);
    let time = |stamp: &Option<i64>| stamp.map(time_text).unwrap_or_default();
    let mut fields = [
        (ANCHOR, anchor.clone()),
        (LAST_SYNC, time(last_sync)),
        (LAST_SENT, time(last_sent)),
        (TOKEN, token.clone()),
        (ALERT, resume.alert.to_string()),
        (SUSPENDED, time(&resume.stamp)),
        (STATE, u8::from(resume.partial.is_some()).to_string()),
        (STATUS, partial.status.to_string()),
        (SOURCE, partial.source.clone()),
        (TARGET, partial.target.clone()),
        (TOTAL, partial.total.unwrap_or(0).to_string()),
        (UNCONFIRMED, partial.unconfirmed.to_string()),
        (STORED_SIZE, partial.data.len().to_string()),
    ]
    .map(|(name, value)| Field::new(name, value))
    .to_vec();
    let blob = Parameter { name: b"BLOBID".to_vec(), value: Some(BLOBS[blob].into()) };
    fields.push(Field { name: STORED.into(), parameters: vec![blob], ..Field::default() });
    write_fields(&fields)
}

/// A stamp in ISO 8601, with milliseconds: our own anchor is made of it, and has to be the same again.
fn time_text(stamp: i64) -> String {
    let time = Timestamp::from_unix_ms(stamp);
    let parts = time.parts();
    let (date, clock) = ((parts.year, parts.month, parts.day), (parts.hour, parts.minute, parts.second));
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}.{:03}Z",
        date.0, date.1, date.2, clock.0, clock.1, clock.2, parts.milli
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back() {
        let partial = Partial {
            source: "a;b:c".into(),
            target: "10001".into(),
            status: 213,
            total: Some(9000),
            unconfirmed: 40,
            data: b"BEGIN".to_vec(),
        };
        let target = Target {
            key: String::new(),
            anchor: "x\ny".into(),
            last_sync: Some(1_705_312_800_123),
            last_sent: Some(1_705_312_799_000),
            token: "20240115T095959Z".into(),
            resume: Resume { alert: 201, stamp: Some(1_705_312_800_456), partial: Some(partial) },
            parts: Vec::new(),
        };
        let stored = |blob: usize| if blob == 1 { b"BEGIN".to_vec() } else { Vec::new() };
        assert_eq!(parse(&write(&target, 1), stored), (target.clone(), 1));
        // What is stored is not what has been remembered: the session is not taken up.
        let (other, _) = parse(&write(&target, 0), stored);
        assert_eq!(other.resume, Resume { alert: 0, partial: None, ..target.resume });
        let none = Target::default();
        assert_eq!(parse(&write(&none, 0), stored), (none, 0));
        // As the original writes it.
        let (theirs, _) = parse(b"remotesyncanchor:1\nlastsync:20240115T100000Z\n", stored);
        assert_eq!(theirs.last_sent, Some(1_705_312_800_000));
    }
}
