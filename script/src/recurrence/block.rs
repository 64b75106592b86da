//! The five fields that a rule is kept in (manual 10.6), and their meaning as types.
//!
//! Not its job: the sixth field of the block, the start of the event. A rule never writes it, so it is handed in
//! wherever it is needed.

use std::fmt;

use crate::time::{DAY_MS, Timestamp, TimestampKind, Zone};
use crate::value::Value;

/// How often: the first character of the first field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// `0`: the event does not recur.
    #[default]
    Never,
    /// `D`
    Daily,
    /// `W`
    Weekly,
    /// `M`
    Monthly,
    /// `Y`
    Yearly,
}

impl Frequency {
    fn code(self) -> char {
        match self {
            Frequency::Never => '0',
            Frequency::Daily => 'D',
            Frequency::Weekly => 'W',
            Frequency::Monthly => 'M',
            Frequency::Yearly => 'Y',
        }
    }
}

/// What the masks select: the second character of the first field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// A space: nothing, the start says which day.
    #[default]
    Plain,
    /// `W`: weekdays.
    Weekday,
    /// `D`: days of the month.
    Monthday,
    /// `M`: months of the year.
    Month,
}

impl Modifier {
    fn code(self) -> char {
        match self {
            Modifier::Plain => ' ',
            Modifier::Weekday => 'W',
            Modifier::Monthday => 'D',
            Modifier::Month => 'M',
        }
    }
}

/// A recurrence rule as its field block (manual 10.6).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Block {
    /// How often.
    pub frequency: Frequency,
    /// What the masks select.
    pub modifier: Modifier,
    /// Every how many days, weeks, months or years; a rule with less than 1 has no occurrences and no text.
    pub interval: i64,
    /// What is selected, from the front of the interval. Weekly: bit 0 is Sunday. Monthly by weekday: bit 0 is the
    /// first Sunday, bit 7 the second. Monthly by day: bit 0 is the 1st. Yearly by month: bit 0 is January.
    pub first_mask: u64,
    /// The same from the back, monthly rules alone: bit 0 is the last Sunday, or the last day.
    pub last_mask: u64,
    /// The last moment at which there may be an occurrence; none: it recurs forever.
    pub until: Option<Timestamp>,
}

impl Block {
    /// A rule that repeats without end on the day of its start.
    pub fn every(interval: i64, frequency: Frequency) -> Block {
        Block { frequency, interval, ..Block::default() }
    }

    /// From the values of the fields. Text that is shorter than two characters has a blank modifier; empty text
    /// does not recur. Masks are bits, whatever their sign.
    pub fn from_fields(
        code: &str,
        interval: i64,
        first_mask: i64,
        last_mask: i64,
        until: Option<Timestamp>,
    ) -> Result<Block, UnknownFrequency> {
        let mut code_chars = code.chars();
        let frequency = match code_chars.next() {
            None | Some('0' | ' ') => return Ok(Block::default()),
            Some('D') => Frequency::Daily,
            Some('W') => Frequency::Weekly,
            Some('M') => Frequency::Monthly,
            Some('Y') => Frequency::Yearly,
            Some(_) => return Err(UnknownFrequency { code: code.to_owned() }),
        };
        let modifier = match code_chars.next() {
            None | Some(' ') => Modifier::Plain,
            Some('W') => Modifier::Weekday,
            Some('D') => Modifier::Monthday,
            Some('M') => Modifier::Month,
            Some(_) => return Err(UnknownFrequency { code: code.to_owned() }),
        };
        let (first_mask, last_mask) = (first_mask.cast_unsigned(), last_mask.cast_unsigned());
        Ok(Block { frequency, modifier, interval, first_mask, last_mask, until })
    }

    /// From the values of the five fields, in the order of the block.
    pub fn from_values([code, interval, first, last, until]: [&Value; 5]) -> Result<Block, UnknownFrequency> {
        let code = match code {
            Value::Text(code) => code.as_str(),
            _ => "",
        };
        let integer = |value: &Value| match value {
            Value::Integer(number) => *number,
            _ => 0,
        };
        let until = match until {
            Value::Timestamp(until) => Some(*until),
            _ => None,
        };
        Block::from_fields(code, integer(interval), integer(first), integer(last), until)
    }

    /// The values of the five fields, in the order of the block.
    pub fn to_values(&self) -> [Value; 5] {
        [
            Value::Text(self.code().into()),
            Value::Integer(self.interval),
            Value::Integer(self.first_mask.cast_signed()),
            Value::Integer(self.last_mask.cast_signed()),
            self.until.map_or(Value::Empty, Value::Timestamp),
        ]
    }

    /// The value of the first field: frequency and modifier, two characters.
    pub fn code(&self) -> String {
        [self.frequency.code(), self.modifier.code()].iter().collect()
    }

