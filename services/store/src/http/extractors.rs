//! The values that handlers extract from a request before they run.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use generion_http_server::client_address::{HasProxies, TrustedProxies};

use super::{authentication::Target, error::ApiError, state::AppState};

impl FromRequestParts<Arc<AppState>> for Target {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AppState>,
    ) -> Result<Self, ApiError> {
        let Parts {
            method,
            uri,
            headers,
            ..
        } = parts;
        state.authenticator.target(method, uri, headers)
    }
}

impl HasProxies for AppState {
    fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }
}
