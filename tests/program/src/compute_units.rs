//! What every instruction costs: compute units, bytes and rent, over 256 sets of keys derived from a fixed seed.
//!
//! Each case is a real signed transaction that lands, on a ledger of its own that was made for that set of keys. Nothing
//! is drawn in the order of the cases, so a new case changes no other's figures.
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

/// How many sets of keys are measured.
pub const KEY_SETS: u64 = 256;

/// Measures the program over the first `key_sets` sets of keys.
///
/// # Panics
/// Where a transaction of a case is refused, or bytes or rent are not the same for every set.
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
