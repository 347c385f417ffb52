//! The report of an import.

use std::path::PathBuf;

use generion_client::{
    BatchEvent, BatchPlan, BatchTally,
    batch::{Corrected, Moved, shown},
    rpc::amount::Sol,
};
use serde::Serialize;

use super::{
    copies::count_copies,
    reading::{Found, SkippedEntry},
};
use crate::{
    command::record::copy::{Change, shown_changes},
    output::{count::Count, failure::Failure, report::Report, text::Text},
};

#[derive(Default, Serialize)]
pub struct Imported {
    pub journal: PathBuf,
    records: Vec<ImportedRecord>,
    /// Documents that were imported before with other content.
    corrected: Vec<CorrectedDocument>,
    /// Documents that were imported from another folder, which no longer has them.
    moved: Vec<MovedDocument>,
    /// Research copies; `null`: none were asked for, and none of earlier runs were due.
    research_copies: Option<Copies>,
    /// Patients of an export that no wallet is known for.
    unknown_patients: Vec<UnknownPatient>,
    failures: Vec<NotImported>,
    totals: Totals,
}

#[derive(Default, Serialize)]
struct Copies {
    records: Vec<ImportedRecord>,
    /// Copies that are ready, and are written by the first run after they are due.
    held: usize,
    /// When the next one is due, in seconds since 1970; `null`: none is held back.
    next_due: Option<u64>,
    /// FHIR documents that have no copy.
    without: Vec<WithoutCopy>,
    /// What is done to the elements of all documents that have a copy.
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct WithoutCopy {
    file: String,
    reason: String,
}

#[derive(Serialize)]
struct UnknownPatient {
    patient: String,
    /// The number of the patient's resources of the types that are imported.
    resources: usize,
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
    /// Number of research copies that were written.
    copies: usize,
    failed: usize,
    transactions: usize,
    fee_lamports: u64,
}

impl Imported {
    /// The report before anything is written.
    pub fn new(journal: PathBuf, plan: &BatchPlan<'_>, found: Found, with_copies: bool) -> Self {
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
        let without = found.without_copy.iter();
        let without = without.map(|(file, reason)| WithoutCopy {
            file: shown(file),
            reason: reason.clone(),
        });
        let copies = (with_copies || plan.copies.due > 0 || plan.copies.held > 0).then(|| Copies {
            next_due: plan.copies.next_due,
            without: without.collect(),
            changes: shown_changes(&found.changes),
            ..Copies::default()
        });
        let unknown = found.unknown_patients.into_iter();
        let unknown = unknown.map(|(patient, resources)| UnknownPatient { patient, resources });
        let skipped = found
            .skipped
            .into_iter()
            .map(|SkippedEntry { file, failure }| NotImported {
                file: shown(&file),
                failure,
            });
        Self {
            journal,
            corrected: plan.corrected.iter().map(corrected).collect(),
            moved: plan.moved.iter().map(moved).collect(),
            research_copies: copies,
            unknown_patients: unknown.collect(),
            failures: skipped.collect(),
            ..Self::default()
        }
    }

    pub fn note(&mut self, event: BatchEvent) {
        match event {
            BatchEvent::Written { records } => {
                for (name, created) in records {
                    let record = ImportedRecord {
                        file: name.shown(),
                        owner: name.owner,
                        record: created.address.to_string(),
                        signature: created.confirmed.signature.to_string(),
                    };
                    match &mut self.research_copies {
                        Some(copies) if name.is_copy => copies.records.push(record),
                        _ => self.records.push(record),
                    }
                }
            }
            BatchEvent::Held { due, .. } => {
                if let Some(copies) = &mut self.research_copies {
                    copies.next_due = Some(copies.next_due.map_or(due, |next| next.min(due)));
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
        if let Some(copies) = &mut self.research_copies {
            copies.records.sort_by(|a, b| a.file.cmp(&b.file));
            copies.held = tally.held;
        }
        self.totals = Totals {
            before: tally.before,
            written: tally.written,
            copies: tally.copies,
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

/// Unknown patients that the text lists; JSON has all of them.
const SHOWN: usize = 20;

impl Copies {
    fn describe(&self, text: &mut Text) {
        let rows = self.records.iter().map(|record| {
            [
                record.record.clone(),
                record.owner.clone(),
                record.file.clone(),
            ]
        });
        text.table(
            ["RESEARCH COPY", "OWNER", "FILE"],
            rows,
            "no new research copies",
        );
        let rows = self.changes.iter().map(Change::row);
        text.table(["DONE", "TIMES", "ELEMENT"], rows, "nothing was dropped");
        for WithoutCopy { file, reason } in &self.without {
            text.field("no research copy", file)
                .field("because", reason);
        }
        if self.held > 0 {
            text.field(
                "held back",
                format_args!(
                    "{}; run the same command again later to write those that are due",
                    count_copies(self.held)
                ),
            );
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
        if let Some(copies) = &self.research_copies {
            copies.describe(text);
        }
        for UnknownPatient { patient, resources } in self.unknown_patients.iter().take(SHOWN) {
            text.field("unknown patient", patient)
                .field("left out", Count(*resources as u64, "resource"));
        }
        if let Some(more) = self.unknown_patients.len().checked_sub(SHOWN)
            && more > 0
        {
            text.line(format!("{more} more patients are unknown; JSON lists all"));
        }
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
            copies,
            transactions,
            fee_lamports,
            ..
        } = &self.totals;
        text.field(
            "in total",
            format_args!(
                "{}{} written in {}, {before} already there",
                Count(*written as u64, "record"),
                match copies {
                    0 => String::new(),
                    copies => format!(" and {}", count_copies(*copies)),
                },
                Count(*transactions as u64, "transaction")
            ),
        )
        .field("fees", Sol(*fee_lamports))
        .field("journal", self.journal.display());
    }
}
