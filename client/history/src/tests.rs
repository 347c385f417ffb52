//! Made by hand: what nodes may answer, and what must be read in it.

mod made;
mod node;
mod progress;
mod reading;
mod replay;
mod versions;
mod walking;
