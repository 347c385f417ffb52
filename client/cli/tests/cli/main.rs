//! The binary without a ledger: its help, and every refusal that needs none, by exit code and both lines.

mod config;
mod every_command;
mod files;
mod help;
mod localnet;
mod nodes;
mod pipes;
mod refusals;
mod secrets;
mod support;
mod terminal;
