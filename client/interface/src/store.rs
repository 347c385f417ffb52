//! Requests to a document store (protocol section 7): what client and server must agree on to the byte.
//!
//! | request | answer |
//! | --- | --- |
//! | `PUT /v1/documents/{sha256}`, signed, ciphertext as body | 201 when it was published, 200 when it was there already; [`header::ERASE_AUTHORITY`] tells who may delete it |
//! | `GET /v1/documents/{sha256}`, one byte range allowed | 200 or 206 with the bytes, and [`header::ERASE_AUTHORITY`] |
//! | `HEAD /v1/documents/{sha256}` | as `GET`, without the bytes |
//! | `DELETE /v1/documents/{sha256}`, signed by the erase authority, no body | 204 |
//!
//! Every refusal carries an [`ErrorBody`]. An uploader signs [`StoreRequest::text`] with its Ed25519 key and sends the
//! result as [`SignedRequest::headers`]; nothing here holds a secret key or speaks HTTP.

mod document_id;
mod error;
mod request;

pub use document_id::{DocumentId, InvalidDocumentId};
pub use error::{ErrorBody, ErrorCode};
pub use request::{
    HeaderError, InvalidNonce, Nonce, Operation, SignedRequest, StoreRequest, canonical_host,
};

/// First line of every signed request, which keeps the signature from meaning anything elsewhere.
pub const SIGNATURE_DOMAIN: &str = "generion store v1";

/// What every document's path starts with; its id follows.
pub const DOCUMENTS_PATH: &str = "/v1/documents/";

/// How far the time of a signed request and the store's clock may be apart, in seconds, in either direction.
pub const MAX_CLOCK_SKEW_SECONDS: u64 = 300;

/// Length of the number that makes each signed request unique, in bytes.
pub const NONCE_BYTES: usize = 16;

/// The largest document that a store takes unless its operator sets another limit, in bytes (1 GiB).
pub const DEFAULT_MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// Names of the HTTP headers, in the lower case that HTTP libraries keep them in.
pub mod header {
    /// Ed25519 public key that made the signature (base58).
    pub const SIGNER: &str = "generion-signer";
    /// Ed25519 signature over [`StoreRequest::text`](super::StoreRequest::text) (base58).
    pub const SIGNATURE: &str = "generion-signature";
    /// In a request: who shall be able to delete the document (base58). In an answer: who is able to.
    pub const ERASE_AUTHORITY: &str = "generion-erase-authority";
    /// When the request was signed: whole seconds since 1970-01-01T00:00:00Z, in decimal.
    pub const TIME: &str = "generion-time";
    /// The request's nonce (32 lower-case hex digits).
    pub const NONCE: &str = "generion-nonce";
}
