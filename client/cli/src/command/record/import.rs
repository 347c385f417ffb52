//! A folder of documents becomes records.

use std::{
    cell::RefCell,
    fs, io,
    io::IsTerminal,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use generion_client::{
    BatchCost, BatchDocument, BatchEvent, BatchTally, Card, CardError, ClientError, DocumentName,
    Journal, rpc::text::printable,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use super::create::WriteArgs;
use crate::{
    addressee::Addressee,
    amount::{Count, Sol},
    cli::Format,
    consent::Plan,
    context::Context,
    destination::file_error,
    dry_run::Planned,
    failure::Failure,
    fhir,
    output::{Output, Report, Text},
};

#[derive(Args)]
pub struct ImportArgs {
    /// The folder. Files whose names begin with a dot are left out
    folder: PathBuf,
    /// Who all documents are for: a wallet, or its card (`generion user card`) [default: each is for the wallet that its
    /// subfolder is named after]
    #[arg(long, value_name = "WALLET_OR_CARD", value_parser = Addressee::from_str)]
    owner: Option<Addressee>,
    /// File with the cards of wallets that subfolders are named after, one a line: these wallets' keys are taken from there
    #[arg(long, value_name = "FILE", conflicts_with = "owner")]
    cards: Option<PathBuf>,
    /// Where to write down what was sent, so that nothing is sent twice; it holds nothing secret but the files' names
    /// [default: the folder's name with .generion-journal, beside it]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Default, Serialize)]
struct Imported {
    journal: PathBuf,
    records: Vec<ImportedRecord>,
    failures: Vec<NotImported>,
    totals: Totals,
}

#[derive(Serialize)]
struct ImportedRecord {
    file: String,
    owner: String,
    record: String,
    signature: String,
}

#[derive(Serialize)]
struct NotImported {
    file: String,
    #[serde(flatten)]
    failure: Failure,
}

#[derive(Default, Serialize)]
struct Totals {
    /// On the ledger from earlier runs.
    before: usize,
    written: usize,
    failed: usize,
    transactions: usize,
    fee_lamports: u64,
}

impl ImportArgs {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        let consent = context.consent()?;
        let signers = context.signers().await?;
        let payer = signers.payer.pubkey();
        let documents = self.documents()?;
        let path = self.journal_path()?;
        // One that an earlier run left tells what is to be done; a new one is none of this run's business.
        let scratch = match context.is_dry_run() && !path.exists() {
            true => Some(
                tempfile::tempdir().map_err(|error| file_error(&std::env::temp_dir(), error))?,
            ),
            false => None,
        };
        let mut journal = match &scratch {
            Some(folder) => Journal::open(&folder.path().join("journal"))?,
            None => Journal::open(&path)?,
        };
        let progress = Progress::new(context.format());
        let cost = context
            .client
            .resume_batch(
                &signers.wallet.pubkey(),
                &documents,
                &mut journal,
                |event| progress.show(&event),
            )
            .await?;
        let BatchCost {
            records,
            rent,
            fees,
        } = cost;
        if records > 0 {
            context
                .require_funds(&payer, rent.saturating_add(fees))
                .await?;
            let plan = Plan::new(format!(
                "Write {} from {}; {} on the ledger already",
                Count(records as u64, "record"),
                self.folder.display(),
                match documents.len() - records {
                    1 => "1 is".to_owned(),
                    before => format!("{before} are"),
                }
            ))
            .notes(format!("encrypted, in the store {}", self.write.stores()))
            .pays(
                rent,
                format!("of rent, back when the records are deleted, from wallet {payer}"),
            )
            .pays(fees, "of fees at most, from the same wallet");
            consent.to(plan).await?;
        }
        if context.is_dry_run() {
            return Output::new(&Planned::costing(rent.saturating_add(fees)));
        }
        progress.begin(documents.len(), documents.len() - records);
        let report = RefCell::new(Imported {
            journal: path,
            ..Imported::default()
        });
        let tally = context
            .client
            .write_batch(
                signers.wallet,
                signers.payer,
                &documents,
                &mut journal,
                |event| {
                    progress.show(&event);
                    report.borrow_mut().note(event);
                },
            )
            .await;
        progress.end();
        let mut report = report.into_inner();
        // They land as they come.
        report.records.sort_by(|a, b| a.file.cmp(&b.file));
        let tally = tally.map_err(|error| {
            let failure = Failure::from(error);
            Failure {
                advice: format!(
                    "{} Run the same command again: it goes on where this one ended.",
                    failure.advice
                ),
                ..failure
            }
        })?;
        report.totals = Totals::from(&tally);
        let failure = report.failure();
        Output::new(&report).map(|output| output.with_failure(failure))
    }

    fn documents(&self) -> Result<Vec<BatchDocument>, Failure> {
        let mut found = Vec::new();
        match &self.owner {
            Some(owner) => self.collect(&self.folder, owner, &mut found)?,
            None => {
                let cards = self.cards()?;
                for entry in entries(&self.folder)? {
                    let name = entry.file_name().unwrap_or_default().to_string_lossy();
                    let owner: Address = name.parse().map_err(|_| {
                        Failure::new(
                            format!("{} is not named after a wallet", entry.display()),
                            "Pass the wallet that all documents are for (--owner), or put them into a subfolder for each wallet.",
                        )
                    })?;
                    let card = cards.iter().find(|card| *card.wallet() == owner);
                    let owner = card.map_or(Addressee::Wallet(owner), |card| {
                        Addressee::Card(Box::new(*card))
                    });
                    self.collect(&entry, &owner, &mut found)?;
                }
            }
        }
        if found.is_empty() {
            return Err(Failure::new(
                format!("there are no documents in {}", self.folder.display()),
                "Pass a folder that holds files.",
            ));
        }
        Ok(found)
    }

    /// The cards that were given.
    fn cards(&self) -> Result<Vec<Card>, Failure> {
        let Some(path) = &self.cards else {
            return Ok(Vec::new());
        };
        let text = fs::read_to_string(path).map_err(|error| file_error(path, error))?;
        let lines = text.lines().map(str::trim).enumerate();
        lines
            .filter(|(_, line)| !line.is_empty())
            .map(|(index, line)| {
                line.parse().map_err(|error: CardError| {
                    let error = ClientError::from(error);
                    Failure::new(
                        format!("{}, line {}: {error}", path.display(), index + 1),
                        error.advice(),
                    )
                })
            })
            .collect()
    }

    fn collect(
        &self,
        folder: &Path,
        owner: &Addressee,
        found: &mut Vec<BatchDocument>,
    ) -> Result<(), Failure> {
        for path in entries(folder)? {
            if path.is_dir() {
                self.collect(&path, owner, found)?;
                continue;
            }
            let guess = fhir::guess(&path).map_err(|error| file_error(&path, error))?;
            let file = path.strip_prefix(&self.folder).unwrap_or(&path);
            found.push(BatchDocument {
                file: file.to_string_lossy().into_owned(),
                document: self.write.document(path, *owner.wallet(), guess),
                card: owner.card().copied(),
            });
        }
        Ok(())
    }

    fn journal_path(&self) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.journal {
            return Ok(path.clone());
        }
        let folder =
            fs::canonicalize(&self.folder).map_err(|error| file_error(&self.folder, error))?;
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(".generion-journal");
        Ok(folder.with_file_name(name))
    }
}

/// What is in a folder, in order, but for hidden files.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = || -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with('.') {
                paths.push(entry.path());
            }
        }
        paths.sort();
        Ok(paths)
    };
    read().map_err(|error| file_error(folder, error))
}

