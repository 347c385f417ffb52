//! When an attempt that failed is repeated.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

const SECOND: u64 = 1;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
/// The waits between ten attempts, as the specification has them: 75 hours, 35 minutes and 5 seconds in all.
const WAITS: [u64; 9] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// The longest wait that a receiver can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * HOUR);
/// A wait is longer by up to this part of it, at random, so that receivers are not all tried at the same time.
const JITTER_PART: u32 = 10;

/// When an attempt that failed is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule {
    waits: Vec<Duration>,
}

impl Default for RetrySchedule {
    /// Ten attempts over three days.
    fn default() -> Self {
        Self::new(WAITS.map(Duration::from_secs).to_vec())
    }
}

impl RetrySchedule {
    /// A schedule with these waits: after the last one there is one more attempt, and no further one.
    pub const fn new(waits: Vec<Duration>) -> Self {
        Self { waits }
    }

    /// The wait for the next attempt after so many failures; at least as long as the receiver asks for, up to a day. `None`:
    /// there is no further attempt.
    pub(super) fn wait(&self, failures: u32, retry_after: Option<Duration>) -> Option<Duration> {
        let number = usize::try_from(failures).ok()?.checked_sub(1)?;
        let wait = *self.waits.get(number)?;
        let asked = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
        Some((wait + wait.mul_f64(random()) / JITTER_PART).max(asked))
    }
}

/// A number from 0 to 1.
fn random() -> f64 {
    let drawn = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(drawn >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There are ten attempts, over the time of the specification and at most a tenth more, and then no further one.
    #[test]
    fn the_schedule_is_that_of_the_specification() {
        let schedule = RetrySchedule::default();
        let waits: Vec<_> = (1..)
            .map_while(|failures| schedule.wait(failures, None))
            .collect();
        assert_eq!(waits.len() + 1, 10);
        for (wait, expected) in waits.iter().zip(WAITS.map(Duration::from_secs)) {
            assert!(expected <= *wait && *wait <= expected + expected / JITTER_PART);
        }
        assert_eq!(WAITS.iter().sum::<u64>(), 75 * HOUR + 35 * MINUTE + 5);
        assert_eq!(schedule.wait(0, None), None);
    }

    /// A receiver can ask for a longer wait, up to a day, and not for a shorter one.
    #[test]
    fn receivers_can_ask_for_a_longer_wait() {
        let schedule = RetrySchedule::default();
        let asked = |seconds| {
            schedule
                .wait(1, Some(Duration::from_secs(seconds)))
                .unwrap()
        };
        assert_eq!(asked(100), Duration::from_secs(100));
        assert!(asked(1) >= Duration::from_secs(5));
        assert_eq!(asked(u64::MAX), LONGEST_RETRY_AFTER);
        assert_eq!(schedule.wait(10, Some(Duration::from_secs(1))), None);
    }
}
