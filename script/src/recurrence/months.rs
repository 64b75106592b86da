//! Rules that go by months: which days of a month they select, and how they step from month to month.
//!
//! A month is one of 28 kinds (four lengths, seven weekdays to begin with), so the days that a rule selects are
//! worked out once for each kind; then a month costs one look into a table. After 400 years the kinds come again in
//! the same order: whatever a rule has not selected by then it never will, which bounds all work here.
//!
//! Not its job: the start and the end of a series; months before the start are selected like any other.

use super::block::{Block, Frequency, Modifier, bits, low_bits};
use super::calendar::{CALENDAR_MONTHS, LAST_MONTH, first_day, length, month_of, weekday};

/// Steps of equal length, each with months in which days are selected.
#[derive(Clone, Debug)]
pub(super) struct Months {
    /// The month that step 0 begins with.
    base: i64,
    /// Months from step to step, at least 1.
    stride: i64,
    /// The months of a step, counted from its first: bit 0 alone for monthly rules, up to 12 for yearly ones.
    within: u16,
    /// The selected days by length (from 28) and first weekday of the month; bit 0 is the 1st.
    days: [[u32; 7]; 4],
}

/// Where among the steps a walk is: the days of the current month, and the months of the step after it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    step_month: i64,
    later_months: u16,
    first_day: i64,
    days: u32,
}

impl Months {
    /// `None` if the block does not go by months or selects no day. `start` is the day of the start.
    pub(super) fn new(block: &Block, start: i64) -> Option<Months> {
        let (first_mask, last_mask) = block.masks()?;
        let start_month = month_of(start);
        let start_date = 1 << (start - first_day(start_month));
        let of_year = start_month.rem_euclid(12);
        let (base, stride, within, days) = match (block.frequency, block.modifier) {
            (Frequency::Monthly, Modifier::Weekday) if first_mask | last_mask != 0 => {
                let last_mask = backwards(last_mask);
                (start_month, block.interval, 1, by_kind(|kind| kind.weekdays(first_mask, last_mask)))
            }
            (Frequency::Monthly, Modifier::Monthday) if first_mask | last_mask != 0 => {
                (start_month, block.interval, 1, by_kind(|kind| kind.dates(first_mask, last_mask)))
            }
            (Frequency::Monthly, _) => {
                (start_month, block.interval, 1, by_kind(|kind| kind.dates(start_date, 0)))
            }
            (Frequency::Yearly, _) => {
                let months = if first_mask == 0 { 1 << of_year } else { first_mask };
                let stride = block.interval.saturating_mul(12);
                (start_month - of_year, stride, months as u16, by_kind(|kind| kind.dates(start_date, 0)))
            }
            _ => return None,
        };
        Some(Months { base, stride, within, days })
    }

    /// How many steps it takes until the months are of the same kinds again.
    pub(super) fn period(&self) -> i64 {
        CALENDAR_MONTHS / greatest_common_divisor(self.stride, CALENDAR_MONTHS)
    }

    /// The first place with days on or after a day that is not before the first step.
    pub(super) fn seek(&self, day: i64) -> Place {
        let month = month_of(day);
        let offset = (month - self.base).rem_euclid(self.stride);
        // Offsets from 16 up are behind every month of the step.
        let passed = u16::MAX.checked_shl(offset.clamp(0, 16) as u32).unwrap_or(0);
        let mut place =
            Place { step_month: month - offset, later_months: self.within & passed, first_day: 0, days: 0 };
        let here = offset < 16 && self.within >> offset & 1 == 1;
        if here {
            place.later_months &= place.later_months - 1;
            self.load(&mut place, offset);
            place.days &= u32::MAX << (day - place.first_day);
        }
        place
    }

    /// The next selected day up to `last`, or `None`.
    #[inline]
    pub(super) fn advance(&self, place: &mut Place, last: i64) -> Option<i64> {
        if place.days == 0 {
            self.next_month_with_days(place)?;
        }
        let day = place.first_day + i64::from(place.days.trailing_zeros());
        place.days &= place.days - 1;
        (day <= last).then_some(day)
    }

    /// How many days are selected from the first step through `day`, days before the start included.
    pub(super) fn count_through(&self, day: i64) -> i64 {
        let month = month_of(day);
        if month < self.base {
            return 0;
        }
        let (steps, offset) = ((month - self.base) / self.stride, (month - self.base) % self.stride);
        let period = self.period();
        let mut count = 0;
        if steps >= period {
            count = self.count_steps(0, period) * (steps / period);
        }
        count += self.count_steps(steps - steps % period, steps % period);
        let step_month = self.base + steps * self.stride;
        for within in self.months_of_step().take_while(|within| *within <= offset) {
            let mut days = self.days_of(step_month + within);
            if within == offset {
                days &= u32::MAX >> (31 - (day - first_day(month)));
            }
            count += i64::from(days.count_ones());
        }
        count
    }

