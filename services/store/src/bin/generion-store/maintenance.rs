//! The maintenance commands.

use std::{
    io::{BufWriter, Write, stdout},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use generion_store::{
    Limits, StorageLocation,
    maintenance::{
        CheckReport, TombstoneList, check, collect, export_tombstones, merge_tombstones,
    },
    system_clock,
};

use crate::args::{Command, Tombstones};

/// Runs a maintenance command, and prints its result.
pub async fn run(
    command: Command,
    location: &StorageLocation,
    limits: &Limits,
) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { bytes } => print_report(&check(location, limits, bytes).await?),
        Command::Collect => {
            let done = collect(location, limits, &system_clock()).await?;
            let lines = [
                format!("links expired      {}", done.links_expired),
                format!("blobs removed      {}, {} bytes", done.blobs, done.bytes),
                format!(
                    "usage entries      {} removed, {} added",
                    done.usage_removed, done.usage_added
                ),
            ];
            print(&lines)?;
            print_report(&done.remaining)
        }
        Command::Tombstones(Tombstones::Export) => {
            let mut out = BufWriter::new(stdout().lock());
            export_tombstones(location, &mut out).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Tombstones(Tombstones::Merge { list }) => {
            let list = TombstoneList::parse(&read(&list)?)
                .with_context(|| format!("can't use {}", list.display()))?;
            let merged = merge_tombstones(location, limits, &list).await?;
            print(&[
                format!("deleted now        {}", merged.erased),
                format!("blocked            {}", merged.noted),
                format!("deleted before     {}", merged.known),
            ])?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read(list: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(list).with_context(|| format!("can't read {}", list.display()))
}

/// Prints the result of a check. Faults lead to a failure code.
fn print_report(report: &CheckReport) -> anyhow::Result<ExitCode> {
    let mut lines: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    lines.push(format!("documents          {}", report.published));
    if report.links > 0 {
        lines.push(format!("links              {}", report.links));
    }
    lines.push(format!("deleted            {}", report.erased));
    if report.pending > 0 {
        let pending = report.pending;
        lines.push(format!(
            "in progress        {pending} (the next start of the store recovers those that were interrupted)"
        ));
    }
    lines.push(match report.findings.len() {
        0 => "no faults found".to_owned(),
        count => format!("faults found: {count}"),
    });
    print(&lines)?;
    Ok(match report.findings.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn print(lines: &[String]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for line in lines {
        writeln!(out, "{line}").context("can't print the result")?;
    }
    out.flush().context("can't print the result")
}
