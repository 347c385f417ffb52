use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::TryStreamExt;

use super::document_headers;
use crate::{
    auth::Target,
    range,
    refusal::Refusal,
    storage::{self, Found},
    store::Store,
};

/// `GET /v1/documents/{sha256}`: the document, or one range of its bytes.
pub async fn get(
    State(store): State<Arc<Store>>,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = target.document;
    let readable = match store.documents.find(document).await? {
        Some(Found::Readable(readable)) => readable,
        Some(Found::Erased) => return Err(Refusal::Erased),
        None => return Err(Refusal::NotFound),
    };
    let (published, in_memory) = (readable.published, readable.is_in_memory());
    let size = published.size;
    let part = range::requested(&headers, size)?;
    let range = part.clone().unwrap_or(0..size);
    let length = range.end - range.start;
    let sent = store.metrics.sent.clone();
    let body = match store.documents.read(readable, range).await? {
        None => return Err(Refusal::Erased),
        Some(storage::Body::Bytes(bytes)) => {
            store.metrics.from_memory.inc_by(u64::from(in_memory));
            sent.inc_by(length);
            Body::from(bytes)
        }
        Some(storage::Body::Stream(bytes)) => Body::from_stream(bytes.inspect_ok(move |bytes| {
            sent.inc_by(bytes.len() as u64);
        })),
    };

    let mut headers = document_headers(document, &published, length);
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
