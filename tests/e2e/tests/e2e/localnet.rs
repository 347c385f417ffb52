use generion_e2e::Town;

/// A parent that is killed can't end its children; they notice by themselves.
#[test]
fn nothing_outlives_a_killed_localnet() {
    let mut town = Town::found();
    let (validator, store) = (town.rpc_url.clone(), town.store_url.clone());
    assert!(town.answers(&validator) && town.answers(&store));
    town.kill_localnet();
    town.wait_until(|town| !town.answers(&validator), "the validator has ended");
    town.wait_until(|town| !town.answers(&store), "the store has ended");
}
