//! Authentication of requests: the target that they name, and the signer of those that change something.

use std::time::Instant;

use axum::http::{HeaderMap, Method, Uri};
use generion_interface::store::{
    DOCUMENTS_PATH, FileId, InvalidDocumentId, InvalidLinkId, LINK_LIST_PATH, LINKS_PATH, LinkNote,
    MAX_CLOCK_SKEW_SECONDS, Operation, SignedRequest, canonical_host, header,
};

use super::{allowlist::Allowlist, error::ApiError, metrics::Metrics};
use crate::{clock::Clock, storage::nonces::Nonces};

/// The store and the file that a request names.
pub struct Target {
    pub host: String,
    pub file: FileId,
}

/// Accepts signed requests, each once.
pub struct Authenticator {
    /// The names that the store answers to, as in a `Host` header.
    pub hosts: Vec<String>,
    pub clock: Clock,
    pub nonces: Nonces,
    /// The wallets that may upload, or `None` if everybody may.
    pub allowlist: Option<Allowlist>,
}

impl Authenticator {
    /// The target of a request, if the request names this store and a file.
    pub fn target(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Target, ApiError> {
        let host = self.host(uri, headers)?;
        // The path is compared as it was sent: a file has one path, without percent-encoding. Only those who read a link
        // may add a query, because the specification of health links has them send their name in it.
        let path = uri.path();
        let is_reading = matches!(*method, Method::GET | Method::HEAD);
        if let Some(link) = path.strip_prefix(LINKS_PATH) {
            return match uri.query().is_none() || is_reading {
                true => Ok(Target {
                    host,
                    file: FileId::Link(link.parse()?),
                }),
                false => Err(InvalidLinkId.into()),
            };
        }
        match (path.strip_prefix(DOCUMENTS_PATH), uri.query()) {
            (Some(document), None) => Ok(Target {
                host,
                file: FileId::Document(document.parse()?),
            }),
            _ => Err(InvalidDocumentId.into()),
        }
    }

    /// The store that a request for the list of links names.
    pub fn list_target(&self, uri: &Uri, headers: &HeaderMap) -> Result<String, ApiError> {
        let host = self.host(uri, headers)?;
        match uri.path() == LINK_LIST_PATH && uri.query().is_none() {
            true => Ok(host),
            false => Err(InvalidLinkId.into()),
        }
    }

    /// The name by which a request calls this store.
    fn host(&self, uri: &Uri, headers: &HeaderMap) -> Result<String, ApiError> {
        let host = canonical_host(single(headers, "host").unwrap_or_default(), None);
        if !self.hosts.contains(&host) {
            return Err(ApiError::WrongHost { host });
        }
        // HTTP prefers the host of an absolute URL over the header, so it must not name another store.
        let named = uri
            .authority()
            .map(|authority| canonical_host(authority.as_str(), None));
        if let Some(named) = named.filter(|named| *named != host) {
            return Err(ApiError::WrongHost { host: named });
        }
        Ok(host)
    }

    /// Checks the time and the signature of a request, and whether the signer is allowed to upload. Stores nothing.
    pub fn verify(
        &self,
        metrics: &Metrics,
        operation: Operation,
        host: &str,
        headers: &HeaderMap,
    ) -> Result<SignedRequest, ApiError> {
        let lookup = |name| single(headers, name);
        let signed = SignedRequest::from_headers(operation, host, lookup)?;
        let (now, time) = ((self.clock)(), signed.request.unix_time);
        if now.abs_diff(time) > MAX_CLOCK_SKEW_SECONDS {
            return Err(ApiError::OutsideTimeWindow { signed: time, now });
        }
        // `verify` is ed25519-dalek's `verify_strict`: it refuses keys of small order, under which one signature is
        // valid for many texts, and accepts one encoding of each signature.
        let SignedRequest {
            signer, signature, ..
        } = &signed;
        let start = Instant::now();
        let is_valid = signature.verify(signer.as_ref(), signed.request.text().as_bytes());
        metrics.add_verifying_time(start.elapsed());
        if !is_valid {
            return Err(ApiError::InvalidSignature { signer: *signer });
        }
        let is_allowed = |list: &Allowlist| list.contains(signer);
        let is_upload = matches!(operation, Operation::Upload(_));
        if is_upload && !self.allowlist.as_ref().is_none_or(is_allowed) {
            return Err(ApiError::UploaderNotAllowed { uploader: *signer });
        }
        Ok(signed)
    }

    /// The note in the upload of a link.
    pub fn note(&self, headers: &HeaderMap) -> Result<LinkNote, ApiError> {
        let note = single(headers, header::LINK_NOTE).unwrap_or_default();
        note.parse().map_err(ApiError::LinkNote)
    }

    /// Refuses a request that was accepted before. Stores nothing.
    pub async fn refuse_replay(&self, signed: &SignedRequest) -> Result<(), ApiError> {
        match self.nonces.contains(signed).await? {
            true => Err(ApiError::NonceReused),
            false => Ok(()),
        }
    }

    /// Accepts the request, and refuses it from now on, whatever its outcome is.
    pub async fn consume(&self, signed: &SignedRequest) -> Result<(), ApiError> {
        match self.nonces.consume(signed).await? {
            true => Ok(()),
            false => Err(ApiError::NonceReused),
        }
    }
}

/// The value of a header, unless the header occurs more than once: the store and a proxy could choose different values.
fn single<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
