//! Moments that are waited for.

use std::time::Duration;

use tokio::time::Instant;

/// The longest time that is counted: a hundred years. Clocks of machines end somewhere behind it.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// The moment that is this far from now. A user may set a huge duration to wait without an end; such a wait ends in a hundred
/// years.
pub fn deadline(wait: Duration) -> Instant {
    Instant::now() + wait.min(LONGEST)
}

/// Whether less than this time is left until a moment.
pub fn is_nearer(moment: Instant, wait: Duration) -> bool {
    moment.saturating_duration_since(Instant::now()) < wait
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wait without an end has a moment to end at, and is never near it.
    #[test]
    fn a_wait_without_an_end_does_not_overflow() {
        let end = deadline(Duration::MAX);
        assert!(end >= Instant::now() + LONGEST / 2);
        assert!(!is_nearer(end, Duration::from_secs(1)));
        assert!(is_nearer(end, Duration::MAX));
        assert!(is_nearer(deadline(Duration::ZERO), Duration::from_secs(1)));
    }
}
