//! Writing a folder of documents as records.

mod folder;
mod progress;
mod report;

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use generion_client::{
    BatchCost, BatchPlan, BatchTally, CardError, ClientError, ContentKey, Journal,
};
use solana_signer::Signer;
use tokio::task::spawn_blocking;

use self::{
    folder::{Found, Search},
    progress::Progress,
    report::Imported,
};
use crate::{
    args::addressee::Addressee,
    command::record::write::WriteArgs,
    context::Context,
    output::{
        count::Count,
        failure::{Failure, files::file_error, warn},
        report::Output,
    },
    prompt::consent::Plan,
};

#[derive(Args)]
pub struct ImportArgs {
    /// The folder; files whose names begin with a dot are skipped
    folder: PathBuf,
    /// Owner of all documents: a wallet, or its card (`generion user card`) [default: the wallet that a document's
    /// subfolder is named after]
    #[arg(long, value_name = "WALLET_OR_CARD", value_parser = Addressee::from_str)]
    owner: Option<Addressee>,
    /// File with the owners' cards, one per line, to take their encryption keys from instead of asking a node
    #[arg(long, value_name = "FILE", conflicts_with = "owner")]
    cards: Option<PathBuf>,
    /// File that keeps track of sent records, so that no record is sent twice; it names the folder and its files, and holds no
    /// other secrets [default: the folder's name with .generion-journal, beside the folder]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    write: WriteArgs,
}

impl ImportArgs {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        let consent = context.consent()?;
        let signers = context.signers().await?;
        let payer = signers.payer.pubkey();
        let key = ContentKey::derive(context.ledger().deployment(), signers.wallet)?;
        let (folder, stores) = (self.folder.clone(), self.write.stores());
        let looking = {
            let key = key.clone();
            off_the_task(&folder, move || self.look(key))
        };
        let Prepared {
            found: Found { documents, skipped },
            path,
            mut journal,
        } = looking.await?;
        let progress = Progress::new(context.format());
        let plan = context
            .client
            .resume_batch(
                &signers.wallet.pubkey(),
                &key,
                &documents,
                &mut journal,
                |event| progress.show(&event),
            )
            .await?;
        let BatchCost {
            records,
            rent,
            fees,
        } = plan.cost;
        let cost = rent.saturating_add(fees);
        if records > 0 {
            context.require_funds(&payer, cost).await?;
            let shown = shown_plan(&folder, &plan, skipped.len())
                .notes(format!("encrypted, in the store {stores}"))
                .pays(
                    rent,
                    format!("of rent, back when the records are deleted, from wallet {payer}"),
                )
                .pays(fees, "of fees at most, from the same wallet");
            consent.to(shown).await?;
        }
        let left_out: Vec<_> = (skipped.iter())
            .map(|skipped| skipped.failure.message.clone())
            .collect();
        let cost = async {
            for message in left_out {
                warn(context.format(), &message);
            }
            Ok(cost)
        };
        let work = async {
            progress.begin(documents.len(), plan.before);
            let mut report = Imported::new(path, &plan, skipped);
            let tally = context
                .client
                .write_batch(
                    signers.wallet,
                    signers.payer,
                    &key,
                    &plan,
                    &mut journal,
                    |event| {
                        progress.show(&event);
                        report.note(event);
                    },
                )
                .await;
            progress.end();
            concluded(report, tally)
        };
        context.unless_dry_run(cost, work).await
    }

    /// Reads the folder and the journal.
    fn look(self, key: ContentKey) -> Result<Prepared, Failure> {
        let root =
            fs::canonicalize(&self.folder).map_err(|error| file_error(&self.folder, error))?;
        let path = self.journal.clone().unwrap_or_else(|| beside(&root));
        let cards = self.cards()?;
        let search = Search {
            folder: self.folder,
            root,
            owner: self.owner,
            cards,
            write: self.write,
            key,
        };
        let found = search.run()?;
        let journal = Journal::open(&path)?;
        Ok(Prepared {
            found,
            path,
            journal,
        })
    }

    /// Reads the cards in the file of `--cards`.
    fn cards(&self) -> Result<Vec<Addressee>, Failure> {
        let Some(path) = &self.cards else {
            return Ok(Vec::new());
        };
        let text = fs::read_to_string(path).map_err(|error| file_error(path, error))?;
        let lines = text.lines().map(str::trim).enumerate();
        lines
            .filter(|(_, line)| !line.is_empty())
            .map(|(index, line)| {
                let card = line.parse().map_err(|error: CardError| {
                    let failure = Failure::from(ClientError::from(error));
                    let line = index + 1;
                    Failure {
                        message: format!("{}, line {line}: {}", path.display(), failure.message),
                        ..failure
                    }
                })?;
                Ok(Addressee::Card(Box::new(card)))
            })
            .collect()
    }
}

/// The folder's contents, which are read before the ledger is used.
struct Prepared {
    found: Found,
    path: PathBuf,
    journal: Journal,
}

/// Runs work that may wait for the disk on a thread of its own, so that signals are still handled.
async fn off_the_task<T: Send + 'static>(
    folder: &Path,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| file_error(folder, error.into()))?
}

/// The report of an import that ended.
fn concluded(
    mut report: Imported,
    tally: Result<BatchTally, ClientError>,
) -> Result<Output, Failure> {
    let tally = tally.map_err(|error| {
        let failure = Failure::from(error);
        Failure {
            advice: format!(
                "{} Run the same command again: it continues where this one ended.",
                failure.advice
            ),
            ..failure
        }
    })?;
    report.conclude(&tally);
    let failure = report.failure();
    Output::new(&report).map(|output| output.with_failure(failure))
}

/// The default journal: the folder's name with an ending, beside the folder.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".generion-journal");
    folder.with_file_name(name)
}

/// The plan of an import, without its costs.
fn shown_plan(folder: &Path, plan: &BatchPlan<'_>, skipped: usize) -> Plan {
    let mut shown = Plan::new(format!(
        "Write {} from {}; {} on the ledger already",
        Count(plan.cost.records as u64, "record"),
        folder.display(),
        match plan.before {
            1 => "1 is".to_owned(),
            before => format!("{before} are"),
        }
    ));
    if let Some(first) = plan.corrected.first() {
        shown = shown.notes(format!(
            "{} of them changed since the last import, first {}: each gets another record, and the earlier one stays",
            plan.corrected.len(),
            first.name.shown()
        ));
    }
    if let Some(first) = plan.moved.first() {
        shown = shown.notes(format!(
            "{} already imported from another folder, first {}: no new record",
            Count(plan.moved.len() as u64, "document"),
            first.name.shown()
        ));
    }
    if skipped > 0 {
        shown = shown.notes(format!(
            "{} can't be imported; they are listed at the end",
            match skipped {
                1 => "1 entry of the folder".to_owned(),
                skipped => format!("{skipped} entries of the folder"),
            }
        ));
    }
    shown
}
