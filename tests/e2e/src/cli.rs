use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use generion_test_support::program;
use serde_json::Value;
use solana_address::Address;

use crate::shape;

/// A person who acts through the command line.
#[derive(Clone, Debug)]
pub struct Person {
    /// The wallet's address.
    pub address: Address,
    /// The wallet's keypair file.
    pub keypair: PathBuf,
    pub(crate) rpc_url: String,
    pub(crate) folder: PathBuf,
}

/// The JSON output of a command that succeeded.
pub type Done = Value;

/// A command that failed.
#[derive(Debug)]
pub struct Failed {
    /// The exit code.
    pub code: Option<i32>,
    /// The message: what happened.
    pub message: String,
    /// The advice: what to do.
    pub advice: String,
    /// The error of the on-chain program, if it refused.
    pub rule: Option<String>,
}

impl Person {
    /// Another wallet's file in the same town.
    pub fn with_keypair(&self, keypair: &Path) -> Self {
        Self {
            keypair: keypair.to_owned(),
            ..self.clone()
        }
    }

    /// The same wallet at another node.
    pub fn at(&self, rpc_url: &str) -> Self {
        Self {
            rpc_url: rpc_url.to_owned(),
            ..self.clone()
        }
    }

    /// The command as a user would type it, in the town's folder.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program("generion"));
        command
            .args(words)
            .args(["--output", "json", "--yes", "--allow-private-addresses"])
            .arg("--url")
            .arg(&self.rpc_url)
            .arg("--keypair")
            .arg(&self.keypair)
            .current_dir(&self.folder)
            // The configuration of this machine's user must not change a test.
            .env("HOME", &self.folder)
            .stdin(Stdio::null());
        for variable in [
            "GENERION_URL",
            "GENERION_KEYPAIR",
            "GENERION_FEE_PAYER",
            "GENERION_ALLOW_PRIVATE",
            "GENERION_CONFIG",
            "GENERION_WITNESSES",
            "GENERION_CLUSTER",
            "GENERION_DATA",
            "XDG_DATA_HOME",
            "GENERION_ORDERS",
        ] {
            command.env_remove(variable);
        }
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("the program starts")
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub fn does(&self, words: &[&str]) -> Done {
        let output = self.run(words);
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            output.status.success(),
            "generion {} failed: {err}",
            words.join(" ")
        );
        let printed = serde_json::from_str(&out)
            .unwrap_or_else(|error| panic!("generion {}: {error}: {out}", words.join(" ")));
        shape::check(words, &printed);
        printed
    }

    /// Runs a command that must fail, with a message and an advice.
    #[track_caller]
    pub fn fails(&self, words: &[&str]) -> Failed {
        let output = self.run(words);
        assert!(
            output.stdout.is_empty(),
            "a failed command printed to standard output"
        );
        failure(words, &output)
    }

    /// Runs a command that must do a part of its work, print a report of it, and fail.
    #[track_caller]
    pub fn does_partly(&self, words: &[&str]) -> (Done, Failed) {
        let output = self.run(words);
        let printed = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("generion {}: {error}", words.join(" ")));
        shape::check(words, &printed);
        (printed, failure(words, &output))
    }
}

#[track_caller]
fn failure(words: &[&str], output: &Output) -> Failed {
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success(),
        "generion {} did not fail",
        words.join(" ")
    );
    let error: Value = serde_json::from_str(&err)
        .unwrap_or_else(|error| panic!("generion {}: {error}: {err}", words.join(" ")));
    let text = |field: &str| error["error"][field].as_str().map(str::to_owned);
    let failed = Failed {
        code: output.status.code(),
        message: text("message").expect("a failure has a message"),
        advice: text("advice").expect("a failure has advice"),
        rule: text("rule"),
    };
    for line in [&failed.message, &failed.advice] {
        assert!(
            !line.is_empty() && !line.contains('\n'),
            "not one line: {line:?}"
        );
    }
    failed
}
