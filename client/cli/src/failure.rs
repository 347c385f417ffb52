//! What a user is told when a command fails.

use std::io::{self, Write};

use generion_client::{
    ClientError, DryRun, Landed,
    store::{FetchError, RequestError, StoreError},
};
use serde::Serialize;

use crate::{cli::Format, output::printable};

/// Why a command failed: one line that says what happened, to which address or file, and one that says what to do.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// What happened.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// Name of the program's rule that was broken, if that is what happened.
    pub rule: Option<String>,
    /// What would have been done, if all that happened is that the user wanted to know.
    #[serde(skip)]
    pub dry_run: Option<Box<DryRun>>,
}

impl Failure {
    pub fn new(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            advice: advice.into(),
            rule: None,
            dry_run: None,
        }
    }

    /// What a command says that only looks, or that does not end by itself.
    pub fn no_dry_run(command: &str) -> Self {
        Self::new(
            format!("`{command}` has no dry run"),
            "Leave out --dry-run.",
        )
    }

    /// What went wrong once the transaction had landed, so that nobody takes it for undone.
    pub fn after(self, landed: &Landed) -> Self {
        Self {
            message: format!(
                "transaction {} landed, but then: {}",
                landed.signature, self.message
            ),
            advice: "Don't repeat the command: look at what it did first.".to_owned(),
            ..self
        }
    }

    /// Writes it to standard error. That this may fail as well leaves nobody to tell.
    pub fn print(&self, format: Format) {
        let text = match format {
            Format::Display => format!(
                "error: {}\n{}",
                printable(&self.message),
                printable(&self.advice)
            ),
            Format::Json | Format::JsonCompact => serde_json::json!({ "error": self }).to_string(),
        };
        let _ = writeln!(io::stderr(), "{text}");
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::from(&error)
    }
}

impl From<&ClientError> for Failure {
    fn from(error: &ClientError) -> Self {
        let advice = match error {
            ClientError::Shared(error) => return Self::from(&**error),
            ClientError::Fetch { source, .. } => match source.as_ref() {
                FetchError::Request(request) => flag_for(request),
                FetchError::TooLarge { .. } => {
                    Some("Pass a larger --max-document-bytes if you expect such a document.")
                }
                _ => None,
            },
            ClientError::Store(source) => match source.as_ref() {
                StoreError::Request(request) => flag_for(request),
                _ => None,
            },
            ClientError::File { source, .. }
                if source.kind() == std::io::ErrorKind::AlreadyExists =>
            {
                Some("Choose another path, or pass --force to replace it.")
            }
            _ => None,
        };
        let dry_run = match error {
            ClientError::DryRun(dry_run) => Some(dry_run.clone()),
            _ => None,
        };
        Self {
            dry_run,
            advice: advice.unwrap_or(error.advice()).to_owned(),
            rule: error.rule().map(|rule| format!("{rule:?}")),
            message: error.to_string(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        ClientError::from(error).into()
    }
}

/// The flag by which a user lets an address of a stranger be followed. The library knows no flags.
fn flag_for(error: &RequestError) -> Option<&'static str> {
    match error {
        RequestError::PrivateAddress { .. } => Some(
            "Pass --allow-private-addresses only if you know that the store is on your own network.",
        ),
        RequestError::Scheme { url } if url.scheme() == "file" => Some(
            "Pass --allow-file-locators only if you know that the document is on this machine.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
