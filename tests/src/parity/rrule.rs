//! Recurrence rules: text to block to text, and the occurrences of it, as the original answers them.
//!
//! A case is the text of a rule (mode 1: vCalendar 1.0, mode 2: iCalendar) or a block (mode i), with a start. What
//! is compared: the block, both texts, the first occurrences asked for by number and by walking, and the counts.
//!
//! Not its job: the log lines of a case.

use serde_json::{Value as Json, json};
use syncloom_script::recurrence::{Block, Frequency, Modifier, Refused, Series, ical, vcal1};
use syncloom_script::time::{DAY_MS, Timestamp, TimestampKind, Zone, Zones};

use super::Verdict;

/// Runs a case: its input, and the recorded output.
pub fn run(input: &Json, output: &Json) -> Verdict {
    let Some(case) = Case::parse(input) else {
        return Verdict::Differs {
            wanted: output.to_string(),
            got: "a case that is not understood".to_owned(),
        };
    };
    let got = case.answer();
    let differing: Vec<&str> = if output.get("hang").is_some() {
        vec!["hang"]
    } else if output["parsed"] != got["parsed"] {
        vec!["parsed"]
    } else {
        let keys = output.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        keys.filter(|key| *key != "log" && output[*key] != got[*key]).collect()
    };
    if differing.is_empty() {
        return Verdict::Equal;
    }
    let rows: Vec<&Row> = ROWS.iter().filter(|row| (row.applies)(&case)).collect();
    let argued = |key: &&str| rows.iter().any(|row| row.keys.contains(key));
    match rows.iter().find(|row| row.keys.contains(&differing[0])) {
        Some(row) if differing.iter().all(argued) => Verdict::OnPurpose(row.why),
        _ => {
            let pick = |from: &Json| {
                differing.iter().map(|key| format!("{key}: {}", from[*key])).collect::<Vec<_>>()
            };
            Verdict::Differs { wanted: pick(output).join(", "), got: pick(&got).join(", ") }
        }
    }
}

/// Why the rule of an item, in one of the dialects, may become another one. `mode` is 1 for vCalendar, 2 for iCalendar.
pub(super) fn reason(mode: &str, rule: &str, start: &str) -> Option<&'static str> {
    let input = json!({"mode": mode, "start": start, "rrule": rule, "newstart": mode == "2"});
    let case = Case::parse(&input)?;
    let about_text =
        |row: &&Row| row.keys.iter().any(|key| ["hang", "parsed", "rrule1", "rrule2"].contains(key));
    ROWS.iter().filter(about_text).find(|row| (row.applies)(&case)).map(|row| row.why)
}

/// A difference on purpose.
struct Row {
    why: &'static str,
    /// What of the answer may differ; `parsed` is all of it.
    keys: &'static [&'static str],
    /// Whether a case is of this kind, by its input.
    applies: fn(&Case) -> bool,
}

const OCCURRENCES: &[&str] = &["occurrences_bycount", "occurrences_expand", "count"];

