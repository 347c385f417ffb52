//! The stage of the demo's story, which end-to-end tests set up too: a real local validator and a real document store,
//! each a program of its own.

pub mod stage;
