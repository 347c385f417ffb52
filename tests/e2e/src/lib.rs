//! A town for the end-to-end tests: `generion localnet` runs a validator and a store, and everybody acts through the
//! `generion` program, as a user would. What a test claims is read back from the ledger, not from the command's word.

mod cli;
pub mod http;
mod localnet;
mod market;
mod proxy;
pub mod shape;

pub use cli::{Done, Failed, Person};
pub use generion_test_support::{Running, program};
pub use localnet::Town;
pub use market::{Market, Onlooker, PASSPHRASE};
pub use proxy::Proxy;
