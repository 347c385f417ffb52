//! What the handlers of documents have in common.

use axum::http::{HeaderMap, HeaderValue, header};
use generion_interface::store::{self, DocumentId};

use crate::{
    http::{error::ApiError, state::AppState},
    storage::metadata::{Metadata, PublishedDocument},
};

/// The metadata of a document that can be read.
pub async fn find_published(
    state: &AppState,
    document: DocumentId,
) -> Result<PublishedDocument, ApiError> {
    match state.documents.state(document).await? {
        Some(Metadata::Published(published)) => Ok(published),
        Some(Metadata::Erased) => Err(ApiError::Erased),
        None => Err(ApiError::NotFound),
    }
}

/// The header with the erase authority, which uploaders compare with theirs.
pub fn erase_authority_header(published: &PublishedDocument) -> (&'static str, String) {
    (
        store::header::ERASE_AUTHORITY,
        published.erase_authority.to_string(),
    )
}

/// The headers of a download of `length` bytes. They make browsers save the bytes, whatever the content is.
pub fn download_headers(
    document: DocumentId,
    published: &PublishedDocument,
    length: u64,
) -> HeaderMap {
    let disposition = format!("attachment; filename=\"{document}.age\"");
    let (authority, key) = erase_authority_header(published);
    let texts = [
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::HeaderName::from_static(authority), key),
    ];
    let fixed = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::ACCEPT_RANGES, "bytes"),
    ];
    // Hex, base58 and digits are valid in headers, so none is left out.
    texts
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .chain(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))))
        .collect()
}
