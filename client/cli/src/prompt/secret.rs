//! Questions on the terminal whose answers nobody may see. They can be interrupted, and leave the terminal as it was.

use std::{fs::File, io};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::output::{failure::Failure, waiting};

/// Asks on the terminal, wherever the standard streams lead. `what` is asked for, and `instead` where there is none.
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

/// Gives the terminal its settings back, also when nobody waits for the answer any more.
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
        // A terminal that is gone needs no settings.
        let _ = tcsetattr(&self.file, OptionalActions::Now, &self.settings);
    }
}
