//! Error messages for the operator, without ids.

use generion_http_server::redact::redact;

/// Logs an error with all its causes. Clients don't get these details.
pub fn error(error: &(dyn std::error::Error + 'static)) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    tracing::error!("{}", redact(&text));
}
