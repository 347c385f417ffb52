//! The binary without a ledger: its help, and every refusal that needs none, by exit code and both lines.

mod config;
mod help;
mod localnet;
mod refusals;
mod support;
mod terminal;
