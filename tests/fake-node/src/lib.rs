//! Stand-ins for Solana nodes, for tests of whatever talks to one.
//!
//! [`JsonRpcServer`] reads JSON-RPC over HTTP, keeps what it was asked, and answers what a test wants, or not at all.
//! [`FakeNode`] answers with a ledger that the test sets and changes. This crate needs nothing of the other tests, so that
//! the lowest crates can use it.
#![forbid(unsafe_code)]

mod node;
mod server;

pub use node::{Behaviour, FakeNode, Fault, Snapshot};
pub use server::{JsonRpcServer, Reply};
