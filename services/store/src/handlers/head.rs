use std::sync::Arc;

use axum::{extract::State, http::HeaderMap};

use super::{document_headers, published};
use crate::{auth::Target, refusal::Refusal, store::Store};

/// `HEAD /v1/documents/{sha256}`: the headers that `GET` would send for the whole document.
pub async fn head(State(store): State<Arc<Store>>, target: Target) -> Result<HeaderMap, Refusal> {
    let published = published(&store, target.document).await?;
    Ok(document_headers(
        target.document,
        &published,
        published.size,
    ))
}
