//! Parsing of command lines: the global options, and the values that several commands take.

pub mod addressee;
pub mod global;
pub mod keypair;
pub mod name;
pub mod nodes;
pub mod offers;
pub mod parse;
pub mod time;
