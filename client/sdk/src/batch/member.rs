//! Makes records of a batch's documents and of their research copies: encrypts, stores and seals them.

use std::{
    collections::HashMap,
    io::{BufReader, Cursor},
    sync::Arc,
};

use generion_crypto::keys::EncryptionKey;
use generion_interface::card::Card;
use solana_address::Address;
use solana_signer::Signer;
use tokio::sync::Semaphore;

use super::{
    content::{ContentDigest, ContentKey, ContentReader},
    copies::CopyRules,
    document::{BatchCopy, BatchDocument, DocumentName},
};
use crate::{
    client::Client,
    error::ClientError,
    flows::{
        blocking::run_blocking,
        create::Sealed,
        documents::READ_BYTES,
        recipient::Recipient,
        record::NewDocument,
        stage::{Encrypted, Staged},
    },
    progress::Activity,
};

/// A record that goes into a transaction.
pub(super) struct Member {
    pub name: DocumentName,
    pub content: ContentDigest,
    pub sealed: Sealed,
}

/// Why a document did not become a record.
pub(super) enum MemberError {
    /// The others can.
    OfDocument(Arc<ClientError>),
    /// It ends the batch.
    OfBatch(Box<ClientError>),
}

impl From<ClientError> for MemberError {
    fn from(error: ClientError) -> Self {
        Self::OfDocument(Arc::new(error))
    }
}

/// The keys of owners, and why there is none of some.
pub(super) type Recipients = HashMap<Address, Result<Recipient, Arc<ClientError>>>;

/// Makes records.
pub(super) struct Maker<'a> {
    pub client: &'a Client,
    pub creator: &'a (dyn Signer + Sync),
    pub payer: &'a (dyn Signer + Sync),
    pub key: &'a ContentKey,
    /// Places for documents that are encrypted and stored at the same time.
    pub documents: Semaphore,
}

impl Maker<'_> {
    /// The owner of a document, or why the owner can't get one. Any other error is not the owner's.
    pub(super) async fn recipient(
        &self,
        document: &NewDocument,
        card: Option<&Card>,
    ) -> Result<Result<Recipient, Arc<ClientError>>, ClientError> {
        match self.client.document_recipient(document, card).await {
            Ok(recipient) => Ok(Ok(recipient)),
            Err(
                error @ (ClientError::NoKey(_)
                | ClientError::Unattested { .. }
                | ClientError::OlderKey { .. }
                | ClientError::UnusableCard(_)),
            ) => Ok(Err(Arc::new(error))),
            Err(error) => Err(error),
        }
    }

    /// Makes the record of a document. `copy` is what it calls its research copy.
    pub(super) async fn original(
        &self,
        document: &Arc<BatchDocument>,
        copy: Option<[u8; 32]>,
        recipients: &Recipients,
    ) -> Result<Member, MemberError> {
        let recipient = recipient_of(&document.document, recipients)?;
        let staged = self.stage(document, copy).await?;
        Ok(Member {
            name: document.name(),
            content: document.content,
            sealed: self
                .client
                .seal(self.creator, self.payer, recipient, staged),
        })
    }

    /// Makes the record of a document's research copy. Returns the key that it is sealed to, too.
    pub(super) async fn copy(
        &self,
        document: &Arc<BatchDocument>,
        copy: &BatchCopy,
        rules: &CopyRules,
        recipients: &Recipients,
    ) -> Result<(Member, EncryptionKey), MemberError> {
        // Nothing is made for an original that can't be written.
        recipient_of(&document.document, recipients)?;
        let recipient = recipient_of(&copy.document, recipients)?;
        let staged = self.stage_copy(document, &copy.document, rules).await?;
        let member = Member {
            name: document.copy_name_for(copy),
            content: document.content,
            sealed: self
                .client
                .seal(self.creator, self.payer, recipient, staged),
        };
        Ok((member, recipient.key))
    }

    /// Encrypts a document, if its content is the same as when the folder was read, and stores it.
    async fn stage(
        &self,
        document: &Arc<BatchDocument>,
        copy: Option<[u8; 32]>,
    ) -> Result<Staged, ClientError> {
        let _place = self.documents.acquire().await;
        // Refused before anything is uploaded.
        document.document.account()?;
        let progress = self.client.progress.clone();
        let (key, of, creator) = (self.key.clone(), document.clone(), self.creator.pubkey());
        // On a thread of its own: a slow disk must not block the runtime.
        let (encrypted, content) = run_blocking(&document.document.path, move || {
            let path = &of.document.path;
            let failed = |source| ClientError::File {
                path: path.clone(),
                source,
            };
            let (reader, size) = of.source.open(path).map_err(failed)?;
            let reader = progress
                .begin(Activity::Encrypting, Some(size))
                .reading(reader);
            let mut content = ContentReader::new(&key, reader);
            let reader = BufReader::with_capacity(READ_BYTES, &mut content);
            let encrypted = Encrypted::new(path, reader, &of.document.owner, &creator)?;
            let content = content.finish().map_err(failed)?;
            Ok((encrypted, content.digest))
        })
        .await?;
        require_unchanged(document, content)?;
        self.client
            .store_encrypted(self.creator, &document.document, encrypted, copy)
            .await
    }

    /// As [`Self::stage`], of the document's research copy.
    async fn stage_copy(
        &self,
        document: &Arc<BatchDocument>,
        copy: &NewDocument,
        rules: &CopyRules,
    ) -> Result<Staged, ClientError> {
        let _place = self.documents.acquire().await;
        copy.account()?;
        let (key, of, creator) = (self.key.clone(), document.clone(), self.creator.pubkey());
        let (rules, owner) = (rules.clone(), copy.owner);
        let (encrypted, content) = run_blocking(&document.document.path, move || {
            let path = &of.document.path;
            let failed = |source| ClientError::File {
                path: path.clone(),
                source,
            };
            let (reader, _) = of.source.open(path).map_err(failed)?;
            let mut content = ContentReader::new(&key, reader);
            let copy = rules
                .copy_of(&mut content, &of.document.owner, &owner)
                .map_err(failed)?;
            let content = content.finish().map_err(failed)?;
            let copy = copy.map_err(|source| ClientError::NoResearchCopy {
                path: path.clone(),
                source,
            })?;
            let encrypted = Encrypted::new(path, Cursor::new(copy.document), &owner, &creator)?;
            Ok((encrypted, content.digest))
        })
        .await?;
        require_unchanged(document, content)?;
        self.client
            .store_encrypted(self.creator, copy, encrypted, None)
            .await
    }
}

fn recipient_of<'r>(
    document: &NewDocument,
    recipients: &'r Recipients,
) -> Result<&'r Recipient, MemberError> {
    match recipients.get(&document.owner) {
        Some(Ok(recipient)) => Ok(recipient),
        Some(Err(error)) => Err(MemberError::OfDocument(error.clone())),
        // The batch ends.
        None => Err(ClientError::NoKey(document.owner).into()),
    }
}

fn require_unchanged(document: &BatchDocument, content: ContentDigest) -> Result<(), ClientError> {
    match content == document.content {
        true => Ok(()),
        false => Err(ClientError::ContentChanged {
            path: document.document.path.clone(),
        }),
    }
}
