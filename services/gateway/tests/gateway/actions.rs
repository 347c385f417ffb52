//! Solana Actions, beside checks that are written from their specification.

mod checks;
mod forms;
mod landed;
mod specification;
