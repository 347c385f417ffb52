//! The log of requests.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use generion_http_server::redact::redact;
use generion_interface::store::{DOCUMENTS_PATH, DocumentId, ErrorCode, LINKS_PATH, LinkId};

use super::metrics::Metrics;

/// Logs and counts each request when its answer begins, without anything that identifies the client. A query is never
/// logged: that of a link names who reads it.
///
/// Of the file's hash it logs the first digits: enough for its owner to recognize the request, too few to download
/// the document.
pub async fn log_request(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let document = match tracing::enabled!(tracing::Level::INFO) {
        true => document_prefix(request.uri().path()),
        false => None,
    };
    let response = next.run(request).await;
    let code = response.extensions().get::<ErrorCode>().copied();
    let status = response.status().as_u16();
    let elapsed = start.elapsed();
    metrics.count_answer(&method, status, code, elapsed);
    tracing::info!(
        %method,
        document,
        status,
        code = code.map(|code| code.as_str()),
        milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

/// The first digits of the hash of a document or of a link's file. Other paths are not logged, because they may contain anything.
fn document_prefix(path: &str) -> Option<String> {
    let hash = match path.strip_prefix(LINKS_PATH) {
        Some(link) => hex::encode(link.parse::<LinkId>().ok()?.sha256),
        None => {
            let document: DocumentId = path.strip_prefix(DOCUMENTS_PATH)?.parse().ok()?;
            document.to_string()
        }
    };
    Some(redact(&hash))
}