const ROWS: &[Row] = &[
    // There is no 32nd day and no 13th month. The original looks for it forever, here or when the rule is expanded.
    Row {
        why: "a day or month that no calendar has is refused; the original looks for it forever",
        keys: &["hang", "parsed"],
        applies: |case| case.block.is_none() && case.has_impossible_element(),
    },
    // The grammar of vCalendar 1.0 has LD for the last day of a month, and an end date behind the count. What comes
    // first ends the rule there; the original looks at nothing behind the count.
    Row {
        why: "LD and an end date behind the count are read, as the vCalendar grammar has them",
        keys: EVERYTHING,
        applies: |case| {
            let behind =
                case.rule.split_once('#').and_then(|(_, behind)| behind.split_ascii_whitespace().nth(1));
            let last_day = case.rule.split_ascii_whitespace().any(|word| word == "LD");
            case.mode == Mode::VCalendar && (last_day || behind.and_then(Timestamp::parse).is_some())
        },
    },
    // The original says that it understood the rule and hands out "does not recur", so a series becomes one event and
    // nobody keeps the rule. Without a day of the year (YD1) it is understood by both.
    Row {
        why: "a vCalendar rule by days of the year, or of an unknown letter, is refused; the original makes it one event",
        keys: &["parsed"],
        applies: |case| {
            let list = case.rule.split('#').next().unwrap_or_default();
            let by_year_day = list.starts_with("YD") && list.split_ascii_whitespace().nth(1).is_some();
            let unknown = |letter: char| letter.is_ascii_alphabetic() && !matches!(letter, 'P' | 'D');
            let unknown = list.strip_prefix('M').is_some_and(|rest| rest.starts_with(unknown));
            case.block.is_none() && case.mode == Mode::VCalendar && (by_year_day || unknown)
        },
    },
    // Weekly and monthly rules with BYMONTH are refused; of daily rules the original drops it, and every day in January
    // becomes every day.
    Row {
        why: "a daily rule with BYMONTH is refused; the original drops the BYMONTH",
        keys: &["parsed"],
        applies: |case| case.block.is_none() && case.is("DAILY") && case.part("BYMONTH").is_some(),
    },
    // Every second day, if it is a Monday, is no rule that a block of weeks can hold.
    Row {
        why: "a daily rule with BYDAY is taken as a weekly one only if it is about every day",
        keys: &["parsed"],
        applies: |case| {
            case.block.is_none()
                && case.is("DAILY")
                && case.has_any(&["BYDAY"])
                && case.part("INTERVAL").is_some_and(|n| n != "1")
        },
    },
    // The original stops at an empty part, and a rule with an end behind it never ends.
    Row {
        why: "parts behind an empty part count; the original drops them",
        keys: WITH_THE_END,
        applies: |case| case.mode == Mode::ICalendar && case.rule.contains(";;"),
    },
    // The original keeps counts in 16 bits and ends a series of 70,000 after 4,464 occurrences.
    Row {
        why: "a count can be larger than 16 bits hold; the original cuts it",
        keys: WITH_THE_END,
        applies: |case| {
            case.part("COUNT").and_then(|count| count.parse().ok()).is_some_and(|count: i64| count > 0x7fff)
        },
    },
    // The block has a mask of months for this (manual 10.6). The original writes such rules from vCalendar's YM and
    // from blocks, but refuses what it has written when it comes back, unless it names the start's month alone.
    Row {
        why: "a yearly rule with BYMONTH alone is taken; the original refuses what it writes itself",
        keys: &["parsed"],
        applies: |case| {
            let months = case.part("BYMONTH").is_some_and(|months| {
                months.split(',').all(|month| month.parse().is_ok_and(|month: u32| (1..=12).contains(&month)))
            });
            case.block.is_some() && case.is("YEARLY") && months && !case.has_any(&["BYDAY", "BYMONTHDAY"])
        },
    },
    // Every Monday of the year is no yearly event. The original refuses it for a start on any other weekday, and for a
    // start on a Monday makes it one day a year.
    Row {
        why: "a yearly rule with BYDAY but no BYMONTH is refused; the original drops the BYDAY",
        keys: &["parsed"],
        applies: |case| {
            case.block.is_none()
                && case.is("YEARLY")
                && case.part("BYDAY").is_some()
                && case.part("BYMONTH").is_none()
        },
    },
    // The original looks from the day of the month of the old start on, and loses the first occurrence if that is
    // earlier in its month. For years from the start's month on nothing else can differ.
    Row {
        why: "a moved start is the first occurrence after the old one; the original can pass over it",
        keys: &[
            "newstart",
            "until",
            "rrule1",
            "rrule2",
            "occurrences_bycount",
            "occurrences_expand",
            "count",
            "count_intervals",
        ],
        applies: |case| {
            case.moves && case.is("YEARLY") && case.has_any(&["BYDAY"]) && case.has_any(&["BYMONTH"])
        },
    },
    // The original has no text, and the series is lost in vCalendar. MD and YM without a list are the day of the start.
    Row {
        why: PLAIN_HAS_TEXT,
        keys: &["rrule1"],
        applies: |case| case.block.is_some_and(|(block, _)| is_plain_long(&block)),
    },
    // "1MO,TU" is the first Monday and every Tuesday to any reader, the original among them.
    Row {
        why: "each weekday of a month is written with its number; the original numbers the first of a week only",
        keys: &["rrule2"],
        applies: |case| {
            case.block.is_some_and(|(block, _)| {
                let crowded = |mask: u64| (0..5).any(|week| (mask >> (week * 7) & 0x7f).count_ones() > 1);
                block.modifier == Modifier::Weekday
                    && block.frequency == Frequency::Monthly
                    && (crowded(block.first_mask) || crowded(block.last_mask))
            })
        },
    },
    // The 31st of June: the original gives the same January day over and over, or first days of other months.
    Row {
        why: NEVER_HAS_THE_DAY,
        keys: OCCURRENCES,
        applies: |case| case.block.is_some_and(|(block, start)| never_has_the_day(&block, start)),
    },
    // Asked for by number the original answers the 1st of March, by walking the next leap year's 29th of February.
    Row {
        why: ON_LEAP_DAY,
        keys: &["occurrences_bycount", "count"],
        applies: |case| case.block.is_some_and(|(block, start)| is_on_leap_day(&block, start)),
    },
    // The manual knows 0, D, W, M and Y. The original has no occurrence by number, one by walking, and counts none.
    Row {
        why: "a frequency that the manual does not know is an error; the original's answers contradict each other",
        keys: &["occurrences_expand", "count", "count_intervals"],
        applies: |case| case.mode == Mode::Block && case.block.is_none(),
    },
];

