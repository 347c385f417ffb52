//! Durations, as people say them.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Seconds as a person would say them, such as `1 day 2 h 10 min`. Nothing is rounded.
pub fn in_words(seconds: u64) -> String {
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
    fn durations_are_shown_in_days_hours_and_minutes() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (3_600, "1 h"),
            (87_000, "1 day 10 min"),
            (2 * DAY + HOUR + 1, "2 days 1 h 1 s"),
        ] {
            assert_eq!(in_words(seconds), shown);
        }
        assert!(in_words(u64::MAX).starts_with("213503982334601 days"));
    }
}
