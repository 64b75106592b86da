//! A block with its start: the questions that can be put to it, answered without walking where that can be done.
//!
//! A series has the days on or after the start that its rule selects; the start is one of them only if the rule
//! selects it. All occurrences are at the time of day of the start, on the clock of its zone, and of its kind (days
//! or points in time). Series end with the year 9999, which is the last that ISO 8601 text can say.
//!
//! Dates that are handed in are read on the start's clock, whichever zone they are in.

use super::block::{Block, Frequency};
use super::calendar::{LAST_DAY, LAST_MONTH, first_day, month_of, weekday};
use super::months::Months;
use super::occurrences::Occurrences;
use crate::time::{DAY_MS, Timestamp, TimestampKind, Zone};

/// A rule with its start.
#[derive(Clone, Debug)]
pub struct Series {
    start: Timestamp,
    /// Milliseconds since midnight, of every occurrence.
    time: i64,
    /// The day of the start.
    first: i64,
    /// The last day on which there may be an occurrence.
    last: i64,
    pub(super) pattern: Pattern,
    /// What the rule repeats: the last day of the first one, and how one gets to the next.
    rounds: Rounds,
}

/// How the days of a series are found.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// No day is selected.
    Empty,
    /// Every so many days.
    Days { step: i64 },
    /// Every so many days, counted from a Sunday, the weekdays of the mask.
    Weeks { sunday: i64, step: i64, mask: u8 },
    /// Days of months; large, and there is one for each series.
    Months(Box<Months>),
}

/// The intervals of a rule, as vCalendar 1.0 counts them with `#n`: whole days, weeks to Saturday, months, years.
#[derive(Clone, Debug)]
enum Rounds {
    Days { first_end: i64, step: i64 },
    Months { first: i64, step: i64 },
}

impl Series {
    /// The series of a block. The end is compared on the start's clock; a floating time, and a day, is on every
    /// clock. `None` if the rule does not recur or its interval is below 1.
    pub fn new(block: &Block, start: Timestamp) -> Option<Series> {
        if !block.recurs() || block.interval < 1 {
            return None;
        }
        let (first, time) = (start.linear().div_euclid(DAY_MS), start.linear().rem_euclid(DAY_MS));
        // Days are counted in months further down; far from the calendar's years such numbers might not fit.
        let in_range = (-LAST_DAY..=LAST_DAY).contains(&first);
        let pattern = if in_range { Pattern::new(block, first) } else { Pattern::Empty };
        let rounds = Rounds::new(block, first.clamp(-LAST_DAY, LAST_DAY));
        let last = block.until.map_or(LAST_DAY, |until| last_day(reading(until, start.zone()), time));
        Some(Series { start, time, first, last, pattern, rounds })
    }

