use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::TryStreamExt;

use super::document::{download_headers, gone, missing, require_live};
use crate::{
    http::{authentication::Target, error::ApiError, range, state::AppState},
    storage::documents::{DocumentBytes, Found},
};

/// `GET /v1/documents/{sha256}` and `GET /v1/links/{expiry}/{sha256}`: returns the file, or a range of its bytes.
pub async fn get(
    State(state): State<Arc<AppState>>,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = target.file;
    require_live(&state, file)?;
    let readable = match state.documents.find(file).await? {
        Some(Found::Readable(readable)) => readable,
        Some(Found::Erased) => return Err(gone(file)),
        None => return Err(missing(file)),
    };
    let (published, is_cached) = (readable.published, readable.is_cached());
    let size = published.size;
    let part = range::requested(&headers, size)?;
    let range = part.clone().unwrap_or(0..size);
    let length = range.end - range.start;
    let sent = state.metrics.sent.clone();
    let body = match state.documents.read(readable, range).await? {
        None => return Err(gone(file)),
        Some(DocumentBytes::Whole(bytes)) => {
            state.metrics.from_memory.inc_by(u64::from(is_cached));
            sent.inc_by(length);
            Body::from(bytes)
        }
        Some(DocumentBytes::Stream(bytes)) => Body::from_stream(bytes.inspect_ok(move |bytes| {
            sent.inc_by(bytes.len() as u64);
        })),
    };

    let mut headers = download_headers(file, &published, length);
    let status = match part {
        None => StatusCode::OK,
        Some(part) => {
            let value = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            headers.extend(HeaderValue::try_from(value).map(|v| (header::CONTENT_RANGE, v)));
            StatusCode::PARTIAL_CONTENT
        }
    };
    Ok((status, headers, body).into_response())
}
