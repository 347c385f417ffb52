//! Errors of requests, and the answers that clients get.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use generion_interface::store::{
    ErrorBody, ErrorCode, HeaderError, InvalidDocumentId, InvalidLinkId, InvalidLinkNote,
    MAX_CLOCK_SKEW_SECONDS, MAX_LINK_LIFETIME_SECONDS, MAX_LINKS,
};
use solana_address::Address;
use thiserror::Error;

use crate::{log, quota::QuotaError, storage::error::StorageError};

/// Why a request failed. Clients see the messages, so they contain no internal details.
#[derive(Debug, Error)]
pub enum ApiError {
    #[error(transparent)]
    InvalidDocumentId(#[from] InvalidDocumentId),
    #[error(transparent)]
    InvalidLinkId(#[from] InvalidLinkId),
    #[error(
        "the link's expiry is {expiry}, but the store's clock shows {now}: choose a later second, at most {} days ahead",
        MAX_LINK_LIFETIME_SECONDS / (24 * 3600)
    )]
    InvalidExpiry { expiry: u64, now: u64 },
    #[error("header generion-link-note: {0}")]
    LinkNote(InvalidLinkNote),
    #[error(
        "this store does not answer to the name {host:?}: use the store's own URL, or ask its operator to add the name with --host"
    )]
    WrongHost { host: String },
    #[error("sign the request as protocol section 7 says")]
    Headers(#[from] HeaderError),
    #[error(
        "the signature of {signer} does not match this request: sign the method, path, host and headers as they are sent"
    )]
    InvalidSignature { signer: Address },
    #[error(
        "the request was signed at {signed}, but the store's clock shows {now}, which is more than {MAX_CLOCK_SKEW_SECONDS} s apart: set the clock and sign again"
    )]
    OutsideTimeWindow { signed: u64, now: u64 },
    #[error("this request was accepted before: sign again with a new nonce")]
    NonceReused,
    #[error("only {erase_authority} may delete this document")]
    NotEraseAuthority { erase_authority: Address },
    /// Without the key, which those who have the link should not learn.
    #[error("only the link's erase authority may delete the link, or upload it again")]
    NotLinkAuthority,
    #[error("sign the list with the key whose links it has: {erase_authority}")]
    NotListAuthority { erase_authority: Address },
    #[error(
        "this erase authority has {MAX_LINKS} links already: erase some, or wait until they expire"
    )]
    TooManyLinks,
    #[error("a DELETE request must not have a body")]
    UnexpectedBody,
    #[error("the file is larger than the {max} bytes that this store accepts")]
    TooLarge { max: u64 },
    #[error(
        "the SHA-256 of the body is {found}, not the hash in the path: send the bytes whose hash was signed"
    )]
    HashMismatch { found: String },
    #[error(
        "the body ended after {received} bytes, before it was complete: send the document again"
    )]
    UploadInterrupted { received: u64 },
    #[error("no more data arrived after {received} bytes: send the document again")]
    UploadStalled { received: u64 },
    #[error(
        "only {received} bytes arrived, fewer than {min_rate} per second: send the document again over a faster connection"
    )]
    UploadTooSlow { received: u64, min_rate: u64 },
    #[error(
        "{uploader} is not on this store's list of uploaders: ask the store's operator to add it"
    )]
    UploaderNotAllowed { uploader: Address },
    #[error(
        "the uploader has reached the limit of {max} documents: delete some, or ask the store's operator for more"
    )]
    TooManyDocuments { max: u64 },
    #[error(
        "this document would exceed the uploader's limit of {max} bytes: delete documents, or ask the store's operator for more"
    )]
    TooManyBytes { max: u64 },
    #[error("this store has no such document")]
    NotFound,
    #[error("this store has no such link: it has expired, or its owner has revoked it")]
    NoLink,
    #[error("the document was deleted by its owner and can't be uploaded again")]
    Erased,
    #[error("the requested range lies outside the document, which has {size} bytes")]
    RangeNotSatisfiable { size: u64 },
    #[error(
        "there is nothing at this path: documents are at /v1/documents/{{sha256}}, links at /v1/links/{{expiry}}/{{sha256}}"
    )]
    UnknownPath,
    #[error(
        "documents and links support only GET, HEAD, PUT and DELETE, the list of links only GET"
    )]
    MethodNotAllowed,
    #[error("the store is busy: try again in a moment")]
    Busy,
    #[error(
        "an internal error occurred, and the log of the store's operator has the reason: try again later"
    )]
    Storage(#[from] StorageError),
    #[error(
        "an internal error occurred, and the log of the store's operator has the reason: try again later"
    )]
    Aborted(#[from] tokio::task::JoinError),
}

