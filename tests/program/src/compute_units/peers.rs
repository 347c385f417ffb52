//! The programs of `tests/peers` that Generion's is compared with: the same cases with the same names, on the same
//! ledger and with the same statistics.

mod anchor_v1;
mod floor;
mod sealed;

use std::path::PathBuf;

use super::{files::in_workspace, measure::measure_program, table::Table};
use crate::vm::World;

/// A program of `tests/peers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The hand-written lower bound.
    Floor,
    /// `create_record` and `purchase` in Anchor v1.
    AnchorV1,
}

impl Peer {
    /// All programs.
    pub const ALL: [Self; 2] = [Self::Floor, Self::AnchorV1];

    /// The name of the package, and of its folder in `tests/peers`.
    pub const fn package(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::AnchorV1 => "anchor-v1",
        }
    }

    /// The program's committed table.
    pub fn committed_file(self) -> PathBuf {
        in_workspace(&format!(
            "tests/peers/{}/compute_units.json",
            self.package()
        ))
    }

    /// Measures the program's binary with the first `key_sets` sets of keys.
    ///
    /// # Panics
    /// If a transaction of a case is refused, or bytes or rent differ between sets.
    pub fn measure(self, program: &[u8], key_sets: u64) -> Table {
        let (id, measure) = match self {
            Self::Floor => (floor::ID, floor::measure as fn(&World, u64) -> _),
            Self::AnchorV1 => (anchor_v1::ID, anchor_v1::measure as fn(&World, u64) -> _),
        };
        measure_program(id, program, key_sets, measure)
    }
}
