//! The deploying program against a real local validator, with the real upgradeable loader. What a test claims is read
//! back from the ledger.

mod door;
mod first;
mod interrupted;
mod refused;
mod stage;
mod upgrades;
