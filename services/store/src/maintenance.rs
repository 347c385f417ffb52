//! Maintenance of a storage without a running store: checking, removing orphans, and carrying deletions over to a copy
//! that was made before them.

mod check;
mod collect;
mod error;
mod report;
mod survey;
mod tombstones;

pub use self::{
    check::check,
    collect::{CollectReport, collect},
    error::MaintenanceError,
    report::{CheckReport, Finding},
    tombstones::{MergeReport, TombstoneList, export_tombstones, merge_tombstones},
};
