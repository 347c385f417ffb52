//! How to talk to a Solana node: transport, addresses.
#![forbid(unsafe_code)]

pub mod transport;
pub mod url;
