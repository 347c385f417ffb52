//! The balance that a wallet needs before a command sends anything.

use generion_client::rpc::amount;
use generion_e2e::Town;

/// The lamports that a command requires, from its error.
#[track_caller]
fn taken(message: &str) -> u64 {
    let amount = message.rsplit("this takes ").next().unwrap_or_default();
    amount::parse(amount).unwrap_or_else(|_| panic!("{message}"))
}

/// The required balance includes every signature's fee and the priority fee.
#[test]
fn the_whole_fee_is_counted() {
    let town = Town::found();
    let poor = town.newcomer("poor", 0);
    let payer = town.newcomer("payer", 0);
    let payer_file = payer.keypair.to_string_lossy().into_owned();
    let takes = |words: &[&str]| {
        let words = [&["user", "set-key"][..], words].concat();
        let failed = poor.fails(&words);
        assert!(failed.message.contains("holds 0 SOL"), "{failed:?}");
        taken(&failed.message)
    };
    let free = ["--priority-price", "0"];
    let alone = takes(&free);
    let together = takes(&[&free[..], &["--fee-payer", &payer_file]].concat());
    assert_eq!(together, alone + 5_000);
    // With a limit of compute units that is enough for every instruction except a delivery.
    let early = takes(&["--priority-price", "1000000"]) - alone;
    assert!((40_000..100_000).contains(&early), "{early}");
    assert_eq!(
        takes(&["--priority-price", "market:1000000"]),
        alone + early
    );

    // The required amount is enough.
    let enough = town.newcomer("enough", alone);
    enough.does(&["user", "set-key", "--priority-price", "0"]);
    assert_eq!(town.lamports(&enough.address), 0);
}
