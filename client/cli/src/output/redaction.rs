//! Removes secrets from the text that a user typed before it is printed.

use clap::error::{ContextKind, ContextValue};
pub use generion_client::rpc::hidden::{hide_typed, looks_like_an_address, looks_secret, shown};

/// Removes secrets from the message about a wrong command line.
pub fn hide(error: &mut clap::Error) {
    let quoted: Vec<_> = error
        .context()
        .filter(|(kind, _)| {
            matches!(
                kind,
                ContextKind::InvalidValue
                    | ContextKind::InvalidArg
                    | ContextKind::InvalidSubcommand
            )
        })
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, shown(text))),
            _ => None,
        })
        .collect();
    for (kind, text) in quoted {
        error.insert(kind, ContextValue::String(text));
    }
}
