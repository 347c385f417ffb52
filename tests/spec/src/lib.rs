//! The interface description and the test vectors, from which other implementations are built and with which they are
//! checked.
//!
//! [`idl`] completes the interface description that Anchor's macros print. [`vectors`] generates the known answers under
//! `programs/generion/vectors`. Both take all facts from the program and the client.

pub mod idl;
pub mod vectors;
