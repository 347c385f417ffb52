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
mod key_set;
mod page;
mod peers;
mod shared;
mod sheet;
mod table;

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    thread,
};

use solana_address::Address;

use crate::World;

pub use differences::differences;
pub use page::{page, page_file};
pub use peers::Peer;
pub use sheet::{Sample, Sheet};
pub use table::{Row, Spread, Table};

/// How many sets of keys are measured.
pub const KEY_SETS: u64 = 256;

/// The committed table of the program.
pub fn committed_file() -> PathBuf {
    in_workspace("tests/program/compute_units.json")
}

/// A file of the workspace.
fn in_workspace(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.expect("the crate is in tests/program").join(path)
}

/// Measures the program over the first `key_sets` sets of keys.
///
/// # Panics
/// Where a transaction of a case is refused, or bytes or rent are not the same for every set.
pub fn measure(key_sets: u64) -> Table {
    measure_program(
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

/// Measures a program: `measure` notes all cases for one set of keys, starting from a copy of an empty ledger.
fn measure_program(
    id: Address,
    program: &[u8],
    key_sets: u64,
    measure: impl Fn(&World, u64) -> Sheet + Sync,
) -> Table {
    let vm = World::with_program(0, id, program);
    let samples = in_parallel(key_sets, || {
        let (vm, measure) = (vm.clone(), &measure);
        move |number| measure(&vm, number).into_samples()
    });
    Table {
        program_id: id.to_string(),
        program_bytes: program.len(),
        key_sets,
        lamports_per_byte: vm.lamports_per_byte(),
        rows: table::rows(&samples),
    }
}

/// The samples of the sets `0..count`, in that order, measured on all cores. Each thread makes a measurer of its own.
fn in_parallel<M>(count: u64, measurer: impl Fn() -> M) -> Vec<Vec<Sample>>
where
    M: Fn(u64) -> Vec<Sample> + Send,
{
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut samples: Vec<(u64, Vec<Sample>)> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads as u64)
            .map(|first| {
                let measure = measurer();
                let share = (first..count).step_by(threads);
                scope.spawn(move || {
                    share
                        .map(|number| (number, measure(number)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        running
            .into_iter()
            .flat_map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    samples.sort_by_key(|(number, _)| *number);
    samples.into_iter().map(|(_, samples)| samples).collect()
}
