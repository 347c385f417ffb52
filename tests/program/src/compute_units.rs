//! The cost of every instruction: compute units, bytes and rent, with 256 sets of keys that are derived from a fixed
//! seed.
//!
//! Each case is a real signed transaction that succeeds, on a ledger of its own that is made for each set of keys. The
//! random numbers don't depend on the order of the cases, so a new case does not change the figures of another one.
//!
//! ```text
//! cargo xtask compute-units          writes tests/program/compute_units.json and the tables of docs/PERFORMANCE.md
//! cargo xtask compute-units show     prints medians and how they differ from the committed ones
//! cargo xtask compute-units peers    builds and measures the programs of tests/peers, and writes the tables again
//! ```

mod cases;
mod differences;
mod files;
mod key_set;
mod measure;
mod page;
mod peers;
mod shared;
mod sheet;
mod table;

pub use differences::differences;
pub use files::committed_file;
pub use page::{page, page_file};
pub use peers::Peer;
pub use sheet::{Sample, Sheet};
pub use table::{Row, Spread, Table};

/// The number of sets of keys.
pub const KEY_SETS: u64 = 256;

/// Measures the program with the first `key_sets` sets of keys.
///
/// # Panics
/// If a transaction of a case is refused, or bytes or rent differ between sets.
pub fn measure(key_sets: u64) -> Table {
    measure::measure_program(
        generion::ID,
        generion_artifact::PROGRAM,
        key_sets,
        |vm, number| {
            let mut sheet = Sheet::new(1);
            cases::measure(&key_set::KeySet::new(vm, number), &mut sheet);
            sheet
        },
    )
}
