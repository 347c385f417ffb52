use std::time::{Duration, Instant};

/// How often a test asks again.
const INTERVAL: Duration = Duration::from_millis(10);

/// Asks until there is an answer. The test fails after a minute.
#[track_caller]
pub fn eventually<T>(what: &str, answer: impl FnMut() -> Option<T>) -> T {
    within(Duration::from_secs(60), what, answer)
}

/// Asks until there is an answer. The test fails when the time is over.
#[track_caller]
pub fn within<T>(limit: Duration, what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(Instant::now() < deadline, "still not so: {what}");
        std::thread::sleep(INTERVAL);
    }
}
