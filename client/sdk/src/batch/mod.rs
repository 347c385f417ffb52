//! Many documents become records, each once, however often the work is interrupted.

mod event;
mod journal;

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use futures::{SinkExt, StreamExt, channel::mpsc, stream};
use generion_interface::accounts::RecordAccount;
use solana_address::Address;
use solana_signer::Signer;
use tokio::time::sleep;

use self::journal::{Attempt, Header, Written};
pub use self::{
    event::{BatchCost, BatchEvent, BatchTally},
    journal::{DocumentName, Journal},
};
use crate::{
    Card, Client, ClientError, NewDocument, Signed,
    flows::create::{Sealed, is_other_key},
};

/// Lamports that a signature costs.
const FEE_PER_SIGNATURE: u64 = 5_000;
/// Owners that are written to at the same time.
const OWNERS_AT_A_TIME: usize = 8;
/// Documents of one owner that are encrypted and stored ahead of their records.
const DOCUMENTS_AHEAD: usize = 4;
/// Transactions to one owner that are on their way at the same time: a record's address is its contents, so that none of
/// them waits for another.
const TRANSACTIONS_AT_A_TIME: usize = 4;
/// More blocks than a block hash can be valid for.
const LONGEST_VALIDITY: u64 = 300;
/// How often the ledger is asked for what an interrupted run may have sent.
const ASK_INTERVAL: Duration = Duration::from_millis(500);

/// A document of a batch.
#[derive(Clone, Debug)]
pub struct BatchDocument {
    /// Its name in the batch, such as its path in the folder. It is what an interrupted batch knows it by.
    pub file: String,
    /// The document.
    pub document: NewDocument,
    /// Its owner's card, so that no node is asked for the key. All documents of an owner go by that of the first one.
    pub card: Option<Card>,
}

impl BatchDocument {
    fn name(&self) -> DocumentName {
        DocumentName {
            file: self.file.clone(),
            owner: self.document.owner.to_string(),
        }
    }
}

/// What the parts of a running batch share.
struct Shared<'a> {
    journal: &'a mut Journal,
    tell: &'a mut dyn FnMut(BatchEvent),
    tally: BatchTally,
}

type Running<'a> = Rc<RefCell<Shared<'a>>>;

impl Client {
    /// Finds out what an earlier run of the batch has written, which takes as long as its last transactions can still
    /// land, and what is left to write costs.
    ///
    /// # Errors
    /// [`ClientError::Journal`] of another batch or ledger; [`ClientError::Node`]; [`ClientError::Argument`].
    pub async fn resume_batch(
        &self,
        creator: &Address,
        documents: &[BatchDocument],
        journal: &mut Journal,
        mut tell: impl FnMut(BatchEvent),
    ) -> Result<BatchCost, ClientError> {
        let genesis = self.ledger.deployment().genesis.to_string();
        journal.claim(Header::new(genesis, self.ledger.program_id(), creator))?;
        self.ledger.check_genesis().await?;
        self.await_attempts(journal, &mut tell).await?;
        self.batch_cost(documents, journal).await
    }

    /// Writes all documents that are not written yet. [`Self::resume_batch`] comes first. One that fails does not keep
    /// the others from being written; a ledger or a journal that fails ends the batch, and the next run goes on.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`] that concern more than one document, and [`ClientError::Journal`].
    pub async fn write_batch(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        documents: &[BatchDocument],
        journal: &mut Journal,
        mut tell: impl FnMut(BatchEvent),
    ) -> Result<BatchTally, ClientError> {
        let mut of_owner: BTreeMap<Address, Vec<&BatchDocument>> = BTreeMap::new();
        let mut before = 0;
        for document in documents {
            match journal.is_written(&document.name()) {
                true => before += 1,
                false => of_owner
                    .entry(document.document.owner)
                    .or_default()
                    .push(document),
            }
        }
        let shared = Rc::new(RefCell::new(Shared {
            journal,
            tell: &mut tell,
            tally: BatchTally {
                before,
                ..BatchTally::default()
            },
        }));
        let mut owners = stream::iter(of_owner.into_values())
            .map(|documents| self.write_to_owner(creator, payer, documents, shared.clone()))
            .buffer_unordered(OWNERS_AT_A_TIME);
        while let Some(done) = owners.next().await {
            done?;
        }
        let tally = shared.borrow().tally;
        Ok(tally)
    }

