//! The workspace keeps to its declared structure, and planted faults are found.

mod dependencies;
mod planted;
mod secrets;
mod workspace;
