//! `generion-gateway check`.

use std::{process::ExitCode, time::Duration};

use generion_gateway::index::check;

use crate::{args::Settings, index::Opened};

/// Compares the index with the ledger, and prints how they differ.
///
/// # Errors
/// The node or the database fails.
pub async fn check(settings: Settings, json: bool, patience: u64) -> anyhow::Result<ExitCode> {
    let Opened { storage, nodes } = Opened::open(settings).await?;
    let patience = Duration::from_secs(patience);
    let report = check::check(&storage, &nodes, patience).await?;
    match json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => println!("{report}"),
    }
    Ok(match report.is_equal {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
