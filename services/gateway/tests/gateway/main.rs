//! The gateway, on both databases.

mod follow;
mod lists;
mod records;
mod snapshot;
mod support;
mod writer;
