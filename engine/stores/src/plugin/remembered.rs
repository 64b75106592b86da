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
/// Under which name what has come of an item is kept as a large value of no item.
pub(super) const PARTIAL_BLOB: &str = "PIStored";

/// Reads admin data; `stored` are the bytes of the partial item.
pub(super) fn parse(data: &[u8], stored: impl FnOnce() -> Vec<u8>) -> Target {
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
    let partial = (number(STATE) != 0).then(|| Partial {
        source: text(SOURCE),
        target: text(TARGET),
        status: small(STATUS),
        total: Some(number(TOTAL)).filter(|total| *total > 0),
        unconfirmed: number(UNCONFIRMED),
        data: if number(STORED_SIZE) > 0 { stored() } else { Vec::new() },
    });
    Target {
        key: String::new(),
        anchor: text(ANCHOR),
        last_sync,
        last_sent: time(LAST_SENT).or(last_sync),
        token: text(TOKEN),
        resume: Resume { alert: small(ALERT), stamp: time(SUSPENDED), partial },
        parts: Vec::new(),
    }
}

/// A target as admin data. Everything is written each time, so that nothing of an earlier session stays.
pub(super) fn write(target: &Target) -> Vec<u8> {
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
    let blob = Parameter { name: b"BLOBID".to_vec(), value: Some(PARTIAL_BLOB.into()) };
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
        assert_eq!(parse(&write(&target), || b"BEGIN".to_vec()), target);
        let none = Target::default();
        assert_eq!(parse(&write(&none), Vec::new), none);
        // As the original writes it.
        let theirs = parse(b"remotesyncanchor:1\nlastsync:20240115T100000Z\n", Vec::new);
        assert_eq!(theirs.last_sent, Some(1_705_312_800_000));
    }
}
