//! The common parts of the handlers of documents and links.

use axum::http::{HeaderMap, HeaderValue, header};
use generion_interface::store::{self, FileId};

use crate::{
    http::{error::ApiError, state::AppState},
    storage::metadata::{Metadata, PublishedFile},
};

/// The metadata of a file that can be read.
pub async fn find_published(state: &AppState, file: FileId) -> Result<PublishedFile, ApiError> {
    require_live(state, file)?;
    match state.documents.state(file).await? {
        Some(Metadata::Published(published)) => Ok(published),
        Some(Metadata::Erased) => Err(gone(file)),
        None => Err(missing(file)),
    }
}

/// Refuses a link that has expired. It may still be in the storage.
pub fn require_live(state: &AppState, file: FileId) -> Result<(), ApiError> {
    match file {
        FileId::Link(link) if link.expiry <= (state.authenticator.clock)() => Err(ApiError::NoLink),
        _ => Ok(()),
    }
}

/// The refusal of a file that the store does not have.
pub fn missing(file: FileId) -> ApiError {
    match file {
        FileId::Document(_) => ApiError::NotFound,
        FileId::Link(_) => ApiError::NoLink,
    }
}

/// The refusal of a file that was deleted. Of a link nobody learns whether it was.
pub fn gone(file: FileId) -> ApiError {
    match file {
        FileId::Document(_) => ApiError::Erased,
        FileId::Link(_) => ApiError::NoLink,
    }
}

/// The header with the erase authority, which uploaders compare with theirs.
pub fn erase_authority_header(published: &PublishedFile) -> (&'static str, String) {
    (
        store::header::ERASE_AUTHORITY,
        published.erase_authority.to_string(),
    )
}

/// The headers of a download of `length` bytes. They make browsers save the bytes, whatever the content is.
pub fn download_headers(file: FileId, published: &PublishedFile, length: u64) -> HeaderMap {
    let hash = hex::encode(file.sha256());
    let (extension, content_type) = match file {
        FileId::Document(_) => ("age", "application/octet-stream"),
        FileId::Link(_) => ("jose", "application/jose"),
    };
    let disposition = format!("attachment; filename=\"{hash}.{extension}\"");
    let mut texts = vec![
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    // A reader of a link must not learn its owner.
    if file.link().is_none() {
        let (authority, key) = erase_authority_header(published);
        texts.push((header::HeaderName::from_static(authority), key));
    }
    let fixed = [
        (header::CONTENT_TYPE, content_type),
        (header::ACCEPT_RANGES, "bytes"),
    ];
    // Hex, base58 and digits are valid in headers, so none is left out.
    texts
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .chain(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))))
        .collect()
}
