//! The dates of mail: `Tue, 15 Jul 2008 12:00:00 +0200` (RFC 822, RFC 5322 section 3.3 with its obsolete forms).
//!
//! Not its job: the rest of a header. Comments in parentheses are skipped; folding is undone before.

use super::calendar::weekday;
use super::iso8601::offset_from_text;
use super::zones::Zone;
use super::{DAY_MS, Parts, Timestamp};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/// The zones that RFC 822 names, in hours east of UTC.
const NAMES: [(&str, i16); 12] = [
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

impl Timestamp {
    /// Reads the date of a mail. The weekday, the seconds and the zone may be missing; without a zone, and
    /// with one that nobody knows, it is UTC (RFC 5322 section 4.3). `None` for anything else.
    pub fn parse_rfc822(text: &str) -> Option<Timestamp> {
        let text = without_comments(text);
        let text = text.split_once(',').map_or(text.as_str(), |(_, rest)| rest);
        let mut words = text.split_ascii_whitespace().flat_map(|word| {
            // `15-Jul-2008` is seen too; an offset keeps its sign.
            let dashes = word.contains(|c: char| c.is_ascii_alphabetic()) && word.contains('-');
            word.split(move |c| dashes && c == '-').filter(|word| !word.is_empty())
        });
        let mut word = words.next()?;
        if DAYS.iter().any(|day| starts_with(word, day)) {
            word = words.next()?;
        }
        let day = number(word)?;
        let month = words.next()?;
        let month = MONTHS.iter().position(|name| starts_with(month, name))? + 1;
        let year = words.next()?;
        let year = match (year.len(), number(year)?) {
            (1 | 2, year @ 0..=49) => 2000 + year,
            (1..=3, year) => 1900 + year,
            (_, year) => year,
        };
        let mut clock = words.next().unwrap_or("00:00").splitn(3, ':').map(number);
        let (hour, minute) = (clock.next()??, clock.next()??);
        let second = clock.next().unwrap_or(Some(0))?;
        if !(1..=31).contains(&day) || hour > 24 || minute > 59 || second > 60 || year > 9999 {
            return None;
        }
        let month = i64::try_from(month).ok()?;
        let zone = words.next().map_or(Zone::Utc, zone);
        Some(Timestamp::from_parts(Parts { year, month, day, hour, minute, second, milli: 0 }, zone))
    }

    /// The date of a mail: in the timestamp's own zone with its offset; what floats is written as UTC.
    pub fn to_rfc822(self) -> String {
        let parts = self.parts();
        let offset = self.offset_seconds().unwrap_or(0) / 60;
        let sign = if offset < 0 { '-' } else { '+' };
        let name = |names: &[&'static str], index: i64| {
            usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("")
        };
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} {sign}{:02}{:02}",
            name(&DAYS, weekday(self.linear().div_euclid(DAY_MS))),
            parts.day,
            name(&MONTHS, parts.month - 1),
            parts.year,
            parts.hour,
            parts.minute,
            parts.second,
            offset.abs() / 60,
            offset.abs() % 60,
        )
    }
}

fn zone(word: &str) -> Zone {
    if let Some((_, hours)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
        return if *hours == 0 { Zone::Utc } else { Zone::Offset(hours * 60) };
    }
    match offset_from_text(word) {
        // RFC 5322 section 3.3: the time is in UTC, and says nothing of where it was written.
        Some(0) | None => Zone::Utc,
        Some(minutes) => Zone::Offset(minutes),
    }
}

fn without_comments(text: &str) -> String {
    let mut depth = 0u32;
    let outside = |c: &char| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(outside).collect()
}

fn starts_with(word: &str, name: &str) -> bool {
    word.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
}

fn number(word: &str) -> Option<i64> {
    let digits = word.trim();
    (digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_mails() {
        for (text, iso, back) in [
            ("Tue, 15 Jul 2008 12:00:00 +0200", "20080715T120000+02", "Tue, 15 Jul 2008 12:00:00 +0200"),
            ("15 Jul 08 12:00 EST", "20080715T120000-05", "Tue, 15 Jul 2008 12:00:00 -0500"),
            (
                "Tue, 15 Jul 2008 12:00:00 -0330 (NST)",
                "20080715T120000-0330",
                "Tue, 15 Jul 2008 12:00:00 -0330",
            ),
            ("Fri, 1-Feb-1980 00:00:01 GMT", "19800201T000001Z", "Fri, 01 Feb 1980 00:00:01 +0000"),
            ("Tue 15 july 2008 23:59:60", "20080716T000000Z", "Wed, 16 Jul 2008 00:00:00 +0000"),
        ] {
            let time = Timestamp::parse_rfc822(text).unwrap_or_else(|| panic!("{text} reads as no time"));
            assert_eq!((time.to_iso8601().as_str(), time.to_rfc822().as_str()), (iso, back), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "Tue", "Tue, 15", "15 Foo 2008 12:00", "0 Jan 2008 12:00", "1 Jan 2008 12", "((((", "é é é"]
        {
            assert_eq!(Timestamp::parse_rfc822(text), None, "{text}");
        }
    }
}
