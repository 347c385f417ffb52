//! The program, run natively: its own dispatch over memory as the loader lays it out, and a small ledger with honest
//! instructions to start from. The tests of this crate are the unit tests of the program's handlers; the fuzz targets
//! change the same instructions.

pub mod layout;
pub mod memory;
pub mod runtime;
pub mod world;
