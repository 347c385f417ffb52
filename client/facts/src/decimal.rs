//! Decimals as facts have them: one text for each number, which follows from the characters of a JSON number.

/// Most digits of a decimal, before and after the point together.
const MAX_DIGITS: usize = 18;

/// The decimal of a JSON number. `None`: it would have more than 18 digits.
pub fn canonical(number: &str) -> Option<String> {
    let (is_negative, number) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (significand, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (integer, fraction) = significand.split_once('.').unwrap_or((significand, ""));
    let all = || integer.bytes().chain(fraction.bytes());
    let leading = all().take_while(|digit| *digit == b'0').count();
    let trailing = all().rev().take_while(|digit| *digit == b'0').count();
    let count = integer.len() + fraction.len();
    if leading == count {
        return Some("0".to_owned());
    }
    let length = count - leading - trailing;
    if length > MAX_DIGITS {
        return None;
    }
    let digits: String = all().skip(leading).take(length).map(char::from).collect();
    // The number is `digits` as a fraction of 1, times ten to this power.
    let power = i64::try_from(integer.len())
        .ok()?
        .checked_sub(leading as i64)?
        .checked_add(small(exponent)?)?;
    let max = MAX_DIGITS as i64;
    let text = match power {
        // Every zero is a digit, too.
        ..=0 if 1 - power + length as i64 <= max => {
            format!("0.{}{digits}", "0".repeat(-power as usize))
        }
        1.. if power <= max => match digits.split_at_checked(power as usize) {
            Some((integer, "")) => integer.to_owned(),
            Some((integer, fraction)) => format!("{integer}.{fraction}"),
            None => format!("{digits}{}", "0".repeat(power as usize - length)),
        },
        _ => return None,
    };
    Some(if is_negative {
        format!("-{text}")
    } else {
        text
    })
}

/// An exponent. `None`: no document is long enough to make up for it.
fn small(exponent: &str) -> Option<i64> {
    let digits = exponent.trim_start_matches(['+', '-']);
    let digits = digits.trim_start_matches('0');
    if digits.len() > 9 {
        return None;
    }
    let exponent_value: i64 = if digits.is_empty() {
        0
    } else {
        digits.parse().ok()?
    };
    Some(if exponent.starts_with('-') {
        -exponent_value
    } else {
        exponent_value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_text() {
        for (number, expected) in [
            ("7.2", "7.2"),
            ("7.20", "7.2"),
            ("-7.2e0", "-7.2"),
            ("0.072E+2", "7.2"),
            ("72e-1", "7.2"),
            ("7200e-3", "7.2"),
            ("120", "120"),
            ("1.2e2", "120"),
            ("1200e-1", "120"),
            ("0", "0"),
            ("-0", "0"),
            ("-0.000", "0"),
            ("0e99999999999999999999", "0"),
            ("0.0e-5", "0"),
            ("0.5", "0.5"),
            ("5e-1", "0.5"),
            ("0.05", "0.05"),
            ("10", "10"),
            ("1e17", "100000000000000000"),
            ("1e-17", "0.00000000000000001"),
            ("123456789012345678", "123456789012345678"),
            ("12345678901234567.8", "12345678901234567.8"),
            ("0.12345678901234567", "0.12345678901234567"),
            ("1.000000000000000000000000", "1"),
            ("100000000000000000000e-20", "1"),
            ("0.00000000000000000001e20", "1"),
            ("1e000000000000000000001", "10"),
            ("1e-0", "1"),
        ] {
            assert_eq!(canonical(number).as_deref(), Some(expected), "{number}");
        }
    }

    #[test]
    fn more_than_eighteen_digits_are_none() {
        for number in [
            "1e18",
            "1e-18",
            "1E400",
            "-1e-400",
            "1e999999999",
            "1e-999999999",
            "1e9999999999999999999999999",
            "1234567890123456789",
            "0.123456789012345678",
            "123456789012345678.9",
            "1234567890123456789e-2",
            "12e17",
        ] {
            assert_eq!(canonical(number), None, "{number}");
        }
        let long = format!("1{}e-{}", "0".repeat(1_000_000), 1_000_000);
        assert_eq!(canonical(&long).as_deref(), Some("1"));
    }
}
