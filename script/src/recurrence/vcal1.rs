//! The text of vCalendar 1.0: `W2 TU TH #8`, `MP1 1+ SU 1- FR 19971224T000000`, `YM1 6 #0`.
//!
//! A rule repeats its whole interval `#n` times, not its occurrences; `#0` is without end, and a rule that says
//! nothing of its end repeats twice (vCalendar 1.0, recurrence rule grammar). A rule without a list means the day of
//! its start, and the weekday of the start belongs to a weekly rule even if the list does not name it.
//!
//! Not its job: days of the year, several times a day, and rules within rules, which the field block can't hold;
//! a rule with any of these is refused.

use super::block::{Block, Frequency, Modifier, bits};
use super::calendar::{first_day, month_of, weekday};
use super::refused::Refused;
use super::series::{Series, reading};
use crate::time::calendar::{WEEKDAYS, weekday_named};
use crate::time::{DAY_MS, Timestamp};

/// Times that a rule without an end repeats its interval.
const DEFAULT_COUNT: i64 = 2;

/// Reads a rule. The start of the event stands for what the rule leaves out, and its count is turned into an end by
/// it. A count that goes beyond the year 9999 is without end.
pub fn parse(text: &str, start: Timestamp) -> Result<Block, Refused> {
    let (mut block, rest) = head(text)?;
    let (list, end) = split_end(rest)?;
    let elements = list.split_ascii_whitespace();
    let day = start.linear().div_euclid(DAY_MS);
    match (block.frequency, block.modifier) {
        (Frequency::Weekly, _) => {
            block.first_mask = weekdays(elements)? | 1 << weekday(day);
        }
        (Frequency::Monthly, Modifier::Weekday) => nth_weekdays(&mut block, elements, day)?,
        (Frequency::Monthly, _) => monthdays(&mut block, elements, day)?,
        (Frequency::Yearly, Modifier::Month) => months(&mut block, elements, day)?,
        (Frequency::Yearly, _) => {
            // Days of the year have no place in the block; without them it is the day of the start each year.
            nothing_in(elements)?;
            block.modifier = Modifier::Month;
            months(&mut block, "".split_ascii_whitespace(), day)?;
        }
        _ => nothing_in(elements)?,
    }
    block.until = until(&block, start, end);
    Ok(block)
}

/// Writes a rule. `None` if there is no such text: the interval is below 1, nothing that can be is selected, or the
/// kind of rule is unknown to vCalendar 1.0 (yearly by weekday or day). Empty for a block that does not recur.
pub fn generate(block: &Block) -> Option<String> {
    if !block.recurs() {
        return Some(String::new());
    }
    let (first, last) = block.masks()?;
    if block.interval < 1 {
        return None;
    }
    let mut words = Vec::new();
    let letters = match (block.frequency, block.modifier) {
        (Frequency::Daily, Modifier::Monthday) => {
            words.extend(bits(block.first_mask & 0x7fff_ffff).map(|place| (place + 1).to_string()));
            "D"
        }
        (Frequency::Daily, _) => "D",
        (Frequency::Weekly, _) => {
            words.extend(bits(first).map(|place| WEEKDAYS[place as usize].to_owned()));
            "W"
        }
        (Frequency::Monthly, Modifier::Weekday) => {
            push_weeks(&mut words, first, '+');
            push_weeks(&mut words, last, '-');
            "MP"
        }
        // Without a list, "MD" is the day of the start, which is what a plain monthly rule means.
        (Frequency::Monthly, _) => {
            words.extend(bits(first).map(|place| (place + 1).to_string()));
            words.extend(bits(last).map(|place| format!("{}-", place + 1)));
            "MD"
        }
        (Frequency::Yearly, Modifier::Plain | Modifier::Month) => {
            words.extend(bits(first).map(|place| (place + 1).to_string()));
            "YM"
        }
        (Frequency::Yearly, _) | (Frequency::Never, _) => return None,
    };
    words.insert(0, format!("{letters}{}", block.interval));
    words.push(block.until.map_or_else(|| "#0".to_owned(), |until| until.to_utc().to_iso8601()));
    Some(words.join(" "))
}

/// How a rule says that it ends.
enum End {
    /// After so many intervals, or at a time if that is earlier.
    Count(i64, Option<Timestamp>),
    Until(Timestamp),
}

/// Frequency, modifier and interval; and what stands behind them.
fn head(text: &str) -> Result<(Block, &str), Refused> {
    let text = text.trim_ascii();
    let digits = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (letters, rest) = text.split_at(digits);
    let (frequency, modifier) = match letters {
        "" => return Err(Refused::NoFrequency),
        "D" => (Frequency::Daily, Modifier::Plain),
        "W" => (Frequency::Weekly, Modifier::Weekday),
        "MP" => (Frequency::Monthly, Modifier::Weekday),
        "MD" => (Frequency::Monthly, Modifier::Monthday),
        "YM" => (Frequency::Yearly, Modifier::Month),
        "YD" => (Frequency::Yearly, Modifier::Monthday),
        _ => return Err(Refused::Frequency(letters.to_owned())),
    };
    let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '#').unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    match number.parse() {
        Ok(interval) if interval >= 1 && !number.starts_with('+') => {
            Ok((Block { modifier, ..Block::every(interval, frequency) }, rest))
        }
        _ => Err(Refused::Interval(number.to_owned())),
    }
}

