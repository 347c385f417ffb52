//! Finds out which documents of a batch an earlier run has written, and which are left.

use std::{
    collections::HashMap,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, future::try_join, stream};
use generion_interface::accounts::RecordAccount;
use solana_address::Address;
use tokio::time::sleep;

use super::{
    content::ContentKey,
    copies::{ReadyCopy, now},
    document::{BatchDocument, DocumentName},
    event::BatchEvent,
    journal::{Attempt, Header, Journal, Standing, Written},
    known_copies::KnownCopy,
};
use generion_rpc::amount::FEE_PER_SIGNATURE;

use crate::{client::Client, error::ClientError, ledger::rent::AccountToCreate};

/// More blocks than a block hash can be valid for.
const LONGEST_VALIDITY: u64 = 300;
/// The time between two questions to the ledger for the records of an interrupted run.
const ASK_INTERVAL: Duration = Duration::from_millis(500);
/// The number of account sizes whose rent is asked for at the same time.
const RENTS_AT_A_TIME: usize = 8;

/// The cost of a batch. The rent comes back when records are deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchCost {
    /// Records that are still to be written, with research copies that are not held back.
    pub records: usize,
    /// The rent of the records, in lamports.
    pub rent: u64,
    /// The fees, in lamports, at most, without those of a priority price.
    pub fees: u64,
}

/// The documents of a batch that are still to be written.
#[derive(Debug, Default)]
pub struct BatchPlan<'a> {
    /// The cost of writing them.
    pub cost: BatchCost,
    /// Documents that have their records already.
    pub before: usize,
    /// The documents of [`Self::before`] whose folder had another path then, and does not have the file any more.
    pub moved: Vec<Moved>,
    /// Documents that became records with other contents than they have now. They become records once more, and the
    /// records of the earlier contents stay.
    pub corrected: Vec<Corrected>,
    /// Research copies.
    pub copies: PlannedCopies,
    pub(super) to_write: Vec<ToWrite<'a>>,
    pub(super) due: Vec<ReadyCopy>,
}

/// The research copies of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlannedCopies {
    /// Copies that are on the ledger already.
    pub before: usize,
    /// Copies that are to be made. They are written at once, unless copies are held back.
    pub to_make: usize,
    /// Copies that earlier runs made ready, and that are due now.
    pub due: usize,
    /// Copies that earlier runs made ready, and that are not due yet.
    pub held: usize,
    /// When the next one is due, in seconds since 1970.
    pub next_due: Option<u64>,
}

/// What is left to do for a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToWrite<'a> {
    pub document: &'a BatchDocument,
    /// Whether it is to become a record.
    pub is_new: bool,
    /// The research copy.
    pub copy: CopyState,
}

/// The state of a document's research copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CopyState {
    /// There is to be none.
    None,
    /// It is to be made.
    ToMake,
    /// It is a record with this `c`, or ready to be one.
    Made([u8; 32]),
}

/// A document that was written from another folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The document, as it is called now.
    pub name: DocumentName,
    /// The folder that it was in.
    pub from: PathBuf,
}

/// A document that has changed since it became a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The document.
    pub name: DocumentName,
    /// The address of the record of its earlier content.
    pub record: String,
}

