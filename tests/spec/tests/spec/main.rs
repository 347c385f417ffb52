//! Tests that the committed description and vectors are current, and that the description is sufficient to read the
//! vectors.

mod description;
mod reader;
mod vectors;
