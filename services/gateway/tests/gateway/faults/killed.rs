//! The real program, killed in the middle of indexing.

use std::{fs, path::PathBuf, process::Command};

use generion_test_support::{Running, program};
use tempfile::TempDir;

use super::{changed_user, ledger};
use crate::support::{node::StandInNode, on_both_databases};

/// How often the gateway is killed.
const KILLS: u64 = 20;

/// Questions to the node after which the gateway is killed: a snapshot asks nine, a round of following eight.
fn fixed_points() -> impl Iterator<Item = u64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    (0..KILLS).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        1 + state % 14
    })
}

/// A folder with a configuration for a node and a database.
fn configuration(node: &StandInNode, database: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ncluster = \"localnet\"\npoll_seconds = 1\n\
         nodes = [\"{}\"]\ndatabase = \"{database}\"\nwebsocket = \"ws://127.0.0.1:1\"\n",
        node.url
    );
    fs::write(&file, text).unwrap();
    (folder, file)
}

fn gateway(arguments: &[&str], file: &PathBuf) -> Command {
    let mut command = Command::new(program("generion-gateway"));
    command.args(arguments).arg("--config").arg(file);
    command
}

on_both_databases! {
    async fn a_gateway_that_is_killed_again_and_again_loses_nothing(database: Database) {
        let node = StandInNode::start(10, ledger().accounts()).await;
        let (_folder, file) = configuration(&node, &database.text());
        for (round, questions) in (0..).zip(fixed_points()) {
            node.shown().lands(vec![changed_user(u64::from(round % 6), round)]);
            let killed = node.asked(questions);
            let mut running = Running::start(gateway(&["serve"], &file), None);
            killed.await;
            running.kill();
        }
        node.shown().closes(&ledger().record(9));
        let _running = Running::start(gateway(&["serve"], &file), None);
        let checked = tokio::task::spawn_blocking(move || {
            gateway(&["check", "--json", "--patience", "60"], &file).output().unwrap()
        });
        let output = checked.await.unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
        let report: serde_json::Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(report["is_equal"], true);
        assert_eq!(report["disputed"], 0);
    }
}
