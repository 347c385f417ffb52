//! Points in time and durations, as users type them.

use std::time::UNIX_EPOCH;

/// Reads a duration such as `1h` or `2days 12h`, in whole seconds.
pub fn parse_seconds(text: &str) -> Result<u32, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; expected a duration such as 1h or 2days 12h"))?;
    u32::try_from(duration.as_secs()).map_err(|_| "the duration is too long".to_owned())
}

/// When something expires: at a time, or after a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// At this time, in seconds since the Unix epoch.
    At(i64),
    /// This many seconds from now, by the ledger's clock.
    In(u32),
}

impl Expiry {
    /// Reads a duration such as `30days`, a time such as `2027-01-31T12:00:00Z`, or a date such as `2027-01-31`, which
    /// stands for its first second, in UTC.
    pub fn parse(text: &str) -> Result<Self, String> {
        let time = humantime::parse_rfc3339(text)
            .or_else(|_| humantime::parse_rfc3339(&format!("{text}T00:00:00Z")));
        if let Ok(time) = time {
            let since = time
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i64::try_from(since.as_secs()).ok());
            return since
                .map(Self::At)
                .ok_or_else(|| "the time is before 1970".to_owned());
        }
        parse_seconds(text)
            .map(Self::In)
            .map_err(|error| format!("{error}, or a date such as 2027-01-31"))
    }

    /// The time in Unix seconds, where `now` is the ledger's time.
    pub fn unix_time(self, now: i64) -> i64 {
        match self {
            Self::At(time) => time,
            Self::In(seconds) => now.saturating_add(seconds.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_a_time_or_a_duration() {
        assert_eq!(Expiry::parse("1970-01-01T00:01:00Z"), Ok(Expiry::At(60)));
        assert_eq!(Expiry::parse("1970-01-02"), Ok(Expiry::At(86_400)));
        assert_eq!(Expiry::parse("2h"), Ok(Expiry::In(7200)));
        assert_eq!(Expiry::In(7200).unix_time(1_000), 8_200);
        assert_eq!(Expiry::At(60).unix_time(1_000), 60);
        for nonsense in [
            "soon",
            "2027-02-30",
            "2027-1-31",
            "31.1.2027",
            "2027-01-31T",
        ] {
            let refused = Expiry::parse(nonsense).unwrap_err();
            assert!(
                refused.contains("or a date such as"),
                "{nonsense}: {refused}"
            );
        }
        assert!(parse_seconds("200years").unwrap_err().contains("too long"));
    }
}
