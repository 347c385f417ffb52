use std::{sync::Arc, time::Instant};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use generion_interface::store::{
    DOCUMENTS_PATH, DocumentId, InvalidDocumentId, MAX_CLOCK_SKEW_SECONDS, Operation,
    SignedRequest, canonical_host,
};

use crate::{
    allowlist::Admission, config::Clock, metrics::Metrics, refusal::Refusal, storage::Nonces,
    store::Store,
};

/// What every request for a document names: this store, by one of its names, and the document.
pub struct Target {
    host: String,
    pub document: DocumentId,
}

impl FromRequestParts<Arc<Store>> for Target {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, store: &Arc<Store>) -> Result<Self, Refusal> {
        let host = canonical_host(single(&parts.headers, "host").unwrap_or_default(), None);
        if !store.gate.hosts.contains(&host) {
            return Err(Refusal::WrongHost { host });
        }
        // Where the request names a whole URL, that counts for HTTP, and it must not name anything else.
        let uri = &parts.uri;
        let named = uri
            .authority()
            .map(|authority| canonical_host(authority.as_str(), None));
        if let Some(named) = named.filter(|named| *named != host) {
            return Err(Refusal::WrongHost { host: named });
        }
        // As it was sent: a document has one path, without percent-encoding and without a query.
        let document = uri.path().strip_prefix(DOCUMENTS_PATH);
        match (document, uri.query()) {
            (Some(document), None) => Ok(Self {
                host,
                document: document.parse()?,
            }),
            _ => Err(InvalidDocumentId.into()),
        }
    }
}

/// Lets signed requests pass, each once.
pub struct Gate {
    pub hosts: Vec<String>,
    pub clock: Clock,
    pub nonces: Nonces,
    pub admission: Admission,
}

impl Gate {
    /// The request as its signer signed it, if the signer may ask for this. Nothing is left behind.
    pub fn verify(
        &self,
        metrics: &Metrics,
        operation: Operation,
        target: &Target,
        headers: &HeaderMap,
    ) -> Result<SignedRequest, Refusal> {
        let lookup = |name| single(headers, name);
        let signed = SignedRequest::from_headers(operation, &target.host, target.document, lookup)?;
        let (now, time) = ((self.clock)(), signed.request.unix_time);
        if now.abs_diff(time) > MAX_CLOCK_SKEW_SECONDS {
            return Err(Refusal::OutsideTimeWindow { signed: time, now });
        }
        // `verify` is ed25519-dalek's `verify_strict`: no key of small order, under which one signature fits many
        // texts, and one encoding for each signature.
        let SignedRequest {
            signer, signature, ..
        } = &signed;
        let start = Instant::now();
        let is_valid = signature.verify(signer.as_ref(), signed.request.text().as_bytes());
        metrics.verified(start.elapsed());
        if !is_valid {
            return Err(Refusal::InvalidSignature { signer: *signer });
        }
        if operation == Operation::Upload && !self.admission.admits(signer) {
            return Err(Refusal::UploaderNotAllowed { uploader: *signer });
        }
        Ok(signed)
    }

    /// Refuses a request that was used up before, and leaves nothing behind.
    pub async fn refuse_used(&self, signed: &SignedRequest) -> Result<(), Refusal> {
        match self.nonces.has(signed).await? {
            true => Err(Refusal::NonceReused),
            false => Ok(()),
        }
    }

    /// Uses the request up, whatever comes of it from here on.
    pub async fn use_up(&self, signed: &SignedRequest) -> Result<(), Refusal> {
        match self.nonces.take(signed).await? {
            true => Ok(()),
            false => Err(Refusal::NonceReused),
        }
    }
}

/// A header's value, unless it is there more than once: which of them counts, we and a proxy might see differently.
fn single<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
