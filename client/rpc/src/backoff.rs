//! Waits between tries.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// The waits between tries of one thing. Each is twice as long as the one before, and has a random part of at most the same
/// length, so that clients that failed together don't all come back together.
#[derive(Debug)]
pub struct Backoff {
    builder: ExponentialBuilder,
    waits: ExponentialBackoff,
    longest: Duration,
}

impl Backoff {
    /// `first` is the shortest wait before the second try; no wait is longer than `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let builder = ExponentialBuilder::new()
            .with_min_delay(first)
            .with_max_delay(longest)
            .with_factor(2.0)
            .without_max_times()
            .with_jitter();
        Self {
            builder,
            waits: builder.build(),
            longest,
        }
    }

    /// The wait before the next try. There is always one.
    pub fn next_wait(&mut self) -> Duration {
        let longest = self.longest;
        self.waits.next().map_or(longest, |wait| wait.min(longest))
    }

    /// Begins again with the first wait, after a try that succeeded.
    pub fn reset(&mut self) {
        self.waits = self.builder.build();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits double, have a random part of at most their own length, are never longer than the longest, and begin again.
    #[test]
    fn waits_double_up_to_the_longest() {
        let longest = Duration::from_secs(8);
        let mut backoff = Backoff::new(Duration::from_millis(250), longest);
        for _ in 0..2 {
            for exponent in 0..5 {
                let least = Duration::from_millis(250 << exponent);
                let wait = backoff.next_wait();
                assert!((least..=2 * least).contains(&wait), "{least:?}: {wait:?}");
            }
            for _ in 0..100 {
                assert_eq!(backoff.next_wait(), longest);
            }
            backoff.reset();
        }
    }

    /// The longest durations overflow nothing.
    #[test]
    fn the_longest_waits_are_waits() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::MAX);
        for _ in 0..200 {
            assert!(backoff.next_wait() >= Duration::from_secs(1));
        }
        let mut backoff = Backoff::new(Duration::MAX, Duration::MAX);
        assert_eq!(backoff.next_wait(), Duration::MAX);
    }
}
