//! Documents that have no records yet become records: several of them are encrypted and stored, and several
//! transactions are on their way, at the same time.

use std::{
    collections::BTreeMap,
    io::BufReader,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{
    SinkExt, StreamExt,
    channel::mpsc,
    future::{self, join},
    stream,
};
use solana_address::Address;
use solana_signer::Signer;
use tokio::sync::Semaphore;

use super::{
    content::{ContentKey, ContentReader, open_regular},
    document::{BatchDocument, DocumentName},
    event::{BatchEvent, BatchTally},
    journal::{Attempt, Journal, Written},
    plan::BatchPlan,
};
use crate::{
    client::Client,
    error::ClientError,
    flows::{
        blocking::run_blocking,
        create::{Sealed, is_other_key},
        documents::READ_BYTES,
        recipient::Recipient,
        stage::{Encrypted, Staged},
    },
    progress::Activity,
    transaction::{signed::Signed, terms::SharedTerms},
};

/// Owners that are written to at the same time.
const OWNERS_AT_A_TIME: usize = 8;
/// The number of documents that are encrypted and stored at the same time, of all owners: half of the uploads that a store
/// takes from one uploader by default.
const DOCUMENTS_AT_A_TIME: usize = 8;
/// Transactions that are on their way at the same time, to all owners: a record's address is its contents, so that none
/// of them waits for another.
const TRANSACTIONS_AT_A_TIME: usize = 32;
/// Transactions to one owner that are ready and wait.
const TRANSACTIONS_AHEAD: usize = 8;

struct Writer<'a> {
    client: &'a Client,
    creator: &'a (dyn Signer + Sync),
    payer: &'a (dyn Signer + Sync),
    key: &'a ContentKey,
    documents: Semaphore,
    transactions: Semaphore,
    state: Mutex<State<'a>>,
}

/// The state that the parts of a running batch share.
struct State<'a> {
    journal: &'a mut Journal,
    on_event: &'a mut (dyn FnMut(BatchEvent) + Send),
    tally: BatchTally,
    /// The error that ends the batch. From then on, nothing new begins, and the actions on their way are waited for.
    failed: Option<ClientError>,
}

/// A record that goes into a transaction.
struct Member {
    document: Arc<BatchDocument>,
    sealed: Sealed,
}

impl Client {
    /// Writes all documents that [`Self::resume_batch`] found to be left. A document that fails does not keep the others from
    /// being written. An error of the ledger or of the journal ends the batch, and the next run continues it.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`] that concern more than one document, and [`ClientError::Journal`].
    pub async fn write_batch(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        key: &ContentKey,
        plan: &BatchPlan<'_>,
        journal: &mut Journal,
        mut on_event: impl FnMut(BatchEvent) + Send,
    ) -> Result<BatchTally, ClientError> {
        journal.begin()?;
        let mut of_owner: BTreeMap<Address, Vec<Arc<BatchDocument>>> = BTreeMap::new();
        for document in &plan.to_write {
            let documents = of_owner.entry(document.document.owner).or_default();
            documents.push(Arc::new((*document).clone()));
        }
        let writer = Writer {
            client: self,
            creator,
            payer,
            key,
            documents: Semaphore::new(DOCUMENTS_AT_A_TIME),
            transactions: Semaphore::new(TRANSACTIONS_AT_A_TIME),
            state: Mutex::new(State {
                journal,
                on_event: &mut on_event,
                tally: BatchTally {
                    before: plan.before,
                    ..BatchTally::default()
                },
                failed: None,
            }),
        };
        let mut owners = stream::iter(of_owner.into_values())
            .map(|documents| writer.write_to_owner(documents))
            .buffer_unordered(OWNERS_AT_A_TIME);
        while owners.next().await.is_some() {}
        drop(owners);
        let State { tally, failed, .. } =
            (writer.state.into_inner()).unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(tally), Err)
    }
}

impl<'a> Writer<'a> {
    /// Documents are encrypted and stored while the records of earlier ones are written.
    async fn write_to_owner(&self, documents: Vec<Arc<BatchDocument>>) {
        let Some(first) = documents.first().filter(|_| !self.has_failed()) else {
            return;
        };
        let recipient = self
            .client
            .document_recipient(&first.document, first.card.as_ref());
        let recipient = match recipient.await {
            Ok(recipient) => recipient,
            // Of this owner alone.
            Err(
                error @ (ClientError::NoKey(_)
                | ClientError::Unattested { .. }
                | ClientError::OlderKey { .. }
                | ClientError::UnusableCard(_)),
            ) => {
                let error = Arc::new(error);
                for document in &documents {
                    self.fail(document, error.clone());
                }
                return;
            }
            Err(error) => return self.end(error),
        };
        let (ready, to_write) = mpsc::channel(TRANSACTIONS_AHEAD);
        let store = self.store(documents, &recipient, ready);
        let terms = SharedTerms::default();
        let write = async {
            let mut written = to_write
                .map(|group| self.write_group(group, &terms))
                .buffer_unordered(TRANSACTIONS_AT_A_TIME);
            while let Some(done) = written.next().await {
                if let Err(error) = done {
                    self.end(error);
                }
            }
        };
        join(store, write).await;
    }

