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
mod protocol;
mod request;

pub use document_id::{DocumentId, InvalidDocumentId};
pub use error::{ErrorBody, ErrorCode};
pub use protocol::{
    DEFAULT_MAX_DOCUMENT_BYTES, DOCUMENTS_PATH, MAX_CLOCK_SKEW_SECONDS, NONCE_BYTES,
    SIGNATURE_DOMAIN, header,
};
pub use request::{
    HeaderError, InvalidNonce, Nonce, Operation, SignedRequest, StoreRequest, canonical_host,
};
