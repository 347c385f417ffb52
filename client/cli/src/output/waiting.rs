//! Shows on a terminal that a command is waiting, and for which answer: a line on standard error that appears after half a
//! second without other output, and is gone before the next output or question.

use std::{
    io::{self, IsTerminal},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::output::format::Format;

/// The longest wait that is not shown.
const PATIENCE: Duration = Duration::from_millis(500);
/// The time between two drawings of the line, and between two decisions whether to draw it.
const TICK: Duration = Duration::from_millis(100);

/// Standard error belongs to the process, and so does the line on it.
static SCREEN: LazyLock<Screen> = LazyLock::new(Screen::default);

#[derive(Default)]
struct Screen {
    bars: MultiProgress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The waits, innermost last; empty: none is shown.
    reasons: Vec<String>,
    /// Bars and questions that are on the screen.
    others: usize,
    /// Since when nothing was shown.
    silent_since: Option<Instant>,
    line: Option<ProgressBar>,
}

/// A wait that lasts until it is dropped.
#[must_use]
pub struct Waiting {
    is_shown: bool,
}

/// Something else has the screen until it is dropped.
#[must_use]
pub struct Paused(());

/// From now on, every wait of more than half a second is shown, for people at a terminal.
pub fn show(format: Format, reason: impl Into<String>) -> Waiting {
    if format != Format::Display || !io::stderr().is_terminal() {
        return Waiting { is_shown: false };
    }
    let mut state = state();
    state.reasons = vec![reason.into()];
    state.silent_since = Some(Instant::now());
    drop(state);
    thread::spawn(|| {
        while draw() {
            thread::sleep(TICK);
        }
    });
    Waiting { is_shown: true }
}

/// Names the wait until the guard is dropped, in place of the name before.
pub fn until_done(reason: &str) -> Waiting {
    let mut state = state();
    let is_shown = !state.reasons.is_empty();
    if is_shown {
        state.reasons.push(reason.to_owned());
        state.clear();
    }
    Waiting { is_shown }
}

/// Clears the line, and keeps it away.
pub fn pause() -> Paused {
    let mut state = state();
    state.others += 1;
    state.clear();
    Paused(())
}

/// A bar among the others.
pub fn add(bar: ProgressBar) -> ProgressBar {
    SCREEN.bars.add(bar)
}

/// Prints while bars are on the screen, and draws them again below.
pub fn beside<T>(print: impl FnOnce() -> T) -> T {
    SCREEN.bars.suspend(print)
}

/// Clears the line at the end of the command.
pub fn end() {
    let mut state = state();
    state.reasons.clear();
    state.clear();
}

fn state() -> MutexGuard<'static, State> {
    SCREEN.state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Draws the line where it is time to; `false`: nothing is waited for any more.
fn draw() -> bool {
    let mut state = state();
    let Some(reason) = state.reasons.last() else {
        return false;
    };
    let is_due = state
        .silent_since
        .is_some_and(|since| since.elapsed() >= PATIENCE);
    if state.others == 0 && state.line.is_none() && is_due {
        let line = SCREEN
            .bars
            .add(ProgressBar::new_spinner().with_elapsed(PATIENCE));
        // If the template were malformed, the default bar would be used.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            line.set_style(style);
        }
        line.set_message(reason.clone());
        line.enable_steady_tick(TICK);
        state.line = Some(line);
    }
    true
}

impl State {
    fn clear(&mut self) {
        if let Some(line) = self.line.take() {
            line.finish_and_clear();
            SCREEN.bars.remove(&line);
        }
        self.silent_since = Some(Instant::now());
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.is_shown {
            let mut state = state();
            state.reasons.pop();
            state.clear();
        }
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        let mut state = state();
        state.others = state.others.saturating_sub(1);
        state.silent_since = Some(Instant::now());
    }
}
