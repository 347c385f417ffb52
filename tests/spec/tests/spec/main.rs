//! The committed description and vectors: that they are current, and that the description is enough to read the vectors
//! by, with nothing else known about the program.

mod description;
mod reader;
mod vectors;
