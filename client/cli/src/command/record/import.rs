//! Writing a folder of documents as records.

mod copies;
mod export;
mod folder;
mod patients;
mod progress;
mod reading;
mod report;

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use generion_client::{
    BatchCost, BatchPlan, BatchTally, CardError, ClientError, ContentKey, Journal,
    batch::{CopyRules, shown as shown_path},
    deidentify::Action,
};
use solana_signer::Signer;
use tokio::task::spawn_blocking;

use self::{
    copies::{ImportCopyArgs, count_copies},
    export::{Export, TYPES},
    folder::Search,
    patients::read_patients,
    progress::Progress,
    reading::{Found, Reader},
    report::Imported,
};
use crate::{
    args::addressee::Addressee,
    command::record::{copy::dropped, write::WriteArgs},
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
    /// The folder is an export of a hospital system (FHIR Bulk Data: files of one resource a line, *.ndjson). This file has a
    /// patient's id and wallet in each line, with a comma between them, and may have a third field, the wallet for research
    /// copies
    #[arg(long, value_name = "FILE", conflicts_with_all = ["owner", "copy_owner"])]
    patients: Option<PathBuf>,
    /// Types of resources that become records, of an export, separated by commas [default: those that facts follow from]
    #[arg(
        long,
        value_name = "TYPES",
        value_delimiter = ',',
        requires = "patients"
    )]
    types: Option<Vec<String>>,
    /// File that keeps track of sent records, so that no record is sent twice; it names the folder and its files, and holds no
    /// other secrets [default: the folder's name with .generion-journal, beside the folder]
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    copies: ImportCopyArgs,
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
        let rules = self.copies.rules(context, &signers)?;
        let are_held = self.copies.are_held();
        let looking = {
            let (key, rules) = (key.clone(), rules.clone());
            off_the_task(&folder, move || self.look(key, rules))
        };
        let Prepared {
            mut found,
            path,
            mut journal,
        } = looking.await?;
        let documents = core::mem::take(&mut found.documents);
        let progress = Progress::new(context.format());
        let plan = context
            .client
            .resume_batch(
                &signers.wallet.pubkey(),
                &key,
                &documents,
                are_held,
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
        if records > 0 || plan.copies.to_make > 0 {
            context.require_funds(&payer, cost).await?;
            let shown = shown_plan(&folder, &plan, &found, rules.as_ref(), are_held)
                .notes(format!("encrypted, in the store {stores}"))
                .pays(
                    rent,
                    format!("of rent, back when the records are deleted, from wallet {payer}"),
                )
                .pays(fees, "of fees at most, from the same wallet");
            consent.to(shown).await?;
        }
        let left_out: Vec<_> = (found.skipped.iter())
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
            let mut report = Imported::new(path, &plan, found, rules.is_some());
            let tally = context
                .client
                .write_batch(
                    signers.wallet,
                    signers.payer,
                    &key,
                    &plan,
                    rules.as_ref(),
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
    fn look(self, key: ContentKey, rules: Option<CopyRules>) -> Result<Prepared, Failure> {
        let root =
            fs::canonicalize(&self.folder).map_err(|error| file_error(&self.folder, error))?;
        let path = self.journal.clone().unwrap_or_else(|| beside(&root));
        let cards = self.cards()?;
        let reader = Reader {
            key,
            write: self.write,
            rules,
            root,
        };
        let found = match &self.patients {
            Some(patients) => Export {
                folder: self.folder,
                types: self
                    .types
                    .unwrap_or_else(|| TYPES.map(str::to_owned).to_vec()),
                patients: read_patients(patients, &cards)?,
                reader,
            }
            .run()?,
            None => Search {
                folder: self.folder,
                owner: self.owner,
                cards,
                copy_owner: self.copies.copy_owner,
                reader,
            }
            .run()?,
        };
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
fn shown_plan(
    folder: &Path,
    plan: &BatchPlan<'_>,
    found: &Found,
    rules: Option<&CopyRules>,
    are_held: bool,
) -> Plan {
    let copies = plan.copies.due + if are_held { 0 } else { plan.copies.to_make };
    let mut shown = Plan::new(format!(
        "Write {} from {}; {} on the ledger already",
        Count(plan.cost.records.saturating_sub(copies) as u64, "record"),
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
    if let Some(rules) = rules {
        shown = noted_copies(shown, plan, found, rules, are_held);
    } else if plan.copies.due > 0 {
        shown = shown.notes(due(plan));
    }
    if !found.unknown_patients.is_empty() {
        let patients = found.unknown_patients.len() as u64;
        shown = shown.notes(format!(
            "{} without a wallet in the file of --patients: their resources are left out",
            Count(patients, "patient")
        ));
    }
    let skipped = found.skipped.len();
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

/// What is said of research copies.
fn noted_copies(
    mut shown: Plan,
    plan: &BatchPlan<'_>,
    found: &Found,
    rules: &CopyRules,
    are_held: bool,
) -> Plan {
    let changes = &found.changes;
    shown = shown.notes(format!(
        "{} by the profile {}{}; in the copies of all documents {} dropped, {} generalized",
        count_copies(plan.copies.to_make),
        rules.profile().name(),
        match are_held {
            true => ", held back: run the same command again later to write them",
            false => ", each a record of its own",
        },
        dropped(changes),
        changes.count(Action::Generalized) + changes.count(Action::Rounded)
    ));
    if plan.copies.due > 0 {
        shown = shown.notes(due(plan));
    }
    if let Some((file, why)) = found.without_copy.first() {
        shown = shown.notes(format!(
            "{} without a research copy, first {}: {why}",
            Count(found.without_copy.len() as u64, "document"),
            shown_path(file)
        ));
    }
    shown
        .notes("the ledger shows each copy's time, your wallet and its owner's wallet to everybody")
}

fn due(plan: &BatchPlan<'_>) -> String {
    format!("{} of earlier runs, due now", count_copies(plan.copies.due))
}
