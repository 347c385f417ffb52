//! Tests with made-up answers of nodes.

mod made;
mod node;
mod progress;
mod reading;
mod replay;
mod versions;
mod walking;
