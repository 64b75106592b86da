//! What the operators make of values (manual 6.10).
//!
//! The left operand decides: text and blobs are joined, a time stays a time, everything else counts as a number.

use std::cmp::Ordering;

use super::clock;
use super::error::Fault;
use super::kind::Kind;
use super::val::{Val, View};
use crate::text::significant;

/// An operator with two operands that gives a number, a time or text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Arith {
    Mul,
    Div,
    Rem,
    Add,
    Sub,
    Shl,
    Shr,
    And,
    Xor,
    Or,
    LogicAnd,
    LogicOr,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Compare {
    Gt,
    Lt,
    Ge,
    Le,
    Eq,
    Ne,
}

/// An operator with one operand; its result is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unary {
    Neg,
    Not,
    BitNot,
}

impl Compare {
    /// Whether it holds for this order; nothing holds for what has none.
    pub fn holds(self, order: Option<Ordering>) -> bool {
        let Some(order) = order else { return false };
        match self {
            Compare::Gt => order.is_gt(),
            Compare::Lt => order.is_lt(),
            Compare::Ge => order.is_ge(),
            Compare::Le => order.is_le(),
            Compare::Eq => order.is_eq(),
            Compare::Ne => order.is_ne(),
        }
    }

    /// For two numbers.
    #[inline]
    pub fn holds_for(self, a: i64, b: i64) -> bool {
        match self {
            Compare::Gt => a > b,
            Compare::Lt => a < b,
            Compare::Ge => a >= b,
            Compare::Le => a <= b,
            Compare::Eq => a == b,
            Compare::Ne => a != b,
        }
    }
}

impl Unary {
    /// Its result.
    pub fn apply(self, operand: View<'_>) -> i64 {
        let number = operand.integer();
        match self {
            Unary::Neg => number.wrapping_neg(),
            Unary::Not => i64::from(number == 0),
            Unary::BitNot => !number,
        }
    }
}

impl Arith {
    /// Its result for two numbers.
    pub fn of_integers(self, a: i64, b: i64) -> Result<i64, Fault> {
        // A shift counts modulo 64, as processors do it.
        let places = (b & 63) as u32;
        Ok(match self {
            Arith::Mul => a.wrapping_mul(b),
            Arith::Div | Arith::Rem if b == 0 => return Err(Fault::DivisionByZero),
            Arith::Div => a.wrapping_div(b),
            Arith::Rem => a.wrapping_rem(b),
            Arith::Add => a.wrapping_add(b),
            Arith::Sub => a.wrapping_sub(b),
            Arith::Shl => a.wrapping_shl(places),
            Arith::Shr => a.wrapping_shr(places),
            Arith::And => a & b,
            Arith::Xor => a ^ b,
            Arith::Or => a | b,
            Arith::LogicAnd => i64::from(a != 0 && b != 0),
            Arith::LogicOr => i64::from(a != 0 || b != 0),
        })
    }

    /// Its result where that isn't text.
    pub fn apply(self, a: View<'_>, b: View<'_>) -> Result<Val, Fault> {
        if let (Arith::Sub, View::Time(_, later), View::Time(_, earlier)) = (self, a, b)
            && let Some(difference) = clock::difference(*later, *earlier)
        {
            return Ok(Val::Time(Kind::Timestamp, difference));
        }
        match (self, a) {
            (Arith::Add, View::Array { .. }) => Ok(a.to_val()),
            (Arith::Add, a) if a.kind() == Kind::None => Ok(a.to_val()),
            (Arith::Add, a) if a.kind() == Kind::Blob => a.joined(b),
            (_, View::Unassigned(kind)) if kind.is_time() => Ok(Val::Unassigned(kind)),
            (_, View::Empty(kind)) if kind.is_time() => Ok(Val::Empty(kind)),

            (_, View::Time(kind, time)) => {
                let linear = self.of_integers(time.linear(), b.integer())?;
                Ok(match clock::with_linear(*time, linear) {
                    time if clock::is_empty(time) => Val::Empty(kind),
                    time => Val::Time(kind, time),
                })
            }
            _ => self.of_integers(a.integer(), b.integer()).map(Val::Integer),
        }
    }
}

