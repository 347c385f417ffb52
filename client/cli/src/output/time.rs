//! Points in time, as they are shown.

use std::time::{Duration, UNIX_EPOCH};

/// The last second of the year 9999, past which RFC 3339 has no notation.
const LAST: u64 = 253_402_300_799;

/// Seconds since the Unix epoch as RFC 3339; as a number where that has no notation for it, since times on the ledger
/// may come from strangers.
pub fn show(seconds: i64) -> String {
    match u64::try_from(seconds) {
        Ok(since) if since <= LAST => {
            humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(since)).to_string()
        }
        _ => format!("{seconds} s"),
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Seconds as a person would say them, such as `1 day 2 h 10 min`. Nothing is rounded.
pub fn show_duration(seconds: u64) -> String {
    let days = seconds / DAY;
    let day = if days == 1 { "day" } else { "days" };
    let parts = [
        (days, day),
        (seconds % DAY / HOUR, "h"),
        (seconds % HOUR / MINUTE, "min"),
        (seconds % MINUTE, "s"),
    ];
    let shown = parts.iter().filter(|(count, _)| *count > 0);
    let shown: Vec<_> = shown
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    match shown.is_empty() {
        true => "0 s".to_owned(),
        false => shown.join(" "),
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

    #[test]
    fn durations_are_shown_in_days_hours_and_minutes() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (3_600, "1 h"),
            (87_000, "1 day 10 min"),
            (2 * DAY + HOUR + 1, "2 days 1 h 1 s"),
        ] {
            assert_eq!(show_duration(seconds), shown);
        }
        assert!(show_duration(u64::MAX).starts_with("213503982334601 days"));
    }
}
