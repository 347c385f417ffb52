use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures::TryStreamExt;
use generion_crypto::document::CiphertextDigest;
use generion_interface::{
    locator::StoreUrl,
    store::{DocumentId, NONCE_BYTES, Nonce, Operation, StoreRequest, canonical_host, header},
};
use generion_rpc::url::PlainHttp;
use reqwest::{
    Body, Client,
    header::{CONTENT_LENGTH, HeaderMap},
};
use solana_address::Address;
use solana_signer::Signer;
use tokio::{fs::File, io::AsyncReadExt};
use tokio_util::io::ReaderStream;
use url::Url;

use super::{
    error::{RequestError, StoreError},
    http::{FILE_BYTES, SLOWEST_TRANSFER, http_client},
    policy::{self, FetchPolicy},
    request,
};
use crate::progress::{Activity, Progress, Reporter};

/// The timeout of a request without a document, and the time to add for one with a document.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Talks to document stores. It follows no redirect: a signature is for one host, and a locator names one address.
#[derive(Clone, Debug)]
pub struct StoreClient {
    /// For stores that the user has named. Addresses from locators get a client of their own, pinned to checked addresses.
    pub(super) own: Client,
    pub(super) plain_http: PlainHttp,
    pub(super) progress: Reporter,
}

/// A document's state in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentStatus {
    /// The key that can erase the document.
    pub erase_authority: Address,
    /// Bytes of the ciphertext.
    pub size: u64,
}

impl StoreClient {
    /// A client with time limits, which takes the proxies of the environment for stores that the user names.
    /// `plain_http`: whether documents go to other machines that way.
    ///
    /// # Errors
    /// [`RequestError::Client`] where TLS can't be set up.
    pub fn new(plain_http: PlainHttp) -> Result<Self, StoreError> {
        let client = http_client()
            .build()
            .map_err(|error| RequestError::Client(error.into()))?;
        Ok(Self::with_client(client, plain_http))
    }

    /// As [`Self::new`], over an HTTP client of the caller's own, made by [`http_client`]: with other headers, say, or a proxy.
    /// It is for the stores that the user names. Addresses from locators are strangers', and get neither its headers nor its
    /// proxy.
    pub fn with_client(client: Client, plain_http: PlainHttp) -> Self {
        Self {
            own: client,
            plain_http,
            progress: Reporter::default(),
        }
    }

    /// Shows the progress of uploads and downloads.
    pub fn set_progress(&mut self, progress: Arc<dyn Progress>) {
        self.progress = Reporter(Some(progress));
    }

    /// The URL of the document with this SHA-256 in a store.
    ///
    /// # Errors
    /// That the store's address is none that HTTP libraries take.
    pub fn document_url(store: &StoreUrl, sha256: [u8; 32]) -> Result<Url, url::ParseError> {
        Url::parse(&store.document(&DocumentId::from_bytes(sha256)))
    }

