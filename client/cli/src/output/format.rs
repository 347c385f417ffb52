//! The forms of output.

use clap::ValueEnum;

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text.
    Display,
    /// JSON.
    Json,
    /// JSON on one line.
    JsonCompact,
}
