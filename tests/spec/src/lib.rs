//! What other implementations are built from and checked with.
//!
//! [`idl`] completes the interface description that Anchor's macros print, with what they can't tell. [`vectors`] makes
//! the known answers under `programs/generion/vectors`. Both take every fact from the program and the client: nothing is
//! written down a second time.

pub mod idl;
pub mod vectors;
