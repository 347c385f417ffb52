//! What an agent decides, in a world that is made up.

mod made;
mod once;
mod settling;
mod watching;
mod world;
