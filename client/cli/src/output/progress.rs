//! Progress bars on the terminal.

use std::time::Duration;

use generion_client::{Activity, Progress, Task};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::waiting::{self, Paused};

/// The time between two steps of a spinner.
const TICK: Duration = Duration::from_millis(100);

/// A progress bar for each activity, removed when it has ended.
pub struct Bars;

impl Progress for Bars {
    fn begin(&self, activity: Activity, total: Option<u64>) -> Box<dyn Task> {
        let what = match activity {
            Activity::Encrypting => "encrypting",
            Activity::Uploading => "uploading",
            Activity::Downloading => "downloading",
            Activity::Decrypting => "decrypting",
            Activity::Listing => "listing transactions",
            Activity::Reading => "reading transactions",
            Activity::Confirming => "waiting for the ledger",
            _ => "working",
        };
        let is_bytes = !matches!(activity, Activity::Listing | Activity::Reading);
        let (bar, template) = match total {
            Some(total) if is_bytes => (
                ProgressBar::new(total),
                "{msg:<12} {wide_bar} {bytes} of {total_bytes}, {eta} left",
            ),
            Some(total) => (
                ProgressBar::new(total),
                "{msg} {wide_bar} {pos} of {len}, {eta} left",
            ),
            None => (ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}"),
        };
        // A bar that is not among the others yet would draw a line of its own, which nothing removes.
        let (paused, bar) = (waiting::pause(), waiting::add(bar));
        // If the template were malformed, the default bar would be used.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        Box::new(Bar {
            bar,
            _paused: paused,
        })
    }
}

struct Bar {
    bar: ProgressBar,
    /// The line that is shown where there is no bar.
    _paused: Paused,
}

impl Task for Bar {
    fn advance(&self, amount: u64) {
        self.bar.inc(amount);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
