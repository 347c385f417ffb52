use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use generion_interface::store::{DOCUMENTS_PATH, DocumentId, ErrorCode};

use crate::{redact::redact, store::Store};

/// Logs and counts each request when its answer begins, and nothing that tells who sent it. Of the document's id it
/// keeps the first digits: enough for its owner to find the request again, too few to fetch anything.
pub async fn requests(State(store): State<Arc<Store>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let document = match tracing::enabled!(tracing::Level::INFO) {
        true => prefix(request.uri().path()),
        false => None,
    };
    let response = next.run(request).await;
    let code = response.extensions().get::<ErrorCode>().copied();
    let status = response.status().as_u16();
    let elapsed = start.elapsed();
    store.metrics.answered(&method, status, code, elapsed);
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

/// The start of the document's id; of other paths nothing, since anything may stand in them.
fn prefix(path: &str) -> Option<String> {
    let document: DocumentId = path.strip_prefix(DOCUMENTS_PATH)?.parse().ok()?;
    Some(redact(&document.to_string()))
}

/// Tells the operator what the outside is not told: the error with all its causes.
pub fn error(error: &(dyn std::error::Error + 'static)) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    tracing::error!("{}", redact(&text));
}
