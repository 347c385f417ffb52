use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::TryStreamExt;

use super::{document_headers, published};
use crate::{auth::Target, range, refusal::Refusal, store::Store};

/// `GET /v1/documents/{sha256}`: the document, or one range of its bytes.
pub async fn get(
    State(store): State<Arc<Store>>,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = target.document;
    let published = published(&store, document).await?;
    let size = published.size;
    let part = range::requested(&headers, size)?;
    let range = part.clone().unwrap_or(0..size);
    let length = range.end - range.start;
    let Some(bytes) = store.documents.read(document, &published, range).await? else {
        return Err(Refusal::Erased);
    };

    let sent = store.metrics.sent.clone();
    let bytes = bytes.inspect_ok(move |bytes| {
        sent.inc_by(bytes.len() as u64);
    });

    let mut headers = document_headers(document, &published, length);
    let status = match part {
        None => StatusCode::OK,
        Some(part) => {
            let value = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            headers.extend(HeaderValue::try_from(value).map(|v| (header::CONTENT_RANGE, v)));
            StatusCode::PARTIAL_CONTENT
        }
    };
    Ok((status, headers, Body::from_stream(bytes)).into_response())
}