    /// The day before which, itself included, `count` days are selected; `count` is at least 1.
    pub(super) fn day_of_count(&self, count: i64) -> Option<i64> {
        let mut left = count;
        let mut step_month = self.base;
        let period = self.period();
        for step in 0..2 * period {
            if step == period {
                // One whole period is behind: the rest of the periods but the last are gone over at once.
                let in_period = count - left;
                if in_period == 0 {
                    return None;
                }
                let periods = (count - 1) / in_period;
                left = count - periods * in_period;
                step_month = period.checked_mul(self.stride)?.checked_mul(periods)?.checked_add(self.base)?;
            }
            if step_month > LAST_MONTH {
                return None;
            }
            for within in self.months_of_step() {
                let mut days = self.days_of(step_month + within);
                let here = i64::from(days.count_ones());
                if left <= here {
                    for _ in 1..left {
                        days &= days - 1;
                    }
                    return Some(first_day(step_month + within) + i64::from(days.trailing_zeros()));
                }
                left -= here;
            }
            step_month = step_month.checked_add(self.stride)?;
        }
        None
    }

    /// Goes on to a month in which days are selected.
    fn next_month_with_days(&self, place: &mut Place) -> Option<()> {
        let mut steps_left = self.period();
        loop {
            if place.later_months == 0 {
                if steps_left == 0 {
                    return None;
                }
                steps_left -= 1;
                place.step_month = place.step_month.checked_add(self.stride)?;
                place.later_months = self.within;
            }
            let offset = i64::from(place.later_months.trailing_zeros());
            place.later_months &= place.later_months - 1;
            // Behind the end of time there is nothing, and numbers of days there might not fit.
            if place.step_month > LAST_MONTH {
                return None;
            }
            self.load(place, offset);
            if place.days != 0 {
                return Some(());
            }
        }
    }

    #[inline]
    fn load(&self, place: &mut Place, offset: i64) {
        let month = place.step_month + offset;
        place.first_day = first_day(month);
        place.days = self.days_from(month, place.first_day);
    }

    fn days_of(&self, month: i64) -> u32 {
        self.days_from(month, first_day(month))
    }

    #[inline]
    fn days_from(&self, month: i64, first_day: i64) -> u32 {
        self.days[(length(month) - 28) as usize][weekday(first_day) as usize]
    }

    /// How many days are selected in some steps; `step` is the number of the first of them.
    fn count_steps(&self, step: i64, count: i64) -> i64 {
        let steps = (step..step + count).map(|step| self.base + step * self.stride);
        steps
            .flat_map(|month| self.months_of_step().map(move |within| month + within))
            .map(|month| i64::from(self.days_of(month).count_ones()))
            .sum()
    }

    fn months_of_step(&self) -> impl Iterator<Item = i64> {
        bits(u64::from(self.within)).map(i64::from)
    }
}

/// A kind of month.
struct Kind {
    /// Days: 28 to 31.
    length: u32,
    /// The weekday of the 1st.
    first: u32,
}

impl Kind {
    /// The days that the masks of a monthly rule by weekday select: every seven bits are a week from the front, or
    /// from the back, and each week has one of every weekday. Turned so that its first day comes first, such a week
    /// is one of days. `last_backwards` is the mask from the back with Saturday first.
    fn weekdays(&self, first_mask: u64, last_backwards: u64) -> u32 {
        let last = (self.first + self.length - 1) % 7;
        self.dates(turned(first_mask, self.first), turned(last_backwards, 6 - last))
    }

    /// The days that the masks of a monthly rule by day select.
    fn dates(&self, first_mask: u64, last_mask: u64) -> u32 {
        let from_back = (last_mask as u32).reverse_bits() >> (32 - self.length);
        (first_mask as u32 & (u32::MAX >> (32 - self.length))) | from_back
    }
}

/// The first bit of each of the five weeks of a mask.
const EACH_WEEK: u64 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

/// A mask of five weeks, each turned so that it begins with the day that was number `by` (0 to 6).
fn turned(mask: u64, by: u32) -> u64 {
    let stay = EACH_WEEK * low_bits(7 - by);
    (mask >> by & stay) | (mask << (7 - by) & (low_bits(35) & !stay))
}

/// A mask of five weeks, the days of each in the opposite order.
fn backwards(mask: u64) -> u64 {
    (0..7).fold(0, |turned, day| turned | (mask >> day & EACH_WEEK) << (6 - day))
}

/// What is selected in each kind of month.
fn by_kind(select: impl Fn(Kind) -> u32) -> [[u32; 7]; 4] {
    let mut table = [[0; 7]; 4];
    for (length, row) in (28..).zip(&mut table) {
        for (first, days) in (0..).zip(row) {
            *days = select(Kind { length, first });
        }
    }
    table
}

fn greatest_common_divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
