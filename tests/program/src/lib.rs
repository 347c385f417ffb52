//! What the tests of the program share: a VM with mainnet's feature set and the program, people with funded wallets,
//! and methods that make records, orders and purchases by real signed transactions.

pub mod compute_units;
mod executed;
mod history;
mod person;
mod story;
pub mod study;
mod vm;

pub use executed::{Changes, Executed};
pub use history::{Chronicle, History, paid_out};
pub use person::DEPLOYMENT;
pub use story::{LOCATOR_LEN, NewRecord, PRICE, WINDOW};
pub use vm::{FEE, MAX_TRANSACTION_BYTES, Refused, World, code_of};
