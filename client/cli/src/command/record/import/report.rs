//! The report of an import.

use std::path::PathBuf;

use generion_client::{
    BatchEvent, BatchPlan, BatchTally,
    batch::{Corrected, Moved, shown},
    rpc::amount::Sol,
};
use serde::Serialize;

use crate::command::record::import::folder::SkippedEntry;
use crate::output::{count::Count, failure::Failure, report::Report, text::Text};

#[derive(Default, Serialize)]
pub struct Imported {
    pub journal: PathBuf,
    records: Vec<ImportedRecord>,
    /// Documents that were imported before with other content.
    corrected: Vec<CorrectedDocument>,
    /// Documents that were imported from another folder, which no longer has them.
    moved: Vec<MovedDocument>,
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
struct CorrectedDocument {
    file: String,
    owner: String,
    /// The record of the earlier content. It is kept.
    earlier_record: String,
}

#[derive(Serialize)]
struct MovedDocument {
    file: String,
    owner: String,
    /// The folder that it was imported from.
    from: String,
}

#[derive(Serialize)]
struct NotImported {
    file: String,
    #[serde(flatten)]
    failure: Failure,
}

#[derive(Default, Serialize)]
struct Totals {
    /// Number of records that earlier runs wrote.
    before: usize,
    written: usize,
    failed: usize,
    transactions: usize,
    fee_lamports: u64,
}

impl Imported {
    /// The report before anything is written.
    pub fn new(journal: PathBuf, plan: &BatchPlan<'_>, skipped: Vec<SkippedEntry>) -> Self {
        let corrected = |Corrected { name, record }: &Corrected| CorrectedDocument {
            file: name.shown(),
            owner: name.owner.clone(),
            earlier_record: record.clone(),
        };
        let moved = |Moved { name, from }: &Moved| MovedDocument {
            file: name.shown(),
            owner: name.owner.clone(),
            from: shown(from),
        };
        let skipped = skipped
            .into_iter()
            .map(|SkippedEntry { file, failure }| NotImported {
                file: shown(&file),
                failure,
            });
        Self {
            journal,
            corrected: plan.corrected.iter().map(corrected).collect(),
            moved: plan.moved.iter().map(moved).collect(),
            failures: skipped.collect(),
            ..Self::default()
        }
    }

    pub fn note(&mut self, event: BatchEvent) {
        match event {
            BatchEvent::Written { records } => {
                for (name, created) in records {
                    self.records.push(ImportedRecord {
                        file: name.shown(),
                        owner: name.owner,
                        record: created.address.to_string(),
                        signature: created.confirmed.signature.to_string(),
                    });
                }
            }
            BatchEvent::Failed { name, error } => self.failures.push(NotImported {
                file: name.shown(),
                failure: Failure::from(&*error),
            }),
            _ => {}
        }
    }

    /// Completes the report when the import has ended.
    pub fn conclude(&mut self, tally: &BatchTally) {
        // Transactions are confirmed in any order.
        self.records.sort_by(|a, b| a.file.cmp(&b.file));
        self.totals = Totals {
            before: tally.before,
            written: tally.written,
            failed: self.failures.len(),
            transactions: tally.transactions,
            fee_lamports: tally.fees,
        };
    }

    pub fn failure(&self) -> Option<Failure> {
        let first = self.failures.first()?;
        Some(Failure::new(
            format!(
                "not imported: {}; the first is {}: {}",
                Count(self.failures.len() as u64, "file"),
                first.file,
                first.failure.message
            ),
            format!(
                "{} Then run the same command again: it continues where this one ended.",
                first.failure.advice
            ),
        ))
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
        for document in &self.corrected {
            text.field("NEW CONTENT", &document.file).field(
                "earlier record",
                format_args!(
                    "{}, of the file's earlier content; it stays",
                    document.earlier_record
                ),
            );
        }
        for document in &self.moved {
            text.field("already imported", &document.file)
                .field("from folder", &document.from);
        }
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
                "{} written in {}, {before} already there",
                Count(*written as u64, "record"),
                Count(*transactions as u64, "transaction")
            ),
        )
        .field("fees", Sol(*fee_lamports))
        .field("journal", self.journal.display());
    }
}
