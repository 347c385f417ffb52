//! `generion-gateway check`.

use std::{process::ExitCode, time::Duration};

use generion_gateway::index::check;

use crate::{args::Settings, index::Opened};

/// The exit code where index and ledger can't be compared.
const NOT_COMPARED: u8 = 2;

/// Compares the index with the ledger, and prints how they differ, or why they can't be compared.
pub async fn check(settings: Settings, json: bool, patience: u64) -> ExitCode {
    match compare(settings, json, Duration::from_secs(patience)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(NOT_COMPARED)
        }
    }
}

/// Whether the index is equal to the ledger.
async fn compare(settings: Settings, json: bool, patience: Duration) -> anyhow::Result<bool> {
    let Opened { storage, nodes, .. } = Opened::open(settings).await?;
    let report = check::check(&storage, &nodes, patience).await?;
    match json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => println!("{report}"),
    }
    Ok(report.is_equal)
}
