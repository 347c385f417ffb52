//! The node as its users see it: the built program on free ports, with requests over JSON-RPC and websockets.
//!
//! These tests check what clients and the demo rely on, so that they show what changes with another version of surfpool.

mod clock;
mod harness;
mod kept;
mod ledger;
mod process;
mod programs;
mod websocket;
