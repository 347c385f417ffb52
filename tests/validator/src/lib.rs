//! A ledger behind JSON-RPC for the real-validator suite, and people who use the program on it.
//!
//! By default each test starts a local validator of its own: `generion-localnet`, which the build puts beside the tests.
//! With `GENERION_TEST_VALIDATOR` it is the program there: Agave's `solana-test-validator`, one test after the
//! other. With `GENERION_TEST_RPC_URL` all tests use the node there, one after the other; the program has to be on it, at
//! the id that this build is for, and `GENERION_TEST_AUTHORITY` is the keypair file of its upgrade authority. Wallets are
//! filled by airdrop, or from the keypair file `GENERION_TEST_KEYPAIR` where nobody gives lamports away.
#![forbid(unsafe_code)]

pub mod agave;
mod chain;
mod local;

pub use chain::{MAX_TRANSACTION_BYTES, ValidatorChain, wire_len};

/// Whether tests run on a local validator of ours, and not on one that a variable names.
pub fn is_ours() -> bool {
    [local::VALIDATOR, chain::RPC_URL]
        .iter()
        .all(|name| std::env::var_os(name).is_none())
}
