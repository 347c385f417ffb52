//! JSON as RFC 7493 has it, read without loss: numbers stay the characters that they are.

mod cursor;
mod reader;
mod string;
mod value;

pub use reader::read;
pub use value::{Object, Value};
