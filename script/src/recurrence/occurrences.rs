//! Walking through a series, occurrence after occurrence.
//!
//! Each step takes bounded time: a rule that selects no further day ends the walk (see [`super::months`]).
//! Not its job: what is selected.

use super::months::{Months, Place};
use super::series::{Pattern, Series};
use crate::time::Timestamp;

/// The occurrences of a [`Series`], in order.
#[derive(Clone, Debug)]
pub struct Occurrences<'a> {
    series: &'a Series,
    walk: Walk<'a>,
}

#[derive(Clone, Debug)]
enum Walk<'a> {
    Done,
    Days {
        next: i64,
        step: i64,
    },
    /// `days` are the weekdays that are left of the week that begins on `sunday`.
    Weeks {
        sunday: i64,
        days: u8,
        step: i64,
        mask: u8,
    },
    Months {
        months: &'a Months,
        place: Place,
    },
}

impl<'a> Occurrences<'a> {
    /// From a day on, which is not before the start.
    pub(super) fn new(series: &'a Series, from: i64) -> Occurrences<'a> {
        let walk = match &series.pattern {
            _ if from > series.last() => Walk::Done,
            Pattern::Empty => Walk::Done,
            Pattern::Days { step } => {
                let behind = (from - series.first()).rem_euclid(*step);
                let ahead = if behind == 0 { 0 } else { step - behind };
                from.checked_add(ahead).map_or(Walk::Done, |next| Walk::Days { next, step: *step })
            }
            Pattern::Weeks { sunday, step, mask } => {
                let behind = (from - sunday).rem_euclid(*step);
                let days = if behind < 7 { mask & (0x7f << behind) } else { 0 };
                Walk::Weeks { sunday: from - behind, days, step: *step, mask: *mask }
            }
            Pattern::Months(months) => Walk::Months { place: months.seek(from), months },
        };
        Occurrences { series, walk }
    }
}

impl Iterator for Occurrences<'_> {
    type Item = Timestamp;

    #[inline]
    fn next(&mut self) -> Option<Timestamp> {
        let last = self.series.last();
        let day = match &mut self.walk {
            Walk::Done => None,
            Walk::Days { next, step } => {
                let day = *next;
                *next = day.saturating_add(*step);
                (day <= last).then_some(day)
            }
            Walk::Weeks { sunday, days, step, mask } => {
                if *days == 0 {
                    *sunday = sunday.saturating_add(*step);
                    *days = *mask;
                }
                let day = sunday.saturating_add(i64::from(days.trailing_zeros()));
                *days &= *days - 1;
                (day <= last).then_some(day)
            }
            Walk::Months { months, place } => months.advance(place, last),
        };
        if day.is_none() {
            self.walk = Walk::Done;
        }
        day.map(|day| self.series.at(day))
    }
}

impl std::iter::FusedIterator for Occurrences<'_> {}
