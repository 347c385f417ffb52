//! Fuzz targets for all code that reads bytes from strangers: instruction data, accounts, events, capsule and delivery
//! proofs, signed lines, cards, facts, contents of documents, locators, documents, store addresses and requests (docs/FUZZING.md).
//!
//! A target takes any bytes and panics if a property does not hold. Wherever possible, properties are checked against a
//! second implementation: [`layout`](generion_native::layout) and the targets' own readers are written from docs/PROTOCOL.md
//! and share no code with the code that they check.
//!
//! `cargo xtask fuzz` builds the targets with libFuzzer. Without it they are plain functions, and the tests run the committed
//! corpus through them.

pub mod accounts;
pub mod capsules;
pub mod cards;
pub mod change;
pub mod contents;
pub mod deliveries;
pub mod documents;
pub mod events;
pub mod facts;
pub mod instructions;
pub mod lines;
pub mod locators;
pub mod requests;
pub mod stores;

/// A fuzz target.
pub struct Target {
    /// Name of its program, and of its folder in `corpus/`.
    pub name: &'static str,
    /// Checks its properties on one input.
    pub run: fn(&[u8]),
    /// Inputs to start from, of every shape that is accepted.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        /// All of them.
        pub const TARGETS: &[Target] = &[
            $(Target { name: stringify!($name), run: $name::run, seeds: $name::seeds },)*
        ];
    };
}

targets! {
    accounts, capsules, cards, contents, deliveries, documents, events, facts, instructions, lines, locators, requests, stores,
}
