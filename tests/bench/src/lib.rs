//! What the benchmarks share: the machine that they run on, programs and what they use, and tables.

pub mod machine;
pub mod process;
pub mod table;
