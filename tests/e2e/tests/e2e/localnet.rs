//! `generion localnet`.

use std::{fs, process::Command};

use generion_e2e::Town;
use serde_json::{Value, json};

/// `localnet clock` moves the clock forward, and refuses to move it back.
#[test]
fn the_clock_moves_by_a_command() {
    let town = Town::found();
    let person = town.person("buyer");
    let before = town.unix_time();
    let moved = person.does(&["localnet", "clock", "2h"]);
    let now = town.unix_time();
    assert!(
        (before + 7_200..before + 7_260).contains(&now),
        "{before} {now}"
    );
    assert!(
        (before..=before + 60).contains(&moved["before_at"].as_i64().unwrap()),
        "{moved}"
    );
    assert!(
        (before + 7_200..=now).contains(&moved["now_at"].as_i64().unwrap()),
        "{moved}"
    );
    let back = person.fails(&["localnet", "clock", "2026-01-01T00:00:00Z"]);
    assert!(back.message.contains("can't go back"), "{}", back.message);
    assert!(town.unix_time() >= now);
}

/// Node, store and gateway end by themselves when `localnet` is killed.
#[test]
fn nothing_outlives_a_killed_localnet() {
    let mut town = Town::found();
    let (validator, store) = (town.rpc_url.clone(), town.store_url.clone());
    let gateway = town.gateway_url.clone();
    assert!(town.answers(&validator) && town.answers(&store) && town.answers(&gateway));
    town.kill_localnet();
    town.wait_until(|town| !town.answers(&validator), "the validator has ended");
    town.wait_until(|town| !town.answers(&store), "the store has ended");
    town.wait_until(|town| !town.answers(&gateway), "the gateway has ended");
}

/// The web app is served, knows this localnet's programs, and ends with them.
#[test]
fn the_web_app_is_served_with_this_localnets_networks() {
    let mut town = Town::found();
    let built = town.folder.join("built");
    fs::create_dir(&built).unwrap();
    let page = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
    fs::write(built.join("index.html"), page).unwrap();
    town.kill_localnet();
    town.start_again(&["--app", built.to_str().unwrap()]);
    let app = town.app_url.clone().expect("the app is served");
    let get = |path: &str| {
        let got = Command::new("curl")
            .args(["--silent", "--fail", "--max-time", "60"])
            .arg(format!("{app}{path}"))
            .output()
            .unwrap();
        assert!(got.status.success(), "{path}: {}", got.status);
        String::from_utf8(got.stdout).unwrap()
    };
    assert_eq!(get("/"), page);
    let networks: Value = serde_json::from_str(&get("/networks.json")).unwrap();
    let program = town.ledger.deployment().program_id.to_string();
    let expected = json!([{
        "name": "Local network",
        "cluster": "localnet",
        "program": program,
        "nodes": [town.rpc_url],
        "stores": [town.store_url],
        "gateway": town.gateway_url,
    }]);
    assert_eq!(networks, expected);
    town.kill_localnet();
    town.wait_until(|town| !town.answers(&app), "the app's server has ended");
}
