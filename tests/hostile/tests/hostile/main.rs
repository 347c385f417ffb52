//! What clients do with a node that lies. `README.md` beside the manifest is the table of all cases.

mod accomplice;
mod node;