impl Imported {
    fn note(&mut self, event: BatchEvent) {
        match event {
            BatchEvent::Written { records } => {
                for (DocumentName { file, owner }, created) in records {
                    self.records.push(ImportedRecord {
                        file,
                        owner,
                        record: created.address.to_string(),
                        signature: created.landed.signature.to_string(),
                    });
                }
            }
            BatchEvent::Failed { name, error } => self.failures.push(NotImported {
                file: name.file,
                failure: Failure::from(&*error),
            }),
            _ => {}
        }
    }

    fn failure(&self) -> Option<Failure> {
        let first = self.failures.first()?;
        Some(Failure::new(
            format!(
                "{} did not become records; the first, {}: {}",
                Count(self.failures.len() as u64, "document"),
                first.file,
                first.failure.message
            ),
            format!(
                "{} Then run the same command again: it goes on where this one ended.",
                first.failure.advice
            ),
        ))
    }
}

impl From<&BatchTally> for Totals {
    fn from(tally: &BatchTally) -> Self {
        Self {
            before: tally.before,
            written: tally.written,
            failed: tally.failed,
            transactions: tally.transactions,
            fee_lamports: tally.fees,
        }
    }
}

impl Report for Imported {
    fn describe(&self, text: &mut Text) {
        let rows = self.records.iter().map(|record| {
            [
                record.record.clone(),
                record.owner.clone(),
                record.file.clone(),
            ]
        });
        text.table(["RECORD", "OWNER", "FILE"], rows, "no new records");
        for NotImported { file, failure } in &self.failures {
            text.field("NOT written", file)
                .field("because", &failure.message)
                .field("advice", &failure.advice);
        }
        let Totals {
            before,
            written,
            transactions,
            fee_lamports,
            ..
        } = &self.totals;
        text.field(
            "in total",
            format_args!(
                "{} written in {}, {before} there before",
                Count(*written as u64, "record"),
                Count(*transactions as u64, "transaction")
            ),
        )
        .field("fees", Sol(*fee_lamports))
        .field("journal", self.journal.display());
    }
}

/// A bar on a terminal; nothing elsewhere.
struct Progress {
    bar: ProgressBar,
    is_shown: bool,
}

impl Progress {
    fn new(format: Format) -> Self {
        let is_shown = format == Format::Display && io::stderr().is_terminal();
        Self {
            bar: match is_shown {
                true => ProgressBar::no_length(),
                false => ProgressBar::hidden(),
            },
            is_shown,
        }
    }

    fn begin(&self, total: usize, done: usize) {
        if !self.is_shown {
            return;
        }
        // A template that is not well-formed leaves the bar's own.
        if let Ok(style) =
            ProgressStyle::with_template("{wide_bar} {pos} of {len} records, {eta} left {msg}")
        {
            self.bar.set_style(style);
        }
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
        self.bar.reset_eta();
    }

    fn show(&self, event: &BatchEvent) {
        match event {
            BatchEvent::Waiting { uncertain } => self.bar.set_message(format!(
                "waiting until the fate of {} of an earlier run is settled",
                Count(*uncertain as u64, "record")
            )),
            BatchEvent::Written { records } => self.bar.inc(records.len() as u64),
            BatchEvent::Failed { name, .. } => self
                .bar
                .set_message(format!("{} failed", printable(&name.file))),
            BatchEvent::Found { .. } | BatchEvent::Stored { .. } => {}
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
