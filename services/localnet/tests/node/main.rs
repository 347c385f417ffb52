//! The node as its users meet it: the built program, started on free ports and spoken to over JSON-RPC and websockets.
//!
//! What clients and the demo build on is checked here, so that a move to another surfpool shows what it changes.

mod clock;
mod harness;
mod kept;
mod ledger;
mod process;
mod programs;
mod websocket;
