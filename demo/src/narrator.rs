//! Prints the story.

use std::time::{Duration, Instant};

use generion_client::ConfirmedTransaction;

/// Prints the story, with the time since its start.
pub struct Narrator {
    started: Instant,
    transactions: usize,
}

impl Narrator {
    /// A narrator whose times count from `started`.
    pub fn new(started: Instant) -> Self {
        Self {
            started,
            transactions: 0,
        }
    }

    /// Prints a chapter's heading.
    pub fn chapter(&self, title: &str) {
        println!("\n== {title}  [{}]", seconds(self.started.elapsed()));
    }

    /// Prints a sentence.
    pub fn say(&self, sentence: &str) {
        println!("   {sentence}");
    }

    /// Prints a transaction with its compute units, its fee, and the rent of the account that it created.
    pub fn transaction(
        &mut self,
        sentence: &str,
        confirmed: &ConfirmedTransaction,
        rent: Option<u64>,
    ) {
        self.transactions += 1;
        let ConfirmedTransaction {
            compute_units, fee, ..
        } = confirmed;
        let rent = rent
            .map(|rent| format!("  rent {:>9}", grouped(rent)))
            .unwrap_or_default();
        println!(
            "   {sentence:<66} {:>6} CU  fee {:>5}{rent}",
            grouped(*compute_units),
            grouped(*fee)
        );
    }

    /// The number of transactions printed so far, and the time since the start.
    pub fn totals(&self) -> (usize, String) {
        (self.transactions, seconds(self.started.elapsed()))
    }
}

/// Lamports as SOL, without trailing zeros.
pub fn sol(lamports: u64) -> String {
    let text = format!(
        "{}.{:09}",
        lamports / 1_000_000_000,
        lamports % 1_000_000_000
    );
    let text = text.trim_end_matches('0');
    format!("{} SOL", text.strip_suffix('.').unwrap_or(text))
}

/// A number with a noun, in the plural where it needs one.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A number with its thousands separated.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_formatted() {
        assert_eq!(sol(250_000_000), "0.25 SOL");
        assert_eq!(sol(3_000_000_000), "3 SOL");
        assert_eq!(sol(1), "0.000000001 SOL");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(999), "999");
    }
}
