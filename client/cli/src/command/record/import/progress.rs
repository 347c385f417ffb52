use std::{
    io::{self, IsTerminal},
    sync::OnceLock,
};

use generion_client::{BatchEvent, rpc::text::printable};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{
    count::Count,
    format::Format,
    waiting::{self, Paused},
};

/// A progress bar, shown only on a terminal.
pub struct Progress {
    bar: ProgressBar,
    is_shown: bool,
    /// The line that is shown where there is no bar.
    paused: OnceLock<Paused>,
}

impl Progress {
    pub fn new(format: Format) -> Self {
        let is_shown = format == Format::Display && io::stderr().is_terminal();
        Self {
            bar: match is_shown {
                true => ProgressBar::no_length(),
                false => ProgressBar::hidden(),
            },
            is_shown,
            paused: OnceLock::new(),
        }
    }

    pub fn begin(&self, total: usize, done: usize) {
        if !self.is_shown {
            return;
        }
        // If the template were malformed, the default bar would be used.
        if let Ok(style) =
            ProgressStyle::with_template("{wide_bar} {pos} of {len} records, {eta} left {msg}")
        {
            self.bar.set_style(style);
        }
        let _ = self.paused.set(waiting::pause());
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
        self.bar.reset_eta();
    }

    pub fn show(&self, event: &BatchEvent) {
        match event {
            BatchEvent::Waiting { uncertain } => self.bar.set_message(format!(
                "waiting for the outcome of {} of an earlier run",
                Count(*uncertain as u64, "record")
            )),
            BatchEvent::Written { records } => self.bar.inc(records.len() as u64),
            BatchEvent::Failed { name, .. } => self
                .bar
                .set_message(format!("{} failed", printable(&name.shown()))),
            BatchEvent::Found { .. } | BatchEvent::Stored { .. } => {}
            _ => {}
        }
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
