//! The clock of a store.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// Returns the current time in whole seconds since 1970-01-01T00:00:00Z. Tests use clocks of their own.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The clock of the machine.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        // A clock before 1970 gives 0. Then the check of the time refuses every signed request.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    })
}
