//! The gateway, on both databases.

mod lists;
mod snapshot;
mod support;
mod writer;
