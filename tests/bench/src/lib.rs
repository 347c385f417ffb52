//! What the benchmarks share: the machine that they run on, programs and what they use, a client, and tables.

pub mod http_client;
pub mod machine;
pub mod process;
pub mod table;
