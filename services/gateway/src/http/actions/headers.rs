//! The headers of all answers of Actions. Any web page may read them: the specification says so, and wallets show Actions
//! inside of other web sites.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use generion_rpc::cluster::Cluster;

use super::specification::{
    ACTION_VERSION, ALLOWED_HEADERS, ALLOWED_METHODS, ALLOWED_ORIGIN, BLOCKCHAIN_IDS,
    EXPOSED_HEADERS, VERSION,
};
use crate::http::state::AppState;

/// The number of letters of a genesis hash in CAIP-2.
const CAIP_LETTERS: usize = 32;

/// Answers `OPTIONS` for every path, and adds the specification's headers to all answers.
pub(super) async fn add_headers(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match *request.method() {
        Method::OPTIONS => Json(()).into_response(),
        _ => next.run(request).await,
    };
    add(response.headers_mut(), state.config.cluster);
    response
}

fn add(headers: &mut HeaderMap, cluster: Cluster) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ALLOWED_ORIGIN);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
    headers.insert(ACTION_VERSION, VERSION);
    headers.insert(BLOCKCHAIN_IDS, blockchain_id(cluster));
}

/// The ledger as CAIP-2 names it.
fn blockchain_id(cluster: Cluster) -> HeaderValue {
    let genesis = cluster.genesis().to_string();
    let letters = genesis.get(..CAIP_LETTERS).unwrap_or(&genesis);
    HeaderValue::try_from(format!("solana:{letters}")).expect("base58 is a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public clusters have the ids that `@solana/actions` names (`BLOCKCHAIN_IDS`).
    #[test]
    fn clusters_have_the_ids_of_the_specification() {
        for (cluster, id) in [
            (
                Cluster::MainnetBeta,
                "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
            ),
            (Cluster::Devnet, "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"),
            (Cluster::Testnet, "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z"),
        ] {
            assert_eq!(blockchain_id(cluster), id);
        }
    }
}
