//! Shows the progress of reading a history, as other commands show theirs.

use std::sync::{Mutex, PoisonError};

use generion_client::{
    Activity,
    progress::{Reporter, Running},
};
use generion_history::HistoryProgress;

/// The bar of the step that runs.
pub struct ProgressBars<'a> {
    reporter: &'a Reporter,
    running: Mutex<Option<(Running, usize)>>,
}

impl<'a> ProgressBars<'a> {
    pub const fn new(reporter: &'a Reporter) -> Self {
        Self {
            reporter,
            running: Mutex::new(None),
        }
    }

    pub fn show(&self, progress: HistoryProgress) {
        let (activity, done, total) = match progress {
            HistoryProgress::Listing { done, total } => (Activity::Listing, done, total),
            HistoryProgress::Reading { done, total } => (Activity::Reading, done, total),
            _ => return,
        };
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if done == 0 {
            // The length of a single step is not known.
            let total = Some(total as u64).filter(|total| *total > 1);
            *running = Some((self.reporter.begin(activity, total), 0));
        }
        if let Some((running, shown)) = &mut *running {
            running.advance(done.saturating_sub(*shown) as u64);
            *shown = done;
        }
        if done == total {
            *running = None;
        }
    }
}