/// The list, and the end behind it. A word that begins like a number at the end of a rule without a count is an end
/// date, even where it could belong to the list: what it is must be clear without knowing the list.
fn split_end(rest: &str) -> Result<(&str, End), Refused> {
    if let Some((list, count)) = rest.split_once('#') {
        let digits = count.find(|c: char| !c.is_ascii_digit()).unwrap_or(count.len());
        let (number, behind) = count.split_at(digits);
        let count = number.parse().map_err(|_| Refused::Count(format!("#{count}")))?;
        // Words behind the count are passed over, but an end date is not lost.
        let until = behind.split_ascii_whitespace().next().and_then(Timestamp::parse);
        return Ok((list, End::Count(count, until)));
    }
    let list = rest.trim_ascii_end();
    let last = list.rfind(|c: char| c.is_ascii_whitespace()).map_or(0, |blank| blank + 1);
    let (before, word) = list.split_at(last);
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok((list, End::Count(DEFAULT_COUNT, None)));
    }
    Timestamp::parse(word)
        .map(|until| (before, End::Until(until)))
        .ok_or_else(|| Refused::Until(word.to_owned()))
}

fn until(block: &Block, start: Timestamp, end: End) -> Option<Timestamp> {
    match end {
        End::Until(until) => Some(until),
        End::Count(0, until) => until,
        End::Count(count, until) => {
            let counted = Series::new(block, start).and_then(|series| series.nth_interval_end(count));
            match (counted, until) {
                (Some(counted), Some(until)) if reading(until, start.zone()) < counted.linear() => {
                    Some(until)
                }
                (Some(counted), _) => Some(counted),
                (None, until) => until,
            }
        }
    }
}

fn nothing_in<'a>(mut elements: impl Iterator<Item = &'a str>) -> Result<(), Refused> {
    elements.next().map_or(Ok(()), |word| Err(Refused::Unsupported(word.to_owned())))
}

fn weekdays<'a>(mut elements: impl Iterator<Item = &'a str>) -> Result<u64, Refused> {
    elements.try_fold(0, |mask, word| {
        weekday_named(word).map(|place| mask | 1 << place).ok_or_else(|| Refused::Element(word.to_owned()))
    })
}

/// `1+ SU MO 1- FR`: an occurrence in the month, and the weekdays that it counts for.
fn nth_weekdays<'a>(
    block: &mut Block,
    elements: impl Iterator<Item = &'a str>,
    start: i64,
) -> Result<(), Refused> {
    // Weekdays in front of any number are the first ones of the month.
    let (mut week, mut from_back, mut names) = (0, false, 1);
    let mut number = "";
    for word in elements {
        if let Some(place) = weekday_named(word) {
            let mask = if from_back { &mut block.last_mask } else { &mut block.first_mask };
            *mask |= 1 << (week * 7 + place);
            names += 1;
            continue;
        }
        let (counted, back) = signed(word);
        week = match counted {
            Some(counted @ 1..=5) if names > 0 => counted - 1,
            _ => return Err(Refused::Element(word.to_owned())),
        };
        (from_back, names, number) = (back, 0, word);
    }
    if names == 0 {
        return Err(Refused::Element(number.to_owned()));
    }
    if block.first_mask | block.last_mask == 0 {
        let date = start - first_day(month_of(start));
        block.first_mask = 1 << (date / 7 * 7 + weekday(start));
    }
    Ok(())
}

fn monthdays<'a>(
    block: &mut Block,
    elements: impl Iterator<Item = &'a str>,
    start: i64,
) -> Result<(), Refused> {
    for word in elements {
        // LD is the last day of the month.
        let (place, from_back) = match signed(word) {
            (Some(place @ 1..=31), from_back) => (place - 1, from_back),
            _ if word == "LD" => (0, true),
            _ => return Err(Refused::Element(word.to_owned())),
        };
        let mask = if from_back { &mut block.last_mask } else { &mut block.first_mask };
        *mask |= 1 << place;
    }
    if block.first_mask | block.last_mask == 0 {
        block.first_mask = 1 << (start - first_day(month_of(start)));
    }
    Ok(())
}

fn months<'a>(block: &mut Block, elements: impl Iterator<Item = &'a str>, start: i64) -> Result<(), Refused> {
    for word in elements {
        match word.parse::<u32>() {
            Ok(month @ 1..=12) => block.first_mask |= 1 << (month - 1),
            _ => return Err(Refused::Element(word.to_owned())),
        }
    }
    if block.first_mask == 0 {
        block.first_mask = 1 << month_of(start).rem_euclid(12);
    }
    Ok(())
}

