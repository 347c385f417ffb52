//! Answers requests, with the headers of the operator's guide.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::files::Files;

/// Headers of every answer, beside its type, the policy and the age.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(), microphone=(), publickey-credentials-create=(self), \
         publickey-credentials-get=(self)",
    ),
];
/// The build names each of these files by a hash of its content.
const HASHED: &str = "assets/";
/// The worker that reads the PDF documents of strangers: it loads its own decoders, and may connect to nobody.
const PDF_WORKER: (&str, &str) = (
    "assets/pdf-worker-",
    "default-src 'none'; script-src 'self'",
);

struct App {
    files: Files,
    policy: String,
}

/// Serves these files.
pub fn router(files: Files) -> Router {
    // A page can't forbid frames around itself by an element of its own.
    let policy = format!("{}; frame-ancestors 'none'", files.policy());
    Router::new()
        .fallback(get(answer))
        .with_state(Arc::new(App { files, policy }))
}

async fn answer(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some((path, bytes)) = app.files.find(request.uri().path()) else {
        return (HEADERS, StatusCode::NOT_FOUND).into_response();
    };
    let age = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let policy = if path.starts_with(PDF_WORKER.0) {
        PDF_WORKER.1
    } else {
        &app.policy
    };
    let own = [
        (header::CONTENT_TYPE, media_type(path)),
        (header::CACHE_CONTROL, age),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (HEADERS, own, bytes).into_response()
}

/// The media type of a file of the app.
fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css",
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript",
        Some("json" | "map") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
