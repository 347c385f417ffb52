//! Clients with a node that lies. `README.md` beside the manifest has the table of all cases.
#![allow(
    clippy::result_large_err,
    reason = "an error is looked at once, and ends the test"
)]

mod accomplice;
mod agent;
mod buy;
mod cli;
mod create;
mod deliver;
mod gateway;
mod history;
mod list;
mod market;
mod node;
mod older_key;
mod past;
mod refund;
mod rotate;
mod sell;
mod settle;
mod share;
mod table;
mod verify;
