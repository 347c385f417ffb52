//! The gateway, on both databases.

mod lists;
mod support;
mod writer;