// Scripts ask for the same (`script_rules`).

pub(super) const PLAIN_HAS_TEXT: &str =
    "monthly and yearly rules on the day of the start have a vCalendar text; the original has none";
pub(super) const NEVER_HAS_THE_DAY: &str = "a yearly rule whose months never have the day of the start has no occurrences; the original's are of no month named";
pub(super) const ON_LEAP_DAY: &str = "a yearly rule on the 29th of February has its occurrences in leap years; the original says so only when it walks";

/// Monthly or yearly, and nothing but the start says which day.
pub(super) fn is_plain_long(block: &Block) -> bool {
    matches!(block.frequency, Frequency::Monthly | Frequency::Yearly) && block.modifier == Modifier::Plain
}

/// Yearly, in months that are all too short for the day of the start.
pub(super) fn never_has_the_day(block: &Block, start: Timestamp) -> bool {
    let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let selected = |month: &(usize, i64)| block.first_mask >> month.0 & 1 == 1;
    block.frequency == Frequency::Yearly
        && block.modifier == Modifier::Month
        && block.first_mask & 0xfff != 0
        && longest.into_iter().enumerate().filter(selected).all(|(_, days)| days < start.parts().day)
}

/// Yearly on the day of the start, which most years don't have.
pub(super) fn is_on_leap_day(block: &Block, start: Timestamp) -> bool {
    let parts = start.parts();
    block.frequency == Frequency::Yearly
        && block.modifier != Modifier::Month
        && (parts.month, parts.day) == (2, 29)
}

const EVERYTHING: &[&str] = &[
    "parsed",
    "freq",
    "freqmod",
    "interval",
    "firstmask",
    "lastmask",
    "until",
    "rrule1",
    "rrule2",
    "occurrences_bycount",
    "occurrences_expand",
    "count",
    "count_intervals",
];
const WITH_THE_END: &[&str] =
    &["until", "rrule1", "rrule2", "occurrences_bycount", "occurrences_expand", "count", "count_intervals"];

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    VCalendar,
    ICalendar,
    Block,
}

/// A case, and what is made of its rule.
struct Case<'a> {
    input: &'a Json,
    mode: Mode,
    rule: &'a str,
    start: Timestamp,
    /// Whether the start may be moved.
    moves: bool,
    /// The block of the rule with the start that it is about.
    block: Option<(Block, Timestamp)>,
}

