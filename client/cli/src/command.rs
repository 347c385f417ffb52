//! One file for each noun of the command line, with its verbs, their options, actions and reports.

pub mod deliver;
mod each;
pub mod generate;
pub mod history;
pub mod key;
pub mod localnet;
pub mod node;
pub mod order;
pub mod purchase;
pub mod record;
pub mod share;
pub mod store;
pub mod study;
pub mod user;
