//! The text of iCalendar: `FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=8` (RFC 2445, 4.3.10; RFC 5545, 3.3.10).
//!
//! What the field block can hold is taken, and everything else refuses the whole rule, so that the caller can keep
//! it as it came. Daily rules on some weekdays are weekly ones; yearly rules on days of one month are monthly ones
//! with an interval of years.
//!
//! Not its job: WKST, which the block can't hold; its weeks begin on Sunday (manual 10.6).

use super::block::{Block, Frequency, Modifier, bits, low_bits};
use super::calendar::{LAST_MONTH, first_day, month_number, month_of};
use super::refused::Refused;
use super::series::{Series, on_day};
use crate::digits::push_integer;
use crate::time::calendar::{WEEKDAYS, weekday_named};
use crate::time::{DAY_MS, IsoStyle, Timestamp};

/// Reads a rule. Its count is turned into an end by the start of the event. Yearly rules on weekdays of another
/// month than the start's are refused, as the block counts its months from the start; see [`parse_moving`]. A count
/// that goes beyond the year 9999 is without end, and one below 2 does not recur.
pub fn parse(text: &str, start: Timestamp) -> Result<Block, Refused> {
    let parts = Parts::parse(text)?;
    let block = parts.block(start)?;
    parts.ended(block, start)
}

/// Reads a rule, and where that makes it possible to hold it, moves the start to its first occurrence. Returns the
/// start that the block is about.
pub fn parse_moving(text: &str, start: Timestamp) -> Result<(Block, Timestamp), Refused> {
    let parts = Parts::parse(text)?;
    let start = parts.moved(start).unwrap_or(start);
    let block = parts.block(start)?;
    Ok((parts.ended(block, start)?, start))
}

/// Writes a rule. `None` if there is no such text: the interval is below 1, or nothing that can be is selected.
/// Empty for a block that does not recur.
pub fn generate(block: &Block) -> Option<String> {
    let frequency = match block.frequency {
        Frequency::Never => return Some(String::new()),
        Frequency::Daily => "DAILY",
        Frequency::Weekly => "WEEKLY",
        Frequency::Monthly => "MONTHLY",
        Frequency::Yearly => "YEARLY",
    };
    block.masks()?;
    if block.interval < 1 {
        return None;
    }
    let mut text = String::with_capacity(USUAL_LENGTH);
    text.push_str("FREQ=");
    text.push_str(frequency);
    text.push_str(";INTERVAL=");
    push_integer(&mut text, block.interval);
    push_list(&mut text, block);
    if let Some(until) = block.until {
        text.push_str(";UNTIL=");
        until.to_utc().push_to(&mut text, IsoStyle::BASIC);
    }
    Some(text)
}

/// Room for a rule with a few days and an end.
const USUAL_LENGTH: usize = 80;

/// Adds the list of a rule. It is written for all that a script may have put together, even where frequency and
/// modifier don't fit and the block's own occurrences take no notice of it.
fn push_list(text: &mut String, block: &Block) {
    let weekday = |place: u32| WEEKDAYS[place as usize % 7];
    let (first, last) = (block.first_mask, block.last_mask);
    let mut list = List { text, is_begun: false };
    match (block.frequency, block.modifier) {
        (Frequency::Monthly, Modifier::Weekday) => {
            // Each weekday has its number: "1MO,TU" would be the first Monday and every Tuesday.
            for (sign, mask) in [("", first), ("-", last)] {
                for place in bits(mask & low_bits(35)) {
                    list.push(";BYDAY=", sign, Some(place / 7 + 1), weekday(place));
                }
            }
        }
        (Frequency::Weekly, _) | (_, Modifier::Weekday) => {
            bits(first & low_bits(7)).for_each(|place| list.push(";BYDAY=", "", None, weekday(place)));
        }
        (_, Modifier::Monthday) => {
            for (sign, mask) in [("", first), ("-", last)] {
                for place in bits(mask & low_bits(31)) {
                    list.push(";BYMONTHDAY=", sign, Some(place + 1), "");
                }
            }
        }
        (_, Modifier::Month) => {
            bits(first & low_bits(12)).for_each(|place| list.push(";BYMONTH=", "", Some(place + 1), ""));
        }
        (_, Modifier::Plain) => {}
    }
}

