//! The workspace keeps to its declared structure, docs/ARCHITECTURE.md names what is there, and planted faults are found.

mod architecture;
mod dependencies;
mod planted;
mod secrets;
mod workspace;
