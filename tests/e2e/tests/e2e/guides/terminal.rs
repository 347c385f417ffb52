//! A shell at a terminal, so that commands ask as they ask people, and print what people see.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    num::NonZero,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::expected;

/// How long a block may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The terminal's lines and columns: more than a block prints, so that nothing leaves it or is wrapped.
const SIZE: NonZero<u16> = NonZero::new(400).unwrap();

/// What the shell says when a block is done, and no program of ours prints.
const DONE: u8 = 0x1e;

/// What Ctrl-C types.
const INTERRUPT: u8 = 0x03;

/// Runs the blocks whose files it is told of. Those that must fail leave the shell as it was.
const DRIVER: &str = r#"
set -euo pipefail
while read -r how block <"$BLOCKS"; do
    case $how in
    does) source "$block" ;;
    fails)
        set +e
        (set -e; source "$block")
        code=$?
        set -e
        if [ $code -eq 0 ]; then
            echo "this was to be refused"
            exit 1
        fi
        ;;
    ends) exit ;;
    esac
    printf '\036'
done
"#;

/// What a program asks, as far as it is known before: what is typed then is what the guide shows behind it.
const QUESTIONS: [&str; 2] = ["Continue? [y/N]", "Type REVEAL to continue:"];

/// `script` gives a shell a terminal of its own; it is on every Debian.
pub struct Terminal {
    script: Child,
    keyboard: ChildStdin,
    output: Receiver<Vec<u8>>,
    /// A pipe with a name, which the shell reads its next block from.
    blocks: File,
    /// Of the driver, the pipe and the blocks.
    folder: TempDir,
    count: usize,
}

impl Terminal {
    /// A new one in a home, where these programs are found.
    pub fn open(home: &Path, programs: &Path, environment: &[(String, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (driver, pipe) = (
            folder.path().join("driver.sh"),
            folder.path().join("blocks"),
        );
        fs::write(&driver, DRIVER).expect("the driver is written");
        let made = Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .expect("there is mkfifo");
        assert!(made.success());
        // For reading as well, so that neither side waits for the other to open it.
        let blocks = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&pipe)
            .expect("a pipe");

        let mut script = Command::new("script")
            .args([
                "--quiet",
                "--flush",
                "--return",
                "--echo",
                "always",
                "--command",
            ])
            // Tests that were started by nohup would hand down that a closed terminal ends nothing.
            .arg(format!(
                "exec env --default-signal=HUP bash --noprofile --norc '{}'",
                driver.display()
            ))
            .arg("/dev/null")
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("BLOCKS", &pipe)
            .env("HOME", home)
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .env("SHELL", "/bin/bash")
            .env("TERM", "xterm")
            .current_dir(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("script starts");
        let keyboard = script.stdin.take().expect("it is piped");
        let mut stdout = script.stdout.take().expect("it is piped");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            script,
            keyboard,
            output,
            blocks,
            folder,
            count: 0,
        }
    }

    /// Runs a block to its end, and answers what it asks as `expected` does: what is on the screen then.
    pub fn run(
        &mut self,
        block: &str,
        expected: Option<&str>,
        fails: bool,
    ) -> Result<String, String> {
        self.submit(block, fails);
        self.watch(expected.unwrap_or_default(), |_| false)
    }

    /// Starts a block that goes on, and waits until it has printed what is expected.
    pub fn start(
        &mut self,
        block: &str,
        expected: &str,
        names: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, String> {
        self.submit(block, false);
        let mut named = None;
        let printed = self.watch(expected, |printed| {
            named = expected::compare(expected, printed, names).ok();
            named.is_some()
        })?;
        match named {
            Some(named) => Ok(named),
            None => Err(format!("it ended, having printed\n{printed}")),
        }
    }

    fn submit(&mut self, block: &str, fails: bool) {
        self.count += 1;
        let path = self.folder.path().join(format!("{}.sh", self.count));
        fs::write(&path, block).expect("the block is written");
        let how = if fails { "fails" } else { "does" };
        writeln!(self.blocks, "{how} {}", path.display()).expect("there is room in the pipe");
    }

    /// Looks at the screen until the block is done, or `is_enough` says so.
    fn watch(
        &mut self,
        expected: &str,
        mut is_enough: impl FnMut(&str) -> bool,
    ) -> Result<String, String> {
        let mut answers = answers(expected).into_iter().peekable();
        let (mut screen, begun) = (vt100::Parser::new(SIZE, SIZE, 0), Instant::now());
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let bytes = self.output.recv_timeout(left);
            let is_done = bytes.as_ref().is_ok_and(|bytes| bytes.contains(&DONE));
            if let Ok(bytes) = &bytes {
                screen.process(bytes.split(|byte| *byte == DONE).next().unwrap_or_default());
            }
            let printed = screen.screen().contents();
            // Bytes come as they come: what stands in a line that has not ended may go on.
            let (_, column) = screen.screen().cursor_position();
            match bytes {
                Ok(_) if is_done => return Ok(printed),
                Ok(_) if column == 0 && is_enough(&printed) => return Ok(printed),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!("it does not end; it has printed\n{printed}"));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(format!("it failed, having printed\n{printed}"));
                }
            }
            let asked = answers.next_if(|(question, _)| printed.trim_end().ends_with(question));
            if let Some((_, answer)) = asked {
                writeln!(self.keyboard, "{answer}").map_err(|error| error.to_string())?;
            }
        }
    }
}

