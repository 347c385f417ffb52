//! A town for the end-to-end tests: `generion localnet` runs a validator and a store, and people act through the `generion`
//! program, as users would. Tests check the ledger itself, not only a command's output.

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
