//! How long something took, many times.

use std::time::Duration;

/// Times of one kind of question.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// Adds one.
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// The time that this share of all, in percent, did not exceed, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted
            .get(index)
            .map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A percentile is a time that was measured: of a hundred the median is the 50th, and p99 the 99th.
    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let mut latencies = Latencies::default();
        for millis in (1..=100).rev() {
            latencies.add(Duration::from_millis(millis));
        }
        let percentiles = [1, 50, 99, 100].map(|percent| latencies.percentile(percent));
        assert_eq!(percentiles, [1.0, 50.0, 99.0, 100.0]);
    }
}
