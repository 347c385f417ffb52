//! Made by hand: what nodes may answer, and what must be read in it.

mod lived;
mod made;
mod node;
mod progress;
mod reading;
mod versions;
mod walking;
