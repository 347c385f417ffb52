//! Measures a program over sets of keys, on all cores.

use std::{num::NonZero, thread};

use solana_address::Address;

use super::{
    sheet::{Sample, Sheet},
    table::{self, Table},
};
use crate::vm::World;

/// Measures a program. `measure` records all cases for one set of keys, starting from a copy of an empty ledger.
pub(super) fn measure_program(
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

/// The samples of the sets `0..count` in this order, measured on all cores. Each thread makes its own measurer.
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
