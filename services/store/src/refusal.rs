use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use generion_interface::store::{
    DocumentId, ErrorBody, ErrorCode, HeaderError, InvalidDocumentId, MAX_CLOCK_SKEW_SECONDS,
};
use solana_address::Address;
use thiserror::Error;

use crate::{log, storage::StorageError};

/// Why a request is not carried out, in words that the outside may read.
#[derive(Debug, Error)]
pub enum Refusal {
    #[error("{0}")]
    InvalidDocumentId(#[from] InvalidDocumentId),
    #[error(
        "this store does not answer to the name {host:?}: use its own URL, or have its operator name it with --host"
    )]
    WrongHost { host: String },
    #[error("{0}: sign the request (protocol section 7)")]
    Headers(#[from] HeaderError),
    #[error(
        "{signer} did not sign this request: sign method, path, host and headers as they are sent"
    )]
    InvalidSignature { signer: Address },
    #[error(
        "the request was signed at {signed}, the store's clock shows {now}, more than {MAX_CLOCK_SKEW_SECONDS} s apart: set the clock and sign again"
    )]
    OutsideTimeWindow { signed: u64, now: u64 },
    #[error("this request was sent before: sign again with a new nonce")]
    NonceReused,
    #[error("only {erase_authority} deletes this document")]
    NotEraseAuthority { erase_authority: Address },
    #[error("a deletion has no body: send none")]
    UnexpectedBody,
    #[error("the document is larger than the {max} bytes that this store takes")]
    TooLarge { max: u64 },
    #[error("the SHA-256 of the body is {found}, not the path's: send the bytes that were signed")]
    HashMismatch { found: DocumentId },
    #[error("the body ended after {received} bytes, before it was complete: send it again")]
    UploadInterrupted { received: u64 },
    #[error("nothing more came after {received} bytes: send the document again")]
    UploadStalled { received: u64 },
    #[error(
        "only {received} bytes came, fewer than {min_rate} a second: send the document again over a faster connection"
    )]
    UploadTooSlow { received: u64, min_rate: u64 },
    #[error("{uploader} is not on this store's list of uploaders: ask its operator")]
    UploaderNotAllowed { uploader: Address },
    #[error(
        "the uploader's {max} documents are used up: delete some, or ask the store's operator for more"
    )]
    TooManyDocuments { max: u64 },
    #[error(
        "the uploader's {max} bytes would be exceeded: delete documents, or ask the store's operator for more"
    )]
    TooManyBytes { max: u64 },
    #[error("this store has no such document")]
    NotFound,
    #[error("the document was deleted by its owner and is not taken again")]
    Erased,
    #[error("the document has {size} bytes, and none in this range")]
    RangeNotSatisfiable { size: u64 },
    #[error("there is nothing at this path: documents are at /v1/documents/{{sha256}}")]
    UnknownPath,
    #[error("documents know GET, HEAD, PUT and DELETE")]
    MethodNotAllowed,
    #[error("the store has its hands full: try again in a moment")]
    Busy,
    #[error("the store failed, and its operator's log says why: try again later")]
    Storage(#[from] StorageError),
    #[error("the store failed, and its operator's log says why: try again later")]
    Aborted(#[from] tokio::task::JoinError),
}

impl Refusal {
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidDocumentId(_) => ErrorCode::InvalidDocumentId,
            Self::WrongHost { .. } => ErrorCode::WrongHost,
            Self::Headers(HeaderError::Missing(_)) => ErrorCode::NotSigned,
            Self::Headers(HeaderError::Malformed { .. }) => ErrorCode::MalformedHeader,
            Self::InvalidSignature { .. } => ErrorCode::InvalidSignature,
            Self::OutsideTimeWindow { .. } => ErrorCode::OutsideTimeWindow,
            Self::NonceReused => ErrorCode::NonceReused,
            Self::NotEraseAuthority { .. } => ErrorCode::NotEraseAuthority,
            Self::UnexpectedBody => ErrorCode::UnexpectedBody,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::HashMismatch { .. } => ErrorCode::HashMismatch,
            Self::UploadInterrupted { .. } => ErrorCode::UploadInterrupted,
            Self::UploadStalled { .. } => ErrorCode::UploadStalled,
            Self::UploadTooSlow { .. } => ErrorCode::UploadTooSlow,
            Self::UploaderNotAllowed { .. } => ErrorCode::UploaderNotAllowed,
            Self::TooManyDocuments { .. } | Self::TooManyBytes { .. } => ErrorCode::QuotaExceeded,
            Self::NotFound => ErrorCode::NotFound,
            Self::Erased => ErrorCode::Erased,
            Self::RangeNotSatisfiable { .. } => ErrorCode::RangeNotSatisfiable,
            Self::UnknownPath => ErrorCode::UnknownPath,
            Self::MethodNotAllowed => ErrorCode::MethodNotAllowed,
            Self::Busy => ErrorCode::Busy,
            Self::Storage(error) if error.is_full() => ErrorCode::StorageFull,
            Self::Storage(_) | Self::Aborted(_) => ErrorCode::Internal,
        }
    }

    /// The header that HTTP wants with some statuses (RFC 9110).
    fn header(&self, code: ErrorCode) -> Option<(header::HeaderName, HeaderValue)> {
        match self {
            Self::RangeNotSatisfiable { size } => {
                let value = HeaderValue::try_from(format!("bytes */{size}")).ok()?;
                Some((header::CONTENT_RANGE, value))
            }
            Self::Busy => Some((header::RETRY_AFTER, HeaderValue::from_static("1"))),
            _ if code.http_status() == 401 => Some((
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Generion"),
            )),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = self.code();
        let message = match &self {
            Self::Storage(error) if error.is_full() => {
                log::error(error);
                "the store has no room left: its operator has to make some".to_owned()
            }
            Self::Storage(error) => {
                log::error(error);
                self.to_string()
            }
            Self::Aborted(error) => {
                log::error(error);
                self.to_string()
            }
            _ => self.to_string(),
        };
        // Every code's status is a literal of the protocol, and valid.
        let status =
            StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let header = self.header(code);
        let mut response = (status, Json(ErrorBody { code, message })).into_response();
        response.headers_mut().extend(header);
        response.extensions_mut().insert(code);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use object_store::{Error, path::Path};

    use super::*;

    fn failed(kind: io::ErrorKind) -> Refusal {
        let source = Error::Generic {
            store: "test",
            source: Box::new(io::Error::from(kind)),
        };
        let path = Path::from("blobs/x");
        Refusal::Storage(StorageError::Object {
            action: "write",
            path,
            source,
        })
    }

    #[test]
    fn a_full_disk_has_a_code_of_its_own() {
        for kind in [
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
        ] {
            assert_eq!(failed(kind).code(), ErrorCode::StorageFull);
        }
    }

    #[test]
    fn other_failures_are_told_to_the_operator_only() {
        let refusal = failed(io::ErrorKind::PermissionDenied);
        assert_eq!(refusal.code(), ErrorCode::Internal);
        assert!(!refusal.to_string().contains("blobs"));
        assert!(!refusal.to_string().contains("denied"));
    }
}
