//! A command in the background, whose output is shown later.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};

/// How long to wait between two looks at what the command has written.
const POLL: Duration = Duration::from_millis(200);

/// A running command, whose output goes to a file. Dropped, it ends the command.
pub struct Background {
    child: Child,
    log: PathBuf,
}

impl Background {
    /// Starts the command. Its output goes to the file `log`, whose folder is made where there is none.
    pub fn start(command: &mut Command, log: PathBuf) -> Result<Self> {
        let cannot = || format!("cannot write {}", log.display());
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).with_context(cannot)?;
        }
        let output = File::create(&log).with_context(cannot)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().with_context(cannot)?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Self { child, log })
    }

    /// The file that the output goes to.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Copies the output so far to `screen`, and then what follows, until the command ends. A failed command is an error.
    pub fn show(mut self, screen: &mut impl Write) -> Result<()> {
        let cannot = || format!("cannot read {}", self.log.display());
        let mut log = File::open(&self.log).with_context(cannot)?;
        let status = loop {
            // This question comes first: the last lines are written before the command ends, and read after it.
            let ended = self.child.try_wait()?;
            io::copy(&mut log, screen).with_context(cannot)?;
            match ended {
                Some(status) => break status,
                None => thread::sleep(POLL),
            }
        };
        let log = self.log.display();
        ensure!(
            status.success(),
            "it ended with {status}; its output is in {log}"
        );
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // An error means that the step has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn start(script: &str, folder: &tempfile::TempDir) -> Background {
        let log = folder.path().join("new/step.log");
        Background::start(Command::new("sh").args(["-c", script]), log).unwrap()
    }

    #[test]
    fn all_output_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let mut screen = Vec::new();
        let background = start(
            "echo first; echo second >&2; sleep 0.5; echo third",
            &folder,
        );
        background.show(&mut screen).unwrap();
        assert_eq!(screen, b"first\nsecond\nthird\n");
    }

    #[test]
    fn a_failure_names_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let mut screen = Vec::new();
        let background = start("echo words; exit 3", &folder);
        let log = background.log().display().to_string();
        let error = background.show(&mut screen).unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.ends_with(&log), "{error}");
        assert_eq!(screen, b"words\n");
    }

    #[test]
    fn a_command_ends_with_the_run_that_started_it() {
        let folder = tempfile::tempdir().unwrap();
        let begin = Instant::now();
        drop(start("exec sleep 600", &folder));
        assert!(begin.elapsed() < Duration::from_secs(300));
    }
}
