//! Documents that have no records yet become records: several of them are encrypted and stored, and several
//! transactions are on their way, at the same time.

use std::{
    collections::BTreeMap,
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
    content::ContentKey,
    copies::{CopyRules, ReadyCopy, now},
    document::{BatchDocument, DocumentName},
    event::{BatchEvent, BatchTally},
    journal::{Attempt, Journal, Written},
    known_copies::OutdatedCopy,
    member::{Maker, Member, MemberError, Recipients},
    plan::{BatchPlan, CopyState},
};
use crate::{
    client::Client,
    error::ClientError,
    flows::create::is_other_key,
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
    maker: Maker<'a>,
    rules: Option<&'a CopyRules>,
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

/// A document of one owner, and what is left to do for it.
#[derive(Clone)]
struct Left {
    document: Arc<BatchDocument>,
    is_new: bool,
    copy: CopyState,
}

/// What becomes a record.
enum Job {
    Original {
        document: Arc<BatchDocument>,
        /// What it calls its research copy.
        copy: Option<[u8; 32]>,
    },
    Copy(Arc<BatchDocument>),
}

impl Client {
    /// Writes all documents that [`Self::resume_batch`] found to be left. A document that fails does not keep the others from
    /// being written. An error of the ledger or of the journal ends the batch, and the next run continues it.
    ///
    /// Research copies that are due are written first, and then those of the documents before the documents themselves, so that
    /// these name them. Without `rules`, no copy is made.
    ///
    /// # Errors
    /// Those of [`crate::Ledger::send`] that concern more than one document, and [`ClientError::Journal`].
    #[allow(clippy::too_many_arguments)] // each is another thing
    pub async fn write_batch(
        &self,
        creator: &(dyn Signer + Sync),
        payer: &(dyn Signer + Sync),
        key: &ContentKey,
        plan: &BatchPlan<'_>,
        rules: Option<&CopyRules>,
        journal: &mut Journal,
        mut on_event: impl FnMut(BatchEvent) + Send,
    ) -> Result<BatchTally, ClientError> {
        journal.begin()?;
        let mut of_owner: BTreeMap<Address, Vec<Left>> = BTreeMap::new();
        for left in &plan.to_write {
            let documents = of_owner.entry(left.document.document.owner).or_default();
            documents.push(Left {
                document: Arc::new(left.document.clone()),
                is_new: left.is_new,
                copy: left.copy,
            });
        }
        let writer = Writer {
            maker: Maker {
                client: self,
                creator,
                payer,
                key,
                documents: Semaphore::new(DOCUMENTS_AT_A_TIME),
            },
            rules,
            transactions: Semaphore::new(TRANSACTIONS_AT_A_TIME),
            state: Mutex::new(State {
                journal,
                on_event: &mut on_event,
                tally: BatchTally {
                    before: plan.before,
                    held: plan.copies.held,
                    ..BatchTally::default()
                },
                failed: None,
            }),
        };
        writer.write_due(&plan.due).await;
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
    /// Writes research copies that earlier runs made ready.
    async fn write_due(&self, due: &[ReadyCopy]) {
        let (mut ready, to_write) = mpsc::channel(TRANSACTIONS_AHEAD);
        let Maker {
            client,
            creator,
            payer,
            ..
        } = &self.maker;
        let send = async move {
            let mut group: Vec<Member> = Vec::new();
            for copy in due {
                let Some((owner, key, args)) = copy.read() else {
                    continue;
                };
                let member = Member {
                    name: copy.name.clone(),
                    content: copy.content,
                    sealed: client.sealed_again(*creator, *payer, &owner, &key, args),
                };
                self.add(member, &mut group, &mut ready).await;
            }
            if !group.is_empty() {
                // They are waited for to the end.
                let _ = ready.send(group).await;
            }
        };
        join(send, self.write_groups(to_write)).await;
    }

    /// Documents are encrypted and stored while the records of earlier ones are written.
    async fn write_to_owner(&self, documents: Vec<Left>) {
        let recipients = match self.recipients(&documents).await {
            Ok(recipients) => recipients,
            Err(error) => return self.end(error),
        };
        let copies = documents
            .iter()
            .filter(|left| left.copy == CopyState::ToMake);
        let copies = copies.map(|left| Job::Copy(left.document.clone()));
        self.write_jobs(copies.collect(), &recipients).await;
        let originals = documents.into_iter().filter_map(|left| {
            let Left {
                document,
                is_new,
                copy,
            } = left;
            let copy = match copy {
                CopyState::None => None,
                CopyState::Made(contents) => Some(contents),
                // Where it failed, the original waits for the next run, so that it can name it.
                CopyState::ToMake => Some(self.made(&document)?),
            };
            // Readers of the original would learn the other wallet.
            let is_same = (document.copy.as_ref())
                .is_some_and(|copy| copy.document.owner == document.document.owner);
            let copy = copy.filter(|_| is_same);
            is_new.then_some(Job::Original { document, copy })
        });
        self.write_jobs(originals.collect(), &recipients).await;
    }

    /// `c` of a document's research copy that is ready or written.
    fn made(&self, document: &BatchDocument) -> Option<[u8; 32]> {
        let name = document.copy_name()?;
        let state = self.state();
        let known = state.journal.copies().of(&name, &document.content);
        let own = known.iter().find(|copy| copy.folder == name.folder)?;
        Some(own.contents)
    }

    /// The owners of documents and of their research copies. An error is of one owner alone.
    async fn recipients(&self, documents: &[Left]) -> Result<Recipients, ClientError> {
        let mut recipients = Recipients::new();
        for Left { document, copy, .. } in documents {
            let copy = document
                .copy
                .as_ref()
                .filter(|_| *copy == CopyState::ToMake);
            let copy = copy.map(|copy| (&copy.document, copy.card.as_ref()));
            let original = (&document.document, document.card.as_ref());
            for (document, card) in [Some(original), copy].into_iter().flatten() {
                if !recipients.contains_key(&document.owner) && !self.has_failed() {
                    let recipient = self.maker.recipient(document, card).await?;
                    recipients.insert(document.owner, recipient);
                }
            }
        }
        Ok(recipients)
    }

    async fn write_jobs(&self, jobs: Vec<Job>, recipients: &Recipients) {
        let (ready, to_write) = mpsc::channel(TRANSACTIONS_AHEAD);
        join(
            self.store(jobs, recipients, ready),
            self.write_groups(to_write),
        )
        .await;
    }

    async fn write_groups(&self, groups: mpsc::Receiver<Vec<Member>>) {
        let terms = SharedTerms::default();
        let mut written = groups
            .map(|group| self.write_group(group, &terms))
            .buffer_unordered(TRANSACTIONS_AT_A_TIME);
        while let Some(done) = written.next().await {
            if let Err(error) = done {
                self.end(error);
            }
        }
    }

    /// Encrypts and stores documents, and hands them on in groups that fit one transaction.
    async fn store(
        &self,
        jobs: Vec<Job>,
        recipients: &Recipients,
        mut ready: mpsc::Sender<Vec<Member>>,
    ) {
        let mut staged = stream::iter(jobs)
            .take_while(|_| future::ready(!self.has_failed()))
            .map(|job| async move {
                let made = match &job {
                    Job::Original { document, copy } => {
                        self.original(document, *copy, recipients).await.map(Some)
                    }
                    Job::Copy(document) => self.copy(document, recipients).await,
                };
                (job, made)
            })
            .buffered(DOCUMENTS_AT_A_TIME);
        let mut group: Vec<Member> = Vec::new();
        while let Some((job, made)) = staged.next().await {
            match made {
                Ok(Some(member)) => self.add(member, &mut group, &mut ready).await,
                // Held back.
                Ok(None) => {}
                Err(MemberError::OfBatch(error)) => self.end(*error),
                Err(MemberError::OfDocument(error)) => {
                    let (Job::Original { document, .. } | Job::Copy(document)) = &job;
                    self.fail(document.name(), error);
                }
            }
        }
        if !group.is_empty() {
            // They are waited for to the end.
            let _ = ready.send(group).await;
        }
    }

    /// Adds a record to a group, which is handed on before that if both don't fit one transaction.
    async fn add(
        &self,
        member: Member,
        group: &mut Vec<Member>,
        ready: &mut mpsc::Sender<Vec<Member>>,
    ) {
        let is_other = (group.first()).is_some_and(|first| first.name.owner != member.name.owner);
        group.push(member);
        let sealed = group.iter().map(|member| &member.sealed);
        let payer = self.maker.payer.pubkey();
        if group.len() > 1
            && (is_other || !self.maker.client.fit_together(&payer, sealed))
            && let Some(last) = group.pop()
        {
            // They are waited for to the end.
            let _ = ready.send(core::mem::take(group)).await;
            group.push(last);
        }
    }

    /// Makes the record of a document.
    async fn original(
        &self,
        document: &Arc<BatchDocument>,
        copy: Option<[u8; 32]>,
        recipients: &Recipients,
    ) -> Result<Member, MemberError> {
        let member = self.maker.original(document, copy, recipients).await?;
        let name = member.name.clone();
        self.report(BatchEvent::Stored { name });
        Ok(member)
    }

    /// Makes the record of a document's research copy, and writes it down. `None`: it is held back.
    async fn copy(
        &self,
        document: &Arc<BatchDocument>,
        recipients: &Recipients,
    ) -> Result<Option<Member>, MemberError> {
        let (Some(copy), Some(rules)) = (&document.copy, self.rules) else {
            return Ok(None);
        };
        let (member, key) = self.maker.copy(document, copy, rules, recipients).await?;
        let (name, due) = (member.name.clone(), rules.due());
        let args = member.sealed.args(key);
        let ready = ReadyCopy::new(name.clone(), member.content, due, &args);
        let mut state = self.state();
        let kept = state.journal.copy_is_ready(ready);
        kept.map_err(|error| MemberError::OfBatch(Box::new(error)))?;
        if due > now() {
            state.tally.held += 1;
            (state.on_event)(BatchEvent::Held { name, due });
            return Ok(None);
        }
        (state.on_event)(BatchEvent::Stored { name });
        Ok(Some(member))
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
            let attempts = group.iter().map(|member| Attempt {
                name: member.name.clone(),
                content: member.content,
                record: member.sealed.address.to_string(),
                signature: signed.signature().to_string(),
                last_valid_height: signed.last_valid_height(),
            });
            self.state().journal.sending(attempts.collect())
        };
        let sealed: Vec<_> = group.iter().map(|member| &member.sealed).collect();
        let Maker {
            client,
            creator,
            payer,
            ..
        } = &self.maker;
        let written = client.write_sealed(*creator, *payer, &sealed, terms, journalled);
        let created = match written.await {
            Ok(created) => created,
            // The owner has another key by now: the next run encrypts these documents anew.
            Err(error) if is_other_key(&error) => {
                let copies = group.iter().filter(|member| member.name.is_copy);
                let copies = copies.map(|copy| OutdatedCopy {
                    name: copy.name.clone(),
                    content: copy.content,
                });
                self.state().journal.copies_are_outdated(copies.collect())?;
                let error = Arc::new(error);
                for member in group {
                    self.fail(member.name, error.clone());
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let mut state = self.state();
        let written = group.iter().map(|member| Written {
            name: member.name.clone(),
            content: member.content,
            record: member.sealed.address.to_string(),
        });
        state.journal.confirmed(written.collect())?;
        if let Some(first) = created.first() {
            let copies = group.iter().filter(|member| member.name.is_copy).count();
            state.tally.transactions += 1;
            state.tally.fees = state.tally.fees.saturating_add(first.confirmed.fee);
            state.tally.written += created.len() - copies;
            state.tally.copies += copies;
            let names = group.into_iter().map(|member| member.name);
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

    fn fail(&self, name: DocumentName, error: Arc<ClientError>) {
        let mut state = self.state();
        state.tally.failed += 1;
        (state.on_event)(BatchEvent::Failed { name, error });
    }
}