impl Client {
    /// Finds out which documents an earlier run of the batch has written, and which are left to do. This takes until the
    /// transactions of that run have reached the ledger or have expired. `key` is the creator's. `are_held` tells whether
    /// research copies that are made now are held back, so that this run pays nothing for them.
    ///
    /// # Errors
    /// [`ClientError::OtherBatch`]; [`ClientError::Journal`]; [`ClientError::Node`]; [`ClientError::Argument`].
    pub async fn resume_batch<'a>(
        &self,
        creator: &Address,
        key: &ContentKey,
        documents: &'a [BatchDocument],
        are_held: bool,
        journal: &mut Journal,
        mut on_event: impl FnMut(BatchEvent) + Send,
    ) -> Result<BatchPlan<'a>, ClientError> {
        self.ledger.check_genesis().await?;
        let rents = self.rents(documents);
        let (local_ledger, mut rents) = try_join(self.ledger.local_ledger(), rents).await?;
        journal.claim(Header::new(
            self.ledger.deployment(),
            local_ledger,
            creator,
            key,
        ))?;
        self.await_attempts(journal, &mut on_event).await?;
        let mut plan = sort(documents, journal).await?;
        let mut accounts = Vec::new();
        for left in &plan.to_write {
            if left.is_new {
                accounts.push(left.document.document.account()?);
            }
            if let (CopyState::ToMake, false, Some(copy)) =
                (left.copy, are_held, &left.document.copy)
            {
                accounts.push(copy.document.account()?);
            }
        }
        for copy in &plan.due {
            let (.., args) = copy.read().ok_or_else(|| damaged(journal))?;
            accounts.push(AccountToCreate::Record(args.locator.len()));
        }
        for account in accounts {
            let rent = match rents.get(&account.size()) {
                Some(rent) => *rent,
                None => {
                    let rent = self.ledger.rent(account).await?;
                    rents.insert(account.size(), rent);
                    rent
                }
            };
            plan.cost.records += 1;
            plan.cost.rent = plan.cost.rent.saturating_add(rent);
            // The creator's signature and the payer's.
            plan.cost.fees += 2 * FEE_PER_SIGNATURE;
        }
        Ok(plan)
    }

    /// The rents of the documents' records, by the size of the account.
    async fn rents(&self, documents: &[BatchDocument]) -> Result<HashMap<usize, u64>, ClientError> {
        let accounts = documents.iter().map(|document| {
            let account = document.document.account()?;
            Ok((account.size(), account))
        });
        let accounts =
            accounts.collect::<Result<HashMap<usize, AccountToCreate>, ClientError>>()?;
        let rents = stream::iter(accounts).map(|(size, account)| async move {
            let rent = self.ledger.rent(account).await?;
            Ok((size, rent))
        });
        rents.buffer_unordered(RENTS_AT_A_TIME).try_collect().await
    }

    /// Asks the ledger for uncertain records until each is found or has expired.
    async fn await_attempts(
        &self,
        journal: &mut Journal,
        on_event: &mut (dyn FnMut(BatchEvent) + Send),
    ) -> Result<(), ClientError> {
        let mut found = 0;
        loop {
            let uncertain = journal.uncertain();
            let Some(last) = uncertain
                .iter()
                .map(|attempt| attempt.last_valid_height)
                .max()
            else {
                break;
            };
            // The height is read first: a record that is missing from a state that is not older has expired.
            let epoch = self.ledger.rpc().get_epoch_info().await;
            let epoch = epoch.map_err(|error| self.ledger.node(error))?;
            if last > epoch.block_height.saturating_add(LONGEST_VALIDITY) {
                return Err(ClientError::OtherBatch {
                    path: journal.path().to_owned(),
                    reason: format!(
                        "it is of a ledger that has passed block {}, and the node is at block {}: the node is behind, or its \
                         ledger was set back",
                        last - LONGEST_VALIDITY,
                        epoch.block_height
                    ),
                });
            }
            self.ledger.expect_slot(epoch.absolute_slot);
            let written = self.on_ledger(journal, &uncertain).await?;
            found += written.len();
            journal.confirmed(written)?;
            let uncertain = journal.uncertain().len();
            if uncertain == 0 || epoch.block_height > last {
                break;
            }
            on_event(BatchEvent::Waiting { uncertain });
            sleep(ASK_INTERVAL).await;
        }
        if found > 0 {
            on_event(BatchEvent::Found { records: found });
        }
        Ok(())
    }

    /// Which of these attempts the ledger has: a record that is at the address is the one that was sent.
    async fn on_ledger(
        &self,
        journal: &Journal,
        attempts: &[Attempt],
    ) -> Result<Vec<Written>, ClientError> {
        let addresses: Result<Vec<Address>, _> = attempts
            .iter()
            .map(|attempt| attempt.record.parse().map_err(|_| damaged(journal)))
            .collect();
        let records = self.ledger.find_all::<RecordAccount>(&addresses?).await?;
        let written = attempts
            .iter()
            .zip(records)
            .filter_map(|(attempt, record)| {
                record.map(|_| Written {
                    name: attempt.name.clone(),
                    content: attempt.content,
                    record: attempt.record.clone(),
                })
            });
        Ok(written.collect())
    }
}

fn damaged(journal: &Journal) -> ClientError {
    ClientError::Journal {
        path: journal.path().to_owned(),
        source: io::Error::other("it names a record by something that is no record"),
    }
}

/// Sorts documents by the journal's knowledge of them; the journal takes note of documents that were moved.
async fn sort<'a>(
    documents: &'a [BatchDocument],
    journal: &mut Journal,
) -> Result<BatchPlan<'a>, ClientError> {
    let mut plan = BatchPlan::default();
    let mut found = Vec::new();
    for document in documents {
        let name = document.name();
        let is_new = match journal.standing(&name, &document.content) {
            Standing::Written => false,
            Standing::Corrected(last) => {
                plan.corrected.push(Corrected {
                    name,
                    record: last.record.clone(),
                });
                true
            }
            Standing::New => match moved_from(journal, document).await {
                Some(written) => {
                    plan.moved.push(Moved {
                        name: name.clone(),
                        from: written.name.folder.clone(),
                    });
                    found.push(Written { name, ..written });
                    false
                }
                None => true,
            },
        };
        plan.before += usize::from(!is_new);
        let copy = copy_state(journal, document).await;
        if copy == CopyState::ToMake {
            plan.copies.to_make += 1;
        }
        if is_new || copy == CopyState::ToMake {
            plan.to_write.push(ToWrite {
                document,
                is_new,
                copy,
            });
        }
    }
    plan.copies.before = journal.written().filter(|name| name.is_copy).count();
    let (due, held): (Vec<_>, Vec<_>) =
        (journal.copies().ready().into_iter()).partition(|copy| copy.due <= now());
    plan.copies.due = due.len();
    plan.copies.held = held.len();
    plan.copies.next_due = held.iter().map(|copy| copy.due).min();
    plan.due = due;
    journal.confirmed(found)?;
    Ok(plan)
}

/// What the journal knows of a document's research copy.
async fn copy_state(journal: &Journal, document: &BatchDocument) -> CopyState {
    let Some(name) = document.copy_name() else {
        return CopyState::None;
    };
    for KnownCopy {
        folder, contents, ..
    } in journal.copies().of(&name, &document.content)
    {
        if *folder == name.folder || is_gone(&folder.join(&name.file)).await {
            return CopyState::Made(*contents);
        }
    }
    CopyState::ToMake
}

/// The record of the same file in a folder that has no such file any more: then it was moved here. Where it is still
/// there, this is another document, which happens to hold the same.
async fn moved_from(journal: &Journal, document: &BatchDocument) -> Option<Written> {
    for written in journal.elsewhere(&document.name(), &document.content) {
        if is_gone(&written.name.folder.join(&written.name.file)).await {
            return Some(written);
        }
    }
    None
}

async fn is_gone(path: &Path) -> bool {
    let found = tokio::fs::symlink_metadata(path).await;
    found.is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}
