//! Chance that is the same each time, so that what it finds can be found again.

/// A sequence of numbers that is the same each time (xorshift, Marsaglia 2003).
pub struct Chance(u64);

impl Chance {
    /// The sequence of this number.
    pub fn new(number: u64) -> Self {
        Chance((number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    /// One of several.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
