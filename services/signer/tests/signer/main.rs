//! The signer: its rules, its budget, and its socket.

mod budget;
mod server;
mod sponsor;
