//! What the tests of histories read, and from which nodes.

use std::process::Command;

use generion_e2e::{
    Market, Running, Town,
    http::{Server, forward, json},
    shape,
};
use serde_json::Value;

use crate::text;

/// The changes of a history, as a trail.
pub fn told(history: &Value) -> Vec<(String, String)> {
    let entries = history["entries"].as_array().expect("entries");
    let entry = |entry: &Value| (text(entry, "/event"), text(entry, "/signature"));
    entries.iter().map(entry).collect()
}

/// The wallet behind each change.
pub fn actors(history: &Value) -> Vec<String> {
    let entries = history["entries"].as_array().expect("entries");
    entries.iter().map(|entry| text(entry, "/by")).collect()
}

/// The kinds of the gaps.
pub fn gaps(history: &Value) -> Vec<String> {
    let gaps = history["gaps"].as_array().expect("gaps");
    gaps.iter().map(|gap| text(gap, "/kind")).collect()
}

/// Runs `generion history` at a node, without a wallet.
pub fn read(market: &Market, node: &str, words: &[&str]) -> Value {
    let own = market.command(&[&["history"], words].concat());
    let mut command = Command::new(own.get_program());
    let arguments = own
        .get_args()
        .map(|argument| match argument == market.rpc_url.as_str() {
            true => node.as_ref(),
            false => argument,
        });
    command.args(arguments).current_dir(&market.folder);
    let mut reading = Running::start(command, None);
    let status = reading.ended();
    let said = reading.printed.join("\n");
    assert!(status.success(), "{said}");
    let printed = serde_json::from_str(&said).expect("JSON");
    shape::check(&["history"], &printed);
    printed
}

/// A town's node without logs.
pub fn forgetful(town: &Town) -> Server {
    let node = town.rpc_url.clone();
    Server::start(move |request| {
        let mut answer = forward(&node, &request.body);
        if let Some(meta) = answer.pointer_mut("/result/meta") {
            meta["logMessages"] = Value::Null;
        }
        json(&answer)
    })
}
