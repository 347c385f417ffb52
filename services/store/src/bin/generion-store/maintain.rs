//! The commands that look at a storage or put it in order.

use std::{
    io::{BufWriter, Write, stdout},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use generion_store::{
    Limits, StorageLocation,
    maintenance::{Report, TombstoneList, check, collect, export_tombstones, merge_tombstones},
};

use crate::args::{Command, Tombstones};

/// Does it, and says what came of it.
pub async fn run(
    command: Command,
    location: &StorageLocation,
    limits: &Limits,
) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { bytes } => told(&check(location, limits, bytes).await?),
        Command::Collect => {
            let done = collect(location, limits).await?;
            let lines = [
                format!("blobs removed      {}, {} bytes", done.blobs, done.bytes),
                format!(
                    "accounts           {} entries removed, {} added",
                    done.usage_removed, done.usage_added
                ),
            ];
            print(&lines)?;
            told(&done.left)
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
                format!("never to be taken  {}", merged.noted),
                format!("deleted before     {}", merged.known),
            ])?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read(list: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(list).with_context(|| format!("can't read {}", list.display()))
}

/// What is there, and what is wrong with it. Something wrong is a failure.
fn told(report: &Report) -> anyhow::Result<ExitCode> {
    let mut lines: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    lines.push(format!("documents          {}", report.published));
    lines.push(format!("deleted            {}", report.erased));
    if report.pending > 0 {
        let pending = report.pending;
        lines.push(format!(
            "under way          {pending}, ended by the next start if it was broken off"
        ));
    }
    lines.push(match report.findings.len() {
        0 => "everything is as it should be".to_owned(),
        count => format!("not as it should be: {count}"),
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
        writeln!(out, "{line}").context("can't print what was found")?;
    }
    out.flush().context("can't print what was found")
}