    /// All occurrences, in order.
    pub fn occurrences(&self) -> Occurrences<'_> {
        Occurrences::new(self, self.first)
    }

    /// The occurrences after a point in time, in order.
    pub fn after(&self, time: Timestamp) -> Occurrences<'_> {
        // The day of the last occurrence that can be at or before the given time, and then the day after.
        let day = last_day(reading(time, self.start.zone()), self.time).saturating_add(1);
        Occurrences::new(self, day.max(self.first))
    }

    /// The first occurrence after a point in time.
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        self.after(time).next()
    }

    /// The `n`-th occurrence, from 1 (manual 6.14, RECURRENCE_DATE with occurrencecount true).
    pub fn nth(&self, n: i64) -> Option<Timestamp> {
        let n = n.checked_sub(1).filter(|n| *n >= 0)?;
        let day = match &self.pattern {
            Pattern::Empty => None,
            Pattern::Days { step } => n.checked_mul(*step)?.checked_add(self.first),
            Pattern::Weeks { sunday, step, mask } => {
                let passed = passed_weekdays(*mask, self.first - sunday);
                let (each, n) = (i64::from(mask.count_ones()), n.checked_add(passed)?);
                let mut days = *mask;
                for _ in 0..n % each {
                    days &= days - 1;
                }
                let sunday = (n / each).checked_mul(*step)?.checked_add(*sunday)?;
                sunday.checked_add(i64::from(days.trailing_zeros()))
            }
            Pattern::Months(months) => {
                months.day_of_count(n.checked_add(1)?.checked_add(months.count_through(self.first - 1))?)
            }
        };
        day.filter(|day| *day <= self.last).map(|day| self.at(day))
    }

    /// How many occurrences there are through a point in time, or through the end of the series if that is
    /// earlier (manual 6.14, RECURRENCE_COUNT with occurrencecount true). `None` if there are none.
    pub fn count_through(&self, time: Timestamp) -> Option<i64> {
        let last = last_day(reading(time, self.start.zone()), self.time).min(self.last);
        self.count(last)
    }

    /// How many occurrences there are in all, through the end of the rule or of the year 9999.
    pub fn total(&self) -> Option<i64> {
        self.count(self.last)
    }

    /// The end of the `n`-th interval, from 1: the day itself for daily rules, else the last day (Saturday) of the
    /// week, month or year, at the time of day of the start. The `n` of `#n` in vCalendar 1.0 counts these (manual
    /// 6.14, RECURRENCE_DATE with occurrencecount false). Whether the rule has ended by then does not matter.
    pub fn nth_interval_end(&self, n: i64) -> Option<Timestamp> {
        let n = n.checked_sub(1).filter(|n| *n >= 0)?;
        let day = match self.rounds {
            Rounds::Days { first_end, step } => n.checked_mul(step)?.checked_add(first_end)?,
            Rounds::Months { first, step } => {
                let month = n.checked_mul(step)?.checked_add(first)?;
                if month > LAST_MONTH {
                    return None;
                }
                first_day(month + 1) - 1
            }
        };
        (day <= LAST_DAY).then(|| self.at(day))
    }

    /// How many intervals have ended at a point in time (manual 6.14, RECURRENCE_COUNT with occurrencecount
    /// false). `None` if none has.
    pub fn intervals_through(&self, time: Timestamp) -> Option<i64> {
        self.count_intervals(last_day(reading(time, self.start.zone()), self.time))
    }

    /// How many intervals have ended at the end of the rule or of the year 9999.
    pub fn total_intervals(&self) -> Option<i64> {
        self.count_intervals(self.last)
    }

    fn count(&self, last: i64) -> Option<i64> {
        if last < self.first {
            return None;
        }
        let count = match &self.pattern {
            Pattern::Empty => 0,
            Pattern::Days { step } => (last - self.first) / step + 1,
            Pattern::Weeks { sunday, step, mask } => {
                let (weeks, days) = ((last - sunday) / step, (last - sunday) % step);
                weeks * i64::from(mask.count_ones()) + passed_weekdays(*mask, days.saturating_add(1))
                    - passed_weekdays(*mask, self.first - sunday)
            }
            Pattern::Months(months) => months.count_through(last) - months.count_through(self.first - 1),
        };
        (count > 0).then_some(count)
    }

    fn count_intervals(&self, last: i64) -> Option<i64> {
        let last = last.clamp(-LAST_DAY, LAST_DAY);
        let (since_first, step) = match self.rounds {
            Rounds::Days { first_end, step } => (last - first_end, step),
            // A month has ended on `last` if the day after it is in a later one.
            Rounds::Months { first, step } => (month_of(last + 1) - 1 - first, step),
        };
        (since_first >= 0).then(|| since_first / step + 1)
    }

    /// The day of the last occurrence that there may be.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    /// The day of the start.
    pub(super) fn first(&self) -> i64 {
        self.first
    }

    /// The occurrence on a day.
    #[inline]
    pub(super) fn at(&self, day: i64) -> Timestamp {
        on_day(self.start, day, self.time)
    }
}

/// A day with the zone and kind of `start`, at `time` milliseconds since midnight.
#[inline]
pub(super) fn on_day(start: Timestamp, day: i64, time: i64) -> Timestamp {
    let point = Timestamp::from_linear(day * DAY_MS + time, start.zone());
    if start.kind() == TimestampKind::Date { point.date_only() } else { point }
}

impl Pattern {
    fn new(block: &Block, first: i64) -> Pattern {
        match block.frequency {
            Frequency::Never => Pattern::Empty,
            Frequency::Daily => Pattern::Days { step: block.interval },
            Frequency::Weekly => match block.masks() {
                None => Pattern::Empty,
                Some((mask, _)) => {
                    let mask = if mask == 0 { 1 << weekday(first) } else { mask as u8 };
                    Pattern::Weeks {
                        sunday: first - weekday(first),
                        step: block.interval.saturating_mul(7),
                        mask,
                    }
                }
            },
            Frequency::Monthly | Frequency::Yearly => {
                Months::new(block, first).map_or(Pattern::Empty, |months| Pattern::Months(Box::new(months)))
            }
        }
    }
}

impl Rounds {
    fn new(block: &Block, first: i64) -> Rounds {
        let (interval, month) = (block.interval, month_of(first));
        match block.frequency {
            Frequency::Never | Frequency::Daily => Rounds::Days { first_end: first, step: interval },
            Frequency::Weekly => {
                Rounds::Days { first_end: first + 6 - weekday(first), step: interval.saturating_mul(7) }
            }
            Frequency::Monthly => Rounds::Months { first: month, step: interval },
            Frequency::Yearly => {
                Rounds::Months { first: month - month.rem_euclid(12) + 11, step: interval.saturating_mul(12) }
            }
        }
    }
}

/// What a clock in `zone` shows at a point in time; a day is the same on every clock.
pub(super) fn reading(time: Timestamp, zone: Zone) -> i64 {
    match time.kind() {
        TimestampKind::Date => time.linear(),
        _ => time.in_zone(zone).linear(),
    }
}

/// The last day that has `time` not after a reading of the clock, within the calendar's years.
fn last_day(reading: i64, time: i64) -> i64 {
    reading.saturating_sub(time).div_euclid(DAY_MS).clamp(-LAST_DAY - 1, LAST_DAY)
}

/// How many weekdays of a mask there are in the first `days` days of a week.
fn passed_weekdays(mask: u8, days: i64) -> i64 {
    i64::from((mask & ((1u32 << days.clamp(0, 7)) - 1) as u8).count_ones())
}
