//! Flags in a number: which there are, and how one is set.

use syncloom_script::{FieldId, Item, Value};

/// The number of flags that a number has; the sign is none.
const COUNT: u32 = 63;

/// The flags of a value, from the lowest.
pub(super) fn of(value: &Value) -> impl Iterator<Item = u32> + use<> {
    let mut bits = all(value);
    std::iter::from_fn(move || {
        let lowest = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        Some(lowest)
    })
}

/// The flags of a value, as bits.
pub(super) fn all(value: &Value) -> u64 {
    (value.to_integer().unwrap_or(0) & i64::MAX).unsigned_abs()
}

/// Whether a flag is among these.
pub(super) fn has(flags: u64, bit: u32) -> bool {
    bit < COUNT && flags >> bit & 1 == 1
}

/// Adds a flag to those of a field. `false` where there is no such flag or no such place.
pub(super) fn set(item: &mut Item, field: FieldId, index: usize, bit: u32) -> bool {
    if bit >= COUNT {
        return false;
    }
    let bits = item.get_at(field, index).to_integer().unwrap_or(0);
    item.set_at(field, index, Value::Integer(bits | 1 << bit))
}