impl<'a> Case<'a> {
    fn parse(input: &'a Json) -> Option<Case<'a>> {
        let start = Timestamp::parse(input["start"].as_str()?)?;
        let rule = input["rrule"].as_str().unwrap_or_default();
        let moves = input["newstart"] == true;
        let with_start = |block: Result<Block, Refused>| block.ok().map(|block| (block, start));
        let (mode, block) = match input["mode"].as_str()? {
            "1" => (Mode::VCalendar, with_start(vcal1::parse(rule, start))),
            "2" if moves => (Mode::ICalendar, ical::parse_moving(rule, start).ok()),
            "2" => (Mode::ICalendar, with_start(ical::parse(rule, start))),
            "i" => {
                let code = format!("{}{}", input["freq"].as_str()?, input["freqmod"].as_str()?);
                let number = |key: &str| input[key].as_i64();
                // The end is given as a reading of the start's clock.
                let until = Timestamp::parse(input["until"].as_str()?).map(|until| match start.kind() {
                    TimestampKind::Date => until.date_only(),
                    _ => Timestamp::from_linear(until.linear(), start.zone()),
                });
                let block = Block::from_fields(
                    &code,
                    number("interval")?,
                    number("firstmask")?,
                    number("lastmask")?,
                    until,
                );
                (Mode::Block, block.ok().map(|block| (block, start)))
            }
            _ => return None,
        };
        Some(Case { input, mode, rule, start, moves, block })
    }

    fn answer(&self) -> Json {
        let Some((block, start)) = self.block else {
            if self.mode != Mode::Block {
                return json!({"parsed": false});
            }
            let mut answer = self.input.clone();
            answer["parsed"] = true.into();
            answer["start"] = date(self.start).into();
            answer["until"] = Json::Null;
            for key in ["occurrences_bycount", "occurrences_expand"] {
                answer[key] = json!([]);
            }
            return answer;
        };
        let code = block.code();
        let mut answer = json!({
            "parsed": true,
            "start": date(self.start),
            "freq": code[..1],
            "freqmod": code[1..],
            "interval": block.interval,
            "firstmask": block.first_mask.cast_signed(),
            "lastmask": block.last_mask.cast_signed(),
            "until": block.until.map(date),
            "rrule1": vcal1::generate(&block),
            "rrule2": ical::generate(&block),
            "newstart": (start != self.start).then(|| date(start)),
            "occurrences_bycount": [],
            "occurrences_expand": [],
        });
        // The recorded occurrences are counted from the start as it came, moved or not.
        let Some(series) = Series::new(&block, self.in_zone()) else {
            return answer;
        };
        let most = self.input["max"].as_u64().unwrap_or(0);
        let by_count: Vec<Timestamp> = (1..=most).map_while(|n| series.nth(n.cast_signed())).collect();
        answer["occurrences_bycount"] = by_count.into_iter().map(day).collect();
        let on_clock = |until: Timestamp| match until.kind() {
            TimestampKind::Date => until.linear(),
            _ => until.in_zone(self.in_zone().zone()).linear(),
        };
        let end = block.until.map_or(i64::MAX, on_clock);
        let walked = series.occurrences().take_while(|occurrence| occurrence.linear() < end);
        answer["occurrences_expand"] = walked.take(most as usize).map(day).collect();
        // A series without an end has no count of its own, which the original calls 0.
        let endless = block.until.is_none().then_some(0);
        answer["count"] = endless.or_else(|| series.total()).into();
        answer["count_intervals"] = endless.or_else(|| series.total_intervals()).into();
        answer
    }

    /// The start on the clock of the case's zone. The rule's text is about times without a zone all the same.
    fn in_zone(&self) -> Timestamp {
        let zone = self.input["zone"].as_str().and_then(|name| Zones::default().find(name).ok());
        zone.map_or(self.start, |zone| self.start.with_zone(zone))
    }

    fn is(&self, frequency: &str) -> bool {
        self.mode == Mode::ICalendar && self.part("FREQ") == Some(frequency)
    }

    fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.part(name).is_some())
    }

    /// The value of a part of an iCalendar rule.
    fn part(&self, name: &str) -> Option<&str> {
        let named = |part: &'a str| part.strip_prefix(name)?.strip_prefix('=');
        self.rule.split(';').find_map(named).filter(|_| self.mode == Mode::ICalendar)
    }

    fn has_impossible_element(&self) -> bool {
        let outside = |most: u32| {
            move |word: &str| {
                let digits = word.trim_matches(['+', '-']);
                digits.parse().is_ok_and(|number: u32| number == 0 || number > most)
            }
        };
        match self.mode {
            Mode::VCalendar => {
                let words =
                    || self.rule.split('#').next().unwrap_or_default().split_ascii_whitespace().skip(1);
                self.rule.starts_with("MD") && words().any(outside(31))
                    || self.rule.starts_with("YM") && words().any(outside(12))
            }
            Mode::ICalendar => self.part("BYMONTHDAY").is_some_and(|days| days.split(',').any(outside(31))),
            Mode::Block => false,
        }
    }
}

/// A date as cases write it: `2004-01-05T09:00:00Z`.
fn date(time: Timestamp) -> String {
    let parts = time.parts();
    let date = format!("{:04}-{:02}-{:02}", parts.year, parts.month, parts.day);
    if time.kind() == TimestampKind::Date {
        return date;
    }
    let zone = if time.zone() == Zone::Utc { "Z" } else { "" };
    format!("{date}T{:02}:{:02}:{:02}{zone}", parts.hour, parts.minute, parts.second)
}

/// A date with its weekday, as cases write occurrences.
fn day(time: Timestamp) -> String {
    let weekday = (time.linear().div_euclid(DAY_MS) + 1).rem_euclid(7);
    let name = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"][weekday as usize];
    format!("{} {name}", date(time))
}
