//! `generion-gateway check`.

use std::{process::ExitCode, time::Duration};

use generion_gateway::index::check::{self, CheckReport};

use crate::{args::Settings, index::Opened};

/// The exit code where it can't be told whether index and ledger are equal.
const UNCERTAIN: u8 = 2;

/// Compares the index with the ledger, and prints how they differ, or why that can't be told.
pub async fn check(settings: Settings, json: bool, patience: u64) -> ExitCode {
    match compare(settings, json, Duration::from_secs(patience)).await {
        Ok(CheckReport {
            is_equal: false, ..
        }) => ExitCode::FAILURE,
        Ok(CheckReport {
            is_certain: false, ..
        }) => ExitCode::from(UNCERTAIN),
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(UNCERTAIN)
        }
    }
}

/// Compares them, and prints the result.
async fn compare(
    settings: Settings,
    json: bool,
    patience: Duration,
) -> anyhow::Result<CheckReport> {
    let Opened { storage, nodes, .. } = Opened::open(settings).await?;
    let report = check::check(&storage, &nodes, patience).await?;
    match json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => println!("{report}"),
    }
    Ok(report)
}
