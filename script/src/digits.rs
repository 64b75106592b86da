//! Numbers in decimal, added to a text: the machinery of `write!` takes longer than the digits.

/// Adds a number, of as many digits as it has.
pub fn push_integer(text: &mut String, number: i64) {
    match number {
        // Most are small.
        0..10 => return text.push(char::from(b'0' + number as u8)),
        10..100 => return push_two(text, number),
        _ => {}
    }
    let mut rest = number.unsigned_abs();
    let mut digits = [0u8; 20];
    let mut start = digits.len();
    while rest >= 100 {
        let pair = (rest % 100) as usize * 2;
        rest /= 100;
        start -= 2;
        digits[start..start + 2].copy_from_slice(&PAIRS.as_bytes()[pair..pair + 2]);
    }
    start -= 1;
    if rest >= 10 {
        let pair = rest as usize * 2;
        start -= 1;
        digits[start..start + 2].copy_from_slice(&PAIRS.as_bytes()[pair..pair + 2]);
    } else {
        digits[start] = b'0' + rest as u8;
    }
    if number < 0 {
        text.push('-');
    }
    text.push_str(str::from_utf8(&digits[start..]).unwrap_or_default());
}

/// Adds the last two digits of a number.
pub fn push_two(text: &mut String, number: i64) {
    let start = (number.unsigned_abs() % 100) as usize * 2;
    text.push_str(&PAIRS[start..start + 2]);
}

/// The numbers from 00 to 99, two digits each.
const PAIRS: &str = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
                     5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for number in [0, 7, 10, 99, 100, 101, 1_234, 12_345, -1, -10, -100, i64::MAX, i64::MIN] {
            let mut text = String::new();
            push_integer(&mut text, number);
            assert_eq!(text, number.to_string());
        }
        let mut text = String::new();
        [0, 9, 42, 199].iter().for_each(|number| push_two(&mut text, *number));
        assert_eq!(text, "00094299");
    }
}
