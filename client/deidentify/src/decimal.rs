//! Numbers as they are written in JSON, without floating point.

/// Digits before the point that a number with a known unit has at most. Longer ones are telephone numbers and the like.
const DIGITS_WITH_UNIT: usize = 7;
/// Without a unit it is a score, a count or a part of a ratio, or else the number of a patient.
const DIGITS_WITHOUT_UNIT: usize = 4;
/// Digits that a number has at most in all: what a program writes that computed it.
const DIGITS: usize = 17;
/// Places behind the point that a number has at most.
const PLACES: i32 = 20;

/// A number: its digits without leading zeros, times a power of ten.
#[derive(Clone, Debug)]
pub(crate) struct Decimal {
    is_negative: bool,
    digits: Vec<u8>,
    exponent: i32,
}

impl Decimal {
    /// Reads a number of JSON. `None` for one that no measurement has: too many digits, or an exponent that is too large.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
        let (number, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let power: i32 = power.trim_start_matches('+').parse().ok()?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.len() + fraction.len() > DIGITS || power.abs() > PLACES {
            return None;
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        Some(Self {
            is_negative,
            digits: digits[zeros..].to_vec(),
            exponent: power - i32::try_from(fraction.len()).ok()?,
        })
    }

    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Digits without zeros at either end.
    fn significant(&self) -> usize {
        let zeros = self.digits.iter().rev().take_while(|digit| **digit == b'0');
        self.digits.len() - zeros.count()
    }

    /// Digits before the point.
    fn whole(&self) -> usize {
        let whole = self.exponent + i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        usize::try_from(whole).unwrap_or(0)
    }

    /// Rounds to so many significant digits, a half away from zero.
    fn round(mut self, digits: usize) -> Self {
        if self.digits.len() <= digits {
            return self;
        }
        let is_up = self.digits[digits] >= b'5';
        self.exponent += i32::try_from(self.digits.len() - digits).unwrap_or(0);
        self.digits.truncate(digits);
        if is_up {
            let mut place = digits;
            loop {
                if place == 0 {
                    self.digits.insert(0, b'1');
                    break;
                }
                place -= 1;
                if self.digits[place] < b'9' {
                    self.digits[place] += 1;
                    break;
                }
                self.digits[place] = b'0';
            }
        }
        self
    }

    /// Without an exponent.
    fn write(&self) -> String {
        let digits = core::str::from_utf8(&self.digits).unwrap_or("0");
        let sign = if self.is_negative { "-" } else { "" };
        if self.exponent >= 0 {
            let zeros = "0".repeat(usize::try_from(self.exponent).unwrap_or(0));
            return format!("{sign}{digits}{zeros}");
        }
        let places = usize::try_from(-self.exponent).unwrap_or(0);
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        format!("{sign}{whole}.{fraction}")
    }

    /// Whether both are the same number, however written.
    fn is_same(&self, other: &Self) -> bool {
        let value = |one: &Self| {
            let length = one.significant();
            let zeros = i32::try_from(one.digits.len() - length).unwrap_or(0);
            (one.digits[..length].to_vec(), one.exponent + zeros)
        };
        (self.is_zero() && other.is_zero())
            || (self.is_negative == other.is_negative && value(self) == value(other))
    }
}

/// A number as results have it: `None` where it could be the number of a patient.
pub(crate) fn measure(text: &str, has_unit: bool) -> Option<Decimal> {
    let most = match has_unit {
        true => DIGITS_WITH_UNIT,
        false => DIGITS_WITHOUT_UNIT,
    };
    Decimal::read(text).filter(|number| number.whole() <= most)
}

/// The text of a number that is rounded to so many significant digits: the same text where this changes nothing.
pub(crate) fn rounded(text: &str, digits: usize) -> Option<String> {
    let number = Decimal::read(text)?;
    match number.significant() <= digits {
        true => Some(text.to_owned()),
        false => Some(number.round(digits).write()),
    }
}

/// Whether a number is another one, rounded.
pub(crate) fn is_rounded_from(text: &str, original: &str) -> bool {
    let (Some(rounded), Some(original)) = (Decimal::read(text), Decimal::read(original)) else {
        return false;
    };
    let least = rounded.significant();
    (least..=DIGITS).any(|digits| original.clone().round(digits).is_same(&rounded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text_unless_they_have_too_many_digits() {
        for (text, expected) in [
            ("7.2", "7.2"),
            ("7.20", "7.20"),
            ("185", "185"),
            ("185.000", "185.000"),
            ("1E2", "1E2"),
            ("0", "0"),
            ("-0", "-0"),
            ("250000", "250000"),
            ("83.9145312", "83.9"),
            ("83.95", "84.0"),
            ("1234", "1230"),
            ("1235.5", "1240"),
            ("999.9", "1000"),
            ("0.0012345", "0.00123"),
            ("-0.0012355", "-0.00124"),
            ("1.2345e3", "1230"),
            ("1.2345E-3", "0.00123"),
            ("99.95", "100.0"),
        ] {
            let rounded = rounded(text, 3).unwrap();
            assert_eq!(rounded, expected, "{text}");
            assert_eq!(super::rounded(&rounded, 3).unwrap(), rounded, "{text}");
            assert!(is_rounded_from(&rounded, text), "{text}");
        }
        for text in ["1e99", "123456789012345678", "1e-21", "1e999999999999"] {
            assert_eq!(rounded(text, 3), None, "{text}");
        }
    }

    #[test]
    fn another_number_is_not_rounded() {
        for (text, original) in [
            ("7.3", "7.2"),
            ("84", "83.4"),
            ("-7.2", "7.2"),
            ("1230", "123"),
            ("83.92", "83.9"),
            ("0", "7.2"),
        ] {
            assert!(!is_rounded_from(text, original), "{text} {original}");
        }
    }

    #[test]
    fn long_numbers_are_no_measures() {
        assert!(measure("250000", true).is_some());
        assert!(measure("5550199123", true).is_none());
        assert!(measure("5e9", true).is_none());
        assert!(measure("1024", false).is_some());
        assert!(measure("482913", false).is_none());
        assert!(measure("27.69493745128458", true).is_some());
    }
}
