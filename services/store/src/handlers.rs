//! The handlers, one a file, and what the answers of several have in common.

mod delete;
mod get;
mod head;
mod health;
mod put;

use axum::http::{HeaderMap, HeaderValue, header};
use generion_interface::store::{self, DocumentId};

pub use self::{
    delete::delete,
    get::get,
    head::head,
    health::{health, metrics, ready},
    put::put,
};
use crate::{
    refusal::Refusal,
    storage::{Published, Record},
    store::Store,
};

/// The document, if it is there.
async fn published(store: &Store, document: DocumentId) -> Result<Published, Refusal> {
    match store.documents.state(document).await? {
        Some(Record::Published(published)) => Ok(published),
        Some(Record::Erased) => Err(Refusal::Erased),
        None => Err(Refusal::NotFound),
    }
}

/// Who may delete the document, for the uploader to compare.
fn authority(published: &Published) -> (&'static str, String) {
    (
        store::header::ERASE_AUTHORITY,
        published.erase_authority.to_string(),
    )
}

/// The headers of a document's bytes: a browser is to save them, whatever they look like.
fn document_headers(document: DocumentId, published: &Published, length: u64) -> HeaderMap {
    let disposition = format!("attachment; filename=\"{document}.age\"");
    let (authority, key) = authority(published);
    let texts = [
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::HeaderName::from_static(authority), key),
    ];
    let fixed = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::ACCEPT_RANGES, "bytes"),
    ];
    // Hex, base58 and digits are valid in a header, so that none is left out.
    texts
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .chain(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))))
        .collect()
}
