//! Amounts of money, exact and with a unit.

use std::fmt;

/// Lamports of a SOL.
pub const LAMPORTS_PER_SOL: u64 = 1_000_000_000;
/// The fee of a transaction for each of its signatures, in lamports.
pub const FEE_PER_SIGNATURE: u64 = 5_000;
const DECIMALS: usize = 9;

/// Lamports that are shown as SOL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sol(pub u64);

impl fmt::Display for Sol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / LAMPORTS_PER_SOL, self.0 % LAMPORTS_PER_SOL);
        let text = format!("{whole}.{rest:09}");
        f.pad(&format!(
            "{} SOL",
            text.trim_end_matches('0').trim_end_matches('.')
        ))
    }
}

/// The sum of lamports that nodes, logs or files name; [`u64::MAX`] where it is above that, which no true amounts are.
pub fn total(lamports: impl IntoIterator<Item = u64>) -> u64 {
    lamports.into_iter().fold(0, u64::saturating_add)
}

/// Reads `0.25SOL` or `250000000lamports`, with or without a space; the lamports. A bare number could be meant either way.
///
/// # Errors
/// The expected form, as a sentence for the user.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number = digits.trim_end();
    let lamports = match &text[digits.len()..].to_ascii_lowercase()[..] {
        "sol" => sol(number),
        "lamports" | "lamport" => number.parse().ok(),
        _ => return Err("give the unit, as in 0.25SOL or 250000000lamports".to_owned()),
    };
    lamports.ok_or_else(|| {
        "expected an amount of up to 9 decimals of a SOL, as in 0.25SOL or 250000000lamports"
            .to_owned()
    })
}

fn sol(number: &str) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if !is_digits(whole) || !is_digits(fraction) || fraction.len() > DECIMALS {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<DECIMALS$}").parse().ok()?;
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(LAMPORTS_PER_SOL)?
        .checked_add(fraction)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, lamports) in [
            ("0.25SOL", 250_000_000),
            ("0.25 sol", 250_000_000),
            ("1SOL", LAMPORTS_PER_SOL),
            ("0.000000001SOL", 1),
            ("18446744073.709551615SOL", u64::MAX),
            ("890880lamports", 890_880),
            ("1 lamport", 1),
        ] {
            assert_eq!(parse(text), Ok(lamports), "{text}");
        }
    }

    /// Amounts that a node makes up overflow nothing.
    #[test]
    fn a_sum_is_at_most_the_largest_number() {
        assert_eq!(total([]), 0);
        assert_eq!(total([1, 2, 3]), 6);
        assert_eq!(total([u64::MAX, 1, 7]), u64::MAX);
    }

    #[test]
    fn amounts_without_a_unit_are_refused() {
        for text in ["", "1", "0.25", "1 BTC", "SOLSOL"] {
            assert!(parse(text).unwrap_err().contains("give the unit"), "{text}");
        }
    }

    #[test]
    fn amounts_out_of_range_are_refused() {
        for text in [
            "SOL",
            "-1SOL",
            "+1SOL",
            "1.SOL",
            ".5SOL",
            "0.0000000001SOL",
            "1e3SOL",
            "0.5lamports",
            "18446744074SOL",
        ] {
            assert!(
                parse(text).unwrap_err().contains("expected an amount"),
                "{text}"
            );
        }
    }

    #[test]
    fn sol_is_shown_without_idle_zeros() {
        let shown: Vec<_> = [0, 1, 250_000_000, LAMPORTS_PER_SOL]
            .map(|lamports| Sol(lamports).to_string())
            .into();
        assert_eq!(shown, ["0 SOL", "0.000000001 SOL", "0.25 SOL", "1 SOL"]);
    }
}
