//! `generion localnet`.

use generion_e2e::Town;

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
