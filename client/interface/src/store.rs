//! Requests to a document store (docs/PROTOCOL.md, section 7), on whose bytes client and server must agree.
//!
//! | request | answer |
//! | --- | --- |
//! | `PUT /v1/documents/{sha256}`, signed, ciphertext as body | 201 if it was published, 200 if the store had it already; [`header::ERASE_AUTHORITY`] names the key that may delete it |
//! | `GET /v1/documents/{sha256}`, one byte range allowed | 200 or 206 with the bytes, and [`header::ERASE_AUTHORITY`] |
//! | `HEAD /v1/documents/{sha256}` | as `GET`, without the bytes |
//! | `DELETE /v1/documents/{sha256}`, signed by the erase authority, no body | 204 |
//!
//! Every refusal has an [`ErrorBody`]. An uploader signs [`StoreRequest::text`] with its Ed25519 key and sends the result as
//! [`SignedRequest::headers`]. Nothing here holds a secret key or speaks HTTP.

mod document_id;
mod error;
mod request;

pub use document_id::{DocumentId, InvalidDocumentId};
pub use error::{ErrorBody, ErrorCode};
pub use request::{
    HeaderError, InvalidNonce, Nonce, Operation, SignedRequest, StoreRequest, canonical_host,
};

/// First line of every signed request, so that the signature is not valid for any other purpose.
pub const SIGNATURE_DOMAIN: &str = "generion store v1";

/// Beginning of every document's path. The document's id follows.
pub const DOCUMENTS_PATH: &str = "/v1/documents/";

/// Largest difference between the time of a signed request and the store's clock, in seconds, in either direction.
pub const MAX_CLOCK_SKEW_SECONDS: u64 = 300;

/// Length of the number that makes each signed request unique, in bytes.
pub const NONCE_BYTES: usize = 16;

/// Default of the largest document that a store accepts, in bytes (1 GiB).
pub const DEFAULT_MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// Names of the HTTP headers, in lower case as in HTTP libraries.
pub mod header {
    /// Ed25519 public key that made the signature (base58).
    pub const SIGNER: &str = "generion-signer";
    /// Ed25519 signature over [`StoreRequest::text`](super::StoreRequest::text) (base58).
    pub const SIGNATURE: &str = "generion-signature";
    /// In a request, the key that shall be able to delete the document (base58). In an answer, the key that is able to.
    pub const ERASE_AUTHORITY: &str = "generion-erase-authority";
    /// Time of signing: whole seconds since 1970-01-01T00:00:00Z, in decimal.
    pub const TIME: &str = "generion-time";
    /// The request's nonce (32 lower-case hex digits).
    pub const NONCE: &str = "generion-nonce";
}
