//! Generion's cryptography: round trips, known answers of a second implementation, and every refusal.

mod age_tool;
mod capsules;
mod deliveries;
mod documents;
mod facts;
mod key_files;
mod keys;
mod known_answers;
mod letters;
mod locators;
mod settlement;
mod support;