    /// Encrypts and stores documents, and hands them on in groups that fit one transaction.
    async fn store(
        &self,
        documents: Vec<Arc<BatchDocument>>,
        recipient: &Recipient,
        mut ready: mpsc::Sender<Vec<Member>>,
    ) {
        let mut staged = stream::iter(documents)
            .take_while(|_| future::ready(!self.has_failed()))
            .map(|document| async move {
                let staged = self.stage(&document).await;
                (document, staged)
            })
            .buffered(DOCUMENTS_AT_A_TIME);
        let (client, payer) = (self.client, self.payer.pubkey());
        let mut group: Vec<Member> = Vec::new();
        while let Some((document, staged)) = staged.next().await {
            let staged = match staged {
                Ok(staged) => staged,
                Err(error) => {
                    self.fail(&document, Arc::new(error));
                    continue;
                }
            };
            self.report(BatchEvent::Stored {
                name: document.name(),
            });
            let sealed = client.seal(self.creator, self.payer, recipient, staged);
            group.push(Member { document, sealed });
            let sealed = group.iter().map(|member| &member.sealed);
            if group.len() > 1
                && !client.fit_together(&payer, sealed)
                && let Some(last) = group.pop()
            {
                // They are waited for to the end.
                let _ = ready.send(core::mem::take(&mut group)).await;
                group.push(last);
            }
        }
        if !group.is_empty() {
            // As above.
            let _ = ready.send(group).await;
        }
    }

    /// Encrypts a document, if its content is the same as when the folder was read, and stores it.
    async fn stage(&self, document: &BatchDocument) -> Result<Staged, ClientError> {
        let _place = self.documents.acquire().await;
        // Refused before anything is uploaded.
        document.document.account()?;
        let progress = self.client.progress.clone();
        let (key, path) = (self.key.clone(), document.document.path.clone());
        let (owner, creator) = (document.document.owner, self.creator.pubkey());
        // On a thread of its own: a slow disk must not block the runtime.
        let (encrypted, content) = run_blocking(&document.document.path, move || {
            let failed = |source| ClientError::File {
                path: path.clone(),
                source,
            };
            let file = open_regular(&path).map_err(failed)?;
            let size = file.metadata().map_err(failed)?.len();
            let file = progress
                .begin(Activity::Encrypting, Some(size))
                .reading(file);
            let mut content = ContentReader::new(&key, file);
            let reader = BufReader::with_capacity(READ_BYTES, &mut content);
            let encrypted = Encrypted::new(&path, reader, &owner, &creator)?;
            let content = content.finish().map_err(failed)?;
            Ok((encrypted, content.digest))
        })
        .await?;
        if content != document.content {
            return Err(ClientError::ContentChanged {
                path: document.document.path.clone(),
            });
        }
        self.client
            .store_encrypted(self.creator, &document.document, encrypted, None)
            .await
    }

    async fn write_group(
        &self,
        group: Vec<Member>,
        terms: &SharedTerms,
    ) -> Result<(), ClientError> {
        let _place = self.transactions.acquire().await;
        if self.has_failed() {
            return Ok(());
        }
        let journalled = |signed: &Signed| {
            let attempts = group.iter().map(|Member { document, sealed }| Attempt {
                name: document.name(),
                content: document.content,
                record: sealed.address.to_string(),
                signature: signed.signature().to_string(),
                last_valid_height: signed.last_valid_height(),
            });
            self.state().journal.sending(attempts.collect())
        };
        let sealed: Vec<_> = group.iter().map(|member| &member.sealed).collect();
        let written =
            self.client
                .write_sealed(self.creator, self.payer, &sealed, terms, journalled);
        let created = match written.await {
            Ok(created) => created,
            // The owner has another key by now: the next run encrypts these documents anew.
            Err(error) if is_other_key(&error) => {
                let error = Arc::new(error);
                for member in &group {
                    self.fail(&member.document, error.clone());
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let mut state = self.state();
        let written = group.iter().map(|Member { document, sealed }| Written {
            name: document.name(),
            content: document.content,
            record: sealed.address.to_string(),
        });
        state.journal.confirmed(written.collect())?;
        if let Some(first) = created.first() {
            state.tally.transactions += 1;
            state.tally.fees = state.tally.fees.saturating_add(first.confirmed.fee);
            state.tally.written += created.len();
            let names = group.iter().map(|member| member.document.name());
            let records = names.zip(created).collect();
            (state.on_event)(BatchEvent::Written { records });
        }
        Ok(())
    }

    fn has_failed(&self) -> bool {
        self.state().failed.is_some()
    }

    /// Has nothing new begun.
    fn end(&self, error: ClientError) {
        self.state().failed.get_or_insert(error);
    }

    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, event: BatchEvent) {
        (self.state().on_event)(event);
    }

    fn fail(&self, document: &BatchDocument, error: Arc<ClientError>) {
        let name: DocumentName = document.name();
        let mut state = self.state();
        state.tally.failed += 1;
        (state.on_event)(BatchEvent::Failed { name, error });
    }
}
