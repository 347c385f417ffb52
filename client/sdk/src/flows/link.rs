use std::io::{Read, Write};

use generion::state::User;
use generion_crypto::{
    health_link::{HealthLink, LinkNoteError, LinkSecret},
    jwe::{self, ContentKey, JweError},
    rand_core::OsRng,
};
use generion_interface::{
    locator::StoreUrl,
    store::{LinkId, ListedLink, MAX_LINK_BYTES},
};
use solana_address::Address;
use solana_signature::Signature;
use solana_signer::{Signer, SignerError};
use url::Url;
use zeroize::Zeroizing;

use super::link_content::{self, FHIR_JSON};
use crate::{
    client::Client,
    error::{ClientError, link_error::LinkError},
    files::staged_file::StagedFile,
    store::{client::StoreClient, error::StoreError, links::MAX_FETCHED_LINK_BYTES},
    wallet::KeySource,
};

/// An owner's keys for health links: the one that follows from the present encryption key, and perhaps earlier ones.
pub struct LinkKeys(Vec<LinkKey>);

struct LinkKey {
    index: u32,
    secret: LinkSecret,
}

impl Signer for LinkKey {
    fn try_pubkey(&self) -> Result<Address, SignerError> {
        Ok(self.secret.authority())
    }

    fn try_sign_message(&self, message: &[u8]) -> Result<Signature, SignerError> {
        Ok(self.secret.sign(message).into())
    }

    fn is_interactive(&self) -> bool {
        false
    }
}

/// A link that is to be made.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// One of the owner's records.
    pub record: Address,
    /// The store that gets the copy.
    pub store: StoreUrl,
    /// The time at which the link ends, in seconds since 1970-01-01T00:00:00Z.
    pub expiry: u64,
    /// A description that everybody who gets the link sees before opening it. It may be empty.
    pub label: String,
}

/// One of an owner's links.
pub struct OwnLink {
    /// The link, which can be shown again.
    pub link: HealthLink,
    /// The address of its file in its store.
    pub id: LinkId,
    /// The record that was copied.
    pub record: Address,
    /// Bytes of the file.
    pub size: u64,
    key_index: u32,
}

/// The links that a store lists for an owner.
#[derive(Default)]
pub struct OwnLinks {
    /// The owner's.
    pub links: Vec<OwnLink>,
    /// The store's other entries, each with the reason why it is not one of the owner's.
    pub not_ours: Vec<(LinkId, LinkNoteError)>,
}

/// A document that came with a link.
pub struct OpenedLink {
    /// The media type, as the maker of the link states it.
    pub media_type: String,
    /// The document's bytes.
    pub size: u64,
}

impl Client {
    /// The keys for the owner's links. With `earlier`, also those that follow from earlier encryption keys: links that were
    /// made before a rotation need them. A wallet that asks its user before it signs does so twice for each key.
    ///
    /// # Errors
    /// [`ClientError::NoKey`] where the wallet has published none; those of the key source.
    pub async fn link_keys(
        &self,
        keys: &dyn KeySource,
        earlier: bool,
    ) -> Result<LinkKeys, ClientError> {
        let wallet = keys.wallet();
        let user = self.ledger.addresses().user(&wallet);
        let user = self.ledger.find::<User>(&user).await?;
        let user = user.ok_or(ClientError::NoKey(wallet))?;
        let secret = self.secret_for(keys, user.key_index, &user.encryption_key)?;
        let mut all = vec![LinkKey {
            index: user.key_index,
            secret: LinkSecret::derive(&secret),
        }];
        if earlier {
            for index in (0..user.key_index).rev() {
                let secret = keys.encryption_secret(self.ledger.deployment(), index)?;
                all.push(LinkKey {
                    index,
                    secret: LinkSecret::derive(&secret),
                });
            }
        }
        Ok(LinkKeys(all))
    }

