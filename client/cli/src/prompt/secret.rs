//! Asking for secrets on the terminal without showing them. Questions can be interrupted, and the terminal's settings
//! are restored.

use std::{fs::File, io};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::output::{failure::Failure, waiting};

/// Asks on the terminal, even if the standard streams are redirected. If there is none, the failure says that `what` was asked
/// for, and advises `instead`.
pub async fn hidden(
    question: &str,
    what: &str,
    instead: &str,
) -> Result<Zeroizing<String>, Failure> {
    ask(question).await.map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Failure::new("interrupted", "Nothing was done."),
        _ => Failure::new(format!("can't ask for {what}: {error}"), instead),
    })
}

async fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    let _terminal = Terminal::remember()?;
    let _paused = waiting::pause();
    let question = question.to_owned();
    tokio::task::spawn_blocking(move || rpassword::prompt_password(question))
        .await?
        .map(Zeroizing::new)
}

/// Restores the terminal's settings when it is dropped, also if the question was interrupted.
struct Terminal {
    file: File,
    settings: Termios,
}

impl Terminal {
    fn remember() -> io::Result<Self> {
        let file = File::open("/dev/tty")?;
        let settings = tcgetattr(&file)?;
        Ok(Self { file, settings })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // An error means that the terminal is gone.
        let _ = tcsetattr(&self.file, OptionalActions::Now, &self.settings);
    }
}
