//! Times: any text is one or none, and what is read can be written and read again.

use syncloom_script::time::{IsoStyle, UserContext, allday};
use syncloom_script::{Timestamp, TimestampKind, Zone, Zones};

/// Inputs to begin with.
pub const SEEDS: &[&str] = &[
    "20080715T120000Z",
    "2008-07-15T12:00:00.123456+02:00",
    "20080715",
    "20081332T246199,5-0330",
    "PT1H30M",
    "-P1Y2M3W4DT5H6M7.8S",
    "99991231T235959Z",
    "Tue, 15 Jul 2008 12:00:00 +0200 (CEST)",
    "T16:49:22",
];

/// See [`crate::TARGETS`].
pub fn check(data: &[u8]) {
    let text = crate::text(data);
    for time in [Timestamp::parse(&text), Timestamp::parse_time(&text), Timestamp::parse_rfc822(&text)] {
        let Some(time) = time else { continue };
        written(time);
        let context = UserContext::NonFloating(Zone::Offset(60));
        assert!(allday::all_day_count(time, Some(time), context) <= 1, "{text:?}");
    }
    if let Some((time, length)) = Timestamp::parse_prefix(&text) {
        let head = text.get(..length).unwrap_or_default();
        assert_eq!(Timestamp::parse(head), Some(time), "{head:?}");
        let zones = Zones::default();
        for name in ["CET/CEST", "Pacific/Apia"] {
            let Ok(zone) = zones.find(name) else { continue };
            written(time.in_zone(zone));
            assert!(
                zones.offset_minutes(time.with_zone(zone)).is_some_and(|minutes| minutes.abs() < 26 * 60)
            );
        }
    }
}

fn written(time: Timestamp) {
    let texts = [time.format(IsoStyle::EXTENDED), time.to_iso8601(), time.to_rfc822()];
    assert!(texts.iter().all(|text| (1..100).contains(&text.len())), "{texts:?}");
    let day = time.date_only();
    assert_eq!(day.kind(), TimestampKind::Date);
    assert_eq!(day.date_only(), day);
    if (1..=9999).contains(&time.parts().year) && time.kind() != TimestampKind::Time {
        let read = Timestamp::parse(&texts[0]).map(Timestamp::linear);
        assert_eq!(read, Some(time.linear()), "{}", texts[0]);
    }
}
