//! Named values.

use std::fmt::Display;

use generion_client::rpc::text::printable;

/// The line of a named value.
pub fn field(name: &str, value: impl Display) -> String {
    format!("{name:<18} {}", printable(&value.to_string()))
}