/// The questions of a text, and what it answers.
fn answers(expected: &str) -> Vec<(&'static str, String)> {
    let question = |line: &str| {
        QUESTIONS.iter().find_map(|question| {
            let answer = line.trim_start().strip_prefix(question)?;
            Some((*question, answer.trim().to_owned()))
        })
    };
    expected.lines().filter_map(question).collect()
}

impl Drop for Terminal {
    /// As a person would end it. What does not end by that is killed.
    fn drop(&mut self) {
        let _ = writeln!(self.blocks, "ends");
        let _ = self.keyboard.write_all(&[INTERRUPT]);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            match self.output.recv_timeout(Duration::from_secs(1)) {
                Err(RecvTimeoutError::Disconnected) => break,
                _ => continue,
            }
        }
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(block: &str, expected: &str, fails: bool) -> Result<String, String> {
        let home = tempfile::tempdir().unwrap();
        Terminal::open(home.path(), Path::new("/nowhere"), &[]).run(block, Some(expected), fails)
    }

    /// Commands run at a terminal, and questions get the guide's answers.
    #[test]
    fn a_block_is_typed_at_a_terminal_and_answered_as_the_guide_answers() {
        let home = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::open(
            home.path(),
            Path::new("/nowhere"),
            &[("GREETING".to_owned(), "hello".to_owned())],
        );
        let block = "test -t 0 && test -t 2\nread -r -p 'Continue? [y/N] ' answer\necho $GREETING $answer\n";
        let printed = terminal
            .run(block, Some("Continue? [y/N] yes\nhello yes\n"), false)
            .unwrap();
        assert_eq!(printed.trim_end(), "Continue? [y/N] yes\nhello yes");
        // What a block did is there for the next one, and what was on the screen is not.
        let printed = terminal
            .run("echo again $answer; pwd\n", None, false)
            .unwrap();
        assert_eq!(
            printed.trim_end(),
            format!("again yes\n{}", home.path().display())
        );
    }

    /// Text that a program draws over is not part of the output.
    #[test]
    fn what_is_drawn_over_is_gone() {
        let printed = run(r"printf 'half\rdone\n\033[32mgreen\033[0m\n'", "", false).unwrap();
        assert_eq!(printed.trim_end(), "done\ngreen");
    }

    /// A block stops at the first command that fails.
    #[test]
    fn a_block_fails_with_the_first_command_that_does() {
        for block in [
            "echo before; false; echo after\n",
            "echo before; false | cat; echo after\n",
            "echo before; echo $UNKNOWN\n",
        ] {
            let failed = run(block, "", false).unwrap_err();
            assert!(
                failed.contains("it failed") && failed.contains("before"),
                "{failed}"
            );
            assert!(!failed.contains("after"), "{failed}");
        }
    }

    /// A block that must fail is an error if it succeeds.
    #[test]
    fn what_must_be_refused_must_be_refused() {
        assert_eq!(run("echo no; false\n", "", true).unwrap().trim_end(), "no");
        let failed = run("echo yes\n", "", true).unwrap_err();
        assert!(failed.contains("this was to be refused"), "{failed}");
    }

    /// A program in another terminal runs until that terminal is closed.
    #[test]
    fn a_program_goes_on_in_its_terminal_until_that_is_closed() {
        let home = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::open(home.path(), Path::new("/nowhere"), &[]);
        let block = "trap 'echo ended > ended' EXIT\necho at $$; sleep 1000\n";
        let named = terminal
            .start(block, "at $PROCESS\n", &BTreeMap::new())
            .unwrap();
        assert!(named["PROCESS"].parse::<u32>().is_ok(), "{named:?}");
        drop(terminal);
        assert_eq!(
            fs::read_to_string(home.path().join("ended")).unwrap(),
            "ended\n"
        );

        let ended = Terminal::open(home.path(), Path::new("/nowhere"), &[]).start(
            "echo gone\n",
            "there\n",
            &BTreeMap::new(),
        );
        assert!(
            ended
                .unwrap_err()
                .contains("it ended, having printed\ngone")
        );
    }
}