/// How two values compare: the left one's type decides how. `None` where they can't be compared.
pub fn compare(a: View<'_>, b: View<'_>) -> Option<Ordering> {
    match (a, b) {
        (View::Integer(a), View::Integer(b)) => Some(a.cmp(&b)),
        (View::Text(Kind::String, a), View::Text(Kind::String, b)) => Some(a.cmp(b)),
        _ if is_constant(b) => Some(against_nothing(a, b)),
        _ if is_constant(a) => Some(against_nothing(b, a).reverse()),
        (View::Array { empty: true }, View::Array { empty: true }) => Some(Ordering::Equal),
        (View::Array { .. }, _) | (_, View::Array { .. }) => None,
        _ => typed(a, b),
    }
}

/// How two values of types compare, by COMPARE's stricter view: a number and text have no order.
pub fn compare_strictly(a: View<'_>, b: View<'_>) -> Option<Ordering> {
    if a.kind() == Kind::None || b.kind() == Kind::None {
        return None;
    }
    if a.kind() == Kind::Integer && b.kind().is_text() {
        return None;
    }
    typed(a, b)
}

/// `EMPTY` and `UNASSIGNED` themselves.
fn is_constant(view: View<'_>) -> bool {
    matches!(view, View::Unassigned(Kind::None) | View::Empty(Kind::None))
}

/// A value beside `EMPTY` or `UNASSIGNED`: it is that, or more than that.
fn against_nothing(value: View<'_>, constant: View<'_>) -> Ordering {
    let same = match constant {
        View::Unassigned(_) => !value.is_assigned(),
        _ => value.is_empty(),
    };
    if same { Ordering::Equal } else { Ordering::Greater }
}

fn typed(a: View<'_>, b: View<'_>) -> Option<Ordering> {
    match a.kind() {
        kind if kind.is_text() => {
            // A telephone number ignores its separators only beside another one.
            let (left, right) = (a.text(), b.text());
            match kind.field_type() {
                Some(kind) if b.kind() == a.kind() => {
                    Some(significant(&left, kind).cmp(&significant(&right, kind)))
                }
                _ => Some(left.cmp(&right)),
            }
        }
        kind if kind.is_time() => {
            let (left, right) = (time_of(a), time_of(b));
            match (left, right) {
                (Some(left), Some(right)) => left.partial_compare(right),
                (None, None) => Some(Ordering::Equal),
                (Some(_), None) => Some(Ordering::Greater),
                (None, Some(_)) => Some(Ordering::Less),
            }
        }
        Kind::Blob => match (a, b) {
            (View::Blob(a), View::Blob(b)) => Some(a.cmp(b)),
            _ => Some(a.text().cmp(&b.text())),
        },
        _ => Some(a.integer().cmp(&b.integer())),
    }
}

fn time_of(view: View<'_>) -> Option<crate::time::Timestamp> {
    match view {
        View::Integer(0) => None,
        View::Integer(units) => Some(clock::from_units(units)),
        other => other.stated(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> View<'_> {
        View::Text(Kind::String, text)
    }

    #[test]
    fn the_left_operand_decides_how_two_values_compare() {
        assert_eq!(compare(text("01"), View::Integer(1)), Some(Ordering::Less));
        assert_eq!(compare(View::Integer(1), text("01")), Some(Ordering::Equal));
        assert_eq!(compare_strictly(View::Integer(1), text("1")), None);
    }

    #[test]
    fn empty_and_unassigned_compare_on_both_sides() {
        let (empty, unassigned) = (View::Empty(Kind::None), View::Unassigned(Kind::None));
        assert_eq!(compare(View::Integer(-1), empty), Some(Ordering::Greater));
        assert_eq!(compare(empty, View::Integer(-1)), Some(Ordering::Less));
        assert_eq!(compare(text(""), empty), Some(Ordering::Equal));
        assert_eq!(compare(text(""), unassigned), Some(Ordering::Greater));
        assert_eq!(compare(View::Unassigned(Kind::Integer), View::Integer(0)), Some(Ordering::Equal));
    }

    #[test]
    fn telephone_numbers_compare_by_digits() {
        let (a, b) = (View::Text(Kind::Telephone, "+41 (1) 2"), View::Text(Kind::Telephone, "+4112"));
        assert_eq!(compare(a, b), Some(Ordering::Equal));
        assert_ne!(compare(a, text("+4112")), Some(Ordering::Equal));
    }
}