    /// Uploads a ciphertext and returns the document's URL. If the store has the document already, its erase authority stays
    /// the same, see [`Self::status`].
    ///
    /// Dropped, it may leave the ciphertext in the store. The next upload of the same ciphertext finds it there.
    ///
    /// # Errors
    /// [`StoreError`]: `store` or `ciphertext` is unfit, the signer fails, the store is not reached or refuses.
    pub async fn upload(
        &self,
        store: &StoreUrl,
        ciphertext: &Path,
        digest: &CiphertextDigest,
        uploader: &(dyn Signer + Sync),
        erase_authority: &Address,
    ) -> Result<Url, StoreError> {
        let document = DocumentId::from_bytes(digest.sha256);
        let url = Self::document_url(store, digest.sha256).map_err(StoreError::InvalidUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RequestError::Scheme { url }.into());
        }
        policy::require_safe(&url, self.plain_http)?;
        let unreadable = |source| StoreError::Unreadable {
            path: ciphertext.into(),
            source,
        };
        let target = &url;
        let operation = Operation::Upload(document.into());
        let again = || async move {
            let file = File::open(ciphertext).await.map_err(unreadable)?;
            let found = file.metadata().await.map_err(unreadable)?.len();
            if found != digest.size {
                return Err(StoreError::Changed {
                    path: ciphertext.into(),
                    expected: digest.size,
                    found,
                });
            }
            // A store takes a signature once.
            let headers = signed(target, operation, uploader, erase_authority)?;
            let running = self.progress.begin(Activity::Uploading, Some(digest.size));
            let body = ReaderStream::with_capacity(file.take(digest.size), FILE_BYTES)
                .inspect_ok(move |bytes| running.advance(bytes.len() as u64));
            Ok(self
                .own
                .put(target.clone())
                .timeout(ANSWER_TIMEOUT + Duration::from_secs(digest.size / SLOWEST_TRANSFER))
                .headers(headers)
                .header(CONTENT_LENGTH, digest.size)
                .body(Body::wrap_stream(body)))
        };
        request::send_anew(&url, request::PATIENCE, again).await?;
        Ok(url)
    }

    /// Asks a document's store for the key that can erase it. The address may come from a locator, hence the policy.
    ///
    /// # Errors
    /// [`StoreError`]: refused by the policy, not a document of a store, not there, erased, not reached.
    pub async fn status(
        &self,
        document: &Url,
        policy: &FetchPolicy,
    ) -> Result<DocumentStatus, StoreError> {
        document_of(document)?;
        let client = policy::pinned_client(document, policy).await?;
        let time = policy.time_for(0);
        let response =
            request::send(|| client.head(document.clone()).timeout(time), document).await?;
        let headers = response.headers();
        erase_authority(headers)
            .zip(size(headers))
            .map(|(erase_authority, size)| DocumentStatus {
                erase_authority,
                size,
            })
            .ok_or_else(|| StoreError::NoEraseAuthority {
                url: document.clone(),
            })
    }

    /// Erases a document for good; its erase authority signs the request.
    ///
    /// # Errors
    /// [`StoreError`]: not a document of a store, the signer fails, the store is not reached or refuses.
    pub async fn delete(
        &self,
        document: &Url,
        authority: &(dyn Signer + Sync),
    ) -> Result<(), StoreError> {
        let id = document_of(document)?;
        policy::require_safe(document, self.plain_http)?;
        let key = authority.try_pubkey().map_err(StoreError::Signer)?;
        let again = || {
            let headers = signed(document, Operation::Erase(id.into()), authority, &key);
            let request = self.own.delete(document.clone()).timeout(ANSWER_TIMEOUT);
            std::future::ready(headers.map(|headers| request.headers(headers)))
        };
        request::send_anew(document, request::PATIENCE, again).await?;
        Ok(())
    }
}

/// The document that a URL made by [`StoreClient::document_url`] names.
fn document_of(url: &Url) -> Result<DocumentId, StoreError> {
    let not_a_document = || StoreError::NotADocument { url: url.clone() };
    let id: DocumentId = url
        .path()
        .rsplit('/')
        .next()
        .and_then(|id| id.parse().ok())
        .ok_or_else(not_a_document)?;
    let store = url.as_str().strip_suffix(&id.path());
    let store: Option<StoreUrl> = store.and_then(|store| store.parse().ok());
    match store {
        Some(store) if matches!(store.scheme(), "http" | "https") => Ok(id),
        _ => Err(not_a_document()),
    }
}

/// The headers of a freshly signed request.
pub(super) fn signed(
    url: &Url,
    operation: Operation,
    signer: &(dyn Signer + Sync),
    erase_authority: &Address,
) -> Result<HeaderMap, StoreError> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(StoreError::Random)?;
    let request = StoreRequest {
        operation,
        host: canonical_host(url.host_str().unwrap_or_default(), url.port()),
        erase_authority: *erase_authority,
        // Every store refuses a clock before 1970, and the error then names the clock.
        unix_time: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs(),
        nonce: Nonce(nonce),
    };
    let key = signer.try_pubkey().map_err(StoreError::Signer)?;
    let signature = signer
        .try_sign_message(request.text().as_bytes())
        .map_err(StoreError::Signer)?;
    let headers = request.signed(key, signature).headers();
    // Base58, hex and digits are valid in a header, so that none is left out.
    Ok(headers
        .into_iter()
        .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
        .collect())
}

fn erase_authority(headers: &HeaderMap) -> Option<Address> {
    headers
        .get(header::ERASE_AUTHORITY)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// The answer to `HEAD` has no body, so that the library's own length of it would be 0.
fn size(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