/// A list that is being written.
struct List<'t> {
    text: &'t mut String,
    is_begun: bool,
}

impl List<'_> {
    fn push(&mut self, list: &str, sign: &str, number: Option<u32>, name: &str) {
        self.text.push_str(if self.is_begun { "," } else { list });
        self.is_begun = true;
        self.text.push_str(sign);
        if let Some(number) = number {
            push_integer(self.text, i64::from(number));
        }
        self.text.push_str(name);
    }
}

/// The parts of a rule, each read for itself.
struct Parts<'a> {
    text: &'a str,
    frequency: Frequency,
    interval: i64,
    count: Option<i64>,
    until: Option<Timestamp>,
    /// Weekdays without a number: bit 0 is Sunday.
    weekdays: u64,
    /// Weekdays with a number from the front or the back of the month, as in the masks of the block.
    numbered: (u64, u64),
    monthdays: (u64, u64),
    months: u64,
}

impl<'a> Parts<'a> {
    fn parse(text: &'a str) -> Result<Parts<'a>, Refused> {
        let mut words = text.split(';');
        let frequency =
            words.next().and_then(|word| word.strip_prefix("FREQ=")).ok_or(Refused::NoFrequency)?;
        let frequency = match frequency {
            "DAILY" => Frequency::Daily,
            "WEEKLY" => Frequency::Weekly,
            "MONTHLY" => Frequency::Monthly,
            "YEARLY" => Frequency::Yearly,
            _ => return Err(Refused::Frequency(frequency.to_owned())),
        };
        let mut parts = Parts {
            text,
            frequency,
            interval: 1,
            count: None,
            until: None,
            weekdays: 0,
            numbered: (0, 0),
            monthdays: (0, 0),
            months: 0,
        };
        let mut names = vec!["FREQ"];
        // An empty part says nothing, and the parts behind it count all the same.
        for word in words.filter(|word| !word.is_empty()) {
            let (name, value) = word.split_once('=').ok_or_else(|| Refused::Unsupported(word.to_owned()))?;
            if names.contains(&name) {
                return Err(Refused::Twice(name.to_owned()));
            }
            parts
                .take(name, value)
                .map_err(|refused| refused.unwrap_or(Refused::Unsupported(word.to_owned())))?;
            names.push(name);
        }
        Ok(parts)
    }

    /// Takes a part; an error without a reason is one of an unknown part.
    fn take(&mut self, name: &str, value: &str) -> Result<(), Option<Refused>> {
        match name {
            "INTERVAL" => {
                self.interval = match value.parse() {
                    Ok(0) => return Err(Some(Refused::Interval(value.to_owned()))),
                    Ok(interval) if interval > 0 => interval,
                    // An interval that is no number of times is as good as none.
                    _ => 1,
                };
            }
            // A count that is no number is one of no occurrences.
            "COUNT" => self.count = Some(value.parse().unwrap_or(0)),
            "UNTIL" => {
                let until = Timestamp::parse(value).filter(|_| value.trim() == value);
                self.until = Some(until.ok_or_else(|| Refused::Until(value.to_owned()))?);
            }
            "WKST" => {}
            "BYDAY" => value.split(',').try_for_each(|element| self.take_weekday(element))?,
            "BYMONTHDAY" => {
                for element in value.split(',') {
                    let (place, from_back) = number(element, 31)?;
                    let mask = if from_back { &mut self.monthdays.1 } else { &mut self.monthdays.0 };
                    *mask |= 1 << place;
                }
            }
            "BYMONTH" => {
                for element in value.split(',') {
                    let (place, false) = number(element, 12)? else {
                        return Err(Some(Refused::Element(element.to_owned())));
                    };
                    self.months |= 1 << place;
                }
            }
            _ => return Err(None),
        }
        Ok(())
    }

    fn take_weekday(&mut self, element: &str) -> Result<(), Refused> {
        let refused = || Refused::Element(element.to_owned());
        let (count, name) =
            element.len().checked_sub(2).and_then(|at| element.split_at_checked(at)).ok_or_else(refused)?;
        let weekday = weekday_named(name).ok_or_else(refused)?;
        if count.is_empty() {
            self.weekdays |= 1 << weekday;
            return Ok(());
        }
        let (week, from_back) = number(count, 5).map_err(|_| refused())?;
        let mask = if from_back { &mut self.numbered.1 } else { &mut self.numbered.0 };
        *mask |= 1 << (week * 7 + weekday);
        Ok(())
    }

    /// The rule without its end.
    fn block(&self, start: Timestamp) -> Result<Block, Refused> {
        let day = start.linear().div_euclid(DAY_MS);
        let has_weekdays = self.weekdays | self.numbered.0 | self.numbered.1 != 0;
        let has_numbers = self.numbered != (0, 0);
        let has_dates = self.monthdays != (0, 0);
        let unsupported = || Refused::Unsupported(self.text.to_owned());
        let plain = Block::every(self.interval, self.frequency);
        match self.frequency {
            Frequency::Never => Err(unsupported()),
            Frequency::Daily | Frequency::Weekly => {
                if has_numbers || has_dates || self.months != 0 {
                    return Err(unsupported());
                }
                let weekly = Block { modifier: Modifier::Weekday, first_mask: self.weekdays, ..plain };
                match self.frequency {
                    Frequency::Weekly => Ok(weekly),
                    _ if !has_weekdays => Ok(plain),
                    // Every second day that is a Monday is no rule of weeks.
                    _ if self.interval > 1 => Err(unsupported()),
                    _ => Ok(Block { frequency: Frequency::Weekly, ..weekly }),
                }
            }
            Frequency::Monthly if self.months != 0 => Err(unsupported()),
            Frequency::Monthly => self.monthly(plain),
            Frequency::Yearly => {
                let start_month = 1 << month_of(day).rem_euclid(12);
                let by_month = Block { modifier: Modifier::Month, ..plain };
                let start_date = (1 << (day - first_day(month_of(day))), 0);
                match (has_weekdays, has_dates, self.months) {
                    // The day of the start each year, said at length or not.
                    (false, false, 0) => Ok(by_month),
                    (false, false, months) if months == start_month => Ok(by_month),
                    (false, true, months) if months == start_month && self.monthdays == start_date => {
                        Ok(by_month)
                    }
                    (false, false, months) => Ok(Block { first_mask: months, ..by_month }),
                    (_, _, months) if months == start_month => {
                        let interval = self.interval.checked_mul(12).ok_or_else(unsupported)?;
                        self.monthly(Block::every(interval, Frequency::Monthly))
                    }
                    _ => Err(unsupported()),
                }
            }
        }
    }

    /// A monthly rule by weekdays, by days, or by the day of the start.
    fn monthly(&self, plain: Block) -> Result<Block, Refused> {
        // A weekday without a number is each of that name in the month.
        let every_week = (0..5).fold(0, |mask, week| mask | self.weekdays << (week * 7));
        let weekdays = (self.numbered.0 | every_week, self.numbered.1);
        let (modifier, (first_mask, last_mask)) = match (weekdays, self.monthdays) {
            ((0, 0), (0, 0)) => (Modifier::Plain, (0, 0)),
            (masks, (0, 0)) => (Modifier::Weekday, masks),
            ((0, 0), masks) => (Modifier::Monthday, masks),
            _ => return Err(Refused::Unsupported(self.text.to_owned())),
        };
        Ok(Block { modifier, first_mask, last_mask, ..plain })
    }

    /// Puts the end on a rule.
    fn ended(&self, block: Block, start: Timestamp) -> Result<Block, Refused> {
        let Some(count) = self.count.filter(|_| self.until.is_none()) else {
            return Ok(Block { until: self.until, ..block });
        };
        if count <= 1 {
            return Ok(Block::default());
        }
        let series = Series::new(&block, start).ok_or(Refused::NoOccurrence)?;
        let until = series.nth(count);
        if until.is_none() && series.total().is_none() {
            return Err(Refused::NoOccurrence);
        }
        Ok(Block { until, ..block })
    }

    /// The first occurrence of a yearly rule on weekdays of one month, if the start is in another month.
    fn moved(&self, start: Timestamp) -> Option<Timestamp> {
        let by_weekday = self.weekdays | self.numbered.0 | self.numbered.1 != 0;
        if self.frequency != Frequency::Yearly || !by_weekday || self.months.count_ones() != 1 {
            return None;
        }
        let start_month = month_of(start.linear().div_euclid(DAY_MS));
        let year = start_month.div_euclid(12);
        let month = month_number(year, 1) + i64::from(self.months.trailing_zeros());
        if month == start_month {
            return None;
        }
        let years = if month < start_month { self.interval } else { 0 };
        let month = years.checked_mul(12)?.checked_add(month).filter(|month| *month <= LAST_MONTH)?;
        // The first of that month is where the series is looked for, as it must not begin before the start.
        let first = on_day(start, first_day(month), start.linear().rem_euclid(DAY_MS));
        let block = self.block(first).ok()?;
        Series::new(&block, first)?.nth(1)
    }
}

/// A number from 1 to `most` with an optional sign in front of it: its place from 0, and whether it counts from the
/// back.
fn number(element: &str, most: u32) -> Result<(u32, bool), Refused> {
    let from_back = element.starts_with('-');
    let digits = element.strip_prefix(['-', '+']).unwrap_or(element);
    match digits.parse::<u32>() {
        Ok(number) if (1..=most).contains(&number) && !digits.starts_with('+') => Ok((number - 1, from_back)),
        _ => Err(Refused::Element(element.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, start: &str) -> Result<(String, i64, u64, u64, String), Refused> {
        let block = parse(text, Timestamp::parse(start).unwrap())?;
        let until = block.until.map_or_else(String::new, Timestamp::to_iso8601);
        Ok((block.code(), block.interval, block.first_mask, block.last_mask, until))
    }

    #[test]
    fn rules_become_blocks() {
        // 2008-07-15 is a Tuesday, the third one of its month.
        for (text, code, interval, first, last) in [
            ("FREQ=DAILY", "D ", 1, 0, 0),
            ("FREQ=DAILY;INTERVAL=-1", "D ", 1, 0, 0),
            ("FREQ=DAILY;BYDAY=MO,FR", "WW", 1, 0x22, 0),
            ("FREQ=WEEKLY;WKST=SU", "WW", 1, 0, 0),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU", "WW", 2, 0x41, 0),
            ("FREQ=MONTHLY", "M ", 1, 0, 0),
            ("FREQ=MONTHLY;BYDAY=+1MO,-1FR", "MW", 1, 2, 0x20),
            ("FREQ=MONTHLY;BYDAY=SU", "MW", 1, 0x1020_4081, 0),
            ("FREQ=MONTHLY;BYMONTHDAY=31,-31", "MD", 1, 1 << 30, 1 << 30),
            ("FREQ=YEARLY", "YM", 1, 0, 0),
            ("FREQ=YEARLY;BYMONTH=7", "YM", 1, 0, 0),
            ("FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=15", "YM", 1, 0, 0),
            ("FREQ=YEARLY;BYMONTH=1,12", "YM", 1, 0x801, 0),
            ("FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=-1", "MD", 12, 0, 1),
            ("FREQ=YEARLY;INTERVAL=2;BYMONTH=7;BYDAY=3TU", "MW", 24, 1 << 16, 0),
        ] {
            let wanted = Ok((code.to_owned(), interval, first, last, String::new()));
            assert_eq!(read(text, "20080715T120000Z"), wanted, "{text}");
        }
    }

    #[test]
    fn ends_are_counts_of_occurrences_or_dates() {
        let end = |text| read(text, "20080131T120000Z").map(|(.., until)| until);
        for (text, until) in [
            ("FREQ=DAILY;COUNT=10", "20080209T120000Z"),
            ("FREQ=MONTHLY;COUNT=3", "20080531T120000Z"),
            ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3", "20080211T120000Z"),
            ("FREQ=DAILY;COUNT=10;UNTIL=20081231", "20081231"),
            ("FREQ=DAILY;;UNTIL=20081231T000000", "20081231T000000"),
            ("FREQ=DAILY;COUNT=9000000000000000000", ""),
            ("FREQ=WEEKLY;COUNT=70000", "33490821T120000Z"),
        ] {
            assert_eq!(end(text).as_deref(), Ok(until), "{text}");
        }
        for text in
            ["FREQ=DAILY;COUNT=1", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;COUNT=many"]
        {
            let none = Ok(("0 ".to_owned(), 0, 0, 0, String::new()));
            assert_eq!(read(text, "20080131"), none, "{text}");
        }
    }

    #[test]
    fn a_rule_is_refused_whole_with_its_part_to_blame() {
        let word = |text: &str| text.to_owned();
        for (text, refused) in [
            ("", Refused::NoFrequency),
            ("INTERVAL=2;FREQ=DAILY", Refused::NoFrequency),
            ("FREQ=HOURLY", Refused::Frequency(word("HOURLY"))),
            ("FREQ=DAILY;INTERVAL=0", Refused::Interval(word("0"))),
            ("FREQ=DAILY;UNTIL=soon", Refused::Until(word("soon"))),
            ("FREQ=DAILY;BYSETPOS=1", Refused::Unsupported(word("BYSETPOS=1"))),
            ("FREQ=DAILY;X", Refused::Unsupported(word("X"))),
            ("FREQ=DAILY;COUNT=2;COUNT=3", Refused::Twice(word("COUNT"))),
            ("FREQ=WEEKLY;BYDAY=", Refused::Element(word(""))),
            ("FREQ=WEEKLY;BYDAY=MO,,WE", Refused::Element(word(""))),
            ("FREQ=WEEKLY;BYDAY=mo", Refused::Element(word("mo"))),
            ("FREQ=MONTHLY;BYDAY=6MO", Refused::Element(word("6MO"))),
            ("FREQ=MONTHLY;BYDAY=éO", Refused::Element(word("éO"))),
            ("FREQ=MONTHLY;BYMONTHDAY=32", Refused::Element(word("32"))),
            ("FREQ=MONTHLY;BYMONTHDAY=0", Refused::Element(word("0"))),
            ("FREQ=YEARLY;BYMONTH=13", Refused::Element(word("13"))),
            ("FREQ=YEARLY;BYMONTH=-1", Refused::Element(word("-1"))),
            ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=3", Refused::NoOccurrence),
        ] {
            assert_eq!(read(text, "20080215T120000"), Err(refused), "{text}");
        }
        for text in [
            "FREQ=DAILY;BYMONTH=1",
            "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
            "FREQ=YEARLY;BYDAY=FR",
            "FREQ=YEARLY;BYMONTHDAY=15",
            "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        ] {
            assert_eq!(read(text, "20080215T120000"), Err(Refused::Unsupported(word(text))), "{text}");
        }
    }

    #[test]
    fn the_start_moves_to_the_first_occurrence_of_its_rule() {
        for (text, start, moved, until) in [
            (
                "FREQ=YEARLY;BYMONTH=11;BYDAY=1TU;COUNT=4",
                "20040105T090000",
                "20041102T090000",
                "20071106T090000",
            ),
            ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=2", "20040405", "20050327", "20060326"),
            ("FREQ=YEARLY;BYMONTH=4;BYDAY=1MO;COUNT=2", "20040420", "20040420", "20060403"),
            ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "20040420", "20040420", "20040503"),
        ] {
            let (block, start) = parse_moving(text, Timestamp::parse(start).unwrap()).unwrap();
            assert_eq!(
                (start.to_iso8601(), block.until.unwrap().to_iso8601()),
                (moved.to_owned(), until.to_owned())
            );
        }
    }

    #[test]
    fn each_weekday_of_a_month_has_its_number() {
        let block = Block::from_fields("MW", 1, 6, 0x60, None).unwrap();
        assert_eq!(generate(&block).as_deref(), Some("FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO,1TU,-1FR,-1SA"));
        let start = Timestamp::parse("20080715T120000Z").unwrap();
        assert_eq!(parse("FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO,1TU,-1FR,-1SA", start), Ok(block));
    }
}
