use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// This machine's clock.
#[derive(Clone)]
pub struct LocalClock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl LocalClock {
    /// A clock of the caller's own, in seconds since the Unix epoch: for tests, and for programs that have a better one.
    pub fn new(clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(clock))
    }

    /// The time, in seconds since the Unix epoch.
    pub fn unix_time(&self) -> i64 {
        (self.0)()
    }
}

impl Default for LocalClock {
    /// The operating system's.
    fn default() -> Self {
        Self::new(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            since.map_or(0, seconds)
        })
    }
}

impl fmt::Debug for LocalClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalClock({})", self.unix_time())
    }
}

pub(super) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