impl From<QuotaError> for ApiError {
    fn from(error: QuotaError) -> Self {
        match error {
            QuotaError::TooManyUploads => Self::Busy,
            QuotaError::TooManyDocuments { max } => Self::TooManyDocuments { max },
            QuotaError::TooManyBytes { max } => Self::TooManyBytes { max },
            QuotaError::Storage(error) => Self::Storage(error),
        }
    }
}

impl ApiError {
    /// The code of the error in the protocol.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidDocumentId(_) => ErrorCode::InvalidDocumentId,
            Self::InvalidLinkId(_) => ErrorCode::InvalidLink,
            Self::InvalidExpiry { .. } => ErrorCode::InvalidExpiry,
            Self::WrongHost { .. } => ErrorCode::WrongHost,
            Self::Headers(HeaderError::Missing(_)) => ErrorCode::NotSigned,
            Self::Headers(HeaderError::Malformed { .. }) | Self::LinkNote(_) => {
                ErrorCode::MalformedHeader
            }
            Self::InvalidSignature { .. } => ErrorCode::InvalidSignature,
            Self::OutsideTimeWindow { .. } => ErrorCode::OutsideTimeWindow,
            Self::NonceReused => ErrorCode::NonceReused,
            Self::NotEraseAuthority { .. }
            | Self::NotLinkAuthority
            | Self::NotListAuthority { .. } => ErrorCode::NotEraseAuthority,
            Self::TooManyLinks => ErrorCode::TooManyLinks,
            Self::UnexpectedBody => ErrorCode::UnexpectedBody,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::HashMismatch { .. } => ErrorCode::HashMismatch,
            Self::UploadInterrupted { .. } => ErrorCode::UploadInterrupted,
            Self::UploadStalled { .. } => ErrorCode::UploadStalled,
            Self::UploadTooSlow { .. } => ErrorCode::UploadTooSlow,
            Self::UploaderNotAllowed { .. } => ErrorCode::UploaderNotAllowed,
            Self::TooManyDocuments { .. } | Self::TooManyBytes { .. } => ErrorCode::QuotaExceeded,
            Self::NotFound | Self::NoLink => ErrorCode::NotFound,
            Self::Erased => ErrorCode::Erased,
            Self::RangeNotSatisfiable { .. } => ErrorCode::RangeNotSatisfiable,
            Self::UnknownPath => ErrorCode::UnknownPath,
            Self::MethodNotAllowed => ErrorCode::MethodNotAllowed,
            Self::Busy => ErrorCode::Busy,
            Self::Storage(error) if error.is_full() => ErrorCode::StorageFull,
            Self::Storage(_) | Self::Aborted(_) => ErrorCode::Internal,
        }
    }

    /// The header that HTTP requires with some statuses (RFC 9110).
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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.code();
        let message = match &self {
            Self::Storage(error) if error.is_full() => {
                log::error(error);
                "the store's disk is full: ask its operator to make room".to_owned()
            }
            Self::Storage(error) => {
                log::error(error);
                self.to_string()
            }
            Self::Aborted(error) => {
                log::error(error);
                self.to_string()
            }
            Self::Headers(source) => format!("{self}: {source}"),
            _ => self.to_string(),
        };
        // The statuses are constants of the protocol, all of them valid.
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

    fn failed(kind: io::ErrorKind) -> ApiError {
        let source = Error::Generic {
            store: "test",
            source: Box::new(io::Error::from(kind)),
        };
        let path = Path::from("blobs/x");
        ApiError::Storage(StorageError::Object {
            action: "write",
            path,
            source,
        })
    }

    #[test]
    fn a_full_disk_has_its_own_code() {
        for kind in [
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
        ] {
            assert_eq!(failed(kind).code(), ErrorCode::StorageFull);
        }
    }

    #[test]
    fn clients_see_no_details_of_other_failures() {
        let error = failed(io::ErrorKind::PermissionDenied);
        assert_eq!(error.code(), ErrorCode::Internal);
        assert!(!error.to_string().contains("blobs"));
        assert!(!error.to_string().contains("denied"));
    }
}
