//! The gateway, on both databases.

mod follow;
mod lists;
mod snapshot;
mod support;
mod writer;
