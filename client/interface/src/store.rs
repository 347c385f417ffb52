//! Requests to a document store (docs/PROTOCOL.md, section 7), on whose bytes client and server must agree.
//!
//! | request | answer |
//! | --- | --- |
//! | `PUT /v1/documents/{sha256}`, signed, ciphertext as body | 201 if it was published, 200 if the store had it already; [`header::ERASE_AUTHORITY`] names the key that may delete it |
//! | `GET /v1/documents/{sha256}`, one byte range allowed | 200 or 206 with the bytes, and [`header::ERASE_AUTHORITY`] |
//! | `HEAD /v1/documents/{sha256}` | as `GET`, without the bytes |
//! | `DELETE /v1/documents/{sha256}`, signed by the erase authority, no body | 204 |
//! | the same at `/v1/links/{expiry}/{sha256}`, `PUT` with [`header::LINK_NOTE`] | the same, of the file of a health link |
//! | `GET /v1/links`, signed by the erase authority | 200 with a [`LinkList`] |
//!
//! Every refusal has an [`ErrorBody`]. An uploader signs [`StoreRequest::text`] with its Ed25519 key and sends the result as
//! [`SignedRequest::headers`]. Nothing here holds a secret key or speaks HTTP.

mod document_id;
mod error;
mod file_id;
mod link_list;
mod protocol;
mod request;

pub use document_id::{DocumentId, InvalidDocumentId};
pub use error::{ErrorBody, ErrorCode};
pub use file_id::{FileId, InvalidLinkId, LinkId};
pub use link_list::{InvalidLinkNote, LinkList, LinkNote, ListedLink};
pub use protocol::{
    DEFAULT_MAX_DOCUMENT_BYTES, DOCUMENTS_PATH, LINK_LIST_PATH, LINKS_PATH, MAX_CLOCK_SKEW_SECONDS,
    MAX_LINK_BYTES, MAX_LINK_LIFETIME_SECONDS, MAX_LINK_NOTE_CHARACTERS, MAX_LINKS, NONCE_BYTES,
    SIGNATURE_DOMAIN, header,
};
pub use request::{
    HeaderError, InvalidNonce, Nonce, Operation, SignedRequest, StoreRequest, canonical_host,
};
