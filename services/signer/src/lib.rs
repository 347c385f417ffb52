//! Signs for a gateway: transactions whose fee it sponsors, and webhooks. It is the only process of a gateway that has keys,
//! and signs nothing that its policy does not allow.
//!
//! * [`server`]: a unix socket, and the users that may connect.
//! * [`sponsor`]: from a transaction to a signature: the rules, then the budget, then the key.
//! * [`budget`]: the expenses of today, written to the disk before a transaction is signed.
//! * [`config`]: the configuration file with the policy.
//! * [`keys`]: keys from files that nobody else can read.
//!
//! `generion-signer-protocol` has the messages.
#![forbid(unsafe_code)]

pub mod budget;
pub mod config;
pub mod keys;
pub mod server;
pub mod sponsor;
