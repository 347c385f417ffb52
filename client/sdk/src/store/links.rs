use std::time::Duration;

use bytes::Bytes;
use generion_interface::{
    locator::StoreUrl,
    store::{LINK_LIST_PATH, LinkId, LinkList, LinkNote, ListedLink, Operation, header},
};
use reqwest::{Response, header::CONTENT_LENGTH};
use solana_address::Address;
use solana_signer::Signer;
use url::Url;

use super::{
    client::{ANSWER_TIMEOUT, StoreClient, signed},
    error::{RequestError, StoreError},
    http::SLOWEST_TRANSFER,
    policy::{self, FetchPolicy},
    request,
};
use crate::progress::Activity;

/// The largest list of links that is read, in bytes: a store has at most 256, each with a note of at most 2,048 characters.
const MAX_LIST_BYTES: u64 = 1 << 20;

/// The largest file of a link that is read, in bytes. Files of links are decrypted in one piece.
pub const MAX_FETCHED_LINK_BYTES: u64 = 64 << 20;

impl StoreClient {
    /// The URL of a link's file in a store.
    ///
    /// # Errors
    /// That the store's address is none that HTTP libraries take.
    pub fn link_url(store: &StoreUrl, id: &LinkId) -> Result<Url, StoreError> {
        let url = format!("{store}{}", id.path());
        Url::parse(&url).map_err(StoreError::InvalidUrl)
    }

    /// Uploads the file of a link. One that the store has already under the same erase authority is fine.
    ///
    /// # Errors
    /// [`StoreError`]: the signer fails, the store is not reached or refuses.
    pub async fn upload_link(
        &self,
        url: &Url,
        id: LinkId,
        file: Bytes,
        note: &LinkNote,
        uploader: &(dyn Signer + Sync),
        erase_authority: &Address,
    ) -> Result<(), StoreError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RequestError::Scheme { url: url.clone() }.into());
        }
        policy::require_safe(url, self.plain_http)?;
        let size = file.len() as u64;
        let file = &file;
        let operation = Operation::Upload(id.into());
        let again = || {
            let headers = signed(url, operation, uploader, erase_authority);
            let running = self.progress.begin(Activity::Uploading, Some(size));
            let request = self
                .own
                .put(url.clone())
                .timeout(ANSWER_TIMEOUT + Duration::from_secs(size / SLOWEST_TRANSFER))
                .header(header::LINK_NOTE, note.as_str())
                .header(CONTENT_LENGTH, size)
                .body(file.clone());
            running.advance(size);
            std::future::ready(headers.map(|headers| request.headers(headers)))
        };
        request::send_anew::<StoreError, _>(url, request::PATIENCE, again).await?;
        Ok(())
    }

    /// The links that a store has of an erase authority, which signs the request.
    ///
    /// # Errors
    /// [`StoreError`]: the signer fails, the store is not reached or refuses, or it answers with something else than a list.
    pub async fn list_links(
        &self,
        store: &StoreUrl,
        authority: &(dyn Signer + Sync),
    ) -> Result<Vec<ListedLink>, StoreError> {
        let url =
            Url::parse(&format!("{store}{LINK_LIST_PATH}")).map_err(StoreError::InvalidUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RequestError::Scheme { url }.into());
        }
        policy::require_safe(&url, self.plain_http)?;
        let key = authority.try_pubkey().map_err(StoreError::Signer)?;
        let again = || {
            let headers = signed(&url, Operation::ListLinks, authority, &key);
            let request = self.own.get(url.clone()).timeout(ANSWER_TIMEOUT);
            std::future::ready(headers.map(|headers| request.headers(headers)))
        };
        let response = request::send_anew::<StoreError, _>(&url, request::PATIENCE, again).await?;
        let list = read(response, &url, MAX_LIST_BYTES).await?;
        let list: LinkList =
            serde_json::from_slice(&list).map_err(|_| StoreError::NotAList { url })?;
        Ok(list.links)
    }

    /// Erases the file of a link; signed by its erase authority. Nobody can open the link any more.
    ///
    /// # Errors
    /// [`StoreError`]: the signer fails, the store is not reached or refuses. One that doesn't have the file any more says so
    /// with [`RequestError::NotFound`].
    pub async fn erase_link(
        &self,
        url: &Url,
        id: LinkId,
        authority: &(dyn Signer + Sync),
    ) -> Result<(), StoreError> {
        policy::require_safe(url, self.plain_http)?;
        let key = authority.try_pubkey().map_err(StoreError::Signer)?;
        let again = || {
            let headers = signed(url, Operation::Erase(id.into()), authority, &key);
            let request = self.own.delete(url.clone()).timeout(ANSWER_TIMEOUT);
            std::future::ready(headers.map(|headers| request.headers(headers)))
        };
        request::send_anew::<StoreError, _>(url, request::PATIENCE, again).await?;
        Ok(())
    }

    /// Fetches the file of a link, and names the reader, as the specification of health links requires.
    ///
    /// # Errors
    /// [`StoreError`]: refused by the policy, expired or revoked, not reached, or larger than 64 MiB.
    pub async fn fetch_link(
        &self,
        url: &Url,
        recipient: &str,
        policy: &FetchPolicy,
    ) -> Result<Vec<u8>, StoreError> {
        let client = policy::pinned_client(url, policy).await?;
        let max = policy.max_size.min(MAX_FETCHED_LINK_BYTES);
        let mut asked = url.clone();
        asked.query_pairs_mut().append_pair("recipient", recipient);
        let time = policy.time_for(max);
        // Errors name the address without the recipient.
        let response = request::send(|| client.get(asked.clone()).timeout(time), url).await;
        let response = response.map_err(|error| match error {
            RequestError::NotFound { url } | RequestError::Erased { url } => {
                StoreError::NoLink { url }
            }
            error => error.into(),
        })?;
        let running = self
            .progress
            .begin(Activity::Downloading, response.content_length());
        let file = read(response, url, max).await?;
        running.advance(file.len() as u64);
        Ok(file)
    }
}

/// The body of an answer, if it has at most `max` bytes.
async fn read(mut response: Response, url: &Url, max: u64) -> Result<Vec<u8>, StoreError> {
    let too_large = || StoreError::TooLarge {
        url: url.clone(),
        max,
    };
    if response.content_length().is_some_and(|length| length > max) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(bytes) = response
        .chunk()
        .await
        .map_err(|source| request::failed(url, source))?
    {
        body.extend_from_slice(&bytes);
        if body.len() as u64 > max {
            return Err(too_large());
        }
    }
    Ok(body)
}
