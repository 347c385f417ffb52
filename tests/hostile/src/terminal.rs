use std::{
    path::{Path, PathBuf},
    process::Command,
};

use generion_test_support::{Person, program};
use serde_json::Value;
use solana_keypair::write_keypair_file;

use crate::{
    node::Node,
    switchboard::Switchboard,
    town::{KEY_IN_URL, Town},
};

/// The command line of a person, with nodes on other machines.
pub struct Terminal<'a> {
    town: &'a Town,
    nodes: Vec<String>,
    keypair: PathBuf,
    switchboard: Switchboard,
}

/// What a command printed.
#[derive(Debug)]
pub struct Printed {
    /// Whether the command succeeded.
    pub success: bool,
    /// Standard output, JSON.
    pub output: Value,
    /// Standard error: the error as JSON, if there is one.
    pub error: String,
}

impl Town {
    /// The command line of a person, with these nodes.
    pub fn terminal<'a>(&'a self, person: &Person, nodes: &[(&str, &Node)]) -> Terminal<'a> {
        let keypair = self.path(&format!("{}.json", person.address()));
        write_keypair_file(&person.wallet, &keypair).expect("the keypair is written");
        let urls = nodes
            .iter()
            .map(|(name, _)| format!("http://{name}/{KEY_IN_URL}?key={KEY_IN_URL}"));
        Terminal {
            town: self,
            nodes: urls.collect(),
            keypair,
            switchboard: Switchboard::to(nodes),
        }
    }
}

impl Terminal<'_> {
    /// The person's wallet as a file.
    pub fn keypair(&self) -> &Path {
        &self.keypair
    }

    /// Runs a command.
    pub fn run(&self, words: &[&str]) -> Printed {
        let (first, witnesses) = self.nodes.split_first().expect("there is a node");
        let mut command = Command::new(program("generion"));
        command
            .args(words)
            .args(["--output", "json", "--yes", "--allow-private-addresses"])
            .args(["--allow-plain-http", "--url", first])
            .args([
                "--cluster",
                &self.town.validator.deployment.genesis.to_string(),
            ])
            .arg("--keypair")
            .arg(&self.keypair)
            .arg("--data-dir")
            .arg(self.town.path("data"))
            .current_dir(&self.town.folder)
            .env_clear()
            .env("HOME", &self.town.folder)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HTTP_PROXY", &self.switchboard.url)
            .env("http_proxy", &self.switchboard.url)
            .env("NO_PROXY", "127.0.0.1")
            .stdin(std::process::Stdio::null());
        for witness in witnesses {
            command.args(["--witness", witness]);
        }
        let output = command.output().expect("the program starts");
        let printed = Printed {
            success: output.status.success(),
            output: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        let told = format!("{} {}", printed.output, printed.error);
        assert!(!told.contains(KEY_IN_URL), "{told}");
        printed
    }

    /// Runs a command that must succeed. Returns what it printed.
    #[track_caller]
    pub fn does(&self, words: &[&str]) -> Value {
        let printed = self.run(words);
        assert!(
            printed.success,
            "generion {}: {}",
            words.join(" "),
            printed.error
        );
        printed.output
    }

    /// Runs a command that must fail. Returns its error.
    #[track_caller]
    pub fn fails(&self, words: &[&str]) -> String {
        let printed = self.run(words);
        assert!(
            !printed.success,
            "generion {} did not fail",
            words.join(" ")
        );
        printed.error
    }
}
