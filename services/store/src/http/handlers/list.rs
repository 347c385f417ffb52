use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Uri},
};
use generion_http_server::client_address::ClientAddress;
use generion_interface::store::{LinkList, Operation};

use crate::http::{error::ApiError, state::AppState};

/// `GET /v1/links`: lists the links of the erase authority that signed the request, with their notes.
pub async fn list(
    State(state): State<Arc<AppState>>,
    client: ClientAddress,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<LinkList>, ApiError> {
    let authenticator = &state.authenticator;
    let host = authenticator.list_target(&uri, &headers)?;
    let signed = authenticator.verify(&state.metrics, Operation::ListLinks, &host, &headers)?;
    let erase_authority = signed.request.erase_authority;
    if signed.signer != erase_authority {
        return Err(ApiError::NotListAuthority { erase_authority });
    }
    // A list reads many objects, as a deletion does.
    let _permit = state.deletions.try_acquire(client).ok_or(ApiError::Busy)?;
    let now = (authenticator.clock)();
    let links = state.documents.links_of(&erase_authority, now).await?;
    Ok(Json(LinkList { links }))
}
