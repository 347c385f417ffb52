//! What handlers extract from a request before they run.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use axum::{extract::FromRequestParts, http::request::Parts};

use super::{
    authentication::Target,
    client_address::{ClientAddress, PeerAddress},
    error::ApiError,
    state::AppState,
};

impl FromRequestParts<Arc<AppState>> for Target {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AppState>,
    ) -> Result<Self, ApiError> {
        state.authenticator.target(&parts.uri, &parts.headers)
    }
}

impl FromRequestParts<Arc<AppState>> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AppState>,
    ) -> Result<Self, Infallible> {
        // Every connection adds its peer. Requests without one would share the limits of a single address.
        let unknown = PeerAddress(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        let PeerAddress(peer) = parts.extensions.get().copied().unwrap_or(unknown);
        Ok(state.proxies.client(peer, &parts.headers))
    }
}