    /// Looks for what may have landed until it has, or can't any more.
    async fn await_attempts(
        &self,
        journal: &mut Journal,
        tell: &mut dyn FnMut(BatchEvent),
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
            // The height first: what is not in a state that is not older can't land any more.
            let epoch = self.ledger.rpc().get_epoch_info().await;
            let epoch = epoch.map_err(|error| self.ledger.node(error))?;
            if last > epoch.block_height + LONGEST_VALIDITY {
                return Err(ClientError::Journal {
                    path: journal.path().to_owned(),
                    reason: format!(
                        "it is of a ledger that has passed block {}, and the node is at block {}",
                        last - LONGEST_VALIDITY,
                        epoch.block_height
                    ),
                });
            }
            self.ledger.expect_slot(epoch.absolute_slot);
            let written = self.on_ledger(journal, &uncertain).await?;
            found += written.len();
            journal.landed(written)?;
            let uncertain = journal.uncertain().len();
            if uncertain == 0 || epoch.block_height > last {
                break;
            }
            tell(BatchEvent::Waiting { uncertain });
            sleep(ASK_INTERVAL).await;
        }
        if found > 0 {
            tell(BatchEvent::Found { records: found });
        }
        Ok(())
    }

    /// Which of these attempts the ledger has: a record that is at the address is the one that was sent.
    async fn on_ledger(
        &self,
        journal: &Journal,
        attempts: &[Attempt],
    ) -> Result<Vec<Written>, ClientError> {
        let damaged = || ClientError::Journal {
            path: journal.path().to_owned(),
            reason: "it names a record by something that is no address".to_owned(),
        };
        let addresses: Result<Vec<Address>, _> = attempts
            .iter()
            .map(|attempt| attempt.record.parse().map_err(|_| damaged()))
            .collect();
        let records = self.ledger.find_all::<RecordAccount>(&addresses?).await?;
        let written = attempts
            .iter()
            .zip(records)
            .filter_map(|(attempt, record)| {
                record.map(|_| Written {
                    name: attempt.name.clone(),
                    record: attempt.record.clone(),
                })
            });
        Ok(written.collect())
    }

    async fn batch_cost(
        &self,
        documents: &[BatchDocument],
        journal: &Journal,
    ) -> Result<BatchCost, ClientError> {
        let mut rents: HashMap<usize, u64> = HashMap::new();
        let mut cost = BatchCost::default();
        for document in documents {
            if journal.is_written(&document.name()) {
                continue;
            }
            let account = document.document.account()?;
            let rent = match rents.get(&account.size()) {
                Some(rent) => *rent,
                None => {
                    let rent = self.ledger.rent(account).await?;
                    rents.insert(account.size(), rent);
                    rent
                }
            };
            cost.records += 1;
            cost.rent += rent;
            // The creator's signature and the payer's.
            cost.fees += 2 * FEE_PER_SIGNATURE;
        }
        Ok(cost)
    }

    /// Documents are encrypted and stored while the records of earlier ones are written.
    async fn write_to_owner(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        documents: Vec<&BatchDocument>,
        shared: Running<'_>,
    ) -> Result<(), ClientError> {
        let Some(first) = documents.first() else {
            return Ok(());
        };
        let recipient = self.document_recipient(&first.document, first.card.as_ref());
        let recipient = match recipient.await {
            Ok(recipient) => recipient,
            // Of this owner alone.
            Err(
                error @ (ClientError::NoKey(_)
                | ClientError::Unattested { .. }
                | ClientError::OlderKey { .. }
                | ClientError::Card(_)),
            ) => {
                let error = Arc::new(error);
                for document in documents {
                    fail(&shared, document.name(), error.clone());
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let (mut groups, to_write) = mpsc::channel::<Group>(1);
        let (shared, recipient) = (&shared, &recipient);
        let store = async move {
            let mut staged = stream::iter(documents)
                .map(|document| async move {
                    let staged = self.stage(creator, &document.document).await;
                    (document.name(), staged)
                })
                .buffered(DOCUMENTS_AHEAD);
            let mut group = Group::new();
            while let Some((name, result)) = staged.next().await {
                let staged = match result {
                    Ok(staged) => staged,
                    Err(error) => {
                        fail(shared, name, Arc::new(error));
                        continue;
                    }
                };
                (shared.borrow_mut().tell)(BatchEvent::Stored { name: name.clone() });
                group.push((name, self.seal(creator, payer, recipient, staged)));
                let sealed = group.iter().map(|(_, sealed)| sealed);
                if group.len() > 1
                    && !self.fit_together(&payer.pubkey(), sealed)
                    && let Some(last) = group.pop()
                {
                    // Where nobody writes any more, nothing more is stored.
                    if groups.send(core::mem::take(&mut group)).await.is_err() {
                        return;
                    }
                    group.push(last);
                }
            }
            if !group.is_empty() {
                // As above.
                let _ = groups.send(group).await;
            }
        };
        let write = async {
            let mut written = to_write
                .map(|group| self.write_group(creator, payer, group, shared))
                .buffer_unordered(TRANSACTIONS_AT_A_TIME);
            while let Some(done) = written.next().await {
                done?;
            }
            Ok(())
        };
        // A failure ends both.
        tokio::pin!(store, write);
        tokio::select! {
            result = &mut write => result,
            () = &mut store => write.await,
        }
    }

    async fn write_group(
        &self,
        creator: &dyn Signer,
        payer: &dyn Signer,
        group: Group,
        shared: &Running<'_>,
    ) -> Result<(), ClientError> {
        let journalled = |signed: &Signed| {
            let attempts = group
                .iter()
                .map(|(name, sealed)| Attempt {
                    name: name.clone(),
                    record: sealed.address.to_string(),
                    signature: signed.signature().to_string(),
                    last_valid_height: signed.last_valid_height(),
                })
                .collect();
            shared.borrow_mut().journal.sending(attempts)
        };
        let sealed: Vec<_> = group.iter().map(|(_, sealed)| sealed).collect();
        let written = self.write_sealed(creator, payer, &sealed, journalled).await;
        let names = group.iter().map(|(name, _)| name.clone());
        let created = match written {
            Ok(created) => created,
            // The owner has another key by now: the next run encrypts these documents anew.
            Err(error) if is_other_key(&error) => {
                let error = Arc::new(error);
                for name in names {
                    fail(shared, name, error.clone());
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let mut shared = shared.borrow_mut();
        let written = names
            .clone()
            .zip(&created)
            .map(|(name, created)| Written {
                name,
                record: created.address.to_string(),
            })
            .collect();
        shared.journal.landed(written)?;
        if let Some(first) = created.first() {
            shared.tally.transactions += 1;
            shared.tally.fees += first.landed.fee;
            shared.tally.written += created.len();
            let records = names.zip(created).collect();
            (shared.tell)(BatchEvent::Written { records });
        }
        Ok(())
    }
}

/// Records that go into one transaction.
type Group = Vec<(DocumentName, Sealed)>;

fn fail(shared: &Running<'_>, name: DocumentName, error: Arc<ClientError>) {
    let mut shared = shared.borrow_mut();
    shared.tally.failed += 1;
    (shared.tell)(BatchEvent::Failed { name, error });
}
