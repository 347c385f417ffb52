use std::sync::Arc;

use axum::{extract::State, http::HeaderMap};

use super::document::{download_headers, find_published};
use crate::http::{authentication::Target, error::ApiError, state::AppState};

/// `HEAD` of a document or of the file of a link: the headers of a `GET` of all of it.
pub async fn head(
    State(state): State<Arc<AppState>>,
    target: Target,
) -> Result<HeaderMap, ApiError> {
    let published = find_published(&state, target.file).await?;
    Ok(download_headers(target.file, &published, published.size))
}