    /// Makes a link: opens the owner's record, encrypts a copy with a new key, and uploads it. Everybody who has the link can
    /// read the copy until it expires or is revoked. `uploader` signs the upload in place of the link key, for stores that take
    /// uploads from listed wallets only; the store then sees this wallet.
    ///
    /// # Errors
    /// [`LinkError::Unfit`] where the store's address or the label is too long, before anything is fetched;
    /// [`LinkError::TooLarge`]; [`ClientError::Store`]; those of [`Self::open_record`].
    pub async fn create_link(
        &self,
        owner: &dyn KeySource,
        keys: &LinkKeys,
        new: &NewLink,
        uploader: Option<&(dyn Signer + Sync)>,
    ) -> Result<OwnLink, ClientError> {
        let key = keys.present();
        let NewLink {
            record,
            store,
            expiry,
            label,
        } = new;
        let unknown = LinkId {
            expiry: *expiry,
            sha256: [0; 32],
        };
        let url = StoreClient::link_url(store, &unknown)?;
        HealthLink::require_fit_url(url.as_str()).map_err(LinkError::from)?;
        HealthLink::require_fit_label(label).map_err(LinkError::from)?;
        let locator = self.open_locator(owner, record).await?;
        // Base64 makes four characters of three bytes.
        let too_large = |bytes: u64| LinkError::TooLarge {
            record: *record,
            bytes,
            max: MAX_LINK_BYTES,
        };
        let least = locator.size.saturating_mul(4) / 3;
        if least > MAX_LINK_BYTES {
            return Err(too_large(least).into());
        }
        let document = StagedFile::temporary()?;
        let locator = self.open_record_into(owner, record, &document).await?;
        let plaintext = read(&document)?;
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(StoreError::Random)?;
        let plaintext = link_content::to_fhir(&locator.media_type, plaintext, id);
        let content_key = ContentKey::random(&mut OsRng);
        let file = jwe::encrypt(&plaintext, &content_key, Some(FHIR_JSON), &mut OsRng);
        if file.len() as u64 > MAX_LINK_BYTES {
            return Err(too_large(file.len() as u64).into());
        }
        let id = LinkId::of(*expiry, file.as_bytes());
        let url = StoreClient::link_url(store, &id)?;
        let link = HealthLink {
            url: url.to_string(),
            key: content_key,
            expiry: Some(*expiry),
            label: (!label.is_empty()).then(|| label.clone()),
        };
        link.require_fit().map_err(LinkError::from)?;
        let note = key.secret.seal_note(&link, record, &mut OsRng);
        let note = note.map_err(LinkError::from)?;
        let size = file.len() as u64;
        let uploader = uploader.unwrap_or(key);
        let authority = key.secret.authority();
        self.store
            .upload_link(&url, id, file.into(), &note, uploader, &authority)
            .await?;
        Ok(OwnLink {
            link,
            id,
            record: *record,
            size,
            key_index: key.index,
        })
    }

    /// The owner's links in a store, made on any device. Entries that the store has made up, moved or changed are returned
    /// separately. A store can leave out links without being noticed.
    ///
    /// # Errors
    /// [`ClientError::Store`].
    pub async fn links(&self, keys: &LinkKeys, store: &StoreUrl) -> Result<OwnLinks, ClientError> {
        let mut found = OwnLinks::default();
        for key in &keys.0 {
            for listed in self.store.list_links(store, key).await? {
                let url = StoreClient::link_url(store, &listed.id)?;
                let ListedLink { id, size, note } = listed;
                match key.secret.open_note(&note, url.as_str()) {
                    Ok(noted) => found.links.push(OwnLink {
                        link: noted.link,
                        id,
                        record: noted.record,
                        size,
                        key_index: key.index,
                    }),
                    Err(error) => found.not_ours.push((id, error)),
                }
            }
        }
        Ok(found)
    }

    /// Revokes a link: erases its file in its store, so that nobody can open it any more. People who have opened it before keep
    /// their copy.
    ///
    /// # Errors
    /// [`ClientError::Store`]. Where the store doesn't have the file any more, the link is revoked or has expired.
    pub async fn revoke_link(&self, keys: &LinkKeys, link: &OwnLink) -> Result<(), ClientError> {
        let key = keys.0.iter().find(|key| key.index == link.key_index);
        let key = key.unwrap_or(keys.present());
        let url = Url::parse(&link.link.url).map_err(StoreError::InvalidUrl)?;
        Ok(self.store.erase_link(&url, link.id, key).await?)
    }

    /// Opens a health link of anybody that leads to one file. `recipient` is the name of the reader, which the owner may be
    /// shown. Writes the document to `to`: if the file is a Bundle with a single document that is not FHIR, that document.
    ///
    /// # Errors
    /// [`ClientError::Store`] if the link has expired, was revoked, or can't be fetched under the policy; [`LinkError::File`]
    /// if its file does not match the link.
    pub async fn open_link_into(
        &self,
        link: &HealthLink,
        recipient: &str,
        to: &StagedFile,
    ) -> Result<OpenedLink, ClientError> {
        let url = Url::parse(&link.url).map_err(StoreError::InvalidUrl)?;
        let policy = &self.fetch_policy;
        let file = self.store.fetch_link(&url, recipient, policy).await?;
        let file = str::from_utf8(&file).map_err(|_| LinkError::File(JweError::Malformed))?;
        let max = usize::try_from(MAX_FETCHED_LINK_BYTES).unwrap_or(usize::MAX);
        let opened = jwe::decrypt(file.trim_ascii(), &link.key, max).map_err(LinkError::from)?;
        let content = link_content::from_file(opened.content_type, opened.plaintext);
        to.writer()
            .write_all(&content.document)
            .map_err(|source| to.error(source))?;
        Ok(OpenedLink {
            media_type: content.media_type,
            size: content.document.len() as u64,
        })
    }
}

impl LinkKeys {
    /// That of the present encryption key, which new links are made with.
    fn present(&self) -> &LinkKey {
        &self.0[0]
    }
}

fn read(document: &StagedFile) -> Result<Zeroizing<Vec<u8>>, ClientError> {
    let mut bytes = Zeroizing::new(Vec::new());
    document
        .reader()
        .and_then(|mut reader| reader.read_to_end(&mut bytes))
        .map_err(|source| document.error(source))?;
    Ok(bytes)
}
