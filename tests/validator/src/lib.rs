//! A ledger over JSON-RPC for the tests on real validators, and people who use the program.
//!
//! By default, each test starts its own local validator: `generion-localnet`, which the build puts beside the tests. With
//! `GENERION_TEST_VALIDATOR`, the tests start the program at that path, Agave's `solana-test-validator`, one test after the
//! other. With `GENERION_TEST_RPC_URL`, all tests use the node at that URL, one after the other; the program must be deployed
//! there at the id of this build, and `GENERION_TEST_AUTHORITY` is the keypair file of its upgrade authority. Wallets are
//! funded by airdrop, or from the keypair file `GENERION_TEST_KEYPAIR` if the node has no airdrops.
#![forbid(unsafe_code)]

pub mod agave;
mod chain;
mod local;

pub use chain::{MAX_TRANSACTION_BYTES, ValidatorChain, wire_len};

/// Whether the tests run on `generion-localnet`, and not on a validator that a variable names.
pub fn is_ours() -> bool {
    [local::VALIDATOR, chain::RPC_URL]
        .iter()
        .all(|name| std::env::var_os(name).is_none())
}
