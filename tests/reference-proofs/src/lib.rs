//! The protocol's proofs, written a second time from docs/PROTOCOL.md. Tests compare the program and the client with it.
//!
//! The provers share no code with the program or the client: they take only the types of capsules and proofs from the
//! program. They prove whatever statement they are given, so a test can cheat with them.
#![forbid(unsafe_code)]

pub mod capsule;
pub mod delivery;
pub mod group_order;
