use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};
use generion_interface::store::{DOCUMENTS_PATH, DocumentId, ErrorCode};

/// Digits of a document's id that are enough to find it again, and too few to fetch it.
const PREFIX: usize = 8;

/// Logs each request when its answer begins, and nothing that tells who sent it or which document it was for.
pub async fn requests(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let document = prefix(request.uri().path());
    let response = next.run(request).await;
    let code = response.extensions().get::<ErrorCode>();
    tracing::info!(
        %method,
        document,
        status = response.status().as_u16(),
        code = code.map(|code| code.as_str()),
        milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

/// The start of the document's id; of other paths nothing, since anything may stand in them.
fn prefix(path: &str) -> Option<String> {
    let document: DocumentId = path.strip_prefix(DOCUMENTS_PATH)?.parse().ok()?;
    Some(document.to_string()[..PREFIX].to_owned())
}