    /// Whether the event takes place more often than at its start.
    pub fn recurs(&self) -> bool {
        self.frequency != Frequency::Never
    }

    /// The end for a profile in "old" mode: there a day as end stands for the last millisecond of the day on the
    /// clock of `zone`, as vCalendar 1.0 has no days without a time.
    pub fn until_in_old_mode(&self, zone: Zone) -> Option<Timestamp> {
        self.until.map(|until| match until.kind() {
            TimestampKind::Date => Timestamp::from_linear(until.linear().saturating_add(DAY_MS - 1), zone),
            _ => until,
        })
    }

    /// The masks without the bits that mean nothing for the rule. `None`: there were bits, but none of these mean
    /// anything, so that no day is selected. Both 0: nothing was selected, and the start says which day.
    pub(super) fn masks(&self) -> Option<(u64, u64)> {
        let (first_bits, last_bits) = match (self.frequency, self.modifier) {
            (Frequency::Weekly, _) => (7, 0),
            (Frequency::Monthly, Modifier::Weekday) => (35, 35),
            (Frequency::Monthly, Modifier::Monthday) => (31, 31),
            (Frequency::Yearly, Modifier::Month) => (12, 0),
            // These select by the day of the start alone; what their masks hold is not looked at.
            _ => return Some((0, 0)),
        };
        let first = self.first_mask & low_bits(first_bits);
        let last = self.last_mask & low_bits(last_bits);
        // A mask from the back says nothing for weeks and years (10.6), so it can't be what was meant there.
        let meant = self.first_mask != 0 || (last_bits > 0 && self.last_mask != 0);
        (!meant || first != 0 || last != 0).then_some((first, last))
    }
}

/// The `count` lowest bits, for less than 64 of them.
pub(super) fn low_bits(count: u32) -> u64 {
    (1 << count) - 1
}

/// The places of the bits that are set, lowest first.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (mask != 0).then(|| mask.trailing_zeros())?;
        mask &= mask - 1;
        Some(place)
    })
}

/// The first field of a block holds a code that the manual does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFrequency {
    /// What it holds.
    pub code: String,
}

impl fmt::Display for UnknownFrequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "recurrence code {:?}: one of 0, D, W, M, Y and then one of W, D, M or a space is known",
            self.code
        )
    }
}

impl std::error::Error for UnknownFrequency {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_types_stand_for_each_other() {
        for (code, frequency, modifier) in [
            ("D ", Frequency::Daily, Modifier::Plain),
            ("WW", Frequency::Weekly, Modifier::Weekday),
            ("MD", Frequency::Monthly, Modifier::Monthday),
            ("YM", Frequency::Yearly, Modifier::Month),
        ] {
            let until = Timestamp::parse("20041224T000000Z");
            let block = Block::from_fields(code, 2, -1, 5, until).unwrap();
            assert_eq!((block.frequency, block.modifier, block.first_mask), (frequency, modifier, u64::MAX));
            assert_eq!(block.code(), code);
            assert_eq!(Block::from_values(block.to_values().each_ref()), Ok(block));
        }
    }

    #[test]
    fn an_empty_code_does_not_recur_and_a_strange_one_is_an_error() {
        for code in ["", "0", "0 ", " "] {
            assert_eq!(Block::from_fields(code, 1, 0, 0, None), Ok(Block::default()), "{code:?}");
        }
        assert_eq!(Block::from_fields("D", 1, 0, 0, None).unwrap().code(), "D ");
        assert_eq!(Block::default().code(), "0 ");
        for code in ["X ", "d ", "DX", "é"] {
            assert_eq!(
                Block::from_fields(code, 1, 0, 0, None),
                Err(UnknownFrequency { code: code.to_owned() })
            );
        }
    }

    #[test]
    fn bits_without_a_meaning_select_nothing() {
        let masks = |code, first, last| Block::from_fields(code, 1, first, last, None).unwrap().masks();
        assert_eq!(masks("WW", 0x102, 7), Some((2, 0)));
        assert_eq!(masks("WW", 0x100, 0), None);
        assert_eq!(masks("WW", 0, 1), Some((0, 0)));
        assert_eq!(masks("MD", 1 << 31, 0), None);
        assert_eq!(masks("MD", 1 << 31, 1), Some((0, 1)));
        assert_eq!(masks("YM", 1 << 12, 0), None);
        assert_eq!(masks("YD", i64::MIN, 0), Some((0, 0)));
    }

    #[test]
    fn a_day_as_end_lasts_until_midnight_in_old_mode() {
        let block = Block { until: Timestamp::parse("20040110"), ..Block::every(1, Frequency::Daily) };
        let end = block.until_in_old_mode(Zone::Floating).unwrap();
        assert_eq!((end.to_iso8601().as_str(), end.parts().milli), ("20040110T235959", 999));
    }
}
