use std::sync::Arc;

use axum::{extract::State, http::HeaderMap};

use super::document::{download_headers, find_published};
use crate::http::{authentication::Target, error::ApiError, state::AppState};

/// `HEAD /v1/documents/{sha256}`: the headers of a `GET` of the whole document.
pub async fn head(
    State(state): State<Arc<AppState>>,
    target: Target,
) -> Result<HeaderMap, ApiError> {
    let published = find_published(&state, target.document).await?;
    Ok(download_headers(
        target.document,
        &published,
        published.size,
    ))
}
