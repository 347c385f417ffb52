use std::{sync::Arc, time::Instant};

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, request::Parts},
};
use generion_interface::store::{
    DocumentId, InvalidDocumentId, MAX_CLOCK_SKEW_SECONDS, Operation, SignedRequest, canonical_host,
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
        // It can only fail on percent-encoding that is not UTF-8, which no id needs.
        let Ok(Path(document)) = Path::<String>::from_request_parts(parts, store).await else {
            return Err(InvalidDocumentId.into());
        };
        let document = document.parse::<DocumentId>()?;
        Ok(Self { host, document })
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
    /// The request as its signer signed it. From here on it is used up, whatever comes of it.
    ///
    /// Who may not upload leaves nothing behind, not even a nonce.
    pub async fn admit(
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
        if !self.nonces.take(&signed).await? {
            return Err(Refusal::NonceReused);
        }
        Ok(signed)
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
