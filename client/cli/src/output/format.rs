//! The forms of what is printed.

use clap::ValueEnum;

/// The form of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text.
    Display,
    /// JSON.
    Json,
    /// JSON on one line.
    JsonCompact,
}
