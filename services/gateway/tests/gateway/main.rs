//! The gateway, on both databases.

mod actions;
mod connections;
mod events;
mod faults;
mod follow;
mod lists;
mod load;
mod openapi;
mod plans;
mod program;
mod reads;
mod served;
mod snapshot;
mod statistics;
mod support;
mod webhooks;
mod writer;
mod writes;
