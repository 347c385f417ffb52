use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use solana_keypair::{Keypair, write_keypair_file};
use tempfile::TempDir;

/// A server that nobody runs: the port is reserved for a protocol that went out of use.
pub const NOBODY: &str = "http://127.0.0.1:1";

/// Any address.
pub const ADDRESS: &str = "11111111111111111111111111111111";

/// A home folder, and the binary run in it with an environment of its own.
pub struct Home {
    folder: TempDir,
}

/// How a run ended.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    /// With a wallet where the Solana tools keep it.
    pub fn new() -> Self {
        let home = Self::empty();
        let config = home.path().join(".config/solana");
        fs::create_dir_all(&config).unwrap();
        write_keypair_file(&Keypair::new(), config.join("id.json")).unwrap();
        home
    }

    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// On the disk of the binary, so that there can be a link to it.
    pub fn beside_binary() -> Self {
        Self {
            folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The files in the folder itself.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.path())
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(env!("CARGO_BIN_EXE_generion")).args(arguments))
    }

    /// The run must fail with these two lines, each by a part of it, and print nothing but what it was agreed to.
    #[track_caller]
    pub fn assert_refused(&self, arguments: &[&str], happened: &str, advice: &str) {
        let ended = self.run(arguments);
        ended.assert_refused(happened, advice);
        assert!(
            ended.stdout.is_empty() || arguments.contains(&"--yes"),
            "{}",
            ended.stdout
        );
    }

    /// The command line must be refused before anything is done.
    #[track_caller]
    pub fn assert_usage(&self, arguments: &[&str], message: &str) {
        let ended = self.run(arguments);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert!(
            ended.stderr.contains(message),
            "{arguments:?}: {}",
            ended.stderr
        );
    }
}

impl Ended {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn assert_refused(&self, happened: &str, advice: &str) {
        assert_eq!(self.code, 1, "{}", self.stderr);
        let lines: Vec<_> = self.stderr.lines().collect();
        let [first, second] = lines[..] else {
            panic!("not two lines: {}", self.stderr)
        };
        assert!(
            first.starts_with("error: ") && first.contains(happened),
            "{first}"
        );
        assert!(second.contains(advice), "{second}");
    }
}
