//! Failures: the texts that users read when a command fails.

use std::io::{self, Write};

use generion_client::{
    ClientError, ConfirmedTransaction, FileError, NodeLie, PROGRAM_VERSION,
    rpc::{
        causes::with_causes,
        cluster::{Cluster, OtherGenesis},
        node::NodeErrorKind,
        text::printable,
        witness::WitnessError,
    },
    store::StoreError,
};
use generion_history::HistoryError;
use serde::Serialize;
use solana_hash::Hash;

use crate::output::{format::Format, json::printable_json, redaction::hide_typed, waiting};

/// The failure of a command: one line that names the error, with its address or file, and one with advice.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The error.
    pub message: String,
    /// The advice.
    pub advice: String,
    /// Name of the program's rule that was broken, if there is one.
    pub rule: Option<String>,
    /// Something is not there, which may be because the program itself isn't.
    #[serde(skip)]
    pub is_absence: bool,
}

impl Failure {
    pub fn new(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            advice: advice.into(),
            rule: None,
            is_absence: false,
        }
    }

    /// The failure for `--dry-run` with a command that has no dry run.
    pub fn no_dry_run(command: &str) -> Self {
        Self::new(
            format!("`{command}` has no dry run"),
            "Leave out --dry-run.",
        )
    }

    /// The failure where the Generion `at` an address on a cluster is of another version than this software.
    pub fn at_other_version(self, at: &str, version: &str) -> Self {
        Self {
            message: format!(
                "{}: the Generion at {at} is of version {}, and this software is for version {PROGRAM_VERSION}",
                self.message,
                printable(version)
            ),
            advice: "Use the software that was released with that program.".to_owned(),
            ..self
        }
    }

    /// A failure after the transaction was confirmed, so that nobody believes that it was not sent.
    pub fn after(self, confirmed: &ConfirmedTransaction) -> Self {
        Self {
            message: format!(
                "transaction {} was confirmed, but then: {}",
                confirmed.signature, self.message
            ),
            advice: "Don't run the command again before you have checked what it did.".to_owned(),
            is_absence: false,
            ..self
        }
    }

    /// Prints it to standard error. An error in doing so is ignored.
    pub fn print(&self, format: Format) {
        let shown = Self {
            message: hide_typed(&self.message),
            advice: hide_typed(&self.advice),
            ..self.clone()
        };
        let text = match format {
            Format::Display => format!(
                "error: {}\n{}",
                printable(&shown.message),
                printable(&shown.advice)
            ),
            Format::Json | Format::JsonCompact => {
                printable_json(&serde_json::json!({ "error": shown }).to_string())
            }
        };
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// Prints a warning to standard error.
pub fn warn(format: Format, message: &str) {
    let message = hide_typed(message);
    let text = match format {
        Format::Display => format!("warning: {}", printable(&message)),
        Format::Json | Format::JsonCompact => {
            printable_json(&serde_json::json!({ "warning": { "message": message } }).to_string())
        }
    };
    let _ = waiting::beside(|| writeln!(io::stderr(), "{text}"));
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::from(&error)
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        Self::from(match error {
            HistoryError::Node(error) => match error.kind() {
                NodeErrorKind::Behind { slot } => ClientError::Stale {
                    node: format!("the node at {}", error.node()),
                    slot,
                },
                _ => ClientError::Node(error),
            },
            HistoryError::Genesis(error) => ClientError::from(error),
            HistoryError::WrongAddress {
                node,
                address,
                source,
            } => ClientError::Lie(NodeLie {
                node,
                address,
                reason: source.to_string(),
            }),
            HistoryError::Account { address, source } => ClientError::Account { address, source },
            other => ClientError::Argument(with_causes(&other)),
        })
    }
}

impl From<&ClientError> for Failure {
    fn from(error: &ClientError) -> Self {
        match error {
            ClientError::Shared(error) => return Self::from(&**error),
            ClientError::OtherGenesis(other) => return Self::from(other),
            ClientError::NoProgram {
                program_id,
                genesis,
                found,
            } => {
                let cluster = Cluster::of_genesis(&Hash::new_from_array(genesis.0));
                return Self::new(
                    format!("no Generion at {program_id} on {cluster}: {found}"),
                    advice::advice_on(error),
                );
            }
            ClientError::Witness(source) => {
                if let WitnessError::OtherGenesis(other) = &**source {
                    return Self::from(other);
                }
            }
            _ => {}
        }
        Self {
            advice: advice::advice_on(error).to_owned(),
            is_absence: is_absence(error),
            rule: error.rule().map(|rule| format!("{rule:?}")),
            message: with_causes(error),
        }
    }
}

/// Whether it would happen, too, where there is no program.
fn is_absence(error: &ClientError) -> bool {
    match error {
        ClientError::NotFound { .. } | ClientError::NoKey(_) | ClientError::Account { .. } => true,
        ClientError::Refused(refused) => refused.rule.is_none(),
        _ => false,
    }
}

impl From<&OtherGenesis> for Failure {
    fn from(
        OtherGenesis {
            node,
            shown,
            expected,
        }: &OtherGenesis,
    ) -> Self {
        let (shown, expected) = (Cluster::of_genesis(shown), Cluster::of_genesis(expected));
        Self::new(
            format!("the node at {node} belongs to {shown}, not to {expected}"),
            format!(
                "Pass another node (-u), or --cluster {} if you mean that cluster.",
                shown.name()
            ),
        )
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        ClientError::from(error).into()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        ClientError::from(error).into()
    }
}

pub mod advice;
pub mod files;
#[cfg(test)]
mod tests;
