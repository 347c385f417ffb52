//! An agent's decisions, in a made-up world.

mod made;
mod once;
mod settling;
mod watching;
mod world;
