//! Showing times and durations.

use std::time::{Duration, UNIX_EPOCH};

/// The last second of the year 9999, past which RFC 3339 has no notation.
const LAST: u64 = 253_402_300_799;

/// A time in Unix seconds as RFC 3339, or as a number where RFC 3339 can't express it: times on the ledger may come
/// from strangers.
pub fn show(seconds: i64) -> String {
    match u64::try_from(seconds) {
        Ok(since) if since <= LAST => {
            humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(since)).to_string()
        }
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_can_be_shown() {
        assert_eq!(show(0), "1970-01-01T00:00:00Z");
        assert_eq!(show(LAST as i64), "9999-12-31T23:59:59Z");
        assert_eq!(show(LAST as i64 + 1), "253402300800 s");
        assert_eq!(show(i64::MAX), "9223372036854775807 s");
        assert_eq!(show(-1), "-1 s");
    }
}