/// A number with its sign behind it, and whether it counts from the back.
fn signed(word: &str) -> (Option<u32>, bool) {
    let digits = word.trim_end_matches(['+', '-']);
    let number = if word.len() - digits.len() <= 1 { digits.parse().ok() } else { None };
    (number, word.ends_with('-'))
}

/// `1+ MO TU 2+ MO`: the weeks of a mask by weekday of the month.
fn push_weeks(words: &mut Vec<String>, mask: u64, sign: char) {
    let mut written = None;
    for place in bits(mask) {
        let (week, weekday) = (place / 7, place % 7);
        if written != Some(week) {
            words.push(format!("{}{sign}", week + 1));
            written = Some(week);
        }
        words.push(WEEKDAYS[weekday as usize].to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, start: &str) -> Result<(String, i64, u64, u64, Option<String>), Refused> {
        let block = parse(text, Timestamp::parse(start).unwrap())?;
        let until = block.until.map(Timestamp::to_iso8601);
        Ok((block.code(), block.interval, block.first_mask, block.last_mask, until))
    }

    #[test]
    fn the_start_stands_for_what_is_left_out() {
        let monday = "20080107T090000";
        let until = |text: &str| Some(text.to_owned());
        for (text, code, first, end) in [
            ("D1", "D ", 0, "20080108T090000"),
            ("W1", "WW", 2, "20080119T090000"),
            ("W1 FR", "WW", 0x22, "20080119T090000"),
            ("MP1", "MW", 2, "20080229T090000"),
            ("MD1", "MD", 0x40, "20080229T090000"),
            ("YM1", "YM", 1, "20091231T090000"),
            ("YD1", "YM", 1, "20091231T090000"),
        ] {
            assert_eq!(read(text, monday), Ok((code.to_owned(), 1, first, 0, until(end))), "{text}");
        }
    }

    #[test]
    fn ends_are_counts_of_intervals_dates_or_none() {
        let end = |text| read(text, "20080107T090000").map(|(.., until)| until.unwrap_or_default());
        for (text, until) in [
            ("D3 #0", ""),
            ("D3 #4", "20080116T090000"),
            ("D3 #4 and more", "20080116T090000"),
            ("D3 #4 20080112T000000", "20080112T000000"),
            ("D3 #4 20090101T000000", "20080116T090000"),
            ("D3 #0 20090101", "20090101"),
            ("D3 20090101T000000Z", "20090101T000000Z"),
            ("W2 MO TU #3", "20080209T090000"),
            ("MD1 1- #12", "20081231T090000"),
            ("D1 #9000000000000000000", ""),
        ] {
            assert_eq!(end(text).as_deref(), Ok(until), "{text}");
        }
    }

    #[test]
    fn a_rule_is_refused_whole_with_its_part_to_blame() {
        let word = |text: &str| text.to_owned();
        for (text, refused) in [
            ("", Refused::NoFrequency),
            ("#5", Refused::NoFrequency),
            ("X1", Refused::Frequency(word("X"))),
            ("d1 #3", Refused::Frequency(word("d"))),
            ("MM1 #5", Refused::Frequency(word("MM"))),
            ("D", Refused::Interval(word(""))),
            ("D0 #3", Refused::Interval(word("0"))),
            ("D-1 #3", Refused::Interval(word("-1"))),
            ("D1 # 5", Refused::Count(word("# 5"))),
            ("D1 1200 1400 #5", Refused::Unsupported(word("1200"))),
            ("YD1 100 #4", Refused::Unsupported(word("100"))),
            ("MD1 1", Refused::Until(word("1"))),
            ("MD1 0 #2", Refused::Element(word("0"))),
            ("MD1 32 #2", Refused::Element(word("32"))),
            ("YM1 13 #2", Refused::Element(word("13"))),
            ("MP1 6+ MO #2", Refused::Element(word("6+"))),
            ("MP1 1+ #2", Refused::Element(word("1+"))),
            ("W1 TU 0900 #3", Refused::Element(word("0900"))),
        ] {
            assert_eq!(read(text, "20080107T090000"), Err(refused), "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_as_the_same_block() {
        let start = Timestamp::parse("20080107T090000Z").unwrap();
        for text in [
            "D2 #0",
            "W1 MO WE 20080301T000000Z",
            "MP1 1+ MO TU 2+ MO 5- SA #0",
            "MD3 1 15 31 1- #0",
            "YM2 1 12 20200101",
        ] {
            let block = parse(text, start).unwrap();
            assert_eq!(generate(&block).as_deref(), Some(text));
        }
        assert_eq!(generate(&Block::every(1, Frequency::Monthly)).as_deref(), Some("MD1 #0"));
        assert_eq!(generate(&Block::every(0, Frequency::Daily)), None);
        assert_eq!(generate(&Block::default()).as_deref(), Some(""));
    }
}
